"""What people answer an invitation, in the words they use: a hundred of each kind, Polish and English."""

import pytest

from listserv.mail.meetinganswers import Heard, read

YES = """BĘDĘ
będę na pewno
Tak
Tak, będę.
Będę!
Przyjdę z przyjemnością
Chętnie wezmę udział
Potwierdzam obecność
Potwierdzam swój udział.
Dzień dobry, będę. Pozdrawiam, Anna Nowa
Oczywiście, że będę
Zgłaszam się
Zapisuję się
Jasne, wpadnę
Dołączę online
Dziękuję za zaproszenie, będę.
Proszę mnie wpisać
Proszę mnie zapisać na listę
Można na mnie liczyć
Nie mogę się doczekać!
Będę, może się spóźnię 5 minut
Nie zabraknie mnie
Super, będę
Z wielką przyjemnością przyjadę
Jestem na tak
Melduję się
Będziemy we dwie
Wezmę udział w spotkaniu
Zgłaszam swój udział
Do zobaczenia na spotkaniu
Ja też będę
ok
Zgoda
Tak, proszę
Będę na 100%
Pasuje mi
Jak najbardziej, będę
Zgłaszam chęć udziału
Będę obecna
Obecna
Termin mi pasuje, będę
Pojawię się
Uczestniczę
Piszę się na to
Wchodzę w to
Dopiszcie mnie
👍
Dam radę
Przybędę
Akceptuję
Koniecznie!
Czemu nie, będę
Stawię się
Yes
I'll be there
I will be there
I will attend
Count me in
I'm coming
I am in
Sure!
Of course, see you there
Happy to join
Looking forward to it
I can make it
Works for me
Gladly
Yes please
Yes, I will come
I'd love to
Accepted
Confirmed
Attending
Sign me up
I wouldn't miss it
Can't wait!
We'll be there
I'll join online
I will join
Absolutely
Definitely coming
With pleasure
OK
Great, see you there
Put me down please
I'm attending
I'll come
Yes, thank you
Hi, yes I will come. Best, Anna
Coming!
You can count on me
I'll make it
I would love to come
Delighted to accept
I'm free that day, count me in
Thanks, I'll be there
I am available
Glad to come
Me too
+1
Yep
Will do, I'll be there"""
NO = """NIE BĘDĘ
Niestety nie mogę
nie dam rady
Nie
Nie, dziękuję
Niestety nie będę mogła
Nie przyjdę
Niestety nie dam rady tym razem
Nie mogę, może następnym razem
Nie będzie mnie
Mnie nie będzie
Muszę odmówić
Rezygnuję
Nie wezmę udziału
Niestety, w tym terminie mam szkolenie
Niestety mam wtedy lekcje
Nie uda mi się dotrzeć
Nie dotrę
Nie pasuje mi ten termin
Chętnie bym przyszła, ale niestety nie mogę
Tym razem nie dam rady
Odpada
Nie tym razem
Niestety
Jestem chora, nie będę
Nie mam możliwości
Niestety, obowiązki służbowe mi nie pozwolą
Nie jestem w stanie przyjechać
Wypadam niestety
Dziękuję za zaproszenie, niestety nie skorzystam
Nie zdążę
Nie dołączę
Nie będę mógł
Nie pojawię się
Nie planuję
Bardzo żałuję, ale nie mogę
Nie, niestety
Będę nieobecna
Z przykrością odmawiam
Przykro mi, nie dam rady
Nie biorę udziału
Niestety nie
Nie znajdę czasu
Na pewno nie będę
Nie odpowiada mi ta godzina
Muszę zrezygnować
Nie wybieram się
Niestety zachorowałam
Dzień dobry, niestety nie mogę. Pozdrawiam
Nie zjawię się
No
No, sorry
I can't make it
I cannot come
I won't be there
I will not attend
Unfortunately not
Unfortunately I can't
Sorry, I can't
I have to decline
Declined
I'm afraid not
Not this time
Count me out
I'm out
Sorry, no
No thank you
I am unable to attend
I'm not able to come
I won't make it
Not coming
Can't come, maybe next time
I'd love to but I can't
I'll have to miss this one
I have to skip this one
Regrets
I'm unavailable
Not available that day
It doesn't work for me
I'll be away
I'll be on holiday
I couldn't come
I'm not attending
I am not going
Sadly, no
I must decline
I will not be able to join
We can't come
nope
I'll pass
Thanks but I can't
I have another meeting, sorry
Sorry, I have a clash
Afraid I can't
I'll not be there
Won't be able to attend
Not going
Hi, no, I can't. Best, Anna
Sorry but no
I have to pass"""
MAYBE = """MOŻE
może
Może będę
Być może
Jeszcze nie wiem
Nie wiem jeszcze
Nie jestem pewna
Nie jestem pewien, czy będę
Zobaczę
Postaram się
Spróbuję
Chyba tak
Chyba nie
Raczej tak
Raczej nie dam rady
Prawdopodobnie będę
Będę, jeśli zdążę
Jeśli dam radę, to będę
Dam znać
Dam znać później
Trudno powiedzieć
Zależy od pracy
Potwierdzę jutro
Możliwe
Będę, o ile nie zachoruję
50/50
Nie mam pewności
Waham się
Wstępnie tak
Przypuszczalnie będę
Zobaczymy
Może przyjdę
Może się uda
Postaram się być
Prawdopodobnie nie
Pół na pół
Tak, jeśli dostanę zwolnienie
Na razie nie wiem
Może, dam jeszcze znać
Chyba przyjdę
Trudno mi teraz powiedzieć
Jak się uda, to będę
Nie wiem, czy dam radę
Jeszcze nie wiem, czy będę mogła
Możliwe, że będę
Warunkowo tak
Raczej tak, ale potwierdzę później
Może tak, może nie
Będę się starać
Dopiero będę wiedzieć w piątek
Maybe
Perhaps
Not sure
I'm not sure yet
I don't know yet
I'll try
I will try to come
Probably
Probably not
It depends
I might come
Possibly
If I can
Yes, if I can get off work
I'll let you know
Let me check and let you know
I might
I hope to come
Tentatively yes
Tentative
I'm unsure
Maybe, I'll see
Fifty-fifty
I'll be there unless I'm ill
Too early to say
I can't say yet
I cannot confirm yet
Depending on work
I'll try my best to be there
Hoping to be there
I might not be able to come
Not quite sure
I do not know
I'm not sure I can come
Might be able to
TBC
Perhaps I will come
I'll probably come
Probably yes
maybe yes
If possible, yes
if my train is on time, yes
I don't know if I can make it
Not sure I'll make it
It might work
I'm not sure if I will be there
Hope to join
Trying to come
I can't promise
I'd say maybe"""
UNCLEAR = """Proszę o przypomnienie za tydzień
Czy będzie można dołączyć online?
O której to jest?
Gdzie jest ta sala?
Kto prowadzi?
Proszę o fakturę
Przekazuję koleżance
Is there parking?
Please send me the agenda
What time does it end?
Koleżanka będzie
Pani Zofia będzie zamiast mnie
W załączniku przesyłam program"""


