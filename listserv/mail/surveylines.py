"""The lines of a letter that asks: which are questions, which are answers to choose from, and what stands around them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from listserv.mail.folding import fold

LABEL = re.compile(r"(?i)^\s*(?:pytanie|pyt\.?|question|q|p)\s*(?:nr\s*)?(\d{1,2})\s*[.):–—-]\s*(?P<words>\S.*)")
NUMBERED = re.compile(r"^\s*(?P<number>\d{1,2})(?P<style>[.)])\s+(?P<words>\S.*)")
LETTERED = re.compile(r"^\s*(?P<number>[a-zA-Z])(?P<style>[.)])\s+(?P<words>\S.*)")
DASHED = re.compile(r"^\s*(?P<style>[-*•–—·]|\[ ?\]|☐)\s+(?P<words>\S.*)")
MARK = re.compile(f"{NUMBERED.pattern.replace('P<', 'P<a')}|{LETTERED.pattern.replace('P<', 'P<b')}|{DASHED.pattern.replace('P<', 'P<c')}")
# „Kiedy? 1) czwartek 2) piątek” in one line.
INLINE = re.compile(r"(?:(?<=\s)|^)(?P<mark>\d{1,2}|[a-z])\)\s+(?=\S)")
AWAITS = re.compile(
    r"czekam\w*|czekaja|zbieram\w*|termin\w*|prosimy|odpowiedz|odpowiadac|odpowiadamy|odpowiedziec|zamykamy|koniec|konczy|konczymy"
    r"|sie|trwa|mozna|na|do|dnia|godziny|godz|r|roku|closes?|open|until|by|deadline"
    r"|answer|reply|respond|replies|due|awaited|collected|ends?|we|are|at|on|o"
)
ANSWERING = re.compile(
    r"\b(?:odpow\w+|glos\w+|ankiet\w+|czekam\w*|zbieram\w*|termin\w*|answer\w*|repl(?:y|ies)|respond|vot\w+|survey|poll|closes?"
    r"|deadline)\b"
)
SENTENCE = re.compile(r"(?<=[.!?:])\s+")
SAYS_KIND = re.compile(
    r"\b(?:mozna|wybierz|uszereg\w*|kilka|jedna odpowiedz|skali|slowami|opisowo|wielokrotn\w*|jednokrotn\w*"
    r"|(?:prosze|please) (?:wybrac|zaznaczyc|uszeregowac|wskazac|ocenic|choose|select|pick|rank|tick)"
    r"|choose|select|pick|tick|rank|scale|words|several|more than one|in (?:the )?order|you (?:may|can))\b"
)
LONG_LINE = 58


@dataclass
class Block:
    """A question with the answers below it; `note`: what stands beside them."""

    text: str
    options: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line, how it begins ("label", "1.", "1)", "a", "-"; empty: as text does) and what is said in it."""

    style: str
    words: str
    number: str = ""


def blocks(lines: Sequence[str]) -> tuple[str, list[Block]]:
    """The words above the first question, and the questions."""
    read = _joined([_line(part) for line in lines for part in _apart(line)])
    asks = _question_styles(read)
    intro, found = _by_marks(read, asks) if asks else _by_words(read)
    return intro.strip(), found


def _apart(line: str) -> list[str]:
    """A line in which several answers stand, as a line for each."""
    marks = list(INLINE.finditer(line))
    names = [one["mark"] for one in marks]
    if len(marks) < 2 or names not in ([str(at) for at in range(1, len(names) + 1)], [chr(96 + at) for at in range(1, len(names) + 1)]):
        return [line]
    ends = [*(one.start() for one in marks[1:]), len(line)]
    above = line[: marks[0].start()]
    return [*([above] if above.strip() else []), *(line[one.start() : end].strip(" ,;") for one, end in zip(marks, ends, strict=True))]


def _line(line: str) -> Line:
    if label := LABEL.match(line):
        return Line("label", label["words"], label[1])
    for style, pattern in (("1", NUMBERED), ("a", LETTERED), ("", DASHED)):
        if found := pattern.match(line):
            return Line(style + found["style"] if style else "-", found["words"].strip().rstrip(";,"), found["number"] if style else "")
    return Line("", line.strip())


