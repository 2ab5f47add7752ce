"""Words in a text, and the one form in which all spellings of a word are the same."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Han, kana and hangul are written without spaces: there each sign is a word, and a word of several is a phrase.
SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORD = re.compile(rf"[{SIGNS}]|[^\W_{SIGNS}]+")
# What is longer is no word that anybody would type.
LONGEST = 40
# Letters that have no decomposition.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"})


def composed(text: str) -> str:
    """Text in which every letter is one character and wide or joined letters are ordinary ones (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Lower case, no diacritics: `Łodzi` and `lodzi` are one word."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.lower().translate(_LETTERS))
    return "".join(letter for letter in parts if letter.isalnum())


def words(text: str) -> Iterator[str]:
    """The words of a text, as they are written."""
    return (found[0] for found in WORD.finditer(composed(text)))


def folded(text: str) -> list[str]:
    """The words of a text, folded; what is too long is none."""
    return [made for word in words(text) if len(word) <= LONGEST and (made := fold(word))]


class _Same(dict[int, int | str]):
    """What each character is folded to, where that is one character; itself, where it is not."""

    def __missing__(self, code: int) -> int | str:
        made = fold(chr(code))
        self[code] = found = made if len(made) == 1 else code
        return found


_SAME = _Same()


def fold_in_place(text: str) -> str:
    """A text folded, every character where it was."""
    return text.lower() if text.isascii() else text.translate(_SAME)
