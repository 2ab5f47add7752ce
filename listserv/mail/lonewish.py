"""A letter to the list in which nothing stands but a wish for the list's machine: a greeting, „proszę mnie wypisać”, a farewell and a name.

It is the commonest accident of mailing lists. Such a letter is asked about and reaches nobody until its writer says so;
therefore nothing may be in it that is meant for people.
"""

import re

from listserv.lazily import compiled
from listserv.mail import commandlines, wishes
from listserv.mail.command import Command
from listserv.mail.commands import commands
from listserv.mail.commandwords import SIGN_OFF, UNSUBSCRIBE, Kind
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.mail.sentences import TRIM

MOST_WORDS, MOST_NAME_WORDS, MOST_LINES = 15, 4, 8
# „Śledź” is a fish, too; the bare words are looked at in `asides`.
OF_THREADS = frozenset({Kind.MUTE, Kind.UNMUTE, Kind.THREAD})
END = compiled(r"[.!;\n]+(?=\s|$)|\n")
GREETING = compiled(
    r"(?:dzien dobry|dobry wieczor|witam|czesc|hej|szanowni panstwo|szanowna pani|szanowny panie|hello|hi|good morning|dear)(?: (?:panstwu"
    r"|panstwa|wszystkim|all|everybody|everyone"
    r"|serdecznie|\w+)){0,2}"
)
# Said beside a wish, and no more than manners.
COURTESY = compiled(
    r"(?:(?:z gory |bardzo |serdecznie |many )*(?:dziekuj\w+|dzieki|thanks|thank you)(?: (?:bardzo|za pomoc|z gory|in advance|very much|a lot))*"
    r"|(?:bardzo )?(?:prosze|please)|przepraszam(?: za klopot)?|sorry(?: for the trouble)?)"
)
FAREWELL = compiled(
    r"(?:(?:serdecznie |goraco )?pozdr\w*(?: (?:serdecznie|cieplo|goraco))?|z powazaniem|serdecznosci|milego dnia|z wyrazami szacunku"
    r"|(?:best|kind|warm)(?: (?:regards|wishes))?|regards|cheers|yours(?: \w+)?|sincerely)\b[\s,]*"
)
NAME = compiled(r"(?:[^\W\d_a-ząćęłńóśźż][\w'’.-]*)(?:[ -][^\W\d_a-ząćęłńóśźż][\w'’.-]*){0,3}")
# „Proszę mnie wypisać z warsztatów” is for people; so is „rezygnuję”, which may answer a question.
OF_LISTS = compiled(rf"\b(?:wypis\w*|wykresl\w*|skresl\w*|list[aeęyę]?|{UNSUBSCRIBE}|sign me off|(?:remove|take|drop) me|opt (?:me )?out|newsletter\w*)\b")
MORE = compiled(r"\b(?:i|oraz|a|ale|and|but|or|lub|albo)\b|[,:;]")
LEAVE_ALONE = compiled(
    rf"(?:(?:prosze|please|poprosze),? (?:o )?)?(?:(?:wypisz|wypiszcie|wypisac|wypisanie)(?: (?:mnie|sie))?(?: z tej)?(?: (?:z )?listy)?"
    rf"|{UNSUBSCRIBE}(?: me)?(?: from this list)?)"
    r"(?:,? (?:prosze|please))?"
)
# „proszę o wyciszenie tego wątku”, “could you send me this thread”
_THIS = "(?:(?:ten|tego|tej|te|ta|caly|calego|this|that|the|whole|entire) )*(?:watek|watku|rozmowe|rozmowy|thread|conversation)"
_PLEASE = (
    "(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze)(?: o)?|czy (?:moge|mozna|moglabym|moglbym)(?: prosic)?(?: o)?|chcial[ae]?bym"
    "|please|pls|could you(?: please)?|can you(?: please)?)"
)
THREAD_WISHES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.MUTE, compiled(rf"{_PLEASE},? (?:wyciszyc|wyciszenie|mute) (?:mi )?{_THIS}")),
    (
        Kind.THREAD,
        compiled(rf"{_PLEASE},? (?:(?:przyslac|przeslac|wyslac|przyslanie|przeslanie|wyslanie|send|mail|resend) (?:mi |me )?)?(?:to me )?{_THIS}(?: to me)?"),
    ),
    (Kind.FOLLOW, compiled(rf"{_PLEASE},? (?:obserwowac|sledzic|obserwowanie|sledzenie|follow) {_THIS}")),
)


