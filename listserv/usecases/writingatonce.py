"""Writing without a desk drawer: what a program sends goes out as it is, and touches no draft that its person has begun in the browser."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Invalid, TooMany
from listserv.i18n import N_
from listserv.mail import address, compose
from listserv.store import drafts as rows
from listserv.store.drafts import Draft, Written
from listserv.store.lists import list_by_name, lock
from listserv.store.members import member_of
from listserv.usecases import composing, desks, limits
from listserv.usecases.composing import HOUR, MANY, Desk
from listserv.usecases.desks import LONGEST_TEXT, NewFile, Words


class TooMuch(Invalid):
    """Files that are more than one post of this list has room for."""


def own_domain(db: Session, user_id: int, list_name: str) -> str:
    """The domain of the address to which that list writes; empty for who is not on it."""
    mlist = list_by_name(db, list_name)
    member = member_of(db, mlist, user_id) if mlist else None
    return address.domain_of(member.address.email) if member else ""


def send(db: Session, desk: Desk, words: Words, key: str, now: datetime, *, files: Sequence[NewFile] = (), munge: bool = False, named: bool = False) -> Written:
    """Send words, and files with them, that never were a draft; the same within the hour are sent once. Raises Invalid (TooMuch for files) or TooMany."""
    mlist = desk.mlist
    lock(db, mlist)
    if len(words.text) > LONGEST_TEXT:
        raise Invalid(N_("This is longer than a mail should be. Please send a part of it as a file."))
    # Never added to the session: it is hashed as a draft with the same words is.
    said = Draft(list_id=mlist.id, thread_id=desk.thread_id, answers=words.answers, subject=compose.one_line(words.subject), text=words.text, files=[])
    _put_in(db, desk, said, files)
    desks.check(words, said, new=not desk.thread_id)
    digest = desks.digest(said)
    again = rows.written_alike(db, desk.user.id, digest, now - HOUR)
    if again is not None:
        return again
    if not limits.within(db, "write", str(desk.user.id), now, HOUR, MANY):
        raise TooMany(N_("Many messages were sent within the hour."))
    incoming, _ = composing.submit(db, desk, words, desks.files_of(said), now, munge=munge, named=named)
    written = Written(key=key, user_id=desk.user.id, list_id=mlist.id, incoming_id=incoming.id, digest=digest, at=now)
    db.add(written)
    db.flush()
    return written


def _put_in(db: Session, desk: Desk, said: Draft, files: Sequence[NewFile]) -> None:
    room, size = composing.room(db, desk.mlist), sum(len(file.data) for file in files)
    if size > room:
        raise TooMuch("the files have {size} bytes together; one message to this list has room for {room}", size=size, room=room)
    desks.put_in(said, files, room)
