"""What the lane of copies has in hand: how much it may be, and what happens to a copy that cannot be made."""

import asyncio
from collections import Counter

import pytest
from fan_out import BODY, HEAD, add, post
from sqlalchemy import select

from listserv import loops
from listserv.relay import Answer
from listserv.store.queue import Delivery, Outgoing
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.worker import copies as lane
from listserv.worker import ledger
from listserv.worker.copies import Copies

YES = Answer(250, "2.0.0 ok")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """As it is with hundreds, with a few."""
    monkeypatch.setattr(ledger, "MOST", 16)
    for name, value in {"CLAIM": 32, "LOW": 16, "FIRST": 4, "BATCH": 8}.items():
        monkeypatch.setattr(lane, name, value)


class Hands:
    """A relay that takes what it is woken for, and answers when it is told to."""

    def __init__(self):
        self.held, self.given = [], Counter()
        self.busy = False

    def fan_out(self, take, done):
        self.take, self.done = take, done
        return self

    async def ready(self):
        return ""

    def wake(self, waiting):
        while mail := self.take():
            self.held.append(mail)
            self.given[mail.ref.id] += 1
        self.busy = bool(self.held)

    def answer(self, answer=YES):
        mails, self.held = self.held, []
        self.busy = False
        for mail in mails:
            self.done(mail, answer)

    async def settled(self):
        self.answer()

    async def close(self):
        pass


def a_post(site, members):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP"), CONSOLE, site.now())
        for number in range(members):
            add(db, mlist, f"person{number}@example.org", site.now())
        return post(db, mlist, site.now()).id


def rows(site):
    with site.reading() as db:
        return db.scalars(select(Delivery).order_by(Delivery.id)).all()


async def two_turns_and_the_end(site, hands):
    """A worker that is told to stop after its second turn."""
    copies = Copies(site, hands, 7)
    copies.kick()
    await copies.turn()
    copies.kick()
    await copies.turn()
    copies.stop()
    await copies.close()


def test_not_more_copies_are_begun_than_may_be_doubled(site):
    a_post(site, 40)
    hands = Hands()

    async def work():
        copies = Copies(site, hands, 7)
        copies.kick()
        for _ in range(5):
            await copies.turn()
            copies.kick()
        begun = len(hands.held)
        hands.answer()
        hands.wake(1000)
        unrecorded = len(hands.held)
        await copies.turn()
        await copies.close()
        return begun, unrecorded

    assert loops.run(work()) == (ledger.MOST, 0)
    assert len(hands.given) > ledger.MOST and set(hands.given.values()) == {1}


def test_a_turn_that_the_database_does_not_take_loses_nothing(site, monkeypatch):
    a_post(site, 30)
    hands, fails = Hands(), iter((False, True, True))
    real = lane.delivery.turn

    def turn(*args):
        if next(fails, False):
            raise OSError("the disk is full")
        return real(*args)

    monkeypatch.setattr(lane.delivery, "turn", turn)

    async def work():
        copies = Copies(site, hands, 7)
        copies.kick()
        await copies.turn()
        hands.answer()
        await copies.turn()
        await copies.turn()
        await copies.turn()
        await copies.close()

    loops.run(work())
    assert {(row.code, row.due) for row in rows(site)} == {(250, None)}
    assert set(hands.given.values()) == {1}


def test_a_copy_that_cannot_be_made_fails_alone_and_visibly(site, monkeypatch):
    a_post(site, 20)
    hands, real = Hands(), ledger.InHand.content_for

    def content_for(post, copy, paper):
        if copy.email == "person3@example.org":
            raise ValueError("no bytes")
        return real(post, copy, paper)

    monkeypatch.setattr(ledger.InHand, "content_for", content_for)

    async def work():
        copies = Copies(site, hands, 7)
        await copies.drain()
        await copies.close()

    loops.run(work())
    failed = [row for row in rows(site) if row.code != 250]
    assert [(row.code, row.due is not None, row.holder) for row in failed] == [(451, True, None)]
    assert "could not be made" in failed[0].answer


