"""Real replies and the suites of other readers: the author's lines stay, attributions, quotes and signatures go."""

import re

import pytest

from listserv.mail.html import to_text
from listserv.mail.parse import parse
from listserv.mail.quotes import reply, split
from tests.corpus import corpus

pytestmark = corpus.needed
CATEGORY = "C-quotes"
BELOW = ("farewell", "signature", "footer")
OLDER = (*BELOW, "quote", "attribution")


def suite(name):
    """(what is expected, text) of every item that expects something."""
    for item in corpus.items(CATEGORY):
        if item["file"].startswith(name) and item["expected"]:
            yield item["expected"], text_of(item["file"])


def text_of(name):
    raw = corpus.read(CATEGORY, name)
    if name.endswith(".eml"):
        return parse(raw).text
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    return to_text(text) if name.endswith(".html") else text


def squeezed(text):
    """Without white space: format=flowed has joined lines."""
    return re.sub(r"\s+", "", text)


def pieces(text, kinds):
    return squeezed("".join(piece.text for piece in split(text) if piece.kind in kinds))


def share(answers):
    answers = list(answers)
    assert len(answers) > 2
    return sum(answers) / len(answers)


def test_nothing_of_any_letter_is_lost():
    for name in corpus.files(CATEGORY):
        text = text_of(name)
        assert "".join(piece.text for piece in split(text)) == text, name


def test_replies_are_those_of_email_reply_trimmer():
    """Not: quotes without attribution, which it keeps, and quotes marked by one letter; ours are folded."""
    assert share(reply(text).strip() == expected["trimmed"].strip() for expected, text in suite("email_reply_trimmer")) >= 0.85


def test_first_fragments_are_those_of_crisp():
    """Not: what stands unmarked below a telephone's footer, which may be the author's."""
    assert share(reply(text).strip() == expected["first_fragment"].strip() for expected, text in suite("crisp") if "first_fragment" in expected) >= 0.85
    assert all(re.search(one, reply(text)) for expected, text in suite("crisp") for one in expected.get("first_fragment_matches", []))
    assert all(reply(text).strip() == expected["visible_text"].strip() for expected, text in suite("crisp") if "visible_text" in expected)
    assert all(squeezed(reply(text)) == squeezed(text) for expected, text in suite("crisp") if expected.get("nothing_to_strip"))


def test_checks_of_mail_parser_reply_hold():
    """Not: the rule above Outlook's heading, which it leaves to the author, and a name without a farewell."""
    checks = [holds(check, text) for expected, text in suite("mail-parser-reply") for check in expected.get("checks", [])]

    assert share(checks) >= 0.9


def holds(check, text):
    wanted, said, below = squeezed(check["text"]), squeezed(reply(text)), pieces(text, BELOW)
    if check["reply"]:
        return check["op"] == "lacks" or (wanted in pieces(text, OLDER) and wanted not in said)
    where = {"body": said, "signatures": below, "content": squeezed(text)}[check["part"]]
    return {"contains": wanted in where, "lacks": wanted not in where, "equals": wanted == where}[check["op"]]


@pytest.mark.parametrize(("name", "key"), [("talon/standard_replies", "reply_text"), ("talon/html_replies", "reply_text_only")])
def test_replies_of_the_usual_programs_are_those_of_talon(name, key):
    assert share(squeezed(reply(text)) == squeezed(expected[key]) for expected, text in suite(name)) >= 0.95


def test_replies_in_texts_are_those_of_talon():
    """Not: forwarded mail, which it leaves to the author, and HTML of nothing but a quote."""
    answers = [(expected["reply"], expected["kind"], text) for expected, text in suite("talon/inline")]

    assert share(squeezed(reply(text)) == squeezed(to_text(wanted) if kind == "html" else wanted) for wanted, kind, text in answers) >= 0.85


def test_a_polish_reply_with_a_long_signature_is_read():
    ((expected, text),) = suite("imap-to-webhook")

    assert reply(text).startswith(expected["reply_starts_with"])
    assert all(words in reply(text) for words in expected["reply_contains"])
    assert not any(words in reply(text) for words in [*expected["reply_must_not_contain"], "RODO", "KRS"])


def test_real_list_posts_lose_the_attribution_and_keep_the_authors_first_line():
    assert share(is_read(expected, text) for expected, text in suite("real/")) >= 0.97


def is_read(expected, text):
    said, lines = squeezed(reply(text)), [line for line in expected.get("unquoted_lines", []) if line.strip()]
    return squeezed(expected["attribution"]) not in said and (not lines or squeezed(lines[0]) in said)


def test_real_list_posts_show_no_quote_and_lose_no_line():
    """But what stands under a heading of forwarded mail, and one line that is the first half of an attribution in Chinese."""
    posts = list(suite("real/"))
    shown = [text for _, text in posts if any(line.startswith(">") for line in reply(text).split("\n"))]
    lost = [
        text
        for expected, text in posts
        if any(squeezed(line) not in pieces(text, ("said", *BELOW)) for line in expected.get("unquoted_lines", []) if line.strip())
    ]

    assert shown == []
    assert len(lost) <= len(posts) // 25
