"""What moderators have said of messages, under the Message-ID: it outlives the rows of the messages."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, UniqueConstraint, bindparam, delete, exists, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.archive import Message
from listserv.store.base import Base
from listserv.store.queue import Letter, Raw
from listserv.store.search import Form


class Placement(Base):
    """Where a message belongs, against what it says itself. Threads are computed with it, in whatever order mails come (decision 7)."""

    __tablename__ = "placement"
    __table_args__ = (UniqueConstraint("list_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    message_id: Mapped[str] = mapped_column(String(998))
    # The id that it belongs under; empty: it begins a thread.
    under: Mapped[str] = mapped_column(String(998), default="")


class Tombstone(Base):
    """A mail as it was before it was redacted: known by its id and by the hash of its bytes, so that it cannot come back."""

    __tablename__ = "tombstone"
    __table_args__ = (UniqueConstraint("list_id", "sha256"), Index("ix_tombstone_list_id_message_id", "list_id", "message_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    message_id: Mapped[str] = mapped_column(String(998))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    # What stands in its place.
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    made_at: Mapped[datetime]


def place(db: Session, list_id: int, message_id: str, under: str) -> None:
    """A message belongs under that id, or begins a thread where that is empty."""
    unplace(db, list_id, message_id)
    db.add(Placement(list_id=list_id, message_id=message_id, under=under))
    db.flush()


def unplace(db: Session, list_id: int, message_id: str) -> None:
    """A message belongs where it says itself."""
    db.execute(delete(Placement).where(Placement.list_id == list_id, Placement.message_id == message_id))


TOMBSTONES = (
    select(Tombstone)
    .where(Tombstone.list_id == bindparam("list"))
    .where(Tombstone.message_id.in_(bindparam("ids", expanding=True)) | Tombstone.sha256.in_(bindparam("hashes", expanding=True)))
    .order_by(Tombstone.id.desc())
)


def tombstones(db: Session, list_id: int, message_ids: Collection[str] = (), hashes: Collection[bytes] = ()) -> Sequence[Tombstone]:
    """The tombstones of mails with one of these ids or of these bytes (SHA-256), newest first."""
    if not message_ids and not hashes:
        return ()
    return db.scalars(TOMBSTONES, {"list": list_id, "ids": list(message_ids), "hashes": list(hashes)}).all()


def buried_and_kept(db: Session, list_id: int, hashes: Collection[bytes]) -> dict[bytes, datetime]:
    """Which of these bytes (SHA-256) were redacted and stand in the archive in their redacted form, and when that was written."""
    query = select(Tombstone.sha256, Message.sent_at).join(Message, (Message.message_id == Tombstone.message_id) & (Message.list_id == Tombstone.list_id))
    return dict(db.execute(query.where(Tombstone.list_id == list_id, Tombstone.sha256.in_(hashes))).all()) if hashes else {}


def bury(db: Session, list_id: int, message_id: str, sha256: bytes, raw_id: int, now: datetime) -> None:
    """What had these bytes is now to be taken for what `raw_id` holds."""
    known = db.scalar(select(Tombstone).where(Tombstone.list_id == list_id, Tombstone.sha256 == sha256))
    if known is None:
        db.add(Tombstone(list_id=list_id, message_id=message_id, sha256=sha256, raw_id=raw_id, made_at=now))
    else:
        known.raw_id = raw_id
    db.execute(update(Tombstone).where(Tombstone.list_id == list_id, Tombstone.message_id == message_id).values(raw_id=raw_id))
    db.flush()


def buried_bytes(db: Session, list_id: int) -> Sequence[int]:
    """The ids under which bytes are kept that are to be gone from this list."""
    return db.scalars(select(Raw.id).join(Tombstone, Tombstone.sha256 == Raw.sha256).where(Tombstone.list_id == list_id)).all()


def destroy_unused(db: Session, raw_ids: Collection[int]) -> None:
    """Destroy bytes, and the text made of them, that no row uses any more; whichever tables there are."""
    db.flush()
    sqlite = db.get_bind().dialect.name == "sqlite"
    if sqlite:
        # What is deleted is overwritten, not only forgotten.
        db.execute(text("PRAGMA secure_delete=ON"))
    for raw_id in raw_ids:
        if not any(db.scalar(select(exists().where(column == raw_id))) for column in _users_of_raw()):
            for table in ("body", "raw"):
                kept = Base.metadata.tables[table]
                key = kept.c.raw_id if table == "body" else kept.c.id
                db.execute(delete(kept).where(key == raw_id))
    if sqlite:
        db.execute(text("PRAGMA secure_delete=OFF"))
    db.expire_all()


def _users_of_raw() -> Iterator[Column[Any]]:
    for table in Base.metadata.tables.values():
        for column in table.c:
            if table.name != "body" and any(key.column.table.name == "raw" for key in column.foreign_keys):
                yield column


# Does any message that can be found say this word?
SAID = {
    "sqlite": "SELECT 1 FROM indexed_fts WHERE indexed_fts MATCH '\"' || :word || '\"' LIMIT 1",
    "postgresql": "SELECT 1 FROM indexed_fts WHERE words @@ CAST(:word AS tsquery) LIMIT 1",
}


def unlearn(db: Session, words: Collection[str]) -> None:
    """Forget words (folded: letters and digits) that no message says any more."""
    said = text(SAID[db.get_bind().dialect.name])
    lost = [word for word in words if word.isalnum() and db.execute(said, {"word": word}).first() is None]
    db.execute(delete(Form).where(Form.form.in_(lost)))


def letters_about(db: Session, incoming_ids: Collection[int]) -> Sequence[Letter]:
    """The letters that these mails caused, locked: those that wait cannot be taken meanwhile."""
    return db.scalars(select(Letter).where(Letter.incoming_id.in_(incoming_ids)).order_by(Letter.id).with_for_update()).all()


def waiting_copies(db: Session, list_id: int) -> Sequence[Letter]:
    """The mails of this list's archive that somebody has asked for and that have not left, locked; what a worker has in hand goes out."""
    waits = Letter.due.is_not(None), Letter.holder.is_(None)
    return db.scalars(select(Letter).where(Letter.kind == "copy", Letter.list_id == list_id, *waits).order_by(Letter.id).with_for_update()).all()
