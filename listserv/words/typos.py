"""Words that may have been meant: one letter wrong, missing, too many, or two in the wrong order."""

from collections.abc import Iterable

from listserv.words.folding import fold

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 24
VOWELS = "aeiouy"
# Letters at the beginning that people seldom mistype; and what an inflected form may have behind the stem.
BEGINNING, ENDING = 3, 3


def near(word: str) -> set[str]:
    """What a word (folded) may have been mistyped from."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isalpha():
        return set()
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    made = {left + right[1:] for left, right in splits if right}
    made |= {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    made |= {left + letter + right[1:] for left, right in splits if right for letter in LETTERS}
    made |= {left + letter + right for left, right in splits for letter in LETTERS}
    return made - {word}


def inflected(word: str, forms: Iterable[str]) -> set[str]:
    """Those of the forms (folded) that what was meant by a word may have taken: its stem spelled rightly, with another ending."""
    meant = near(word) | (near(word[:-1]) if word[-1:] in VOWELS and len(word) > SHORTEST + 1 else set())
    shortest = len(word) - 2
    return {form for form in forms if any(form[:end] in meant for end in range(max(len(form) - ENDING, shortest), len(form) + 1))}


def likeness(word: str, other: str) -> tuple[int, int]:
    """Smaller is likelier: people seldom mistype the first letter, and often leave one out or swap two."""
    return int(fold(word)[:1] != fold(other)[:1]), int(sorted(word) != sorted(other)) + int(len(word) >= len(other))
