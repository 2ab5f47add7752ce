"""From the kind of address to the verb that it is for."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail.address import Role, Route
from listserv.store.lists import MailingList, topic_by_slug
from listserv.usecases import (
    asides,
    bankmail,
    complaining,
    contact,
    entering,
    mailcommands,
    meetingmail,
    newsdoor,
    newsmail,
    newsthread,
    replies,
    returned,
    safekeeping,
    straydigests,
    surveymail,
    unlinking,
)
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.submissions import Submission

TO_LIST: Mapping[Role, Callable[[Session, MailingList, Letter, datetime], Outcome]] = {
    Role.MODERATORS: contact.moderators,
    Role.JOIN: mailcommands.join,
    Role.LEAVE: mailcommands.leave,
    Role.REQUEST: mailcommands.request,
    Role.NEWS: newsmail.take,
    Role.BANK: bankmail.take,
    Role.MEETING: meetingmail.take,
    Role.SURVEY: surveymail.take,
}


def answer_for(db: Session, route: Route, mlist: MailingList | None, letter: Letter, now: datetime) -> Outcome:
    """Do what this address is for."""
    if letter.post.automatic == "feedback-report":
        # Mail services send them wherever they like: to abuse, to postmaster, to the sender of the copy.
        return complaining.take(db, mlist, letter, now)
    if route.role is Role.POST and mlist:
        return post(db, mlist, letter, route.detail, now)
    if route.role is Role.TOKEN:
        return replies.answer(db, route.detail, letter, now)
    if route.role is Role.BOUNCES and mlist:
        return returned.untold(db, mlist, letter, now)
    if letter.by_a_machine:
        if mlist:
            unlinking.empty_if_by_an_asker(db, mlist, letter)
        return NOBODY_ANSWERS_MACHINES
    if mlist and route.role in (Role.NEWS, Role.MODERATORS) and (answered := newsthread.take(db, mlist, letter, now)):
        return answered
    if mlist and route.role in TO_LIST:
        return TO_LIST[route.role](db, mlist, letter, now)
    return contact.site(db, route.role, letter, now)


def post(db: Session, mlist: MailingList, letter: Letter, topic: str, now: datetime) -> Outcome:
    """A post to the list, perhaps under a subject area; an unknown one is no obstacle."""
    stray = straydigests.taken(db, mlist, letter, now)
    if stray:
        return stray
    letter = safekeeping.without_keys(db, mlist, letter)
    aside = asides.take(db, mlist, letter, now)
    if aside:
        return aside
    answered = newsdoor.take(db, mlist, letter, now)
    if answered:
        return answered
    area = topic_by_slug(db, mlist, topic) if topic else None
    submission = Submission(letter.incoming, letter.raw, letter.incoming.raw_id, letter.post, letter.alignment, letter.munge, area, letter.spam)
    return entering.enter(db, mlist, letter, submission, now)
