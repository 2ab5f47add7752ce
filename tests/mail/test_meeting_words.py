"""What plain letters say of a meeting, in Polish and English; whatever is doubtful is asked."""

from datetime import datetime

import pytest

from listserv.mail import meetingplan
from listserv.mail.meetingwords import corrected, read

# A Tuesday, ten in the morning.
NOW, ZONE = datetime(2026, 3, 3, 10, 0), "Europe/Warsaw"
M12 = "2026-03-12"

# Subject, text, and: title, begin, end, place, link, seats.
LETTERS = [
    ("", "Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30, online, https://meet.example.org/a", "Spotkanie z ekspertem", f"{M12} 16:30", "17:30", "online", "https://meet.example.org/a", None),
    ("Spotkanie z ekspertem", "czwartek 12 marca 2026, godz. 16.30–18.00, online", "Spotkanie z ekspertem", f"{M12} 16:30", "18:00", "online", "", None),
    ("Spotkanie z ekspertem", "Zapraszam 12 marca o 16.30 do 18, w Bibliotece Pedagogicznej w Krakowie, ul. Szeroka 11", "Spotkanie z ekspertem", f"{M12} 16:30", "18:00", "w Bibliotece Pedagogicznej w Krakowie, ul. Szeroka 11", "", None),
    ("Warsztaty", "12.03.2026 r. godz. 10, 1,5 godz., sala 12, 20 miejsc", "Warsztaty", f"{M12} 10:00", "11:30", "sala 12", "", 20),
    ("Warsztaty", "12.03.2026, godz. 10:00, liczba miejsc: 20", "Warsztaty", f"{M12} 10:00", "11:00", "", "", 20),
    ("Warsztaty", "Termin: 12.03.2026\nGodzina: 10-12\nMiejsce: MBP w Łodzi\nMiejsc: 15", "Warsztaty", f"{M12} 10:00", "12:00", "MBP w Łodzi", "", 15),
    ("Zebranie zespołu", "w najbliższy czwartek o 17", "Zebranie zespołu", "2026-03-05 17:00", "18:00", "", "", None),
    ("Zebranie zespołu", "jutro o 9.00", "Zebranie zespołu", "2026-03-04 09:00", "10:00", "", "", None),
    ("Zebranie zespołu", "pojutrze od 9 do 11", "Zebranie zespołu", "2026-03-05 09:00", "11:00", "", "", None),
    ("Zebranie zespołu", "dziś o 17:00, Teams", "Zebranie zespołu", "2026-03-03 17:00", "18:00", "Teams", "", None),
    ("Rada", "2026-03-12 16:30", "Rada", f"{M12} 16:30", "17:30", "", "", None),
    ("Rada", "2026-03-12T16:30, 90 minut", "Rada", f"{M12} 16:30", "18:00", "", "", None),
    ("Rada", "12 III 2026, 9:00-15:00", "Rada", f"{M12} 09:00", "15:00", "", "", None),
    ("Rada", "12/03/2026 godz. 8:15", "Rada", f"{M12} 08:15", "09:15", "", "", None),
    ("Rada", "12-03-2026 o godzinie 16", "Rada", f"{M12} 16:00", "17:00", "", "", None),
    ("Klub książki", "czw. 12 marca, godz. 16³⁰ – 18⁰⁰", "Klub książki", f"{M12} 16:30", "18:00", "", "", None),
    ("Klub książki", "Kiedy: 12 marca o 17\nGdzie: w bibliotece", "Klub książki", f"{M12} 17:00", "18:00", "w bibliotece", "", None),
    ("Klub książki", "12 marca o siedemnastej", "Klub książki", f"{M12} 17:00", "18:00", "", "", None),
    ("Klub książki", "12 marca w południe", "Klub książki", f"{M12} 12:00", "13:00", "", "", None),
    ("Klub książki", "12 marca godz. 17, potrwa półtorej godziny", "Klub książki", f"{M12} 17:00", "18:30", "", "", None),
    ("Klub książki", "12 marca godz. 17, dwie godziny", "Klub książki", f"{M12} 17:00", "19:00", "", "", None),
    ("Klub książki", "12 marca godz. 17, czas trwania: 2 godz.", "Klub książki", f"{M12} 17:00", "19:00", "", "", None),
    ("Klub książki", "12 marca godz. 17, 1 godz. 30 min", "Klub książki", f"{M12} 17:00", "18:30", "", "", None),
    ("Klub książki", "12 marca, godz. 17, maksymalnie 12 osób", "Klub książki", f"{M12} 17:00", "18:00", "", "", 12),
    ("Klub książki", "12 marca, godz. 17, limit 12 osób, bez opłat", "Klub książki", f"{M12} 17:00", "18:00", "", "", 12),
    ("Webinar o plagiacie", "12 marca, godz. 18, https://zoom.us/j/123", "Webinar o plagiacie", f"{M12} 18:00", "19:00", "online", "https://zoom.us/j/123", None),
    ("AI, etyka i prawo – warsztaty", "12 marca o 10", "AI, etyka i prawo – warsztaty", f"{M12} 10:00", "11:00", "", "", None),
    ("Webinar", "Zapraszam 12 marca o 18 na Zoomie: https://zoom.us/j/123", "Webinar", f"{M12} 18:00", "19:00", "Zoom", "https://zoom.us/j/123", None),
    ("Webinar", "Webinar „Jak czytać”, 12 marca, godz. 18, Zoom: https://zoom.us/j/123", "Webinar „Jak czytać”", f"{M12} 18:00", "19:00", "Zoom", "https://zoom.us/j/123", None),
    ("Zaproszenie", "Zapraszam serdecznie na warsztaty z czytania na głos 12 marca o 16.30.", "Warsztaty z czytania na głos", f"{M12} 16:30", "17:30", "", "", None),
    ("Zaproszenie", "Dzień dobry,\n\nzapraszamy na spotkanie z autorką w dniu 12.03 o godz. 17.00.\n\nPozdrawiam\nAlina", "Spotkanie z autorką", f"{M12} 17:00", "18:00", "", "", None),
    ("Spotkanie", "TYTUŁ: Spotkanie z autorką\nTERMIN: czwartek, 12 marca, 17.00\nMIEJSCE: online https://meet.example.org/b", "Spotkanie z autorką", f"{M12} 17:00", "18:00", "online", "https://meet.example.org/b", None),
    ("Spotkanie zdalne", "12 marca 2026 (czwartek), godz. 17:00", "Spotkanie zdalne", f"{M12} 17:00", "18:00", "online", "", None),
    ("Wycieczka", "sobota 14 marca 2026, cały dzień, od 8", "Wycieczka", "2026-03-14 08:00", "16:00", "", "", None),
    ("Wycieczka", "14 marca godz. 8, do godz. 15.30", "Wycieczka", "2026-03-14 08:00", "15:30", "", "", None),
    ("Noc w bibliotece", "piątek 13 marca, 20:00–7:00", "Noc w bibliotece", "2026-03-13 20:00", "07:00", "", "", None),
    ("Kurs", "2 stycznia o 10", "Kurs", "2027-01-02 10:00", "11:00", "", "", None),
    ("Kurs", "29 lutego o 10", "Kurs", "2028-02-29 10:00", "11:00", "", "", None),
    ("Kurs", "12 marca 2026 r., godz. 10, Aula, ul. Długa 5, Kraków", "Kurs", f"{M12} 10:00", "11:00", "Aula, ul. Długa 5, Kraków", "", None),
    ("Kurs", "12 marca o 10, na ul. Długiej 5", "Kurs", f"{M12} 10:00", "11:00", "na ul. Długiej 5", "", None),
    ("Kurs", "12 marca o 10 czasu londyńskiego", "Kurs", f"{M12} 10:00", "11:00", "", "", None),
    ("Odp: Kurs", "12 marca o 10", "Kurs", f"{M12} 10:00", "11:00", "", "", None),
    ("Expert meeting", "Thursday 12 March 2026 4.30 pm, online", "Expert meeting", f"{M12} 16:30", "17:30", "online", "", None),
    ("Expert meeting", "Thursday, March 12, 2026, 4:30-6 pm, in the Main Library, 20 seats", "Expert meeting", f"{M12} 16:30", "18:00", "the Main Library", "", 20),
    ("Expert meeting", "March 12 at 16:30", "Expert meeting", f"{M12} 16:30", "17:30", "", "", None),
    ("Expert meeting", "12th of March 2026, from 4 to 6 pm", "Expert meeting", f"{M12} 16:00", "18:00", "", "", None),
    ("Expert meeting", "on 12 March at 6pm until 8pm at the Main Library, up to 12 people", "Expert meeting", f"{M12} 18:00", "20:00", "the Main Library", "", 12),
    ("Expert meeting", "this Thursday at 5 pm", "Expert meeting", "2026-03-05 17:00", "18:00", "", "", None),
    ("Expert meeting", "tomorrow at 9 am, 2 hours", "Expert meeting", "2026-03-04 09:00", "11:00", "", "", None),
    ("Expert meeting", "tomorrow at noon", "Expert meeting", "2026-03-04 12:00", "13:00", "", "", None),
    ("Expert meeting", "When: 12 March 2026\nTime: 4.30 pm–6 pm\nWhere: Main Library\nSeats: 20\nLink: https://meet.example.org/c", "Expert meeting", f"{M12} 16:30", "18:00", "Main Library", "https://meet.example.org/c", 20),
    ("Meeting", "Title: Reading aloud\nDate: 12 March 2026 at 16:30\nDuration: 45 minutes", "Reading aloud", f"{M12} 16:30", "17:15", "", "", None),
    ("Invitation", "You are invited to our reading circle on 12 March 2026 at 16:30.", "Our reading circle", f"{M12} 16:30", "17:30", "", "", None),
    ("Book club", "12 March 2026, 16:30, an hour and a half", "Book club", f"{M12} 16:30", "18:00", "", "", None),
    ("Book club", "12 March 2026, 16:30, remote", "Book club", f"{M12} 16:30", "17:30", "online", "", None),
    ("Book club", "12 March 2026, 16:30, Google Meet", "Book club", f"{M12} 16:30", "17:30", "Google Meet", "", None),
    ("Book club", "2026-03-12, 16:30-18:00, room 12, limited to 8 people", "Book club", f"{M12} 16:30", "18:00", "room 12", "", 8),
    ("Book club", "12 Mar 2026 11am-1pm", "Book club", f"{M12} 11:00", "13:00", "", "", None),
    ("Book club", "Thu 12 Mar, 11:00", "Book club", f"{M12} 11:00", "12:00", "", "", None),
    ("Book club", "12 March 2026, 11:00 London time", "Book club", f"{M12} 11:00", "12:00", "", "", None),
    ("Book club", "12 March 2026, 11:00 (Europe/London)", "Book club", f"{M12} 11:00", "12:00", "", "", None),
    ("Spotkanie sieci", "Spotykamy się 12 marca 2026 r. o godz. 15.00 w Pedagogicznej Bibliotece Wojewódzkiej. Prosimy zabrać laptopy.", "Spotkanie sieci", f"{M12} 15:00", "16:00", "w Pedagogicznej Bibliotece Wojewódzkiej", "", None),
    ("Spotkanie sieci", "Data: 12 marca 2026\nGodz.: 15.00–16.30\nLink: www.example.org/x", "Spotkanie sieci", f"{M12} 15:00", "16:30", "", "www.example.org/x", None),
    ("Spotkanie sieci", "Data: 12 marca 2026\nGodz.: 15.00–16.30\nOpis: Porozmawiamy o e-bookach.\nKażdy coś powie.", "Spotkanie sieci", f"{M12} 15:00", "16:30", "", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "title", "starts", "ends", "place", "url", "seats"), LETTERS, ids=range(len(LETTERS)))
