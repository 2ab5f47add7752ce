"""What librarians write in answer to a question: chosen as they mean it, and never guessed."""

import pytest

from listserv.mail import quotes
from listserv.mail.surveykinds import Kind
from listserv.mail.voteparts import read
from listserv.mail.votes import Ask, Choice, Trouble, check

TOPICS = ("Robotyka i kodowanie", "Czytelnictwo dzieci", "Bezpieczeństwo w sieci", "Promocja biblioteki", "Regionalia")
WANTED = Ask(1, "Jakie tematy wybieramy na ten rok?", Kind.SEVERAL, TOPICS)
ONE = Ask(1, "Który temat omówimy najpierw?", Kind.ONE, TOPICS)
YES_NO = Ask(1, "Czy spotykamy się w czerwcu?", Kind.ONE, ("Tak", "Nie", "Nie wiem"))
RANKED = Ask(1, "Proszę uszeregować miejsca.", Kind.RANKED, ("Poznań", "Konin", "Leszno"))
SCALE = Ask(1, "Jak oceniają Państwo spotkanie?", Kind.SCALE, ())
DATES = Ask(1, "Kiedy Państwu pasuje?", Kind.SEVERAL, ("czwartek 12 marca, 16.00", "piątek 13 marca, 10.00", "wtorek 17 marca, 16.00"))
SUBJECTS = ("Robots and coding", "Children's reading", "Safety online", "Library promotion", "Local history")
WANTED_EN = Ask(1, "Which topics shall we take this year?", Kind.SEVERAL, SUBJECTS)
ONE_EN = Ask(1, "Which topic comes first?", Kind.ONE, SUBJECTS)
YES_NO_EN = Ask(1, "Shall we meet in June?", Kind.ONE, ("Yes", "No", "I don't know"))
RANKED_EN = Ask(1, "Please rank the places.", Kind.RANKED, ("Leeds", "York", "Hull"))
SCALE_EN = Ask(1, "How useful was the meeting?", Kind.SCALE, ("not at all", "very"))

SIGNED = "\n\nPozdrawiam serdecznie\nHalina Okładka\nMiejska Biblioteka Publiczna w Koninie\ntel. 63 240 11 22"
OUTLOOK = (
    "\n\n\nOd: Sieć BP <moderator_siecibp@listy.example.org>\nWysłano: wtorek, 3 marca 2026 10:15\nDo: halina@example.org\nTemat: Pytanie: tematy\n\n"
    "Dzień dobry,\n\n1. Jakie tematy wybieramy na ten rok?\n  1) Robotyka i kodowanie\n  2) Czytelnictwo dzieci\n"
)
WP = "\n\nDnia 3 marca 2026 10:15 Sieć BP <moderator_siecibp@listy.example.org> napisał(a):\n\n> Dzień dobry,\n> Ile to jest 4 i 5?\n"
PHONE = "\n\nWysłane z iPhone'a\n\n> Wiadomość napisana przez Sieć BP <moderator_siecibp@listy.example.org> w dniu 3 mar 2026, o godz. 10:15:\n>\n> 1) Robotyka\n"
SIGNED_EN = "\n\nKind regards,\nHelen Cover\nSenior Librarian\n+44 1904 552 828"
GMAIL = "\n\nOn Tue, 3 Mar 2026 at 10:15, Network <moderator_net@lists.example.org> wrote:\n\n> Hello,\n>\n> 1) Robots and coding\n> 2) Children's reading\n"


def choice(ask, mail):
    found = read((ask,), mail, quotes.reply(mail))
    return found.choices[1].chosen if 1 in found.choices else found.troubles.get(1)


