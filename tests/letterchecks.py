"""What must be true of every letter, however it comes about."""

import re
from functools import cache

from listserv.i18n import translations

HARD_SPACE = "\N{NO-BREAK SPACE}"
# Words that stand in English sentences and in no Polish one (to, a, i, do, we, on, no are Polish words too).
ENGLISH = frozenset(
    ["the", "this", "that", "your", "you", "yours", "it", "its", "is", "are", "was", "were", "has", "have", "had", "be", "been", "will", "would", "can", "could", "not", "and", "or", "but", "for", "from", "with", "here", "there", "what", "which", "who", "when", "where", "why", "hello", "please", "reply", "message", "letter", "mail", "address", "nothing", "something", "anything", "somebody", "nobody", "waiting", "waits", "sent", "send", "still", "until", "again", "any", "if", "of", "at", "as", "they", "them", "their", "our", "us"]
)
# A verb that knows whether its reader is a man or a woman, and two forms side by side. („Osoba napisała” and „poczta nie
# potwierdziła” agree with a noun and know nothing.)
GENDERED = re.compile(
    r"\b\w+ł(?:/\w*ł?a|\(a\))|\b(?:Pan|Pani|Pana|Panią|Panu)\b|\b\w+[nt]y/[-\w]*a\b|\b\w+(?:łeś|łaś|łbyś|łabyś)\b"
    r"|\b(?:za|wy|na)pisał\b|\b(?:zgłosił|wysłał|dołączył|odszedł|otrzymał|dostał|cofnął|wycofał|poprosił)(?! (?:nadawca|moderator|autor))\b",
    re.IGNORECASE,
)
# A friend's forms, where everybody is „Państwo”.
FAMILIAR = re.compile(r"\b(?:Tw(?:ój|oja|oje|ojego|ojej|oją|oim|oich|oimi)|Ciebie|Tobie|Cię)\b", re.IGNORECASE)
# Left behind at the end of a line.
LONELY = re.compile(r"(?<!\w)[aiouwzAIOUWZ]\n(?=\S)")
# Whoever is asked something hears what comes of silence.
ASKS = re.compile(r"\b(?:please reply|reply to this message|simply reply|please answer)\b", re.IGNORECASE)
# „To change it again, reply …” offers; it asks nothing.
OFFERS = re.compile(r"(?:To|Should|Another|What else)\b")
SILENCE = re.compile(
    r"without (?:an answer|a reply|the|a YES|it|them|that)\b|nothing (?:to do|happens|has been changed|else is needed|more is needed|needs)|if you do nothing|last letter about it"
    r"|stays? as it is|it waits|there is nothing|until then",
    re.IGNORECASE,
)
HERE = re.compile(r"https?://[^\s<>\"”]+")


def own_lines(body):
    """The lines that are ours: not somebody's quoted words, nor addresses set off."""
    return [line for line in body.splitlines() if not line.startswith("    ")]


def own_words(body):
    """What we say ourselves."""
    return "\n".join(own_lines(body))


def reads_well(subject, body):
    """Short, whole, nothing left of the template."""
    own = own_lines(body)
    assert len([line for line in own if line.strip()]) <= 25, "more than 25 lines"
    wide = [line for line in own if len(line) > 78 and " " in line.strip()]
    assert not wide, wide
    assert subject and "\n" not in subject and len(subject) <= 100, subject
    assert not re.search(r"\{\{|\}\}|\{%|%\(\w+\)[sd]|Undefined|None\b", subject + body), "something of the template is left"
    assert "\n\n\n" not in body and body.endswith("\n") and not body.startswith("\n")
    # Two columns and no more: the HTML form makes of them a word and what it means.
    assert not re.search(r"(?m)^ *\S.*?\S {2,}\S.*? {2,}\S", "\n".join(own)), "more than two columns"
    assert not re.search(r"[ \t]+$", body, re.MULTILINE), "spaces at the end of a line"
    assert not re.search(r"(?:\b(\w{3,})) \1\b", " ".join(own), re.IGNORECASE), "a word twice"


def is_polish(subject, body, facts=()):
    """No English word, no form that knows somebody's sex, no exclamation mark, Polish quotation marks."""
    own = "\n".join([subject, *own_lines(body)])
    for fact in facts:
        own = own.replace(fact, " ")
    plain = re.sub(r"\S*@\S*|https?://\S+|\S*/\S*/\S*|e-mail\w*", " ", own)
    words = {word for word in re.findall(r"[^\W\d_]+", plain) if not word.isupper()}
    assert not {word.lower() for word in words} & ENGLISH, sorted({word.lower() for word in words} & ENGLISH)
    assert not GENDERED.search(plain), GENDERED.search(plain)
    assert not FAMILIAR.search(plain), FAMILIAR.search(plain)
    assert not LONELY.search("\n".join(own_lines(body))), LONELY.search(body)
    assert "!" not in plain and '"' not in plain and "“" not in plain, plain


def says_what_silence_means(body):
    """Where something is asked (English)."""
    flat = " ".join(body.split())
    asked = [one for one in re.split(r"(?<=[.:?]) (?=[A-Z])", flat) if ASKS.search(one) and not OFFERS.match(one)]
    assert not asked or SILENCE.search(flat), asked


def is_well_made(row, mail):
    """The header of a letter as it leaves: RFC 3834, 5322, 8058; `row` is the letter's, `mail` its bytes read."""
    assert mail["Auto-Submitted"] in ("auto-generated", "auto-replied"), row.kind
    assert re.fullmatch(r"r\+[a-z2-7]+@\S+", row.mail_from), (row.kind, row.mail_from)
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        assert len(mail.get_all(name, [])) == 1, (row.kind, name)
    text = mail.get_body(("plain",)).get_content()
    flat = " ".join(text.replace(HARD_SPACE, " ").split())
    if wants_answer(flat):
        assert mail["Reply-To"], f"{row.kind} asks for a reply, and none would come back"
    if mail["Auto-Submitted"] == "auto-generated":
        assert not mail["In-Reply-To"]


# „Odpisać: WYPISZ” and its like; a plain “Reply” to a post is no reply to us, nor is one to another letter.
WANTS_REPLY = re.compile(
    r"\breply(?: here| to this (?:message|letter))?(?: with| within|[: ]*[A-Z]{2,}|:)|\bsimply reply\b|\breply to this (?:message|letter)\b|\bas a reply\b"
    r"|\bodpisać\b(?! na tamten)|\bodpiszą Państwo: |\bodpow(?:iedzieć|iedź) na (?:tę wiadomość|ten list)\b"
)
ELSEWHERE = re.compile(r"„[^”]{0,20}Odpowiedz[^”]{0,20}”|“Reply(?: to all)?”")


def wants_answer(text):
    """Does this letter say that an answer to it does something?"""
    return WANTS_REPLY.search(ELSEWHERE.sub("", " ".join(text.replace(HARD_SPACE, " ").split()))) is not None


# Names and numbers only: nothing to translate.
THE_SAME = frozenset()


@cache
def is_translated(sentence):
    """Has this sentence its Polish?"""
    polish = translations("pl")
    shown = polish.gettext(sentence) if polish.gettext(sentence) != sentence else polish.ngettext(sentence, sentence, 5)
    return shown != sentence or sentence in THE_SAME
