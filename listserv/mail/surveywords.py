"""What a coordinator's plain letter asks everybody: questions, their options and kinds, who may see the answers, until when.

Lines are told apart by how they begin (`mail.surveylines`); what no reader could understand is refused in one sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.lazily import compiled
from listserv.mail import surveylines
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain
from listserv.mail.subject import base_subject
from listserv.mail.surveycloses import Closes, read_closes
from listserv.mail.surveykinds import Kind, Privacy
from listserv.mail.surveylines import Block

MOST_QUESTIONS, MOST_OPTIONS = 20, 30
SENTENCE_END = compiled(r"(?<=[.!?])\s+(?=\D)")
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_OPTION, LONGEST_LETTER = 150, 1_000, 200, 60_000
NO_QUESTION = N_("There is no question in this letter. Please write one, with its answers below it, each on a line of its own: “1) …”, “2) …”.")
TOO_MANY_QUESTIONS = N_("There are more than {most} questions in this letter. Please ask fewer at once.")
TOO_MANY_OPTIONS = N_("The question “{question}” has more than {most} answers to choose from. Please offer fewer.")
ONE_OPTION = N_("The question “{question}” has only one answer to choose from. Please write at least two, or none.")
SAME_OPTION = N_("Under the question “{question}” the answer “{option}” stands twice.")
TOO_LONG = N_("This is too long for a question or an answer to choose: “{words}…”. What explains it can stand above the questions.")
TWO_PRIVACIES = N_("The letter says both “{one}” and “{other}”. Please say only one of them.")
OTHER_SCALE = N_("A scale has marks from 1 to 5. Please ask for these.")
SCALE_OPTIONS = N_("The question “{question}” asks for a mark from 1 to 5 and has answers to choose from, too. Please leave out one of the two.")
FEW_TO_RANK = N_("The question “{question}” asks for an order, and there is nothing below it that could be put in order.")

_SELECT = r"(?:zaznacz\w*|wybr\w+|wybier\w*|wskaz\w*|podac|podaj\w*)"
KINDS = (
    (
        Kind.RANKED,
        r"\b(?:uszeregu\w*|uszereg\w*|szeregu\w*|(?:w|wedlug) kolejnos\w+|ulozyc w kolejn\w+|od najwazniejsz\w+ do|rank(?:ed|ing)?\b"
        r"|in (?:the )?order of|put (?:them )?in order)",
    ),
    (
        Kind.SEVERAL,
        rf"\b(?:(?:mozna|prosze|moga\b[^.?!]{{0,20}}?) (?:tez )?(?:\w+ )?{_SELECT} (?:\w+ )?(?:kilka|wiecej|wiele|wszystkie|dowolna"
        rf"|do (?:dwoch|trzech|czterech|pieciu|\d))|{_SELECT} kilka"
        r"|wielokrotn\w+ wyb\w+|kilka odpowiedzi|wiecej niz jedn\w+|(?:choose|select|pick|tick|mark) (?:\w+ )?(?:all|several|any|more"
        r"|as many)|more than one|multiple|several answers)",
    ),
    (
        Kind.ONE,
        rf"\b(?:(?:prosze )?{_SELECT} (?:tylko )?jed(?:en|na|no)\b|(?:tylko )?jedna odpowiedz|jednokrotn\w+|(?:choose|select|pick"
        rf"|tick) (?:only |just )?one|(?:only |just )?one answer|single choice)",
    ),
    (Kind.SCALE, r"\b(?:(?:w skali|na skali|skala|on a scale|scale)[^.?!\n]{0,12}?1\s*(?:-|–|—|do|to)\s*5|od 1 do 5|from 1 to 5)\b|\(1\s*[-–—]\s*5\b"),
    (Kind.WORDS, r"\b(?:(?:wlasnymi|swoimi) slow\w+|opisowo|(?:in )?your own words|free text|in words)"),
)
KINDS_READ = tuple((kind, compiled(pattern)) for kind, pattern in KINDS)
STRANGE_SCALE = compiled(r"\b(?:w skali|na skali|on a scale)[^.?!\n]{0,12}?\d\s*(?:-|–|—|do|to)\s*\d")
ENDS = compiled(r"\b1\s*[-–—=:]\s*([^,;\d]{2,40}?)\s*[,;]\s*5\s*[-–—=:]\s*([^,;.)\n]{2,40})")
_ABOUT = r"\b(?:ankiet\w+|glosowani\w+|odpowiedzi|glosy|pytani\w+|survey|poll|answers?|votes?|voting|questionnaire)\b"
PRIVACIES = ((Privacy.ANONYMOUS, "anonim|anonym"), (Privacy.SECRET, r"tajn|poufn|secret|confidential"), (Privacy.OPEN, r"jawn|open(?:ly)?\b|imienn"))
# A line that only says how it is asked: made of these words.
SAYS_HOW = compiled(
    r"ankiet\w+|glosowani\w+|odpowiedzi|glosy|pytani\w+|survey|poll|answers?|votes?|voting|questions?|questionnaire|are|is|jest|sa"
    r"|beda|bedzie|will|be|to|the|this|tylko|dla|koordynator\w*"
    r"|anonim\w*|anonym\w*|tajn\w*|poufn\w*|secret\w*|confidential\w*|jawn\w*|imienn\w*|open(?:ly)?|i|and|prosze|please|bardzo|o"
    r"|for|only|coordinators?|sposob|w|asked|pytamy|pytam|glosujemy"
)
NEGATED = compiled(r"\b(?:nie|not|non|nie jest|isn't|aren't)[\s-]+(?:\w+ )?(?:anonim|anonym|tajn|jawn|secret|open)")
YES_NO = compiled(r"\(?\b(?:(tak)\s*[/,|]\s*(nie)(?:\s*[/,|]\s*(nie wiem))?|(yes)\s*[/,|]\s*(no)(?:\s*[/,|]\s*((?:i )?don'?t know|not sure))?)\b\)?")
ASKS_YES = compiled(r"(?:\w+[^?]{0,60}, )?czy\b(?![^?]*,? (?:czy|a moze|lub|albo)\b)[^?]*\?")
ASKS_YES_EN = compiled(r"(?:do|does|did|is|are|was|were|shall|should|can|could|will|would|have|has|may)\b(?![^?]*\bor\b)[^?]*\?")
TITLE = compiled(r"(?i)^\s*(?:temat|subject|tytu[łl]|title)\s*:\s*(\S.*)$")
TITLED = compiled(r"(?i)^\s*(?:ankieta|pytani[ea]|survey|questions?|poll|g[łl]osowanie)\s*[:–-]\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    text: str
    kind: Kind
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked; without `privacy` and `closes` nothing was said about these."""

    title: str
    intro: str
    questions: tuple[AskedQuestion, ...]
    privacy: Privacy | None = None
    closes: Closes | None = None


