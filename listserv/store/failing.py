"""Addresses from which things come back: what is held against each, and the letters that ask whether it lives.

A row is of an address, whoever is on whichever lists with it: a mailbox that is gone is gone for all of them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.base import Base
from listserv.store.calendar import CalendarRun
from listserv.store.lists import MailingList
from listserv.store.members import Member, Status
from listserv.store.people import Address
from listserv.store.queue import NOT_FOLDED, Delivery, Letter, Outgoing, insert_unless_there
from listserv.store.session import look


class Failing(Base):
    """An address from which something came back lately."""

    __tablename__ = "failing"
    __table_args__ = (Index("ix_failing_domain", "domain", "last_at"), Index("ix_failing_due", "due"), Index("ix_failing_probe_id", "probe_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"), unique=True)
    domain: Mapped[str] = mapped_column(String(255))
    score: Mapped[float] = mapped_column(default=0.0)
    # The first and the last failure, and the last that counted.
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]
    # Of the last failure: why (mail.bouncekinds.Kind), and the server's own words.
    kind: Mapped[str] = mapped_column(String(16), default="")
    status: Mapped[str] = mapped_column(String(16), default="")
    diagnostic: Mapped[str] = mapped_column(Text, default="")
    # Since when lists send nothing there; how many letters have asked since, and the one that is on its way.
    stopped_at: Mapped[datetime | None]
    probes: Mapped[int] = mapped_column(default=0)
    probe_id: Mapped[int | None]
    # When the calendar looks at it next; None: never again.
    due: Mapped[datetime | None]

    address: Mapped[Address] = relationship()


class Outage(Base):
    """A domain at which many addresses failed at once, so that the domain is in trouble and not its people."""

    __tablename__ = "outage"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="")
    diagnostic: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    # How many addresses had failed when it was noticed.
    addresses: Mapped[int] = mapped_column(default=0)


def of_address(db: Session, address_id: int) -> Failing | None:
    """What is held against an address."""
    return db.scalar(select(Failing).where(Failing.address_id == address_id))


BY_KEY = select(Failing).join(Failing.address).where(Address.key == bindparam("key"))


def of_key(db: Session, key: str) -> Failing | None:
    """The same by the address's folded form."""
    return db.scalar(BY_KEY, {"key": key})


STOPPED = select(Failing.id).join(Failing.address).where(Address.key == bindparam("key"), Failing.stopped_at.is_not(None))


def is_stopped(db: Session, key: str) -> bool:
    """Do lists send nothing to the address with this folded form?"""
    return look(db, STOPPED, {"key": key}).first() is not None


def of_probe(db: Session, letter_id: int) -> Failing | None:
    """The address that this letter asks."""
    return db.scalar(select(Failing).where(Failing.probe_id == letter_id))


def hold(db: Session, place: Address, domain: str, now: datetime) -> Failing:
    """The row of an address, locked; made where there is none."""
    values = {"address_id": place.id, "domain": domain[:255], "score": 0.0, "since": now, "last_at": now, "probes": 0}
    values |= {"kind": "", "status": "", "diagnostic": ""}
    db.execute(insert_unless_there(db, Failing), values)
    query = select(Failing).where(Failing.address_id == place.id).with_for_update()
    return db.scalars(query, execution_options={"populate_existing": True}).one()


def fail(db: Session, place: Address, domain: str, said: tuple[str, str, str], now: datetime) -> Failing:
    """Write down in one statement that an address failed (`said`: kind, status, words of the server); its row, locked."""
    if db.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    if place.id in (seen := db.info.setdefault("failed now", set())):
        # What was changed in its row since the last time is not to be lost.
        db.flush()
    seen.add(place.id)
    latest = {"last_at": now, "kind": said[0], "status": said[1][:16], "diagnostic": said[2]}
    new = insert(Failing).values(address_id=place.id, domain=domain[:255], score=0.0, since=now, probes=0, **latest)
    made = new.on_conflict_do_update(index_elements=[Failing.address_id], set_=latest).returning(Failing)
    row: Failing = db.scalars(select(Failing).from_statement(made), execution_options={"populate_existing": True}).one()
    return row


def due(db: Session, now: datetime, limit: int, *, lock: bool = True) -> Sequence[Failing]:
    """Addresses that the calendar looks at by now, in order; locked, but for whoever only looks."""
    query = select(Failing).where(Failing.due <= now).order_by(Failing.due, Failing.id).limit(limit)
    return db.scalars(query.with_for_update(skip_locked=True) if lock else query).all()


