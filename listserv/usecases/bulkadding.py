"""A list of people in a moderator's mail („ZAPROŚ”, „DODAJ”): first what would happen, then one word makes it happen, once (`batches`)."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired, NotFound
from listserv.mail import address, commands, invited
from listserv.mail.authentication import Alignment
from listserv.mail.batchverbs import Verb
from listserv.mail.decisions import Answer
from listserv.mail.invited import Order
from listserv.mail.peoplelines import People
from listserv.store import calendar
from listserv.store import invitations as rows
from listserv.store.invitations import Batch, BatchState
from listserv.store.lists import MailingList, lock
from listserv.store.people import Purpose, Token, person_at
from listserv.store.queue import State
from listserv.usecases import batches, deciding, inviting, limits, ordering, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Decider, Proof
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note
from listserv.usecases.newcomers import good, sort_out
from listserv.usecases.outbox import ACT, Cause

# So many invitations to good addresses alone go out without a question: each can still say no, and a mistake is small.
AT_ONCE = 5
MOST_LISTED = 1_000
# People in one order; more are several orders, so that a slip is never very large.
MOST_PEOPLE = 500
# Questions to a moderator about orders that nobody has proven, within so long: they use up none of a moderator's other letters.
MOST_QUESTIONS, QUESTIONS_WITHIN = 3, timedelta(hours=1)
# An undo that was asked for in time counts although its sender had to be asked back; but not the day after.
ASKED_BACK_WITHIN = timedelta(hours=12)

log = structlog.get_logger()


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A moderator's order. None for everybody else's letters, and for all that are no orders."""
    decider = _decider(db, mlist, letter)
    order = ordering.read(letter.post, letter.words, letter.raw) if decider else None
    if decider is None or order is None:
        return None
    if letter.alignment is Alignment.FAILED:
        return Outcome(State.DISCARDED, ("forged",))  # their own mail service says that it is not theirs
    lock(db, mlist)
    if rows.batch_with(db, mlist.id, letter.incoming.raw_id):
        return Outcome(State.ANSWERED, ("double",))  # the same mail, to another address of ours
    proven = letter.alignment is Alignment.ALIGNED
    lines = sort_out(db, mlist, order.people, inviting_at=now if order.verb is Verb.INVITE else None)
    if len(lines) > MOST_PEOPLE:
        return _too_many(db, mlist, len(lines) + order.people.cut, decider, letter, now)
    batch = Batch(list_id=mlist.id, raw_id=letter.incoming.raw_id, verb=order.verb, welcome=order.welcome, state=BatchState.WAITING, asked_at=now)
    db.add(batch)
    db.flush()
    plain = proven and order.plain and order.verb is Verb.INVITE and not mlist.closed_at
    if plain and 0 < len(lines) <= min(AT_ONCE, inviting.room_today(db, mlist, now)) and len(good(lines)) == len(lines):
        actor = Actor(Door.MAIL, decider.user_id, proven=True)
        return _carry_out(db, batch, order, actor, decider, Cause(letter.incoming, proven=True), now)
    told = _show(db, batch, order, decider, letter.cause, now, proven=proven)
    return Outcome(State.ANSWERED, ("looked",) if told else ("enough-for-today",))


def _decider(db: Session, mlist: MailingList, letter: Letter) -> Decider | None:
    """Whoever decides and has written from the address where that is known, or one that they have proven."""
    place = person_at(db, address.key(letter.sender)) if letter.sender else None
    theirs = [one for one in deciding.deciders(db, mlist) if place and one.user_id == place.user_id]
    return next((one for one in theirs if place and (place.verified_at is not None or place.key == address.key(one.email))), None)


