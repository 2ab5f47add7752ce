"""What mail programs write in Polish around an answer.

How each form is known, by the letter before its name:

S  seen: in letters of Polish writers on public lists (kernel, git, sound, virtualization and radio lists, 2004-2026), names changed.
T  translation: in the program's own Polish texts (Roundcube, Thunderbird, K-9 and Thunderbird for Android, SnappyMail, Zimbra).
R  recorded: in the tables of forms, by program and version, that other readers of replies and of forwarded mail keep and test.
U  usage: as the program's users see it, from general knowledge; no public letter or text of the program was found to check it against.
"""

import pytest

from listserv.mail.quotes import letter, reply, split

ANSWER = "Dziękuję, to bardzo pomaga.\n\nMożemy porozmawiać w czwartek."
OLDER = "Dzień dobry,\n\nmam pytanie.\n"
MARKED = "> Dzień dobry,\n>\n> mam pytanie.\n"

ATTRIBUTIONS = [
    # Gmail
    ("S Gmail", "wt., 3 mar 2026 o 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\n" + MARKED),
    ("S Gmail, wrapped before the address", "pon., 22 cze 2026 o 18:09 Jan Kowalski\n<jan.kowalski.z.biblioteki@example.org> napisał(a):\n" + MARKED),
    ("S Gmail, wrapped before the verb", "śr., 11 lis 2026 o 01:06 Jan Kowalski <jan.kowalski@biblioteka.example.org>\nnapisał(a):\n" + MARKED),
    ("S Gmail, wrapped inside the address", "pt., 27 cze 2026 o 09:36 Sieć BP <\nsiec@lists.biblioteka.example.org> napisał(a):\n\n" + MARKED),
    ("S Gmail before 2018", "W dniu 29 lipca 2011 23:04 użytkownik Jan Kowalski <jan@example.org> napisał:\n" + MARKED),
    ("S Gmail before 2018, wrapped", "W dniu 7 czerwca 2011 00:00 użytkownik Jan Kowalski\n<jan@example.org> napisał:\n" + MARKED),
    ("S Gmail's date alone", "2017-06-01 17:26 GMT+02:00 Jan Kowalski <jan@example.org>:\n" + MARKED),
    ("S Gmail on Android", "pt., 20 gru 2024, 19:05 użytkownik Jan Kowalski <jan@example.org> napisał:\n\n" + MARKED),
    ("S Gmail on Android, wrapped", "niedz., 14 lip 2019, 17:20 użytkownik Jan Kowalski <jan@example.org>\nnapisał:\n\n" + MARKED),
    ("S Gmail on Android, wrapped in the address", "sob., 11 lip 2026, 22:01 użytkownik Jan Kowalski <\njan@example.org> napisał:\n\n" + MARKED),
    ("U Gmail, marks lost", "wt., 3 mar 2026 o 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\n" + OLDER),
    # Thunderbird
    ("S Thunderbird", "W dniu 31.08.2023 o 12:05, Jan Kowalski pisze:\n" + MARKED),
    ("S Thunderbird, with a year first", "W dniu 2016-07-20 o 00:10, Jan Kowalski pisze:\n" + MARKED),
    ("S Thunderbird, with the address for a name", "W dniu 2015-01-07 14:23, jan@example.org pisze: \n" + MARKED),
    ("S Thunderbird, past tense", "W dniu 09.09.2016 o 22:52, Jan Kowalski napisał:\n\n" + MARKED),
    ("S Thunderbird 1", "Jan Kowalski napisał(a):\n" + MARKED),
    ("T Thunderbird, name alone", "Jan Kowalski pisze:\n" + MARKED),
    ("T Thunderbird, no break before the time", "W dniu 3.03.2026 o\u00a010:15, Jan Kowalski pisze:\n" + MARKED),
    (
        "T Thunderbird, whole header",
        "--- Treść oryginalnej wiadomości ---\nTemat: Pytanie\nData: Tue, 3 Mar 2026 10:15:00 +0100\nNadawca: Jan <jan@example.org>\n\n" + OLDER,
    ),
    (
        "T Thunderbird, forwarded",
        "--- Treść przekazanej wiadomości ---\nTemat: \tPytanie\nData: \tTue, 3 Mar 2026 10:15:00 +0100\n"
        "Nadawca: \tJan Kowalski <jan@example.org>\nAdresat: \tanna@example.org\n\n\n" + OLDER,
    ),
    # Apple
    ("S Apple Mail", "> Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 04.08.2024, o godz. 08:22:\n> \n" + MARKED),
    ("S Apple Mail, month in words", "> Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 28 lut 2026, o godz. 10:49:\n> \n" + MARKED),
    ("S Apple Mail, line not marked", "Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 10 mar 2014, o godz. 17:00:\n\n" + MARKED),
    (
        "S Apple Mail, wrapped",
        "Wiadomość napisana przez Jan Kowalski <jan@example.org \n<mailto:jan@example.org>> w dniu 04.02.2023, o godz. 09:47:\n\n" + MARKED,
    ),
    ("U Apple Mail, marks lost", "Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 28 lut 2026, o godz. 10:49:\n\n" + OLDER),
    ("S iPhone", "Wysłane z iPhone’a\n\n> Wiadomość napisana przez Jan Kowalski <jan@example.org> w dniu 3.03.2026, o godz. 10:15:\n> \n> \ufeff" + MARKED[2:]),
    (
        "R Apple Mail, forwarded",
        "> Początek przekazywanej wiadomości:\n> \n> Od: Jan Kowalski <jan@example.org>\n> Temat: Pytanie\n> Data: 3 marca 2026 o 10:15:00 CET\n"
        "> Do: Anna Nowa <anna@example.org>\n> \n" + MARKED,
    ),
    # Outlook
    (
        "S Outlook",
        "Od: Jan Kowalski <jan@example.org> \nWysłane: wtorek, 3 marca 2026 10:15\nDo: Sieć BP <siec@lists.example.org>\nTemat: Pytanie\n\n" + OLDER,
    ),
    (
        "R Outlook, Wysłano",
        "Od: Jan Kowalski <jan@example.org>\nWysłano: wtorek, 3 marca 2026 10:15\nDo: Anna Nowa\nDW: Ewa Biała\nTemat: RE: Pytanie\n\n" + OLDER,
    ),
    (
        "R Outlook on the web",
        "________________________________\nOd: Jan <jan@example.org>\nWysłane: wtorek, 3 marca 2026 10:15\nDo: Anna\nTemat: Pytanie\n\n" + OLDER,
    ),
    ("R Outlook on the web, rule of dashes", "-----\nOd: Jan <jan@example.org>\nWysłane: wtorek, 3 marca 2026 10:15\nDo: Anna\nTemat: Pytanie\n\n" + OLDER),
    (
        "S Outlook, plain text",
        "-----Wiadomość oryginalna-----\nOd: lista@lists.example.org\nWysłano: Tuesday, 3 August 2021 19:48\nDo: lista@lists.example.org\nTemat: Pytanie\n\n"
        + OLDER,
    ),
    (
        "U Outlook Express",
        '----- Original Message ----- \nFrom: "Jan Kowalski" <jan@example.org>\nTo: <siec@lists.example.org>\n'
        "Sent: Tuesday, March 03, 2026 10:15 AM\nSubject: Pytanie\n\n\n" + MARKED,
    ),
    ("U Outlook Express, news", 'Użytkownik "Jan Kowalski" <jan@example.org> napisał w wiadomości\nnews:abc123$def$1@news.example.org...\n' + MARKED),
    ("R Outlook 2019 for Mac", "Dnia 03.03.2026, 10:15 „Jan Kowalski” <jan@example.org> napisał:\n\n" + OLDER),
    ("R new Outlook for Mac, bold", "*Od: *Jan Kowalski <jan@example.org>\n*Data: *wtorek, 3 marca 2026 10:15\n*Do: *Anna Nowa\n*Temat: *Pytanie\n\n" + OLDER),
    (
        "S Outlook on a telephone",
        "Pobierz aplikację Outlook dla systemu iOS<https://aka.ms/o0ukef>\n________________________________\n"
        "Od: Jan Kowalski <jan@example.org>\nWysłane: wtorek, marca 3, 2026 10:15 AM\nDo: Anna <anna@example.org>\nTemat: Pytanie\n\n" + OLDER,
    ),
    # Polish webmails
    ("S WP", "Dnia 10 lutego 2026 17:59 jan kowalski < jan@example.org > napisał(a):\n" + OLDER),
    ("S WP, marked", "Dnia 3 marca 2026 10:15 Jan Kowalski &lt;jan@example.org&gt; napisał(a):\n" + MARKED),
    ("U o2", "Dnia 3 marca 2026 10:15 Jan Kowalski <jan@example.org> napisał(a):\n\n" + OLDER),
    (
        "S o2 before 2013",
        "---- Wiadomość Oryginalna ----\nOd: Jan Kowalski <jan@example.org>\nDo: Anna Nowa <anna@example.org>\n"
        "Kopia do: siec@lists.example.org,  inni@example.org\nData: 5 sierpnia 2012 21:48\nTemat: Re: Pytanie\n\n" + MARKED,
    ),
    ("U Onet", "W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski <jan@example.org> napisał:\n\n" + OLDER),
    ("U Onet, marked", "W dniu 2026-03-03 10:15:00 użytkownik Jan Kowalski <jan@example.org> napisał:\n" + MARKED),
    (
        "S Interia",
        'Od: "Jan Kowalski" &lt;jan@example.org>\nDo: "Anna Nowa" &lt;anna@example.org>; \nWysłane: 18:38 Środa 2017-03-08\nTemat: Re: Pytanie\n\n> \n>> Dzień dobry\n',
    ),
    (
        "S Interia since 2020",
        'Temat: Re: Pytanie\nData: 2024-02-26 0:19\nNadawca: "Jan Kowalski" &lt;jan@example.org>\nAdresat: "Anna Nowa" &lt;anna@example.org>; \n'
        "DW: inni@example.org; lista@lists.example.org; \n\n> \n>> Dzień dobry\n",
    ),
    (
        "S Interia, not marked",
        'Od: "Jan" <jan@example.org>\nDo: "Anna" <anna@example.org>;\nWysłane: 2:40 Poniedziałek 2017-03-27\nTemat: Re: Pytanie\n\n' + OLDER,
    ),
    ("U Użytkownik … napisał", "---- Użytkownik Jan Kowalski napisał ----\n" + OLDER),
    ("U Użytkownik … napisał, marked", "Użytkownik Jan Kowalski <jan@example.org> napisał:\n" + MARKED),
    ("S school registers", "----- Wiadomość oryginalna -----\nUżytkownik Kowalski Jan napisał:\n" + OLDER),
    # Other programs
    ("T Roundcube", "W dniu 2026-03-03 10:15, Jan Kowalski napisał(a):\n" + MARKED),
    (
        "T Roundcube, forwarded",
        "-------- Wiadomość oryginalna --------\nTemat: Pytanie\nData: 2015-03-27 11:22\nOd: jan@example.org\nDo: Anna <anna@example.org>\n\n" + OLDER,
    ),
    ("T SnappyMail", "3 marca 2026 10:15, „Jan Kowalski” <jan@example.org> napisał/-a/:\n\n" + MARKED),
    (
        "T SnappyMail, forwarded",
        "-------- Wiadomość przekazana -------\nOd: Jan <jan@example.org>\nDo: anna@example.org\nWysłano: 3 marca 2026 10:15\nTemat: Pytanie\n\n" + OLDER,
    ),
    ("T K-9", "Jan Kowalski <jan@example.org> napisał/a:\n" + MARKED),
    ("U Xiaomi", "Jan Kowalski <jan@example.org> 3 mar 2026 10:15 napisał(a):\n\n" + OLDER),
    ("T K-9, with a date", "Dnia 3 marca 2026 10:15:00 CET, Jan Kowalski <jan@example.org> napisał/a:\n" + MARKED),
    (
        "T K-9, whole header",
        "-------- Wiadomość oryginalna --------\nOd: Jan Kowalski <jan@example.org>\nWysłane: 3 marca 2026 10:15:00 CET\nDo: anna@example.org\nTemat: Pytanie\n\n"
        + OLDER,
    ),
    (
        "U Samsung",
        "\n-------- Oryginalna wiadomość --------\nOd: Jan Kowalski <jan@example.org> \nData: 03.03.2026  10:15  (GMT+01:00) \nDo: anna@example.org \nTemat: Pytanie \n\n"
        + OLDER,
    ),
    (
        "U Samsung, line ends lost",
        "\n-------- Oryginalna wiadomość --------Od: Jan Kowalski <jan@example.org> Data: 03.03.2026  10:15  (GMT+01:00) Do: anna@example.org Temat: Pytanie "
        + OLDER,
    ),
    ("S Evolution", "W dniu śro, 22.11.2023 o godzinie 15\u223642\u2009+0000, użytkownik Jan\nKowalski napisał:\n" + MARKED),
    ("S Evolution, one line", "W\u00a0dniu pią, 17.11.2023 o\u00a0godzinie 16:36 +0000, użytkownik Jan Kowalski napisał:\n" + MARKED),
    ("S KMail", "Dnia piątek, 7 października 2005 17:33, Jan Kowalski napisał:\n" + MARKED),
    ("S KMail 4", "W poniedziałek 4. lutego 2008 16:06, Jan Kowalski napisał:\n\n" + MARKED),
    ("S KMail 5", "Dnia czwartek, 7 września 2023 09:31:01 CEST Jan Kowalski pisze:\n" + MARKED),
    ("S KMail, wrapped", "Dnia niedziela 10 kwiecień 2011 o 18:00:14 Jan Kowalski \nnapisał(a):\n" + MARKED),
    ("S mutt", "Dnia Tue, Feb 15, 2022 at 06:03:30PM +0100, Jan Kowalski napisał(a):\n" + MARKED),
    ("S mutt, in English", "On Tue, Feb 15, 2022 at 06:03:30PM +0100, Jan Kowalski wrote:\n" + MARKED),
    ("S Opera Mail", "Dnia 01-10-2009 o 12:42:10 Jan Kowalski <jan@example.org> napisał(a):\n\n" + MARKED),
    ("S Zimbra", "----- 2 lip 2020 o 11:00, Jan Kowalski jan@example.org napisał(a):\n\n" + MARKED),
    ("T Zimbra, older", "----- Jan Kowalski <jan@example.org> napisał:\n" + MARKED),
    ("R Yahoo", "W dniu wtorek, 3 marca 2026 10:15:00 CET użytkownik Jan Kowalski <jan@example.org> napisał:\n\n" + OLDER),
    (
        "R Yahoo, forwarded",
        "----- Przekazana wiadomość -----\nOd: Jan Kowalski <jan@example.org>\nDo: Anna <anna@example.org>\nWysłano: wtorek, 3 marca 2026 10:15\nTemat: Pytanie\n"
        + OLDER,
    ),
    ("U Zoho", "---- W dniu wt., 03 mar 2026 10:15:50 +0100 Jan Kowalski <jan@example.org> napisał(a) ----\n\n" + OLDER),
    ("U The Bat!", "W Twoim liście datowanym 3 marca 2026 (10:15:22) można przeczytać:\n\nJK> Dzień dobry,\nJK> mam pytanie.\n"),
    ("U GroupWise", ">>> Jan Kowalski <jan@example.org> 2026-03-03 10:15 >>>\n" + OLDER),
    ("U GroupWise, with a verb", ">>> W dniu 03.03.2026 o 10:15 Jan Kowalski <jan@example.org> napisał(a):\n" + OLDER),
    ("U Horde", "Cytowanie Jan Kowalski <jan@example.org>:\n\n" + MARKED),
    ("U Lotus Notes", "Od: Jan Kowalski/Biblioteka\nDo: anna@example.org\nData: 2026-03-03 10:15\nTemat: Pytanie\n\n\n" + OLDER),
    ("R Proton", "wtorek, 3 marca 2026 10:15, Jan Kowalski <jan@example.org> napisał(a):\n\n" + MARKED),
]

