"""What a moderator asks for with a list of people („ZAPROŚ”, „DODAJ”), and what somebody who was invited answers."""

import re
from dataclasses import dataclass
from enum import StrEnum

from listserv.lazily import compiled
from listserv.mail import commands, decisions
from listserv.mail.batchverbs import Verb
from listserv.mail.commandwords import Kind
from listserv.mail.decisions import Answer
from listserv.mail.decisionwords import BESIDE_YES, made_of
from listserv.mail.folding import fold, plain
from listserv.mail.peoplelines import People, is_list, is_person, people, persons_only

# All patterns read folded text, in which every character is still one character.
WORDS_AROUND = (
    r"(?:[ ,]+(?:(?:na|do|to|the|tej|te|nasz\w*|list[yea]?|os[ob]\w*|ludzi|people|persons?|them|uczestnik\w+|members?|nastepujac\w+|following"
    r"|ponizsz\w+|now[eay]\w*|new|prosze|please|te|wszystk\w+|all|z|w|ze|from|in|zalacz\w+|plik\w*|tabel\w*|arkusz\w*|attach\w+|file|table)\b"
    r"|bez (?:listu )?powita\w+|without (?:a )?welcome))*"
)
PLEASE = r"(?:(?:bardzo )?(?:prosze|prosimy|poprosze|please|pls)[ ,]+(?:o )?)?"
NO_WELCOME = compiled(r"\bbez (?:listu )?powita\w+|\b(?:without (?:a |the )?|no )welcome")
DECORATION = " \t*_\"'„”“#>"
REPLY = compiled(r"\s*(?:re|odp|fwd?|pd|aw|dw)\s*:")


