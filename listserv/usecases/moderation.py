"""Held posts: one word decides, the author is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import address, parse
from listserv.mail.authentication import Alignment
from listserv.rules import Reason
from listserv.store.archive import Message
from listserv.store.lists import MailingList, lock, topic_by_slug
from listserv.store.members import member_by_key
from listserv.store.moderation import Held, HeldState
from listserv.store.people import Purpose
from listserv.store.queue import State, raw_bytes
from listserv.store.trusted import Trusted, trusted
from listserv.usecases import deciding, posting, showing, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note
from listserv.usecases.posting import Submission

BY_MAIL = Actor(Door.MAIL)
NO_WORDS = N_("Please write what you would like to ask.")
NOBODY_TO_ASK = N_("The author cannot be asked: the sender of this message is forged, or a machine.")


def publish(db: Session, held: Held, actor: Actor, now: datetime, *, trust: bool = False) -> None:
    """Let a held post through; `trust`: this author's further posts too, where they would wait for no other reason. Raises Conflict if already decided."""
    mlist = held.mlist
    _decide(db, held, HeldState.PUBLISHED, actor, now)
    submission = submission_of(db, mlist, held)
    # Published once and taken back: the message is there, out of sight.
    before = db.get(Message, held.incoming.archived_id) if held.incoming.archived_id else None
    if before:
        showing.bring_back(db, before)
    message = before or posting.publish(db, mlist, submission, now)
    held.incoming.state, held.incoming.archived_id = State.POSTED, message.id
    posting.tell_author(db, mlist, submission, "held-published", now)
    if trust and may_be_trusted(held.reasons):
        _trust(db, held, actor, now)


def _trust(db: Session, held: Held, actor: Actor, now: datetime) -> None:
    """No more questions about this address. What is forged, too big or empty is held as ever."""
    key = address.key(held.author_email)
    if not held.author_email or trusted(db, held.mlist, key):
        return
    db.add(Trusted(list_id=held.list_id, key=key, created_at=now))
    member = member_by_key(db, held.mlist, key)
    if member:
        member.moderated = False
    note(db, actor, "trusted", mlist=held.mlist, now=now, about=held, detail=held.author_email)


def distrust(db: Session, mlist: MailingList, key: str, actor: Actor, now: datetime) -> None:
    """This address's messages wait again, where they would without the word of trust. Raises NotFound."""
    lock(db, mlist)
    row = trusted(db, mlist, key)
    if row is None:
        raise NotFound("there is no such word of trust")
    note(db, actor, "trust-ended", mlist=mlist, now=now, about=row, detail=key)
    db.delete(row)
    db.flush()


def refuse(db: Session, held: Held, words: str, actor: Actor, now: datetime) -> None:
    """Send a held post back with the moderator's own words. Raises Conflict if already decided."""
    mlist = held.mlist
    _decide(db, held, HeldState.REFUSED, actor, now, words)
    held.incoming.state = State.REFUSED
    posting.tell_author(db, mlist, submission_of(db, mlist, held), "held-refused", now, words=words)


def discard(db: Session, held: Held, actor: Actor, now: datetime) -> None:
    """Put a held post aside for good and tell its author nothing: spam learns nothing from us. Raises Conflict if already decided."""
    _decide(db, held, HeldState.DISCARDED, actor, now)
    held.incoming.state = State.DISCARDED


def ask(db: Session, held: Held, words: str, actor: Actor, now: datetime) -> None:
    """Pass a moderator's question on to the author; the answer reaches the moderators, and the post goes on waiting.

    Raises Conflict if already decided, Invalid where there are no words or nobody to ask.
    """
    mlist = held.mlist
    if not words.strip():
        raise Invalid(NO_WORDS)
    _still_pending(db, held)
    submission = submission_of(db, mlist, held)
    if not posting.may_tell(submission):
        raise Invalid(NOBODY_TO_ASK)
    note(db, actor, "held-asked", mlist=mlist, now=now, about=held, detail=words)
    token = tokens.issue(db, Purpose.WITHDRAW_HELD, held.author_email, now, mlist=mlist, object_id=held.id)
    posting.tell_author(db, mlist, submission, "held-question", now, words=words, reply_to=deciding.reply_address(db, token), automatic=False)


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


def may_be_trusted(reasons: str) -> bool:
    """Would a word about the author have let this post through? What is forged or too big waits whoever wrote it."""
    return bool(reasons) and set(reasons.split()) <= {Reason.NONMEMBER, Reason.MODERATED, Reason.MOVED}


def _still_pending(db: Session, held: Held) -> None:
    db.flush()
    # In this order everywhere, or two would wait for each other.
    lock(db, held.mlist)
    db.refresh(held, with_for_update=True)
    if held.state is not HeldState.PENDING:
        raise Conflict("already-decided")


def _decide(db: Session, held: Held, state: HeldState, actor: Actor, now: datetime, words: str = "") -> None:
    _still_pending(db, held)
    held.state, held.decided_at, held.decided_by = state, now, actor.user_id
    note(db, actor, f"held-{state}", mlist=held.mlist, now=now, about=held, detail=words)
    if actor.user_id:
        who = held.author or held.author_email
        deciding.tell_others(db, held.mlist, actor.user_id, now, who=who, what="post", decision=state, words=words)
