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
@console.as_json
@click.pass_obj
def import_file(data: "Path", name: str, file: str, as_json: bool) -> None:
    """Bring historic counts, marked as brought in: a table with the header date,visits (a date may be a month, 2026-03).

    Safe to run twice: a day's number takes the place of the one brought before, a month's that of its days. Where a line cannot be
    read, nothing is kept.
    """
    try:
        text = console.read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("{file} is not in UTF-8", file=file) from None
    with console.changing(data) as (db, site):
        days, count = visiting.bring(db, known_list(db, name), text, site.now())
    console.print_json({"days": days, "visits": count}) if as_json else click.echo(f"brought {count} visits of {days} days to {name.lower()}")
