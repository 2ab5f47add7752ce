"""The resolver, against a real UDP server of our own."""

import itertools
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.dns import LookupFailed, Resolver, is_special
from tests.nameserver import NameServer

# Seconds within which our own server answers on a machine that is busy with other tests.
ENOUGH = 0.5


@pytest.fixture
def server():
    server = NameServer()
    yield server
    server.close()


class Ticks:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_records_are_read_and_remembered(server):
    server.records["_dmarc.a.pl"] = ['"v=DMARC1; " "p=reject"']
    resolver = Resolver(server.address)

    assert [resolver.txt("_dmarc.A.pl."), resolver.txt("_dmarc.a.pl")] == [["v=DMARC1; p=reject"]] * 2
    assert resolver.txt("_dmarc.b.pl") == []
    assert server.asked.count("_dmarc.a.pl") == 1


def test_a_name_that_cannot_exist_has_no_records(server):
    assert [Resolver(server.address).txt(name) for name in ("", "a..b", "x" * 64 + ".pl", "\0 \ud800")] == [[], [], [], []]


def test_an_unanswered_name_is_left_alone_for_a_minute_and_then_asked_again(server):
    server.records["here.pl"], server.silent = ['"x"'], {"slow.pl"}
    ticks = Ticks()
    resolver = Resolver(server.address, timeout=ENOUGH, clock=ticks)
    resolver.txt("here.pl")

    for _ in range(3):
        with pytest.raises(LookupFailed):
            resolver.txt("slow.pl")
    first = server.asked.count("slow.pl")
    ticks.at, server.silent, server.records["slow.pl"] = 61, set(), ['"y"']

    # One question is at most two datagrams.
    assert 1 <= first <= 2
    assert resolver.txt("slow.pl") == ["y"]


def test_one_slow_domain_does_not_silence_the_resolver(server):
    server.records["here.pl"], server.silent = ['"x"'], {"slow.pl"}
    resolver = Resolver(server.address, timeout=ENOUGH)
    resolver.txt("other.pl")

    with pytest.raises(LookupFailed):
        resolver.txt("slow.pl")

    assert resolver.txt("here.pl") == ["x"]


def test_a_dead_resolver_costs_one_wait(server):
    server.silent = {"", "a.pl", "b.pl"}
    resolver = Resolver(server.address, timeout=ENOUGH)
    start = time.monotonic()

    for name in ("a.pl", "b.pl"):
        with pytest.raises(LookupFailed):
            resolver.txt(name)

    assert time.monotonic() - start < 3 * ENOUGH
    assert "b.pl" not in server.asked


def test_a_clock_that_is_put_back_while_nobody_answers_keeps_nobody_waiting_for_it(server, monkeypatch):
    """As where a machine has just begun: neither its clock nor its network is right yet."""
    server.silent = {"slow.pl"}
    right, start = time.time, time.monotonic()
    monkeypatch.setattr(time, "time", lambda: right() - (86_400 if time.monotonic() - start > 0.1 else 0))

    with pytest.raises(LookupFailed):
        Resolver(server.address, timeout=0.4).txt("slow.pl")

    assert time.monotonic() - start < 3


def test_slow_domains_do_not_silence_a_resolver_that_lives(server):
    """Whoever sends mail from domains that do not answer must not keep others from being checked."""
    server.records["here.pl"], server.silent = ['"x"'], {f"slow{n}.pl" for n in range(5)}
    resolver = Resolver(server.address, timeout=ENOUGH)

    for n in range(5):
        with pytest.raises(LookupFailed):
            resolver.txt(f"slow{n}.pl")

    assert resolver.txt("here.pl") == ["x"]


def test_one_piece_of_work_waits_no_longer_than_it_may_however_much_it_asks(server):
    server.records["here.pl"], server.silent = ['"x"'], {f"slow{n}.pl" for n in range(20)}
    resolver = Resolver(server.address, timeout=ENOUGH)
    resolver.txt("here.pl")
    patience, start = resolver.within(2 * ENOUGH), time.monotonic()

    for n in range(20):
        with pytest.raises(LookupFailed):
            patience.txt(f"slow{n}.pl")

    assert time.monotonic() - start < 5 * ENOUGH
    assert patience.txt("here.pl") == ["x"]
    with pytest.raises(LookupFailed):
        patience.txt("new.pl")
    assert resolver.txt("new.pl") == []


def test_a_port_where_nobody_listens_is_known_at_once():
    start = time.monotonic()

    with pytest.raises(LookupFailed):
        Resolver("127.0.0.1:1").txt("a.pl")

    assert time.monotonic() - start < 1


def test_a_broken_zone_is_unknown_but_does_not_silence_the_resolver(server):
    server.broken, server.records["here.pl"] = {"broken.pl"}, ['"x"']
    resolver = Resolver(server.address)

    with pytest.raises(LookupFailed):
        resolver.txt("broken.pl")

    assert resolver.txt("here.pl") == ["x"]


def test_names_on_paper_are_asked_only_of_a_resolver_that_was_set(server):
    server.records["_dmarc.example.org"] = ['"v=DMARC1; p=reject"']

    assert Resolver(server.address).txt("_dmarc.example.org") == ["v=DMARC1; p=reject"]
    assert Resolver().txt("_dmarc.example.org") == Resolver().txt("a.test") == Resolver().txt("localhost") == []
    assert not is_special("badexample.org")


@pytest.mark.parametrize("server", ["no-such-host.invalid:53", "[::1]:1"])
def test_a_resolver_that_cannot_be_reached_is_no_crash(server):
    with pytest.raises(LookupFailed):
        Resolver(server, timeout=0.2).txt("a.pl")


@given(st.text(max_size=80))
def test_any_name_has_an_answer_or_none(name):
    ticks = itertools.count(0, 100)
    try:
        assert Resolver("127.0.0.1:1", timeout=0.2, clock=lambda: next(ticks)).txt(name) == []
    except LookupFailed:
        pass


def test_many_threads_may_ask(server):
    server.records = {f"n{n}.pl": [f'"{n}"'] for n in range(20)}
    resolver, wrong = Resolver(server.address), []

    def ask() -> None:
        wrong.extend(n for n in range(20) if resolver.txt(f"n{n}.pl") != [str(n)])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


def test_who_has_hardly_time_left_silences_no_name_for_the_next(server):
    """A forger's mail may use its time up, and then ask about somebody else's domain."""
    server.records["here.pl"], server.silent = ['"x"'], {"victim.pl", ""}
    resolver = Resolver(server.address, timeout=2 * ENOUGH)
    resolver.txt("here.pl")

    for _ in range(4):
        with pytest.raises(LookupFailed):
            resolver.ask("victim.pl", "TXT", 0.02)
    server.silent, server.records["victim.pl"] = set(), ['"v=DMARC1"']

    assert resolver.txt("victim.pl") == ["v=DMARC1"]
