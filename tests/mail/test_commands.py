import pytest

from listserv.mail.commands import Answer, Command, Decision, Kind, commands, decision, in_the_old_way

YES = [
    *(
        "TAK",
        "tak",
        "Tak.",
        "tak!",
        " Tak ",
        "\u00a0TAK\u00a0",
        "*TAK*",
        "**Tak**",
        "„TAK”",
        '"tak"',
        "TAK\n\nPozdrawiam\nAnna",
        "Tak\nAnna",
        "yes",
        "Yes",
        "YES!",
        "OK",
        "ok.",
        "Okej",
    ),
    *(
        "Tak, zapraszamy!",
        "Tak - zapraszamy",
        "TAK – przyjmujemy",
        "tak zapraszam",
        "Tak proszę",
        "Tak, oczywiście.",
        "Tak, bardzo proszę.",
        "tak tak",
        "Tak, znam tę osobę.",
    ),
    *(
        "Yes please",
        "Yes, welcome!",
        "Yes, of course.",
        "OK, dodaj",
        "Tak, bo to nasza koleżanka",
        "TAK bo ją znam",
        "Tak, nie ma problemu",
        "Yes, no problem.",
    ),
    *(
        "Dzień dobry,\n\nTAK\n\nAnna",
        "Dzień dobry, tak, zapraszamy",
        "Cześć Aniu!\nTak",
        "Aniu,\ntak\n",
        "Hello,\nyes",
        "\u200bTAK",
        "TAK,\nzapraszamy",
        "Tak:)",
        "TAK ✅",
    ),
]
NO = [
    ("NIE", ""),
    ("nie", ""),
    ("Nie.", ""),
    ("NO", ""),
    ("no!", ""),
    ("*NIE*", ""),
    ("NIE\n\nPozdrawiam,\nAnna", ""),
    ("NIE, powód", "powód"),
    ("NO: reason", "reason"),
    ("NIE: bo lista jest dla bibliotek", "lista jest dla bibliotek"),
    ("Nie, lista jest tylko dla bibliotek.", "lista jest tylko dla bibliotek."),
    ("Nie – tylko dla bibliotek", "tylko dla bibliotek"),
    ("nie bo lista jest dla bibliotek", "lista jest dla bibliotek"),
    ("**NIE**, lista jest dla bibliotek", "lista jest dla bibliotek"),
    ("No, this list is for librarians only. Please try another one.", "this list is for librarians only. Please try another one."),
    ("No because it is full", "it is full"),
    ("NIE\nTo lista dla bibliotek.", "To lista dla bibliotek."),
    ("Nie, nie przyjmujemy firm.", "nie przyjmujemy firm."),
    ("Nie, bo nie pracuje w bibliotece", "nie pracuje w bibliotece"),
    ("Dzień dobry,\nNIE: lista jest pełna", "lista jest pełna"),
    ("NIE, niestety.\nLista jest pełna.\nPozdrawiam", "niestety.\nLista jest pełna."),
]
OTHER = [
    *("", "   \n", "?", "...", "> TAK", "Kto to jest?", "Może tak", "takie sobie", "nieładnie", "Zgłoszenie TAK", "Chyba tak."),
    # Questions.
    *(
        "Tak?",
        "Nie?",
        "OK, ale kto to jest?",
        "Tak, a czy pracuje w bibliotece?",
        "Tak, a czy ta osoba pracuje w bibliotece i czy\nma zgodę dyrekcji?",
        "Nie, a kto to?",
        "No? Why?",
    ),
    # Doubts and conditions.
    *(
        "Tak sobie myślę, że…",
        "Tak, ale dopiero w maju",
        "Tak. Ale nie teraz.",
        "Tak, jeśli pracuje w bibliotece",
        "Yes, if she works in a library",
        "Yes, but ask her first",
        "OK, poczekajmy",
    ),
    *(
        "Tak, chyba",
        "Tak, może",
        "tak... może",
        "Nie… wiem",
        "Nie, poczekajmy.",
        "Nie, jeszcze nie",
        "No, not yet",
        "No, wait",
        "Nie, nie wiem",
        "Nie, nie mam zdania",
        "Tak, to spam",
        "Yes, reject",
    ),
    # No known word of assent, and no reason set apart: a person is asked.
    *("ok, dzięki", "Tak.\n\nCo słychać?", "NIE powód", "NO reason", "NIE lista jest dla bibliotek publicznych", "NO this list is for librarians"),
    *("No, this list is for librarians only. Could you try another one?", "Nie. Ta lista jest dla bibliotek. Zapraszamy na inną.", "Nie, bo jeszcze nie pracuje w bibliotece"),
    *("Nie, to nie spam, proszę przyjąć", "NO, please accept her", "Tak, nie przyjmujemy", "Tak, poproszę o więcej informacji"),
    # Idioms.
    *(
        "Nie wiem, zapytam",
        "nie jestem pewna",
        "Nie teraz",
        "NIE wiem",
        "NIE WIEM",
        "NIE ZNAM",
        "NIE mam zdania",
        "Nie mam nic przeciwko",
        "nie ma sprawy",
        "NIE ma sprawy",
        "Nie znam tej osoby",
    ),
    *(
        "NIE znam tej osoby",
        "Nie pracuje w bibliotece",
        "NIE pracuje u nas",
        "NIE decyduję o tym",
        "NIE rozumiem",
        "Nie przyjmujemy firm",
        "NIE SPAM",
        "NIE spam",
        "NIE tylko dla bibliotek",
        "NIE widzę powodu",
    ),
    *(
        "No idea",
        "no problem",
        "NO problem",
        "NO idea who this is",
        "No rush",
        "not sure",
        "Not now",
        "No worries",
        "no objections",
        "NO objection",
        "No thanks",
        "No one knows",
        "NO I am not sure",
    ),
    # In Polish „no” says yes, or nothing.
    *(
        "No tak",
        "No jasne",
        "no dobrze",
        "No to zapraszamy",
        "No, zapraszamy",
        "No, jasne",
        "No pewnie, że tak",
        "No, lista jest dla bibliotek, więc zapraszam",
        "Nie no, zapraszamy",
    ),
    # Parts of other words.
    *("Nie-bibliotekarz", "tak/nie", "TAK/NIE", "no-reply", "ok@example.org", "Taka osoba", "Nobody", "Okno"),
    *("Trust me, she is fine", "Ban him?", "Block the door please", "Undo what"),
]


