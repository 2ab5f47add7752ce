"""Writing in the browser: a desk to write at, drafts that wait, and a mail that goes the way of every mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Invalid, NotFound, TooMany
from listserv.i18n import N_
from listserv.mail import address, compose, doors, language, nameless, parse
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment
from listserv.mail.compose import Writing
from listserv.mail.subject import reply_subject
from listserv.rules import Action, Reason, Verdict, judge
from listserv.store import drafts as rows
from listserv.store.drafts import Draft, Written
from listserv.store.lists import MailingList, Topic, lock, topic_by_slug
from listserv.store.pages import heads_of, message_by_hash, thread_on_list
from listserv.store.people import Address, User, hold
from listserv.store.queue import Incoming, State, keep_raw
from listserv.usecases import archiving, desks, intake, limits, outbox, posting, reading, submissions
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import outcome_of
from listserv.usecases.conversations import ANSWERED
from listserv.usecases.desks import NewFile, Words
from listserv.usecases.shown import Moved, Single, View
from listserv.usecases.submissions import Submission

KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
# Posts of one person in an hour, whatever becomes of them.
MANY = 60
HOUR = timedelta(hours=1)
# Of a mail, beside its files: header fields, the words, what stands between the parts.
FRAME = 8_192
# What depends on the words, and cannot be told before there are any.
IN_THE_WORDS = frozenset({Reason.EMPTY, Reason.REQUEST, Reason.REPEATED, Reason.DOUBLE, Reason.TOO_BIG})
NAME_WISHED = N_(
    "This may ask that your name is kept back, and from here it goes to everybody with it. "
    "To keep it back, write a mail to {email} with ANONYMOUSLY as its first line."
)
NAMELESS = N_("This asks to be without your name, and from here it would go to everybody with it. Please write it as a mail to {email} instead.")


class NameWished(Invalid):
    """Perhaps its author would rather not be named: a human says which, as by mail (`nameasked`)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody writes: the list, the thread and message that they answer, from which addresses, and what becomes of it."""

    view: View
    user: User
    addresses: tuple[Address, ...]
    topics: tuple[Topic, ...]
    draft: Draft | None
    # What the rules would say of any words of this person now.
    verdict: Verdict
    thread_id: int = 0
    subject: str = ""
    closed: bool = False
    answered: Single | None = None

    @property
    def mlist(self) -> MailingList:
        """The list."""
        return self.view.mlist

    @property
    def shut(self) -> bool:
        """Is there no use in writing at all?"""
        return self.verdict.action in (Action.REJECT, Action.DISCARD)

    @property
    def default_address(self) -> Address:
        """The address from which this person writes unless they say otherwise: the one to which the list writes."""
        own = self.view.member.address_id if self.view.member else None
        return next((place for place in self.addresses if place.id == own), self.addresses[0])


def new_topic(db: Session, name: str, actor: Actor, now: datetime) -> Desk:
    """A desk for a new topic. Raises NotFound."""
    return _judged(db, _desk(db, reading.view_of(db, name, actor), actor), now)


def answer_to(db: Session, name: str, thread_id: int, answers: str, actor: Actor, now: datetime) -> Desk | Moved:
    """A desk for an answer: to the message with this hash, or to the last word of the thread. Raises NotFound."""
    view = reading.view_of(db, name, actor)
    thread = thread_on_list(db, view.mlist.id, thread_id)
    if thread is None or (thread.merged_into is None and not thread.messages):
        raise NotFound("there is no such page")
    if thread.merged_into is not None:
        return reading.signpost(db, view.mlist, thread.merged_into, decides=view.decides)
    draft = rows.draft_of(db, actor.user_id or 0, view.mlist.id, thread_id)
    heads = heads_of(db, thread_id)
    wanted = [answers.upper(), draft.answers if draft else ""]
    found = next((head.hash for want in wanted for head in heads if head.hash == want), heads[-1].hash if heads else "")
    if not found:
        raise NotFound("there is no such page")
    single = reading.message(db, name, found, actor, size=ANSWERED)
    desk = replace(_desk(db, view, actor, thread_id=thread_id), subject=view.veil(thread.subject), closed=single.closed, answered=single)
    return _judged(db, desk, now)


def _desk(db: Session, view: View, actor: Actor, *, thread_id: int = 0) -> Desk:
    user = db.get(User, actor.user_id) if actor.user_id else None
    if user is None:
        raise NotFound("there is no such page")
    proven = tuple(place for place in user.addresses if place.verified_at) or tuple(user.addresses)
    if not proven:
        raise NotFound("there is no such page")
    draft = rows.draft_of(db, user.id, view.mlist.id, thread_id)
    return Desk(view, user, proven, tuple(view.mlist.topics), draft, Verdict(Action.ACCEPT), thread_id)


def _judged(db: Session, desk: Desk, now: datetime) -> Desk:
    """With what the rules say of harmless words from this person: asked of the rules themselves, so that nobody is told otherwise."""
    raw = compose.post(_writing(db, desk, Words(subject="?", text="?"), (), now))
    incoming = Incoming(mail_from=desk.default_address.email, received_at=now)
    submission = Submission(incoming, raw, 0, parse.parse(raw), Alignment.ALIGNED)
    verdict = judge(submission.post, submissions.facts_for(db, desk.mlist, submission))
    reasons = tuple(reason for reason in verdict.reasons if reason not in IN_THE_WORDS)
    return replace(desk, verdict=Verdict(verdict.action, reasons) if reasons else Verdict(Action.ACCEPT))


def sender_domain(db: Session, user_id: int, address_id: int | None) -> str:
    """The domain of one of this person's addresses: what the network is asked about before anything is sent."""
    place = db.get(Address, address_id) if address_id else None
    return address.domain_of(place.email) if place and place.user_id == user_id else ""


