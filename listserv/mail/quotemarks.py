"""The marks that mail programs leave around quoted text, line by line. Every expression sees one short line, so none can run away."""

import re

from listserv.mail import quotewords as words

# A longer line is prose or hostile; no mail program writes such an attribution.
LONGEST = 400
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"))
# Evolution writes its times with a ratio sign and a thin blank.
ODD = {ord("\N{NO-BREAK SPACE}"): " ", ord("\N{NARROW NO-BREAK SPACE}"): " ", ord("\N{THIN SPACE}"): " ", ord("\N{RATIO}"): ":"}
UNUSUAL = re.compile("[" + "".join(map(chr, [*INVISIBLE, *ODD])) + "]")

# `>`, or the initials that The Bat! puts before it.
QUOTED = re.compile(r"[ \t\u00a0]{0,3}>|[ \t]?[A-Z]{2,3}>[ >]")
# An address wrapped before its closing bracket: the next line begins with a `>` that quotes nothing.
UNCLOSED = re.compile(r"<[^<>\s]+$")
CLOSING = re.compile(r">[^>]{0,30}[:：]$")
# Interia and o2 put their heading straight behind the last word, some programs an attribution with dashes.
GLUED = re.compile(
    r'(?:Od|From): ?"?[^"<\n]{0,80}"? ?(?:<|&lt;)[^\s@<>]{1,80}@[^\s@>]{1,100}>[ \t]?\n(?=(?:Do|To): )'
    r"|-{2,5} ?(?:On|W dniu|Dnia) [^\n]{10,200}:[ \t]?\n(?=>)"
    r"|(?:Wysłan[oae] z|Sent from) [^\n]{3,60}\n(?=-{5,8} ?(?:Oryginalna wiadomość|Original message) ?-{5,8}(?:Od|From): )"
)
# Samsung's telephones lose the line ends below it.
UNRULED = re.compile(r"-{5,8} ?(?:Oryginalna wiadomość|Original message) ?-{5,8}(?=(?:Od|From): )")
GLUED_SIGNS = ("Od: ", "From: ", "-On ", "- On ", "-W dniu", "- W dniu", "-Dnia", "- Dnia")
# Before a heading that stands where it should.
NOT_GLUED = ' \t\r\n\u00a0>"|:-*_'

ADDRESS = re.compile(r"[^\s@<>\[\]():]@[\w-]+(?:\.[\w-]+)*\.\w")
TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d\s?[AaPp]\.?[Mm]\b|[上下]午\s?\d|午[前後]\s?\d")
_YEAR = r"(?:19|20)\d\d"
DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]\d{{1,2}}|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:{_YEAR}|\d\d)|{_YEAR}\s?年)(?!\d)"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[. ]{{0,2}}(?:de )?[^\W\d_]{{3,12}}[.,]? (?:de )?{_YEAR}\b"
    rf"|\b[^\W\d_]{{3,12}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}\b"
)
VERB = re.compile(rf"\b{words.WROTE}\b|{words.WROTE_WHOLE}", re.IGNORECASE)
OPENER = re.compile(
    rf"(?P<strong>{words.BEGINNINGS})\s|(?:\d{{1,2}}|\d{{4}})[-/. ]|[^\W\d_]{{2,10}}\.?,? \d{{1,2}}[. ]|{words.DAYS}\w{{0,9}}\.?,",
    re.IGNORECASE,
)
# Somebody <somebody@example.org> wrote: - nobody writes this by hand.
SOMEBODY = re.compile(r"[^:<>]{0,80}<[^<>\s]{1,100}>[^:<>]{0,30}[:：]$")
# Jan Kowalski <jan@example.org> 3 mar 2026 10:15 napisał(a):
SOMEBODY_ONCE = re.compile(r"[^:<>]{0,80}<[^<>\s]{1,100}>[ ,][^<>]{8,60}[:：]$")
# 2026-03-03 10:15 GMT+01:00 Jan Kowalski - what is left of Gmail's line where the address was taken out.
DATELINE = re.compile(rf"{_YEAR}-\d\d-\d\d \d\d?:\d\d GMT[+-]\d\d:\d\d \S[^.!?]{{0,60}}$")
# … wrote in message / news:abc@news.example.org... - Outlook Express, and what learned from it.
NEWS = re.compile(r"\bnews:\S{3,100}$")
# >>> Jan Kowalski <jan@example.org> 3.03.2026 10:15 >>> - GroupWise; below it no line is marked.
ARROWS = re.compile(r">>>\s?(?P<words>[^>\s].{5,200}?)(?:>>>|:)$")

