"""Short answers that ask for nothing: a no, „to nie ja”, a word of thanks."""

import re

from listserv.mail.decisions import Answer, decision
from listserv.mail.folding import fold, plain

LONGEST_SENTENCE = 200
# „To nie ja”, in the words of somebody whose address was used. All patterns read folded text.
DENIAL = re.compile(
    r"\b(?:to )?nie ja\b|\bnie (?:pisal|zglaszal|wysylal|prosil|zapisywal)\w*|\b(?:not|wasn'?t) me\b|\bdid(?:n'?t| not) (?:write|apply|ask|send)"
)
THANKS = re.compile(
    r"\W*(?:(?:ok|okej|nie|no|super|great|bardzo|serdecznie|slicznie|pieknie|many|with)[\s,.!]+)*"
    r"(?:dzieki|dziekuj\w+|thanks|thank you|thx)\b[^?\n]{0,60}(?:\n[\w\s.,-]{0,60})?"
)
# „Nie, dziękuję, chciałam coś dodać: …”
MORE = re.compile(r"\b(?:prosze|poprosze|chce\w*|chcial\w+|ale|jednak|jeszcze|dodac|please|but|want\w*|would|could|can you|also)\b")


def only_thanks(reply: str) -> bool:
    """Is this a word of thanks, and nothing that waits for an answer?"""
    said = fold(plain(reply)).strip()
    return THANKS.fullmatch(said) is not None and MORE.search(said) is None


def denies(reply: str) -> bool:
    """Does somebody whose address was used say that it was not them?"""
    said = fold(plain(reply)).strip()
    return decision(reply).answer is Answer.NO or DENIAL.search(said[:LONGEST_SENTENCE]) is not None


def begins_with_no(reply: str) -> bool:
    """Is „nie” or “no” the first word? Too little to decide anything, enough not to take somebody off a list."""
    return re.match(r"\W*(?:nie|no|not|don'?t)\b", fold(plain(reply))) is not None
