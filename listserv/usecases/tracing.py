"""Where is this mail, one that came or one of ours, and what is still to do: told from the rows that its way left behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, NotFound
from listserv.mail import fields
from listserv.store import trace as rows
from listserv.store.archive import Message
from listserv.store.issues import Issue, issue_of_incoming, issue_of_message
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, State
from listserv.store.trace import Counted
from listserv.usecases import intake, ownletters
from listserv.usecases.access import Actor
from listserv.usecases.journal import note
from listserv.usecases.outbox import BEHIND, settings_of
from listserv.usecases.ownletters import OwnLetter

# The journal's own words for what the mail's row says already.
IN_THE_ROW = ("discarded", "refused")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, and when."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one mail to one recipient is."""

    message_id: str
    mlist: str | None
    state: str
    reasons: tuple[str, ...]
    thread: int | None
    url: str | None
    deliveries: Counted
    events: tuple[Event, ...]


def trace(db: Session, message_id: str) -> list[Trace]:
    """Where the mail with this Message-ID is, once for each recipient who took it. Raises NotFound."""
    # Read as the field in a mail is read: a space in it, or missing brackets, change nothing.
    message_id = fields.message_id(message_id) or message_id.strip().strip("<>").strip()
    mails = rows.incoming_with_id(db, message_id)
    told = {mail.archived_id for mail in mails}
    found = [_of_mail(db, message_id, mail) for mail in mails]
    found += [_of_message(db, message) for message in rows.messages_with_id(db, message_id) if message.id not in told]
    if not found:
        own = ownletters.lookup(db, message_id)
        if own is not None:
            return [_of_own(db, message_id, own)]
        raise NotFound("no mail with the Message-ID <{id}> has come in", id=message_id)
    return found


def _of_mail(db: Session, message_id: str, mail: Incoming) -> Trace:
    mlist = db.get(MailingList, mail.list_id) if mail.list_id else None
    issue = issue_of_incoming(db, mail.id)
    message = db.get(Message, mail.archived_id) if mail.archived_id else issue.message if issue else None
    # Of an issue that has gone out, mail and message tell the same.
    events = sorted(dict.fromkeys((*_events_of_mail(db, mail, issue), *_events_of_message(db, message))), key=lambda event: event.at)
    return Trace(
        message_id=f"<{message_id}>",
        mlist=mlist.name if mlist else None,
        state=mail.state,
        reasons=tuple(mail.reasons.split()),
        thread=message.thread_id if message else None,
        url=_url(db, message),
        deliveries=rows.count_copies(db, message) if message else Counted(0, 0, 0),
        events=tuple(events),
    )


def _of_message(db: Session, message: Message) -> Trace:
    """A post that came by another way than the mail: brought in from an older archive."""
    mlist = db.get_one(MailingList, message.list_id)
    events = (Event(message.received_at, "archived"), *_events_of_message(db, message))
    copies = rows.count_copies(db, message)
    return Trace(f"<{message.message_id}>", mlist.name, State.POSTED, (), message.thread_id, _url(db, message), copies, events)


def _of_own(db: Session, message_id: str, own: OwnLetter) -> Trace:
    """A letter of ours: a digest, or any other."""
    letter, digest = own.letter, own.digest
    mlist = db.get(MailingList, letter.list_id) if letter.list_id else None
    events = [Event(letter.created_at, f"letter {letter.kind} to {letter.to}")]
    if digest is not None:
        told = len(digest.points.split())
        what = f"digest of {digest.slot:%Y-%m-%d %H:%M} UTC made: messages {digest.after_seq + 1} to {digest.upto_seq}, {told} threads"
        events.insert(0, Event(digest.made_at, what))
    sent = letter.due is None and 200 <= letter.code < 300
    if letter.code or letter.answer:
        words = "sent" if sent else "given up" if letter.due is None else "tried"
        # No row says when.
        events.append(Event(letter.created_at, f"afterwards {words} at attempt {letter.attempts}: {letter.code} {letter.answer}".strip()))
    events += [Event(one.at, f"bounced {one.email}: {one.status or one.diagnostic}".strip(": ")) for one in own.bounces]
    state = "sent" if sent else "failed" if letter.due is None else State.PENDING
    copies = Counted(int(sent), int(letter.due is not None), int(letter.due is None and not sent))
    return Trace(f"<{message_id}>", mlist.name if mlist else None, state, (), None, None, copies, tuple(events))


