"""Answers to digests: each lands in the thread that it is meant for, as if it had been sent to the list."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail import answer, commands, lonepause, thanks, wholes
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command
from listserv.mail.folding import fold
from listserv.mail.thankwords import CLOSES
from listserv.mail.tokens import Kind
from listserv.mail.wholes import Whole
from listserv.store import tools
from listserv.store.digests import Digest
from listserv.store.inbox import earlier_of
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.people import Purpose
from listserv.store.queue import State
from listserv.usecases import (
    asides,
    contact,
    digestdrafts,
    digesting,
    digestposts,
    leaving,
    mailcommands,
    outbox,
    resending,
    steering,
    strayanswers,
    whichpoint,
)
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.asked import Context
from listserv.usecases.digestletters import Places
from listserv.usecases.outbox import Cause
from listserv.usecases.whichpoint import Resolved, Several, Unclear

LONGEST_COMMAND = 8
UNMISTAKABLE = re.compile(r"wypis|unsubscrib", re.IGNORECASE)
# Commands that name something are sentences to people as well, unless their word is in capitals.
NAMING = frozenset({commands.Kind.SEARCH, commands.Kind.NAME, commands.Kind.ADDRESS, commands.Kind.TOPICS, commands.Kind.LANGUAGE, commands.Kind.DATA})
MAYBE_SAID = frozenset({commands.Kind.WEEKLY, commands.Kind.MONTHLY, commands.Kind.AT_LEAST})
SHOUTED = re.compile(r"\W*[^\W\d_a-ząćęłńóśźż]{4,}\b")


def post(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """An answer to a digest's item, or to a whole digest. Where it cannot be told for what, it is kept and the person is asked."""
    member = db.get(Member, ids[0])
    steered = _steered(db, kind, ids, member, letter, now) if member else None
    if steered:
        return steered
    found = digesting.resolve_reply(db, kind, ids, letter.words, letter.post)
    if found is None or member is None:
        raise NotFound("nothing to answer any more")
    return _over_already(db, member.list_id, letter, found) or put(db, found, letter, now, proven=letter.alignment is not Alignment.FAILED)


def to_whole(db: Session, mlist: MailingList, digest: Digest, author: Member | None, letter: Letter, now: datetime, *, sure: bool = True) -> Outcome:
    """An answer to a whole digest that came to the list's own address; `author`: the member whose address it came from.

    `sure`: is it known to be this digest, and not one of those days?
    """
    owner = db.get(Member, digest.member_id)
    reader = owner if owner and steering.is_own(owner, letter.sender) else author
    if reader and reader.list_id != digest.list_id:
        # Of what a digest tells, only those hear who are on its list: its number in a reference proves nothing.
        reader = leaving.sender_of(db, db.get_one(MailingList, digest.list_id), letter)
    if reader is None:
        return strayanswers.from_elsewhere(db, mlist, letter, now)
    try:
        steered = _steered(db, Kind.DIGEST, (reader.id, digest.id), reader, letter, now)
    except NotFound:
        return strayanswers.too_late(db, mlist, reader, letter, now)
    if steered:
        return steered
    found = whichpoint.resolve(db, reader, digest, letter.words, letter.post)
    over = _over_already(db, digest.list_id, letter, found)
    if over:
        return over
    if found is None:
        return strayanswers.too_late(db, mlist, reader, letter, now)
    if (digest.list_id != mlist.id or not sure) and not isinstance(found, Unclear):
        # The digest of one list, the address of another, or its subject cut: nobody can tell which of several is meant.
        found = Unclear(reader, digest, whichpoint.titles(db, digest), whichpoint.said(db, digest, letter.post))
    return put(db, found, letter, now, proven=letter.alignment is Alignment.ALIGNED)


