"""Who came to a meeting, as its moderator says it: „byli: wszyscy”, „byli: 1, 3, 5”, „nie było: 2”, “absent: 2”."""

import re

from listserv.mail import dateoptions
from listserv.mail.decisions import after_greeting
from listserv.mail.folding import fold, plain

CAME = re.compile(r"(?:byl[iya]?|obecn\w+|przysz\w+|(?:they )?came|(?:were )?present|there were)\b\s*(?:byli)?\s*[:–-]?\s*")
ABSENT = re.compile(
    r"(?:nie bylo|nie byl[iya]?|nieobecn\w+|brak(?:owalo)?|nie przysz\w+|zabraklo|absent|missing|did(?: not|n't) come)\b\s*(?:byli)?\s*[:–-]?\s*"
)
ALL = re.compile(r"(?:byli |przyszli )?(?:wszyscy|wszystkie|everybody|everyone|all(?: of them)?)(?: byli| przyszli| came)?")
NOBODY = re.compile(r"(?:nie bylo |nie przyszedl )?(?:nikt|nikogo|nobody|no one|none)(?: nie bylo| nie przyszedl| came)?")
BUT = re.compile(r"(?:byli )?(?:wszyscy|everybody|everyone|all)(?: byli)?,? (?:oprocz|poza|procz|z wyjatkiem|bez|but|except)(?: for)?\s*[:–-]?\s*")


def came(reply: str, count: int) -> frozenset[int] | None:
    """The numbers of those who came, of the numbered list that was sent; None where it is not plain."""
    lines = [line for line in after_greeting(plain(reply).strip()).split("\n") if line.strip()]
    said = " ".join(fold(lines[0]).split()).strip(" .!;") if lines else ""
    everybody = frozenset(range(1, count + 1))
    if not said:
        return None
    if but := BUT.match(said):
        others = dateoptions.numbers(said[but.end() :], everybody)
        return everybody - others if others else None
    if NOBODY.fullmatch(said):
        return frozenset()
    # „Nie było: nikogo” says that nobody was missing.
    if gone := ABSENT.match(said):
        missing = _some(said[gone.end() :], everybody)
        if missing is not None:
            return everybody - missing
    there = CAME.match(said)
    return _some(said[there.end() :] if there else said, everybody)


def _some(said: str, everybody: frozenset[int]) -> frozenset[int] | None:
    if ALL.fullmatch(said):
        return everybody
    if NOBODY.fullmatch(said):
        return frozenset()
    return dateoptions.numbers(said, everybody)
