"""What the mail server's own filter has found: the marks of SpamAssassin and rspamd.

A mail brings whatever marks its sender likes. Ours stand above the first Received line that is not our server's, or
come with a SpamAssassin that names itself by our server's name. Whether the mail came from that server at all is the
caller's question (`auth.peers`), as with Authentication-Results. A mark that says “no spam” changes nothing.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

Field = tuple[str, str]
SCORE = re.compile(r"score=(-?\d{1,6}(?:\.\d+)?).*?required=(-?\d{1,6}(?:\.\d+)?)", re.I | re.S)
RSPAMD = re.compile(r"\[\s*(-?\d{1,6}(?:\.\d+)?)\s*/\s*(-?\d{1,6}(?:\.\d+)?)\s*\]")
CHECKER = re.compile(r"\bon\s+(\S+)\s*$", re.I)
# Of what a site's filter asks for: from here on it is hardly ever wrong.
CERTAIN = 2.0
ACTIONS = ("add header", "rewrite subject", "quarantine")


class Spam(IntEnum):
    """What the filter says."""

    NO = 0
    YES = 1
    CERTAIN = 2


def found(raw: bytes, trust: str) -> Spam:
    """The gravest of our own filter's marks; NO where `trust`, the name of the server in front, is not set."""
    if not trust:
        return Spam.NO
    fields = list(_fields(raw))
    return max((_read(name, value) for name, value in _ours(fields, trust.casefold().rstrip("."))), default=Spam.NO)


def _fields(raw: bytes) -> Iterator[Field]:
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    for field in re.split(rb"\r?\n(?![ \t])", head):
        name, colon, value = field.partition(b":")
        if colon:
            yield name.strip().lower().decode("ascii", "replace"), " ".join(value.decode("utf-8", "replace").split())


def _ours(fields: list[Field], trust: str) -> list[Field]:
    signed = any(name == "x-spam-checker-version" and (at := CHECKER.search(value)) and at[1].casefold().rstrip(".") == trust for name, value in fields)
    received = [number for number, (name, _) in enumerate(fields) if name == "received"]
    foreign = next((number for number in received[1:] if f"by {trust}" not in fields[number][1].casefold()), len(fields))
    return [field for number, field in enumerate(fields) if number < foreign or (signed and field[0].startswith("x-spam-"))]


def _read(name: str, value: str) -> Spam:
    word = value.casefold()
    if name in ("x-spam-flag", "x-spam"):
        return Spam.YES if word.startswith("yes") else Spam.NO
    if name == "x-spam-status":
        return _status(word)
    if name == "x-rspamd-action":
        return Spam.CERTAIN if word == "reject" else Spam.YES if word in ACTIONS else Spam.NO
    if name == "x-spamd-result" and (score := RSPAMD.search(word)):
        # What rspamd asks for is what it would refuse at.
        return Spam.CERTAIN if float(score[1]) >= float(score[2]) > 0 else Spam.NO
    return Spam.NO


def _status(word: str) -> Spam:
    if not word.startswith("yes"):
        return Spam.NO
    score = SCORE.search(word)
    return Spam.CERTAIN if score and float(score[1]) >= CERTAIN * float(score[2]) > 0 else Spam.YES
