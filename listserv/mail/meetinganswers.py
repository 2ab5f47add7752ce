"""Does somebody come? What an answer to an invitation says in ordinary words, Polish or English; what is doubtful is no answer.

Clause by clause: „Niestety nie mogę, może następnym razem” is a no, „Będę, może się spóźnię” is a yes, „Nie wiem, czy będę” is neither.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from listserv.lazily import compiled
from listserv.mail import decisions, thanks
from listserv.mail.folding import fold, plain


class Heard(StrEnum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    THANKS = "thanks"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was heard; `asks`: something in it is for a human as well."""

    heard: Heard
    asks: bool = False


# All patterns read folded clauses. Some words say the opposite of what their parts say.
YES_AFTER_ALL = compiled(
    r"\bnie (?:moge|mozemy) sie (?:juz )?doczekac|\bnie (?:zabraknie|przegapi\w*|opuszcze|odpuszcze)|\bnie widze przeszkod|\bnie mam nic przeciw"
    r"|\bcan'?t wait|\bcannot wait"
    r"|\bwould(?:n'?t| not) miss|\bnot going to miss|\bwon'?t miss|\bno problem|\bnie ma (?:problemu|sprawy)|\bwhy not|\bczemu nie|\bdlaczego nie"
    r"|\bz checia,? nie"
)
ASIDE = compiled(
    r"\b(?:moze|mam nadzieje|do zobaczenia|zapraszam|maybe|perhaps|hopefully)(?: ze)?(?: uda sie)? (?:nastepnym|innym|kolejnym|w innym|w nastepnym"
    r"|na nastepnym|na kolejnym|another|next|some other)\b[^.!?\n]*"
    r"|\b(?:choc(?:iaz)?|mimo(?:,? ze)?|although|(?:even )?though)\b[^.!?\n,;]*"
    r"|\b(?:moge|moze|mozliwe,? ze|prawdopodobnie|chyba|might|may|i'?ll probably|perhaps|maybe i'?ll|i may)?(?: be| sie| troche| chwile| a bit| a little"
    r"| bede| i'?ll be)*\b(?:spozni\w*|late\b|few minutes)[^.!?\n]*"
)
MAYBE = compiled(
    r"\b(?:byc moze|moze(?: tak| nie| bede| przyjde| sie uda| uda sie| dolacze| dam rade)?|mozliwe|jeszcze nie wiem|nie wiem|nie jestem (?:jeszcze "
    r"|do konca |w 100% )?pew(?:n\w+|ien)|nie mam pewnosci"
    r"|zobacz[eę]|zobaczymy|postaram\w*|bede sie starac|sprobuj\w*|chyba|prawdopodobnie|raczej|przypuszczalnie|dam(?:y)? (?:jeszcze )?znac"
    r"|potwierdze (?:pozniej|jutro|w)|dopiero bede wiedziec|waham sie"
    r"|jesli|jezeli|o ile|pod warunkiem|zalezy|trudno (?:mi )?(?:teraz )?powiedziec|50 ?[/na%]+ ?50|pol na pol|warunkowo|wstepnie|na razie nie wiem"
    r"|jak (?:tylko )?(?:sie )?(?:uda|dam rade)"
    r"|maybe|perhaps|possibly|probably|not (?:yet |quite |entirely |completely |100% )?sure|unsure|i'?ll try|i will try|try(?:ing)? (?:my best )?to"
    r"|do(?:n'?t| not) know|depends|depending"
    r"|let you know|might|tentativ\w*|if (?:i|my|the|nothing|possible)|unless|hope to|hoping to|fifty[- ]fifty|too early to say|can'?t (?:yet )?(?:say"
    r"|confirm|promise)|cannot (?:yet )?(?:say|confirm|promise)|tbc)\b"
)
CONDITION = compiled(r"\b(?:jesli|jezeli|o ile|pod warunkiem|chyba ze|zalezy|if|unless|depend\w*|provided)\b")
NO = compiled(
    r"\bnie (?:bede|bedziemy|bedzie mnie|dam rady|damy rady|moge|mozemy|przyjde|przyjade|przyjdziemy|przybede|wezme|wezmiemy|dolacze|pojawie|uda mi"
    r"|uda sie|dotre|zdaze|skorzystam|uczestnicze|jestem w stanie"
    r"|mam (?:takiej )?(?:mozliwosci|jak|czasu)|pasuje(?: mi)?|planuje|potwierdzam|tym razem|zapisuj\w*|wybieram sie|odpowiada mi|pojade|wchodzi w gre"
    r"|biore udzialu|znajde czasu|zjawie|stawie)"
    r"|\bmnie nie bedzie|\bnieobecn\w+|\brezygnuj\w*|\bodmawiam|\bodmowic|\bwypadam|\bniestety(?: |,)*(?:nie\b|jestem|bede wtedy|mam|termin|wtedy"
    r"|tego dnia|w tym (?:czasie|dniu|terminie)|obowiazki|choroba|zachorow\w+|tym razem)"
    r"|\b(?:jestem|leze) chor[ay]|\bobecnosc niemozliwa|\bmusze (?:zrezygnowac|opuscic|odmowic)|\bnie,? (?:niestety|dziekuje|tym razem)"
    r"|\b(?:bede|jestem|przebywam)(?: \w+)? (?:na (?:urlopie|zwolnieniu|wakacjach|wyjezdzie|feriach|l4)|za granica|w (?:szpitalu|delegacji|podrozy)"
    r"|poza (?:biurem|domem|krajem|miastem))"
    r"|\b(?:can'?t|cannot|can not|couldn'?t|won'?t|will not|unable|not able|not be (?:able|there|coming|attending|joining)|not coming|not attending"
    r"|not going|not join\w*|not available|unavailable|not this time)\b"
    r"|\b(?:unfortunately|regretfully|sadly)\b|\bdeclin(?:e|ed|ing)\b|\bregrets\b|\bcount me out\b|\bi'?m out\b|\bi am out\b|\bhave to (?:pass|miss|skip"
    r"|decline)\b|\b(?:need|going) to (?:pass|miss|skip)\b|\bi'?ll pass\b|\bdoes(?:n'?t| not) (?:suit|work)"
    r"|\bmust (?:decline|pass|miss)\b|\bafraid (?:not|i)\b|\bsorry,? (?:no|but no|i have|can)\b|\bno,? (?:sorry|thank|thanks|i)\b"
    r"|\b(?:i'?ll be|i will be|i'?m|i am) (?:away|abroad|on (?:holidays?|leave|vacation|a business trip))|\bi have (?:another|a prior|a clash)"
)
YES = compiled(
    r"\b(?:bede|bedziemy|przyjde|przyjade|przyjdziemy|przybede|wezme udzial|wezmiemy udzial|biore udzial|dolacze|dolaczymy|dolaczam|pojawie sie"
    r"|uczestnicze|zglaszam (?:sie|udzial|swoj udzial|chec|obecnosc)|zapisuje sie"
    r"|potwierdzam(?:y)?|potwierdzona obecnosc|melduje sie|wpadne|stawie sie|jestem (?:za|chetn\w+|na tak|obowiazkowo|i bede)|obecn[ay]|chetnie"
    r"|z (?:wielka |duza )?(?:przyjemnoscia|radoscia|checia)|wchodze w to"
    r"|(?:prosze|mozna) (?:mnie |tez mnie |i mnie )?(?:do|za|w)?(?:pisac|liczyc)|mozna na mnie liczyc|licz\w* na mnie|mnie (?:za|do|w)pisac"
    r"|dopis\w+ mnie|wpis\w+ mnie|zapis\w+ mnie|zarezerw\w+|pisze sie|ide na to|do zobaczenia(?: na spotkaniu| w| tam)?|akceptuj\w*|pasuje(?: mi)?"
    r"|odpowiada mi|dam rade|oczywiscie|jasne|pewnie|jak najbardziej|koniecznie|na pewno|ja tez|wybieram sie|zjawie sie|moge(?: przyjsc| byc| wziac)?"
    r"|mam czas|rezerwuje"
    r"|i'?ll (?:be|come|attend|join|go|make)|i will (?:be|come|attend|join|go|make|gladly|definitely|certainly)|we'?ll (?:be|come|attend|join)"
    r"|we will (?:be|come|attend|join)|will (?:be there|attend|join|come|definitely)|(?:i'?m|i am|we'?re|we are) (?:coming|in|attending|going|joining"
    r"|happy|glad|delighted|available|free)"
    r"|count me in|sign me up|put me down|see you (?:there|then|on|at)|(?:happy|glad|delighted|love|pleased) to (?:come|join|attend|be|accept)|sure"
    r"|of course|certainly|absolutely|definitely|gladly|with pleasure|accept(?:ed|ing)?|i can (?:make|come|attend|join|be)|works for me|suits me"
    r"|looking forward|attending|confirmed?|confirming|coming|me too|i'?d love|i would love|reserve|book me|you can count on me|be there)\b|^\+1\b"
)
# In a clause that is neither a yes nor a no: somebody is asked for something.
REQUEST = compiled(
    r"\b(?:prosze|poprosze|prosil\w+|prosba|prosimy|potrzeb\w+|chcial\w+|przydal\w+|przyda sie|czy|please|could (?:you|we|i)|can (?:you|we|i)"
    r"|i(?:'?d| would) like|(?:i|we) (?:will )?need)\b"
)
# … but for what a yes or a no says already.
NO_REQUEST = compiled(r"\b(?:wyrozumial\w+|usprawiedliw\w+|przepraszam|wybacz\w*|miejsce|list[ey]|excuse|forgive|accept|apolog\w+|note|seat|place)\b")
BARE = {
    **dict.fromkeys(
        ("tak", "yes", "ok", "okej", "okay", "yep", "yeah", "yup", "jestem", "zgoda", "super", "swietnie", "dobrze", "👍", "+", "+1", "present", "great", "in"),
        Heard.YES,
    ),
    **dict.fromkeys(("nie", "no", "nope", "niestety", "👎", "-", "-1", "out", "odpada", "niemozliwe"), Heard.NO),
    **dict.fromkeys(("moze", "maybe", "perhaps", "?", "hmm"), Heard.MAYBE),
}
# What stands before a yes or no and says nothing itself.
BEFORE = compiled(
    r"^(?:(?:dzien dobry|witam|czesc|hej|hello|hi|hey|dear \w+|szanowni panstwo|szanown\w+ pan\w+|drodzy|kochani|ja|moja odpowiedz|odpowiedz|answer"
    r"|my answer|prosze|dziekuj\w+(?: (?:bardzo|serdecznie))?(?: za (?:zaproszenie|pamiec|informacje))?|thank you|thanks|oh|ach|oj|a big|wielkie|oraz"
    r"|and|but|so|well|ale|wiec)\b[\s,:!–-]*)+"
)
CLAUSE = compiled(r"([.!?;\n]+|,|(?:^|\s)[–—-](?=\s)|\bale\b|\bbut\b|\bhowever\b|\bjednak\b)")
SUBJECT = (
    (compiled(r"\s*(?:accepted|zaakceptowano|przyjeto|zaakceptowane|akceptacja|accept)\s*:"), Heard.YES),
    (compiled(r"\s*(?:declined|odrzucono|odmowa|odrzucone|decline)\s*:"), Heard.NO),
    (compiled(r"\s*(?:tentative(?:ly accepted)?|niepewne|wstepnie zaakceptowano|wstepnie|wstepna akceptacja|tentatively|maybe)\s*:"), Heard.MAYBE),
)
LONGEST, MOST_CLAUSES = 1_500, 24
# Of a whole mail: whoever quotes ten thousand lines is answered as quickly.
LONGEST_READ = 8_000


