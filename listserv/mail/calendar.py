"""The invitation, answer or cancellation that a mail carries (iCalendar, RFC 5545; iMIP, RFC 6047).

Read only when somebody asks. What is read is bounded before the library sees it, and line by line: calendars in mail are
often broken in one place and right in all others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from listserv.mail import calendarzones, mime, winmail
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mime import Part
from listserv.mail.text import one_line

TYPES = ("text/calendar", "application/ics", "text/x-vcalendar", "application/calendar")
NAMES = (".ics", ".vcs", ".ical", ".icalendar")
# In bytes and lines: an invitation to some hundred people is a third of it.
LONGEST = 1_048_576
MOST_LINES = 8_000
# Of one line, unfolded, and of what is told of it.
LONGEST_LINE = 4_000
LONGEST_WORDS = 1_000
# The library reads a line letter by letter.
MOST_ATTENDEES = 40
LONGEST_ATTENDEE = 1_000
MOST_FILES = 5
# A larger winmail.dat brings pictures.
LONGEST_ENVELOPE = 2_000_000

# Not from within a run of empty lines: those may be all there is.
FOLD = re.compile(r"(?<!\n)\n++[ \t]")
LINE = re.compile(r"[^\n]++")
NAME = re.compile(r"[A-Za-z-]++")
# More than one before a parameter.
SEMICOLONS = re.compile(r";{2,}")
KEPT = ("UID", "SUMMARY", "DTSTART", "RECURRENCE-ID", "ATTENDEE")
# The best first. A time zone or an alarm alone is no calendar that says something.
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")
# In these somebody answers, and the answer stands at their name.
ANSWERS = ("REPLY", "COUNTER")
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
class _Property:
    parameters: Mapping[str, str]
    value: str


NOTHING = _Property({}, "")


@dataclass(slots=True)
class _Component:
    """One event: the first line of each of its properties, and its attendees'. They are read when they are asked for."""

    kind: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    attendees: list[str] = field(default_factory=list)

    def keep(self, name: str, line: str) -> None:
        self.lines.setdefault(name, line)
        if name == "ATTENDEE" and len(self.attendees) < MOST_ATTENDEES:
            self.attendees.append(line[:LONGEST_ATTENDEE])

    def property(self, name: str) -> _Property:
        return _property(self.lines[name]) if name in self.lines else NOTHING

    def words(self, name: str) -> str | None:
        return one_line(self.property(name).value)[:LONGEST_WORDS].rstrip() or None


def read(raw: bytes) -> Calendar | None:
    """The calendar that a mail carries; None where there is none that says anything. Any bytes give an answer."""
    try:
        root = mime.read(raw)
        authors = [mailbox.address.lower() for mailbox in mailboxes(root.all("from"))]
        return next(filter(None, (_of_part(part, authors) for part in _parts(root))), None)
    except Exception:  # noqa: BLE001 - the last net, as in parse: what nobody foresaw is no calendar
        return None


def _parts(root: Part) -> list[Part]:
    """The parts that may hold one, the likeliest first; those in a winmail.dat last."""
    leaves = list(root.leaves())
    envelopes = [part for part in leaves if winmail.is_envelope(part)][:1]
    within = [file for part in envelopes if len(part.body) < LONGEST_ENVELOPE for file in winmail.opened(part, with_letter=False)[1]]
    return sorted(filter(_may_be, [*leaves, *within]), key=lambda part: part.type != TYPES[0])[:MOST_FILES]


def _may_be(part: Part) -> bool:
    return part.type in TYPES or part.name.lower().endswith(NAMES)


def _of_part(part: Part, authors: Sequence[str]) -> Calendar | None:
    # Twice as much in base64 or quoted-printable; what follows nobody reads.
    part.body = part.body[: 2 * LONGEST]
    if part.data is not None:
        part.data = part.data[:LONGEST]
    return of_text(part.text[:LONGEST], authors=authors, method=part.parameters.get("method", ""))