class Trouble(StrEnum):
    """Why nobody can be read from an attached file."""

    KIND = "kind"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An attached file of which nobody could be read."""

    name: str
    why: Trouble


# The word itself asks, also where nobody stands below it; the others only above a list.
ORDERS = {Verb.INVITE: "zapros|invite", Verb.ADD: "dodaj|dopisz|add"}
PHRASES = {
    Verb.INVITE: "zaproszeni[ea]|zaprosic|zaproscie|invitations?",
    Verb.ADD: "dodac|dopisac|dodanie|dopisanie|dodajcie|dopiszcie",
}
ENDS = r"[ \t]*[:.,!–—-]*[ \t]*"
HEADS = {verb: compiled(rf"{PLEASE}(?:(?P<order>{ORDERS[verb]})|{PHRASES[verb]})\b{WORDS_AROUND}{ENDS}") for verb in Verb}
NOUN = compiled("zaproszeni|invitation")
BARE = {verb: compiled(rf"(?:{ORDERS[verb]}){ENDS}") for verb in Verb}
# „ZAPROŚ Anna Nowa <anna@…>”: in capitals nobody speaks of an invitation in passing.
SHOUTED = compiled(r"(?:ZAPRO[ŚS]|INVITE|DODAJ|DOPISZ|ADD)\b[ \t:,–—-]*(?=\S)")
LOUD = compiled(rf"(?:ZAPRO[ŚS]|INVITE|DODAJ|DOPISZ|ADD){ENDS}")


@dataclass(frozen=True, slots=True)
class Order:
    """A list of people and what is to become of them; `welcome`: does each who is added get the letter?

    `plain`: the bare word above lines that are people and nothing else. `unreadable`: attached files of which nobody could be read.
    """

    verb: Verb
    people: People
    welcome: bool = True
    plain: bool = False
    unreadable: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class _Head:
    verb: Verb
    # Somebody on the line of the word.
    tail: str = ""
    # An order even where nobody stands below; a noun alone, which may name what is attached; nothing but the word; and that in capitals.
    asks: bool = False
    names: bool = False
    bare: bool = False
    loud: bool = False


def order(subject: str, text: str, *, table: bool = False) -> Order | None:
    """The order that a letter is; None for any other letter. `table`: a table of people is attached.

    The word stands alone on its line, the first of the text or the subject, and below it lines that are people. Whatever
    else there is, „Zaproś Ewę na piątek” or „Zaproszenie” above a sentence, is a letter to a colleague.
    """
    said = decisions.after_greeting(plain(text).strip()).lstrip()
    first, _, rest = said.partition("\n")
    head = _head(first)
    if head:
        return _ordered(head, f"{head.tail}\n{rest}".strip("\n"), first, table=table)
    head = None if REPLY.match(fold(subject)) else _head(plain(subject))
    return _ordered(head, said, subject, table=table) if head and not head.tail else None


def _ordered(head: _Head, below: str, line: str, *, table: bool) -> Order | None:
    listed = is_list(below)
    if not (listed or (table and not head.names) or (head.asks and (head.loud or not below.strip()))):
        return None
    return Order(head.verb, people(below), _welcome(line), plain=head.bare and listed and persons_only(below))


def _head(line: str) -> _Head | None:
    """What a line orders that holds nothing else, but perhaps somebody."""
    bare = line[:1000].strip(DECORATION)
    folded = fold(bare)
    for verb, pattern in HEADS.items():
        found = pattern.fullmatch(folded)
        if found:
            asks, names = found["order"] is not None, NOUN.match(folded) is not None
            return _Head(verb, asks=asks, names=names, bare=BARE[verb].fullmatch(folded) is not None, loud=LOUD.fullmatch(bare) is not None)
    shouted = SHOUTED.match(bare)
    if shouted is None or not is_person(bare[shouted.end() :]):
        return None
    verb = Verb.INVITE if BARE[Verb.INVITE].match(folded) else Verb.ADD
    return _Head(verb, bare[shouted.end() :], asks=True, bare=True)


def _welcome(line: str) -> bool:
    return NO_WELCOME.search(fold(plain(line))) is None


# ---- a moderator's answer to what would happen ---------------------------------------------------------------

YES_WITHOUT = compiled(rf"\W*(?:tak|yes|ok)[\s,.;:–-]+(?:ale |but )?(?:{NO_WELCOME.pattern})\W*(?:\n|$)")


def yes_without_welcome(reply: str) -> bool:
    """`TAK BEZ POWITANIA`: yes, and no letters."""
    return YES_WITHOUT.match(fold(decisions.after_greeting(plain(reply).strip()))) is not None


# ---- an invited person's answer ------------------------------------------------------------------------------


class Said(StrEnum):
    """What somebody who was invited says. NEVER: no invitation to any list here, ever."""

    YES = "yes"
    NO = "no"
    NEVER = "never"
    OTHER = "other"


NEVER = compiled(r"\W*(?:(?:nie|no)\b\W*)?(?:nigdy(?: wiecej)?|never(?: again)?)\W*(?:\n|$)")
THANKING = r"(?:(?:dziekuj\w+(?: bardzo)?|thank you|thanks)(?: (?:za zaproszenie|for the invitation))?[ ,.!-]+)"
# Nothing but these, one after the other: „zgadzam się na nic” and “I accept no mail” are other words.
JOINS = (
    r"(?:(?:i )?(?:chetnie |bardzo chetnie |z przyjemnoscia |z radoscia )?(?:sie )?(?:dolaczam|dolacze|dolaczymy|zapisze|zapisuje"
    r"|przystepuje|przystapie|skorzystam|przylaczam"
    r"|wchodze w to|przyjmuje|przyjme|zostane)(?: sie)?(?: (?:to |panstwa |pani |pana )?zaproszenie)?(?: z zaproszenia)?"
    r"(?: (?:do (?:was|panstwa|nas|listy|sieci|grupy|grona)|na liste))?(?: (?:bardzo )?chetnie)?(?= )"
    r"|(?:i )?(?:will |would |'d )?(?:love to |like to |gladly |happily )?(?:accept(?: (?:the|your|this) invitation)?|join(?: (?:you|the list|in))?)(?= )"
    r"|i'd (?:love|like) to (?:join|accept)(?: (?:you|the list|the invitation))?(?= )|(?:i am|i'm) in(?= )|count me in(?= ))"
)
THANKING_FOR = (
    r"(?:(?:bardzo |serdecznie |pieknie )?(?:dziekuj\w+|dzieki|thank you|thanks)(?: (?:bardzo|serdecznie|very much|so much))?"
    r"(?: (?:za zaproszenie|for (?:the|your) invitation|for inviting me))?)"
)
WILLING = compiled(rf"(?:{JOINS}|{THANKING_FOR}(?= )|{BESIDE_YES}) ")
JOINED = compiled(
    rf"(?:^| )(?:{JOINS}|chetnie|z przyjemnoscia|z radoscia|z wielka przyjemnoscia|oczywiscie|jasne|pewnie|zgadzam sie|gladly|sure|of course|with pleasure) "
)
THANKING = r"(?:(?:dziekuj\w+(?: bardzo)?|thank you|thanks)(?: (?:za zaproszenie|for the invitation))?[ ,.!-]+)"
UNWILLING = compiled(
    rf"{THANKING}?(?:ale |but )?(?:niestety,? )?"
    rf"(?:nie (?:chce|skorzystam|jestem zainteresowan\w+|interesuje|dziekuje|moge przyjac|dolacze)\b|(?:rezygnuje|odmawiam|nie,? dziekuje)\b"
    rf"|no,? thank|not interested|i(?:'m| am) not interested|(?:please )?(?:don'?t|do not) (?:invite|write|mail)|i decline)"
    rf"|prosze (?:mnie |juz |wiecej )*nie (?:zapraszac|pisac|przysylac)"
)
BUT = compiled(r"\b(?:ale|lecz|jednak|tylko|jesli|jezeli|dopiero|pozniej|najpierw|zapytam|but|if|however|later|first|when|once)\b")
LOOK_AHEAD = 300


def answer(reply: str) -> Said:
    """What an invited person's reply says. Whatever may be a question or a thought is OTHER: a person reads it."""
    said = fold(decisions.after_greeting(plain(reply).strip())[:LOOK_AHEAD]).lstrip(DECORATION + "\n-–—")
    if NEVER.match(said):
        return Said.NEVER
    decided = commands.decision(reply).answer
    if decided in (Answer.YES, Answer.NO):
        return Said.YES if decided is Answer.YES else Said.NO
    kinds = {command.kind for command in commands.commands(reply)}
    # In a long letter „stop” may be about anything.
    if (Kind.LEAVE in kinds and len(reply) <= LOOK_AHEAD) or UNWILLING.match(said):
        return Said.NO
    if "?" in said or BUT.search(re.split(r"[.!\n]\s*", said, maxsplit=1)[0]):
        return Said.OTHER
    return Said.YES if kinds == {Kind.JOIN} or _is_willing(reply) else Said.OTHER


def _is_willing(reply: str) -> bool:
    """Is what stands between greeting and farewell made of words that join, agree and thank, and of nothing else?"""
    core = fold(decisions.bare(reply))
    said = " ".join(decisions.WORD.findall(core)) + " "
    if decisions.BETWEEN.sub("", decisions.WORD.sub("", core)) or decisions.ELLIPSIS.search(core):
        return False
    return JOINED.search(said) is not None and made_of(said, WILLING, WILLING)
