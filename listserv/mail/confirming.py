"""Answers to our own questions about somebody's being on a list: a yes or a wish decides, everything else decides nothing.

Robots, strangers and people whose address somebody else has used answer, too; so what is not known to be a yes is none.
"""

import re
from enum import StrEnum

from listserv.lazily import compiled
from listserv.mail import agreement, commands, reasons, sentences
from listserv.mail.commands import Answer, Kind
from listserv.mail.decisions import after_greeting, decision
from listserv.mail.folding import fold, plain

# How much of an answer is read for the words that spoil a yes.
READ = 300
# Words of a letter that asks to be on the list again, and hardly anything else.
SHORT = 30


class Said(StrEnum):
    """What an answer says of the question that it answers."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


# All patterns read folded text. What somebody says who is asked whether they wish to leave, and does not.
STAYS = compiled(
    r"\b(?:zostaj[eę]|zostac|zostane|zostaw\w*|pozosta\w+|anuluj\w*|cofnij|cofam|pomylk\w+|omylk\w+|nie (?:\w+ ){0,2}(?:wypis|usuw|usun)\w+|podszy\w+|zignor\w+"
    r"|stay|staying|keep me|remain|mistake|ignore|cancel|undo|impersonat\w+)\b"
)
STOPS = compiled(r"\b(?:stop|wstrzym\w+|nie usuw\w+|prosze nie\b|keep|don't|do not|wait|zaczeka\w*|poczeka\w*|kto|who)\b")
# „Tak, potwierdzam”; „Potwierdzam otrzymanie” is a receipt. One clause, up to its comma or end.
CONFIRMED = compiled(
    r"(?:(?:tak|yes|ok|oczywiscie|jasne|pewnie|of course|sure)[,. ]+)?"
    r"(?:(?:ja )?(?:to )?potwierdzam(?: (?:to|chec|zgloszenie|wniosek|prosbe|rezygnacje|wypisanie|zapis|zapisanie"
    r"|dolaczenie|przystapienie|\w+enia|do|sie"
    r"|na|z|tej|te|moje|moja|moj|listy|liste))*"
    r"|to (?:ja(?: (?:pisal|zglosil)[ae]m)?|bylam ja|bylem ja|moje zgloszenie)|zgadza sie|jak najbardziej|i confirm(?: (?:it|this"
    r"|my application|my request))?|confirmed|confirm"
    r"|(?:it'?s|it is|it was|that was|that is) me|that'?s me)(?=\s*(?:[.,;:–-]|$))"
)
# After „tak,” the one who wishes to join speaks of themselves.
OF_MYSELF = compiled(
    r"(?:tak|yes|ok)[,.:!\s–-]+(?:to (?:ja|moje)|pracuje|jestem|pisal[ae]m|zglosil[ae]m|prosze|poprosze|chce|chcial[ae]?bym|potwierdzam"
    r"|zgadza|zapraszam|serdecznie|bardzo"
    r"|i (?:work|am|wrote|applied|would|want|confirm|asked)|i'd|i'm|it was|it's me|please)\b"
)
SPOILT = compiled(
    r"\b(?:nie|nigdy|no|not|never|nein|ale|lecz|but|spam\w*|oszus\w+|phishing\w*|stop|przesta\w+|wypis\w+|usun\w*|kasuj\w*|zglosz\w* (?:to"
    r"|na|do)|podszy\w+|pomylk\w+"
    r"|unsubscribe\w*|remove|delete|fraud|scam|mistake|urlop\w*|nieobecn\w*|away|vacation|holiday|\w+n't)\b|\?"
)
# Of a list whose letter has a sentence to agree to.
AGREED = compiled(r"(?:(?:tak|yes|ok)[,. ]+)?(?:zgadzam sie|zgoda|wyrazam zgode|akceptuje|i agree|agreed|i consent)\b")
NOT_INTERESTED = compiled(r"\bnot interested\b|\bnie jestem zainteresowan|\bprzesta\w+ (?:mi )?(?:to |mi )?(?:wysyl|przysyl)")

# „Proszę o dopisanie mnie do sieci”, „chciałabym dołączyć do Państwa sieci, pracuję w szkole”.
WISHES = compiled(
    r"\b(?:prosze|poprosze|prosba|prosic|chcial[ae]?bym|chce|chcemy|pragne|zglaszam|czy (?:moge|mozna)"
    r"|please|i'd like|i would like|i want|i wish|may i|can i|could i)\b"
    r"[^.?!\n]{0,60}?\b(?:dopis\w+|zapis\w+|wpis\w+|przyjec\w*|przyjac|dolacz\w+|przylacz\w+|przystap\w+|czlonk\w+|akces\w*|join|subscribe|add me|sign me up"
    r"|become (?:a )?member)\b"
)
DOUBTED = compiled(
    r"\b(?:nie|not|never|wypis\w*|unsubscribe|kiedy|gdzie|jak|when|where|how|inform\w+|pyta\w+|zapyt\w+|szkole\w+|warszta\w+|spotka\w+|kurs\w*|konferenc\w+|webinar\w*"
    r"|workshops?|meetings?|courses?)\b"
)

_BACK = "(?:wracam|wroce|back|i(?:'m| am)(?: coming)? back|cofnij|undo|come back)"
# „Przepraszam, zmieniłam zdanie”: what stands in front of the wish.
_BEFORE = re.compile(
    r"(?:(?:bardzo )?przepraszam(?: za (?:zamieszanie|klopot))?|(?:i'm )?sorry(?: about that)?|ojej|oj|oops|dzien dobry|witam|hello|hi|tak|ok|yes)"
)
_AGAIN = "(?:znow|znowu|ponownie|jeszcze raz|z powrotem|na nowo)"
_TAIL = r"(?: (?:jednak|prosze|z powrotem|na (?:te )?liste|do (?:was|panstwa|nas|sieci)|to the list|on the list|please|again))*"
# The first clause of an answer to the goodbye.
RETURNS = compiled(
    rf"(?:(?:tak|ok|yes|jednak|a jednak|ale|przepraszam|sorry|ojej|oj)[, ]+)*(?:{_BACK}"
    r"|(?:chce|chcial[ae]?bym|prosze o|poprosze o|czy (?:moge|mozna)|moge|i want|i would like|i'd like|can i|could i|may i|please let me)(?: (?:jednak|to|z))*"
    r" (?:wrocic|powrot|come back|return|be back|rejoin)"
    r"|(?:to )?(?:byla |it was )?(?:a )?(?:moja )?(?:pomylka|omylka|mistake)|(?:wypisal[ae]m sie )?(?:przez|po) (?:pomylke|omylke)|by mistake"
    r"|(?:jednak )?(?:zmieni(?:lam|lem) zdanie|rozmysli(?:lam|lem) sie)|(?:i|i've|i have) changed my mind"
    rf"|(?:jednak )?(?:prosze|poprosze|czy (?:moge|mozna)(?: prosic)?)(?: o)?(?: mnie| {_AGAIN})*"
    rf" (?:przywroc\w+|zapisac|zapisanie|dopisac|dopisanie|dodac|dodanie|przyjac|wpisac)(?: mnie| {_AGAIN})*"
    r"|(?:please |could you (?:please )?|can you (?:please )?)+(?:put|add|take|sign|let) me (?:back|again)(?: (?:on|in|up|to|back))*"
    rf"){_TAIL}"
)
CLAUSE = compiled(r"[,.;:!?\n]|\s[–-]\s")


def about_leaving(reply: str) -> Said:
    """Whoever was asked whether this address shall leave: yes, no, or something else."""
    said, kinds = _folded(reply), _kinds(reply)
    denied, leaves = commands.denies(reply), Kind.LEAVE in kinds
    if STAYS.search(said[:READ]) or decision(reply).answer is Answer.UNDO:
        return Said.UNCLEAR if leaves else Said.NO
    if leaves:
        return Said.UNCLEAR if denied else Said.YES
    if denied or commands.begins_with_no(reply):
        return Said.NO
    return Said.YES if _says_yes(reply, said) or _gives_a_reason(said) else Said.UNCLEAR


def about_joining(reply: str) -> Said:
    """Whoever was asked whether they applied from this address."""
    said, kinds = _folded(reply), _kinds(reply)
    if commands.denies(reply) or NOT_INTERESTED.search(said[:READ]) or Kind.LEAVE in kinds:
        return Said.NO
    of_myself = OF_MYSELF.match(said) and not SPOILT.search(said[:READ])
    # „To ja, ale nie zgadzam się na to zdanie” confirms, and agrees to nothing.
    mine = CONFIRMED.match(said) is not None and agreement.refuses(reply)
    agrees = AGREED.match(said) and not SPOILT.search(said[:READ])
    return Said.YES if Kind.JOIN in kinds or of_myself or mine or agrees or _says_yes(reply, said) else Said.UNCLEAR


def wishes_to_join(text: str) -> bool:
    """Is a first letter plainly a wish to be on the list? It may be worded as one likes: a human decides about it."""
    said = _folded(text)[:READ]
    return about_joining(text) is Said.YES or (WISHES.search(said) is not None and not DOUBTED.search(said))


def stops(reply: str) -> bool:
    """Does somebody whose data are to be erased not want that? Stopping harms nobody, so a word of doubt is enough."""
    said = _folded(reply)[:READ]
    return commands.begins_with_no(reply) or commands.denies(reply) or STAYS.search(said) is not None or STOPS.search(said) is not None


def comes_back(reply: str) -> bool:
    """Does somebody who has left a list say that they wish to be on it again? An „OK” and a reason are no such thing."""
    said, kinds = _folded(reply), _kinds(reply)
    clauses = [one.strip(sentences.TRIM) for one in CLAUSE.split(said, maxsplit=4)]
    first = next((one for one in clauses if one and not _BEFORE.fullmatch(one)), "")
    if Kind.LEAVE in kinds or re.search(r"\b(?:nie|not|never|nigdy)\b", said[:READ]):
        return False
    joins = Kind.JOIN in kinds and len(said.split()) <= SHORT
    return joins or decision(reply).answer is Answer.UNDO or RETURNS.fullmatch(first) is not None or RETURNS.fullmatch(_line(said)) is not None


def is_passed_on(text: str, subject: str = "") -> bool:
    """Is the wish to leave somebody else's, whose letter stands here below „X napisał(a):”?"""
    found = PASSED_ON.search(plain(text))
    if found is None or (subject and _kinds("", subject)):
        return False
    return Kind.LEAVE not in _kinds(text[: found.start()])


