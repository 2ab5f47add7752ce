"""The doors that a post may take on its way to a list: without its author's name, as thanks, by way of its author once more, or straight."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store.lists import MailingList
from listserv.usecases import nameasked, posting, previewing, thanking, unnamed
from listserv.usecases.arrivals import Letter, Outcome, outcome_of
from listserv.usecases.submissions import Submission, author_of


def enter(db: Session, mlist: MailingList, letter: Letter, submission: Submission, now: datetime, *, subject: str = "") -> Outcome:
    """Let a post in by the door that its author has chosen; `subject`: what they wrote as one, where the post has its thread's."""
    taken = unnamed.taken(db, mlist, letter, submission.post, now, to_list=True, subject=subject)
    taken = taken or nameasked.of_post(db, mlist, letter, submission, now, subject=subject)
    taken = taken or thanking.taken(db, mlist, letter, submission, now)
    if taken:
        return taken
    author = author_of(db, mlist, submission.post)
    taken = previewing.taken(db, author, letter, submission, now)
    return taken or outcome_of(posting.submit(db, mlist, submission, now, author=author))
