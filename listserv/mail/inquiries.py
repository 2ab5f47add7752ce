"""A moderator's question to whoever applies: what may be passed on, and what was written for other eyes."""

import re

from listserv.mail import decisions, ordinary
from listserv.mail.decisions import DECORATION, WORD
from listserv.mail.decisionwords import LETS_IN, REFUSES, SAID_NO, SAID_YES, VERBS, Answer
from listserv.mail.folding import fold, plain

# All patterns read folded text, in which every character is still one character.
PREFIX = re.compile(r"(?:pytanie|zapytaj|question|ask)[ \t]*(?:[:,–—-]+\s*|\n\s*|$)")
# Said of somebody, and not to them; or thought aloud.
OF_THEM = re.compile(
    r"\bco (?:ty|pani|pan|wy)? ?(?:o (?:nim|niej|tym|nich)|na to|myslisz|sadzisz|myslicie|sadzicie|robimy|robic|z (?:nia|nim|tym))\b|\b(?:my"
    r"|co) o (?:niej|nim)\b"
    r"|\bkto to\b|\bkim (?:ona|on|to) (?:jest)?|\b(?:znasz|zna|znacie|zna ktos|ktos zna|ktos z was)\b|\b(?:ona|on|jej|jego|nia|nim|niej|ja"
    r"|go) (?:jest|pracuje|zna|zapyta)|\bprzyjmujemy\b"
    r"|\bwpuszczamy\b|\bodrzucamy\b|\bpuszczamy\b|\bczy (?:mam|mamy|tak|nie|to spam|to reklama|to (?:na )?pewno)\b|\b(?:spam|reklam|oszust|naciagacz)"
    r"|\bwhat do (?:you|we) (?:\w+ )?(?:think|do|say)|\bwho is (?:this|she|he|that|it)\b|\b(?:do you|does anybody|does anyone|anybody"
    r"|anyone) know\b|\b(?:she|he|her|him)\b|\bshould (?:we|i)\b"
)
THINKS = re.compile(
    r"(?:ale|lecz|jednak|chyba|jeszcze|wiem|poczeka|czeka|chwil|zaraz|moment|zapyta[mj]|spyt|sprawdz|zastan|pomysl|musz|moze|hm+|odezwe|odpisz"
    r"|przekaz|przeczyt|zobacz|but|wait|hold|maybe"
    r"|perhaps|let me|let's|not sure|i(?:'m| am))\b"
)
LONGEST = 4000


def inquiry(reply: str) -> str:
    """The question that may go to whoever applied; empty where the words are none, or may be meant for somebody else."""
    said = decisions.after_greeting(plain(reply).strip())
    asked = PREFIX.match(fold(said))
    if asked:
        return said[asked.end() :].strip()[:LONGEST]
    return "" if _is_thought(said) else said.strip()[:LONGEST]


def asks_for_words_kept(reply: str) -> bool:
    """PYTANIE alone: the words that our letter has kept are the question."""
    return PREFIX.fullmatch(fold(decisions.bare(reply)).rstrip(" .!:") + "\n") is not None


def _is_thought(said: str) -> bool:
    folded = fold(said).lstrip(DECORATION + "\n-–—")
    first = WORD.match(folded)
    if "?" not in decisions.bare(said) or first is None or ordinary.speaks_of_it(folded):
        return True
    if first[0] in SAID_YES | SAID_NO or LETS_IN.match(folded) or REFUSES.match(folded) or THINKS.match(folded):
        return True
    commands = (Answer.UNDO, Answer.TRUST, Answer.BAN, Answer.WITHDRAW)
    return any(re.match(rf"{VERBS[one]}\b", folded) for one in commands) or OF_THEM.search(folded) is not None
