"""Who used whose material: noted when a person says so, and told to its author by a letter. Once for each person and material."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import bankcommands
from listserv.mail.parse import Post
from listserv.store import bankasks as asks
from listserv.store import bankpages as rows
from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialUse
from listserv.store.lists import MailingList, lock
from listserv.store.members import Member, gets_mail_by, member_of
from listserv.store.people import User
from listserv.usecases import bankfinding, outbox
from listserv.usecases.deciding import name_of

LETTER = "bank-used"
LONGEST_WORDS = 600
# Letters about what was used while somebody got no mail.
MOST_LATER = 10


class Noted(StrEnum):
    """What became of somebody's word that they used a material."""

    NEW = "new"
    KNOWN = "known"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Said:
    """That word: which item, what became of it, and whether its author was told."""

    material: Material
    noted: Noted
    told: bool = False


def use(db: Session, material: Material, user: User, now: datetime, *, message: Message | None = None, words: str = "") -> Said:
    """Note that somebody used an item, and tell its author; a second time says that it is known. Nobody uses what is their own."""
    lock(db, material.mlist)
    known = asks.use_of(db, material.id, user.id)
    if known is not None:
        return Said(material, Noted.KNOWN, known.told)
    places = rows.places(db, [material.id]).get(material.id, [])
    authors = [place.user_id for place in places if place.user_id]
    if user.id in authors:
        return Said(material, Noted.OWN)
    row = MaterialUse(material_id=material.id, user_id=user.id, message_id=message.id if message else None, words=words[:LONGEST_WORDS], used_at=now)
    db.add(row)
    db.flush()
    row.told = _tell(db, material, places, user, now, words if not message else "", message)
    return Said(material, Noted.NEW, row.told)


def _tell(db: Session, material: Material, places: list[rows.Place], user: User, now: datetime, words: str, message: Message | None) -> bool:
    """A letter to who brought the item first, as long as they are on the list and get mail."""
    mlist = material.mlist
    author_id = next((place.user_id for place in places if place.user_id), None)
    author = member_of(db, mlist, author_id) if author_id else None
    if author is None or not gets_mail_by(author, now):
        return False
    settings = outbox.settings_of(db)
    facts = {
        "bank_title": bankfinding.tell(db, mlist, material, places).title,
        "bank_number": material.number,
        "bank_user": user.name,
        "bank_words": words.strip(),
        "bank_post": links.message_url(settings, mlist.name, message.hash) if message else "",
        "bank_page": links.material_url(settings, mlist.name, material.number),
        "bank_uses": len(rows.uses_of(db, material.id)),
    }
    return outbox.to_member(db, LETTER, author, now, mlist=mlist, **facts) is not None


def tell_later(db: Session, member: Member, now: datetime) -> None:
    """Who gets mail again hears who used their materials meanwhile."""
    for row in asks.uses_untold(db, member.list_id, member.user_id, MOST_LATER) if member.mlist.materials else ():
        places = rows.places(db, [row.material_id]).get(row.material_id, [])
        if next((place.user_id for place in places if place.user_id), None) == member.user_id:
            row.told = _tell(db, row.material, places, row.user, now, row.words if not row.message else "", row.message)


def note_post(db: Session, mlist: MailingList, message: Message, post: Post, now: datetime) -> list[Said]:
    """Note what a post of the list says of having used materials: only where it names them („materiał nr 12”)."""
    if not mlist.materials or message.user_id is None or not post.reply:
        return []
    user = db.get(User, message.user_id)
    numbers = bankcommands.used(post.reply)
    found = [rows.by_number(db, mlist.id, number) for number in numbers]
    return [use(db, material, user, now, message=message) for material in found if material and user]


def use_on_page(db: Session, member: Member, number: int, now: datetime) -> Said | None:
    """The button below an item; None where there is no such item."""
    material = rows.by_number(db, member.list_id, number)
    return use(db, material, member.user, now) if material else None


def who_used(db: Session, material: Material) -> list[str]:
    """The names of those who used an item, for whoever may read the list's names."""
    return [name for one in rows.uses_of(db, material.id) if (name := name_of(one.user))]
