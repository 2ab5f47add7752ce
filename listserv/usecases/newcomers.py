"""A list of people looked at before anything happens to them: who would come, and why the others would not.

The same for a moderator's mail, the pages and the console. It asks the database a few questions, however long the list is.
"""

import hmac
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Invalid
from listserv.mail import address, patterns
from listserv.mail.peoplelines import People, Person, Why
from listserv.store import invitations as rows
from listserv.store import partings
from listserv.store.bans import patterns_for
from listserv.store.lists import MailingList, lists_with_alias
from listserv.usecases import caps, outbox
from listserv.usecases.administration import checked_email, one_line


class Fate(StrEnum):
    """What becomes of a line."""

    # Good: added, or invited.
    ADDED = "added"
    ALREADY = "already"
    TWICE = "twice"
    UNREADABLE = "unreadable"
    # It has an @, and is no address.
    BAD_ADDRESS = "bad-address"
    A_LIST = "a-list"
    BARRED = "barred"
    # Nobody reads there: `noreply`, `mailer-daemon`, `postmaster`.
    A_ROLE = "a-role"
    # They have applied themselves, or want no invitation.
    APPLIED = "applied"
    UNINVITED = "uninvited"
    # Of invitations alone: one is open, or they have had enough of them this week.
    INVITED = "invited"
    ENOUGH = "enough"
    # Of adding alone: they have left by their own wish, and come back by their own word (an invitation may ask for it).
    LEFT = "left"


# Local parts of machines, and of those who answer for a whole domain.
ROLES = frozenset(
    ("mailer-daemon", "postmaster", "abuse", "hostmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply")
    + ("nie-odpowiadaj", "nieodpowiadaj", "bounce", "bounces", "listserv", "mailman", "majordomo")
)


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a list, or a line that names nobody."""

    number: int
    text: str
    name: str
    email: str
    fate: Fate
    note: str = ""
    # When they were invited, or have left, where that is why.
    since: datetime | None = None


@dataclass
class Known:
    """What must be known of a list to tell who is new on it."""

    mlist: MailingList
    members: set[str]
    barred: Sequence[str]
    # Our own domain, and the addresses elsewhere that forward to our lists.
    domain: str
    aliases: set[str]
    # The mailboxes of the lines above: one letter each, however they are spelled.
    seen: set[str]
    courtesy: "Courtesy"


@dataclass
class Courtesy:
    """And to tell who may be invited, or added without being asked."""

    applied: set[str]
    uninvited: set[bytes]
    open: dict[str, datetime]
    full: set[str]
    left: dict[str, datetime]


def sort_out(db: Session, mlist: MailingList, listed: People, *, inviting_at: datetime | None = None) -> tuple[Line, ...]:
    """What would become of each line, in their order, if they were added; or invited at that time. Changes nothing."""
    aliases = {address.key(one) for other in lists_with_alias(db) for one in other.alias.replace(",", " ").split()}
    domain = address.domain_of(f"x@{outbox.settings_of(db).site.domain}")
    read = [(one, _checked(one)) for one in listed.people]
    places = {email for _, email in read if email}
    members = rows.member_keys(db, mlist.id, {address.key(place) for place in places})
    known = Known(mlist, members, patterns_for(db, mlist), domain, aliases, set(), _courtesy(db, mlist, places, inviting_at))
    unread = [Line(one.number, one.text, "", "", Fate.BAD_ADDRESS if one.why is Why.BAD_ADDRESS else Fate.UNREADABLE) for one in listed.unread]
    return tuple(sorted((*(_line(db, known, one, email) for one, email in read), *unread), key=lambda line: line.number))


def _courtesy(db: Session, mlist: MailingList, places: Collection[str], inviting_at: datetime | None) -> Courtesy:
    """Of an invitation nobody is asked twice; on the list at a moderator's word comes nobody who has spoken for themselves."""
    keys = {address.key(place) for place in places}
    uninvited = rows.uninvited(db, mlist.id, {uninvited_hash(db, place) for place in places})
    if inviting_at is None:
        return Courtesy(rows.applicant_keys(db, mlist.id, keys, proven=True), uninvited, {}, set(), partings.left_by_themselves(db, mlist.id, places))
    since = {key: one.sent_at or one.created_at for key, one in rows.open_by_key(db, mlist.id, keys).items()}
    full = rows.full_mailboxes(db, caps.INVITATION, inviting_at - caps.WEEK, caps.INVITATIONS_A_WEEK, {address.mailbox(place) for place in places})
    return Courtesy(rows.applicant_keys(db, mlist.id, keys), uninvited, since, full, {})


def _checked(one: Person) -> str:
    try:
        return checked_email(one.email)
    except Invalid:
        return ""


def _line(db: Session, known: Known, one: Person, email: str) -> Line:
    if not email:
        return Line(one.number, one.text, "", one.email, Fate.BAD_ADDRESS)
    key = address.key(email)
    fate = _fate(known, email, key) or _spoken(db, known.courtesy, email, key) or Fate.ADDED
    known.seen.add(address.mailbox(email))
    since = known.courtesy.open.get(key) or known.courtesy.left.get(key)
    return Line(one.number, one.text, one_line(one.name)[:200], email, fate, one.note.strip(), since)


def _fate(known: Known, email: str, key: str) -> Fate | None:
    if not address.can_receive(email) or address.resembles(email):
        return Fate.BAD_ADDRESS
    if address.domain_of(email) == known.domain or key in known.aliases:
        return Fate.A_LIST
    if address.split(key)[0].partition("+")[0] in ROLES:
        return Fate.A_ROLE
    if key in known.members:
        return Fate.ALREADY
    if address.mailbox(email) in known.seen:
        return Fate.TWICE
    return Fate.BARRED if any(patterns.matches(pattern, key) for pattern in known.barred) else None


def _spoken(db: Session, courtesy: Courtesy, email: str, key: str) -> Fate | None:
    if key in courtesy.left:
        return Fate.LEFT
    if uninvited_hash(db, email) in courtesy.uninvited:
        return Fate.UNINVITED
    if key in courtesy.open:
        return Fate.INVITED
    if key in courtesy.applied:
        return Fate.APPLIED
    return Fate.ENOUGH if address.mailbox(email) in courtesy.full else None


def uninvited_hash(db: Session, email: str) -> bytes:
    """By what somebody who wants no invitation is known: nobody reads the address off it, and all spellings of a mailbox are one."""
    key = links.signing_key(outbox.settings_of(db))
    return hmac.digest(key, b"uninvited\0" + address.mailbox(email).encode("utf-8", "replace"), "sha256")[:16]


def good(lines: Sequence[Line]) -> list[Line]:
    """Those to whom it would happen."""
    return [line for line in lines if line.fate is Fate.ADDED]


def counted(lines: Sequence[Line]) -> dict[Fate, int]:
    """How many lines have which fate."""
    return dict(Counter(line.fate for line in lines))
