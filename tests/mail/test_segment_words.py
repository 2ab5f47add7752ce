"""A choice of readers: the form that is kept, and what a coordinator says in the first line of a draft."""

import pytest

from listserv.errors import Invalid
from listserv.mail.segments import EVERYBODY, canonical, line_of, parse, said

FORMS = [
    ("", ""),
    ("topic:TIK role:moderator wrote:never", "topic:tik role:moderator wrote:never"),
    ("wrote:never  wrote:never topic:b topic:a topic:b", "topic:a topic:b wrote:never"),
    ("joined:2026-01-01.. language:pl", "joined:2026-01-01.. language:pl"),
    ("joined:2026-01-01.. joined:..2026-02-01", "joined:2026-01-01..2026-02-01"),
    ("joined:2026-03-03", "joined:2026-03-03..2026-03-03"),
]
SAID = [
    ("obszar Lekcje TIK", "", ("lekcje tik",)),
    ("moderatorzy", "role:moderator", ()),
    ("do moderatorów i koordynatorów".removeprefix("do "), "role:moderator", ()),
    ("koordynatorzy", "role:owner", ()),
    ("wszyscy moderatorzy", "role:moderator", ()),
    ("all the coordinators", "role:owner", ()),
    ("zwykli uczestnicy", "role:member", ()),
    ("kto jeszcze nigdy nie napisał", "wrote:never", ()),
    ("osoby, które jeszcze nic nie napisały", "wrote:never", ()),
    ("Kto już coś napisał.", "wrote:ever", ()),
    ("topic tik, never written", "wrote:never", ("tik",)),
    ("those who follow the topic tik and have never written", "wrote:never", ("tik",)),
    ("moderatorzy oraz obszar Książki i czytniki, czytający po polsku", "role:moderator language:pl", ("ksiazki i czytniki",)),
    ("obszar tik, obszar spotkania", "", ("tik", "spotkania")),
    ("wszyscy", "", ()),
    ("everybody", "", ()),
    ("topic:tik wrote:never", "topic:tik wrote:never", ()),
]


@pytest.mark.parametrize(("text", "kept"), FORMS)
def test_the_kept_form_has_one_spelling(text, kept):
    assert canonical(parse(text)) == kept and parse(kept) == parse(text)


@pytest.mark.parametrize(
    "text",
    ["topic:", "role:king", "wrote:often", "joined:..", "joined:2026-13-01..", "joined:2026-02-01..2026-01-01", "language:de", "tik", "role:owner role:member", "wrote:ever wrote:never", "topic:a " * 90],
)
def test_what_is_not_understood_is_refused_with_a_sentence(text):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert len(str(refused.value).split()) > 4


@pytest.mark.parametrize(("words", "kept", "topics"), SAID)
def test_what_a_coordinator_says_is_understood(words, kept, topics):
    found = said(words)
    assert (canonical(found.segment), found.topics) == (kept, topics)


@pytest.mark.parametrize("words", ["koty", "kto napisał i kto nigdy nie napisał", "moderatorzy, a także sąsiedzi", "nie moderatorzy", "wszyscy oprócz moderatorów"])
def test_what_cannot_be_understood_goes_to_nobody(words):
    with pytest.raises(Invalid):
        said(words)


def test_the_first_line_says_for_whom_and_is_no_part_of_the_text():
    assert line_of("\n**Do: obszar Lekcje TIK**\n\nDzień dobry\n\nDo: zobaczenia") == ("obszar Lekcje TIK", "Dzień dobry\n\nDo: zobaczenia")
    assert line_of("To: moderators\nHello") == ("moderators", "Hello")
    for text in ("", "\n", "Dzień dobry\nDo: moderatorzy", "To: Anna <anna@example.org>\nHello", "Do zobaczenia: jutro", "Do:"):
        assert line_of(text) is None
    assert said("wszyscy").segment == EVERYBODY
