"""Who has been invited to which list, who wants no invitation, and the lists of people that moderators send by mail."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, String, Text, UniqueConstraint, and_, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.mail.batchverbs import Verb
from listserv.store.base import Base, Word, slices
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.moderation import OPEN_STATES, Application, ApplicationState, Journal
from listserv.store.people import Address, Purpose, Token, User
from listserv.store.queue import Letter, Raw
from listserv.store.tools import destroy_unused


class BatchState(StrEnum):
    WAITING = "waiting"
    # Said yes to; the calendar goes on with what one transaction should not hold.
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"
    UNDONE = "undone"


class Batch(Base):
    """A list of people in a moderator's mail, and what is to become of them; it is read from the mail's bytes each time."""

    __tablename__ = "batch"
    __table_args__ = (Index("ix_batch_state", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw.id"), index=True)
    verb: Mapped[Verb] = mapped_column(Word(Verb))
    state: Mapped[BatchState] = mapped_column(Word(BatchState), default=BatchState.WAITING)
    welcome: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Of those who were added: the numbers of their memberships, which never come again.
    member_ids: Mapped[str] = mapped_column(Text, default="")

    mlist: Mapped[MailingList] = relationship()
    raw: Mapped[Raw] = relationship()
    decider: Mapped[User | None] = relationship()


class InvitationState(StrEnum):
    # More than the list may send in a day: it goes out later, by itself.
    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    # The letter came back: there is no such mailbox.
    RETURNED = "returned"
    TAKEN_BACK = "taken-back"


OPEN = (InvitationState.WAITING, InvitationState.SENT)
# Answers that no moderator has heard of.
UNTOLD = text("told_at IS NULL AND decided_at IS NOT NULL")


class Invitation(Base):
    """Somebody was invited. Who has not answered in time is forgotten: of them the row alone stays for a while."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_key", "list_id", "key"),
        Index("ix_invitation_state", "state", "sent_at"),
        Index("ix_invitation_decided_at", "decided_at"),
        Index("ix_invitation_untold", "list_id", "decided_at", sqlite_where=UNTOLD, postgresql_where=UNTOLD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("mailing_list.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    state: Mapped[InvitationState] = mapped_column(Word(InvitationState))
    name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    key: Mapped[str] = mapped_column(String(320))
    # The moderator's own words to this person.
    note: Mapped[str] = mapped_column(Text, default="")
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    # Where the answer came from, if that is another address of theirs.
    answered_from: Mapped[str] = mapped_column(String(320), default="")
    # When the moderators heard of the answer.
    told_at: Mapped[datetime | None]

    mlist: Mapped[MailingList] = relationship()
    inviter: Mapped[User | None] = relationship()


class Uninvited(Base):
    """Somebody wants no invitation to this list, or (without one) to any here: kept as a keyed hash, so that it can outlast the address."""

    __tablename__ = "uninvited"
    __table_args__ = (UniqueConstraint("hash", "list_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(16))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    since: Mapped[datetime]


# ---- looking ------------------------------------------------------------------------------------------------


def member_keys(db: Session, list_id: int, keys: Collection[str]) -> set[str]:
    """Those of these folded addresses that anyone on the list has."""
    query = select(Address.key).join(Member, Member.user_id == Address.user_id).where(Member.list_id == list_id)
    return {key for some in slices(keys) for key in db.scalars(query.where(Address.key.in_(some)))}


def applicant_keys(db: Session, list_id: int, keys: Collection[str], *, proven: bool = False) -> set[str]:
    """Who of these has applied to join, and waits; `proven`: only those of whom somebody knows that it was they."""
    query = select(Application.key).where(Application.list_id == list_id, Application.state.in_(OPEN_STATES))
    query = query.where(Application.state != ApplicationState.AWAITING_CONFIRMATION) if proven else query
    return {key for some in slices(keys) for key in db.scalars(query.where(Application.key.in_(some)))}


def open_by_key(db: Session, list_id: int, keys: Collection[str]) -> dict[str, Invitation]:
    """The invitations of these to this list that wait for an answer, or to be sent, by the folded address."""
    query = select(Invitation).where(Invitation.list_id == list_id, Invitation.state.in_(OPEN)).order_by(Invitation.id)
    return {one.key: one for some in slices(keys) for one in db.scalars(query.where(Invitation.key.in_(some)))}


def uninvited(db: Session, list_id: int, hashes: Collection[bytes]) -> set[bytes]:
    """Whom of these this list may not invite."""
    query = select(Uninvited.hash).where(or_(Uninvited.list_id == list_id, Uninvited.list_id.is_(None)))
    return {digest for some in slices(hashes) for digest in db.scalars(query.where(Uninvited.hash.in_(some)))}


def full_mailboxes(db: Session, kind: str, since: datetime, most: int, mailboxes: Collection[str]) -> set[str]:
    """Those of these mailboxes (`mail.address.mailbox`) that have had so many letters of this kind since then."""
    query = select(Letter.mailbox).where(Letter.kind == kind, Letter.created_at > since, Letter.mailbox != "").group_by(Letter.mailbox)
    query = query.having(func.count() >= most)
    return {mailbox for some in slices(mailboxes) for mailbox in db.scalars(query.where(Letter.mailbox.in_(some)))}


def sent_since(db: Session, list_id: int, since: datetime) -> int:
    """How many people this list has invited, or reminded, since then."""
    first = select(func.count()).select_from(Invitation).where(Invitation.list_id == list_id, Invitation.sent_at > since)
    return db.scalar(first) or 0


def page(db: Session, list_id: int, limit: int, offset: int) -> Sequence[Invitation]:
    """The invitations of a list with who invited, open ones first, the newest first."""
    query = select(Invitation).where(Invitation.list_id == list_id)
    loaded = query.options(joinedload(Invitation.inviter)).order_by(Invitation.state.not_in(OPEN), Invitation.id.desc())
    return db.scalars(loaded.limit(limit).offset(offset)).all()


def count(db: Session, list_id: int, *, only_open: bool = False) -> int:
    """How many invitations of a list there are."""
    query = select(func.count()).select_from(Invitation).where(Invitation.list_id == list_id)
    return db.scalar(query.where(Invitation.state.in_(OPEN)) if only_open else query) or 0


def of_batch(db: Session, batch_id: int) -> Sequence[Invitation]:
    """The invitations that one mail asked for."""
    return db.scalars(select(Invitation).where(Invitation.batch_id == batch_id).order_by(Invitation.id)).all()


# ---- what the calendar asks ---------------------------------------------------------------------------------


def _some(db: Session, query: Select[Invitation], limit: int, *, lock: bool = True) -> Sequence[Invitation]:
    """Some of these, so many, which no other worker has in hand; not locked for whoever only looks."""
    query = query.limit(limit)
    return db.scalars(query.with_for_update(of=Invitation, skip_locked=True) if lock else query).all()


def waiting(db: Session, limit: int, full: Collection[int]) -> Sequence[Invitation]:
    """Those still to be sent, of lists that are not full for today, oldest first; locked."""
    query = select(Invitation).where(Invitation.state == InvitationState.WAITING, Invitation.list_id.not_in(full))
    return _some(db, query.order_by(Invitation.id), limit)


def waiting_here(db: Session, list_id: int, limit: int) -> Sequence[Invitation]:
    """Those of one list still to be sent, oldest first."""
    query = select(Invitation).where(Invitation.state == InvitationState.WAITING, Invitation.list_id == list_id)
    return db.scalars(query.order_by(Invitation.id).limit(limit)).all()


def lists_waiting(db: Session) -> Sequence[int]:
    """The lists with invitations still to be sent."""
    return db.scalars(select(Invitation.list_id).where(Invitation.state == InvitationState.WAITING).distinct()).all()


def to_remind(db: Session, before: datetime, limit: int, *, lock: bool = True) -> Sequence[Invitation]:
    """Those sent before then that nobody has answered, and that were never said again."""
    query = select(Invitation).where(Invitation.state == InvitationState.SENT, Invitation.reminded_at.is_(None), Invitation.sent_at <= before)
    return _some(db, query.order_by(Invitation.id), limit, lock=lock)


def to_lapse(db: Session, before: datetime, limit: int, *, lock: bool = True) -> Sequence[Invitation]:
    """Those sent before then that nobody has answered; and those that a closed list has not sent, and will not."""
    closed = select(MailingList.id).where(MailingList.closed_at.is_not(None))
    sent = and_(Invitation.state == InvitationState.SENT, Invitation.sent_at <= before)
    unsent = and_(Invitation.state == InvitationState.WAITING, Invitation.created_at <= before, Invitation.list_id.in_(closed))
    return _some(db, select(Invitation).where(or_(sent, unsent)).order_by(Invitation.id), limit, lock=lock)


def lists_to_tell(db: Session, before: datetime, limit: int) -> Sequence[int]:
    """The lists where an answer came before then that no moderator has heard of."""
    query = select(Invitation.list_id).where(UNTOLD, Invitation.decided_at <= before).distinct()
    return db.scalars(query.order_by(Invitation.list_id).limit(limit)).all()


def untold(db: Session, list_id: int, *, lock: bool = True) -> Sequence[Invitation]:
    """The answers that no moderator of the list has heard of, oldest first; locked, and without those that another worker is telling."""
    query = select(Invitation).where(Invitation.list_id == list_id, UNTOLD).order_by(Invitation.decided_at, Invitation.id)
    return db.scalars(query.with_for_update(of=Invitation, skip_locked=True) if lock else query).all()


def over(db: Session, before: datetime, limit: int, *, lock: bool = True) -> Sequence[Invitation]:
    """Those that were over before then, whatever came of them; locked."""
    query = select(Invitation).where(Invitation.decided_at <= before).order_by(Invitation.decided_at, Invitation.id)
    return _some(db, query, limit, lock=lock)


def batch_with(db: Session, list_id: int, raw_id: int) -> Batch | None:
    """The batch that this very mail has made."""
    return db.scalar(select(Batch).where(Batch.list_id == list_id, Batch.raw_id == raw_id).limit(1))


def batches(db: Session, state: BatchState, limit: int) -> Sequence[Batch]:
    """Batches in this state, oldest first."""
    return db.scalars(select(Batch).where(Batch.state == state).order_by(Batch.id).limit(limit)).all()


def forget_batches(db: Session, before: datetime) -> None:
    """Batches older than this, with their keys; those that nobody has decided too."""
    old = select(Batch.id).where(Batch.asked_at < before, Batch.state != BatchState.RUNNING)
    db.execute(update(Invitation).where(Invitation.batch_id.in_(old)).values(batch_id=None), execution_options={"synchronize_session": False})
    db.execute(delete(Token).where(Token.purpose == Purpose.DECIDE_BATCH, Token.object_id.in_(old)), execution_options={"synchronize_session": False})
    db.execute(delete(Batch).where(Batch.asked_at < before, Batch.state != BatchState.RUNNING), execution_options={"synchronize_session": False})


# ---- changing -----------------------------------------------------------------------------------------------


def keep_uninvited(db: Session, digest: bytes, list_id: int | None, now: datetime) -> None:
    """Remember that somebody wants no invitation; once, however often it is said."""
    where = Uninvited.list_id == list_id if list_id is not None else Uninvited.list_id.is_(None)
    if db.scalar(select(Uninvited.id).where(Uninvited.hash == digest, where)) is None:
        db.add(Uninvited(hash=digest, list_id=list_id, since=now))
        db.flush()


def lift_uninvited(db: Session, digest: bytes, list_id: int) -> None:
    """Somebody has come after all: what they said of this list, and of all, no longer holds."""
    db.execute(delete(Uninvited).where(Uninvited.hash == digest, or_(Uninvited.list_id == list_id, Uninvited.list_id.is_(None))))


def forget(db: Session, one: Invitation, blank_raw: int, kind: str) -> None:
    """Nothing of the person stays: not in the row, the journal and its keys, nor in the letters that were sent (their bytes become those of `blank_raw`)."""
    # Forgotten before, when it lapsed: no key, that is the letters of everybody who was forgotten.
    ids = _blank_letters(db, one, blank_raw, kind) if one.key else set()
    notes = update(Journal).where(Journal.about == Invitation.__tablename__, Journal.about_id == one.id)
    db.execute(notes.values(detail=""), execution_options={"synchronize_session": False})
    db.execute(delete(Token).where(Token.purpose == Purpose.INVITATION, Token.object_id == one.id), execution_options={"synchronize_session": False})
    one.name = one.email = one.key = one.note = one.answered_from = ""
    db.flush()
    if ids:
        destroy_unused(db, ids)


def _blank_letters(db: Session, one: Invitation, blank_raw: int, kind: str) -> set[int]:
    """The letters that were sent say nothing any more; the numbers of their bytes."""
    mine = Letter.kind == kind, Letter.list_id == one.list_id, Letter.to_key == one.key
    ids = set(db.scalars(select(Letter.raw_id).where(*mine)))
    blank = update(Letter).where(*mine).values(to="", to_key="", mailbox="", raw_id=blank_raw, due=None)
    db.execute(blank, execution_options={"synchronize_session": False})
    return ids
