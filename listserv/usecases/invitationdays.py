"""What the calendar owes invitations: those that had to wait, one reminder, the answers told together, and forgetting."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.store import calendar
from listserv.store import invitations as rows
from listserv.store.invitations import Invitation, InvitationState
from listserv.store.lists import MailingList
from listserv.store.members import member_by_key
from listserv.store.queue import keep_raw
from listserv.usecases import caps, deciding, inviting, newcomers, outbox, retelling
from listserv.usecases.access import CALENDAR
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note
from listserv.usecases.rowbyrow import went_well

REMIND_AFTER = timedelta(days=7)
LAPSE_AFTER = timedelta(days=inviting.DAYS)
# From the first answer on, moderators hear of all that have come by then in one letter.
TELL_AFTER = timedelta(hours=4)
# What is over stays in sight for so long.
KEPT_AFTERWARDS = timedelta(days=30)
NAMED = 20
MOST_OWED = 10_000


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Do what is due, at most `limit` of each kind; how many were done."""
    return send_waiting(db, now, limit) + remind(db, now, limit) + lapse(db, now, limit) + tell(db, now, limit) + forget(db, now, limit)


def send_waiting(db: Session, now: datetime, limit: int) -> int:
    """Those that were too many for one day."""
    lists = {id: db.get_one(MailingList, id) for id in rows.lists_waiting(db)}
    room = {id: 0 if mlist.closed_at else inviting.room_today(db, mlist, now) for id, mlist in lists.items()}
    chosen: list[Invitation] = []
    for one in rows.waiting(db, limit, [id for id, left in room.items() if not left]):
        if room[one.list_id] > 0:
            room[one.list_id] -= 1
            chosen.append(one)
    for one in chosen:
        if not _is_settled(db, one, now) and not _sent(db, one, now):
            one.state, one.decided_at = InvitationState.RETURNED, now
        _ran(db, "invitation-sent", one, now, now)
    return len(chosen)


def _sent(db: Session, one: Invitation, now: datetime, *, again: bool = False) -> bool:
    return went_well(db, partial(inviting.send, db, one, now, again=again), "invitation failed", invitation=one.id)


def _is_settled(db: Session, one: Invitation, now: datetime) -> bool:
    """Are they on the list meanwhile, or do they want no invitation? Then there is nothing to send, and nothing to tell."""
    if member_by_key(db, one.mlist, one.key):
        one.state = InvitationState.ACCEPTED
    elif rows.uninvited(db, one.list_id, [newcomers.uninvited_hash(db, one.email)]):
        one.state = InvitationState.DECLINED
    else:
        return False
    one.decided_at = one.told_at = now
    return True


def remind(db: Session, now: datetime, limit: int) -> int:
    """Once, a week later, whoever has said nothing."""
    due = rows.to_remind(db, now - REMIND_AFTER, limit)
    full = rows.full_mailboxes(db, caps.INVITATION, now - caps.WEEK, caps.INVITATIONS_A_WEEK, {address.mailbox(one.email) for one in due})
    for one in due:
        one.reminded_at = now
        too_late = one.sent_at is None or one.sent_at <= now - LAPSE_AFTER
        if not too_late and not _is_settled(db, one, now) and not one.mlist.closed_at and address.mailbox(one.email) not in full:
            _sent(db, one, now, again=True)
        if not too_late:
            _ran(db, "invitation", one, (one.sent_at or now) + REMIND_AFTER, now)
    return len(due)


def _ran(db: Session, what: str, one: Invitation, slot: datetime, now: datetime) -> None:
    calendar.ran(db, what, f"invitation:{one.id}", slot, now, list_id=one.list_id)


def owed(db: Session, until: datetime) -> list[Owed]:
    """Those that had to wait, the reminders, what lapses, the answers to be told and what is forgotten at that time; changes nothing."""
    return [*_owed_waiting(db, until), *_owed_silent(db, until), *_owed_answers(db, until), *_owed_forgetting(db, until)]


def _owed_waiting(db: Session, until: datetime) -> Iterator[Owed]:
    for list_id in rows.lists_waiting(db):
        mlist = db.get_one(MailingList, list_id)
        room = 0 if mlist.closed_at else inviting.room_today(db, mlist, until)
        for one in rows.waiting_here(db, list_id, room):
            yield Owed(until, "invitation-sent", mlist.name, one.email, "too many for one day until now")


