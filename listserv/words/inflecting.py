"""All forms of a word, Polish and English: who looks for `biblioteka` looks for `bibliotek` and `bibliotekom` too.

Polish comes from Morfeusz, which knows the words themselves; for words that it does not know (or where it is not
installed) and for English, words with the same stem are taken for forms of one word (Snowball).
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import combinations, islice, product
from typing import Any

import snowballstemmer

from listserv.words.folding import fold

# Each letter that people leave the mark off.
MARKS = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "źż"}
# Spellings tried for a word typed without diacritics; each costs 20 µs, once.
MOST_SPELLINGS = 500
# `czytał` + `em`: the dictionary holds them apart.
ENDINGS = {
    "praet:sg:m": ("em", "eś", "by", "bym", "byś"),
    "praet:sg": ("m", "ś", "by", "bym", "byś"),
    "praet:pl": ("śmy", "ście", "by", "byśmy", "byście"),
}
# A stem that ends so may have been spelled otherwise: `libraries` and `library`, `hoping` and `hope`.
CHANGED = ("i", "e")
SHORTEST_STEM = 3


@cache
def _morfeusz() -> Any:
    """The dictionary, or None where there is none for this machine. One for all threads: Python lets one at a time in."""
    try:
        import morfeusz2
    except ImportError:
        return None
    return morfeusz2.Morfeusz(expand_tags=True)


def _stem(language: str, word: str) -> str:
    # One for each word: a stemmer keeps the word that it works on, and those of two threads would become one. Making it costs next to nothing.
    return str(snowballstemmer.stemmer(language).stemWord(word))


@lru_cache(maxsize=50_000)
def english_stem(word: str) -> str:
    """The stem of an English word."""
    return _stem("english", word)


@lru_cache(maxsize=50_000)
def polish_stem(word: str) -> str:
    """The stem of a Polish word, folded."""
    return fold(_stem("polish", word))


@lru_cache(maxsize=2_000)
def known_forms(word: str) -> frozenset[str]:
    """The forms (folded) of all words that this lower-case word may be a form of, as far as the dictionary knows them."""
    dictionary = _morfeusz()
    if dictionary is None or not word.isalpha():
        return frozenset()
    spellings = (word,) if not word.isascii() else _spellings(word)
    lemmas = {lemma for spelling in spellings for lemma in _lemmas(dictionary, spelling)}
    return frozenset(form for lemma in lemmas for form in _forms(dictionary, lemma))


def _spellings(word: str) -> Iterator[str]:
    """A word with diacritics put in where they may have been left out: few of them first."""
    return islice(_marked(word), MOST_SPELLINGS)


def _marked(word: str) -> Iterator[str]:
    places = [place for place, letter in enumerate(word) if letter in MARKS]
    for count in range(len(places) + 1):
        for chosen in combinations(places, count):
            for letters in product(*(MARKS[word[place]] for place in chosen)):
                spelled = list(word)
                for place, letter in zip(chosen, letters, strict=True):
                    spelled[place] = letter
                yield "".join(spelled)


def _lemmas(dictionary: Any, word: str) -> Iterator[str]:
    for start, _, (_, lemma, tag, *_) in dictionary.analyse(word):
        # Behind the first part there are endings: `em`, `by`, `śmy`, which are forms of `być`.
        if start == 0 and tag != "ign":
            yield lemma


@lru_cache(maxsize=2_000)
def _forms(dictionary: Any, lemma: str) -> frozenset[str]:
    """The forms of a dictionary's word (`dobry:A`: of this and no other `dobry`)."""
    made = set()
    for form, name, tag, *_ in dictionary.generate(lemma.partition(":")[0] or lemma):
        if name != lemma:
            continue
        made.add(fold(form))
        if tag.startswith("praet"):
            made.update(fold(form + ending) for ending in _endings(tag))
    return frozenset(made - {""})


def _endings(tag: str) -> tuple[str, ...]:
    return next((endings for start, endings in ENDINGS.items() if tag.startswith(start)), ())


def beginnings(word: str) -> frozenset[str]:
    """How forms begin that may have the same stem as this lower-case word (folded): among such, `same_stem` chooses."""
    folded = fold(word)
    stems = {english_stem(folded)} if folded.isascii() else set()
    if not known_forms(word):
        stems.add(polish_stem(word))
    cut = {stem[:-1] if stem.endswith(CHANGED) else stem for stem in stems}
    return frozenset(stem for stem in cut if len(stem) >= SHORTEST_STEM)


def same_stem(word: str, forms: Iterable[str]) -> set[str]:
    """Those of the forms (folded) that have the same stem as the word."""
    folded = fold(word)
    english, polish = english_stem(folded), "" if known_forms(word) else polish_stem(word)
    found = {form for form in forms if form.isascii() and english_stem(form) == english}
    return found | ({form for form in forms if polish_stem(form) == polish} if polish else set())