def of_text(text: str, *, authors: Sequence[str] = (), method: str = "") -> Calendar | None:
    """What an iCalendar file says; `method` counts where it names none, `authors` tell whose answer is meant where it names several."""
    page = _Page()
    page.fill(_lines(text))
    event = page.best()
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


def _partstat(event: _Component, authors: Sequence[str]) -> str | None:
    """The answer: of whoever sent it, where several are named."""
    attendees = [_property(line) for line in event.attendees]
    own = [one for one in attendees if one.value.strip().lower().removeprefix("mailto:") in authors]
    return next((word for one in (*own, *attendees) if (word := _word(one.parameters.get("PARTSTAT")))), None)


def _word(given: str | None) -> str | None:
    found = WORD.fullmatch((given or "").strip().upper())
    return found[0] if found else None


def _lines(text: str) -> Iterator[str]:
    """The lines, unfolded, the first of them. Some programs leave an empty line at each fold."""
    whole = FOLD.sub("", text.lstrip("\ufeff"))
    for number, found in enumerate(LINE.finditer(whole)):
        if number == MOST_LINES:
            return
        yield found[0][:LONGEST_LINE].strip()


@dataclass(slots=True)
class _Page:
    """A calendar in the making: what stands at its top, its time zones and its components that say something."""

    calendar: _Component = field(default_factory=_Component)
    components: list[_Component] = field(default_factory=list)
    zones: dict[str, calendarzones.Rules] = field(default_factory=dict)
    zone: calendarzones.Rules | None = None
    open: list[str] = field(default_factory=list)

    def fill(self, lines: Iterable[str]) -> None:
        for line in lines:
            name = line[:20].upper()
            if name.startswith("BEGIN:"):
                self._begin(line[6:].strip().upper())
            elif name.startswith("END:"):
                self._end(line[4:].strip().upper())
            elif self.zone is not None:
                self._of_zone(self.zone, line)
            elif not self.open or self.open[-1] == "VCALENDAR":
                self._keep(self.calendar, ("METHOD", "UID"), line)
            elif self.open[-1] in KINDS and self.components:
                self._keep(self.components[-1], KEPT, line)

    def _begin(self, kind: str) -> None:
        if kind == "VTIMEZONE":
            self.zone = calendarzones.Rules()
        elif self.zone is not None:
            self.zone.begin()
        elif kind in KINDS:
            # One that was never closed is over where the next begins.
            self.open = [one for one in self.open if one not in KINDS]
            self.components.append(_Component(kind))
        self.open = [*self.open[-10:], kind]

    def _end(self, kind: str) -> None:
        if kind == "VTIMEZONE":
            self.zone = None
        if kind in self.open:
            while self.open.pop() != kind:
                pass

    def _of_zone(self, zone: calendarzones.Rules, line: str) -> None:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        if name == "TZID":
            self.zones.setdefault(value.strip(), zone)
        else:
            zone.keep(name, value.strip())

    def _keep(self, component: _Component, names: Sequence[str], line: str) -> None:
        name = NAME.match(line)
        if name is not None and name[0].upper() in names:
            component.keep(name[0].upper(), line)

    def best(self) -> _Component | None:
        """The first event, before tasks and the like; of a series its head and not one of its exceptions."""
        return min(self.components, key=lambda one: (KINDS.index(one.kind), "RECURRENCE-ID" in one.lines), default=None)


def _property(line: str) -> _Property:
    """A line's parameters and value, escapes resolved; empty where it is no such line."""
    head, colon, value = line.partition(":")
    try:
        _, given, value = Contentline(SEMICOLONS.sub(";", head).rstrip(";") + colon + value).parts()  # type: ignore[no-untyped-call]
    except (ValueError, AssertionError):
        return NOTHING
    return _Property({name.upper(): one if isinstance(one, str) else ",".join(one) for name, one in given.items()}, value)