def _joined(lines: Sequence[Line]) -> list[Line]:
    """A line that a mail program has broken goes on in the next one."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        if before and line.words and not line.style and before.words and _goes_on(before, line):
            found[-1] = Line(before.style, f"{before.words} {line.words}", before.number)
        else:
            found.append(line)
    return found


def _goes_on(before: Line, line: Line) -> bool:
    open_end = not before.words.endswith((".", "?", "!", ":", ")"))
    return open_end and (len(before.words) >= LONG_LINE or line.words[:1].islower()) and not SAYS_KIND.match(fold(line.words).lstrip("("))


def _question_styles(lines: Sequence[Line]) -> str:
    """How questions begin, where they are numbered; empty where they are not."""
    marked = [line for line in lines if line.style]
    if any(line.style == "label" for line in marked):
        return "label"
    for at, line in enumerate(marked[:-1]):
        if line.style in ("1.", "1)") and marked[at + 1].style != line.style:
            return line.style
    for style in ("1.", "1)"):
        same = [line for line in marked if line.style == style]
        if same and sum("?" in line.words for line in same) * 2 > len(same):
            return style
    return ""


def _by_marks(lines: Sequence[Line], asks: str) -> tuple[str, list[Block]]:
    intro: list[str] = []
    found: list[Block] = []
    for line in lines:
        if line.style == asks:
            found.append(Block(line.words))
        elif not found:
            intro.append(line.words)
        elif line.style:
            found[-1].options.append(line.words)
        elif line.words:
            found[-1].note += f"{line.words}\n"
    return "\n".join(intro), found


def _by_words(lines: Sequence[Line]) -> tuple[str, list[Block]]:
    """The words before a list of answers are a question; without any list, each sentence that asks."""
    if not any(line.style for line in lines):
        return _by_question_marks(lines)
    intro: list[str] = []
    found: list[Block] = []
    before: list[str] = []
    for at, line in enumerate(lines):
        if not line.style:
            before.append(line.words)
            continue
        if before or not found:
            if found and not _asks_more(lines[at:], before):
                found[-1].note += "\n".join(before)
            else:
                above, question = _last_question(before)
                (intro if not found else before[:0]).extend(above)
                found.append(Block(question))
            before = []
        found[-1].options.append(line.words)
    _take_rest(before, found)
    return "\n".join(intro), [block for block in found if block.text]


def _asks_more(ahead: Sequence[Line], before: Sequence[str]) -> bool:
    """Does another question begin, or do the answers to the one above go on?"""
    return any(before) and (ahead[0].number in ("1", "a", "A", "") or any("?" in line for line in before))


def _last_question(before: Sequence[str]) -> tuple[list[str], str]:
    """What introduces, and what asks: the last paragraph, of it the last sentence that asks and what follows."""
    lines = list(before)
    while lines and not lines[-1]:
        lines.pop()
    start = len(lines)
    while start and lines[start - 1]:
        start -= 1
    while start < len(lines) - 1 and "?" in " ".join(lines[start + 1 :]):
        start += 1
    above, paragraph = lines[:start], " ".join(lines[start:])
    sentences = SENTENCE.split(paragraph)
    asking = [at for at, one in enumerate(sentences) if one.rstrip(" )").endswith("?")]
    first = asking[-1] if asking else 0
    if first:
        above.append(" ".join(sentences[:first]))
    return above, " ".join(sentences[first:])


def _take_rest(rest: Sequence[str], found: list[Block]) -> None:
    """Below the last answers: more questions, or a word about how to answer."""
    for line in rest:
        if line.endswith("?"):
            found.append(Block(line))
        elif line and found:
            found[-1].note += f"{line}\n"


def _by_question_marks(lines: Sequence[Line]) -> tuple[str, list[Block]]:
    intro: list[str] = []
    found: list[Block] = []
    for line in lines:
        for sentence in SENTENCE.split(line.words) if line.words else [""]:
            if sentence.rstrip(" )").endswith("?"):
                found.append(Block(sentence))
            elif found and sentence:
                found[-1].note += f"{sentence}\n"
            elif not found:
                intro.append(sentence)
    return "\n".join(intro), found