def lone_wish(reply: str) -> Command | None:
    """The one wish that is all somebody wrote; None where anything else is said, or it may be meant for people."""
    text = plain(reply).strip()
    if not text or len(text.split()) > MOST_WORDS or text.count("\n") > MOST_LINES * 2:
        return None
    all_said = said(text)
    found = {_wish(one) for one in all_said}
    return found.pop() if len(all_said) == 1 and len(found) == 1 else None


def said(text: str) -> list[str]:
    """The sentences of a letter, without greeting, courtesies, farewell and name."""
    return _said([line.strip(" *_\t") for line in text.split("\n") if line.strip()])


def is_request(post: Post) -> bool:
    """Is this a short letter of its own, no answer to anybody, in which somebody asks to leave?"""
    short = len(post.reply.split()) <= MOST_WORDS and not post.references and not post.attachments
    return short and any(command.kind is Kind.LEAVE for command in commands(post.reply, post.subject))


def _said(lines: list[str]) -> list[str]:
    """The sentences, without greeting, courtesies, farewell and name."""
    body, had_farewell = [], False
    for at, line in enumerate(lines):
        if SIGN_OFF.fullmatch(fold(line)) or FAREWELL.fullmatch(fold(line).strip(TRIM)):
            had_farewell = True
        elif at and (had_farewell or at == len(lines) - 1) and _is_name(line):
            continue
        elif had_farewell:
            body.append(line)  # something more, below the farewell
        else:
            body += [one for one in END.split(line) if one and one.strip(TRIM)]
    return [one for one in map(_bare, body) if one]


def _bare(sentence: str) -> str:
    """A sentence without „Dzień dobry,” in front and thanks behind; empty where nothing is left of it."""
    said = sentence.strip()
    folded = fold(said)
    greeting = re.match(rf"{GREETING.pattern}\s*[,:–-]\s*", folded)
    if greeting and len(folded) == len(said):
        said, folded = said[greeting.end() :], folded[greeting.end() :]
    plain_words = folded.strip(TRIM)
    if not plain_words or any(one.fullmatch(plain_words) for one in (GREETING, COURTESY)) or _is_farewell(said):
        return ""
    thanked = re.search(rf"[\s,–-]+{COURTESY.pattern}[\s.!]*$", folded)
    return said[: thanked.start()] if thanked and thanked.start() > 0 else said


def _is_farewell(sentence: str) -> bool:
    """„Pozdrawiam, Lena Rozdział”"""
    found = FAREWELL.match(fold(sentence))
    rest = sentence[found.end() :].strip(" ,.!") if found else ""
    return found is not None and (not rest or _is_name(rest))


def _is_name(line: str) -> bool:
    words = line.strip(" ,.!-–—")
    if len(words.split()) > MOST_NAME_WORDS or NAME.fullmatch(words) is None:
        return False
    return _wish(words) is None and not words.isupper()


def _wish(sentence: str) -> Command | None:
    asked = sentence.rstrip().endswith("?")
    said = " ".join(fold(sentence).split()).strip(TRIM)
    for kind, pattern in THREAD_WISHES:
        if pattern.fullmatch(said):
            return Command(kind)
    line = commandlines.read(sentence)
    if line and line.kind in OF_THREADS and not line.words:
        return Command(line.kind)
    if asked:
        return None
    leaves = LEAVE_ALONE.fullmatch(said) or (OF_LISTS.search(said) and not MORE.search(said) and wishes.wished(said) is Kind.LEAVE)
    return Command(Kind.LEAVE) if leaves else None
