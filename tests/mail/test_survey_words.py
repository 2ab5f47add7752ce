"""A coordinator's plain letter, as a question to everybody."""

from datetime import datetime

import pytest

from listserv.errors import Invalid
from listserv.mail import surveywords
from listserv.mail.surveykinds import Kind, Privacy
from listserv.mail.surveywords import read

TUESDAY = datetime(2026, 3, 3, 10, 0)


def shape(text, subject="Tematy na ten rok"):
    asked = read(subject, text)
    return [(one.text, one.kind.value, one.options) for one in asked.questions]


TOPICS = ("Robotyka", "Regionalia", "Promocja")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Które tematy wybieramy?\n1) Robotyka\n2) Regionalia\n3) Promocja", "one"),
        ("Które tematy wybieramy?\n1. Robotyka\n2. Regionalia\n3. Promocja", "one"),
        ("Które tematy wybieramy?\na) Robotyka\nb) Regionalia\nc) Promocja", "one"),
        ("Które tematy wybieramy?\n- Robotyka\n- Regionalia\n- Promocja", "one"),
        ("Które tematy wybieramy?\n\n• Robotyka;\n• Regionalia;\n• Promocja", "one"),
        ("Które tematy wybieramy? 1) Robotyka 2) Regionalia 3) Promocja", "one"),
        ("Które tematy wybieramy? a) Robotyka, b) Regionalia, c) Promocja", "one"),
        ("Które tematy wybieramy?\n1) Robotyka\n2) Regionalia\n3) Promocja\n\nMożna zaznaczyć kilka.", "several"),
        ("Które tematy wybieramy?\n(wybierz jedną)\n1) Robotyka\n2) Regionalia\n3) Promocja", "one"),
    ],
)
def test_a_question_and_its_answers(text, kind):
    (question, found, options), = shape(text)
    assert question.startswith("Które tematy wybieramy?") and (found, options) == (kind, TOPICS)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("można zaznaczyć kilka", "several"),
        ("proszę wybrać jedną", "one"),
        ("wybierz jeden", "one"),
        ("proszę uszeregować", "ranked"),
        ("uszereguj od najważniejszego", "ranked"),
        ("wielokrotny wybór", "several"),
        ("choose one", "one"),
        ("select all that apply", "several"),
        ("you may choose several", "several"),
        ("please rank them", "ranked"),
        ("in order of preference", "ranked"),
    ],
)
def test_the_kind_is_said_in_words(words, kind):
    assert shape(f"Które tematy? ({words})\n1) Robotyka\n2) Regionalia")[0][1] == kind
    assert shape(f"Które tematy?\n1) Robotyka\n2) Regionalia\n{words}")[0][1] == kind


@pytest.mark.parametrize(
    ("text", "kind", "options"),
    [
        ("Czy spotykamy się w czerwcu?", "one", ("Tak", "Nie")),
        ("Dzień dobry,\n\nmamy wolną salę. Czy spotykamy się w czerwcu? (tak/nie/nie wiem)", "one", ("Tak", "Nie", "Nie wiem")),
        ("Shall we meet in June?", "one", ("Yes", "No")),
        ("Czego Państwo potrzebują?", "words", ()),
        ("Czy wolą Państwo Konin, czy Leszno?", "words", ()),
        ("Jak oceniają Państwo spotkanie w skali 1–5?", "scale", ()),
        ("Jak oceniają Państwo spotkanie? (w skali od 1 do 5, 1 – słabo, 5 – świetnie)", "scale", ("słabo", "świetnie")),
        ("How useful was it, on a scale of 1 to 5?", "scale", ()),
        ("Czy to było potrzebne? Proszę odpowiedzieć własnymi słowami.", "words", ()),
    ],
)
def test_a_question_without_answers_below_it(text, kind, options):
    assert [one[1:] for one in shape(text)] == [(kind, options)]


SEVERAL = """Dzień dobry,

chcemy zaplanować rok szkolny. Proszę o chwilę uwagi.

1. Które obszary są dla Państwa najważniejsze? (można zaznaczyć kilka)
   a) robotyka i kodowanie
   b) czytelnictwo
   c) bezpieczeństwo w sieci
2. Jak oceniają Państwo zeszły rok? W skali 1-5.
3. Co warto zmienić?
4. Czy przyjadą Państwo na spotkanie w Koninie?

Anonimowo. Czekamy na odpowiedzi do 20 marca, godz. 20.
"""


def test_several_questions_in_one_letter():
    asked = read("Ankieta: diagnoza potrzeb", SEVERAL)

    assert asked.title == "diagnoza potrzeb" and "zaplanować rok szkolny" in asked.intro
    assert [one.kind for one in asked.questions] == [Kind.SEVERAL, Kind.SCALE, Kind.WORDS, Kind.ONE]
    assert asked.questions[0].options == ("robotyka i kodowanie", "czytelnictwo", "bezpieczeństwo w sieci") and asked.questions[3].options == ("Tak", "Nie")
    assert asked.privacy is Privacy.ANONYMOUS and asked.closes.on(TUESDAY) == datetime(2026, 3, 20, 20, 0)


