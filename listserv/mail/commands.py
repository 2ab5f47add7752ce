"""What does this person ask the list for? Commands in plain words, Polish and English, alone on a line or in a polite sentence.

Not understood is an answer too: a person is told how to ask. Leaving somebody out by mistake is worse than asking again,
so „nie wypisujcie mnie”, „proszę wypisać panią Annę” and „ktoś mnie wypisał” are no commands.
"""

import re
from dataclasses import dataclass

from listserv.mail import commandwords as words
from listserv.mail import wishes
from listserv.mail.commandwords import Kind
from listserv.mail.daywords import TIME, Day, read_days, read_until, read_weekday
from listserv.mail.decisions import Answer, Decision, decision
from listserv.mail.folding import fold, plain

__all__ = ["Answer", "Command", "Day", "Decision", "Kind", "asks_to_withdraw", "begins_with_no", "commands", "decision", "denies", "is_absent", "only_thanks"]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing asked for. A pause has the last day of it, or a weekday (0 is Monday), or a number of days, or none (until further notice)."""

    kind: Kind
    until: Day | None = None
    days: int | None = None
    weekday: int | None = None


# A dot after a number belongs to a date.
SENTENCE_END = re.compile(r"([;!?]+|(?<!\d)\.+)(?=[\s)]|$)|\n")
# Somebody's words within a sentence; quotation marks around a whole line are decoration.
SAID = re.compile(r"[„“”\"«»]([^„“”\"«»\n]{1,300})[„“”\"«»]")
QUOTED = re.compile(r"(?m)^\s*>.*$")
# A line that a mail program broke: long, or open at its end, and what follows goes on in small letters.
BROKEN = re.compile(r"(?m)(^.{40,}[^.!?\n]|[,:])[ \t]*\n(?=[^\W\dA-ZĄĆĘŁŃÓŚŹŻ_])")
REPLY_PREFIX = re.compile(r"\s*(?:re|odp|fwd?|pd|aw)\s*:")
CHARACTERS_READ = 4000
SENTENCES_READ = 12
WORDS_READ = 30
# „To nie ja”, in the words of somebody whose address was used; and the wish to take a held post back. Folded text.
DENIAL = re.compile(
    r"\b(?:to )?nie ja\b|\bnie (?:pisal|zglaszal|wysylal|prosil|zapisywal)\w*|\b(?:not|wasn'?t) me\b|\bdid(?:n'?t| not) (?:write|apply|ask|send)"
)
THANKS = re.compile(
    r"\W*(?:(?:ok|okej|nie|no|super|great|bardzo|serdecznie|slicznie|pieknie|many|with)[\s,.!]+)*"
    r"(?:dzieki|dziekuj\w+|thanks|thank you|thx)\b[^?\n]{0,60}(?:\n[\w\s.,-]{0,60})?"
)
WITHDRAWAL = re.compile(r"\bwycof(?:aj|ac|uje|ujemy|anie)\b|\bwithdraw\b|\btake it back\b")
LONGEST_SENTENCE = 200
UNDONE_WITH_DIFFICULTY = frozenset({Kind.LEAVE, Kind.JOIN, Kind.PAUSE})
BARE_LENGTH = re.compile(r" (?:\d{1,3}(?! ?[\d.–-])|dwa|trzy|cztery|tydzien|miesiac|two|three|four|a )")
# „Przerwa wakacyjna od 1.08 do 15.08, proszę”
AFTER_PAUSE = re.compile(
    rf"(?: (?:my|me|mail|delivery|it|mnie|mi|w wiadomosciach|w poczcie|wakacyjna|urlopowa))*(?: (?:od"
    rf"|from) \d[\d. /-]{{0,9}}(?: ?[a-z]{{3,12}})??)? (?:{TIME.pattern})(?: (?:r|br|roku|biezacego roku))?(?: wlacznie| inclusive)?"
)
# „Jestem na urlopie do 15.08” asks for a rest, unless it goes on as the notices of robots do.
NOTICE = re.compile(
    r"\b(?:po (?:moim )?powrocie|zastep(?:uje|stw)\w*|pilnych|kontakt(?:owac)?\b|odpowiem|odpisze|(?:when|after) i (?:return|am back)|(?:up)?on my return"
    r"|urgent|contact\b|respond|reply)"
)
# „Jestem na urlopie do 15.08, odpowiem po powrocie”, in the words of a robot that does not say what it is.
ABSENT = re.compile(
    r"\b(?:(?:jestem|przebywam|bede) (?:\w+ )?(?:na (?:urlopie|zwolnieniu)|nieobecn[ay]|poza (?:biurem|szkola|biblioteka))|nie ma mnie w|zastepuje mnie"
    r"|out of (?:the )?office|(?:am|will be) (?:away|on (?:vacation|leave|holiday)))\b"
)
OLD_WAY = re.compile(r"(?:(?P<leave>signoff|unsubscribe|unsub|leave)|subscribe|sub|join) (?P<name>[a-z][a-z0-9_-]*)(?:@\S+)?(?: .*)?")
TRIM = " \t*_\"'„”“‚‘’«»()[]<>.,;:!?-–—"


def commands(reply: str, subject: str = "") -> tuple[Command, ...]:
    """What is asked for, in order, each kind once; empty where that is not plain.

    The subject counts where the letter says nothing, and only if it answers no letter: ours have such words in their subjects.
    """
    found = _read(plain(reply))
    if not found and not REPLY_PREFIX.match(fold(plain(subject))):
        found = _read(plain(subject))
    if NOTICE.search(fold(plain(reply)[:CHARACTERS_READ])):
        found = tuple(command for command in found if command.kind is not Kind.PAUSE)
    return () if _contradict({command.kind for command in found}) else found


def in_the_old_way(reply: str, subject: str, name: str) -> tuple[Command, ...]:
    """As LISTSERV and Majordomo took it: `SUBSCRIBE name Jan Kowalski`, `signoff name`, in the first line or else the subject."""
    said = plain(reply).strip() or plain(subject).strip()
    found = OLD_WAY.fullmatch(fold(said.partition("\n")[0][:LONGEST_SENTENCE]).strip())
    if found is None or found["name"] != name.lower():
        return ()
    return (Command(Kind.LEAVE if found["leave"] else Kind.JOIN),)


def _contradict(kinds: set[Kind]) -> bool:
    staying = words.MODES | {Kind.JOIN, Kind.PAUSE, Kind.RESUME}
    return (Kind.LEAVE in kinds and bool(kinds & staying)) or {Kind.PAUSE, Kind.RESUME} <= kinds or len(kinds & words.MODES) > 1


def _read(text: str) -> tuple[Command, ...]:
    found: dict[Kind, Command] = {}
    for sentence, end in _sentences(text):
        for command in _in_sentence(sentence, asked="?" in end):
            if found.setdefault(command.kind, command) != command:
                # „Przerwa do 15.08” and „przerwa do 20.08”: which of them?
                found[command.kind] = min(command, found[command.kind], key=lambda one: one == Command(one.kind))
    return tuple(found.values())


def _sentences(text: str) -> list[tuple[str, str]]:
    """The first sentences, folded, with what ends each, down to the farewell."""
    sentences: list[tuple[str, str]] = []
    lines = BROKEN.sub(r"\1 ", QUOTED.sub("", text[:CHARACTERS_READ]))
    parts = SENTENCE_END.split(fold(lines))
    for part, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        sentence = _without_quotes(" ".join(part.split())).strip(TRIM)
        if words.SIGN_OFF.fullmatch(sentence) or len(sentences) == SENTENCES_READ:
            break
        if sentence:
            sentences.append((sentence, end or ""))
    return sentences


def _without_quotes(sentence: str) -> str:
    """What the writer says, without the words that they tell of."""
    if SAID.fullmatch(sentence):
        return sentence
    return SAID.sub(" ” ", sentence)


def _in_sentence(sentence: str, *, asked: bool) -> list[Command]:
    alone = _alone(words.POLITE.sub("", sentence))
    if alone is not None:
        # „Wypisz?” may be anything.
        return [] if asked and alone.kind in UNDONE_WITH_DIFFICULTY else [alone]
    if len(sentence.split()) > WORDS_READ:
        return []
    kinds = [kind for kind, pattern in words.SENTENCES.items() if _asks(kind, pattern, sentence)]
    for kind in (Kind.HELP, Kind.STATUS, Kind.WHO):
        if kind in kinds:
            return [Command(kind)]
    wish = wishes.wished(sentence)
    if wish in (Kind.LEAVE, Kind.JOIN):
        return [] if any(words.SENTENCES[mode].search(sentence) for mode in words.MODES) else _leave_or_rest(wish, sentence)
    found = [Command(kind) for kind in kinds]
    pause = _pause(sentence) if wish is Kind.PAUSE or _not_now(sentence) else None
    return [*found, pause] if pause else found


def _leave_or_rest(wish: Kind, sentence: str) -> list[Command]:
    """„Proszę nie wysyłać mi wiadomości do 15 sierpnia” asks for a rest only."""
    if wishes.NOT_NOW.search(sentence) and TIME.search(sentence):
        pause = _pause(sentence)
        return [pause] if pause else []
    return [Command(wish)]


def _not_now(sentence: str) -> bool:
    said = any(wishes.NOT_NOW.match(clause) for clause in wishes.clauses(sentence))
    return said and TIME.search(sentence) is not None and not (wishes.SUPPOSED.search(sentence) or wishes.TOLD.search(sentence))


def _alone(sentence: str) -> Command | None:
    """The bare word; a pause may have its time after it, and nothing more."""
    for kind, pattern in words.ALONE.items():
        if pattern.fullmatch(sentence):
            return Command(kind)
    begins = words.ALONE[Kind.PAUSE].match(sentence)
    # „Przerwa 2 tygodnie” is short for „na 2 tygodnie”.
    said = f"{sentence[: begins.end()]} na{sentence[begins.end() :]}" if begins and BARE_LENGTH.match(sentence, begins.end()) else sentence
    if begins is None or AFTER_PAUSE.fullmatch(said, begins.end()) is None:
        return None
    pause = _pause(said)
    return pause if pause and (pause.until or pause.days or pause.weekday is not None) else None


def _asks(kind: Kind, pattern: re.Pattern[str], sentence: str) -> bool:
    """Is this said, not denied, and asked for?"""
    match = pattern.search(sentence)
    if match is None or (kind in words.MODES and not words.ASKING.search(sentence)):
        return False
    if kind in (Kind.HELP, Kind.STATUS, Kind.WHO):
        return True
    if wishes.SUPPOSED.search(sentence) or (wishes.SOMEBODY_ELSE.search(sentence) and not wishes.MYSELF.search(sentence)):
        return False
    clause = max(0, *(found.end() for found in wishes.CLAUSE.finditer(sentence, 0, match.start())), 0)
    return words.NEGATION.search(sentence[clause : match.end()]) is None


def _pause(sentence: str) -> Command | None:
    """A pause with its end; None where an end is named that cannot be read, lest it lasts for ever."""
    until = read_until(sentence)
    weekday = None if until else read_weekday(sentence)
    days = None if until or weekday is not None else read_days(sentence)
    if not until and weekday is None and not days and words.UNREADABLE_DAY.search(sentence):
        return None
    return Command(Kind.PAUSE, until, days, weekday)


def only_thanks(reply: str) -> bool:
    """Is this a word of thanks, and nothing that waits for an answer?"""
    return THANKS.fullmatch(fold(plain(reply)).strip()) is not None


def is_absent(reply: str) -> bool:
    """Is this a notice of somebody's absence, and no wish? It confirms nothing: nobody has read what it answers."""
    return ABSENT.search(fold(plain(reply))[:CHARACTERS_READ]) is not None and not commands(reply)


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
