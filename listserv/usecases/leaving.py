"""Leaving by mail: at once where it is proven, after one reply where it is not, and from addresses that are not on the list.

Nobody can take off somebody else: whatever points to a membership, only its own address, or who holds the letter sent there, decides.
"""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotAllowed
from listserv.mail import address, bounces, clues, commands, confirming, language, reasons
from listserv.mail import tokens as shapes
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command, Kind
from listserv.mail.confirming import Said
from listserv.store.digests import Digest
from listserv.store.lists import MailingList
from listserv.store.members import Member, member_by_key
from listserv.store.people import Purpose
from listserv.store.queue import Letter as OwnLetter
from listserv.store.queue import State
from listserv.usecases import asked, askedback, deciding, issuecounts, outbox, parting, tokens
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.outbox import Cause
from listserv.usecases.steering import actor_of

CONFIRM_DAYS = 14
LONGEST_ASKED = 500
DIGEST_ID = re.compile(r"digest\.(\d{1,12})\.\d+@(.+)")
ANSWERED = Outcome(State.ANSWERED)
FORGED = Outcome(State.REFUSED, ("forged",))
# Words of a letter to the humans that asks to leave, and hardly anything else.
MOST_WORDS = 60


def sender_of(db: Session, mlist: MailingList, letter: Letter) -> Member | None:
    """The member whose address stands in From."""
    return member_by_key(db, mlist, address.key(letter.sender)) if letter.sender else None


def tongue(letter: Letter, member: Member | None = None) -> str:
    """The language to answer in: the person's, else the letter's."""
    return (member.user.language if member else "") or language.guess(letter.post.text)


