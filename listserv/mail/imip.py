"""Invitations that calendars understand: iCalendar in a mail (RFC 5545, RFC 5546, RFC 6047)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, vCalAddress, vText
from icalendar.parser import Contentline

from listserv.mail import zonerules

PRODUCT = "-//listserv//meetings//EN"
# RFC 5546: what a mail may ask of a calendar.
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
FILE = "invite.ics"


@dataclass(frozen=True, slots=True)
class Invited:
    """One meeting as one person's calendar shall have it. `answer_to` is their private address: their calendar answers there."""

    uid: str
    sequence: int
    title: str
    starts: datetime
    ends: datetime
    zone: str
    stamp: datetime
    answer_to: str
    organizer: str
    attendee: str
    name: str = ""
    place: str = ""
    url: str = ""
    text: str = ""
    # PARTSTAT as the organizer knows it.
    partstat: str = "NEEDS-ACTION"
    language: str = ""


def calendar(invited: Invited, method: str) -> bytes:
    """The calendar object, folded and escaped (CRLF)."""
    same = replace(invited, answer_to="", attendee="", name="", partstat="")
    head, _, tail = _for_all(same, method).rpartition(b"\r\nSTATUS:")
    # What differs from person to person is two lines: the rest is made once for a hundred thousand.
    people = _line("ORGANIZER", _person(invited.answer_to, invited.organizer)) + _line("ATTENDEE", _attendee(invited, method))
    return bytes(head + b"\r\n" + people + b"STATUS:" + tail)


@lru_cache(maxsize=16)
def _for_all(invited: Invited, method: str) -> bytes:
    """The calendar object without its two people."""
    page = Calendar()
    page.add("prodid", PRODUCT)
    page.add("version", "2.0")
    page.add("calscale", "GREGORIAN")
    page.add("method", method)
    if invited.zone != "UTC":
        # RFC 5545 section 3.6.5: whoever names a zone brings its rules along.
        page.add_component(Component.from_ical(zonerules.lines(invited.zone, invited.starts.astimezone(ZoneInfo(invited.zone)).year)))
    page.add_component(event(invited, method))
    return bytes(page.to_ical())


def _line(name: str, person: vCalAddress) -> bytes:
    return bytes(Contentline.from_parts(name, person.params, person.to_ical().decode()).to_ical()) + b"\r\n"


def event(invited: Invited, method: str = REQUEST) -> Event:
    """The event without its people, as a feed has it too."""
    one = Event()
    one.add("uid", invited.uid)
    one.add("sequence", invited.sequence)
    one.add("dtstamp", invited.stamp.astimezone(UTC).replace(microsecond=0))
    zone = UTC if invited.zone == "UTC" else ZoneInfo(invited.zone)
    one.add("dtstart", invited.starts.astimezone(zone))
    one.add("dtend", invited.ends.astimezone(zone))
    one.add("summary", clean(invited.title))
    for name, value in (("location", invited.place or invited.url), ("description", _description(invited))):
        if value:
            one.add(name, clean(value))
    if invited.url:
        one.add("url", invited.url)
    one.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    one.add("transp", "OPAQUE")
    return one


def _description(invited: Invited) -> str:
    return "\n\n".join(part for part in (invited.text, invited.url if invited.place else "") if part)


def clean(text: str) -> str:
    """No control characters but line ends; nothing that cannot be encoded."""
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\r\n", "\n"))
    return kept.encode("utf-8", "replace").decode()


def _parameter(text: str) -> str:
    # RFC 5545 section 3.2: no double quote in a parameter.
    return clean(text).replace('"', "'").replace("\n", " ")


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["CN"] = vText(_parameter(name))
    return person


def _attendee(invited: Invited, method: str) -> vCalAddress:
    person = _person(invited.attendee, invited.name or invited.attendee)
    person.params["CUTYPE"] = vText("INDIVIDUAL")
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    person.params["PARTSTAT"] = vText(invited.partstat)
    if method == REQUEST:
        person.params["RSVP"] = vText("TRUE")
    return person
