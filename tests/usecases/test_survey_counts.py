"""What came of a question, counted over plain values; and the words and bars that tell it."""

from datetime import UTC, datetime

import pytest

from listserv.mail.html import clean
from listserv.usecases.surveycounts import FEWEST_ANONYMOUS, Asked, Said, bar, tally, withheld
from listserv.usecases.surveyresults import MOST_SAID, Results, worded

AREAS = ("Lekcje", "Zbiory", "Prawo")


def counts(found):
    return [(line.label, line.count) for line in found.lines]


def test_shares_are_of_those_who_answered():
    found = tally(Asked("Który?", "one", AREAS), [Said((1,)), Said((1,)), Said((3,), times=2)])

    assert found.answered == 4 and counts(found) == [("Lekcje", 2), ("Zbiory", 0), ("Prawo", 2)]
    assert [line.share for line in found.lines] == [0.5, 0.0, 0.5]
    assert found.best == ("Lekcje", "Prawo")


def test_of_several_choices_each_counts_once_a_person():
    found = tally(Asked("Które?", "several", AREAS), [Said((1, 2, 2)), Said((2,))])

    assert counts(found) == [("Lekcje", 1), ("Zbiory", 2), ("Prawo", 0)]
    assert [line.share for line in found.lines] == [0.5, 1.0, 0.0]


def test_who_says_none_of_these_has_answered_too():
    found = tally(Asked("Które?", "several", AREAS), [Said((1,)), Said((), times=3)])

    assert (found.answered, found.none) == (4, 3) and found.lines[0].share == 0.25


def test_one_choice_means_one_and_numbers_that_were_not_there_are_nothing():
    found = tally(Asked("Który?", "one", AREAS), [Said((2, 3)), Said((9,)), Said((0,))])

    assert found.answered == 1 and counts(found) == [("Lekcje", 0), ("Zbiory", 1), ("Prawo", 0)]


def test_what_is_ranked_is_summed_by_places_and_the_highest_stands_first():
    found = tally(Asked("Po kolei", "ranked", AREAS), [Said((3, 1, 2)), Said((3, 2)), Said((1,))])

    assert [(line.place, line.label, line.count) for line in found.lines] == [(1, "Prawo", 6), (2, "Lekcje", 5), (3, "Zbiory", 3)]
    assert found.lines[0].share == 6 / 9 and found.tied == ()


def test_equal_points_share_a_place_and_are_said_to_be_equal():
    found = tally(Asked("Po kolei", "ranked", AREAS), [Said((1, 2)), Said((2, 1))])

    assert [(line.place, line.label) for line in found.lines] == [(1, "Lekcje"), (1, "Zbiory"), (3, "Prawo")]
    assert found.tied == (("Lekcje", "Zbiory"),)


def test_a_scale_has_an_average_a_median_and_all_five_marks():
    found = tally(Asked("Jak?", "scale", ("wcale", "bardzo")), [Said((5,), times=3), Said((2,)), Said((7,))])

    assert (found.answered, found.average, found.median) == (4, 4.25, 5.0)
    assert counts(found) == [("1 – wcale", 0), ("2", 1), ("3", 0), ("4", 0), ("5 – bardzo", 3)]
    assert tally(Asked("Jak?", "scale"), []).average is None


def test_sentences_stand_in_an_order_that_tells_nothing_and_is_the_same_each_time():
    said = [Said(words=f"Zdanie {number}.") for number in range(20)]
    asked = Asked("Co?", "words")

    found = tally(asked, said, "7 1").words

    assert found == tally(asked, reversed(said), "7 1").words != tally(asked, said, "7 2").words
    assert sorted(found) == sorted(one.words for one in said) and list(found) != [one.words for one in said]


def test_of_fewer_than_five_anonymous_answers_nobody_is_shown_anything():
    for decides in (True, False):
        assert [withheld(anonymous=True, answered=number, closed=True, decides=decides) for number in (0, 1, FEWEST_ANONYMOUS - 1, FEWEST_ANONYMOUS)] == ["", "few", "few", ""]
        assert withheld(anonymous=False, answered=1, closed=True, decides=decides) == ""


