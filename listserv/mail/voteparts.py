"""Which words of an answer belong to which of several questions: behind its number, in its line, below it in what is quoted."""

import re
from collections.abc import Callable, Sequence

from listserv.mail import quotes, votes
from listserv.mail.daywords import MONTHS
from listserv.mail.decisions import SIGN_OFF, after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.surveykinds import Kind
from listserv.mail.votes import Ask, Choice, Read, Trouble

CHARACTERS_READ = 40_000
WORD = re.compile(r"\w+")
MARK = re.compile(r"^(?:\s*[>|])+ ?")
_NAMES = r"(?:pytani\w{1,3}|pyt|question|odpowied\w{1,3}|odp|ad|q|p)\.?\s*(?:nr\.?\s*)?"
# „Pyt. 1 – …” anywhere; „1: …” anywhere; „1) …”, „1. …”, „1 – …” where a line begins; „1-a, 2-c” and „1a, 2c” where all is made of these.
CALLED = re.compile(rf"(?:(?<=^)|(?<=[\s,;.(])){_NAMES}(?P<number>[1-9]\d?)\b\s*(?:[.:)=–—-]+|,(?=\s))?\s*", re.MULTILINE)
COLON = re.compile(r"(?:(?<=^)|(?<=[\s,;(]))#?(?P<number>[1-9]\d?)\s*(?::|=|->|=>|→)\s*(?!\d\d\b)", re.MULTILINE)
LINED = re.compile(r"^[ \t*•-]*(?P<number>[1-9]\d?)[ \t]*[.)–—-][.)–—-]*[ \t]*(?=\S)", re.MULTILINE)
PAIRS = re.compile(r"\W*(?:[1-9]\d?\s*[-–—.)]?\s*(?:[a-z]|tak|nie|yes|no)\b[\s,;.]*){2,}")
PAIR = re.compile(r"(?P<number>[1-9]\d?)\s*[-–—.)]?\s*(?=(?:[a-z]|tak|nie|yes|no)\b)")
ORDINAL = re.compile(
    r"^[ \t]*(?:na |w |do |to |on )?(?:the )?(?P<number>pierwsz\w{1,3}|drugi\w{0,3}|trzeci\w{0,3}|first|second|third)"
    r" (?:pytani\w{1,3}|question)\s*[:,–—-]*\s*(?:odpowiadam|my answer is|is)?\s*:?\s*",
    re.MULTILINE,
)
ORDINALS = {"pier": 1, "drug": 2, "trze": 3, "firs": 1, "seco": 2, "thir": 3}
# A mark beside an option of our own letter.
MARKED = re.compile(r"(?:^\s*(?:\[?\s*[x✓✔☑]\s*\]?)\s+(?=\d))|(?:\s*(?:<[-=]+|\[?[x✓✔☑]\]|\s[x✓✔☑+]|\s(?:tak|yes))\s*$)", re.IGNORECASE)
OPTION = re.compile(r"^\s*(?P<number>\d{1,2})\)\s*(?P<words>\S.*)")
LINK = re.compile(r"https?://\S+|<?[^\s@<>]{1,200}@[^\s>]{1,200}>?")
# „W terminie 1–14 grudnia”, „od 1 do 14”, „do 3.12”: days of somebody who is away.
STRETCH = re.compile(r"\d\s*[-–—./]\s*\d|\b(?:od|do|from|until|till|to)\s+\d|\b\d{1,2}\.?\s+(?:" + "|".join(MONTHS) + r")")
# Lines of ours that mail programs broke elsewhere are known by so many words in a row.
SOME = 3


