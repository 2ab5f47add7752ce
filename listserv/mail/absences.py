"""Somebody away who answers all the same: „Nie dam rady, jestem na urlopie” is a person's, „Jestem na urlopie, odpowiem po powrocie” a robot's."""

import re

from listserv.mail.commands import ABSENT, NOTICE
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.sentences import CHARACTERS_READ

# What robots go on with: who reads the mail meanwhile, and from when on it is read again.
ROBOT = re.compile(r"\b(?:poczt\w*|e-?mail\w*|mail\w*|wiadomos\w+|messages?|dostep\w*|access|available|back\b|wroc\w*|wrac\w+|powr\w+|return\w*)")
CLAUSE = re.compile(r"[^,.;:!?\n]*[,.;:!?\n]?")


def before(reply: str) -> str:
    """What was said before the words of absence: a robot has nothing to say there but a greeting."""
    text = plain(reply)[:CHARACTERS_READ]
    found = ABSENT.search(fold(text))
    return after_greeting(text[: found.start()].strip()).strip() if found else ""


def beside(reply: str) -> str:
    """What was said beside them; only what was said before, where it goes on as robots do."""
    text = plain(reply)[:CHARACTERS_READ]
    folded = fold(text)
    found = ABSENT.search(folded)
    if found is None or NOTICE.search(folded) or ROBOT.search(folded):
        return before(reply)
    rest = CLAUSE.match(text, found.end())
    return f"{before(reply)}\n{text[rest.end() if rest else found.end() :]}".strip()
