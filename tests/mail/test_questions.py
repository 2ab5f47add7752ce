"""Answers to a list's questions, as people write them into replies: below each, by number, by a word, or all together."""

import pytest

from listserv.mail import agreement, questions

ASKED = ("Imię i nazwisko", "W jakiej bibliotece Państwo pracują?", "Co Państwa do nas sprowadza?")
BELOW = ("Odpowiedź oznacza zgodę na to zdanie:", "Bez odpowiedzi zgłoszenie i tak czeka.")
LETTER = """Dzień dobry,

dziękujemy za zgłoszenie.

Moderatorzy chcieliby wiedzieć; wystarczy kilka słów pod każdym pytaniem:

    1. Imię i nazwisko
    2. W jakiej bibliotece Państwo pracują?
    3. Co Państwa do nas sprowadza?

Bez odpowiedzi zgłoszenie i tak czeka.

Sieć BP
"""
NOW = ("Anna Nowa", "Pedagogiczna w Wymyślnej", "Chcę czytać o scenariuszach.\nI pytać.")


def quoted(text):
    return "".join(f"> {line}".rstrip() + "\n" for line in text.splitlines())


def inline(letter, answers):
    """A reply with an answer below each question that has one."""
    lines = []
    for line in letter.splitlines():
        lines.append(line)
        for number, answer in enumerate(answers, 1):
            if f"{number}. {ASKED[number - 1]}" in line and answer:
                lines += ["", *answer.split("\n"), ""]
    return "\n".join(lines)


def read(text, words=None, asked=ASKED):
    return questions.read(asked, text, text if words is None else words, BELOW)


def test_answers_below_quoted_questions_are_told_apart():
    text = "Dzień dobry,\nodpowiadam poniżej.\n\n" + inline(quoted(LETTER), NOW) + "\n\nPozdrawiam\nAnna\n"

    assert read(text).each == NOW


def test_answers_between_the_lines_of_a_letter_that_is_quoted_without_marks():
    text = "Odpowiedzi w tekście.\n\n-----Original Message-----\nFrom: Sieć BP\n\n" + inline(LETTER, NOW)

    assert read(text, "Odpowiedzi w tekście.").each == NOW


def test_answers_on_the_line_of_the_question():
    text = quoted(LETTER).replace("nazwisko", "nazwisko: Anna Nowa").replace("pracują?", "pracują? W pedagogicznej.")

    assert read(text, "").each == ("Anna Nowa", "W pedagogicznej.", "")


def test_questions_that_a_program_has_broken_into_lines_are_found():
    text = inline(quoted(LETTER), NOW).replace("W jakiej bibliotece Państwo pracują?", "W jakiej bibliotece\n> Państwo pracują?")

    assert read(text).each == NOW


def test_an_empty_answer_is_empty_and_the_others_stay_where_they_are():
    assert read(inline(quoted(LETTER), ("", NOW[1], ""))).each == ("", NOW[1], "")
    assert read(inline(quoted(LETTER), ("", NOW[1], NOW[2]))).each == ("", NOW[1], NOW[2])


@pytest.mark.parametrize(
    "words",
    ["1. Anna Nowa\n2. PBW\n3. Ciekawość", "1) Anna Nowa\n2) PBW\n3) Ciekawość\n\nPozdrawiam\nAnna", "Ad 1. Anna Nowa\nAd 2. PBW\nAd 3. Ciekawość", "1 - Anna Nowa\n2 - PBW\n3 - Ciekawość"],
)
def test_numbered_answers(words):
    assert read(words + "\n\n" + quoted(LETTER), words).each == ("Anna Nowa", "PBW", "Ciekawość")


def test_labelled_answers():
    words = "Nazwisko: Nowa\nBiblioteka: PBW w Wymyślnej"

    assert read(words + "\n\n" + quoted(LETTER), words).each == ("Nowa", "PBW w Wymyślnej", "")


def test_labels_and_numbers_above_a_letter_that_is_quoted_without_marks():
    words = "Imię i nazwisko: Jan Żuk\nBiblioteka: MBP Wymyślna\n3. bo chcę się uczyć"

    assert read(f"{words}\n\n________________________________\nOd: Sieć BP\nDo: Jan\nTemat: Zgłoszenie\n\n{LETTER}", words).each == ("Jan Żuk", "MBP Wymyślna", "bo chcę się uczyć")


