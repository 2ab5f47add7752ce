"""The marks that mail programs leave around quoted text, line by line. Every expression sees one short line, so none can run away.

Words of many languages stand here because lists are international; where structure alone can tell, quotes.py asks no words.
"""

import re

# A longer line is prose or hostile; no mail program writes such an attribution.
LONGEST = 400
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"))


def _any(*phrases: str) -> str:
    return "(?:" + "|".join(phrases) + ")"


# `>`, or the initials that The Bat! puts before it.
QUOTED = re.compile(r"[ \t\u00a0]{0,3}>|[ \t]?[A-Z]{2,3}>[ >]")
# An address wrapped before its closing bracket: the next line begins with a `>` that quotes nothing.
UNCLOSED = re.compile(r"<[^<>\s]+$")
CLOSING = re.compile(r">[^>]{0,30}[:：]$")

ADDRESS = re.compile(r"[^\s@<>\[\]():]@[\w-]+(?:\.[\w-]+)*\.\w")
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d\s?[AaPp]\.?[Mm]\b|[上下]午\s?\d|午[前後]\s?\d")
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:{_YEAR}|\d\d)|{_YEAR}\s?年)(?!\d)"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[. ]{{0,2}}(?:de )?[^\W\d_]{{3,12}}[.,]? (?:de )?{_YEAR}\b"
    rf"|\b[^\W\d_]{{3,12}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}\b"
)
_VERBS = _any(
    *("wrote", "writes", "said", "sent", "napisa[łl][ao]?", "napisa[łl]/a", "pisze", "pisał[a]?", "schrieb", "schreibt", "(?:a )?écrit", "escribi[óo]"),
    *("escreveu", "(?:ha )?scritto", "scrive", "schreef", "geschreven", "skrev", "kirjoitti", "пишет", "писал[аи]?", "написала?", "пише", "написав"),
    *("napsala?", "píše", "írta", "a scris", "έγραψε", "yazdı"),
)
VERB = re.compile(
    rf"\b{_VERBS}\b|napisał\(a\)|написал\(а\)|napsal\(a\)|写道|寫道|写到|さんは書きました|のメール",
    re.IGNORECASE,
)
# How an attribution begins. `strong` ones are words, the others a date or a day of the week.
_STRONG = _any(
    *("On", "At", "In message", "Quoting", "W dniu", "Dnia", "U[żz]ytkownik", "Wiadomość napisana przez", "Wiadomość od", "Cytowanie"),
    *("Am", "Le", "El", "Il", "In data", "Em", "Op", "Den", "P[åa]", "Dne", "Citando", "В", "在"),
)
_DAYS = _any(
    *("pon", "wt", "śr", "sr", "czw", "pt", "sob", "niedz", "ndz", "nd"),
    *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "пн", "вт", "ср", "чт", "пт", "сб", "вс"),
)
OPENER = re.compile(
    rf"(?P<strong>{_STRONG})\s|(?:\d{{1,2}}|\d{{4}})[-/. ]|[^\W\d_]{{2,10}}\.?,? \d{{1,2}}[. ]|{_DAYS}\w{{0,9}}\.?,",
    re.IGNORECASE,
)
# Somebody <somebody@example.org> wrote: - nobody writes this by hand.
SOMEBODY = re.compile(r"[^:<>]{0,80}<[^<>\s]{1,100}>[^:<>]{0,30}[:：]$")

# ----- Original Message -----, ---- Użytkownik Jan napisał ----, ---- On … wrote ----
RULED = re.compile(r"[-_=*]{2,}\s?(?P<words>[^-_=*\s].{3,150}?)\s?[-_=*:]{2,}$")
FORWARDED = re.compile(
    _any(
        *(r"\b(?:original|forwarded|reply)\s(?:message|appointment)", r"forwarded by", r"oryginalny\slist"),
        *(r"(?:oryginalna|pierwotna|przekazana|przesłana|przekazywana)\swiadomość", r"wiadomo[śs][ćc]\s(?:oryginalna|przekazana|przesłana)"),
        *(r"treść\s(?:oryginalnej|przekazanej|przekazywanej)\swiadomości", r"(?:ursprüngliche|weitergeleitete|original)[- ]?nachricht"),
        *(r"message\s(?:d'origine|original|transféré)", r"mensaje\s(?:original|reenviado)", r"mensagem\s(?:original|encaminhada)"),
        *(r"messaggio\s(?:originale|inoltrato)", r"(?:oorspronkelijk|doorgestuurd)\sbericht", r"původní\szpráva", r"opprinnelig\smelding"),
        *(r"(?:исходное|пересылаемое|перенаправленное)\sсообщение", r"(?:ursprungligt|vidarebefordrat|oprindelig)\smedd?el\w+"),
        *(r"alkuperäinen\sviesti", "原始邮件", "原始郵件", "转发邮件"),
    ),
    re.IGNORECASE,
)
_BEGINNINGS = _any(
    *("begin forwarded message", "początek (?:przekazywanej|przekazanej) wiadomości"),
    *("anfang der weitergeleiteten", "début du message (?:réexpédié|transféré)"),
)
BEGIN_FORWARDED = re.compile(rf"{_BEGINNINGS}[^:]{{0,30}}:$", re.IGNORECASE)
RULE = re.compile(r"[_=-]{5,}$")

