"""A mail without the keys that stand in it: addresses and links of ours that belong to one person and must not reach others.

Somebody answers their welcome with “reply to all”, or passes a copy on with its header. What is theirs alone is taken out
of To, Cc and Reply-To, and hidden wherever else it stands; everything else stays byte for byte.
"""

import re
from collections.abc import Callable

from listserv.mail import address, clues, headers, parse, redacting
from listserv.mail.headers import Field
from listserv.mail.mailboxes import mailboxes
from listserv.mail.parse import Post
from listserv.mail.redacting import Plan
from listserv.mail.tokens import IN_TEXT, RANDOM, readable

Ours = Callable[[str], bool]
RECEIVERS = ("to", "cc", "reply-to", "resent-to", "resent-cc", "mail-followup-to", "mail-reply-to")
HIDDEN = "hidden"
# A header is read no further: no mail program writes as many addresses.
READ = 200_000
# Each random one costs a look into the database, before anybody knows who has written; what is signed is told by its signature.
MOST_TOKENS, MOST_SIGNED = 200, 5_000
# A digest of a hundred messages that somebody passes on has a key for each, and the way off the list at its foot.
READ_OF_WORDS = 1_000_000


def found_in(raw: bytes, post: Post, ours: Ours) -> frozenset[str]:
    """The tokens of ours (`ours` tells them) that a mail would carry on."""
    head = headers.join(headers.split(raw)[0])[:READ].decode("latin-1")
    said = dict.fromkeys(_bare(match[0]) for match in IN_TEXT.finditer(clues.FOLDED.sub("", head)))
    said |= dict.fromkeys(clues.tokens_in(raw, post, MOST_SIGNED, READ_OF_WORDS))
    random = [token for token in said if token.startswith(RANDOM)][:MOST_TOKENS]
    return frozenset(token for token in (*(one for one in said if not one.startswith(RANDOM)), *random) if ours(token))


def _bare(token: str) -> str:
    return re.sub(r"^r[+-]", "", token.lower())


def without(raw: bytes, tokens: frozenset[str], ours: Ours, *, to: str) -> bytes:
    """The mail without them; `to` is where it goes when nobody else is left in To."""
    fields, body = headers.split(raw)
    kept = [clean for field in fields if (clean := _field(field, tokens, to)) is not None]
    words = tuple(form for token in sorted(tokens) for form in (f"r+{token}", f"r-{token}", token))
    made = redacting.redact(headers.join(kept) + b"\r\n" + body, Plan(words=words, note=HIDDEN))
    return _without_files(made, ours)


def _field(field: Field, tokens: frozenset[str], to: str) -> Field | None:
    text = field.value.decode("latin-1").lower()
    unfolded = re.sub(r"\s+", "", text)
    if not any(token in unfolded for token in tokens):
        return field
    if field.name in RECEIVERS:
        return _receivers(field, tokens, to)
    if field.name == "from":
        author = mailboxes([field.value.decode("latin-1")])
        clean = [box for box in author if not _names(box.address, tokens)]
        return headers.make("From", clean[0].address) if clean else headers.make("From", f"{HIDDEN}@{HIDDEN}.invalid")
    pattern = re.compile("|".join(map(re.escape, sorted(tokens))).encode(), re.IGNORECASE)
    hidden = Field(field.name, pattern.sub(HIDDEN.encode(), field.raw))
    # Broken over two lines: such a field is not worth keeping.
    return hidden if not any(token in re.sub(r"\s+", "", hidden.value.decode("latin-1").lower()) for token in tokens) else None


def _receivers(field: Field, tokens: frozenset[str], to: str) -> Field | None:
    name = field.raw.split(b":", 1)[0].decode("latin-1").strip()
    left = [box for box in mailboxes([field.value.decode("latin-1")]) if not _names(f"{box.name} {box.address}", tokens)]
    if not left:
        return headers.make(name, to) if field.name == "to" else None
    return headers.make(name, ", ".join(_shown(box) for box in left))


def _shown(box: address.Mailbox) -> str:
    name = headers.phrase(box.name)
    return f"{name} <{box.address}>" if name else box.address


def _names(text: str, tokens: frozenset[str]) -> bool:
    said = text.lower()
    return any(token in said for token in tokens)


def _without_files(raw: bytes, ours: Ours) -> bytes:
    """Files that cannot be written anew and still hold a key are taken out whole."""
    doomed, left = set(), MOST_TOKENS
    for file, content in parse.attachments(raw):
        found = {_bare(match[0]) for match in IN_TEXT.finditer(clues.unbroken(readable(content)))}
        if len(found) > left or any(ours(token) for token in found):
            doomed.add(file.number)
        else:
            left -= len(found)
    return redacting.redact(raw, Plan(attachments=frozenset(doomed), note=HIDDEN)) if doomed else raw
