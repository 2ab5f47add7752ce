"""Our letters as HTML: what the program put there can be pressed, what others wrote stays words."""

import pytest

from listserv import gallery, letters
from listserv.mail import letterhtml
from listserv.sample import FACTS

EVIL = "https://evil.example/sign-in"
OURS = "https://listy.example.org/siecibp/message/ABC"


@pytest.mark.parametrize("line", ["{}", "  {}", "     {}", "    {}", "  1. {}", "the message “{}” waits.", "  {} – a choice"])
def test_only_our_own_links_can_be_pressed(line):
    made = letterhtml.fragment(line.format(EVIL), {OURS})

    assert "<a " not in made and "https://evil.example/sign-in" in made


@pytest.mark.parametrize("line", ["{}", "  {}", "all of it: {}", "all of it: {}."])
def test_our_own_links_can_be_pressed(line):
    assert f'<a href="{OURS}">{OURS}</a>' in letterhtml.fragment(line.format(OURS), {OURS})


def test_a_link_with_words_is_a_button_in_html_and_a_link_in_plain_text():
    line = letters.button(OURS, "Answer in the browser")

    made = letterhtml.fragment(line, {OURS})
    assert f'href="{OURS}"' in made and ">Answer in the browser</a>" in made and "\x01" not in made
    assert letterhtml.without_buttons(f"a\n{line}\nb") == f"a\n  {OURS}\nb"
    assert "<a " not in letterhtml.fragment(letters.button(EVIL, "Press"), {OURS})
    # Nobody's words make one: they are quoted, and set off.
    assert "<a " not in letterhtml.fragment(letters.quoted(line), {OURS})


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_invitation_has_a_button(language):
    words = letters.render("invitation", language, **gallery.facts(gallery.ways("invitation")[0].changed))

    assert f'<a href="{FACTS["link"]}" style=' in words.html and f"\n  {FACTS['link']}\n" in words.body


def test_each_of_several_people_has_a_paragraph_of_their_own():
    made = letterhtml.fragment("    Anna Nowa <anna@example.org>\n    jan@example.org\n    and 3 more", ())

    assert made.count("<p ") == 3 and "<br>" not in made
    assert "<br>" in letterhtml.fragment("    Dear Anna,\n    write to jan@example.org\n    Zofia", ())


@pytest.mark.parametrize("name", letters.names())
def test_nobodys_name_or_subject_becomes_a_link(name):
    named = {fact: EVIL for fact, value in FACTS.items() if isinstance(value, str) and fact in OTHERS}
    words = letters.render(name, "en", **{**gallery.facts(gallery.ways(name)[0].changed), **named})

    assert f'href="{EVIL}' not in words.html


OTHERS = frozenset(
    {
        "name",
        "email",
        "subject",
        "text",
        "first",
        "words",
        "files",
        "who",
        "decider",
        "query",
        "thread_title",
        "note",
        "description",
        "author",
        "title",
        "new_address",
    }
)


@pytest.mark.parametrize("name", ["found", "my-posts", "answers"])
def test_hits_and_posts_can_be_pressed_on_a_telephone(name):
    words = letters.render(name, "pl", **gallery.facts(gallery.ways(name)[0].changed))

    assert words.html.count("<a href=") == words.body.count("https://") > 0


def test_what_is_said_of_a_line_of_ours_is_no_quotation():
    made = letterhtml.fragment("Wydania:\n\n  „Nowości”\n    egzemplarze: 45\n  „Drugie”\n\n    Czyjeś słowa\n")

    assert made.count("<blockquote") == 1 and "Czyjeś słowa" in made.partition("<blockquote")[2]
    assert "egzemplarze: 45</p>" in made


def test_a_long_sentence_that_is_set_off_is_broken_by_us_in_plain_text_and_by_the_window_in_html():
    consent = "Zgadzam się na przechowywanie adresu e-mail i treści wiadomości w archiwum listy „Sieć BP”, do czasu wypisania się."
    words = letters.render("invitation", "pl", **gallery.facts({"consent": consent}))

    assert "    Zgadzam się na przechowywanie adresu e-mail i treści wiadomości\n    w archiwum" in words.body.replace("\N{NO-BREAK SPACE}", " ")
    said = words.html.partition("<blockquote")[2].partition("Zgadzam")[2].partition("</blockquote>")[0]
    assert "wypisania się." in said and "<br>" not in said
    assert letterhtml.FLOWS not in words.body + words.html


def test_a_short_address_and_a_hyphened_word_are_not_broken():
    made = letterhtml.fragment("any mail to siecibp-leave@listy.example.org, or e-books")

    assert '<span style="white-space:nowrap">siecibp-leave@</span>listy.example.org' in made
    assert '<span style="white-space:nowrap">e-books</span>' in made


def test_a_very_long_address_may_be_broken():
    assert "nowrap" not in letterhtml.fragment(f"{'a' * 60}@example.org")