@pytest.mark.parametrize("reply", YES)
def test_a_yes_that_stands_first_and_alone_admits(reply):
    assert decision(reply).answer is Answer.YES


@pytest.mark.parametrize(("reply", "words"), NO)
def test_a_no_that_stands_first_and_alone_declines_with_its_words(reply, words):
    assert decision(reply) == Decision(Answer.NO, words)


@pytest.mark.parametrize("reply", OTHER)
def test_a_question_a_doubt_or_an_idiom_decides_nothing(reply):
    found = decision(reply)

    assert found.answer is Answer.OTHER
    assert found.words == reply.replace("\u200b", "").strip()


@pytest.mark.parametrize(
    ("reply", "answer"),
    [("COFNIJ", Answer.UNDO), ("Undo.", Answer.UNDO), ("zaufaj", Answer.TRUST), ("TRUST", Answer.TRUST), ("BLOKUJ\n\nAnna", Answer.BAN), ("ban!", Answer.BAN)]
    + [("WYCOFAJ", Answer.WITHDRAW), ("Dzień dobry,\nwycofaj.\nAnna", Answer.WITHDRAW), ("withdraw", Answer.WITHDRAW)],
)
def test_the_other_words_of_moderators_and_authors_stand_alone(reply, answer):
    assert decision(reply).answer is answer


def test_the_words_of_a_yes_are_what_follows():
    assert decision("Tak, zapraszamy!").words == "zapraszamy!"


WANTED = [
    ("ZAPISZ", Kind.JOIN),
    ("zapisz", Kind.JOIN),
    ("Proszę o zapisanie mnie do listy.", Kind.JOIN),
    ("Chciałabym zapisać się na listę", Kind.JOIN),
    ("Dzień dobry,\nproszę mnie dopisać do waszej listy. Dziękuję", Kind.JOIN),
    ("I would like to join the list.", Kind.JOIN),
    ("subscribe", Kind.JOIN),
    ("WYPISZ", Kind.LEAVE),
    ("„Wypisz”.", Kind.LEAVE),
    ("Bardzo proszę o wypisanie mnie z listy", Kind.LEAVE),
    ("Dzień dobry,\n\nproszę wypisać mnie z listy.\n\nPozdrawiam\nAnna", Kind.LEAVE),
    ("Prosze o wypisanie", Kind.LEAVE),
    ("Proszę o usunięcie mojego adresu z bazy.", Kind.LEAVE),
    ("Czy mogą mnie Państwo wypisać z tej listy?", Kind.LEAVE),
    ("Chcę się wypisać", Kind.LEAVE),
    ("Rezygnuję z subskrypcji.", Kind.LEAVE),
    ("Nie chcę już otrzymywać tych wiadomości", Kind.LEAVE),
    ("please unsubscribe me", Kind.LEAVE),
    ("Please remove me from this list, thanks", Kind.LEAVE),
    ("Could you unsubscribe me please?", Kind.LEAVE),
    ("I don't want to receive these e-mails", Kind.LEAVE),
    ("I want to leave the list", Kind.LEAVE),
    ("DZIENNIE", Kind.DAILY),
    ("Poproszę raz dziennie", Kind.DAILY),
    ("daily digest", Kind.DAILY),
    ("Wolałabym dostawać przegląd dzienny", Kind.DAILY),
    ("tygodniowo", Kind.WEEKLY),
    ("Proszę przesyłać mi wiadomości raz w tygodniu.", Kind.WEEKLY),
    ("I'd prefer a weekly digest", Kind.WEEKLY),
    ("Miesięcznie", Kind.MONTHLY),
    ("monthly please", Kind.MONTHLY),
    ("KAŻDĄ", Kind.EACH),
    ("kazda wiadomosc", Kind.EACH),
    ("I want every message", Kind.EACH),
    ("WRACAM", Kind.RESUME),
    ("Proszę wznowić wysyłanie", Kind.RESUME),
    ("I'm back", Kind.RESUME),
    ("POMOC", Kind.HELP),
    ("Help!", Kind.HELP),
    ("Jak się wypisać?", Kind.HELP),
    ("How do I unsubscribe?", Kind.HELP),
    ("KTO", Kind.WHO),
    ("who", Kind.WHO),
    ("Proszę o listę uczestników.", Kind.WHO),
    ("Zmieniam pracę, proszę mnie wypisać.", Kind.LEAVE),
    ("Proszę przestać do mnie pisać", Kind.LEAVE),
]


