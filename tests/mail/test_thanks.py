"""What is only thanks, and what is more: a false alarm would keep somebody's words from the list."""

import pytest

from listserv.mail.parse import parse
from listserv.mail.thanks import only_thanks, says_only_thanks
from tests.office import mail

POLISH = """
Dziękuję!
Dziękuję
dziekuje
Dziękuję bardzo
Dziękuję bardzo!
Bardzo dziękuję
Bardzo dziękuję za pomoc!
Bardzo dziękuję za odpowiedź.
Serdecznie dziękuję
Serdecznie dziękuję za informację.
Serdeczne dzięki!
Dzięki!
dzięki
dzieki
Dzięki :)
dzięki ;-)
Wielkie dzięki!
Wielkie dzięki za podpowiedź
Stokrotne dzięki!
Ogromne dzięki za materiały!
Dzięki wielkie!!!
Dziękuję, Pani Aniu!
Dziękuję Pani Aniu
Dziękuję, Pani Zofio, za pomoc.
Pani Zofio, bardzo dziękuję
Dziękuję, Zosiu!
Dzięki Marek
Dzięki, Marku :)
Super, dzięki :)
Super! Dzięki!
Super, dziękuję
Świetne, dziękuję!
Świetnie, bardzo dziękuję
Rewelacja! Dziękuję!
Ekstra, dzięki
Wspaniale! Dziękuję serdecznie.
Bardzo przydatne, dziękuję!
Bardzo pomocne, dzięki
Dziękuję za link.
Dziękuję za linki!
Dziękuję za szybką odpowiedź
Dziękuję za wyczerpującą odpowiedź!
Dziękuję za scenariusz
Dziękuję za scenariusze!
Dziękuję za podzielenie się materiałami
Dziękuję za udostępnienie
Dziękuję za cenne wskazówki.
Dziękuję za radę
Dziękuję za przypomnienie!
Dziękuję za zaproszenie
Dziękuję za spotkanie
Dziękuję raz jeszcze
Jeszcze raz dziękuję!
Jeszcze raz bardzo dziękuję za pomoc
Pięknie dziękuję!
Ślicznie dziękuję :)
Uprzejmie dziękuję.
Dziękujemy!
Bardzo dziękujemy za wsparcie
Dziękuję i pozdrawiam
Dziękuję i pozdrawiam serdecznie
Dziękuję, pozdrawiam
Dzień dobry,\\ndziękuję!
Dzień dobry, bardzo dziękuję za odpowiedź.
Dzień dobry,\\n\\nbardzo dziękuję za informację.\\n\\nPozdrawiam\\nHalina Okładka
Witam, dziękuję serdecznie
Cześć, dzięki!
Hej, dzięki wielkie :)
Szanowna Pani,\\nserdecznie dziękuję za pomoc.\\nZ poważaniem\\nHalina Okładka
Drogi Marku,\\ndzięki!
👍
👍👍👍
👍🏻
🙏
❤️
👏👏
💐
🙏🏻 dziękuję
Dziękuję 👍
Dzięki 😊
Dziękuję ❤️❤️❤️
Super! 👍 Dziękuję
dziekuje bardzo :-)
dziekuej!
Dziekuję
dzikuje bardzo
dzięki <3
Dziękuję z całego serca!
Jestem bardzo wdzięczna.
Jestem wdzięczna za pomoc
Składam serdeczne podziękowania.
Podziękowania!
Bóg zapłać!
Wow, dziękuję!
Dziękuję za Pani pomoc
Dziękuję za Państwa odpowiedzi
Dziękuję za poświęcony czas
Dziękuję Ci bardzo
Dziękuję Ci, Ewo!
Dzięki, jesteś wielka!
Jesteście niezastąpione, dziękuję
Genialne! Dzięki.
Fajne, dzięki
O, super, dzięki
Dziękuję za dobre słowo
Dziękuję za inspirację!
Dziękuję za komentarz
Dziękuję bardzo\\nHalina
Dziękuję!\\nHalina Okładka\\nBiblioteka Pedagogiczna w Wymyślnej
Dziękuję\\n\\nMiłego dnia\\nHalina
Dziękuję.\\n\\nHalina Okładka\\nnauczyciel bibliotekarz\\ntel. 12 345 67 89
Dziękuję\\n\\nWysłane z iPhone'a
Thx
thx!
merci :)
""".strip().split("\n")

