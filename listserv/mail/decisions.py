"""What did this person decide? One word at the very beginning of what was written now.

Known good words decide, not the absence of bad ones: greeting, farewell and name aside, a yes stands alone or among courtesies,
and a no alone or before a reason that does not take it back. Whatever else was written, a person is asked back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from listserv.mail import decisionwords as words
from listserv.mail import language, ordinary
from listserv.mail.decisionwords import DANGER, GREETING, NAMES, SIGN_OFF, Answer, made_of
from listserv.mail.folding import fold, plain

__all__ = ["GREETING", "SIGN_OFF", "Answer", "Decision", "after_greeting", "bare", "decision", "nods"]


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer and the words that came with it; for OTHER all that was written."""

    answer: Answer
    words: str = ""


DECORATION = " \t*_\"'„”“‚‘’«»()[]•~`"
PUNCTUATION = ".,;:!–—-"
FIRST_WORD = re.compile(r"[^\W\d_]+")
# A blank stands for whatever separates words; a slash, a digit or a question mark is more than that.
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
BETWEEN = re.compile(r"[\s,.;:!–—()\[\]\"'„”“‚‘’«»*_~`•)-]|[\N{WHITE SMILING FACE}\N{VARIATION SELECTOR-16}🙂😊😀🙏✅👍🏻🏼🏽🏾🏿]")
THUMB_UP = re.compile(r"(?:👍[🏻🏼🏽🏾🏿]?\s*)+")
THUMB_DOWN = re.compile(r"(?:👎[🏻🏼🏽🏾🏿]?\s*)+")
ELLIPSIS = re.compile(r"\.\.|…")
LONGEST_REASON = 4000
SIGNATURE_LINES, WORDS_A_LINE, NAME_WORDS = 12, 14, 4
SIGN_OFF_LINES = 5
NO_THANKS = re.compile(r"(?:thanks|thank you|thx)\b")
LONGEST_NOD = 300
# Below the line there is a signature, and above it nothing.
ONLY_SIGNED = re.compile(r"--[ \t]*(?:\n|$)")
# Somebody is spoken to in the midst of a reason: what follows is not for the author.
CALLED = re.compile(r"\n\s*[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+(?: [A-ZĄĆĘŁŃÓŚŹŻ]\w+)?,")
# „Tak, proszę” is as good a nod as „tak to ja”.
EDITS = re.compile(
    r"(?:(?:tak|ok|nie|yes|no|prosze|poprosze|please|trzeba|nalezy|can you|could you)[\s,.:!-]*(?:o )?|(?:mozna|ale|but)[\s,]*)*"
    r"(?:popraw\w*|skoryguj\w*|skorygowa\w+|korekt\w+|edytuj\w*|edytowa\w+|zmien(?:ic|cie)?|zmiana|zmiane|edit|correct|fix|change)\b"
)
NODDED = re.compile(r"[\s,.!-]*(?:(?:to ja|tak|yes|ok|prosze|please|jak najbardziej)[\s,.!-]*)*")


def decision(reply: str, signed: Sequence[str] = ()) -> Decision:
    """What was decided, and the words after it. `signed`: what the writer is called, as it may stand below."""
    text = plain(reply).strip()
    if ONLY_SIGNED.match(text):
        return Decision(Answer.OTHER, text)
    said = _without_small_print(after_greeting(text).lstrip(DECORATION + "\n-–—"))
    if ordinary.speaks_of_it(said):
        return Decision(Answer.LETTER if ordinary.is_letter(said) else Answer.OTHER, text)
    end = _end(said, signed)
    core = said[:end].rstrip()
    if not core or not _is_signature(said[end:]):
        return Decision(Answer.OTHER, text)
    if THUMB_UP.fullmatch(core) or THUMB_DOWN.fullmatch(core):
        return Decision(Answer.YES if core[0] == "👍" else Answer.NO)
    start = _refusal(core)
    if start is not None:
        return Decision(Answer.NO, _without_because(core[start:].strip()))
    answer = _only(core)
    return Decision(answer, text if answer is Answer.OTHER else _after_first_word(core))


