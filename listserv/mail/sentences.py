"""The sentences of a letter, as wishes are looked for in them: folded, without what is quoted, down to the farewell."""

import re
from collections.abc import Sequence

from listserv.mail import commandwords as words
from listserv.mail.folding import fold

# A dot after a number belongs to a date.
SENTENCE_END = re.compile(r"([;!?]+|(?<!\d)\.+)(?=[\s)]|$)|\n")
# Somebody's words within a sentence; quotation marks around a whole line are decoration.
SAID = re.compile(r"[„“”\"«»]([^„“”\"«»\n]{1,300})[„“”\"«»]")
QUOTED = re.compile(r"(?m)^\s*>.*$")
# A line that a mail program broke: long, or open at its end, and what follows goes on in small letters.
BROKEN = re.compile(r"(?m)(^.{40,}[^.!?\n]|[,:])[ \t]*\n(?=[^\W\dA-ZĄĆĘŁŃÓŚŹŻ_])")
HOUR_DOT = re.compile(r"\bgodz\.\s*")
CHARACTERS_READ = 4000
SENTENCES_READ = 12
TRIM = " \t*_\"'„”“‚‘’«»()[]<>.,;:!?-–—"


def sentences(text: str) -> list[tuple[str, str]]:
    """The first sentences, folded, with what ends each, down to the farewell."""
    found: list[tuple[str, str]] = []
    lines = BROKEN.sub(r"\1 ", QUOTED.sub("", text[:CHARACTERS_READ]))
    parts = SENTENCE_END.split(HOUR_DOT.sub("godz ", fold(lines)))
    for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        sentence = _without_quotes(" ".join(part.split())).strip(TRIM)
        if words.SIGN_OFF.fullmatch(sentence) or len(found) == SENTENCES_READ:
            break
        if sentence:
            found.append((sentence, end or ""))
    return found


def farewell(lines: Sequence[str]) -> int:
    """At which line the writer takes leave; behind the last where they do not."""
    return next((at for at, line in enumerate(lines) if words.SIGN_OFF.fullmatch(fold(line).strip(TRIM))), len(lines))


def _without_quotes(sentence: str) -> str:
    """What the writer says, without the words that they tell of."""
    if SAID.fullmatch(sentence):
        return sentence
    return SAID.sub(" ” ", sentence)
