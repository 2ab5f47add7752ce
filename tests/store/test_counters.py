"""What processes count is written down beside other commits, by all of them together, and nothing of it is lost or told twice."""

import threading

import pytest

from listserv import tally
from listserv.store import counters
from listserv.usecases.pulse import Keeper, keeping


@pytest.fixture(autouse=True)
def nothing_counted():
    tally.drain()
    yield
    tally.keep(False)
    tally.drain()


def totals(site):
    with site.reading() as db:
        return counters.totals(db)


def test_what_is_counted_goes_with_the_next_commit_when_it_is_time(site, monkeypatch):
    monkeypatch.setattr(tally, "EVERY", 0)
    tally.keep(True)
    tally.count("posted", 2)
    with site.writing():
        pass

    assert totals(site) == {"posted": 2} and not tally.is_pending()


def test_what_cannot_be_committed_is_counted_later(site, monkeypatch):
    monkeypatch.setattr(tally, "EVERY", 0)
    tally.keep(True)
    tally.count("posted")
    with pytest.raises(ZeroDivisionError), counters.beside() as write, site.writing() as db:
        write(db)
        raise ZeroDivisionError

    assert totals(site) == {}
    Keeper(site).write()
    assert totals(site) == {"posted": 1}


def test_tools_that_look_once_write_nothing(site):
    tally.count("posted")
    with site.writing():
        pass

    assert totals(site) == {}


def test_an_event_counts_when_its_transaction_is_through_and_not_when_it_is_rolled_back(site):
    with pytest.raises(ZeroDivisionError), site.writing() as db:
        tally.note(db.info, "posted")
        raise ZeroDivisionError
    assert not tally.is_pending()

    with site.writing() as db:
        tally.note(db.info, "posted")
        assert not tally.is_pending()
    assert tally.drain() == {"posted": 1}


def test_the_last_counts_are_written_when_a_process_ends(site):
    with keeping(site):
        tally.count("letters", 3)

    assert totals(site)["letters"] == 3


def test_many_threads_lose_no_count(site):
    def work():
        for _ in range(2_000):
            tally.count("posted")
            tally.observe("intake_seconds", 0.004)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    counted = tally.drain()
    assert counted["posted"] == 8_000 and counted["intake_seconds.0.005"] == 8_000
    assert counted["intake_seconds.sum"] == 8_000 * 4_000


def test_two_processes_add_up(site, monkeypatch):
    for name in ("one 1", "two 2", "one 1"):
        monkeypatch.setattr(counters, "speaker", lambda name=name: name)
        with site.writing() as db:
            counters.add(db, {"posted": 2, "held": 1})

    assert totals(site) == {"posted": 6, "held": 3}


def test_who_is_in_trouble_says_since_when_and_when_it_is_over(site, clock):
    keeper = Keeper(site)
    for words, minutes in (("no route", 0), ("no answer", 5), ("", 5)):
        clock.move(minutes=minutes)
        tally.tell("relay", words)
        keeper.write()
        with site.reading() as db:
            (said,) = counters.sayings(db, "relay", clock())
        assert (said.words, (clock() - said.since).total_seconds()) == (words, 300 if words == "no answer" else 0)
