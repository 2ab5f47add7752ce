"""What people really write to a list's machine, and what may be made of it: nearly three hundred sentences, a third of them traps."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listserv.mail.commands import Command, Kind, commands, is_absent, only_thanks
from listserv.mail.folding import fold

J, L, D, W, M, E, P, R, H, WHO, S = (
    Kind.JOIN,
    Kind.LEAVE,
    Kind.DAILY,
    Kind.WEEKLY,
    Kind.MONTHLY,
    Kind.EACH,
    Kind.PAUSE,
    Kind.RESUME,
    Kind.HELP,
    Kind.WHO,
    Kind.STATUS,
)

POLISH = [
    # Leaving.
    ("nie chcę już dostawać", L),
    ("Nie chcę więcej otrzymywać.", L),
    ("Proszę mi już nic nie przysyłać", L),
    ("wypiszcie mnie stąd", L),
    ("Rezygnuję z udziału w sieci", L),
    ("Nie chcę już dostawać spamu", None),
    ("Nie chcę już otrzymywać załączników", None),
    ("Rezygnuję z udziału w spotkaniu", None),
    ("jadę na urlop do 15 lipca", (P, (15, 7, None), None)),
    ("Jadę na wakacje do 30 sierpnia, proszę o przerwę", (P, (30, 8, None), None)),
    ("proszę o przerwę do końca roku szkolnego", (P, (30, 6, None), None)),
    ("Proszę wstrzymać wysyłkę do końca wakacji", (P, (31, 8, None), None)),
    ("Koleżanka jedzie na urlop do 15 lipca", None),
    ("Bardzo proszę o wypisanie mnie z listy", L),
    ("Bardzo prosze o wypisanie mnie z listy.", L),
    ("Uprzejmie proszę o wypisanie mnie z Państwa listy mailingowej.", L),
    ("Dzień dobry, proszę o wypisanie. Pozdrawiam, Anna Nowa", L),
    ("Dzień dobry,\nzwracam się z prośbą o usunięcie mojego adresu z listy.\nZ poważaniem\nJan Kowalski", L),
    ("Szanowni Państwo, uprzejmie proszę o usunięcie mojego adresu e-mail z listy subskrybentów.", L),
    ("Proszę wypisać mnie z listy dyskusyjnej", L),
    ("Proszę o wykreślenie mnie z listy odbiorców", L),
    ("Proszę o wypisanie tego adresu z listy.", L),
    ("proszę mnie wypisać", L),
    ("prosze mnie usunac z listy", L),
    ("Czy mogę prosić o wypisanie mnie z listy?", L),
    ("Czy mogłabym prosić o wypisanie z listy?", L),
    ("Czy mogliby mnie Państwo wypisać?", L),
    ("Chciałabym się wypisać z listy.", L),
    ("Chciałbym zrezygnować z listy", L),
    ("Chcę zrezygnować z otrzymywania wiadomości", L),
    ("Rezygnuję z otrzymywania newslettera.", L),
    ("Rezygnuję.", L),
    ("Rezygnuję z udziału w liście", L),
    ("Nie chcę już dostawać tych maili.", L),
    ("Nie chcę więcej otrzymywać wiadomości z tej listy", L),
    ("Nie życzę sobie więcej takich wiadomości.", L),
    ("Nie jestem już zainteresowana, proszę o wypisanie mnie z listy.", L),
    ("Nie pracuję już w bibliotece, więc proszę mnie wypisać.", L),
    ("W związku z przejściem na emeryturę proszę o wypisanie mnie z listy.", L),
    ("Odchodzę na emeryturę. Proszę o usunięcie mnie z listy.", L),
    ("Wypiszcie mnie proszę", L),
    ("Proszę nie przysyłać mi więcej wiadomości.", L),
    ("Proszę o zaprzestanie wysyłania mi wiadomości", L),
    ("wypisz mnie", L),
    ("WYPISZ!!!", L),
    ("WYPISUJĘ SIĘ", L),
    ("Proszę o wypisanie mnie z listy – dziękuję za wszystko i pozdrawiam.", L),
    # Joining.
    ("Proszę o dopisanie mnie do listy.", J),
    ("Dzień dobry, chciałabym dołączyć do listy", J),
    ("Poproszę o zapisanie na listę", J),
    ("Chcę się zapisać", J),
    ("zapisz mnie", J),
    ("Czy mogę prosić o dodanie mnie do listy?", J),
    ("Bardzo proszę o przyłączenie mnie do grupy", J),
    # How mail comes.
    ("Proszę o przegląd raz w tygodniu.", W),
    ("Czy mogę dostawać przegląd tygodniowy zamiast pojedynczych wiadomości?", W),
    ("Wolałbym dostawać jedną wiadomość tygodniowo", W),
    ("Chciałabym otrzymywać wiadomości raz dziennie.", D),
    ("Proszę o przełączenie na przegląd dzienny", D),
    ("proszę o dzienny przegląd", D),
    ("przeglad dzienny", D),
    ("Codziennie", D),
    ("raz w miesiącu poproszę", M),
    ("Proszę o miesięczny przegląd.", M),
    ("Chcę dostawać każdą wiadomość osobno.", E),
    ("Proszę o wszystkie wiadomości od razu", E),
    ("Wolę pojedyncze wiadomości", E),
    ("kazda", E),
    ("Za dużo tych maili, poproszę raz w tygodniu", W),
    # Pauses.
    ("Przerwa do 15 sierpnia", (P, (15, 8, None), None)),
    ("przerwa do 15 sierpnia proszę", (P, (15, 8, None), None)),
    ("Proszę o przerwę do 1.09.2026", (P, (1, 9, 2026), None)),
    ("Proszę o wstrzymanie wiadomości do 20 lipca", (P, (20, 7, None), None)),
    ("Wyjeżdżam, proszę o przerwę na dwa tygodnie.", (P, None, 14)),
    ("Proszę wstrzymać pocztę na miesiąc", (P, None, 30)),
    ("przerwa na tydzien", (P, None, 7)),
    ("Przerwa na 10 dni", (P, None, 10)),
    ("Urlop do końca sierpnia", (P, (31, 8, None), None)),
    ("Jestem na urlopie do 5 maja, proszę o przerwę", (P, (5, 5, None), None)),
    ("Proszę o zawieszenie wysyłki do odwołania.", (P, None, None)),
    ("Proszę nie wysyłać mi wiadomości do 15 sierpnia.", (P, (15, 8, None), None)),
    ("Przez dwa tygodnie proszę nic nie przysyłać.", (P, None, 14)),
    ("przerwa na trzy miesiące", (P, None, 90)),
    ("Przerwa na pół roku", (P, None, 182)),
    ("przerwa do piątku", (P, "fri", None)),
    ("Proszę o przerwę do jutra", (P, None, 2)),
    ("Przerwa od 1.08 do 15.08", (P, (15, 8, None), None)),
    # Coming back, help, who, status.
    ("Wróciłam z urlopu, proszę o wznowienie", R),
    ("wracam!", R),
    ("Proszę o wznowienie wysyłania wiadomości", R),
    ("Jestem już z powrotem.", R),
    ("Proszę o pomoc", H),
    ("Jak mogę się wypisać?", H),
    ("Jak zmienić ustawienia?", H),
    ("W jaki sposób mogę zrobić przerwę?", H),
    ("Co mogę tu napisać?", H),
    ("kim jestem", WHO),
    ("Jakie mam ustawienia?", WHO),
    ("Na jaki adres jestem zapisana?", WHO),
    ("moje ustawienia", WHO),
    ("Co z moją wiadomością?", S),
    ("Co się stało z moją wiadomością?", S),
    ("Czy moja wiadomość dotarła?", S),
    ("Dlaczego moja wiadomość nie ukazała się na liście?", S),
    ("status", S),
    ("Gdzie jest mój list?", S),
    ("status mojej wiadomości", S),
    # What librarians and teachers write, in haste and out of habit.
    ("Proszę o wypisane mnie z listy", L),
    ("prosze o wypisanie mnie z listyy", L),
    ("Poprosze o wypisnie z listy", L),
    ("Proszę o wypis z listy", L),
    ("Chciałam się wypisać z listy", L),
    ("Chciałem zrezygnować z subskrypcji", L),
    ("Proszę o rezygnację z listy", L),
    ("Rezygnacja z listy", L),
    ("Wypisanie z listy mailingowej", L),
    ("Proszę o usunięcie moich danych z listy", L),
    ("Proszę usunąć moje dane z bazy", Kind.ERASE),
    ("Proszę o usunięcie mnie z Państwa bazy danych.", L),
    ("Nie wyrażam zgody na otrzymywanie wiadomości", L),
    ("Cofam zgodę na otrzymywanie newslettera", L),
    ("odsubskrybuj", L),
    ("Anuluj subskrypcję", L),
    ("Proszę o anulowanie subskrypcji", L),
    ("nie chce tego dostawac", L),
    ("Odchodzę ze szkoły z końcem sierpnia, proszę zatem o wypisanie mnie z listy.", L),
    ("Dziękuję za wszystkie wiadomości, ale proszę już mnie wypisać z listy.", L),
    ("Chcę opuścić listę", L),
    ("Chciałabym wypisać się z listy Sieć BP", L),
    ("Pani Marto, proszę o wypisanie mnie z listy.", L),
    ("Chciałbym się zapisać na listę Sieć BP", J),
    ("Bardzo proszę o dodanie mojego adresu do listy", J),
    ("Zgłaszam chęć przystąpienia do listy", J),
    ("Dołączam", J),
    ("subskrybuj", J),
    ("tygodniowo pls", W),
    ("Proszę przełączyć mnie na tryb tygodniowy.", W),
    ("Proszę o podsumowanie tygodniowe", W),
    ("Czy mogłabym dostawać przegląd tygodniowy?", W),
    ("raz w miesiącu wystarczy", M),
    ("Proszę wysyłać mi każdego maila osobno", E),
    ("Chcę wrócić do pojedynczych wiadomości", E),
    ("Przerwa do 15.08.2027 r.", (P, (15, 8, 2027), None)),
    ("Przerwa do 15 VIII", (P, (15, 8, None), None)),
    ("Przerwa do 15 sierpnia br.", (P, (15, 8, None), None)),
    ("przerwa do piątku 20.11", (P, (20, 11, None), None)),
    ("przerwa na 2 tyg.", (P, None, 14)),
    ("Przerwa do odwołania", (P, None, None)),
    ("Przerwa do końca roku", (P, (31, 12, None), None)),
    ("Przerwa do Nowego Roku, proszę", (P, (31, 12, None), None)),
    ("przerwa do końca tygodnia", (P, "sun", None)),
    ("Przerwa 1–15.08", (P, (15, 8, None), None)),
    ("przerwa 1.08-15.08", (P, (15, 8, None), None)),
    ("Dzień dobry,\nw związku ze zmianą miejsca pracy uprzejmie proszę\no wykreślenie mojego adresu z listy.\n\nZ poważaniem", L),
    ("Dzień dobry, niestety przechodzę na emeryturę i z przykrością muszę zrezygnować z listy.", L),
    ("Proszę o ponowne wysyłanie wiadomości", R),
    ("instrukcja obsługi", H),
    ("Jakim adresem jestem zapisany?", WHO),
    ("Kim jestem na tej liście?", WHO),
    ("Wysłałam wczoraj wiadomość i jej nie widzę", S),
    ("Nie widzę mojej wiadomości na liście", S),
    ("Wysłałam list wczoraj, co się z nim stało?", S),
]

ENGLISH = [
    ("Please unsubscribe me from this list.", L),
    ("Kindly remove me from your mailing list", L),
    ("Would you please take me off the list?", L),
    ("Can you remove my address from the list?", L),
    ("I'd like to unsubscribe.", L),
    ("I no longer wish to receive these emails.", L),
    ("Please stop sending me messages", L),
    ("I am retiring, so please remove me from the list. Thank you all!", L),
    ("UNSUBSCRIBE", L),
    ("unsubscribe please", L),
    ("Leave", L),
    ("Opt out", L),
    ("sign me up please", J),
    ("Please add me to the list", J),
    ("I want to subscribe", J),
    ("Could I get a weekly digest instead?", W),
    ("Please switch me to daily digest", D),
    ("Can I have one mail a day?", D),
    ("Please send me a monthly digest.", M),
    ("I would prefer to get every message", E),
    ("individual messages please", E),
    ("pause until 1 May", (P, (1, 5, None), None)),
    ("Please pause my mail until May 1st", (P, (1, 5, None), None)),
    ("Pause for two weeks", (P, None, 14)),
    ("Please hold my mail for 3 weeks", (P, None, 21)),
    ("I'm on holiday until 20 August, please pause.", (P, (20, 8, None), None)),
    ("Please don't send me anything until 15 August.", (P, (15, 8, None), None)),
    ("pause until Friday", (P, "fri", None)),
    ("pause for a month", (P, None, 30)),
    ("Please suspend delivery", (P, None, None)),
    ("I am back from vacation", R),
    ("Please resume", R),
    ("help", H),
    ("How can I change my settings?", H),
    ("What can I write here?", H),
    ("who am i", WHO),
    ("whoami", WHO),
    ("What are my settings?", WHO),
    ("my settings", WHO),
    ("What happened to my message?", S),
    ("Where is my post?", S),
    ("Did my message arrive?", S),
    ("status of my message", S),
    ("please unsuscribe me", L),
    ("unsubcribe", L),
    ("Kindly unsubscribe.", L),
    ("Unsubscribe me from all lists", L),
    ("Please cancel my subscription.", L),
    ("Please stop these emails", L),
    ("Can you take my name off the list?", L),
    ("Could you add me?", J),
    ("Please send me one email a week", W),
    ("I'd rather have a weekly summary", W),
    ("once a month is enough", M),
    ("set digest", D),
    ("turn off digest", E),
    ("pause until Friday, 20 November", (P, (20, 11, None), None)),
    ("My post never appeared", S),
]

TRAPS = [
    # Denied.
    "Proszę mnie nie wypisywać",
    "Prosze mnie nie wypisywac z listy.",
    "Bardzo proszę nie usuwać mnie z listy",
    "Nie chcę się wypisać.",
    "Nie chciałabym się wypisywać z listy, tylko zmienić adres.",
    "Nie wypisuję się!",
    "Proszę o niewypisywanie mnie z listy",
    "Proszę o nieusuwanie mojego adresu.",
    "Absolutnie nie rezygnuję z listy",
    "Nie rezygnuję",
    "Nigdy nie prosiłam o wypisanie mnie z listy!",
    "Nie prosiłem o przerwę do 15 sierpnia",
    "Przerwa? Nie, dziękuję.",
    "Please don't remove me from the list",
    "I never asked to be removed from the list.",
    "I did not unsubscribe",
    "I do not want a pause until 1 May",
    "Don't stop sending me messages",
    "There is no need to unsubscribe me.",
    "Proszę nie zapisywać mnie na listę",
    "Nie ma potrzeby wypisywania mnie z listy.",
    "Wypisanie mnie z listy to pomyłka.",
    "Anuluję prośbę o wypisanie mnie z listy",
    "Please ignore my request to unsubscribe me",
    # Asked.
    "Dlaczego mnie wypisano z listy?",
    "Czy ktoś mnie wypisał z listy?",
    "Kto prosił o wypisanie mnie z listy?",
    "Czy zostałam wypisana z listy?",
    "Czy mam się wypisać?",
    "Czy muszę się wypisać z listy, żeby zmienić adres?",
    "Why was I unsubscribed?",
    "Who asked to remove me from the list?",
    "Should I unsubscribe?",
    "Do I have to leave the list to change my address?",
    # Supposed.
    "Jeśli nie będzie ciekawiej, wypiszę się z listy.",
    "Jeżeli nie da się zmienić adresu, proszę mnie wypisać.",
    "Gdyby przychodziło za dużo wiadomości, proszę mnie wypisać z listy",
    "Chyba wypiszę się z listy w przyszłym roku",
    "Może powinnam się wypisać z listy",
    "Zastanawiam się, czy się nie wypisać z listy",
    "If this goes on I want to leave the list",
    "Unless you change that, please unsubscribe me",
    "Maybe I should unsubscribe",
    "I am thinking about leaving the list",
    "I might want to leave the list next year",
    # Quoted.
    "W stopce jest napisane „wypisz mnie z listy”, ale nie działa.",
    "Napisałam „Proszę o wypisanie mnie z listy” i nic.",
    'Kliknęłam „Wypisz”, a potem „Zapisz”, ale strona się nie otwiera.',
    'The footer says "unsubscribe" but the link is dead.',
    'What does "leave" do?',
    "> Proszę o wypisanie mnie z listy",
    "Słowo WYPISZ w stopce myli ludzi.",
    # About somebody else.
    "Proszę o wypisanie z listy pani Anny Nowej.",
    "Pani Kowalska prosi o wypisanie jej z listy",
    "Koleżanka prosiła o wypisanie jej z listy.",
    "Proszę wypisać mojego męża z listy",
    "Moja szefowa chce się wypisać z listy",
    "Mama prosi, żeby ją wypisać z listy.",
    "Proszę o usunięcie adresu jan@example.org z listy",
    "Proszę usunąć Jana Kowalskiego z listy",
    "Marek chce się wypisać z listy",
    "My colleague wants to leave the list",
    "Please remove John from the list.",
    "He asked me to unsubscribe him",
    "She wants to unsubscribe",
    "My boss told me to unsubscribe her.",
    # Told.
    "Wczoraj chciałam się wypisać z listy, ale zmieniłam zdanie.",
    "Rok temu prosiłam o wypisanie mnie z listy i żałuję.",
    "Ktoś mnie wypisał z listy, proszę to wyjaśnić.",
    "Zostałem wypisany z listy przez pomyłkę.",
    "Na spotkaniu mówiliśmy o przerwie do 15 sierpnia.",
    "Biblioteka robi przerwę do 15 sierpnia.",
    "Czytelnia jest zamknięta, przerwa wakacyjna trwa do 31 sierpnia.",
    "Dzieci mają przerwę do poniedziałku",
    "Wypisałam z książki kilka cytatów",
    "Lekarz wypisał mnie ze szpitala.",
    "Wypisz, wymaluj nasza biblioteka",
    "Proszę zapisać wynik w tabeli.",
    "Zapisz dokument na dysku i prześlij go nam.",
    "Someone unsubscribed me last week.",
    "I was removed from the list by mistake",
    "We leave the building at five.",
    "I leave for Łódź tomorrow.",
    "Please leave me a message at the desk",
    "Please leave the list of books on my desk",
    "Stop using this form, it is old.",
    "The library is closed until 1 May.",
    "Our daily work is hard.",
    "Mamy tygodniowy plan zajęć.",
    "We pause for lunch at noon",
    "Dziękuję za pomoc!",
    "Thanks for your help",
    "Wracam do pytania o licencję.",
    "Back to the question of licences.",
    "Status biblioteki wojewódzkiej jest uregulowany ustawą.",
    # Notices of robots that do not say what they are.
    "Przebywam na urlopie do 30 listopada. Odpowiem po powrocie.",
    "Obecnie przebywam na urlopie. Proszę o kontakt z p. Nowak.",
    "Jestem na urlopie do 12 grudnia, zastępuje mnie pani Lis.",
    "I am on vacation until 20 August. In urgent matters please contact Bob.",
    # The same words about other things.
    "Chciałam się wypisać, ale jednak zostaję.",
    "Chciałam się wypisać z listy, jednak zmieniłam zdanie",
    "Proszę o wypis z księgi inwentarzowej",
    "Proszę o wypisanie zaświadczenia o udziale w szkoleniu.",
    "Proszę usunąć",
    "Z przykrością muszę zrezygnować z udziału w szkoleniu.",
    "Niestety wyjeżdżam i z przykrością rezygnuję z warsztatów.",
    "Przerwa 10.00-10.15, potem druga część szkolenia",
    "Proszę usunąć mój ostatni wpis",
    "Proszę o usunięcie mnie z wątku",
    "Rezygnacja z warsztatów",
    "Proszę o rezygnację z miejsca na warsztatach",
    "Opuszczam listę obecności",
    "Proszę o anulowanie subskrypcji czasopisma Biblioteka w Szkole",
    "Nie cofam zgody na otrzymywanie wiadomości",
    "Nie wyrażam zgody na publikację zdjęć",
    "Proszę o wypisanie mnie z listy rezerwowej na warsztaty",
    "Proszę o wypisanie naszej biblioteki z listy zwycięzców",
    "Dołączam scenariusz",
    "Zapisuję się na warsztaty",
    "Raz w miesiącu wystarczy spotkanie",
    "Wystarczy raz w tygodniu odkurzyć regały",
    "Please cancel my subscription to the magazine",
    "No more emails from Bob, he is gone",
    "Could you add me to the workshop?",
]


def expected(wanted):
    if wanted is None:
        return ()
    if isinstance(wanted, Kind):
        return (Command(wanted),)
    kind, until, days = wanted
    if isinstance(until, str):
        return (Command(kind, weekday=["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(until)),)
    return (Command(kind, until, days),)


@pytest.mark.parametrize(("said", "wanted"), POLISH + ENGLISH)
def test_a_wish_is_understood(said, wanted):
    assert commands(said) == expected(wanted)


@pytest.mark.parametrize("said", TRAPS)
def test_a_trap_commands_nothing(said):
    """At most how things stand is told, or how to ask."""
    assert [command for command in commands(said) if command.kind not in (H, WHO, S)] == []


BEFORE = ["Dzień dobry,\n\n", "Szanowni Państwo,\n", "Witam serdecznie,\n", "Cześć!\n", "Hello,\n\n", "Dear all,\n"]
AFTER = ["\n\nPozdrawiam\nAnna Nowa", "\n\nZ poważaniem,\nJan Kowalski\nBiblioteka", "\nDziękuję", "\n\nBest regards\nAnna", "\n\nWysłane z iPhone'a", " Z góry dziękuję."]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize(("said", "kind"), [("Proszę o wypisanie mnie z listy.", L), ("DZIENNIE", D), ("Please unsubscribe me.", L)])
def test_politeness_around_a_wish_changes_nothing(before, said, kind, after):
    after = after if after.startswith("\n") or said.endswith(".") else f".{after}"

    assert commands(before + said + after) == (Command(kind),)


def test_the_wish_to_have_a_message_taken_away_is_no_question_about_it():
    assert commands("Czy moderator może usunąć mój wpis z wczoraj?") == ()


@pytest.mark.parametrize("said", ["Jestem na urlopie do 15 grudnia, odpowiem po powrocie.", "Nie ma mnie w pracy, zastępuje mnie p. Lis.", "I am out of the office."])
def test_a_notice_of_absence_confirms_nothing(said):
    assert is_absent(said)


@pytest.mark.parametrize("said", ["Tak, to ja.", "Proszę o wypisanie mnie, jestem na urlopie macierzyńskim.", "Jestem na urlopie do 15.12, proszę o przerwę."])
def test_a_persons_answer_is_no_notice_of_absence(said):
    assert not is_absent(said)


@pytest.mark.parametrize("said", ["Nie, dziękuję", "No, thank you.", "Bardzo dziękuję!"])
def test_thanks_wait_for_no_answer(said):
    assert only_thanks(said)


@pytest.mark.parametrize("said", ["Nie dziękuję, chciałam coś dodać: proszę o scenariusz", "Dziękuję, ale to nie to", "Thanks, but please look again"])
def test_thanks_and_a_wish_wait_for_one(said):
    assert not only_thanks(said)


def test_the_table_is_long_enough():
    assert len(POLISH) >= 75
    assert len(POLISH) + len(ENGLISH) + len(TRAPS) >= 150
    assert len(TRAPS) >= 40
    assert len({said for said, *_ in POLISH + ENGLISH} | set(TRAPS)) == len(POLISH) + len(ENGLISH) + len(TRAPS)


# --- whatever is written ----------------------------------------------------------------------------------------

HARMFUL = frozenset({L, P, J})
# The words of commands, and those that turn them round, in any order but a wish's.
SMALL = st.sampled_from(
    ["nie", "proszę", "mnie", "z", "listy", "wczoraj", "czy", "jeśli", "ktoś", "pani", "jej", "dlaczego", "not", "don't", "if", "why", "someone", "her", "yesterday", "biblioteka", "książka", "dzień", "dobry", "w", "na", "do", "i", "a", "the", "book", "library"]
)


# Hypothesis reads the program's own words; such a text would be no random one.
STEMS = re.compile("wyp|zap|rezyg|przer|pauz|urlop|wstrz|zaw|dol|leave|sub|sign|stop|remove|opt|join|pause|vacation|susp|hold|nomail")
RANDOM = st.text(max_size=600).filter(lambda text: STEMS.search(fold(text)) is None)


@given(RANDOM)
def test_random_text_never_leaves_or_pauses(text):
    assert not HARMFUL & {command.kind for command in commands(text)}


@given(st.lists(st.one_of(SMALL, st.text(alphabet="abcdefghijklmnoprstuwyząćęłńóśźż", max_size=9)), max_size=40).map(" ".join))
def test_random_words_never_leave_or_pause(text):
    assert not HARMFUL & {command.kind for command in commands(text)}


@given(st.sampled_from(["Nie ", "Proszę nie ", "Do not ", "Please don't ", "I never said: ", "Nigdy nie pisałam: "]), st.sampled_from([said for said, wanted in POLISH + ENGLISH if wanted is L and not said.startswith("Dzień dobry")]))
def test_a_denied_wish_to_leave_is_none(denial, said):
    # „Nie chcę już dostawać…” denied is no wish either.
    assert commands(denial + said[0].lower() + said[1:].split(". ")[0].split(", ")[0].rstrip(".?!").replace("\n", " ")) in ((), (Command(H),))


@pytest.mark.long
@settings(max_examples=20_000)
@given(RANDOM, RANDOM)
def test_any_text_at_all_is_read_and_leaves_nobody_out(text, subject):
    assert not HARMFUL & {command.kind for command in commands(text, subject)}
