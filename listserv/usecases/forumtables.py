"""Tables of a forum's posts, as Moodle exports them and as one question to Discourse's database gives them: rows in, mails out.

The same row is always the same bytes, so that a table can be brought twice. What a post answers is said as mails say it.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from typing import Any

from listserv.errors import Invalid

Row = Mapping[str, Any]
COLUMNS_OF = {
    "moodle": ("id", "parent", "userid", "userfullname", "created", "subject", "message"),
    "discourse": ("id", "topic_id", "post_number", "title", "created_at", "raw"),
}
NO_COLUMNS = "this is no table of posts from {forum}: its first line must name the columns {columns}; missing: {missing}"
NO_DATE = "{value!r} is no date; export dates as numbers (without “human-readable dates”)"
# Moodle's words for how a message is written.
HTML = {"", "0", "1"}
QUOTE = re.compile(r"\[quote(?:=\"([^\",]*)[^\]]*)?\]\n?(.*?)\n?\[/quote\]", re.S | re.I)
# Characters of a subject or a name; titles are shorter there.
LONGEST = 300
NUMBER = re.compile(r"[0-9]{1,19}")
SLOT = re.compile(r"[^A-Za-z0-9.-]")


class Forum(StrEnum):
    """Where a table comes from."""

    MOODLE = "moodle"
    DISCOURSE = "discourse"


@dataclass(frozen=True, slots=True)
class ForumPost:
    """One post; `above`: the id of what it answers, or none."""

    id: str
    above: str
    who: str
    name: str
    email: str
    at: datetime
    subject: str
    text: str
    is_html: bool = False


@dataclass
class Brought:
    """What stands in a table; `left_out`: how many rows for which reason, `unreadable`: (line, why)."""

    posts: list[ForumPost] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


def read(text: str, forum: Forum, people: Mapping[str, str] | None = None) -> Brought:
    """The posts of a table (CSV or JSON); `people`: an e-mail address for each of the forum's user ids. Raises Invalid for another table."""
    found, known = Brought(), people or {}
    every = list(_rows(text))
    missing = [name for name in COLUMNS_OF[forum] if not every or name not in every[0]]
    if missing:
        raise Invalid(NO_COLUMNS, forum=forum.value.capitalize(), columns=", ".join(COLUMNS_OF[forum]), missing=", ".join(missing))
    numbers = {(_cell(row, "topic_id"), _cell(row, "post_number")): _cell(row, "id") for row in every if NUMBER.fullmatch(_cell(row, "id"))}
    for line, row in enumerate(every, 2):
        why = _left_out(row, forum)
        if why:
            found.left_out[why] += 1
            continue
        try:
            found.posts.append(_moodle(row, known) if forum is Forum.MOODLE else _discourse(row, known, numbers))
        except ValueError as wrong:
            found.unreadable.append((line, str(wrong)))
    return found


def emails(text: str) -> dict[str, str]:
    """A table of users with the columns `id` and `email`. Raises Invalid where it has none."""
    rows = list(_rows(text))
    if not rows or not {"id", "email"} <= rows[0].keys():
        raise Invalid("the table of people must name the columns id and email in its first line")
    return {_cell(row, "id"): _cell(row, "email") for row in rows if "@" in _cell(row, "email")}


def mails(posts: Iterable[ForumPost], forum: Forum, host: str) -> Iterator[bytes]:
    """Each post as a mail; `host` stands in the Message-IDs, so that two forums do not collide."""
    for post in posts:
        made = EmailMessage(policy=SMTP)
        made["From"] = _author(post, host)
        made["Subject"] = post.subject
        made["Date"] = format_datetime(post.at)
        made["Message-ID"] = _message_id(post.id, forum, host)
        if post.above:
            made["In-Reply-To"] = _message_id(post.above, forum, host)
        made.set_content(post.text, subtype="html" if post.is_html else "plain", cte="quoted-printable")
        yield made.as_bytes()


def _rows(text: str) -> Iterator[Row]:
    """A table's rows, whichever of the usual ways it is written in."""
    start = text.lstrip()
    if start.startswith(("{", "[")):
        yield from _json_rows(start)
        return
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    head = start.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    for row in csv.DictReader(io.StringIO(start, newline=""), delimiter=separator):
        yield {str(name).strip().lower(): value for name, value in row.items() if name is not None}


