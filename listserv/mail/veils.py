"""Addresses as strangers may see them: they end at their @. Judged by what is seen, not by how it is written."""

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import quote, unquote

HIDDEN_DOMAIN = "@…"
# Letters that are not seen: they tell where a word may be broken or which way it runs.
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
# As it is typed, in the widths of East Asian writing, and as it stands in the address of a page.
AT = r"(?:[@\uff20\ufe6b]|%40)"
DOT = r"[.\u2024\u3002\ufe52\uff0e\uff61]"
LETTER = rf"[\w\u0300-\u036f{UNSEEN}-]"
DOMAIN = rf"(?:{LETTER}+{DOT})+(?![{UNSEEN}]*\d[\d{UNSEEN}]*\b){LETTER}{{2,}}"
# A line that ended within an address; behind its end may stand the marks of a quotation.
ADDRESS = re.compile(
    rf"{AT}{DOMAIN}"
    rf"|{AT}\[(?:IPv6:)?[0-9a-fA-F.:]{{3,45}}\]"
    rf"|(?<=[\w.+-]){AT}[\s>|]{{1,40}}{DOMAIN}"
    rf"|(?<=[\w.+-]){AT}{LETTER}+(?={DOT}[ \t]*\r?\n[\s>|]{{0,40}}[a-z]{{2,}})"
)
MAY_STAND = re.compile(AT)
SAME_AT, NOT_SEEN = re.compile("[\uff20\ufe6b]"), re.compile(f"[{UNSEEN}]")
# As programs write an address into another: anna=example.org.
WRITTEN_OVER = re.compile(r"\w=(?:[\w-]+\.)+[a-z]{2,}")
LONGEST_PAGE = 300
# Of our own clean HTML, where attributes stand in double quotes.
PIECE = re.compile(r'<[^<>"]*(?:"[^"]*"[^<>"]*)*>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});|[^<&]+|.', re.S)
VALUE = re.compile(r'="([^"]*)"')
# Tags that do not part what is seen.
WITHIN = re.compile(r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|del|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|sub|sup|tt|u|var|wbr)\b")


def mask(text: str) -> str:
    """A text as strangers may see it."""
    if MAY_STAND.search(text) is None:
        return text
    return ADDRESS.sub(lambda found: found[0] if _is_page(text, found.start()) else HIDDEN_DOMAIN, text)


def mask_html(source: str) -> str:
    """Clean HTML as strangers may see it: an address is one over the tags within it, in a link and in a picture's words too."""
    if MAY_STAND.search(unescape(source)) is None:
        return source
    tokens = PIECE.findall(source)
    said = [_said(token) for token in tokens]
    return "".join(_masked(tokens, said, _spans("".join(said))))


def _is_page(text: str, at: int) -> bool:
    """A page's name, as in https://social.example.org/@anna.lis, is no address."""
    if at == 0 or text[at - 1] != "/":
        return False
    page = text[max(0, at - LONGEST_PAGE) : at].split()[-1]
    return "://" in page or "www." in page


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where domains stand, and at last a place behind everything."""
    for found in ADDRESS.finditer(text):
        if not _is_page(text, found.start()):
            yield found.span()
    yield len(text) + 1, len(text) + 1


def _said(token: str) -> str:
    """What a piece of HTML says: what parts blocks ends a line."""
    if token.startswith("<") and len(token) > 1:
        return "" if WITHIN.match(token) else "\n"
    return unescape(token) if token.startswith("&") else token


def _masked(tokens: list[str], said: list[str], spans: Iterator[tuple[int, int]]) -> Iterator[str]:
    at, (start, end) = 0, next(spans)
    for token, letters in zip(tokens, said, strict=True):
        upto, kept, made = at + len(letters), at, ""
        if token.startswith("<") and len(token) > 1:
            yield _masked_tag(token)
        elif start >= upto:
            yield token
        else:
            while start < upto:
                # The mark stands where the @ stood; what follows of the address, over further pieces, goes.
                made += escape(letters[kept - at : start - at]) + HIDDEN_DOMAIN if start >= at else ""
                kept = min(end, upto)
                if end > upto:
                    break
                start, end = next(spans)
            yield made + escape(letters[kept - at :])
        at = upto


def _masked_tag(tag: str) -> str:
    return VALUE.sub(_value, tag) if "=" in tag else tag


def _value(found: re.Match[str]) -> str:
    value = unescape(found[1])
    made = mask(value)
    if (plain := unquote(made)) != made and mask(plain) != plain:
        # Hidden by the way in which addresses of pages are written.
        made = quote(mask(plain), safe=":/?#[]@!$&'()*+,;=%…")
    return found[0] if made == value else f'="{escape(made)}"'


def betrays(message_id: str, author: str) -> bool:
    """Does a Message-ID hold an address: its author's, whole or taken apart, or another beside its own domain?"""
    known = unquote(SAME_AT.sub("@", NOT_SEEN.sub("", message_id))).casefold()
    left, _, right = known.partition("@")
    if "@" in right or WRITTEN_OVER.search(left):
        return True
    name, _, domain = author.casefold().partition("@")
    # The same domain says nothing by itself: most ids stand under their author's.
    here = bool(domain) and (right == domain or right.endswith(f".{domain}") or domain in left)
    return here and re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", left) is not None