def test_a_plain_letter_is_a_meeting(subject, text, title, starts, ends, place, url, seats):
    plan = read(subject, text, NOW, ZONE)
    assert plan.troubles == ()
    assert (plan.title, f"{plan.starts:%Y-%m-%d %H:%M}", f"{plan.ends:%H:%M}", plan.place, plan.url, plan.seats) == (title, starts, ends, place, url, seats)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("środa 12 marca 2026 godz. 16.30", meetingplan.OTHER_WEEKDAY),
        ("Wednesday 12 March 2026 at 4 pm", meetingplan.OTHER_WEEKDAY),
        ("12 marca (środa) godz. 16", meetingplan.OTHER_WEEKDAY),
        ("w przyszły czwartek o 17", meetingplan.TWO_WEEKS),
        ("next Thursday at 5 pm", meetingplan.TWO_WEEKS),
        ("12 lutego 2026 godz. 16", meetingplan.PAST),
        ("dziś o 9", meetingplan.PAST),
        ("31 kwietnia 2026 godz. 16", meetingplan.NO_SUCH_DAY),
        ("30 lutego o 16", meetingplan.NO_SUCH_DAY),
        ("29 lutego 2026 o 16", meetingplan.NO_SUCH_DAY),
        ("29 marca 2026 o 2.30", meetingplan.NO_SUCH_HOUR),
        ("12 marca 2026", meetingplan.NO_HOUR),
        ("godz. 16.30", meetingplan.NO_DATE),
        ("", meetingplan.NO_DATE),
        ("Wkrótce napiszę więcej.", meetingplan.NO_DATE),
    ],
)
def test_what_is_doubtful_is_asked(text, trouble):
    assert trouble in [one.words for one in read("Spotkanie sieci", text, NOW, ZONE).troubles]


