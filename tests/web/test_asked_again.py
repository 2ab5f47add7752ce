"""Pages that strangers ask for again: no work while nothing was written, and never a moment longer."""

import threading

import pytest
from sqlalchemy import event, text

from listserv.store.archive import Message
from listserv.store.lists import Archive, list_by_name
from listserv.web import again
from tests import archive_seeds as seeds
from tests.web.readers import HOME, app, archive, hidden, member, signed_in, stranger  # noqa: F401


@pytest.fixture
def asked(site):
    """The questions to the database since it was cleared, but for the one whether anything has changed."""
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, said, *_: None if "snapshot" in said else statements.append(said))
    return statements


@pytest.fixture
def pages(archive):
    thread, letter = archive.threads["gazetka"], archive.hashes["letter"]
    return ["/", "/gazetka/", "/gazetka/month/", "/gazetka/month/2026-03", f"/gazetka/thread/{thread}", f"/gazetka/thread/{thread}?flat=1", f"/gazetka/message/{letter}"]


def test_what_was_just_made_is_not_made_again(stranger, pages, asked):
    first = [stranger.get(path) for path in pages]
    asked.clear()
    again_ = [stranger.get(path) for path in pages]

    assert asked == []
    for one, other in zip(first, again_, strict=True):
        assert one.status_code == 200 and one.data == other.data
        assert {*one.headers} ^ {*other.headers} <= {("Date", answer.headers["Date"]) for answer in (one, other) if "Date" in answer.headers}
    for path, one in zip(pages, first, strict=True):
        assert stranger.get(path, headers={"If-None-Match": one.headers["ETag"]}).status_code == 304


def test_a_new_message_is_there_at_once(stranger, site, archive, now):
    assert "Nowiny" not in stranger.page("/gazetka/") + stranger.page("/gazetka/")
    with site.writing() as db:
        seeds.thread(db, list_by_name(db, "gazetka"), "Nowiny", now).say("Zofia", "zofia@example.org", "Są.")
        db.flush()
        assert "Nowiny" not in stranger.page("/gazetka/")

    assert "Nowiny" in stranger.page("/gazetka/")


def test_what_is_hidden_is_gone_at_once(stranger, site, archive, now):
    path = f"/gazetka/message/{archive.hashes['letter']}"
    stranger.page(path), stranger.page(path)
    with site.writing() as db:
        db.query(Message).filter_by(hash=archive.hashes["letter"]).one().hidden_at = now
    stranger.page(path, 404)


def test_a_list_that_becomes_private_is_closed_at_once(stranger, site, pages):
    for path in pages:
        stranger.page(path)
    with site.writing() as db:
        list_by_name(db, "gazetka").archive = Archive.MEMBERS

    assert [stranger.get(path).status_code for path in pages[1:]] == [404] * (len(pages) - 1)
    assert "Gazetka" not in stranger.page("/")


def test_what_another_process_writes_is_seen(stranger, site, archive, maker):
    stranger.page("/gazetka/")
    from sqlalchemy import create_engine

    other = create_engine(site.engine.url)
    with other.begin() as connection:
        connection.execute(text("UPDATE mailing_list SET title = 'Inny tytuł' WHERE name = 'gazetka'"))
    other.dispose()

    assert "Inny tytuł" in stranger.page("/gazetka/")


def test_who_is_signed_in_has_pages_of_their_own(app, site, archive, stranger):
    zofia = signed_in(app, site, "zofia@example.org")
    path = f"/gazetka/thread/{archive.threads['gazetka']}"
    own, public = zofia.page(path), stranger.page(path)

    assert "Zofia Lektura" in own and "Zofia Lektura" not in public
    assert (zofia.page(path), stranger.page(path)) == (own, public)
    assert "redakcja@press.example.net" in zofia.page(path) and "redakcja@press.example.net" not in stranger.page(path)
    assert not any(b"Zofia Lektura" in page.body for page in site.memory[again.Pages].found.values())


def test_a_key_that_opens_nothing_is_a_strangers(app, site, archive):
    browser = app.test_client()
    browser.set_cookie("__Host-listserv-session", "x" * 43, domain="lists.example.org")
    assert browser.page("/gazetka/") == browser.page("/gazetka/")


def test_each_language_has_its_own(stranger, archive):
    pages = [stranger.page("/gazetka/", headers={"Accept-Language": language}) for language in ("pl", "en", "pl", "en")]

    assert pages[0] == pages[2] != pages[1] == pages[3]
    assert '<html lang="pl">' in pages[0] and '<html lang="en">' in pages[1]


def test_forms_are_nobody_elses(app, site, archive):
    with site.writing() as db:
        list_by_name(db, "gazetka").archive = Archive.MEMBERS
    tokens = {hidden(app.test_client().page("/"), "form") for _ in range(3)}

    assert len(tokens) == 3 and "" not in tokens


def test_what_is_not_there_is_not_kept(stranger, site, archive):
    for path in ("/siecibp/", "/nothing/", "/gazetka/?page=99", "/gazetka/thread/999999"):
        stranger.page(path, 404)

    assert again.Pages not in site.memory or not site.memory[again.Pages].found


def test_after_a_while_it_is_made_anew_because_days_pass(stranger, archive, clock, asked):
    assert "yesterday" in stranger.page("/gazetka/")
    clock.move(days=1)
    asked.clear()
    assert "yesterday" not in stranger.page("/gazetka/") and asked


def test_many_pages_take_no_more_than_their_bytes(stranger, site, archive, monkeypatch):
    monkeypatch.setattr(again, "MOST", 100_000)
    for number in range(60):
        stranger.page(f"/gazetka/?n={number}")
    kept = site.memory[again.Pages]

    assert 0 < kept.size <= 100_000 and kept.size == sum(len(page.body) for page in kept.found.values())


def test_many_readers_at_once_and_a_writer_see_what_is_true(app, site, archive, now):
    wrong, over = [], threading.Event()

    def read():
        browser = app.test_client()
        while not over.is_set():
            known = int(told[0])
            title = int(browser.get("/gazetka/", base_url=HOME).text.partition("<h1")[2].partition("</h1>")[0].rpartition(" ")[2])
            if title < known:
                wrong.append((title, known))

    told = [0]
    with site.writing() as db:
        list_by_name(db, "gazetka").title = "Gazetka 0"
    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 25):
        with site.writing() as db:
            list_by_name(db, "gazetka").title = f"Gazetka {number}"
        told[0] = number
        over.wait(0.005)
    over.set()
    for thread in threads:
        thread.join()
    assert wrong == []
