import pytest

from listserv.mail.quotes import Piece, reply, split

ANSWER = "Dziękuję, to bardzo pomaga.\n\nMożemy porozmawiać w czwartek."

# What mail programs put below an answer: name, text.
BELOW = [
    ("gmail pl", "wt., 3 mar 2026 o 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\n> Dzień dobry,\n>\n> pytanie\n"),
    ("gmail pl wrapped", "wt., 3 mar 2026 o 10:15 Jan Kowalski z Biblioteki Publicznej\n<jan@example.org> napisał(a):\n\n> pytanie\n"),
    ("gmail old pl", "W dniu 3 marca 2026 10:15 użytkownik Jan Kowalski <jan@example.org>\nnapisał:\n\n> pytanie\n"),
    ("gmail en", "On Tue, Mar 3, 2026 at 10:15 AM Jan Kowalski <jan@example.org> wrote:\n\n> question\n"),
    ("gmail en wrapped", "On Tue, Mar 3, 2026 at 10:15 AM Jan Kowalski via Sieć BP <\nlist@lists.example.org> wrote:\n\n> question\n>> older\n"),
    ("thunderbird pl", "W dniu 3.03.2026 o\u00a010:15, Jan Kowalski pisze:\n> Dzień dobry\n>\n> pytanie\n"),
    ("thunderbird en", "On 3/3/26 10:15, Jan Kowalski wrote:\n> question\n"),
    ("apple pl", "Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 3 mar 2026, o godz. 10:15:\n\n> pytanie\n"),
    ("apple pl wrapped", "Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu\n3 mar 2026, o godz. 10:15:\n\n> pytanie\n"),
    ("apple en", "On 3 Mar 2026, at 10:15, Jan Kowalski <jan@example.org> wrote:\n\n> question\n"),
    ("iphone pl", "Wysłane z iPhone'a\n\n> Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 03.03.2026, o godz. 10:15:\n> \n> pytanie\n"),
    ("iphone en", "Sent from my iPhone\n\nOn Mar 3, 2026, at 10:15, Jan Kowalski <jan@example.org> wrote:\n\n> question\n"),
    ("o2 unmarked", "Dnia 3 marca 2026 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\nDzień dobry,\npytanie\n\nJan\n"),
    ("roundcube", "Dnia 2026-03-03 o godz. 10:15, Jan Kowalski napisał(a):\n> pytanie\n"),
    ("wp", "Dnia 03 marca 2026 10:15 Jan Kowalski &lt;jan@example.org&gt; napisał(a):\n\n> pytanie\n"),
    ("onet", "W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski <jan@example.org> napisał:\n> pytanie\n"),
    ("onet unmarked", "W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski <jan@example.org> napisał:\n\nDzień dobry,\npytanie\n"),
    ("ruled user", "---- Użytkownik Jan Kowalski napisał ----\n\nDzień dobry,\npytanie\n"),
    ("interia", 'Od: "Jan Kowalski" <jan@example.org>\nDo: "Anna Nowa" <anna@example.org>;\nWysłane: 10:15 Wtorek 2026-03-03\nTemat: Pytanie\n\n> pytanie\n'),
    (
        "interia unmarked",
        'Od: "Jan Kowalski" <jan@example.org>\nDo: "Anna Nowa" <anna@example.org>;\nWysłane: 10:15 Wtorek 2026-03-03\nTemat: Pytanie\n\npytanie\n',
    ),
    (
        "outlook pl",
        "Od: Jan Kowalski <jan@example.org> \nWysłane: wtorek, 3 marca 2026 10:15\nDo: Sieć BP <list@lists.example.org>\nTemat: Pytanie\n\nDzień dobry,\n\npytanie\n",
    ),
    (
        "outlook pl DW",
        "From: Jan Kowalski\nSent: Tuesday, March 3, 2026 10:15 AM\nTo: Anna Nowa; Ewa Biała;\n  Ola Czarna\nCc: Sieć\nSubject: Pytanie\n\npytanie\n",
    ),
    (
        "outlook en bold",
        "*From:* Jan Kowalski <jan@example.org>\n*Sent:* Tuesday, March 3, 2026 10:15 AM\n*To:* Anna Nowa\n*Subject:* RE: question\n\nquestion\n",
    ),
    (
        "outlook ruled",
        "________________________________\nOd: Jan Kowalski <jan@example.org>\nWysłane: wtorek, 3 marca 2026 10:15\nDo: Anna Nowa\nTemat: Pytanie\n\npytanie\n",
    ),
    (
        "outlook original",
        "-----Original Message-----\nFrom: Jan Kowalski [mailto:jan@example.org]\nSent: Tuesday, March 3, 2026 10:15\nTo: Anna\nSubject: x\n\nquestion\n",
    ),
    ("oryginalna", "-----Oryginalna wiadomość-----\nOd: Jan Kowalski\nWysłano: 3 marca 2026 10:15\nDo: Anna\nTemat: x\n\npytanie\n"),
    (
        "outlook ios",
        "Get Outlook for iOS\n________________________________\nFrom: Jan <jan@example.org>\nSent: Tuesday, March 3, 2026 10:15:00 AM\nTo: Anna\nSubject: x\n\nquestion\n",
    ),
    (
        "forward gmail",
        "---------- Forwarded message ---------\nOd: Jan Kowalski <jan@example.org>\nDate: wt., 3 mar 2026 o 10:15\nSubject: x\nTo: <list@lists.example.org>\n\n\nstary list\n",
    ),
    (
        "forward apple",
        "Początek przekazywanej wiadomości:\n\nOd: Jan Kowalski <jan@example.org>\nTemat: x\nData: 3 marca 2026 10:15:00 CET\nDo: list@lists.example.org\n\nstary list\n",
    ),
    ("yandex", '03.03.2026, 10:15, "Jan Kowalski" <jan@example.org>:\n\n> pytanie\n'),
    ("zoho", "---- On Tue, 03 Mar 2026 10:15:50 +0100 jan@example.org wrote ----\n\nquestion\n"),
    ("the bat", "On 3 March 2026, you wrote:\n\nJK> question\nJK> more\n"),
    ("unknown language", "Jan Kowalski <jan@example.org> idatzi du 2026-03-03:\n\n> galdera\n"),
    ("address wrapped before its bracket", 'On 3 March 2026 10:15 "Jan Kowalski" <jan.kowalski.from.a.long.place@example.org\n>:\n\n> question\n'),
    ("signature", "-- \nAnna Nowa\nBiblioteka w Przykładowie\n"),
    ("signature without its blank", "--\nAnna Nowa\nBiblioteka w Przykładowie\n"),
    ("signature, then quote", "-- \nAnna Nowa\n\nW dniu 3.03.2026 o 10:15, Jan Kowalski pisze:\n> pytanie\n"),
    ("ruled signature", "______________\nAnna Nowa\ntel. 22 555 01 01\nwww.biblioteka.example\n"),
    ("mobile", "Wysłano z mojego telefonu Samsung Galaxy\n"),
    ("scanner", "Wolne od wirusów. www.skaner.example\n"),
    (
        "list footer",
        "_______________________________________________\nSiec mailing list -- siec@lists.example.org\nTo unsubscribe send an email to siec-leave@lists.example.org\n",
    ),
]


