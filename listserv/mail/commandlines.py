"""Commands that name something: what to search for, which topic, a new name. One line each, the word first and the rest behind it.

„SZUKAJ czytniki”, „TYLKO OBSZAR tik”, „TYGODNIOWO WE WTORKI O 18”. All patterns read folded text; what is named is kept as it was typed.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from listserv.mail.commandwords import Kind
from listserv.mail.folding import fold, plain

LONGEST = 200
# Words behind SZUKAJ, before it is a sentence to somebody.
MOST_WORDS = 20
# “Find out …”, “the topic is …”
NO_QUERY = frozenset({"", "me", "us", "it", "out", "that", "mnie", "go", "jej", "ich"})
NO_TOPIC = frozenset({"of", "is", "was", "for", "here", "that", "which", "and", "jest", "byl", "byla", "na", "do", "o", "ktory", "dzialania"})


class Line(NamedTuple):
    """A command and what it names."""

    kind: Kind
    words: str = ""
    # It may name a topic; whether there is one of that name, the list knows.
    guessed: bool = False


LEAD = (
    r"(?:(?:dzien dobry|dobry wieczor|witam|czesc|hello|hi|good morning)[\s,!.:]+)?"
    r"(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze|please|pls|can you|could you)(?: o)?[\s,:]+)?"
)
TAIL = re.compile(r"[\s,]+(?:bardzo )?(?:prosze|please|pls|dziekuje|thanks|thank you)$")
_THIS = "(?:(?:me|mi|ten|tego|tej|to|caly|calego|cala|this|the|that|whole|full|entire|all of|calosc) )*"
_THREAD = "(?:watek|watku|watkowi|rozmowe|thread|conversation|topic thread)"
_WHICH = r"(?:[\s:]+(?:(?:pt\.?|pod tytulem|o tytule|o|nr|no\.?|numer|number|titled|called|about|on)[\s:]+)?(?P<what>\S.*))?"
_POINT = r"(?:[\s:]+(?:nr |no\.? )?(?P<what>\d{1,3}|https?://\S+|[„“”\"«].+))?"
_TOPIC = r"(?:obszar(?:y|u|ow|om)?(?: tematyczn\w+)?|topics?|subject areas?)"
_COMMAND_OR = r"(?:[\s:]+)"

# Where the pattern has no `what`, nothing is named.
PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.ALL_TOPICS, rf"(?:(?:follow|obserwuj|chce|przywroc|pokaz) )?(?:wszystkie|all|every|each) {_TOPIC}"),
    (
        Kind.NO_TOPICS,
        rf"(?:bez|opusc|opuszczam|wycisz|wylacz|pomin|pomijaj|nie chce|rezygnuje z|wypisz (?:mnie )?z|without|no|leave|mute|skip|unfollow|drop"
        rf"|stop following|not) (?:the )?{_TOPIC}{_COMMAND_OR}(?P<what>.+)",
    ),
    (Kind.ONLY_TOPICS, rf"(?:(?:chce|obserwuj|follow|send me) )?(?:tylko|jedynie|only|just) (?:the )?{_TOPIC}{_COMMAND_OR}(?P<what>.+)"),
    (Kind.TOPICS, rf"(?:(?:wybieram|wybierz|obserwuj|obserwuje|sledz|sledze|follow|subscribe to|chce) (?:the )?)?{_TOPIC}{_COMMAND_OR}(?P<what>.+)"),
    (
        Kind.THREAD,
        rf"(?:(?:przyslij|wyslij|poslij|przeslij|podeslij|pokaz)(?:cie)?"
        rf"|przyslanie|przeslanie|wyslanie|przyslac|przeslac|send|resend|get|fetch|mail)(?: prosze)? {_THIS}{_THREAD}{_WHICH}",
    ),
    (Kind.THREAD, rf"{_THIS}{_THREAD}[\s:]+(?P<what>\d{{1,3}}|https?://\S+)"),
    (
        Kind.UNMUTE,
        rf"(?:odcisz|przywroc|unmute|unwatch|unfollow|stop following|nie obserwuj|nie sledz|nie wyciszaj"
        rf"|przestan (?:obserwowac|sledzic))(?: {_THIS}{_THREAD})?{_POINT}",
    ),
    (Kind.FOLLOW, rf"(?:obserwuj|obserwuje|sledz|sledze|follow|watch)(?: {_THIS}{_THREAD}| this)?{_POINT}"),
    (Kind.MUTE, rf"(?:wycisz|wyciszam|mute)(?: {_THIS}{_THREAD}| this| to)?{_POINT}"),
    (
        Kind.SEARCH,
        r"(?:szukaj|wyszukaj|poszukaj|znajdz|search(?: for)?|find|look for)(?: (?:w archiwum|in the archive|the archive for))?(?:[\s:]+)(?P<what>.+)",
    ),
    (
        Kind.ADDRESS,
        r"(?:(?:(?:zmien|zmiana|o zmiane|zmiane|zmiane na|ustaw|set|change|use|uzywaj) )(?:moj |mojego |my |nowy |new |na )*"
        r"(?:adres(?:u)?|e-?mail(?:a)?|address)"
        r"(?: (?:na|to|e-?mail))*|(?:nowy |new )?(?:adres|address)(?: e-?mail)?)(?:[\s:]+)<?(?P<what>[^\s<>@]+@[^\s<>@]+\.[^\s<>@,;]{2,})>?",
    ),
    (
        Kind.NAME,
        r"(?:(?:(?:od )?teraz|obecnie|od dzis|od niedawna|po slubie|po rozwodzie) nazywam sie|my name (?:is now|has changed to)|i am now called)"
        r"[\s:]+(?P<what>.+)",
    ),
    (
        Kind.NAME,
        r"(?:(?:zmien|o zmiane|ustaw|set|change) )?(?:moje |my )?(?:imie i nazwisko|nazwisko i imie|imie|imienia i nazwiska|nazwisko|nazwiska|(?:full )?name)"
        r"(?: (?:na|to))?(?:[\s:]+)(?P<what>.+)",
    ),
    (Kind.DATA, r"(?:moje )?dane(?: osobowe)?|(?:all )?my (?:personal )?data"),
    (Kind.DATA, r"(?:przyslij|wyslij|podaj|udostepnij|pobierz|pokaz)(?:cie)? (?:mi )?(?:wszystkie )?(?:moje )?dane(?: osobowe)?"),
    (Kind.DATA, r"(?:o )?(?:kopi[eai]|kopie|odpis) (?:wszystkich )?(?:moich )?danych(?: osobowych)?|(?:o )?moje dane(?: osobowe)?"),
    (Kind.DATA, r"(?:send|give|export|get|show|download)(?: me)? (?:a copy of )?(?:all )?(?:of )?my (?:personal )?data"),
    (
        Kind.ERASE,
        r"(?:usun|usuncie|skasuj|skasujcie|wymaz|wymazcie) (?:wszystkie )?(?:moje )?dane(?: osobowe)?"
        r"(?P<what> (?:i|oraz|wraz z) (?:wszystki(?:e|mi) )?(?:moj(?:e|imi) )?"
        r"(?:wiadomosci(?:ami)?|wpisy|wpisami|posty|postami))?",
    ),
    (Kind.ERASE, r"(?:usun|usuncie|skasuj|skasujcie) moje konto|zapomnij(?:cie)? (?:o )?mnie|chce (?:zostac|byc) zapomnian[ay]"),
    (Kind.ERASE, r"(?:erase|forget) me(?P<what> (?:and|with) (?:all )?(?:of )?my (?:posts|messages|mails))?|(?:delete|erase|remove) my account"),
    (Kind.ERASE, r"(?:delete|erase|remove) (?:all )?(?:of )?my (?:personal )?data(?P<what> (?:and|with) (?:all )?(?:of )?my (?:posts|messages|mails))?"),
    (
        Kind.KEEP,
        r"(?:nie usuwaj|nie usuwajcie|zostaw|zostawcie|zachowaj) (?:moje |moich )?(?:dane|danych|konto|konta)"
        r"|(?:keep|don't erase|do not erase) (?:my data|my account|me)",
    ),
)
LINES = tuple((kind, re.compile(f"{LEAD}(?:{pattern})")) for kind, pattern in PATTERNS)
_GREETED = r"(?:(?:dzien dobry|dobry wieczor|witam|czesc|hello|hi|good morning)[\s,!.:]+)?"
# What is nothing without „proszę o”.
LINES += (
    (
        Kind.THREAD,
        re.compile(rf"{_GREETED}(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze)(?: mi)?(?: o)?|can i have|could i have|may i have) {_THIS}{_THREAD}{_WHICH}"),
    ),
)
# Interests: a topic of the list perhaps, perhaps something else.
_INTEREST = (
    r"(?P<what>(?!.*\b(?:wiadomosci\w*|maile?|mejle|oferty?|reklamy|list[aey]?|listy|biuletyn|newsletter|juz|mails?|messages|posts|offers?|any ?more)\b).+)"
)
GUESSES = (
    (
        Kind.ONLY_TOPICS,
        re.compile(
            rf"{LEAD}(?:interesuj[ea] mnie (?:tylko|jedynie|wylacznie)|i(?:'m| am) (?:only|just) interested in|(?:only|just) interested in) {_INTEREST}"
        ),
    ),
    (Kind.NO_TOPICS, re.compile(rf"{LEAD}(?:nie interesuj[ea] mnie|i(?:'m| am) not interested in|not interested in) {_INTEREST}")),
)
# „Proszę o zmianę …”, „teraz nazywam się …”: said as a wish, and not as a line of a signature is.
_NEWS = r"(?:od )?teraz|obecnie|od dzis|od niedawna|po (?:slubie|rozwodzie)|my name (?:is now|has)|i am now"
WISH = re.compile(
    rf"{LEAD}(?:(?:o )?zmian[aey]|zmien\w*|ustaw|uzywaj\w*|change|set|use|{_NEWS}|{_THIS}{_THREAD}|(?:nie )?interesuj|i(?:'m| am) (?:only|just|not) interested)"
    rf"|{_GREETED}(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze|please|can you|could you))\b"
)

_EN = re.compile(rf"{LEAD}(?:(?:jezyk|language)[\s:]+(?:angielski|english|en)|(?:pisz(?:cie)? )?po angielsku|(?:in )?english)(?: language)?")
_PL = re.compile(rf"{LEAD}(?:(?:jezyk|language)[\s:]+(?:polski|polish|pl)|(?:pisz(?:cie)? )?po polsku|polski|(?:in )?polish)(?: language)?")

# ---- schedules ----------------------------------------------------------------------------------------------

_DAYS = {
    "mon": "poniedzialek|poniedzialki|mondays?",
    "tue": "wtorek|wtorki|tuesdays?",
    "wed": "sroda|srode|srody|wednesdays?",
    "thu": "czwartek|czwartki|thursdays?",
    "fri": "piatek|piatki|fridays?",
    "sat": "sobota|sobote|soboty|saturdays?",
    "sun": "niedziela|niedziele|sundays?",
}
_DAY = f"(?:{'|'.join(_DAYS.values())})"
_AT = r"(?:[\s,]+(?:o|at|po)?\s*(?:godz(?:inie|\.)? ?)?(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>am|pm)?(?: ?h)?)?"
_EVERY = "(?:(?:przeglad|digest|zbiorczo) )?"
SCHEDULES = (
    (Kind.DAILY, re.compile(rf"{LEAD}{_EVERY}(?:(?:co)?dziennie|raz dziennie|dzienny|codzienny|daily|every day|once a day)(?: digest)?{_AT}")),
    (
        Kind.WEEKLY,
        re.compile(
            rf"{LEAD}{_EVERY}(?:tygodniowo|raz w tygodniu|co tydzien|tygodniowy|weekly|every week|once a week)(?: digest)?"
            rf"(?:[\s,]+(?:we?|on|every|kazd[yae])?\s*(?P<days>{_DAY}(?:(?:\s*,\s*|\s+(?:i|oraz|and)\s+)(?:we? |on )?{_DAY})*))?{_AT}"
        ),
    ),
    (
        Kind.MONTHLY,
        re.compile(
            rf"{LEAD}{_EVERY}(?:miesiecznie|raz w miesiacu|co miesiac|miesieczny|monthly|every month|once a month)(?: digest)?"
            rf"(?:[\s,]+(?:on )?(?:the |day |dnia )?(?P<day>[12]?\d|3[01])(?:\.|st|nd|rd|th)?(?: dnia| dzien)?(?= |,|$))?{_AT}"
        ),
    ),
)
NAME = re.compile(r"(?=.{2,80}\Z)[^\W\d_a-z][\w'’.-]*(?:[ -](?:(?:de|di|da|van|von|der|z|ze|le|la)|[^\W\d_a-z][\w'’.-]*)){0,5}")
# What ends a line and belongs to no name and no topic.
TRIM = " \t*_„”“‚‘«»[]<>.,;:!-–—"


def read(line: str) -> Line | None:
    """The command of one line; None where it has another meaning, or a question's."""
    text = plain(line).strip(" \t*_>•-–—")[:LONGEST].rstrip()
    folded = fold(text)
    said = TAIL.sub("", folded.rstrip(" .!;,)"))
    if not said or len(folded) != len(text):
        return None
    for reader in (_schedule, _language):
        found = reader(said)
        if found:
            return None if said.endswith("?") else found
    for kind, pattern in LINES:
        match = pattern.fullmatch(said)
        if match:
            return _named(kind, match, text)
    for kind, pattern in GUESSES:
        match = pattern.fullmatch(said)
        if match:
            named = _named(kind, match, text)
            return named._replace(guessed=True) if named else None
    return None