def _steered(db: Session, kind: Kind, ids: tuple[int, ...], member: Member, letter: Letter, now: datetime) -> Outcome | None:
    """What is no answer to anybody: a word from the digest's foot, or about one of its threads."""
    wanted, whole = _wanted(kind, letter), wholes.asked(letter.post.reply) if not letter.by_a_machine else None
    if whole:
        return _send_whole(db, kind, ids, member, whole, letter, now)
    if wanted:
        return _of_others(db, member, wanted, letter, now) or mailcommands.obey(db, member, wanted, letter, now)
    numbered = _numbered(db, kind, ids, letter)
    if numbered:
        return _of_others(db, member, numbered[:1], letter, now) or mailcommands.obey(db, member, numbered[:1], letter, now, context=numbered[1])
    return None


def put(db: Session, found: Resolved | Several | Unclear, letter: Letter, now: datetime, *, proven: bool) -> Outcome:
    """The answer goes where it is meant for, or is kept until its author has said where that is."""
    if isinstance(found, Several):
        return digestposts.into_threads(db, found, letter, now)
    if isinstance(found, Resolved):
        return _lone(db, found, letter, now) or digestposts.into_thread(db, found.message, letter, found.text, now)
    letter.incoming.list_id = found.member.list_id
    author = found.member if steering.is_own(found.member, letter.sender) else leaving.sender_of(db, found.member.mlist, letter)
    if author is None:
        # Somebody who has been sent a digest by its reader: what threads there are is none of their business.
        return strayanswers.from_elsewhere(db, found.member.mlist, letter, now)
    if not found.said and not _carries_something(letter):
        return strayanswers.number_alone(db, author, found.digest, letter, now, proven=proven)
    if digestdrafts.is_full(db, author):
        # A machine, or somebody in their name: humans read what comes now, and the program writes no more about it.
        return contact.moderators(db, author.mlist, letter, now)
    digestdrafts.ask_which(db, replace(found, member=author), letter, now, proven=proven)
    return Outcome(State.DRAFT, ("which-thread",))


def _lone(db: Session, found: Resolved, letter: Letter, now: datetime) -> Outcome | None:
    """A lone word behind the number, meant for the list's machine."""
    lone = asides.command_of(found.text) if not letter.by_a_machine else ()
    if not lone:
        return None
    others = _of_others(db, found.member, lone, letter, now)
    if not others and lone[0].kind is commands.Kind.LEAVE and UNMISTAKABLE.search(found.text):
        return mailcommands.obey(db, found.member, lone, letter, now)
    return others or asides.to_item(db, found.member, found.message, found.text, letter, now)


def _over_already(db: Session, list_id: int, letter: Letter, found: Resolved | Several | Unclear | None) -> Outcome | None:
    """„Reply to all” sends one answer to the digest's address and to the list's: the second is the same. And nothing said is no answer."""
    return double(db, list_id, letter) or (None if says(letter, found) else Outcome(State.DISCARDED, ("nothing-said",)))


def double(db: Session, list_id: int, letter: Letter) -> Outcome | None:
    """The same mail, where another of the list's addresses has had it."""
    first, own = earlier_of(db, list_id, letter.incoming), letter.incoming.raw_id
    if first is None:
        return None
    if first.raw_id != own:
        # What was made of it stays, and not what was said elsewhere in it, perhaps without a name.
        letter.incoming.raw_id = first.raw_id
        tools.destroy_unused(db, [own])
    return Outcome(State.DISCARDED, ("double",))


def says(letter: Letter, found: Resolved | Several | Unclear | None = None) -> bool:
    """Is anything in it that its author has written or put there now?"""
    said = found.text if isinstance(found, Resolved) else found.said if isinstance(found, Unclear) else ""
    return bool(said.strip() or letter.words) or _carries_something(letter)


def _carries_something(letter: Letter) -> bool:
    return any(not file.inline for file in letter.post.attachments) or answer.shows_pictures(letter.post)


