"""Words as people type them: with Polish letters or without, in any case, between any blanks and quotation marks."""

import re
import unicodedata

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
BLANKS = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009"), " ")
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "’": "'", "ʼ": "'", "`": "'"}


# Alphabets end here; what is beyond is looked up each time, so that no mail fills the memory.
_LAST = 0x2FFF


class _Bare(dict[int, str]):
    """Each character without its marks, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = unicodedata.normalize("NFD", _LETTERS.get(letter, letter))[0]
        return self.setdefault(code, bare) if code <= _LAST else bare


_BARE = _Bare()


def fold(words: str) -> str:
    """Lower case, no diacritics, every character one character: `Każdą` and `kazda` are one word."""
    return unicodedata.normalize("NFC", words).lower().translate(_BARE)


def words_of(name: str) -> frozenset[str]:
    """The words of a name, in any order: mail programs write „Okładka, Halina”, too."""
    return frozenset(re.findall(r"\w+", fold(name)))


def name_key(name: str) -> str:
    """The same as one text that can be looked up, as long as an index takes."""
    return " ".join(sorted(words_of(name)))[:200]


def plain(text: str) -> str:
    """Composed letters, no invisible characters, every blank an ordinary one; lines stay lines."""
    return unicodedata.normalize("NFC", text).translate(INVISIBLE).translate(BLANKS).replace("\r\n", "\n")
