"""`member`: the people on a list. Sends no letters unless `--welcome` is given."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from listserv.cli import console
from listserv.errors import Invalid
from listserv.mail.peoplelines import LONGEST_NOTE
from listserv.site import Site
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Role, members_of, moderators_of
from listserv.usecases import administration, consents, inviting, membership, membertables, newcomers, ordering, roster
from listserv.usecases.access import CONSOLE, known_list
from listserv.usecases.bouncestanding import Standing, standing
from listserv.usecases.newcomers import Fate, Line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COLUMNS = ("email", "name", "role", "delivery", "schedule", "status", "language", "joined")
BAD_INPUT = 2
UNREAD = (Fate.UNREADABLE, Fate.BAD_ADDRESS)
# Why somebody is not invited.
WHY = {
    Fate.ALREADY: "is on the list already",
    Fate.TWICE: "stands there twice",
    Fate.UNREADABLE: "no address can be read",
    Fate.BAD_ADDRESS: "is no address that mail can reach",
    Fate.A_LIST: "is an address of this site",
    Fate.BARRED: "is barred from the list",
    Fate.INVITED: "is invited already",
    Fate.APPLIED: "has applied and waits for a decision",
    Fate.UNINVITED: "wishes no invitations",
    Fate.ENOUGH: "has had enough invitations this week",
    Fate.A_ROLE: "is the address of a machine or of a mail service",
    Fate.LEFT: "has left the list by their own wish",
}
welcome_option = click.option("--welcome", is_flag=True, help="Send the welcome letter.")


def as_row(member: Member, site: Site) -> dict[str, Any]:
    """A member as `member ls` and `show` print them."""
    language = member.user.language or member.mlist.language
    facts = (member.address.email, member.user.name, member.role, member.delivery, member.schedule, member.status, language)
    return dict(zip(COLUMNS, (*facts, console.local(member.joined_at, site)), strict=True))


@contextmanager
def changing(data: Path, name: str) -> Iterator[tuple["Session", MailingList, datetime]]:
    """One writing transaction on one list."""
    with console.changing(data) as (db, site):
        yield db, known_list(db, name), site.now()


def _agreed(given: consents.Given, site: Site) -> dict[str, Any]:
    """A consent as `member show --json` prints it: who, what, when, by which message."""
    row = {"at": console.local(given.at, site), "email": given.email, "words": given.words, "how": given.how, "door": given.door}
    return {**row, "message_id": given.message_id, "withdrawn": console.local(given.withdrawn_at, site)}


def _bounces(found: Standing | None, site: Site, *, as_json: bool) -> Any:
    """What came back from a member, and what happens next, as `member show` prints it."""
    if found is None:
        return None if as_json else ""
    failures = [
        {"at": console.local(one.at, site), **{name: getattr(one, name) for name in ("kind", "status", "permanent")}, "server": one.diagnostic}
        for one in found.failures
    ]
    facts = {"paused_since": console.local(found.since, site), "score": found.score, "limit": found.limit, "why": found.why, "server": found.server}
    facts |= {"probes": found.probes, "next_probe": console.local(found.asked_at, site), "back_at": console.local(found.waits_until, site)}
    if as_json:
        return {**facts, "failures": failures}
    words = [f"{key.replace('_', ' ')} {value}" for key, value in facts.items() if value]
    return "; ".join([*words, *(f"{one['at']} {one['kind'] or one['status']}: {one['server']}" for one in failures)])


@click.group()
def member() -> None:
    """People on a list."""


@member.command()
@click.argument("name", metavar="LIST")
@click.argument("email")
@click.option("--name", "person", default="", metavar="N", help="The person's name.")
@click.option("--role", type=click.Choice([str(role) for role in Role]), default="member", show_default=True)
@click.option("--delivery", type=click.Choice([str(mode) for mode in DeliveryMode]), default="each", show_default=True)
@welcome_option
@click.pass_obj
def add(data: Path, name: str, email: str, person: str, role: str, delivery: str, welcome: bool) -> None:
    """Put a person on a list."""
    with changing(data, name) as (db, mlist, now):
        new = administration.NewMember(email, person, Role(role), DeliveryMode(delivery))
        added = administration.add_member(db, mlist, new, CONSOLE, now)
        if welcome:
            membership.welcome(db, added, now)
    click.echo(f"added {email} to {name.lower()}")


@member.command("set")
@click.argument("name", metavar="LIST")
@click.argument("email")
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE…")
@click.pass_obj
def set_values(data: Path, name: str, email: str, values: tuple[str, ...]) -> None:
    """Change a member: name, email, role, delivery, schedule, status, language, timezone, moderated, preview, digest_least, digest_form, own_threads."""
    wanted = console.pairs(values)
    with changing(data, name) as (db, mlist, now):
        roster.set_member(db, administration.find_member(db, mlist, email), wanted, CONSOLE, now)
    click.echo(f"set {', '.join(wanted)} of {email}")


@member.command()
@click.argument("name", metavar="LIST")
@click.argument("email")
@click.pass_obj
def remove(data: Path, name: str, email: str) -> None:
    """Take a person off a list."""
    with changing(data, name) as (db, mlist, now):
        administration.remove_member(db, administration.find_member(db, mlist, email), CONSOLE, now)
        left = moderators_of(db, mlist)
    click.echo(f"removed {email} from {name.lower()}")
    if not left:
        click.echo(f"listserv: nobody decides on {name.lower()} any more: applications go to the administrator", err=True)


@member.command()
@click.argument("name", metavar="LIST")
@console.as_json
@click.pass_obj
def ls(data: Path, name: str, as_json: bool) -> None:
    """Print everyone on a list."""
    with console.opened(data) as site, site.reading() as db:
        rows = [as_row(member, site) for member in members_of(db, known_list(db, name))]
    console.print_json(rows) if as_json else console.print_table(rows, COLUMNS)


@member.command()
@click.argument("name", metavar="LIST")
@click.argument("email")
@console.as_json
@click.pass_obj
def show(data: Path, name: str, email: str, as_json: bool) -> None:
    """Print one member."""
    with console.opened(data) as site, site.reading() as db:
        found = administration.find_member(db, known_list(db, name), email)
        row = {**as_row(found, site), "timezone": found.user.timezone or site.settings.timezone, "moderated": found.moderated, "preview": found.preview}
        row |= {"digest_least": found.digest_least, "digest_form": found.digest_form, "own_threads": found.own_threads}
        agreed = [_agreed(one, site) for one in consents.of_person(db, found.user, found.mlist)]
        row["bounces"] = _bounces(standing(db, found, site.now()), site, as_json=as_json)
        row["consent"] = agreed if as_json else "; ".join(f"{one['at']} by {one['how']}: {one['words']}" for one in agreed)
    console.print_json(row) if as_json else console.print_facts(row)


@member.command()
@click.argument("name", metavar="LIST")
@click.argument("file", metavar="FILE|-")
@click.option("--note", default="", metavar="WORDS", help="A few words that stand in each letter.")
@click.option("--dry-run", is_flag=True, help="Show who would be invited and who not; change nothing.")
@console.as_json
@click.pass_obj
def invite(data: Path, name: str, file: str, note: str, dry_run: bool, as_json: bool) -> int:
    """Invite everyone of a file: a person a line, `Anna Nowa <anna@example.org>`, or a table; `-` reads standard input.

    Each gets one letter in the moderators' name and joins by saying yes. Exit 2 where a line cannot be read.
    """
    listed = replace(ordering.of_table(membertables.decoded(console.read_bytes(file))), note=note.strip()[:LONGEST_NOTE])
    if not (listed.people or listed.unread):
        raise Invalid("there is nobody in {file}", file=file)
    if dry_run:
        with console.opened(data) as site, site.reading() as db:
            lines = newcomers.sort_out(db, known_list(db, name), listed, inviting_at=site.now())
            later = max(0, len(newcomers.good(lines)) - inviting.room_today(db, known_list(db, name), site.now()))
    else:
        with changing(data, name) as (db, mlist, now):
            done = inviting.invite(db, mlist, listed, CONSOLE, now)
            lines, later = done.lines, done.later
    _print_invited(lines, later, dry_run=dry_run, as_json=as_json)
    return BAD_INPUT if any(line.fate in UNREAD for line in lines) else 0


def _print_invited(lines: Sequence[Line], later: int, *, dry_run: bool, as_json: bool) -> None:
    """One line for all, and one for each who gets no letter."""
    skipped = [line for line in lines if line.fate is not Fate.ADDED]
    count = len(lines) - len(skipped)
    if as_json:
        told = [{"line": line.number, "text": line.email or line.text, "why": str(line.fate)} for line in skipped]
        console.print_json({"invited": count, "later": later, "left_out": told, "dry_run": dry_run})
        return
    click.echo(f"{count} {'would be invited' if dry_run else 'invited'}" + (f", {later} of them on the next days" if later else ""))
    for line in skipped:
        click.echo(f"line {line.number}: {line.email or line.text}: {WHY[line.fate]}", err=True)
    if dry_run:
        click.echo("a dry run: nothing has been changed")


@member.command("import")
@click.argument("name", metavar="LIST")
@click.argument("file", metavar="FILE.csv")
@welcome_option
@click.option("--dry-run", is_flag=True, help="Show what would come and what cannot; change nothing.")
@console.as_json
@click.pass_context
def import_file(ctx: click.Context, name: str, file: str, welcome: bool, dry_run: bool, as_json: bool) -> int:
    """Put everyone of a CSV file on a list: ours (email,name,role,delivery), or as groups.io and Google Groups export it.

    Safe to run twice; exit 2 where a line cannot be used.
    """
    text = membertables.decoded(console.read_bytes(file))
    if dry_run:
        with console.opened(ctx.obj) as site, site.reading() as db:
            done = roster.import_members(db, known_list(db, name), text, CONSOLE, site.now(), dry_run=True)
    else:
        with changing(ctx.obj, name) as (db, mlist, now):
            done = roster.import_members(db, mlist, text, CONSOLE, now, welcome=welcome)
    if as_json:
        console.print_json(asdict(done))
    else:
        would = "would be added" if dry_run else "added"
        click.echo(f"taken for a table of {done.form}")
        click.echo(f"read {done.read}: {done.added} {would}, {done.already} were on the list already, {len(done.unreadable)} could not be used")
        for wrong in done.unreadable:
            click.echo(f"line {wrong.line}: {wrong.why}", err=True)
        if dry_run:
            click.echo("a dry run: nothing has been changed")
    return BAD_INPUT if done.unreadable else 0
