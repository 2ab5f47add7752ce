"""Two clicks, two windows, two moderators at one moment: each gets an answer, nothing happens twice, and nothing is our fault."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from listserv.store import drafts
from listserv.store.archive import Message
from listserv.store.bans import Ban
from listserv.store.drafts import Draft, DraftFile, Written
from listserv.store.erasing import Erasure
from listserv.store.lists import list_by_name
from listserv.store.people import Address
from listserv.store.queue import Letter
from listserv.usecases import administration, banning, composing, privacy
from listserv.web import app as webapp
from listserv.web import listsettings
from tests.conftest import add
from tests.web.readers import app, archive, hidden, signed_in  # noqa: F401

NEW = "/siecibp/new"


def slowly(monkeypatch, module, name):
    """Whoever has looked thinks for a while before they act on what they saw."""
    looked = getattr(module, name)

    def look(*words, **more):
        found = looked(*words, **more)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(module, name, look)


class Window:
    """One window of somebody's browser, with the token of its forms."""

    def __init__(self, app, site, email):
        self.browser = signed_in(app, site, email)
        self.token = hidden(self.browser.page("/me"), "form")

    def send(self, path, **fields):
        return lambda: self.browser.post(path, data={"form": self.token, **fields}, content_type="multipart/form-data")


def at_once(*acts):
    """The answers to what is sent at one moment."""
    start = threading.Barrier(len(acts))

    def do(act):
        start.wait(20)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def count(site, model):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(model))


@pytest.fixture
def ewa(app, site, archive):
    """Three windows of one person."""
    return [Window(app, site, "ewa@example.org") for _ in range(3)]


@pytest.fixture
def moderators(app, site, archive, now):
    """Two coordinators of one list, and one of another."""
    with site.writing() as db:
        for name in ("siecibp", "gazetka"):
            for email in ("alina@example.org", "marek@example.org"):
                add(db, list_by_name(db, name), email, now, role="owner")
    return [Window(app, site, email) for email in ("alina@example.org", "marek@example.org")]


# ---- writing -----------------------------------------------------------------------------------------------


def test_a_first_draft_that_is_kept_three_times_at_once_is_one(ewa, site, monkeypatch):
    slowly(monkeypatch, drafts, "draft_of")

    answers = at_once(*(window.send(NEW, subject="Bajki", text="Kto zna?", autosave="1", key=f"key-of-window-{n}") for n, window in enumerate(ewa)))

    assert statuses(answers) == [204, 204, 204]
    assert count(site, Draft) == 1


def test_two_clicks_that_send_while_the_draft_is_kept_send_once_and_leave_no_draft(ewa, site, monkeypatch):
    slowly(monkeypatch, drafts, "draft_of")
    slowly(monkeypatch, drafts, "written_by_key")
    said = {"subject": "Bajki", "text": "Kto zna?", "key": "one-form-of-three-windows"}
    before = count(site, Message)

    kept, *sent = at_once(ewa[0].send(NEW, autosave="1", **said), ewa[1].send(NEW, **said), ewa[2].send(NEW, **said))

    assert (kept.status_code, statuses(sent)) == (204, [303, 303])
    assert {answer.headers["Location"] for answer in sent} == {"/siecibp/written/one-form-of-three-windows"}
    assert (count(site, Message) - before, count(site, Written), count(site, Draft)) == (1, 1, 0)


def test_the_same_words_from_two_windows_with_one_draft_are_one_message(ewa, site, monkeypatch):
    assert ewa[0].send(NEW, subject="Bajki", text="Kto", autosave="1", key="key-of-the-first-draft")().status_code == 204
    slowly(monkeypatch, drafts, "draft_of")
    before = count(site, Message)

    answers = at_once(*(window.send(NEW, subject="Bajki", text="Kto zna?", key=f"key-of-window-{n}") for n, window in enumerate(ewa[:2])))

    assert statuses(answers) == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (count(site, Message) - before, count(site, Draft)) == (1, 0)


def test_a_draft_that_is_thrown_away_twice_while_a_file_is_dropped_is_gone(ewa, site, monkeypatch):
    ewa[0].send(NEW, subject="Bajki", text="Kto", attach="1", key="key-of-the-first-draft", file=(io.BytesIO(b"karta"), "karta.txt"))()
    slowly(monkeypatch, drafts, "draft_of")

    answers = at_once(*(window.send(NEW, discard="1") for window in ewa[:2]), ewa[2].send(NEW, discard="1", drop="1"))

    assert set(statuses(answers)) <= {200, 303}
    assert count(site, DraftFile) == 0


