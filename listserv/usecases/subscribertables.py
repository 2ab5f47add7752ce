"""The table of subscribers that listmonk exports: text in, people and what is known of them out.

Its columns are uuid, email, name, attributes, status, created_at, updated_at. How somebody stands on one list is not among them (listmonk
filters by it and does not write it down), so it can be said of the whole table; tables made by a query of one's own may have a column
`subscription_status`, or `lists` as listmonk's programs tell it.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from listserv.errors import Invalid
from listserv.mail import address
from listserv.mail.folding import fold
from listserv.usecases.membertables import as_written

# A table is listmonk's by one of these, beside the address.
ITS_OWN = frozenset(("uuid", "attributes", "attribs", "subscription_status"))
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?")
LANGUAGE_KEYS = ("language", "lang", "locale", "jezyk", "język")
FIRST_NAMES, LAST_NAMES = ("first_name", "firstname", "imie", "imię"), ("last_name", "lastname", "surname", "nazwisko")
TONGUES = {"pl": "pl", "polski": "pl", "polish": "pl", "pol": "pl", "en": "en", "english": "en", "angielski": "en", "eng": "en"}
NO_COLUMNS = "this is not a table that listmonk exports: its first line must name the columns email and uuid, attributes or subscription_status"


class Standing(StrEnum):
    """How somebody stands there."""

    # Gets mail; whether they have confirmed it is not known, or they have.
    ENABLED = "enabled"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    UNSUBSCRIBED = "unsubscribed"
    DISABLED = "disabled"
    BLOCKLISTED = "blocklisted"


# Of one list, as the whole table or a column of it may say.
SUBSCRIPTIONS = (Standing.CONFIRMED, Standing.UNCONFIRMED, Standing.UNSUBSCRIBED)


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A row of the table."""

    line: int
    email: str
    name: str
    standing: Standing
    language: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that cannot be used, and why."""

    line: int
    why: str


def read(text: str, standing: Standing | None = None) -> tuple[Sequence[Subscriber], Sequence[Unreadable]]:
    """The people of a table, and the rows that cannot be read. `standing`: how all of them stand on the list. Raises Invalid for another table."""
    # One long cell is no reason to read nothing; a quotation mark that is never closed is one, or it would swallow the rows behind it.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    reader = csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline=""), delimiter=_delimiter(text), strict=True)
    people, wrong, read_to = [], [], 0
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if "email" not in header or not ITS_OWN & set(header):
            raise Invalid(NO_COLUMNS)
        for cells in reader:
            read_to = reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            try:
                people.append(_subscriber(reader.line_num, dict(zip(header, (as_written(cell.strip()) for cell in cells), strict=False)), standing))
            except Invalid as why:
                wrong.append(Unreadable(reader.line_num, str(why)))
    except csv.Error as why:
        raise Invalid("the table cannot be read after line {line}: {why}", line=max(1, read_to), why=why) from None
    return people, wrong


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _subscriber(line: int, row: Mapping[str, str], standing: Standing | None) -> Subscriber:
    email = row.get("email", "")
    if "@" not in email:
        raise Invalid("there is no address")
    attributes = _attributes(row.get("attributes", "") or row.get("attribs", ""))
    return Subscriber(
        line, email, _name(row.get("name", ""), email, attributes), _standing(row, standing), _language(attributes), _moment(row.get("created_at", ""))
    )


def _standing(row: Mapping[str, str], of_all: Standing | None) -> Standing:
    status = row.get("status", "").lower() or Standing.ENABLED
    if status not in (Standing.ENABLED, Standing.DISABLED, Standing.BLOCKLISTED):
        raise Invalid("the status “{status}” is unknown: listmonk says enabled, disabled or blocklisted", status=status)
    if status != Standing.ENABLED:
        return Standing(status)
    said = _subscription(row)
    return said or of_all or Standing.ENABLED


def _subscription(row: Mapping[str, str]) -> Standing | None:
    """What is said of the list: of several, somebody stays who has left only some of them."""
    words = [row.get("subscription_status", ""), *_of_lists(row.get("lists", ""))]
    found = {word.strip().lower() for word in words}
    return next((standing for standing in SUBSCRIPTIONS if standing in found), None)


def _of_lists(text: str) -> list[str]:
    with suppress(ValueError):
        lists = json.loads(text)
        return [str(one.get("subscription_status", "")) for one in lists if isinstance(one, dict)] if isinstance(lists, list) else []
    return []


def _attributes(text: str) -> Mapping[str, Any]:
    """What else is kept of somebody; what cannot be read says nothing."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        return {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}
    return {}


def _name(name: str, email: str, attributes: Mapping[str, Any]) -> str:
    """Their name. Where none was given listmonk makes one of the address: that is none."""
    if name and fold(name) != fold(address.split(email)[0]) and "@" not in name:
        return name
    parts = (_first(attributes, FIRST_NAMES), _first(attributes, LAST_NAMES))
    return " ".join(part for part in parts if part) or _first(attributes, ("name", "full_name"))


def _first(attributes: Mapping[str, Any], keys: Sequence[str]) -> str:
    return next((value.strip() for key in keys if isinstance(value := attributes.get(key), str) and value.strip()), "")


def _language(attributes: Mapping[str, Any]) -> str:
    """Polish or English, where it is said; empty for any other, so that the list's is theirs."""
    said = _first(attributes, LANGUAGE_KEYS).lower()
    return TONGUES.get(said) or TONGUES.get(re.split(r"[-_]", said)[0], "")


def _moment(text: str) -> datetime | None:
    """`2024-03-05 10:15:30.123456 +0100 CET`, as its programming language writes moments; None for what is none."""
    found = MOMENT.match(text)
    if not found:
        return None
    zone = (found[3] or "Z").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year > 1990 else None
