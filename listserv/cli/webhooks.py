"""`webhook`: other programs that are told what happens on a list, or on all of them."""

from typing import TYPE_CHECKING, Any

import click

from listserv.cli import console
from listserv.errors import Invalid
from listserv.site import Site
from listserv.store import webhooks as rows
from listserv.store.lists import MailingList
from listserv.store.webhooks import OFFERED, Webhook, WebhookDelivery
from listserv.usecases import webhooks
from listserv.usecases.access import CONSOLE, known_list

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

COLUMNS = ("id", "list", "url", "events", "state", "failures")
TOLD = ("id", "event", "at", "state", "attempts", "code", "answer")
number_argument = click.argument("number", type=click.IntRange(1, (1 << 63) - 1), metavar="ID")


@click.group()
def webhook() -> None:
    """Programs that hear of posts, held posts, applications, members and bounces (docs/api.md)."""


def place(db: "Session", name: str, whole_site: bool) -> MailingList | None:
    """The list of that name, or with --site all of them. Raises Invalid, NotFound."""
    if bool(name) == whole_site:
        raise Invalid("say LIST, or --site")
    return known_list(db, name) if name else None


@webhook.command()
@click.argument("words", nargs=-1, metavar="LIST URL")
@click.option("--site", "whole_site", is_flag=True, help="Of all lists; then say no LIST.")
@click.option("--events", default=",".join(OFFERED), show_default=True, help="What it hears of, with commas.")
@console.as_json
@click.pass_obj
def add(data: "Path", words: tuple[str, ...], whole_site: bool, events: str, as_json: bool) -> None:
    """Add a receiver, and print its secret: this once."""
    if len(words) != (1 if whole_site else 2):
        raise Invalid("say LIST and URL, or --site and URL")
    wanted = [one for one in events.replace(",", " ").split() if one]
    with console.changing(data) as (db, site):
        mlist = place(db, "" if whole_site else words[0], whole_site)
        hook, secret = webhooks.add(db, mlist, words[-1], wanted, CONSOLE, site.now())
        facts = {"id": hook.id, "secret": secret}
    console.print_json(facts) if as_json else console.print_facts(facts)


def as_row(hook: Webhook) -> dict[str, Any]:
    """A line of `webhook ls`."""
    facts = {"id": hook.id, "list": hook.mlist.name if hook.mlist else None, "url": hook.url, "events": hook.events}
    return {**facts, "state": hook.stopped or "active", "failures": hook.failures}


@webhook.command()
@click.argument("name", metavar="LIST", default="")
@console.as_json
@click.pass_obj
def ls(data: "Path", name: str, as_json: bool) -> None:
    """Print the receivers of a list, or all there are."""
    with console.opened(data) as site, site.reading() as db:
        found = rows.webhooks_of(db, known_list(db, name).id) if name else rows.all_webhooks(db)
        lines = [as_row(hook) for hook in found]
    console.print_json(lines) if as_json else console.print_table(lines, COLUMNS)


@webhook.command()
@number_argument
@click.pass_obj
def remove(data: "Path", number: int) -> None:
    """Take a receiver away, with what it was to be told."""
    with console.changing(data) as (db, site):
        webhooks.remove(db, webhooks.find(db, number, CONSOLE), CONSOLE, site.now())
    click.echo(f"webhook {number} is removed")


@webhook.command()
@number_argument
@click.pass_obj
def test(data: "Path", number: int) -> None:
    """Send a receiver something that says only that it is a test."""
    with console.changing(data) as (db, site):
        webhooks.test(db, webhooks.find(db, number, CONSOLE), site.now())
    click.echo(f"webhook {number} will be called: `listserv webhook deliveries {number}` shows what came of it")


@webhook.command()
@number_argument
@click.pass_obj
def resume(data: "Path", number: int) -> None:
    """Let a receiver that was stopped hear again from now on."""
    with console.changing(data) as (db, site):
        webhooks.resume(db, webhooks.find(db, number, CONSOLE), CONSOLE, site.now())
    click.echo(f"webhook {number} hears again")


@webhook.command()
@number_argument
@click.pass_obj
def pause(data: "Path", number: int) -> None:
    """Let a receiver hear nothing until it is resumed."""
    with console.changing(data) as (db, site):
        webhooks.pause(db, webhooks.find(db, number, CONSOLE), CONSOLE, site.now())
    click.echo(f"webhook {number} hears nothing")


@webhook.command()
@number_argument
@console.as_json
@click.pass_obj
def secret(data: "Path", number: int, as_json: bool) -> None:
    """Make a new secret and print it; the old one signs nothing any more."""
    with console.changing(data) as (db, site):
        facts = {"id": number, "secret": webhooks.renew_secret(db, webhooks.find(db, number, CONSOLE), CONSOLE, site.now())}
    console.print_json(facts) if as_json else console.print_facts(facts)


@webhook.command()
@number_argument
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="So many rows.")
@console.as_json
@click.pass_obj
def deliveries(data: "Path", number: int, limit: int, as_json: bool) -> None:
    """Print what a receiver was told, the newest first."""
    with console.opened(data) as site, site.reading() as db:
        hook = webhooks.find(db, number, CONSOLE)
        lines = [told(row, site) for row in webhooks.deliveries(db, hook, limit)]
    console.print_json(lines) if as_json else console.print_table(lines, TOLD)


def told(row: WebhookDelivery, site: Site) -> dict[str, Any]:
    """A line of `webhook deliveries`."""
    facts = {"id": row.id, "webhook_id": webhooks.number_of(site.settings, row), "event": str(row.event), "at": console.local(row.at, site)}
    return {**facts, "state": row.state, "attempts": row.attempts, "code": row.code, "answer": row.answer or None}


@webhook.command()
@number_argument
@click.argument("delivery", type=click.IntRange(1, (1 << 63) - 1))
@click.pass_obj
def again(data: "Path", number: int, delivery: int) -> None:
    """Send a receiver something once more, under its old number."""
    with console.changing(data) as (db, site):
        webhooks.again(db, webhooks.find(db, number, CONSOLE), delivery, site.now())
    click.echo(f"delivery {delivery} will be sent again")
