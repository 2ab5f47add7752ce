"""One word that ends letters of a kind, or lets them come again: alone, between greeting and farewell."""

from collections.abc import Sequence
from enum import StrEnum

from listserv.mail.decisions import bare
from listserv.mail.folding import fold

# All folded. „Nie” is none of them: whoever is told figures may mean anything by it.
_STOP = ("stop", "dosc", "koniec", "przestan", "przestancie", "przestac", "nie przysylac", "juz nie przysylac", "no more", "enough")
_START = ("start", "wznow", "wznowic", "od nowa", "przysylac", "resume")
_KIND = {"prosze", "please", "bardzo", "dziekuje", "dzieki", "thanks", "thank", "you"}


class Wanted(StrEnum):
    """What becomes of the letters."""

    STOP = "stop"
    START = "start"


def wanted(reply: str, signed: Sequence[str] = ()) -> Wanted | None:
    """Which of the two was said; None for everything else, also for both. `signed`: what the writer is called."""
    said = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(bare(reply, signed))).split())
    kinds = {kind for kind, phrases in ((Wanted.STOP, _STOP), (Wanted.START, _START)) for one in (said, _without_manners(said)) if one in phrases}
    return kinds.pop() if len(kinds) == 1 else None


def _without_manners(said: str) -> str:
    return " ".join(word for word in said.split() if word not in _KIND)
