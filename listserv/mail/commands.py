"""What does this person ask the list for? Commands in plain words, Polish and English, alone on a line or in a polite sentence.

Not understood is an answer too: a person is told how to ask. Leaving somebody out by mistake is worse than asking again,
so „nie wypisujcie mnie”, „proszę wypisać panią Annę” and „ktoś mnie wypisał” are no commands.
"""

import re
from dataclasses import dataclass

from listserv.mail import commandwords as words
from listserv.mail.commandwords import Kind
from listserv.mail.daywords import Day, read_days, read_until
from listserv.mail.decisions import Answer, Decision, decision
from listserv.mail.folding import fold, plain

__all__ = ["Answer", "Command", "Day", "Decision", "Kind", "asks_to_withdraw", "begins_with_no", "commands", "decision", "denies"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked for. A pause has the last day of it, or a number of days, or neither (until further notice)."""

    kind: Kind
    until: Day | None = None
    days: int | None = None


# A dot after a number belongs to a date.
SENTENCE_END = re.compile(r"(?:[;!?]+|(?<!\d)\.+)(?=\s|$)|\n")
REPLY_PREFIX = re.compile(r"\s*(?:re|odp|fwd?|pd|aw)\s*:")
CHARACTERS_READ = 4000
SENTENCES_READ = 12
WORDS_READ = 30
# „To nie ja”, in the words of somebody whose address was used; and the wish to take a held post back. Folded text.
DENIAL = re.compile(
    r"\b(?:to )?nie ja\b|\bnie (?:pisal|zglaszal|wysylal|prosil|zapisywal)\w*|\b(?:not|wasn'?t) me\b|\bdid(?:n'?t| not) (?:write|apply|ask|send)"
)
WITHDRAWAL = re.compile(r"\bwycof(?:aj|ac|uje|ujemy|anie)\b|\bwithdraw\b|\btake it back\b")
LONGEST_SENTENCE = 200
TRIM = " \t*_\"'„”“‚‘’«»()[]<>.,;:!?-–—"


def commands(reply: str, subject: str = "") -> tuple[Command, ...]:
    """What is asked for, in order, each kind once; empty where that is not plain.

    The subject counts where the letter says nothing, and only if it answers no letter: ours have such words in their subjects.
    """
    found = _read(plain(reply))
    if not found and not REPLY_PREFIX.match(fold(plain(subject))):
        found = _read(plain(subject))
    return () if _contradict({command.kind for command in found}) else found


def _contradict(kinds: set[Kind]) -> bool:
    return {Kind.JOIN, Kind.LEAVE} <= kinds or {Kind.PAUSE, Kind.RESUME} <= kinds or len(kinds & words.MODES) > 1


def _read(text: str) -> tuple[Command, ...]:
    found: dict[Kind, Command] = {}
    for sentence in _sentences(text):
        for command in _in_sentence(sentence):
            found.setdefault(command.kind, command)
    return tuple(found.values())


def _sentences(text: str) -> list[str]:
    """The first sentences, folded, down to the farewell."""
    sentences: list[str] = []
    for part in SENTENCE_END.split(fold(text[:CHARACTERS_READ])):
        sentence = " ".join(part.split()).strip(TRIM)
        if words.SIGN_OFF.fullmatch(sentence) or len(sentences) == SENTENCES_READ:
            break
        if sentence:
            sentences.append(sentence)
    return sentences


def _in_sentence(sentence: str) -> list[Command]:
    alone = _alone(words.POLITE.sub("", sentence))
    if alone is not None:
        return [alone]
    if len(sentence.split()) > WORDS_READ or words.SUPPOSED.search(sentence):
        return []
    if words.NO_MORE_MAIL.search(sentence):
        return [] if any(words.SENTENCES[mode].search(sentence) for mode in words.MODES) else [Command(Kind.LEAVE)]
    kinds = [kind for kind, pattern in words.SENTENCES.items() if _asks(kind, pattern, sentence)]
    if Kind.HELP in kinds:
        return [Command(Kind.HELP)]
    if Kind.LEAVE in kinds or Kind.JOIN in kinds:
        return _membership(kinds, sentence)
    found = [_pause(sentence) if kind is Kind.PAUSE else Command(kind) for kind in kinds]
    return [command for command in found if command is not None]


def _alone(sentence: str) -> Command | None:
    """The bare word; a pause may have its day after it."""
    for kind, pattern in words.ALONE.items():
        if pattern.fullmatch(sentence):
            return Command(kind)
    pause = _pause(sentence) if words.ALONE[Kind.PAUSE].match(sentence) else None
    return pause if pause and (pause.until or pause.days) else None


def _asks(kind: Kind, pattern: re.Pattern[str], sentence: str) -> bool:
    """Is this said, not denied, and asked for?"""
    match = pattern.search(sentence)
    if match is None or (kind in words.MODES and not words.ASKING.search(sentence)):
        return False
    return words.NEGATION.search(sentence[: match.end()]) is None


def _membership(kinds: list[Kind], sentence: str) -> list[Command]:
    """Joining and leaving: for the writer only."""
    if words.SOMEBODY_ELSE.search(sentence) and not words.MYSELF.search(sentence):
        return []
    return [Command(kind) for kind in kinds if kind in (Kind.JOIN, Kind.LEAVE)]


def _pause(sentence: str) -> Command | None:
    """A pause with its end; None where an end is named that cannot be read, lest it lasts for ever."""
    until = read_until(sentence)
    days = None if until else read_days(sentence)
    if not until and not days and words.UNREADABLE_DAY.search(sentence):
        return None
    return Command(Kind.PAUSE, until, days)


def denies(reply: str) -> bool:
    """Does somebody whose address was used say that it was not them?"""
    said = fold(plain(reply)).strip()
    return decision(reply).answer is Answer.NO or DENIAL.search(said[:LONGEST_SENTENCE]) is not None


def begins_with_no(reply: str) -> bool:
    """Is „nie” or “no” the first word? Too little to decide anything, enough not to take somebody off a list."""
    return re.match(r"\W*(?:nie|no|not|don'?t)\b", fold(plain(reply))) is not None


def asks_to_withdraw(reply: str) -> bool:
    """Is this a wish to take a held post back, by the word alone or in a short sentence?"""
    said = fold(plain(reply)).strip()
    return len(said) <= LONGEST_SENTENCE and WITHDRAWAL.search(said) is not None and re.search(r"\b(?:nie|not|don't)\b", said) is None
