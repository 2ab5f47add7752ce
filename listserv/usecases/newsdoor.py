"""A newsletter's own address: nothing that comes to it goes to the readers by itself.

What a coordinator writes there is a draft, as at `LIST-news@`: the preview comes back, and a word sends it. An answer to an issue, a
reader's or a coordinator's, reaches the coordinators.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.mail.spam import Spam
from listserv.store.bans import bars
from listserv.store.lists import Kind, MailingList
from listserv.store.members import member_by_key
from listserv.usecases import contact, deciding, leaving, newsmail
from listserv.usecases.arrivals import Letter, Outcome


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """A letter to a newsletter's own address. None where the list's rules answer it: on every other list, and for everybody else."""
    if mlist.kind is not Kind.NEWSLETTER or letter.by_a_machine or letter.post.loop_marks or not letter.sender or mlist.closed_at:
        return None
    answers = contact.answers_an_issue(db, mlist, letter)
    if deciding.who_wrote(db, deciding.deciders(db, mlist), letter.sender):
        # However the sender is proven: nothing but a letter comes of it.
        return contact.forward(db, mlist, letter, now) if answers else newsmail.take(db, mlist, letter, now)
    return _from_a_reader(db, mlist, letter, now) if answers else None


def _from_a_reader(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    key = address.key(letter.sender)
    if letter.alignment is Alignment.FAILED or letter.spam is not Spam.NO or bars(db, mlist, [key]):
        return None
    unproven = letter.alignment is not Alignment.ALIGNED and member_by_key(db, mlist, key) is None
    return leaving.told_to_humans(db, mlist, letter, now) or contact.forward(db, mlist, letter, now, unproven=unproven)
