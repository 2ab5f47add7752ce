"""What letters, digests and the calendar ask of the bank of materials."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialKind, MaterialUse, MaterialVersion
from listserv.store.bankpages import VISIBLE_PLACE, visible
from listserv.store.base import slices
from listserv.store.lists import REAL, MailingList


@dataclass(frozen=True, slots=True)
class Scanned:
    """What of an item is read to see whether it says something; `names` are those of its files."""

    id: int
    title: str
    description: str
    names: str
    kind: MaterialKind
    recommended: bool
    newest_at: datetime


def scanned(db: Session, list_id: int, limit: int) -> list[Scanned]:
    """The newest items that readers may see, with what they are called."""
    columns = (Material.id, Material.title, Material.description, Material.kind, Material.recommended_at, Material.newest_at)
    query = select(*columns).where(Material.list_id == list_id, visible()).order_by(Material.newest_at.desc(), Material.id.desc()).limit(limit)
    found = db.execute(query).all()
    names: dict[int, set[str]] = {}
    for some in slices([row.id for row in found]):
        where = select(MaterialVersion.material_id, MaterialVersion.name).outerjoin(Message, Message.id == MaterialVersion.message_id)
        for material_id, name in db.execute(where.where(MaterialVersion.material_id.in_(some), VISIBLE_PLACE)):
            names.setdefault(material_id, set()).add(name)
    return [
        Scanned(row.id, row.title, row.description, " ".join(sorted(names.get(row.id, ()))), row.kind, row.recommended_at is not None, row.newest_at)
        for row in found
    ]


def newest(db: Session, list_id: int, limit: int) -> Sequence[int]:
    """The newest items that readers may see."""
    query = select(Material.id).where(Material.list_id == list_id, visible()).order_by(Material.newest_at.desc(), Material.id.desc())
    return db.scalars(query.limit(limit)).all()


def count(db: Session, list_id: int) -> int:
    """How many items readers may see."""
    return db.scalar(select(func.count()).select_from(Material).where(Material.list_id == list_id, visible())) or 0


def items(db: Session, ids: Collection[int]) -> dict[int, Material]:
    """These items."""
    return {one.id: one for some in slices(list(ids)) for one in db.scalars(select(Material).where(Material.id.in_(some)))}


def use_of(db: Session, material_id: int, user_id: int) -> MaterialUse | None:
    """What this person has said of having used it."""
    return db.scalar(select(MaterialUse).where(MaterialUse.material_id == material_id, MaterialUse.user_id == user_id))


def uses_untold(db: Session, list_id: int, user_id: int, limit: int) -> Sequence[MaterialUse]:
    """Uses of what this person has brought to the list's bank, by what may be seen, of which nobody was told; the first first."""
    sent = select(MaterialVersion.material_id).where(MaterialVersion.user_id == user_id, MaterialVersion.list_id == list_id)
    posted = select(MaterialVersion.material_id).join(Message, Message.id == MaterialVersion.message_id)
    posted = posted.where(Message.user_id == user_id, MaterialVersion.list_id == list_id)
    query = select(MaterialUse).join(Material, Material.id == MaterialUse.material_id).outerjoin(Message, Message.id == MaterialUse.message_id)
    query = query.where(Material.id.in_(sent.union(posted)), visible(), MaterialUse.told.is_(False), Message.hidden_at.is_(None))
    return db.scalars(query.order_by(MaterialUse.id).limit(limit)).all()


def uses_told(db: Session, material_ids: Collection[int]) -> dict[int, list[MaterialUse]]:
    """Who used each, by what may be seen, the first first."""
    query = select(MaterialUse).outerjoin(Message, Message.id == MaterialUse.message_id)
    found: dict[int, list[MaterialUse]] = {}
    for use in db.scalars(query.where(MaterialUse.material_id.in_(material_ids), Message.hidden_at.is_(None)).order_by(MaterialUse.id)) if material_ids else ():
        found.setdefault(use.material_id, []).append(use)
    return found


def newest_message(db: Session) -> int:
    """The highest number that any message has."""
    return db.scalar(select(func.max(Message.id))) or 0


def behind(db: Session, upto: int) -> Sequence[MailingList]:
    """Lists with a bank that have not been looked through as far as this message."""
    return db.scalars(select(MailingList).where(REAL, MailingList.materials.is_(True), MailingList.bank_upto < upto).order_by(MailingList.id)).all()


def between(db: Session, list_id: int, after: int, upto: int, limit: int) -> Sequence[Message]:
    """Messages of a list among those with these numbers: only they are looked at, whatever else the list has."""
    # Plus nothing, so that no index of the list's messages is gone through from its beginning.
    mine = (Message.list_id + 0) == list_id
    return db.scalars(select(Message).where(mine, Message.id > after, Message.id <= upto).order_by(Message.id).limit(limit)).all()


def go_back(db: Session, mlist: MailingList, upto: int) -> None:
    """The archive has been looked through as far as this message at most."""
    # As it is now: whoever files may have gone on since the list was read.
    back = update(MailingList).where(MailingList.id == mlist.id, MailingList.bank_upto > upto).values(bank_upto=upto)
    db.execute(back, execution_options={"synchronize_session": False})
    db.expire(mlist, ["bank_upto"])