FEET = [
    ("S iPhone", "Wysłane z iPhone'a\n"),
    ("S iPad, with a typographic apostrophe", "Wysłane z iPada\n"),
    ("U Samsung", "Wysłano z mojego telefonu Galaxy\n"),
    ("U Samsung, long", "Wysłane z mojego urządzenia Samsung Galaxy\n"),
    ("U Android", "Wysłane z systemu Android\n"),
    ("U K-9", "-- \nWysłane z mojego urządzenia Android przy użyciu K-9 Mail. Proszę wybaczyć moją zwięzłość.\n"),
    ("U WP on a telephone", "--\nWysłane z aplikacji WP Poczta na Androida\n"),
    ("U Onet on a telephone", "Wysłano z aplikacji mobilnej Onet Poczta\n"),
    ("U Windows", "Wysłane z aplikacji Poczta dla systemu Windows\n"),
    ("U Outlook", "Pobierz program Outlook dla systemu Android\n"),
    ("U Yahoo", "Wysłane z Yahoo Mail na Androidzie\n"),
    ("U scanner", "Wolne od wirusów.www.skaner.example\n"),
    ("U scanner, ruled", "---\nTa wiadomość e-mail została sprawdzona pod kątem wirusów przez oprogramowanie Avast.\nhttps://www.skaner.example/antivirus\n"),
    ("S signature", "-- \nAnna Nowa\nBiblioteka Publiczna w Przykładowie\n"),
    (
        "S long signature",
        "-- \n*Pozdrawiam*\n*Anna Nowa*\n\n*Stowarzyszenie Przykład*\nul. Prosta 1 | 00-000 Przykładowo\ntel: 22 555 01 01\n\nKRS: 0000000000\nNIP: 000 000 00 00\n"
        + "*Numer konta:*\n*00 0000 0000 0000*\n\n"
        + "*Przetwarzamy Twoje dane osobowe. Administratorem jest Stowarzyszenie\n"
        + "Przykład.*\n" * 8,
    ),
    (
        "U signature without its mark",
        "Z poważaniem,\nAnna Nowa\nstarszy kustosz\nBiblioteka Publiczna w Przykładowie\ntel. 22 555 01 01\nwww.biblioteka.example\n",
    ),
    ("U signature after a gap", "Pozdrawiam serdecznie\n\nmgr Anna Nowa\nBiblioteka Publiczna\ne-mail: anna@example.org\n"),
    ("R farewell and name", "Pozdrawiam,\nAnna\n"),
    ("U three dashes above a card", "---\nAnna Nowa\nBiblioteka w Przykładowie, tel. 22 555 01 01\n"),
    (
        "S disclaimer",
        "Treść tej wiadomości zawiera informacje przeznaczone tylko dla adresata. Jeżeli nie jesteście Państwo jej adresatem, bądź otrzymaliście ją przez\n"
        "pomyłkę, prosimy o powiadomienie o tym nadawcy oraz trwałe jej usunięcie.\n",
    ),
    ("U short disclaimer", "Wiadomość może zawierać informacje poufne.\n\nKlauzula RODO: https://szkola.example/rodo\n"),
    ("U Gmail, a reaction", "Anna Nowa zareagowała za pomocą Gmaila\n<https://www.example.com/gmail/about/?utm_source=gmail#app>\n"),
    ("S trees", "Zanim wydrukujesz wiadomość - pomyśl o środowisku.\n"),
    ("U data protection", "Administratorem danych osobowych jest Biblioteka w Przykładowie. Dane przetwarzane są na podstawie art. 6 ust. 1 lit. e RODO.\n"),
    (
        "S signature, telephone, disclaimer",
        "-- \nAnna Nowa\n\nWysłane z iPhone'a\n\nTa wiadomość jest poufna i przeznaczona wyłącznie dla adresata.\n",
    ),
    (
        "S list footer",
        "_______________________________________________\nSiec mailing list -- siec@lists.example.org\nTo unsubscribe send an email to siec-leave@lists.example.org\n",
    ),
    (
        "U list footer, Polish",
        "_______________________________________________\nLista dyskusyjna Siec\nAby się wypisać: https://lists.example.org/unsubscribe/abc\n",
    ),
]

