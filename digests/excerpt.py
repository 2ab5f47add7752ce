"""What of a post stands in a digest: what its author said, shortened at a word, in paragraphs that flow."""

import re
import unicodedata

from listserv.mail import quotes

# A line of such a length, with no room left for the next word, was broken by a mail program and not by its author.
WRAPPED = range(52, 101)
ROOM = 66
# Lines cost room too: a post of very short ones counts as if each had this many characters.
LINE = 40
STARTS_A_LINE = re.compile(r"\s|[-*•–—>|#]|\(?\d{1,3}[.)]\s|\(?[a-z][.)]\s")


def clean(text: str) -> str:
    """Text without control characters (we mark places with them) and without marks that turn its direction."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(c for c in text if c == "\n" or not _hidden(c))


def _hidden(c: str) -> bool:
    return unicodedata.category(c) in ("Cc", "Cs", "Co") or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def one_line(text: str, limit: int = 200) -> str:
    """A name or a title: one line, at most `limit` characters."""
    return shorten(" ".join(clean(text).split()), limit)[0]


def said(text: str) -> str:
    """What the author wrote now, and what they pass on below it; the whole text where it holds nothing but quotes."""
    own = clean(quotes.reply(text)).strip("\n")
    if own.strip() and (beside := quotes.forwarded(text)):
        own = f"{own}\n\n{clean(beside)}"
    lines = (own if own.strip() else clean(text)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def shorten(text: str, limit: int) -> tuple[str, bool]:
    """At most `limit` characters, cut behind a word, with an ellipsis; and whether anything was cut."""
    lines = text.split("\n")
    kept = "\n".join(lines[: max(1, limit // LINE)])
    if len(kept) <= limit and kept == text:
        return text, False
    if len(kept) > limit:
        kept = _cut_at_a_word(kept, limit)
    return kept.rstrip(" \n.,;:-–—(„\"'") + "…", True


def _cut_at_a_word(text: str, limit: int) -> str:
    head = text[:limit]
    if not text[limit].isspace():
        shorter = re.sub(r"\S+\Z", "", head).rstrip()
        if len(shorter) > limit // 2:
            return shorter
    # A word as long as the whole excerpt is cut inside, but never between a letter and its accents.
    while head and unicodedata.combining(text[len(head)]):
        head = head[:-1]
    return head


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """Paragraphs of lines; lines that a mail program broke are whole again."""
    blocks = (block.strip("\n") for block in re.split(r"\n\s*\n", text))
    return tuple(tuple(_joined(block.split("\n"))) for block in blocks if block.strip())


def _joined(lines: list[str]) -> list[str]:
    whole: list[str] = []
    before = ""
    for line in lines:
        if _goes_on(before, line):
            whole[-1] = f"{whole[-1]} {line}"
        else:
            whole.append(line)
        before = line
    return [" ".join(line.split()) for line in whole]


def _goes_on(before: str, line: str) -> bool:
    word = line.split(" ", 1)[0]
    return bool(word) and len(before) in WRAPPED and len(before) + 1 + len(word) > ROOM and not STARTS_A_LINE.match(line)
