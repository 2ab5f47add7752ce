"""What is still to do: how much, what, since when; and a mail that was set aside is put back to work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import jobs
from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.store import fares, sitequeues
from listserv.store import trace as rows
from listserv.store.depths import Depth
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, Letter, Outgoing, State
from listserv.usecases import intake, measures, outbox
from listserv.usecases.access import Actor
from listserv.usecases.administration import one_line
from listserv.usecases.journal import note
from listserv.usecases.traceevents import last_line, moment

LONGEST_REASON = 500
# Copies that `queue ls` counts: of all posts, of one, and of one more once that many have been counted.
MOST_COUNTED, MOST_OF_ONE, FEWEST_OF_ONE = 20_000, 10_000, 100
NO_REASON = N_("Please say why: it is the last thing that anybody will read about this mail.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is still to do."""

    id: int
    kind: str
    state: str
    message_id: str
    for_whom: str
    attempts: int
    since: datetime
    due: datetime | None
    trouble: str


def waiting(db: Session, limit: int = 200) -> list[Waiting]:
    """What waits: mails to work on or set aside, posts on their way, letters to send; of each kind the oldest."""
    mails = [
        Waiting(m.id, "incoming", m.state, m.message_id, m.rcpt, m.attempts, m.received_at, moment(m.due), last_line(m.trouble))
        for m in rows.waiting_incoming(db, limit)
    ]
    letters = [
        Waiting(x.id, "letter", State.PENDING, x.message_id or "", x.to, x.attempts, x.created_at, moment(x.due), x.answer)
        for x in rows.waiting_letters(db, limit)
    ]
    return [*mails, *_posts(db, limit), *letters]


def _posts(db: Session, limit: int) -> Iterator[Waiting]:
    """Posts on their way; the copies of each are counted as far as nobody has to wait for it."""
    left = MOST_COUNTED
    for post, message in rows.waiting_posts(db, limit):
        most = min(MOST_OF_ONE, left) or FEWEST_OF_ONE
        mlist, fare = db.get_one(MailingList, message.list_id), fares.fare_within(db, post, most)
        copies = sum(fare[:3]) if fare else most
        left = max(0, left - copies)
        words = f"{mlist.name}: {fare.pending} of {copies} copies" if fare else f"{mlist.name}: more than {most:,} copies"
        last = fares.last_answer(db, post, most) if fare is None or fare.retried else ""
        yield Waiting(post.id, "post", State.PENDING, message.message_id, words, 0, post.created_at, None, last)


def retry(db: Session, incoming_id: int, actor: Actor, now: datetime) -> Incoming:
    """Put a mail that was set aside back to work. Raises NotFound, or Conflict for one that was not set aside."""
    mail = _set_aside(db, incoming_id, "tried again")
    intake.retry(db, mail, now)
    note(db, actor, "retried", mlist=None, now=now, about=mail)
    return mail


def throw_away(db: Session, incoming_id: int, reason: str, actor: Actor, now: datetime) -> Incoming:
    """A mail that was set aside is given up: nobody is told, its row and its bytes stay. Raises NotFound, Conflict, or Invalid without a reason."""
    words = one_line(reason)[:LONGEST_REASON]
    if not words:
        raise Invalid(NO_REASON)
    mail = _set_aside(db, incoming_id, "thrown away")
    intake.finish(mail, State.DISCARDED, ("thrown-away",), now)
    note(db, actor, "thrown-away", mlist=None, now=now, about=mail, detail=words)
    return mail


def _set_aside(db: Session, incoming_id: int, done: str) -> Incoming:
    mail = db.get(Incoming, incoming_id)
    if mail is None:
        raise NotFound("there is no incoming mail {id}: `listserv queue ls` shows those that wait", id=incoming_id)
    db.refresh(mail, with_for_update=True)
    if mail.state is not State.SHUNTED:
        raise Conflict("mail {id} is {state}: only a shunted one can be {done}", id=incoming_id, state=mail.state, done=done)
    return mail


def retry_letter(db: Session, letter_id: int, actor: Actor, now: datetime) -> Letter:
    """A letter that waits for its next attempt is tried at once. Raises NotFound, or Conflict for one that does not wait."""
    letter = db.get(Letter, letter_id)
    if letter is None:
        raise NotFound("there is no letter {id}: `listserv queue ls` shows those that wait", id=letter_id)
    db.refresh(letter, with_for_update=True)
    if letter.due is None or letter.holder is not None:
        raise Conflict("letter {id} is in hand, sent or given up: it does not wait", id=letter_id)
    letter.due = outbox.milliseconds(now)
    jobs.enqueue(db, "letters")
    note(db, actor, "retried", mlist=None, now=now, about=letter)
    return letter


def retry_post(db: Session, outgoing_id: int, actor: Actor, now: datetime) -> int:
    """The copies of a post that wait for their next attempt are tried at once; how many. Raises NotFound, or Conflict where none waits."""
    post = db.get(Outgoing, outgoing_id)
    if post is None:
        raise NotFound("there is no post {id}: `listserv queue ls` shows those that wait", id=outgoing_id)
    copies = sitequeues.hurry_copies(db, post.id, outbox.milliseconds(now))
    if not copies:
        raise Conflict("no copy of post {id} waits for a later attempt", id=outgoing_id)
    jobs.enqueue(db, "copies")
    note(db, actor, "retried", mlist=db.get_one(MailingList, post.list_id), now=now, about=post, detail=f"{copies} copies")
    return copies


def depths(db: Session) -> dict[str, Depth]:
    """How much waits of each kind, and since when: mails to work on; posts and letters to send; copies to send; mails set aside."""
    found = measures.waiting(db)
    posts, letters = found["posts"], found["letters"]
    since = min((one.since for one in (posts, letters) if one.since), default=None)
    outgoing = Depth(posts.number + letters.number, since, None)
    return {"incoming": found["incoming"], "outgoing": outgoing, "deliveries": found["deliveries"], "shunted": found["shunted"]}


def count_work(db: Session) -> dict[str, int]:
    """How much is still to do, by kind."""
    return {kind: depth.number for kind, depth in depths(db).items()}
