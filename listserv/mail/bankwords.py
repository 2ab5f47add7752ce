"""Words that put an item of the bank of materials in order: „TYTUŁ: …”, „OBSZAR: tik”, „USUŃ”, „POLECAM”; its number may stand in front."""

from dataclasses import dataclass
from enum import StrEnum

from listserv.lazily import compiled
from listserv.mail.folding import fold, plain

MOST_LINES, LONGEST_LINE = 200, 1_000


class Field(StrEnum):
    """What is said of an item."""

    TITLE = "title"
    AREA = "area"
    KIND = "kind"
    LICENCE = "licence"
    DESCRIPTION = "description"
    REMOVE = "remove"
    RESTORE = "restore"
    RECOMMEND = "recommend"
    NOT_RECOMMEND = "not-recommend"


@dataclass(frozen=True, slots=True)
class Said:
    """One word about an item, with what it is given; `number`: of the item, where it was named."""

    field: Field
    value: str = ""
    number: int = 0


# All folded. With these a value follows behind a colon (or a dash); the others stand alone, or with a reason behind them.
GIVEN = {
    Field.TITLE: "tytul|nazwa|title|name",
    Field.AREA: "obszar|temat|dzial|area|topic",
    Field.KIND: "rodzaj|typ|kind|type",
    Field.LICENCE: "licencja|licence|license",
    Field.DESCRIPTION: "opis|description",
}
ALONE = {
    Field.NOT_RECOMMEND: "nie polecam|nie polecamy|juz nie polecam|not recommended?|do not recommend|don't recommend|unrecommend",
    Field.RECOMMEND: "polecam|polecamy|polec|warto polecic|dobra praktyka|recommend|recommended|i recommend(?: it| this)?|good practice",
    Field.RESTORE: "przywroc|przywrocic|przywracam|restore|put back",
    Field.REMOVE: "usun|usunac|usuwam|skasuj|skasowac|remove|delete|take out",
}
PLEASE = r"(?:bardzo )?(?:prosze(?: o)? |prosimy |please )?"
WHICH = r"(?:(?:material(?:u|y)?|pozycj[aei]|item)? ?(?:nr\.?|numer|no\.?|number|#)? ?)"
NUMBERED = rf"(?:{WHICH}(?P<number>\d{{1,9}})\s*[.:)–-]?\s+)?"
LINES = [(field, compiled(rf"{NUMBERED}{PLEASE}(?:{words})\s*(?:[:=]|\s[–-]\s)\s*(?P<value>\S.*)")) for field, words in GIVEN.items()]
LINES += [
    (field, compiled(rf"{NUMBERED}{PLEASE}(?:{words})(?: (?:to|go|ja|it|this|ten material|te pozycje|{WHICH}(?P<after>\d{{1,9}})))?\s*(?:[.!]*|[,;:–(-].*)"))
    for field, words in ALONE.items()
]
# Our own letter, where a mail program quotes it without a mark.
OURS = compiled(
    r"lepszy tytul|a better title|na przyklad cc|for instance cc|przywroc to cofa|restore takes that back|nie polecam to cofa|not recommended takes that back"
    r"|scenariusz, samouczek|(?:scenario|lesson plan), tutorial|: (?:jeden z:|one of) "
)
NUMBER = compiled(rf"(?:(?:odp|re|fwd?|pd)[ .:]+)*{WHICH}(?P<number>[1-9]\d{{0,8}})[ .!]*")


def read(reply: str) -> tuple[Said, ...]:
    """What is said of items, line by line; a line that says anything else is left to humans."""
    lines = (line.strip(' \t*_„”"')[:LONGEST_LINE] for line in plain(reply).splitlines()[:MOST_LINES])
    return tuple(said for line in lines if line and (said := _said(line)))


def _said(words: str) -> Said | None:
    folded = fold(words)
    if OURS.search(folded):
        return None
    for field, pattern in LINES:
        match = pattern.fullmatch(folded)
        if match:
            groups = match.groupdict()
            # Folding leaves every character in its place.
            value = words[match.start("value") :].strip(" \t*_") if groups.get("value") else ""
            return Said(field, value, int(groups.get("number") or groups.get("after") or 0))
    return None


def number_in(subject: str) -> int:
    """The item that a subject names and nothing else: „12”, „materiał 12”; 0 for anything else."""
    match = NUMBER.fullmatch(fold(plain(subject)).strip())
    return int(match["number"]) if match else 0
