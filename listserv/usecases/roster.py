"""Changing members one by one, and bringing in many from a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests import schedule
from listserv.errors import Conflict, Invalid, Refusal
from listserv.mail import address
from listserv.mail.commandlines import MOST_LEAST
from listserv.store.lists import MailingList
from listserv.store.members import Member, Status
from listserv.store.people import Address, address_by_key
from listserv.usecases import bouncing, digesting, enlisting, membership, membertables, moving
from listserv.usecases.access import Actor
from listserv.usecases.administration import NewMember, checked_email, one_line, read_value
from listserv.usecases.journal import note

MEMBER_SETTINGS = ("name", "email", "role", "delivery", "schedule", "status", "language", "timezone", "moderated", "preview") + (
    "digest_least",
    "digest_form",
    "own_threads",
)
# What `export --format csv` writes.
COLUMNS = membertables.NEEDED


def set_member(db: Session, member: Member, values: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Change a member's settings, given as text. Raises Invalid, naming the key, or Conflict for an address in use."""
    for key, value in values.items():
        if key not in MEMBER_SETTINGS:
            raise Invalid("there is no setting {key}; there are {keys}", key=key, keys=", ".join(MEMBER_SETTINGS))
        SETTERS[key](db, member, value.strip(), now) if key in SETTERS else setattr(member, key, read_value(Member, key, value))
    if member.status is Status.ENABLED:
        member.paused_until = None
        if "status" in values:
            bouncing.forget(db, member, now, told=True)
    elif member.status is Status.BOUNCING and member.bouncing_since is None:
        member.bouncing_since = member.bouncing_told = now
    if {"delivery", "schedule", "timezone", "status"} & set(values):
        digesting.plan(db, member, now)
    mlist = db.get_one(MailingList, member.list_id)
    note(db, actor, "member-set", mlist=mlist, now=now, about=member, detail=" ".join(f"{k}={v}" for k, v in values.items()))


def _set_name(db: Session, member: Member, value: str, now: datetime) -> None:
    member.user.name = one_line(value)


def _set_email(db: Session, member: Member, value: str, now: datetime) -> None:
    """A new address for this membership; the person keeps the old one as well."""
    email = checked_email(value)
    known = address_by_key(db, address.key(email))
    if known is None:
        known = Address(user=member.user, email=email, key=address.key(email), verified_at=now)
        db.add(known)
        db.flush()
    if known.user_id != member.user_id:
        raise Conflict("{email} belongs to somebody else", email=email)
    known.email, member.address = email, known
    db.flush()
    bouncing.moved(db, member, now)


def _set_schedule(db: Session, member: Member, value: str, now: datetime) -> None:
    try:
        member.schedule = str(schedule.parse(value))
    except ValueError as wrong:
        raise Invalid("schedule: {wrong}", wrong=wrong) from None


def _set_least(db: Session, member: Member, value: str, now: datetime) -> None:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:4]) <= MOST_LEAST:
        raise Invalid("digest_least: say a number from 1 to {most}", most=MOST_LEAST)
    member.digest_least = int(value)


def _set_language(db: Session, member: Member, value: str, now: datetime) -> None:
    if value not in ("en", "pl", ""):
        raise Invalid("language: say en or pl")
    member.user.language = value


def _set_timezone(db: Session, member: Member, value: str, now: datetime) -> None:
    try:
        member.user.timezone = value and ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise Invalid("timezone: write a zone such as Europe/Warsaw") from None


SETTERS = {"digest_least": _set_least, "name": _set_name, "email": _set_email, "schedule": _set_schedule, "language": _set_language, "timezone": _set_timezone}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line of a table that names no member, and why."""

    line: int
    why: str


@dataclass(slots=True)
class Imported:
    """What became of a table, or would: `form` is what it was taken for."""

    form: str
    read: int = 0
    added: int = 0
    already: int = 0
    unreadable: list[Unreadable] = field(default_factory=list)


def import_members(db: Session, mlist: MailingList, text: str, actor: Actor, now: datetime, *, welcome: bool = False, dry_run: bool = False) -> Imported:
    """Put everyone of a table on a list; whoever is on it stays as they are. Raises Invalid for a table without addresses."""
    table = membertables.read(text)
    done, new = Imported(table.form.name), []
    for line, row in table.rows:
        done.read += 1
        try:
            new.append(_checked(db, mlist, table.form.read(row)))
        except Refusal as wrong:
            done.unreadable.append(Unreadable(line, str(wrong)))
    if dry_run:
        done.already = sum(enlisting.who_is_here(db, mlist, new))
    else:
        numbers = enlisting.enlist(db, mlist, new, actor, now)
        done.already = numbers.count(None)
        for number in numbers if welcome else ():
            if number is not None:
                membership.welcome(db, db.get_one(Member, number), now)
    done.added = len(new) - done.already
    return done


def _checked(db: Session, mlist: MailingList, new: NewMember) -> NewMember:
    """Somebody at an address that mail can be sent to, and not back to us. Raises Invalid."""
    email = checked_email(new.email)
    if moving.is_a_list(db, email, mlist.name):
        raise Invalid("{email} is an address of this site: a list cannot be a member", email=new.email)
    return replace(new, email=email)