def keep(db: Session, desk: Desk, words: Words, files: Sequence[NewFile], key: str, now: datetime) -> Draft | None:
    """Keep what somebody has written so far. None where there is nothing to keep, or where it has been sent meanwhile. Raises Invalid."""
    draft = _held(db, desk)
    if rows.written_by_key(db, key) is not None:
        return None
    return desks.keep(db, draft, Draft(user_id=desk.user.id, list_id=desk.mlist.id, thread_id=desk.thread_id), words, files, room(db, desk.mlist), now)


def _held(db: Session, desk: Desk) -> Draft | None:
    """The draft as it is now. Whoever else writes it (a script that keeps it, another window) waits, and a draft that is sent is not begun again."""
    hold(db, desk.user.id)
    return rows.draft_of(db, desk.user.id, desk.mlist.id, desk.thread_id)


def room(db: Session, mlist: MailingList) -> int:
    """How many bytes of files go into one post of this list: in a mail three of them take four, and a line end now and then."""
    most = min(mlist.max_size or desks.LARGEST, outbox.settings_of(db).smtp.max_size)
    return max(0, most - FRAME) * 18 // 25


def send(db: Session, desk: Desk, words: Words, files: Sequence[NewFile], key: str, now: datetime, *, munge: bool = False, named: bool = False) -> Written:
    """Send it: once for each key. What the rules refuse stays as a draft. Raises Invalid or TooMany, with the words kept.

    `named`: its author has said that their name may be seen.
    """
    mlist = desk.mlist
    # Two at once with one key: the second waits here and then finds what became of the first.
    lock(db, mlist)
    known = rows.written_by_key(db, key)
    if known is not None:
        if known.user_id != desk.user.id:
            raise NotFound("there is no such page")
        return known
    draft = keep(db, desk, words, files, key, now)
    desks.check(words, draft, new=not desk.thread_id)
    digest = desks.digest(draft) if draft else b""
    again = rows.written_alike(db, desk.user.id, digest, now - HOUR)
    if again is not None:
        discard(db, desk)
        return again
    if not limits.within(db, "write", str(desk.user.id), now, HOUR, MANY):
        raise TooMany(N_("Many messages were sent within the hour. This one is kept as a draft and can be sent later."))
    incoming, state = submit(db, desk, words, desks.files_of(draft), now, munge=munge, named=named)
    if draft and state in (State.POSTED, State.HELD):
        db.delete(draft)
    written = Written(key=key, user_id=desk.user.id, list_id=mlist.id, incoming_id=incoming.id, digest=digest, at=now)
    db.add(written)
    db.flush()
    return written


