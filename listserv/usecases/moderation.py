"""Held posts: one word decides, the author is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.mail import parse
from listserv.mail.authentication import Alignment
from listserv.store.lists import MailingList, lock, topic_by_slug
from listserv.store.moderation import Held, HeldState
from listserv.store.queue import State, raw_bytes
from listserv.usecases import deciding, posting
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note
from listserv.usecases.posting import Submission

BY_MAIL = Actor(Door.MAIL)


def publish(db: Session, held: Held, actor: Actor, now: datetime) -> None:
    """Let a held post through. Raises Conflict if already decided."""
    mlist = held.mlist
    _decide(db, held, HeldState.PUBLISHED, actor, now)
    submission = submission_of(db, mlist, held)
    message = posting.publish(db, mlist, submission, now)
    held.incoming.state, held.incoming.archived_id = State.POSTED, message.id
    posting.tell_author(db, mlist, submission, "held-published", now)


def refuse(db: Session, held: Held, words: str, actor: Actor, now: datetime) -> None:
    """Send a held post back with the moderator's own words. Raises Conflict if already decided."""
    mlist = held.mlist
    _decide(db, held, HeldState.REFUSED, actor, now, words)
    held.incoming.state = State.REFUSED
    posting.tell_author(db, mlist, submission_of(db, mlist, held), "held-refused", now, words=words)


def withdraw(db: Session, held: Held, now: datetime) -> None:
    """The author takes it back. Raises Conflict if already decided."""
    _decide(db, held, HeldState.WITHDRAWN, BY_MAIL, now)
    held.incoming.state = State.DISCARDED
    held.incoming.reasons = "withdrawn"


def submission_of(db: Session, mlist: MailingList, held: Held) -> Submission:
    """The post as it came in, read again from its bytes."""
    raw = raw_bytes(db, held.raw_id)
    topic = topic_by_slug(db, mlist, held.topic) if held.topic else None
    return Submission(held.incoming, raw, held.raw_id, parse.parse(raw), Alignment(held.alignment), munge=held.munge, topic=topic)


def _decide(db: Session, held: Held, state: HeldState, actor: Actor, now: datetime, words: str = "") -> None:
    db.flush()
    # In this order everywhere, or two would wait for each other.
    lock(db, held.mlist)
    db.refresh(held, with_for_update=True)
    if held.state is not HeldState.PENDING:
        raise Conflict("already-decided")
    held.state, held.decided_at, held.decided_by = state, now, actor.user_id
    note(db, actor, f"held-{state}", mlist=held.mlist, now=now, about=held, detail=words)
    if actor.user_id:
        who = held.author or held.author_email
        deciding.tell_others(db, held.mlist, actor.user_id, now, who=who, what="post", decision=state, words=words)