@pytest.mark.parametrize(("reply", "kind"), WANTED)
def test_a_wish_in_plain_words_is_understood(reply, kind):
    assert commands(reply) == (Command(kind),)


@pytest.mark.parametrize(
    ("reply", "until", "days"),
    [
        ("PRZERWA DO 15.08", (15, 8, None), None),
        ("przerwa do 15.08.2026", (15, 8, 2026), None),
        ("Przerwa do 1 września.", (1, 9, None), None),
        ("Proszę o przerwę do 15 sierpnia 2026", (15, 8, 2026), None),
        ("Jestem na urlopie do 31 sierpnia", (31, 8, None), None),
        ("przerwa do końca sierpnia", (31, 8, None), None),
        ("pause until 15 August", (15, 8, None), None),
        ("Please pause until August 15th, 2026", (15, 8, 2026), None),
        ("vacation till 2026-08-15", (15, 8, 2026), None),
        ("Przerwa na dwa tygodnie", None, 14),
        ("I'm on vacation for 10 days", None, 10),
        ("PRZERWA", None, None),
        ("Proszę wstrzymać wysyłanie wiadomości", None, None),
        ("Proszę o przerwę do odwołania", None, None),
    ],
)
def test_a_pause_has_its_end(reply, until, days):
    assert commands(reply) == (Command(Kind.PAUSE, until, days),)


@pytest.mark.parametrize(
    "reply",
    [
        *(
            "",
            "Dzień dobry",
            "Dziękuję za wiadomość.",
            "To bardzo ciekawe pytanie o wypisy ze źródeł.",
            "Nie wypisujcie mnie",
            "Proszę mnie nie wypisywać z listy",
            "nie chcę się wypisywać",
        ),
        *(
            "Don't unsubscribe me",
            "I do not want to leave the list",
            "please do not remove me from the list",
            "Wczoraj ktoś mnie wypisał",
            "I was unsubscribed yesterday",
        ),
        *(
            "Proszę wypisać panią Annę Nową",
            "please unsubscribe bob@example.org",
            "Gdybym chciała się wypisać, napiszę",
            "Proszę usunąć mój wpis z wczoraj",
            "Codziennie czytam tę listę.",
        ),
        *(
            "Nie chcę dostawać codziennie tylu wiadomości",
            "WYPISZ\nZAPISZ",
            "dziennie albo tygodniowo\nDZIENNIE\nTYGODNIOWO",
            "We meet every week in the library.",
        ),
        *("Wypisz wymaluj nasza biblioteka", "PRZERWA DO WIELKANOCY", "Proszę o przerwę do 31.02", "przerwa 15.08"),
    ],
)
def test_what_is_denied_reported_or_about_somebody_else_is_no_command(reply):
    assert commands(reply) == ()


def test_several_wishes_are_kept_in_order():
    assert commands("DZIENNIE\nPRZERWA DO 15.08\n") == (Command(Kind.DAILY), Command(Kind.PAUSE, (15, 8, None)))


def test_nothing_is_read_below_the_farewell():
    assert commands("Dziękuję za pomoc w szkole.\n\nPozdrawiam,\nAnna\nwypisz") == ()


def test_the_subject_counts_where_the_letter_is_silent():
    assert commands("", "WYPISZ") == (Command(Kind.LEAVE),)
    assert commands("Pozdrawiam\nAnna", "unsubscribe") == (Command(Kind.LEAVE),)


def test_the_subject_of_a_reply_is_ours_and_commands_nothing():
    assert commands("Dziękuję", "Re: pomoc") == ()
    assert commands("", "Odp: WYPISZ") == ()


def test_long_letters_are_read_in_time():
    assert commands("nie " * 200_000) == ()
    assert decision("tak " * 200_000).answer is Answer.YES


@pytest.mark.parametrize(
    ("reply", "subject", "kinds"),
    [
        ("SUBSCRIBE siecibp Halina Wzorek", "", ["join"]),
        ("signoff siecibp\n--\nHalina", "", ["leave"]),
        ("", "unsubscribe siecibp", ["leave"]),
        ("unsubscribe siecibp halina@example.org", "", ["leave"]),
        ("signoff inna-lista", "", []),
        ("Please do not sign off siecibp", "", []),
        ("leave siecibpx", "", []),
    ],
)
def test_the_words_of_old_list_programs_are_known_with_the_name_of_the_list(reply, subject, kinds):
    assert [command.kind for command in in_the_old_way(reply, subject, "siecibp")] == kinds
