"""What does this person ask the list for? Commands in plain words, Polish and English, alone on a line or in a polite sentence.

Not understood is an answer too: a person is told how to ask. Leaving somebody out by mistake is worse than asking again,
so „nie wypisujcie mnie”, „proszę wypisać panią Annę” and „ktoś mnie wypisał” are no commands.
"""

import functools
import re
from dataclasses import replace

from listserv.mail import commandlines, halfheard, pauses, sentencewords, wishes
from listserv.mail import commandwords as words
from listserv.mail.command import Command
from listserv.mail.commandwords import Kind
from listserv.mail.daywords import Day
from listserv.mail.decisions import Answer, Decision, decision
from listserv.mail.folding import fold, plain
from listserv.mail.nods import begins_with_no, denies, only_thanks
from listserv.mail.pauses import has_strange_day
from listserv.mail.sentences import CHARACTERS_READ, QUOTED, TRIM, farewell, sentences
from listserv.mail.withdrawing import asks_to_withdraw

__all__ = [
    "Answer",
    "Command",
    "Day",
    "Decision",
    "Kind",
    "address_named",
    "asks_to_withdraw",
    "begins_with_no",
    "commands",
    "decision",
    "denies",
    "has_strange_day",
    "has_strange_schedule",
    "is_absent",
    "only_thanks",
]


REPLY_PREFIX = re.compile(r"\s*(?:re|odp|fwd?|pd|aw)\s*:")
WORDS_READ = 30
LONGEST_SENTENCE = 200
LINES_READ = 40
# Below a letter „E-mail: …” belongs to a signature: these count where nothing but commands stands above them.
BARE = frozenset({Kind.ADDRESS, Kind.NAME})
SCHEDULED = frozenset({Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY})
# What may be named in the midst of a line, in a sentence of its own.
NAMING = frozenset({*BARE, *SCHEDULED, Kind.THREAD, Kind.SEARCH, Kind.ONLY_TOPICS, Kind.NO_TOPICS, Kind.TOPICS})
WITHIN = re.compile(r"(?<=[.!;])\s+(?=[^\W\d_a-ząćęłńóśźż])")
# „Tygodniowo, tylko gdy co najmniej 3”: two wishes on one line.
ON_CONDITION = re.compile(
    r"(?<=\w)(?<!przegląd)(?<!przeglad)(?<!digest),?[ \t]+"
    r"(?=(?:ale )?(?:tylko (?:gdy|jeśli|jesli|jeżeli|jezeli|kiedy)|(?:but )?only (?:if|when)) [^\n]{0,30}\d)",
    re.IGNORECASE,
)
# How long a subject and a letter may be that are read as one line.
MOST_LINES, MOST_WORDS = 2, 3
EMAIL = re.compile(r"[^\s<>@,;:()\"]{1,64}@[^\s<>@,;:()\"]+\.[a-zA-Z]{2,24}\b")
GREETING = re.compile(r"(?:dzien dobry|dobry wieczor|witam|czesc|hej|szanowni panstwo|hello|hi|good morning|dear .{1,30})(?: panstwu| panstwa| all)?")
# „… could not⏎find the package”: a line that goes on below.
OPEN = re.compile(r"^.{40,}[^.!?:;\s]\s*$")
# “Stop.” within a letter tells a story, or reads a telegram; it asks for something where hardly anything else is written.
STOP = re.compile(r"stop")
MOST_WORDS_BESIDE = 4
# Topics may be named on several lines.
SEVERAL = frozenset({Kind.TOPICS, Kind.ONLY_TOPICS, Kind.NO_TOPICS})
STAYING = words.MODES | {Kind.JOIN, Kind.PAUSE, Kind.RESUME}
# Of each of these one, or it is not clear which.
EITHER = (
    words.MODES,
    frozenset({Kind.PAUSE, Kind.RESUME}),
    frozenset({Kind.FOLLOW, Kind.MUTE, Kind.UNMUTE}),
    frozenset({Kind.TOPICS, Kind.ONLY_TOPICS, Kind.ALL_TOPICS}),
    frozenset({Kind.NO_TOPICS, Kind.ALL_TOPICS}),
    frozenset({Kind.ERASE, Kind.KEEP}),
    frozenset({Kind.PREVIEW, Kind.NO_PREVIEW}),
    frozenset({Kind.OWN_AT_ONCE, Kind.OWN_LATER}),
)
UNDONE_WITH_DIFFICULTY = frozenset({Kind.LEAVE, Kind.JOIN, Kind.PAUSE})
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


