"""Pauses: for how long, and whether a sentence asks for a rest only."""

from dataclasses import replace

from listserv.lazily import compiled
from listserv.mail import commandwords as words
from listserv.mail import halfheard, wishes
from listserv.mail.command import Command
from listserv.mail.commandwords import Kind
from listserv.mail.daywords import TIME, read_days, read_until, read_weekday
from listserv.mail.folding import plain
from listserv.mail.sentences import sentences

PAUSING = compiled(r"\b(?:przerw[aey]|pauz[aey]|urlop\w*|pause|suspend|hold|vacation|holiday|nomail|(?:nie|przesta\w+) (?:\w+ )?(?:wysyl|przysyl)\w+)\b")
DATE = compiled(r"\b\d\d?[./-]\d\d?\b|\b\d\d? [a-z]{3,}")
BARE_LENGTH = compiled(r" (?:\d{1,3}(?! ?[\d.–-])|dwa|trzy|cztery|tydzien|miesiac|two|three|four|a )")
# „Przerwa wakacyjna od 1.08 do 15.08, proszę”
AFTER_PAUSE = compiled(
    rf"(?: (?:my|me|mail|delivery|it|mnie|mi|w wiadomosciach|w poczcie|wakacyjna|urlopowa))*(?: (?:od"
    rf"|from) \d[\d. /-]{{0,9}}(?: ?[a-z]{{3,12}})??)? (?:{TIME.pattern})(?: (?:r|br|roku|biezacego roku))?(?: wlacznie| inclusive)?"
)


def pause(sentence: str) -> Command | None:
    """A pause with its end; None where an end is named that cannot be read, lest it lasts for ever."""
    until = read_until(sentence)
    weekday = None if until else read_weekday(sentence)
    days = None if until or weekday is not None else read_days(sentence)
    if not until and weekday is None and not days and words.UNREADABLE_DAY.search(sentence):
        return None
    return Command(Kind.PAUSE, until, days, weekday)


def in_short(sentence: str) -> Command | None:
    """The bare word with its time after it, and nothing more."""
    begins = words.ALONE[Kind.PAUSE].match(sentence)
    # „Przerwa 2 tygodnie” is short for „na 2 tygodnie”.
    said = f"{sentence[: begins.end()]} na{sentence[begins.end() :]}" if begins and BARE_LENGTH.match(sentence, begins.end()) else sentence
    if begins is None or AFTER_PAUSE.fullmatch(said, begins.end()) is None:
        return None
    found = pause(said)
    return found if found and (found.until or found.days or found.weekday is not None) else None


def with_end(asked: Command, said: list[str]) -> Command:
    """The pause with an end that stands in another of these sentences, where it has none."""
    later = any(halfheard.STARTS.search(sentence) for sentence in said)
    if asked.until or asked.days or asked.weekday is not None:
        return replace(asked, later=later)
    for sentence in said:
        found = pause(sentence) if TIME.search(sentence) else None
        if found and found != Command(Kind.PAUSE):
            return replace(found, later=later)
    return replace(asked, later=later, unheard=any(words.UNREADABLE_DAY.search(sentence) for sentence in said))


def not_now(sentence: str) -> bool:
    """Is no mail wished for, for some time?"""
    said = any(wishes.NOT_NOW.match(clause) for clause in wishes.clauses(sentence))
    return said and TIME.search(sentence) is not None and not (wishes.SUPPOSED.search(sentence) or wishes.TOLD.search(sentence))


def leave_or_rest(wish: Kind, sentence: str) -> list[Command]:
    """„Proszę nie wysyłać mi wiadomości do 15 sierpnia” asks for a rest only."""
    if wishes.NOT_NOW.search(sentence) and TIME.search(sentence):
        rest = pause(sentence)
        return [rest] if rest else []
    return [Command(wish)]


def has_strange_day(reply: str, subject: str = "") -> bool:
    """Was a pause wished for, with a day that no calendar has, or that cannot be read?"""
    said = [sentence for text in (plain(reply), plain(subject)) for sentence, _ in sentences(text)]
    return any(PAUSING.search(sentence) and (words.UNREADABLE_DAY.search(sentence) or DATE.search(sentence)) for sentence in said)
