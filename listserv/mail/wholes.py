"""„CAŁA 1.2”: a message that a digest has shortened is wanted whole. Nothing else is written now, greeting and farewell aside."""

from typing import NamedTuple

from listserv.lazily import compiled
from listserv.mail.asides import lone_line
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain

_PL = r"o|bardzo|prosze|poprosze|prosic|przys[ly]\w+|przesl\w+|wysl\w+|mi|nam|czy|moge|mozna|chc\w+|dostac|otrzymac|przeczytac|zobaczyc|calkiem"
_EN = r"please|send|show|me|can|could|may|you|i|we|want|would|like|get|have|see|read|to"
_ASK = rf"(?:(?:{_PL}|{_EN})[\s,:]+)*"
_WHAT = r"(?:wiadomosci?|wypowiedz\w?|listu?|postu?|tekstu?|tresci?|artykul\w?)"
_WHOLE = (
    rf"(?:(?:cal[aey]|calego|calej|peln[aey]|pelnego|pelnej)(?: {_WHAT})?|calosci?(?: {_WHAT})?"
    r"|(?:the )?(?:whole|full|entire)(?: (?:message|post|text|mail))?(?: of)?)"
)
_KIND = r"(?:(?:z|w|of|in|nr|numer|numeru|no|number|punkt|punktu|pkt|watku|point|item|message)\.? ?)*"
_NUMBER = rf"{_KIND}\d{{1,3}}(?: ?[.,/] ?\d{{1,3}})?"
_THANKS = r"(?:[\s,.;!]+(?:prosze|please|z gory|bardzo|dziek\w+|pozdrawiam|thanks|thank you))*"
NUMBERED = compiled(rf"{_ASK}{_WHOLE}[\s:]+{_KIND}(?P<point>\d{{1,3}})(?: ?[.,/] ?(?P<place>\d{{1,3}}))?{_THANKS}")
# Several at once: there is a letter that says how to ask for each.
SEVERAL = compiled(rf"{_ASK}{_WHOLE}[\s:]+{_NUMBER}(?:\s*(?:,|i|oraz|and|&|[–-])\s*{_NUMBER})+{_THANKS}")
# As an answer to the point: `2: CAŁA`.
BEHIND = compiled(rf"(?P<point>\d{{1,3}})(?:[.,/](?P<place>\d{{1,3}}))?\s*[:.)–-]*\s*{_ASK}{_WHOLE}{_THANKS}")
# Without a number it is a word to people as well, unless somebody shouts it as our letters write it.
BARE = compiled(r"CAŁ[AĄEY]|CALA|CALE|CAŁOŚĆ|CALOSC|WHOLE|THE WHOLE")
TRIM = " \t*_.!?,;„”“\"'<>"


class Whole(NamedTuple):
    """Which message: the number of its thread, and its place below; 0 where none is said, or several are."""

    point: int = 0
    place: int = 1


def asked(reply: str) -> Whole | None:
    """What is wanted whole, in the words that were written now; None where something else is said."""
    line = lone_line(after_greeting(plain(reply).strip())).strip(TRIM)
    if BARE.fullmatch(line) or SEVERAL.fullmatch(fold(line)):
        return Whole()
    found = NUMBERED.fullmatch(fold(line)) or (BEHIND.fullmatch(fold(line)) if _shouts(line) else None)
    return Whole(int(found["point"]), int(found["place"] or 1)) if found else None


def _shouts(line: str) -> bool:
    return any(BARE.fullmatch(word.strip(TRIM)) for word in line.split())