def read(asks: Sequence[Ask], text: str, reply: str, ours: Callable[[], str] = lambda: "") -> Read:
    """What an answer says to these questions. `text`: the whole mail; `reply`: what was written now; `ours`: the letter that it answers."""
    reply = _without_farewell(plain(reply[:CHARACTERS_READ]))
    inside = _inside(asks, plain(text[:CHARACTERS_READ]), reply, ours)
    if inside:
        return _each(asks, inside)
    if len(asks) == 1:
        return _each(asks, {asks[0].number: _only(asks[0], reply)}) if reply.strip() else Read(troubles={asks[0].number: Trouble.UNCLEAR})
    parts = _labelled(asks, reply) or _lines(asks, reply)
    return _each(asks, parts) if parts else Read(troubles={one.number: Trouble.UNCLEAR for one in asks})


def says_which(asks: Sequence[Ask], words: str) -> bool:
    """Do these words choose something, or name the question that they answer?"""
    folded = fold(plain(words[:CHARACTERS_READ]))
    if STRETCH.search(folded):
        return False
    labels = (int(one["number"]) for pattern in (CALLED, COLON, LINED) for one in pattern.finditer(f"{folded} …"))
    return any(one <= asks[-1].number for one in labels) or any(one.chosen for one in read(asks, words, words).choices.values())


def _each(asks: Sequence[Ask], parts: dict[int, str]) -> Read:
    choices: dict[int, Choice] = {}
    troubles: dict[int, Trouble] = {}
    for ask in asks:
        if not parts.get(ask.number, "").strip():
            continue
        found = votes.choose(ask, parts[ask.number])
        if isinstance(found, Choice):
            choices[ask.number] = found
        else:
            troubles[ask.number] = found
    return Read(choices, troubles)


def _only(ask: Ask, reply: str) -> str:
    """What answers the only question: „pyt. 1 – a” names it too."""
    called = CALLED.match(fold(reply))
    return reply[called.end() :] if called and int(called["number"]) == 1 and reply[called.end() :].strip() and ask.kind is not Kind.WORDS else reply


def _without_farewell(reply: str) -> str:
    kept: list[str] = []
    for line in after_greeting(reply.strip()).split("\n"):
        if kept and SIGN_OFF.match(fold(line.strip())):
            break
        kept.append(line)
    return "\n".join(kept).strip()


# ---- by number ----------------------------------------------------------------------------------------------


def _labelled(asks: Sequence[Ask], reply: str) -> dict[int, str]:
    folded, most = fold(reply), asks[-1].number
    for pattern in (CALLED, ORDINAL, COLON, *((PAIR,) if PAIRS.fullmatch(folded) else ()), LINED):
        found = [(_number(one["number"]), one.start(), one.end()) for one in pattern.finditer(folded)]
        found = _rising(found, most)
        if not found or (len(found) == 1 and pattern in (LINED, PAIR) and not _stands_first(folded, found[0])):
            continue
        ends = [*(start for _, start, _ in found[1:]), len(reply)]
        return {number: reply[end:stop].strip(" \t\n,;") for (number, _, end), stop in zip(found, ends, strict=True)}
    return {}


def _number(said: str) -> int:
    return int(said) if said.isdigit() else ORDINALS[said[:4]]


def _rising(found: list[tuple[int, int, int]], most: int) -> list[tuple[int, int, int]]:
    """Labels count up; what does not is part of an answer („3. marca”)."""
    kept: list[tuple[int, int, int]] = []
    for one in found:
        if one[0] <= most and (not kept or one[0] > kept[-1][0]):
            kept.append(one)
        elif one[0] <= most and kept and one[0] <= kept[-1][0]:
            return []
    return kept


def _stands_first(folded: str, label: tuple[int, int, int]) -> bool:
    return not folded[: label[1]].strip() and bool(folded[label[2] :].strip())


def _lines(asks: Sequence[Ask], reply: str) -> dict[int, str]:
    """A line for each question, in order, where there are as many, and each answers its own."""
    lines = [line.strip() for line in reply.split("\n") if line.strip()]
    while len(lines) > len(asks) and isinstance(votes.choose(asks[-1], lines[-1]), Trouble):
        lines.pop()  # a name
    if len(lines) != len(asks):
        return {}
    found = [votes.choose(ask, line) for ask, line in zip(asks, lines, strict=True)]
    return {ask.number: line for ask, line in zip(asks, lines, strict=True)} if any(isinstance(one, Choice) for one in found) else {}


