"""What came of a question: counted from plain values, so that pages, letters and files say the same."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import median

# Of fewer anonymous answers nobody is shown anything, not even those who asked: among four, a guess is a name.
FEWEST_ANONYMOUS = 5
SCALE = (1, 2, 3, 4, 5)
# Blocks of which a bar of characters is made: whole ones, and the eighths of the last.
BLOCK, PARTS = "█", " ▏▎▍▌▋▊▉"
BAR = 20

# What was answered in numbers, and by how many people each.
Given = list[tuple[tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: what it asks, the kind of its answers (`one`, `several`, `ranked`, `scale`, `words`) and what can be chosen."""

    text: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to one question: numbers from 1 on (of `ranked`: the best first), or words, or nothing of it; so many people gave exactly this one."""

    numbers: tuple[int, ...] = ()
    words: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One answer that could be given. `count`: people, or points where it was ranked; `share`: of those who answered, or of the points that could be had."""

    label: str
    count: int
    share: float
    # Where it was ranked: its place; those with as many points share one.
    place: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of one question, `answered` by so many."""

    asked: Asked
    answered: int
    lines: tuple[Line, ...] = ()
    average: float | None = None
    median: float | None = None
    words: tuple[str, ...] = ()
    # So many said that nothing of it is for them; they have answered too.
    none: int = 0

    @property
    def tied(self) -> tuple[tuple[str, ...], ...]:
        """What shares a place, or the first place where people chose: each group by its names."""
        by: dict[int, list[str]] = {}
        for line in self.lines:
            if self.asked.kind == "ranked" and line.count:
                by.setdefault(line.place, []).append(line.label)
        return tuple(tuple(group) for _, group in sorted(by.items()) if len(group) > 1)

    @property
    def best(self) -> tuple[str, ...]:
        """What most people chose, or ranked highest; several where they are equal, none where nobody chose."""
        most = max((line.count for line in self.lines), default=0)
        if not most or self.asked.kind not in ("one", "several", "ranked"):
            return ()
        return tuple(line.label for line in self.lines if line.count == most)


def tally(asked: Asked, said: Iterable[Said], salt: str = "") -> Tally:
    """Count the answers to one question; sentences stand in an order that tells nothing of who came first (`salt`: another one for each question).

    Who answers a choice in words alone is among the sentences, and in no share.
    """
    counted = {"one": _chosen, "several": _chosen, "ranked": _ranked, "scale": _scale}.get(asked.kind)
    given = list(said)
    words = _mixed((one.words for one in given), salt)
    if counted is None:
        return Tally(asked, len(words), words=words)
    return counted(asked, [(numbers, one.times) for one in given if (numbers := _valid(asked, one.numbers)) or _is_none(asked, one)], words)


def _is_none(asked: Asked, one: Said) -> bool:
    """Does it say that nothing of what can be chosen is meant?"""
    return not one.numbers and not one.words and asked.kind in ("one", "several")


def _valid(asked: Asked, numbers: Sequence[int]) -> tuple[int, ...]:
    """Numbers that were there to be chosen, each once."""
    most = len(SCALE) if asked.kind == "scale" else len(asked.choices)
    kept = tuple(dict.fromkeys(number for number in numbers if 1 <= number <= most))
    return kept[:1] if asked.kind in ("one", "scale") else kept


def _chosen(asked: Asked, given: Given, words: tuple[str, ...]) -> Tally:
    counts, answered = Counter[int](), _people(given)
    for numbers, times in given:
        counts.update(dict.fromkeys(numbers, times))
    lines = tuple(Line(label, counts[number], _share(counts[number], answered)) for number, label in enumerate(asked.choices, 1))
    return Tally(asked, answered, lines, words=words, none=sum(times for numbers, times in given if not numbers))


def _people(given: Given) -> int:
    return sum(times for _, times in given)


def _ranked(asked: Asked, given: Given, words: tuple[str, ...]) -> Tally:
    """The sum of Borda: of n choices the first has n points, the second one less; what was not named has none."""
    most, points = len(asked.choices), Counter[int]()
    for numbers, times in given:
        for place, number in enumerate(numbers):
            points[number] += (most - place) * times
    lines = [
        Line(label, points[number], _share(points[number], most * _people(given)), 1 + sum(1 for other in points.values() if other > points[number]))
        for number, label in enumerate(asked.choices, 1)
    ]
    return Tally(asked, _people(given), tuple(sorted(lines, key=lambda line: line.place)), words=words)


def _scale(asked: Asked, given: Given, words: tuple[str, ...]) -> Tally:
    counts = Counter[int]()
    for numbers, times in given:
        counts[numbers[0]] += times
    answered, ends = counts.total(), dict(zip((SCALE[0], SCALE[-1]), asked.choices, strict=False)) if len(asked.choices) == 2 else {}
    named = [(number, f"{number} – {ends[number]}" if number in ends else f"{number}") for number in SCALE]
    lines = tuple(Line(label, counts[number], _share(counts[number], answered)) for number, label in named)
    if not answered:
        return Tally(asked, 0, lines, words=words)
    average = sum(number * count for number, count in counts.items()) / answered
    return Tally(asked, answered, lines, average, float(median(counts.elements())), words)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _mixed(words: Iterable[str], salt: str) -> tuple[str, ...]:
    """Sentences in an order of their own: no order of arrival, and the same each time that somebody looks."""
    said = [one.strip() for one in words if one.strip()]
    return tuple(sorted(said, key=lambda one: sha256(f"{salt}\n{one}".encode("utf-8", "replace")).digest()))


def withheld(*, anonymous: bool, answered: int, closed: bool, decides: bool) -> str:
    """Why somebody is shown no results: `open` or `few`; empty where they are shown.

    Before the close those who decide look on, so that they can close early or ask once more; of anonymous answers nobody sees
    anything until then: whoever looked after each answer would know whose it was.
    """
    if not closed and (anonymous or not decides):
        return "open"
    return "few" if anonymous and 0 < answered < FEWEST_ANONYMOUS else ""


def bar(share: float, width: int = BAR) -> str:
    """A bar of characters for a share of 0 to 1."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    whole, rest = divmod(eighths, 8)
    return BLOCK * whole + (PARTS[rest] if rest else "")
