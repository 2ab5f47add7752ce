"""A mail without its author: who wrote it and whom it names are gone, what it says stays, or goes too."""

import binascii
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from functools import lru_cache

from listserv.mail import address, headers, parse, quotes, redacting, redactinghtml
from listserv.mail.redacting import Plan

NOBODY = "nobody@erased.invalid"
# Of the author's own mail: what makes it a message of a thread. Everything else tells of machines, places and programs.
KEPT = frozenset({"to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"})
# Lines of a signature that are shorter say nothing of anybody.
SHORTEST_LINE = 4
# Soft hyphens and letters without width, in UTF-8.
UNSEEN = re.compile(rb"\xc2\xad|\xe2\x80[\x8b-\x8f]|\xe2\x81\xa0|\xef\xbb\xbf|&shy;|&#8203;|&#173;")
# Encoded words (RFC 2047), as many as belong together.
CODED = re.compile(rb"(?:=\?[^?\s]+\?[bq]\?[^?\s]*\?=\s*)+", re.IGNORECASE)
FORMS = ("utf-8", "iso-8859-2", "cp1250")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to forget: their addresses, folded, and as texts their addresses and whole name."""

    keys: frozenset[str]
    words: tuple[str, ...]

    @property
    def may_stand_in(self) -> tuple[bytes, ...]:
        """What a mail that names them has in it, unless it is written in base64 or encoded words."""
        return tuple(dict.fromkeys(word.lower().split(" ")[-1].encode(form, "replace") for word in self.words for form in FORMS))


def person(emails: tuple[str, ...], name: str) -> Person:
    """A person. A name of one word is too many people's."""
    whole = " ".join(name.split())
    return Person(frozenset(address.key(email) for email in emails), (*emails, *([whole] if " " in whole else [])))


def without(raw: bytes, who: Person, *, archived: bool, words: bool, note: str) -> bytes:
    """The mail as it may stay; the same bytes where it has nothing of this person.

    Their own posts lose author and signature and, where `words` are to go too, everything but their place. Their letters
    to the program (not `archived`) become empty.
    """
    if not _may_name(raw, who):
        return raw
    post = parse.parse(raw)
    if not any(address.key(author.address) in who.keys for author in post.authors):
        return redacting.redact(raw, Plan(words=who.words))
    emptied = words or not archived
    plan = Plan(words=(*who.words, *_signature(post.text)), body=emptied, subject=not archived, note=note)
    return anonymous(redacting.redact(raw, plan))


def anonymous(raw: bytes) -> bytes:
    """A mail, or its header block alone, with nobody as its author."""
    found, body = headers.split(raw)
    kept = [field for field in found if field.name in KEPT or field.name.startswith(("content-", "list-", "archived-at"))]
    return headers.join([headers.make("From", NOBODY), *kept]) + b"\r\n" + body


def redacted(raw: bytes, who: Person) -> bytes:
    """A mail that names nobody of theirs."""
    return redacting.redact(raw, Plan(words=who.words))


def in_text(text: str, who: Person) -> str:
    """A text without this person: their address, not that of somebody else which has it at its end or its beginning."""
    return _pattern(who).sub(redactinghtml.BAR, text)


@lru_cache(maxsize=8)
def _pattern(who: Person) -> re.Pattern[str]:
    spelled = (redacting.GAP.join(map(redacting.spelled, word.split())) for word in who.words)
    return re.compile("|".join(rf"(?<![\w.+-]){word}(?![\w-]|\.\w)" for word in spelled), re.IGNORECASE)


def _may_name(raw: bytes, who: Person) -> bool:
    plain = UNSEEN.sub(b"", binascii.a2b_qp(raw).lower())
    return b"base64" in plain or b"=?" in plain or any(form in plain for form in who.may_stand_in)


def names(raw: bytes, who: Person) -> bool:
    """Does this letter of ours, which is in quoted-printable, say their name or address anywhere?"""
    coded = (str(make_header(decode_header(found[0].decode("ascii", "replace")))) for found in CODED.finditer(raw))
    plain = UNSEEN.sub(b"", binascii.a2b_qp(raw)).decode("utf-8", "replace")
    return _pattern(who).search("\n".join([plain, *coded])) is not None


def _signature(text: str) -> tuple[str, ...]:
    lines = [line.strip() for piece in quotes.split(text) if piece.kind == "signature" for line in piece.text.split("\n")]
    return tuple(dict.fromkeys(line for line in lines if len(re.sub(r"\W", "", line)) >= SHORTEST_LINE))
