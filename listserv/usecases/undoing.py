"""Taking a decision back, for ten minutes: the case waits again, and whoever was told hears of it.

What has left cannot be called back, and every letter and page says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired
from listserv.mail import address
from listserv.rules import Reason
from listserv.store import recall
from listserv.store.archive import Message
from listserv.store.bans import ban_with
from listserv.store.lists import MailingList, lock
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, ApplicationState, Held, HeldState
from listserv.store.queue import State
from listserv.store.trusted import trusted
from listserv.usecases import banning, consents, contact, deciding, moderation, outbox, posting, reminding, showing
from listserv.usecases.access import Actor
from listserv.usecases.administration import remove_member
from listserv.usecases.journal import note

WINDOW = timedelta(minutes=10)
Case = deciding.Case


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back: the decision as it was, and how many copies had left by then."""

    decision: str
    copies_left: int = 0


def can_be_undone(case: Case, now: datetime) -> bool:
    """Has a moderator decided it, less than ten minutes ago? What an author has withdrawn stays so."""
    return case.state in TAKE_BACK and case.decided_by is not None and case.decided_at is not None and now < case.decided_at + WINDOW


def undo(db: Session, case: Case, actor: Actor, now: datetime, *, asked_at: datetime | None = None) -> Undone:
    """Let a decided case wait again. Raises Conflict where nothing is decided, Expired after ten minutes (`asked_at`: when a mail that asks came).

    A published post leaves the archive and its unsent copies stay here; who was admitted leaves the list; a letter that
    has not left stays here too, and where it has, its reader is told that the case waits again.
    """
    db.flush()
    lock(db, case.mlist)
    db.refresh(case, with_for_update=True)
    decided_at = case.decided_at
    if case.state not in TAKE_BACK or case.decided_by is None or decided_at is None:
        raise Conflict("not-decided")
    if (asked_at or now) >= decided_at + WINDOW:
        raise Expired("too-late-to-undo")
    was = case.state
    left = TAKE_BACK[was](db, case, actor, decided_at, now)
    _wait_again(case, now)
    note(db, actor, "held-undone" if isinstance(case, Held) else "application-undone", mlist=case.mlist, now=now, about=case, detail=was)
    deciding.tell_others(db, case, "decision-undone", actor.user_id, now)
    return Undone(was, left)


def _wait_again(case: Case, now: datetime) -> None:
    case.decided_at = case.decided_by = None
    if isinstance(case, Held):
        case.state, case.incoming.state = HeldState.PENDING, State.HELD
    else:
        case.state, case.answer = ApplicationState.AWAITING_MODERATOR, ""
    # Reminders go on as if nothing had been; none comes because of the days in between.
    case.remind_at = reminding.next_reminder(case, now)


def _publishing(db: Session, held: Held, actor: Actor, decided_at: datetime, now: datetime) -> int:
    message = db.get_one(Message, held.incoming.archived_id)
    left = showing.take_out_of_sight(db, message, now)
    _forget_trust(db, held, decided_at)
    _tell_author(db, held, "held-published", decided_at, now, copies=left)
    return left


def _forget_trust(db: Session, held: Held, decided_at: datetime) -> None:
    key = address.key(held.author_email)
    if not _take_trust(db, held.mlist, key, decided_at):
        return
    member = member_by_key(db, held.mlist, key)
    if member and Reason.MODERATED in held.reasons.split() and not held.mlist.moderate_members:
        member.moderated = True


def _take_trust(db: Session, mlist: MailingList, key: str, decided_at: datetime) -> bool:
    """Take back a word of trust that came with the very decision; False where there is none."""
    row = trusted(db, mlist, key)
    if row is None or row.created_at != decided_at:
        return False
    db.delete(row)
    return True


def _lift(db: Session, mlist: MailingList, email: str, actor: Actor, decided_at: datetime, now: datetime) -> None:
    """Take back a ban that came with the very decision."""
    ban = ban_with(db, mlist, address.key(email)) if email else None
    if ban and ban.created_at == decided_at:
        banning.unban(db, mlist, ban.pattern, actor, now)


def _refusing(db: Session, held: Held, actor: Actor, decided_at: datetime, now: datetime) -> int:
    _tell_author(db, held, "held-refused", decided_at, now)
    return 0


def _tell_author(db: Session, held: Held, letter: str, decided_at: datetime, now: datetime, *, copies: int = 0) -> None:
    """The letter with the decision stays here; where it has left, the author hears that the post waits again."""
    if not recall.stop_letters(db, letter, held.list_id, address.key(posting.reached_at(db, held)), decided_at):
        submission = moderation.submission_of(db, held.mlist, held)
        posting.tell_author(db, held.mlist, submission, "held-again", now, copies=copies, automatic=False)


def _discarding(db: Session, held: Held, actor: Actor, decided_at: datetime, now: datetime) -> int:
    _lift(db, held.mlist, held.author_email, actor, decided_at, now)
    return 0


def _admitting(db: Session, application: Application, actor: Actor, decided_at: datetime, now: datetime) -> int:
    member = member_by_key(db, application.mlist, application.key)
    # Who was on the list before, stays on it.
    if member and member.joined_at == decided_at:
        remove_member(db, member, actor, now, why="undone")
    _take_trust(db, application.mlist, application.key, decided_at)
    _tell_applicant(db, application, "welcome", decided_at, now)
    return 0


def _declining(db: Session, application: Application, actor: Actor, decided_at: datetime, now: datetime) -> int:
    _lift(db, application.mlist, application.email, actor, decided_at, now)
    _tell_applicant(db, application, "application-declined", decided_at, now)
    return 0


def _being_a_letter(db: Session, application: Application, actor: Actor, decided_at: datetime, now: datetime) -> int:
    """What has not reached the moderators as a letter stays here; the mail is an application again, whose writer never heard otherwise."""
    consents.bring_back(db, application.mlist, application.email, decided_at, actor, now)
    for incoming in contact.mark(db, application, State.APPLICATION):
        for decider in deciding.deciders(db, application.mlist):
            recall.stop_letters(db, "letter-after-all", application.list_id, address.key(decider.email), decided_at, incoming.id)
    return 0


def _tell_applicant(db: Session, application: Application, letter: str, decided_at: datetime, now: datetime) -> None:
    if not recall.stop_letters(db, letter, application.list_id, application.key, decided_at):
        outbox.write(db, "application-again", application.email, application.language, now, mlist=application.mlist, automatic=False)


TAKE_BACK: dict[str, Callable[..., int]] = {
    HeldState.PUBLISHED: _publishing,
    HeldState.REFUSED: _refusing,
    HeldState.DISCARDED: _discarding,
    ApplicationState.ADMITTED: _admitting,
    ApplicationState.DECLINED: _declining,
    ApplicationState.LETTER: _being_a_letter,
}