def test_questions_called_by_name_and_questions_without_numbers():
    called = "Pytanie 1: Kiedy?\n1) w maju\n2) w czerwcu\nPytanie 2: Gdzie?\n1) Konin\n2) Leszno"
    plain = "Kiedy się spotykamy?\n1) w maju\n2) w czerwcu\n\nGdzie się spotykamy?\n1) Konin\n2) Leszno"
    assert [one[2] for one in shape(called)] == [one[2] for one in shape(plain)] == [("w maju", "w czerwcu"), ("Konin", "Leszno")]
    assert len(shape("Czego potrzeba?\nCo się udało?\nCo zmienić?")) == 3


@pytest.mark.parametrize(
    ("line", "privacy"),
    [
        ("Anonimowo.", Privacy.ANONYMOUS),
        ("Ankieta jest anonimowa.", Privacy.ANONYMOUS),
        ("Głosowanie tajne", Privacy.SECRET),
        ("ODPOWIEDZI JAWNE", Privacy.OPEN),
        ("The survey is anonymous.", Privacy.ANONYMOUS),
        ("Answers are secret", Privacy.SECRET),
        ("Open vote", Privacy.OPEN),
        ("Ankieta nie jest anonimowa, ale prosimy o szczerość.", None),
        ("Będzie kawa.", None),
    ],
)
def test_who_may_see_the_answers_is_said_in_words(line, privacy):
    assert read("Temat", f"{line}\n\nKtóre tematy?\n1) Robotyka\n2) Tajne komplety").privacy is privacy


@pytest.mark.parametrize(
    ("line", "closes"),
    [
        ("Odpowiedzi do 20 marca godz. 20", datetime(2026, 3, 20, 20)),
        ("Czekamy do piątku.", datetime(2026, 3, 6, 23, 59)),
        ("Można zaznaczyć kilka. Do piątku.", datetime(2026, 3, 6, 23, 59)),
        ("You can choose several. Until Friday.", datetime(2026, 3, 6, 23, 59)),
        ("do piątku do 12:00", datetime(2026, 3, 6, 12)),
        ("Termin: do 15.04.2026, godz. 18.00", datetime(2026, 4, 15, 18)),
        ("Do jutra", datetime(2026, 3, 4, 23, 59)),
        ("Until Friday", datetime(2026, 3, 6, 23, 59)),
        ("Please answer by 20 March, 8 pm", datetime(2026, 3, 20, 20)),
        ("Proszę o odpowiedź do 31 marca, bo potem zamykamy budżet.", datetime(2026, 3, 31, 23, 59)),
    ],
)
def test_until_when_is_said_in_words(line, closes):
    asked = read("Temat", f"Które tematy?\n1) Robotyka\n2) Regionalia\n\n{line}")
    assert asked.closes.on(TUESDAY) == closes and asked.questions[0].options == ("Robotyka", "Regionalia")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Dzień dobry, spotkanie było bardzo udane.", surveywords.NO_QUESTION),
        ("", surveywords.NO_QUESTION),
        ("Które?\n1) Robotyka", surveywords.ONE_OPTION),
        ("Które?\n1) Robotyka\n2) robotyka", surveywords.SAME_OPTION),
        ("Które?\n1) a\n2) b\n\nAnonimowo, jawnie", surveywords.TWO_PRIVACIES),
        ("Jak było, w skali 1-10?", surveywords.OTHER_SCALE),
        ("Jak było, w skali 1-5?\n1) dobrze\n2) źle", surveywords.SCALE_OPTIONS),
        ("Proszę uszeregować, co najważniejsze?", surveywords.FEW_TO_RANK),
        ("\n".join(f"Czego potrzeba w roku {at}?" for at in range(21)), surveywords.TOO_MANY_QUESTIONS),
        ("Które?\n" + "\n".join(f"{at}) temat {at}" for at in range(1, 40)), surveywords.TOO_MANY_OPTIONS),
    ],
)
def test_what_cannot_be_understood_is_refused_in_one_sentence(text, reason):
    with pytest.raises(Invalid) as refused:
        read("", text)
    assert refused.value.reason == reason and str(refused.value)


@pytest.mark.parametrize("text", ["? " * 50_000, "1) " * 50_000, "a" * 100_000 + "?", "- \n" * 50_000, "do " * 50_000 + "?", "\0?", "?\n1)\n2)\n"])
def test_any_letter_is_read_in_no_time(text):
    try:
        read("Temat", text)
    except Invalid as refused:
        assert str(refused)