def leave(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A wish to leave: at once where the sender is proven, else after one reply from the address itself."""
    member = sender_of(db, mlist, letter)
    if member is None:
        return from_elsewhere(db, mlist, letter, now)
    passed_on = confirming.is_passed_on(letter.post.text, letter.post.subject)
    if letter.alignment is Alignment.ALIGNED and not passed_on and not _doubts(letter):
        return go(db, member, letter.cause, now, words=letter.words, issue=issuecounts.of_letter(db, mlist, letter.post.references))
    # Somebody else's wish, sent on, is nobody's reason here.
    return confirm_first(db, mlist, member, Purpose.LEAVE, "leave-confirm", letter, now, keep=not passed_on)


def _doubts(letter: Letter) -> bool:
    """„Proszę mnie nie wypisywać” and „Jak się wypisać?”, sent to the address that takes any letter for a wish to leave."""
    said = confirming.about_leaving(letter.post.reply)
    return said is Said.NO or (said is Said.UNCLEAR and "?" in letter.post.reply)


def told_to_humans(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A member asks the moderators to be taken off: that is done here, and they hear why. None for a longer letter, and for any other."""
    member = sender_of(db, mlist, letter)
    if member is None or len(letter.words.split()) > MOST_WORDS or not asks(letter):
        return None
    return leave(db, mlist, letter, now)


def from_elsewhere(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """The sender's address is not on the list. Where the letter shows which one is, that one is asked; else how to find it is told."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    return _say_how(db, mlist, letter, now, found=ask_whom_it_shows(db, mlist, letter, now))


def ask_whom_it_shows(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> bool:
    """Ask the address on the list that a letter points to; False where it points to none, or that one has had enough letters today."""
    member = pointed_at(db, mlist, letter)
    return member is not None and _ask(db, mlist, member, letter, now)


def asks(letter: Letter) -> bool:
    """Does a person ask to leave here?"""
    return any(command.kind is Kind.LEAVE for command in commands.commands(letter.post.reply, letter.post.subject)) and not bounces.read(letter.raw)


def from_copy(db: Session, member: Member, letter: Letter, now: datetime) -> Outcome:
    """A wish to leave, sent to the address that one copy came from: the copy shows whose it was, and that one is asked."""
    mlist = member.mlist
    letter.incoming.list_id = mlist.id
    if sender_of(db, mlist, letter) is member:
        return leave(db, mlist, letter, now)
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    return _say_how(db, mlist, letter, now, found=_ask(db, mlist, member, letter, now))


def in_answer(db: Session, member: Member, letter: Letter, now: datetime) -> Outcome:
    """A wish to leave, in answer to a letter that went to the member's address alone; from elsewhere that address is asked first."""
    if letter.alignment is not Alignment.FAILED and address.key(letter.sender) in {place.key for place in member.user.addresses}:
        return go(db, member, letter.cause, now, words=letter.words)
    return confirm_first(db, member.mlist, member, Purpose.LEAVE, "leave-confirm", letter, now, keep=False)


def _say_how(db: Session, mlist: MailingList, letter: Letter, now: datetime, *, found: bool) -> Outcome:
    """To an address that is not on the list: how one leaves it, and whether the address that is has been asked."""
    outbox.write(db, "not-a-member", letter.sender, tongue(letter), now, mlist=mlist, cause=letter.cause, found=found)
    return Outcome(State.ANSWERED, ("found",) if found else ())


def _ask(db: Session, mlist: MailingList, member: Member, letter: Letter, now: datetime) -> bool:
    """Ask the address that is on the list. Nobody has proven anything: its daily letters are counted."""
    token = tokens.issue(db, Purpose.LEAVE, member.address.email, now, mlist=mlist, object_id=member.id, days=CONFIRM_DAYS)
    cause = Cause(letter.incoming, proven=False)
    told = outbox.to_member(db, "leave-confirm", member, now, mlist=mlist, reply_to=deciding.reply_address(db, token), cause=cause, draft=False, again=False)
    return told is not None


def pointed_at(db: Session, mlist: MailingList, letter: Letter) -> Member | None:
    """The member whose copy, letter or digest is quoted, attached or answered here."""
    for token in clues.tokens_in(letter.raw, letter.post):
        member = _of_token(db, mlist, token)
        if member:
            return member
    for reference in reversed(letter.post.references):
        found = DIGEST_ID.fullmatch(reference)
        digest = db.get(Digest, int(found[1])) if found and found[2] == outbox.settings_of(db).site.domain else None
        member = db.get(Member, digest.member_id) if digest else None
        if member and member.list_id == mlist.id:
            return member
    return None


def _of_token(db: Session, mlist: MailingList, token: str) -> Member | None:
    signed = shapes.read(links.signing_key(outbox.settings_of(db)), token)
    if signed is None:
        email = _email_of(db, token)
        return member_by_key(db, mlist, address.key(email)) if email else None
    kind, ids = signed
    if kind is shapes.Kind.LETTER:
        own = db.get(OwnLetter, ids[0])
        return member_by_key(db, mlist, own.to_key) if own else None
    member = db.get(Member, ids[0])
    return member if member and member.list_id == mlist.id else None


def _email_of(db: Session, token: str) -> str:
    row = tokens.known(db, token)
    return row.email if row else ""


def confirm_first(
    db: Session,
    mlist: MailingList,
    member: Member,
    purpose: Purpose,
    question: str,
    letter: Letter,
    now: datetime,
    context: asked.Context = asked.NOTHING,
    *,
    keep: bool = True,
    elsewhere: bool = False,
) -> Outcome:
    """Ask the member's own address once: anybody could have written this. `keep`: a yes there means these words.

    `elsewhere`: it came from an address that is not the member's.
    """
    if letter.alignment is Alignment.FAILED:
        # Their own mail service says that it is not theirs: nobody is troubled with it.
        return FORGED
    said = letter.post.reply.strip()[:LONGEST_ASKED]
    if not commands.commands(said):
        # Said in the subject, above a greeting and a name.
        said = letter.post.subject[:LONGEST_ASKED] if commands.commands("", letter.post.subject) else said or letter.post.subject
    # Why somebody leaves is told as theirs, and so only if it is.
    keep = keep and (purpose is not Purpose.LEAVE or letter.alignment is Alignment.ALIGNED)
    detail = context.with_words(said if keep else "")
    token = tokens.issue(db, purpose, member.address.email, now, mlist=mlist, object_id=member.id, days=CONFIRM_DAYS, detail=detail)
    reply_to = deciding.reply_address(db, token)
    sure = letter.alignment is Alignment.ALIGNED
    facts = {"draft": bool(context.draft), "again": False, "elsewhere": elsewhere, "sure": sure, **askedback.facts(said)}
    told = outbox.to_member(db, question, member, now, mlist=mlist, reply_to=reply_to, cause=letter.cause, **facts)
    return Outcome(State.ANSWERED, ("asked-back",) if told else ("enough-for-today",))


def confirm_elsewhere(db: Session, member: Member, wanted: tuple[Command, ...], letter: Letter, now: datetime, context: asked.Context) -> Outcome:
    """Somebody has a letter of this member's and answers it from another address: the member is asked at their own."""
    kinds = {command.kind for command in wanted}
    if kinds == {Kind.LEAVE}:
        return confirm_first(db, member.mlist, member, Purpose.LEAVE, "leave-confirm", letter, now, context, keep=False)
    keep = bool(wanted) and Kind.LEAVE not in kinds
    return confirm_first(db, member.mlist, member, Purpose.SETTINGS, "confirm-settings", letter, now, context, keep=keep, elsewhere=True)


def go(db: Session, member: Member, cause: Cause, now: datetime, *, words: str = "", issue: int | None = None) -> Outcome:
    """Take the member off the list, and tell the moderators why if that was written; the last owner is told why that cannot be.

    `issue`: see `parting.leave`.
    """
    mlist, name, email = member.mlist, member.user.name, member.address.email
    why = reasons.reason(words)
    try:
        parting.leave(db, member, actor_of(member), now, told=bool(why), issue=issue)
    except NotAllowed:
        outbox.to_member(db, "last-owner", member, now, mlist=mlist, cause=cause)
        return ANSWERED
    if why:
        tell_moderators(db, mlist, name, email, why, now)
    return ANSWERED


def tell_moderators(db: Session, mlist: MailingList, name: str, email: str, words: str, now: datetime) -> None:
    """Somebody has left, and said why."""
    for decider in deciding.deciders(db, mlist):
        outbox.write(db, "left-reason", decider.email, decider.language, now, mlist=mlist, automatic=False, name=name, email=email, words=words, reply_to=email)
