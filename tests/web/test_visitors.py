"""Counting readers: people, not programs; in memory first, and never in a reader's way."""

import logging
from datetime import date, timedelta

import pytest

from listserv.store.lists import list_by_name
from listserv.usecases import visiting
from listserv.web import notes as noted
from listserv.web import visitors
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
EVER = (date(2000, 1, 1), date(2100, 1, 1))


@pytest.fixture
def notes(app):
    return visitors.notes_of(app)


def reads(reader, path, agent=FIREFOX, peer="192.0.2.7", **headers):
    return reader.get(path, headers={"User-Agent": agent, **headers}, environ_base={"REMOTE_ADDR": peer})


def count(site, name="gazetka"):
    with site.reading() as db:
        return visiting.total(db, list_by_name(db, name), *EVER)


def test_a_reader_of_many_pages_is_one_visit(stranger, site, notes, archive):
    for path in (
        "/gazetka/",
        "/GAZETKA/",
        f"/gazetka/thread/{archive.threads['gazetka']}",
        f"/gazetka/message/{archive.hashes['letter']}",
        "/gazetka/month/2026-03",
    ):
        assert reads(stranger, path).status_code == 200
    notes.write()
    reads(stranger, "/gazetka/")
    notes.write()

    assert count(site) == 1


def test_readers_are_told_apart_by_household_and_browser(stranger, site, notes, archive):
    seen = [
        (FIREFOX, "192.0.2.7"),
        (CHROME, "192.0.2.7"),
        (FIREFOX, "192.0.2.8"),
        (PHONE, "2001:db8:1:2::5"),
        (PHONE, "2001:db8:1:2:aaaa::9"),
        (PHONE, "2001:db8:1:3::5"),
    ]
    for agent, peer in seen:
        reads(stranger, "/gazetka/", agent, peer)
    notes.write()

    assert count(site) == 5


def test_who_is_signed_in_is_one_person_on_every_device(app, site, notes, archive):
    for agent, peer in ((FIREFOX, "192.0.2.7"), (PHONE, "198.51.100.2")):
        reads(signed_in(app, site, "ewa@example.org"), "/siecibp/", agent, peer)
    notes.write()

    assert count(site, "siecibp") == 1


def test_an_unchanged_page_is_a_visit_too(stranger, site, notes, archive):
    etag = reads(stranger, "/gazetka/", "curl/8").headers.get("ETag")
    answer = reads(stranger, "/gazetka/", **({"If-None-Match": etag} if etag else {}))
    notes.write()

    assert answer.status_code == (304 if etag else 200)
    assert count(site) == 1


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.14.1",
        "Wget/1.25",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116 Safari/537.36",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.example/gptbot)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
        "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.example/)",
        "Feedly/1.0",
        "Go-http-client/2.0",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    ],
)
def test_programs_are_no_visitors(agent):
    assert not visitors.is_browser(agent)


@pytest.mark.parametrize(
    "agent", [FIREFOX, CHROME, PHONE, "Lynx/2.9.2 libwww-FM/2.14", "w3m/0.5.3+git20230121", "Links (2.30; Linux x86_64)", "Opera/9.80 (Windows NT 6.1)", "Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/120"]
)
def test_browsers_of_all_kinds_are_visitors(agent):
    assert visitors.is_browser(agent)


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}])
def test_a_page_that_is_fetched_before_anybody_wants_it_is_no_visit(stranger, notes, archive, headers):
    assert reads(stranger, "/gazetka/", **headers).status_code == 200
    assert not notes.waiting


def test_what_is_not_read_is_no_visit(stranger, member, notes, archive):
    for path in ("/", "/siecibp/", "/niczego/", "/gazetka/feed.atom", "/robots.txt", "/sign-in", "/gazetka/topic/nic"):
        reads(stranger, path)
    stranger.head("/gazetka/", headers={"User-Agent": FIREFOX})
    reads(member, f"/siecibp/message/{archive.hashes['answer']}/raw")
    assert not notes.waiting


