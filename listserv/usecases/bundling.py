"""The rest of a flood: one letter an hour says how many more cases wait, and a reply to it brings the next ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail.parse import parse
from listserv.rules import Reason
from listserv.store import calendar, untold
from listserv.store.lists import MailingList
from listserv.store.moderation import Application, Held
from listserv.store.people import Purpose, Token
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.store.untold import Untold
from listserv.usecases import contact, deciding, floods, membership, moderation, outbox, posting, tokens, unnamed
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Case, Decider
from listserv.usecases.digesting import Owed
from listserv.usecases.floods import HOUR
from listserv.usecases.outbox import Cause
from listserv.usecases.rowbyrow import each

KIND = "more-waiting"
MOST_LISTED = 1_000
# Of the cases that wait, so many stand in the letter by name.
NAMED = 10


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Tell every moderator with cases kept back for an hour what waits; how many were told."""
    due = [one for one in untold.to_tell(db, now - HOUR, limit) if untold.hold_for(db, *one, now - HOUR)]
    return each(db, due, lambda one: _tell(db, db.get_one(MailingList, one[0]), one[1], now))


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters about what was kept back that the calendar owes at that time."""
    found = []
    for list_id, email in untold.to_tell(db, until - HOUR, MOST_LISTED):
        mlist, (count, since) = db.get_one(MailingList, list_id), untold.still_waiting(db, list_id, email)
        if since and _decider(db, mlist, email):
            found.append(Owed(since + HOUR, KIND, mlist.name, email, f"{count} kept back"))
    return found


def _tell(db: Session, mlist: MailingList, email: str, now: datetime) -> None:
    cases = [case for _, case in _still_waiting(db, mlist, email, NAMED)]
    decider = _decider(db, mlist, email)
    if not cases or decider is None:
        untold.forget_all(db, mlist.id, email)
        return
    count = untold.count_for(db, mlist.id, email)
    untold.mark_told(db, mlist.id, email, now)
    token = tokens.issue(db, Purpose.NEXT_CASES, email, now, mlist=mlist)
    named = [_named(db, case) for case in cases]
    facts: dict[str, Any] = {"count": count, "cases": named, "left": count - len(named)}
    reply_to = deciding.reply_address(db, token)
    calendar.ran(db, KIND, f"list:{mlist.id}", now, now, list_id=mlist.id, detail=f"{count} kept back")
    outbox.write(db, KIND, email, decider.language, now, mlist=mlist, reply_to=reply_to, automatic=False, **facts)


def _named(db: Session, case: Case | Incoming) -> dict[str, str]:
    """How the letter speaks of it."""
    if not isinstance(case, Incoming):
        return {"who": deciding.who(case), "subject": case.subject}
    post = parse(raw_bytes(db, case.raw_id))
    writer = next(iter(post.authors), None)
    return {"who": (writer.name or writer.address) if writer else case.mail_from, "subject": post.subject}


def _decider(db: Session, mlist: MailingList, email: str) -> Decider | None:
    return next((one for one in deciding.deciders(db, mlist) if one.email == email), None)


def _still_waiting(db: Session, mlist: MailingList, email: str, most: int) -> Sequence[tuple[Untold, Case | Incoming]]:
    """What nobody has decided meanwhile, the longest waiting first, so many of it; what is decided is forgotten."""
    untold.forget_decided(db, mlist.id, email)
    return [(row, _case(db, row)) for row in untold.waiting_for(db, mlist.id, email, most)]


def _case(db: Session, row: Untold) -> Case | Incoming:
    if row.purpose is Purpose.LETTER:
        return db.get_one(Incoming, row.object_id)
    return db.get_one(Held, row.object_id) if row.purpose is Purpose.DECIDE_HELD else db.get_one(Application, row.object_id)


def next_ones(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to that letter, whatever it says: the next cases, each in a letter of its own, to the moderator whom we wrote to."""
    mlist = db.get_one(MailingList, token.list_id)
    tokens.spend(db, token, now)
    for row, case in _still_waiting(db, mlist, token.email, floods.PER_HOUR):
        untold.forget(db, [row.id])
        decider = _decider(db, mlist, token.email)
        if decider:
            _put_before(db, mlist, case, decider, now)
    _tell_if_more(db, mlist, token.email, now)
    return Outcome(State.ANSWERED, ("next-cases",))


def _tell_if_more(db: Session, mlist: MailingList, email: str, now: datetime) -> None:
    """The way to the ones after them, at once: who clears a desk does not wait for the hour."""
    if untold.count_for(db, mlist.id, email):
        _tell(db, mlist, email, now)


def _put_before(db: Session, mlist: MailingList, case: Case | Incoming, decider: Decider, now: datetime) -> None:
    if isinstance(case, Incoming):
        contact.pass_on(db, mlist, case, decider, now)
        return
    if isinstance(case, Application):
        membership.ask_moderators(db, case, Cause(proven=True), now, only=decider.email)
        return
    if unnamed.is_one(case):
        unnamed.put_before_moderators(db, case, now, only=decider.email)
        return
    reasons = tuple(Reason(word) for word in case.reasons.split() if word in list(Reason))
    posting.ask_moderators(db, case.mlist, case, moderation.submission_of(db, case.mlist, case), reasons, now, only=decider.email)