# ----- Original Message -----, ---- Użytkownik Jan napisał ----, ---- On … wrote ----
RULED = re.compile(r"[-_=*]{2,}\s?(?P<words>[^-_=*\s].{3,150}?)\s?[-_=*:]{2,}$")
FORWARDED = re.compile(words.OLDER_MAIL, re.IGNORECASE)
BEGIN_FORWARDED = re.compile(rf"{words.FORWARD_BEGINS}[^:]{{0,30}}:$", re.IGNORECASE)
END_FORWARDED = re.compile(
    r"-{3,}\s?(?:end (?:of )?(?:forwarded|original) message|koniec (?:przekazanej|przekazywanej) wiadomości)\b[^-]{0,80}-{3,}$", re.IGNORECASE
)
# What stands for words that were left out: no letter, or a word that says so.
LEFT_OUT = re.compile(r"[\W_]{1,12}$|[<\[(]?(?:snip|ciach|cut|wycięto)\b[^\w]{0,6}$", re.IGNORECASE)
VERB_AT_END = 12
# „… napisał(a):” ends with the verb; „Ola <ola@example.org> napisała tak:” is a person's sentence.
ENDS_WROTE = re.compile(rf"(?:\b{words.WROTE}|{words.WROTE_WHOLE})\W{{0,6}}$", re.IGNORECASE)
RULE = re.compile(r"[_=-]{5,}$")

# The longest label of a header field, its decoration included.
LABEL = 30
FIELD = re.compile(r"[>\s]{0,3}\*{0,2}(?P<label>[^\W\d_][^:*\d：]{0,20}?)\.?\s?\*{0,2}\s?[:：]\*{0,2}(?:\s+|$)?(?P<value>.*)$")
# Who sent it, as programs write it: in brackets, or the address alone. „Od: Biblioteka, ola@example.org” is a person's.
SENDER = re.compile(r"(?:[<\[(]|&lt;)(?:mailto:)?[^\s@<>\[\]()]{1,100}@|^\S{1,100}@\S{1,100}(?:$| \()", re.IGNORECASE)
SENT = re.compile(rf"[>\s]{{0,3}}\*{{0,2}}{words.SENT}\b", re.IGNORECASE)
ROLES = {label: role for role, labels in words.LABELS.items() for label in " ".join(labels).split()} | words.LONGER_LABELS


def role(line: str) -> tuple[str, str]:
    """What a line of an Outlook-like header block is (from, date, to, copy, subject, more) and its value; two empty words for any other line."""
    if ":" not in line[:LABEL] and "：" not in line[:LABEL]:
        return "", ""
    found = FIELD.match(line)
    if found is None:
        return "", ""
    return ROLES.get(found["label"].strip().lower(), ""), found["value"].strip()


def is_ruled(line: str) -> bool:
    """`-----Original Message-----` and its kin."""
    found = RULED.match(line)
    if found is None:
        return BEGIN_FORWARDED.match(line) is not None
    inside = found["words"]
    if FORWARDED.search(inside) is not None:
        return True
    # „=== Jan Kowalski napisał książkę ===” heads an invitation: programs say when or where, or end with the verb.
    says = VERB.search(inside[-VERB_AT_END:]) or (VERB.search(inside) and (DATE.search(inside) or ADDRESS.search(inside)))
    return says is not None and len(inside.split()) > 1


def is_arrowed(line: str) -> bool:
    """GroupWise's heading: arrows around a name and a full date, or a date with a verb."""
    found = ARROWS.match(line)
    if found is None or DATE.search(line) is None:
        return False
    return line.endswith(">>>") or (VERB.search(line) is not None and TIME.search(line) is not None)
