"""Links of HyperKitty, where an archive was before it came here: which list, message or thread of ours they mean.

A list is named by the address that it had there: ours, or one of its aliases (`list set alias=…`); else, because a list
that moves often leaves its old domain behind, the list with that local part, whatever the domain. What this person may
not see is passed over as if it were not there.
"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import address
from listserv.store import pages
from listserv.store.lists import MailingList
from listserv.usecases.access import Actor, visible_lists
from listserv.usecases.outbox import settings_of
from listserv.usecases.reading import HASH


class Place(NamedTuple):
    """Where a message is now."""

    mlist: str
    thread_id: int
    hash: str


def list_at(db: Session, email: str, actor: Actor) -> str:
    """The name of the list that had this address. Raises NotFound."""
    for mlist in _lists_at(db, email, actor):
        return mlist.name
    raise NotFound("there is no such page")


def message_at(db: Session, email: str, message_hash: str, actor: Actor) -> Place:
    """Where the message with this Message-ID-Hash is; HyperKitty also calls a thread by that of its first message. Raises NotFound."""
    for mlist in _lists_at(db, email, actor) if HASH.fullmatch(message_hash) else ():
        row = pages.message_by_hash(db, mlist.id, message_hash)
        if row:
            return Place(mlist.name, row.thread_id, row.hash)
    raise NotFound("there is no such page")


def _lists_at(db: Session, email: str, actor: Actor) -> list[MailingList]:
    """The lists that may be meant and that this person may see: those that have the address before the one of that name."""
    wanted = address.key(email)
    local, domain = address.split(wanted)
    if not domain:
        return []
    mlists = db.scalars(visible_lists(actor)).all()
    owned = [mlist for mlist in mlists if wanted in _addresses(db, mlist)]
    return owned + [mlist for mlist in mlists if mlist.name == local and mlist not in owned]


def _addresses(db: Session, mlist: MailingList) -> set[str]:
    """Where mail to the list goes, folded for comparing."""
    ours = links.list_address(settings_of(db), mlist.name)
    return {address.key(one) for one in (ours, *mlist.alias.replace(",", " ").split())}
