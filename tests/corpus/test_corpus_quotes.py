"""Real replies: the author's lines stay, attributions and quotes go."""

import re

from listserv.mail.html import to_text
from listserv.mail.parse import parse
from listserv.mail.quotes import reply, split
from tests.corpus import corpus

CATEGORY = "C-quotes"


def squeezed(text):
    return re.sub(r"\s+", "", text)


def text_of(name):
    raw = corpus.read(CATEGORY, name)
    if name.endswith(".eml"):
        return parse(raw).text
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return to_text(text) if name.endswith(".html") else text


def lines(text):
    return {line.strip() for line in text.split("\n") if line.strip()}


@corpus.needed
def test_nothing_of_any_letter_is_lost():
    for name in corpus.files(CATEGORY):
        text = text_of(name)
        assert "".join(piece.text for piece in split(text)) == text, name


@corpus.needed
def test_attributions_and_quotes_of_real_replies_go_and_the_authors_lines_stay():
    items = [item for item in corpus.items(CATEGORY) if item["file"].startswith("real/")]
    shown, quoted, lost = [], [], []
    for item in items:
        text, expected = text_of(item["file"]), item["expected"]
        kept = lines(reply(text))
        # format=flowed has joined lines: compare without white space.
        visible = squeezed("".join(piece.text for piece in split(text) if piece.kind not in ("quote", "attribution")))
        attribution = expected["attribution"].split("\n")[0].strip()
        shown += [item["file"]] if attribution in kept else []
        quoted += [item["file"]] if any(line.startswith(">") for line in kept) else []
        missing = [line for line in expected.get("unquoted_lines", []) if squeezed(line) not in visible]
        lost += [item["file"]] if missing else []

    assert shown == []
    assert quoted == []
    assert len(lost) <= len(items) // 25


@corpus.needed
def test_most_replies_of_other_suites_are_read_as_they_expect():
    right = wrong = 0
    for item in corpus.items(CATEGORY):
        expected = item["expected"] or {}
        wanted = expected.get("trimmed") or expected.get("first_fragment") or expected.get("reply_text") or expected.get("reply_text_only")
        if wanted:
            good = squeezed(reply(text_of(item["file"]))) == squeezed(wanted)
            right, wrong = right + good, wrong + (not good)

    assert right / (right + wrong) > 0.8
