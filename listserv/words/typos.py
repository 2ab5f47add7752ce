"""Words that may have been meant: one letter wrong, missing, too many, or two in the wrong order."""

from listserv.words.folding import fold

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST, LONGEST = 4, 24


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


def likeness(word: str, other: str) -> tuple[int, int]:
    """Smaller is likelier: people seldom mistype the first letter, and often leave one out or swap two."""
    return int(fold(word)[:1] != fold(other)[:1]), int(sorted(word) != sorted(other)) + int(len(word) >= len(other))
