"""What moderators and authors write in one word: the phrasings that decide, and a property: nothing else ever does."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from listserv.mail.claims import claims
from listserv.mail.decisions import Answer, decision, nods
from listserv.mail.folding import fold
from listserv.mail.inquiries import inquiry
from listserv.mail.withdrawing import asks_to_withdraw
from tests.sampling import often

DECIDE = {
    Answer.YES: (
        *("TAK", "tak", "Tak.", "Tak!", "TAK!", "„TAK”", "*tak*", "Tak, zapraszamy!", "Tak, zapraszamy na listę.", "TAK – przyjmujemy", "tak proszę", "Tak, proszę"),
        *("Tak, poproszę.", "Tak, oczywiście", "Tak, jak najbardziej.", "Tak, chętnie!", "Tak, znam tę panią z konferencji.", "Tak, bo to nasza koleżanka", "TAK\n\nPozdrawiam,\nAlina"),
        *("Dzień dobry,\n\nTAK\n\nAlina Zakładka", "Dzień dobry, tak, zapraszamy serdecznie", "Tak\nAlina", "tak, dziękuję", "Tak, dodaję do listy", "Tak, nie ma problemu", "Tak, jasne"),
        *("PUŚĆ", "puszczam", "Zatwierdzam", "zatwierdź", "przyjmujemy", "Przyjmuję", "akceptuję", "publikujemy", "ok puść", "tak, puść to", "Yes, go ahead.", "approve", "ADMIT", "accept"),
        *("👍", "👍🏽", "👍\nAlina", "TAK\nWysłano z iPhone'a", "Tak. Pozdrawiam, Alina", "Aniu,\nTAK\nZ.", "TAK\n\nPozdrawiam,\nAlina Zakładka\nBiblioteka Pedagogiczna\ntel. 600 100 200"),
        *("YES", "yes", "Yes.", "Yes please", "Yes, welcome!", "Yes, of course.", "yes, please add her", "OK", "ok", "Ok.", "OK!", "okej", "Okay", "OK, dodaj", "Hello,\nyes\nJane"),
    ),
    Answer.NO: (
        *("NIE", "nie", "Nie.", "NIE!", "NIE – to nie na temat", "NIE: lista jest dla bibliotek", "Nie, lista jest pełna.", "Nie, bo to reklama", "NIE bo to reklama", "NIE – lista jest dla bibliotek"),
        *("Nie, niestety.", "NIE, dziękujemy za zgłoszenie, lista jest pełna", "Nie, przykro nam, to lista dla bibliotekarzy", "NIE\n\nTo ogłoszenie już było w poniedziałek.", "Nie\nAlina"),
        *("ODRZUĆ", "odrzucam", "odrzucamy", "odrzuć, bo nie na temat", "nie na temat", "Nie puszczamy", "Nie przyjmujemy.", "Nie, nie publikujemy reklam", "nope", "👎", "decline", "reject: off topic"),
        *("Dzień dobry,\nNIE, proszę wysłać to na inną listę.\nAlina", "NO", "no.", "No, this list is for librarians only.", "NO: this is an advertisement", "No because it is an advertisement", "No, sorry."),
    ),
    Answer.UNDO: (
        *("COFNIJ", "cofnij", "Cofnij.", "COFNIJ!", "Cofnij, proszę", "Cofnij proszę.", "COFNIJ decyzję", "Cofnij moją decyzję, proszę.", "cofnij to", "Cofnij. Pomyłka.", "COFNIJ – pomyliłam się"),
        *("Dzień dobry,\nCOFNIJ\nAlina", "COFNIJ\n\nPozdrawiam\nAlina", "UNDO", "undo", "Undo please", "Undo that.", "UNDO – sorry", "undo my decision"),
    ),
    Answer.TRUST: (
        *("ZAUFAJ", "zaufaj", "Zaufaj.", "ZAUFAJ!", "Zaufaj, proszę", "ZAUFAJ tej osobie", "Zaufaj temu adresowi.", "Zaufaj. Znam ją z konferencji.", "ZAUFAJ\n\nAlina"),
        *("TRUST", "trust", "Trust.", "TRUST this person", "Trust the author, please.", "Dzień dobry,\n\nzaufaj\n\nAlina"),
    ),
    Answer.BAN: (
        *("BLOKUJ", "blokuj", "Blokuj.", "BLOKUJ!", "Blokuj, proszę", "BLOKUJ, to spam", "BLOKUJ – spam", "Blokuj ten adres.", "blokuj tego nadawcę", "BLOKUJ. Trzeci raz to samo.", "BLOKUJ\n\nAlina"),
        *("ZABLOKUJ", "Zablokuj go", "block", "Block this sender"),
        *("BAN", "ban", "Ban.", "BAN this address", "ban, it's spam", "Hello,\nBAN\nJane"),
    ),
    Answer.WITHDRAW: ("WYCOFAJ", "wycofaj", "Wycofaj, proszę.", "WYCOFAJ tę wiadomość", "Dzień dobry,\nwycofaj\nHalina", "WITHDRAW", "withdraw it please", "Withdraw my message."),
}
PHRASES = [(words, answer) for answer, phrasings in DECIDE.items() for words in phrasings]
NEAR = (
    *("Taka sprawa", "Takie sobie", "Tak sobie myślę", "Taką osobę znam", "Nie wiem", "Nie jestem pewna", "Nie teraz", "Nie mam zdania", "nie ma mnie", "Niech poczeka", "No i co", "No tak", "No dobrze"),
    *("OK, zapytam", "OK, sprawdzę", "ok, przekażę Alinie", "OK, popatrzę jutro", "Ok, odezwę się", "OK, noted", "OK, I will ask", "OK, let me see", "Tak, widzę", "Tak, dostałam", "Tak, ale nie dziś"),
    *("Tak, zapytam", "Tak, jutro", "Tak?", "Nie?", "TAK czy NIE", "TAK/NIE", "tak-nie", "cofnij się", "Cofnij się o krok", "Cofnę to", "Cofnięcie", "zaufaj mi", "Zaufaj mi, znam ją", "zaufanie", "Zaufam"),
    *("Blokuj mnie", "blokuje się", "Blokada", "Banan", "Bank", "Undone", "undo what", "Trust me", "Trustworthy", "I trust her", "Ban him?", "Wycofana", "Czy wycofać?", "wycofałam się"),
    *("Yesterday", "Yes?", "Yes, but", "Nobody", "No idea", "No problem", "Not now", "Okno", "Okolica", "Chyba tak", "Może nie", "Raczej blokuj", "Lepiej cofnij", "Spam", "Proszę o tak lub nie", "👍👎", "👍?", "...", "?"),
)
WORDS = (
    *("dzień", "dobry", "biblioteka", "proszę", "spotkanie", "w", "czerwcu", "lista", "TAK", "NIE", "tak", "nie", "COFNIJ", "ZAUFAJ", "BLOKUJ", "OK", "wycofaj", "program", "pani", "zgłoszenie", "the", "yes", "no"),
    *("undo", "trust", "ban", "library", "please", "czy", "?", "!", ",", "–", "zapytam", "jutro", "nie wiem", "https://example.org/", "anna@example.org", "2:", "TAK!", "NIE,", "Ala", "ma", "kota"),
)
DECIDING = frozenset({"tak", "yes", "ok", "okay", "okej", "nie", "no", "cofnij", "undo", "zaufaj", "trust", "blokuj", "ban", "wycofaj", "withdraw", "👍", "👎", "nope", "yep", "yeah", "zgoda", "oki"})
UNDECIDED = {Answer.OTHER}


def opens_with_no_word(text: str) -> bool:
    """Nothing in the first line, or two after a salutation, begins with a word that decides."""
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    starts = [word for line in lines[:3] for word in fold(line).replace(",", " ").replace(":", " ").split()]
    return "👍" not in text and "👎" not in text and not any("".join(c for c in word if c.isalpha()) in DECIDING or any(word.startswith(one) for one in DECIDING) for word in starts)


lines = st.lists(st.sampled_from(WORDS), min_size=0, max_size=12).map(" ".join)
bodies = st.lists(st.one_of(lines, lines.map("> {}".format), st.sampled_from(("", "-- ", "> TAK", "> NIE", "Alina Zakładka", "W dniu 3 marca 2026 Anna napisała:"))), max_size=8)
# A near-word, and whatever comes after it on other lines; or letters of all scripts that begin with none of the words.
near_replies = st.tuples(st.sampled_from(NEAR), bodies).map(lambda parts: "\n".join([parts[0], *parts[1]]))
strange = st.text(max_size=200).filter(opens_with_no_word)


def test_there_are_enough_phrasings():
    assert len(set(PHRASES)) >= 80


@pytest.mark.parametrize(("words", "answer"), PHRASES)
def test_these_words_decide(words, answer):
    assert decision(words).answer is answer


@pytest.mark.parametrize("words", ["Tak, to kolega z targów", "TAK – to koleżanka ze szkoły podstawowej.", "Tak, to bibliotekarka z naszej filii", "Yes, she's a colleague from our library"])
def test_where_one_knows_somebody_from_is_a_reason_to_let_them_in(words):
    assert decision(words).answer is Answer.YES


@pytest.mark.parametrize("words", ["Tak, to kolega z targów, ale nie puszczaj", "Tak, to kolega z reklamy", "tak to kolega z targów odrzuć", "Tak, to kolega z pracy odrzuconych"])
def test_where_one_knows_somebody_from_takes_nothing_else_along(words):
    assert decision(words).answer is Answer.OTHER


@pytest.mark.parametrize("words", NEAR)
def test_these_words_decide_nothing(words):
    assert decision(words).answer in UNDECIDED


@given(near_replies)
@settings(max_examples=often(400))
def test_what_begins_with_a_near_word_never_decides_whatever_comes_after_it(reply):
    assert decision(reply).answer in UNDECIDED
    assert not asks_to_withdraw(reply)


@given(strange)
@settings(max_examples=often(300))
def test_what_begins_with_none_of_the_words_never_decides(reply):
    assert decision(reply).answer in UNDECIDED


@pytest.mark.parametrize(
    "words",
    ["Nie wiem, zapytam", "OK, zapytam", "Tak, ale kiedy?", "Zablokuj go", "cofnij się", "Wygląda mi na oszustkę.", "Co o niej sądzisz?", "Kto to?", "zaufaj mi", "Hm, jutro", "Muszę sprawdzić", "Poczekajmy", "Let me think", "Chyba tak", "", "👍"],
)
def test_who_thinks_aloud_asks_nobody(words):
    assert not inquiry(words)


@pytest.mark.parametrize("words", ["Skąd Państwo o nas wiedzą?", "Dzień dobry,\nw jakiej bibliotece Pani pracuje?", "Which library is it?", "PYTANIE: Skąd Pani o nas wie", "ASK\nwhere do you work"])
def test_a_question_is_passed_on(words):
    assert decision(words).answer is Answer.OTHER
    assert inquiry(words)


@pytest.mark.parametrize("words", ["TAK", "Tak, to moja", "To moja wiadomość, pisałam z pracy.", "To ja", "moja", "Yes, it's mine", "I sent it from work.", "Potwierdzam"])
def test_who_wrote_it_says_so(words):
    assert claims(words)


@pytest.mark.parametrize(
    "words",
    [
        *("Tak, ktoś się pode mnie podszywa!", "Tak, to oszustwo", "Tak, proszę to usunąć", "OK, dziękuję", "OK", "Moja skrzynka została zhakowana", "To mój stary adres, zhakowany"),
        *("moja koleżanka pisała", "To mój mąż", "Potwierdzam otrzymanie wiadomości.", "Confirmed as spam", "it's my mail address that was stolen", "I sent it to the police"),
    ],
)
def test_words_that_only_begin_so_give_no_address_away(words):
    assert not claims(words)


@pytest.mark.parametrize("words", ["Proszę o wycofanie podręczników, mamy nowe", "Chcę wycofać lektury ze zbiorów", "Proszę wycofać książkę z obiegu", "take it back to the library"])
def test_books_are_withdrawn_and_no_post_is(words):
    assert not asks_to_withdraw(words)


@pytest.mark.parametrize("words", ["NIE", "To nie ja", "To nie moja wiadomość", "Czy to moja?", "Nie wiem", "It is not mine", "Kto to pisał?", "", "Moja koleżanka pyta, czy to ja?"])
def test_who_did_not_write_it_does_not(words):
    assert not claims(words)


@pytest.mark.parametrize("words", ["WYCOFAJ", "Proszę o wycofanie.", "Wycofuję.", "Chcę wycofać tę wiadomość", "Please withdraw it", "I'd like to withdraw my message"])
def test_who_wants_it_back_says_so(words):
    assert asks_to_withdraw(words)


@pytest.mark.parametrize("words", ["Proszę nie wycofywać", "Czy mam wycofać?", "Should I withdraw?", "Wycofać? Nie wiem.", "Nie wycofuję", "Kiedy moderator to przeczyta?", "Wycofam, jeśli trzeba"])
def test_a_question_takes_nothing_back(words):
    assert not asks_to_withdraw(words)


def test_the_words_of_a_refusal_are_kept_though_they_thank():
    assert decision("NIE, dziękujemy za zgłoszenie, lista jest pełna").words == "dziękujemy za zgłoszenie, lista jest pełna"
    assert decision("NIE\n\nDziękuję\nAlina").words == ""


def test_a_name_and_a_number_below_are_no_reason():
    assert decision("NIE\n\nZofia Lektura\ntel. 600 100 200").words == ""
    assert decision("NIE, lista jest pełna.\n\nZofia Lektura\ntel. 600 100 200").words == "lista jest pełna."


def test_a_reason_is_told_without_the_because():
    assert decision("NIE bo nie na temat").words == "nie na temat"


# ---- from both sides ---------------------------------------------------------------------------------------

SPOILS_YES = (
    *("proszę usunąć", "usuń", "kasuj", "do kosza", "wyrzuć", "proszę nie publikować", "lepiej nie publikować", "blokuj", "zablokuj go", "to reklama", "oszust", "to phishing, uwaga", "delete it"),
    *("please don't publish this", "discard", "block him", "of course not", "I object", "COFNIJ", "decyzja: nie", "raczej nie", "niestety nie", "na razie czekamy", "proszę poczekać", "zajmę się"),
    *("czytałam", "mam wątpliwości", "you decide", "niech zdecyduje Alina", "jestem na urlopie", "I am away until Monday", "kto to", "to nie zgłoszenie", "keep it on hold", "a właściwie nie"),
    *("nie", "NIE", "no", "never", "jutro", "?", "...", "not", "odrzucam", "reject", "ale później", "znam go, to oszust", "zapraszam na kawę", "przyjęłam do wiadomości", "dzięki za info"),
)
SPOILS_NO = (
    *("opublikuj", "można puścić", "to nie reklama, można puścić", "puść to", "proszę puścić", "w porządku", "znam ją, jest ok", "bo to koleżanka, wpuść", "go ahead", "publish it", "let her in"),
    *("it's fine", "jutro zdecyduję", "dziś nie dam rady", "jestem na urlopie", "to do Aliny", "niech będzie", "TAK", "ok", "yes", "zaufaj", "cofnij", "blokuj", "?", "...", "nie wiem", "nie teraz"),
    *("no problem", "przyjmujemy", "zatwierdzam", "approve", "admit her", "she is a librarian", "to nasza koleżanka", "mam wątpliwości, zapytam", "jeszcze nie czytałam", "ktoś inny", "accept", "później"),
)
# Said of somebody whom one trusts, these are a reason.
KNOWN_PERSON = ("she is a librarian", "to nasza koleżanka")
YES_WORDS = ("TAK", "Tak", "ok", "OK", "yes", "Puść", "Przyjmujemy", "approve", "👍", "Zgoda")
NO_WORDS = ("NIE", "Nie", "no", "NO", "Odrzucam", "reject", "nope", "Odmawiam")
GOOD = ("proszę", "oczywiście", "zapraszamy na listę", "dziękuję", "jak najbardziej", "znam ją", "please", "welcome", "of course", "puść", "przyjmujemy", "nie ma problemu")
REASONS = ("lista jest pełna", "to reklama", "nie na temat", "this list is for librarians", "było w poniedziałek", "nie przyjmujemy firm", "dziękujemy za zgłoszenie", "spam")
apart = st.sampled_from((", ", ". ", " – ", "\n", "\n\n", "! "))
farewells = st.sampled_from(("", "\nAlina", "\n\nPozdrawiam\nAlina Zakładka", "\n\nBest regards,\nJane"))
separators = st.one_of(apart, st.just(" "))


def strung(*parts):
    return st.tuples(*parts).map("".join)


@given(strung(st.sampled_from(YES_WORDS), separators, st.lists(st.tuples(st.sampled_from(GOOD), separators).map("".join), max_size=3).map("".join), st.sampled_from(SPOILS_YES), farewells))
@settings(max_examples=often(600))
def test_a_yes_with_one_word_of_the_other_side_never_lets_anything_through(reply):
    assert decision(reply).answer is Answer.OTHER
    assert not claims(reply)


@given(strung(st.sampled_from(NO_WORDS), separators, st.lists(st.tuples(st.sampled_from(REASONS), apart).map("".join), max_size=2).map("".join), st.sampled_from(SPOILS_NO), farewells))
@settings(max_examples=often(600))
def test_a_no_with_one_word_of_the_other_side_never_refuses_anything(reply):
    assume(not reply.startswith(("NIE przyjmujemy", "Nie przyjmujemy", "NIE zatwierdzam", "Nie zatwierdzam")))  # that is a refusal in other words
    assert decision(reply).answer in (Answer.OTHER, Answer.LETTER)


@given(strung(st.sampled_from(("BLOKUJ", "ban", "ZAUFAJ", "trust", "COFNIJ", "undo", "WYCOFAJ")), separators, st.sampled_from((*(one for one in SPOILS_NO if one not in KNOWN_PERSON), "żart", "kto to", "never", "się", "nie")), farewells))
@settings(max_examples=often(400))
def test_a_command_with_a_word_of_another_side_does_nothing(reply):
    assert decision(reply).answer is Answer.OTHER


@given(strung(st.sampled_from(YES_WORDS[:-2]), st.lists(st.tuples(apart, st.sampled_from(GOOD)).map("".join), max_size=3).map("".join), farewells))
@settings(max_examples=often(300))
def test_a_yes_among_courtesies_always_decides(reply):
    said = decision(reply).answer
    assert said is Answer.YES or (reply[:2].lower() == "ok" and "dzięku" in reply and said is Answer.OTHER)


@given(strung(st.sampled_from([word for word in NO_WORDS if word.lower() != "no"]), st.lists(st.tuples(apart, st.sampled_from(REASONS)).map("".join), max_size=3).map("".join), farewells))
@settings(max_examples=often(300))
def test_a_no_with_reasons_always_decides_and_passes_them_on(reply):
    said = decision(reply)
    assert said.answer is Answer.NO
    assert all(word in said.words for word in REASONS if word in reply and word != "dziękujemy za zgłoszenie")


# What must not refuse, publish, bar or trust: sentences that people write to a question.
MISTAKEN = (
    *("NIE ZAPOMNIJ o spotkaniu", "NIE otwiera mi się załącznik", "NIE mów", "NIE mnie decydować", "NIE gniewaj się", "No. 5", "No, thanks", "Nie, Alina", "no tak, przyjmij", "No bo to ta pani z Bytowa"),
    *("OK, dzięki", "ok, thanks for the info", "OK, noted", "TAK\nNIE", "TAK\nNigdy", "Tak\nPozdrawiam\nPS Jednak nie", "Tak. Pozdrawiam, a właściwie nie", "Nigdy!\nTAK", "BLOKUJ\nTAK", "ZAUFAJ / BLOKUJ"),
    *("TAK – przyjmujemy, NIE – odmawiamy", "👎👍", "Blokuj jak chcesz", "Trust but verify", "Ban books", "NIE-TAK", "no-reply", "NO REPLY", "T A K", "-- \nTAK", "-- \nOK\nBiblioteka", "Nie, reklama.\n\nAlino, to ten wariat z zeszłego roku.", "Tak, Alina niech zdecyduje"),
)


@pytest.mark.parametrize("words", MISTAKEN)
def test_what_people_write_without_deciding_decides_nothing(words):
    assert decision(words).answer is Answer.OTHER


def test_the_writers_own_name_below_is_no_second_word():
    assert decision("TAK\nNawoja Żwir").answer is Answer.OTHER
    assert decision("TAK\nNawoja Żwir", signed=["Nawoja Żwir"]).answer is Answer.YES


@pytest.mark.parametrize("reply", ["tak " * 5000, "OK, " + "proszę " * 5000, "NIE, " + "nie " * 5000, "to nie " * 5000, "👍" * 5000, "tak" + " ," * 20000])
def test_no_text_makes_it_slow(reply):
    started = time.process_time()
    decision(reply), claims(reply), asks_to_withdraw(reply), inquiry(reply)
    assert time.process_time() - started < 1


def test_a_question_of_ours_takes_a_nod():
    for words in ("tak to ja", "Tak, to ja!", "ok", "yes it was me", "Tak, proszę."):
        assert nods(words)
    for words in ("tak, ale nie", "tak nie", "ok jutro", "Tak? to nie ja", "nie", "takie", "yes please stop"):
        assert not nods(words)


@pytest.mark.parametrize("said", ["niech będzie ;)", "Niech już będzie.", "Może być :)", "Tak, niech będzie", "Proszę przyjąć", "Można puścić.", "Można przyjąć\n\nPozdrawiam\nAnna"])
def test_a_plain_consent_admits(said):
    assert decision(said).answer is Answer.YES


@pytest.mark.parametrize("said", ["Niech będzie, ale bez załącznika", "Może być?", "może być problem", "Może być spam", "niech będzie jutro", "Nie może być", "Proszę przyjąć do wiadomości, że mnie nie ma", "Można przyjąć, jeśli się przedstawi"])
def test_what_only_begins_like_a_consent_is_asked_about(said):
    assert decision(said).answer is Answer.OTHER


@pytest.mark.parametrize("words", ["Wycofuję, pomyłka.", "Proszę jednak nie publikować", "Proszę usunąć moją wiadomość", "Proszę o usunięcie tej wiadomości, pomyłka", "Please delete my message"])
def test_the_author_of_a_post_that_waits_takes_it_back_in_plain_words(words):
    assert asks_to_withdraw(words)


@pytest.mark.parametrize("words", ["To pomyłka, nie wycofuję", "Pomyłka", "Proszę nie wysyłać", "Proszę usunąć mój adres", "Proszę nie publikować mojego nazwiska", "Proszę o usunięcie załącznika", "usuń mnie"])
def test_other_wishes_take_no_post_back(words):
    assert not asks_to_withdraw(words)