POLISH = [
    (WANTED, "1, 3", (1, 3)),
    (WANTED, "1 i 3", (1, 3)),
    (WANTED, "1,3" + SIGNED, (1, 3)),
    (WANTED, "Dzień dobry,\n\n1 i 3" + SIGNED + OUTLOOK, (1, 3)),
    (WANTED, "1 oraz 4" + WP, (1, 4)),
    (WANTED, "pierwsza i trzecia" + PHONE, (1, 3)),
    (WANTED, "Wybieram 2, 3 i 5. Pozdrawiam, Halina", (2, 3, 5)),
    (WANTED, "Poproszę o... 2 i 4", Trouble.UNCLEAR),
    (WANTED, "opcja B" + PHONE, (2,)),
    (WANTED, "opcje a i c", (1, 3)),
    (WANTED, "a, c, e" + WP, (1, 3, 5)),
    (WANTED, "nr 2" + SIGNED, (2,)),
    (WANTED, "numery: 1, 2 i 5", (1, 2, 5)),
    (WANTED, "Głosuję na punkt 4.", (4,)),
    (WANTED, "punkty 1, 4, 5" + SIGNED + WP, (1, 4, 5)),
    (WANTED, "wszystkie", (1, 2, 3, 4, 5)),
    (WANTED, "Wszystkie!" + SIGNED, (1, 2, 3, 4, 5)),
    (WANTED, "Wszystkie oprócz 2", (1, 3, 4, 5)),
    (WANTED, "wszystko poza 1 i 5", (2, 3, 4)),
    (WANTED, "żadna", ()),
    (WANTED, "Jednak tylko 2" + OUTLOOK, (2,)),
    (WANTED, "Zmieniam zdanie: 1 i 4", (1, 4)),
    (WANTED, "jednak 1 albo 3", Trouble.UNCLEAR),
    (WANTED, "2, jednak nie wiem", Trouble.UNCLEAR),
    (WANTED, "Żadne z powyższych." + SIGNED, ()),
    (WANTED, "od 1 do 3", (1, 2, 3)),
    (WANTED, "1\n3\n4" + SIGNED, (1, 3, 4)),
    (WANTED, "- 2\n- 5", (2, 5)),
    (WANTED, "1) i 3)", (1, 3)),
    (WANTED, "jedynka i piątka", (1, 5)),
    (WANTED, "dwójka, czwórka", (2, 4)),
    (WANTED, "pierwszą, drugą i ostatnią", (1, 2, 5)),
    (WANTED, "robotyka" + PHONE, (1,)),
    (WANTED, "Chętnie robotykę i regionalia", (1, 5)),
    (WANTED, "Dzień dobry, jestem za promocją biblioteki oraz bezpieczeństwem w sieci." + SIGNED, (3, 4)),
    (WANTED, "czytelnictwo dzieci, regionalia", (2, 5)),
    (WANTED, "Interesują nas 3 i 4, bo u nas w bibliotece są 2 komputery.", (3, 4)),
    (WANTED, "2 i 3 – o to pytają u nas rodzice" + SIGNED, (2, 3)),
    (ONE, "3", (3,)),
    (ONE, "3." + PHONE, (3,)),
    (ONE, "Trójka :)", (3,)),
    (ONE, "wybieram trzeci", (3,)),
    (ONE, "Moja odpowiedź to 2.\n\nZ poważaniem\nJan Grzbiet", (2,)),
    (ONE, "Zdecydowanie bezpieczeństwo w sieci!", (3,)),
    (ONE, "regionalia" + WP, (5,)),
    (ONE, "odp. 4", (4,)),
    (ONE, "Pyt. 1 – d", (4,)),
    (ONE, "1 i 3", Trouble.TOO_MANY),
    (ONE, "wszystkie", Trouble.TOO_MANY),
    (ONE, "7", Trouble.RANGE),
    (ONE, "0", Trouble.RANGE),
    (ONE, "1 albo 3", Trouble.UNCLEAR),
    (ONE, "chyba 2", Trouble.UNCLEAR),
    (ONE, "2? a może 3", Trouble.UNCLEAR),
    (ONE, "Wszystko mi jedno", Trouble.UNCLEAR),
    (ONE, "Nie rozumiem pytania, proszę o wyjaśnienie", Trouble.UNCLEAR),
    (ONE, "nie 2", Trouble.UNCLEAR),
    (ONE, "byle nie robotyka", Trouble.UNCLEAR),
    (ONE, "Dziękuję za pytanie." + SIGNED, Trouble.UNCLEAR),
    (YES_NO, "tak", (1,)),
    (YES_NO, "TAK", (1,)),
    (YES_NO, "Tak, jak najbardziej", (1,)),
    (YES_NO, "Oczywiście, że tak!" + SIGNED, (1,)),
    (YES_NO, "Jasne :)" + PHONE, (1,)),
    (YES_NO, "Jestem za." + WP, (1,)),
    (YES_NO, "No pewnie", (1,)),
    (YES_NO, "Tak. W czerwcu mamy wolną salę." + SIGNED, (1,)),
    (YES_NO, "nie", (2,)),
    (YES_NO, "Nie, dziękuję." + SIGNED + OUTLOOK, (2,)),
    (YES_NO, "Niestety nie, mamy wtedy inwentaryzację", (2,)),
    (YES_NO, "nie wiem", (3,)),
    (YES_NO, "Trudno powiedzieć", (3,)),
    (YES_NO, "2", (2,)),
    (YES_NO, "Nie mam nic przeciwko", Trouble.UNCLEAR),
    (YES_NO, "Tak, ale tylko w pierwszym tygodniu", Trouble.UNCLEAR),
    (YES_NO, "tak i nie", Trouble.UNCLEAR),
    (YES_NO, "Tak\nNie", Trouble.UNCLEAR),
    (YES_NO, "Nie, nie", (2,)),
    (YES_NO, "raczej tak", Trouble.UNCLEAR),
    (RANKED, "3, 1, 2", (3, 1, 2)),
    (RANKED, "3 > 1 > 2", (3, 1, 2)),
    (RANKED, "3-1-2" + SIGNED, (3, 1, 2)),
    (RANKED, "Leszno, Poznań, Konin" + PHONE, (3, 1, 2)),
    (RANKED, "najpierw Konin, potem Leszno, na końcu Poznań", (2, 3, 1)),
    (RANKED, "Najpierw 2, potem 1 i 3", (2, 1, 3)),
    (RANKED, "b c a", (2, 3, 1)),
    (RANKED, "1, 1, 2", Trouble.TWICE),
    (SCALE, "4", (4,)),
    (SCALE, "4/5" + SIGNED, (4,)),
    (SCALE, "czwórka", (4,)),
    (SCALE, "Piątka!" + PHONE, (5,)),
    (SCALE, "daję 5", (5,)),
    (SCALE, "Oceniam na 3.", (3,)),
    (SCALE, "3 na 5", (3,)),
    (SCALE, "ocena: cztery" + WP, (4,)),
    (SCALE, "8/10", Trouble.UNCLEAR),
    (SCALE, "3,5", Trouble.UNCLEAR),
    (SCALE, "6", Trouble.RANGE),
    (SCALE, "4 albo 5", Trouble.UNCLEAR),
    (DATES, "1, 3", (1, 3)),
    (DATES, "czwartek" + SIGNED, (1,)),
    (DATES, "12 marca", (1,)),
    (DATES, "piątek i wtorek", (2, 3)),
    (DATES, "17 marca o 16.00", (3,)),
]
ENGLISH = [
    (WANTED_EN, "1, 3", (1, 3)),
    (WANTED_EN, "1 and 3" + GMAIL, (1, 3)),
    (WANTED_EN, "1,3,5" + SIGNED_EN, (1, 3, 5)),
    (WANTED_EN, "Hello,\n\n2 and 4 please" + SIGNED_EN + GMAIL, (2, 4)),
    (WANTED_EN, "I'd go for 1 and 2", (1, 2)),
    (WANTED_EN, "options A and C", (1, 3)),
    (WANTED_EN, "b, d", (2, 4)),
    (WANTED_EN, "the first and the third", (1, 3)),
    (WANTED_EN, "First, second and last please.", (1, 2, 5)),
    (WANTED_EN, "number 2" + GMAIL, (2,)),
    (WANTED_EN, "numbers 2 & 5", (2, 5)),
    (WANTED_EN, "#1 #4", (1, 4)),
    (WANTED_EN, "no. 3", (3,)),
    (WANTED_EN, "all of them!", (1, 2, 3, 4, 5)),
    (WANTED_EN, "All" + SIGNED_EN, (1, 2, 3, 4, 5)),
    (WANTED_EN, "all but 2", (1, 3, 4, 5)),
    (WANTED_EN, "everything except 1 and 5", (2, 3, 4)),
    (WANTED_EN, "None of the above", ()),
    (WANTED_EN, "none" + GMAIL, ()),
    (WANTED_EN, "from 2 to 4", (2, 3, 4)),
    (WANTED_EN, "1\n2\n5" + SIGNED_EN, (1, 2, 5)),
    (WANTED_EN, "* 3\n* 4", (3, 4)),
    (WANTED_EN, "robots and coding", (1,)),
    (WANTED_EN, "coding, local history", (1, 5)),
    (WANTED_EN, "My vote goes to promotion and safety online." + SIGNED_EN, (3, 4)),
    (WANTED_EN, "Children's reading for us, please", (2,)),
    (WANTED_EN, "3 and 4, because our 2 computers are old", (3, 4)),
    (WANTED_EN, "2, 5. Looking forward to it!" + SIGNED_EN, (2, 5)),
    (WANTED_EN, "1 or 3", Trouble.UNCLEAR),
    (ONE_EN, "4", (4,)),
    (ONE_EN, "4." + GMAIL, (4,)),
    (ONE_EN, "four", (4,)),
    (ONE_EN, "The second one.", (2,)),
    (ONE_EN, "option 2 please", (2,)),
    (ONE_EN, "I vote for number 5" + SIGNED_EN, (5,)),
    (ONE_EN, "local history!", (5,)),
    (ONE_EN, "Definitely safety online", (3,)),
    (ONE_EN, "Question 1: c", (3,)),
    (ONE_EN, "2 and 3", Trouble.TOO_MANY),
    (ONE_EN, "9", Trouble.RANGE),
    (ONE_EN, "maybe 2", Trouble.UNCLEAR),
    (ONE_EN, "anything but robots", Trouble.UNCLEAR),
    (ONE_EN, "What do you mean by promotion?", Trouble.UNCLEAR),
    (ONE_EN, "Thanks for asking!", Trouble.UNCLEAR),
    (YES_NO_EN, "yes", (1,)),
    (YES_NO_EN, "Yes, of course!" + SIGNED_EN, (1,)),
    (YES_NO_EN, "Yep" + GMAIL, (1,)),
    (YES_NO_EN, "Sure :-)", (1,)),
    (YES_NO_EN, "Absolutely. Count us in.", (1,)),
    (YES_NO_EN, "no", (2,)),
    (YES_NO_EN, "No, sorry to say, we are closed then" + SIGNED_EN, Trouble.UNCLEAR),
    (YES_NO_EN, "No thanks", (2,)),
    (YES_NO_EN, "Unfortunately no, because of the holidays", (2,)),
    (YES_NO_EN, "I don't know", (3,)),
    (YES_NO_EN, "Not sure", (3,)),
    (YES_NO_EN, "yes and no", Trouble.UNCLEAR),
    (YES_NO_EN, "Yes, but only online", Trouble.UNCLEAR),
    (RANKED_EN, "2, 3, 1", (2, 3, 1)),
    (RANKED_EN, "2 > 3 > 1", (2, 3, 1)),
    (RANKED_EN, "York, Hull, Leeds" + GMAIL, (2, 3, 1)),
    (RANKED_EN, "first York, then Leeds, finally Hull", (2, 1, 3)),
    (RANKED_EN, "York then Leeds then Hull", (2, 1, 3)),
    (RANKED_EN, "c, a, b" + SIGNED_EN, (3, 1, 2)),
    (SCALE_EN, "5", (5,)),
    (SCALE_EN, "4 out of 5", (4,)),
    (SCALE_EN, "4/5" + GMAIL, (4,)),
    (SCALE_EN, "I'd say 3" + SIGNED_EN, (3,)),
    (SCALE_EN, "four", (4,)),
    (SCALE_EN, "very", (5,)),
    (SCALE_EN, "not at all", (1,)),
    (SCALE_EN, "7/10", Trouble.UNCLEAR),
]