NAMED = ATTRIBUTIONS + FEET


@pytest.mark.parametrize("below", [text for _, text in NAMED], ids=[name for name, _ in NAMED])
@pytest.mark.parametrize("space", ["\n\n", "\n\n\n\n"], ids=["near", "far"])
def test_what_polish_programs_put_below_is_no_reply(below, space):
    text = ANSWER + space + below

    assert reply(text) == ANSWER
    assert "".join(piece.text for piece in split(text)) == text


@pytest.mark.parametrize("below", [text for _, text in ATTRIBUTIONS], ids=[name for name, _ in ATTRIBUTIONS])
@pytest.mark.parametrize("feet", ["Wysłane z iPhone'a\n", "-- \nAnna Nowa\n", "Pozdrawiam,\nAnna\n", "Z poważaniem\nAnna Nowa\ntel. 22 555 01 01\n"])
def test_feet_above_the_older_mail_are_no_reply(below, feet):
    assert reply(f"{ANSWER}\n\n{feet}\n{below}") == ANSWER


MARKING = [(name, text) for name, text in ATTRIBUTIONS if text.endswith(MARKED)]


@pytest.mark.parametrize("quote", [text for _, text in MARKING], ids=[name for name, _ in MARKING])
def test_answers_below_and_between_marked_quotes_are_found(quote):
    text = f"{quote}\nTak, chętnie.\n\n> A gdzie?\n\nW sali 12.\n"

    assert reply(text).endswith("Tak, chętnie.\n\nW sali 12.")
    assert "pytanie" not in reply(text)


