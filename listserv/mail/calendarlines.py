"""The lines of an iCalendar file, as far as somebody asks for them: bounded, and read one by one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from icalendar.parser import Contentline

from listserv.mail import calendarzones
from listserv.mail.text import one_line

MOST_LINES = 8_000
# Of one line, unfolded, and of what is told of it.
LONGEST_LINE = 4_000
LONGEST_WORDS = 1_000
# The library reads a line letter by letter.
MOST_ATTENDEES = 40
LONGEST_ATTENDEE = 1_000

# Not from within a run of empty lines: those may be all there is.
FOLD = re.compile(r"(?<!\n)\n++[ \t]")
LINE = re.compile(r"[^\n]++")
NAME = re.compile(r"[A-Za-z-]++")
# More than one before a parameter.
SEMICOLONS = re.compile(r";{2,}")
KEPT = ("UID", "SUMMARY", "DTSTART", "RECURRENCE-ID", "ATTENDEE", "DTEND", "DUE", "DURATION", "LOCATION", "STATUS", "RRULE", "SEQUENCE", "DESCRIPTION", "URL")
# The best first. A time zone or an alarm alone is no calendar that says something.
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")


@dataclass(frozen=True, slots=True)
class Property:
    parameters: Mapping[str, str]
    value: str


NOTHING = Property({}, "")


@dataclass(slots=True)
class Component:
    """One event: the first line of each of its properties, and its attendees'. They are read when they are asked for."""

    kind: str = ""
    lines: dict[str, str] = field(default_factory=dict)
    attendees: list[str] = field(default_factory=list)

    def keep(self, name: str, line: str) -> None:
        self.lines.setdefault(name, line)
        if name == "ATTENDEE" and len(self.attendees) < MOST_ATTENDEES:
            self.attendees.append(line[:LONGEST_ATTENDEE])

    def property(self, name: str) -> Property:
        return property_of(self.lines[name]) if name in self.lines else NOTHING

    def words(self, name: str) -> str | None:
        return one_line(self.property(name).value)[:LONGEST_WORDS].rstrip() or None


def page_of(text: str) -> "Page":
    """A calendar's text, taken apart."""
    page = Page()
    page.fill(_lines(text))
    return page


def _lines(text: str) -> Iterator[str]:
    """The lines, unfolded, the first of them. Some programs leave an empty line at each fold."""
    whole = FOLD.sub("", text.lstrip("\ufeff"))
    for number, found in enumerate(LINE.finditer(whole)):
        if number == MOST_LINES:
            return
        yield found[0][:LONGEST_LINE].strip()


@dataclass(slots=True)
class Page:
    """A calendar in the making: what stands at its top, its time zones and its components that say something."""

    calendar: Component = field(default_factory=Component)
    components: list[Component] = field(default_factory=list)
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
            self.components.append(Component(kind))
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

    def _keep(self, component: Component, names: Sequence[str], line: str) -> None:
        name = NAME.match(line)
        if name is not None and name[0].upper() in names:
            component.keep(name[0].upper(), line)

    def best(self) -> Component | None:
        """The first event, before tasks and the like; of a series its head and not one of its exceptions."""
        return min(self.components, key=lambda one: (KINDS.index(one.kind), "RECURRENCE-ID" in one.lines), default=None)


def property_of(line: str) -> Property:
    """A line's parameters and value, escapes resolved; empty where it is no such line."""
    head, colon, value = line.partition(":")
    try:
        _, given, value = Contentline(SEMICOLONS.sub(";", head).rstrip(";") + colon + value).parts()  # type: ignore[no-untyped-call]
    except (ValueError, AssertionError):
        return NOTHING
    return Property({name.upper(): one if isinstance(one, str) else ",".join(one) for name, one in given.items()}, value)
