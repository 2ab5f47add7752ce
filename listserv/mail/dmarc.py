"""DMARC (RFC 9989): what a domain asks of its mail, which domains are one organization, and whether a copy of ours
would still carry the author's own signature.

DNS is asked through a function that the caller brings, so that nothing here touches the network.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from listserv.mail.address import domain_of

# The strings of a name's TXT records, [] where it has none. Raises LookupFailed.
Txt = Callable[[str], list[str]]
Tags = dict[str, str]

VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;|$)")
POLICIES = ("none", "quarantine", "reject")
# RFC 9989 section 4.10: never more than eight questions, whatever the name.
MOST_LABELS = 8
# Beyond these nothing is a signature that an honest signer writes.
LONGEST_HEADER_BLOCK = 262_144
LONGEST_SIGNATURE = 8_192
LONGEST_KEY = 2_048
MOST_SIGNATURES = 8


class LookupFailed(Exception):
    """DNS gave no answer: nothing is known, neither that there is a record nor that there is none."""


def fold_domain(domain: str) -> str:
    """A domain as it compares: lower case, ASCII, no dot at the end."""
    return domain_of(f"@{domain.strip()}") if domain.strip() else ""


def dmarc_policy(domain: str, txt: Txt) -> str | None:
    """What the author's domain publishes: none, quarantine or reject; None without a policy. Raises LookupFailed.

    `t=y` does not soften the answer: RFC 9989 section 4.7 asks those who pass mail on to rewrite From all the same.
    """
    found = policy_record(domain, txt)
    if found is None:
        return None
    where, tags = found
    return _policy(tags, ("p",) if where == fold_domain(domain) else ("sp", "p"))


def policy_record(domain: str, txt: Txt) -> tuple[str, Tags] | None:
    """The record that applies to mail from a domain, and where it was found (RFC 9989 section 4.10.1)."""
    domain = fold_domain(domain)
    if not domain or domain.startswith("["):
        return None
    own = _record(domain, txt)
    if own:
        return domain, own
    found = list(_walk(domain, txt))
    organization = _organization(domain, found)
    for name, tags in found:
        if name == organization or tags.get("psd") == "y":
            return name, tags
    return None


def organizational_domain(domain: str, txt: Txt) -> str:
    """The domain of the organization that a domain belongs to (RFC 9989 section 4.10.2). Raises LookupFailed."""
    domain = fold_domain(domain)
    return _organization(domain, list(_walk(domain, txt)))


def relaxed(one: str, other: str, txt: Txt | None = None) -> bool:
    """Do two domains belong to one organization?

    With DNS by the tree walk, which may raise LookupFailed. Without it, or where neither publishes anything, only where
    one lies beneath the other, and not beneath a mere top-level domain: by name alone two siblings cannot be told from
    two neighbours under a public suffix.
    """
    one, other = fold_domain(one), fold_domain(other)
    if one == other:
        return bool(one)
    ours, theirs = (list(_walk(domain, txt)) if txt else [] for domain in (one, other))
    if ours or theirs:
        return _organization(one, ours) == _organization(other, theirs)
    upper, lower = sorted((one, other), key=len)
    return "." in upper and lower.endswith(f".{upper}")


def _organization(domain: str, found: list[tuple[str, Tags]]) -> str:
    for name, tags in found:
        if tags.get("psd") == "n":
            return name
        if tags.get("psd") == "y" and name != domain:
            return ".".join(domain.split(".")[-name.count(".") - 2 :])
    return found[-1][0] if found else domain


def _walk(domain: str, txt: Txt) -> Iterator[tuple[str, Tags]]:
    """The records at a domain and above it, the longest name first (RFC 9989 section 4.10)."""
    labels = domain.split(".")
    above = range(min(len(labels) - 1, MOST_LABELS - 1), 0, -1)
    for name in (domain, *(".".join(labels[-count:]) for count in above)):
        tags = _record(name, txt)
        if tags:
            yield name, tags
            if tags.get("psd") in ("y", "n"):
                return


def _record(name: str, txt: Txt) -> Tags | None:
    """The one DMARC record at a name; two are as good as none."""
    records = [text for text in txt(f"_dmarc.{name}") if VERSION.match(text)]
    if len(records) != 1:
        return None
    pairs = (part.partition("=") for part in records[0].split(";"))
    return {key.strip().lower(): value.strip().lower() for key, equals, value in pairs if equals}


def _policy(tags: Tags, keys: tuple[str, ...]) -> str | None:
    given = [tags[key] for key in ("p", "sp", "np") if key in tags]
    if "p" not in tags or any(value not in POLICIES for value in given):
        return "none" if "rua" in tags else None
    return next(tags[key] for key in keys if key in tags)


def dkim_survives(raw: bytes, author_domain: str, txt: Txt) -> bool:
    """Does a DKIM signature that stands for the author's domain verify on these bytes? Raises LookupFailed."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    if len(head) > LONGEST_HEADER_BLOCK or b"dkim-signature" not in head.lower():
        return False
    unknown = None
    for number, tags, message in _signatures(raw):
        try:
            if _stands_for(tags, author_domain, txt) and _verifies(message, number, tags, txt):
                return True
        except LookupFailed as failure:
            unknown = failure
    if unknown:
        raise unknown
    return False


def _signatures(raw: bytes) -> Iterator[tuple[int, dict[bytes, bytes], Any]]:
    """Number, tags and message of every signature that can be read."""
    import dkim  # brings a resolver of its own with it: only where there is a signature to read
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        message = dkim.DKIM(raw)
    except (dkim.DKIMException, IndexError):  # a header block that is none
        return
    values = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
    for number, value in enumerate(values[:MOST_SIGNATURES]):
        try:
            tags = parse_tag_value(value) if len(value) <= LONGEST_SIGNATURE else {}
        except InvalidTagValueList:
            continue
        if b"d" in tags:
            yield number, tags, message


def _stands_for(tags: dict[bytes, bytes], author_domain: str, txt: Txt) -> bool:
    """Is the signer the author's domain, as strictly as that domain wants it (RFC 9989 section 4.4.1)?"""
    signer, author = fold_domain(tags[b"d"].decode("ascii", "replace")), fold_domain(author_domain)
    if signer == author or not signer or not author:
        return signer == author != ""
    found = policy_record(author, txt)
    if found and found[1].get("adkim") == "s":
        return False
    return relaxed(signer, author, txt)


def _verifies(message: Any, number: int, tags: dict[bytes, bytes], txt: Txt) -> bool:
    def key(name: bytes, timeout: int = 0) -> bytes | None:
        records = txt(name.decode("ascii").rstrip("."))
        return records[0].encode() if records and len(records[0]) <= LONGEST_KEY else None

    body = message.body
    if b"/relaxed" in tags.get(b"c", b""):
        message.body = _relaxed_body(body)
    try:
        return bool(message.verify(number, dnsfunc=key))
    except LookupFailed:
        raise
    except Exception:  # noqa: BLE001  (on bytes that nobody should send dkimpy raises a dozen kinds; none is a proof)
        return False
    finally:
        message.body = body


def _relaxed_body(body: bytes) -> bytes:
    """Half of RFC 6376 section 3.4.4 ahead of dkimpy, whose pattern needs hours for a megabyte of blanks."""
    trimmed = b"\r\n".join(line.rstrip(b"\t ") for line in body.split(b"\r\n"))
    return re.sub(rb"[\t ]+", b" ", trimmed)
