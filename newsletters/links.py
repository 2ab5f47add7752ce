"""Addresses without the marks that follow readers: `utm_…`, wherever they stand in them and however they are written."""

import re
from html import escape, unescape
from urllib.parse import unquote

TAG = re.compile(r"(<[^<>]*>)")
HREF = re.compile(r'(<a [^<>]*?href=")([^"]*)(")')
WORD = re.compile(r"[^\s<>\"]+")
# What closes a sentence or a bracket behind an address.
BEHIND = ")]}>.,;:!?»”’'\"*_|"


def untracked(address: str) -> str:
    """An address without such marks, in its query or behind its #."""
    whole, hash_, part = address.partition("#")
    path, question, query = whole.partition("?")
    made = path
    if question:
        kept = _kept(query)
        made += f"?{kept}" if kept or not query else ""
    left = _kept(part)
    return made + (f"#{left}" if hash_ and (left or not part) else "")


def _kept(query: str) -> str:
    """Without the marks; what has none stays as it is to the letter."""
    if not _is_marked(query):
        return query
    pairs = re.split(r"([&;])", query)
    kept = [(pair, between) for pair, between in zip(pairs[::2], ["", *pairs[1::2]], strict=True) if not _is_mark(pair)]
    return "".join(f"{between if number else ''}{pair}" for number, (pair, between) in enumerate(kept))


def _is_marked(text: str) -> bool:
    return "utm_" in unquote(text).lower()


def _is_mark(pair: str) -> bool:
    return unquote(pair.removeprefix("amp;")).strip().lower().startswith("utm_")


def in_text(text: str) -> str:
    """A text in which no address has such marks."""
    return WORD.sub(_word, text) if _is_marked(text) else text


def _word(found: re.Match[str]) -> str:
    word = found[0]
    if not (("?" in word or "#" in word) and _is_marked(word)):
        return word
    address = word.rstrip(BEHIND)
    return untracked(address) + word[len(address) :]


def in_html(html: str) -> str:
    """The same for clean HTML: where links lead, and what readers see."""
    if not _is_marked(unescape(html)):
        return html
    parts = TAG.split(HREF.sub(lambda found: found[1] + _escaped(untracked(unescape(found[2]))) + found[3], html))
    return "".join(part if number % 2 else _seen(part) for number, part in enumerate(parts))


def _seen(text: str) -> str:
    return _escaped(in_text(unescape(text)), quote=False) if _is_marked(unescape(text)) else text


def _escaped(text: str, *, quote: bool = True) -> str:
    return escape(text, quote=quote).replace("\xa0", "&nbsp;")
