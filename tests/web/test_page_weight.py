"""Pages are light: what a slow line has to bring before there is something to read."""

import gzip
import re
from datetime import timedelta

import pytest

from listserv.store.lists import list_by_name
from listserv.web import static
from tests import archive_seeds as seeds
from tests.web.people import browsers, world  # noqa: F401
from tests.web.readers import app, archive, member  # noqa: F401
from tests.web.seen import Watcher, few, sights

# Bytes of a page as it is, without its pictures; and of all that a first visit fetches, packed as proxies and we do it.
MOST, MOST_AT_ALL = 60_000, 40_000
SENTENCE = "W zeszłym tygodniu próbowaliśmy tego w czytelni i zadziałało, choć nie od razu: trzeba było przestawić regał i poprosić o pomoc sąsiadów. "
SENTENCES = ["Dzień dobry,", *(SENTENCE[: 60 + 5 * n] for n in range(8)), "Pozdrawiam,\nEwa"]


@pytest.fixture
def busy(site, archive, now):
    """A thread of twenty letters of half a page each, which quote each other, and thirty more threads."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Jak ustawić regały w małej czytelni, żeby było widać okno", now - timedelta(days=2))
        above = None
        for number in range(20):
            quoted = "".join(f"> {line}\n" for line in SENTENCES[2:6]) + "\n" if above else ""
            above = talk.say("Ewa Fiszka", "ewa@example.org", quoted + "\n\n".join(SENTENCES), to=above if number % 3 else talk.messages[0] if above else None)
        for number in range(30):
            seeds.thread(db, mlist, f"{SENTENCE[:70]} {number}", now - timedelta(days=3)).say("Jan Przypis", "jan@example.org", SENTENCE * 3)
    return ["/siecibp/", "/siecibp/?page=2", f"/siecibp/thread/{talk.thread.id}", f"/siecibp/message/{above.hash}", "/siecibp/search?q=regał", "/siecibp/month/2026-03"]


def test_busy_pages_are_light(member, busy):
    for path in busy:
        page = member.get(path)
        assert page.status_code == 200 and len(page.data) <= MOST, (path, len(page.data))


def test_a_first_visit_is_light_with_all_that_it_fetches(member, busy):
    page = member.page(busy[2])
    fetched = re.findall(r'(?:src|href)="([^"]*/static/[^"]+)"', page)
    answers = [member.get(path, headers={"Accept-Encoding": "gzip, br"}) for path in fetched]

    assert {answer.headers["Content-Encoding"] for answer in answers if len(answer.data) > 1000} == {"gzip"}
    assert sum(len(answer.data) for answer in answers) + len(gzip.compress(page.encode(), 5)) <= MOST_AT_ALL


@pytest.mark.long
@pytest.mark.only_sqlite
def test_every_page_of_the_whole_example_is_light(browsers, world, monkeypatch):
    watcher = Watcher(browsers, monkeypatch)
    heavy = [(str(sight), len(answer.data)) for sight in few(sights(watcher, world)) if len((answer := watcher.ask(sight)[0]).data) > MOST]

    assert heavy == []


def test_nothing_is_asked_of_others(member, busy):
    for path in busy:
        assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//(?!lists\.example\.org)", member.page(path))


def test_files_are_packed_only_for_who_can_unpack_them(app):
    client = app.test_client()
    plain, packed = (client.get(static.address("forum.css"), headers=headers) for headers in ({"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "gzip"}))

    assert "Content-Encoding" not in plain.headers and gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert client.get(static.address("forum.css"), headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}).status_code == 304
