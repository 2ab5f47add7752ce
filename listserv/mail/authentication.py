"""What the receiving MTA found out about a sender (RFC 8601), and whether that proves the author.

An Authentication-Results field is worth what its writer is worth: only the topmost one that bears the trusted
authserv-id counts. Whether the mail came from that MTA at all is the caller's question (`auth.peers`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from listserv.mail.address import split
from listserv.mail.dmarc import LookupFailed, Txt, dmarc_policy, fold_domain, relaxed
from listserv.mail.signatures import dkim_survives

__all__ = ["Alignment", "Finding", "LookupFailed", "Results", "Txt", "alignment", "claims_to_be", "dkim_survives"] + [
    "dmarc_policy",
    "is_decided",
    "read_results",
    "results_fields",
]

NAME = b"authentication-results"
METHODS = ("spf", "dkim", "dmarc", "arc")
# Under which properties MTAs name the domain that a method spoke of; the first found counts.
DOMAIN_IN = {
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.mfrom"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
    "arc": (),
}
LONGEST_VALUE = 16_384
RESINFO = re.compile(r"([\w-]+)(?:\s*/\s*\d+)?\s*=\s*([\w-]+)(.*)", re.DOTALL)
PROPERTY = re.compile(r"([\w-]+\.[\w-]+)\s*=\s*((?:\"(?:[^\"\\]|\\.)*\"|[^\s\"])+)", re.DOTALL)


class Alignment(StrEnum):
    """Is the author's domain proven?"""

    ALIGNED = "aligned"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One method's result, in RFC 8601's words, and the domain that it is about ("" where none is named)."""

    method: str
    word: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """What the trusted field says."""

    findings: tuple[Finding, ...] = ()

    @property
    def spf(self) -> str | None:
        """The word for SPF; None where nothing is said."""
        return self._word("spf", "pass")

    @property
    def dkim(self) -> str | None:
        """The word for DKIM: `pass` where any signature verified."""
        return self._word("dkim", "pass")

    @property
    def dmarc(self) -> str | None:
        """The word for DMARC: `fail` where two contradict each other."""
        return self._word("dmarc", "fail")

    @property
    def arc(self) -> str | None:
        """The word for ARC."""
        return self._word("arc", "fail")

    def domains(self, method: str) -> tuple[str, ...]:
        """The domains for which a method passed."""
        return tuple(f.domain for f in self.findings if f.method == method and f.word == "pass" and f.domain)

    def _word(self, method: str, strongest: str) -> str | None:
        words = [f.word for f in self.findings if f.method == method]
        return strongest if strongest in words else next(iter(words), None)


def read_results(raw: bytes, trust: str) -> Results:
    """The results in the topmost Authentication-Results of a mail whose authserv-id is `trust` (without case), and nothing beside it.

    `raw` is the mail or its header block. No trust, no such field, or one that cannot be read: no results.
    """
    for value in results_fields(raw):
        if claims_to_be(value, trust) and _is_exactly(value, trust):
            return Results(tuple(_findings(value)))
    return Results()


def _is_exactly(value: str, trust: str) -> bool:
    """Not what a lax reader would take for it: an MTA takes off what bears its very name, and may leave `mx.example.org/evil` where a sender put it."""
    named = re.fullmatch(r'\s*("?)([^\s"]+)\1(?:\s+[0-9]+)?\s*', next(_clauses(value[:LONGEST_VALUE]), ""))
    return named is not None and _fold_id(named[2]) == _fold_id(trust)


def results_fields(raw: bytes) -> list[str]:
    """The unfolded values of all Authentication-Results fields, topmost first."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    fields = re.split(rb"\r?\n(?![ \t])", head)
    pairs = (field.partition(b":") for field in fields)
    found = (value for name, colon, value in pairs if colon and name.strip().lower() == NAME)
    return [re.sub(r"[\r\n]+", "", value.decode("utf-8", "replace")) for value in found]