def _send_whole(db: Session, kind: Kind, ids: tuple[int, ...], member: Member, whole: Whole, letter: Letter, now: datetime) -> Outcome:
    """„CAŁA 1.2”: the mail itself, to the digest's own reader."""
    # It changes nothing and goes to nobody else: a thread by mail asks for no more proof.
    others = _of_others(db, member, (Command(commands.Kind.THREAD),), letter, now)
    if others:
        return others
    letter.incoming.list_id = member.list_id
    if kind is Kind.DIGEST_ITEM:
        found = digesting.resolve_reply(db, kind, ids, "")
        message = found.message if isinstance(found, Resolved) else None
    else:
        message = digesting.told_at(db, ids[1], member, whole)
    if message and resending.send_one(db, member, message, now):
        return Outcome(State.ANSWERED, ("whole-sent",))
    unclear = digesting.unclear(db, ids[1]) if kind is Kind.DIGEST else None
    titles = tuple(one or "–" for one in unclear.titles) if unclear and unclear.digest.list_id == member.list_id else ()
    if message is None and not titles:
        raise NotFound("nothing to send any more")
    back = Places(outbox.settings_of(db), member.id, ids[1])("answer") if kind is Kind.DIGEST else letter.incoming.rcpt
    facts = {"titles": titles, "too_many": message is not None}
    outbox.to_member(db, "whole", member, now, mlist=member.mlist, reply_to=back, cause=Cause(letter.incoming, proven=True), **facts)
    return Outcome(State.ANSWERED, ("too-many",) if message else ("which-message",))


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
    return strayanswers.not_yours(db, member.mlist, letter, now)


def _wanted(kind: Kind, letter: Letter) -> tuple[Command, ...]:
    """The digest's foot offers words such as WYPISZ: an answer that is nothing else is meant for us, not for 45 people.

    An answer to one message is for its author: „codziennie” and „rezygnuję” answer a question there, and only WYPISZ
    cannot be meant otherwise.
    """
    words = _above_signature(letter)
    if kind is not Kind.DIGEST:
        return wanted_of_digest(words) if UNMISTAKABLE.search(words) else ()
    rest = lonepause.rest_alone(words)
    return wanted_of_digest(words) or ((rest,) if rest else ())


def _above_signature(letter: Letter) -> str:
    """What an answer says without the farewell and the signature at its foot: who signs with school and street wishes nothing else by it."""
    lines = letter.post.reply.rstrip().split("\n")
    at = next((at for at, line in enumerate(lines) if at and CLOSES.fullmatch(fold(line).strip(" ,.!-–"))), len(lines))
    below = [line.strip() for line in lines[at + 1 :] if line.strip()]
    return "\n".join(lines[:at]) if thanks.is_signed(below, letter.post.author_name) else letter.post.reply


def wanted_of_digest(words: str) -> tuple[Command, ...]:
    """The commands that are all somebody answers to a digest; those about a thread are not among them."""
    wanted = commands.commands(words) if len(words.split()) <= LONGEST_COMMAND else ()
    if any(command.kind in NAMING for command in wanted) and not SHOUTED.match(words):
        return ()  # „Szukaj w katalogu BN” tells somebody where to look
    # „W piątki” and „co najmniej 3 wiadomości” may answer somebody's question.
    return tuple(one for one in wanted if one.kind not in asides.OF_THREADS and not (one.guessed and one.kind in MAYBE_SAID))


def _numbered(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter) -> tuple[Command, Context] | None:
    """„WYCISZ 2” in answer to a digest: the command, and its thread."""
    wanted = commands.commands(letter.post.reply) if kind is Kind.DIGEST and len(letter.post.reply.split()) <= LONGEST_COMMAND else ()
    if len(wanted) != 1 or wanted[0].kind not in asides.OF_THREADS or not wanted[0].words.isdigit():
        return None
    message = digesting.item_for(db, ids[1], int(wanted[0].words))
    return (Command(wanted[0].kind), Context(message.thread_id)) if message else None
