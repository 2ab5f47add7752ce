"""Whoever comes to a list after its meeting was announced is invited too."""

import pytest

from listserv.store.calendar import CalendarRun
from listserv.store.lists import list_by_name
from listserv.store.meetings import Said
from listserv.store.members import member_by_key
from listserv.usecases import administration, meetingdays, meetings
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.usecases.meet import STARTS, announced, answers, run, say, the, until

NOWA = "nowa@example.org"


@pytest.fixture
def number(site, office):
    """A meeting to which everybody has been invited."""
    found = announced(site)
    office.new_letters()
    return found


def comes(site, email=NOWA, name="Nowa Osoba", **more):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), email, site.now(), name=name, **more)


def invited(site, office, clock, kind="meeting-invitation"):
    """Who is invited by what the calendar does two minutes later."""
    clock.move(minutes=2)
    run(site)
    return [one for one in office.new_letters() if one.kind == kind]


def test_whoever_joins_after_the_announcement_gets_an_invitation_that_their_calendar_answers(site, office, clock, number):
    comes(site)
    with site.reading() as db:
        assert [(one.what, one.who) for one in meetingdays.owed(db, clock.move(minutes=2))] == [("meeting-newcomers", NOWA)]
    (letter,) = invited(site, office, clock)

    assert letter.to == NOWA and "Spotkanie z ekspertem" in letter.text and "r+m" in str(letter.mail["Reply-To"])
    assert any(part.get_content_type() == "text/calendar" for part in letter.mail.walk())
    office.reply(letter, "Będę", sender=f"Nowa Osoba <{NOWA}>")
    assert answers(site, number)["Nowa Osoba"] == "yes"
    assert not [one for one in invited(site, office, clock) if one.to == NOWA], "once"
    with site.reading() as db:
        assert not meetingdays.owed(db, clock())


def test_nobody_is_invited_twice_whatever_is_done_on_the_list(site, office, clock, number):
    for name in ("a", "b", "c"):
        comes(site, f"{name}@example.org", name)
        assert [one.to for one in invited(site, office, clock)] == [f"{name}@example.org"]
    with site.reading() as db:
        assert db.query(CalendarRun).filter_by(what="meeting-newcomers").count() == 1


def test_what_is_decided_about_a_list_and_its_posts_makes_nobody_look_through_its_members(site, office, clock, number):
    comes(site)
    assert invited(site, office, clock)
    with site.reading() as db:
        looked = db.query(CalendarRun).filter_by(what="meeting-newcomers").one().slot
    office.send("obca@example.net", "siecibp", "Plakaty", "Mamy plakaty.")
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"footer": "Inaczej"}, CONSOLE, site.now())

    assert not invited(site, office, clock)
    with site.reading() as db:
        assert db.query(CalendarRun).filter_by(what="meeting-newcomers").one().slot == looked


def test_whoever_comes_back_from_a_pause_is_invited_then(site, office, clock):
    marek = "Marek Regał <marek@example.org>"
    office.send(marek, "siecibp-request", "", "PRZERWA DO 10.03", proven=True)
    announced(site)
    assert not [one for one in office.new_letters() if one.to == "marek@example.org" and one.kind == "meeting-invitation"]
    assert not invited(site, office, clock)

    office.send(marek, "siecibp-request", "", "WRACAM", proven=True)
    assert [one.to for one in invited(site, office, clock)] == ["marek@example.org"]


def test_a_digest_reader_is_invited_as_by_the_announcement_and_who_wants_no_mail_is_not(site, office, clock, number):
    comes(site, "digest@example.org", "Dorota", delivery="digest")
    comes(site, "none@example.org", "Nikt", delivery="none")
    assert [one.to for one in invited(site, office, clock)] == ["digest@example.org"]


def test_nobody_is_invited_to_what_is_cancelled_has_begun_or_is_turned_off(site, office, clock, number):
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = False
    comes(site)
    assert not invited(site, office, clock)
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = True
        meetings.cancel(db, the(db, number), CONSOLE, site.now())
    assert not [one for one in invited(site, office, clock) if one.to == NOWA]

    announced(site)
    office.new_letters()
    until(site, STARTS, minutes=1)
    comes(site, "za.pozno@example.org", "Za Późno")
    assert not invited(site, office, clock)


def test_whoever_left_and_came_again_gets_a_letter_whose_address_answers(site, office, clock, number):
    say(site, number, "Halina Okładka", Said.NO)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, member_by_key(db, mlist, "halina@example.org"), CONSOLE, site.now())
    clock.move(hours=1)
    comes(site, "halina@example.org", "Halina Okładka")

    (letter,) = invited(site, office, clock)
    office.reply(letter, "Jednak będę", sender="Halina Okładka <halina@example.org>")
    assert answers(site, number)["Halina Okładka"] == "yes"


def test_many_newcomers_are_invited_in_slices_and_a_worker_that_dies_goes_on(site, office, clock, number, monkeypatch):
    monkeypatch.setattr(meetingdays, "SLICE", 2)
    for one in range(5):
        comes(site, f"n{one}@example.org", f"N {one}")
    clock.move(minutes=2)
    with pytest.raises(ZeroDivisionError), site.writing() as db:
        meetingdays.run_due(db, clock(), 100)
        raise ZeroDivisionError
    with site.writing() as db:
        assert meetingdays.run_due(db, clock(), 100) == 2
    assert len(invited(site, office, clock)) == 5