# The longest label of a header field, its decoration included.
LABEL = 30
FIELD = re.compile(r"[>\s]{0,3}\*{0,2}(?P<label>[^\W\d_][^:*\d：]{0,20}?)\.?\s?\*{0,2}\s?[:：]\*{0,2}(?:\s+|$)?(?P<value>.*)$")
_LABELS = {
    "from": ("from od von de van da fra från lähettäjä от від nadawca expéditeur mittente remitente afzender feladó odesílatel", "发件人 寄件者 差出人"),
    "date": (
        "sent date wysłane wysłano data gesendet datum envoyé enviado enviada fecha inviato verzonden sendt dato skickat",
        "отправлено дата надіслано odesláno lähetetty päiväys 发送时间 寄件日期 日期 送信日時",
    ),
    "to": ("to do an à para a aan til till кому komu pour per adresat vastaanottaja", "收件人 收件者 宛先"),
    "copy": ("cc bcc dw udw kopia kopie copie copia kopi копия копія", "抄送 副本"),
    "subject": ("subject temat betreff objet sujet asunto assunto oggetto onderwerp emne ämne тема předmět aihe", "主题 主旨 件名"),
    "more": ("reply-to importance ważność priority priorytet attachments załączniki załącznik wichtigkeit sensitivity", ""),
}
ROLES = {label: role for role, labels in _LABELS.items() for label in " ".join(labels).split()}
ROLES |= {"od kogo": "from", "от кого": "from", "data wysłania": "date", "date d'envoi": "date", "enviado el": "date", "enviada em": "date"}
ROLES |= {"kopia do": "copy", "reply to": "more", "odpowiedz do": "more", "antwort an": "more"}

SIGNATURE = re.compile(r"(?:--|—|–\s?–)\s*$")
CONTACT = re.compile(r"[^\s@]@[\w-]+\.\w|\bwww\.|https?://|\btel\b|\+?\d(?:[ .()-]{0,2}\d){8}", re.IGNORECASE)

_DEVICES = _any(
    *("iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "motorola", "nokia", "sony", "htc", "blackberry", "windows"),
    *("mobil", "phone", "telefon", "smartfon", "tablet", "urządze", r"\bcell\b", "handy", "portable", "mobiel", r"\bapp", "aplikac"),
    *("outlook", "mail", "poczt", "yahoo", "k-9", "thunderbird", "typeapp"),
)
_SENT = _any(
    *("sent", "wysłan[oaey]", "(?:ta )?wiadomość (?:została )?wysłana", "envoyé", "gesendet", "enviado", "inviato", "verzonden", "verstuurd"),
    *("skickat", "sendt", "отправлено", "надіслано", "odesláno"),
)
_GET = _any("get", "pobierz", "download", "téléchargez", "holen sie sich")
_SCANNED = _any(
    *("wolne od wirusów", "nie zawiera wirusów", "virus-free", "virenfrei"),
    *("(?:ta|niniejsza) wiadomość.{0,20}(?:sprawdzona|przeskanowana)", "this e-?mail has been (?:checked|scanned)"),
)
FOOTERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\W{{0,3}}{_SENT}\s.{{0,60}}{_DEVICES}",
        r"\W{0,3}sent from my \S+$",
        rf"(?:von mein\w+|diese nachricht).{{0,50}}{_DEVICES}.{{0,30}}gesendet",
        rf"\W{{0,3}}{_GET}\s(?:aplikację\s|program\s)?\W{{0,2}}(?:outlook|yahoo|bluemail|spark|thunderbird)",
        rf"\W{{0,3}}{_SCANNED}",
        r"(?:從我的|从我的|iPhoneから送信|私のiPhone)",
    )
)
FOOTER_WORDS = 10
LIST_RULE = re.compile(r"[_=-]{2,}$")
LIST_FOOTER = re.compile(
    _any("mailing list", "listinfo", "/mailman", r"\blists?\.", "lista dyskusyjna", "wypisa", "unsubscribe", r"google\s?groups", "grup google"),
    re.IGNORECASE,
)


def role(line: str) -> tuple[str, str]:
    """What a line of an Outlook-like header block is (from, date, to, copy, subject, more) and its value; two empty words for any other line."""
    found = FIELD.match(line)
    if found is None:
        return "", ""
    return ROLES.get(found["label"].strip().lower(), ""), found["value"].strip()


def is_ruled(line: str) -> bool:
    """`-----Original Message-----` and its kin."""
    found = RULED.match(line)
    if found is None:
        return BEGIN_FORWARDED.match(line) is not None
    words = found["words"]
    return FORWARDED.search(words) is not None or (VERB.search(words) is not None and len(words.split()) > 1)


def is_footer(line: str) -> bool:
    """A line that a telephone, a virus scanner or an app has put below."""
    return len(line.split()) <= FOOTER_WORDS and any(pattern.match(line) for pattern in FOOTERS)
