"""In a real browser: the draft keeps itself, the selection is quoted, one click sends once, and the armour stops nothing of ours."""

import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.drafts import Draft
from listserv.usecases import signin
from listserv.web.serve import Server
from tests.chromium import CHROMIUM, chromium
from tests.web.readers import archive  # noqa: F401

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
SOON = 15_000


@pytest.fixture
def base(site, archive):
    site.settings = site.settings.model_copy(
        update={
            "web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"}),
            "site": site.settings.site.model_copy(update={"url": "http://127.0.0.1"}),
        }
    )
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield "http://{}:{}".format(*server.address)
    server.stop()
    thread.join(10)


@pytest.fixture
def page(base, site):
    with chromium() as browser:
        context = browser.new_context(locale="en")
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        with site.writing() as db:
            path = urlsplit(signin.link_for(db, "ewa@example.org", site.now())).path
        page.goto(base + path)
        page.click("main button")
        page.wait_for_url("**/")
        yield page
        # (A browser that is sent on while it fades a page says that it has stopped fading.)
        assert [words for words in page.said if "ViewTransition" not in words] == []


def drafts(site):
    with site.reading() as db:
        return [(draft.subject, draft.text) for draft in db.scalars(select(Draft))]


def test_a_draft_keeps_itself_and_survives_a_closed_tab(page, base, site):
    page.goto(f"{base}/siecibp/new")
    page.fill("#subject", "Jutro")
    page.fill("#text", "Pierwsze słowa.")
    page.get_by_text(re.compile(r"^Draft kept, \d{1,2}:\d\d$")).wait_for(timeout=SOON)
    assert drafts(site) == [("Jutro", "Pierwsze słowa.")]

    page.fill("#text", "Pierwsze słowa. I ostatnie.")
    page.close(run_before_unload=False)
    other = page.context.new_page()
    other.goto(f"{base}/siecibp/new")
    other.wait_for_timeout(300)
    other.reload()
    assert other.input_value("#text").startswith("Pierwsze słowa.")
    other.close()


def test_the_selection_is_quoted_and_without_one_the_whole_message(page, base, archive):
    path = f"{base}/siecibp/thread/{archive.threads['lekcje']}/reply?to={archive.hashes['question']}"
    page.goto(path)
    page.fill("#text", "Dzień dobry,")
    page.evaluate("""() => { const p = document.querySelector('#source p'), r = document.createRange();
        r.setStart(p.firstChild, 4); r.setEnd(p.firstChild, 6); getSelection().removeAllRanges(); getSelection().addRange(r); }""")
    page.click("#quote")
    assert page.url == path
    lead, quote = page.input_value("#text").split("\n\n")[1].split("\n")
    assert lead.startswith("Ewa Fiszka ") and lead.endswith(":") and quote == "> ma"

    page.click("#quote")
    page.wait_for_load_state()
    assert "> Kto ma scenariusze?" in page.input_value("#text")


def test_two_quick_clicks_send_once_and_the_back_button_does_not_send_again(page, base, site, archive):
    sync_api = pytest.importorskip("playwright.sync_api")
    page.goto(f"{base}/siecibp/new")
    page.fill("#subject", "Raz")
    page.fill("#text", "Tylko raz.")
    page.dblclick("button.main")
    # (Where the second click comes while the first one's answer does, waiting for one navigation hears that it was given up.)
    sync_api.expect(page).to_have_url(re.compile("/written/"), timeout=30_000)
    page.wait_for_load_state()
    page.go_back()
    page.click("button.main")
    page.wait_for_url("**/written/*")

    with site.reading() as db:
        assert len(db.scalars(select(Message).where(Message.subject == "Raz")).all()) == 1
    assert drafts(site) == []


def test_a_draft_on_its_way_does_not_race_with_the_message(page, base, site):
    happened = []
    page.on("requestfailed", lambda request: happened.append("given up"))

    def hold(route):
        if 'name="autosave"' in (route.request.post_data or ""):
            happened.append("kept")
            return
        happened.append("sent")
        route.continue_()

    page.goto(f"{base}/siecibp/new")
    page.route("**/siecibp/new", hold)
    with page.expect_request(lambda request: request.method == "POST"):
        page.fill("#subject", "Raz")
        page.fill("#text", "Tylko raz.")
    page.click("button.main")
    page.wait_for_url("**/written/*")

    assert happened == ["kept", "given up", "sent"]
    assert drafts(site) == []


def test_the_keyboard_alone_writes_and_sends(page, base, site, archive):
    page.goto(f"{base}/siecibp/thread/{archive.threads['lekcje']}/reply")
    page.focus("#text")
    page.keyboard.type("Samą klawiaturą.")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('button.main')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/written/*")

    with site.reading() as db:
        assert db.scalars(select(Message).order_by(Message.id.desc())).first().snippet == "Samą klawiaturą."


def test_enter_in_the_subject_sends_nothing(page, base, site):
    page.goto(f"{base}/siecibp/new")
    page.fill("#subject", "Za szybko")
    page.fill("#text", "Jeszcze nie.")
    page.focus("#subject")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "/written/" not in page.url
    assert drafts(site) == [("Za szybko", "Jeszcze nie.")]


def test_the_script_is_small():
    assert (Path(__file__).parents[2] / "listserv/web/static/compose.js").stat().st_size < 6_000
