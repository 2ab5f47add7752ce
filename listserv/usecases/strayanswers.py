"""Answers to digests that can be no post: from whoever gets no digest, about what is gone, or with a number and no words. Their writers hear why."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import nameless
from listserv.mail.authentication import Alignment
from listserv.store.digests import Digest
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.queue import State
from listserv.usecases import contact, leaving, notunnamed, outbox
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.digestletters import Places
from listserv.usecases.outbox import Cause


def not_yours(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """To whoever has been sent somebody else's digest: how to write for themselves."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    letter.incoming.list_id = mlist.id
    told = outbox.write(db, "not-yours", letter.sender, leaving.tongue(letter), now, mlist=mlist, cause=letter.cause)
    return Outcome(State.ANSWERED, ("not-theirs",) if told else ("not-theirs", "enough-for-today"))


def from_elsewhere(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """An answer to a digest from an address that gets none: its writer is told from where it can be sent. Else a human reads it."""
    if letter.alignment is Alignment.FAILED:
        return leaving.FORGED
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    letter.incoming.list_id = mlist.id
    told = outbox.write(db, "digest-elsewhere", letter.sender, leaving.tongue(letter), now, mlist=mlist, cause=letter.cause)
    if told:
        return Outcome(State.ANSWERED, ("not-theirs",))
    shy = notunnamed.unknown(db, mlist, letter, letter.post, now) if nameless.may_be_wished(letter.post, own_subject=True) else None
    return shy or contact.forward(db, mlist, letter, now)


def number_alone(db: Session, author: Member, digest: Digest, letter: Letter, now: datetime, *, proven: bool) -> Outcome:
    """It names an item and says nothing: there is nothing to keep, and nothing for everybody."""
    back = Places(outbox.settings_of(db), author.id, digest.id)("answer") if digest.member_id == author.id else letter.incoming.rcpt
    told = outbox.to_member(db, "digest-number", author, now, mlist=author.mlist, reply_to=back, cause=Cause(letter.incoming, proven=proven))
    return Outcome(State.ANSWERED, ("number-alone",) if told else ("number-alone", "enough-for-today"))


def too_late(db: Session, mlist: MailingList, reader: Member, letter: Letter, now: datetime) -> Outcome:
    """Nothing of what the digest told is left to be answered."""
    outbox.write(db, "too-late", letter.sender, leaving.tongue(letter, reader), now, mlist=mlist, cause=letter.cause, decided=False, gone="")
    return Outcome(State.ANSWERED, ("nothing-to-answer",))
