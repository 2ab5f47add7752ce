"""Which membership does a mail speak of? Tokens of ours that somebody has quoted, or passed on with a copy of the list's mail."""

import re
from collections.abc import Iterator

from listserv.mail import parse
from listserv.mail.parse import Post
from listserv.mail.tokens import IN_TEXT, readable

# A copy that was forwarded "as an attachment", under whatever name.
MOST_FILES, MOST_BYTES = 5, 256 << 10
MOST_TOKENS = 20
READ = 200_000
FOLDED = re.compile(r"\r?\n[ \t]")
# Some programs pass long lines on as they were coded for the way.
SOFT_BREAK = re.compile(r"=\r?\n")


def tokens_in(raw: bytes, post: Post, most: int = MOST_TOKENS, read: int = READ) -> tuple[str, ...]:
    """The tokens that stand in a mail's words or in mails attached to it, each once, in order."""
    found: dict[str, None] = {}
    for text in _texts(raw, post, read):
        for match in IN_TEXT.finditer(unbroken(text)):
            found[match[0].lower().removeprefix("r+").removeprefix("r-")] = None
    return tuple(found)[:most]


def unbroken(text: str) -> str:
    """A text without the ends of lines that were put in on its way."""
    return SOFT_BREAK.sub("", FOLDED.sub("", text))


def _texts(raw: bytes, post: Post, read: int) -> Iterator[str]:
    yield post.text[:read]
    yield (post.html or "")[:read]
    yield "\n".join(post.references)
    for file in post.attachments[:MOST_FILES]:
        if file.inline:
            continue
        attached = parse.attachment(raw, file.number)
        if attached:
            yield readable(attached[1][:MOST_BYTES])
