"""Mail that comes twice, as mail does: the same draft under the same Message-ID is one."""

from sqlalchemy.orm import Session

from listserv.mail.parse import Post, parse
from listserv.store.issues import mails_of_drafts
from listserv.store.lists import MailingList
from listserv.store.outbox import answered_alike
from listserv.store.queue import raw_bytes
from listserv.usecases.arrivals import Letter


def is_known(db: Session, mlist: MailingList, letter: Letter) -> bool:
    """Has this mail begun a draft here already: the same bytes, or the same Message-ID, author and words?"""
    mails = mails_of_drafts(db, mlist, letter.incoming)
    return any(raw_id == letter.incoming.raw_id or _same(parse(raw_bytes(db, raw_id)), letter.post) for raw_id in mails)


def is_answered(db: Session, letter: Letter) -> bool:
    """Has this mail been answered at the same address already? What comes once more says nothing once more."""
    return any(_same(parse(raw_bytes(db, raw_id)), letter.post) for raw_id in answered_alike(db, letter.incoming))


def _same(one: Post, other: Post) -> bool:
    return _author(one) == _author(other) and one.text == other.text and one.subject == other.subject and _files(one) == _files(other)


def _author(post: Post) -> list[str]:
    return [author.address.lower() for author in post.authors]


def _files(post: Post) -> set[str]:
    return {file.sha256 for file in post.attachments}
