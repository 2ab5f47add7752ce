"""`trace`, `queue`, `due`: where mail is, what is still to do, and what the calendar owes."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from listserv import bell
from listserv.cli import console
from listserv.errors import Invalid
from listserv.site import Site
from listserv.usecases import housekeeping, queueing, tracing, whichmail
from listserv.usecases.access import CONSOLE
from listserv.usecases.queueing import Waiting
from listserv.usecases.tracing import Trace


@click.command()
@click.argument("message_id")
@console.as_json
@click.pass_obj
def trace(data: Path, message_id: str, as_json: bool) -> None:
    """Where is this mail? Received, held, posted; copies sent and bounced. Also a letter of ours; or the number that `queue ls` shows."""
    with console.opened(data) as site, site.reading() as db:
        found = [as_row(one, site) for one in tracing.trace(db, message_id)]
    if as_json:
        console.print_json(found)
        return
    for row in found:
        print_trace(row)


def as_row(found: Trace, site: Site) -> dict[str, Any]:
    """A trace as `trace --json` prints it."""
    return {
        "message_id": found.message_id,
        "list": found.mlist,
        "state": found.state,
        "reasons": list(found.reasons),
        "thread": found.thread,
        "url": found.url,
        "deliveries": found.deliveries._asdict(),
        "events": [{"at": console.local(event.at, site), "what": event.what} for event in found.events],
    }


def print_trace(row: dict[str, Any]) -> None:
    """The same for people."""
    copies = row["deliveries"]
    words = {"copies": f"{copies['sent']} sent, {copies['pending']} pending, {copies['failed']} failed"}
    console.print_facts({key: row[key] for key in ("message_id", "list", "state", "reasons", "thread", "url")} | words)
    for event in row["events"]:
        console.write(f"  {event['at']}  {console.one_line(event['what'])}")


@click.group()
def queue() -> None:
    """What is still to do."""


@queue.command()
@console.as_json
@click.pass_obj
def status(data: Path, as_json: bool) -> None:
    """Print how much is still to do."""
    with console.opened(data) as site, site.reading() as db:
        depths = queueing.depths(db)
        counts = {kind: depth.number for kind, depth in depths.items()}
        shown = {kind: f"{depth.number}" + (f", the first since {console.local(depth.since, site)}" if depth.since else "") for kind, depth in depths.items()}
    console.print_json(counts) if as_json else console.print_facts(shown)


@queue.command()
@console.as_json
@click.pass_obj
def ls(data: Path, as_json: bool) -> None:
    """Print what waits: mails, posts on their way, letters."""
    with console.opened(data) as site, site.reading() as db:
        rows = [waiting_row(one, site) for one in queueing.waiting(db)]
    console.print_json(rows) if as_json else console.print_table(rows, ("id", "kind", "state", "for", "message_id", "since", "attempts", "due", "trouble"))


def waiting_row(one: Waiting, site: Site) -> dict[str, Any]:
    """A line of `queue ls`."""
    facts = {"id": one.id, "kind": one.kind, "state": one.state, "for": one.for_whom}
    message_id = f"<{one.message_id}>" if one.message_id else None
    facts |= {"message_id": message_id, "since": console.local(one.since, site)}
    return {**facts, "attempts": one.attempts, "due": console.local(one.due, site), "trouble": one.trouble or None}


@queue.command()
@click.argument("which", metavar="ID")
@console.as_json
@click.pass_obj
def show(data: Path, which: str, as_json: bool) -> None:
    """One thing as `trace` tells it: an incoming mail by its number, others as post:ID and letter:ID."""
    _kind_and_number(which)
    with console.opened(data) as site, site.reading() as db:
        rows = [as_row(one, site) for one in tracing.trace(db, which)]
    if as_json:
        console.print_json(rows)
        return
    for row in rows:
        print_trace(row)


def _kind_and_number(which: str) -> tuple[str, int]:
    """What `queue ls` and the log call something: 17, post:17, letter:17. Raises Invalid."""
    other = whichmail.other_in(which)
    number = whichmail.number_in(which)
    if not other and not number:
        raise Invalid("{which}: say the number of an incoming mail, or post:ID, or letter:ID, as `listserv queue ls` shows them", which=which[:100])
    return other or ("incoming", number)


@queue.command()
@click.argument("which", metavar="ID")
@click.pass_obj
def retry(data: Path, which: str) -> None:
    """Try again at once: a mail that was set aside; post:ID and letter:ID, what waits for its next attempt."""
    kind, number = _kind_and_number(which)
    with console.changing(data) as (db, site):
        if kind == "letter":
            queueing.retry_letter(db, number, CONSOLE, site.now())
        elif kind == "post":
            queueing.retry_post(db, number, CONSOLE, site.now())
        else:
            queueing.retry(db, number, CONSOLE, site.now())
    click.echo(f"{'mail' if kind == 'incoming' else kind} {number} will be tried again")


@queue.command()
@click.argument("number", type=click.IntRange(1, (1 << 63) - 1), metavar="ID")
@click.option("--reason", required=True, metavar="WORDS", help="Why; it stands in the journal.")
@click.pass_obj
def discard(data: Path, number: int, reason: str) -> None:
    """Throw a mail away that was set aside: its row and its bytes stay, and nobody is told."""
    with console.changing(data) as (db, site):
        queueing.throw_away(db, number, reason, CONSOLE, site.now())
    click.echo(f"mail {number} is thrown away")


@click.command()
@click.option("--at", "at_text", default="", metavar="ISO-TIME", help="As of then, e.g. 2026-03-03T07:00; without offset in the site's zone.")
@click.option("--run", "do", is_flag=True, help="Do it, as the worker would at that time.")
@click.option("--done", is_flag=True, help="What was done, the newest first, instead.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="So many rows of --done.")
@console.as_json
@click.pass_obj
def due(data: Path, at_text: str, do: bool, done: bool, limit: int, as_json: bool) -> None:
    """What the calendar owes: digests, reminders, reports, and what lapses; or what it has done."""
    if done:
        if do or at_text:
            raise Invalid("--done tells what was done: it goes with neither --at nor --run")
        print_done(data, limit, as_json=as_json)
        return
    with console.opened(data) as site:
        at = console.parsed_time(at_text, site) if at_text else site.now()
        with site.reading() as db:
            rows = [{**asdict(owed), "at": console.local(owed.at, site)} for owed in housekeeping.owed(db, at)]
        if do:
            run_until_done(site, at)
    if as_json:
        console.print_json(rows)
    elif rows:
        console.print_table(rows, ("at", "what", "list", "who", "why"))
    else:
        click.echo("nothing is due")


def print_done(data: Path, limit: int, *, as_json: bool) -> None:
    """What the calendar has done."""
    with console.opened(data) as site, site.reading() as db:
        found = housekeeping.done(db, limit)
        rows = [{**asdict(one), "at": console.local(one.at, site), "done_at": console.local(one.done_at, site)} for one in found]
    if as_json:
        console.print_json(rows)
    elif rows:
        console.print_table(rows, ("done_at", "at", "what", "list", "about", "detail"))
    else:
        click.echo("nothing was done yet")


def run_until_done(site: Site, at: datetime) -> None:
    """Everything that the calendar owes at that time, into the outbox; a running worker sends it."""
    done = 1
    while done:
        done = 0
        for part in housekeeping.parts():
            with site.writing() as db:
                done += part(db, at)
    bell.ring(site.settings.data)