def test_a_post_that_cannot_be_made_does_not_stop_the_others(site, monkeypatch):
    bad = a_post(site, 5)
    with site.writing() as db:
        mlist = db.scalars(select(administration.MailingList)).one()
        good = post(db, mlist, site.now(), raw=HEAD + b"\r\nother\r\n" + BODY).id
    real = lane.shared_bytes
    monkeypatch.setattr(lane, "shared_bytes", lambda one: real(one) if one.id == good else 1 / 0)

    async def work():
        copies = Copies(site, Hands(), 7)
        await copies.drain()
        await copies.close()

    loops.run(work())
    assert {(row.outgoing_id, row.code) for row in rows(site)} == {(bad, 451), (good, 250)}


def test_a_clock_that_jumps_does_not_send_what_is_in_hand_a_second_time(site, monkeypatch):
    a_post(site, 20)
    hands = Hands()

    async def work():
        copies = Copies(site, hands, 7)
        copies.kick()
        await copies.turn()
        with site.writing() as db:
            db.execute(Delivery.__table__.update().values(due=1))
        copies.kick()
        await copies.turn()
        hands.answer()
        await copies.turn()
        await copies.close()

    loops.run(work())
    assert set(hands.given.values()) == {1}
    assert {(row.code, row.due) for row in rows(site)} == {(250, None)}


def test_what_is_given_back_when_the_worker_stops_is_due_at_once(site):
    a_post(site, 30)
    hands = Hands()

    loops.run(two_turns_and_the_end(site, hands))
    found = rows(site)
    sent = [row for row in found if row.code == 250]
    assert len(sent) == len(hands.given) < 30
    assert {(row.holder, row.attempts, row.code) for row in found if row not in sent} <= {(None, 0, 0)}


def test_the_members_of_a_small_list_have_it_before_a_big_post_is_through(site):
    a_post(site, 80)
    hands, order = Hands(), []

    async def work():
        copies = Copies(site, hands, 7)
        copies.kick()
        await copies.turn()
        with site.writing() as db:
            small = administration.create_list(db, administration.NewList("small", "Small"), CONSOLE, site.now())
            add(db, small, "jan@example.org", site.now())
            number = post(db, small, site.now()).id
        for _ in range(12):
            copies.kick()
            await copies.turn()
            order.extend(mail.ref.outgoing_id for mail in hands.held)
            hands.answer()
        await copies.close()
        return number

    number = loops.run(work())
    with site.reading() as db:
        assert len(db.scalars(select(Outgoing)).all()) == 2
    assert order.index(number) < 60


def big_posts(site, lists, size):
    with site.writing() as db:
        for number in range(lists):
            mlist = administration.create_list(db, administration.NewList(f"list{number}", "Lista"), CONSOLE, site.now())
            add(db, mlist, f"person{number}@example.org", site.now())
            post(db, mlist, site.now(), raw=HEAD + b"\r\n" + b"%d" % number + b"x" * size)


def test_many_large_posts_do_not_fill_the_memory(site, monkeypatch):
    big_posts(site, 20, 4_000)
    monkeypatch.setattr(lane.delivery, "BUDGET", 10_000)
    hands, held = Hands(), []

    async def work():
        copies = Copies(site, hands, 7)
        copies.kick()
        task = asyncio.create_task(copies.run())
        while len(hands.given) < 20:
            await asyncio.sleep(0.01)
            held.append(sum(len(mail.content.data) for mail in hands.held))
            hands.answer()
        copies.stop()
        await task
        await copies.close()

    loops.run(asyncio.wait_for(work(), 20))
    assert max(held) <= 2 * 10_000
    assert {(row.code, row.due, row.attempts) for row in rows(site)} == {(250, None, 1)}


def test_many_large_posts_are_all_sent_by_hand_too(site, monkeypatch):
    big_posts(site, 12, 4_000)
    monkeypatch.setattr(lane.delivery, "BUDGET", 10_000)

    async def work():
        copies = Copies(site, Hands(), 7)
        try:
            return await copies.drain()
        finally:
            await copies.close()

    assert loops.run(work()) == 12
    assert {(row.code, row.due) for row in rows(site)} == {(250, None)}


def test_what_is_given_back_when_the_worker_stops_waits_for_nobody(site):
    a_post(site, 30)
    seen = []

    class Slow(Hands):
        async def settled(self):
            seen.append({row.holder for row in rows(site) if row.member_id not in {mail.ref.member_id for mail in self.held}})
            self.answer()

    hands = Slow()

    loops.run(two_turns_and_the_end(site, hands))
    assert seen and seen[0] <= {None}
