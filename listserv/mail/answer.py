"""An answer to a digest made into an ordinary post of its thread.

It leaves with the list in To, the thread's subject and References to the item, and without the quoted digest: the
digest's addresses belong to one person, and no token is ever passed on, wherever in the answer it stands.
"""

import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote

from listserv.mail import headers, parse, quotes, tokens
from listserv.mail.headers import Field
from listserv.mail.html import to_text
from listserv.mail.parse import Attachment, Post

KEPT = ("date",)
PICTURE = re.compile(r"<img\b[^<>]{0,2000}?\bsrc\s*=\s*[\"']?cid:([^\"'<>\s]{1,500})[^<>]{0,2000}>", re.IGNORECASE)
# Where a picture stands, once the page is read as text.
MARK = " \N{LEFT DOUBLE ANGLE BRACKET}{}\N{RIGHT DOUBLE ANGLE BRACKET} "
MARKED = re.compile(r"\N{LEFT DOUBLE ANGLE BRACKET}(\d{1,9})\N{RIGHT DOUBLE ANGLE BRACKET}")


def as_reply(raw: bytes, post: Post, text: str, *, to: str, subject: str, references: Sequence[str], files: bool = True) -> bytes:
    """The author's words and files as a post (CRLF). `references`: ids without brackets, the answered one last."""
    fields = [_author(raw, post), *(field for field in headers.split(raw)[0] if field.name in KEPT)]
    fields += [
        headers.make("To", to),
        Field("subject", b"Subject: " + headers.words(subject).encode() + b"\r\n"),
        headers.make("Message-ID", f"<{post.message_id}>"),
    ]
    if references:
        fields.append(headers.make("In-Reply-To", f"<{references[-1]}>"))
        fields.append(Field("references", b"References: " + b"\r\n ".join(f"<{ref}>".encode() for ref in references) + b"\r\n"))
    return headers.join(fields) + _content(raw, post, text, files=files)


def _author(raw: bytes, post: Post) -> Field:
    """From, byte for byte, unless a token stands in it."""
    found = headers.first(headers.split(raw)[0], "from")
    if found and len(post.authors) == 1 and tokens.hide(post.authors[0].name) == post.authors[0].name:
        return found
    return headers.make("From", post.authors[0].address if post.authors else "")


def _content(raw: bytes, post: Post, text: str, *, files: bool) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(tokens.hide(text.strip()) + "\n", cte="quoted-printable")
    for file, content in own_files(raw, post) if files else ():
        attach(mail, file, content)
    return mail.as_bytes()


def own_files(raw: bytes, post: Post) -> Iterator[tuple[Attachment, bytes]]:
    """What its author has put into an answer: all but the digest itself, attached, and the pictures of a signature.

    Our digests hold no pictures, so none that the letter shows can have come with what it quotes.
    """
    logos = _logos(post)
    for file, content in parse.attachments(raw):
        if not (file.inline and file.content_id in logos) and not tokens.IN_TEXT.search(tokens.readable(content)):
            yield file, content


def shows_pictures(post: Post) -> bool:
    """Does it show a picture that is no signature's?"""
    logos = _logos(post)
    return any(file.inline and file.content_id not in logos for file in post.attachments)


def _logos(post: Post) -> set[str]:
    """The pictures that the letter's HTML shows in its signature and nowhere else, by their ids."""
    if not post.html or not any(file.inline for file in post.attachments):
        return set()
    names: list[str] = []

    def mark(found: re.Match[str]) -> str:
        names.append(unquote(found[1]))
        return MARK.format(len(names) - 1)

    text = to_text(PICTURE.sub(mark, post.html))[: parse.LONGEST_REPLY]
    places = [(names[int(number)], piece.kind) for piece in quotes.split(text) for number in MARKED.findall(piece.text) if int(number) < len(names)]
    elsewhere = {name for name, kind in places if kind not in ("signature", "footer")}
    return {name for name, _ in places} - elsewhere


def attach(mail: EmailMessage, file: Attachment, content: bytes) -> None:
    """Put a file into a mail under its own name and type."""
    main, _, sub = file.type.partition("/")
    if main in ("message", "multipart") or not sub:
        main, sub = "application", "octet-stream"  # RFC 2046 section 5.2: a message part may not be base64
    mail.add_attachment(content, maintype=main, subtype=sub, filename=tokens.hide(file.name))
