"""The letters that answer a moderator's one word: what was done, what was not understood, what came too late."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, decisions
from listserv.store.lists import MailingList
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, Held
from listserv.store.people import Token
from listserv.usecases import deciding, limits, outbox, posting, undoing, unnamed
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import Letter
from listserv.usecases.deciding import Case
from listserv.usecases.outbox import Cause

# Of the letters that confirm what was done; those of it that have no effect beyond the case may be missed.
RECEIPTS_WITHIN, MOST_RECEIPTS = timedelta(hours=1), 12
SEEN_BY_ITSELF = frozenset({"published", "refused", "admitted", "declined", "asked"})
# Of words that are kept for a question.
LONGEST_KEPT = 2000


class Unclear(Exception):
    """Nothing is done, and the moderator is asked again; `why`: what stands in the way, as a word for the letter; `words`: kept for a question."""

    def __init__(self, why: str = "", words: str = "") -> None:
        super().__init__(why)
        self.why, self.words = why, words


def subject_of(case: Case) -> str:
    """What the case is called in letters about it."""
    return (case.name or case.email) if isinstance(case, Application) else (case.subject or case.author_email)


def trustable(case: Case) -> bool:
    """Does ZAUFAJ help here?"""
    return isinstance(case, Application) or posting.may_be_trusted(case.reasons)


def decided_already(db: Session, case: Case, token: Token, letter: Letter, now: datetime) -> str:
    """Somebody, perhaps the same moderator, was first: say what stands."""
    db.refresh(case)
    mine = case.decided_by is not None and case.decided_by == deciding.actor(db, token).user_id
    facts = {"decider": deciding.name_of(case.decider), "decision": case.state, "mine": mine, "undoable": undoing.can_be_undone(case, now)}
    tell(db, "decided-already", case, token, letter, now, **facts)
    return "decided-already"


def receipt(db: Session, case: Case, actor: Actor, letter: Letter, now: datetime, *, did: str, words: str = "") -> None:
    """What was done, and the way back; where very much is decided within an hour, the last of these letters says that no more come."""
    decider = next((one for one in deciding.deciders(db, case.mlist) if one.user_id == actor.user_id), None)
    if decider is None:
        return
    many = not limits.within(db, "receipts", decider.email, now, RECEIPTS_WITHIN, MOST_RECEIPTS)
    if many and limits.used(db, "receipts", decider.email, now, RECEIPTS_WITHIN) > MOST_RECEIPTS + 1 and did in SEEN_BY_ITSELF:
        return
    _write(db, "decision-done", case, decider.email, decider.language, letter, now, automatic=False, did=did, copies=0, words=words, many=many)


def done(db: Session, case: Case, token: Token, letter: Letter, now: datetime, *, did: str, copies: int) -> None:
    """A decision has been taken back: the case waits again."""
    tongue = _tongue(db, case.mlist, token)
    _write(db, "decision-done", case, token.email, tongue, letter, now, automatic=False, did=did, copies=copies, words="", many=False)


def ask_again(db: Session, case: Case, token: Token, letter: Letter, unclear: Unclear, now: datetime) -> None:
    """Say what decides; a few times an hour about one case, or two machines would go on for ever."""
    if not limits.within(db, "unclear", f"{deciding.what(case)} {case.id} {token.email}", now, deciding.QUESTIONS_WITHIN, deciding.MOST_QUESTIONS):
        return
    words = unclear.words[:LONGEST_KEPT]
    facts = {"why": unclear.why, "trustable": trustable(case), "unnamed": isinstance(case, Held) and unnamed.is_one(case), "words": words}
    facts["edits"] = isinstance(case, Held) and decisions.wants_changes(letter.post.reply)
    _write(db, "decision-unclear", case, token.email, _tongue(db, case.mlist, token), letter, now, keep=words, **facts)


def tell(db: Session, kind: str, case: Case, token: Token, letter: Letter, now: datetime, **facts: Any) -> None:
    """A letter about the case to whoever has this token."""
    _write(db, kind, case, token.email, _tongue(db, case.mlist, token), letter, now, **facts)


def _tongue(db: Session, mlist: MailingList, token: Token) -> str:
    member = member_by_key(db, mlist, address.key(token.email))
    return member.user.language if member else ""


def _write(db: Session, kind: str, case: Case, to: str, tongue: str, letter: Letter, now: datetime, *, keep: str = "", **facts: Any) -> None:
    """A letter about a case; a reply to it decides, or takes back, like a reply to the first one."""
    reply_to = deciding.reply_address(db, deciding.token_for(db, case, to, now, keep=keep))
    facts |= {"subject": subject_of(case), "what": deciding.what(case), "reply_to": reply_to}
    outbox.write(db, kind, to, tongue, now, mlist=case.mlist, cause=Cause(letter.incoming, proven=True), **facts)
