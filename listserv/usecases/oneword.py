"""A moderator's one word by mail about an application or a held post: the same verbs as in the browser.

What is not plainly one of the words decides nothing: the moderator is asked again, and every decision is confirmed by a
short letter with the way back. About an application a question that is plainly one, and for nobody else's eyes, is passed on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Expired, NotAllowed, NotFound
from listserv.mail import address, commands, decisions, inquiries
from listserv.mail.decisions import Answer, Decision
from listserv.mail.parse import message_hash
from listserv.store.moderation import Application, Held
from listserv.store.people import Purpose, Token, address_by_key
from listserv.store.queue import State
from listserv.usecases import banning, consents, contact, deciding, membership, moderation, outbox, posting, undoing, unnamed, wordletters
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.deciding import Case, Proof

# An undo that was asked for in time counts although its sender had to be asked back; but not the day after.
ASKED_BACK_WITHIN = timedelta(hours=12)


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what a moderator's reply says. Raises NotFound for somebody who decides no longer."""
    case = _case(db, token)
    mlist, proof = case.mlist, deciding.proof(db, token, letter.post, letter.alignment)
    if proof is Proof.SOMEBODY_ELSE:
        return Outcome(State.REFUSED, ("not-the-moderator",))
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if not deciding.still_decides(db, mlist, deciding.actor(db, token).user_id):
        raise NotFound("this person decides no longer")
    said = decisions.decision(letter.post.reply, _names(db, token, letter))
    if proof is Proof.ASK_BACK:
        asked = deciding.ask_back(db, mlist, token, wordletters.subject_of(case), now, letter.cause, undo=said.answer is Answer.UNDO)
        return Outcome(State.ANSWERED, ("asked-back",) if asked else ("asked-back-often",))
    return Outcome(State.ANSWERED, (_act(db, case, token, said, letter, now),))


def _names(db: Session, token: Token, letter: Letter) -> list[str]:
    """What the moderator may have signed with."""
    place = address_by_key(db, address.key(token.email))
    return [one for one in (letter.post.author_name, deciding.name_of(place.user if place else None)) if one]


def _act(db: Session, case: Case, token: Token, said: Decision, letter: Letter, now: datetime) -> str:
    """What has come of it, as a word for the trace."""
    actor = deciding.actor(db, token)
    try:
        if said.answer is Answer.UNDO:
            return _undo(db, case, token, letter, now)
        if case.decided_at:
            if commands.only_thanks(letter.post.reply):
                return "thanks"  # for the letter that says what was done
            raise Conflict("already-decided")
        if said.answer is Answer.NO and said.words and _is_copied(db, letter, token):
            raise wordletters.Unclear("copied")  # perhaps the reason is for a colleague's eyes
        if isinstance(case, Application) and said.answer in (Answer.OTHER, Answer.WITHDRAW):
            return _ask(db, case, token, letter, actor, now)
        acts = HELD if isinstance(case, Held) else APPLICATION
        return acts[said.answer](db, case, said, letter, actor, now)
    except (Conflict, NotAllowed):
        return wordletters.decided_already(db, case, token, letter, now)
    except wordletters.Unclear as unclear:
        wordletters.ask_again(db, case, token, letter, unclear, now)
        return "not-understood"


def _is_copied(db: Session, letter: Letter, token: Token) -> bool:
    """Did others get this reply too? Then not every word in it is for whoever waits for an answer."""
    own = {address.key(token.email), address.key(letter.sender)}
    domain = outbox.settings_of(db).site.domain
    others = {address.key(box.address) for box in (*letter.post.to, *letter.post.cc)} - own
    return any(not (key.startswith("r+") and address.domain_of(key) == domain) for key in others)


def _case(db: Session, token: Token) -> Case:
    if token.purpose is Purpose.DECIDE_APPLICATION:
        return db.get_one(Application, token.object_id)
    return db.get_one(Held, token.object_id)


def _undo(db: Session, case: Case, token: Token, letter: Letter, now: datetime) -> str:
    asked_at = letter.incoming.received_at
    if deciding.asked_to_undo(token) and case.decided_at and case.decided_at <= token.created_at and asked_at < token.created_at + ASKED_BACK_WITHIN:
        asked_at = token.created_at
    try:
        undone = undoing.undo(db, case, deciding.actor(db, token), now, asked_at=asked_at)
    except Expired:
        wordletters.tell(db, "decision-late", case, token, letter, now, decision=case.state, where=_where(db, case))
        return "too-late-to-undo"
    except Conflict:
        if case.decided_at:
            raise
        raise wordletters.Unclear("undone") from None
    wordletters.done(db, case, token, letter, now, did="undone", copies=undone.copies_left)
    return "undone"


