"""Real HTML and the payloads of other projects: nothing runs, nothing is loaded, and cleaning twice is cleaning once."""

import json
import time

import pytest

from listserv.mail.html import clean, to_text
from listserv.mail.htmlguard import is_bearable
from listserv.web.headers import POLICY
from listserv.web.letterstyle import dressed
from tests.chromium import CHROMIUM
from tests.corpus import corpus
from tests.mail import browser
from tests.mail.test_html import leaks

CATEGORY = "F-html"
# As it stands in a page of ours, under our policy: without it every word of it must be as harmless.
POLICIES = ["", POLICY]


def documents():
    for item in corpus.items(CATEGORY):
        name, raw = item["file"], corpus.read(CATEGORY, item["file"])
        if name.startswith("cases/"):
            yield from ((f"{name} {n}", case["payload"]) for n, case in enumerate(json.loads(raw)["cases"]))
        elif name.startswith("bleach/"):
            yield name, raw.decode("utf-8", "replace").split("\n--\n")[0]
        elif not name.endswith(".json"):
            yield name, raw.decode("utf-8", "replace")


def words(html):
    """The words of a letter, without brackets around pictures and links."""
    return {bare for word in to_text(html).split() if (bare := word.strip("[]<>()-…").rstrip("/"))}


@corpus.needed
def test_all_html_is_safe_and_stable():
    for name, html in documents():
        safe = clean(html)
        assert leaks(safe) == [], name
        assert clean(safe) == safe, name


@corpus.needed
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
@pytest.mark.parametrize("policy", POLICIES, ids=["no policy", "our policy"])
def test_a_browser_runs_nothing_and_asks_for_nothing(policy):
    with browser.reading() as read:
        safe = [(name, clean(html, lambda cid: f"{browser.OWN}{len(cid)}")) for name, html in documents()]
        safe = [(name, dressed(html)) for name, html in safe] if policy else safe
        # Many on a page, one by one where something is wrong: a page takes a tenth of a second.
        for batch in (safe[at : at + 25] for at in range(0, len(safe), 25)):
            if read("".join(f"<section>{html}</section>" for _, html in batch), policy):
                assert [(name, found) for name, html in batch if (found := read(html, policy))] == []
                raise AssertionError([name for name, _ in batch])


@corpus.needed
def test_real_letters_are_read_whole():
    for name, html in documents():
        if name.startswith("real/"):
            assert is_bearable(html), name
            assert to_text(html).strip(), name


@corpus.needed
def test_no_word_of_a_real_letter_is_lost_by_cleaning():
    for name, html in documents():
        if name.startswith("real/"):
            assert words(html) <= words(clean(html)), name


@corpus.needed
def test_real_letters_are_cleaned_in_milliseconds():
    letters = [html for name, html in documents() if name.startswith("real/")]
    begin = time.process_time()

    for html in letters:
        clean(html)

    assert (time.process_time() - begin) / len(letters) < 0.02
