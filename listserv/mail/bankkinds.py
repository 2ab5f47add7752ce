"""What kind of material something is, by the words of its title, its file's name and the subject; and under which licence it is given."""

import re

from listserv.lazily import compiled
from listserv.mail.bankfiles import SLIDES, ending
from listserv.mail.folding import fold

# In this order, all folded: a presentation of a scenario is what it calls itself first.
WORDS: tuple[tuple[str, str], ...] = (
    (
        "bibliography",
        r"bibliograf\w*|bibliograph\w*|literatur[ay]\b|spis lektur|lista lektur|wykaz (?:ksiazek|lektur|literatury)"
        r"|zestawienie (?:bibliograficzne|literatury)|reading list",
    ),
    (
        "form",
        r"formularz\w*|ankiet\w*|kwestionariusz\w*|wniosk\w*|wniosek|karta (?:zgloszen|uczestni|samooceny|ewaluac)\w*|zgod[ay]\b"
        r"|regulamin\w*|wzor\b|deklaracj\w+|form|survey"
        r"|questionnaire|application|registration|template|consent|karta oceny",
    ),
    (
        "scenario",
        r"scenariusz\w*|konspekt\w*|plan(?:y)? (?:lekcji|zajec)|karta? prac\w*|karty pracy|lekcj\w+|zajecia|zajec|lesson(?: plan)?s?"
        r"|scenario\w*|worksheets?|workshop plan|warsztat\w*",
    ),
    (
        "tutorial",
        r"samouczek\w*|samouczki|tutorial\w*|instrukcj\w+|poradnik\w*|przewodnik\w*|podrecznik\w*|jak (?:zrobic|korzystac|zaczac|uzywac"
        r"|zalozyc|przygotowac)\b.*|krok po kroku"
        r"|how[ -]?to|guide|manual|handbook|instructions?|walkthrough|quick ?start|user'?s? guide|getting started|primer|kurs\w*",
    ),
    ("presentation", r"prezentacj\w+|slajd\w*|presentations?|slides?|slideshow|slide deck|wyklad\w*|webinar\w*|lecture"),
)
KINDS = tuple((kind, compiled(rf"(?<![^\W_])(?:{words})(?![^\W_])")) for kind, words in WORDS)
# What moderators call them.
SAID = {
    "scenario": "scenariusz scenariusze konspekt lekcja scenario lesson",
    "tutorial": "samouczek samouczki poradnik instrukcja przewodnik tutorial guide howto manual",
    "presentation": "prezentacja prezentacje slajdy presentation slides",
    "bibliography": "bibliografia bibliografie lektury bibliography",
    "form": "formularz formularze ankieta wzor form questionnaire survey",
    "other": "inny inne inna other",
}
BY_WORD = {word: kind for kind, words in SAID.items() for word in words.split()}
CC = compiled(
    r"\b(?:CC[ -](?:BY(?:[ -](?:SA|NC|ND)){0,2}|0|ZERO)(?:[ -]?\d(?:\.\d)?)?(?: ?PL)?|Creative[ -]Commons(?:[^.\n;]|(?<=\d)\.(?=\d)){0,60})",
    re.IGNORECASE,
)
FREE = compiled(
    r"[^.\n;]{0,40}\b(?:domen\w+ publiczn\w+|public domain|GNU (?:FDL|GPL)\b[^.\n;]{0,20}|GFDL|(?:na |under |released under "
    r"|udostępnian\w+ na )?(?:licencj[aięą]|licen[cs]e)\s*[:–-]?\s+[^.\n;]{3,60})",
    re.IGNORECASE,
)
NAMED = compiled(
    r"public domain|domen\w+ publiczn|creative commons|\bcc\b|gnu|gpl|gfdl|mit\b|bsd|apache|otwart|wolna|wolnej|free|open|polska|international", re.IGNORECASE
)
LONGEST = 120


def kind_of(*said: str, name: str = "", type: str = "") -> str:
    """scenario, tutorial, presentation, bibliography, form, other: by what is said first; where nothing says it, by the file."""
    for words in said:
        folded = fold(words).replace("_", " ")
        for kind, pattern in KINDS:
            if pattern.search(folded):
                return kind
    if ending(name) in SLIDES or "presentation" in type or "powerpoint" in type:
        return "presentation"
    return "other"


def kind_named(word: str) -> str:
    """The kind that a moderator means by a word; empty where it is none."""
    words = re.findall(r"\w+", fold(word))
    return "scenario" if words in (["lesson", "plan"], ["lesson", "plans"]) else BY_WORD.get(words[0], "") if len(words) == 1 else ""


def licence_in(text: str) -> str:
    """The line that says under which licence something is given; empty where none does."""
    found = CC.search(text[:40_000])
    if found:
        return " ".join(found[0].split())[:LONGEST].strip(" :,")
    for found in FREE.finditer(text[:40_000]):
        if NAMED.search(found[0]):
            return " ".join(found[0].split())[:LONGEST].strip(" :,-–")
    return ""