def read(reply: str, author: str = "", subject: str = "") -> Answer:
    """What this reply says. `author`: whose name below it is a signature; `subject`: where a mail program alone has answered."""
    text = plain(reply[:LONGEST_READ]).strip()
    if not text:
        return Answer(_of_subject(subject))
    if text in BARE:
        return Answer(BARE[text])
    if thanks.says_only_thanks(text, author):
        return Answer(Heard.THANKS)
    verdicts, asks = _verdicts(fold(_without_signature(decisions.after_greeting(text), author))[:LONGEST])
    heard = _together(verdicts)
    if heard is Heard.UNCLEAR and not asks and len(text.split()) < 3:
        heard = _of_subject(subject)
    return Answer(heard, asks)


def asks(reply: str, author: str = "") -> bool:
    """Is there a question, or a request, in a reply that says something else?"""
    text = decisions.after_greeting(plain(reply[:LONGEST_READ]).strip())
    return _verdicts(fold(_without_signature(text, author))[:LONGEST])[1]


def _of_subject(subject: str) -> Heard:
    folded = fold(plain(subject[:LONGEST]))
    return next((heard for pattern, heard in SUBJECT if pattern.match(folded)), Heard.UNCLEAR)


def _without_signature(text: str, author: str) -> str:
    lines = text.split("\n")
    for at in range(1, len(lines)):
        below = [line for line in lines[at:] if line.strip()]
        if below and thanks.is_signed(below, author):
            return "\n".join(lines[:at])
    return text


