"""Which mails somebody means who names a Message-ID, with or without brackets, or a number: of an incoming mail, of a post, of a letter."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from listserv.mail import fields
from listserv.store import trace as rows
from listserv.store.archive import Message
from listserv.store.queue import Incoming

# No Message-ID is a number; what is larger is no row's either.
MOST = 1 << 63
# What `queue ls` and the log call by number beside incoming mails: `post:12`, `letter:7`.
OTHERS = re.compile(r"\s*(post|letter)[:=\s]\s*#?([0-9]{1,18})\s*")


def message_id_in(text: str) -> str:
    """The id in what was typed: read as the field of a mail is read, so that a space in it or missing brackets change nothing."""
    return fields.message_id(text) or text.strip().strip("<>").strip()


def number_in(text: str) -> int:
    """The number of an incoming mail, as `queue ls` shows it; 0 where it is none."""
    bare = text.strip().lstrip("#")
    return int(bare) if bare.isascii() and bare.isdigit() and 0 < int(bare) < MOST else 0


def other_in(text: str) -> tuple[str, int] | None:
    """The kind and number of something that is no incoming mail; None where it is none of these."""
    found = OTHERS.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def numbered(db: Session, text: str) -> Incoming | None:
    """The incoming mail of that number."""
    number = number_in(text)
    return db.get(Incoming, number) if number else None


def incoming_called(db: Session, message_id: str) -> Sequence[Incoming]:
    """All mails that came under this id, and those that are archived under it: one that had none, or a taken one, has an id made from its bytes."""
    mails = {mail.id: mail for mail in rows.incoming_with_id(db, message_id)}
    for message in rows.messages_with_id(db, message_id):
        mails |= {mail.id: mail for mail in rows.incoming_of(db, message)}
    return [mails[number] for number in sorted(mails)]


def messages_besides(db: Session, message_id: str, mails: Sequence[Incoming]) -> list[Message]:
    """Archived posts of this id that came by another way than these mails: from an older archive."""
    told = {mail.archived_id for mail in mails}
    return [message for message in rows.messages_with_id(db, message_id) if message.id not in told]
