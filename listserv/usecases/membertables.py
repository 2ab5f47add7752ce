"""Tables of members: ours, and those that groups.io and Google Groups export. Text in, new members or a reason out.

The form is known by the columns. Of the foreign ones, a column that is not known is passed over; in ours it is an error,
because somebody has misspelt it.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from digests import schedule
from listserv.errors import Invalid
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member, Role, Status
from listserv.usecases.administration import NewMember, read_value

OURS = ("email", "name", "role", "delivery", "schedule", "status", "language", "joined", "moderated")
NEEDED = ("email", "name", "role", "delivery")
# Of columns that nobody knows, so many are named: whoever took a wrong file sees that from a few.
MOST_NAMED = 8
Row = Mapping[str, str]
BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@dataclass(frozen=True, slots=True)
class Form:
    """A form of table: the program that writes it, and how a row of it is read."""

    name: str
    read: Callable[[Row], NewMember]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose form is known: line number and fields (by our names of the columns) of every row that is not empty."""

    form: Form
    rows: Iterator[tuple[int, Row]]


def decoded(raw: bytes) -> str:
    """A table's text: what its mark says, else UTF-8, else what older spreadsheets write in Poland."""
    for mark, codec in BOMS:
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1250", "replace")


FORMULAS = tuple("=+-@\t\r")


def harmless(cells: Iterable[str]) -> list[str]:
    """Cells of which no spreadsheet makes a formula."""
    return [f"'{cell}" if cell.lstrip("'").startswith(FORMULAS) else cell for cell in cells]


def as_written(cell: str) -> str:
    """The cell before `harmless`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULAS) else cell


def read(text: str) -> Table:
    """A table and its form, by its first lines. Raises Invalid for one that names no e-mail column."""
    lines = text.splitlines()
    head = next((line for line in lines[:3] if "mail" in line.lower()), lines[0] if lines else "")
    # Spreadsheets save with semicolons wherever the comma is the decimal sign; and with tabs when one copies out of them.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=False)
    header = _header(reader)
    form, names = _recognised(header)
    return Table(form, _rows(reader, names))


def _header(reader: Iterator[list[str]]) -> list[str]:
    """The names of the columns; in front of them Google writes a title."""
    first = [_plain(cell) for cell in _next(reader)]
    if first and first[0].startswith("members for group"):
        first = [_plain(cell) for cell in _next(reader)]
    return first


def _next(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as wrong:
        raise Invalid("the table cannot be read: {wrong}", wrong=wrong) from None


def _plain(cell: str) -> str:
    """A column's name for comparing: `Email_Delivery ` and `email delivery` are one."""
    return re.sub(r"[\s_]+", " ", cell.strip().lower())


def _recognised(header: list[str]) -> tuple[Form, list[str]]:
    """The form, and of each column our name for what is in it (empty: nothing for us)."""
    columns = set(header)
    if columns <= set(OURS) and "email" in columns:
        return Form("listserv", read_ours), header
    if columns & GOOGLES and "email address" in columns:
        return Form("Google Groups", read_google), [GOOGLE.get(name, "") for name in header]
    names = [GROUPSIO.get(name, "") for name in header]
    if columns & GROUPSIOS and "email" in names:
        return Form("groups.io", read_groupsio), names
    strange = [name[:40] for name in header if name not in OURS]
    wrong = ", ".join(strange[:MOST_NAMED]) + (f" and {len(strange) - MOST_NAMED} more" if len(strange) > MOST_NAMED else "")
    found = f"; unknown here: {wrong}" if wrong and "email" in columns else ""
    raise Invalid("the first line must name the columns: {columns} (email is needed){found}", columns=",".join(NEEDED), found=found)


def _rows(reader: Iterator[list[str]], names: list[str]) -> Iterator[tuple[int, Row]]:
    line = getattr(reader, "line_num", 0)
    try:
        for cells in reader:
            line = getattr(reader, "line_num", 0)
            if any(cell.strip() for cell in cells):
                yield line, {name: as_written(cell.strip()) for name, cell in reversed(list(zip(names, cells, strict=False))) if name}
    except csv.Error as wrong:
        raise Invalid("the table cannot be read after line {line}: {wrong}", line=line, wrong=wrong) from None


def read_ours(row: Row) -> NewMember:
    """A row of our own; empty fields mean the usual. Raises Invalid."""
    role = read_value(Member, "role", row.get("role", "").lower() or Role.MEMBER)
    delivery = read_value(Member, "delivery", row.get("delivery", "").lower() or DeliveryMode.EACH)
    status = read_value(Member, "status", row.get("status", "").lower() or Status.ENABLED)
    moderated = read_value(Member, "moderated", row.get("moderated", "") or "no")
    try:
        rhythm = str(schedule.parse(row.get("schedule") or DEFAULT_SCHEDULE))
    except ValueError as wrong:
        raise Invalid("schedule: {wrong}", wrong=wrong) from None
    tongue = row.get("language", "").lower()
    if tongue not in ("", "en", "pl"):
        raise Invalid("language: say en or pl")
    joined = _day(row.get("joined", ""))
    return NewMember(row.get("email", ""), row.get("name", ""), role, delivery, rhythm, tongue, status, moderated, joined)


