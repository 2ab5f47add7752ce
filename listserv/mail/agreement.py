"""Does somebody say that they do not agree? A reply agrees to what a letter says it agrees to, unless it says otherwise."""

import re

from listserv.mail.folding import fold, plain

# Folded text.
REFUSAL = re.compile(
    r"\bnie (?:wyraz\w+|dawa\w*|daj\w*|udzielam|udzielamy) (?:\w+ ){0,2}zgod|\bnie (?:zgadzam|zgadzamy|godze|akceptuj\w+)\b"
    r"|\b(?:brak|bez) (?:mojej |naszej )?zgody\b|\b(?:cofam|wycofuj\w+|odwoluj\w+) (?:\w+ ){0,2}zgod|\bsprzeciwiam\w*\b"
    r"|\b(?:do not|don't|cannot|can't) (?:agree|consent|accept)|\bnot agree\b|\bi disagree\b|\bi object\b"
    r"|\b(?:no|withdraw (?:my|our)|without (?:my|our)) consent\b"
)
CHARACTERS_READ = 4000


def refuses(reply: str) -> bool:
    """Is there a sentence in what was written now that refuses consent?"""
    return REFUSAL.search(fold(plain(reply)[:CHARACTERS_READ])) is not None
