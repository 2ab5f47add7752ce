"""Orders with a list of people, and what invited persons answer: tables of phrases, and any text at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from listserv.mail.batchverbs import Verb
from listserv.mail.invited import Said, answer, order, yes_without_welcome

LIST = "Anna Nowa <anna@example.org>\njan@example.org"
INVITING = ["ZAPROŚ", "zapros", "Zaproszenie", "ZAPROSZENIA:", "INVITE", "invite:", "Zaproś na listę:", "Proszę zaprosić następujące osoby:", "Proszę o zaproszenie osób:"]
INVITING += ["Invite these people".replace("these ", ""), "Dzień dobry,\nZAPROŚ", "Dzień dobry!\n\nZaproś proszę:", "*ZAPROŚ*"]
ADDING = ["DODAJ", "dodaj:", "Dopisz do listy:", "ADD", "Please add the following people:", "Proszę dodać do listy:", "Proszę o dopisanie osób:", "Dodaj bez powitania"]


@pytest.mark.parametrize("head", INVITING)
def test_an_invitation_is_asked_for_in_the_text(head):
    found = order("cokolwiek", f"{head}\n{LIST}\n")

    assert found and found.verb is Verb.INVITE and [one.email for one in found.people.people] == ["anna@example.org", "jan@example.org"]


@pytest.mark.parametrize("head", ADDING)
def test_adding_is_asked_for_in_the_text(head):
    found = order("cokolwiek", f"{head}\n\n{LIST}\n")

    assert found and found.verb is Verb.ADD and len(found.people.people) == 2


@pytest.mark.parametrize("subject", ["ZAPROŚ", "zaproszenie", "Invite", "Proszę o zaproszenie"])
def test_the_subject_asks_above_a_list(subject):
    found = order(subject, LIST)

    assert found and found.verb is Verb.INVITE and len(found.people.people) == 2


def test_somebody_may_stand_on_the_line_of_the_word():
    found = order("", "ZAPROŚ Anna Nowa <anna@example.org>")

    assert [(one.name, one.email) for one in found.people.people] == [("Anna Nowa", "anna@example.org")]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Zaproszenie", "Zapraszam wszystkich na spotkanie 12 czerwca. Pytania: zofia@example.org"),
        ("Zaproszenie na spotkanie", "Szanowni Państwo,\n\nzapraszam 12 czerwca."),
        ("Re: ZAPROŚ", LIST),
        ("Odp: Zaproszenie", LIST),
        ("", "Zapraszam na spotkanie\nanna@example.org"),
        ("", "Zaproś kogoś miłego, proszę"),
        ("", "Dodaję adres koleżanki: anna@example.org"),
        ("", "Dodaj mnie"),
        ("Dodaj do kalendarza", "spotkanie w czerwcu"),
        ("", "Proszę dodać wątek do archiwum"),
        ("", "Add to that what Anna said"),
        ("", f"Dzień dobry,\n\nczy mogę dopisać dwie osoby?\n{LIST}"),
        ("Pytanie", LIST),
        ("", "Zapraszam\n\nZofia"),
        ("Zaproszenie", "ewa@example.org pisze, że przyjdzie"),
        ("Zaproszenie", "ewa@example.org pisze, że Anna przyjdzie"),
        ("", "Zaproś Ewę <ewa@example.org> na piątek"),
        ("", "Zaproś Ewę <ewa@example.org>"),
        ("", "Zapraszam\nZofia Lektura zofia@example.org"),
        ("", "Dodaj, proszę, mój telefon do stopki: a@example.org"),
        ("", "DODAJ mój adres do stopki a@example.org"),
        ("", "Dodaj\nmój telefon do stopki, piszę z a@example.org"),
        ("Zaproszenie", ""),
        ("zaproszenie", "Dw: ewa@example.org"),
        ("", "Zaproszenie\nFrom: ewa@example.org"),
        ("", ""),
    ],
)
def test_any_other_letter_is_no_order(subject, text):
    assert order(subject, text) is None


def test_the_bare_word_is_an_order_with_nobody():
    assert order("", "ZAPROŚ").people.people == () and order("DODAJ", "").verb is Verb.ADD


@pytest.mark.parametrize("text", [f"ZAPROŚ\n{LIST}", f"invite:\n{LIST}", "ZAPROŚ ewa@example.org", f"zaproś\n{LIST}\n\nDo zobaczenia.\n\nZofia"])
def test_the_bare_word_above_people_and_nothing_else_is_plain(text):
    assert order("", text).plain


@pytest.mark.parametrize("text", [f"Zaproszenie\n{LIST}", f"Zaproś te osoby\n{LIST}", f"ZAPROŚ\n{LIST}\nDw: dyrekcja@example.org", f"ZAPROŚ\n{LIST}\npani z Łodzi", "ZAPROŚ"])
def test_whatever_is_less_plain_is_an_order_that_is_shown_first(text):
    assert not order("", text).plain


@pytest.mark.parametrize("text", ["Dodaj proszę te osoby z załącznika.", "Proszę dodaj osoby z pliku:", "ADD the people from the attached file", "DODAJ"])
def test_an_order_may_speak_of_the_table_that_comes_with_it(text):
    assert order("", text, table=True).verb is Verb.ADD


def test_a_file_makes_no_order_of_a_letter():
    assert order("Zaproszenie", "W załączniku zaproszenie na spotkanie.", table=True) is None and order("Zaproszenie", "", table=True) is None


@pytest.mark.parametrize("end", ["Zofia\nzofia@example.net", "Zofia Lektura\nBiblioteka w Wymyślnie\ntel. 600 000 000"])
def test_a_signature_without_a_farewell_is_no_personal_note(end):
    found = order("", f"ZAPROŚ\n{LIST}\n\n{end}")

    assert len(found.people.people) == 2 and found.people.note == ""


def test_the_welcome_can_be_left_out():
    assert not order("", f"DODAJ BEZ POWITANIA\n{LIST}").welcome
    assert order("", f"DODAJ\n{LIST}").welcome


@pytest.mark.parametrize("reply", ["TAK BEZ POWITANIA", "tak, bez powitania", "Tak – bez powitań.", "YES WITHOUT WELCOME", "yes, no welcome", "Tak, ale bez listu powitalnego"])
def test_yes_without_a_welcome(reply):
    assert yes_without_welcome(reply)


@pytest.mark.parametrize("reply", ["TAK", "NIE", "Tak, bez Jana", "Tak, ale bez powitania ich nie zrozumiem", "TAK BEZ POWITANIA czy z powitaniem?", ""])
def test_no_other_yes_is_without_a_welcome(reply):
    assert not yes_without_welcome(reply)


YES = ["TAK", "tak", "Tak, dziękuję", "Dzień dobry,\n\ntak, chętnie dołączę.\n\nAnna", "OK", "Yes please", "Chętnie", "Chętnie dołączę!", "Bardzo chętnie, dziękuję"]
YES += ["Z przyjemnością przyjmę zaproszenie", "Dziękuję za zaproszenie, dołączam", "Proszę mnie zapisać", "Zapisz mnie", "I'd love to join", "Count me in", "Oczywiście, zapiszę się"]
YES += ["Tak, dołączę", "Yes, I would love to join"]
YES += ["Zgadzam się", "Dziękuję bardzo za zaproszenie. Chętnie dołączę"[31:], "Gladly", "ZAPISZ"]
YES += ["Dziękuję serdecznie za zaproszenie, z przyjemnością dołączę.\n\nPozdrawiam\nAnna", "Przyjmuję zaproszenie", "Chętnie skorzystam z zaproszenia", "I accept the invitation", "I'm in"]
NO = ["NIE", "nie", "Nie, dziękuję", "No, thank you", "Nie chcę", "Dziękuję, nie skorzystam", "Nie jestem zainteresowana", "Proszę mnie nie zapraszać", "not interested"]
NO += ["Proszę mnie wypisać", "Niestety nie skorzystam", "Thank you, but no thank you"]
NEVER = ["NIE NIGDY", "nie, nigdy", "NIGDY", "NO NEVER", "Never again", "Nie! Nigdy więcej."]
OTHER = ["A kto to prowadzi?", "Chętnie, ale dopiero we wrześniu", "Czy to coś kosztuje?", "Nie wiem, zastanowię się", "Dziękuję za wiadomość", "Tak? A co to jest?", "Nigdy o was nie słyszałam"]
OTHER += ["I accept no mail", "Zgadzam się na nic", "Dołączam do prośby o usunięcie adresu", "Chętnie pomogę w usunięciu adresu", "Przyjmuję do wiadomości", "Dołączam się do pytania Anny"]
OTHER += ["I am in Spain until Monday", "I accept bribes", "Dziękuję za zaproszenie", "Count me in 2 weeks"]
OTHER += ["Tak, ale dołączę dopiero jesienią", "Tak? Dołączę do czego?"]
OTHER += ["Dziękuję za zaproszenie, odpiszę później", "Chętnie porozmawiam o tym", "Who are you?", "", "Może", "Dzień dobry", "Zastanowię się i odpowiem", "Dołączę, jeśli wolno tylko czytać"]


@pytest.mark.parametrize(("reply", "said"), [*((one, Said.YES) for one in YES), *((one, Said.NO) for one in NO), *((one, Said.NEVER) for one in NEVER), *((one, Said.OTHER) for one in OTHER)])
def test_what_an_invited_person_says(reply, said):
    assert answer(reply) is said


@given(some.text(max_size=300))
def test_any_text_is_some_answer_and_an_order_only_with_its_word(text):
    assert answer(text) in Said
    order(text, text)
    yes_without_welcome(text)
