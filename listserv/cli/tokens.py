"""`token`: keys for programs, made and taken back at the console."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from listserv.cli import console
from listserv.site import Site
from listserv.store.apitokens import ApiToken
from listserv.usecases import apitokens
from listserv.usecases.access import CONSOLE
from listserv.usecases.apitokens import DAYS, SCOPES, Wanted

COLUMNS = ("id", "name", "scopes", "state", "created", "expires", "used")


@click.group()
def token() -> None:
    """Keys for programs that act for a person."""


def facts(row: ApiToken, site: Site) -> Mapping[str, Any]:
    """A token as it is printed; its secret is not kept."""
    state = "taken back" if row.revoked_at else "good" if apitokens.is_good(row, site.now()) else "expired"
    dates = {"created": row.created_at, "expires": row.expires_at, "used": row.used_at}
    return {"id": row.id, "name": row.name, "scopes": row.scopes.split(), "state": state} | {name: console.local(at, site) for name, at in dates.items()}


@token.command()
@click.argument("email")
@click.option("--name", default="console", show_default=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="What it may do; again for each. [default: read]")
@click.option("--days", default=DAYS, show_default=True, help="How long it is good, 365 at most.")
@console.as_json
@click.pass_obj
def add(data: Path, email: str, name: str, scopes: tuple[str, ...], days: int, as_json: bool) -> None:
    """Make a token for this person, and print it: it is not kept. The person hears of it by letter."""
    with console.changing(data) as (db, site):
        row, secret = apitokens.issue(db, apitokens.user_at(db, email), Wanted(name, scopes or ("read",), days), CONSOLE, site.now())
        made = {**facts(row, site), "token": secret}
    console.print_json(made) if as_json else click.echo(secret)


@token.command()
@click.argument("email")
@console.as_json
@click.pass_obj
def ls(data: Path, email: str, as_json: bool) -> None:
    """Print this person's tokens, without their secrets."""
    with console.opened(data) as site, site.reading() as db:
        rows = [facts(row, site) for row in apitokens.of_person(db, apitokens.user_at(db, email).id)]
    console.print_json(rows) if as_json else console.print_table(rows, COLUMNS)


@token.command()
@click.argument("email")
@click.argument("number", type=click.IntRange(1, 2**63 - 1))
@console.as_json
@click.pass_obj
def remove(data: Path, email: str, number: int, as_json: bool) -> None:
    """Take a token back, by its number in `token ls`: it is good for nothing from now on."""
    with console.changing(data) as (db, site):
        row = apitokens.own(db, apitokens.user_at(db, email).id, number)
        apitokens.take_back(db, row, CONSOLE, site.now())
        done = facts(row, site)
    console.print_json(done) if as_json else click.echo(f"taken back: {done['name']}")
