"""`sign-in`: a way in for whoever sits at the console. `administrator`: who keeps the site."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.errors import NotFound
from listserv.mail import address
from listserv.store.people import User, administrators, person_at
from listserv.usecases import keepers, signin
from listserv.usecases.access import CONSOLE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@click.command("sign-in")
@click.argument("email")
@console.as_json
@click.pass_obj
def sign_in(data: Path, email: str, as_json: bool) -> None:
    """Print a link that signs this person in, once, within the hour."""
    with console.changing(data) as (db, site):
        url = signin.link_for(db, email, site.now())
    console.print_json({"email": email, "url": url}) if as_json else click.echo(url)


@click.group()
def administrator() -> None:
    """Those who keep the site: the pages at /admin/ are theirs."""


@administrator.command("ls")
@console.as_json
@click.pass_obj
def administrators_ls(data: Path, as_json: bool) -> None:
    """Print them."""
    with console.opened(data) as site, site.reading() as db:
        rows = [{"name": user.name, "email": place.email} for user in administrators(db) for place in user.addresses[:1]]
    console.print_json(rows) if as_json else console.print_table(rows, ("email", "name"))


@administrator.command("name")
@click.argument("email")
@click.pass_obj
def name_administrator(data: Path, email: str) -> None:
    """Let somebody who is known here keep the site."""
    with console.changing(data) as (db, site):
        keepers.name_keeper(db, _known(db, email), CONSOLE, site.now())
    click.echo(f"{email} keeps this site")


@administrator.command("release")
@click.argument("email")
@click.pass_obj
def release_administrator(data: Path, email: str) -> None:
    """Somebody keeps the site no longer; never the last one."""
    with console.changing(data) as (db, site):
        keepers.release_keeper(db, _known(db, email), CONSOLE, site.now())
    click.echo(f"{email} does not keep this site")


def _known(db: "Session", email: str) -> User:
    place = person_at(db, address.key(email))
    if place is None:
        raise NotFound("nobody here has the address {email}", email=email)
    return place.user
