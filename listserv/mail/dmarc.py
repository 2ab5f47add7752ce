"""DMARC (RFC 9989): what a domain asks of its mail, and which domains are one organization.

DNS is asked through a function that the caller brings, so that nothing here touches the network.
"""

import re
from collections.abc import Callable, Iterator

from listserv.mail.address import domain_of

# The strings of a name's TXT records, [] where it has none. Raises LookupFailed.
Txt = Callable[[str], list[str]]
Tags = dict[str, str]

VERSION = re.compile(r"v\s*=\s*DMARC1\s*(?:;|$)")
POLICIES = ("none", "quarantine", "reject")
# RFC 9989 section 4.10: never more than eight questions, whatever the name.
MOST_LABELS = 8


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