def members_at(db: Session, address_id: int) -> Sequence[Member]:
    """All memberships that get their mail at an address."""
    return db.scalars(select(Member).where(Member.address_id == address_id).order_by(Member.id)).all()


def got_through(db: Session, place: Address, after: datetime, before: datetime) -> bool:
    """Has the relay taken a copy or a letter for this address between these moments?"""
    members = select(Member.id).where(Member.address_id == place.id)
    lists = select(Member.list_id).where(Member.address_id == place.id)
    # Folded posts have no rows of copies, and without these the index tells which posts lie in between.
    posts = select(Outgoing.id).where(NOT_FOLDED, Outgoing.list_id.in_(lists), Outgoing.created_at > after, Outgoing.created_at < before)
    copy = select(Delivery.id).where(Delivery.outgoing_id.in_(posts), Delivery.member_id.in_(members), Delivery.due.is_(None), Delivery.code == 250)
    own = select(Letter.id).where(Letter.to_key == place.key, Letter.created_at > after, Letter.created_at < before)
    letter = own.where(Letter.due.is_(None), Letter.code.between(200, 299))
    return db.scalar(copy.limit(1)) is not None or db.scalar(letter.limit(1)) is not None


# ---- a domain's trouble -------------------------------------------------------------------------------------


def failed_at(db: Session, domain: str, kind: str, since: datetime) -> Sequence[Failing]:
    """The addresses of a domain that failed since then for one reason."""
    return db.scalars(select(Failing).where(Failing.domain == domain, Failing.last_at > since, Failing.kind == kind)).all()


def count_failed(db: Session, domain: str, kind: str, since: datetime) -> int:
    """How many they are."""
    return db.scalar(select(func.count()).select_from(Failing).where(Failing.domain == domain, Failing.last_at > since, Failing.kind == kind)) or 0


def count_addresses(db: Session, domain: str) -> int:
    """How many addresses of a domain get mail of any list."""
    gets = select(Member.id).where(Member.address_id == Address.id).exists()
    at = Address.key.endswith(f"@{domain}", autoescape=True)
    return db.scalar(select(func.count()).select_from(Address).where(at, gets)) or 0


def outage_of(db: Session, domain: str) -> Outage | None:
    """The last trouble of a domain."""
    return db.scalar(select(Outage).where(Outage.domain == domain))


def outages_since(db: Session, since: datetime) -> Sequence[Outage]:
    """The domains whose trouble began since then."""
    return db.scalars(select(Outage).where(Outage.last_at > since, Outage.since > since).order_by(Outage.domain)).all()


# ---- who is told ----------------------------------------------------------------------------------------------


def lists_with_news(db: Session, before: datetime) -> Sequence[MailingList]:
    """The lists on which somebody was paused before that moment, or is back, and nobody has been told."""
    ids = select(Member.list_id).where(_news(before)).distinct()
    return db.scalars(select(MailingList).where(MailingList.id.in_(ids)).order_by(MailingList.id)).all()


def news_of(db: Session, list_id: int, before: datetime) -> Sequence[Member]:
    """Those people, in the order in which they were paused."""
    return db.scalars(select(Member).where(Member.list_id == list_id, _news(before)).order_by(Member.bouncing_since, Member.id)).all()


def _news(before: datetime) -> ColumnElement[bool]:
    stopped = and_(Member.status == Status.BOUNCING, Member.bouncing_told.is_(None))
    back = and_(Member.status != Status.BOUNCING, Member.bouncing_told.is_not(None))
    return and_(Member.bouncing_since <= before, or_(stopped, back))


def unasked(db: Session, limit: int) -> Sequence[Member]:
    """Members who were brought in as paused by bounces, and whose addresses nobody asks."""
    asked = select(Failing.id).where(Failing.address_id == Member.address_id, Failing.stopped_at.is_not(None)).exists()
    query = select(Member).where(Member.bouncing_since.is_not(None), Member.status == Status.BOUNCING, ~asked)
    # In the order of the index of those few: by number alone, all members would be looked at, each half minute.
    return db.scalars(query.order_by(Member.list_id, Member.id).limit(limit)).all()


def last_told(db: Session, what: str, about: str) -> datetime | None:
    """When the calendar last did this."""
    return db.scalar(select(func.max(CalendarRun.done_at)).where(CalendarRun.what == what, CalendarRun.about == about))
