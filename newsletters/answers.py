"""What a coordinator says of an issue that was shown: one word sends, plans, tries or throws away; a text is a new draft.

Nothing is sent by mistake: beside such a word nothing else may be said but thanks and a name. To stop what is planned, its first word is enough.
"""

from dataclasses import dataclass
from enum import StrEnum

from listserv.lazily import compiled
from listserv.mail import decisions, previewwords, thanks
from listserv.mail.decisions import after_greeting
from listserv.mail.doors import TRIM
from listserv.mail.folding import fold, plain
from newsletters import when
from newsletters.when import When


class Says(StrEnum):
    SEND = "send"
    PLAN = "plan"
    TRY = "try"
    DISCARD = "discard"
    UNDO = "undo"
    # A time was said, and it is not understood.
    WHEN = "when"
    # First lines (or pictures) alone: they change what they name, and the words stay.
    LINES = "lines"
    TEXT = "text"
    # A yes that names nothing to be done: enough for what is planned, and no word that sends.
    YES = "yes"
    THANKS = "thanks"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """`left`: something stands beside it that is neither thanks nor a name."""

    says: Says
    when: When | None = None
    left: bool = False


_SEND = r"(?:wyslij(?:cie)?|wyslac|wysylaj(?:cie)?|wysylamy|opublikuj|publikuj|send|publish)(?: (?:to|it|wydanie|the issue))?"
SENDING = compiled(r"\b(?:wysl|wysyl|publik|opublik|send|publish)")
PLANS = compiled(rf"(?:(?:tak|ok|yes|dobrze)[\s,.!]+)?(?:prosze )?{_SEND}[\s,:–-]+(?P<when>\S.*)")
DISCARDS = compiled(
    r"(?:odrzuc(?:am|ic|cie)?|wyrzuc(?:am|ic)?|usun(?:ac)?|skasuj|do kosza|discard|delete|drop|throw (?:it )?away)(?: (?:to|it|wydanie|szkic|the draft|this))?"
)
# Whatever follows: stopping loses nothing.
STOPS = compiled(
    r"(?:(?:ojej|oj|uwaga|o nie|nie|tak|prosze|bardzo prosze|please|oh no|no)[\s,.!:–-]+)*"
    r"(?:(?:nie|jeszcze nie|prosze nie) (?:wysyl\w*|wysl\w*|publik\w*|opublik\w*|rozsyl\w*)|(?:don't|do not|dont) (?:send|publish)"
    r"|(?:cofn|cofa|odwola|odwolu|wstrzym|zatrzym|anuluj|anulow)\w*|undo\b|cancel\b|hold\b|stop\b)"
    r"(?:[\s,.!]+(?:to|tego|wysylke|wysylanie|prosze|bardzo|it|sending|please)\b)*"
)
TRIES = compiled(
    r"(?:proba|probe|probny|probna|probe do mnie|test|testowo|wyslij (?:probe|test|probnie)(?: (?:do mnie|mi))?"
    r"|trial|try|send (?:me )?a (?:test|trial))(?: (?:do mnie|to me))?"
)
CONFIRMS = compiled(
    r"(?:potwierdzam|zgadza sie|akceptuj\w*|zgoda|rozumiem|przyjelam|przyjalem|wiem|confirmed|i confirm|fine|understood)(?:[\s,.!]+(?:dziekuje|dzieki|thanks))?"
)
# Of a plan that is no time: „wyślij, ale popraw datę”.
NO_TIME = compiled(r"\b(?:ale|but|tylko|only|popraw\w*|zmien\w*|change|fix|gdy|kiedy|when|jesli|if|po|after|proba|probe|test)\b")
# The line that says it plainly: what stands below is the issue, and nothing of the old one.
NEW_TEXT = compiled(r"(?:nowy|caly nowy|zupelnie nowy) tekst(?: wydania)?|(?:the )?new text(?: of the issue)?")
# Begins a remark about the text, and not the text.
REMARKS = compiled(
    r"\b(?:popraw\w*|zmien\w*|zamien\w*|zamiast|dopis\w*|dopisz|dodaj\w*|doda[cm]\b|skresl\w*|wykresl\w*|usun\w*|brakuje|prosze|mozna|change|fix|add|instead|replace|remove|please)\b"
)
LONGEST_LINE = 120
# Of the words of the draft, and of those of the answer, so many hundredths in common: it is the text once more.
OF_DRAFT, OF_ANSWER, FEWEST = 50, 40, 3
WORD = compiled(r"[^\W\d_]{3,}|\d+")