# „Jan napisał do mnie:”, „Przekazuję prośbę Jana:”. Only a person who is named is somebody else.
PASSED_ON = compiled(
    r"(?im)^[^\n]*(?:\bnapisa[łl](?:\(a\)|a|/a)?(?!\w)|\bprzekazuj[eę]\b|\bprzesy[łl]am\b|\bwrote\b|\bwrites\b|\bforward(?:ing|ed)\b|\bon behalf\b"
    r"|\bpro[śs]b[ęea]\s+(?:od\s+)?(?:pan[ai]?i?\s+)?(?-i:[A-ZĄĆĘŁŃÓŚŹŻ])\w+|\brequest (?:of|from)\b|\basks\b)[^\n]{0,120}:(?=\s|$)"
    r"|^\s*(?:od|from|von|nadawca)\s*:\s*\S"
)


def _kinds(reply: str, subject: str = "") -> frozenset[Kind]:
    return frozenset(command.kind for command in commands.commands(reply, subject))


def _folded(reply: str) -> str:
    return fold(after_greeting(plain(reply).strip())).strip()


def _line(said: str) -> str:
    return said.partition("\n")[0].strip(sentences.TRIM)


def _says_yes(reply: str, said: str) -> bool:
    return (decision(reply).answer is Answer.YES or CONFIRMED.match(said) is not None) and not SPOILT.search(said[:READ])


def _gives_a_reason(said: str) -> bool:
    """„Tak, odchodzę na emeryturę”"""
    begins = re.match(r"(?:tak|yes|ok)[,.:!\s–-]+", said)
    return begins is not None and reasons.WHY.match(said, begins.end()) is not None and not re.search(r"\b(?:ale|lecz|but)\b|\?", said[:READ])