def commands(reply: str, subject: str = "") -> tuple[Command, ...]:
    """What is asked for, in order, each kind once; empty where that is not plain.

    The subject counts where the letter says nothing, and only if it answers no letter: ours have such words in their subjects.
    """
    subject = "" if REPLY_PREFIX.match(fold(plain(subject))) else plain(subject)
    found = _with_lines(plain(reply)) or _both(subject, plain(reply)) or _with_lines(subject)
    found = tuple(_completed(command, f"{subject}\n{plain(reply)}") for command in found)
    if NOTICE.search(fold(plain(reply)[:CHARACTERS_READ])):
        found = tuple(command for command in found if command.kind is not Kind.PAUSE)
    kinds = {command.kind for command in found}
    if Kind.LEAVE in kinds and not kinds & STAYING:
        # „Proszę o wypisanie. Adres: …” says which address, and wants no other.
        return tuple(command for command in found if command.kind in (Kind.LEAVE, Kind.ERASE))
    return () if _contradict(kinds) else found


def _both(subject: str, reply: str) -> tuple[Command, ...]:
    """„Szukaj” in the subject, and „czytniki e-booków” below."""
    lines = [line.strip() for line in reply[:CHARACTERS_READ].split("\n") if line.strip() and not QUOTED.match(line)]
    ended = farewell(lines)
    said = [line for line in lines[:ended] if not GREETING.fullmatch(fold(line).strip(TRIM))]
    if not 1 <= len(said) <= MOST_LINES or not 1 <= len(subject.split()) <= MOST_WORDS:
        return ()
    found = commandlines.read(f"{subject.strip(TRIM)} {said[0]}")
    return (_of_line(found),) if found and found.words and found.kind is not Kind.ERASE else ()


def _of_line(found: commandlines.Line) -> Command:
    return Command(found.kind, words=found.words, guessed=found.guessed)


def _completed(command: Command, text: str) -> Command:
    """The command with the day and the hour that stand elsewhere in the mail."""
    if command.kind in SCHEDULED and not command.words:
        own, others = "", list[str]()
        for sentence, _ in sentences(text):
            asks = any(one.kind is command.kind for one in _in_sentence(sentence, asked=False))
            own, others = (sentence, others) if asks and not own else (own, [*others, sentence])
        said, unheard = halfheard.schedule(command.kind, own, others)
        # „Codziennie w dni robocze” is weekly.
        kind = next((kind for kind in SCHEDULED if said.startswith(kind)), command.kind)
        return replace(command, kind=kind, words=said, unheard=unheard)
    if command.kind is Kind.PAUSE:
        return pauses.with_end(command, [sentence for sentence, _ in sentences(text)])
    return command


def has_strange_schedule(reply: str, subject: str = "") -> bool:
    """Was a digest wished for at times that could not be read?"""
    return halfheard.names_a_schedule(sentence for text in (plain(reply), plain(subject)) for sentence, _ in sentences(text))


def address_named(reply: str) -> str:
    """The one e-mail address that somebody writes of; empty where there is none, or several."""
    found = {match[0] for match in EMAIL.finditer(QUOTED.sub("", plain(reply)[:CHARACTERS_READ]))}
    return found.pop() if len(found) == 1 else ""


def in_the_old_way(reply: str, subject: str, name: str) -> tuple[Command, ...]:
    """As LISTSERV and Majordomo took it: `SUBSCRIBE name Jan Kowalski`, `signoff name`, in the first line or else the subject."""
    said = plain(reply).strip() or plain(subject).strip()
    found = OLD_WAY.fullmatch(fold(said.partition("\n")[0][:LONGEST_SENTENCE]).strip())
    if found is None or found["name"] != name.lower():
        return ()
    return (Command(Kind.LEAVE if found["leave"] else Kind.JOIN),)


def _contradict(kinds: set[Kind]) -> bool:
    both = any(len(kinds & one) > 1 for one in EITHER)
    return (Kind.LEAVE in kinds and bool(kinds & STAYING)) or both


def _with_lines(text: str) -> tuple[Command, ...]:
    """What is asked for in lines that name something (`commandlines`), and in the words that are left."""
    named: dict[Kind, Command] = {}
    rest: list[str] = []
    bare: list[Command] = []
    lines = ON_CONDITION.sub("\n", text[:CHARACTERS_READ]).split("\n")
    ended = farewell(lines)
    for at, line in enumerate(lines):
        readable = at < ended and at < LINES_READ and not QUOTED.match(line) and not OPEN.search(lines[at - 1] if at else "")
        found = commandlines.read(line) if readable else None
        if readable and found is None:
            found = _said_within(line)
        elif found and found.kind in BARE and not commandlines.is_wish(line) and not all(_is_bare(before) for before in rest):
            found = None
        if found is None or (found.guessed and found.kind in SCHEDULED):
            # Days alone belong to a wish that stands elsewhere, if there is one.
            bare += [_of_line(found)] if found else []
            rest.append(line)
            continue
        named[found.kind] = _with(named.get(found.kind), _of_line(found))
    others = [command for command in _read("\n".join(rest)) if command.kind not in named]
    if bare and not any(command.kind in SCHEDULED for command in (*named.values(), *others)):
        named[bare[0].kind] = functools.reduce(_with, bare)
    return (*named.values(), *others)


