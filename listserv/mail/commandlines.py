"""Commands that name something: what to search for, which topic, a new name. One line each, the word first and the rest behind it.

„SZUKAJ czytniki”, „TYLKO OBSZAR tik”, „TYGODNIOWO WE WTORKI O 18”. All patterns read folded text; what is named is kept as it was typed.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from listserv.lazily import compiled
from listserv.mail import schedulewords
from listserv.mail.commandwords import Kind
from listserv.mail.folding import fold, plain

LONGEST = 200
# Nobody means to wait for more messages than that.
MOST_LEAST = 100
FORMS = (("rfc1153", "1153"), ("mime", "mime"), ("mime", "multipart"), ("mime", "pacz"), ("html", "html"))
# Words behind SZUKAJ, before it is a sentence to somebody.
MOST_WORDS = 20
# “Find out …”, “the topic is …”
NO_QUERY = frozenset({"", "me", "us", "it", "out", "that", "mnie", "go", "jej", "ich"})
NO_TOPIC = frozenset({"of", "is", "was", "for", "here", "that", "which", "and", "jest", "byl", "byla", "na", "do", "o", "ktory", "dzialania"})


class Line(NamedTuple):
    """A command and what it names."""

    kind: Kind
    words: str = ""
    # It may name a topic (whether there is one of that name, the list knows), or days of another matter.
    guessed: bool = False


LEAD = (
    r"(?:(?:dzien dobry|dobry wieczor|witam|czesc|hello|hi|good morning)[\s,!.:]+)?"
    r"(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze|please|pls|can you|could you)(?: o)?[\s,:]+)?"
)
BEFORE = compiled(LEAD)
TAIL = compiled(r"[\s,]+(?:bardzo )?(?:prosze|please|pls|dziekuje|thanks|thank you)$")
_THIS = "(?:(?:me|mi|ten|tego|tej|to|caly|calego|cala|this|the|that|whole|full|entire|all of|calosc) )*"
_THREAD = "(?:watek|watku|watkowi|rozmowe|thread|conversation|topic thread)"
_WHICH = r"(?:[\s:]+(?:(?:pt\.?|pod tytulem|o tytule|o|nr|no\.?|numer|number|titled|called|about|on)[\s:]+)?(?P<what>\S.*))?"
_POINT = r"(?:[\s:]+(?:nr |no\.? )?(?P<what>\d{1,3}|https?://\S+|[„“”\"«].+))?"
_TOPIC = r"(?:obszar(?:y|u|ow|om)?(?: tematyczn\w+)?|topics?|subject areas?)"
_COMMAND_OR = r"(?:[\s:]+)"
_MESSAGES = r"(?:wiadomosc(?:i)?|posty?|postow|maile?|maili|messages?|posts?|mails?)"
_ONLY = r"(?:(?:ale|but)\s+)?(?:(?:tylko|only)[\s,]+(?:(?:gdy|jesli|jezeli|kiedy|jak|if|when)\s+)?|(?:gdy|jesli|jezeli|kiedy|if|when)\s+)"
_COUNT = r"(?:(?:jest|sa|bedzie|beda|there (?:is|are))\s+)?(?:co najmniej|przynajmniej|minimum|min\.?|at least)[\s:]+(?P<what>\d{1,3})"
_OWN = (
    r"(?:(?:moje|swoje|wlasne) watki|(?:z )?watk(?:i|ow),? w ktorych (?:sam[ao]? )?(?:pisze|biore udzial|uczestnicze|sie odzywam)"
    r"|(?:my own|my|own) threads|(?:the )?threads(?:,)? (?:(?:that |which )?i (?:write|post|take part|am)(?: in)?|in which i (?:write|post|take part|am)))"
)
_NOW = r"(?:od razu|natychmiast|na biezaco|osobno|at once|immediately|right away|straight away)"
_FORM = (
    r"(?:zwyklym|zwyklego|zwykly|czysty|sam|plain)?\s?(?:tekst(?:em|owo|u|owy)?|text)|plain|html|mime|multipart/digest|rfc ?-?1153"
    r"|pacz(?:ka|ke|ki) (?:maili|wiadomosci|listow)"
)

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
        r"(?:(?:(?:zmien|zmienic(?: mi)?|zmieniam|zmiana|o zmiane|zmiane|zmiane na|ustaw|set|change|use|uzywaj) )(?:moj |mojego |my |nowy |new |na )*"
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
    (
        Kind.AT_LEAST,
        rf"(?:(?:przeglad|digests?|a digest|przysylaj(?:cie)?|wysylaj(?:cie)?|send it)[\s,:]+)?{_ONLY}{_COUNT}(?: (?:nowe|nowych|nowa|new))?(?: {_MESSAGES})?",
    ),
    (Kind.AT_LEAST, rf"(?:przeglad|digests?|a digest)(?:[\s,]+(?:od|of|from))?[\s,:]+{_COUNT}(?: (?:nowe|nowych|new))?(?: {_MESSAGES})?"),
    (
        Kind.OWN_LATER,
        rf"{_OWN}[\s,:–-]+(?:prosze[\s,]+)?(?:nie {_NOW}|not {_NOW}|w przegladzie|razem z innymi|jak inne|in the digest|as (?:all )?(?:the )?others)",
    ),
    (Kind.OWN_AT_ONCE, rf"(?:{_OWN}[\s,:–-]+(?:prosze[\s,]+)?{_NOW}|{_NOW}[\s,:–-]+{_OWN})"),
    (Kind.DIGEST_FORM, rf"(?:format|forma|postac)(?: przegladu| of (?:the )?digests?)?[\s:=]+(?P<what>{_FORM})"),
    (Kind.DIGEST_FORM, rf"(?:przeglad(?:y)?|(?:set )?digests?)[\s,:]+(?:(?:jako|w formacie|w formie|w postaci|as|in)[\s:]+)?(?P<what>{_FORM})"),
    (Kind.DIGEST_FORM, r"(?P<what>rfc ?-?1153|multipart/digest|(?:zwykly|czysty|sam) tekst|plain text|(?:bez|no|without) html)"),
    (
        Kind.ZONE,
        r"(?:(?:zmien|o zmiane|zmiane|ustaw|set|change) )?(?:moja |my )?(?:stref[aeyę](?: czasow[aeyą])?|time ?zone)(?: (?:na|to))?(?:[\s:=]+)"
        r"(?P<what>[a-z][\w/+-]*(?: [a-z][\w-]*){0,2})",
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
LINES = tuple((kind, compiled(f"{LEAD}(?:{pattern})")) for kind, pattern in PATTERNS)
_GREETED = r"(?:(?:dzien dobry|dobry wieczor|witam|czesc|hello|hi|good morning)[\s,!.:]+)?"
# What is nothing without „proszę o”.
LINES += (
    (
        Kind.THREAD,
        compiled(rf"{_GREETED}(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze)(?: mi)?(?: o)?|can i have|could i have|may i have) {_THIS}{_THREAD}{_WHICH}"),
    ),
)
# Interests: a topic of the list perhaps, perhaps something else.
_INTEREST = (
    r"(?P<what>(?!.*\b(?:wiadomosci\w*|maile?|mejle|oferty?|reklamy|list[aey]?|listy|biuletyn|newsletter|juz|mails?|messages|posts|offers?|any ?more)\b).+)"
)
GUESSES = (
    (
        Kind.ONLY_TOPICS,
        compiled(rf"{LEAD}(?:interesuj[ea] mnie (?:tylko|jedynie|wylacznie)|i(?:'m| am) (?:only|just) interested in|(?:only|just) interested in) {_INTEREST}"),
    ),
    (Kind.NO_TOPICS, compiled(rf"{LEAD}(?:nie interesuj[ea] mnie|i(?:'m| am) not interested in|not interested in) {_INTEREST}")),
    (Kind.AT_LEAST, compiled(rf"{LEAD}{_COUNT}(?: (?:nowe|nowych|nowa|new))? {_MESSAGES}")),
)
# „Proszę o zmianę …”, „teraz nazywam się …”: said as a wish, and not as a line of a signature is.
_NEWS = r"(?:od )?teraz|obecnie|od dzis|od niedawna|po (?:slubie|rozwodzie)|my name (?:is now|has)|i am now"
WISH = compiled(
    rf"{LEAD}(?:(?:o )?zmian[aey]|zmien\w*|ustaw|uzywaj\w*|change|set|use|{_NEWS}|{_THIS}{_THREAD}|(?:nie )?interesuj|i(?:'m| am) (?:only|just|not) interested)"
    rf"|{_GREETED}(?:(?:bardzo |uprzejmie )?(?:prosze|poprosze|please|can you|could you))\b"
)

_EN = compiled(rf"{LEAD}(?:(?:jezyk|language)[\s:]+(?:angielski|english|en)|(?:pisz(?:cie)? )?po angielsku|(?:in )?english)(?: language)?")
_PL = compiled(rf"{LEAD}(?:(?:jezyk|language)[\s:]+(?:polski|polish|pl)|(?:pisz(?:cie)? )?po polsku|polski|(?:in )?polish)(?: language)?")

NAME = compiled(r"(?=.{2,80}\Z)[^\W\d_a-z][\w'’.-]*(?:[ -](?:(?:de|di|da|van|von|der|z|ze|le|la)|[^\W\d_a-z][\w'’.-]*)){0,5}")
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


def _least(words: str) -> str | None:
    return str(int(words)) if 1 <= int(words) <= MOST_LEAST else None


def _form(words: str) -> str | None:
    said = fold(words).replace("bez html", "").replace("without html", "").replace("no html", "")
    return next((form for form, part in FORMS if part in said), "plain")


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
    Kind.AT_LEAST: _least,
    Kind.DIGEST_FORM: _form,
}


def _language(said: str) -> Line | None:
    for tongue, pattern in (("en", _EN), ("pl", _PL)):
        if pattern.fullmatch(said):
            return Line(Kind.LANGUAGE, tongue)
    return None


def _schedule(said: str) -> Line | None:
    """`weekly tue,thu 18:00`; only where a day or an hour is said."""
    wish = BEFORE.sub("", said, count=1)
    when = schedulewords.read(wish)
    return Line(Kind(when.partition(" ")[0]), when, guessed=schedulewords.is_bare(wish)) if when else None
