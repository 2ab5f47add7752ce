"""A wide net for the wish to stay without a name: what `doors` does not surely understand is asked about before anybody sees it.

That a name has been given away can never be taken back, so a word too many is caught here rather than one too few. Talk
about surveys and other nameless things is let go where nobody speaks of themselves.
"""

import re
from collections.abc import Iterator

from listserv.lazily import compiled
from listserv.mail import parse, quotes
from listserv.mail.decisions import after_greeting
from listserv.mail.doors import SEND, TRIM, UNNAMED
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post

# Of what was written now, so many lines from above and from below.
ABOVE, BELOW = 5, 2
LONGEST_LINE = 2_000

# All patterns read folded text. These words by themselves:
WORD = r"\b(?:an+[oi]+[mn][io][mn](?:ow\w*|ie\b|y\b|n\w*)|incognito|bezimienn\w*|an+on[iy]m+ous\w*|unnamed\b|nameless\w*)"
_NAMED = r"(?:nazwisk\w*|imieni\w*|imion\w*|imie\b|podpis\w*|personali\w*|danych|kto\b|mnie\b|kim\b|autor\w*|nadawc\w*|tozsamosc\w*)"
_TELLS = r"(?:podaw\w*|podac|podaj\w*|podan\w*|ujawni\w*|zdradz\w*|wymieni\w*|podpis\w*|pokaz\w*|publikow\w*|opublik\w*|wspomin\w*|mowi\w*|pis(?:ac|z\w*))"
_MY_NAME = r"(?:(?:my |the sender'?s? )?names?\b|who (?:i am|asks|is asking|wrote|sent)\b|my (?:identity|signature)\b)"
WISHES = re.compile(
    rf"{WORD}"
    # „bez mojego nazwiska”, „bez podpisu”; „proszę nie podawać, kto pyta”; „żeby nikt nie wiedział, kto pyta”
    rf"|\bbez (?:\w+ ){{0,3}}?(?:nazwisk\w*|imieni\w*|podpis(?:u|ow|ywania)\b|personaliow|danych osobowych|ujawniania|zdradzania)"
    rf"|\bnie (?:\w+ ){{0,2}}?{_TELLS}(?:[\s,]+\w+){{0,4}}?[\s,]+{_NAMED}"
    rf"|\bnazwisk\w* (?:\w+ ){{0,3}}?(?:nie (?:\w+ )?{_TELLS}|do wiadomosci|zachow\w*|ukry\w*|pomi[nj]\w*)"
    r"|\b(?:zeby|aby|niech|by|zebym)\b.{0,30}\b(?:nie|nikt)\b.{0,20}\b(?:wie|wiedzial\w*|wiedziel\w*|wiadomo|dowie\w*|dowiedzial\w*)\b"
    r".{0,15}\b(?:kto|kim|ze to (?:ja|ode mnie))\b"
    r"|\b(?:zachowa\w*|do wiadomosci redakcji|ukry\w*|pomi[nj]\w*|usu[nw]\w*|zataj\w*) (?:\w+ ){0,2}?(?:nazwisk\w*|personali\w*|tozsamosc\w*)"
    r"|\bnie (?:chc\w*|zycz\w*|wol\w*)\b.{0,60}\b(?:nazwisk\w*|imieni\w*|podpis\w*|personali\w*|kto (?:pyta|pisze|to)|ze to ja|bylo wiadomo)"
    r"|\b(?:nie|bez)\b.{0,60}\bmoj\w* (?:imi\w+ i )?(?:nazwisk|podpis|dane|danych|personali|imi)\w*"
    rf"|\bwithout (?:\w+ ){{0,3}}?{_MY_NAME}|\b(?:no|withhold\w*|omit\w*|hide|remove|keep|leave) (?:my |the )?name(?:s)?\b(?! (?:it|them|brand))"
    rf"|\b(?:don'?t|not|never|without) (?:\w+ ){{0,2}}?(?:mention\w*|us(?:e|ing)|show\w*|shar\w+|reveal\w*|publish\w*|includ\w+|print\w*|giv\w+|say\w*|tell\w*"
    rf"|sign\w*|disclos\w+)(?: \w+){{0,3}}? {_MY_NAME}"
    r"|\bname (?:is |be )?withheld\b"
)
# Where such a word belongs to a thing that is nameless by nature …
THINGS = compiled(
    r"\b(?:ankie\w*|formularz\w*|glosow\w*|sondaz\w*|kwestionariusz\w*|badani\w*|test\w*|konkurs\w*|alkoholik\w*|darczync\w*|donos\w*|tworc\w*|autor\w*|dziel\w*"
    r"|rekopis\w*|czytelni[kc]\w*|internau\w*|uzytkowni\w*|konto|kont\b|wpis\w*|komentarz\w*|dokument\w*|umow\w*|regulamin\w*|rodo\b|ewaluac\w*|skrzyn\w*"
    r"|survey\w*|poll\w*|ballot\w*|vot\w+|users?|ftp|access\w*|functions?|class\w*|structs?|unions?|logins?|proxy|proxies|donors?|donat\w*|comments?|pages?|memory"
    r"|types?|records?|namespaces?|inner|lambda\w*|methods?|objects?|threads?|cvs|svn|git|pull|http|https|edits?|review\w*|inodes?|mmap\w*|mapping\w*|pserver|blocks?"
    r"|rsync|bind|accounts?|variables?|tuples?|pip\w+|routin\w*|sub\w*|cod\w+|pattern\w*|field\w*|statistic\w*|data|arrays?|closures?|internet|web)\b|[@{}<>=|\\/]"
)
# … and nobody speaks of themselves, it is talk.
OF_ONESELF = compiled(
    r"\b(?:pros[zi]\w*|popros\w*|chc[eia]\w*|wol[eia]\w*|mog[el]\w*|mozna|mnie|mi|moj\w*|ja|jestem|(?:po)?zosta\w*|pyta[mn]\w*|(?:za|s)pyt\w*|zada[cjn]\w*|podpis\w*|podaw\w*"
    r"|ujawn\w*|wysyl\w*|wyslij\w*|przekaz\w*|opublik\w*|publikuj\w*|w moim|i|i'?m|i'?d|my|me|mine|please|pls|question\w*|ask\w*|post|posting)\b"
)
_NAMING = r"(?:[\s,]+(?:prosze|poprosze|please|z (?:moim )?(?:imieniem i )?nazwiskiem|z (?:moim )?podpisem|pod (?:moim )?nazwiskiem|with (?:my )?name))*"
WITH_NAME = compiled(rf"(?:{SEND.pattern}|(?:prosze |mozna )?z (?:moim )?nazwiskiem|(?:please )?with my name){_NAMING}")
WITHOUT = compiled(
    rf"(?:(?:tak|yes|ok)[\s,.!–-]+)?(?:(?:prosze )?(?:wyslij|wyslac|opublikuj|zapytaj|zapytac|send|post|ask)(?: (?:to|it|this|je))?[\s,]+)?{UNNAMED.pattern}"
)


