"""The index of words: what each message can be found by, which words there are, and what attached files say.

The index itself is the database's own (`indexed_fts`: FTS5 of SQLite, a tsvector with GIN on PostgreSQL), kept in step
with `indexed` by triggers: both are given the same terms (`words/terms.py`), so both find the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from listserv.store.archive import Attachment, Message
from listserv.store.bank import MaterialVersion
from listserv.store.base import Base, slices, table_of
from listserv.store.lists import MailingList
from listserv.store.queue import insert_unless_there

# The number of an entry is its time in seconds and, in so many bits behind it, the number of its message: in the order of
# these numbers the newest is found first without looking at any other, and a stretch of time is a stretch of numbers.
BITS = 30
MASK = (1 << BITS) - 1
# As far from 1970 as the databases' numbers (of 64 bits) reach.
SECONDS = 1 << (63 - BITS)
# Values in one statement.
MANY = 1_000


class Indexed(Base):
    """What a message can be found by. Whatever is hidden, redacted or gone has none."""

    __tablename__ = "indexed"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    terms: Mapped[str] = mapped_column(Text)


class Form(Base):
    """A word that somebody has written: folded, and as it is spelled with all its letters."""

    __tablename__ = "word_form"

    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    spelling: Mapped[str] = mapped_column(String(40))


class FileText(Base):
    """What an attached file says, once per content; `due` until it has been read, or found to be unreadable."""

    __tablename__ = "file_text"
    __table_args__ = (Index("ix_file_text_due", "due"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    due: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    text: Mapped[str] = mapped_column(Text, default="")
    # What the file calls itself.
    title: Mapped[str] = mapped_column(String(300), default="", server_default="")
    # Why there is none.
    trouble: Mapped[str] = mapped_column(Text, default="")


class Entry(NamedTuple):
    """A message's place in the index to be."""

    message_id: int
    list_id: int
    sent_at: datetime
    terms: str


def number_from(moment: datetime) -> int:
    """The first number of that second. Before 1698 and after 2242 there are no more: all that is said to be of such times is of their ends."""
    return max(-SECONDS, min(int(moment.timestamp()), SECONDS - 1)) << BITS


def list_term(list_id: int) -> str:
    """The term of all that stands on a list."""
    return f"l_{list_id}"


def put(db: Session, entries: Sequence[Entry]) -> None:
    """Make messages findable that are not yet. `list_id` is that of the list proper, also for what an import has still in hand."""
    rows = [
        {"id": number_from(one.sent_at) | one.message_id, "message_id": one.message_id, "terms": f"{list_term(one.list_id)} {one.terms}"} for one in entries
    ]
    if rows:
        db.connection().execute(insert(table_of(Indexed)), rows)


def forget(db: Session, message_ids: Collection[int]) -> None:
    """Messages that are not to be found any more."""
    for some in slices(message_ids, MANY):
        db.execute(delete(Indexed).where(Indexed.message_id.in_(some)), execution_options={"synchronize_session": False})


KNOWN_FORMS = select(Form.form).where(Form.form.in_(bindparam("forms", expanding=True)))


def learn(db: Session, spellings: Mapping[str, str]) -> None:
    """Keep words that nobody has written before."""
    # In order: two who learn the same words wait for each other instead of deadlocking.
    for some in slices(sorted(spellings), MANY):
        known = set(db.connection().execute(KNOWN_FORMS, {"forms": some}).scalars())
        new = [{"form": form, "spelling": spellings[form]} for form in some if form not in known]
        if new:
            db.connection().execute(insert_unless_there(db, table_of(Form)), new)


def real_list_of(db: Session, message_ids: Collection[int]) -> dict[int, int]:
    """The list proper of each message, also of those that an import has still in hand: {message id: list id}."""
    query = select(Message.id, func.coalesce(MailingList.import_of, MailingList.id)).join(MailingList, MailingList.id == Message.list_id)
    return dict(db.execute(query.where(Message.id.in_(message_ids))).all())


def authors_of(db: Session, message_ids: Collection[int]) -> dict[int, str]:
    """What the archive calls the authors of these messages."""
    found: dict[int, str] = {}
    for some in slices(message_ids, MANY):
        found |= dict(db.execute(select(Message.id, Message.author).where(Message.id.in_(some))).all())
    return found


