"""The day and the hour of a wish, wherever in a mail they stand: „raz na tydzień, najlepiej w piątek o 15”, “One mail a week. On Fridays, please.”

What stands there and cannot be used is noticed too, so that it can be said aloud. All patterns read folded text.
"""

import re
from collections.abc import Iterable

from listserv.mail import schedulewords
from listserv.mail.commandwords import Kind
from listserv.mail.schedulewords import ONE, TURNED

# In the place of a schedule.
UNCLEAR = "?"

# A time of day in words, which nobody can set a clock by, and all the rest that sounds like one.
VAGUE = re.compile(
    rf"{ONE.pattern}|\b(?:rano|rankiem|wieczor\w*|popoludni\w*|po poludniu|w poludnie|noca|weekend\w*|ostatni\w* dni\w*|pierwsz\w+ dni\w*"
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
    """`weekly fri 15:00` for a wish said in the sentence `own`, with the others around it; and is there something that was not understood?

    `UNCLEAR` where that stands in the wish itself: without it another schedule would be set than was asked for.
    """
    every = list(others)
    found = schedulewords.find(" . ".join((own, *(one for one in every if _says_when(one)))), kind)
    elsewhere = any(VAGUE.search(one) for one in every if not _says_when(one))
    if VAGUE.search(found.left) or (found.days and TURNED.search(found.left)):
        return UNCLEAR, True
    if not (found.days or found.clock or found.number):
        return "", elsewhere
    said = schedulewords.written(kind, found)
    return said or UNCLEAR, elsewhere or not said


def without_when(sentence: str) -> str:
    """The sentence without its days and hours: „jeden mail dziennie o godz 18” is „jeden mail dziennie”."""
    left = schedulewords.find(sentence).left
    return " ".join(re.sub(r"\bnaj?lepiej\b|\bpreferably\b|\bideally\b", "", left).split()).strip(" ,;-")


def names_a_schedule(sentences: Iterable[str]) -> bool:
    """Is there a wish for digests at certain times, which could not be read?"""
    return any(not schedulewords.is_bare(one) and VAGUE.search(one) for one in sentences)


def _says_when(sentence: str) -> bool:
    """Is there a day or an hour, and nothing else?"""
    bare = without_when(sentence)
    return bare != sentence.strip(" ,;-") and not re.search(r"\w", _FILL.sub("", bare))
