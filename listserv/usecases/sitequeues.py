"""What waits on a whole site, told for people: each queue in pages, which domains wait, and a mail that was set aside, as far as it is safe to look.

A mail that was set aside has defeated what reads mails: here nothing reads it. Its beginning is shown as the bytes are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.store import sitequeues as rows
from listserv.store.queue import Incoming, State
from listserv.usecases import queueing, tracing
from listserv.usecases.traceevents import last_line, moment
from listserv.usecases.tracing import Trace

A_PAGE = 50
INCOMING, SHUNTED, POSTS, LETTERS, DELIVERIES = "incoming", "shunted", "posts", "letters", "deliveries"
# Of a mail that was set aside: so much is unpacked, and so much of its header and its body is shown.
UNPACKED, HEADER_SHOWN, BODY_SHOWN = 1 << 18, 32_000, 8_000
DOMAINS = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits."""

    id: int
    about: str
    mlist: str
    message_id: str
    since: datetime | None
    due: datetime | None
    attempts: int
    trouble: str
    # Of which post it is a copy.
    post: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of a queue, and where the next one begins (empty: there is none)."""

    kind: str
    lines: tuple[Line, ...]
    more: str


@dataclass(frozen=True, slots=True)
class Domain:
    """Copies for one domain among those looked at: how many wait, how many of them were tried before, until when, and what the relay said last."""

    name: str
    waiting: int
    tried: int
    next_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A mail that was set aside, or another one that came: its life, and of one set aside its header and its beginning, as bytes."""

    mail: Incoming
    life: Trace
    header: str = ""
    body: str = ""
    # Bytes that the mail has beyond what is shown.
    left: int = 0

    @property
    def is_aside(self) -> bool:
        """Can it be tried again, or thrown away?"""
        return self.mail.state is State.SHUNTED


def look(db: Session, kind: str, after: str = "") -> Queue:
    """A page of one queue. Raises NotFound for a queue that there is not."""
    if kind == POSTS:
        return Queue(kind, tuple(_post(row, words) for row, words in rows.posts(db, A_PAGE)), "")
    if kind == SHUNTED:
        return _shunted(db, after)
    if kind not in ASKED:
        raise NotFound("there is no such page")
    ask, tell = ASKED[kind]
    found = ask(db, A_PAGE + 1, _place(after))
    shown = found[:A_PAGE]
    return Queue(kind, tuple(map(tell, shown)), f"{shown[-1].due}-{shown[-1].id}" if len(found) > A_PAGE else "")


def _shunted(db: Session, after: str) -> Queue:
    place = _place(after)
    found = rows.shunted(db, A_PAGE + 1, (EPOCH + timedelta(microseconds=place[0]), place[1]) if place else None)
    shown = found[:A_PAGE]
    more = f"{(shown[-1].done_at - EPOCH) // timedelta(microseconds=1)}-{shown[-1].id}" if len(found) > A_PAGE else ""
    told = (Line(one.id, one.rcpt, "", one.message_id, one.done_at, None, one.attempts, last_line(one.trouble)) for one in shown)
    return Queue(SHUNTED, tuple(told), more)


def _place(text: str) -> tuple[int, int] | None:
    """Where a page begins, from its address; None for the first one, and for what means nothing."""
    due, _, number = text.partition("-")
    is_one = all(part.isascii() and part.isdigit() and len(part) < 18 for part in (due, number))
    return (int(due), int(number)) if is_one else None


def _incoming(row: Any) -> Line:
    return Line(row.id, row.rcpt, "", row.message_id, row.since, moment(row.due), row.attempts, last_line(row.trouble))


def _letter(row: Any) -> Line:
    return Line(row.id, row.to, row.kind, row.message_id or "", row.since, moment(row.due), row.attempts, row.answer)


def _delivery(row: Any) -> Line:
    said = row.answer or ""
    return Line(row.id, row.email or "", row.mlist or "", row.message_id or "", row.since, moment(row.due), row.attempts, said, post=row.outgoing_id)


def _post(row: Any, words: str) -> Line:
    return Line(row.id, row.subject, row.mlist, row.message_id, row.since, None, 0, words)


ASKED: dict[str, tuple[Callable[..., Sequence[Any]], Callable[[Any], Line]]] = {
    INCOMING: (rows.incoming, _incoming),
    LETTERS: (rows.letters, _letter),
    DELIVERIES: (rows.deliveries, _delivery),
}


def domains(db: Session) -> tuple[Domain, ...]:
    """For which domains copies wait, those that were put off first."""
    found: dict[str, list[Any]] = {}
    for row in rows.waiting_copies(db):
        found.setdefault((row.key or "").rpartition("@")[2], []).append(row)
    told = sorted((_domain(name, copies) for name, copies in found.items()), key=lambda one: (-one.tried, -one.waiting, one.name))
    return tuple(told[:DOMAINS])


def _domain(name: str, copies: list[Any]) -> Domain:
    tried = [row for row in copies if row.answer]
    last = max(tried, key=lambda row: row.at or 0, default=None)
    return Domain(name, len(copies), len(tried), moment(min((row.due for row in tried), default=None)), last.answer if last else "")


def mail(db: Session, number: int) -> Aside:
    """One mail that came. Raises NotFound."""
    row = db.get(Incoming, number)
    if row is None:
        raise NotFound("there is no such page")
    life = tracing.trace(db, str(number))[0]
    if row.state is not State.SHUNTED:
        return Aside(row, life)
    raw, size = rows.beginning(db, row.raw_id, UNPACKED)
    head, _, body = raw.partition(b"\r\n\r\n")
    shown_head, shown_body = head[:HEADER_SHOWN], body[:BODY_SHOWN]
    return Aside(row, life, _readable(shown_head), _readable(shown_body), max(0, size - len(shown_head) - len(shown_body) - 4))


def _readable(raw: bytes) -> str:
    """Bytes as a page can show them: what steers nothing, and turns the writing of nothing, is a sign of its own."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)


def hurry(db: Session, kind: str, number: int, *who: Any) -> None:
    """Try a letter, or the copies of a post, at once. Raises NotFound or Conflict."""
    if kind == LETTERS:
        queueing.retry_letter(db, number, *who)
    elif kind == POSTS:
        queueing.retry_post(db, number, *who)
    else:
        raise Conflict("only letters and posts wait for another attempt")
