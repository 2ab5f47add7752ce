"""What did this person decide? One word at the very beginning of what was written now, and alone (contract section 8).

A refusal sent by mistake hurts somebody, so whatever may be a question, a doubt or an idiom is none: a person is asked back.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail import language
from listserv.mail.folding import fold, plain


class Answer(StrEnum):
    """What a letter decides."""

    YES = "yes"
    NO = "no"
    UNDO = "undo"
    TRUST = "trust"
    BAN = "ban"
    WITHDRAW = "withdraw"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer and the words that came with it; for OTHER all that was written."""

    answer: Answer
    words: str = ""


YES = frozenset({"tak", "yes", "ok", "okay", "okej"})
NO = frozenset({"nie", "no"})
COMMANDS = {
    **dict.fromkeys(("cofnij", "undo"), Answer.UNDO),
    **dict.fromkeys(("zaufaj", "trust"), Answer.TRUST),
    **dict.fromkeys(("blokuj", "zablokuj", "ban", "block"), Answer.BAN),
    **dict.fromkeys(("wycofaj", "withdraw"), Answer.WITHDRAW),
}

# All patterns below read folded text (lower case, no diacritics).
GREETING = re.compile(
    r"(?:dzien dobry|dobry wieczor|czesc|witam|witajcie|hej|szanown\w+|drog\w+|hello|hi|hey|dear|good (?:morning|afternoon|evening))\b"
    r"[^.,!?:\n]{0,40}(?:[,.!:]+\s*|\n\s*)"
)
DECORATION = " \t*_\"'„”“‚‘’«»()[]•~`"
FIRST_WORD = re.compile(r"[^\W\d_]+")
PUNCTUATION = ".,;:!–—-"
SENTENCE_END = re.compile(r"[.!?]|\n\s*\n")

# With no punctuation between, these go on from a yes.
COURTESY = re.compile(
    r"popros|prosz|zaprasz|zaprosz|przyjm|przyja|dziekuj|dzieki|oczywiscie|jak najbardziej|jest\b|tak\b|zgod|zgadz|chetnie|bardzo chetnie|jasne"
    r"|pewnie|witam|dolacz|dodaj|pozdrawiam"
    r"|please|thank|welcome|of course|sure|absolutely|certainly|definitely|admit|accept|approve|add\b|let (?:her|him|them)\b|cheers"
)
GRANTED = re.compile(
    r"nie (?:ma|mam|widze) (?:zadnych )?(?:problem|spraw|przeciwwskaz|przeszkod|zastrzez|uwag|nic przeciw)|no (?:problem|objection|worries)|not a problem"
)
REASON = re.compile(r"(?:bo|poniewaz|gdyz|dlatego|z powodu|niestety|because|since|as|due to|sorry|unfortunately)\b")
# After the word and its punctuation: still thinking.
DOUBT = re.compile(
    r"ale\b|lecz\b|jednak|chyba|jeszcze|wiem\b|poczeka|czeka|chwil|zaraz|moment|zapyt|spyt|sprawdz|zastan|pomysl|musze|musimy|moze\s*(?:[.!,\n]|$)|hmm"
    r"|but\b|wait|hold\b|maybe|perhaps|probably|yet\b|let me|let's|not (?:yet|sure|now)|i(?:'m| am) not sure|i (?:don't|do not) know"
)
# These take back a yes; after a no they are part of its reason.
CONDITION = re.compile(
    r"(?:tylko|jesli|jezeli|o ile|pod warunkiem|gdy|kiedy|dopiero|najpierw|zanim|nie"
    r"|if|unless|only|provided|when|once|after|first|though|although|except|no|not)\b"
)
NO_YES = re.compile(r"\bspam|odrzuc|odmow|odmaw|\breject|\brefus|\bdeclin|wiecej (?:informacji|danych|szczegolow)|more (?:info|detail)")
NO_NO = re.compile(
    r"\b(?:prosze|mozna|please)\b[^.!?]{0,20}\b(?:przyj|zaakcept|doda|accept|admit|approve)|^[^.!?]*(?:zaprasz|\bjednak\b)"
    # „Nie, to nie problem, przyjmujemy” says yes; „Nie, nie przyjmujemy firm” does not.
    r"|^[^.!?]*(?:(?<!nie )\bprzyjm(?:uj|iem)|\bto (?:nie|zaden) problem|nie ma problemu|nic przeciw)"
)

