"""Copies where each commit needs its time to reach the disk: the next turn is written meanwhile, and nothing is told too early."""

import asyncio
import time

import pytest
from test_copies_in_hand import Hands, a_post, rows

from listserv import loops
from listserv.site import Site
from listserv.worker import copies as lane
from listserv.worker import ledger, recording
from listserv.worker.copies import Copies

pytestmark = pytest.mark.only_sqlite
MEMBERS, NEEDS = 90, 0.01


class Quick(Hands):
    """A relay that answers as soon as it has a few, and notes when it got what."""

    def __init__(self, events):
        super().__init__()
        self.events = events

    def wake(self, waiting):
        while mail := self.take():
            self.held.append(mail)
            self.events.append(("begun", {mail.ref.id}))
        self.busy = bool(self.held)
        asyncio.get_running_loop().call_soon(self.answer)


@pytest.fixture
def events(monkeypatch):
    """What happens, in order: turns with what they claim and what they record, how far the disk is, and copies that are begun."""
    events, real = [], lane.delivery.turn
    monkeypatch.setattr(ledger, "MOST", 32)
    monkeypatch.setattr(recording, "SLOW", NEEDS / 2)
    for name, value in {"CLAIM": 64, "LOW": 32, "FIRST": 4, "BATCH": 8, "GAP": 0.0}.items():
        monkeypatch.setattr(lane, name, value)

    def turn(db, outcomes, *more):
        taken = real(db, outcomes, *more)
        events.append(("turn", {copy.id for copy in taken.copies}, {copy.id for copy, _ in outcomes}))
        return taken

    def settle(_site):
        events.append(("asked",))
        time.sleep(NEEDS)
        events.append(("settled",))

    monkeypatch.setattr(lane.delivery, "turn", turn)
    monkeypatch.setattr(Site, "settle", settle)
    return events


def send_all(site, events):
    async def work():
        copies = Copies(site, Quick(events), 7)
        running = asyncio.ensure_future(copies.run())
        copies.kick()
        async with asyncio.timeout(20):
            while not rows(site) or any(row.due is not None for row in rows(site)):
                await asyncio.sleep(0.02)
        copies.stop()
        await running
        await copies.close()

    loops.run(work())


def test_the_next_turn_is_written_while_the_disk_takes_the_last(site, events):
    a_post(site, MEMBERS)
    send_all(site, events)
    words = [event[0] for event in events if event[0] != "begun"]

    assert any(words[at : at + 2] == ["asked", "turn"] for at in range(len(words)))
    assert words.count("turn") == words.count("settled")


def test_no_copy_is_begun_before_the_disk_has_that_it_was_claimed(site, events):
    a_post(site, MEMBERS)
    send_all(site, events)
    turns, settled, begun = [], 0, 0
    for event in events:
        if event[0] == "turn":
            turns.append(event[1])
        elif event[0] == "settled":
            settled += 1
        elif event[0] == "begun":
            begun += 1
            assert event[1] <= set().union(*turns[:settled])

    assert begun == MEMBERS


def test_no_more_copies_than_may_come_twice_are_begun_and_not_on_the_disk(site, events):
    a_post(site, MEMBERS)
    send_all(site, events)
    recorded, settled, begun, most = [], 0, set(), 0
    for event in events:
        if event[0] == "turn":
            recorded.append(event[2])
        elif event[0] == "settled":
            settled += 1
        elif event[0] == "begun":
            begun |= event[1]
            most = max(most, len(begun - set().union(*recorded[:settled])))

    assert ledger.MOST / 2 < most <= ledger.MOST
