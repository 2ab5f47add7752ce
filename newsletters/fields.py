"""Fields that are filled for each reader: `{imię|Szanowni Państwo}`, `{name|friends}`. What stands behind the bar is said to those who gave no name.

Nothing but a name: a field in a link would be an address of one reader's own, and we follow nobody.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from urllib.parse import unquote

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail.folding import fold
from newsletters.names import is_first


class What(StrEnum):
    """Which part of a name, or the way off the list; one letter each, as they stand in a mail that waits to be filled (newsletters.filling)."""

    FIRST = "1"
    FULL = "f"
    LEAVE = "u"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an issue and what is said where there is no name."""

    what: What
    fallback: str


NAMES = {
    **dict.fromkeys(("imie", "name", "first name", "firstname", "first_name"), What.FIRST),
    **dict.fromkeys(("imie i nazwisko", "full name", "fullname", "full_name"), What.FULL),
}
# Mail programs break lines within them, and people double the braces as other programs want it.
FIELD = re.compile(
    r"(?P<twice>\{)?\{\s{0,9}(?P<name>[^\W\d_][^\W\d]{0,40}(?:\s{1,9}[^\W\d]{1,40}){0,3})\s{0,9}(?P<bar>\|(?P<fallback>[^{}|]{0,200}))?\}(?(twice)\})"
)
# The same in HTML: whatever stands between braces, marks and all.
BRACES = re.compile(r"\{{1,2}(?:[^{}<>]|<[^<>{}]{0,500}>){1,600}\}{1,2}")
TAG = re.compile(r"<[^<>]*>")
BLOCK = re.compile(r"</?(?:p|h[1-6]|li|ul|ol|table|t[rdh]|tbody|thead|blockquote|pre|hr|figure|figcaption|d[ltd])\b")
# What was meant as a field and is none: braces with a bar between them, or one of our names behind a brace.
MEANT = re.compile(r"\{[^{}|]{1,300}\|[^{}]{0,300}\}|\{\s{0,9}(?:imi[ęe]|name|first[ _]?name|full[ _]?name)\b[^{}|]{0,40}\|", re.IGNORECASE)
LONGEST_FALLBACK = 80
# Private characters keep the place of a field while its surroundings are made into HTML.
OPEN, CLOSE = "\ue000", "\ue001"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
IN_A_TAG = re.compile(f"<[^<>]*{OPEN}")
PRIVATE = re.compile("[\ue000-\ue00f]")
MOST = 20
# What is no name: an address, a telephone number.
NO_NAME = re.compile(r"[@/\d]|[^\w\s.,’'\-]|\w\.\w{2}|\bwww\b")
UNKNOWN = N_("There is no field “{field}”. There are {{name|friends}} and {{full name|friends}}, with the words for those who gave no name behind the bar.")
NO_FALLBACK = N_("The field “{field}” needs words for those who gave no name: {{name|friends}}.")
UNREADABLE = N_("“{field}” looks like a field, but cannot be read as one. It is written {{name|friends}}, and its words in at most 80 characters.")
IN_SUBJECT = N_("The subject is the same for everybody: a field like {name|friends} can only stand in the text.")
IN_LINK = N_("A field like {name|friends} can only stand in the text, not in a link or in a picture: nobody's address is their own here.")
MANY = N_("20 fields like {name|friends} are the most in one issue.")


def marked(source: str) -> tuple[str, tuple[Field, ...]]:
    """A text with marks in the places of its fields, and the fields. Raises Invalid with one sentence."""
    found: list[Field] = []
    text = FIELD.sub(lambda match: _mark(match, found), without_marks(source))
    _require_read(text, found)
    return text, tuple(found)


def without_marks(source: str) -> str:
    """A text in which nobody has set marks of his own."""
    return PRIVATE.sub("", source)


def marked_html(html: str) -> tuple[str, tuple[Field, ...]]:
    """The same for clean HTML: a field may have marks within it, and its letters may be written as entities."""
    found: list[Field] = []

    def mark(braces: re.Match[str]) -> str:
        match = None if BLOCK.search(braces[0]) else FIELD.fullmatch(unescape(TAG.sub(_between, braces[0])))
        # Tags that begin within a field and end behind it stay whole; pairs with nothing in them are dropped later.
        return _mark(match, found) + "".join(tag for tag in TAG.findall(braces[0]) if not tag.startswith("<br")) if match else braces[0]

    for tag in TAG.findall(html):
        if "{" in tag and MEANT.search(unquote(unescape(tag))):
            raise Invalid(IN_LINK)
    text = BRACES.sub(mark, html)
    _require_read(unescape(TAG.sub(_between, text)), found)
    return text, tuple(found)


def _between(tag: re.Match[str]) -> str:
    return " " if tag[0].startswith(("<br", "</p", "</td", "</li")) else ""


def _mark(match: re.Match[str], found: list[Field]) -> str:
    found.append(_field(match))
    return f"{OPEN}{len(found) - 1}{CLOSE}"


def _require_read(text: str, found: list[Field]) -> None:
    """No field too many, and none that readers would see in braces."""
    if len(found) > MOST:
        raise Invalid(MANY)
    missed = MEANT.search(text)
    if missed:
        raise Invalid(UNREADABLE, field=" ".join(missed[0].split())[:60])


def _field(match: re.Match[str]) -> Field:
    what = NAMES.get(" ".join(fold(match["name"]).split()))
    if what is None:
        raise Invalid(UNKNOWN, field=match["name"])
    fallback = " ".join((match["fallback"] or "").split())
    if not fallback:
        raise Invalid(NO_FALLBACK, field=match["name"])
    if len(fallback) > LONGEST_FALLBACK:
        raise Invalid(UNREADABLE, field=fallback[:60])
    return Field(what, fallback)


def mark(number: int) -> str:
    """What keeps the place of the field with this number."""
    return f"{OPEN}{number}{CLOSE}"


def require_none(subject: str) -> None:
    """Raises Invalid where a subject has a field."""
    if FIELD.search(subject):
        raise Invalid(IN_SUBJECT)


def require_all(made: str, fields: tuple[Field, ...], *, html: bool) -> None:
    """Raises Invalid where a field did not come through as text."""
    if (
        html
        and IN_A_TAG.search(made)
        or [int(number) for number in MARK.findall(made)] != list(range(len(fields)))
        or len(PRIVATE.findall(made)) != 2 * len(fields)
    ):
        raise Invalid(IN_LINK)


def value(what: What, name: str) -> str:
    """What a reader of this name is called; empty where it is no name of a person.

    Registers write surnames first, and offices give their own names: only a first name that is known greets somebody.
    """
    if what is What.LEAVE:
        return ""
    words = [] if NO_NAME.search(name) else name.replace(",", " ").split()
    if what is What.FULL:
        return " ".join(words)
    first = next((word for word in words if any(is_first(part) for part in word.split("-"))), "")
    return first.title() if first.isupper() or first.islower() else first


def filled(made: str, fields: tuple[Field, ...], name: str) -> str:
    """A text with its fields filled for a reader of this name, without regard to what it is written in."""
    return MARK.sub(lambda mark: value(fields[int(mark[1])].what, name) or fields[int(mark[1])].fallback, made)