@pytest.mark.parametrize(("ask", "mail", "meant"), POLISH)
def test_what_is_written_in_polish_is_chosen_as_it_is_meant(ask, mail, meant):
    assert choice(ask, mail) == meant


@pytest.mark.parametrize(("ask", "mail", "meant"), ENGLISH)
def test_what_is_written_in_english_is_chosen_as_it_is_meant(ask, mail, meant):
    assert choice(ask, mail) == meant


THREE = (
    Ask(1, "Jakie tematy wybieramy?", Kind.SEVERAL, ("Robotyka", "Regionalia", "Promocja")),
    Ask(2, "Jak oceniają Państwo ostatnie spotkanie, na które przyjechało tak wiele osób z całego województwa?", Kind.SCALE, ()),
    Ask(3, "Co zmienić?", Kind.WORDS, ()),
)
OURS = """Dzień dobry,

1. Jakie tematy wybieramy?
  1) Robotyka
  2) Regionalia
  3) Promocja
  (można wskazać kilka)

2. Jak oceniają Państwo ostatnie spotkanie, na które przyjechało
tak wiele osób z całego województwa?
  (w skali od 1 do 5)

3. Co zmienić?
  (własnymi słowami)

Wystarczy odpowiedzieć na tę wiadomość.
"""


def quoted(text):
    return "".join(f"> {line}\n" for line in text.split("\n"))


