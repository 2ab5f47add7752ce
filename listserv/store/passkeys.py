"""What somebody may have beside their mailbox: passkeys, a key for one-time codes, and codes for the day on which both are lost."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.base import Base
from listserv.store.people import User


class Passkey(Base):
    """A key pair whose private half never leaves its owner's device (WebAuthn Level 3, section 4: a credential record)."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # At most 1023 bytes, chosen by the device.
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # 0 for ever where the device does not count.
    counter: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(100), default="")
    # Did the device ask for a fingerprint or a number when the key was made?
    verifies: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class OneTime(Base):
    """What an app makes one-time codes of (RFC 6238); the key is encrypted with the site's secret."""

    __tablename__ = "one_time"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    # Not asked for before a first code has shown that the app knows the key.
    confirmed_at: Mapped[datetime | None]
    # The time step of the last code that was taken: none is taken twice (RFC 6238 section 5.2).
    step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code that stands in for a lost device, once; kept as a hash, and gone when it is used."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]


def passkeys_of(db: Session, user_id: int) -> Sequence[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return db.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def passkey_by_credential(db: Session, credential: bytes) -> Passkey | None:
    """The passkey with this id of its device's, and its person."""
    return db.scalar(select(Passkey).options(joinedload(Passkey.user)).where(Passkey.credential == credential))


def count_use(db: Session, passkey: Passkey, counter: int, now: datetime) -> bool:
    """Note that a passkey was used. False where another use has brought its counter as far meanwhile."""
    as_before = or_(Passkey.counter < counter, (Passkey.counter == 0) & (counter == 0))
    query = update(Passkey).where(Passkey.id == passkey.id, as_before).values(counter=counter, used_at=now)
    return db.scalar(query.returning(Passkey.id)) is not None


def has_verifying_passkey(db: Session, user_id: int) -> bool:
    """Has this person a passkey whose device asks for a fingerprint or a number?"""
    return db.scalar(select(Passkey.id).where(Passkey.user_id == user_id, Passkey.verifies).limit(1)) is not None


def one_time_of(db: Session, user_id: int) -> OneTime | None:
    """What makes this person's codes, confirmed or not yet."""
    return db.scalar(select(OneTime).where(OneTime.user_id == user_id))


def asks_for_code(db: Session, user_id: int) -> bool:
    """Does this person have an app that makes codes?"""
    return db.scalar(select(OneTime.id).where(OneTime.user_id == user_id, OneTime.confirmed_at.is_not(None))) is not None


def take_step(db: Session, one_time: OneTime, step: int) -> bool:
    """A code of this time step is taken. False where one of it, or of a later one, was taken before: two at once are told apart here."""
    query = update(OneTime).where(OneTime.id == one_time.id, OneTime.step < step).values(step=step)
    return db.scalar(query.returning(OneTime.id)) is not None


def keep_codes(db: Session, user_id: int, hashes: Iterable[bytes], now: datetime) -> None:
    """These are this person's recovery codes from now on; the old ones are worth nothing."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.add_all(RecoveryCode(user_id=user_id, hash=digest, created_at=now) for digest in hashes)
    db.flush()


def use_code(db: Session, user_id: int, digest: bytes) -> bool:
    """Use a recovery code up. False where it is none of this person's, or not any more."""
    query = delete(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.hash == digest)
    return db.scalar(query.returning(RecoveryCode.id)) is not None


def codes_left(db: Session, user_id: int) -> int:
    """How many recovery codes somebody has left."""
    return db.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user_id)) or 0


def forget_one_time(db: Session, user_id: int) -> None:
    """No more one-time codes for this person, nor what stands in for them."""
    for table in (OneTime, RecoveryCode):
        db.execute(delete(table).where(table.user_id == user_id))