def await_texts(db: Session, sha256s: Iterable[str]) -> None:
    """Files to be read as soon as there is time, unless they have been."""
    rows = [{"sha256": one, "due": 0, "attempts": 0, "text": "", "trouble": ""} for one in sorted(set(sha256s))]
    if rows:
        db.execute(insert_unless_there(db, table_of(FileText)), rows)


def texts_of_files(db: Session, message_ids: Collection[int]) -> dict[int, list[str]]:
    """What the files of these messages say, as far as they have been read: {message id: texts}."""
    query = select(Attachment.message_id, FileText.text).join(FileText, FileText.sha256 == Attachment.sha256)
    found: dict[int, list[str]] = {}
    for some in slices(message_ids, MANY):
        for message_id, said in db.execute(
            query.where(Attachment.message_id.in_(some), FileText.text != "").order_by(Attachment.message_id, Attachment.number)
        ):
            found.setdefault(message_id, []).append(said)
    return found


def files_are_due(db: Session, now_ms: int) -> bool:
    """Is there a file to be read?"""
    return db.scalar(select(FileText.sha256).where(FileText.due <= now_ms).limit(1)) is not None


def take_files(db: Session, now_ms: int, until_ms: int, limit: int) -> Sequence[str]:
    """Some files to be read (by their SHA-256), lent until then; the attempt is counted before it is made."""
    query = select(FileText.sha256).where(FileText.due <= now_ms).order_by(FileText.due, FileText.sha256).limit(limit)
    taken = db.scalars(query.with_for_update(skip_locked=True)).all()
    if taken:
        counted = update(FileText).where(FileText.sha256.in_(taken)).values(due=until_ms, attempts=FileText.attempts + 1)
        db.execute(counted, execution_options={"synchronize_session": False})
    return taken


class Carried(NamedTuple):
    """Where a file can be found: in the bytes of a mail, under a number; and how often it has been tried to read it."""

    raw_id: int
    number: int
    name: str
    type: str
    size: int
    attempts: int


def carrier_of(db: Session, sha256: str) -> Carried | None:
    """A mail that carries the file; None where none does any more."""
    query = select(Message.raw_id, Attachment.number, Attachment.name, Attachment.type, Attachment.size, FileText.attempts)
    query = query.join(Message, Message.id == Attachment.message_id).join(FileText, FileText.sha256 == Attachment.sha256)
    row = db.execute(query.where(Attachment.sha256 == sha256, Message.hidden_at.is_(None)).order_by(Attachment.id).limit(1)).one_or_none()
    return Carried(*row) if row else None


def keep_file(db: Session, sha256: str, said: str, trouble: str, title: str = "") -> None:
    """What a file says and calls itself, or why that cannot be told."""
    values = {"due": None, "text": said, "trouble": trouble, "title": title}
    db.execute(update(FileText).where(FileText.sha256 == sha256).values(values), execution_options={"synchronize_session": False})


def entries_with(db: Session, sha256: str) -> Sequence[Any]:
    """(id, terms) of the entries of messages that carry a file."""
    carrying = select(Attachment.message_id).where(Attachment.sha256 == sha256)
    return db.execute(select(Indexed.id, Indexed.terms).where(Indexed.message_id.in_(carrying))).all()


def change_terms(db: Session, id: int, terms: str) -> None:
    """Other terms for an entry."""
    db.execute(update(Indexed).where(Indexed.id == id).values(terms=terms), execution_options={"synchronize_session": False})


def count_missing(db: Session) -> int:
    """How many messages that readers may see cannot be found (kept by a version without an index)."""
    there = select(Indexed.id).where(Indexed.message_id == Message.id).exists()
    return db.scalar(select(func.count()).select_from(Message).where(Message.hidden_at.is_(None), ~there)) or 0


def take_stock(db: Session) -> None:
    """After much has come: let PostgreSQL know at once which words are rare, or it looks at every entry for them."""
    if db.get_bind().dialect.name != "sqlite":
        db.execute(text("ANALYZE indexed_fts, word_form"))


def forget_unused_files(db: Session) -> None:
    """What files said that nobody carries any more, because they were redacted or erased."""
    carried = select(Attachment.id).where(Attachment.sha256 == FileText.sha256).exists()
    # What came to the bank of materials alone is in no message.
    sent = select(MaterialVersion.id).where(MaterialVersion.sha256 == FileText.sha256, MaterialVersion.raw_id.is_not(None)).exists()
    db.execute(delete(FileText).where(~carried, ~sent), execution_options={"synchronize_session": False})
