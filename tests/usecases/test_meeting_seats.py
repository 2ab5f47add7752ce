"""Seats and the waiting list: in the order of the answers, one person one seat, and nobody takes a seat twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from listserv.errors import Conflict
from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee
from listserv.store.members import member_of
from listserv.usecases import administration, meetingseats
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.usecases.meet import announced, answers, run, say, the, until, user

ALINA, ZOFIA, HALINA, MAREK = "Alina Zakładka", "Zofia Lektura", "Halina Okładka", "Marek Regał"


def told(office, to):
    return [one for one in office.letters(to=to) if one.kind == "meeting-seat"]


def test_the_first_have_seats_and_the_others_wait_in_order(office, site):
    number = announced(site, seats=2)

    waits = [say(site, number, name, "yes") for name in (HALINA, MAREK, ZOFIA, ALINA)]

    assert waits == [False, False, True, True]
    with site.reading() as db:
        meeting = the(db, number)
        rows = {one.user.name: one for one in db.scalars(select(Attendee).where(Attendee.meeting_id == meeting.id))}
        assert [meetingseats.place_in_line(db, meeting, rows[name]) for name in (HALINA, ZOFIA, ALINA)] == [0, 1, 2]


def test_whoever_waits_first_has_the_seat_that_becomes_free_and_hears_of_it(office, site):
    number = announced(site, seats=1)
    for name in (HALINA, MAREK, ZOFIA):
        say(site, number, name, "yes")

    say(site, number, HALINA, "no")

    assert answers(site, number) | {ALINA: ""} == {HALINA: "no", MAREK: "yes", ZOFIA: "waiting", ALINA: ""}
    (letter,) = told(office, "marek@example.org")
    assert "Spotkanie z ekspertem" in letter.text
    assert "16.30–18.00" in letter.text
    assert letter.mail["Reply-To"].startswith("r+m")
    assert not told(office, "mod@example.org")


def test_more_seats_are_given_at_once_and_fewer_take_none_away(office, site):
    number = announced(site, seats=1)
    for name in (HALINA, MAREK, ZOFIA):
        say(site, number, name, "yes")

    with site.writing() as db:
        the(db, number).seats = 2
        meetingseats.seats_changed(db, the(db, number), site.now())
    assert answers(site, number)[MAREK] == "yes"
    with site.writing() as db:
        the(db, number).seats = 1
        meetingseats.seats_changed(db, the(db, number), site.now())

    assert answers(site, number)[MAREK] == "yes"
    say(site, number, MAREK, "no")
    assert answers(site, number)[ZOFIA] == "waiting", "one seat, and Halina sits there"


def test_maybe_takes_no_seat_and_a_changed_mind_goes_to_the_end_of_the_line(office, site):
    number = announced(site, seats=1)

    assert not say(site, number, HALINA, "maybe")
    assert not say(site, number, MAREK, "yes")
    assert say(site, number, HALINA, "yes")
    assert say(site, number, ZOFIA, "yes")
    say(site, number, HALINA, "maybe")
    assert say(site, number, HALINA, "yes")

    say(site, number, MAREK, "no")
    assert answers(site, number)[ZOFIA] == "yes"
    assert answers(site, number)[HALINA] == "waiting"


def test_saying_yes_twice_is_one_seat(office, site):
    number = announced(site, seats=1)

    assert not say(site, number, HALINA, "yes")
    assert not say(site, number, HALINA, "yes")
    assert say(site, number, MAREK, "yes")
    assert say(site, number, MAREK, "yes")

    assert answers(site, number)[HALINA] == "yes"


def test_who_leaves_the_list_leaves_a_seat(office, site):
    number = announced(site, seats=1)
    say(site, number, HALINA, "yes")
    say(site, number, MAREK, "yes")

    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, member_of(db, mlist, user(db, HALINA).id), CONSOLE, site.now())
    run(site)

    assert answers(site, number)[MAREK] == "yes"
    assert told(office, "marek@example.org")


def test_nothing_is_answered_once_it_is_over_or_cancelled(office, site, clock):
    number = announced(site)
    with site.writing() as db:
        until(site, the(db, number).ends_at)

    with pytest.raises(Conflict):
        say(site, number, HALINA, "yes")


def test_two_answers_at_once_never_take_one_seat(office, site):
    number = announced(site, seats=3, invited=False)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        people = [add(db, mlist, f"osoba{n}@example.org", site.now(), name=f"Osoba {n}").user.name for n in range(8)]

    with ThreadPoolExecutor(len(people)) as pool:
        waits = list(pool.map(lambda name: say(site, number, name, "yes"), people))

    assert sorted(waits) == [False] * 3 + [True] * 5
    said = [answers(site, number)[name] for name in people]
    assert (said.count("yes"), said.count("waiting")) == (3, 5)
    with site.reading() as db:
        since = db.scalars(select(Attendee.waiting_since).where(Attendee.waiting_since.is_not(None))).all()
        assert len(set(since)) == 5, "each waits behind another"
