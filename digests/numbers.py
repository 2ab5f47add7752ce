"""Answers that name their points by number: what is a point's number, and what is an ordinal, an hour, or somebody's own list."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from listserv.lazily import compiled
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain

# `pkt 2`, `do punktu 2`, `Ad. 2`, `#2`: whoever writes that means a point; `nr 2`, `do 2` may be anything until a sign follows.
MARKER = r"(?:(?:(?:do|w\s+sprawie|odno[sś]nie|co\s+do|odpowied[zź]\s+(?:do|na))\s+)?(?:pkt\.?|punktu?|point|item)\s*|ad\.?\s*|\#\s?)"
NUMBER = compiled(
    rf"""\s*(?:(?P<marker>{MARKER})|(?:nr\.?|do)\s+)?
    (?:[(\[](?P<closed>\d{{1,3}})[)\]][ \t]*[:：.]?(?!\d)|(?P<number>\d{{1,3}})(?!\d)(?:
      [ \t]*(?P<colon>[:：])(?!\d) | [ \t]*[)\]](?!\d) | /(?=\s)
      | [ \t]*(?P<dot>\.)(?!\d) | [ \t]*(?P<dash>[–—-])(?=[ \t]+\D) | [ \t]*(?P<alone>(?=\n|\Z)) | (?P<none>(?=[ \t]+\S))))\s*""",
    re.IGNORECASE | re.VERBOSE,
)
# One text for several points: `1, 2: so`, `ad 1 i 2`, `1-2:`.
AND = r"\s*(?:,|;|i|oraz|and|&|\+|[–—-])\s*"
PLURAL = compiled(rf"\s*(?:{MARKER}\d{{1,3}}{AND}|\d{{1,3}}{AND}(?=\d{{1,3}}\s*[:)]))\d{{1,3}}\b", re.IGNORECASE)
# „3. Maja”, „2. LO”: ordinals, whatever letter comes next.
ORDINAL = (
    *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "wrzesnia", "pazdziernika", "listopada", "grudnia"),
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    *("lo", "sp", "liceum", "technikum", "klasa", "klasy", "edycja", "edycji", "ogolnopolski", "ogolnopolska", "miedzynarodowy", "miedzynarodowa"),
)
OPENING = " \t\"'„”“‘«(*_"
# Words at the top that only lead to the answers below.
LEADS = compiled(
    r"\W*(?:(?:pozwole sobie|see|patrz|zob\w*|odpowiadam|odpisuje|pisze|i(?: have)? answer(?:ed)?)\s+)?(?:(?:moje|my)\s+)?"
    r"(?:(?:odpowiedzi|odpowiedz|answers?|replies|reply|komentarze|uwagi|comments?)\s+)?(?:(?:sa|are)\s+)?"
    r"(?:ponizej|nizej|w tekscie|w tresci|w cytacie|miedzy wierszami|po kolei|below|inline|in line|in the text|between the lines|in turn)"
    r"(?:,?\s+(?:na|w kolorze|kolorem|in)\s+\w+)?\W*|\W*(?:moje |my )?(?:odpowiedzi|odpowiadam|odpisuje|answers|replies)\W*"
)
LONGEST_LEAD = 80
MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody says to one point."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """An answer as its numbers divide it. `unknown`: the lone number in front that is no point's; `doubt`: nobody can tell what its numbers are."""

    parts: tuple[Part, ...] = ()
    unknown: int = 0
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the beginning of a line. `ours`: written as the digest asks for, and not as any list is."""

    number: int
    start: int
    end: int
    ours: bool


def leading_number(text: str) -> tuple[int, str] | None:
    """The number that an answer begins with, and the words behind it; None where it begins with words."""
    found = _mark(text, 0)
    return (found.number, text[found.end :]) if found else None


def by_numbers(words: str, known: Callable[[int], bool]) -> Numbered:
    """What an answer says to which number: divided only where nothing else can be meant."""
    at = _led_to(words)
    if PLURAL.match(words, at):
        return Numbered(doubt=True)
    marks = _marks(words, at)
    if not marks or marks[0].start != at:
        # A list in the midst of an answer is its author's own, unless it is written as the digest asks for.
        return Numbered(doubt=any(mark.ours and known(mark.number) for mark in marks))
    some = [mark for mark in marks if mark.ours] if marks[0].ours else marks
    if len(some) == 1 and not known(some[0].number):
        return Numbered(unknown=some[0].number)
    if not all(known(mark.number) for mark in some) or not _are_points(some):
        return Numbered(doubt=True)
    return Numbered(_parts(words, at, some))


def only_leads(text: str) -> bool:
    """Is this a greeting, or „odpowiedzi poniżej”, and nothing else?"""
    said = plain(text).strip()
    rest = fold(after_greeting(f"{said}\n\n.")).strip(" \n.,:;!")
    return not rest or (len(rest) <= LONGEST_LEAD and LEADS.fullmatch(rest) is not None)


def is_exclaimed(text: str) -> bool:
    """Is this „Przyjdę!” and no more? The same stands for a name, „Aniu!”, only where words follow."""
    said = plain(text).strip()
    return said.endswith("!") and "\n" not in said and after_greeting(said) == said


def _mark(text: str, at: int) -> Mark | None:
    found = NUMBER.match(text, at)
    if not found:
        return None
    marker = (found["marker"] or "").lower().strip()
    sure = marker.startswith(("ad", "#"))
    behind = text[found.end() : found.end() + 40]
    if (found["none"] is not None and not sure) or ((found["dot"] or found["dash"]) and not sure and not _begins_anew(found[0], behind)):
        return None
    return Mark(int(found["closed"] or found["number"]), at, found.end(), bool(marker or found["colon"]))


def _begins_anew(mark: str, behind: str) -> bool:
    """„2. edycja” is an ordinal, „3. Maja” a day, „2 - trzy osoby” a count: behind a dot or a dash only a capital begins an answer."""
    if not behind or mark.rstrip(" \t").endswith("\n"):
        return True
    first = behind.lstrip(OPENING)
    return first[:1].isupper() and (re.findall(r"\w+", fold(first)) or [""])[0] not in ORDINAL


def _marks(words: str, at: int) -> list[Mark]:
    """The numbers at the beginning of lines, from there on."""
    starts = [at, *(found.end() for found in re.finditer(r"\n\s*", words[at:]))]
    places = [at, *(at + start for start in starts[1:])]
    return [mark for place in places[:MOST_LINES] if place < len(words) and (mark := _mark(words, place))]


def _led_to(words: str) -> int:
    """Where the answers begin: behind a greeting, and behind a line that only leads to them."""
    at = len(words) - len(words.lstrip())
    for found in re.finditer(r"\n\s*|(?<=[,!])[ \t]+", words[:400]):
        if _mark(words, at):
            break
        if only_leads(words[: found.start()]) and (found[0][0] == "\n" or _mark(words, found.end())):
            at = found.end()
    return at


def _are_points(marks: Sequence[Mark]) -> bool:
    """Are these numbers the digest's? Each stands once; and those that go 1, 2, 3 as in any list are written as it asks for."""
    numbers = [mark.number for mark in marks]
    if len(numbers) == 1:
        return True
    if len(set(numbers)) < len(numbers):
        return False
    return marks[0].ours or (numbers == sorted(numbers) and numbers != list(range(1, len(numbers) + 1)))


def _parts(words: str, at: int, marks: Sequence[Mark]) -> tuple[Part, ...]:
    """The greeting stays with the first."""
    ends = [*(mark.start for mark in marks[1:]), len(words)]
    texts = [words[mark.end : end].strip() for mark, end in zip(marks, ends, strict=True)]
    above = words[:at].strip()
    if texts[0] and above and fold(above).strip(" ,.!") and not LEADS.fullmatch(fold(above)):
        texts[0] = f"{above}\n\n{texts[0]}"
    return tuple(Part(mark.number, text) for mark, text in zip(marks, texts, strict=True))
