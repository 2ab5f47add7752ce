"""Meetings in the night in which clocks are changed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from listserv.mail import calendar, meetingcalendar, meetingclock, meetingplan
from listserv.mail.meetingplan import Plan

WARSAW, SPRING, AUTUMN = "Europe/Warsaw", datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)
NOW = datetime(2026, 3, 3, 10, 0)


def planned(start, end=""):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:1@example.org", "SUMMARY:Nocna lektura", f"DTSTART{start}", f"DTEND{end}" if end else ""]
    ics = "\r\n".join([line for line in lines if line] + ["END:VEVENT", "END:VCALENDAR", ""])
    event = calendar.event(b"Content-Type: text/calendar; charset=utf-8\r\n\r\n" + ics.encode())
    return meetingcalendar.plan_of(event, "", WARSAW, NOW)


@pytest.mark.parametrize("start", [";TZID=Europe/Warsaw:20260329T023000", ":20260329T023000"])
def test_an_hour_that_no_clock_shows_is_the_one_behind_the_gap_and_that_is_said(start):
    plan = planned(start)
    assert plan.starts == datetime(2026, 3, 29, 3, 30)
    (remark,) = [one for one in plan.notes if one.words == meetingplan.SKIPPED]
    assert remark.hours == (SPRING, datetime(2026, 3, 29, 3, 30))


@pytest.mark.parametrize("start", [":20260329T013000Z", ";TZID=America/New_York:20260328T213000", ";TZID=America/New_York:20260329T023000"])
def test_an_hour_of_elsewhere_that_is_one_here_needs_no_remark(start):
    assert not [one for one in planned(start).notes if one.words == meetingplan.SKIPPED]


def test_an_hour_that_comes_twice_is_the_first_one_and_that_is_said():
    (remark,) = meetingclock.twice(planned(";TZID=Europe/Warsaw:20261025T023000", ";TZID=Europe/Warsaw:20261025T050000"))
    assert (remark.words, remark.hours) == (meetingplan.TWICE, (AUTUMN,))
    (remark,) = meetingclock.twice(Plan("", AUTUMN - timedelta(hours=3), AUTUMN, WARSAW))
    assert remark.hours == (AUTUMN,), "its end, too"


@pytest.mark.parametrize("wall", [datetime(2026, 10, 25, 1, 59), datetime(2026, 10, 25, 3, 0), SPRING, datetime(2026, 7, 1, 2, 30)])
def test_no_other_hour_comes_twice(wall):
    assert not meetingclock.comes_twice(wall, WARSAW) and not meetingclock.comes_twice(AUTUMN, "UTC")


def test_what_is_no_hour_here_is_one_where_clocks_stay():
    assert meetingclock.is_skipped(SPRING, WARSAW) and not meetingclock.is_skipped(SPRING, "UTC")
    assert meetingclock.skipped(SPRING.replace(tzinfo=timezone(timedelta(hours=5))), WARSAW) is None
    assert meetingclock.skipped(SPRING.replace(tzinfo=UTC), WARSAW) is None
