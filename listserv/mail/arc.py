"""ARC (RFC 8617): has a chain of hands, each sealing what it found out, come to us whole?"""

import re
from collections.abc import Sequence

from listserv.mail.dmarc import LookupFailed, Txt
from listserv.mail.headers import Field
from listserv.mail.publickeys import Tags, Unusable
from listserv.mail.signatures import LONGEST_HEADER_BLOCK, Signed, canonical, holds, names_in, tags_of, verify, without_b

RESULTS, MESSAGE, SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"
KINDS = (RESULTS, MESSAGE, SEAL)
# RFC 8617 section 4.2.1.
MOST_SETS = 50
INSTANCE = re.compile(r"\s*i\s*=\s*([1-9][0-9]?)\s*(?:;|\Z)")

Set = dict[str, Field]


def chain(raw: bytes, txt: Txt) -> str | None:
    """`none`, `pass` or `fail` (RFC 8617 section 5.2); None where DNS gave no answer."""
    if b"arc-" not in raw[:LONGEST_HEADER_BLOCK].lower():
        return "none"
    signed = Signed.of(raw)
    try:
        sets = _sets(signed.fields)
        return "pass" if _holds(signed, sets, txt) else "fail" if sets else "none"
    except Unusable:
        return "fail"
    except LookupFailed:
        return None


def _sets(fields: Sequence[Field]) -> list[Set]:
    """The sets in order, each whole and none missing. Raises Unusable."""
    found: dict[int, Set] = {}
    for field in fields:
        if field.name in KINDS:
            number = _instance(field)
            if field.name in found.setdefault(number, {}):
                raise Unusable
            found[number][field.name] = field
    if set(found) != set(range(1, len(found) + 1)) or len(found) > MOST_SETS or any(len(one) < len(KINDS) for one in found.values()):
        raise Unusable
    return [found[number] for number in sorted(found)]


def _instance(field: Field) -> int:
    if field.name == RESULTS:
        given = INSTANCE.match(field.value.decode("utf-8", "replace"))
        if not given:
            raise Unusable
        return int(given[1])
    number = tags_of(field).get("i", "")
    if not re.fullmatch(r"[1-9][0-9]?", number):
        raise Unusable
    return int(number)


def _holds(signed: Signed, sets: list[Set], txt: Txt) -> bool:
    if not sets:
        return False
    seals = [tags_of(one[SEAL]) for one in sets]
    if any(seal.get("cv", "").lower() != ("pass" if number else "none") or "h" in seal for number, seal in enumerate(seals)):
        return False
    if not _message_holds(signed, sets[-1][MESSAGE], txt):
        return False
    return all(_seal_holds(sets[:number], seals[number - 1], txt) for number in range(len(sets), 0, -1))


def _message_holds(signed: Signed, field: Field, txt: Txt) -> bool:
    """The newest signature over the mail itself: like DKIM's, and never over seals (RFC 8617 section 4.1.2)."""
    tags = tags_of(field)
    return SEAL not in names_in(tags) and verify(signed, field, tags, txt) in ("pass", "policy")


def _seal_holds(sets: list[Set], tags: Tags, txt: Txt) -> bool:
    """A seal over all sets up to its own (RFC 8617 section 5.1.1)."""
    time = tags.get("t", "0")
    if not time.isascii() or not time.isdigit():
        return False
    before = [canonical(one[kind], "relaxed") for one in sets for kind in KINDS][:-1]
    return holds([*before, canonical(without_b(sets[-1][SEAL]), "relaxed")], tags, txt)