ENGLISH = """
Thanks!
Thanks
thanks :)
Thank you!
Thank you
Thank you so much!
Thank you very much.
Thanks so much
thanks so much!!
Thanks a lot!
Thanks a lot for your help
Thanks a million
Many thanks!
Many thanks for the quick reply
Thanks again!
Thank you again for your help.
Thanks for the help
Thanks for your help!
Thanks for the info
Thanks for the information.
Thanks for the link!
Thanks for the tip
Thanks for sharing!
Thank you for sharing this.
Thanks for the quick response
Thanks for the explanation!
Thanks for the detailed explanation.
Thanks for the pointer
Thanks for the heads up
Thanks for letting me know
Thanks for letting us know!
Thanks, Bob!
Thanks Bob
Thank you, Anna.
Hi Anna,\\nthank you!
Hi Bob,\\n\\nThanks for your help!\\n\\nBest regards,\\nAlice Smith
Hello,\\nmany thanks.\\nAlice
Great, thanks!
Great! Thank you!
Awesome, thanks
Excellent, thank you very much
Fantastic, thank you!
Very helpful, thanks!
That's very helpful, thank you
Super helpful, thanks!
Cool, thanks
Much appreciated!
Very much appreciated, thanks
I really appreciate your help
I appreciate it
We appreciate your help!
Really appreciate it
thx
thanx
tnx
ty
Thx!!
thnaks
Thank u
Thanks 🙏
Thank you ❤️
Wonderful, thank you!
Thank you kindly
Thanks a bunch
Huge thanks!
Big thanks to you!
So grateful, thank you
Thanks for your time
Thanks for your support
Thanks,\\nAlice
Thank you.\\n\\nKind regards\\nAlice Smith\\nExample Library
""".strip().split("\n")

MORE = """
+1
👎
OK
Ok, dzięki
OK, thanks
Tak, dziękuję
Nie, dziękuję
Nie, dziękuję, poradzimy sobie.
No, thanks
Yes please, thanks
popieram
Popieram, dziękuję
Zgadzam się, dziękuję
Dziękuję, a skąd ten scenariusz?
Dziękuję! Czy można prosić o wersję w Wordzie?
Dziękuję, działa.
Dzięki, działa!
Thanks, that works.
Thanks, that fixed it!
Thanks, will try.
Thanks, will do
Thanks, got it
Thanks, I'll have a look
Thanks, but it does not work
Dziękuję, ale nie działa.
Dziękuję, sprawdzę jutro
Dziękuję, jutro odpiszę
Dziękuję. U nas jest tak samo.
Dziękuję, u nas we wtorek
Dziękuję, będę w czwartek o 10.
Dziękuję, https://example.org/
Dziękuję. Proszę o wypisanie z listy.
Proszę o wypisanie, dziękuję
Z góry dziękuję
Z góry dziękuję za pomoc
Thanks in advance
Thanks in advance for your help
Nie ma za co
Nie dziękuję
Proszę bardzo
You're welcome
:)
😊
Super
Świetny pomysł
Gratulacje!
Pozdrawiam
Dzień dobry
Dziękuję\\nPS. Spotkanie przełożone na wtorek
Dziękuję\\n\\nPozdrawiam\\nHalina\\n\\nPS Materiały wyślę w piątek.
Thanks\\nAlice\\nThe meeting is on Tuesday.
Dziękuję. Dziekan już wie.
Dziękuję, przyjadę
Dziękuję, zapisuję się
Dziękuję, dołączam
Dziękuję za zaproszenie, ale nie przyjadę
Dziękuję za zaproszenie, przyjadę
Thank you for applying, we regret
Thanks 5
Dziękuję za 3 scenariusze i proszę o czwarty
Dziękuję, Kraków też chętnie
Dziękuję, biblioteka w Łodzi
Anonimowo
Thanks for nothing
Thanks. Not.
Dziękuję, nie trzeba
Thanks Linux works
Dziękuję wszystkim za udział w ankiecie, wyniki wkrótce
I agree
Me too
Ja też
Ja również dziękuję, a materiały prześlę
Thanks for the patch, applied
Applied, thanks
Thanks, applied.
Queued, thanks!
Reviewed-by: Alice Smith <alice@example.org>\\nThanks
Acked, thanks
Merged, thank you!
Fixed, thanks
Confirmed, thanks
Noted, thanks
Rozumiem, dziękuję
Wiem, dziękuję
Mam, dziękuję
Znalazłam, dziękuję!
Found it, thanks
Already solved, thanks
Never mind, thanks
Nieaktualne, dziękuję
Dziękuję, Nie
Dziękuję, Tak
Dziękuję, Zgoda
Dziękuję, Odwołane
Dziękuję, Rezygnuję
Dziękuję, Przyjadę
Dziękuję, Jutro
Dziękuję, Wtorek
Dzięki, Kupię
Dzięki, Czekam
Dziękuję, Zadzwoń
Dzięki, Robię
Dziękuję, Poproszę Więcej
Dziękuję, Pani Aniu, Proszę Zadzwonić
Super, dziękuję, Biorę
Thanks, Yes
Thanks, Cancelled
Dziękuję i chciałabym także materiały
Dzięki jestem za
Dziękuję za zaproszenie jestem za
Dziękuję za zaproszenie, jestem
Dziękuję za pomysł chcę także
Thanks, I am for it
Dziękuję przesyłam linki
Dziękuję, przesyłam
Dziękuję :(
Dziękuję\\nTak
Dziękuję\\nPozdrawiam\\nPrzyjadę
Dziękuję\\nHalina\\nprzyjadę jutro
Dziękuję, tak
Dziękuję Tak
""".strip().split("\n")


