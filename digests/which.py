"""What people answer to „na który punkt?”: one number or ordinal anywhere in the first sentence, and what else they say beside it."""

import re
from dataclasses import dataclass

from digests.answers import leading_number
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.nods import only_thanks

__all__ = ["Which", "lets_go", "read", "without_number"]

ORDINALS = {
    **dict.fromkeys(("pierwszy", "pierwsza", "pierwsze", "pierwszego", "pierwszej", "pierwszym", "first", "jeden", "jedynka", "jedynki"), 1),
    **dict.fromkeys(("drugi", "druga", "drugie", "drugiego", "drugiej", "drugim", "second", "dwa", "dwojka", "dwojki", "two"), 2),
    **dict.fromkeys(("trzeci", "trzecia", "trzecie", "trzeciego", "trzeciej", "trzecim", "third", "trzy", "trojka", "trojki", "three"), 3),
    **dict.fromkeys(("czwarty", "czwarta", "czwarte", "czwartego", "czwartej", "czwartym", "fourth", "cztery", "four"), 4),
    **dict.fromkeys(("piaty", "piata", "piate", "piatego", "piatej", "piatym", "fifth", "piec", "five"), 5),
    **dict.fromkeys(("szosty", "szosta", "szoste", "szostego", "szostej", "szostym", "sixth", "szesc", "six"), 6),
    **dict.fromkeys(("siodmy", "siodma", "siodme", "siodmego", "siodmej", "siodmym", "seventh", "siedem", "seven"), 7),
    **dict.fromkeys(("osmy", "osma", "osme", "osmego", "osmej", "osmym", "eighth", "osiem", "eight"), 8),
    **dict.fromkeys(("dziewiaty", "dziewiata", "dziewiate", "dziewiatego", "dziewiatej", "dziewiatym", "ninth", "dziewiec", "nine"), 9),
    **dict.fromkeys(("dziesiaty", "dziesiata", "dziesiate", "dziesiatego", "dziesiatej", "dziesiatym", "tenth", "dziesiec"), 10),
}
# Words that may stand beside the number and say nothing more.
COURTEOUS = (
    "na do w o od to ta ten te tego tej tym jest byla byl bylo byly ma byc odpowiedz odpowiedzi odpowiadam odpowiedziec odpisuje pisze pisalam pisalem chodzi"
    " chodzilo mi mnie moja moj moje watek watku watkiem watki punkt punktu punktem pkt nr numer numeru numerem temat tematu tematem pozycja pozycji pozycje"
    " ad dot dotyczy dotyczyla odnosi sie tyczy pod dla przy wiadomosc wiadomosci prosze poprosze bardzo oczywiscie tak ok umiescic dodac dac"
    " przepraszam dziekuje dzieki pozdrawiam chcialam chcialem mialam mialem przegladu przeglad z ze"
    " item items thread threads point points number no the it its is was for an a answer reply please thanks thank you i meant mean of on that this one yes"
    " my in digest sorry about"
)
BESIDE = frozenset(COURTEOUS.split())
WORD = re.compile(r"[^\W_]+")
ENDS = re.compile(r"(?<=[^\W\d_])[.!?;](?=\s|$)|(?<=\d)[.:;)!](?=\s|$)|\n|\s[–—-]\s")
# A number that stands in front as our letters write it, or as people mark a point: never an ordinal such as „3. klasa”.
MARKED = re.compile(r"\s*(?:(?:ad\.?|do|pkt\.?|punkt(?:u)?|nr|point|item|#)\s*)?\d{1,3}\s*[:)](?!\d)\s*", re.IGNORECASE)
# „Żaden”, „proszę tego nie publikować”: the words come home. Nothing is lost by that.
LETS_GO = re.compile(
    r"(?:\W*(?:prosze|to|ale|juz|jednak|jest|please)\W+)*(?:zaden|zadnego|zadna|nigdzie|niewazne|nieaktualne|rezygnuje|none|nowhere|never ?mind|"
    r"(?:(?:te|tego|to|jej|go) )?nie (?:publik|wysyl|puszcz|rozsyl|umieszcz|zamieszcz)\w*|do(?: not|n't) (?:post|publish|send))\b[^\d?]{0,40}"
)
MOST_WORDS, LONGEST = 12, 4_000
# „Przepraszam. Chodzi o punkt 2.”: so many sentences at most, of which all but the last say nothing.
COURTESIES = 5


@dataclass(frozen=True, slots=True)
class Which:
    """The point that is named, None where that is none or several; and what was written beside it, not a courtesy."""

    number: int | None
    rest: str = ""


def read(reply: str) -> Which:
    """Which point somebody names; a number counts only in a first sentence that says nothing else."""
    rest = reply[:LONGEST]
    for _ in range(COURTESIES):
        said = _after_greetings(rest.strip())
        end = ENDS.search(said)
        first, rest = (said[: end.start()], said[end.end() :]) if end else (said, "")
        number = _only_number(first)
        if number is not None:
            return Which(number, _beyond_courtesy(rest))
        if not rest or not _says_nothing(first):
            break
    return Which(None)


def lets_go(reply: str) -> bool:
    """Is it said that the answer is for none of them, or for nobody?"""
    return LETS_GO.fullmatch(fold(_after_greetings(reply[:LONGEST].strip()))) is not None


def without_number(words: str) -> str:
    """Words to one point without the number that they begin with, above which a greeting may stand."""
    below = after_greeting(words)
    found, led = MARKED.match(below), leading_number(below)
    rest = below[found.end() :] if found else led[1] if led else below
    return words[: len(words) - len(below)] + rest


def _after_greetings(said: str) -> str:
    return after_greeting(plain(said)).lstrip(" \t\n*_„”\"'.,!–-#").rstrip()


def _only_number(sentence: str) -> int | None:
    words = WORD.findall(fold(sentence))
    if not 0 < len(words) <= MOST_WORDS or "?" in sentence:
        return None
    named = [word for word in words if word not in BESIDE or (word in ORDINALS and len(words) == 1)]
    if len(named) != 1:
        return None
    return int(named[0]) if re.fullmatch(r"\d{1,3}", named[0]) else ORDINALS.get(named[0])


def _says_nothing(sentence: str) -> bool:
    words = WORD.findall(fold(sentence))
    return bool(words) and all(word in BESIDE for word in words)


def _beyond_courtesy(rest: str) -> str:
    rest = rest.strip(" \t\n*_–-")
    words = WORD.findall(fold(rest))
    return "" if not words or only_thanks(rest) or all(word in BESIDE for word in words) else rest