# ---- inside what is quoted ----------------------------------------------------------------------------------


def _inside(asks: Sequence[Ask], text: str, reply: str, ours: Callable[[], str]) -> dict[int, str]:
    """What was written below each question of our own letter, or marked beside its options."""
    lines = text.split("\n")
    starts = _question_lines(asks, lines)
    if not starts:
        return {}
    told = _Told(ours(), asks)
    found: dict[int, list[str]] = {}
    said = _said_lines(text)
    marked = any(MARK.match(lines[at]) for _, at in starts)
    for (number, at), stop in zip(starts, [*(at for _, at in starts[1:]), len(lines)], strict=True):
        ask = next(one for one in asks if one.number == number)
        for place in range(at + 1, stop):
            line = MARK.sub("", lines[place]).strip()
            if SIGN_OFF.match(fold(line)) or line == "--":
                break
            if option := _marked_option(ask, line):
                found.setdefault(number, []).append(option)
            elif line and (place in said if marked else not told.knows(line)):
                found.setdefault(number, []).append(line)
    return {number: "\n".join(some) for number, some in found.items()}


def _said_lines(text: str) -> set[int]:
    """The numbers of the lines that were written now."""
    found: set[int] = set()
    at = 0
    for piece in quotes.split(text):
        count = piece.text.count("\n")
        if piece.kind == "said":
            found |= set(range(at, at + count + (not piece.text.endswith("\n"))))
        at += count
    return found


def _question_lines(asks: Sequence[Ask], lines: Sequence[str]) -> list[tuple[int, int]]:
    """(number of the question, number of the last line of its words), in order, where the mail still shows it."""
    bare = [_bare(MARK.sub("", line)) for line in lines]
    found: list[tuple[int, int]] = []
    start = 0
    for ask in asks:
        wanted = _bare(ask.text)
        for at in range(start, len(bare)):
            end = _ends(bare, at, wanted)
            if end is not None:
                found.append((ask.number, end))
                start = end + 1
                break
    return found


def _ends(bare: Sequence[str], at: int, wanted: str) -> int | None:
    """The last line of these words where they begin in this one, wherever mail programs broke it."""
    first = re.sub(r"^(?:pytanie |question )?\d{1,2} ", "", bare[at])
    if not first or not wanted or not (first.startswith(wanted) or wanted.startswith(first)):
        return None
    so_far = first
    for end in range(at, min(at + 12, len(bare))):
        if end > at:
            so_far = f"{so_far} {bare[end]}".strip()
        if so_far.startswith(wanted):
            return end
        if not wanted.startswith(so_far):
            return None
    return None


def _bare(text: str) -> str:
    return " ".join(WORD.findall(fold(text)))


def _marked_option(ask: Ask, line: str) -> str:
    """The number of an option of ours that somebody has marked; empty where it is none, or not marked."""
    without = MARKED.sub("", line)
    option = OPTION.match(without) if without != line else None
    number = int(option["number"]) if option else 0
    if option is None or not 1 <= number <= len(ask.options):
        return ""
    own = _bare(ask.options[number - 1])
    # „2) Tak” is an option of ours, and no mark beside it.
    return str(number) if _bare(LINK.sub("", option["words"])) == own and _bare(line) != _bare(f"{number} {own}") or "<" in line else ""


class _Told:
    """The words of our own letter, to tell them from what was written between them."""

    def __init__(self, letter: str, asks: Sequence[Ask]) -> None:
        self.lines = {_bare(line) for line in letter.split("\n")}
        self.whole = _bare(letter)
        self.options = {_bare(option) for ask in asks for option in ask.options}

    def knows(self, line: str) -> bool:
        bare = _bare(LINK.sub(" ", line))
        if not bare or bare in self.lines or OPTION.match(line):
            return True
        return bare not in self.options and len(bare.split()) >= SOME and bare in self.whole
