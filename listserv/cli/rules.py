"""`rule`: what a list holds, refuses or discards of its own accord."""

from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.mail.listrules import Asks, Does
from listserv.store.listrules import rules_of
from listserv.usecases import rulemaking, ruletrial
from listserv.usecases.access import CONSOLE, known_list

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("rule", "does", "asks", "value", "since")


@click.group()
def rule() -> None:
    """A list's own rules: hold, refuse or discard, if."""


@rule.command()
@click.argument("name", metavar="LIST")
@click.argument("does", type=click.Choice([str(word) for word in Does]))
@click.argument("asks", type=click.Choice([str(word) for word in Asks]))
@click.argument("value", default="")
@click.option("--dry-run", is_flag=True, help="Only say how many of the latest messages it would have found.")
@click.pass_obj
def add(data: "Path", name: str, does: str, asks: str, value: str, dry_run: bool) -> None:
    """Add a rule, for example: siecibp hold subject "lottery, you have won"; hold larger "2 MB"; hold capitals.

    subject, text: words with commas or semicolons (subject also ^expression) · from: an address, @domain or ^expression
    · attachment: exe, js, image/* · larger: 500 kB, 2.5 MB (a number alone: MB) · links: 5
    """
    if dry_run:
        with console.opened(data) as site, site.reading() as db:
            click.echo(_told(ruletrial.of_words(db, known_list(db, name), does, asks, value)))
        return
    with console.changing(data) as (db, site):
        row = rulemaking.add(db, known_list(db, name), does, asks, value, CONSOLE, site.now())
        number, said, found = row.id, str(row.rule), ruletrial.of_rule(db, known_list(db, name), row.rule)
    click.echo(f"rule {number}: {said}")
    click.echo(_told(found))


def _told(found: ruletrial.Trial) -> str:
    """What it would have found, so that a slip is seen."""
    return (
        f"of the last {console.counted(found.of, 'message')} in the archive it would have found {found.found:,}"
        if found.of
        else "there are no messages in the archive yet to try it on"
    )


@rule.command()
@click.argument("name", metavar="LIST")
@click.argument("number", type=click.IntRange(1, 2**62), metavar="RULE")
@click.pass_obj
def remove(data: "Path", name: str, number: int) -> None:
    """Take a rule away, by its number in `rule ls`."""
    with console.changing(data) as (db, site):
        said = rulemaking.remove(db, known_list(db, name), number, CONSOLE, site.now())
    click.echo(f"no longer: {said}")


@rule.command()
@click.argument("name", metavar="LIST")
@console.as_json
@click.pass_obj
def ls(data: "Path", name: str, as_json: bool) -> None:
    """Print a list's rules, in the order in which they were given."""
    with console.opened(data) as site, site.reading() as db:
        found = rules_of(db, known_list(db, name))
        rows = [{"rule": row.id, "does": row.does, "asks": row.asks, "value": row.value, "since": console.local(row.created_at, site)} for row in found]
    console.print_json(rows) if as_json else console.print_table(rows, COLUMNS)