def _where(db: Session, case: Case) -> str:
    """Where in the browser something can still be done about it."""
    settings = outbox.settings_of(db)
    if isinstance(case, Held) and case.incoming.archived_id:
        return f"{links.archive_url(settings, case.mlist.name)}message/{message_hash(moderation.archived(db, case).message_id)}"
    return f"{links.archive_url(settings, case.mlist.name)}moderate/"


# ---- a held post -------------------------------------------------------------------------------------------


def _publish(db: Session, held: Held, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    moderation.publish(db, held, actor, now)
    wordletters.receipt(db, held, actor, letter, now, did="published")
    return "published"


def _refuse(db: Session, held: Held, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    moderation.refuse(db, held, said.words, actor, now)
    wordletters.receipt(db, held, actor, letter, now, did="refused", words=said.words)
    return "refused"


def _trust(db: Session, held: Held, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    if not posting.may_be_trusted(held.reasons):
        raise wordletters.Unclear("trust")
    moderation.publish(db, held, actor, now, with_trust=True)
    wordletters.receipt(db, held, actor, letter, now, did="trusted")
    return "published"


def _bar(db: Session, held: Held, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    if unnamed.is_one(held):
        raise wordletters.Unclear  # there is no address to bar, and nobody must find one out
    barred = moderation.bar(db, held, said.words, actor, now)
    wordletters.receipt(db, held, actor, letter, now, did="banned" if barred else "discarded")
    return "discarded"


# ---- an application ----------------------------------------------------------------------------------------


def _admit(db: Session, one: Application, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    _require_consent(db, one)
    membership.admit(db, one, actor, now)
    wordletters.receipt(db, one, actor, letter, now, did="admitted")
    return "admitted"


def _decline(db: Session, one: Application, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    membership.decline(db, one, said.words, actor, now)
    wordletters.receipt(db, one, actor, letter, now, did="declined", words=said.words)
    return "declined"


def _require_consent(db: Session, one: Application) -> None:
    """Who does not agree to the list's sentence is asked before anybody admits them."""
    if consents.refused(db, one):
        raise wordletters.Unclear("consent")


def _admit_and_trust(db: Session, one: Application, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    _require_consent(db, one)
    membership.admit(db, one, actor, now)
    moderation.trust(db, one.mlist, one.email, one, actor, now)
    wordletters.receipt(db, one, actor, letter, now, did="trusted")
    return "admitted"


def _bar_applicant(db: Session, one: Application, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    membership.decline(db, one, said.words, actor, now, silently=True)
    banning.bar(db, one.mlist, one.email, actor, now, note=said.words or wordletters.subject_of(one))
    wordletters.receipt(db, one, actor, letter, now, did="banned")
    return "declined"


def _is_a_letter(db: Session, one: Application, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    contact.from_application(db, one, actor, now)
    wordletters.receipt(db, one, actor, letter, now, did="letter")
    return "letter"


def _ask(db: Session, one: Application, token: Token, letter: Letter, actor: Actor, now: datetime) -> str:
    """Pass a question on: one that is plainly one, to nobody else; or the words that our last letter has kept (PYTANIE)."""
    reply = letter.post.reply
    kept = deciding.kept_words(token) if inquiries.asks_for_words_kept(reply) else ""
    words = kept or inquiries.inquiry(reply)
    if not words or (not kept and _is_copied(db, letter, token)):
        written = inquiries.inquiry(f"PYTANIE: {decisions.bare(reply) or reply}")
        raise wordletters.Unclear("copied" if words else "question", words or written)
    membership.ask(db, one, words, actor, now)
    wordletters.receipt(db, one, actor, letter, now, did="asked", words=words)
    return "asked"


def _unclear(db: Session, case: Any, said: Decision, letter: Letter, actor: Actor, now: datetime) -> str:
    raise wordletters.Unclear


Act = Callable[[Session, Any, Decision, Letter, Actor, datetime], str]
HELD: dict[Answer, Act] = {
    Answer.YES: _publish,
    Answer.NO: _refuse,
    Answer.TRUST: _trust,
    Answer.BAN: _bar,
    # Its author takes a post back, not a moderator.
    Answer.WITHDRAW: _unclear,
    Answer.LETTER: _unclear,
    Answer.OTHER: _unclear,
}
APPLICATION: dict[Answer, Act] = {
    Answer.YES: _admit,
    Answer.NO: _decline,
    Answer.TRUST: _admit_and_trust,
    Answer.BAN: _bar_applicant,
    Answer.LETTER: _is_a_letter,
}
