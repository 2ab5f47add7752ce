"""In a real browser: nothing to scroll sideways, nothing that the armour has to stop, all of it without scripts."""

import threading
from datetime import timedelta

import pytest

from listserv.store.lists import list_by_name
from listserv.web.serve import Server
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM, chromium
from tests.sampling import short
from tests.web.readers import archive  # noqa: F401

# What sticks out; code may, in a box of its own.
WIDER = """width => document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('pre, .foreign, .vh')).map(e => e.outerHTML.slice(0, 90))"""
LONG = "Konstantynopolitańczykowianeczka" * 4

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")


@pytest.fixture
def home(site, archive, now):
    """A server with a conversation that is as wide and as deep as can be."""
    file = ((f"{LONG}.pdf", "application/pdf", b"%PDF"),)
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "gazetka"), LONG, now - timedelta(hours=30))
        above = talk.say(LONG, "a@example.org", f"{LONG}\n\n    {LONG} = 1\n    x = 2\n\nhttps://example.org/{LONG}", files=file)
        for number in range(6):
            above = talk.say(
                f"Osoba {number}", f"o{number}@example.org", f"Ktoś pisze:\n> {LONG}\n\n{LONG}", to=above, html=f"<table><tr><td>{LONG}</td></tr></table>"
            )
        thread_id, message_hash = talk.thread.id, above.hash
    site.settings = site.settings.model_copy(
        update={
            "web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"}),
            "site": site.settings.site.model_copy(update={"url": "http://127.0.0.1"}),
        }
    )
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    base = "http://{}:{}".format(*server.address)
    yield [base + path for path in ("/", "/gazetka/", f"/gazetka/thread/{thread_id}", f"/gazetka/message/{message_hash}?html=1", "/sign-in", "/nothing/")]
    server.stop()
    thread.join(10)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_no_page_is_wider_than_a_narrow_phone(home, scheme):
    complaints = []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme, locale="pl", java_script_enabled=True)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        for address in home:
            page.goto(address)
            for width in (320, 800) if short[0] else (320, 360, 800, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                assert page.evaluate(WIDER, width) == [], (width, address)
            page.set_viewport_size({"width": 320, "height": 800})
    assert [said for said in complaints if "404" not in said] == []