# ---- moderating --------------------------------------------------------------------------------------------


def test_two_moderators_who_bar_one_address_are_told_who_was_faster(moderators, site, monkeypatch):
    slowly(monkeypatch, banning, "ban_with")

    answers = at_once(*(window.send("/siecibp/moderate/bans", pattern="zly@example.net", sure="yes") for window in moderators))

    assert (statuses(answers), count(site, Ban)) == ([303, 400], 1)
    lifted = at_once(*(window.send("/siecibp/moderate/bans/lift", pattern="zly@example.net") for window in moderators))
    assert (statuses(lifted), count(site, Ban)) == ([303, 303], 0)
    assert sorted(answer.headers["Location"].rpartition("=")[2] for answer in lifted) == ["gone", "lifted"]


def test_somebody_new_who_is_put_on_two_lists_at_once_is_one_person(moderators, site, monkeypatch):
    slowly(monkeypatch, administration, "address_by_key")
    before = count(site, Address)

    one, other = moderators
    paths = ("/siecibp/moderate/members/add", "/gazetka/moderate/members/add")
    answers = at_once(*(window.send(path, people="Nowa Osoba <nowa@example.net>", sure="yes") for window, path in zip((one, other), paths, strict=True)))

    assert (statuses(answers), count(site, Address) - before) == ([303, 303], 1)


def test_the_second_of_two_who_change_the_settings_sees_what_the_first_has_changed(moderators, site, monkeypatch):
    slowly(monkeypatch, listsettings, "_seen")
    acts = []
    for number, window in enumerate(moderators):
        seen = hidden(window.browser.page("/siecibp/settings"), "seen")
        acts.append(window.send("/siecibp/settings", seen=seen, title=f"Sieć {number}"))

    assert statuses(at_once(*acts)) == [303, 409]


# ---- one's own data ----------------------------------------------------------------------------------------


def test_who_asks_twice_to_be_forgotten_is_told_once_and_so_is_who_thinks_better_of_it(ewa, site, monkeypatch):
    slowly(monkeypatch, privacy, "planned")

    asked = at_once(*(window.send("/me/data/erase", posts="keep", sure="yes") for window in ewa[:2]))

    assert (statuses(asked), count(site, Erasure)) == ([303, 409], 1)
    kept = at_once(*(window.send("/me/data/keep") for window in ewa[:2]))
    assert (statuses(kept), count(site, Erasure)) == ([303, 303], 0)
    with site.reading() as db:
        told = db.scalars(select(Letter.kind).where(Letter.kind.like("erasure-%")).order_by(Letter.id)).all()
    assert told == ["erasure-asked", "erasure-stopped"]


# ---- beginning again ---------------------------------------------------------------------------------------


def stumbling(monkeypatch, times, wrong):
    """Keeping a draft comes in somebody's way so many times, after it has written."""
    keep, tried = composing.keep, []

    def try_to(*words, **more):
        kept = keep(*words, **more)
        tried.append(kept)
        if len(tried) <= times:
            raise wrong
        return kept

    monkeypatch.setattr(composing, "keep", try_to)
    return tried


def test_what_is_begun_again_has_the_whole_of_its_files_and_leaves_nothing_of_the_first_time(ewa, site, monkeypatch):
    tried = stumbling(monkeypatch, 2, StaleDataError())

    answer = ewa[0].send(NEW, subject="Bajki", text="Kto?", attach="1", key="key-of-the-first-draft", file=(io.BytesIO(b"karta " * 60_000), "karta.txt"))()

    assert (answer.status_code, len(tried)) == (200, 3)
    with site.reading() as db:
        assert [(file.name, file.size, bytes(file.data)) for file in db.scalars(select(DraftFile))] == [("karta.txt", 360_000, b"karta " * 60_000)]
        assert db.scalar(select(func.count()).select_from(Draft)) == 1


def test_it_is_not_begun_again_for_ever(ewa, site, monkeypatch):
    tried = stumbling(monkeypatch, 99, StaleDataError())

    assert ewa[0].send(NEW, subject="Bajki", text="Kto?", autosave="1", key="key-of-the-first-draft")().status_code == 500
    assert (len(tried), count(site, Draft)) == (1 + webapp.AGAIN, 0)


def test_a_fault_of_ours_is_not_begun_again(ewa, site, monkeypatch):
    tried = stumbling(monkeypatch, 99, KeyError("ours"))

    assert ewa[0].send(NEW, subject="Bajki", text="Kto?", autosave="1", key="key-of-the-first-draft")().status_code == 500
    assert len(tried) == 1
