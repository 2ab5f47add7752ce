"""With the keyboard alone, and no script: read, search, reply, moderate. Only Tab, Enter, Space and letters are pressed."""

from urllib.parse import urlsplit

import pytest

from tests.chromium import CHROMIUM
from tests.web.eyes import looking
from tests.web.people import browsers, world  # noqa: F401
from tests.web.world import SHOWN

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]
FOCUSED = "() => { const e = document.activeElement; return e === document.body ? '' : (e.innerText || e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.value || e.name || '').trim() }"
FAR = 90


@pytest.fixture
def walk(browsers, site, request):
    """A browser page of somebody, at a site where what they do lasts."""
    browser = browsers[request.param][0]
    browser.application.extensions["listserv"] = site

    def fetch(asked):
        place = urlsplit(asked.url)
        path = f"{place.path}?{place.query}" if place.query else place.path
        if asked.method == "POST":
            return browser.post(path, data=asked.post_data_buffer, content_type=asked.headers["content-type"], follow_redirects=True)
        return browser.get(path, follow_redirects=True)

    with looking() as eyes:
        yield eyes.page(fetch, script=False, locale="en-GB")


def tab_to(page, words):
    """Press Tab until something with these words has the focus; it must be where a reader can see it."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if words in page.evaluate(FOCUSED):
            box = page.evaluate("() => { const b = document.activeElement.getBoundingClientRect(); return [b.top, b.bottom, innerHeight] }")
            assert box[1] > 0 and box[0] < box[2], words
            return
    raise AssertionError(f"{words}: not reached in {FAR} steps; last at {page.evaluate(FOCUSED)}")


def press(page, words):
    """Go somewhere by Enter."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("walk", ["member"], indirect=True)
def test_reading_searching_and_answering(walk, world):
    walk.goto("/siecibp/")
    walk.keyboard.press("Tab")
    assert walk.evaluate(FOCUSED) == "Skip to the content"
    walk.keyboard.press("Enter")
    press(walk, "Temat jawnesiecibp")
    assert "Tekst jawnesiecibp" in walk.inner_text("main")

    tab_to(walk, "Search this list")
    walk.keyboard.type("jawnesiecibp")
    with walk.expect_navigation():
        walk.keyboard.press("Enter")
    press(walk, "Temat jawnesiecibp")
    assert "jawnesiecibp" in walk.inner_text("h1")

    walk.goto(f"/siecibp/thread/{world.things['siecibp', SHOWN].thread}/reply")
    tab_to(walk, "Text")
    walk.keyboard.type("Odpowiedź z klawiatury.")
    press(walk, "Send")
    walk.goto(f"/siecibp/thread/{world.things['siecibp', SHOWN].thread}")
    assert "Odpowiedź z klawiatury." in walk.inner_text("main")


@pytest.mark.parametrize("walk", ["moderator"], indirect=True)
def test_moderating(walk, world):
    walk.goto("/siecibp/moderate/")
    assert "czekajacesiecibp" in walk.inner_text("main")
    press(walk, "Approve")
    walk.goto("/siecibp/")
    press(walk, "Temat czekajacesiecibp")
    assert "Tekst czekajacesiecibp" in walk.inner_text("main")
