"""Calendars of many programs: what our reader tells of them is what they state."""

import re
from functools import partial

import icalendar
import pytest

from listserv.i18n import translations
from listserv.mail import calendar, calendarwords
from tests.corpus import corpus
from tests.growth import takes

pytestmark = corpus.needed
CATEGORY = "H-calendar"
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")


def calendars():
    for name in corpus.files(CATEGORY):
        raw = corpus.read(CATEGORY, name)
        yield name, raw if name.endswith(".eml") else b"Content-Type: text/calendar; charset=utf-8\r\n\r\n" + raw


def stated(raw):
    """What the library's own reader, which takes only whole calendars, finds in the first event; nothing where it refuses the file."""
    try:
        components = icalendar.Calendar.from_ical(raw.partition(b"\r\n\r\n")[2], multiple=True)
    except ValueError:
        return
    events = [event for kind in KINDS for top in components for event in top.walk(kind)]
    event = min(events, key=lambda one: "RECURRENCE-ID" in one, default={})
    first = {name: event[name][0] if isinstance(event[name], list) else event[name] for name in ("UID", "SUMMARY", "DTSTART") if name in event}
    if components and "METHOD" in components[0]:
        yield "method", str(components[0]["METHOD"])
    yield from ((key, str(first[name]).strip()) for key, name in (("uid", "UID"), ("summary", "SUMMARY")) if name in first)
    if isinstance(first.get("DTSTART"), icalendar.vDDDTypes):
        yield "start", first["DTSTART"].dt.isoformat()


@pytest.mark.filterwarnings("ignore:.*globally unique TZID")
def test_what_calendars_state_is_told():
    """Of the 201 values that the library finds in these files none is missed now."""
    right, wrong = 0, []
    for name, raw in calendars():
        if name.endswith(".eml"):
            continue
        found = calendar.read(raw)
        for key, value in stated(raw):
            told = getattr(found, key, None)
            right += told == value
            wrong += [(name, key, value, told)] if told != value else []

    assert right > 190
    assert right / (right + len(wrong)) >= 0.97, wrong


def test_answers_say_who_comes():
    answers = {name: calendar.read(raw).partstat for name, raw in calendars() if calendar.read(raw) and calendar.read(raw).method == "REPLY"}

    assert answers.pop("nylas/invite_w_rsvps2.ics") == "TENTATIVE"
    assert answers.pop("nylas/invite_w_rsvps_4.ics") == "DECLINED"
    assert set(answers.values()) == {None}, "free and busy times are nobody's answer"


def test_a_file_attached_to_a_mail_is_found():
    found = calendar.read(corpus.read(CATEGORY, "rspamd/ics.eml"))

    assert (found.method, found.summary, found.start) == ("PUBLISH", "http://test.com", "2019-11-22T09:00:00+03:00")


def test_no_calendar_takes_long():
    for name, raw in calendars():
        assert takes(partial(calendar.read, raw), 0.1) < 0.1, name


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_file_gives_one_readable_line_or_says_plainly_that_it_cannot_be_read(language):
    cannot = translations(language).gettext(calendarwords.CANNOT)
    lines = {name: calendarwords.summary(calendar.event(raw), language, "Europe/Warsaw", links=False) for name, raw in calendars()}

    for name, line in lines.items():
        assert line.strip() and "\n" not in line and len(line) < 700, name
        assert not re.search(r"BEGIN:|DTSTART|PT\d+H|\d{8}T\d{6}|None\b|\\,|https?://", line), (name, line)
    unreadable = [name for name, line in lines.items() if line == cannot]
    # Those with a title or a time are told.
    assert [name for name in unreadable if (found := calendar.event(dict(calendars())[name])) and (found.calendar.summary or found.calendar.start)] == []
    assert len(unreadable) < 27, unreadable


def test_a_line_names_what_when_where_and_what_is_asked():
    def line(name):
        return calendarwords.summary(calendar.event(dict(calendars())[name]), "en", "Europe/Warsaw").replace("\N{NO-BREAK SPACE}", " ")

    assert line("nylas/gcal_v1.ics") == (
        "Invitation: the Strokes · Friday, 20 March 2015, 0:30–1:30 · Olympia Hall, 28 Boulevard des Capucines, 75009 Paris, France"
    )
    assert line("nylas/icloud_cancelled2.ics") == "Cancelled: New Era · Tuesday, 31 March 2015, 4:30–5:30"
    assert line("nylas/invite_w_rsvps2.ics") == "Answer “maybe”: Spot le chien · Wednesday, 1 April 2015, 16:00–16:30 · Inbox Apptest"
    assert line("nylas/invite_w_rsvps_4.ics") == "Answer “no”: Spot le chien · Wednesday, 1 April 2015, 16:00–16:30 · Karim Hamidou"
    assert line("icalendar/calendars/example.ics") == "In the calendar: New Year's Day · Saturday, 1 January 2022"
    assert line("nylas/icloud_oneday_event.ics").startswith("Invitation: An all-day meeting about meetings · Monday, 16 March 2015 · 1, Infinite Loop")
    assert line("icalendar/calendars/empty.ics") == "This calendar file cannot be read."


def test_answers_of_real_clients_are_for_the_meeting_they_name():
    for name, partstat in (("nylas/invite_w_rsvps2.ics", "TENTATIVE"), ("nylas/invite_w_rsvps_4.ics", "DECLINED")):
        event = calendar.event(dict(calendars())[name])
        assert (event.calendar.method, event.calendar.uid, event.calendar.partstat, event.sequence) == ("REPLY", "cccc@nylas.com", partstat, 0)


def test_no_line_takes_long():
    for name, raw in calendars():
        assert takes(partial(calendar.event, raw), 0.1) < 0.1, name
