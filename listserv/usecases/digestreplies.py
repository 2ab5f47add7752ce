"""Answers to digests: each lands in the thread that it is meant for, as if it had been sent to the list."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import commands, parse, quotes
from listserv.mail.answer import as_reply
from listserv.mail.commands import Command
from listserv.mail.subject import reply_subject
from listserv.mail.tokens import Kind
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Purpose, Token
from listserv.store.queue import Incoming, State, keep_raw, raw_bytes
from listserv.usecases import archiving, deciding, digesting, mailcommands, outbox, posting, tokens
from listserv.usecases.arrivals import Letter, Outcome, outcome_of
from listserv.usecases.digesting import Resolved, Unclear
from listserv.usecases.outbox import Cause
from listserv.usecases.posting import Submission

LONGEST_COMMAND = 8
UNMISTAKABLE = re.compile(r"wypis|unsubscrib", re.IGNORECASE)
NUMBER = re.compile(r"\D{0,12}(\d{1,3})\b")


def post(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """An answer to a digest's item, or to a whole digest. Where it cannot be told for what, it is kept and the person is asked."""
    member, wanted = db.get(Member, ids[0]), _wanted(kind, letter)
    if member and wanted:
        return mailcommands.obey(db, member, wanted, letter, now)
    found = digesting.resolve_reply(db, kind, ids, _words(letter))
    if isinstance(found, Resolved):
        return _into_thread(db, found.message, letter, found.text, now)
    if isinstance(found, Unclear):
        letter.incoming.list_id = found.member.list_id
        _ask_which(db, found, letter.incoming, Cause(letter.incoming, proven=True), now)
        return Outcome(State.DRAFT, ("which-thread",))
    raise NotFound("nothing to answer any more")


def _words(letter: Letter) -> str:
    """What goes to the thread: the author's words, farewell and name included."""
    return quotes.letter(letter.post.text[: parse.LONGEST_REPLY])


def _wanted(kind: Kind, letter: Letter) -> tuple[Command, ...]:
    """The digest's foot offers words such as WYPISZ: an answer that is nothing else is meant for us, not for 45 people.

    An answer to one message is for its author: „codziennie” and „rezygnuję” answer a question there, and only WYPISZ
    cannot be meant otherwise.
    """
    words = letter.post.reply
    wanted = commands.commands(words) if len(words.split()) <= LONGEST_COMMAND else ()
    return wanted if kind is Kind.DIGEST or UNMISTAKABLE.search(words) else ()


def _into_thread(db: Session, message: Message, letter: Letter, text: str, now: datetime) -> Outcome:
    mlist = db.get_one(MailingList, message.list_id)
    settings = outbox.settings_of(db)
    subject, references = reply_subject(message.thread.subject), (*message.refs.split(), message.message_id)[-archiving.MAX_REFS :]
    to = links.list_address(settings, mlist.name)
    raw = as_reply(letter.raw, letter.post, text, to=to, subject=subject, references=references)
    made = replace(parse.parse(raw), automatic=letter.post.automatic, message_id=letter.post.message_id)
    letter.incoming.list_id = mlist.id
    # The author's signature covered the mail as it was: none is left to save an aligned From.
    submission = Submission(letter.incoming, raw, keep_raw(db, raw).id, made, letter.alignment, letter.strict)
    return outcome_of(posting.submit(db, mlist, submission, now))


def _ask_which(db: Session, unclear: Unclear, draft: Incoming, cause: Cause, now: datetime) -> None:
    member, mlist = unclear.member, unclear.member.mlist
    detail = f"{unclear.digest.id}"
    token = tokens.issue(db, Purpose.DRAFT, member.address.email, now, mlist=mlist, object_id=draft.id, detail=detail)
    reply_to = deciding.reply_address(db, token)
    outbox.to_member(db, "digest-which", member, now, mlist=mlist, reply_to=reply_to, cause=cause, titles=unclear.titles)


def _ask_again(db: Session, token: Token, draft: Incoming, letter: Letter, now: datetime) -> Outcome:
    unclear = digesting.unclear(db, int(token.detail))
    if unclear is None:
        raise NotFound("the digest is gone")
    _ask_which(db, unclear, draft, Cause(letter.incoming, proven=True), now)
    return Outcome(State.ANSWERED, ("which-thread",))


def place(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """The person says which thread a kept answer is for."""
    draft = db.get_one(Incoming, token.object_id)
    said = NUMBER.match(letter.post.reply)
    message = digesting.item_for(db, int(token.detail), int(said[1])) if said else None
    tokens.spend(db, token, now)
    if message is None:
        return _ask_again(db, token, draft, letter, now)
    raw = raw_bytes(db, draft.raw_id)
    kept = Letter(draft, raw, parse.parse(raw), letter.alignment, letter.strict, letter.munge)
    outcome = _into_thread(db, message, kept, _words(kept), now)
    draft.state, draft.reasons = outcome.state, " ".join(outcome.reasons)
    return Outcome(State.ANSWERED, ("draft-placed",))