def _verdicts(text: str) -> tuple[list[tuple[Heard, bool]], bool]:
    """The verdict of each clause that has one, and whether it names a condition; and whether something is asked."""
    text = ASIDE.sub(" ", YES_AFTER_ALL.sub(" bede ", text))
    parts = CLAUSE.split(text)
    found, asks = list[tuple[Heard, bool]](), False
    for clause, mark in list(zip(parts[::2], [*parts[1::2], ""], strict=True))[:MOST_CLAUSES]:
        bare = BEFORE.sub("", clause.strip()).strip(" \t*_\"'„”“«»()[]:>")
        if not bare:
            continue
        if "?" in mark and bare not in BARE:
            asks = True
            continue
        heard = BARE.get(bare.strip()) or _verdict(bare)
        if heard is None and REQUEST.search(clause) and not NO_REQUEST.search(clause):
            asks = True
        if heard is not None:
            found.append((heard, CONDITION.search(bare) is not None))
    return found, asks


def _verdict(clause: str) -> Heard | None:
    if MAYBE.search(clause):
        # „Na pewno nie” and „raczej nie” differ; „nie wiem, czy będę” holds all three.
        return Heard.MAYBE
    if NO.search(clause):
        return Heard.NO
    first = re.match(r"(?:tak|yes|nie|no)\b", clause)
    if first:
        return Heard.NO if first[0] in ("nie", "no") else Heard.YES
    return Heard.YES if YES.search(clause) and not re.search(r"\b(?:nie|not|never)\b", clause) else None


def _together(verdicts: list[tuple[Heard, bool]]) -> Heard:
    kinds = {heard for heard, _ in verdicts}
    if not kinds:
        return Heard.UNCLEAR
    if len(kinds) == 1:
        return kinds.pop()
    if kinds == {Heard.YES, Heard.MAYBE}:
        # „Będę, jeśli pociąg przyjedzie” is no promise; „Będę, może z koleżanką” is one.
        return Heard.YES if verdicts[0][0] is Heard.YES and not any(condition for _, condition in verdicts) else Heard.MAYBE
    if kinds == {Heard.NO, Heard.MAYBE}:
        return Heard.NO if verdicts[0][0] is Heard.NO else Heard.MAYBE
    # A yes and a no: „Chętnie bym była, niestety nie mogę” is a no, the other way round a human reads.
    wished = verdicts[0][0] is Heard.YES and verdicts[-1][0] is Heard.NO
    return Heard.NO if wished else Heard.UNCLEAR
