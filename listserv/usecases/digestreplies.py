"""Answers to digests: each lands in the thread that it is meant for, as if it had been sent to the list."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import commands, parse, quotes
from listserv.mail.answer import as_reply
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command
from listserv.mail.subject import reply_subject
from listserv.mail.tokens import Kind
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Purpose, Token
from listserv.store.queue import Incoming, State, keep_raw, raw_bytes
from listserv.usecases import archiving, asides, deciding, digesting, entering, leaving, mailcommands, outbox, steering, tokens
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.asked import Context
from listserv.usecases.digesting import Resolved, Unclear
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission

LONGEST_COMMAND = 8
UNMISTAKABLE = re.compile(r"wypis|unsubscrib", re.IGNORECASE)
# Commands that name something are sentences to people as well, unless their word is in capitals.
NAMING = frozenset({commands.Kind.SEARCH, commands.Kind.NAME, commands.Kind.ADDRESS, commands.Kind.TOPICS, commands.Kind.LANGUAGE, commands.Kind.DATA})
SHOUTED = re.compile(r"\W*[^\W\d_a-ząćęłńóśźż]{4,}\b")
NUMBER = re.compile(r"\D{0,12}(\d{1,3})\b")


def post(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """An answer to a digest's item, or to a whole digest. Where it cannot be told for what, it is kept and the person is asked."""
    member, wanted = db.get(Member, ids[0]), _wanted(kind, letter)
    if member and wanted:
        return _of_others(db, member, wanted, letter, now) or mailcommands.obey(db, member, wanted, letter, now)
    numbered = _numbered(db, kind, ids, letter) if member else None
    if member and numbered:
        return _of_others(db, member, numbered[:1], letter, now) or mailcommands.obey(db, member, numbered[:1], letter, now, context=numbered[1])
    found = digesting.resolve_reply(db, kind, ids, _words(letter))
    if isinstance(found, Resolved):
        lone = asides.command_of(found.text)
        others = _of_others(db, found.member, lone, letter, now) if lone and not letter.by_a_machine else None
        aside = others or asides.to_item(db, found.member, found.message, found.text, letter, now)
        return aside or _into_thread(db, found.message, letter, found.text, now)
    if isinstance(found, Unclear):
        letter.incoming.list_id = found.member.list_id
        _ask_which(db, found, letter.incoming, Cause(letter.incoming, proven=True), now)
        return Outcome(State.DRAFT, ("which-thread",))
    raise NotFound("nothing to answer any more")


def _of_others(db: Session, member: Member, wanted: tuple[Command, ...], letter: Letter, now: datetime) -> Outcome | None:
    """A digest is passed on, and its addresses with it: only its own reader steers by them. None where it is they who wrote.

    Whoever writes in their name without proof is asked back; a thread's quiet is nothing to ask about.
    """
    if letter.alignment is Alignment.FAILED:
        return leaving.FORGED
    kinds = {command.kind for command in wanted}
    if steering.is_own(member, letter.sender):
        if letter.alignment is Alignment.ALIGNED or kinds <= asides.OF_THREADS:
            return None
        purpose, question = (Purpose.LEAVE, "leave-confirm") if kinds == {commands.Kind.LEAVE} else (Purpose.SETTINGS, "confirm-settings")
        return leaving.confirm_first(db, member.mlist, member, purpose, question, letter, now)
    if commands.Kind.LEAVE in kinds:
        return leaving.from_copy(db, member, letter, now)
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    mlist = member.mlist
    letter.incoming.list_id = mlist.id
    request = links.list_address(outbox.settings_of(db), mlist.name, "request")
    told = outbox.write(db, "not-yours", letter.sender, leaving.tongue(letter), now, mlist=mlist, cause=letter.cause, request_address=request)
    return Outcome(State.ANSWERED, ("not-theirs",) if told else ("not-theirs", "enough-for-today"))


def _words(letter: Letter) -> str:
    """What goes to the thread: the author's words, farewell and name included."""
    return quotes.letter(letter.post.text[: parse.LONGEST_REPLY])


def _wanted(kind: Kind, letter: Letter) -> tuple[Command, ...]:
    """The digest's foot offers words such as WYPISZ: an answer that is nothing else is meant for us, not for 45 people.

    An answer to one message is for its author: „codziennie” and „rezygnuję” answer a question there, and only WYPISZ
    cannot be meant otherwise.
    """
    words = letter.post.reply
    return wanted_of_digest(words) if kind is Kind.DIGEST or UNMISTAKABLE.search(words) else ()


def wanted_of_digest(words: str) -> tuple[Command, ...]:
    """The commands that are all somebody answers to a digest; those about a thread are not among them."""
    wanted = commands.commands(words) if len(words.split()) <= LONGEST_COMMAND else ()
    if any(command.kind in NAMING for command in wanted) and not SHOUTED.match(words):
        return ()  # „Szukaj w katalogu BN” tells somebody where to look
    return tuple(command for command in wanted if command.kind not in asides.OF_THREADS)


def _numbered(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter) -> tuple[Command, Context] | None:
    """„WYCISZ 2” in answer to a digest: the command, and its thread."""
    wanted = commands.commands(letter.post.reply) if kind is Kind.DIGEST and len(letter.post.reply.split()) <= LONGEST_COMMAND else ()
    if len(wanted) != 1 or wanted[0].kind not in asides.OF_THREADS or not wanted[0].words.isdigit():
        return None
    message = digesting.item_for(db, ids[1], int(wanted[0].words))
    return (Command(wanted[0].kind), Context(message.thread_id)) if message else None


def _into_thread(db: Session, message: Message, letter: Letter, text: str, now: datetime) -> Outcome:
    mlist = db.get_one(MailingList, message.list_id)
    settings = outbox.settings_of(db)
    subject, references = reply_subject(message.thread.subject), (*message.refs.split(), message.message_id)[-archiving.MAX_REFS :]
    to = links.list_address(settings, mlist.name)
    raw = as_reply(letter.raw, letter.post, text, to=to, subject=subject, references=references)
    made = replace(parse.parse(raw), automatic=letter.post.automatic, message_id=letter.post.message_id)
    letter.incoming.list_id = mlist.id
    # The author's signature covered the mail as it was: none is left to save an aligned From.
    submission = Submission(letter.incoming, raw, keep_raw(db, raw).id, made, letter.alignment, letter.strict, spam=letter.spam)
    return entering.enter(db, mlist, letter, submission, now)


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
