"""One look that tells which questions need not be asked about a post: most meet no ban, no rule and no earlier copy of themselves."""

from typing import NamedTuple

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.bans import Ban
from listserv.store.listrules import RuleRow
from listserv.store.lists import MailingList, Topic
from listserv.store.moderation import Held, HeldState
from listserv.store.session import look
from listserv.store.tools import Tombstone


class Glance(NamedTuple):
    """What there is at all, and is worth a closer look."""

    # Patterns that bar somebody from this list; topics that moderators read first; rules of the list.
    bans: bool
    topics_read_first: bool
    rules: bool
    # Something of this author waits for a decision.
    waits: bool
    # These bytes, or this Message-ID, have been here: they wait, stand in the archive, or were redacted.
    came: bool


LIST: BindParameter[int] = bindparam("list")
WAITS = select(Held.id).where(Held.list_id == LIST, Held.state == HeldState.PENDING)
ARCHIVED = select(Message.id).where(Message.list_id == LIST)
BURIED = select(Tombstone.id).where(Tombstone.list_id == LIST)
CAME = (
    WAITS.where(Held.raw_id == bindparam("raw")),
    ARCHIVED.where(Message.raw_id == bindparam("raw")),
    ARCHIVED.where(Message.message_id == bindparam("id")),
    BURIED.where(Tombstone.message_id == bindparam("id")),
    BURIED.where(Tombstone.sha256 == bindparam("sha256")),
)
GLANCE = select(
    select(Ban.id).where(or_(Ban.list_id == LIST, Ban.list_id.is_(None))).exists(),
    select(Topic.id).where(Topic.list_id == LIST, Topic.moderated).exists(),
    select(RuleRow.id).where(RuleRow.list_id == LIST).exists(),
    WAITS.where(Held.author_email == bindparam("author")).exists(),
    or_(*(one.exists() for one in CAME)),
)


def glance(db: Session, mlist: MailingList, raw_id: int, message_id: str, sha256: bytes, author: str) -> Glance:
    """What there is about a post to this list: of its bytes (their row and their hash), its Message-ID, and its author's address."""
    asked = {"list": mlist.id, "raw": raw_id, "id": message_id, "sha256": sha256, "author": author}
    return Glance(*look(db, GLANCE, asked).one())
