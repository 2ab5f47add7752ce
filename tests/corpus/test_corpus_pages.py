"""Hostile letters and hostile names on real pages of a served site, in a real browser: nothing runs and no request leaves.

A sample in every run; all of the corpus in the long ones.
"""

import threading
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from listserv.mail.parse import parse
from listserv.store.archive import Attachment, keep_body
from listserv.store.lists import list_by_name
from listserv.store.queue import keep_raw
from listserv.usecases import indexing
from listserv.web.serve import Server
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM, chromium
from tests.corpus import corpus
from tests.corpus.test_corpus_html import documents
from tests.mail import browser
from tests.web.readers import archive  # noqa: F401

# For subjects, people's names, the names of files, and what is searched for.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title><script>alert(1)</script>",
    "</a><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}<b>",
    "<!--><img src=//evil.example.net/x>-->",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;script>alert(1)",
    "<meta http-equiv=refresh content=0;url=//evil.example.net>",
    "<base href=//evil.example.net/>",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<details open ontoggle=alert(1)>",
    'x" autofocus onfocus="alert(1)',
    "\u202e\u2066<ScRiPt>alert(1)</sCrIpT>\u2028alert(1)",
    'https://evil.example.net/"onclick=alert(1)//',
    "<style>@import '//evil.example.net/x'</style>",
)
WAKE = """() => {
  for (const e of document.querySelectorAll('main *, .foreign *'))
    for (const event of ['click', 'mouseover', 'focus', 'toggle', 'load', 'error', 'pointerover', 'animationend'])
      e.dispatchEvent(new Event(event, {bubbles: false, cancelable: true}));
  const bad = [...document.querySelectorAll('script:not([src]), style, base, iframe, frame, object, embed, meta[http-equiv], svg, math, [style]')].map(e => e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('*')) for (const a of e.attributes) if (/^on/i.test(a.name)) bad.push(a.name);
  for (const e of document.querySelectorAll('a[href], area[href]')) if (!/^(https?|mailto|tel):$/.test(e.protocol)) bad.push(e.href);
  return [...(window.ran || []), ...bad];
}"""

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), corpus.needed]


def letter(number, html):
    """A mail whose every place is hostile; the same place is hostile in another way in the next."""
    said = [HOSTILE[(number + step) % len(HOSTILE)] for step in range(4)]
    made = EmailMessage()
    made["From"], made["Message-ID"] = "x@example.org", f"<{number}@client.invalid>"
    made.set_content(f"{said[0]}\n\n> {said[1]}\n\n{said[2]} https://x.example.org/{said[3]}\n-- \n{said[0]}\n")
    made.add_alternative(html.encode("utf-8", "replace").decode(), subtype="html", cte="base64")
    made.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="x.html")
    return made.as_bytes(), said


@pytest.fixture
def home(site, archive):
    """A server of the public list, and what puts letters there."""
    web = site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})
    own = site.settings.site.model_copy(update={"url": "http://127.0.0.1"})
    site.settings = site.settings.model_copy(update={"web": web, "site": own})
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield "http://{}:{}".format(*server.address)
    server.stop()
    thread.join(20)


def written(site, now, documents):
    """Archive these letters, ten to a thread; the paths of all pages that show them."""
    paths, ids, talk = [], [], None
    with site.writing() as db:
        mlist = list_by_name(db, "gazetka")
        for number, (_, html) in enumerate(documents):
            raw, said = letter(number, html)
            if number % 10 == 0:
                talk = seeds.thread(db, mlist, "x", now - timedelta(days=60) + timedelta(hours=number))
                talk.thread.subject = said[0]
                paths.append(f"/gazetka/thread/{talk.thread.id}")
                paths.append(f"/gazetka/thread/{talk.thread.id}?flat=1")
            row = talk.say("x", "x@example.org", "x", html="x", message_id=f"{number}@client.invalid")
            row.author, row.subject = said[1], said[2]
            post = parse(raw)
            row.raw_id, row.snippet = keep_raw(db, raw).id, said[3]
            keep_body(db, row.raw_id, post.text, post.html)
            db.add(Attachment(message_id=row.id, number=1, name=said[0], type="text/html", size=25, sha256=""))
            ids.append(row.id)
            paths += [f"/gazetka/message/{row.hash}", f"/gazetka/message/{row.hash}?html=1"]
        indexing.index(db, ids)
    return paths + [f"/gazetka/?page={number}" for number in range(1, len(documents) // 250 + 2)] + ["/", "/gazetka/month/2026-01", "/gazetka/feed.atom"]


def hostile_requests():
    """Addresses that somebody may be lured to."""
    for said in HOSTILE:
        what = quote(said, safe="")
        yield from (
            f"/gazetka/search?q={what}",
            f"/search?q={what}&order={what}",
            f"/sign-in?next={what}",
            f"/{what}",
            f"/gazetka/topic/{what}",
            f"/gazetka/?page={what}",
        )


def visited(home, paths):
    """What ran, and what was asked of others, by path."""
    found = {}
    with chromium() as eyes:
        context = eyes.new_context()
        page = context.new_page()
        wrong = []
        context.on("request", lambda request: wrong.append(request.url) if not request.url.startswith((home, "data:")) else None)
        context.on("page", lambda other: wrong.append(f"window {other.url}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: wrong.append(f"error {error}"))
        page.add_init_script(browser.TRAP)
        for path in paths:
            wrong.clear()
            answer = page.goto(home + path, wait_until="load")
            said = page.evaluate(WAKE) if "html" in answer.headers.get("content-type", "") else []
            if wrong or said or answer.status >= 500 or page.url.split("/")[2] != home.split("/")[2]:
                found[path] = [*wrong, *said, answer.status]
    return found


def test_hostile_letters_and_names_do_nothing_on_real_pages(home, site, now):
    some = [document for number, document in enumerate(documents()) if number % 36 == 0]

    assert len(some) > 5
    assert visited(home, [*written(site, now, some), *list(hostile_requests())[::13]]) == {}


@pytest.mark.long
def test_no_letter_of_the_corpus_does_anything_on_any_page(home, site, now):
    assert visited(home, [*written(site, now, list(documents())), *hostile_requests()]) == {}