def _json_rows(text: str) -> Iterator[Row]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("this is neither a table nor JSON that can be read") from None
    if isinstance(told, dict) and isinstance(told.get("columns"), list) and isinstance(told.get("rows"), list):
        yield from (dict(zip(told["columns"], row, strict=False)) for row in told["rows"] if isinstance(row, list))
        return
    waiting = [told]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting = one + waiting
        elif isinstance(one, dict):
            yield one


def _cell(row: Row, name: str) -> str:
    value = row.get(name)
    # JSON can hold halves of letters, and no mail can; nor can one hold NUL.
    return "" if value is None else str(value).replace("\0", "").encode("utf-8", "replace").decode("utf-8").strip()


def _left_out(row: Row, forum: Forum) -> str:
    """Why a row does not come: nobody ever saw it, or not everybody did."""
    if forum is Forum.MOODLE and _cell(row, "deleted") not in ("", "0"):
        return "deleted there"
    if forum is Forum.MOODLE and _cell(row, "privatereplyto") not in ("", "0"):
        return "private replies"
    words = _cell(row, "message" if forum is Forum.MOODLE else "raw")
    return "" if words else "empty"


def _moodle(row: Row, people: Mapping[str, str]) -> ForumPost:
    who, above = _cell(row, "userid"), _cell(row, "parent")
    return ForumPost(
        id=_id(row),
        above="" if above == "0" or not NUMBER.fullmatch(above) else above,
        who=who,
        name=_line(_cell(row, "userfullname")),
        email=people.get(who, ""),
        at=_moment(_cell(row, "created")),
        subject=_line(_cell(row, "subject")),
        text=_cell(row, "message"),
        is_html=_cell(row, "messageformat") in HTML,
    )


def _discourse(row: Row, people: Mapping[str, str], numbers: Mapping[tuple[str, str], str]) -> ForumPost:
    topic, number, title = _cell(row, "topic_id"), _cell(row, "post_number"), _line(_cell(row, "title"))
    first = number == "1"
    # What answers nothing in particular answers the topic; a post that was deleted is not there to be answered.
    above = "" if first else numbers.get((topic, _cell(row, "reply_to_post_number") or "1")) or numbers.get((topic, "1"), "")
    who = _cell(row, "user_id") or _cell(row, "username")
    return ForumPost(
        id=_id(row),
        above=above,
        who=who,
        name=_line(_cell(row, "name") or _cell(row, "username")),
        email=_cell(row, "email") or people.get(who, ""),
        at=_moment(_cell(row, "created_at")),
        subject=title if first else f"Re: {title}",
        text=QUOTE.sub(_quoted, _cell(row, "raw")),
    )


def _quoted(found: re.Match[str]) -> str:
    """A quotation as mails have it."""
    head = f"{found[1]}:\n" if found[1] else ""
    return head + "\n".join(f"> {line}" for line in found[2].strip().splitlines()) + "\n"


def _id(row: Row) -> str:
    value = _cell(row, "id")
    if not NUMBER.fullmatch(value):
        raise ValueError(f"{value[:40]!r} is no number of a post")
    return value


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text[:LONGEST]).split())


def _moment(value: str) -> datetime:
    """Seconds since 1970, or a date with a time; UTC where no zone is said."""
    try:
        if NUMBER.fullmatch(value):
            return datetime.fromtimestamp(int(value), UTC)
        found = datetime.fromisoformat(value.replace(" UTC", "+00:00"))
    except (ValueError, OverflowError, OSError):
        raise ValueError(NO_DATE.format(value=value[:40])) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _author(post: ForumPost, host: str) -> Address:
    """Who wrote it; somebody whose address is not known has one at which no mail arrives."""
    try:
        return Address(post.name, addr_spec=post.email) if post.email else _nowhere(post, host)
    except (MessageError, ValueError, IndexError):
        return _nowhere(post, host)


def _nowhere(post: ForumPost, host: str) -> Address:
    return Address(post.name, username=f"user-{SLOT.sub('-', post.who) or '0'}", domain=host if host.endswith(".invalid") else f"{host}.invalid")


def _message_id(number: str, forum: Forum, host: str) -> str:
    return f"<{forum}.{number}@{host}>"
