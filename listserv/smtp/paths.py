"""The arguments of MAIL and RCPT: a path and its parameters (RFC 5321 section 4.1.2)."""

import re
from dataclasses import dataclass

LONGEST = 320
# A route before the address means nothing any more (RFC 5321 appendix C). Brackets and the space before are forgiven where they are missing
# or too many; a local part in quotation marks may hold anything.
PATH = re.compile(r'\s*(?:<\s*(?:@[^:<>\s]*:)?((?:"(?:[^"\\]|\\.)*"|[^\s"<>])*)\s*>|([^\s<>]+))(?:\s+(.*))?', re.S)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Malformed(Exception):
    """This is no path."""


class Unknown(Exception):
    """These parameters are not known."""


@dataclass(frozen=True, slots=True)
class Path:
    """An address (empty: the null sender) and what is said of it."""

    address: str
    parameters: tuple[str, ...]


def read(argument: str, keyword: str) -> Path:
    """The path behind `FROM:` or `TO:`. Raises Malformed."""
    if argument[: len(keyword)].upper() != keyword:
        raise Malformed
    found = PATH.fullmatch(argument, len(keyword))
    if found is None:
        raise Malformed
    address = found[1] if found[2] is None else found[2]
    if len(address) > LONGEST or CONTROL.search(address):
        raise Malformed
    return Path(address, tuple((found[3] or "").split()))


def declared_size(parameters: tuple[str, ...]) -> int:
    """What SIZE says, 0 where nothing does. Raises Unknown for a parameter of MAIL that was not offered, Malformed for a wrong value."""
    said = [one.upper().partition("=") for one in parameters]
    names = [name for name, _, _ in said]
    if len(set(names)) < len(names):
        raise Malformed
    size = 0
    for name, _, value in said:
        if name == "SIZE":
            size = _number(value)
        elif name not in ("BODY", "SMTPUTF8"):
            raise Unknown
        elif (name == "BODY") != (value in ("7BIT", "8BITMIME")) or (name == "SMTPUTF8" and value):
            raise Malformed
    return size


def _number(value: str) -> int:
    # RFC 1870 section 4: at most 20 digits.
    if not (value.isascii() and value.isdigit() and len(value) <= 20):
        raise Malformed
    return int(value)
