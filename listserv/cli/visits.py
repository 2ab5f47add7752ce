"""`visits`: what is known of readers from before."""

from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.errors import Invalid
from listserv.usecases import visiting
from listserv.usecases.access import known_list

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def visits() -> None:
    """How many people read a list, day by day."""


@visits.command("import")
@click.argument("name", metavar="LIST")
@click.argument("file", metavar="FILE.csv")
@click.option("--rest", is_flag=True, help="Leave out the lines that cannot be read, say which, and bring the others.")
@console.as_json
@click.pass_obj
def import_file(data: "Path", name: str, file: str, rest: bool, as_json: bool) -> None:
    """Bring historic counts, marked as brought in: a table with the header date,visits (a date may be a month, 2026-03).

    Safe to run twice: a day's number takes the place of the one brought before, a month's that of its days. Where a line cannot be
    read, all such lines are named and nothing is kept, unless --rest is given.
    """
    try:
        text = console.read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("{file} is not in UTF-8", file=file) from None
    with console.changing(data) as (db, site):
        brought = visiting.bring(db, known_list(db, name), text, site.now(), rest=rest)
    for line in brought.left_out:
        click.echo(f"left out: {line}", err=True)
    if as_json:
        console.print_json(brought._asdict())
    else:
        click.echo(f"brought {console.counted(brought.visits, 'visit')} of {console.counted(brought.days, 'day')} to {name.lower()}")
