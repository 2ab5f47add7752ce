"""Invitations for calendars: RFC 5545, 5546 and 6047, with the rules of the zone right on both sides of a change of clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from listserv.mail import calendar, imip, zonerules


def made(**more):
    facts = {"uid": "a@lists.example.org", "sequence": 0, "title": "Spotkanie", "starts": datetime(2026, 3, 12, 15, 30, tzinfo=UTC), "ends": datetime(2026, 3, 12, 17, tzinfo=UTC)}
    facts |= {"zone": "Europe/Warsaw", "stamp": datetime(2026, 3, 3, 9, tzinfo=UTC), "answer_to": "r+mabc@lists.example.org", "organizer": "Sieć BP", "attendee": "anna@example.org"}
    return imip.Invited(**facts | more)


def zone_of(page, name):
    return next(one for one in page.walk("VTIMEZONE") if one["tzid"] == name).to_tz()


@pytest.mark.parametrize("name", ["Europe/Warsaw", "Europe/London", "America/New_York", "Europe/Kyiv", "Australia/Sydney", "Asia/Tokyo", "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu"])
def test_the_rules_that_go_along_are_those_of_the_zone(name):
    page = Calendar.from_ical("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + zonerules.lines(name, 2026) + "END:VCALENDAR\r\n")
    carried, known = zone_of(page, name), ZoneInfo(name)
    for hours in range(0, 365 * 24, 12):
        wall = datetime(2026, 1, 1, 6) + timedelta(hours=hours)
        assert wall.replace(tzinfo=carried).utcoffset() == wall.replace(tzinfo=known).utcoffset(), wall


@pytest.mark.parametrize(("day", "offset"), [(datetime(2026, 3, 28, 15, tzinfo=UTC), 1), (datetime(2026, 3, 30, 15, tzinfo=UTC), 2), (datetime(2026, 10, 24, 15, tzinfo=UTC), 2), (datetime(2026, 10, 26, 15, tzinfo=UTC), 1)])
def test_both_sides_of_a_change_of_clocks(day, offset):
    ics = imip.calendar(made(starts=day, ends=day + timedelta(hours=1)), imip.REQUEST)
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    assert event["dtstart"].dt == day and event["dtstart"].dt.utcoffset() == timedelta(hours=offset)
    assert calendar.of_text(ics.decode()).start == day.astimezone(ZoneInfo("Europe/Warsaw")).isoformat()


def test_words_are_folded_and_escaped_and_come_back():
    title, place, text = 'Zażółć; gęślą, jaźń \\ "tak" ' + "ą" * 200, "ul. Długa 3; sala 2, Kraków", "Pierwsza\nDruga, trzecia;\n\nCzwarta \\n"
    ics = imip.calendar(made(title=title, place=place, text=text, name='Anna "Nowa": x;y'), imip.REQUEST)
    assert all(len(line) <= 75 for line in ics.split(b"\r\n")) and b"\n" not in ics.replace(b"\r\n", b"")
    (event,) = Calendar.from_ical(ics).walk("VEVENT")
    assert (str(event["summary"]), str(event["location"]), str(event["description"])) == (title, place, text)
    assert event["attendee"] == "mailto:anna@example.org" and event["attendee"].params["RSVP"] == "TRUE"


@pytest.mark.parametrize("evil", ["a\r\nATTENDEE:mailto:x@example.org", "a\nEND:VEVENT", "\x00\x07a", "\ud800a", "BEGIN:VALARM\r\nTRIGGER:-PT1M"])
def test_nobodys_words_become_lines_of_their_own(evil):
    ics = imip.calendar(made(title=evil, place=evil, text=evil, name=evil, organizer=evil), imip.REQUEST)
    page = Calendar.from_ical(ics)
    assert len(page.walk("VEVENT")) == 1 and not page.walk("VALARM")
    assert ics.count(b"\r\nATTENDEE") == 1 and ics.count(b"\r\nEND:VEVENT") == 1


@pytest.mark.parametrize(("method", "status"), [(imip.REQUEST, "CONFIRMED"), (imip.CANCEL, "CANCELLED")])
def test_the_method_and_the_status(method, status):
    page = Calendar.from_ical(imip.calendar(made(sequence=3), method))
    (event,) = page.walk("VEVENT")
    assert (page["method"], event["status"], event["sequence"]) == (method, status, 3)


def test_a_meeting_in_utc_brings_no_zone():
    assert b"VTIMEZONE" not in imip.calendar(made(zone="UTC"), imip.REQUEST)
