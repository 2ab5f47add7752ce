"""Held posts: one word decides, the author is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import address, parse
from listserv.mail.authentication import Alignment
from listserv.store.archive import Message
from listserv.store.lists import MailingList, lock, topic_by_slug
from listserv.store.members import member_by_key
from listserv.store.moderation import Held, HeldState
from listserv.store.people import Purpose
from listserv.store.queue import State, raw_bytes
from listserv.store.trusted import Trusted, trusted
from listserv.usecases import banning, deciding, posting, showing, tokens, unnamed, ways
from listserv.usecases.access import Actor, Door, moderates
from listserv.usecases.journal import note
from listserv.usecases.submissions import Submission

BY_MAIL = Actor(Door.MAIL)
NO_WORDS = N_("Please write what you would like to ask.")
NOBODY_TO_ASK = N_("The author cannot be asked: the sender of this message is forged, or a machine.")


def publish(db: Session, held: Held, actor: Actor, now: datetime, *, with_trust: bool = False, claimed: bool = False) -> None:
    """Let a held post through; `with_trust`: this author's further posts too, where they would wait for no other reason. Raises Conflict if already decided.

    `claimed`: no moderator has decided, but the member whose it is.
    """
    mlist = held.mlist
    _decide(db, held, HeldState.PUBLISHED, actor, now, told=not claimed)
    # Published once and taken back: the message is there, out of sight.
    before = db.get(Message, held.incoming.archived_id) if held.incoming.archived_id else None
    if unnamed.is_one(held) and before is None:
        unnamed.as_of_now(db, held, now)
    submission = submission_of(db, mlist, held)
    if before:
        showing.bring_back(db, before, now)
    message = before or posting.publish(db, mlist, submission, now)
    held.incoming.state, held.incoming.archived_id = State.POSTED, message.id
    ways.taken(held.incoming)
    # Somebody decides this, and may have decided otherwise before: the author hears of it every time.
    posting.tell_author(db, mlist, submission, "held-published", now, claimed=claimed, automatic=False)
    if with_trust and posting.may_be_trusted(held.reasons):
        trust(db, mlist, held.author_email, held, actor, now)


def trust(db: Session, mlist: MailingList, email: str, about: deciding.Case, actor: Actor, now: datetime) -> None:
    """No more questions about this address. What is forged, too big or empty is held as ever."""
    key = address.key(email)
    if not email or trusted(db, mlist, key):
        return
    db.add(Trusted(list_id=mlist.id, key=key, created_at=now))
    member = member_by_key(db, mlist, key)
    if member:
        member.moderated = False
    note(db, actor, "trusted", mlist=mlist, now=now, about=about, detail=email)


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
    ways.taken(held.incoming)
    posting.tell_author(db, mlist, submission_of(db, mlist, held), "held-refused", now, words=words, automatic=False)


def discard(db: Session, held: Held, actor: Actor, now: datetime) -> None:
    """Put a held post aside for good and tell its author nothing: spam learns nothing from us. Raises Conflict if already decided."""
    _decide(db, held, HeldState.DISCARDED, actor, now)
    held.incoming.state = State.DISCARDED
    ways.taken(held.incoming)


def bar(db: Session, held: Held, words: str, actor: Actor, now: datetime) -> bool:
    """Put a held post aside, tell its author nothing, and bar the address. Raises Conflict if already decided.

    False, and not barred, where nobody has proven the address, or whoever has it decides here.
    """
    discard(db, held, actor, now)
    member = member_by_key(db, held.mlist, address.key(held.author_email))
    # Whose name is on it may be somebody else, who has written nothing; and moderators cannot be barred.
    if not held.author_email or held.alignment != Alignment.ALIGNED or moderates(member) or unnamed.is_one(held):
        return False
    banning.bar(db, held.mlist, held.author_email, actor, now, note=words or held.subject[:100])
    return True


def archived(db: Session, held: Held) -> Message:
    """The message that a published post has become."""
    return db.get_one(Message, held.incoming.archived_id)


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
    token = tokens.issue(db, Purpose.WITHDRAW_HELD, posting.reached_at(db, held), now, mlist=mlist, object_id=held.id)
    posting.tell_author(db, mlist, submission, "held-question", now, words=words, reply_to=deciding.reply_address(db, token), automatic=False)


def withdraw(db: Session, held: Held, now: datetime) -> None:
    """The author takes it back. Raises Conflict if already decided."""
    _decide(db, held, HeldState.WITHDRAWN, BY_MAIL, now)
    held.incoming.state = State.DISCARDED
    held.incoming.reasons = "withdrawn"
    ways.taken(held.incoming)


def submission_of(db: Session, mlist: MailingList, held: Held) -> Submission:
    """The post as it came in, read again from its bytes."""
    raw = raw_bytes(db, held.raw_id)
    topic = topic_by_slug(db, mlist, held.topic) if held.topic else None
    return Submission(held.incoming, raw, held.raw_id, parse.parse(raw), Alignment(held.alignment), munge=held.munge, topic=topic)


def _still_pending(db: Session, held: Held) -> None:
    db.flush()
    # In this order everywhere, or two would wait for each other.
    lock(db, held.mlist)
    db.refresh(held, with_for_update=True)
    if held.state is not HeldState.PENDING:
        raise Conflict("already-decided")


def _decide(db: Session, held: Held, state: HeldState, actor: Actor, now: datetime, words: str = "", *, told: bool = True) -> None:
    _still_pending(db, held)
    held.state, held.decided_at, held.decided_by = state, now, actor.user_id
    note(db, actor, f"held-{state}", mlist=held.mlist, now=now, about=held, detail=words)
    if actor.user_id and told:
        deciding.tell_others(db, held, "decided", actor.user_id, now, decision=state, words=words)
