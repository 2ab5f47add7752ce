"""Several workers at one moment: nothing twice, nothing lost, nobody waits for ever."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from listserv import rules
from listserv.errors import Conflict
from listserv.site import is_worth_repeating
from listserv.store import inbox
from listserv.store.archive import Message, Thread
from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, Held, HeldState
from listserv.store.queue import Incoming, Outgoing, State
from listserv.usecases import administration, intake, membership, moderation
from listserv.usecases.access import Actor, Door
from listserv.usecases.intake import Arriving
from listserv.worker import lanes
from listserv.worker.lanes import Reading
from tests.conftest import add
from tests.office import mail

LIST, MODERATORS = "siecibp@lists.example.org", "moderator_siecibp@lists.example.org"


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """Each worker takes one mail, and thinks for a while between what it was told and what it does."""
    monkeypatch.setattr(lanes, "MAILS", 1)
    for module, name in ((rules, "judge"), (membership, "open_application")):
        monkeypatch.setattr(module, name, slowly(getattr(module, name)))


def slowly(act):
    def do(*words):
        found = act(*words)
        time.sleep(0.03)
        return found

    return do


def receive(site, *mails):
    with site.writing() as db:
        arriving = [one for raw, *rcpts in mails for one in Arriving.each("sender@example.org", rcpts, "127.0.0.1", raw)]
        return intake.receive(db, arriving, site.now())


def work_with(site, workers):
    """Let so many workers read mails at once until none is left."""
    start = threading.Barrier(workers)

    def work(number):
        lane = Reading(site, number)
        start.wait(20)
        while lane.step():
            pass

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))


def at_once(*acts):
    """What each of these gives or raises, all begun at one moment."""
    start = threading.Barrier(len(acts))

    def do(act):
        start.wait(20)
        try:
            return act()
        except Exception as wrong:  # noqa: BLE001
            return wrong

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def states(site):
    with site.reading() as db:
        rows = db.execute(select(Incoming.state, Incoming.attempts, Incoming.trouble)).all()
        assert [row.trouble for row in rows if row.trouble] == []
        assert {row.attempts for row in rows} == {1}
        return Counter(row.state for row in rows)


@pytest.mark.sooner("postgresql")
def test_every_post_has_a_number_of_its_own_and_none_is_left_out(site, network):
    receive(site, *((mail(f"{name}@example.org", LIST, f"Wątek {n}"), LIST) for n in range(15) for name in ("halina", "marek")))

    work_with(site, 4)

    assert states(site) == {State.POSTED: 30}
    with site.reading() as db:
        assert sorted(db.scalars(select(Message.seq))) == list(range(1, 31))
        assert list_by_name(db, "siecibp").last_seq == 30
        assert db.scalar(select(func.count()).select_from(Outgoing)) == 30


@pytest.mark.sooner("postgresql")
def test_one_mail_to_two_addresses_is_one_post_whoever_reads_it(site, network):
    for n in range(8):
        receive(site, (mail("halina@example.org", LIST, f"Wątek {n}", message_id=f"<{n}@example.org>"), LIST, "siecibp+tik@lists.example.org"))

    work_with(site, 4)

    assert states(site) == {State.POSTED: 8, State.DISCARDED: 8}
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Message)) == 8


@pytest.mark.sooner("postgresql")
def test_answers_that_come_together_make_one_thread(site, network):
    chain = [mail("halina@example.org", LIST, "Re: Łańcuch", f"{n}", message_id=f"<{n}@example.org>", in_reply_to=f"<{n - 1}@example.org>") for n in range(1, 16)]
    first = mail("marek@example.org", LIST, "Łańcuch", "0", message_id="<0@example.org>")
    receive(site, *((raw, LIST) for raw in [*reversed(chain), first]))

    work_with(site, 4)

    assert states(site) == {State.POSTED: 16}
    with site.reading() as db:
        assert [row.messages for row in db.scalars(select(Thread).where(Thread.merged_into.is_(None)))] == [16]
        assert db.scalar(select(func.count()).select_from(Message).where(Message.parent_id.is_(None))) == 1


def test_a_mail_is_claimed_by_one(site, network):
    ids = receive(site, *((mail("halina@example.org", LIST, f"{n}"), LIST) for n in range(40)))

    def claim(number):
        def act():
            with site.writing() as db:
                return [row.id for row in inbox.claim(db, 1 << 50, 1 << 51, 10, number)]

        return act

    taken = at_once(*(claim(number) for number in range(4)))

    assert sorted(id for some in taken for id in some) == sorted(ids)


def test_two_letters_of_one_stranger_are_one_application(site, network):
    receive(site, *((mail("anna@example.org", MODERATORS, "prośba", f"Proszę o dopisanie, {n}."), MODERATORS) for n in range(4)))

    work_with(site, 4)

    assert states(site) == {State.APPLICATION: 4}
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Application)) == 1


def test_a_post_is_let_through_once_though_two_say_yes(site, network, office):
    office.send("stranger@example.org", LIST, "Do wszystkich", "Dzień dobry.")

    def publish():
        with site.writing() as db:
            moderation.publish(db, db.scalars(select(Held)).one(), Actor(Door.MAIL, 1, proven=True), site.now())

    done = at_once(publish, publish)

    assert sorted(type(one).__name__ for one in done) == ["Conflict", "NoneType"]
    assert isinstance(next(one for one in done if one), Conflict)
    with site.reading() as db:
        assert db.scalars(select(Held.state)).all() == [HeldState.PUBLISHED]
        assert db.scalar(select(func.count()).select_from(Message)) == 1


def test_who_loses_the_race_for_an_address_may_do_it_again(site, network):
    def join():
        with site.writing() as db:
            add(db, list_by_name(db, "siecibp"), "nowa@example.org", site.now())

    done = at_once(join, join, join)

    with site.reading() as db:
        assert len([row for row in db.scalars(select(administration.Address)) if row.email == "nowa@example.org"]) == 1
    assert done.count(None) == 1
    assert all(isinstance(one, Conflict) or is_worth_repeating(one) for one in done if one)


@pytest.mark.only_postgresql
def test_a_transaction_that_another_got_in_the_way_of_is_repeated_at_once(site, network, monkeypatch):
    receive(site, (mail("halina@example.org", LIST), LIST))
    process, calls = intake.process, []

    def deadlocked(db, prepared, now):
        calls.append(1)
        if len(calls) < 3:
            db.connection().exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END $$")
        return process(db, prepared, now)

    monkeypatch.setattr(intake, "process", deadlocked)

    work_with(site, 1)

    assert states(site) == {State.POSTED: 1}
    assert len(calls) == 3