def is_wish(sentence: str) -> bool:
    """Is this said as one asks for something?"""
    return WISH.match(fold(plain(sentence).strip(" \t*_>•-–—"))) is not None


def _named(kind: Kind, match: re.Match[str], text: str) -> Line | None:
    if "what" not in match.re.groupindex or match["what"] is None:
        return None if text.endswith("?") and kind is not Kind.THREAD else Line(kind)
    words = text[slice(*match.span("what"))].strip()
    good = CHECKS.get(kind, _as_it_is)(words)
    return None if good is None else Line(kind, good)


def _as_it_is(words: str) -> str | None:
    return words.strip(TRIM) or None


def _query(words: str) -> str | None:
    # Quotation marks and colons mean something there.
    if words.endswith("?") or fold(words).strip(TRIM).split(" ")[0] in NO_QUERY:
        return None
    return words if len(words.split()) <= MOST_WORDS else None


def _name(words: str) -> str | None:
    given = words.strip(TRIM)
    return given if NAME.fullmatch(given) and given[0].isupper() else None


def _topics(words: str) -> str | None:
    given = words.strip(TRIM)
    if fold(given).split(" ")[0] in NO_TOPIC:
        return None
    return given if given and not words.endswith("?") and len(given.split()) <= MOST_WORDS else None