# Sentences that begin with a word of refusal and refuse nothing. Any verb of the first person is one.
NIE_IDIOM = re.compile(
    r"(?:wiadomo|jest|sa|ma|maja|zna|teraz|dzis|dzisiaj|jutro|mozna|trzeba|nalezy|wolno|bylo|byl|byla|byly|bedzie|tylko|tak|no|do|za|ten|ta|te|to|zaraz|spam|chodzi|sposob|nie"
    r"|bardzo|zawsze|ja|my|jeszcze|moge|chce|widze|sadze|mysle|rozumie|pamieta|dotyczy|szkodzi|wszyscy|wszystko|moze|wiem|spelnia|wyglada|\w+(?:uje|aje|ujemy|ala|al|alo|ila|il)"
    r"|\w+(?:am|em|amy|emy|imy|ymy|lismy|lysmy))\b|decyd|zdecyd|powin|przeszkadz|otrzym|dosta|dotar|dosz|spiesz|odpowi|interes|zgadz|zgod"
)
# „Nie, nie wiem” does not decide; „Nie, nie przyjmujemy” does.
UNDECIDED = re.compile(
    r"nie (?:wiem|jest|mam|zna|teraz|moge|mozemy|rozumie|pamieta|decyd|zdecyd|potrafi|umie|sadz|mysl|spiesz|jeszcze|dzis|chce)"
    r"|no (?:idea|problem|worries|rush|objection)"
)
FIRST_PERSON = re.compile(r"\w+ę\b", re.IGNORECASE)
NO_IDIOM = re.compile(
    r"(?:idea|problem|problems|rush|worry|worries|objection|objections|comment|comments|clue|hurry|need|doubt|longer|one|opinion|preference|decision|matter|more|thanks|thank"
    r"|wonder|big|biggie|sweat|way|answer|reply|response|info|information|time|chance|spam|clear|news|change|difference|concern|concerns|issue|issues|question|questions"
    r"|kidding|such|not|yet|i|we|further|harm|luck|pressure|trouble"
    # In Polish „no” says yes, well, or nothing at all.
    r"|tak|jasne|dobra|dobrze|pewnie|ok|okej|to|coz|nie|a|bo|ba|wiec|wlasnie|super|prosze|raczej|chyba|moze|przeciez|oczywiscie)\b|zaprasz|i "
)
POLISH_NO = re.compile(r"(?:tak|jasne|dobra|dobrze|pewnie|to|coz|nie|ba|wiec|wlasnie|super|prosze|przeciez|oczywiscie)\b|zaprasz")
SIGN_OFF = re.compile(r"pozdr|z powazaniem|serdecznie|z wyrazami|dziekuje|dzieki|best\b|kind regards|regards|thanks|thank you|cheers|yours|sincerely")
SIGN_OFF_LINES = 5
LOOK_AHEAD = 60


def decision(reply: str) -> Decision:
    """What the first word decides, and the words after it."""
    text = plain(reply).strip()
    said = _after_greeting(text).lstrip(DECORATION + "\n-–—")
    found = FIRST_WORD.match(said)
    if found is None:
        return Decision(Answer.OTHER, text)
    after = said[found.end() :].lstrip(DECORATION)
    answer = _answer(found[0], after)
    if answer is Answer.OTHER or _is_asking(after) or said[found.end() :][:1] in ("-", "/", "@"):
        return Decision(Answer.OTHER, text)
    return Decision(answer, _words(after))


def _answer(first_word: str, after: str) -> Answer:
    word = fold(first_word)
    if word in YES and _says_yes(after):
        return Answer.YES
    if word in NO and _says_no(word, after, shouted=first_word.isupper()):
        return Answer.NO
    if after[:1] in ("", "\n", ".", "!"):
        return COMMANDS.get(word, Answer.OTHER)
    return Answer.OTHER


def _after_greeting(text: str) -> str:
    """Without a first „Dzień dobry,”, or „Aniu,” on a line of its own."""
    greeting = GREETING.match(fold(text[:120]))
    if greeting is not None:
        return text[greeting.end() :]
    first, _, rest = text.partition("\n")
    called = first.rstrip().endswith((",", "!")) and first[:1].isupper() and len(first.split()) <= 3
    return rest.lstrip() if called and rest.strip() and fold(first.split()[0].strip(",!")) not in YES | NO | COMMANDS.keys() else text


def _is_asking(after: str) -> bool:
    """Is there a question mark in the sentence that the word began?"""
    end = None if after.startswith("\n") else SENTENCE_END.search(after)
    return end is not None and end[0] == "?"


def _stands_alone(after: str) -> bool:
    """At the end, at the end of its line, or before punctuation; an ellipsis is no end."""
    if not any(c.isalnum() for c in after.split("\n", 1)[0]) and not after.startswith(("..", "…")):
        return True
    return after[:1] in ("", "\n") or (after[0] in PUNCTUATION and not after.startswith(("..", "…")))


def _says_yes(after: str) -> bool:
    following = fold(_words(after)[:LOOK_AHEAD])
    if DOUBT.match(following) or NO_YES.search(following):
        return False
    if CONDITION.match(following) and not GRANTED.match(following):
        return False
    return _stands_alone(after) or COURTESY.match(following) is not None or REASON.match(following) is not None


def _says_no(word: str, after: str, *, shouted: bool) -> bool:
    """`NIE powód` decides, „Nie wiem” does not: in running text only punctuation or a „bo” sets the word apart."""
    words = _words(after)
    following = fold(words[:LOOK_AHEAD])
    if DOUBT.match(following) or NO_NO.search(fold(words[:300])):
        return False
    if word == "no" and (language.guess(words) == "pl" or POLISH_NO.match(following)):
        return False
    if _stands_alone(after):
        return UNDECIDED.match(following) is None
    if REASON.match(following):
        return True
    return shouted and after[0].isalnum() and not after.split("\n", 1)[0].isupper() and not _is_idiom(word, following, words)


def _is_idiom(word: str, following: str, words: str) -> bool:
    if word == "no":
        return NO_IDIOM.match(following) is not None
    return NIE_IDIOM.match(following) is not None or FIRST_PERSON.match(words) is not None


def _words(after: str) -> str:
    """What follows the word, without the punctuation between; nothing if that is only a farewell."""
    words = after.lstrip(DECORATION + PUNCTUATION + "…\n").rstrip()
    if SIGN_OFF.match(fold(words[:40])) and words.count("\n") < SIGN_OFF_LINES:
        return ""
    return words
