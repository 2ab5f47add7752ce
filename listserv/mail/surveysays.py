"""What a coordinator says of a question that was shown, or is open: one word sends, closes or throws away; a line corrects; a text is a new draft."""

import re
from dataclasses import dataclass
from enum import StrEnum

from listserv.errors import Invalid
from listserv.mail import decisions, previewwords, surveywords, thanks
from listserv.mail.decisions import after_greeting
from listserv.mail.doors import TRIM
from listserv.mail.folding import fold, plain
from listserv.mail.surveycloses import Closes, read_closes
from listserv.mail.surveykinds import Privacy


class Says(StrEnum):
    SEND = "send"
    DISCARD = "discard"
    CLOSE = "close"
    # Until when, or who may see the answers: of what was shown, or of what is open (until when).
    SET = "set"
    TEXT = "text"
    # Enough to say that the question whether it is theirs is answered; no word that sends.
    YES = "yes"
    THANKS = "thanks"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Said:
    says: Says
    closes: Closes | None = None
    privacy: Privacy | None = None


_SEND = re.compile(
    r"(?:(?:tak|ok|yes|dobrze)[\s,.!]+)?(?:prosze )?(?:wyslij(?:cie)?|wyslac|wysylaj(?:cie)?|wysylamy|rozeslij|zapytaj|send|ask)(?: (?:to"
    r"|it|teraz|now|do wszystkich|everybody|all))*"
)
_DISCARD = re.compile(
    r"(?:cofnij|cofam|undo|odrzuc\w*|wyrzuc\w*|usun|skasuj|anuluj\w*|nie wysylaj(?:cie)?|rezygnuje|discard|delete|cancel|drop"
    r"|throw (?:it )?away|don't send|do not send)(?: (?:to|it|ankiete|pytanie))?"
)
_CLOSE = re.compile(
    r"(?:zamknij|zamykamy|zamknac|zakoncz\w*|koniec|close|end)(?: (?:to|it|ankiete|pytanie|glosowanie|teraz|juz|now|the (?:poll|survey|question)))*"
)
_EXTEND = re.compile(
    r"(?:prosze )?(?:przedluz\w*|przesun\w*|wydluz\w*|extend|prolong|termin|close|closes|zamkniecie|odpowiedzi|answers?)?\s*(?:termin|it"
    r"|to|ankiete|pytanie)?\s*:?\s*(?P<until>(?:do|az do|until|till|to|by|na|for)\b.*)"
)
_LINE_UNTIL = re.compile(r"(?:do|until|till|by|to)\s*:\s*(?P<day>.+)")
_PRIVATE = {
    "anonimowo": Privacy.ANONYMOUS,
    "anonimowe": Privacy.ANONYMOUS,
    "anonimowa": Privacy.ANONYMOUS,
    "anonymous": Privacy.ANONYMOUS,
    "anonymously": Privacy.ANONYMOUS,
}
_PRIVATE |= {
    "tajne": Privacy.SECRET,
    "tajnie": Privacy.SECRET,
    "tajna": Privacy.SECRET,
    "secret": Privacy.SECRET,
    "jawne": Privacy.OPEN,
    "jawnie": Privacy.OPEN,
    "jawna": Privacy.OPEN,
    "open": Privacy.OPEN,
}
LONGEST_LINE = 120


def read(reply: str, author: str = "") -> Said:
    """What this reply says. Nothing is sent by mistake: beside such a word nothing else may be said but thanks and a name."""
    # Of a longer one it is known that it is too long.
    reply = reply[: surveywords.LONGEST_LETTER + 1_000]
    text = after_greeting(plain(reply).strip())
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return Said(Says.UNCLEAR)
    settings, below = _settings(lines)
    first = " ".join(fold(lines[0]).strip(TRIM).split())
    rest = lines[1:]
    alone = not rest or thanks.is_signed(rest, author) or thanks.says_only_thanks("\n".join(rest), author)
    if len(first) <= LONGEST_LINE and alone and "?" not in first:
        for says, pattern in ((Says.SEND, _SEND), (Says.DISCARD, _DISCARD), (Says.CLOSE, _CLOSE)):
            if pattern.fullmatch(first):
                return Said(says)
        if decisions.decision(reply).answer is decisions.Answer.YES or previewwords.says_send(reply, author):
            return Said(Says.YES)
    if settings and (not below or thanks.is_signed(below, author) or thanks.says_only_thanks("\n".join(below), author)):
        return settings
    if thanks.says_only_thanks(reply, author):
        return Said(Says.THANKS)
    return Said(Says.TEXT) if _asks(text) else Said(Says.UNCLEAR)


def _settings(lines: list[str]) -> tuple[Said | None, list[str]]:
    """The first lines that set something, as one, and what stands below them."""
    closes: Closes | None = None
    privacy: Privacy | None = None
    at = 0
    for line in lines:
        said = " ".join(fold(plain(line)).strip(TRIM).split())
        until = _until(said)
        if said in _PRIVATE and privacy is None:
            privacy = _PRIVATE[said]
        elif until and closes is None and len(said) <= LONGEST_LINE:
            closes = until
        else:
            break
        at += 1
    return (Said(Says.SET, closes, privacy) if at else None), lines[at:]


def _until(said: str) -> Closes | None:
    """„DO: 20 marca”, „PRZEDŁUŻ do piątku”, and nothing beside it."""
    line = _LINE_UNTIL.fullmatch(said)
    extends = None if line else _EXTEND.fullmatch(said)
    words = f"do {re.sub('^(?:do|until|till|by) ', '', line['day'])}" if line else extends["until"] if extends else ""
    words = _genitive(re.sub("^to ", "do ", words))
    closes = read_closes(words) if words else None
    left = words.replace(closes.said, "", 1) if closes else ""
    return closes if closes and not re.sub(r"[\W_]|\b(?:dnia|roku|r|wlacznie|inclusive|prosze|please)\b", "", left) else None


_DAYS = {
    "poniedzialek": "poniedzialku",
    "wtorek": "wtorku",
    "sroda": "srody",
    "czwartek": "czwartku",
    "piatek": "piatku",
    "sobota": "soboty",
    "niedziela": "niedzieli",
    "jutro": "jutra",
}


def _genitive(words: str) -> str:
    """„DO: piątek” names a day as a calendar does."""
    return re.sub(r"\b(?:" + "|".join(_DAYS) + r")\b", lambda day: _DAYS[day[0]], words)


def _asks(text: str) -> bool:
    """Is it a whole new letter that asks? One that begins to and cannot be understood is one as well: its author hears why."""
    try:
        surveywords.read("", text)
    except Invalid as refused:
        return refused.reason != surveywords.NO_QUESTION
    # A question to us is no question to everybody: one line that asks, and nothing to choose from.
    return len([line for line in text.split("\n") if line.strip()]) > 1