def said(line):
    return line.replace("\\n", "\n")


@pytest.mark.parametrize("line", [*POLISH, *ENGLISH])
def test_thanks_are_known_in_many_words(line):
    assert says_only_thanks(said(line), "Halina Okładka" if "Halina" in line else "Alice Smith")


def test_enough_ways_to_thank_are_tried():
    assert len({*POLISH, *ENGLISH}) >= 150


@pytest.mark.parametrize("line", MORE)
def test_what_says_more_is_a_post(line):
    assert not says_only_thanks(said(line), "Halina Okładka")


def answer(text="Dziękuję!\n", subject="Odp: Scenariusze", **more):
    return parse(mail("Halina Okładka <halina@example.org>", "siecibp@lists.example.org", subject, text, **{"in_reply_to": "<1@example.org>", **more}))


def test_a_quoted_letter_below_changes_nothing():
    assert only_thanks(answer("Dziękuję!\n\nDnia 2 marca 2026 Marek Regał napisał:\n> Oto scenariusz.\n> Czy się przyda?\n"))


def test_who_wrote_in_the_thread_may_be_thanked_by_name():
    assert only_thanks(answer("Dziękuję, Fikcjo!\n"), ["Jan Fikcja"]) and only_thanks(answer("Dzięki, Zosiu!\n"))
    assert not only_thanks(answer("Dziękuję, Fikcjo!\n"), ["Jan Przypis"])


def test_words_between_quotations_are_read_too():
    assert not only_thanks(answer("Dziękuję!\n\n> Oto scenariusz.\n\nMam jednak uwagę do punktu drugiego.\n"))


@pytest.mark.parametrize("words", ["Dziękuję wszystkim za odpowiedzi!\n", "Kochani, dzięki!\n", "Thanks all!\n", "Thank you, everybody!\n"])
def test_thanks_to_several_people_reach_them(words):
    assert not only_thanks(answer(words))
    assert only_thanks(answer("Dziękuję za wszystkie odpowiedzi!\n"))


def test_a_new_topic_is_a_post():
    assert not only_thanks(answer(subject="Dziękuję", in_reply_to=None))


def test_a_forwarded_letter_is_a_post():
    text = "Dziękuję!\n\n---------- Forwarded message ---------\nOd: Jan\nTemat: Konkurs\n\nZapraszamy.\n"
    assert not only_thanks(answer(text))
    assert not only_thanks(answer(subject="Fwd: Scenariusze"))
