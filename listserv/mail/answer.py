"""An answer to a digest made into an ordinary post of its thread (contract section 4).

It leaves with the list in To, the thread's subject and References to the item, and without the quoted digest:
the digest's addresses belong to one person, and no token is ever passed on.
"""

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from listserv.mail import headers, parse
from listserv.mail.headers import Field
from listserv.mail.parse import Post

KEPT = ("from", "date", "sender")


def as_reply(raw: bytes, post: Post, text: str, *, to: str, subject: str, references: Sequence[str]) -> bytes:
    """The author's words and files as a post (CRLF). `references`: ids without brackets, the answered one last."""
    fields = [field for field in headers.split(raw)[0] if field.name in KEPT]
    fields += [
        headers.make("To", to),
        Field("subject", b"Subject: " + headers.phrase(subject).strip('"').encode() + b"\r\n"),
        headers.make("Message-ID", f"<{post.message_id}>"),
        headers.make("In-Reply-To", f"<{references[-1]}>"),
        Field("references", b"References: " + b"\r\n ".join(f"<{ref}>".encode() for ref in references) + b"\r\n"),
    ]
    return headers.join(fields) + _content(raw, post, text)


def _content(raw: bytes, post: Post, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail.set_content(text.strip() + "\n", cte="quoted-printable")
    for file in post.attachments:
        found = parse.attachment(raw, file.number)
        # Pictures that the quoted digest brought along are not the author's.
        if found and not file.inline:
            main, _, sub = file.type.partition("/")
            mail.add_attachment(found[1], maintype=main, subtype=sub or "octet-stream", filename=file.name)
    return mail.as_bytes()
