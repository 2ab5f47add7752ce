"""Mail comes in: who is meant, rows before 250, and the way of each to the verb that it is for.

One transaction takes a batch in (`receive`), one claims (`claim`, which counts the attempt before the work begins),
one does the work (`process`). What the network must be asked is asked between them (`prepare`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy.orm import Session

from listserv import jobs
from listserv.config import Settings
from listserv.dns import Resolver
from listserv.errors import NotFound
from listserv.mail import address
from listserv.mail.address import Role, Route
from listserv.mail.authentication import Alignment
from listserv.mail.echo import echo
from listserv.mail.outgoing import Dress
from listserv.mail.parse import Post, identify, parse
from listserv.store import arriving, inbox
from listserv.store.arriving import Arrival
from listserv.store.lists import MailingList, list_by_name, lists_with_alias
from listserv.store.packing import Content, content
from listserv.store.queue import Incoming, State, raw_bytes
from listserv.usecases import bouncing, outbox, posting, senders, settingaside, surveyaside, ways
from listserv.usecases.applicants import passes_through_an_alias
from listserv.usecases.arrivals import Letter
from listserv.usecases.routing import answer_for
from listserv.usecases.senders import Came, Sender
from listserv.words.terms import findable

ATTEMPTS = 3
# Addresses of what a list has to turn on, and its columns that say whether it has.
SWITCHES = {Role.BANK: "materials", Role.MEETING: "meetings", Role.SURVEY: "surveys"}
# An attempt that has not ended by then is taken for dead, and tried again.
LEASE = timedelta(minutes=5)
AGAIN_AFTER = timedelta(seconds=20)
# So long a mail server tries to hand over the same mail (RFC 5321 section 4.5.4.1), and a bit.
SENT_AGAIN = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Arriving:
    """One mail for one recipient, as a door received it."""

    mail_from: str
    rcpt: str
    peer: str
    message_id: str
    content: Content

    @classmethod
    def each(cls, mail_from: str, rcpts: Sequence[str], peer: str, raw: bytes) -> "list[Arriving]":
        """One for each recipient, packed and ready: done before the transaction, because packing costs time."""
        packed = content(raw)
        message_id = identify(raw, packed.sha256)
        return [cls.of(mail_from, rcpt, peer, message_id, packed) for rcpt in rcpts]

    @classmethod
    def of(cls, mail_from: str, rcpt: str, peer: str, message_id: str, packed: Content) -> "Arriving":
        """One mail for one recipient, its bytes packed already."""
        return cls(storable(mail_from), storable(rcpt), peer, message_id, packed)


def storable(text: str) -> str:
    """An envelope address as both databases can keep it: no NUL, nothing that is not UTF-8; the null sender is empty."""
    if text.strip() == "<>":
        return ""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:320]


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed mail, with what is needed to prepare it without the database."""

    incoming_id: int
    raw_id: int
    came: Came
    dress: Dress | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail understood: its value, and what is known of its sender."""

    incoming_id: int
    raw: bytes
    post: Post
    sender: Sender


def find_route(db: Session, rcpt: str) -> tuple[Route, MailingList | None]:
    """What an envelope recipient means. Raises NotFound where nobody is there."""
    settings = outbox.settings_of(db)
    local, domain = address.split(rcpt if "@" in rcpt else f"{rcpt}@")
    if not domain and local.lower() == "postmaster":
        # RFC 5321 section 4.5.1: the one address that needs no domain.
        return Route(Role.POSTMASTER), None
    if domain.lower().rstrip(".") != settings.site.domain.lower():
        return _by_alias(db, rcpt)
    route = address.read_local_part(local)
    if route is None:
        raise NotFound("no such address")
    if not route.name:
        return route, None
    mlist = list_by_name(db, route.name)
    if route.role in SWITCHES and (mlist is None or not getattr(mlist, SWITCHES[route.role])):
        # Of something that the list has not turned on: no address, unless a list was called so before there was such a thing.
        route, mlist = Route(Role.POST, local.lower()), list_by_name(db, local)
    if mlist is None:
        raise NotFound("no such address")
    return route, mlist


def _by_alias(db: Session, rcpt: str) -> tuple[Route, MailingList]:
    wanted = address.key(rcpt)
    for mlist in lists_with_alias(db):
        if wanted in {address.key(one) for one in mlist.alias.replace(",", " ").split()}:
            route = address.read_local_part(address.split(rcpt)[0])
            if not route or route.name != mlist.name:
                return Route(Role.POST, mlist.name), mlist
            if route.role in SWITCHES and not getattr(mlist, SWITCHES[route.role]):
                break
            return route, mlist
    raise NotFound("no such address")


def receive(db: Session, mails: Sequence[Arriving], now: datetime) -> list[int]:
    """Keep these mails: one row a recipient. When the transaction has ended, each may be answered with 250."""
    jobs.enqueue(db, "mails")
    raws = arriving.keep_contents(db, [mail.content for mail in mails])
    due = outbox.milliseconds(now)
    rows = [Arrival(raw_id, mail.message_id, mail.mail_from, mail.rcpt, mail.peer) for mail, raw_id in zip(mails, raws, strict=True)]
    return arriving.keep(db, rows, now, due)


def claim(db: Session, now: datetime, limit: int = 20, holder: int = 0) -> list[Work]:
    """Take mails to work on, oldest first. The attempt counts from here: a mail that kills its worker counts too."""
    work: list[Work] = []
    dress = cache(lambda rcpt: _dress(db, rcpt))
    # None is no sign that nothing waits: what was taken may have been set aside.
    while not work and (taken := inbox.claim(db, outbox.milliseconds(now), outbox.milliseconds(now + LEASE), limit, holder)):
        for row in taken:
            if row.attempts > ATTEMPTS:
                shunt(db, row, row.trouble or "its worker died three times while working on it", now)
            else:
                work.append(Work(row.id, row.raw_id, Came(row.peer, row.mail_from), dress(row.rcpt)))
    return work


def give_back(db: Session, holder: int, now: datetime) -> int:
    """The mails that this worker has claimed and not read, because the database went away: no attempt was made; how many they were."""
    return inbox.give_back(db, holder, outbox.milliseconds(now))


def _dress(db: Session, rcpt: str) -> Dress | None:
    try:
        mlist = find_route(db, rcpt)[1]
    except NotFound:
        return None
    return posting.dress_of(outbox.settings_of(db), mlist) if mlist else None


def raw_of(db: Session, work: Work) -> bytes:
    """The mail's bytes: one at a time, because many large ones may wait."""
    return raw_bytes(db, work.raw_id)


