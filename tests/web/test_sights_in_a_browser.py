"""In real Chromium: small pictures come on their cards, and what is copied from a patch is the patch."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.chromium import CHROMIUM
from tests.mail.test_patches import GIT
from tests.web.eyes import COLOURS, WIDER, axe, looking
from tests.web.readers import app, archive, member  # noqa: F401
from tests.web.test_pictures import picture

pytestmark = [pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"), pytest.mark.only_sqlite]

PICTURES = "() => [...document.querySelectorAll('.file img')].map(i => [i.complete, i.naturalWidth, i.naturalHeight, Math.round(i.getBoundingClientRect().height)])"
LOADED = "() => [...document.querySelectorAll('.file img')].every(i => i.complete)"
COPIED = """() => { const box = document.querySelector('pre.diff'), range = document.createRange(), chosen = getSelection();
    range.selectNodeContents(box); chosen.removeAllRanges(); chosen.addRange(range); return [chosen.toString(), box.textContent]; }"""


def test_pictures_come_and_a_patch_is_copied_as_it_is(member, archive, site, now):
    patch = GIT.partition("\n-- \n")[0]
    files = (("mapa.png", "image/png", picture()), ("zła.jpg", "image/jpeg", b"no picture"))
    wide = f"{patch[patch.index('---'):]}\n\n--- a\n+++ b\n@@ -1,4 +1,3 @@\n-\n\n-{'x' * 300}\n \n+y"
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Mapa", now - timedelta(hours=1))
        talk.say("Jan Przypis", "jan@example.org", f"Łatka:\n\n{wide}\n\nJan", files=files)
        path = f"/siecibp/thread/{talk.thread.id}"

    with looking() as eyes:
        page = eyes.page(lambda asked: member.get(urlsplit(asked.url).path), script=True)
        page.goto(path)
        page.wait_for_function(LOADED)
        shown, broken = page.evaluate(PICTURES)
        copied, text = page.evaluate(COPIED)
        corner = Image.open(BytesIO(page.locator(".file .kind").last.screenshot())).convert("RGB").crop((4, 4, 60, 60))
        page.set_viewport_size({"width": 320, "height": 640})
        wrong = axe(page) + axe(page, COLOURS) + page.evaluate(WIDER)
        page.emulate_media(color_scheme="dark")
        wrong += axe(page, COLOURS)

    assert shown[:3] == [True, 480, 240] and shown[3] > 100
    # Of what does not come no sign is drawn: the kind of the file is read instead.
    assert broken[:3] == [True, 0, 0]
    assert len(corner.getcolors()) == 1
    assert text == f"{wide}\n"
    assert copied.rstrip("\n") == wide
    assert wrong == []


def test_words_that_run_from_right_to_left_do_so_beside_others(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "مرحبا بكم", now - timedelta(hours=1))
        talk.say("Jan Przypis", "jan@example.org", "كيف حالكم؟ أرجو الرد.\n\nA po polsku: dzień dobry.")
        path = f"/siecibp/thread/{talk.thread.id}"

    with looking() as eyes:
        page = eyes.page(lambda asked: member.get(urlsplit(asked.url).path), script=True)
        page.goto(path)
        # Where its full stop stands: left of its first letter, or right of it.
        ends = page.evaluate(
            """() => [...document.querySelectorAll('.body p')].map(p => { const at = n => { const r = document.createRange(), t = p.firstChild;
                r.setStart(t, n); r.setEnd(t, n + 1); return r.getBoundingClientRect().left; }; return at(p.textContent.length - 1) < at(0); })"""
        )

    assert ends == [True, False]


def test_on_paper_quotes_are_open_links_say_where_they_lead_and_nothing_is_to_be_pressed(member, archive, site, now):
    text = "Ewa Fiszka pisze:\n> Pierwsze pytanie\n> drugie pytanie\n\nOdpowiedź **gruba**, [tutaj](https://example.org/tam).\n\n-- \nJan Podpisany\n"
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Na papier", now - timedelta(hours=1))
        talk.say("Jan Przypis", "jan@example.org", text, html="<b>x</b>", message_id="0123456789abcdef01234567@lists.example.org")
        path = f"/siecibp/thread/{talk.thread.id}"

    with looking() as eyes:
        page = eyes.page(lambda asked: member.get(urlsplit(asked.url).path), script=False)
        page.goto(path)
        page.emulate_media(color_scheme="dark")
        paper = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages).split())

    for words in ("Na papier", "Jan Przypis", "Pierwsze pytanie drugie pytanie", "Odpowiedź gruba, tutaj (https://example.org/tam).", "Jan Podpisany"):
        assert words in paper
    local = now.astimezone(ZoneInfo("Europe/Warsaw"))
    assert f"{local.day} {local:%B %Y}, " in paper
    for words in ("Search", "Reply", "Sign", "quote,", "All lists", "Skip"):
        assert words not in paper
