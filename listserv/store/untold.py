"""Cases that a moderator has not been written about one by one, because there were too many: told together, and lost never."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import Base, Word, slices
from listserv.store.docket import OPEN, PENDING
from listserv.store.lists import MailingList
from listserv.store.moderation import Application, Held
from listserv.store.people import Purpose
from listserv.store.queue import Incoming, insert_unless_there


class Untold(Base):
    """One case of which one moderator has had no letter of its own."""

    __tablename__ = "untold"
    __table_args__ = (UniqueConstraint("email", "purpose", "object_id"), Index("ix_untold_list_id", "list_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    email: Mapped[str] = mapped_column(String(320))
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    object_id: Mapped[int]
    kept_at: Mapped[datetime]
    # When it was told of together with others.
    told_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()


def keep(db: Session, mlist: MailingList, email: str, purpose: Purpose, object_id: int, now: datetime) -> None:
    """Remember that this moderator is still to get a letter about this case alone; once, however often it is said."""
    same = (Untold.email == email, Untold.purpose == purpose, Untold.object_id == object_id)
    if db.scalar(select(Untold.id).where(*same)) is None:
        db.add(Untold(list_id=mlist.id, email=email, purpose=purpose, object_id=object_id, kept_at=now))
        db.flush()


def waiting_for(db: Session, list_id: int, email: str, limit: int) -> Sequence[Untold]:
    """What this moderator of this list has had no letter of its own about, the longest waiting first."""
    return db.scalars(select(Untold).where(Untold.list_id == list_id, Untold.email == email).order_by(Untold.id).limit(limit)).all()


def keep_told(db: Session, mlist: MailingList, email: str, cases: Sequence[tuple[Purpose, int]], now: datetime) -> None:
    """The same of many at once, of which this moderator knows that they wait."""
    same = {"list_id": mlist.id, "email": email, "kept_at": now, "told_at": now}
    if cases:
        db.execute(insert_unless_there(db, Untold), [{**same, "purpose": purpose, "object_id": number} for purpose, number in cases])


def count_for(db: Session, list_id: int, email: str) -> int:
    """How many cases this moderator of this list has had no letter of its own about."""
    return db.scalar(select(func.count()).select_from(Untold).where(Untold.list_id == list_id, Untold.email == email)) or 0


def still_waiting(db: Session, list_id: int, email: str) -> tuple[int, datetime | None]:
    """How many of these wait indeed, and since when the oldest of those of which the moderator has heard nothing."""
    unheard = func.min(Untold.kept_at).filter(Untold.told_at.is_(None))
    count, since = db.execute(select(func.count(), unheard).where(Untold.list_id == list_id, Untold.email == email, _still())).one()
    return count, since


def _still() -> ColumnElement[bool]:
    """Is what a row is about still to be decided?"""
    waits = (
        (Purpose.LETTER, select(Incoming.id).where(Incoming.id == Untold.object_id)),
        (Purpose.DECIDE_HELD, select(Held.id).where(Held.id == Untold.object_id, *PENDING)),
        (Purpose.DECIDE_APPLICATION, select(Application.id).where(Application.id == Untold.object_id, *OPEN)),
    )
    return or_(*(and_(Untold.purpose == purpose, still.correlate(Untold).exists()) for purpose, still in waits))


def forget_decided(db: Session, list_id: int, email: str) -> None:
    """What is decided meanwhile, or gone, needs no more telling."""
    mine = delete(Untold).where(Untold.list_id == list_id, Untold.email == email)
    db.execute(mine.where(~_still()), execution_options={"synchronize_session": False})


def hold_for(db: Session, list_id: int, email: str, before: datetime) -> bool:
    """Is anything kept before then still untold, and no other worker about to tell it? It is ours until the commit."""
    query = select(Untold.kept_at).where(Untold.list_id == list_id, Untold.email == email, Untold.told_at.is_(None))
    return any(kept_at <= before for kept_at in db.scalars(query.with_for_update(skip_locked=True)))


def to_tell(db: Session, before: datetime, limit: int) -> Sequence[tuple[int, str]]:
    """The lists and moderators with cases kept before then that they have heard nothing of."""
    query = select(Untold.list_id, Untold.email).where(Untold.told_at.is_(None)).group_by(Untold.list_id, Untold.email)
    query = query.having(func.min(Untold.kept_at) <= before).order_by(func.min(Untold.id)).limit(limit)
    return [(list_id, email) for list_id, email in db.execute(query)]


def mark_told(db: Session, list_id: int, email: str, now: datetime) -> None:
    """This moderator knows now that they wait."""
    db.execute(update(Untold).where(Untold.list_id == list_id, Untold.email == email).values(told_at=now))


def forget(db: Session, ids: Sequence[int]) -> None:
    """These need no more telling."""
    for some in slices(ids):
        db.execute(delete(Untold).where(Untold.id.in_(some)))


def forget_all(db: Session, list_id: int, email: str) -> None:
    """Nothing of what this moderator has had no letter about needs telling any more."""
    db.execute(delete(Untold).where(Untold.list_id == list_id, Untold.email == email), execution_options={"synchronize_session": False})
