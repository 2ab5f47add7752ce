"""What may be a person's name beside an address, and what is the name of whoever wrote below a list."""

from typing import Final

from listserv.mail.decisionwords import NAMES as FIRST_NAMES
from listserv.mail.folding import fold

# Beside an address they are none of the person's name.
FIELDS = frozenset({"cc", "bcc", "dw", "udw", "do", "od", "to", "from", "kopia", "copy", "temat", "subject", "odpowiedz", "reply-to", "wyslano", "sent"})
TITLES = frozenset({"pani", "pan", "p", "mgr", "dr", "hab", "inz", "prof", "de", "von", "van", "i", "and"})
MOST_OF_A_NAME = 3
AROUND: Final = ".,!?'’”„`*_:-–—"


def is_called(words: str, *, bracketed: bool) -> bool:
    """Are these words a name? Before an address in brackets stands nothing else, unless it is a field of a mail's head."""
    bare = [word.strip(AROUND) for word in words.split()]
    said = [word for word in bare if any(c.isalpha() for c in word)]
    if any(fold(word) in FIELDS for word in said[:1]):
        return False
    typed_small = 0 < len(said) <= MOST_OF_A_NAME and fold(said[0]) in FIRST_NAMES  # „anna nowa”
    return bracketed or typed_small or all(word[0].isupper() or fold(word) in TITLES for word in said)


def is_signed(line: str) -> bool:
    """„Zofia”, „Zofia Lektura”: the moderator's own name."""
    words = line.split()
    return (
        0 < len(words) <= MOST_OF_A_NAME
        and all(word[:1].isupper() and word[-1].isalpha() for word in words)
        and any(fold(word) in FIRST_NAMES for word in words)
    )
