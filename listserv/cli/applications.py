"""`application`: who wishes to join, as an administrator sees it; and what nobody ever confirmed, erased."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from listserv.cli import console
from listserv.store.docket import applications_to
from listserv.usecases import questions, reminding
from listserv.usecases.access import CONSOLE, known_list

if TYPE_CHECKING:
    from pathlib import Path

    from listserv.site import Site
    from listserv.store.moderation import Application

COLUMNS = ("id", "state", "email", "name", "applied", "decided")


@click.group()
def application() -> None:
    """Applications to join a list."""


def as_row(one: "Application", site: "Site") -> dict[str, Any]:
    """An application as `application ls` prints it."""
    facts = (one.id, one.state, one.email, one.name, console.local(one.applied_at, site), console.local(one.decided_at, site))
    row = dict(zip(COLUMNS, facts, strict=True))
    return {**row, "proof": one.proof, "answers": [{"question": question, "answer": answer} for question, answer in questions.pairs(one)]}


@application.command()
@click.argument("name", metavar="LIST")
@console.as_json
@click.pass_obj
def ls(data: "Path", name: str, as_json: bool) -> None:
    """Print every application to a list, with its state."""
    with console.opened(data) as site, site.reading() as db:
        rows = [as_row(one, site) for one in applications_to(db, known_list(db, name).id)]
    console.print_json(rows) if as_json else console.print_table(rows, COLUMNS)


@application.command()
@click.argument("name", metavar="LIST")
@click.option("--older", type=click.IntRange(min=0), default=30, show_default=True, metavar="DAYS", help="Since they were set aside.")
@click.pass_obj
def purge(data: "Path", name: str, older: int) -> None:
    """Erase the words and addresses of applications that nobody confirmed for 60 days (their state: lapsed)."""
    with console.changing(data) as (db, site):
        count = reminding.purge(db, known_list(db, name), timedelta(days=older), CONSOLE, site.now())
    click.echo(f"erased {count}")
