"""Where is this mail, one that came or one of ours: told from the rows that its way left behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.i18n import N_, Sentence, sentence
from listserv.mail import address
from listserv.store import fares
from listserv.store import trace as rows
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.fares import Fare
from listserv.store.issues import issue_of_incoming
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, Letter, Outgoing, State
from listserv.usecases import ownletters, tokens, traceevents, whichmail
from listserv.usecases.outbox import settings_of
from listserv.usecases.ownletters import OwnLetter
from listserv.usecases.queueing import count_work as count_work
from listserv.usecases.traceevents import Event

# What was refused at the door has left no row: its sender was told.
NOT_HERE = "no mail with the Message-ID <{id}> was accepted here (one that was refused at the door, with a 5xx, leaves no row: its sender was told)"


class Counted(NamedTuple):
    """Copies of a post: the relay took them, they wait, they were given up."""

    sent: int
    pending: int
    failed: int


NONE = Counted(0, 0, 0)


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


def trace(db: Session, which: str) -> list[Trace]:
    """Where the mail with this Message-ID, or of this number, is: once for each recipient who took it. Raises NotFound."""
    other = whichmail.other_in(which)
    if other is not None:
        return _of_number(db, *other)
    numbered = whichmail.numbered(db, which)
    if numbered is not None:
        return [_of_mail(db, numbered.message_id, numbered)]
    message_id = whichmail.message_id_in(which)
    mails = whichmail.incoming_called(db, message_id)
    found = [_of_mail(db, message_id, mail) for mail in mails]
    found += [_of_message(db, message) for message in whichmail.messages_besides(db, message_id, mails)]
    # A letter of ours that came back to us under its own id is told beside.
    found += [_of_own(db, message_id, own) for own in ownletters.lookup(db, message_id, deep=not found)]
    if not found:
        raise NotFound(NOT_HERE, id=message_id)
    return found


def _of_number(db: Session, kind: str, number: int) -> list[Trace]:
    """A post on its way, or a letter of ours, by the number that `queue ls` and the log say. Raises NotFound."""
    letter = db.get(Letter, number) if kind == "letter" else None
    if letter is not None:
        return [_of_own(db, letter.message_id or f"{kind}:{number}", OwnLetter(letter, bounces=rows.bounces_of_letter(db, letter)))]
    post = db.get(Outgoing, number) if kind == "post" else None
    message = db.get(Message, post.message_id) if post else None
    if message is None:
        raise NotFound("there is no {kind} {number}: `listserv queue ls` shows those that wait", kind=kind, number=number)
    mails = rows.incoming_of(db, message)
    return [_of_mail(db, message.message_id, mail) for mail in mails] or [_of_message(db, message)]


def _of_mail(db: Session, message_id: str, mail: Incoming) -> Trace:
    mlist = _list_of(db, mail)
    issue = issue_of_incoming(db, mail.id)
    message = db.get(Message, mail.archived_id) if mail.archived_id else issue.message if issue else None
    fare = _fare(db, message)
    return Trace(
        message_id=f"<{message_id}>",
        mlist=mlist.name if mlist else None,
        state=mail.state,
        reasons=tuple(mail.reasons.split()),
        thread=message.thread_id if message else None,
        url=_url(db, message),
        deliveries=_counted(fare),
        # Of an issue that has gone out, mail and message tell the same.
        events=in_order((*traceevents.of_mail(db, mail, issue), *traceevents.of_message(db, message, fare))),
    )


def _list_of(db: Session, mail: Incoming) -> MailingList | None:
    """The list that it came to; of an answer to a letter of ours, the list that the letter's address stands for, or that our own answer named."""
    list_id = mail.list_id
    route = address.read_local_part(mail.rcpt.partition("@")[0])
    if list_id is None and route and route.role is address.Role.TOKEN:
        row = tokens.known(db, route.detail)
        list_id = row.list_id if row else None
    if list_id is None:
        list_id = next((letter.list_id for letter in rows.letters_because_of(db, [mail]) if letter.list_id), None)
    return db.get(MailingList, list_id) if list_id else None


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Each thing once, as they happened."""
    return tuple(sorted(dict.fromkeys(events), key=lambda event: event.at))


def _of_message(db: Session, message: Message) -> Trace:
    """A post that came by another way than the mail: brought in from an older archive."""
    mlist = db.get_one(MailingList, message.list_id)
    fare = _fare(db, message)
    events = in_order((Event(message.received_at, sentence(N_("archived"))), *traceevents.of_message(db, message, fare)))
    return Trace(f"<{message.message_id}>", mlist.name, State.POSTED, (), message.thread_id, _url(db, message), _counted(fare), events)


def _fare(db: Session, message: Message | None) -> Fare | None:
    post = rows.outgoing_of(db, message) if message else None
    return fares.fare_of(db, post) if post else None


def _counted(fare: Fare | None) -> Counted:
    return Counted(*fare[:3]) if fare else NONE


def _of_own(db: Session, message_id: str, own: OwnLetter) -> Trace:
    """A letter of ours: a digest, or any other."""
    letter, digest = own.letter, own.digest
    mlist = db.get(MailingList, letter.list_id) if letter.list_id else None
    events = [*traceevents.of_letter(letter, came_back=bool(own.bounces))]
    if digest is not None:
        events.insert(0, Event(digest.made_at, _made(digest)))
    because = db.get(Incoming, letter.incoming_id) if letter.incoming_id else None
    if because is not None:
        what = N_("because of incoming mail {number} <{message_id}>") if because.message_id else N_("because of incoming mail {number}")
        events.insert(0, Event(letter.created_at, sentence(what, number=because.id, message_id=because.message_id)))
    if (letter.code or letter.answer) and not letter.tried_at:
        # No row says when.
        events.append(Event(letter.created_at, sentence(N_("afterwards {answered}"), answered=traceevents.answered(letter))))
    events += [Event(one.at, traceevents.said(one)) for one in own.bounces]
    sent = letter.due is None and 200 <= letter.code < 300
    state = "sent" if sent else "failed" if letter.due is None else State.PENDING
    copies = Counted(int(sent), int(letter.due is not None), int(letter.due is None and not sent))
    return Trace(f"<{message_id}>", mlist.name if mlist else None, state, (), None, None, copies, in_order(events))


def _made(digest: Digest) -> Sentence:
    """What a digest holds."""
    what = N_("digest of {slot} UTC made: messages {first} to {last}, {count} threads")
    return sentence(what, slot=f"{digest.slot:%Y-%m-%d %H:%M}", first=digest.after_seq + 1, last=digest.upto_seq, count=len(digest.points.split()))


def _url(db: Session, message: Message | None) -> str | None:
    if message is None:
        return None
    return links.message_url(settings_of(db), db.get_one(MailingList, message.list_id).name, message.hash)