def told(mail, asks=THREE):
    found = read(asks, mail, quotes.reply(mail), lambda: OURS)
    return {number: one.chosen or one.words for number, one in found.choices.items()}, dict(found.troubles)


@pytest.mark.parametrize(
    "mail",
    [
        "1: 1, 3  2: 5  3: bo tak",
        "1: 1, 3\n2: 5\n3: bo tak",
        "1) 1, 3\n2) 5\n3) bo tak" + SIGNED,
        "1. 1, 3\n2. 5\n3. bo tak" + WP,
        "pyt. 1 – 1 i 3, pyt. 2 – 5, pyt. 3 – bo tak",
        "Pytanie 1: robotyka, promocja\nPytanie 2: piątka\nPytanie 3: bo tak" + PHONE,
        "Ad 1. a, c\nAd 2. 5\nAd 3. bo tak" + SIGNED,
        "Dzień dobry,\n1, 3\n5\nbo tak" + SIGNED,
        "1, 3\n\n5/5\n\nbo tak\n",
        "1 - 1, 3\n2 - 5\n3 - bo tak",
        "Question 1: 1 and 3\nQuestion 2: 5\nQuestion 3: bo tak",
        "q1: 1, 3; q2: 5; q3: bo tak",
    ],
)
def test_several_questions_are_answered_at_once(mail):
    assert told(mail) == ({1: (1, 3), 2: (5,), 3: "bo tak"}, {})


