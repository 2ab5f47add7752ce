"""What is found is marked where it stands."""

from hypothesis import given
from hypothesis import strategies as st

from listserv.words.marking import WHOLE, Sought, excerpt, marked
from tests.findable import plain


def sought(*forms, phrases=(), beginnings=()):
    return Sought(frozenset(forms), tuple(beginnings), frozenset(phrases))


def test_words_are_marked_in_every_spelling_and_parts_of_words_are_not():
    assert plain(marked("Łódź, łodzi i łodziarz", sought("lodz", "lodzi"))) == "[Łódź], [łodzi] i łodziarz"


def test_phrases_and_beginnings_are_marked_whole():
    assert plain(marked("Lekcja – biblioteczna i lekcja", sought(phrases=[("lekcja", "biblioteczna")]))) == "[Lekcja – biblioteczna] i lekcja"
    assert plain(marked("Scenariusz scena", sought(beginnings=["scenar"]))) == "[Scenariusz] scena"
    assert plain(marked("中村さん", sought("村"))) == "中[村]さん"


def test_quoted_lines_are_not_shown():
    parts, there = excerpt("> kubek\nMam inny kubek.", sought("kubek"))

    assert (plain(parts), there) == ("Mam inny [kubek].", True)


def test_of_a_long_text_the_place_with_most_of_the_words_is_shown():
    text = "kubek. " + "inne słowa " * 60 + "kubek i talerz. " + "inne słowa " * 60

    parts, _ = excerpt(text, sought("kubek", "talerz"))

    assert "[kubek] i [talerz]." in plain(parts)
    assert plain(parts).startswith("… ")
    assert plain(parts).endswith(" …")


def test_a_text_without_it_shows_its_beginning():
    parts, there = excerpt("Dzień dobry. " * 100, sought("kubek"))

    assert plain(parts).startswith("Dzień dobry.")
    assert not there


@given(st.text(max_size=2_000), st.sampled_from(["a", "lodz", "0", "ss"]), st.booleans())
def test_any_text_comes_out_whole_or_shorter(text, word, row):
    asked = sought(word, phrases=[(word, "a")] if row else [], beginnings=["a"] if row else [])

    assert len(plain(excerpt(text, asked)[0])) <= WHOLE * 2
    parts = marked(text, asked)
    assert "".join(part.text for part in parts) or not text.strip() or parts == ()
