"""What is asked of the bank of materials: its items as readers may see them, by filters and by number; where each stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from listserv.store.archive import Message, Thread
from listserv.store.bank import Material, MaterialKind, MaterialUse, MaterialVersion
from listserv.store.base import slices
from listserv.store.people import User
from listserv.store.search import FileText

# A place that readers may see: of a message that is not hidden, or of a mail to the bank.
VISIBLE_PLACE = or_(Message.hidden_at.is_(None) & Message.id.is_not(None), MaterialVersion.raw_id.is_not(None))
BLIND = {"synchronize_session": False}
# An item may join one that joins another, and so on.
MOST_JOINED = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: of a kind, of an area, good practice; said by these words, or standing in one of these messages; first seen between."""

    kind: MaterialKind | None = None
    topic_id: int | None = None
    recommended: bool = False
    words: tuple[tuple[str, ...], ...] = ()
    messages: tuple[int, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    # Instead of those that stand in the bank: those that were taken out.
    removed: bool = False


def visible() -> ColumnElement[bool]:
    """May readers see the item?"""
    return Material.removed_at.is_(None) & stands()


def stands() -> ColumnElement[bool]:
    """Is there a place of it that readers may see?"""
    place = select(MaterialVersion.id).outerjoin(Message, Message.id == MaterialVersion.message_id)
    return exists(place.where(MaterialVersion.material_id == Material.id, VISIBLE_PLACE).correlate(Material))


def area() -> ColumnElement[Any]:
    """The item's topic: as a human has said, else that of the thread where it stands first."""
    stands = select(Thread.topic_id).join(Message, Message.thread_id == Thread.id).join(MaterialVersion, MaterialVersion.message_id == Message.id)
    first = stands.where(MaterialVersion.material_id == Material.id, Message.hidden_at.is_(None)).order_by(MaterialVersion.id).limit(1)
    return func.coalesce(Material.topic_id, first.correlate(Material).scalar_subquery())


def find(db: Session, list_id: int, wanted: Wanted, limit: int, offset: int = 0) -> Sequence[Material]:
    """The items, the newest first."""
    query = _asked(select(Material), list_id, wanted).order_by(Material.newest_at.desc(), Material.id.desc())
    return db.scalars(query.limit(limit).offset(offset)).all()


def count(db: Session, list_id: int, wanted: Wanted) -> int:
    """How many items there are."""
    return db.scalar(_asked(select(func.count()).select_from(Material), list_id, wanted)) or 0


def tally(db: Session, list_id: int, *, areas: bool) -> list[tuple[MaterialKind, int | None, bool, int]]:
    """How many items there are of each kind, topic (where `areas` are asked for) and good practice or not: (kind, topic, good, count), in one going through."""
    columns = (Material.kind, (area() if areas else null()).label("area"), Material.recommended_at.is_not(None).label("good"))
    found = _asked(select(*columns), list_id, Wanted()).subquery()
    query = select(found.c.kind, found.c.area, found.c.good, func.count()).group_by(found.c.kind, found.c.area, found.c.good)
    return [(kind, topic, bool(good), count) for kind, topic, good, count in db.execute(query)]


def _asked(query: Any, list_id: int, wanted: Wanted) -> Any:
    query = query.where(Material.list_id == list_id, Material.removed_at.is_not(None) & stands() if wanted.removed else visible())
    if wanted.kind is not None:
        query = query.where(Material.kind == wanted.kind)
    if wanted.topic_id is not None:
        query = query.where(area() == wanted.topic_id)
    if wanted.recommended:
        query = query.where(Material.recommended_at.is_not(None))
    if wanted.since is not None:
        query = query.where(Material.first_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Material.first_at < wanted.until)
    if wanted.words or wanted.messages:
        query = query.where(_says(list_id, wanted))
    return query


def _says(list_id: int, wanted: Wanted) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if wanted.messages:
        here = select(MaterialVersion.material_id).where(MaterialVersion.message_id.in_(wanted.messages))
        ways.append(Material.id.in_(here))
    if wanted.words:
        ways.append(_all_in(Material.title + " " + Material.description, wanted.words))
        # What came to the bank's own address is in no index. The subquery asks nothing of the row outside: it runs once, over those mails alone.
        item = aliased(Material)
        sent = select(MaterialVersion.material_id).join(item, item.id == MaterialVersion.material_id)
        sent = sent.outerjoin(FileText, FileText.sha256 == MaterialVersion.sha256).where(MaterialVersion.raw_id > 0, MaterialVersion.list_id == list_id)
        text = item.title + " " + item.description + " " + MaterialVersion.name + " " + func.coalesce(FileText.text, "")
        ways.append(Material.id.in_(sent.where(_all_in(text, wanted.words))))
    return or_(*ways)


def _all_in(text: ColumnElement[Any], words: tuple[tuple[str, ...], ...]) -> ColumnElement[bool]:
    return and_(*(or_(*(text.contains(form, autoescape=True) for form in forms)) for forms in words))


def by_number(db: Session, list_id: int, number: int, *, hidden: bool = False) -> Material | None:
    """The item with this number, or what it has become; `hidden`: also one that readers may not see."""
    for _ in range(MOST_JOINED):
        became = db.scalar(select(Material.became).where(Material.list_id == list_id, Material.number == number))
        if not became:
            break
        number = became
    query = select(Material).where(Material.list_id == list_id, Material.number == number)
    return db.scalar(query if hidden else query.where(visible()))


def today(db: Session, material_id: int) -> Material | None:
    """An item that a letter told of, or what it has become."""
    item = db.get(Material, material_id)
    return by_number(db, item.list_id, item.number, hidden=True) if item else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a version stands: whose it is, and the message and thread, where it is one."""

    version: MaterialVersion
    message: Message | None
    thread: Thread | None
    user: User | None

    @property
    def user_id(self) -> int | None:
        """Who brought it."""
        return self.version.user_id or (self.message.user_id if self.message else None)


def places(db: Session, material_ids: Collection[int], *, hidden: bool = False) -> dict[int, list[Place]]:
    """The places of these items that readers may see (or all), the first first."""
    found: dict[int, list[Place]] = {}
    query = select(MaterialVersion, Message, Thread, User).outerjoin(Message, Message.id == MaterialVersion.message_id)
    query = query.outerjoin(Thread, Thread.id == Message.thread_id).outerjoin(User, User.id == func.coalesce(MaterialVersion.user_id, Message.user_id))
    for some in slices(list(material_ids)):
        here = query.where(MaterialVersion.material_id.in_(some))
        rows = db.execute((here if hidden else here.where(VISIBLE_PLACE)).order_by(MaterialVersion.number, MaterialVersion.id))
        for version, message, thread, user in rows:
            found.setdefault(version.material_id, []).append(Place(version, message, thread, user))
    return found


def uses_of(db: Session, material_id: int) -> Sequence[MaterialUse]:
    """Who said that they used it, the latest first; not by a message that is hidden."""
    query = select(MaterialUse).outerjoin(Message, Message.id == MaterialUse.message_id).where(MaterialUse.material_id == material_id)
    return db.scalars(query.where(Message.hidden_at.is_(None)).order_by(MaterialUse.used_at.desc(), MaterialUse.id.desc())).all()


def uses_counted(db: Session, material_ids: Collection[int]) -> dict[int, int]:
    """How many people said that they used each."""
    query = select(MaterialUse.material_id, func.count()).outerjoin(Message, Message.id == MaterialUse.message_id)
    query = query.where(MaterialUse.material_id.in_(material_ids), Message.hidden_at.is_(None)).group_by(MaterialUse.material_id)
    return dict(db.execute(query).all()) if material_ids else {}


# ---- filing -------------------------------------------------------------------------------------------------


def highest_number(db: Session, list_id: int) -> int:
    """The highest number that an item of the list has had; 0 where there was none."""
    return db.scalar(select(func.max(Material.number)).where(Material.list_id == list_id)) or 0


def known(db: Session, list_id: int, sha256s: Collection[str]) -> dict[str, MaterialVersion]:
    """The first place of each of these contents on this list, visible or not."""
    query = select(MaterialVersion).where(MaterialVersion.list_id == list_id, MaterialVersion.sha256.in_(sha256s))
    found: dict[str, MaterialVersion] = {}
    for version in db.scalars(query.order_by(MaterialVersion.id.desc())) if sha256s else ():
        found[version.sha256] = version
    return found


def of_message(db: Session, message_id: int) -> Sequence[MaterialVersion]:
    """What stands in a message."""
    return db.scalars(select(MaterialVersion).where(MaterialVersion.message_id == message_id).order_by(MaterialVersion.id)).all()


def of_mail(db: Session, raw_id: int) -> Sequence[MaterialVersion]:
    """What stands in a mail that came to the bank alone."""
    return db.scalars(select(MaterialVersion).where(MaterialVersion.raw_id == raw_id).order_by(MaterialVersion.id)).all()


def newly_placed(db: Session, raw_id: int) -> set[int]:
    """The items of which this mail brought something that nobody had brought before."""
    here = of_mail(db, raw_id)
    first = known(db, here[0].list_id, [one.sha256 for one in here]) if here else {}
    return {one.material_id for one in here if first[one.sha256].raw_id == raw_id}


def near(db: Session, list_id: int, *, thread_id: int | None = None, user_id: int | None = None, author_key: str = "") -> Sequence[MaterialVersion]:
    """Files that stand in this thread, or are of this person: what a new one may be a version of, the newest first."""
    theirs: list[ColumnElement[bool]] = [Message.thread_id == thread_id] if thread_id else []
    if user_id:
        theirs += [Message.user_id == user_id, MaterialVersion.user_id == user_id]
    if author_key:
        theirs.append(Message.author_key == author_key)
    query = select(MaterialVersion).outerjoin(Message, Message.id == MaterialVersion.message_id)
    query = query.where(MaterialVersion.list_id == list_id, MaterialVersion.type != "", or_(*theirs)).order_by(MaterialVersion.id.desc()).limit(500)
    return db.scalars(query).all() if theirs else ()


def highest_version(db: Session, material_id: int) -> int:
    """The number of the item's newest version."""
    return db.scalar(select(func.max(MaterialVersion.number)).where(MaterialVersion.material_id == material_id)) or 0


def with_content(db: Session, sha256: str) -> Sequence[Material]:
    """The items, on all lists, one of whose versions has this content."""
    return db.scalars(select(Material).where(Material.id.in_(select(MaterialVersion.material_id).where(MaterialVersion.sha256 == sha256)))).all()


def text_of(db: Session, sha256: str) -> tuple[str, str]:
    """(title, text) of a file, as far as it was read."""
    row = db.execute(select(FileText.title, FileText.text).where(FileText.sha256 == sha256)).one_or_none()
    return (row[0], row[1]) if row else ("", "")


def sent_carrier(db: Session, sha256: str) -> MaterialVersion | None:
    """Where a file stands that came to the bank's own address."""
    query = select(MaterialVersion).where(MaterialVersion.sha256 == sha256, MaterialVersion.raw_id.is_not(None))
    return db.scalar(query.order_by(MaterialVersion.id).limit(1))


def download(db: Session, material_id: int, more: int) -> None:
    """So many downloads more."""
    db.execute(update(Material).where(Material.id == material_id).values(downloads=Material.downloads + more), execution_options=BLIND)
