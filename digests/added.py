"""What somebody wrote into a digest that their mail program quotes without marking it: the lines that the digest itself does not say.

Outlook and several webmails mark nothing, and people type below such a quotation or between its lines. So it is held
against the digest as it was sent, by runs of words: programs wrap and space what they quote, each in its own way.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from listserv.mail import quotemarks, quotes
from listserv.mail.folding import fold, plain
from listserv.mail.quotes import Piece

RUN = 3
MOST_LINES, MOST_LETTERS = 6_000, 100_000
# So many lines of a digest nobody types.
A_DIGEST = 6
# Older mails within the quotation, each below a heading of its own.
DEEPEST = 8
WORDS = re.compile(r"[^\W_]+")
# Programs add, drop and rewrite addresses; the reader's own stand in no two letters alike.
ADDRESSES = re.compile(r"<[^<>\s]{3,2000}>|\[(?:cid|image|obraz)\b[^\]\n]{0,200}\]|(?:https?://|mailto:|cid:|www\.)\S+|[^\s@]{1,100}@\S+", re.IGNORECASE)
# Stands for a run of the digest's own lines, so that a farewell above it is no letter's end.
KNOWN = "\N{SECTION SIGN}the digest\N{SECTION SIGN}"
# What gateways put above a mail from outside.
BANNER = re.compile(
    r"\b(?:external|outside|z zewnatrz|zewnetrzn\w+|spoza|nie otwieraj\w*|nie klikaj\w*|zachowaj\w* ostroznosc|do not (?:click|open)|caution)\b"
)
LONGEST_BANNER = 800


class Own:
    """Knows the words of one digest again, in whichever of its forms; each run only as often as the digest says it."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs: Counter[tuple[str, ...]] = Counter()
        self._words: Counter[str] = Counter()
        self._headings: set[tuple[str, ...]] = set()
        for text in texts:
            words = _words(text)
            self._runs |= Counter(_runs(words))
            self._words |= Counter(words)
            self._headings |= {tuple(found) for line in text.split("\n") if (found := _words(line)) and _is_short(found) and found[0].isdigit()}

    def knows(self, lines: Sequence[str]) -> list[bool]:
        """Of each line, whether the digest says all its words."""
        split = [_words(line) for line in lines]
        every = [(place, word) for place, words in enumerate(split) for word in words]
        covered = [False] * len(every)
        left = self._runs.copy()
        for at, run in enumerate(_runs([word for _, word in every])):
            if left[run] > 0:
                left[run] -= 1
                covered[at : at + RUN] = [True] * RUN
        known = [True] * len(lines)
        for (place, _), is_covered in zip(every, covered, strict=True):
            known[place] &= is_covered
        said = Counter(word for is_known, words in zip(known, split, strict=True) if is_known for word in words)
        return [tuple(words) in self._headings or (is_known and not self._is_surplus(words, said)) for is_known, words in zip(known, split, strict=True)]

    def _is_surplus(self, words: Sequence[str], said: Counter[str]) -> bool:
        """A short line of words that all are said once more than the digest says them is somebody's own, wherever it stands."""
        return _is_short(words) and all(said[word] > self._words[word] for word in words)

    def fills(self, text: str) -> bool:
        """Is this the digest rather than somebody's words?"""
        lines = [line for line in text.split("\n")[:MOST_LINES] if len(_words(line)) >= RUN]
        return sum(self.knows(lines)) >= A_DIGEST


def added(pieces: Sequence[Piece], own: Own | None, *, words: str, marked: bool) -> str:
    """What the author wrote into the quotations; empty where there is nothing, or nobody can tell.

    `words`: what stands outside them. `marked`: look also where the lines are marked.
    """
    if own is None:
        return ""
    lines = [line for piece in pieces if piece.kind == "quote" for line in _lines(piece.text, marked=marked)][:MOST_LINES]
    known = own.knows(lines)
    text = _unknown(lines, known)
    below, passed_on = _below_headings(text)
    # Between two headings stands what somebody else wrote, who passed the digest on.
    return "" if passed_on and words else _joined(quotes.letter(below))


def _lines(text: str, *, marked: bool) -> list[str]:
    lines = text.split("\n")
    if not marked:
        return [line for line in lines if not quotemarks.QUOTED.match(line)]
    return [line.lstrip(" \t>|") for line in lines if not re.match(r"\s*>\s?>", line)]


def _unknown(lines: Sequence[str], known: Sequence[bool]) -> str:
    """The lines that are not known, each run of them a paragraph; without what programs put above a mail."""
    made: list[str] = []
    first = True
    for line, is_known in zip(lines, known, strict=True):
        if not is_known or not WORDS.search(line):
            made.append(line if WORDS.search(line) else "")
            continue
        made = [] if first and _is_a_programs("\n".join(made)) else made
        made.append(KNOWN)
        first = False
    return re.sub(rf"{KNOWN}(?:\s*{KNOWN})+", KNOWN, "\n".join(made))[:MOST_LETTERS]


def _joined(text: str) -> str:
    """Without what stands for the digest's own lines."""
    blocks = (block.strip("\n") for block in text.split(KNOWN))
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(block for block in blocks if block.strip())).strip()


def _is_a_programs(text: str) -> bool:
    """Is it a heading such as „Wiadomość napisana przez …”, or a gateway's warning?"""
    if len(text) <= LONGEST_BANNER and BANNER.search(fold(plain(text))):
        return True
    return all(piece.kind in ("attribution", "quote") for piece in quotes.split(f"{text.strip()}\n> .\n") if piece.text.strip())


def _below_headings(text: str) -> tuple[str, bool]:
    """The words below the last heading of an older mail; was there any?"""
    for depth in range(DEEPEST):
        pieces = quotes.split(text)
        heading = next((place for place, piece in enumerate(pieces) if piece.kind == "attribution"), None)
        if heading is None:
            return text, depth > 0
        text = "".join(piece.text for piece in pieces[heading + 1 :])
    return text, True


def _is_short(words: Sequence[str]) -> bool:
    return 0 < len(words) < RUN


def _words(line: str) -> list[str]:
    return WORDS.findall(fold(ADDRESSES.sub(" ", plain(line))))


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)]
