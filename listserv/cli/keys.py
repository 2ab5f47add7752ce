"""`key`: what somebody has beside their mailbox, and taking it away when a device is lost."""

from pathlib import Path
from typing import Any

import click

from listserv.cli import console
from listserv.usecases import lostkeys


@click.group()
def key() -> None:
    """Passkeys and one-time codes of a person: ls, remove."""


@key.command("ls")
@click.argument("email")
@console.as_json
@click.pass_obj
def ls(data: Path, email: str, as_json: bool) -> None:
    """Show what this person signs in with beside mailed links."""
    with console.opened(data) as site, site.reading() as db:
        found: list[dict[str, Any]] = [
            {"kind": one.kind, "number": one.number, "name": one.name, "since": console.local(one.since, site), "used": console.local(one.used, site)}
            for one in lostkeys.of(db, email)
        ]
    console.print_json(found) if as_json else console.print_table(found, ("kind", "number", "name", "since", "used"))


@key.command("remove")
@click.argument("email")
@click.option("--passkey", type=int, help="Only this passkey, by its number.")
@click.option("--codes", is_flag=True, help="Only the one-time codes and the recovery codes.")
@console.as_json
@click.pass_obj
def remove(data: Path, email: str, passkey: int | None, codes: bool, as_json: bool) -> None:
    """Take them away: all of them, where nothing else is said. A link by mail is enough then."""
    with console.changing(data) as (db, site):
        gone = lostkeys.remove(db, email, site.now(), passkey=passkey, codes=codes)
    if as_json:
        console.print_json({"email": email, "removed": gone})
        return
    click.echo(f"removed: {gone}" if gone else "there was nothing to remove")
