"""Answers to a digest that come to the list's own address: by „reply to all”, or because somebody wrote that address there.

Nobody on the list has that digest in front of them, and its subject names no thread. So such a mail never goes to the list
as it is: it is an answer to the digest, as at the digest's own address.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound, TooMany
from listserv.mail import address, subjectmarks, tokens
from listserv.mail.address import Role
from listserv.mail.authentication import Alignment
from listserv.mail.tokens import Kind
from listserv.store import digests as rows
from listserv.store import threadmail
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.inbox import earlier_of
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.queue import State
from listserv.usecases import digestletters, digestposts, digestreplies, leaving, outbox
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.whichpoint import as_title

NAME = re.compile(r"digest\.(\d{1,12})\.\d{1,12}@.+", re.DOTALL)
MOST_REFERENCES = 100
OF_DIGESTS = frozenset({Kind.DIGEST, Kind.DIGEST_ITEM})


class Answered(NamedTuple):
    """The digest that is answered; and is it that one, or some day's?"""

    digest: Digest
    sure: bool = True


def taken(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """What becomes of a mail to the list that answers a digest; None for any other."""
    if _by_name(db, letter.post.message_id):
        return Outcome(State.DISCARDED, ("loop",))
    beside = _beside(db, mlist, letter, now)
    if beside:
        return beside
    references = (*letter.post.references, letter.post.in_reply_to)[-MOST_REFERENCES:]
    known = threadmail.message_of_ids(db, mlist, references)
    by_reference = next((Answered(found) for one in reversed(references) if (found := _by_name(db, one))), None)
    answered = (None if known else by_reference) or _by_subject(db, mlist, letter, known)
    if answered is None:
        return None
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    if letter.alignment is Alignment.FAILED:
        return leaving.FORGED
    if known:
        # An answer in a thread, under a digest's subject: it goes where it belongs, under the thread's.
        if not digestreplies.says(letter):
            return Outcome(State.DISCARDED, ("nothing-said",))
        return digestposts.into_thread(db, known, letter, letter.words, now)
    return digestreplies.to_whole(db, mlist, answered.digest, leaving.sender_of(db, mlist, letter), letter, now, sure=answered.sure)


def _by_name(db: Session, message_id: str) -> Digest | None:
    found = NAME.fullmatch(message_id)
    digest = db.get(Digest, int(found[1])) if found else None
    return digest if digest and digestletters.message_id(outbox.settings_of(db), digest.id, digest.slot) == message_id else None


# ---- sent to the list and to one of a digest's addresses ----------------------------------------------------


def _beside(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """The same mail goes to an address of a digest of this list: it is one answer, whichever of the two comes first."""
    first = earlier_of(db, mlist.id, letter.incoming)
    if first and _of_a_digest(db, first.rcpt):
        return digestreplies.double(db, mlist.id, letter)
    for kind, ids in _addressed(db, letter):
        member = db.get(Member, ids[0])
        if member and member.list_id == mlist.id and not letter.by_a_machine:
            try:
                return digestreplies.post(db, kind, ids, letter, now)
            except NotFound:
                continue
            except TooMany:
                return Outcome(State.DISCARDED, ("enough-for-today",))
    return None


def _addressed(db: Session, letter: Letter) -> Iterator[tuple[Kind, tuple[int, ...]]]:
    found = (_of_a_digest(db, box.address) for box in (*letter.post.to, *letter.post.cc)[:MOST_REFERENCES])
    return (one for one in found if one)


def _of_a_digest(db: Session, email: str) -> tuple[Kind, tuple[int, ...]] | None:
    """What a digest's own address, of the whole or of an item, is for."""
    local, domain = address.split(email)
    settings = outbox.settings_of(db)
    route = address.read_local_part(local) if domain.lower() == settings.site.domain.lower() else None
    read = tokens.read(links.signing_key(settings), route.detail) if route and route.role is Role.TOKEN else None
    return read if read and read[0] in OF_DIGESTS and len(read[1]) == 2 else None


# ---- known by its subject -----------------------------------------------------------------------------------


def _by_subject(db: Session, mlist: MailingList, letter: Letter, known: Message | None) -> Answered | None:
    """The digest whose subject is answered: one of the author's own, or one that somebody has passed on to them."""
    said = as_title(subjectmarks.without_marks(letter.post.subject))
    if not said or (known and as_title(known.thread.subject) == said):
        return None
    like = subjectmarks.is_like_a_digests(said, as_title(mlist.title))
    answers = subjectmarks.without_marks(letter.post.subject) != " ".join(letter.post.subject.split())
    if not (like or answers):
        return None
    author = leaving.sender_of(db, mlist, letter)
    own = rows.subjects_of(db, mlist.id, author.id) if author else {}
    found = _exactly(db, own, said)
    if found or not like:
        return found
    # Only what is worded like a digest's subject is worth looking through everybody's.
    return _nearly(db, own, said) or _of_anybody(db, mlist, own, said, any_day=answers)


def _of_anybody(db: Session, mlist: MailingList, own: dict[str, int], said: str, *, any_day: bool) -> Answered | None:
    """`any_day`: is it surely an answer, though nobody knows to which?"""
    known = rows.subjects_of(db, mlist.id, None)
    found = _exactly(db, known, said) or _nearly(db, known, said)
    if found or not any_day:
        return found
    return _newest(db, own or known) or _newest(db, rows.subjects_of_some(db, mlist.id))


def _exactly(db: Session, subjects: dict[str, int], said: str) -> Answered | None:
    return _answered(db, [number for subject, number in subjects.items() if as_title(subject) == said])


def _nearly(db: Session, subjects: dict[str, int], said: str) -> Answered | None:
    """More was written into the subject, or its end was cut off."""
    longer = [number for subject, number in subjects.items() if (title := as_title(subject)) and title in said]
    cut = {as_title(subject): number for subject, number in subjects.items() if as_title(subject).startswith(said.rstrip(" .…"))}
    return _answered(db, longer) or _answered(db, list(cut.values()), sure=len(cut) == 1)


def _newest(db: Session, subjects: dict[str, int]) -> Answered | None:
    return _answered(db, list(subjects.values()), sure=False)


def _answered(db: Session, numbers: list[int], *, sure: bool = True) -> Answered | None:
    digest = db.get(Digest, max(numbers)) if numbers else None
    return Answered(digest, sure) if digest else None
