"""What a coordinator says of an issue: a word, a text anew, a remark; and what stops what is planned."""

import pytest

from listserv.errors import Invalid
from newsletters import drafts
from newsletters.answers import Answer, Says, is_word, read
from newsletters.quoted import otherwise

SOURCE = "W maju zapraszamy na warsztaty z czytania na głos, szczegóły poniżej. Spotykamy się 12 maja o 17 w bibliotece przy ulicy Szkolnej."
AUTHOR = "Alina Zakładka"
SAID = {
    Says.SEND: ["WYŚLIJ", "Tak, wyślij", "send", "Dzień dobry,\nWYŚLIJ\nAlina Zakładka"],
    Says.PLAN: ["wyślij jutro", "WYŚLIJ piątek 8:00"],
    Says.WHEN: ["wyślij wczoraj wieczorem"],
    Says.TRY: ["PRÓBA", "wyślij próbę"],
    Says.DISCARD: ["ODRZUĆ"],
    Says.UNDO: ["COFNIJ", "COFNIJ\n\nJest błąd w dacie.", "COFNIJ - pomyliłam datę", "Cofnij, proszę", "Proszę cofnąć", "Nie wysyłaj! Jest błąd w dacie.", "Nie wysyłaj, jest błąd", "Nie wysyłajcie tego jeszcze", "STOP, zła data!", "Proszę wstrzymać wysyłkę", "Anuluj wysyłkę proszę", "Odwołaj piątek", "Don't send yet", "Please cancel", "Proszę nie wysyłać"],
    Says.YES: ["OK", "tak", "👍", "Super, dzięki!", "Potwierdzam", "Jasne"],
    Says.THANKS: ["dziękuję", "Bardzo dziękuję!\nAlina"],
    Says.TEXT: [SOURCE.replace("12 maja", "15 maja"), "Nowy tekst:\nZupełnie co innego.", "NEW TEXT\n\nSomething else."],
    Says.UNCLEAR: ["nie", "Nie, dziękuję", "Jeszcze nie", "Poczekaj", "Nie teraz", "Wait", "👎", "Wyślij?", "Wyślij, ale popraw datę", "Tak, ale nie w piątek", "WYŚLIJ\n\nA do tego dopisz Kraków.", "Odrzuć\n\nalbo nie", "Proszę o poprawienie daty na 15 maja w drugim akapicie oraz dopisanie adresu biblioteki w Krakowie.", "Aniu, nie zdążyłam jeszcze przeczytać całości, ale wygląda ładnie. Odezwę się jutro, jak wrócę z pracy.", f"Zmieniłam datę:\n\n{SOURCE}"],
}


def test_an_answer_says_what_it_says():
    for says, replies in SAID.items():
        for reply in replies:
            assert read(reply, AUTHOR, source=SOURCE).says is says, reply


@pytest.mark.parametrize(
    ("below", "answer"),
    [("", Answer(Says.LINES)), ("Dziękuję!", Answer(Says.LINES)), ("WYŚLIJ", Answer(Says.LINES, left=True)), ("COFNIJ", Answer(Says.LINES, left=True)), ("Alina Zakładka\nBiblioteka Pedagogiczna w Krakowie", Answer(Says.LINES)), ("Chroń środowisko – nie drukuj tego listu.\nAdministratorem danych jest Biblioteka Pedagogiczna w Krakowie, ul. Szkolna 1.", Answer(Says.LINES, left=True)), (SOURCE, Answer(Says.TEXT)), ("Nowy tekst\nInny.", Answer(Says.TEXT))],
)
def test_below_first_lines_only_the_text_anew_is_a_text(below, answer):
    assert read(below, AUTHOR, source=SOURCE, sets=True) == answer


def test_a_draft_that_is_a_word_is_known():
    assert all(is_word(one) for one in ("WYŚLIJ", "Wyślij piątek 8:00", "cofnij", "Próba")) and not any(is_word(one) for one in (SOURCE, "OK", "Odwołane warsztaty\n\nW maju nie spotkamy się."))


@pytest.mark.parametrize("line", ["Forma: online, platforma Teams", "Język: polski i regionalny", "Odpowiedzi: prosimy słać na konkurs@example.org"])
def test_a_first_line_that_names_nothing_we_know_may_be_text(line):
    assert drafts.read(f"{line}\n\n{SOURCE}").source.startswith(line)


@pytest.mark.parametrize("line", ["Szablon: trójkąt", "Odpowiedzi: nikomu na świecie", "Język: klingoński"])
def test_a_first_line_that_was_meant_to_set_something_is_asked_about(line):
    with pytest.raises(Invalid):
        drafts.read(f"{line}\n\n{SOURCE}")


ABOVE = "Od: Sieć BP\nTemat: Do sprawdzenia: W maju zapraszamy na warsztaty\n\nDzień dobry,\n\n" + "to są nasze słowa w tym liście " * 10 + "\n\n"


@pytest.mark.parametrize(
    ("quotation", "found"),
    [("", ""), (ABOVE + SOURCE, ""), ("> " + SOURCE.replace(" na ", " na\n> ").replace("głos", "<https://example.org/x> głos"), ""), ("> " + SOURCE.replace("12 maja", "15 maja"), "sie 15 maja"), (ABOVE + SOURCE.replace("szczegóły poniżej", "WSZYSTKO poniżej"), "glos wszystko ponizej")],
)
def test_a_correction_inside_the_quotation_is_seen(quotation, found):
    assert otherwise(quotation, [SOURCE]) == found


FOOT = "Odpowiedź na ten list przeczytają wszyscy na liście. To wydanie w archiwum."


@pytest.mark.parametrize("changed", [f"{SOURCE}\n\nZapraszamy także nauczycieli z Tarnowa i okolic!\n\n{FOOT}", f"{ABOVE}Drogie Panie i drodzy Panowie, nowy początek listu. {SOURCE}\n\n{FOOT}"])
def test_a_correction_at_either_end_of_the_quotation_is_seen_too(changed):
    assert otherwise(changed, [SOURCE], [ABOVE, FOOT])


@pytest.mark.parametrize("below", ["", "\n\n__________ Informacja programu antywirusowego. Wiadomość została sprawdzona."])
def test_what_programs_put_below_a_quotation_is_no_correction(below):
    assert otherwise(f"{ABOVE}{SOURCE}\n\n{FOOT}{below}", [SOURCE], [ABOVE, FOOT]) == ""