def bare(reply: str, signed: Sequence[str] = ()) -> str:
    """What was said between greeting and farewell; empty where what stands there is more than that."""
    said = _without_small_print(after_greeting(plain(reply).strip()).lstrip(DECORATION + "\n-–—"))
    end = _end(said, signed)
    return said[:end].strip() if _is_signature(said[end:]) else ""


def after_greeting(text: str) -> str:
    """Without a first „Dzień dobry,”, or „Aniu,” on a line of its own."""
    greeting = GREETING.match(fold(text[:120]))
    if greeting is not None:
        return text if DANGER.search(greeting[0]) else text[greeting.end() :]
    first, _, rest = text.partition("\n")
    called = first.rstrip().endswith((",", "!")) and len(first.split()) <= 3 and all(word[:1].isupper() for word in first.split())
    return rest.lstrip() if called and rest.strip() and not DANGER.search(fold(first)) and not _decides_alone(first) else text


def nods(reply: str) -> bool:
    """In answer to a question of ours: does it begin with a yes, and does nothing behind it take that back („tak to ja”)?"""
    said = after_greeting(plain(reply).strip()).lstrip(DECORATION + "\n-–—")
    found = WORD.match(fold(said))
    if found is None or found[0] not in words.SAID_YES or len(said) > LONGEST_NOD:
        return False
    rest = fold(said[found.end() :])
    return not (DANGER.search(rest) and not NODDED.fullmatch(rest)) and not words.CONTRADICTS.search(rest) and not ELLIPSIS.search(rest)


# ---- where what was said ends -------------------------------------------------------------------------------


def wants_changes(reply: str) -> bool:
    """„Popraw tytuł i puść”: does a moderator wish a message to be corrected before it goes out?"""
    return EDITS.match(fold(after_greeting(plain(reply))).strip(DECORATION)) is not None


def _without_small_print(said: str) -> str:
    found = words.SMALL_PRINT.search(fold(said))
    return said[: found.start()].rstrip() if found and found.start() else said


def _end(said: str, signed: Sequence[str]) -> int:
    """Where the farewell or the name begins; what stands in the first line is said."""
    names = {word for name in signed for word in WORD.findall(fold(plain(name)))} | NAMES
    farewell = words.FAREWELL.search(fold(said))
    end = farewell.start() if farewell and farewell.start() else len(said)
    at = said.find("\n")
    while 0 <= at < end:
        stop = said.find("\n", at + 1)
        line = said[at : stop if stop >= 0 else len(said)]
        if _is_name(line, names):
            return at
        at = stop
    return end


def _is_name(line: str, names: set[str]) -> bool:
    """„Alina Zakładka”, „A. Zakładka”, „alina”: one word of it is a name, and the others look like one."""
    found = line.strip(DECORATION + PUNCTUATION + "\n").split()
    bare = [fold(word).strip(".,") for word in found]
    if not found or len(found) > NAME_WORDS or not any(word in names or re.fullmatch(r"[a-z]\.?[a-z]?", word) for word in bare):
        return False
    return all(word in names or found[at][:1].isupper() for at, word in enumerate(bare)) and not DANGER.search(" ".join(bare))


def _is_signature(tail: str) -> bool:
    """Nothing below the farewell that may mean something."""
    lines = [line for line in tail.split("\n") if line.strip()]
    return len(lines) <= SIGNATURE_LINES and not any(len(line.split()) > WORDS_A_LINE or DANGER.search(fold(line)) for line in lines)


# ---- a refusal ----------------------------------------------------------------------------------------------


