"""How much of a text is shown at once."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import cutting
from listserv.mail.cutting import Size

LINE = "Słowo za słowem idzie ulicą i nigdzie się nie spieszy.\n"


def test_what_has_room_is_whole():
    assert cutting.beginning(LINE * 10, cutting.size(1000)) == LINE * 10


def test_a_text_ends_where_a_line_ends():
    head = cutting.beginning(LINE * 1000, cutting.size(2000))

    assert head == LINE * (2000 // len(LINE))


def test_a_line_longer_than_the_room_ends_between_words():
    head = cutting.beginning(LINE.strip() + " " + "słowo " * 2000, cutting.size(1000))

    assert 900 < len(head) <= 1000 and head.endswith("słowo ")


def test_half_an_address_is_never_left_at_the_end():
    head = cutting.beginning("x" * 990 + "ewa@wazna.example.org" + "y" * 2000, cutting.size(1000))

    assert head == "x" * 990 + "ewa"


def test_short_lines_are_counted():
    assert cutting.beginning("a\n" * 5000, Size(4000, 100)).count("\n") == 100


@given(st.text(alphabet="ab \n>.@w:/\"", max_size=3000), st.integers(50, 900))
def test_the_parts_in_a_row_are_the_text(text, most):
    places = cutting.parts(text, cutting.size(most), 10_000)

    assert "".join(text[a:b] for a, b in itertools.pairwise(places)) == text
    assert all(b - a <= most + cutting.SLACK for a, b in itertools.pairwise(places))


@given(st.text(alphabet="ab \n>.@w:/\"-", max_size=6000), st.integers(100, 900))
def test_what_is_left_is_what_is_not_shown_behind_the_end(text, most):
    found = cutting.shown(text, most)

    assert 0 <= found.left <= len(text)
    if not found.short and not found.left:
        assert "".join(piece.text for piece in found.pieces) == text
    if found.left and not found.short:
        assert "".join(piece.text for piece in found.pieces) == text[: len(text) - found.left]


def test_long_quotes_go_before_words():
    text = "Tak.\n\n" + "".join(f"> {LINE}" for _ in range(100)) + "\n" + LINE * 20
    found = cutting.shown(text, 4000)

    assert "".join(piece.text for piece in found.pieces if piece.kind == "said") == "Tak.\n\n" + LINE * 20
    assert found.short == {1: 100} and found.pieces[1].text.count("\n") == cutting.QUOTE_LINES and not found.left


def test_only_the_longest_give_way():
    assert cutting.level([1000, 1000, 50_000], 10_000) == 8000
    assert cutting.level([1000, 1000], 10_000) == 1000
    assert cutting.level([], 10_000) == 0


@pytest.mark.parametrize("text", ["a\n" * 500_000, "www.a " * 160_000, '"' * 1_000_000, "a" * 1_000_000, "\n" * 1_000_000])
def test_a_part_is_found_without_looking_at_all_of_it_again(text):
    begin = time.process_time()
    places = cutting.parts(text, cutting.size(36_000), 100)

    assert time.process_time() - begin < 0.1
    assert len(places) <= 101
