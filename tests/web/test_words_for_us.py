"""A word that the list's program knows, typed where an answer is written: the page asks before everybody gets it."""

import re

import pytest
from sqlalchemy import func, select

from listserv.store.archive import Message
from listserv.store.drafts import Draft
from listserv.store.following import ThreadWish
from listserv.store.moderation import Journal
from listserv.store.queue import Letter
from tests.web.readers import app, archive, hidden, letters, member, signed_in, words  # noqa: F401
from tests.web.test_writing import fill


@pytest.fixture
def answer(site, archive):
    """Where one answers in the first thread."""
    with site.reading() as db:
        return f"/siecibp/thread/{db.scalars(select(Message.thread_id).order_by(Message.id)).first()}/reply"


def count(site, model):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("typed", ["WYCISZ", "wycisz\n\nPozdrawiam\nEwa", "ŚLEDŹ", "FOLLOW", "Przyślij wątek", "WYPISZ"])
def test_a_lone_word_is_asked_about_and_not_sent(site, member, answer, typed):
    before = count(site, Message)

    page = fill(member, answer, text=typed)

    assert page.status_code == 409 and count(site, Message) == before
    html = page.get_data(as_text=True)
    assert 'name="anyway"' in html and typed.split("\n")[0] in html
    assert re.search(r'<input id="q" [^>]*value=""', html), "the search box holds only what was searched for"
    assert ('name="heed"' in html) == (typed != "WYPISZ") and ('href="/me"' in html.partition('id="asked"')[2]) == (typed == "WYPISZ")


def test_what_was_meant_for_everybody_goes_there(site, member, answer):
    before = count(site, Message)
    assert fill(member, answer, text="WYCISZ", anyway="1").status_code == 303
    assert count(site, Message) == before + 1 and count(site, ThreadWish) == 0


@pytest.mark.parametrize(("typed", "wish"), [("WYCISZ", "mute"), ("OBSERWUJ", "follow")])
def test_what_was_meant_for_us_is_done_and_nobody_gets_anything(site, member, answer, typed, wish):
    before = count(site, Message)

    page = fill(member, answer, text=typed, heed="1")

    assert page.status_code == 200 and "Done." in words(page.get_data(as_text=True))
    assert count(site, Message) == before and count(site, Draft) == 0
    with site.reading() as db:
        assert db.scalars(select(ThreadWish.wish)).one() == wish
        assert db.scalars(select(Journal.what).order_by(Journal.id.desc())).first() == f"thread-{wish}"


def test_a_thread_is_sent_by_mail(site, member, answer):
    fill(member, answer, text="Przyślij wątek", heed="1")
    with site.reading() as db:
        assert db.scalars(select(Letter.kind).where(Letter.kind == "copy")).all()


def test_words_in_a_sentence_and_new_threads_are_posts(site, member, answer):
    before = count(site, Message)
    assert fill(member, answer, text="Wycisz telefon na zebraniu, proszę.").status_code == 303
    assert fill(member, "/siecibp/new", subject="Ryby", text="ŚLEDŹ").status_code == 303
    assert count(site, Message) == before + 2


def test_what_says_nothing_to_us_is_asked_about_again_and_does_nothing(site, member, answer):
    page = fill(member, answer, text="Dziękuję za list.", heed="1")
    assert page.status_code == 200 and count(site, ThreadWish) == 0 and "Dziękuję za list." in page.get_data(as_text=True)