def submit(db: Session, desk: Desk, words: Words, files: tuple[compose.File, ...], now: datetime, *, munge: bool, named: bool) -> tuple[Incoming, State]:
    """Make a mail of it, and let it go the way of every mail. Raises Invalid for what is to be asked without a name: by mail alone it can be."""
    mlist, writing = desk.mlist, _writing(db, desk, words, files, now)
    raw = compose.post(writing)
    post = parse.parse(raw)
    if doors.wants_no_name(post, to_list=True):
        raise Invalid(NAMELESS, email=writing.to)
    if not named and nameless.may_be_wished(post, own_subject=not desk.thread_id):
        raise NameWished(NAME_WISHED, email=writing.to)
    incoming = Incoming(raw_id=keep_raw(db, raw).id, message_id=writing.message_id, mail_from=writing.author.address, rcpt=writing.to, peer="web")
    incoming.received_at, incoming.list_id, incoming.attempts = now, mlist.id, 1
    db.add(incoming)
    db.flush()
    topic = topic_by_slug(db, mlist, words.topic) if words.topic and not desk.thread_id else None
    # Whoever is signed in has proven the address by a link that was sent there.
    submission = Submission(incoming, raw, incoming.raw_id, post, Alignment.ALIGNED, munge, topic)
    outcome = outcome_of(posting.submit(db, mlist, submission, now))
    return incoming, intake.finish(incoming, outcome.state, outcome.reasons, now)


def _writing(db: Session, desk: Desk, words: Words, files: tuple[compose.File, ...], now: datetime) -> Writing:
    settings, mlist = outbox.settings_of(db), desk.mlist
    place = next((one for one in desk.addresses if one.id == words.address_id), desk.default_address)
    return Writing(
        author=Mailbox(desk.user.name, place.email),
        to=links.list_address(settings, mlist.name),
        subject=_subject(db, desk) if desk.thread_id else compose.one_line(words.subject),
        text=words.text,
        message_id=compose.message_id(settings.site.domain).strip("<>"),
        date=now,
        language=language.guess(words.text) or desk.user.language or mlist.language,
        references=_references(db, desk),
        files=files,
    )


def _subject(db: Session, desk: Desk) -> str:
    # Not the page's form of it: where strangers read, that has lost its addresses.
    thread = thread_on_list(db, desk.mlist.id, desk.thread_id)
    return reply_subject(thread.subject if thread else desk.subject)


def _references(db: Session, desk: Desk) -> tuple[str, ...]:
    """What mail programs thread by: all that the answered message refers to, and itself."""
    if desk.answered is None:
        return ()
    message = message_by_hash(db, desk.mlist.id, desk.answered.post.hash)
    return (*message.refs.split(), message.message_id)[-archiving.MAX_REFS :] if message else ()


def quoted(desk: Desk) -> str:
    """The words of the answered message as a quotation."""
    return desks.quotation(desk.answered.post, desk.mlist.language) if desk.answered else ""


def discard(db: Session, desk: Desk) -> None:
    """Throw the draft away."""
    draft = _held(db, desk)
    if draft:
        db.delete(draft)
        db.flush()


def drop_file(db: Session, desk: Desk, file_id: int) -> None:
    """Take a file off the draft."""
    draft = _held(db, desk)
    if draft:
        draft.files = [file for file in draft.files if file.id != file_id]
        db.flush()