@pytest.mark.parametrize("words", ["Jan Żuk, MBP Wymyślna, chcę się uczyć od innych.", "Jan Żuk\nMBP Wymyślna\nchcę się uczyć\n\nPozdrawiam", "Dzień dobry,\nAnna Maria Nowa-Katalog; PBW; czytać"])
def test_who_was_asked_for_their_name_gives_it_and_goes_on(words):
    assert questions.introduces(ASKED, words) in ("Jan Żuk", "Anna Maria Nowa-Katalog")


@pytest.mark.parametrize(
    "words", ["Nie wiem, o co chodzi, Jan Żuk", "Jan Żuk, nie pisałem, proszę o spokój", "Jan Żuk, o co chodzi?, kto to", "Dziękujemy za wiadomość,\nodpowiemy wkrótce,\nFirma", "Jan Żuk", ""]
)
def test_who_protests_asks_or_only_signs_has_told_nothing(words):
    assert questions.introduces(ASKED, words) == ""


@pytest.mark.parametrize(
    "words",
    [
        "Anna Nowa, pracuję w PBW, chcę czytać.",
        "Dzień dobry,\n\njestem Anna Nowa.\n\n3. marca mam urlop.",
        "Tak, to ja.",
        "",
        "Do 1.09 nie ma mnie.\n2. września wracam.",
    ],
)
@pytest.mark.parametrize("shape", ["above", "below"])
def test_free_words_stay_whole_and_belong_to_no_question(words, shape):
    text = words + "\n\n" + quoted(LETTER) if shape == "above" else quoted(LETTER) + "\n" + words
    found = read(text, words)

    assert not found.any
    assert found.rest == words


def test_words_above_a_letter_that_is_quoted_without_marks_belong_to_no_question():
    found = read("Anna Nowa, PBW.\n\n-----Original Message-----\n\n" + LETTER, "Anna Nowa, PBW.")

    assert (found.any, found.rest) == (False, "Anna Nowa, PBW.")


def test_the_words_of_an_only_question_answer_it_and_a_nod_does_not():
    one = ("Gdzie Państwo pracują?",)

    assert read("W Wymyślnej.", asked=one).each == ("W Wymyślnej.",)
    assert read("Tak.", asked=one).each == ("",)
    assert questions.read(one, "W Wymyślnej.", "W Wymyślnej.", asked=False).each == ("",)


def test_what_was_written_besides_the_answers_is_kept():
    words = "1. Anna Nowa\n2. PBW\n\nMam też pytanie: czy archiwum jest otwarte dla gości?"

    assert "czy archiwum jest otwarte dla gości" in " ".join([*read(words).each, read(words).rest])


@pytest.mark.parametrize(("question", "expected"), [("Imię i nazwisko", True), ("What is your name?", True), ("Name", True), ("Nazwa biblioteki", False), ("Library name", False), ("Imię i biblioteka", False)])
def test_a_question_for_the_name_alone_is_known(question, expected):
    assert questions.names_only(question) is expected


@pytest.mark.parametrize("words", ["Nie wyrażam zgody na przetwarzanie.", "nie zgadzam się", "I do not agree.", "Cofam swoją zgodę", "Nie wyrazam na to zgody"])
def test_a_refusal_of_consent_is_heard(words):
    assert agreement.refuses(words)


@pytest.mark.parametrize("words", ["Zgadzam się.", "Tak", "Pracuję w bibliotece, nie w szkole.", "Nie wiem, co napisać.", "I agree", "Nie ma sprawy, zgoda"])
def test_other_words_refuse_nothing(words):
    assert not agreement.refuses(words)


@pytest.mark.parametrize("text", ["", "\n", ">" * 5000, "1." * 3000, "Imię i nazwisko\n" * 500, "\x00\ud800".encode("utf-8", "replace").decode()])
def test_any_text_gives_an_answer(text):
    assert len(read(text).each) == 3
