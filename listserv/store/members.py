"""Who is on a list, in which role, and how mail reaches them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, false, func, select, text, true
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.lists import MailingList
from listserv.store.people import Address, User


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    OWNER = "owner"


class DeliveryMode(StrEnum):
    EACH = "each"
    DIGEST = "digest"
    NONE = "none"


class Status(StrEnum):
    ENABLED = "enabled"
    PAUSED = "paused"
    BOUNCING = "bouncing"


class DigestForm(StrEnum):
    """How a digest is written: as a page with its text, as text alone, as a parcel of mails (RFC 2046), as RFC 1153 has it."""

    HTML = "html"
    PLAIN = "plain"
    MIME = "mime"
    RFC1153 = "rfc1153"


MODERATING = (Role.MODERATOR, Role.OWNER)
DEFAULT_SCHEDULE = "daily 07:00"


# Few have a pause that ends, and nobody stays without a plan: looked for again and again among all members.
PAUSED, UNPLANNED = text("paused_until IS NOT NULL"), text("digest_due IS NULL AND delivery = 'digest'")
STOPPED = text("bouncing_since IS NOT NULL OR bouncing_told IS NOT NULL")


class Member(Base):
    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("list_id", "user_id"),
        # The order in which a post is fanned out, and who gets copies.
        Index("ix_member_fan_out", "list_id", "delivery", "status", "id"),
        # The order in which digests are made: equal ones are neighbours (store.digests.IN_TURN).
        Index("ix_member_paused_until", "paused_until", sqlite_where=PAUSED, postgresql_where=PAUSED),
        Index("ix_member_unplanned", "id", sqlite_where=UNPLANNED, postgresql_where=UNPLANNED),
        Index("ix_member_bouncing", "list_id", sqlite_where=STOPPED, postgresql_where=STOPPED),
        Index("ix_member_digest_due", "digest_due", "list_id", "digest_seq", "schedule", "digest_form", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role), default=Role.MEMBER)
    delivery: Mapped[DeliveryMode] = mapped_column(Word(DeliveryMode), default=DeliveryMode.EACH)
    schedule: Mapped[str] = mapped_column(String(64), default=DEFAULT_SCHEDULE)
    status: Mapped[Status] = mapped_column(Word(Status), default=Status.ENABLED)
    paused_until: Mapped[datetime | None]
    # Since when, until what came meanwhile has been told.
    paused_at: Mapped[datetime | None]
    moderated: Mapped[bool] = mapped_column(default=False)
    # They see each of their posts before everybody else does, and send it by a word.
    preview: Mapped[bool] = mapped_column(default=False, server_default=false())
    bounce_score: Mapped[float] = mapped_column(default=0.0)
    last_bounce_at: Mapped[datetime | None]
    # Since when nothing is sent because letters come back, or is sent again; when moderators were told, until they hear that it is over.
    bouncing_since: Mapped[datetime | None]
    bouncing_told: Mapped[datetime | None]
    # Digests: everything up to this sequence has been told; the next is due then (empty: none owed by the calendar).
    digest_seq: Mapped[int] = mapped_column(default=0)
    digest_due: Mapped[datetime | None]
    # Of what no digest has told yet, some may have come as copies: they have changed from one to the other.
    digest_mixed: Mapped[bool] = mapped_column(default=False, server_default=false())
    # A digest comes only when there are so many messages; since which slot fewer have been waiting.
    digest_least: Mapped[int] = mapped_column(default=1, server_default="1")
    digest_waits: Mapped[datetime | None]
    digest_form: Mapped[DigestForm] = mapped_column(Word(DigestForm), default=DigestForm.HTML, server_default="html")
    # Until when thanks and new people have been told: a slot, so that it is the same for all who share one.
    digest_told: Mapped[datetime | None]
    # Threads in which they have written come at once, whatever is digested otherwise.
    own_threads: Mapped[bool] = mapped_column(default=False, server_default=false())
    joined_at: Mapped[datetime]
    # A coordinator who has not told the letters with the list's figures to stop.
    reports: Mapped[bool] = mapped_column(default=True, server_default=true())
    # Which of this member's feed addresses is good: each new one has the next number, and the older ones die.
    feed_number: Mapped[int] = mapped_column(default=0, server_default="0")

    mlist: Mapped[MailingList] = relationship()
    user: Mapped[User] = relationship()
    address: Mapped[Address] = relationship()


def member_of(db: Session, mlist: MailingList, user_id: int) -> Member | None:
    """This person's membership of this list."""
    return db.scalar(select(Member).where(Member.list_id == mlist.id, Member.user_id == user_id))


# Statements that every post asks are made once (`bindparam`): to make one costs more than to ask it.
BY_KEY = select(Member).join(Address, Address.user_id == Member.user_id).where(Member.list_id == bindparam("list"), Address.key == bindparam("key"))


def member_by_key(db: Session, mlist: MailingList, key: str) -> Member | None:
    """The member of this list who has proven the address with this folded form."""
    return db.scalar(BY_KEY, {"list": mlist.id, "key": key})


def members_of(db: Session, mlist: MailingList) -> Sequence[Member]:
    """Everyone on the list, by address, with person and address loaded."""
    query = select(Member).join(Member.address).join(Member.user)
    loaded = query.options(contains_eager(Member.address), contains_eager(Member.user))
    return db.scalars(loaded.where(Member.list_id == mlist.id).order_by(Address.key)).all()


def moderators_of(db: Session, mlist: MailingList) -> Sequence[Member]:
    """Those who decide: moderators and owners, in the order in which they joined."""
    query = select(Member).join(Member.address).join(Member.user).options(contains_eager(Member.address), contains_eager(Member.user))
    return db.scalars(query.where(Member.list_id == mlist.id, Member.role.in_(MODERATING)).order_by(Member.id)).all()


def memberships(db: Session, user_id: int) -> Sequence[Member]:
    """All the lists that this person is on, by the list's name."""
    query = select(Member).join(Member.mlist).options(contains_eager(Member.mlist))
    return db.scalars(query.where(Member.user_id == user_id).order_by(MailingList.name)).all()


def count_members(db: Session, mlist: MailingList) -> int:
    """How many people are on the list."""
    return db.scalar(select(func.count()).select_from(Member).where(Member.list_id == mlist.id)) or 0


def gets_mail_by(member: Member, moment: datetime) -> bool:
    """Will the member get mail then, should nothing happen but that a pause ends?"""
    over = member.status is Status.PAUSED and member.paused_until is not None and member.paused_until <= moment
    return over or member.status is Status.ENABLED


def pauses_over(db: Session, now: datetime, limit: int, *, lock: bool = True) -> Sequence[Member]:
    """Paused members whose pause has ended; locked, but for whoever only looks."""
    query = select(Member).where(Member.status == Status.PAUSED, Member.paused_until <= now).order_by(Member.id).limit(limit)
    return db.scalars(query.with_for_update(of=Member, skip_locked=True) if lock else query).all()


def count_owners(db: Session, list_id: int) -> int:
    """How many owners the list has."""
    return db.scalar(select(func.count()).select_from(Member).where(Member.list_id == list_id, Member.role == Role.OWNER)) or 0


def count_readers(db: Session, mlist: MailingList) -> int:
    """How many get each post, now or in their digest."""
    gets = (Member.delivery != DeliveryMode.NONE, Member.status == Status.ENABLED)
    return db.scalar(select(func.count()).select_from(Member).where(Member.list_id == mlist.id, *gets)) or 0
