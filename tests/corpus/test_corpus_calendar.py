"""Calendars of many programs: what our reader tells of them is what they state."""

from functools import partial

import icalendar
import pytest

from listserv.mail import calendar
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
