"""When digests are to come, in words: „przegląd w piątki”, „w dni robocze o 7”, “weekly tue 18:00”, “digest on tuesdays at 5”. Folded text.

Every word of a schedule is used, or it is none: without its days it would be another schedule than the one that was asked for.
"""

import re
from typing import NamedTuple

from listserv.lazily import compiled

_NAMES = {
    "mon": "pn|pon(?:iedzial(?:ek|ki|ku|kami))?|mon(?:days?)?",
    "tue": "wt(?:or(?:ek|ki|ku|kami))?|tue(?:s(?:days?)?)?",
    "wed": "sr(?:od[aeyęą]|odami)?|wed(?:nesdays?|s)?",
    "thu": "czw(?:art(?:ek|ki|ku|kami))?|thu(?:r(?:s(?:days?)?)?)?",
    "fri": "pt|piat(?:ek|ki|ku|kami)|fri(?:days?)?",
    "sat": "sob(?:ot[aeyę]|otami)?|sat(?:urdays?)?",
    "sun": "nd|niedz(?:iel[aeę]|ielami)?|sun(?:days?)?",
}
DAYS = tuple(_NAMES)
_NAME = compiled("|".join(f"(?P<{day}>{names})" for day, names in _NAMES.items()))
# Said of every week: “on Fridays”, „w piątki”. „W piątek” alone is one day.
PLURAL = compiled(r"\b(?:poniedzialki|wtorki|srody|czwartki|piatki|soboty|niedziele|(?:mon|tues|wednes|thurs|fri|satur|sun)days|kazd\w+|every|each|co)\b")
_DAY = rf"(?:{'|'.join(_NAMES.values())})\b\.?(?!\w)"
RANGE = compiled(rf"\b(?:od|from)?\s*(?P<first>{_DAY})\s*(?:do|to|till|through|thru|-|–)\s*(?P<last>{_DAY})")
ONE = compiled(rf"\b{_DAY}")
WORKING = compiled(r"\b(?:dni(?:ach|ami)? (?:robocz\w+|powszedni\w+)|(?:robocz\w+|powszedni\w+) dni(?:ach)?|week ?days?|(?:work(?:ing)?|business) ?days?)\b")
WEEKEND = compiled(r"\bweek-?end(?:y|ow|ami|ach|s)?\b")
ONE_WEEKEND = frozenset({"weekend", "week-end"})

_ORDINALS = "pierwszego|drugiego|trzeciego|czwartego|piatego|szostego|siodmego|osmego|dziewiatego|dziesiatego"
ORDINALS = {word: at for at, word in enumerate(_ORDINALS.split("|"), 1)} | {"first": 1, "second": 2, "third": 3}
_MONTH = r" (?:kazdego |nastepnego )?miesiaca| of (?:the|each|every|a) month| (?:each|every) month"
_OF_MONTH = rf"(?: (?:dnia|dzien|day))?(?:{_MONTH})?"
LAST_OF_MONTH = compiled(r"\b(?:(?:w )?ostatni(?:ego)? (?:dnia|dzien) (?:kazdego )?miesiaca|(?:on )?(?:the )?last day(?: of (?:the|each|every|a) month)?)\b")
MONTH_DAYS = (
    compiled(rf"\b(?:(?:on )?the )?(?P<day>[12]?\d|3[01])\s?[.-]?\s?(?:go|ego|st|nd|rd|th)\b{_OF_MONTH}"),
    compiled(r"\b(?:dnia|day)\s+(?P<day>[12]?\d|3[01])\b\.?(?!\d|:)(?: (?:kazdego )?miesiaca)?"),
    compiled(r"\b(?P<day>[12]?\d|3[01])\.?\s+(?:dnia|dzien)\b(?: (?:kazdego )?miesiaca)?"),
    compiled(rf"\b(?:(?:on )?the )?(?P<day>{'|'.join(ORDINALS)})(?: (?:dnia|dzien|day)\b(?:{_MONTH})?|(?:{_MONTH}))"),
    compiled(r"(?<=miesiecznie )(?P<day>[12]?\d|3[01])\b\.?(?![:.]?\d)|(?<=monthly )(?P<day2>[12]?\d|3[01])\b\.?(?![:.]?\d)"),
)

