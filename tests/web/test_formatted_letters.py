"""A formatted letter in a real browser: its styles count, its own pictures are seen, and nothing of it reaches out."""

import base64
import threading
from email.message import EmailMessage

import pytest

from listserv.mail.parse import parse
from listserv.store.archive import Attachment, keep_body
from listserv.store.lists import list_by_name
from listserv.store.queue import keep_raw
from listserv.web import create_app
from listserv.web.serve import Server
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM, chromium
from tests.mail.browser import TRAP
from tests.mail.test_html import NASTY
from tests.web.readers import Reader, archive, signed_in  # noqa: F401

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
LETTER = """<body bgcolor="#102030" text="#ffffff"><p id="p" style="color:#ff0000;text-align:center">Czerwone</p><img src="cid:plan%40example.org" alt="Plan">
<img src="https://track.example/pixel" alt="Logo"><a href="https://evil.example/">www.bank.example</a><table width="900"><tr><td width="900">szeroko</td></tr></table>"""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")


def raw_letter():
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "Anna <a@example.org>", "Kolory", "<colours@example.org>"
    made.set_content("Czerwone")
    made.add_alternative(LETTER + "".join(NASTY), subtype="html")
    made.get_payload()[1].add_related(PIXEL, "image", "png", cid="<plan@example.org>", filename="plan.png")
    return made.as_bytes()


@pytest.fixture
def letter(site, archive, now):
    """The address of a public letter that tries everything."""
    raw = raw_letter()
    post = parse(raw)
    with site.writing() as db:
        row = seeds.thread(db, list_by_name(db, "gazetka"), "Kolory", now).say("Anna", "a@example.org", "Czerwone", html="x")
        row.raw_id = keep_raw(db, raw).id
        keep_body(db, row.raw_id, post.text, post.html)
        for file in post.attachments:
            db.add(Attachment(message_id=row.id, number=file.number, name=file.name, type=file.type, size=file.size, sha256=file.sha256))
        path = f"/gazetka/message/{row.hash}?html=1"
    web = site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})
    home = site.settings.site.model_copy(update={"url": "http://127.0.0.1"})
    site.settings = site.settings.model_copy(update={"web": web, "site": home})
    web = create_app(site)
    web.test_client_class = Reader
    # Pictures of a letter are attachments, which those on the list may fetch.
    key = signed_in(web, site, "zofia@example.org").get_cookie("listserv-session", "lists.example.org").value
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield "http://{}:{}".format(*server.address) + path, key
    server.stop()
    thread.join(10)


def test_a_formatted_letter_is_seen_as_it_was_written_and_reaches_nobody(letter):
    letter, key = letter
    home = letter.split("/gazetka")[0]
    asked, said = [], []
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme="dark")
        context.add_cookies([{"name": "listserv-session", "value": key, "url": home}])
        page = context.new_page()
        page.add_init_script(TRAP)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(letter)
        box = page.locator(".foreign")
        colours = page.evaluate(
            "() => { const p = [...document.querySelectorAll('.foreign p')].find(e => e.textContent === 'Czerwone');"
            " return [getComputedStyle(p).color, getComputedStyle(p.parentElement).backgroundColor] }"
        )
        seen = page.evaluate("() => [...document.querySelectorAll('.foreign img')].map(e => e.naturalWidth)")
        wide = page.evaluate("() => [document.documentElement.scrollWidth, document.querySelector('.foreign').scrollWidth <= 360]")
        words, ran = box.inner_text(), page.evaluate("() => window.ran")
    assert colours == ["rgb(255, 0, 0)", "rgb(16, 32, 48)"]
    assert seen == [1]
    assert wide == [360, True]
    assert "Logo" in words and "www.bank.example <https://evil.example/>" in words
    assert [address for address in asked if not address.startswith(home)] == []
    assert (ran, said) == ([], [])
