"""What was answered to which question: below each in a quoted letter, after its number, after a word of it, or none can be told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from listserv.mail.decisions import GREETING, SIGN_OFF, after_greeting
from listserv.mail.folding import fold, plain

CHARACTERS_READ = 20_000
LONGEST_ANSWER = 2_000
WORD = re.compile(r"\w+")
QUOTED = re.compile(r"\s*[>|]")
MARK = re.compile(r"^(?:\s*[>|])+ ?")
MARKS = re.compile(r"^[\s>|]*(?:\d{1,2}\s*[.):])?[\s*_•–-]*")
NUMBERED = re.compile(r"(?mi)^[ \t*]*(?:(?:ad|odp|pyt|q|a)\b\.?[ \t]*)?([1-9])[ \t]*[.):–-]+[ \t]+(?=\S)")
BARE_NUMBER = re.compile(r"\s*\d{1,2}\s*[.):]?\s*")
LABEL = re.compile(r"[ \t*]*([^\W\d_][^:\n]{0,40}):[ \t]*(\S.*)")
# A word that is inflected is known by its beginning: „biblioteka”, „w jakiej bibliotece”.
SHORTEST_STEM = 5
# A name as it is written; and words of somebody who has asked for nothing.
NAME = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){1,3}")
PROTEST = re.compile(r"\?|\b(?:nie|nigdy|no|not|never|spam|oszustwo|stop|pomylka|mistake|\w+n't)\b")
# Words that stop an answer: the first of the sentence below the questions in our letter.
STOP_WORDS = 4
# A question that asks for nothing but a name.
# fmt: off
NAME_WORDS = frozenset((
    "imie", "nazwisko", "nazwiska", "imiona", "i", "oraz", "prosze", "podac", "podanie", "jak", "sie", "nazywasz", "nazywaja", "panstwo", "panstwa",
    "pan", "pani", "twoje", "your", "full", "first", "last", "name", "and", "what", "is", "the", "please",
))
# fmt: on
NAMING = frozenset({"imie", "imiona", "nazwisko", "nazwiska", "nazywasz", "nazywaja", "name"})


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for each question, empty where none was found; `rest` is what else was written."""

    each: tuple[str, ...]
    rest: str

    @property
    def any(self) -> bool:
        """Was at least one answered so that it can be told which?"""
        return any(self.each)


def read(questions: Sequence[str], text: str, words: str, below: Sequence[str] = (), *, asked: bool = True) -> Answers:
    """Match a reply with the questions that it answers.

    `text` is the whole letter with what it quotes, `words` what was written now, `below` the sentences that stand under the
    questions in the letter that it answers: programs that quote without marks are understood by them. Not `asked`: it was
    written before anybody had put the questions.
    """
    text, words = plain(text[:CHARACTERS_READ]), plain(words[:CHARACTERS_READ]).strip()
    for way in (_marked(questions, words), _between(questions, text, below), _numbered(questions, words)):
        if any(way):
            return Answers(way, _rest(words, way))
    # One question and a few words: they are its answer.
    if asked and len(questions) == 1 and words and not _is_nod(words):
        return Answers((words[:LONGEST_ANSWER],), "")
    return Answers(("",) * len(questions), words)


def names_only(question: str) -> bool:
    """Does it ask for somebody's name and nothing more? That stands in the letter's From already."""
    words = set(_folded_words(question))
    return bool(words & NAMING) and words <= NAME_WORDS


def _folded_words(text: str) -> list[str]:
    return WORD.findall(fold(plain(text)))


def _is_nod(words: str) -> bool:
    return len(words.split()) < 2 and fold(words).strip(" .,!") in ("tak", "ok", "yes", "potwierdzam", "zgoda")


def name_in(answer: str) -> str:
    """The name that an answer begins with; empty where that is something else."""
    first = re.split("[,;\n]", after_greeting(answer.strip()).strip())[0].strip(" .")
    return first if NAME.fullmatch(first) and all(word[0].isupper() for word in first.split()) else ""


def introduces(questions: Sequence[str], words: str) -> str:
    """„Jan Żuk, MBP Kolno, chcę się uczyć”: the name of somebody who was asked for it first, gives it, and goes on to tell as many things as were asked.

    Somebody who has not applied may sign, too, but protests or asks.
    """
    if len(questions) < 2 or not names_only(questions[0]) or PROTEST.search(fold(words)):
        return ""
    return name_in(words) if len(_things(words)) >= len(questions) else ""


def in_order(questions: Sequence[str], words: str) -> tuple[str, ...]:
    """What somebody who introduces themselves tells, one thing for each question; empty where they are more, or fewer."""
    things = _things(words)
    return tuple(things) if len(things) == len(questions) and introduces(questions, words) else ()


def _things(words: str) -> list[str]:
    return [thing.strip(" .")[:LONGEST_ANSWER] for thing in re.split("[,;\n]", after_greeting(words.strip())) if thing.strip(" .")]


# ---- below each question -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands: line and column of its beginning and of its end."""

    line: int
    start: int
    last: int
    end: int