# Google Groups, "Export members": seen in tables of other people; no real one was at hand.
GOOGLE = {
    "email address": "email",
    "nickname": "name",
    "group status": "role",
    "email status": "status",
    "email preference": "delivery",
    "posting permissions": "posting",
    **{f"join {part}": part for part in ("year", "month", "day", "hour", "minute", "second")},
}
GOOGLES = {"group status", "email preference", "posting permissions", "join year"}
# groups.io, "Download" on the page of members: its words are those of its own programs' interface and of its manual.
GROUPSIO = {
    **dict.fromkeys(("email", "email address", "e-mail"), "email"),
    **dict.fromkeys(("display name", "full name", "name"), "name"),
    **dict.fromkeys(("email delivery", "delivery", "delivery mode"), "delivery"),
    **dict.fromkeys(("mod status", "moderator status", "role"), "role"),
    **dict.fromkeys(("owner", "is owner"), "owner"),
    **dict.fromkeys(("moderator", "is moderator"), "moderator"),
    **dict.fromkeys(("post status", "posting status", "moderation status", "moderated", "posting privileges"), "posting"),
    **dict.fromkeys(("status", "member status", "sub status", "user status"), "status"),
    "bouncing": "bouncing",
    **dict.fromkeys(("joined", "date joined", "join date", "joined on", "created"), "joined"),
}
GROUPSIOS = {"email delivery", "display name", "full name", "mod status", "moderator status", "post status", "moderation status"} | {
    "posting status", "posting privileges", "sub status", "user status", "date joined", "bouncing", "member status",
}  # fmt: skip

# What the two call our words. The first whose mark is in the text counts.
ROLES = (("owner", Role.OWNER), ("manager", Role.MODERATOR), ("mod", Role.MODERATOR))
DELIVERIES = (
    (("no email", "no mail", "none", "web only", "special"), DeliveryMode.NONE),
    (("digest", "summary", "abridged", "plain"), DeliveryMode.DIGEST),
    (("single", "individual", "each", "every", "all", "email", "mail", "normal"), DeliveryMode.EACH),
)
# No members: why a row of theirs is left out.
NOT_MEMBERS = (
    (("ban",), "is banned there: `ban add LIST EMAIL` bars the address here, too"),
    (("invit",), "has been invited there and has not accepted"),
    (("pending", "request", "not confirmed", "unconfirmed"), "has asked to join there and is not a member yet"),
    (("removed", "left", "former"), "is no longer a member there"),
)
YES = ("yes", "true", "1", "y", "x", "on")
FREE = ("", "allowed", "no", "false", "0", "none", "default", "normal", "not moderated", "unmoderated", "group default", "override", "user unmoderated")


def read_google(row: Row) -> NewMember:
    """A row of Google Groups. Raises Invalid for who is no member."""
    _require_member(row, "role", "status")
    status = Status.BOUNCING if "bounc" in row.get("status", "").lower() else Status.ENABLED
    parts = [int(row.get(part, "")) if re.fullmatch(r"\d{1,4}", row.get(part, "")) else 0 for part in ("year", "month", "day", "hour", "minute", "second")]
    return _foreign(row, _role(row.get("role", "")), status, _moment(parts))


def read_groupsio(row: Row) -> NewMember:
    """A row of groups.io. Raises Invalid for who is no member."""
    _require_member(row, "status")
    words = [row.get("role", ""), *(key for key in ("owner", "moderator") if row.get(key, "").lower() in YES)]
    bounces = "bounc" in row.get("status", "").lower() or row.get("bouncing", "").lower() in (*YES, "bouncing")
    return _foreign(row, _role(" ".join(words)), Status.BOUNCING if bounces else Status.ENABLED, _day(row.get("joined", ""), strict=False))


def _foreign(row: Row, role: Role, status: Status, joined: datetime | None) -> NewMember:
    moderated = role is Role.MEMBER and _plain(row.get("posting", "").removeprefix("sub_poststatus_")) not in FREE
    delivery = _delivery(row.get("delivery", ""))
    return NewMember(row.get("email", ""), row.get("name", ""), role, delivery, status=status, moderated=moderated, joined_at=joined)


def _require_member(row: Row, *keys: str) -> None:
    for key in keys:
        for marks, why in NOT_MEMBERS:
            if any(mark in _plain(row.get(key, "")) for mark in marks):
                raise Invalid("{email} " + why, email=row.get("email", ""))


def _role(word: str) -> Role:
    """Owner, moderator, or member."""
    # `sub_modstatus_none` is the interface's word for no moderator.
    plain = _plain(word).replace("sub modstatus", "")
    return next((role for mark, role in ROLES if mark in plain and "unmoder" not in plain), Role.MEMBER)


def _delivery(word: str) -> DeliveryMode:
    """Each, digest or none; nothing said is each. Raises Invalid."""
    plain = _plain(word).replace("email delivery", "").strip()
    if not plain:
        return DeliveryMode.EACH
    for marks, mode in DELIVERIES:
        if any(mark in plain for mark in marks):
            return mode
    raise Invalid("the delivery “{word}” is unknown here: write each, digest or none", word=word)


def _moment(parts: list[int]) -> datetime | None:
    """A moment by its numbers; its zone is told in words that no table explains, so it is taken for UTC."""
    year, month, day, hour, minute, second = parts
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC) if year else None
    except ValueError:
        return None


def _day(text: str, *, strict: bool = True) -> datetime | None:
    """A moment as ISO 8601 writes it. Raises Invalid for others, where they are ours."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        # The first and the last day there are lie, in some zones, outside the calendar.
        if strict:
            raise Invalid("joined: write the day as 2026-03-03") from None
        return _american(text)


def _american(text: str) -> datetime | None:
    """`3/14/2021`, `Mar 14, 2021`, `14 Mar 2021`, `2021/03/14`, perhaps with a time behind; None where it is none of them."""
    day = re.match(r"\d{1,4}/\d{1,2}/\d{1,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{1,2} [A-Za-z]{3,9} \d{4}", text.strip())
    for form in ("%m/%d/%Y", "%m/%d/%y", "%Y/%m/%d", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y") if day else ():
        try:
            return datetime.strptime(day[0].replace(",", ""), form).replace(tzinfo=UTC) if day else None
        except ValueError:
            continue
    return None