@pytest.mark.parametrize(("below"), [text for _, text in BELOW], ids=[name for name, _ in BELOW])
@pytest.mark.parametrize("space", ["\n\n", "\n\n\n\n"], ids=["near", "far"])
def test_what_a_program_put_below_is_no_reply(below, space):
    text = ANSWER + space + below

    assert reply(text) == ANSWER
    assert "".join(piece.text for piece in split(text)) == text


# Text that only looks like a quote, a header block, a signature: all of it is what the author wrote.
TRAPS = [
    ("a list", "Proszę przynieść:\n\n- identyfikator\n- laptop\n- dobry humor"),
    ("a list with dashes", "Program:\n-- wstęp\n-- warsztaty\n-- zakończenie"),
    ("a note", "Uwaga: sala 12.\nOd: godziny 10.00\nDo: godziny 15.00\nTemat: warsztaty TIK"),
    ("an invitation", "Zapraszam na spotkanie.\n\nData: 3 marca 2026\nOd: 10.00\nDo: 15.00\nTemat: szkolenie\n\nDo zobaczenia"),
    ("from in running text", "Od: wszystkich z naszej biblioteki życzenia.\nTemat: jak wyżej."),
    ("code", "Tak to działa:\n\n    if a:\n        return b\n\nProste."),
    ("code at the beginning", "    x = 1\n    y = 2"),
    ("a fence with a prompt", "Uruchamiam:\n```\n> SELECT 1;\n> SELECT 2;\n```\ni nic."),
    ("a colon before a list", "Jan Kowalski napisał dziś:\n\nże przyjdzie."),
    ("a quoted story", "W dniu 3 marca Jan pisze:\n\n„Drodzy, zapraszam.”\n\nCo o tym sądzicie?"),
    ("On the other hand", "On the one hand it is good.\nOn the other hand, in 2026 we wrote:\n\nnothing at all."),
    ("a separator", "Pierwsza część.\n\n----\n\nDruga część, dłuższa.\n\n====\n\nTrzecia."),
    ("a separator of two dashes and much text", "Wstęp\n--\n" + "\n".join(f"wiersz {n}" for n in range(30))),
    ("a contact card", "Adres: ul. Prosta 1\nTelefon: 22 555 01 01\nE-mail: biblioteka@example.org\nGodziny: 8:00-15:00"),
    ("sent in a sentence", "Wysłane z iPhone'a zdjęcia są już w albumie, który wczoraj założyła nasza koleżanka.\n\nMiłego dnia"),
    ("comparison", "a > b, a więc b < a"),
    ("dates", "2026-01-15 14:30\n15.01.2026 14:30\nJan 15, 2026 at 14:30\n\nTo tylko przykłady."),
    ("escaped From", ">From tego wynika, że mamy czas."),
]


