"""Reading mail that an archive has kept: what archivers did to it is undone as far as its bytes tell."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from listserv.mail import fields, headers
from listserv.mail.address import Mailbox
from listserv.mail.dating import Claim
from listserv.mail.mailboxes import mailboxes
from listserv.mail.mbox import Entry
from listserv.mail.parse import Post, parse

# More than any header block that a program wrote.
LONGEST_HEAD = 256 * 1024
# More than a name and an address; the search below looks from each letter on.
LONGEST_FROM = 1000
# `jan at example.org (Jan Regał)` of Pipermail, `jan(a)example.org` of HyperKitty's own export.
VEILED = re.compile(r"(?P<local>[^\s<>\"@(]+)(?: at |\(a\)| \(at\) )(?P<domain>[A-Za-z0-9.-]+\.[A-Za-z]{2,63})\b")
VIA = re.compile(r"['\"]?(?P<name>.*?)['\"]? via .+")


@dataclass(frozen=True, slots=True)
class Read:
    """A mail of an archive: its number in the file, its value, what it says about its time; or why it cannot be taken."""

    index: int
    post: Post | None
    claim: Claim
    why: str = ""


def read(entry: Entry) -> Read:
    """Read one mail of an mbox. Any bytes give an answer."""
    if entry.raw is None:
        return Read(entry.index, None, Claim(None), "it is larger than 64 MiB")
    if not entry.raw.strip():
        return Read(entry.index, None, Claim(None), "there is nothing in it")
    head = entry.raw[:LONGEST_HEAD]
    if not headers.has_any(head):
        return Read(entry.index, None, Claim(None), "it has no header field: it is no mail")
    post = parse(entry.raw)
    return Read(entry.index, as_written(post, head), Claim(post.date, _received(head), entry.at))


def _received(head: bytes) -> datetime | None:
    """When the last server of its way took it (RFC 5321 section 4.4: the time stands behind the semicolon)."""
    top = headers.topmost(head, "received")
    return fields.date(top.value.decode("ascii", "replace").rpartition(";")[2]) if top else None


def as_written(post: Post, head: bytes) -> Post:
    """The post with its true author, where a list had put itself or a veil in the author's place; `head` is its header block."""
    author = post.authors[0] if len(post.authors) == 1 else None
    if author is None or not author.address:
        return _unveiled(post, head)
    via = VIA.fullmatch(author.name)
    if not via:
        return post
    original = headers.topmost(head, "x-original-from")
    named = mailboxes([original.value.decode("utf-8", "replace")]) if original else ()
    own = next((mailbox.address for mailbox in (*named, *post.reply_to) if mailbox.address.lower() != author.address.lower()), "")
    return replace(post, authors=(Mailbox(via["name"].strip(), own),)) if own else post


def _unveiled(post: Post, head: bytes) -> Post:
    written = headers.topmost(head, "from")
    text = fields.line(written.value[:LONGEST_FROM].decode("utf-8", "replace")) if written else ""
    found = VEILED.search(text)
    if not found:
        return post
    named = mailboxes([text[: found.start()] + f"{found['local']}@{found['domain']}" + text[found.end() :]])
    return replace(post, authors=named[:1], author_name=named[0].name) if named and named[0].address else post
