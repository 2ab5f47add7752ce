"""The moderators' desk: one page of what waits, one answer for one case or many, and what became of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store import docket
from listserv.store.lists import MailingList
from listserv.store.members import count_readers
from listserv.store.moderation import Application, Held
from listserv.usecases import cases, contact, deciding, membership, moderation, undoing
from listserv.usecases.cases import Case, Named, Recent
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.usecases.stewards import Steward

CASES_A_PAGE = 10
RECENT = 30
# At once, on one page: what nobody can look over is decided by nobody.
MOST = 100
NOT_FOR_APPLICATIONS = N_("Only messages can be discarded or barred: an application gets an answer.")
NOT_FOR_MESSAGES = N_("Only an application can turn out to be an ordinary letter.")


class Answer(StrEnum):
    """What a moderator can say to a case."""

    APPROVE = "approve"
    TRUST = "trust"
    DECLINE = "decline"
    ASK = "ask"
    DISCARD = "discard"
    BAN = "ban"
    # An application that is none: an ordinary letter.
    LETTER = "letter"


# The page asks once more before these are done to many.
DESTRUCTIVE = (Answer.DECLINE, Answer.DISCARD, Answer.BAN)


@dataclass(frozen=True, slots=True)
class Desk:
    """A page of the queue. `readers`: to how many an approved post goes."""

    steward: Steward
    posts: int
    applications: int
    unconfirmed: int
    cases: tuple[Case, ...]
    recent: tuple[Recent, ...]
    pages: Pages
    readers: int
    deciders: tuple[str, ...]


@dataclass(slots=True)
class Done:
    """What an answer did: the cases that it was done to, and those that somebody else had decided."""

    answer: str
    done: list[Held | Application] = field(default_factory=list)
    late: list[Held | Application] = field(default_factory=list)


def look(db: Session, who: Steward, now: datetime, *, page: int = 1) -> Desk:
    """What waits on this list, the longest waiting first; applications before posts, because a person stands at the door."""
    posts, applications, unconfirmed = docket.count_waiting(db, who.mlist.id)
    at = page_of(page, posts + applications, CASES_A_PAGE)
    start = (at.number - 1) * CASES_A_PAGE
    asked = docket.waiting_applications(db, who.mlist.id, CASES_A_PAGE, start) if start < applications else ()
    room = CASES_A_PAGE - len(asked)
    held = docket.waiting_posts(db, who.mlist.id, room, max(0, start - applications)) if room else ()
    found = cases.cases(db, who.mlist, held, asked)
    recent = cases.recent(db, who.mlist, who.actor.user_id, now, RECENT)
    names = tuple(one.name or one.email for one in deciding.deciders(db, who.mlist))
    return Desk(who, posts, applications, unconfirmed, found, recent, at, count_readers(db, who.mlist), names)


def waiting(db: Session, mlist: MailingList) -> int:
    """How many cases wait on a list. Only those who decide are told."""
    return docket.waiting_by_list(db, [mlist.id]).get(mlist.id, 0)


def one(db: Session, who: Steward, key: str, part: int = 1) -> Case:
    """One case whole, decided or not; a very long letter in parts. Raises NotFound."""
    row = find(db, who, key)
    if part < 1:
        raise NotFound("there is no such case")
    found = cases.cases(db, who.mlist, [row], [], part=part) if isinstance(row, Held) else cases.cases(db, who.mlist, [], [row], part=part)
    return found[0]


def named(db: Session, who: Steward, keys: Sequence[str]) -> tuple[Named, ...]:
    """Cases in one line each, as they are asked for; what is not there is left out."""
    asked = dict.fromkeys(keys[:MOST])
    rows: list[Held | Application] = [*docket.held_among(db, who.mlist.id, _numbers(asked, "p"))]
    rows += docket.applications_among(db, who.mlist.id, _numbers(asked, "a"))
    found = {one.key: one for one in map(cases.named, rows)}
    return tuple(found[key] for key in asked if key in found)


def _numbers(keys: Iterable[str], kind: str) -> list[int]:
    return [_number(key) for key in keys if key[:1] == kind]


def _number(key: str) -> int:
    """A row's number in a case's key; 0 where it is none."""
    return int(key[1:]) if key[1:].isascii() and key[1:].isdigit() and len(key) < 20 else 0


def find(db: Session, who: Steward, key: str) -> Held | Application:
    """The row of a case by its key, `p12` or `a5`. Raises NotFound."""
    look_up = {"p": docket.held_by_id, "a": docket.application_by_id}.get(key[:1])
    row = look_up(db, who.mlist.id, _number(key)) if look_up else None
    if row is None:
        raise NotFound("there is no such page")
    return row


def decide(db: Session, who: Steward, keys: Sequence[str], answer: Answer, now: datetime, *, words: str = "") -> Done:
    """Give cases one answer. Each counts once: what somebody else has decided by now is left alone and told.

    Raises Invalid where the answer does not fit.
    """
    rows = [find(db, who, key) for key in dict.fromkeys(keys[:MOST])]
    if answer in (Answer.DISCARD, Answer.BAN) and any(isinstance(row, Application) for row in rows):
        raise Invalid(NOT_FOR_APPLICATIONS)
    if answer is Answer.LETTER and any(isinstance(row, Held) for row in rows):
        raise Invalid(NOT_FOR_MESSAGES)
    done = Done(answer)
    for row in rows:
        try:
            _give(db, who, row, answer, words.strip(), now)
        except Conflict:
            db.expire(row)
            done.late.append(row)
        else:
            done.done.append(row)
    return done


def _give(db: Session, who: Steward, row: Held | Application, answer: Answer, words: str, now: datetime) -> None:
    if isinstance(row, Held):
        POSTS[answer](db, who, row, words, now)
    else:
        APPLICATIONS[answer](db, who, row, words, now)


def _ban(db: Session, who: Steward, held: Held, words: str, now: datetime) -> None:
    moderation.bar(db, held, words, who.actor, now)


def _ask(db: Session, who: Steward, application: Application, words: str, now: datetime) -> None:
    if not words:
        raise Invalid(moderation.NO_WORDS)
    membership.ask(db, application, words, who.actor, now)


POSTS: dict[Answer, Callable[[Session, Steward, Held, str, datetime], None]] = {
    Answer.APPROVE: lambda db, who, held, words, now: moderation.publish(db, held, who.actor, now),
    Answer.TRUST: lambda db, who, held, words, now: moderation.publish(db, held, who.actor, now, with_trust=True),
    Answer.DECLINE: lambda db, who, held, words, now: moderation.refuse(db, held, words, who.actor, now),
    Answer.ASK: lambda db, who, held, words, now: moderation.ask(db, held, words, who.actor, now),
    Answer.DISCARD: lambda db, who, held, words, now: moderation.discard(db, held, who.actor, now),
    Answer.BAN: _ban,
}
APPLICATIONS: dict[Answer, Callable[[Session, Steward, Application, str, datetime], object]] = {
    Answer.APPROVE: lambda db, who, one, words, now: membership.admit(db, one, who.actor, now),
    Answer.TRUST: lambda db, who, one, words, now: membership.admit(db, one, who.actor, now),
    Answer.DECLINE: lambda db, who, one, words, now: membership.decline(db, one, words, who.actor, now),
    Answer.ASK: _ask,
    Answer.LETTER: lambda db, who, one, words, now: contact.from_application(db, one, who.actor, now),
}


def take_back(db: Session, who: Steward, key: str, now: datetime) -> undoing.Undone:
    """Let a decided case wait again. Raises Conflict where it waits already, Expired after ten minutes."""
    return undoing.undo(db, find(db, who, key), who.actor, now)


def readers(db: Session, who: Steward) -> int:
    """To how many an approved post goes."""
    return count_readers(db, who.mlist)


def key_of(row: Held | Application) -> str:
    """The key of a case in addresses and forms."""
    return f"{'p' if isinstance(row, Held) else 'a'}{row.id}"