def test_reading_writes_nothing_by_itself(stranger, site, notes, archive, monkeypatch):
    def none():
        raise AssertionError("a reader waited for a writer")

    monkeypatch.setattr(site, "writing", none)
    assert reads(stranger, "/gazetka/").status_code == 200
    assert len(notes.waiting) == 1


def test_what_the_database_refuses_is_tried_again(stranger, site, notes, archive, monkeypatch, caplog):
    reads(stranger, "/gazetka/")
    with monkeypatch.context() as broken, caplog.at_level(logging.WARNING):
        broken.setattr(visiting, "record", lambda *_: 1 / 0)
        notes.write()
    assert "not written down yet: visits=1" in caplog.text
    assert count(site) == 0

    notes.write()
    assert count(site) == 1


def test_more_than_there_is_room_for_is_told_and_not_kept(site, notes, archive, monkeypatch, caplog):
    monkeypatch.setattr(noted, "MOST_WAITING", 3)
    for number in range(5):
        notes.visit(date(2026, 3, 3), "gazetka", f"person {number}")
    with caplog.at_level(logging.WARNING):
        notes.write()

    assert count(site) == 3
    assert "not counted: visits=2" in caplog.text


def test_memory_holds_nobody_once_they_are_written_down(stranger, notes, archive, clock):
    reads(stranger, "/gazetka/")
    notes.write()
    assert not notes.waiting
    assert all(isinstance(known, bytes) and len(known) == 12 for known in notes.known) and len(notes.known) == 1

    clock.at += timedelta(days=1)
    reads(stranger, "/gazetka/", CHROME)
    notes.write()
    assert len(notes.known) == 1


def test_a_served_site_writes_down_by_itself_and_at_its_end(site, archive, monkeypatch):
    import threading
    import time

    from listserv.web.serve import Server

    monkeypatch.setattr(noted, "EVERY", 0.05)
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    server.notes.visit(date(2026, 3, 3), "gazetka", "person 1")
    deadline = time.monotonic() + 20
    while count(site) < 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert count(site) == 1
    monkeypatch.setattr(noted, "EVERY", 60)
    server.notes.visit(date(2026, 3, 3), "gazetka", "person 2")
    server.stop()
    thread.join(20)

    assert count(site) == 2
    assert not server.notes.thread.is_alive()


def test_strangers_may_search_so_often_and_are_told_when_again(stranger, member, notes, archive, monkeypatch):
    monkeypatch.setattr(visitors, "SEARCHES", 3)
    for _ in range(3):
        assert reads(stranger, "/gazetka/search?q=redakcja").status_code == 200
    notes.write()
    refused = reads(stranger, "/search?q=redakcja")

    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "600"
    assert "Please try again in 10 minutes." in refused.text
    assert reads(stranger, "/gazetka/search").status_code == 200
    assert reads(stranger, "/gazetka/search?q=redakcja", peer="198.51.100.1").status_code == 200
    assert reads(member, "/search?q=lekcje").status_code == 200


def test_the_limit_of_searches_holds_between_two_writings_and_for_all_processes(stranger, site, notes, archive, clock, monkeypatch):
    monkeypatch.setattr(visitors, "SEARCHES", 3)
    for status in (200, 200, 200, 429):
        assert reads(stranger, "/gazetka/search?q=x").status_code == status
    notes.write()
    from listserv.web import create_app

    elsewhere = create_app(site).test_client()
    assert reads(elsewhere, "/gazetka/search?q=x").status_code == 429
    clock.move(minutes=10)
    assert reads(elsewhere, "/gazetka/search?q=x").status_code == 200


def test_when_there_are_more_networks_than_room_those_that_are_known_go_on_being_counted(notes, monkeypatch):
    monkeypatch.setattr("listserv.web.notes.MOST_WAITING", 2)
    for network in ("192.0.2.0", "198.51.100.0", "203.0.113.0"):
        notes.search(network)

    assert [notes.search("192.0.2.0") for _ in range(3)] == [2, 3, 4]
    assert notes.search("203.0.113.0") == 0 and len(notes.searches) == 2