def read(subject: str, text: str) -> Asked:
    """What this letter asks. Raises Invalid, with a sentence for whoever wrote it, where that cannot be told."""
    if len(text) > LONGEST_LETTER:
        raise Invalid(TOO_LONG, words=" ".join(text[:60].split()))
    # Our letter greets by itself.
    lines = after_greeting(plain(text).strip()).split("\n")
    title = TITLE.match(lines[0]) if lines else None
    if title:
        lines = after_greeting("\n".join(lines[1:]).strip()).split("\n")
    how = [line for line in lines if _says_how(line)]
    privacy, closes = read_privacy("\n".join(how) or "", alone=True) or read_privacy(_talk(lines)), _closes(lines)
    intro, blocks = surveylines.blocks([line for line in lines if line not in how])
    questions = tuple(_question(block) for block in blocks)
    if not questions:
        raise Invalid(NO_QUESTION)
    if len(questions) > MOST_QUESTIONS:
        raise Invalid(TOO_MANY_QUESTIONS, most=MOST_QUESTIONS)
    named = TITLED.sub("", (title[1] if title else base_subject(subject)).strip()) or questions[0].text
    return Asked(_cut(named, LONGEST_TITLE), intro, questions, privacy, closes)


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _talk(lines: Sequence[str]) -> str:
    """The lines that are no options."""
    return "\n".join(line for line in lines if not surveylines.MARK.match(line))


# ---- how it is asked ----------------------------------------------------------------------------------------


def read_privacy(text: str, *, alone: bool = False) -> Privacy | None:
    """Who is to see who answered what; `alone`: the words are about nothing else. Raises Invalid where two are said."""
    folded, found = fold(plain(text)), dict[Privacy, str]()
    for sentence in re.split(r"[.!?\n]", folded):
        if NEGATED.search(sentence) or not (alone or re.search(_ABOUT, sentence)):
            continue
        for privacy, words in PRIVACIES:
            if word := re.search(rf"\b(?:{words})\w*", sentence):
                found.setdefault(privacy, word[0])
    if len(found) > 1:
        one, other = list(found.values())[:2]
        raise Invalid(TWO_PRIVACIES, one=one, other=other)
    return next(iter(found), None)