def _owed_answers(db: Session, until: datetime) -> Iterator[Owed]:
    """One letter to each moderator about all answers that have come."""
    for list_id in rows.lists_to_tell(db, until - TELL_AFTER, MOST_OWED):
        mlist, answered = db.get_one(MailingList, list_id), rows.untold(db, list_id, lock=False)
        at = min(one.decided_at for one in answered if one.decided_at) + TELL_AFTER
        for decider in deciding.deciders(db, mlist):
            yield Owed(at, "invitations-answered", mlist.name, decider.email, f"{len(answered)} answers")


def _owed_forgetting(db: Session, until: datetime) -> Iterator[Owed]:
    for one in rows.over(db, until - KEPT_AFTERWARDS, MOST_OWED, lock=False):
        yield Owed((one.decided_at or until) + KEPT_AFTERWARDS, "invitation-forgotten", one.mlist.name, "", f"over for {KEPT_AFTERWARDS.days} days")


def _owed_silent(db: Session, until: datetime) -> list[Owed]:
    reminders = [
        Owed(one.sent_at + REMIND_AFTER, "invitation", one.mlist.name, one.email, "no answer for a week")
        for one in rows.to_remind(db, until - REMIND_AFTER, MOST_OWED, lock=False)
        if one.sent_at and until - LAPSE_AFTER < one.sent_at and not one.mlist.closed_at
    ]
    lapsing = rows.to_lapse(db, until - LAPSE_AFTER, MOST_OWED, lock=False)
    return reminders + [
        Owed((one.sent_at or one.created_at) + LAPSE_AFTER, "invitation-lapses", one.mlist.name, one.email, "no answer for a month") for one in lapsing
    ]


def lapse(db: Session, now: datetime, limit: int) -> int:
    """Whoever has said nothing is forgotten; the row stays for a while without them."""
    due = rows.to_lapse(db, now - LAPSE_AFTER, limit)
    for one in due:
        one.state, one.decided_at, one.told_at = InvitationState.LAPSED, now, now
        note(db, CALENDAR, "invitation-lapsed", mlist=one.mlist, now=now, about=one)
        _ran(db, "invitation-lapses", one, one.sent_at + LAPSE_AFTER if one.sent_at else now, now)
        _forget(db, one)
    return len(due)


def _forget(db: Session, one: Invitation) -> None:
    rows.forget(db, one, keep_raw(db, retelling.SENT).id, caps.INVITATION)


def forget(db: Session, now: datetime, limit: int) -> int:
    """What has been over for a month: nothing of it is needed any more."""
    due = rows.over(db, now - KEPT_AFTERWARDS, limit)
    for one in due:
        _forget(db, one)
        _ran(db, "invitation-forgotten", one, (one.decided_at or now) + KEPT_AFTERWARDS, now)
        db.delete(one)
    if due:
        db.flush()
    rows.forget_batches(db, now - LAPSE_AFTER)
    return len(due)


def tell(db: Session, now: datetime, limit: int) -> int:
    """One letter for all answers of some hours, to everybody who decides on the list."""
    return sum(_tell_of(db, list_id, now) for list_id in rows.lists_to_tell(db, now - TELL_AFTER, limit))


def _tell_of(db: Session, list_id: int, now: datetime) -> int:
    """0 where another worker tells them; what comes meanwhile has its own four hours."""
    answered = rows.untold(db, list_id)
    if not any(one.decided_at and one.decided_at <= now - TELL_AFTER for one in answered):
        return 0
    _tell(db, db.get_one(MailingList, list_id), answered, now)
    calendar.ran(db, "invitations-answered", f"list:{list_id}", now, now, list_id=list_id, detail=f"{len(answered)} answers")
    for one in answered:
        one.told_at = now
    return 1


def _tell(db: Session, mlist: MailingList, answered: Any, now: datetime) -> None:
    by_state = {state: [_who(one) for one in answered if one.state is state] for state in InvitationState}
    facts: dict[str, Any] = {"count": len(answered)}
    for name, state in (("accepted", InvitationState.ACCEPTED), ("declined", InvitationState.DECLINED), ("returned", InvitationState.RETURNED)):
        facts[name], facts[f"{name}_left"] = by_state[state][:NAMED], max(0, len(by_state[state]) - NAMED)
    for decider in deciding.deciders(db, mlist):
        outbox.write(db, "invitations-answered", decider.email, decider.language, now, mlist=mlist, automatic=False, **facts)


def _who(one: Invitation) -> dict[str, str]:
    return {"name": one.name, "email": one.email, "elsewhere": one.answered_from}
