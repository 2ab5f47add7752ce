"""Words taken out of HTML as they are read: over tags within a word, with entities as letters, out of links and comments."""

import re
from html import unescape
from urllib.parse import unquote

BAR = "███"
# A tag or a comment that another one begins in is none: so that nobody's thousand open tags are each read to the end.
HTML_TOKEN = re.compile(r"<!--(?:(?!<!--).)*?-->|<[/!?a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,32});?|.", re.S)
# Tags that do not part words.
WITHIN_WORDS = re.compile(r"</?(?:a|abbr|b|bdo|big|cite|code|em|font|i|ins|del|mark|o:p|q|s|small|span|strong|sub|sup|tt|u|wbr)\b", re.I)


def in_html(source: str, pattern: re.Pattern[str]) -> str:
    """HTML whose words are found as they are read: over tags within a word, with entities as letters."""
    tokens = HTML_TOKEN.findall(source)
    said = [_letters(token) for token in tokens]
    text = "".join(said)
    doomed = [found.span() for found in pattern.finditer(text)]
    made: list[str] = []
    at, spans = 0, iter([*doomed, (len(text) + 1, len(text) + 1)])
    start, end = next(spans)
    barred = False
    for token, letters in zip(tokens, said, strict=True):
        while at >= end:
            (start, end), barred = next(spans), False
        is_tag = token.startswith("<") and len(token) > 1
        if letters and not is_tag and at < end and at + len(letters) > start:
            made.append("" if barred else BAR)
            barred = True
        else:
            made.append(_bare_tag(token, pattern) if is_tag else token)
        at += len(letters)
    return "".join(made)


def _letters(token: str) -> str:
    """What a token of HTML says."""
    if token.startswith("<") and len(token) > 1:
        return "" if token.startswith("<!--") or WITHIN_WORDS.match(token) else "\n"
    if token.startswith("&") and len(token) > 1:
        said = unescape(token)
        # Marks that only tell where a word may be broken.
        return "" if said in ("\u00ad", "\u200b", "\u200c", "\u200d", "\u2060") else said
    return "" if token in "\u00ad\u200b\u200c\u200d\u2060\ufeff" else token  # nosec B105: signs without width


def _bare_tag(token: str, pattern: re.Pattern[str]) -> str:
    """A tag without its attributes, where they say it: a link, a picture's text; a comment that says it goes."""
    said = unescape(token)
    if not pattern.search(said) and not pattern.search(unquote(said)):
        return token
    if token.startswith("<!--"):
        return ""
    name = re.match(r"</?[a-zA-Z][\w:-]*", token)
    return f"{name[0]}>" if name else ""
