"""What the calendar does for meetings: reminders by the clock of the place, and the question who came."""

from datetime import UTC, datetime, timedelta

import pytest

from listserv.store import meetingcounts
from listserv.store.lists import list_by_name
from listserv.store.meetings import MeetingState, attendees
from listserv.usecases import meetingdays, meetings
from listserv.usecases.access import CONSOLE
from tests.usecases.meet import STARTS, announced, run, say, the, until

HALINA, MAREK, ZOFIA = "Halina Okładka", "Marek Regał", "Zofia Lektura"


def reminders(office, to=None):
    return [one for one in office.letters() if one.kind == "meeting-reminder" and to in (None, one.to)]


def owed(site):
    with site.reading() as db:
        return sorted((one.what, one.who) for one in meetingdays.owed(db, site.now()))


def test_a_week_before_those_who_come_may_come_or_have_not_answered_are_reminded(office, site):
    number = announced(site)
    say(site, number, HALINA, "yes")
    say(site, number, MAREK, "no")
    say(site, number, ZOFIA, "maybe")

    until(site, STARTS, days=7, seconds=1)
    run(site)
    assert not reminders(office)
    until(site, STARTS, days=7)
    assert [who for what, who in owed(site)] == ["halina@example.org", "mod@example.org", "owner@example.org"]
    run(site)

    letters = {one.to: one for one in reminders(office)}
    assert set(letters) == {"halina@example.org", "mod@example.org", "owner@example.org"}
    assert "Czy" in letters["owner@example.org"].subject or "come" in letters["owner@example.org"].subject
    run(site)
    assert len(reminders(office)) == 3, "once"
    assert not owed(site)


def test_a_day_before_only_those_who_come_or_may_come_are_reminded(office, site):
    number = announced(site)
    say(site, number, HALINA, "yes")
    say(site, number, MAREK, "no")

    until(site, STARTS, days=1)
    run(site)

    assert [one.to for one in reminders(office)] == ["halina@example.org"], "nor is last week's reminder sent then"


def test_no_reminder_follows_an_invitation_within_a_day(office, site, clock):
    until(site, STARTS, days=7, hours=3)
    number = announced(site)
    say(site, number, HALINA, "yes")

    until(site, STARTS, days=7)
    run(site)
    assert not reminders(office)

    until(site, STARTS, days=1)
    run(site)
    assert [one.to for one in reminders(office)] == ["halina@example.org"]


def test_a_cancelled_meeting_reminds_nobody(office, site):
    number = announced(site)
    say(site, number, HALINA, "yes")
    with site.writing() as db:
        meetings.cancel(db, the(db, number), CONSOLE, site.now())

    until(site, STARTS, days=1)
    run(site)

    assert not reminders(office)


@pytest.mark.parametrize(
    ("day", "starts", "slot"),
    [
        # Clocks go forward on 29 March 2026, and back on 25 October.
        ("2026-03-27", datetime(2026, 3, 27, 15, 30, tzinfo=UTC), datetime(2026, 3, 20, 15, 30, tzinfo=UTC)),
        ("2026-03-30", datetime(2026, 3, 30, 14, 30, tzinfo=UTC), datetime(2026, 3, 23, 15, 30, tzinfo=UTC)),
        ("2026-10-26", datetime(2026, 10, 26, 15, 30, tzinfo=UTC), datetime(2026, 10, 19, 14, 30, tzinfo=UTC)),
    ],
)
def test_half_past_four_stays_half_past_four_when_clocks_are_changed(office, site, day, starts, slot):
    year, month, date = map(int, day.split("-"))
    number = announced(site, starts=datetime(year, month, date, 16, 30), ends=datetime(year, month, date, 18, 0))

    with site.reading() as db:
        meeting = the(db, number)
        assert meeting.starts_at == starts
        assert meetingdays.slot_of(meeting, timedelta(days=7)) == slot


def test_a_reminder_of_a_long_list_goes_on_where_it_stopped(office, site, monkeypatch):
    monkeypatch.setattr(meetingdays, "SLICE", 2)
    announced(site)
    until(site, STARTS, days=7)

    with site.writing() as db:
        meetingdays.remind(db, site.now())
    assert len(reminders(office)) == 2
    run(site)

    assert len({one.to for one in reminders(office)}) == 4
    assert len(reminders(office)) == 4


def test_when_it_is_over_its_moderator_is_asked_who_came_and_answers_in_a_line(office, site):
    number = announced(site)
    for name in (HALINA, MAREK, ZOFIA):
        say(site, number, name, "yes")

    until(site, STARTS, hours=-2)
    assert owed(site) == [("meeting-over", "owner@example.org")]
    run(site)

    (asked,) = [one for one in office.letters(to="owner@example.org") if one.kind == "meeting-who-came"]
    assert "1. Halina Okładka" in asked.text
    office.reply(asked, "nie było: 2")
    with site.reading() as db:
        meeting = the(db, number)
        assert meeting.state is MeetingState.OVER
        assert {one.user.name: one.came for one in attendees(db, meeting) if one.came is not None} == {HALINA: True, MAREK: False, ZOFIA: True}
        counts = meetingcounts.counts(db, list_by_name(db, "siecibp"), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
        assert counts == (1, 4, 3, 2)
    (noted,) = [one for one in office.letters(to="owner@example.org") if one.kind == "meeting-came-noted"]
    assert "Marek Regał" in noted.text
    office.reply(noted, "byli: wszyscy")
    with site.reading() as db:
        assert all(one.came for one in attendees(db, the(db, number)) if one.said == "yes")


def test_an_answer_that_is_none_is_asked_again_and_a_stranger_notes_nothing(office, site):
    number = announced(site)
    say(site, number, HALINA, "yes")
    until(site, STARTS, hours=-2)
    run(site)
    (asked,) = [one for one in office.letters(to="owner@example.org") if one.kind == "meeting-who-came"]

    office.reply(asked, "było bardzo miło")
    assert [one.kind for one in office.letters(to="owner@example.org")][-1] == "meeting-who-came"
    office.send("Obca <obca@example.org>", asked.mail["Reply-To"].split("@")[0], "Re", "byli: wszyscy")

    with site.reading() as db:
        assert all(one.came is None for one in attendees(db, the(db, number)))


def test_nobody_is_asked_about_a_meeting_to_which_nobody_wished_to_come(office, site):
    number = announced(site)
    until(site, STARTS, hours=-2)
    run(site)

    with site.reading() as db:
        assert the(db, number).state is MeetingState.OVER
    assert not [one for one in office.letters() if one.kind == "meeting-who-came"]


def test_where_meetings_are_turned_off_nobody_is_reminded_or_asked(office, site):
    number = announced(site)
    say(site, number, HALINA, "yes")
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = False

    for before in (timedelta(days=7), timedelta(days=1), timedelta(hours=-2)):
        until(site, STARTS - before)
        assert not owed(site)
        run(site)

    assert not [one for one in office.letters() if one.kind in ("meeting-reminder", "meeting-who-came")]