def _url(db: Session, message: Message | None) -> str | None:
    if message is None:
        return None
    return links.message_url(settings_of(db), db.get_one(MailingList, message.list_id).name, message.hash)


def _events_of_mail(db: Session, mail: Incoming, issue: Issue | None) -> Iterator[Event]:
    yield Event(mail.received_at, f"received for {mail.rcpt}" + (f" from {mail.peer}" if mail.peer else ""))
    for entry in rows.journal_about(db, [mail]):
        if entry.what not in IN_THE_ROW:
            yield Event(entry.at, f"{entry.what} ({entry.door})" + (f": {entry.detail}" if entry.what.startswith(("held", "rule")) and entry.detail else ""))
    yield from _events_of_issue(db, issue)
    for letter in rows.letters_because_of(db, [mail]):
        yield Event(letter.created_at, f"letter {letter.kind} to {letter.to}")
    if mail.done_at:
        yield Event(mail.done_at, f"{mail.state}: {mail.reasons}" if mail.reasons else mail.state)
    elif mail.attempts and mail.trouble:
        yield Event(mail.received_at, f"attempt {mail.attempts} failed: {last_line(mail.trouble)}")


def _events_of_issue(db: Session, issue: Issue | None) -> Iterator[Event]:
    for entry in rows.journal_of_issue(db, issue.id) if issue else ():
        yield Event(entry.at, f"{entry.what} ({entry.door})")


def _events_of_message(db: Session, message: Message | None) -> Iterator[Event]:
    yield from _events_of_issue(db, issue_of_message(db, message.id) if message else None)
    for bounce in rows.bounces_of(db, message) if message else ():
        yield Event(bounce.at, f"bounced {bounce.email}: {bounce.status or bounce.diagnostic}".strip(": "))


def last_line(trouble: str) -> str:
    """What a traceback comes to."""
    return trouble.strip().rsplit("\n", 1)[-1]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is still to do."""

    id: int
    kind: str
    state: str
    message_id: str
    for_whom: str
    attempts: int
    due: datetime | None
    trouble: str


def waiting(db: Session, limit: int = 200) -> list[Waiting]:
    """What waits: mails to work on or set aside, posts on their way, letters to send; of each kind the oldest."""
    mails = [
        Waiting(m.id, "incoming", m.state, m.message_id, m.rcpt, m.attempts, moment(m.due), last_line(m.trouble)) for m in rows.waiting_incoming(db, limit)
    ]
    posts = [_post(db, message, outgoing.id) for outgoing, message in rows.waiting_posts(db, limit)]
    letters = [Waiting(x.id, "letter", State.PENDING, "", x.to, x.attempts, moment(x.due), x.answer) for x in rows.waiting_letters(db, limit)]
    return [*mails, *posts, *letters]


def _post(db: Session, message: Message, outgoing_id: int) -> Waiting:
    mlist, copies = db.get_one(MailingList, message.list_id), rows.count_copies(db, message)
    words = f"{mlist.name}: {copies.pending} of {sum(copies)} copies"
    return Waiting(outgoing_id, "post", State.PENDING, message.message_id, words, 0, None, "")


def moment(due: int | None) -> datetime | None:
    """Milliseconds since the epoch as a moment."""
    # 0: at once; BEHIND: at once, after all others.
    return datetime.fromtimestamp(due / 1000, UTC) if due and due > BEHIND else None


def retry(db: Session, incoming_id: int, actor: Actor, now: datetime) -> Incoming:
    """Put a mail that was set aside back to work. Raises NotFound, or Conflict for one that was not set aside."""
    mail = db.get(Incoming, incoming_id)
    if mail is None:
        raise NotFound("there is no incoming mail {id}: `listserv queue ls` shows those that wait", id=incoming_id)
    db.refresh(mail, with_for_update=True)
    if mail.state is not State.SHUNTED:
        raise Conflict("mail {id} is {state}: only a shunted one can be tried again", id=incoming_id, state=mail.state)
    intake.retry(db, mail, now)
    note(db, actor, "retried", mlist=None, now=now, about=mail)
    return mail


def count_work(db: Session) -> dict[str, int]:
    """How much is still to do, by kind."""
    return rows.count_work(db)