def prepare(work: Work, raw: bytes, settings: Settings, resolver: Resolver) -> Prepared:
    """Understand a mail and ask the network what must be asked: outside any transaction."""
    post = parse(raw)
    if work.dress:
        # For a list: perhaps it is archived, and its terms are a fifth of what that costs.
        findable(post)
    return Prepared(work.incoming_id, raw, post, senders.look(raw, post, work.came, work.dress, settings.auth, resolver))


def process(db: Session, mail: Prepared, now: datetime) -> State:
    """Do what a mail asks for. One transaction: either all of it has happened, or nothing."""
    incoming = db.get_one(Incoming, mail.incoming_id, with_for_update=True)
    if incoming.due is None:
        # Somebody was faster: our lease had ended.
        return incoming.state
    try:
        route, mlist = find_route(db, incoming.rcpt)
    except NotFound:
        # The list was removed between 250 and now.
        return finish(incoming, State.REFUSED, ("no-such-address",), now)
    came_before = route.role is not Role.POST and inbox.came_before(db, incoming, now - SENT_AGAIN)
    inbox.understood(db, incoming, mlist, None if came_before else echo(mail.post))
    if came_before:
        # Its sender had no 250, or did not hear it. Of posts the rules say the same (rules.questions.double).
        return finish(incoming, State.DISCARDED, ("double",), now)
    letter = Letter(incoming, mail.raw, mail.post, _alignment(db, mail, incoming, route, mlist), mail.sender.strict, mail.sender.munge, mail.sender.spam)
    outcome = answer_for(db, route, mlist, letter, now)
    state = finish(incoming, outcome.state, outcome.reasons, now)
    if letter.sender and not letter.by_a_machine and letter.alignment is not Alignment.FAILED:
        bouncing.heard_from(db, letter.sender, now)
    return state


def _alignment(db: Session, mail: Prepared, incoming: Incoming, route: Route, mlist: MailingList | None) -> Alignment:
    """Is the author proven? Where somebody's server passed a letter to the humans on to us, a failure may be that server's doing.

    It shows in the envelope, or in To where the server wrote an address of ours into the envelope.
    """
    found = mail.sender.alignment
    if found is not Alignment.FAILED or route.role in (Role.POST, Role.TOKEN):
        return found
    if not senders.is_trusted(incoming.peer, outbox.settings_of(db).auth.peers):
        # Straight to our port: anybody writes any envelope and any To there.
        return found
    ours = address.domain_of(f"x@{outbox.settings_of(db).site.domain}")
    if address.domain_of(incoming.rcpt) not in ("", ours) or (mlist and passes_through_an_alias(mail.post, mlist)):
        return Alignment.UNKNOWN
    return found


def finish(incoming: Incoming, state: State, reasons: Iterable[str], now: datetime) -> State:
    """The mail has reached its one visible state."""
    incoming.state, incoming.reasons = state, " ".join(reasons)
    incoming.due, incoming.holder, incoming.done_at = None, None, now
    ways.taken(incoming)
    return state


def trouble(db: Session, incoming_id: int, traceback: str, now: datetime) -> None:
    """Our own fault: try again a little later; after three attempts set the mail aside, where it can be seen and retried."""
    incoming = db.get_one(Incoming, incoming_id)
    if incoming.due is None:
        # Somebody else has brought it to its end meanwhile.
        return
    incoming.trouble = traceback
    if incoming.attempts >= ATTEMPTS:
        shunt(db, incoming, traceback, now)
        return
    incoming.due, incoming.holder = outbox.milliseconds(now + AGAIN_AFTER * incoming.attempts), None


def shunt(db: Session, incoming: Incoming, traceback: str, now: datetime) -> None:
    """Set a mail aside, and tell of it. `listserv queue retry` puts it back."""
    incoming.trouble = traceback
    if surveyaside.let_go(db, incoming, now):
        finish(incoming, State.REFUSED, (surveyaside.FAILED,), now)
        return
    finish(incoming, State.SHUNTED, ("failed-three-times",), now)
    try:
        route, mlist = find_route(db, incoming.rcpt)
    except NotFound:
        route, mlist = None, None
    settingaside.tell(db, incoming, route, mlist, now)


def retry(db: Session, incoming: Incoming, now: datetime) -> None:
    """Try a shunted mail again, from the beginning."""
    incoming.state, incoming.attempts, incoming.done_at = State.PENDING, 0, None
    incoming.due = outbox.milliseconds(now)