def test_what_was_assumed_is_said():
    assert {one.words for one in read("Spotkanie", "12 marca o 16", NOW, ZONE).notes} == {meetingplan.NEXT_SUCH_DATE, meetingplan.ONE_HOUR}
    assert {one.words for one in read("Spotkanie", "13 marca 2026, 20:00-2:00", NOW, ZONE).notes} == {meetingplan.NEXT_DAY}


def test_the_description_is_what_is_left():
    plan = read("Spotkanie sieci", "Dzień dobry,\n\nczwartek 12 marca 2026, 16.30, online\n\nPorozmawiamy o e-bookach.\nKażdy coś powie.\n\nPozdrawiam\nAlina Zakładka", NOW, ZONE)
    assert plan.text == "Porozmawiamy o e-bookach.\nKażdy coś powie."


def test_another_zone_is_heard():
    assert read("Kurs", "12 marca o 10 czasu londyńskiego", NOW, ZONE).zone == "Europe/London"
    assert read("Kurs", "12 March 2026 10:00 America/New_York", NOW, ZONE).zone == "America/New_York"


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("TERMIN: 19 marca", {"starts": "2026-03-19 16:30", "ends": "2026-03-19 18:00"}),
        ("TERMIN: piątek 20 marca 2026 godz. 17", {"starts": "2026-03-20 17:00", "ends": "2026-03-20 18:30"}),
        ("GODZINA: 17", {"starts": "2026-03-12 17:00", "ends": "2026-03-12 18:30"}),
        ("GODZINA: 17.00–19.00", {"starts": "2026-03-12 17:00", "ends": "2026-03-12 19:00"}),
        ("KONIEC: 19", {"ends": "2026-03-12 19:00"}),
        ("CZAS TRWANIA: 2 godz.", {"ends": "2026-03-12 18:30"}),
        ("MIEJSCE: w Bibliotece Głównej", {"place": "w Bibliotece Głównej"}),
        ("TYTUŁ: Zupełnie inny", {"title": "Zupełnie inny"}),
        ("MIEJSC: 20", {"seats": 20}),
        ("MIEJSC: bez limitu", {"seats": None}),
        ("LINK: https://meet.example.org/z", {"url": "https://meet.example.org/z"}),
        ("OPIS: Nowy opis", {"text": "Nowy opis"}),
        ("DATE: 19 March 2026\nTIME: 5 pm-6 pm\nSEATS: 5", {"starts": "2026-03-19 17:00", "ends": "2026-03-19 18:00", "seats": 5}),
        ("Przenosimy na 19 marca, godz. 17.", {"starts": "2026-03-19 17:00", "ends": "2026-03-19 18:30"}),
    ],
)
def test_a_line_changes_what_it_names_and_nothing_else(words, changed):
    before = read("Spotkanie", "Kurs, 12 marca 2026, 16.30–18.00, online, https://meet.example.org/a, 10 miejsc\n\nDawny opis kursu dla wszystkich.", NOW, ZONE)
    after = corrected(before, words, NOW)
    expected = {"title": "Kurs", "starts": "2026-03-12 16:30", "ends": "2026-03-12 18:00", "place": "online", "url": "https://meet.example.org/a", "text": before.text, "seats": 10} | changed
    assert {name: f"{value:%Y-%m-%d %H:%M}" if isinstance(value := getattr(after, name), datetime) else value for name in expected} == expected


