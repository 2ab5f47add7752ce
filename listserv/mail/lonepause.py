"""A letter to the list in which nothing stands but the wish for a rest from mail: „proszę o wstrzymanie wiadomości, jadę na urlop”.

Such a letter is asked about and reaches nobody until its writer says so. Who only says that they will be away speaks to people.
"""

from listserv.lazily import compiled
from listserv.mail import lonewish
from listserv.mail.command import Command
from listserv.mail.commands import commands
from listserv.mail.commandwords import Kind
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.mail.sentences import TRIM

MOST_WORDS, MOST_LINES = 30, 10
CLAUSE = compiled(r"\s*[,;:–]\s*|\s+(?:i|bo|gdyz|poniewaz|wiec|dlatego|and|as|because|since|so)\s+")
JOINS = compiled(r"\A(?:bo|gdyz|poniewaz|wiec|dlatego|and|as|because|since|so)\s+")
# „do 15 lipca”, „na czas wakacji”, “until Monday”; „do prasy” is no time.
_WHEN = (
    r"(?:\d|konca|polowy|poczatku|wrzesnia|odwolania|powrotu|przyszl|nastepn|poniedzial|wtorku|srody|czwartku|piatku|soboty|niedzieli|czas|okres"
    r"|(?:dwa|trzy|cztery|tydzien|miesiac|caly|jutra|dzis)\b|urlop|wakacj|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec"
    r"|(?:the|a|two|three|next|further|end|tomorrow)\b)"
)
_DAY = rf"(?: (?:od|do|na|przez|from|until|till|for|through|to)(?= {_WHEN})(?: [\w./-]+){{1,5}}){{0,2}}"
_MAIL = (
    r"(?:(?:przesyl|wysyl|dostarcz|otrzymyw|przysyl)\w+|(?:mi|mnie|dla mnie|mo(?:ja|je|jej|ich|jego)|wszystkich|z|tej|w|na"
    r"|my|me|all|the|of|from|this|sending|delivery|any)"
    r"|list[ay]|listow|wiadomosc\w*|mail\w*|mejl\w*|e-?mail\w*|poczt\w*|korespondencj\w*|czlonkostw\w+|subskrypcj\w+|prenumerat\w+"
    r"|messages?|posts?|subscription|membership|list)"
)
# One of these must be said: „proszę o wstrzymanie prac” is for people.
OF_MAIL = compiled(
    r"\b(?:wiadomosc\w*|mail\w*|mejl\w*|e-?mail\w*|poczt\w*|korespondencj\w*|listow|czlonkostw\w+|subskrypcj\w+|prenumerat\w+|messages?|posts|subscription|membership)\b"
)
WISH = compiled(
    r"(?:(?:bardzo|uprzejmie|w zwiazku z tym|w zwiazku z urlopem) )*(?:prosze|poprosze|prosilabym|prosilbym|please|could you(?: please)?),?"
    r"(?: panstwa)?(?: o)?(?: (?:czasow|tymczasow|chwilow)\w+)? (?:wstrzyma\w+|zawies\w+|zawiesz\w+|przerwa\w+|przerwe"
    rf"|nie (?:przysyl|wysyl|przesyl)\w+|pause|suspend|stop|hold)(?: {_MAIL})+{_DAY}"
)
ASKS_FOR = compiled(
    r"(?:bardzo |uprzejmie )?(?:prosze|poprosze|prosilabym|prosilbym|please|could you(?: please)?),?(?: o)?(?: \w+)?"
    rf" (?:przerw[ey]|pauze|wstrzyma\w+|zawies\w+|zawiesz\w+|pause|suspend|hold)(?: {_MAIL})*{_DAY}\Z"
)
AWAY = compiled(
    r"(?:od [\w./ -]{1,30} )?(?:jade|wyjezdzam|ide|bede|jestem|przebywam|mam|i am|i'm|i will be|i'll be|going)(?: (?:teraz|wtedy|juz|going|away|out))*"
    r"(?: (?:na|w|poza|on|of|off))*(?: (?:urlop\w*|wakacj\w*|zwolnieni\w*(?: lekarski\w*)?|delegacj\w*|sanatori\w*|nieobecn\w*|domem"
    rf"|holidays?|vacation|leave|away|office|the office))?{_DAY}"
)


def lone_pause(post: Post) -> Command | None:
    """The pause that is all somebody wrote, in a letter that answers nobody; None where anything else is said."""
    text = plain(post.reply).strip()
    if post.references or post.attachments or "?" in text or not text:
        return None
    if len(text.split()) > MOST_WORDS or text.count("\n") > MOST_LINES * 2:
        return None
    found = commands(post.reply, post.subject)
    if [command.kind for command in found] != [Kind.PAUSE]:
        return None
    said = [clause for sentence in lonewish.said(text) for clause in _clauses(sentence)]
    wishes = [clause for clause in said if WISH.fullmatch(clause) and OF_MAIL.search(clause)]
    others = [clause for clause in said if clause not in wishes]
    return found[0] if wishes and all(AWAY.fullmatch(clause) for clause in others) else None


def rest_alone(reply: str) -> Command | None:
    """The pause that is all somebody says beside being away, „proszę o przerwę do 15 marca, bo jestem na zwolnieniu”, where mail is what it must be about."""
    text = plain(reply).strip()
    if "?" in text or len(text.split()) > MOST_WORDS or text.count("\n") > MOST_LINES:
        return None
    found = commands(reply)
    if [command.kind for command in found] != [Kind.PAUSE]:
        return None
    said = [clause for sentence in lonewish.said(text) for clause in _clauses(sentence)]
    others = [clause for clause in said if not ASKS_FOR.match(clause)]
    return found[0] if len(others) < len(said) and all(AWAY.fullmatch(clause) for clause in others) else None


def _clauses(sentence: str) -> list[str]:
    """Its parts, folded."""
    return [one for part in CLAUSE.split(" ".join(fold(sentence).split())) if (one := JOINS.sub("", part).strip(TRIM))]
