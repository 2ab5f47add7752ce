"""One decision with nothing but the keyboard, in a real browser without scripts; and no moderators' page is wider than a phone."""

import threading
from urllib.parse import urlsplit

import pytest

from listserv.store.moderation import Held, HeldState
from listserv.usecases import signin
from listserv.web.serve import Server
from tests.chromium import CHROMIUM, chromium
from tests.office import aligned, mail

LIST = "siecibp@lists.example.org"
LONG = "Konstantynopolitańczykowianeczka" * 4
DESK = "/siecibp/moderate/"
PAGES = [
    DESK,
    *(DESK + rest for rest in ("case/p1", "members", "members/1", "members/3/remove", "members/add", "bans", "journal")),
    "/siecibp/settings",
    "/siecibp/join",
]
WIDER = "width => document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('pre, .vh')).map(e => e.outerHTML.slice(0, 90))"
# What has the focus, by its own words.
FOCUS = "() => { const e = document.activeElement; return [e.localName, (e.innerText || e.value || e.getAttribute('aria-label') || '').trim(), e.matches(':focus-visible')]; }"
SMALL = """() => [...document.querySelectorAll('main button, main input:not([type=hidden]), main select, main textarea, .sections a, .crumbs a')]
    .filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.height < 24 || b.width < 24); }).map(e => e.outerHTML.slice(0, 90))"""

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]


@pytest.fixture
def served(site, office):
    """A server where an owner can sign in, with two posts that wait."""
    for number, subject in enumerate(("Zaproszenie", LONG), 1):
        raw = aligned(mail(f"Kornelia <obcy{number}@example.org>", LIST, subject, f"Dzień dobry,\n\nzapraszam. {LONG}\n"))
        office.deliver(raw, LIST, mail_from=f"obcy{number}@example.org")
    web = site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})
    site.settings = site.settings.model_copy(update={"web": web, "site": site.settings.site.model_copy(update={"url": "http://127.0.0.1"})})
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    with site.writing() as db:
        path = urlsplit(signin.link_for(db, "owner@example.org", site.now())).path
    yield "http://{}:{}".format(*server.address), path
    server.stop()
    thread.join(10)


def tab_to(page, words):
    """Press Tab until the element with these words has the focus; everything on the way shows where one is."""
    for _ in range(80):
        page.keyboard.press("Tab")
        kind, said, seen = page.evaluate(FOCUS)
        assert kind == "body" or seen, said
        if said.startswith(words):
            return
    raise AssertionError(f"no Tab leads to {words}")


def test_a_moderator_decides_with_the_keyboard_alone_and_takes_it_back(served, site):
    base, path = served
    with chromium() as browser:
        page = browser.new_context(locale="pl", java_script_enabled=True).new_page()
        page.goto(base + path)
        page.click("main button")
        page.goto(base + DESK)
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)[1]
        tab_to(page, page.locator(".answers button.main").first.inner_text().strip())
        page.keyboard.press("Enter")
        page.wait_for_url("**/moderate/?done=approve&count=1*")
        assert page.locator("[role=status]").count() == 1
        tab_to(page, page.locator(".recent button").first.inner_text().strip())
        page.keyboard.press("Enter")
        page.wait_for_url("**/moderate/?done=undo*")
    with site.reading() as db:
        assert db.get(Held, 1).state is HeldState.PENDING


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_no_page_of_moderators_is_wider_than_a_narrow_phone_nor_has_small_targets(served, scheme):
    base, path = served
    complaints = []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme, locale="pl")
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(base + path)
        page.click("main button")
        for address in PAGES:
            assert page.goto(base + address).status == 200, address
            assert page.evaluate(WIDER, 320) == [], address
            assert page.evaluate(SMALL) == [], address
    assert complaints == []
