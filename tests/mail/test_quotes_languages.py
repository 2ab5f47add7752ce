"""What mail programs write in other languages around an answer.

Letters before the names as in test_quotes_polish.py: S seen in public letters, T in the program's own texts (Roundcube, Thunderbird,
K-9, SnappyMail), R in the tables of other readers of mail (Apple Mail, Gmail, Outlook, Yahoo), U from usage.
"""

import pytest

from listserv.mail.quotes import reply, split

ANSWER = "First line of the answer.\n\nSecond paragraph, with more."
OLDER = "Lorem ipsum,\n\ndolor sit amet.\n"
MARKED = "> Lorem ipsum,\n>\n> dolor sit amet.\n"
WHO = "Jan Kowalski <jan@example.org>"

GERMAN = [
    ("S Thunderbird", "Am 29.04.19 um 02:00 schrieb Jan Kowalski via Liste:\n" + MARKED),
    ("S Gmail", f"Am Di., 3. März 2026 um 10:15 Uhr schrieb {WHO}:\n\n" + MARKED),
    ("S Gmail, wrapped", "Am Di., 3. März 2026 um 10:15 Uhr schrieb Jan Kowalski <\njan@example.org>:\n\n" + MARKED),
    ("R Apple Mail", f"> Am 03.03.2026 um 10:15 schrieb {WHO}:\n> \n" + MARKED),
    ("R Outlook", f"Von: {WHO} \nGesendet: Dienstag, 3. März 2026 10:15\nAn: Anna Nowa\nCc: Liste\nBetreff: Frage\n\n" + OLDER),
    ("U Outlook, plain text", f"-----Ursprüngliche Nachricht-----\nVon: {WHO}\nGesendet: Dienstag, 3. März 2026 10:15\nAn: Anna\nBetreff: Frage\n\n" + OLDER),
    ("T Roundcube", "Am 2026-03-03 10:15, schrieb Jan Kowalski:\n" + MARKED),
    (
        "T Roundcube, forwarded",
        f"-------- Originalnachricht --------\nBetreff: Frage\nDatum: 2026-03-03 10:15\nAbsender: {WHO}\nEmpfänger: anna@example.org\n\n" + OLDER,
    ),
    ("T K-9", f"Am 3. März 2026 10:15:00 MEZ schrieb {WHO}:\n" + MARKED),
    ("U GroupWise", ">>> Am 03.03.2026 um 10:15 schrieb Jan <jan@example.org>:\n" + OLDER),
    ("U Samsung", "Von meinem Samsung Galaxy Smartphone gesendet.\n"),
    ("U farewell", "Mit freundlichen Grüßen\nJan Kowalski\n"),
    ("U disclaimer", "Diese E-Mail ist vertraulich. Wenn Sie nicht der richtige Adressat sind, löschen Sie bitte diese Nachricht.\n"),
]
FRENCH = [
    ("S Thunderbird", "Le 03/03/2026 à 10:15, Jan Kowalski a écrit :\n" + MARKED),
    ("S Gmail", f"Le mar. 3 mars 2026 à 10:15, {WHO} a écrit :\n\n" + MARKED),
    ("S Gmail, wrapped", "Le mar. 3 mars 2026 à 10:15, Jan Kowalski de la Bibliothèque <\njan@example.org> a écrit :\n\n" + MARKED),
    ("R Apple Mail", f"Le 3 mars 2026 à 10:15, {WHO} a écrit :\n\n" + MARKED),
    ("R Outlook", f"De : {WHO}\nEnvoyé : mardi 3 mars 2026 10:15\nÀ : Anna Nowa\nObjet : Question\n\n" + OLDER),
    ("U Outlook, plain text", f"-----Message d'origine-----\nDe : {WHO}\nEnvoyé : mardi 3 mars 2026 10:15\nÀ : Anna\nObjet : Question\n\n" + OLDER),
    ("R Outlook 2019 for Mac", "Le 03/03/2026 10:15, « Jan Kowalski » <jan@example.org> a écrit :\n\n" + OLDER),
    (
        "T K-9, whole header",
        f"-------- Courriel initial --------\nDe : {WHO}\nEnvoyé : 3 mars 2026 10:15:00\nÀ : anna@example.org\nObjet : Question\n\n" + OLDER,
    ),
    ("U iPhone", "Envoyé de mon iPhone\n"),
    ("U farewell", "Cordialement,\nJan Kowalski\n01 22 55 50 101 23\n"),
]
SPANISH = [
    ("S Thunderbird", "El 3/3/26 a las 10:15, Jan Kowalski escribió:\n" + MARKED),
    ("S Gmail", "El mar, 3 mar 2026 a las 10:15, Jan Kowalski (<jan@example.org>)\nescribió:\n\n" + MARKED),
    ("S Gmail on Android", f"El vie., 20 nov. 2020 16:44, {WHO} escribió:\n\n" + MARKED),
    ("R Apple Mail", f"> El 3 mar 2026, a las 10:15, {WHO} escribió:\n> \n" + MARKED),
    ("R Outlook", f"De: {WHO}\nEnviado el: martes, 3 de marzo de 2026 10:15\nPara: Anna Nowa\nAsunto: Pregunta\n\n" + OLDER),
    (
        "T Roundcube, forwarded",
        f"-------- Mensaje Original --------\nAsunto: Pregunta\nFecha: 2026-03-03 10:15\nDe: {WHO}\nDestinatario: anna@example.org\n\n" + OLDER,
    ),
    ("U iPhone", "Enviado desde mi iPhone\n"),
    ("U farewell", "Un saludo,\nJan Kowalski\n"),
]
ITALIAN = [
    ("S Thunderbird", "Il 03/03/2026 10:15, Jan Kowalski ha scritto:\n" + MARKED),
    ("S Gmail", f"Il giorno mar 3 mar 2026 alle ore 10:15 {WHO}\nha scritto:\n\n" + MARKED),
    ("R Apple Mail", f"Il giorno 3 mar 2026, alle ore 10:15, {WHO} ha scritto:\n\n" + MARKED),
    ("R Outlook", f"Da: {WHO}\nInviato: martedì 3 marzo 2026 10:15\nA: Anna Nowa\nOggetto: Domanda\n\n" + OLDER),
    ("T Roundcube", "Il 2026-03-03 10:15 Jan Kowalski ha scritto:\n" + MARKED),
    (
        "T K-9, whole header",
        f"-------- Messaggio originale --------\nDa: {WHO}\nInviato il: 3 marzo 2026 10:15:00\nA: anna@example.org\nOggetto: Domanda\n\n" + OLDER,
    ),
    ("U iPhone", "Inviato da iPhone\n"),
    ("U farewell", "Cordiali saluti\nJan Kowalski\n"),
]
DUTCH = [
    ("T Thunderbird", "Op 03-03-2026 om 10:15 schreef Jan Kowalski:\n" + MARKED),
    ("U Gmail", f"Op di 3 mrt 2026 om 10:15 schreef {WHO}:\n\n" + MARKED),
    ("R Apple Mail", f"> Op 3 mrt 2026, om 10:15 heeft {WHO} het volgende geschreven:\n> \n" + MARKED),
    ("R Outlook", f"Van: {WHO}\nVerzonden: dinsdag 3 maart 2026 10:15\nAan: Anna Nowa\nOnderwerp: Vraag\n\n" + OLDER),
    ("T Roundcube", "Jan Kowalski schreef op 2026-03-03 10:15:\n" + MARKED),
    (
        "T K-9, whole header",
        f"-------- Origineel bericht --------\nVan: {WHO}\nVerzonden: 3 maart 2026 10:15:00\nAan: anna@example.org\nOnderwerp: Vraag\n\n" + OLDER,
    ),
    ("U iPhone", "Verstuurd vanaf mijn iPhone\n"),
    ("U farewell", "Met vriendelijke groet,\nJan Kowalski\n"),
]
CZECH = [
    ("T Thunderbird", "Dne 03. 03. 26 v 10:15 Jan Kowalski napsal(a):\n" + MARKED),
    ("U Gmail", f"út 3. 3. 2026 v 10:15 odesílatel {WHO} napsal:\n\n" + MARKED),
    ("R Apple Mail", f"> 3. 3. 2026 v 10:15, {WHO}:\n> \n" + MARKED),
    ("R Outlook", f"Od: {WHO}\nOdesláno: úterý 3. března 2026 10:15\nKomu: Anna Nowa\nPředmět: Otázka\n\n" + OLDER),
    ("T Roundcube", "Dne 2026-03-03 10:15, Jan Kowalski napsal:\n" + MARKED),
    (
        "T K-9, whole header",
        f"-------- Původní zpráva --------\nOdesílatel: {WHO}\nOdesláno: 3. března 2026 10:15:00\nKomu: anna@example.org\nPředmět: Otázka\n\n" + OLDER,
    ),
    ("U iPhone", "Odesláno z iPhonu\n"),
    ("U farewell", "S pozdravem\nJan Kowalski\n"),
]
UKRAINIAN = [
    ("T Thunderbird", "03.03.26 10:15, Jan Kowalski:\n" + MARKED),
    ("T Thunderbird, with a verb", "Jan Kowalski пише 03.03.2026 10:15:\n" + MARKED),
    ("U Gmail", f"вт, 3 бер. 2026 р. о 10:15 {WHO} пише:\n\n" + MARKED),
    ("T Roundcube", "2026-03-03 10:15, Jan Kowalski написав:\n" + MARKED),
    ("R Outlook", f"Від: {WHO}\nНадіслано: вівторок, 3 березня 2026 р. 10:15\nКому: Anna Nowa\nТема: Питання\n\n" + OLDER),
    (
        "T K-9, whole header",
        f"-------- Оригінальне Повідомлення --------\nВід: {WHO}\nНадіслано: 3 березня 2026 р. 10:15:00\nКому: anna@example.org\nТема: Питання\n\n" + OLDER,
    ),
    (
        "R Yahoo, forwarded",
        f"----- Перенаправлене повідомлення -----\nВід: {WHO}\nКому: anna@example.org\nНадіслано: вівторок, 3 березня 2026 р. 10:15\nТема: Питання\n" + OLDER,
    ),
    ("U iPhone", "Надіслано з iPhone\n"),
    ("U farewell", "З повагою,\nЯн Ковальський\n"),
]
ENGLISH = [
    ("S Gmail", f"On Tue, Mar 3, 2026 at 10:15 AM {WHO} wrote:\n\n" + MARKED),
    ("S Gmail, with a thin blank", f"On Tue, Mar 3, 2026 at 10:15\u202fAM {WHO} wrote:\n\n" + MARKED),
    ("S Gmail before 2015", f"2016-03-03 17:21 GMT+01:00 {WHO}:\n\n" + MARKED),
    ("S Gmail's date alone, address taken out", "2016-03-03 17:21 GMT+01:00 Jan Kowalski\n\n" + OLDER),
    ("S mu4e", "Jan Kowalski writes:\n\n" + MARKED),
    ("S Outlook Express, news", '"Jan Kowalski" <jan@example.org> wrote in message\nnews:abc123$def$1@news.example.org...\n' + MARKED),
    (
        "S Exchange, moderated list",
        "From: lists-bounces@example.org <lists-bounces@example.org> On Behalf Of Jan\nSent: Tuesday, March 3, 2026 10:15 AM\nTo: a@example.org\nSubject: x\n\n"
        + OLDER,
    ),
    ("S Yahoo", f" On Tuesday, March 3, 2026, 10:15:00 AM GMT+1, {WHO} wrote:  \n \n " + OLDER),
    ("S scanner", "---\nThis email has been checked for viruses by Avast antivirus software.\nhttps://www.avast.com/antivirus\n"),
    ("S disclaimer", "This e-mail is confidential and intended solely for the use of the addressee. If you have received it in error, please delete it.\n"),
    ("U farewell", "Best regards,\nJan Kowalski\n"),
]
ALL = {
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "nl": DUTCH,
    "cs": CZECH,
    "uk": UKRAINIAN,
    "en": ENGLISH,
}
CASES = [(f"{language} {name}", below) for language, forms in ALL.items() for name, below in forms]


@pytest.mark.parametrize("below", [text for _, text in CASES], ids=[name for name, _ in CASES])
def test_what_programs_put_below_is_no_reply(below):
    text = f"{ANSWER}\n\n{below}"

    assert reply(text) == ANSWER
    assert "".join(piece.text for piece in split(text)) == text


KEPT = [
    ("On", "On Monday we wrote to them:\n\nplease come.\n\nNo answer so far."),
    ("Am", "Am 3. März 2026 schrieb er uns einen Brief.\n\nWas tun?"),
    ("Le", "Le 3 mars, Jan a écrit au maire.\n\nEt après ?"),
    ("best", "That is best\nFor all of us, I think, and for the readers too."),
    ("sent from a place", "Sent from my desk, is much easier than my mobile phone."),
    ("a confidential meeting", "The meeting is confidential.\n\nPlease come."),
    ("a command prompt", "It prints:\n\nC> dir\n\nand stops."),
]


@pytest.mark.parametrize("text", [text for _, text in KEPT], ids=[name for name, _ in KEPT])
def test_what_the_author_wrote_is_kept_whole(text):
    assert reply(text) == text
