"""DKIM (RFC 6376, 8301, 8463): does a signature hold on these bytes, and for which domain does it speak?

Keys are asked for through a function that the caller brings. Written here because the libraries at hand know no
Ed25519, or need hours for a hostile body.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice

from listserv.mail import headers
from listserv.mail.dmarc import LookupFailed, Txt, fold_domain, policy_record, relaxed
from listserv.mail.headers import Field
from listserv.mail.publickeys import ALGORITHMS, Tags, Unusable, octets, proves, published_key, tag_list

# Beyond these nothing is a signature that an honest signer writes.
LONGEST_HEADER_BLOCK = 262_144
LONGEST_SIGNATURE = 16_384
MOST_SIGNATURES = 8

# What can stand in DNS; anything else in d= is there to be misread.
DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
SELECTOR = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
B_TAG = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
FOLD = re.compile(rb"\r\n(?=[ \t])")
BLANKS = re.compile(rb"[ \t]+")
FORMS = ("simple", "relaxed")
# Whoever adds a second one says something in the name of the signer, or makes another text of the signed body. (A second author is counted elsewhere.)
SINGLE = ("subject", "content-type", "content-transfer-encoding")


@dataclass(frozen=True, slots=True)
class Signed:
    """What signatures are made over: header fields from the top, and the body with CRLF."""

    fields: Sequence[Field]
    body: bytes
    # Made once, however many signatures there are: a mail may have 25 MB.
    canonical_bodies: dict[str, bytes] = field(default_factory=dict, compare=False)

    def body_as(self, form: str) -> bytes:
        """The canonical body."""
        if form not in self.canonical_bodies:
            self.canonical_bodies[form] = relaxed_body(self.body) if form == "relaxed" else simple_body(self.body)
        return self.canonical_bodies[form]

    @classmethod
    def of(cls, raw: bytes) -> "Signed":
        """A mail, whatever its line ends."""
        fields, body = headers.split(raw)
        return cls(fields if sum(len(one.raw) for one in fields) <= LONGEST_HEADER_BLOCK else (), headers.crlf(body))


@dataclass(frozen=True, slots=True)
class Checked:
    """One signature's result in RFC 8601's words (pass, fail, policy, permerror, temperror), and its d= domain."""

    word: str
    domain: str


def check_all(raw: bytes, txt: Txt) -> tuple[Checked, ...]:
    """Every DKIM signature of a mail, from the top, the first MOST_SIGNATURES of them; never raises."""
    if b"dkim-signature" not in raw[:LONGEST_HEADER_BLOCK].lower():
        return ()
    signed = Signed.of(raw)
    return tuple(check(signed, one, txt) for one in islice((one for one in signed.fields if one.name == "dkim-signature"), MOST_SIGNATURES))


def check(signed: Signed, field: Field, txt: Txt) -> Checked:
    """What one DKIM-Signature field is worth."""
    domain = ""
    try:
        tags = tags_of(field)
        domain = fold_domain(tags.get("d", ""))
        _demand(tags)
        return Checked(verify(signed, field, tags, txt), domain)
    except Unusable:
        return Checked("permerror", domain)
    except LookupFailed:
        return Checked("temperror", domain)


def _demand(tags: Tags) -> None:
    """What RFC 6376 section 3.5 wants of a DKIM-Signature beside what `verify` needs."""
    domain, identity = fold_domain(tags.get("d", "")), fold_domain(tags.get("i", "").rpartition("@")[2])
    if tags.get("v") != "1" or (identity and identity != domain and not identity.endswith(f".{domain}")):
        raise Unusable
    if "from" not in names_in(tags) or "dns/txt" not in tags.get("q", "dns/txt").lower():
        raise Unusable


def tags_of(field: Field) -> Tags:
    """The tags of a signature field or a key record (RFC 6376 section 3.2). Raises Unusable."""
    if len(field.raw) > LONGEST_SIGNATURE:
        raise Unusable
    return tag_list(field.value.decode("utf-8", "replace"))


def names_in(tags: Tags) -> list[str]:
    """The names of the signed fields, lower case, in order."""
    return [name.strip().lower() for name in tags.get("h", "").split(":")]


def verify(signed: Signed, field: Field, tags: Tags, txt: Txt) -> str:
    """pass, fail or policy for a signature over fields and body. Raises Unusable, LookupFailed."""
    for_head, _, for_body = tags.get("c", "simple/simple").lower().partition("/")
    for_body = for_body or "simple"
    if for_head not in FORMS or for_body not in FORMS or not tags.get("bh") or not names_in(tags)[0]:
        raise Unusable
    _check_times(tags)
    body = signed.body_as(for_body)
    covered = _length(tags, body)
    if sha256(body[:covered]).digest() != octets(tags["bh"]):
        return "fail"
    chosen = [*_chosen(signed.fields, field, names_in(tags)), without_b(field)]
    if not holds([canonical(one, for_head) for one in chosen], tags, txt):
        return "fail"
    # RFC 6376 section 8.2: what l= leaves uncovered anybody may have put there.
    return "pass" if not body[covered:].strip() and not _is_topped(signed.fields, names_in(tags)) else "policy"


def _is_topped(fields: Sequence[Field], names: Sequence[str]) -> bool:
    """Does a field of which there is one stand once more above the signed one, where it is read first (RFC 6376 section 8.15)?"""
    here = Counter(one.name for one in fields if one.name in SINGLE)
    return any(here[name] > names.count(name) > 0 for name in SINGLE)


def _check_times(tags: Tags) -> None:
    """Whether a signature has expired is not asked: mail waits in queues. It must only make sense."""
    times = [tags[name] for name in ("t", "x") if name in tags]
    if any(not time.isascii() or not time.isdigit() or len(time) > 12 for time in times) or (len(times) == 2 and int(times[1]) <= int(times[0])):
        raise Unusable


def _length(tags: Tags, body: bytes) -> int:
    given = tags.get("l", str(len(body)))
    if not given.isascii() or not given.isdigit() or len(given) > 12 or int(given) > len(body):
        raise Unusable
    return int(given)


def _chosen(fields: Sequence[Field], own: Field, names: Sequence[str]) -> list[Field]:
    """The signed fields: of each name the lowest first, as often as it is named (RFC 6376 section 5.4.2)."""
    left: dict[str, list[Field]] = {}
    for one in fields:
        if one is not own:
            left.setdefault(one.name, []).append(one)
    return [left[name].pop() for name in names if left.get(name)]


def holds(parts: Sequence[bytes], tags: Tags, txt: Txt) -> bool:
    """Does the signature in b= hold over these canonical fields, the last of which is its own? Raises as `verify`."""
    kind = ALGORITHMS.get(tags.get("a", "").lower())
    selector, domain = fold_domain(tags.get("s", "")), fold_domain(tags.get("d", ""))
    if not kind or not SELECTOR.fullmatch(selector) or not DOMAIN.fullmatch(domain) or not tags.get("b"):
        raise Unusable
    key = _key(txt(f"{selector}._domainkey.{domain}"), kind, tags)
    return proves(key, octets(tags["b"]), b"".join(parts).removesuffix(b"\r\n"), kind)


def _key(records: Sequence[str], kind: str, tags: Tags) -> object:
    public, key = published_key(records)
    flags = key.get("t", "").replace(" ", "").split(":")
    if key.get("k", "rsa").lower() != kind or ("s" in flags and fold_domain(tags.get("i", "").rpartition("@")[2]) not in ("", fold_domain(tags["d"]))):
        raise Unusable
    return public


def without_b(field: Field) -> Field:
    """A signature field as it was when it was signed: with an empty b= and no line end."""
    name, colon, value = field.raw.partition(b":")
    return Field(field.name, name + colon + B_TAG.sub(rb"\1", value, count=1).removesuffix(b"\r\n"))


def canonical(field: Field, form: str) -> bytes:
    """RFC 6376 sections 3.4.1 and 3.4.2."""
    if form == "simple":
        return field.raw
    name, _, value = field.raw.partition(b":")
    return name.strip().lower() + b":" + BLANKS.sub(b" ", FOLD.sub(b"", value)).strip(b" \t\r\n") + b"\r\n"


def simple_body(body: bytes) -> bytes:
    """RFC 6376 section 3.4.3."""
    return body.rstrip(b"\r\n") + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 section 3.4.4. The whole at once and never line by line: 25 MB of empty lines would take a gigabyte."""
    kept = body.replace(b"\t", b" ")
    while b"  " in kept:
        kept = kept.replace(b"  ", b" ")
    kept = kept.removesuffix(b" ").replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return kept + b"\r\n" if kept else b""


def dkim_survives(raw: bytes, author_domain: str, txt: Txt) -> bool:
    """Does a DKIM signature that stands for the author's domain verify on these bytes? Raises LookupFailed."""
    checked = check_all(raw, txt)
    if any(one.word == "pass" and stands_for(one.domain, author_domain, txt) for one in checked):
        return True
    if any(one.word == "temperror" and stands_for(one.domain, author_domain, txt) for one in checked):
        raise LookupFailed("a key could not be asked for")
    return False


def stands_for(signer: str, author_domain: str, txt: Txt) -> bool:
    """Is the signer the author's domain, as strictly as that domain wants it (RFC 9989 section 4.4.1)? Raises LookupFailed."""
    author = fold_domain(author_domain)
    if signer == author or not signer or not author:
        return signer == author != ""
    found = policy_record(author, txt)
    if found and found[1].get("adkim") == "s":
        return False
    return relaxed(signer, author, txt)