def test_interia_glues_its_heading_to_the_last_word():
    text = f'{ANSWER}Od: "Jan Kowalski" &lt;jan@example.org>\nDo: "Anna" &lt;anna@example.org>; \nWysłane: 22:18 Sobota 2017-03-11\nTemat: Pytanie\n\n>> Dzień dobry\n'

    assert reply(text) == ANSWER
    assert "".join(piece.text for piece in split(text)) == text


def test_a_farewell_is_told_apart_and_can_be_passed_on():
    text = f"{ANSWER}\n\nPozdrawiam serdecznie\nAnna Nowa\n\n{MARKING[0][1]}"

    assert [piece.kind for piece in split(text)] == ["said", "farewell", "attribution", "quote"]
    assert letter(text) == f"{ANSWER}\n\nPozdrawiam serdecznie\nAnna Nowa"


KEPT = [
    ("a farewell alone", "Pozdrawiam,\nAnna"),
    ("thanks", "Przyjdę.\n\nDziękuję\nAnna"),
    ("wishes", "Przyjdę.\n\nMiłego dnia\nAnna"),
    ("a farewell without a name", "Przyjdę.\n\nPozdrawiam"),
    ("a farewell with a name after a gap", "Przyjdę.\n\nPozdrawiam\n\nAnna Nowa"),
    ("greetings passed on", "Pozdrawiam wszystkich czytelników, zwłaszcza z Przykładowa, i zapraszam na spotkanie."),
    ("a farewell and news below", "Przyjdę.\n\nPozdrawiam\nBędzie też Ewa z Przykładowa, która prowadzi tam klub."),
    ("a farewell and a telephone in a sentence", "Przyjdę.\n\nPozdrawiam\nProszę dzwonić: 22 555 01 01"),
    ("a postscript with an address", "Przyjdę.\n\nPozdrawiam\nAnna\n\nPS Zdjęcia: https://example.org/zdjecia"),
    ("a question about data protection", "Czy RODO pozwala publikować zdjęcia?\n\nMamy zgodę rodziców."),
    ("a confidential matter", "To poufne, proszę nie przekazywać dalej."),
    ("a footer talked about", "Jak usunąć napis „Wysłane z iPhone'a”, który dokleja się do wiadomości z mojego telefonu?"),
    ("a rule of one's own", "Część pierwsza\n-----\nCzęść druga, o wiele dłuższa od pierwszej."),
    ("an announcement", "Zapraszamy na warsztaty.\n\nData: 3 marca 2026, godz. 10:15\nMiejsce: Biblioteka\nTemat: Jak pisać wnioski\nProwadzi: Jan Kowalski"),
    ("a report of what somebody said", "W dniu 3 marca 2026 Jan Kowalski napisał, że przyjedzie.\n\nCzy ktoś go odbierze?"),
    ("a report with a colon", "Dnia 3 marca pani dyrektor napisała do nas:\n\nprosimy o sprawozdanie.\n\nCo robimy?"),
    ("Użytkownik", "Użytkownik napisał skargę.\n\nOdpowiedzmy mu grzecznie."),
    ("hours", "Od: 10:00\nDo: 18:00\nw soboty nieczynne"),
]


