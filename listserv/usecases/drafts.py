"""Posts that wait for a word of their author, whatever they are asked: kept, told of, and brought home in the end."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, parse
from listserv.mail.authentication import Alignment
from listserv.mail.spam import Spam
from listserv.store import outbox as sent
from listserv.store.doors import Asks, Preview
from listserv.store.lists import topic_by_slug
from listserv.store.members import Member
from listserv.store.people import Purpose
from listserv.store.queue import State, raw_bytes
from listserv.usecases import deciding, outbox, tokens
from listserv.usecases.access import CALENDAR, Actor, Door
from listserv.usecases.arrivals import Letter
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission

REMINDED_AFTER, KEPT = timedelta(days=2), timedelta(days=30)
LONGEST_SHOWN = 20_000
# Letters of one kind that show somebody their own mails, in a day; what comes beyond that is shown as soon as there is room.
A_DAY, DAY, SOON = 20, timedelta(days=1), timedelta(hours=1)


def keep(db: Session, member: Member, submission: Submission, letter: Letter, now: datetime, asks: Asks) -> Preview:
    """A post that waits from now on."""
    row = Preview(list_id=member.list_id, user_id=member.user_id, incoming_id=submission.incoming.id, raw_id=submission.raw_id)
    row.email, row.made_at, row.asks = member.address.email, now, asks
    row.topic, row.munge, row.strict = submission.topic.slug if submission.topic else "", submission.munge, letter.strict
    row.spam, row.due_at, row.reminded = int(submission.spam), now + REMINDED_AFTER, False
    submission.incoming.list_id = member.list_id
    db.add(row)
    db.flush()
    return row


def show(db: Session, kind: str, row: Preview, now: datetime, cause: Cause, **facts: Any) -> bool:
    """The letter that asks. Where there is no room for it today the calendar sends it: no post is kept in silence."""
    if cause.forged or sent.of_kinds_since(db, address.mailbox(row.email), (kind,), now - DAY) >= A_DAY:
        row.due_at = now + SOON
        return False
    write(db, kind, row, now, cause, automatic=False, **facts)
    return True


def write(db: Session, kind: str, row: Preview, now: datetime, cause: Cause, *, automatic: bool = True, **facts: Any) -> None:
    """A letter about a post that waits; a reply to it decides."""
    token = tokens.issue(db, Purpose.PREVIEW, row.email, now, mlist=row.mlist, object_id=row.incoming_id)
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, kind, row.email, row.user.language, now, mlist=row.mlist, reply_to=reply_to, automatic=automatic, cause=cause, **facts)


def submission_of(db: Session, row: Preview) -> Submission:
    """The post as it will go out. Whoever says yes to it from the author's own mailbox has proven the address."""
    raw = raw_bytes(db, row.raw_id)
    topic = topic_by_slug(db, row.mlist, row.topic) if row.topic else None
    return Submission(row.incoming, raw, row.raw_id, parse.parse(raw), Alignment.ALIGNED, row.munge, topic, Spam(row.spam))


def is_own(row: Preview, letter: Letter) -> bool:
    """Does this come from an address of its author's?"""
    own = {place.key for place in row.user.addresses} | {address.key(row.email)}
    return address.key(letter.sender) in own and letter.alignment is not Alignment.FAILED


def drop(db: Session, row: Preview, now: datetime, cause: Cause, *, expired: bool = False) -> None:
    """The post does not go out; its author gets the words back."""
    post, mlist, incoming = parse.parse(raw_bytes(db, row.raw_id)), row.mlist, row.incoming
    if row.asks is Asks.PREVIEW:
        actor = CALENDAR if expired else Actor(Door.MAIL, row.user_id, proven=True)
        note(db, actor, "preview-dropped", mlist=None, now=now, about=incoming)
    facts: dict[str, Any] = {"subject": post.subject, "text": post.text[:LONGEST_SHOWN], "expired": expired, "days": KEPT.days}
    outbox.write(db, "preview-dropped", row.email, row.user.language, now, mlist=mlist, automatic=False, cause=cause, **facts)
    incoming.state, incoming.reasons, incoming.done_at = State.DISCARDED, "expired" if expired else "withdrawn", now
    db.delete(row)
    db.flush()