_HALF = r"(?:\s?(?P<half>am|pm|a\.m|p\.m)\b\.?|\s(?P<part>rano|wieczorem|wieczor|po poludniu|w nocy|in the (?:morning|evening|afternoon)|at night)\b)?"
_CLOCK = rf"(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?(?:\s?h\b)?{_HALF}(?![.:]?\d)(?!\w)"
_NOT_COUNTED = r"(?!,?\s*(?:nowe|nowych|wiadomosci|wiadomosc|maili|mails|messages|lat|dni|osob))"
CLOCKS = (
    compiled(rf"\b(?:o|at|okolo|around|about|po)\s+(?:godz(?:inie|\.)?\s*)?{_CLOCK}{_NOT_COUNTED}"),
    compiled(rf"\bgodz(?:ina|iny|inie|\.)?\s*{_CLOCK}"),
    compiled(r"\b(?P<hour>1?\d)(?P<minute>)\s?(?P<half>am|pm)(?P<part>)\b"),
    compiled(rf"(?<![\d.])\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d){_HALF}(?![:.]?\d)"),
    compiled(r"(?<![\d.])\b(?P<hour>0?[5-9]|1\d|2[0-3])\.(?P<minute>00|15|30|45)(?P<half>)(?P<part>)(?![:.]?\d)"),
)
# Parts of the day: the letter that answers says which hour is meant.
PARTS = (
    (compiled(r"\b(?:w (?:samo )?poludnie|(?:at )?(?:noon|midday))\b"), "12:00"),
    (compiled(r"\b(?:o )?(?:polnocy|polnoc)\b|\b(?:at )?midnight\b"), "00:00"),
    (compiled(r"\b(?:po poludniu|popoludniu|popoludniami|(?:in the )?afternoons?)\b"), "16:00"),
    (compiled(r"\b(?:wieczorem|wieczorami|(?:in the )?evenings?)\b"), "19:00"),
    (compiled(r"\b(?:rano|rankiem|z rana|(?:in the )?mornings?)\b"), "07:00"),
)

RHYTHMS = (
    ("weekly", compiled(r"\b(?:tygodniow[oaye]|raz (?:w tygodniu|na tydzien)|co tydzien|weekly|every week|(?:once )?(?:a|per) week|once weekly)\b")),
    ("monthly", compiled(r"\b(?:miesieczn(?:ie|y|a|e)|raz (?:w miesiacu|na miesiac)|co miesiac|monthly|every month|once (?:a|per) month)\b")),
    ("daily", compiled(r"\b(?:(?:co)?dziennie|(?:co)?dzienn[yae]|co dzien|raz (?:dziennie|na dzien)|daily|every day|once (?:a|per) day)\b")),
)
DIGEST = compiled(r"\b(?:przeglad(?:y|u|ow)?|zbiorczo|digests?)\b")
FILL = compiled(
    r"\b(?:w|we|on|every|each|co|kazd(?:y|a|e|ego|ej)|i|oraz|a|an|the|and|of|mi|mnie|me|dla mnie|for me|prosze|poprosze|please|naj?lepiej|preferably)\b"
    r"|[\s,;:&+.]+"
)
# What takes something back, or leaves it open: then the days are not what they seem.
TURNED = compiled(
    r"\b(?:nie|oprocz|poza|procz|bez|z wyjatkiem|albo|lub|or|not|except|but|without|never|don't|ale|od|from|zamiast|instead|(?:co )?drug\w+|other|parzyst\w+"
    r"|second|alternate)\b"
)


class Found(NamedTuple):
    """What of a sentence says when: weekdays (`mon,thu`), a day of the month, a time (`07:00`), and what is left of it."""

    days: str = ""
    whole: bool = False
    number: str = ""
    clock: str = ""
    left: str = ""
    twice: bool = False


def read(said: str) -> str:
    """`weekly fri 07:00` where nothing but a schedule is said; empty where it is none, or not plain."""
    rhythm, rest = _rhythm(said)
    digest = DIGEST.search(rest) is not None
    found = find(DIGEST.sub(" ", rest), rhythm)
    if found.twice or FILL.sub("", found.left) or not (found.days or found.number or found.clock):
        return ""
    every_week = found.whole or PLURAL.search(said) is not None
    if not (rhythm or digest or every_week or (found.number and "miesi" in said) or "month" in said):
        return ""
    return written(rhythm, found)


