"""Addresses that strangers must not see: as they are seen on the page, and in the links that answer."""

from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, signed_in, stranger, words  # noqa: F401

LETTERS = [
    "<p>Do: czytel@gazeta.<wbr>example.org</p>",
    "<p>Do: czytel@<span>gazeta.example.org</span></p>",
    "<p>Do: czytel@<wbr>gazeta.example.org</p>",
    "<p>Do: czytel@\u200bgazeta.example.org</p>",
    "<p>Do: czytel@<b>gaz</b>eta.exam<i>ple.org</i></p>",
]
TEXTS = ["czytel＠gazeta.example.org", "czytel@gazeta。example.org", "czytel@gaze\u00adta.example.org", "czytel/@gazeta.example.org", "czytel@\ngazeta.example.org"]


def told(site, now, text, *, html=None, message_id=""):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "gazetka"), "Adresy", now - timedelta(hours=3))
        said = talk.say("Czytelnik", "czytel@gazeta.example.org", text, html=html, message_id=message_id)
        return f"/gazetka/thread/{talk.thread.id}", f"/gazetka/message/{said.hash}"


def seen(page):
    return words(page).replace(" ", "").replace("\u00ad", "").replace("\u200b", "").replace("。", ".")


@pytest.mark.parametrize("html", LETTERS)
def test_a_formatted_letter_shows_strangers_no_address_and_members_the_letter(stranger, app, site, archive, now, html):
    _, path = told(site, now, "Tekst.", html=html)

    assert "gazeta.example.org" not in seen(stranger.page(f"{path}?html=1"))
    assert "czytel@gazeta.example.org" in seen(signed_in(app, site, "zofia@example.org").page(f"{path}?html=1"))


@pytest.mark.parametrize("text", TEXTS)
def test_a_plain_letter_shows_strangers_none_either(stranger, app, site, archive, now, text):
    thread, path = told(site, now, f"Piszcie: {text} albo tu.")

    for where in (thread, path, "/gazetka/", "/gazetka/feed.atom"):
        assert "gazeta.example.org" not in seen(unescape(stranger.page(where))), where
    assert "gazeta.example.org" in seen(signed_in(app, site, "zofia@example.org").page(thread))


def test_what_was_marked_here_shows_strangers_none(stranger, app, site, archive, now):
    text = "Piszcie: czytel@**gazeta**.example.org albo tu."
    thread, _ = told(site, now, text, html="<p>x</p>", message_id=f"{'0a' * 12}@lists.example.org")

    assert "<strong>" in signed_in(app, site, "zofia@example.org").page(thread)
    assert "gazeta.example.org" not in seen(stranger.page(thread))


@pytest.mark.parametrize(
    ("message_id", "named"),
    [("czytel@gazeta.example.org.123@mail.example.net", False), ("2026.czytel@gazeta.example.org", False), ("m17@mail.example.net", True)],
)
def test_a_link_that_answers_names_no_address(stranger, site, archive, now, message_id, named):
    thread, path = told(site, now, "Tekst.", message_id=message_id)

    for where in (thread, path):
        page = unquote(unescape(stranger.page(where)))
        assert (f"In-Reply-To=<{message_id}>" in page) is named, where
        assert "czytel@gazeta" not in page
