"""A newsletter moves here from listmonk: who gets it goes on getting it, and who wants none gets none.

Nobody is written to; only if it is wished, those who never confirmed there are asked once, a few a day. Safe to run twice: who is here
stays as they are, who has left here stays away, and who was asked is not asked again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.mail import address
from listserv.mail.address import Mailbox
from listserv.mail.peoplelines import People, Person
from listserv.store import calendar
from listserv.store import invitations as rows
from listserv.store.lists import Joining, MailingList
from listserv.usecases import enlisting, limits, membership, newcomers
from listserv.usecases.access import Actor
from listserv.usecases.administration import NewMember
from listserv.usecases.applicants import Applicant
from listserv.usecases.journal import note
from listserv.usecases.newcomers import Fate, Line, uninvited_hash
from listserv.usecases.subscribertables import Standing, Subscriber, Unreadable

DAY = timedelta(days=1)
ASKED = "subscribers asked"
# The calendar's word for it; once and for all is one moment.
WHAT, ONCE = "subscriber-asked", datetime(2000, 1, 1, tzinfo=UTC)
UNWANTED = (Standing.BLOCKLISTED, Standing.UNSUBSCRIBED, Standing.DISABLED)
GOOD = (Standing.ENABLED, Standing.CONFIRMED)
NOT_OPEN = "{name} takes people by application: only a list with joining=open asks those who have not confirmed"


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of everybody in a table."""

    read: int
    coming: tuple[Subscriber, ...]
    already: int
    # Who wants no mail: nobody adds or invites them.
    unwilling: tuple[Subscriber, ...]
    # Those of them who are on the list here, and stay: whoever looks after it decides.
    here: tuple[Subscriber, ...]
    unconfirmed: tuple[Subscriber, ...]
    # Those of them who may be asked today.
    asking: tuple[Subscriber, ...]
    # Why others do not come, and how many.
    left_out: Mapping[str, int]
    unreadable: tuple[Unreadable, ...]


def plan(db: Session, mlist: MailingList, people: Sequence[Subscriber], unreadable: Sequence[Unreadable], now: datetime, *, ask: bool = False) -> Plan:
    """Look at everybody and change nothing; `ask`: those who have not confirmed get the letter that asks. Raises Invalid where nobody may be asked."""
    if ask and mlist.joining is not Joining.OPEN:
        raise Invalid(NOT_OPEN, name=mlist.name)
    by_line = {one.line: one for one in people}
    # Tables are put together from several: one row that says no is enough.
    refused = {address.key(one.email) for one in people if one.standing in UNWANTED}
    wanted = [one for one in people if address.key(one.email) not in refused]
    lines = newcomers.sort_out(db, mlist, _listed(wanted, GOOD))
    unsure = newcomers.sort_out(db, mlist, _listed(wanted, (Standing.UNCONFIRMED,)), inviting_at=now)
    stay = [line for line in newcomers.sort_out(db, mlist, _listed(people, (Standing.BLOCKLISTED,))) if line.fate is Fate.ALREADY]
    asked = calendar.abouts(db, WHAT, mlist.id)
    coming = _good(by_line, lines)
    unconfirmed = tuple(one for one in _good(by_line, unsure) if _about(db, mlist, one) not in asked)
    unwilling = tuple(one for one in people if one.standing is Standing.BLOCKLISTED)
    room = max(0, mlist.invitations_a_day - limits.used(db, ASKED, str(mlist.id), now, DAY))
    wrong = [Unreadable(line.number, f"{line.email} is no address that mail can reach") for line in (*lines, *unsure) if line.fate is Fate.BAD_ADDRESS]
    counted = Counter(str(line.fate) for line in (*lines, *unsure) if line.fate not in (Fate.ADDED, Fate.ALREADY, Fate.BAD_ADDRESS))
    counted["applied"] += len(_good(by_line, unsure)) - len(unconfirmed)
    counted.update(str(one.standing) for one in people if one.standing in (Standing.UNSUBSCRIBED, Standing.DISABLED))
    counted["refused"] += sum(one.standing not in UNWANTED and address.key(one.email) in refused for one in people)
    already = sum(line.fate is Fate.ALREADY for line in (*lines, *unsure))
    every = tuple(sorted((*unreadable, *wrong), key=lambda one: one.line))
    here, asking = tuple(by_line[line.number] for line in stay), unconfirmed[:room] if ask else ()
    return Plan(len(people) + len(unreadable), coming, already, unwilling, here, unconfirmed, asking, dict(+counted), every)


def _about(db: Session, mlist: MailingList, one: Subscriber) -> str:
    """By what it is known that somebody was asked: nobody reads the address off it."""
    return f"{mlist.id}:{uninvited_hash(db, one.email).hex()}"


def _listed(people: Iterable[Subscriber], standings: Sequence[Standing]) -> People:
    return People(tuple(Person(one.line, one.email, one.name, one.email) for one in people if one.standing in standings))


def _good(by_line: Mapping[int, Subscriber], lines: Sequence[Line]) -> tuple[Subscriber, ...]:
    return tuple(by_line[line.number] for line in newcomers.good(lines))


def add(db: Session, mlist: MailingList, people: Iterable[Subscriber], actor: Actor, now: datetime) -> int:
    """Put these on the list, as they were there; who has come meanwhile stays as they are. How many came."""
    # Their addresses have been looked at (`plan`).
    new = [NewMember(one.email, one.name, language=one.language, joined_at=one.since, verified=one.standing is Standing.CONFIRMED) for one in people]
    return sum(number is not None for number in enlisting.enlist(db, mlist, new, actor, now))


def spare(db: Session, mlist: MailingList, people: Iterable[Subscriber], actor: Actor, now: datetime) -> int:
    """These want no mail: nobody here adds or invites them; they can still come by their own word. How many were not known to."""
    hashes = {uninvited_hash(db, one.email): None for one in people}
    known = rows.uninvited(db, mlist.id, hashes)
    new = [digest for digest in hashes if digest not in known]
    for digest in new:
        rows.keep_uninvited(db, digest, mlist.id, now)
    if new:
        note(db, actor, "subscribers-spared", mlist=mlist, now=now, detail=str(len(new)))
    return len(new)


def ask(db: Session, mlist: MailingList, people: Iterable[Subscriber], actor: Actor, now: datetime) -> int:
    """Each of these is asked once whether they want the newsletter; without a yes nothing more comes. How many letters that were."""
    asked = 0
    for one in people:
        # Also who has said no, or nothing, and whose address has been forgotten since.
        if not calendar.ran(db, WHAT, _about(db, mlist, one), ONCE, now, list_id=mlist.id):
            continue
        language = one.language or mlist.language
        membership.apply(db, mlist, Applicant(Mailbox(one.name[:200], one.email), "", "", language, proven=False), now, actor=actor)
        asked += 1
    limits.add(db, ASKED, str(mlist.id), now, DAY, asked)
    return asked
