"""What a digest looks like: two forms with the same order, numbers and words."""

import quopri
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from digests import rendering
from digests.entries import MEASURES, Entry, Form, Item, Kept, Question, lay_out
from digests.rendering import LIMIT
from tests.digests.samples import CARDS, LESSONS, MEETING, URL, at, edition, entry, own


class Page(HTMLParser):
    """A page as its words, links and the roles of its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tables: list[str | None] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "table":
            self.tables.append(dict(attrs).get("role"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.words += data.split()


def shown(*entries: Entry, **more):
    return rendering.render(edition(*entries, **more)).filled(own)


def order_of(text: str, *words: str) -> list[int]:
    return [text.index(word) for word in words]


def test_the_subject_says_what_is_inside():
    assert shown().subject == "Sieć BP, Tuesday: 2 threads, 3 messages"
    assert shown(MEETING, when="weekly tue 07:00").subject == "Sieć BP, 3 March: 1 thread, 1 message"


@pytest.mark.parametrize(
    ("threads", "messages", "words"),
    [
        (1, 1, "1 wątek, 1 wiadomość"),
        (3, 8, "3 wątki, 24 wiadomości"),
        (5, 1, "5 wątków, 5 wiadomości"),
        (12, 1, "12 wątków, 12 wiadomości"),
        (22, 1, "22 wątki, 22 wiadomości"),
    ],
)
def test_polish_counts_are_right(threads, messages, words):
    entries = [entry(number, messages, "Dzień dobry") for number in range(threads)]
    assert shown(*entries, language="pl").subject == f"Sieć BP, wtorek: {words}"


def test_both_forms_have_the_same_order_and_numbers():
    digest = shown()
    text, page = digest.text, " ".join(Page(digest.html).words)

    for form in (text, page):
        places = order_of(
            form,
            "Daily digest",
            "Sieć BP, Tuesday",
            "Every item can be answered",
            "Jan Przypis",
            "Ewa Fiszka",
            "Zofia Lektura",
            "This digest comes every day at 7:00",
        )
        assert places == sorted(places)
    assert re.findall(r"^(\d)\.  (\S+)", text, re.M) == [("1", "Scenariusze"), ("2", "Spotkanie")] * 2
    assert re.findall(r"\b(\d) (Scenariusze|Spotkanie)", page) == [("1", "Scenariusze"), ("2", "Spotkanie")] * 2


def test_every_message_has_its_own_reply_address_in_both_forms():
    digest = shown()
    links = [link for link in Page(digest.html).links if link.startswith("mailto:")]

    assert [link.partition("?")[0] for link in links] == [f"mailto:r+token{key}@lists.example.org" for key in (101, 102, 120)]
    assert re.findall(r"Reply to all: (\S+)", digest.text) == [f"r+token{key}@lists.example.org" for key in (101, 102, 120)]
    assert 'aria-label="Reply to all: the message of Jan Przypis"' in digest.html


def test_attachments_are_names_sizes_and_links():
    digest = shown()

    assert "karty-pracy.pdf, 640 KB\n    https://lists.example.org/siecibp/message/EF/attachment/1\n" in digest.text
    assert f"{URL}/message/EF/attachment/1" in Page(digest.html).links


def test_a_long_post_is_shortened_and_leads_to_the_whole():
    digest = shown(entry(7, 1, "słowo " * 900))

    for form in (digest.text, " ".join(Page(digest.html).words)):
        assert "słowo…" in form
        assert "Shortened. The whole message" in form


def test_what_people_write_cannot_become_markup_or_one_of_our_marks():
    nasty = Item(1, "<b>Ala</b>", at(2, 8, 0), "<script>1</script> \x02leave\x03 https://example.org/?a=1&b=2", "https://example.org/", "", ())
    digest = shown(Entry("<i>&\x02leave\x03", f"{URL}/thread/9", (nasty,)))

    assert "<script" not in digest.html
    assert "<b>Ala" not in digest.html
    assert 'href="https://example.org/?a=1&amp;b=2"' in digest.html
    assert "<script>1</script>" in digest.text


def test_tables_are_only_for_looks_and_every_tag_is_closed():
    page = Page(shown().html)

    assert set(page.tables) == {"presentation"}
    assert page.open == []


def test_the_text_has_at_most_72_columns():
    lines = shown(entry(1, 20, "Zbieram głosy do piątku, potem liczę i ogłaszam. " * 9), LESSONS, MEETING, language="pl").text.splitlines()

    assert max(len(line) for line in lines if "://" not in line) <= 72


@pytest.mark.parametrize("text", ["Spotkanie w Łodzi i w Kutnie, a potem z Wami o tym, co i jak. " * 9, "a i o " * 200])
def test_in_polish_no_line_of_the_text_ends_with_a_word_of_one_letter_unless_there_are_no_others(text):
    lines = [line for line in shown(entry(1, 1, text), language="pl").text.splitlines() if "://" not in line]

    assert max(map(len, lines)) <= 72
    assert "Spotkanie" not in text or not [line for line in lines if re.search(r"\b[aiouwz]$", line, re.IGNORECASE)]


def test_what_waits_is_red_and_says_so_in_words():
    waiting = replace(LESSONS, waits=True)

    assert 'color:#a31d28;">czeka na odpowiedź</b>' in shown(waiting, language="pl").html
    assert "czeka na odpowiedź" not in shown(replace(LESSONS, waits=False), language="pl").html


def test_each_paragraph_runs_as_its_own_words_do():
    assert '<p dir="auto" style="margin:0 0 10px;">كيف حالكم؟</p>' in shown(entry(1, 1, "كيف حالكم؟")).html


def test_the_forms_have_no_place_left_unfilled():
    digest = shown()

    assert not {"\x02", "\x03"} & set(digest.html + digest.text)
    assert "https://lists.example.org/unsubscribe/token" in digest.text
    assert "https://lists.example.org/unsubscribe/token" in Page(digest.html).links


@pytest.mark.parametrize(("threads", "items", "length"), [(40, 12, 1000), (300, 1, 100), (3, 500, 900), (1000, 3, 5000)])
def test_however_much_is_new_the_letter_stays_below_what_gmail_clips(threads, items, length):
    text = ("„Żółw” & spółka, " * 400)[:length]
    entries = [Entry("&" * 200, f"{URL}/thread/{n}", entry(n, items, text).items) for n in range(threads)]

    digest = shown(*entries)

    assert len(digest.html.encode()) <= LIMIT
    assert f"{threads} threads, {threads * items} messages" in digest.subject
    Page(digest.html)


def test_what_does_not_fit_is_counted_and_leads_to_the_archive():
    digest = shown(entry(1, 15, "Krótko."), *[entry(n, 1, "Krótko.") for n in range(2, 71)])

    assert "And 10 more threads in the archive" in digest.text
    # A thread without room for its messages is in the contents all the same, with its number and where to read it.
    assert "60. Wątek 60 (1 new)\n    https://lists.example.org/siecibp/thread/60\n" in digest.text
    assert f"{URL}/thread/60" in Page(digest.html).links
    assert "Wątek 30" in digest.text.partition("-" * 72)[2]


def test_of_a_long_thread_the_first_messages_are_told_and_the_others_counted():
    text = shown(entry(1, 15, "Krótko.")).text.replace("\n    ", " ")

    assert "3 more messages: Osoba 12, Osoba 13, Osoba 14. Read in the archive: https://lists.example.org/siecibp/thread/1" in text


def test_numbers_follow_from_the_order_alone():
    entries = tuple(entry(n, 9, "Krótko.") for n in range(1, 50))
    for measure in MEASURES:
        points = lay_out(entries, measure)
        assert [(point.number, point.entry) for point in points] == list(enumerate(entries[: len(points)], start=1))


def test_a_digest_of_one_thread_needs_no_number_to_be_answered():
    text = shown(MEETING).text

    assert "It can be answered: “Reply to all” under a message" in text and "everybody on the list" in text
    assert "“2:”" not in text


def test_the_last_digest_says_that_single_messages_follow():
    assert "This is the last digest: from now on every message comes by itself." in shown(last=True).text.replace("\n", " ")


def test_polish_reads_as_an_editor_would_write_it():
    text = " ".join(shown(language="pl").text.split())

    assert text.startswith("Przegląd dzienny, wtorek, 3 marca 2026 Sieć BP, wtorek: 2 wątki, 3 wiadomości 1. Scenariusze lekcji TIK (2 nowe)")
    assert "Na każdy punkt można odpowiedzieć: „Odpowiedz wszystkim” pod wiadomością albo zwykła odpowiedź na ten list" in text
    assert "Jan Przypis, poniedziałek, 18.40 w odpowiedzi na wiadomość: Irena Czytelna" in text
    assert "Zofia Lektura, dziś, 6.15" in text
    assert "Ten przegląd przychodzi codziennie o 7.00. Żeby to zmienić, wystarczy odpisać: TYGODNIOWO, KAŻDĄ, PRZERWA DO 17.03 albo WYPISZ." in text


@pytest.mark.parametrize("form", list(Form))
def test_whatever_its_form_a_digest_with_everything_in_it_stays_below_the_limit(form):
    questions = tuple(Question(n, "Pytanie? " * 15, "Osoba o długim nazwisku", "słowo " * 50, f"{URL}/message/{n}", 5) for n in range(5))
    kept = tuple(Kept(replace(CARDS, name=f"{n}" * 120), "Osoba") for n in range(6))
    full = replace(edition(*(entry(n, 12, "Żółw. " * 400) for n in range(40))), questions=questions, kept=kept, newcomers=("Anna Nowa",) * 200, form=form)

    made = rendering.render(full).filled(own)

    assert max(len(made.html.encode()), len(made.text.encode())) + sum(len(part.text.encode()) for part in made.parts) <= LIMIT
    if form is not Form.HTML:
        assert sum(len(quopri.encodestring(text.encode())) for text in (made.text, made.foot, *(part.text for part in made.parts))) <= LIMIT, "on the wire"
    assert "Pytanie?" in made.text + made.foot and "Anna Nowa +180" in made.text + made.foot
    assert "\x02" not in made.html + made.text + made.foot


def test_a_long_word_in_a_title_does_not_make_the_table_of_contents_wider_than_a_phone():
    html = shown(replace(MEETING, title="https://example.org/" + "x" * 80)).html

    contents = html[: html.index("<h2")]
    assert "table-layout:fixed" in contents and "overflow-wrap:anywhere" in contents.partition('class="toc')[2].partition("<a ")[0]


def test_both_forms_say_the_same_in_the_same_order():
    questions = (Question(90, "Gra planszowa?", "Paweł Indeks", "Jak ją opisać?", f"{URL}/message/PI", 5), Question(91, "Kto ma mapę?", "Ewa", "", f"{URL}/message/E", 8))
    made = rendering.render(replace(edition(replace(MEETING, waits=True)), questions=questions, kept=(Kept(CARDS, "Ewa Fiszka"),), newcomers=("Jan Nowy",)))
    order = ("1 question without an answer", "Spotkanie w czerwcu", "waiting for an answer", "Zbieram głosy", "An open question", "5 days", "Gra planszowa?")
    order += ("Jak ją opisać?", "Answer this question", "Kto ma mapę?", "Attachments of the week", "karty-pracy.pdf", "New on the list: Jan Nowy.", "This digest comes")

    for form in (made.html.partition("<h1")[2], made.text):
        places = [form.replace("\n", " ").index(words) for words in order]
        assert places == sorted(places), form