def says_how(kind: Kind, question: str) -> bool:
    """Does the question itself say how it is answered: by several, by a number from 1 to 5, in words?"""
    folded = fold(plain(question))
    return any(kind is one and pattern.search(folded) for one, pattern in KINDS_READ)


def _says_how(line: str) -> bool:
    """Does this line say nothing but who may see the answers, or until when they are awaited?"""
    folded = fold(plain(line)).strip()
    if not folded or surveylines.MARK.match(line) or len(folded) > LONGEST_TITLE or "?" in folded:
        return False
    rest = folded
    if closes := read_closes(folded):
        rest = folded.replace(closes.said, " ")
    elif not any(re.search(rf"\b(?:{words})", folded) for _, words in PRIVACIES):
        return False
    return all(SAYS_HOW.fullmatch(word) or surveylines.AWAITS.fullmatch(word) for word in re.findall(r"[\w']+", rest))


def _closes(lines: Sequence[str]) -> Closes | None:
    """Until when, said in a line or a sentence of its own („Można zaznaczyć kilka. Do piątku.”), or in a sentence about the answers."""
    alone = (*lines, *(one for line in lines if not surveylines.MARK.match(line) for one in SENTENCE_END.split(line)))
    own = next((found for line in alone if _says_how(line) and (found := read_closes(fold(plain(line))))), None)
    if own:
        return own
    said = re.split(rf"{SENTENCE_END.pattern}|\n\s*\n", _talk(lines))
    about = (fold(plain(" ".join(one.split()))) for one in said if "?" not in one)
    return next((found for one in about if surveylines.ANSWERING.search(one) and (found := read_closes(one))), None)


# ---- one question -------------------------------------------------------------------------------------------


def _question(block: Block) -> AskedQuestion:
    text = " ".join(block.text.split())
    shown = _cut(text, 60)
    folded = fold(f"{text}\n{block.note}")
    kind = next((kind for kind, pattern in KINDS_READ if pattern.search(folded)), None)
    options = tuple(" ".join(one.split()) for one in block.options)
    _require_sizes(text, options, shown)
    if kind is not Kind.SCALE and STRANGE_SCALE.search(folded):
        raise Invalid(OTHER_SCALE)
    if kind is Kind.SCALE and options:
        raise Invalid(SCALE_OPTIONS, question=shown)
    if kind is Kind.SCALE:
        ends = ENDS.search(f"{text}\n{block.note}")
        return AskedQuestion(text, kind, (ends[1].strip(), ends[2].strip()) if ends else ())
    made = AskedQuestion(text, kind or (Kind.ONE if options else Kind.WORDS), options)
    if not options and kind in (None, Kind.ONE):
        made = _yes_or_no(made, folded)
    if made.kind in (Kind.RANKED, Kind.SEVERAL, Kind.ONE) and not made.options:
        if made.kind is Kind.RANKED:
            raise Invalid(FEW_TO_RANK, question=shown)
        made = replace(made, kind=Kind.WORDS)
    return replace(made, options=()) if made.kind is Kind.WORDS and not options else made


def _require_sizes(text: str, options: Sequence[str], shown: str) -> None:
    for words, most in ((text, LONGEST_QUESTION), *((option, LONGEST_OPTION) for option in options)):
        if len(words) > most:
            raise Invalid(TOO_LONG, words=words[:60])
    if len(options) == 1:
        raise Invalid(ONE_OPTION, question=shown)
    if len(options) > MOST_OPTIONS:
        raise Invalid(TOO_MANY_OPTIONS, question=shown, most=MOST_OPTIONS)
    folded = [fold(option) for option in options]
    twice = next((option for at, option in enumerate(options) if folded[at] in folded[:at]), None)
    if twice:
        raise Invalid(SAME_OPTION, question=shown, option=twice)


def _yes_or_no(made: AskedQuestion, folded: str) -> AskedQuestion:
    if offered := YES_NO.search(folded):
        options = tuple(word.capitalize() if word != "i don't know" else "I don't know" for word in offered.groups() if word)
        return replace(made, kind=Kind.ONE, options=options)
    last = re.split(r"(?<=[.!?:])\s+", fold(made.text))[-1]
    if ASKS_YES.fullmatch(last.strip()) and len(re.findall(r"\bczy\b", last)) == 1:
        return replace(made, kind=Kind.ONE, options=("Tak", "Nie"))
    return replace(made, kind=Kind.ONE, options=("Yes", "No")) if ASKS_YES_EN.fullmatch(last.strip()) else made
