"""Copies and letters, the database and a relay in trouble: nothing is lost, and the rows say what the matter was."""

import threading

import pytest
from fan_out import add, letter, post
from misbehaving import CLOSE, HANG, Misbehaving
from sqlalchemy import func, select

from listserv.relay import open_relay
from listserv.relay.place import Timeouts
from listserv.store.queue import Delivery, Letter
from listserv.usecases import administration, digestletters
from listserv.usecases.access import CONSOLE
from listserv.worker import work_once

PEOPLE = [f"person{n}@example.org" for n in range(30)]
QUICK = Timeouts(connect=0.5, reply=0.4, idle=5)


def relay_at(settings, port):
    place = settings.relay.model_copy(update={"url": f"smtp://127.0.0.1:{port}", "connections": 2})
    return open_relay(settings.model_copy(update={"relay": place}), timeouts=QUICK)


@pytest.fixture
def posted(site):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, site.now())
        for person in PEOPLE:
            add(db, mlist, person, site.now())
        post(db, mlist, site.now())
        for n in range(3):
            letter(db, f"reader{n}@example.org", site.now())
    return [*PEOPLE, *(f"reader{n}@example.org" for n in range(3))]


def rows(site):
    with site.reading() as db:
        copies = db.execute(select(Delivery.code, Delivery.attempts, Delivery.due.is_(None), func.count()).group_by(Delivery.code, Delivery.attempts, Delivery.due.is_(None)))
        letters = db.execute(select(Letter.code, Letter.attempts, Letter.due.is_(None), Letter.answer))
        return [tuple(row) for row in copies], [tuple(row) for row in letters]


def test_a_relay_that_is_down_for_an_hour_costs_an_hour_and_not_one_attempt(site, clock, settings, posted):
    with Misbehaving() as server:
        port = server.port
    for _ in range(6):
        assert work_once(site, relay_at(settings, port)) == 0
        clock.move(minutes=10)

    copies, letters = rows(site)
    assert all(attempts == 0 for _, attempts, _, _ in copies) and {attempts for _, attempts, _, _ in letters} == {0}

    with Misbehaving(port=port) as back:
        work_once(site, relay_at(settings, port))

    assert sorted(back.recipients) == sorted(posted)
    copies, letters = rows(site)
    assert copies == [(250, 1, True, len(PEOPLE))] and [row[:3] for row in letters] == [(250, 1, True)] * 3


@pytest.mark.only_sqlite
@pytest.mark.parametrize("what", ["421 4.3.2 later", "451 4.3.0 later", CLOSE, HANG, "nonsense"], ids=["421", "451", "close", "hang", "nonsense"])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "BODY"])
def test_trouble_in_the_middle_of_a_post_is_over_when_its_time_has_come(site, clock, settings, posted, stage, what):
    left = [what] * 2

    def behave(at, argument, session):
        return left.pop() if at == stage and session.taken >= 4 and left else None

    with Misbehaving(behave) as server:
        for _ in range(4):
            work_once(site, relay_at(settings, server.port))
            clock.move(minutes=6)

    assert sorted(server.recipients) == sorted(posted)
    copies, letters = rows(site)
    assert {(code, done) for code, _, done, _ in copies} == {(250, True)} and {row[0] for row in letters} == {250}


@pytest.mark.only_sqlite
def test_refusals_are_visible_in_their_rows_and_cost_nobody_else_anything(site, clock, settings, posted):
    def behave(stage, argument, session):
        if stage == "RCPT" and argument in (PEOPLE[3], "reader1@example.org"):
            return "552-5.2.2 the mailbox\r\n552 5.2.2 is full"
        return None

    with Misbehaving(behave) as server:
        work_once(site, relay_at(settings, server.port))

    assert sorted(server.recipients) == sorted(set(posted) - {PEOPLE[3], "reader1@example.org"})
    copies, letters = rows(site)
    assert (552, 1, True, 1) in copies
    assert sorted(answer for code, _, _, answer in letters if code == 552) == ["5.2.2 the mailbox 5.2.2 is full"]
    assert all("taken" in answer for code, _, _, answer in letters if code == 250)


@pytest.mark.only_sqlite
def test_a_domain_that_is_put_off_uses_no_attempts_up_and_comes_back_by_itself(site, clock, settings):
    slow = [f"slow{n}@slow.example" for n in range(40)]
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, site.now())
        for person in [*slow, *PEOPLE]:
            add(db, mlist, person, site.now())
        post(db, mlist, site.now())
    state = {"slow": True}

    def behave(stage, argument, session):
        return "450 4.7.1 not now" if state["slow"] and stage == "RCPT" and argument.endswith("@slow.example") else None

    with Misbehaving(behave) as server:
        work_once(site, relay_at(settings, server.port))
        assert sorted(server.recipients) == sorted(PEOPLE)
        copies, _ = rows(site)
        tried = sum(count for code, attempts, done, count in copies if code == 450)
        untried = sum(count for code, attempts, done, count in copies if attempts == 0 and not done)
        assert tried <= 12 and tried + untried == 40
        state["slow"] = False
        clock.move(minutes=2)
        work_once(site, relay_at(settings, server.port))

    assert sorted(server.recipients) == sorted([*PEOPLE, *slow])


@pytest.mark.only_sqlite
def test_a_letter_whose_bytes_cannot_be_made_stops_no_other_and_says_so(site, clock, settings, posted, monkeypatch):
    real = digestletters.all_finished

    def broken(db, letters):
        if any(one.to == "reader1@example.org" for one in letters):
            raise ValueError("no such stencil")
        return real(db, letters)

    with Misbehaving() as server:
        monkeypatch.setattr(digestletters, "all_finished", broken)
        work_once(site, relay_at(settings, server.port))
        _, letters = rows(site)
        assert sorted(row[0] for row in letters) == [250, 250, 451]
        assert [row[3] for row in letters if row[0] == 451] == ["4.3.0 this letter could not be made: ValueError('no such stencil')"]
        monkeypatch.undo()
        clock.move(minutes=1)
        work_once(site, relay_at(settings, server.port))

    assert sorted(server.recipients) == sorted(posted)


@pytest.mark.only_sqlite
def test_a_relay_that_trickles_keeps_a_letter_no_longer_than_its_time(site, settings):
    trickled = []
    with site.writing() as db:
        letter(db, "reader@example.org", site.now())

    def behave(stage, argument, session):
        if stage == "DATA":
            # Until the other side has had enough of it.
            while len(trickled) < 600:
                session.connection.sendall(b"354-a\r\n")
                trickled.append(threading.Event().wait(0.1))
        return

    with Misbehaving(behave) as server:
        work_once(site, relay_at(settings, server.port))

    assert len(trickled) < 600
    _, [row] = rows(site)
    assert (row[0], row[2]) == (0, False) and row[3]