@pytest.mark.parametrize("words", ["Dziękuję!", "WYŚLIJ", "Proszę poprawić", "Czy ktoś już odpowiedział?", ""])
def test_what_changes_nothing_is_no_change(words):
    before = read("Kurs", "12 marca 2026, 16.30–18.00", NOW, ZONE)
    assert corrected(before, words, NOW) is None


def test_a_doubt_stays_until_the_day_is_said_anew():
    asked = read("Kurs", "środa 12 marca 2026 godz. 16", NOW, ZONE)
    still = corrected(asked, "MIEJSCE: online", NOW)
    assert [one.words for one in still.troubles] == [meetingplan.OTHER_WEEKDAY]
    assert corrected(still, "TERMIN: 12 marca 2026", NOW).troubles == ()
    # The day is kept where the hour alone is missing.
    hourless = read("Kurs", "12 marca 2026", NOW, ZONE)
    assert f"{corrected(hourless, 'GODZINA: 17', NOW).starts:%Y-%m-%d %H:%M}" == "2026-03-12 17:00"


def test_a_plan_is_kept_and_read_again():
    plan = read("Kurs", "środa 12 marca 2026 godz. 16, 5 miejsc", NOW, ZONE)
    kept = meetingplan.read(meetingplan.write(plan))
    assert kept == plan and kept.troubles == plan.troubles


@pytest.mark.parametrize("words", ["1" * 20_000, "12 marca " * 5_000, "godz. " * 5_000, "w Bibliotece " * 3_000, "ul. " * 10_000, ", " * 20_000, "TYTUŁ: " * 5_000, "https://" * 5_000, "12.03." * 5_000])
def test_any_words_are_read_in_a_moment(words):
    import time

    begun = time.process_time()
    read(words[:500], words, NOW, ZONE)
    assert time.process_time() - begun < 2
