"""Meetings and questions under fire: what is forged or far too long, and people away who answer all the same."""

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member, member_by_key
from listserv.store.queue import State
from listserv.store.surveys import Survey, SurveyState, Vote
from listserv.usecases import housekeeping, meetingsending

OWNER, HALINA = "Alina Zakładka <owner@example.org>", "Halina Okładka <halina@example.org>"
MEETING, QUESTIONS = "siecibp-meeting", "siecibp-questions"
PLAIN = "Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30, online, https://meet.example.org/abc\n"
CHOICES = "Dzień dobry,\n\nplanujemy rok.\n\nKtóre tematy się przydadzą? (można wybrać kilka)\n1) Robotyka\n2) Regionalia\n3) Prawo\n"
SENTENCES = "Dzień dobry,\n\n1. Kiedy Państwu pasuje?\n   1) 14 grudnia\n   2) 15 grudnia\n2. Co zmienić?\n"


@pytest.fixture(autouse=True)
def turned_on(site):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.meetings = mlist.surveys = True


def run(site):
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def sent_to_halina(office, site, where, text, kinds):
    assert office.send(OWNER, where, "Zebranie", text, proven=True) is State.DRAFT
    assert office.reply(office.letters(kind=kinds[0])[-1], "WYŚLIJ") is State.ANSWERED
    run(site)
    return office.letters(to="halina@example.org", kind=kinds[1])[-1]


def invitation(office, site, text=PLAIN):
    return sent_to_halina(office, site, MEETING, text, ("meeting-preview", "meeting-invitation"))


def question(office, site, text=CHOICES):
    return sent_to_halina(office, site, QUESTIONS, text, ("survey-preview", "survey-question"))


def said_by_halina(site):
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org")
        return db.scalar(select(Attendee.said).where(Attendee.user_id == member.user_id))


def votes_of(site):
    with site.reading() as db:
        return sorted((one.choices, one.words) for one in db.scalars(select(Vote)))


# ---- away, and answering --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Niestety nie dam rady, jestem na urlopie.", Said.NO),
        ("Jestem na zwolnieniu, więc nie przyjdę.", Said.NO),
        ("Nie będę, jestem poza biurem do piątku.\n\nHalina Okładka", Said.NO),
        ("I can't make it, I will be on vacation.", Said.NO),
        ("Będę, choć przebywam na urlopie.", Said.YES),
        ("Nie dam rady, będę wtedy na urlopie.", Said.NO),
    ],
)
def test_somebody_away_who_answers_an_invitation_is_counted(office, site, words, said):
    letter = invitation(office, site)

    assert office.reply(letter, words, sender=HALINA) is State.ANSWERED
    assert said_by_halina(site) is said


@pytest.mark.parametrize(
    "words",
    [
        "Dzień dobry, przebywam na urlopie. W pilnych sprawach proszę o kontakt z sekretariatem, będę po powrocie.",
        "Dziękuję za wiadomość. Jestem poza biurem, odpowiem po powrocie. Nie będę sprawdzać poczty.",
        "Jestem na urlopie. Będę dostępna od poniedziałku.",
        "I am on vacation. I will be back on Monday.",
        "Thank you for your mail. I am out of office and will not be able to reply until Monday.",
    ],
)
def test_a_robots_notice_is_no_answer_to_an_invitation(office, site, words):
    letter = invitation(office, site)

    assert office.reply(letter, words, sender=HALINA) is State.DISCARDED
    assert said_by_halina(site) is Said.NONE


def test_somebody_away_who_names_a_number_has_answered_a_question(office, site):
    letter = question(office, site)

    assert office.reply(letter, "1, 3 – i przepraszam za zwłokę, jestem na urlopie", sender=HALINA) is State.ANSWERED
    assert votes_of(site) == [("1,3", "")]


def test_words_below_the_number_of_a_question_may_speak_of_a_holiday(office, site):
    letter = question(office, site, SENTENCES)

    assert office.reply(letter, "ad 2. Jestem na urlopie zbyt krótko, przydałyby się dłuższe ferie", sender=HALINA) is State.ANSWERED
    assert votes_of(site) == [("", "Jestem na urlopie zbyt krótko, przydałyby się dłuższe ferie")]


@pytest.mark.parametrize(
    "words", ["W terminie 1-14 grudnia przebywam na urlopie.", "Od 1 do 14 grudnia przebywam na urlopie.", "Od 14 grudnia jestem nieobecna, odpowiem po powrocie."]
)
def test_the_days_of_an_absence_are_no_choice(office, site, words):
    letter = question(office, site, SENTENCES)

    assert office.reply(letter, words, sender=HALINA) is State.DISCARDED
    assert votes_of(site) == []


# ---- letters that read well ------------------------------------------------------------------------------------


