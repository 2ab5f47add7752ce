"""What the script adds, in a real browser: keys, a look at what a message answers, the place read to. Nothing of it is needed."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM
from tests.web.eyes import COLOURS, axe, looking
from tests.web.readers import app, archive, member, stranger  # noqa: F401

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]
FOCUS = "() => { const e = document.activeElement; return e.id || e.innerText || e.localName }"
SOON = 5_000


@pytest.fixture
def talk(site, archive, now):
    """A conversation of eight, each answering the one before, and folded quotes."""
    with site.writing() as db:
        told = seeds.thread(db, list_by_name(db, "siecibp"), "Długa rozmowa", now - timedelta(days=3))
        above = None
        for number in range(1, 9):
            quoted = "Ktoś pisze:\n> Cytat raz\n> dwa\n> trzy\n> cztery\n\n" if above else ""
            above = told.say("Jan Przypis", "jan@example.org", f"{quoted}Słowa numer {number}.\n\n" + "Zdanie.\n\n" * 12, to=above)
        return told.thread.id, [message.id for message in told.messages], [message.hash for message in told.messages]


@pytest.fixture
def sent():
    """What the page has sent by itself."""
    return []


@pytest.fixture
def page(member, sent):
    def fetch(asked):
        place = urlsplit(asked.url)
        path = f"{place.path}?{place.query}" if place.query else place.path
        if asked.method == "POST":
            sent.append((place.path, asked.headers.get("x-requested-with"), parse_qs(asked.post_data)))
            return member.post(path, data=asked.post_data_buffer, headers={"X-Requested-With": "fetch"}, content_type=asked.headers["content-type"])
        return member.get(path, headers={name: asked.headers[name] for name in ("x-purpose",) if name in asked.headers}, follow_redirects=True)

    with looking() as eyes:
        page = eyes.page(fetch, locale="en-GB", viewport={"width": 1280, "height": 700}, has_touch=True, reduced_motion="reduce")
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        yield page
        assert page.said == []


def keys(page, text):
    for key in text:
        page.keyboard.press(key)


def test_keys_lead_through_a_list_into_a_thread_and_back(page, talk, archive):
    thread, ids, _ = talk
    page.goto("/siecibp/")
    rows = page.locator(".threads > .thread").count()
    keys(page, "jjk")
    assert page.evaluate(FOCUS) == "Kto ma klucz?"
    keys(page, "j" * (rows + 2) + "kk" + "j" * rows)
    assert page.evaluate(FOCUS) == "Długa rozmowa"
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    with page.expect_navigation():
        keys(page, "o")
    keys(page, "jj")
    assert page.evaluate(FOCUS) == f"m{ids[1]}"
    assert 0 <= page.evaluate("document.activeElement.getBoundingClientRect().top") < 100
    with page.expect_navigation():
        keys(page, "u")
    assert (urlsplit(page.url).path, page.evaluate(FOCUS)) == ("/siecibp/", "Długa rozmowa")

    page.goto(f"/siecibp/thread/{thread}")
    with page.expect_navigation():
        keys(page, "p")
    assert "Scenariusze" in page.inner_text("h1")
    with page.expect_navigation():
        keys(page, "n")
    assert page.inner_text("h1") == "Długa rozmowa"


def test_a_key_answers_the_message_in_view_and_another_goes_to_the_search_box(page, talk):
    thread, ids, hashes = talk
    page.goto(f"/siecibp/thread/{thread}")
    page.evaluate("id => document.getElementById(id).scrollIntoView()", f"m{ids[3]}")
    with page.expect_navigation():
        keys(page, "r")
    assert page.url.endswith(f"/reply?to={hashes[3]}")

    page.goto(f"/siecibp/thread/{thread}")
    keys(page, "/")
    assert page.evaluate(FOCUS) == "q" and page.input_value("#q") == ""
    here = page.url
    keys(page, "jkur?n/")
    assert (page.url, page.input_value("#q")) == (here, "jkur?n/")


def test_the_keys_are_told_and_can_be_switched_off_for_good(page, talk):
    page.goto("/siecibp/")
    keys(page, "?")
    assert page.locator("dialog h2").inner_text() == "Keyboard shortcuts"
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe(page, COLOURS) == []
    keys(page, "j")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0 and page.evaluate(FOCUS) != "Kto ma klucz?"

    page.click("#keys")
    page.get_by_label("Use shortcuts in this browser").click()
    page.get_by_role("button", name="Close").click()
    assert page.evaluate(FOCUS) == "keys"
    page.reload()
    keys(page, "j?u/")
    assert page.evaluate("document.activeElement === document.body") and page.locator("dialog[open]").count() == 0

    page.click("#keys")
    page.get_by_label("Use shortcuts in this browser").click()
    page.keyboard.press("Escape")
    keys(page, "j")
    assert page.evaluate("document.activeElement.closest('.thread') !== null")


def test_keys_with_others_held_down_are_the_browsers_own(page, talk):
    page.goto("/siecibp/")
    for held in ("Control+j", "Alt+j", "Meta+j"):
        page.keyboard.press(held)
    assert page.evaluate("document.activeElement === document.body")


def test_what_a_message_answers_is_seen_on_hover_and_on_focus(page, talk):
    thread, ids, _ = talk
    page.goto(f"/siecibp/thread/{thread}")
    link, peek = page.locator(f"#m{ids[2]} .re a").first, page.locator(".peek")
    link.hover()
    peek.wait_for(timeout=SOON)
    assert peek.inner_text().startswith("Słowa numer 2.") and "Cytat" not in peek.inner_text()
    peek.hover()
    page.wait_for_timeout(400)
    assert peek.is_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert peek.count() == 0
    link.hover()
    page.mouse.move(5, 5)

    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    peek.wait_for(timeout=SOON)
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "peek"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == "Go to this message"
    page.keyboard.press("Enter")
    assert page.url.endswith(f"#m{ids[1]}")


def test_a_finger_looks_first_and_goes_there_by_the_link_in_the_box(page, talk, archive):
    _, _ids, hashes = talk
    page.goto(f"/siecibp/message/{hashes[4]}")
    page.tap(".post .re a")
    page.locator(".peek").wait_for(timeout=SOON)
    assert page.locator(".peek").inner_text().startswith("Słowa numer 4.")
    page.tap("h1")
    assert page.locator(".peek").count() == 0
    page.tap(".post .re a")
    with page.expect_navigation():
        page.tap(".peek a")
    assert page.url.endswith(hashes[3])
    with page.expect_navigation():
        page.click(".post .re a")
    assert page.url.endswith(hashes[2])


def test_links_into_what_is_folded_open_it(page, talk):
    thread, _ids, _ = talk
    page.goto(f"/siecibp/thread/{thread}")
    page.evaluate("() => { document.querySelector('.fold p').id = 'inside'; location.hash = 'inside' }")
    page.wait_for_function("document.querySelector('.fold').open")
    assert page.locator("#inside").is_visible()


def test_what_was_read_to_the_end_is_noted_without_a_button(page, talk, sent):
    thread, _, _ = talk
    page.goto(f"/siecibp/thread/{thread}")
    assert page.locator("form.read button").is_visible() and page.locator(".post.new").count() == 8
    page.locator(".post").last.locator(".acts").scroll_into_view_if_needed()
    page.get_by_text("Read to the end").wait_for(timeout=SOON)
    assert [(path, by, [*fields]) for path, by, fields in sent] == [(f"/siecibp/thread/{thread}/read", "fetch", ["form", "upto"])]
    assert not page.locator("form.read").is_visible()
    page.reload()
    assert page.locator(".post.new").count() == 0


def test_who_leaves_in_the_middle_has_read_so_far(page, talk, sent):
    thread, ids, _ = talk
    page.goto(f"/siecibp/thread/{thread}")
    for number in ids[:2]:
        page.locator(f"#m{number} .acts").scroll_into_view_if_needed()
        page.wait_for_timeout(1700)
    with page.expect_request("**/read"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.goto(f"/siecibp/thread/{thread}")
    assert page.locator(".post.new").count() == 6


def test_the_script_is_small_and_brings_no_words_of_its_own():
    script = (Path(__file__).parents[2] / "listserv/web/static/forum.js").read_text("utf-8")

    assert len(script) < 14_000 and '"use strict"' in script


def test_every_moment_tells_itself_in_the_time_of_the_reader_on_hover_and_on_focus(page, talk):
    thread, _, _ = talk
    page.goto(f"/siecibp/thread/{thread}")
    times = page.locator(".post .by time")
    assert times.first.get_attribute("title") is None
    times.first.hover()
    said = times.first.get_attribute("title")
    assert "2026" in said and ":" in said and said.count(" ") >= 4
    page.locator(".post .by a[href*='/message/']").nth(1).focus()
    assert "2026" in times.nth(1).get_attribute("title") and times.nth(2).get_attribute("title") is None