def _show(db: Session, batch: Batch, order: Order, decider: Decider, cause: Cause, now: datetime, *, proven: bool = True, again: bool = False) -> bool:
    """What would happen. Where nobody has proven who asked, a reply from the moderator's own mailbox is the proof."""
    mlist = batch.mlist or db.get_one(MailingList, batch.list_id)
    if not proven and not again and not _may_ask(db, mlist, decider, now):
        return False
    lines = sort_out(db, mlist, order.people, inviting_at=now if batch.verb is Verb.INVITE else None)
    room = inviting.room_today(db, mlist, now) if batch.verb is Verb.INVITE else len(lines)
    facts = ordering.facts(batch, order, lines, room) | {"proven": proven, "again": again, "days": inviting.DAYS, "a_day": mlist.invitations_a_day}
    detail = "" if proven else deciding.AGAIN
    token = tokens.issue(db, Purpose.DECIDE_BATCH, decider.email, now, mlist=mlist, object_id=batch.id, detail=detail, days=inviting.DAYS)
    reply_to = deciding.reply_address(db, token)
    told = outbox.write(db, "bulk-look", decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
    return told is not None


def _may_ask(db: Session, mlist: MailingList, decider: Decider, now: datetime) -> bool:
    return limits.within(db, "unproven orders", f"{mlist.id} {decider.email}", now, QUESTIONS_WITHIN, MOST_QUESTIONS)


def _too_many(db: Session, mlist: MailingList, count: int, decider: Decider, letter: Letter, now: datetime) -> Outcome:
    """Nothing is kept of it, so nobody's word can set it going."""
    if letter.alignment is not Alignment.ALIGNED and not _may_ask(db, mlist, decider, now):
        return Outcome(State.ANSWERED, ("enough-for-today",))
    facts: dict[str, Any] = {"lines": count, "most": MOST_PEOPLE}
    outbox.write(db, "bulk-many", decider.email, decider.language, now, mlist=mlist, automatic=False, cause=letter.cause, **facts)
    return Outcome(State.ANSWERED, ("too-many",))


# ---- the answer ---------------------------------------------------------------------------------------------


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the moderator's reply says. Raises NotFound for somebody who decides no longer."""
    batch = db.get(Batch, token.object_id)
    if batch is None:
        raise NotFound("this list of people is forgotten")
    mlist, proof = batch.mlist, deciding.proof(db, token, letter.post, letter.alignment)
    if proof is Proof.SOMEBODY_ELSE:
        return Outcome(State.REFUSED, ("not-the-moderator",))
    if proof is Proof.ASK_BACK:
        deciding.ask_back(db, mlist, token, mlist.title, now, letter.cause)
        return Outcome(State.ANSWERED, ("asked-back",))
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    actor = deciding.actor(db, token)
    decider = next((one for one in deciding.deciders(db, mlist) if one.user_id == actor.user_id), None)
    if decider is None:
        raise NotFound("this person decides no longer")
    return _act(db, batch, decider, actor, token, letter, now)


def _act(db: Session, batch: Batch, decider: Decider, actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    lock(db, batch.mlist)
    db.refresh(batch, with_for_update=True)
    cause, said = Cause(letter.incoming, proven=True), commands.decision(letter.post.reply).answer
    without = invited.yes_without_welcome(letter.post.reply)
    if said is Answer.UNDO:
        return _undo(db, batch, decider, actor, token, letter, now)
    if batch.state is not BatchState.WAITING:
        return _tell(db, batch, decider, "already", cause, now)
    if said is Answer.NO:
        batch.state, batch.decided_at, batch.decided_by = BatchState.DROPPED, now, actor.user_id
        return _tell(db, batch, decider, "dropped", cause, now)
    order = batches.order_of(db, batch)
    if order is None or not (without or said is Answer.YES):
        _show(db, batch, order or Order(batch.verb, People()), decider, cause, now, proven=token.detail != deciding.AGAIN, again=True)
        return Outcome(State.ANSWERED, ("not-understood",))
    batch.welcome = batch.welcome and not without
    return _carry_out(db, batch, order, actor, decider, cause, now)


def _carry_out(db: Session, batch: Batch, order: Order, actor: Actor, decider: Decider, cause: Cause, now: datetime) -> Outcome:
    batch.decided_at, batch.decided_by = now, actor.user_id
    mlist = batch.mlist or db.get_one(MailingList, batch.list_id)
    if mlist.closed_at:
        batch.state = BatchState.DROPPED
        return _tell(db, batch, decider, "closed", cause, now)
    if batch.verb is Verb.ADD:
        batch.state = BatchState.RUNNING
        note(db, actor, "batch-added", mlist=mlist, now=now, about=batch)
        if batches.add_some(db, batch, order, now):
            return Outcome(State.ANSWERED, ("under-way",))
        return _tell(db, batch, decider, "done", cause, now)
    done = inviting.invite(db, mlist, order.people, actor, now, batch=batch)
    batch.state = BatchState.DONE
    return _tell(db, batch, decider, "done", cause, now, count=done.sent + done.later, later=done.later)


def owed(db: Session, until: datetime) -> list[Owed]:
    """The lists of people that are gone on with."""
    return [
        Owed(batch.decided_at or until, "members-added", batch.mlist.name, "", f"the rest of {ordering.count_of(db, batch)} people")
        for batch in rows.batches(db, BatchState.RUNNING, MOST_LISTED)
    ]


def run_due(db: Session, now: datetime, limit: int = 1) -> int:
    """Go on with a list of people that is too long for one transaction, by one slice; 0 when nothing is left."""
    for batch in rows.batches(db, BatchState.RUNNING, 1):
        number, slot, list_id = batch.id, batch.decided_at or now, batch.list_id
        try:
            with db.begin_nested():
                _go_on(db, batch, now)
        except Exception:  # one list of people that cannot be finished must not keep digests and pauses waiting
            log.exception("batch failed", batch=number)
            db.get_one(Batch, number).state = BatchState.DONE
            calendar.ran(db, "members-added", f"batch:{number}", slot, now, list_id=list_id, detail="failed")
        return 1
    return 0


def _go_on(db: Session, batch: Batch, now: datetime) -> None:
    lock(db, batch.mlist)
    db.refresh(batch, with_for_update=True)
    if batch.state is not BatchState.RUNNING:
        return  # taken back, or done by another worker
    order = batches.order_of(db, batch)
    if order and batches.add_some(db, batch, order, now):
        return
    batch.state = BatchState.DONE
    calendar.ran(db, "members-added", f"batch:{batch.id}", batch.decided_at or now, now, list_id=batch.list_id)
    decider = next((one for one in deciding.deciders(db, batch.mlist) if one.user_id == batch.decided_by), None)
    if decider:
        _tell(db, batch, decider, "done", ACT, now)


# ---- undoing ------------------------------------------------------------------------------------------------


def _undo(db: Session, batch: Batch, decider: Decider, actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    cause, asked_at = Cause(letter.incoming, proven=True), letter.incoming.received_at
    if token.detail == deciding.AGAIN and batch.decided_at and batch.decided_at <= token.created_at and asked_at < token.created_at + ASKED_BACK_WITHIN:
        asked_at = token.created_at  # asked for in time, and asked back
    try:
        count = batches.undo(db, batch, actor, now, asked_at=asked_at)
    except Expired:
        return _tell(db, batch, decider, "late", cause, now)
    except Conflict:
        return _tell(db, batch, decider, "already", cause, now)
    return _tell(db, batch, decider, "undone", cause, now, count=count)


# ---- letters ------------------------------------------------------------------------------------------------


def _tell(db: Session, batch: Batch, decider: Decider, did: str, cause: Cause, now: datetime, **more: Any) -> Outcome:
    """What has come of it; a reply to it may still take it back."""
    mlist = batch.mlist or db.get_one(MailingList, batch.list_id)
    token = tokens.issue(db, Purpose.DECIDE_BATCH, decider.email, now, mlist=mlist, object_id=batch.id, days=inviting.DAYS)
    undoable = batch.state in (BatchState.DONE, BatchState.RUNNING) and batch.decided_at is not None and now < batch.decided_at + batches.WINDOW
    facts: dict[str, Any] = {
        "verb": batch.verb,
        "did": did,
        "count": ordering.count_of(db, batch),
        "later": 0,
        "undoable": undoable,
        "state": batch.state,
    } | more
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "bulk-done", decider.email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
    if did in ("done", "undone"):
        _tell_others(db, mlist, decider, facts, now)
    return Outcome(State.ANSWERED, (did,))


def _tell_others(db: Session, mlist: MailingList, decider: Decider, facts: dict[str, Any], now: datetime) -> None:
    """Those who decide on the list together know who has let whom in."""
    for other in deciding.deciders(db, mlist):
        if other.user_id != decider.user_id:
            outbox.write(db, "bulk-others", other.email, other.language, now, mlist=mlist, automatic=False, decider=decider.name or decider.email, **facts)
