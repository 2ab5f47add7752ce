"""The day and the hour of a wish, wherever in a mail they stand: „raz na tydzień, najlepiej w piątek o 15”, “One mail a week. On Fridays, please.”

What stands there and cannot be used is noticed too, so that it can be said aloud. All patterns read folded text.
"""

import re
from collections.abc import Iterable

from listserv.mail.commandwords import Kind

DAYS = {
    "mon": "poniedzialek|poniedzialki|mondays?",
    "tue": "wtorek|wtorki|tuesdays?",
    "wed": "sroda|srode|srody|wednesdays?",
    "thu": "czwartek|czwartki|thursdays?",
    "fri": "piatek|piatki|fridays?",
    "sat": "sobota|sobote|soboty|saturdays?",
    "sun": "niedziela|niedziele|sundays?",
}
_DAY = re.compile(rf"\b(?:(?:w|we|on|every|each|co|kazd[yae])\s+)*(?P<day>{'|'.join(DAYS.values())})\b")
_CLOCK = r"(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap]m)?\b(?![.:]?\d)"
_HOURS = (
    re.compile(rf"\b(?:o|at|okolo|around|about)\s+(?:godz\w*\.?\s*)?{_CLOCK}(?! ?(?:wiadomosci|maili|lat|dni|osob))"),
    re.compile(rf"\bgodz\w*\.?\s*{_CLOCK}"),
    re.compile(r"\b(?P<hour>1?\d)(?P<minute>)\s?(?P<half>[ap]m)\b"),
    re.compile(r"(?<![\d.])\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?P<half>)\b"),
)
_MONTH_DAYS = (
    re.compile(
        r"\b(?:(?:on )?the )?(?P<day>[12]?\d|3[01])\s?[.-]?\s?(?:go|ego|st|nd|rd|th)\b(?: dnia| dzien| day)?"
        r"(?: (?:kazdego )?miesiaca| of (?:the|each|every) month)?"
    ),
    re.compile(r"\b(?:dnia|day)\s+(?P<day>[12]?\d|3[01])\b(?!\.\d)"),
    re.compile(r"\b(?P<day>[12]?\d|3[01])\.?\s+(?:dnia|dzien)\b(?: miesiaca)?"),
)
# A time of day in words, which nobody can set a clock by, and all the rest that sounds like one.
VAGUE = re.compile(
    rf"\b(?:{'|'.join(DAYS.values())}|rano|rankiem|wieczor\w*|popoludni\w*|po poludniu|w poludnie|noca|weekend\w*|ostatni\w* dni\w*|pierwsz\w+ dni\w*"
    r"|morning|evening|afternoon|noon|midnight|night|last day|first day|godz\w*|o'clock|(?:o|at) (?:\d|\w+(?:ej|astej|stej)\b)|\d\d?:\d\d)\b"
)
# Words around a day or an hour that say nothing more.
_FILL = re.compile(
    r"\b(?:naj?lepiej|prosze|poprosze|bardzo|moze(?: byc)?|je(?:sl|zel)i (?:to )?(?:mozna|mozliwe)|wystarczy|i|oraz|albo|and|or|w|we|o|on|at|please"
    r"|preferably|ideally|best|if (?:that is |it is )?possible|dziekuje|thanks|thank you|chcial[ae]?bym|wole|wolal[ae]?bym|dla mnie|for me"
    r"|would be (?:best|great|nice|fine))\b"
)
STARTS = re.compile(
    r"\b(?:od|poczawszy od|from|starting(?: on| from)?)\s+(?:dnia |the )?(?:\d|jutra|pojutrza|tomorrow|przyszl\w+|nastepn\w+|next|poniedzialku|wtorku|srody"
    r"|czwartku|piatku|soboty|niedzieli|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?<![\d.])\d\d?(?:\.\d\d?)?\.?\s?[-–]\s?\d\d?\.\d"
)


def schedule(kind: Kind, own: str, others: Iterable[str]) -> tuple[str, bool]:
    """`weekly fri 15:00` for a wish said in the sentence `own`, with the others around it; and is there something that was not understood?"""
    left, days, clock, number = own, "", "", ""
    every = list(others)
    for sentence in (own, *(one for one in every if _says_when(one))):
        left = left if sentence is own else f"{left} . {sentence}"
    if kind is Kind.WEEKLY:
        days, left = _week_days(left)
    if kind is Kind.MONTHLY:
        number, left = _month_day(left)
    clock, left = _clock(left)
    unheard = VAGUE.search(left) is not None or any(VAGUE.search(one) for one in every if not _says_when(one))
    if not (days or clock or number):
        return "", unheard
    middle = {Kind.WEEKLY: f" {days or 'mon'}", Kind.MONTHLY: f" {number or 1}"}.get(kind, "")
    return f"{kind}{middle} {clock or '07:00'}", unheard


def without_when(sentence: str) -> str:
    """The sentence without its days and hours: „jeden mail dziennie o godz 18” is „jeden mail dziennie”."""
    for pattern in (*_MONTH_DAYS, *_HOURS, _DAY):
        sentence = pattern.sub("", sentence)
    return " ".join(re.sub(r"\bnaj?lepiej\b|\bpreferably\b|\bideally\b", "", sentence).split()).strip(" ,;-")


def _says_when(sentence: str) -> bool:
    """Is there a day or an hour, and nothing else?"""
    bare = without_when(sentence)
    return bare != sentence.strip(" ,;-") and not re.search(r"\w", _FILL.sub("", bare))


def _week_days(said: str) -> tuple[str, str]:
    found = {match["day"] for match in _DAY.finditer(said)}
    days = ",".join(day for day, words in DAYS.items() if any(re.fullmatch(words, one) for one in found))
    return days, _DAY.sub(" ", said)


def _month_day(said: str) -> tuple[str, str]:
    for pattern in _MONTH_DAYS:
        found = pattern.search(said)
        if found and int(found["day"]):
            return str(int(found["day"])), said[: found.start()] + " " + said[found.end() :]
    return "", said


def _clock(said: str) -> tuple[str, str]:
    for pattern in _HOURS:
        found = pattern.search(said)
        if found:
            hour = int(found["hour"]) % 24
            if found["half"]:
                hour = hour % 12 + (12 if found["half"] == "pm" else 0)
            return f"{hour:02}:{found['minute'] or '00'}", said[: found.start()] + " " + said[found.end() :]
    return "", said