def may_be_wished(post: Post, *, own_subject: bool) -> bool:
    """Might this be meant to go on without its author's name? `own_subject`: its subject is no other's words."""
    said = [post.subject] if own_subject else []
    lines = _lines(quotes.letter(post.text[: parse.LONGEST_REPLY]))
    # The last lines are those above the farewell, and those below it.
    return any(_wishes(line) for line in (*said, *lines[:ABOVE], *lines[ABOVE:][-BELOW:], *_lines(post.reply)[-BELOW:]))


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _wishes(line: str) -> bool:
    folded = fold(plain(line[:LONGEST_LINE]))
    return any(not _is_talk(sentence, found) for sentence in _sentences(folded) for found in WISHES.finditer(sentence))


def _sentences(folded: str) -> Iterator[str]:
    return (part for part in re.split(r"(?<=[.!?;])\s+", folded) if part.strip())


def _is_talk(sentence: str, found: re.Match[str]) -> bool:
    """Is it said of a survey, a donor, a function? What begins with the word itself is a wish, unless the thing follows at once."""
    if OF_ONESELF.search(sentence[: found.start()] + " " + sentence[found.end() :]):
        return False
    begins = len(re.findall(r"\w+", sentence[: found.start()])) < 2
    behind = re.match(r"\w*\W{0,2}(\w+\W+)?", sentence[found.end() :])
    close = sentence[found.end() :][: behind.end() if behind else 0] + (sentence[found.end() :].split() or [""])[0]
    return THINGS.search(close if begins else sentence) is not None


def says_without(reply: str) -> bool:
    """Does the answer to our question say: without my name?"""
    return WITHOUT.fullmatch(_first(reply)) is not None and "?" not in reply


def says_with(reply: str) -> bool:
    """Does it say: send it as it is, with my name? Nothing else may be said beside it."""
    return WITH_NAME.fullmatch(_first(reply)) is not None and "?" not in reply and not WISHES.search(fold(plain(reply)))


def _first(reply: str) -> str:
    said = after_greeting(plain(reply).strip())
    return fold(said.partition("\n")[0]).strip(TRIM)