@pytest.mark.parametrize("text", [text for _, text in KEPT], ids=[name for name, _ in KEPT])
def test_what_the_author_wrote_is_kept_whole(text):
    assert reply(text) == text


def test_an_answer_below_somebodys_quoted_signature_is_no_signature():
    assert "Odpowiadam niżej" in reply("> mam pytanie\n> \n-- \nOdpowiadam niżej, bo tak mi wygodniej, a cytat zachował tylko kreski podpisu.")


def test_three_dashes_between_two_thoughts_are_no_signature():
    text = "Proszę o scenariusz.\n\n---\nZapisy na warsztat do piątku\ntel. 22 555 01 01\n"

    assert reply(text) == text.strip()


def test_a_samsung_telephone_glues_its_footer_to_the_last_word():
    older = "-------- Oryginalna wiadomość --------Od: Jan <jan@example.org> Data: 03.03.2026  10:15  (GMT+01:00) Do: a@example.org Temat: Pytanie Dzień dobry."
    text = f"Chętnie pomogę.Wysłano z mojego urządzenia Galaxy\n{older}"

    assert reply(text) == "Chętnie pomogę."
    assert "".join(piece.text for piece in split(text)) == text


def test_the_name_below_a_farewell_is_passed_on_though_outlook_puts_a_blank_line_between():
    text = "Dziękuję.\n\n\n\nZ poważaniem\n\nAnna Nowa\n\nnauczyciel bibliotekarz\n\ntel. 22 555 01 01\n"

    assert letter(text) == "Dziękuję.\n\nZ poważaniem\n\nAnna Nowa"


