"""In a real browser without a script: from the list to the first unread post, which is in view, and by a button to nothing new."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from listserv.store.lists import list_by_name
from listserv.store.positions import raise_list
from listserv.usecases.conversations import POSTS_A_PAGE
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM
from tests.web.eyes import looking
from tests.web.readers import app, archive, member  # noqa: F401

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]
IN_VIEW = "() => { const box = document.querySelector(':target').getBoundingClientRect(); return 0 <= box.top && box.top < innerHeight / 3 }"


@pytest.fixture
def page(member):
    """Ewa's browser; what she sends is answered as a browser is."""

    def fetch(asked):
        place = urlsplit(asked.url)
        path = f"{place.path}?{place.query}" if place.query else place.path
        if asked.method == "POST":
            headers = {"Accept": "text/html"}
            return member.post(path, data=asked.post_data_buffer, content_type=asked.headers["content-type"], headers=headers, follow_redirects=True)
        return member.get(path)

    with looking() as eyes:
        yield eyes.page(fetch, script=False, locale="en-GB")


@pytest.fixture
def thread(member, archive, site, now):
    """Longer than a page; Ewa signed in before its last five were written."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Długa rozmowa", now - timedelta(days=1))
        for number in range(POSTS_A_PAGE + 5):
            talk.say("Jan Przypis", "jan@example.org", f"{number}\n\n" + "Słowo. " * 60, minutes=1, to=talk.messages[0] if talk.messages else None)
        raise_list(db, archive.users["Ewa Fiszka"], mlist.id, mlist.last_seq - 5, now)
        return talk.messages[POSTS_A_PAGE].id


def test_the_list_leads_to_the_first_unread_post_and_a_button_marks_what_was_read(page, thread):
    page.goto("/siecibp/")

    page.click("text=Długa rozmowa")

    assert urlsplit(page.url).query == "page=2" and urlsplit(page.url).fragment == f"m{thread}"
    assert page.evaluate(IN_VIEW)
    assert page.locator(".post.new").count() == 5
    page.click("text=Mark as read")
    assert page.locator(".post.new, .fresh, form.read").count() == 0
    page.goto("/siecibp/")
    assert page.locator(".thread.new").count() == 0


def test_the_link_at_the_top_of_the_first_page_leads_to_the_page_of_the_first_unread_post(page, thread):
    page.goto("/siecibp/")
    number = page.locator(".thread.new a").first.get_attribute("href").partition("?")[0]
    page.goto(number)
    assert page.locator("form.read").count() == 0

    page.click("a.fresh")

    assert page.url.endswith(f"?page=2#m{thread}")
    assert page.evaluate(IN_VIEW)