def test_a_question_greets_once_and_says_once_how_it_is_answered(office, site):
    letter = question(office, site)

    assert letter.text.count("Dzień dobry") == 1 and "planujemy rok." in letter.text
    assert "(można wybrać kilka)" in letter.text and "albo żadnej" not in letter.text and "you may choose" not in letter.text


def test_one_hour_above_all_dates_is_the_hour_of_each_of_them(office, site):
    text = "Kiedy Państwu pasuje, zawsze o godz. 16.30?\n1) 11 marca\n2) 12 marca godz. 18\n3) 16 marca\n"
    assert office.send(OWNER, MEETING, "Termin spotkania", text, proven=True) is State.DRAFT

    shown = office.letters(kind="meeting-dates-preview")[-1].text
    assert "11 marca 2026, 16.30" in shown and "12 marca 2026, 18.00" in shown and "16 marca 2026, 16.30" in shown


def test_dates_without_any_hour_are_no_meeting_on_the_first_of_them(office, site):
    assert office.send(OWNER, MEETING, "Termin", "Kiedy Państwu pasuje?\n1) 11 marca\n2) 12 marca\n3) 16 marca\n", proven=True) is State.ANSWERED

    assert [one.kind for one in office.new_letters()] == ["meeting-trouble"]
    with site.reading() as db:
        assert db.scalar(select(Meeting)) is None


# ---- hostile mail ----------------------------------------------------------------------------------------------

def test_a_megabyte_is_given_back_with_one_short_sentence(office, site):
    assert office.send(OWNER, QUESTIONS, "Ankieta", "Kiedy?\n" + "1) 1) 1)\n" * 120_000, proven=True) is State.ANSWERED

    (letter,) = office.new_letters()
    assert letter.kind == "survey-trouble" and len(letter.mail.as_bytes()) < 200_000


def test_five_hundred_options_are_refused_and_nobody_is_asked(office, site):
    assert office.send(OWNER, QUESTIONS, "Ankieta", "Który numer?\n" + "".join(f"{at}) opcja {at}\n" for at in range(1, 501)), proven=True) is State.ANSWERED

    assert [one.kind for one in office.new_letters()] == ["survey-trouble"]


@pytest.mark.parametrize("where", [MEETING, QUESTIONS])
@pytest.mark.parametrize(("sender", "proven"), [(OWNER, False), (HALINA, True), (HALINA, False), (OWNER, None)])
def test_a_word_that_is_not_proven_to_be_the_moderators_sends_nothing(office, site, where, sender, proven):
    assert office.send(OWNER, where, "Zebranie", PLAIN if where == MEETING else CHOICES, proven=True) is State.DRAFT
    preview = office.letters()[-1]

    for words in ("WYŚLIJ", "Wyślij proszę", "SEND", "TAK"):
        office.reply(preview, words, sender=sender, proven=proven)
    run(site)

    assert not office.letters(kind="meeting-invitation") + office.letters(kind="survey-question")
    with site.reading() as db:
        found = db.scalar(select(Meeting.state)) or db.scalar(select(Survey.state))
        assert found in (MeetingState.DRAFT, SurveyState.DRAFT)


def test_a_survey_named_in_markup_and_formulas_stays_words(office, site):
    evil = "Dzień dobry,\n\nKtóry <script>alert(1)</script>?\n1) =HYPERLINK(\"http://x.example\")\n2) <img src=x onerror=alert(1)>\n"
    letter = question(office, site, evil)

    html = letter.mail.get_body(("html",)).get_content()
    assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


# ---- turned off, and the night of the clock --------------------------------------------------------------------


def test_what_is_owed_of_a_meeting_waits_while_meetings_are_turned_off(office, site):
    office.send(OWNER, MEETING, "Zebranie", PLAIN, proven=True)
    office.reply(office.letters(kind="meeting-preview")[-1], "WYŚLIJ")
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = False
    run(site)
    assert not office.letters(kind="meeting-invitation")
    with site.reading() as db:
        assert not meetingsending.owed(db, site.now())

    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = True
    run(site)
    with site.reading() as db:
        assert len(office.letters(kind="meeting-invitation")) == len(db.scalars(select(Member)).all())


def test_an_hour_that_the_clock_leaps_over_is_asked_for_and_not_guessed(office, site):
    text = "Nocne czytanie, niedziela 28 marca 2027 godz. 2.30–4.00, online, https://meet.example.org/noc\n"
    assert office.send(OWNER, MEETING, "Zebranie", text, proven=True) is State.DRAFT
    office.reply(office.letters(kind="meeting-preview")[-1], "WYŚLIJ")
    run(site)

    assert not office.letters(kind="meeting-invitation") and "28 marca 2027" in office.letters(kind="meeting-preview")[-1].text