@pytest.mark.parametrize(
    "text",
    [
        "-- \nTAK\nJan",
        "-- \nTAK\nJan Kowalski\ntel. 600 100 200",
        "Punkty:\n--\nPierwszy\n--\nDrugi",
        "Punkty:\n--\nPierwszy\nDrugi",
        "Po pierwsze\n--\nPo drugie\n--\nPo trzecie",
        "Data: 3.03.2026 10:00\nOd: Biblioteka, ola@example.org\nDo: wszyscy\nTemat: X\n\ntreść",
        "Data: 3.03.2026 10:00\nOd: Biblioteka, ola@example.org\nDo: wszyscy@example.org\nTemat: X\n\ntreść",
        "Od: Biblioteka, ola@example.org\nData: 3.03.2026 10:00\nDo: wszyscy\nTemat: X\n\ntreść",
        "Zapraszamy.\n\nData: 3.03.2026 10:00\nOd: Biblioteka, ola@example.org\nDo: wszyscy\nTemat: X\n\ntreść",
        "Cześć,\n\nOla <ola@example.org> napisała tak:\n\n„Przyjdę z psem.”\n\nCo odpowiedzieć?",
        "Cześć,\n\nOla <ola@example.org> pisze do nas:\nprzyjdę z psem.\n\nCo odpowiedzieć?",
    ],
)
def test_one_weak_sign_of_a_signature_or_an_older_mail_folds_nothing(text):
    assert reply(text) == text


