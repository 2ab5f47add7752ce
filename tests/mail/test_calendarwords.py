"""One line about a calendar file."""

import pytest

from listserv.mail import calendar, calendarwords
from listserv.usecases import reading


def line(*lines, language="pl", zone="Europe/Warsaw", method="", links=True):
    text = "\n".join(["BEGIN:VCALENDAR", *([f"METHOD:{method}"] if method else []), "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])
    return calendarwords.summary(calendar.event_of(text), language, zone, links=links).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (("DTSTART:20260312T153000Z", "DTEND:20260312T170000Z"), "czwartek, 12 marca 2026, 16.30–18.00"),
        (("DTSTART;TZID=Europe/Warsaw:20260402T163000", "DURATION:PT1H30M"), "czwartek, 2 kwietnia 2026, 16.30–18.00"),
        (("DTSTART;TZID=Europe/London:20260402T163000",), "czwartek, 2 kwietnia 2026, 17.30"),
        (("DTSTART:20260312T163000",), "czwartek, 12 marca 2026, 16.30"),
        (("DTSTART;VALUE=DATE:20260312",), "czwartek, 12 marca 2026"),
        (("DTSTART;VALUE=DATE:20260312", "DTEND;VALUE=DATE:20260314"), "czwartek, 12 marca 2026 – piątek, 13 marca 2026"),
        (("DTSTART:20260312T220000Z", "DTEND:20260313T010000Z"), "czwartek, 12 marca 2026, 23.00 – piątek, 13 marca 2026, 2.00"),
        (("DTSTART:20260312T160000Z", "DTEND:20260312T150000Z"), "czwartek, 12 marca 2026, 17.00"),
        (("DTSTART:20260312T160000Z", "DURATION:P9999W"), "czwartek, 12 marca 2026, 17.00 – "),
        (("DTSTART:99991231T235900Z",), "31 grudnia 9999"),
        (("DTSTART:00010101T000000Z", "DTEND:00010101T010000Z"), "1"),
    ],
)
def test_when_is_told_by_the_readers_clock(lines, when):
    assert when in line("SUMMARY:Zebranie", *lines)


def test_a_joining_link_is_not_told_to_strangers():
    said = line("SUMMARY:Zebranie https://meet.example.org/abc", "LOCATION:https://meet.example.org/abc", "DTSTART:20260312T153000Z", links=False)

    assert "meet.example.org" not in said
    assert said.endswith("online")


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR", "\x00" * 50, "BEGIN:VEVENT\nSUMMARY", "DTSTART:20260312", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nEND:VEVENT"])
def test_what_says_nothing_cannot_be_read(text):
    assert calendarwords.summary(calendar.event_of(text), "en", "UTC") == "This calendar file cannot be read."


def test_reading_knows_a_calendar_by_the_same_names():
    assert (reading.CALENDARS, reading.CALENDAR_TYPES) == (calendar.NAMES, calendar.TYPES)