@pytest.mark.parametrize("text", [text for _, text in TRAPS], ids=[name for name, _ in TRAPS])
def test_what_only_looks_like_a_quote_is_kept(text):
    assert reply(text) == text


def test_answers_between_quotes_keep_their_place():
    text = "W dniu 3.03.2026 o 10:15, Jan pisze:\n> Kiedy?\nW czwartek.\n\n> Gdzie?\n> W sali?\n\nTak, w sali 12.\n\n> Do zobaczenia\n"

    assert [piece.kind for piece in split(text)] == ["attribution", "quote", "said", "quote", "said", "quote"]
    assert reply(text) == "W czwartek.\n\nTak, w sali 12."


def test_an_answer_below_the_quote_is_found():
    assert reply("On 3 Mar 2026, at 10:15, Jan <jan@example.org> wrote:\n\n> question\n\nAnswer.\n\n-- \nAnna\n") == "Answer."


def test_a_greeting_straight_above_an_attribution_stays():
    text = "Tak.\nPozdrawiam\nJan Kowalski <jan@example.org> napisał:\n> pytanie\n"

    assert reply(text) == "Tak.\nPozdrawiam"


def test_text_below_a_header_block_with_marked_quotes_is_the_reply():
    text = "-----Original Message-----\nFrom: Jan <jan@example.org>\nSent: 3 March 2026 10:15\nTo: Anna\nSubject: x\n\n> question\n\nMy answer.\n"

    assert reply(text) == "My answer."


@pytest.mark.parametrize(
    "heading",
    [
        "----- Original Message -----\nSubject: Re: tools\n\n\n",
        "----- Original Message -----\nFrom: Jan <jan@example.org>\nSent: Friday, December 07, 2001 2:43 PM\nSubject: A subject that goes on\nand on\n\n\n",
        "-----Original Message-----\nFrom: Jan <jan@example.org>\nCc: Anna; Ewa\n<ewa@example.org>; a@example.org\n<a@example.org>\nDate: Tuesday, May 16, 2000 12:22 PM\n\n....\n",
    ],
    ids=["one field", "a wrapped subject", "wrapped recipients"],
)
def test_answers_below_a_heading_with_marked_quotes_are_never_lost(heading):
    assert reply(f"{heading}> question\n\nMy answer.\n\n> more\n\nMore of it.\n").endswith("My answer.\n\nMore of it.")


def test_below_the_end_of_a_forwarded_mail_the_author_goes_on():
    text = "----- Forwarded message from Jan -----\n\nFrom: Jan <jan@example.org>\nSubject: x\n\nquestion\n\n----- End forwarded message -----\n\nMy answer.\n"

    assert reply(text) == "My answer."


def test_a_mail_that_begins_like_a_header_block_is_what_the_author_wrote():
    text = "Od: Anna Nowa <anna@example.org>\nData: 3 marca 2026 10:15\nTemat: Zgłoszenie\n\nProszę mnie zapisać."

    assert "Proszę mnie zapisać." in reply(text)


def test_a_whole_older_mail_with_nothing_above_is_no_reply():
    text = "\n\nOd: Jan <jan@example.org>\nWysłane: wtorek, 3 marca 2026 10:15\nDo: Anna\nTemat: Zgłoszenie\n\nTAK – przyjmujemy\n"

    assert reply(text) == ""


def test_an_attribution_with_nothing_above_hides_nothing():
    """The program did not mark the quote, and the answer stands somewhere below it."""
    text = "Dnia 3 marca 2026 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\nKiedy?\n\nW czwartek.\n"

    assert "W czwartek." in reply(text)


def test_a_mail_of_two_dashes_and_words_is_a_reply():
    assert reply("--\nTak, zapraszamy") == "--\nTak, zapraszamy"


def test_blank_lines_belong_to_what_stands_above():
    assert split("\n\nTak\n\n> a\n\n> b\n\n") == (Piece("said", "\n\nTak\n\n"), Piece("quote", "> a\n\n> b\n\n"))


@pytest.mark.parametrize("heading", ["===== Jan Kowalski napisał książkę =====", "--- Anna Nowak napisała nam o wakacjach ---"])
def test_a_heading_of_the_authors_own_that_tells_of_writing_folds_nothing(heading):
    assert "Zapraszamy" in reply(f"Cześć,\n\n{heading}\n\nZapraszamy w piątek.\n")


@pytest.mark.parametrize("heading", ["---- Użytkownik Jan napisał ----", "---- Jan schrieb am 3.3.2026 ----", "---- On Tue, 03 Mar 2026 10:15:00 +0100 Jan wrote ----"])
def test_a_heading_of_a_program_is_known_by_its_verb_at_the_end_or_its_date(heading):
    assert reply(f"Zgoda.\n\n{heading}\nstare słowa\n") == "Zgoda."