def _refusal(core: str) -> int | None:
    """Where the reason of a refusal begins, at the end if there is none; None where nothing is refused."""
    folded = fold(core)
    verb, word = words.REFUSES.match(folded), FIRST_WORD.match(folded)
    if words.OFF_TOPIC.match(folded):
        end = 0
    elif verb:
        end = verb.end()
    elif word and word[0] in words.SAID_NO:
        end = word.end()
    else:
        return None
    start = _reason_starts(core, end, english=bool(word) and folded.startswith("no") and word is not None and word[0] == "no")
    return start if start is not None and _is_reason(core[start:], core) else None


def _reason_starts(core: str, end: int, *, english: bool) -> int | None:
    """Behind punctuation, a „bo” or a line break; None where the sentence goes on."""
    after = core[end:].lstrip(DECORATION)
    rest = after.lstrip(PUNCTUATION + DECORATION + "\n")
    start = len(core) - len(rest)
    if end == 0 or not rest:
        return None if ELLIPSIS.search(core[end:]) else start
    if ELLIPSIS.match(after) or core[end : end + 1] in ("-", "/", "@"):
        return None
    apart = after[:1] in PUNCTUATION or after[:1] == "\n"
    because = words.REASON.match(fold(rest)) is not None and not (english and fold(rest).startswith("bo"))
    if english and (language.guess(rest) == "pl" or words.NUMBER.match(fold(rest)) or NO_THANKS.match(fold(rest))):
        return None
    return start if apart or because else None


def _is_reason(reason: str, core: str) -> bool:
    """Does it leave the no as it is: no word that lets in, that decides otherwise, that puts it off, and no question?"""
    folded = words.HARMLESS.sub(" ", fold(reason))
    if "?" in core or len(reason) > LONGEST_REASON or ELLIPSIS.search(reason):
        return False
    found = WORD.findall(folded)
    if found and (all(word in NAMES for word in found) or not any(len(word) > 1 for word in found)):
        return False
    if words.CONTRADICTS.search(words.NEGATED.sub(" ", folded)) or words.LETS.search(words.NEGATED.sub(" ", folded)):
        return False
    return not words.KNOWS_THEM.search(folded) and not words.HANDED_ON.search(reason) and not CALLED.search(reason)


def _without_because(reason: str) -> str:
    """„bo nie na temat” reads „nie na temat” in the letter; nothing where there is only a farewell."""
    because = words.BECAUSE.match(fold(reason))
    rest = reason[because.end() :].lstrip() if because else reason
    return "" if SIGN_OFF.match(fold(rest[:40])) and rest.count("\n") < SIGN_OFF_LINES else rest


# ---- everything else ----------------------------------------------------------------------------------------


def _only(core: str) -> Answer:
    """Which of the words is it, if nothing was said but known ones?"""
    folded = fold(core)
    if BETWEEN.sub("", WORD.sub("", folded)) or ELLIPSIS.search(core) or _is_joined(core):
        return Answer.OTHER
    found = WORD.findall(folded)
    if not found or FIRST_WORD.match(core) is None:
        return Answer.OTHER
    said = " ".join(found) + " "
    if found[0] in words.SAID_YES or words.LETS_IN.match(said):
        thanks_alone = found[0] in words.NODS and len(found) > 1 and made_of(" ".join(found[1:]) + " ", words.THANKS)
        return Answer.YES if made_of(said, words.GOES_ON[Answer.YES]) and not thanks_alone else Answer.OTHER
    return next((answer for answer, begins in words.BEGINS.items() if answer is not Answer.YES and made_of(said, begins, words.GOES_ON[answer])), Answer.OTHER)


def _is_joined(core: str) -> bool:
    """„tak-nie” is no „tak”."""
    return re.match(r"\w+[-–/@]\w", core) is not None


def _decides_alone(line: str) -> bool:
    return _only(line.rstrip(DECORATION + PUNCTUATION)) is not Answer.OTHER


def _after_first_word(core: str) -> str:
    found = FIRST_WORD.match(core)
    return core[found.end() if found else 0 :].lstrip(DECORATION + PUNCTUATION + "…\n").rstrip()
