"""What a moderator says of a meeting that was shown: send it, leave it, call it off. Nothing is done by a word that says more than that."""

import re
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail import decisions, thanks
from listserv.mail.doors import TRIM
from listserv.mail.folding import fold, plain
from newsletters import answers


class Word(StrEnum):
    SEND = "send"
    # What waits is not done; of a draft, that it is thrown away.
    UNDO = "undo"
    # The meeting does not take place.
    CALL_OFF = "call-off"
    YES = "yes"
    THANKS = "thanks"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Decision:
    """`sends`: it begins with a word that sends, and is never read as a date."""

    word: Word
    sends: bool = False


CALLS_OFF = re.compile(
    r"(?:(?:prosze|tak|niestety|please|yes|sorry)[\s,.!:–-]+)*(?:(?:odwol\w+|cancel(?:led|ed)?|call(?:ed|ing)? off)\b|(?:spotkanie|the meeting"
    r"|it) (?:jest |zostaje |is )?(?:odwolane|cancelled|called off|off)\b"
    r"|call (?:it|the meeting|this meeting) off\b)(?:[\s,.!]+(?:spotkanie|to|the meeting|this meeting|it|prosze|please)\b)*"
)
WORDS = {
    answers.Says.SEND: Word.SEND,
    answers.Says.UNDO: Word.UNDO,
    answers.Says.DISCARD: Word.UNDO,
    answers.Says.YES: Word.YES,
    answers.Says.THANKS: Word.THANKS,
}
LONGEST = 100


def read(reply: str, author: str = "") -> Decision:
    """What this reply decides; `author`: whose name below it is a signature."""
    lines = [line for line in decisions.after_greeting(plain(reply).strip()).split("\n") if line.strip()]
    first = " ".join(fold(lines[0]).strip(TRIM).split()) if lines else ""
    sends = answers.SENDING.match(first) is not None
    alone = len(lines) <= 1 or thanks.is_signed(lines[1:], author) or thanks.says_only_thanks("\n".join(lines[1:]), author)
    if CALLS_OFF.fullmatch(first) and alone and "?" not in reply and len(first) <= LONGEST:
        return Decision(Word.CALL_OFF)
    said = answers.read(reply, author)
    return Decision(Word.UNCLEAR if said.left else WORDS.get(said.says, Word.UNCLEAR), sends)