def _posts(words: str) -> str | None:
    return None if words.endswith("?") else "posts"


CHECKS: dict[Kind, Callable[[str], str | None]] = {
    Kind.SEARCH: _query,
    Kind.NAME: _name,
    Kind.ADDRESS: lambda words: words.strip(".,;:<>\"'"),
    Kind.TOPICS: _topics,
    Kind.ONLY_TOPICS: _topics,
    Kind.NO_TOPICS: _topics,
    Kind.ERASE: _posts,
}


def _language(said: str) -> Line | None:
    for tongue, pattern in (("en", _EN), ("pl", _PL)):
        if pattern.fullmatch(said):
            return Line(Kind.LANGUAGE, tongue)
    return None


def _schedule(said: str) -> Line | None:
    """`weekly tue,thu 18:00`; only where a day or an hour is said."""
    for kind, pattern in SCHEDULES:
        match = pattern.fullmatch(said)
        if match is None:
            continue
        parts = match.groupdict()
        if not any(parts.get(name) for name in ("days", "day", "hour")):
            return None
        middle = ""
        if kind is Kind.WEEKLY:
            middle = f" {_days(parts.get('days') or '') or 'mon'}"
        elif kind is Kind.MONTHLY:
            middle = f" {int(parts.get('day') or 1) or 1}"
        return Line(kind, f"{kind}{middle} {_clock(parts)}")
    return None


def _days(said: str) -> str:
    return ",".join(day for day, pattern in _DAYS.items() if re.search(rf"\b(?:{pattern})\b", said))


def _clock(parts: dict[str, str | None]) -> str:
    if parts["hour"] is None:
        return "07:00"
    hour = int(parts["hour"]) % 24
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"] == "pm" else 0)
    return f"{hour:02}:{parts['minute'] or '00'}"
