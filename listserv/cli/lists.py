"""`list`: mailing lists."""

from pathlib import Path
from typing import Any

import click

from listserv import links
from listserv.cli import console
from listserv.site import Site
from listserv.store.lists import Kind, MailingList, all_lists
from listserv.store.members import Role, count_members
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE, known_list


def as_row(mlist: MailingList, site: Site) -> dict[str, Any]:
    """A list as `list show` prints it: every setting."""
    settings = {key: getattr(mlist, key) for key in administration.LIST_SETTINGS}
    return {
        "name": mlist.name,
        "address": links.list_address(site.settings, mlist.name),
        "kind": mlist.kind,
        **settings,
        "created": console.local(mlist.created_at, site),
        "closed": console.local(mlist.closed_at, site),
    }


@click.group("list")
def list_command() -> None:
    """Mailing lists."""


@list_command.command()
@click.argument("name")
@click.option("--title", required=True, metavar="T", help="What people call it.")
@click.option("--language", type=click.Choice(["en", "pl"]), help="Of the list's own texts; else the site's.")
@click.option("--kind", type=click.Choice([str(kind) for kind in Kind]), default="discussion", show_default=True)
@click.option("--archive", type=click.Choice(["members", "public"]), default="members", show_default=True, help="Who may read it.")
@click.option("--owner", "owners", multiple=True, metavar="EMAIL", help="Who decides; may be given several times.")
@click.pass_obj
def create(data: Path, name: str, title: str, language: str | None, kind: str, archive: str, owners: tuple[str, ...]) -> None:
    """Make a list."""
    with console.changing(data) as (db, site):
        now = site.now()
        new = administration.NewList(name, title, language or site.settings.site.language, Kind(kind), archive)
        mlist = administration.create_list(db, new, CONSOLE, now)
        for email in owners:
            administration.add_member(db, mlist, administration.NewMember(email, role=Role.OWNER), CONSOLE, now)
        address = links.list_address(site.settings, mlist.name)
    click.echo(f"made the list {mlist.name}: {address}")
    if not owners:
        click.echo(f"listserv: nobody decides on it yet: listserv member add {mlist.name} EMAIL --role owner", err=True)


@list_command.command()
@click.argument("name")
@console.as_json
@click.pass_obj
def show(data: Path, name: str, as_json: bool) -> None:
    """Print every setting of a list."""
    with console.opened(data) as site, site.reading() as db:
        mlist = known_list(db, name)
        row = {**as_row(mlist, site), "members": count_members(db, mlist), "topics": [topic.slug for topic in mlist.topics]}
    console.print_json(row) if as_json else console.print_facts(row)


@list_command.command()
@console.as_json
@click.pass_obj
def ls(data: Path, as_json: bool) -> None:
    """Print all lists."""
    with console.opened(data) as site, site.reading() as db:
        rows = [{**as_row(mlist, site), "members": count_members(db, mlist)} for mlist in all_lists(db)]
    console.print_json(rows) if as_json else console.print_table(rows, ("name", "title", "kind", "language", "archive", "members", "closed"))


@list_command.command("set")
@click.argument("name")
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE…")
@click.pass_obj
def set_values(data: Path, name: str, values: tuple[str, ...]) -> None:
    """Change settings of a list."""
    wanted = console.pairs(values)
    with console.changing(data) as (db, site):
        administration.set_list(db, known_list(db, name), wanted, CONSOLE, site.now())
    click.echo(f"set {', '.join(wanted)} of {name.lower()}")


@list_command.command()
@click.argument("name")
@click.pass_obj
def close(data: Path, name: str) -> None:
    """Close a list: no new posts, the archive stays."""
    with console.changing(data) as (db, site):
        administration.close_list(db, known_list(db, name), CONSOLE, site.now())
    click.echo(f"closed {name.lower()}")
