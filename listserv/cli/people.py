"""`sign-in`: a way in for whoever sits at the console."""

from pathlib import Path

import click

from listserv.cli import console
from listserv.usecases import signin


@click.command("sign-in")
@click.argument("email")
@console.as_json
@click.pass_obj
def sign_in(data: Path, email: str, as_json: bool) -> None:
    """Print a link that signs this person in, once, within the hour."""
    with console.changing(data) as (db, site):
        url = signin.link_for(db, email, site.now())
    console.print_json({"email": email, "url": url}) if as_json else click.echo(url)