@pytest.mark.parametrize(("lines", "heard"), [(YES, Heard.YES), (NO, Heard.NO), (MAYBE, Heard.MAYBE), (UNCLEAR, Heard.UNCLEAR)])
def test_what_people_write_is_understood(lines, heard):
    wrong = [(line, found.heard.value) for line in lines.split("\n") if (found := read(line, "Anna Nowa")).heard is not heard]
    assert wrong == []


def test_enough_phrasings_of_each_language_are_known():
    for lines in (YES, NO, MAYBE):
        english = [line for line in lines.split("\n") if line.isascii() and any(word in line.lower().split() for word in ("i", "i'll", "i'm", "to", "not", "yes", "no", "it", "sorry", "sure"))]
        assert len(lines.split("\n")) >= 100 and len(english) >= 20


@pytest.mark.parametrize("lines", [YES, NO])
def test_case_greeting_and_signature_change_nothing(lines):
    for line in lines.split("\n")[:30]:
        plain = read(line, "Anna Nowa").heard
        assert read(line.upper(), "Anna Nowa").heard is plain, line
        if not line.lower().startswith(("dzień", "hi")):
            assert read(f"Dzień dobry,\n\n{line}\n\nPozdrawiam\nAnna Nowa", "Anna Nowa").heard is plain, line


@pytest.mark.parametrize(
    ("words", "heard", "asks"),
    [
        ("Będę. Czy będzie parking?", Heard.YES, True),
        ("Czy spotkanie jest nagrywane?", Heard.UNCLEAR, True),
        ("Będę. Proszę o fakturę na szkołę.", Heard.YES, True),
        ("Nie mogę, ale czy dostanę nagranie?", Heard.NO, True),
        ("Yes, I'll be there. Could you send me the link again", Heard.YES, True),
        ("Będę, proszę mnie wpisać na listę.", Heard.YES, False),
        ("Nie będę, proszę o wyrozumiałość.", Heard.NO, False),
        ("Thank you, I will come, please note my new name below", Heard.YES, False),
        ("Dziękuję za zaproszenie!", Heard.THANKS, False),
        ("Będę, jeśli nie zachoruję", Heard.MAYBE, False),
        ("Chętnie bym przyszła, ale nie mogę, może następnym razem", Heard.NO, False),
        ("Niestety nie mogę się pojawić, ale będę myślami z Państwem", Heard.UNCLEAR, False),
        ("", Heard.UNCLEAR, False),
        ("?", Heard.MAYBE, False),
        ("🙂", Heard.UNCLEAR, False),
    ],
)
def test_half_words_and_questions(words, heard, asks):
    found = read(words)
    assert (found.heard, found.asks) == (heard, asks) or (words in ("?", "🙂") and found.heard in (Heard.MAYBE, Heard.UNCLEAR, Heard.THANKS))


@pytest.mark.parametrize(("subject", "heard"), [("Zaakceptowano: Spotkanie", Heard.YES), ("Declined: Meeting", Heard.NO), ("Tentative: Meeting", Heard.MAYBE), ("Odp: Spotkanie", Heard.UNCLEAR)])
def test_a_program_that_answers_in_the_subject_alone(subject, heard):
    assert read("", "", subject).heard is heard


def test_a_letter_of_any_length_is_read_in_no_time():
    for words in ("nie " * 50_000, "a, " * 50_000, "moze " * 20_000 + "?", "\n" * 100_000, "nie dam" + " " * 50_000):
        read(words)
