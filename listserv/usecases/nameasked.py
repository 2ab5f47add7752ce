"""What may be meant to go on without its author's name, and is not surely understood: nobody sees it before its author has said so.

A name that has been given away cannot be taken back. So such a mail waits, and its author alone is asked.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import rules
from listserv.mail import address, nameless
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.mail.subject import base_subject
from listserv.rules import Action
from listserv.store import doors as rows
from listserv.store.doors import Asks, Preview
from listserv.store.lists import MailingList, lock
from listserv.store.members import member_by_key
from listserv.store.queue import State
from listserv.store.threads import message_by_id
from listserv.usecases import drafts, notunnamed, unnamed
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission, facts_for

ASK = "unnamed-ask"
NAME_ASKED = Outcome(State.DRAFT, ("name-asked",))


def of_post(db: Session, mlist: MailingList, letter: Letter, submission: Submission, now: datetime, *, subject: str = "") -> Outcome | None:
    """Keep a post until its author has said whether their name may be seen; None where nothing in it asks to hide it.

    `subject`: what they wrote as one, where the post has its thread's.
    """
    wished = nameless.may_be_wished(replace(submission.post, subject=subject), own_subject=True) if subject else False
    if not (wished and _can_wish(letter, submission.post)) and not _may_be_wished(db, mlist, letter, submission.post):
        return None
    if rules.judge(submission.post, facts_for(db, mlist, submission)).action not in (Action.ACCEPT, Action.HOLD):
        return None  # it would not go out anyhow, and its author hears why
    return _keep(db, mlist, letter, submission, now, Asks.NAME_ON_LIST)


def of_letter(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """The same of a letter to the moderators."""
    if not _may_be_wished(db, mlist, letter, letter.post):
        return None
    submission = Submission(letter.incoming, letter.raw, letter.incoming.raw_id, letter.post, letter.alignment, letter.munge, None, letter.spam)
    return _keep(db, mlist, letter, submission, now, Asks.NAME_TO_MODERATORS)


def _can_wish(letter: Letter, post: Post) -> bool:
    return not unnamed.is_a_machines(letter, post) and len(post.authors) == 1


def _may_be_wished(db: Session, mlist: MailingList, letter: Letter, post: Post) -> bool:
    if not _can_wish(letter, post):
        return False
    above = next(filter(None, (message_by_id(db, mlist, one) for one in reversed(post.references))), None)
    # The subject of an answer is somebody else's.
    inherited = above is not None and base_subject(above.thread.subject).casefold() == base_subject(post.subject).casefold()
    return nameless.may_be_wished(post, own_subject=not inherited)


def _keep(db: Session, mlist: MailingList, letter: Letter, submission: Submission, now: datetime, asks: Asks) -> Outcome | None:
    member = member_by_key(db, mlist, address.key(submission.post.authors[0].address))
    if member is None:
        return notunnamed.unknown(db, mlist, letter, submission.post, now)
    if letter.alignment is Alignment.FAILED:
        return notunnamed.unproven(db, member, letter, submission.post, now)
    lock(db, mlist)
    if rows.waits_already(db, mlist.id, submission.raw_id):
        return Outcome(State.DISCARDED, ("double",))
    # Nothing of it is noted in a journal: that somebody thought of asking without a name is nobody's business.
    show(db, drafts.keep(db, member, submission, letter, now, asks), now, letter.cause)
    return NAME_ASKED


def show(db: Session, row: Preview, now: datetime, cause: Cause, *, again: bool = False) -> bool:
    """The letter that asks its author alone."""
    return drafts.show(db, ASK, row, now, cause, **facts_of(db, row), again=again, days=drafts.KEPT.days)


def facts_of(db: Session, row: Preview) -> dict[str, Any]:
    """The words as they would be asked, and where they are going."""
    post = drafts.submission_of(db, row).post
    question = unnamed.question_of(db, row.mlist, row.user, unnamed.cleared(post), post)
    return {"subject": post.subject, "text": question.words, "to_list": row.asks is Asks.NAME_ON_LIST}