def test_before_the_close_only_those_who_decide_look_on_and_at_anonymous_answers_nobody():
    assert [withheld(anonymous=anonymous, answered=9, closed=False, decides=decides) for anonymous in (False, True) for decides in (True, False)] == ["", "open", "open", "open"]


@pytest.mark.parametrize(("share", "drawn"), [(0, ""), (1, "██████████"), (0.5, "█████"), (0.55, "█████▌"), (2, "██████████"), (-1, ""), (0.001, "")])
def test_bars_are_as_long_as_their_share(share, drawn):
    assert bar(share, 10) == drawn


# ---- the words ----------------------------------------------------------------------------------------------


def results(*tallies, answered=3, **more):
    facts = {"title": "Potrzeby", "asked": 45, "opened": datetime(2026, 3, 2, 9, tzinfo=UTC), "closed": datetime(2026, 3, 16, 9, tzinfo=UTC)}
    return Results(tallies=tallies, answered=answered, **{**facts, **more})


def test_results_read_well_as_text_and_all_bars_begin_at_the_left():
    text = worded(results(tally(Asked("Który?", "one", AREAS), [Said((1,), times=2), Said((3,))])), "en", "Europe/Warsaw").text.replace("\N{NO-BREAK SPACE}", " ")

    assert "3 of 45 people who were asked answered (7%)" in text
    assert [line for line in text.splitlines() if line.startswith("    ")] == ["    Lekcje: 2 (67%)", "    █████████████▍", "    Zbiory: 0 (0%)", "    Prawo: 1 (33%)", "    ██████▋"]


def test_no_line_is_wider_than_mail_is():
    asked = Asked("Który? " * 30, "one", ("Bardzo długa odpowiedź " * 12, "b"))

    text = worded(results(tally(asked, [Said((1,))])), "pl", "Europe/Warsaw").text

    assert max(map(len, text.splitlines())) <= 78


def test_drawings_that_a_mail_program_drops_are_missed_by_nobody():
    html = worded(results(tally(Asked("Który?", "one", AREAS), [Said((1,), times=2), Said((3,))])), "pl", "Europe/Warsaw").html

    left = clean(html)

    assert html.count("<svg") == 2 and "<svg" not in left
    # The same bars as cells with a colour of their own, and the numbers.
    assert left.count('bgcolor="#6257bd"') == 2 and 'width="67%"' in left and "2&nbsp;(67%)" in left


def test_somebody_s_words_are_words_and_no_html():
    evil = '<script>alert(1)</script><a href="https://evil.example.org">x</a>'

    post = worded(results(tally(Asked(evil, "one", (evil, "b")), [Said((1,))]), tally(Asked("?", "words"), [Said(words=evil)]), title=f"{evil}\r\nBcc: x@example.org"), "en", "UTC")

    assert "<script" not in post.html and "<a href" not in post.html
    assert post.text.count("<script>") == 3


def test_when_nobody_answered_it_is_said_kindly_and_there_are_no_empty_bars():
    post = worded(results(tally(Asked("Który?", "one", AREAS), []), answered=0), "en", "UTC")

    assert "Nobody answered" in post.text and "asked" in post.text and "(0%)" not in post.text + post.html


def test_few_anonymous_answers_are_counted_and_not_shown():
    post = worded(results(answered=4, few=True, anonymous=True), "en", "UTC")

    assert "4 of 45" in post.text and "fewer than five" in post.text and "fewer than five" in post.html


def test_more_sentences_than_a_mail_holds_are_said_to_stand_on_the_page():
    said = [Said(words=f"{number} " + "a" * 3_000) for number in range(10)]

    text = worded(results(tally(Asked("Co?", "words"), said)), "en", "UTC").text

    assert len(text) < MOST_SAID + 2_000 and "4 more sentences stand on the page below" in text