@pytest.mark.parametrize("signature", ["-- \nAnna Nowa\nBiblioteka Publiczna\n", "-- \nmgr Anna Nowa\ntel. 600 100 200\n", "-- \nPozdrawiam,\nAnna\n"])
def test_a_signature_alone_above_a_quote_is_no_reply(signature):
    assert reply(f"{signature}\nW dniu 3.03.2026 o 10:15, Jan Kowalski pisze:\n> Kiedy?\n") == ""


def test_an_answer_below_two_dashes_above_a_quote_is_a_reply():
    assert "TAK" in reply("-- \nTAK\nJan\ntel. 600 100 200\n\nW dniu 3.03.2026 o 10:15, Jan Kowalski pisze:\n> Kiedy?\n")
    assert "TAK" in reply("-- \nTAK JAN KOWALSKI\n\n> Kiedy?\n")


@pytest.mark.parametrize(
    "heading",
    [
        "Data: 3 marca 2026 10:15\nOd: jan@example.org\nDo: anna@example.org\nTemat: Pytanie",
        "Data: 3 marca 2026 10:15\nOd: Jan Kowalski <jan@example.org>\nDo: Anna\nTemat: Pytanie",
        "Gesendet: Dienstag, 03. März 2026 um 10:15 Uhr\nVon: Jan\nAn: anna@example.org\nBetreff: Frage",
        "Od: Jan Kowalski\nWysłane: wtorek, 3 marca 2026 10:15\nDo: Anna\nTemat: Pytanie",
    ],
)
@pytest.mark.parametrize(("above", "said"), [("Zgoda.\n\n", "Zgoda."), ("\n\n", "")])
def test_a_heading_as_programs_write_it_is_still_known(heading, above, said):
    assert reply(f"{above}{heading}\n\nstare słowa\n") == said


def test_a_farewell_above_a_signature_belongs_to_it():
    assert reply("Zgoda.\n\nPozdrawiam,\n\n-- \nAnna Nowa\n") == "Zgoda."
    assert letter("Zgoda.\n\nPozdrawiam,\n\n-- \nAnna Nowa\n") == "Zgoda.\n\nPozdrawiam,"