def claims_to_be(value: str, trust: str) -> bool:
    """Does this Authentication-Results value bear the trusted authserv-id? Reads generously: what a lax reader would
    take for ours is ours."""
    if not trust or _fold_id(trust) not in value.casefold():
        return False
    first = next(_clauses(value[:LONGEST_VALUE]), "")
    name = re.split(r"[\s/=]", first.strip().strip('"'), maxsplit=1)[0]
    return _fold_id(name) == _fold_id(trust)


def alignment(results: Results, author_domain: str, txt: Txt | None = None) -> Alignment:
    """Do these results prove the author's domain?

    DMARC's word decides; without one a DKIM or SPF pass of the author's organization does. With `txt` organizations
    are told apart by DNS, else by name alone (see `dmarc.relaxed`); a lookup that fails falls back to that.
    """
    author = fold_domain(author_domain)
    if results.dmarc == "fail":
        return Alignment.FAILED
    if results.dmarc == "pass" and _is_about(results, author):
        return Alignment.ALIGNED
    proven = (*results.domains("dkim"), *results.domains("spf"))
    return Alignment.ALIGNED if any(_one_organization(domain, author, txt) for domain in proven) else Alignment.UNKNOWN


def is_decided(results: Results, author_domain: str) -> bool:
    """Has DMARC been asked about this author? An MTA may not ask, or have read another From than we do, or none."""
    asked = [f for f in results.findings if f.method == "dmarc"]
    if any(f.word == "fail" for f in asked):
        return True
    return any(f.domain or f.word == "pass" for f in asked) and _is_about(results, fold_domain(author_domain))


def _is_about(results: Results, author: str) -> bool:
    """Was DMARC asked about the From that we read? Two readings of one broken From must not prove each other."""
    asked = [f.domain for f in results.findings if f.method == "dmarc" and f.domain]
    return all(author == domain or author.endswith(f".{domain}") for domain in asked)


def _one_organization(domain: str, author: str, txt: Txt | None) -> bool:
    try:
        return relaxed(domain, author, txt)
    except LookupFailed:
        return relaxed(domain, author)


def _fold_id(name: str) -> str:
    return name.strip().rstrip(".").casefold()


def _findings(value: str) -> Iterator[Finding]:
    if len(value) > LONGEST_VALUE:
        return
    for method, word, properties in _strictly(value) or _tolerantly(value):
        if method in METHODS:
            named = next((properties[key] for key in DOMAIN_IN[method] if properties.get(key)), "")
            yield Finding(method, word, fold_domain(split(named.replace('"', ""))[1] or named))


Entry = tuple[str, str, dict[str, str]]


def _strictly(value: str) -> list[Entry]:
    """By the book (authres); [] where the field is not by the book."""
    import authres

    try:
        header = authres.all_features().parse_value(value)
    except (authres.AuthResError, RecursionError):  # comments in comments in comments
        return []
    said = (r for r in header.results if r.result)
    return [(r.method.lower(), r.result.lower(), {f"{p.type}.{p.name}".lower(): p.value for p in reversed(r.properties)}) for r in said]


def _tolerantly(value: str) -> list[Entry]:
    """Clause by clause, for the fields of large providers that no grammar allows; what cannot be read is left out."""
    entries = []
    for clause in list(_clauses(value))[1:]:
        found = RESINFO.match(clause.strip())
        if found:
            pairs = PROPERTY.findall(found[3])
            entries.append((found[1].lower(), found[2].lower(), {key.lower(): text for key, text in reversed(pairs)}))
    return entries


def _clauses(value: str) -> Iterator[str]:
    """What stands between semicolons, without comments. A quote or comment that never ends swallows the rest."""
    clause, depth, quoted, escaped = "", 0, False, False
    for c in value:
        if not quoted and not escaped and c in "()":
            depth = max(0, depth + (1 if c == "(" else -1))
            c = " "
        elif not depth and not escaped and c == '"':
            quoted = not quoted
        elif c == ";" and not depth and not quoted:
            yield clause
            clause = ""
            continue
        escaped = c == "\\" and not escaped and (quoted or depth > 0)
        if not depth:
            clause += c
    yield clause