@pytest.mark.parametrize("asks", [(("a", "c", "b"), "1a, 2c, 3b"), (("a", "c", "b"), "1-a 2-c 3-b"), (("a", "c", "b"), "pyt. 1 – a, pyt. 2 – c, pyt. 3 – b")])
def test_letters_beside_the_numbers_of_questions(asks):
    wanted, mail = asks
    single = tuple(Ask(number, f"Pytanie {number}?", Kind.ONE, ("Konin", "Leszno", "Piła")) for number in (1, 2, 3))
    assert told(mail, single) == ({at: (ord(one) - 96,) for at, one in enumerate(wanted, 1)}, {})


def test_what_is_clear_is_kept_and_only_the_rest_asked_back():
    assert told("1: 2\n2: 8\n3: nic") == ({1: (2,), 3: "nic"}, {2: Trouble.RANGE})
    assert told("2: 4") == ({2: (4,)}, {})
    assert told("Wszystko mi się podobało!")[0] == {}


def test_answers_stand_below_each_question_in_what_is_quoted():
    inside = quoted(OURS).replace("> 2. Jak", "1 i 2\n> 2. Jak").replace("> 3. Co", "4\n> 3. Co").replace("> Wystarczy", "Więcej czasu na rozmowy.\n> Wystarczy")
    assert told("W dniu 3.03.2026 o 10:15, Sieć BP pisze:\n" + inside) == ({1: (1, 2), 2: (4,), 3: "Więcej czasu na rozmowy."}, {})