def read(reply: str, author: str = "", *, source: str = "", sets: bool = False) -> Answer:
    """What this reply says. `source`: the words of the draft that was shown; `sets`: lines that set something stood above (`reply` is without them)."""
    if opens_new(reply):
        return Answer(Says.TEXT)
    lines = [line for line in after_greeting(plain(reply).strip()).split("\n") if line.strip()]
    if sets:
        return _below_lines(lines, reply, author, source)
    if not lines:
        return Answer(Says.UNCLEAR)
    first, below = " ".join(fold(lines[0]).strip(TRIM).split()), lines[1:]
    anew = is_anew(reply, source)
    if not anew and STOPS.match(first) and "?" not in reply:
        return Answer(Says.UNDO, left=STOPS.fullmatch(first) is None or not _is_all(below, author))
    if len(first) <= LONGEST_LINE and "?" not in reply and _is_all(below, author):
        word = _word(first, reply, author)
        if word:
            return word
    if thanks.says_only_thanks(reply, author):
        return Answer(Says.THANKS)
    return Answer(Says.TEXT if anew else Says.UNCLEAR)


def _below_lines(lines: list[str], reply: str, author: str, source: str) -> Answer:
    """Below first lines no word decides, and only the text anew is a text: a signature or a word never takes its place."""
    if is_anew(reply, source):
        return Answer(Says.TEXT)
    return Answer(Says.LINES, left=bool(lines) and not _is_all(lines, author))


def _is_all(below: list[str], author: str) -> bool:
    return not below or thanks.is_signed(below, author) or thanks.says_only_thanks("\n".join(below), author)


def _word(first: str, reply: str, author: str) -> Answer | None:
    if TRIES.fullmatch(first):
        return Answer(Says.TRY)
    if DISCARDS.fullmatch(first):
        return Answer(Says.DISCARD)
    if previewwords.says_send(reply, author):
        return Answer(Says.SEND if SENDING.search(first) else Says.YES)
    if CONFIRMS.fullmatch(first) or decisions.decision(reply).answer is decisions.Answer.YES:
        return Answer(Says.YES)
    planned = PLANS.fullmatch(first)
    if planned is None:
        return None
    moment = when.read(planned["when"])
    if moment:
        return Answer(Says.PLAN, moment)
    return Answer(Says.WHEN) if not NO_TIME.search(planned["when"]) else Answer(Says.UNCLEAR)


def is_word(text: str, author: str = "") -> bool:
    """Is a draft nothing but a word about another issue?"""
    said = read(text, author)
    return said.says in (Says.SEND, Says.PLAN, Says.TRY, Says.DISCARD, Says.WHEN) or (said.says is Says.UNDO and not said.left)


def opens_new(text: str) -> bool:
    """Does its first line say that all below it is the issue?"""
    first, _, below = plain(text).strip().partition("\n")
    return NEW_TEXT.fullmatch(fold(first).strip(TRIM)) is not None and bool(below.strip())


def without_opening(text: str) -> str:
    """The text below the line that says so, where there is one."""
    return plain(text).strip().partition("\n")[2].strip("\n") if opens_new(text) else text


def is_anew(reply: str, source: str) -> bool:
    """Is this the draft once more, changed, and not a word about it? „Proszę poprawić datę” is no issue: both must say much the same."""
    old, new = set(WORD.findall(fold(plain(source)))), set(WORD.findall(fold(plain(reply))))
    both = len(old & new)
    if both < min(FEWEST, len(old)) or not both:
        return False
    first = next((line for line in after_greeting(plain(reply).strip()).split("\n") if line.strip()), "")
    remarks = set(REMARKS.findall(fold(first))) - set(REMARKS.findall(fold(plain(source))))
    return not remarks and both * 100 >= len(old) * OF_DRAFT and both * 100 >= len(new) * OF_ANSWER
