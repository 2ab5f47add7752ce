"""`ban`: who may not write to a list, or to any."""

from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.errors import Invalid
from listserv.store.bans import bans_of
from listserv.store.lists import MailingList
from listserv.usecases import banning
from listserv.usecases.access import CONSOLE, known_list

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

site_option = click.option("--site", "whole_site", is_flag=True, help="On every list of the site; then say no LIST.")
COLUMNS = ("pattern", "since", "note")


@click.group()
def ban() -> None:
    """Addresses, domains (@example.org) and patterns (^.*@spam) that may neither write nor apply."""


def list_and_pattern(words: tuple[str, ...], whole_site: bool) -> tuple[str, str]:
    """LIST and PATTERN, or with --site PATTERN alone. Raises Invalid."""
    if len(words) != (1 if whole_site else 2):
        raise Invalid("say LIST and PATTERN, or --site and PATTERN (in quotes where it is a regular expression)")
    return ("", words[0]) if whole_site else (words[0], words[1])


def place(db: "Session", name: str) -> MailingList | None:
    """The list of that name; without a name the whole site. Raises NotFound."""
    return known_list(db, name) if name else None


@ban.command()
@click.argument("words", nargs=-1, metavar="LIST PATTERN")
@site_option
@click.option("--note", default="", metavar="WHY", help="For those who ask later.")
@click.pass_obj
def add(data: "Path", words: tuple[str, ...], whole_site: bool, note: str) -> None:
    """Bar an address from a list: their posts and applications are refused. Members stay members."""
    name, pattern = list_and_pattern(words, whole_site)
    with console.changing(data) as (db, site):
        mlist = place(db, name)
        row = banning.ban(db, mlist, pattern, CONSOLE, site.now(), note=note)
        kept, where = row.pattern, banning.where(mlist)
    click.echo(f"banned {kept} from {where}")


@ban.command()
@click.argument("words", nargs=-1, metavar="LIST PATTERN")
@site_option
@click.pass_obj
def remove(data: "Path", words: tuple[str, ...], whole_site: bool) -> None:
    """Take a ban back."""
    name, pattern = list_and_pattern(words, whole_site)
    with console.changing(data) as (db, site):
        mlist = place(db, name)
        banning.unban(db, mlist, pattern, CONSOLE, site.now())
        where = banning.where(mlist)
    click.echo(f"{pattern.strip()} is no longer banned from {where}")


@ban.command()
@click.argument("name", metavar="LIST", default="")
@site_option
@console.as_json
@click.pass_obj
def ls(data: "Path", name: str, whole_site: bool, as_json: bool) -> None:
    """Print the bans of a list, or those of the whole site."""
    if bool(name) == whole_site:
        raise Invalid("say LIST, or --site")
    with console.opened(data) as site, site.reading() as db:
        rows = [{"pattern": row.pattern, "since": console.local(row.created_at, site), "note": row.note} for row in bans_of(db, place(db, name))]
    console.print_json(rows) if as_json else console.print_table(rows, COLUMNS)
