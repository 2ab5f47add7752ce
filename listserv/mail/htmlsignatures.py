"""Signatures that a mail's HTML marks and its text does not: the text gets the `-- ` that the author's program left out.

Gmail (where told to leave the dashes away), Outlook on the web and telephones name the signature in the HTML alone. The
same lines at the end of what the author wrote in the text are the signature; nothing else of the text is touched.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from listserv.mail import quotefootmarks, quotes
from listserv.mail.htmlguard import is_bearable, names
from listserv.mail.htmlquotes import SIGNATURES
from listserv.mail.htmltext import to_text

# All that is cheap to look for: every mark below has one of these in it.
HINTS = ("ignature", "__SIG_", "_rc_sig", "_-Sgn")
# Beside those that are believed where there is no text: people write on within some of these, and only the text tells.
MARKED = SIGNATURES | names(
    # Apple, FairEmail, Yahoo on telephones, Spark.
    "AppleMailSignature fairemail_signature ymail_android_signature messageSignatureSection",
    # Zimbra, Roundcube, Zoho.
    "__SIG_PRE__ __SIG_POST__ _rc_sig Zm-_Id_-Sgn",
)
YAHOO = re.compile(r"ydp\w{1,20}signature")
# In older mail that Outlook quotes.
FOREIGN = names("x_Signature")
TAG = re.compile(r"<[A-Za-z][^<>]{0,2000}>")
NAMED = re.compile(r"""\s(?:class|id|name|data-marker)\s*=\s*(?:"([^"<>]{0,500})"|'([^'<>]{0,500})'|([^\s"'<>]{1,500}))""", re.IGNORECASE)

# Of a text that is looked through, of the source of a signature; how many marks, and how many places in the text, are looked at.
LONGEST_TEXT = 50_000
LONGEST_SOURCE = 12_000
MOST_HINTS = 60
MOST_MARKS = 6
MOST_PLACES = 3
# How far before the hint its tag may begin.
TAG_BEGINS = 600
LONGEST_SIGNATURE = 2_500

# What text says besides the words: links, pictures, emphasis.
BESIDE = re.compile(r"<[^<>\s]{1,500}>|\[[^\[\]]{1,200}\]|https?://\S{1,500}|[^\w<\[]+|[<\[_]")
QUOTED = "\0"
GREETING_WORDS = 5


def set_off(text: str, sources: Sequence[str]) -> str:
    """The text with `-- ` above the signature that its HTML (the sources) marks; as it is where none is marked or it is known already."""
    if not text or len(text) > LONGEST_TEXT or not any(hint in source for source in sources for hint in HINTS):
        return text
    signatures = dict.fromkeys(_key(one) for source in sources for one in _signatures(source))
    if not signatures:
        return text
    lines = text.split("\n")
    keys = [QUOTED if line.lstrip().startswith(">") else _key(line) for line in lines]
    places = [place for signature in signatures for place in _places(lines, keys, signature)][:MOST_PLACES]
    before = _kinds(lines) if places else []
    # What is said there is not known to be a signature yet.
    made = (_with_dashes(lines, first, end) for first, end in places if "said" in before[first:end])
    return next(filter(None, made), text)


def _key(words: str) -> str:
    return BESIDE.sub("", words).casefold()


def _signatures(source: str) -> Iterator[str]:
    """The text of each element that is marked as a signature."""
    starts = dict.fromkeys(source.rfind("<", max(0, at - TAG_BEGINS), at) for hint in HINTS for at in islice(_all(hint, source), MOST_HINTS))
    tags = (TAG.match(source, start) for start in starts if start >= 0)
    for tag in islice((tag for tag in tags if tag and _is_mark(tag[0])), MOST_MARKS):
        yield _first_text(source[tag.start() : tag.start() + LONGEST_SOURCE])


def _all(words: str, source: str) -> Iterator[int]:
    at = source.find(words)
    while at >= 0:
        yield at
        at = source.find(words, at + 1)


def _first_text(source: str) -> str:
    """What the first element says. No more than a signature's worth of HTML is parsed."""
    body = LexborHTMLParser(source.encode("utf-8", "replace").decode()).body if is_bearable(source) else None
    element = body.child if body is not None else None
    return to_text(element.html or "") if element is not None else ""


def _is_mark(tag: str) -> bool:
    given = frozenset(" ".join(part for found in NAMED.findall(tag) for part in found).split())
    return not given & FOREIGN and (bool(given & MARKED) or any(YAHOO.fullmatch(name) for name in given))


def _places(lines: Sequence[str], keys: Sequence[str], signature: str) -> Iterator[tuple[int, int]]:
    """Where lines in a row say what the signature says, however they are broken: (first, end)."""
    if not 1 < len(signature) <= LONGEST_SIGNATURE:
        return
    whole, begins, ends, at = "".join(keys), {}, {}, 0
    for i, key in enumerate(keys):
        if key:
            begins[at] = i
            at += len(key)
            ends[at] = i + 1
        elif at in ends and ends[at] == i and any(map(str.isalnum, lines[i])):
            # A link or a picture on a line of its own.
            ends[at] = i + 1
    for at, first in begins.items():
        if at + len(signature) in ends and whole.startswith(signature, at):
            yield first, ends[at + len(signature)]


def _with_dashes(lines: Sequence[str], first: int, end: int) -> str | None:
    """The text with `-- ` above these lines, if that makes a signature of them and of nothing else, and words of the author's are left."""
    made = [*lines[:first], "-- ", *lines[first:]]
    kinds = _kinds(made)
    below = next((kind for line, kind in zip(made[end + 1 :], kinds[end + 1 :], strict=True) if line.strip()), "")
    if set(kinds[first : end + 1]) != {"signature"} or below == "signature":
        return None
    left = [line for line, kind in zip(made, kinds, strict=True) if kind == "said" and line.strip()]
    return None if _holds_the_letter(left, lines[first:end]) else "\n".join(made)


def _kinds(lines: Sequence[str]) -> list[quotes.Kind]:
    """What each line is taken for."""
    pieces = quotes.split("\n".join(lines))
    kinds = [piece.kind for piece in pieces for _ in range(piece.text.count("\n"))]
    return kinds + [pieces[-1].kind] * (len(lines) - len(kinds))


def _holds_the_letter(left: Sequence[str], signature: Sequence[str]) -> bool:
    """Did somebody write on within their signature? Nothing is left then, or a greeting above sentences."""
    greeting = len(left) == 1 and len(left[0].split()) < GREETING_WORDS
    return not left or (greeting and any(quotefootmarks.SENTENCE.search(line.strip()) for line in signature))
