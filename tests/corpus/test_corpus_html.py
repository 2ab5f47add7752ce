"""Real HTML and the payloads of other projects: nothing runs, nothing is loaded, and cleaning twice is cleaning once."""

import json

from listserv.mail.html import clean, to_text
from listserv.mail.htmlguard import is_bearable
from tests.corpus import corpus
from tests.mail.test_html import leaks

CATEGORY = "F-html"


def documents():
    for item in corpus.items(CATEGORY):
        name, raw = item["file"], corpus.read(CATEGORY, item["file"])
        if name.startswith("cases/"):
            yield from ((f"{name} {n}", case["payload"]) for n, case in enumerate(json.loads(raw)["cases"]))
        elif not name.endswith(".json"):
            yield name, raw.decode("utf-8", "replace")


@corpus.needed
def test_all_html_is_safe_and_stable():
    for name, html in documents():
        safe = clean(html)
        assert leaks(safe) == [], name
        assert clean(safe) == safe, name


@corpus.needed
def test_real_letters_are_read_whole():
    for name, html in documents():
        if name.startswith("real/"):
            assert is_bearable(html), name
            assert to_text(html).strip(), name
