"""From the kind of address to the verb that it is for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail.address import Role, Route
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.rules import Action
from listserv.store.lists import MailingList, topic_by_slug
from listserv.store.queue import Incoming, State
from listserv.usecases import posting
from listserv.usecases.outbox import Cause
from listserv.usecases.posting import Result, Submission

STATES = {Action.ACCEPT: State.POSTED, Action.HOLD: State.HELD, Action.REJECT: State.REFUSED, Action.DISCARD: State.DISCARDED}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail on its way to its verb, with what is known of its sender."""

    incoming: Incoming
    raw: bytes
    post: Post
    alignment: Alignment
    strict: bool = False
    munge: bool = False

    @property
    def cause(self) -> Cause:
        """Why an answer to it is written."""
        return Cause(self.incoming, self.alignment is Alignment.ALIGNED)

    @property
    def by_a_machine(self) -> bool:
        """Machines are never answered, and never decide (RFC 3834)."""
        return self.post.automatic is not None or not self.incoming.mail_from

    @property
    def sender(self) -> str:
        """The single author's address; empty where there is not exactly one."""
        return self.post.authors[0].address if len(self.post.authors) == 1 else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state a mail has reached, and why."""

    state: State
    reasons: Sequence[str] = ()


NOBODY_ANSWERS_MACHINES = Outcome(State.DISCARDED, ("automatic",))


def answer_for(db: Session, route: Route, mlist: MailingList | None, letter: Letter, now: datetime) -> Outcome:
    """Do what this address is for."""
    from listserv.usecases import contact, mailcommands, replies, returned

    if route.role is Role.POST and mlist:
        return post(db, mlist, letter, route.detail, now)
    if route.role is Role.TOKEN:
        return replies.answer(db, route.detail, letter, now)
    if route.role is Role.BOUNCES and mlist:
        return returned.untold(db, mlist, letter, now)
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    to_list: dict[Role, Callable[[Session, MailingList, Letter, datetime], Outcome]] = {
        Role.MODERATORS: contact.moderators,
        Role.JOIN: mailcommands.join,
        Role.LEAVE: mailcommands.leave,
        Role.REQUEST: mailcommands.request,
    }
    if mlist and route.role in to_list:
        return to_list[route.role](db, mlist, letter, now)
    return contact.site(db, route.role, letter, now)


def post(db: Session, mlist: MailingList, letter: Letter, topic: str, now: datetime) -> Outcome:
    """A post to the list, perhaps under a subject area; an unknown one is no obstacle."""
    area = topic_by_slug(db, mlist, topic) if topic else None
    submission = Submission(letter.incoming, letter.raw, letter.incoming.raw_id, letter.post, letter.alignment, letter.munge, area)
    return outcome_of(posting.submit(db, mlist, submission, now))


def outcome_of(result: Result) -> Outcome:
    """A verdict as the state of a mail."""
    return Outcome(STATES[result.verdict.action], result.verdict.reasons)