def _between(questions: Sequence[str], text: str, below: Sequence[str]) -> tuple[str, ...]:
    """The lines that were written below each question, where the letter still shows it."""
    lines = text.split("\n")
    stream = [(found[0], at, found.start(), found.end()) for at, line in enumerate(lines) for found in WORD.finditer(fold(line))]
    places: list[_Place | None] = []
    start = 0
    for question in questions:
        place, start = _find(stream, lines, _folded_words(question), start, begins_line=True)
        places.append(place)
    stops = [place for sentence in below if (place := _find(stream, lines, _folded_words(sentence)[:STOP_WORDS], start, begins_line=False)[0])]
    ends = [*(place for place in places if place), *stops]
    said = tuple(_said(lines, place, [one for one in ends if (one.line, one.start) > (place.line, place.start)]) if place else "" for place in places)
    found = [answer for answer, place in zip(said, places, strict=True) if place]
    # Words below all of them, and none between: nobody can tell to which they belong.
    return () if len(found) > 1 and not any(found[:-1]) else said


def _find(stream: list[tuple[str, int, int, int]], lines: list[str], words: list[str], start: int, *, begins_line: bool) -> tuple[_Place | None, int]:
    """The first place where these words stand in a row, wherever lines were broken."""
    for at in range(start, len(stream) - len(words) + 1 if words else 0):
        word, line, column, _ = stream[at]
        if word != words[0] or [one[0] for one in stream[at : at + len(words)]] != words:
            continue
        if begins_line and MARKS.sub("", lines[line][:column]):
            continue
        last = stream[at + len(words) - 1]
        return _Place(line, column, last[1], last[3]), at + len(words)
    return None, start


def _said(lines: list[str], place: _Place, ends: Sequence[_Place]) -> str:
    """What stands between a question and whatever comes next of our letter. There was nothing, so even what looks quoted is an answer:

    programs mark a whole letter as quoted, with what was typed into it. Where nothing of ours comes next, what is quoted ends it.
    """
    until = min((one.line for one in ends), default=None)
    found = [lines[place.last][place.end :].lstrip(" ?:.!*_–-")]
    for at in range(place.last + 1, len(lines) if until is None else until):
        line = lines[at]
        if QUOTED.match(line) and until is None:
            if any(one.strip() for one in found):
                break
            continue
        line = MARK.sub("", line)
        if SIGN_OFF.match(fold(line.strip())) or line.rstrip() == "--":
            break
        found.append("" if BARE_NUMBER.fullmatch(line) else line)
    return "\n".join(line.strip() for line in found).strip()[:LONGEST_ANSWER]


# ---- by number, by a word ----------------------------------------------------------------------------------


def _numbered(questions: Sequence[str], words: str) -> tuple[str, ...]:
    found = [one for one in NUMBERED.finditer(words) if int(one[1]) <= len(questions)]
    numbers = [int(one[1]) for one in found]
    # „3. marca” is no answer to the third question.
    if numbers != sorted(set(numbers)) or (len(numbers) < 2 and numbers != [1]):
        return ()
    ends = [*(one.start() for one in found[1:]), len(words)]
    said = {int(one[1]): _until_farewell(words[one.end() : end]) for one, end in zip(found, ends, strict=True)}
    return tuple(said.get(number, "") for number in range(1, len(questions) + 1))


def _until_farewell(text: str) -> str:
    kept: list[str] = []
    for line in text.strip().split("\n"):
        if SIGN_OFF.match(fold(line.strip())):
            break
        kept.append(line.strip())
    return "\n".join(kept).strip()[:LONGEST_ANSWER]


def _marked(questions: Sequence[str], words: str) -> tuple[str, ...]:
    """„Biblioteka: PBW” answers „W jakiej bibliotece Państwo pracują?”, if it can be no other question; „3. …” beside it the third."""
    said: dict[int, str] = {}
    labelled = False
    stems = [set(_stems(question)) for question in questions]
    for line in words.split("\n"):
        label, number = LABEL.fullmatch(line), NUMBERED.match(line)
        meant = [at for at, have in enumerate(stems) if label and have & set(_stems(label[1]))]
        if label and len(meant) == 1 and meant[0] not in said:
            said[meant[0]] = label[2].strip()[:LONGEST_ANSWER]
            labelled = True
        elif number and (at := int(number[1]) - 1) < len(questions) and at not in said:
            said[at] = line[number.end() :].strip()[:LONGEST_ANSWER]
    return tuple(said.get(at, "") for at in range(len(questions))) if labelled else ()


def _stems(text: str) -> Iterator[str]:
    words = _folded_words(text)
    return (word[: max(SHORTEST_STEM, len(word) - 3)] if len(word) > SHORTEST_STEM else word for word in words if len(word) > 3)


def _rest(words: str, answers: Sequence[str]) -> str:
    """What was written besides the answers; a greeting and a farewell are nothing."""
    answered = {line.strip() for answer in answers for line in answer.split("\n") if line.strip()}
    left = [line for line in words.split("\n") if not any(line.strip().endswith(one) for one in answered) or not line.strip()]
    said = "\n".join(left).strip()
    opening = GREETING.match(fold(said))
    bare = said[opening.end() :].strip() if opening else said
    farewell = next((at for at, line in enumerate(bare.split("\n")) if SIGN_OFF.match(fold(line.strip()))), None)
    if farewell is not None:
        bare = "\n".join(bare.split("\n")[:farewell]).strip()
    return said if len(bare.split()) > 2 else ""