def test_answers_are_found_where_the_program_quotes_without_marks():
    head = "\n-----Original Message-----\nFrom: Sieć BP <moderator_siecibp@listy.example.org>\nSent: Tuesday, March 3, 2026 10:15 AM\nTo: halina@example.org\nSubject: Pytanie\n\n"
    inside = OURS.replace("2. Jak", "1 i 2\n\n2. Jak").replace("3. Co", "4\n\n3. Co").replace("Wystarczy", "Więcej czasu na rozmowy.\n\nWystarczy")
    assert told(head + inside) == ({1: (1, 2), 2: (4,), 3: "Więcej czasu na rozmowy."}, {})


def test_the_letter_quoted_below_an_answer_answers_nothing():
    head = "\n\n-----Original Message-----\nFrom: Sieć BP <moderator_siecibp@listy.example.org>\nSent: Tuesday, March 3, 2026 10:15 AM\nSubject: Pytanie\n\n"
    assert told("1: 3\n2: 4\n3: nic" + head + OURS) == ({1: (3,), 2: (4,), 3: "nic"}, {})
    assert told("1: 3\n2: 4\n3: nic" + WP.split("> Dzień")[0] + quoted(OURS)) == ({1: (3,), 2: (4,), 3: "nic"}, {})


def test_options_marked_in_the_quoted_letter_are_chosen():
    marked = quoted(OURS).replace("2) Regionalia", "2) Regionalia  X").replace("3) Promocja", "3) Promocja <--")
    assert told("W dniu 3.03.2026 o 10:15, Sieć BP pisze:\n" + marked)[0] == {1: (2, 3)}


def test_words_are_kept_whole():
    words = "Chciałabym więcej warsztatów.\n\nPo pierwsze: krótszych.\nPo drugie: 2 razy w roku."
    ask = Ask(1, "Czego potrzeba?", Kind.WORDS)
    assert read((ask,), words + SIGNED, words).choices[1].words == words


@pytest.mark.parametrize(("ask", "made", "trouble"), [(ONE, (1, 2), Trouble.TOO_MANY), (ONE, (9,), Trouble.RANGE), (RANKED, (), Trouble.UNCLEAR), (WANTED, (), None), (SCALE, (5,), None)])
def test_a_form_is_checked_like_a_mail(ask, made, trouble):
    assert check(ask, Choice(made)) is trouble


@pytest.mark.parametrize("mail", ["", "\0", "1" * 100_000, "1, " * 50_000, "tak " * 50_000, "dziekuj" * 20_000, "1: " * 30_000, "> " * 90_000, "a" * 200_000, "☃\ud800"])
def test_any_text_is_read_in_no_time(mail):
    for asks in ((WANTED,), (YES_NO,), (RANKED,), (SCALE,), THREE):
        read(asks, mail, quotes.reply(mail), lambda: OURS)
