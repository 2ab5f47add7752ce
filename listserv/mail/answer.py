"""An answer to a digest made into an ordinary post of its thread.

It leaves with the list in To, the thread's subject and References to the item, and without the quoted digest: the
digest's addresses belong to one person, and no token is ever passed on, wherever in the answer it stands.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from listserv.mail import headers, parse, tokens
from listserv.mail.headers import Field
from listserv.mail.parse import Post

KEPT = ("date",)


def as_reply(raw: bytes, post: Post, text: str, *, to: str, subject: str, references: Sequence[str]) -> bytes:
    """The author's words and files as a post (CRLF). `references`: ids without brackets, the answered one last."""
    fields = [_author(raw, post), *(field for field in headers.split(raw)[0] if field.name in KEPT)]
    fields += [
        headers.make("To", to),
        Field("subject", b"Subject: " + headers.phrase(subject).strip('"').encode() + b"\r\n"),
        headers.make("Message-ID", f"<{post.message_id}>"),
        headers.make("In-Reply-To", f"<{references[-1]}>"),
        Field("references", b"References: " + b"\r\n ".join(f"<{ref}>".encode() for ref in references) + b"\r\n"),
    ]
    return headers.join(fields) + _content(raw, text)


def _author(raw: bytes, post: Post) -> Field:
    """From, byte for byte, unless a token stands in it."""
    found = headers.first(headers.split(raw)[0], "from")
    if found and len(post.authors) == 1 and tokens.hide(post.authors[0].name) == post.authors[0].name:
        return found
    return headers.make("From", post.authors[0].address if post.authors else "")


def _content(raw: bytes, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(tokens.hide(text.strip()) + "\n", cte="quoted-printable")
    for file, content in parse.attachments(raw):
        # Pictures that the quoted digest brought along are not the author's; nor is the digest itself, attached.
        if not file.inline and not tokens.IN_TEXT.search(content.decode("latin-1")):
            attach(mail, file, content)
    return mail.as_bytes()


def attach(mail: EmailMessage, file: parse.Attachment, content: bytes) -> None:
    """Put a file into a mail under its own name and type."""
    main, _, sub = file.type.partition("/")
    if main in ("message", "multipart") or not sub:
        main, sub = "application", "octet-stream"  # RFC 2046 section 5.2: a message part may not be base64
    mail.add_attachment(content, maintype=main, subtype=sub, filename=tokens.hide(file.name))
