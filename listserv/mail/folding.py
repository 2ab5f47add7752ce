"""Words as people type them: with Polish letters or without, in any case, between any blanks and quotation marks."""

import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009"), " ")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "’": "'", "ʼ": "'", "`": "'"})


def fold(words: str) -> str:
    """Lower case, no diacritics, every character one character: `Każdą` and `kazda` are one word."""
    if words.isascii():
        return words.lower().translate(_LETTERS)
    return "".join(unicodedata.normalize("NFD", c)[0] for c in unicodedata.normalize("NFC", words).lower().translate(_LETTERS))


def plain(text: str) -> str:
    """Composed letters, no invisible characters, every blank an ordinary one; lines stay lines."""
    return unicodedata.normalize("NFC", text).translate(INVISIBLE).translate(BLANKS).replace("\r\n", "\n")
