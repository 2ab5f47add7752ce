"""The invitation, answer or cancellation that a mail carries (iCalendar, RFC 5545; iMIP, RFC 6047).

Read only when somebody asks. What is read is bounded before the library sees it, and line by line: calendars in mail are
often broken in one place and right in all others.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from listserv.mail import calendarzones, mime, winmail
from listserv.mail.calendarlines import NOTHING, Component, Page, Property, page_of, property_of
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mime import Part
from listserv.mail.text import one_line

TYPES = ("text/calendar", "application/ics", "text/x-vcalendar", "application/calendar")
NAMES = (".ics", ".vcs", ".ical", ".icalendar")
# In bytes and lines: an invitation to some hundred people is a third of it.
LONGEST = 1_048_576
MOST_FILES = 5
# A larger winmail.dat brings pictures.
LONGEST_ENVELOPE = 2_000_000

# In these somebody answers, and the answer stands at their name.
ANSWERS = ("REPLY", "COUNTER")
Read = TypeVar("Read")
LONGEST_URL = 1_000
WORD = re.compile(r"[A-Z][A-Z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Calendar:
    """What it says. Method and partstat in RFC 5546's words, in capitals; start in ISO 8601: a date where it lasts all day, without offset where it floats."""

    method: str | None
    uid: str | None
    summary: str | None
    start: str | None
    partstat: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """The same with what a sentence about it needs besides: `kind` in RFC 5545's words, `end` as `start`, `person` who answers, by name or address."""

    calendar: Calendar
    kind: str
    end: str | None = None
    duration: str = ""
    place: str = ""
    person: str = ""
    sequence: int = 0
    repeats: bool = False
    cancelled: bool = False
    # Its description, line by line, and its page.
    text: str = ""
    url: str = ""


def read(raw: bytes) -> Calendar | None:
    """The calendar that a mail carries; None where there is none that says anything. Any bytes give an answer."""
    try:
        root = mime.read(raw)
        authors = [mailbox.address.lower() for mailbox in mailboxes(root.all("from"))]
        return next(filter(None, (_of_part(part, authors, of_text) for part in _parts(root))), None)
    except Exception:  # noqa: BLE001 - the last net, as in parse: what nobody foresaw is no calendar
        return None


def event(raw: bytes) -> Event | None:
    """What a sentence about the calendar of a mail needs; None where it carries none that can be read. Any bytes give an answer."""
    try:
        root = mime.read(raw)
        authors = [mailbox.address.lower() for mailbox in mailboxes(root.all("from"))]
        return next(filter(None, (_of_part(part, authors, event_of) for part in _parts(root))), None)
    except Exception:  # noqa: BLE001 - as in `read`
        return None


def _parts(root: Part) -> list[Part]:
    """The parts that may hold one, the likeliest first; those in a winmail.dat last."""
    leaves = list(root.leaves())
    envelopes = [part for part in leaves if winmail.is_envelope(part)][:1]
    within = [file for part in envelopes if len(part.body) < LONGEST_ENVELOPE for file in winmail.opened(part, with_letter=False)[1]]
    return sorted(filter(_may_be, [*leaves, *within]), key=lambda part: part.type != TYPES[0])[:MOST_FILES]


def _may_be(part: Part) -> bool:
    return is_calendar(part.name, part.type)


def is_calendar(name: str, kind: str) -> bool:
    """May a file of this name and media type be a calendar?"""
    return kind.partition(";")[0] in TYPES or name.lower().endswith(NAMES)


def _of_part(part: Part, authors: Sequence[str], reader: Callable[..., Read]) -> Read:
    # Twice as much in base64 or quoted-printable; what follows nobody reads.
    part.body = part.body[: 2 * LONGEST]
    if part.data is not None:
        part.data = part.data[:LONGEST]
    return reader(part.text[:LONGEST], authors=authors, method=part.parameters.get("method", ""))


def of_text(text: str, *, authors: Sequence[str] = (), method: str = "") -> Calendar | None:
    """What an iCalendar file says; `method` counts where it names none, `authors` tell whose answer is meant where it names several."""
    page = page_of(text)
    return _calendar(page, page.best(), authors, method)


def event_of(text: str, *, authors: Sequence[str] = (), method: str = "") -> Event | None:
    """The same with its end, its place and who answers; None where it names no event."""
    page = page_of(text)
    best = page.best()
    found = _calendar(page, best, authors, method)
    if best is None or found is None:
        return None
    end = best.property("DTEND") if "DTEND" in best.lines else best.property("DUE")
    sequence = best.property("SEQUENCE").value.strip()
    return Event(
        found,
        best.kind,
        end=calendarzones.iso(end.value, end.parameters.get("TZID", ""), page.zones),
        duration=best.property("DURATION").value.strip().upper()[:40],
        place=best.words("LOCATION") or "",
        person=_person(best, authors) if found.partstat else "",
        sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 10 else 0,
        repeats="RRULE" in best.lines,
        cancelled=found.method == "CANCEL" or best.property("STATUS").value.strip().upper() == "CANCELLED",
        text="\n".join(one_line(line) for line in best.property("DESCRIPTION").value.split("\n")).strip(),
        url=one_line(best.property("URL").value)[:LONGEST_URL],
    )


def _calendar(page: Page, event: "Component | None", authors: Sequence[str], method: str) -> Calendar | None:
    known = _word(page.calendar.words("METHOD")) or _word(method)
    if event is None:
        return Calendar(known, page.calendar.words("UID"), None, None, None) if "METHOD" in page.calendar.lines else None
    when = event.property("DTSTART")
    return Calendar(
        method=known,
        uid=event.words("UID") or page.calendar.words("UID"),
        summary=event.words("SUMMARY"),
        start=calendarzones.iso(when.value, when.parameters.get("TZID", ""), page.zones),
        partstat=_partstat(event, authors) if known in ANSWERS else None,
    )


def _partstat(event: Component, authors: Sequence[str]) -> str | None:
    """The answer: of whoever sent it, where several are named."""
    return next((word for one in _answering(event, authors) if (word := _word(one.parameters.get("PARTSTAT")))), None)


def _person(event: Component, authors: Sequence[str]) -> str:
    who = next((one for one in _answering(event, authors) if _word(one.parameters.get("PARTSTAT"))), NOTHING)
    return one_line(who.parameters.get("CN", "") or who.value.strip()[7 * who.value.strip().lower().startswith("mailto:") :])[:200]


def _answering(event: Component, authors: Sequence[str]) -> list[Property]:
    attendees = [property_of(line) for line in event.attendees]
    own = [one for one in attendees if one.value.strip().lower().removeprefix("mailto:") in authors]
    return [*own, *attendees]


def _word(given: str | None) -> str | None:
    found = WORD.fullmatch((given or "").strip().upper())
    return found[0] if found else None