def is_bare(said: str) -> bool:
    """Is neither a digest nor a rhythm named? „W piątki” may be the answer to another question."""
    return not DIGEST.search(said) and not _rhythm(said)[0]


def _rhythm(said: str) -> tuple[str, str]:
    for rhythm, pattern in RHYTHMS:
        # „Miesięcznie 15”: its number is read behind the word.
        if pattern.search(said):
            return rhythm, said if rhythm == "monthly" else pattern.sub(" ", said)
    return "", said


def written(rhythm: str, found: Found) -> str:
    """The schedule of a rhythm (or none) and what was found beside it; empty where they contradict each other."""
    clock = found.clock or "07:00"
    if found.twice or (found.days and found.number) or (found.days and rhythm == "monthly") or (found.number and rhythm in ("daily", "weekly")):
        return ""
    if found.days:
        # „Codziennie w dni robocze” is one wish, „codziennie w piątki” is two.
        return f"weekly {found.days} {clock}" if rhythm != "daily" or found.whole else ""
    if found.number or rhythm == "monthly":
        return f"monthly {found.number or 1} {clock}"
    return f"weekly mon {clock}" if rhythm == "weekly" else f"daily {clock}"


def find(said: str, rhythm: str = "") -> Found:
    """What in these words says when, and what else they hold."""
    clock, said, again = _clock(said)
    number, said = _number(said)
    days, whole, said = _days(said)
    if rhythm == "monthly":
        said = RHYTHMS[1][1].sub(" ", said)
    return Found(",".join(day for day in DAYS if day in days), whole, number, clock, said, again)


def _days(said: str) -> tuple[set[str], bool, str]:
    """The weekdays, whether they are a stretch of the week, and the rest."""
    days, whole = set[str](), False
    while found := RANGE.search(said):
        first, last = DAYS.index(_day(found["first"])), DAYS.index(_day(found["last"]))
        days |= {DAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)}
        whole, said = True, f"{said[: found.start()]} {said[found.end() :]}"
    for pattern, names in ((WORKING, DAYS[:5]), (WEEKEND, DAYS[5:])):
        if found := pattern.search(said):
            # „W weekend” alone is one of them.
            days, whole, said = days | set(names), whole or found[0] not in ONE_WEEKEND, pattern.sub(" ", said)
    days |= {_day(one[0]) for one in ONE.finditer(said)}
    return days, whole, ONE.sub(" ", said)


def _day(name: str) -> str:
    found = _NAME.fullmatch(name.rstrip("."))
    return found.lastgroup or "" if found else ""


def _number(said: str) -> tuple[str, str]:
    if last := LAST_OF_MONTH.search(said):
        return "31", f"{said[: last.start()]} {said[last.end() :]}"
    for pattern in MONTH_DAYS:
        found = pattern.search(said)
        day = next((one for one in found.groups() if one), "") if found else ""
        if found and (day in ORDINALS or int(day)):
            return str(ORDINALS.get(day) or int(day)), f"{said[: found.start()]} {said[found.end() :]}"
    return "", said


def _clock(said: str) -> tuple[str, str, bool]:
    """The time of day, the rest, and whether there is another one."""
    times, rest = list[str](), said
    for pattern in CLOCKS:
        while found := pattern.search(rest):
            times.append(_time(found))
            rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    for pattern, hour in PARTS:
        if pattern.search(rest):
            times.append(hour)
            rest = pattern.sub(" ", rest)
    return (times[0] if times else ""), rest, len(times) > 1


def _time(found: re.Match[str]) -> str:
    hour, half, part = int(found["hour"]) % 24, (found["half"] or "")[:1], found["part"] or ""
    later = half == "p" or (part.startswith(("wiecz", "po p", "in the e", "in the a")) and hour < 12)
    if half:
        hour %= 12
    return f"{hour + 12 if later and hour < 12 else hour:02}:{found['minute'] or '00'}"