def _with(before: Command | None, found: Command) -> Command:
    """Topics add up; of two schedules neither is plain."""
    if before and found.kind in SEVERAL:
        return replace(found, words=f"{before.words}, {found.words}")
    plain_still = before is None or found.kind not in SCHEDULED or before.words == found.words
    return found if plain_still else replace(found, words=halfheard.UNCLEAR, unheard=True)


def _said_within(line: str) -> commandlines.Line | None:
    """„Zmieniłam adres. Proszę o zmianę adresu na …”: the sentence of a line that names something, and asks for it."""
    parts = WITHIN.split(line)
    if len(parts) < 2:
        return None
    found = (commandlines.read(part) for part in parts if commandlines.is_wish(part))
    return next((one for one in found if one and one.kind in NAMING), None)


def _is_bare(line: str) -> bool:
    """Is there nothing on this line but a greeting, or a command?"""
    said = fold(line).strip(TRIM)
    return not said or GREETING.fullmatch(said) is not None or bool(_read(line))


def _read(text: str) -> tuple[Command, ...]:
    found: dict[Kind, Command] = {}
    said = sentences(text)
    for sentence, end in said:
        if STOP.fullmatch(words.POLITE.sub("", sentence)) and not _says_little(said):
            continue
        for command in _in_sentence(sentence, asked="?" in end):
            if found.setdefault(command.kind, command) != command:
                # „Przerwa do 15.08” and „przerwa do 20.08”: which of them?
                found[command.kind] = min(command, found[command.kind], key=lambda one: one == Command(one.kind))
    return tuple(found.values())


def _says_little(said: list[tuple[str, str]]) -> bool:
    """Is there nothing but a word or a name in each of these sentences?"""
    return all(len(sentence.split()) <= MOST_WORDS_BESIDE for sentence, _ in said)


def _in_sentence(sentence: str, *, asked: bool) -> list[Command]:
    said = words.POLITE.sub("", sentence)
    if words.EVERYTHING_AGAIN.fullmatch(said):
        return [] if asked else [Command(Kind.RESUME), Command(Kind.EACH)]
    alone = _alone(said) or _alone_at_some_time(said)
    if alone is not None:
        # „Wypisz?” may be anything.
        return [] if asked and alone.kind in UNDONE_WITH_DIFFICULTY else [alone]
    if len(sentence.split()) > WORDS_READ:
        return []
    kinds = [kind for kind, pattern in sentencewords.SENTENCES.items() if _asks(kind, pattern, sentence)]
    for kind in (Kind.HELP, Kind.STATUS, Kind.WHO):
        if kind in kinds:
            return [Command(kind)]
    if wishes.forgets(sentence):
        return [Command(Kind.ERASE, words="posts" if wishes.POSTS_TOO.search(sentence) else "")]
    if wishes.archive_only(sentence):
        return [Command(Kind.ARCHIVE)]
    wish = wishes.wished(sentence)
    if wish in (Kind.LEAVE, Kind.JOIN):
        modes = (sentencewords.SENTENCES[mode] for mode in words.MODES & sentencewords.SENTENCES.keys())
        return [] if any(mode.search(sentence) for mode in modes) else pauses.leave_or_rest(wish, sentence)
    found = [Command(kind) for kind in kinds]
    pause = pauses.pause(sentence) if wish is Kind.PAUSE or pauses.not_now(sentence) else None
    return [*found, pause] if pause else found


def _alone(sentence: str) -> Command | None:
    """The bare word; a pause may have its time after it, and nothing more."""
    for kind, pattern in words.ALONE.items():
        if pattern.fullmatch(sentence):
            return Command(kind)
    return pauses.in_short(sentence)


def _alone_at_some_time(sentence: str) -> Command | None:
    """„Jeden mail dziennie o godz. 18”: the bare word, with a day or an hour."""
    bare = words.POLITE.sub("", halfheard.without_when(sentence))
    found = _alone(bare) if bare != sentence else None
    return found if found and found.kind in SCHEDULED else None


def _asks(kind: Kind, pattern: re.Pattern[str], sentence: str) -> bool:
    """Is this said, not denied, and asked for?"""
    match = pattern.search(sentence)
    if match is None or (kind in words.MODES and not sentencewords.ASKING.search(sentence)):
        return False
    if kind in (Kind.HELP, Kind.STATUS, Kind.WHO):
        return True
    if wishes.SUPPOSED.search(sentence) or (wishes.SOMEBODY_ELSE.search(sentence) and not wishes.MYSELF.search(sentence)):
        return False
    clause = max(0, *(found.end() for found in wishes.CLAUSE.finditer(sentence, 0, match.start())), 0)
    return words.NEGATION.search(sentence[clause : match.end()]) is None


def is_absent(reply: str) -> bool:
    """Is this a notice of somebody's absence, and no wish? It confirms nothing: nobody has read what it answers."""
    return ABSENT.search(fold(plain(reply))[:CHARACTERS_READ]) is not None and not commands(reply)
