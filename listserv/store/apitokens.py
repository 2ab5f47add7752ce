"""Tokens by which programs act for a person, and what was answered to a request that may come again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from listserv.store.base import NEVER_AGAIN, Base, slices
from listserv.store.people import User


class ApiToken(Base):
    """A program's key to what its person may do, within its scopes; kept as a hash."""

    __tablename__ = "api_token"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # What its person calls it: where it is used.
    name: Mapped[str] = mapped_column(String(100))
    # Words with a space between them, in the order of `usecases.apitokens.SCOPES`.
    scopes: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # To the hour.
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class ApiAnswer(Base):
    """What was answered to a request that had a key: the same request gets the same answer, and nothing is done twice."""

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    # Of the method, the address and the body.
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    # `Name: value`, one a line.
    headers: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(index=True)


def token_by_hash(db: Session, digest: bytes) -> ApiToken | None:
    """The token with this hash, and its person."""
    return db.scalar(select(ApiToken).options(joinedload(ApiToken.user)).where(ApiToken.hash == digest))


def tokens_of(db: Session, user_id: int) -> Sequence[ApiToken]:
    """All of a person's tokens, the newest first."""
    return db.scalars(select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())).all()


def use_token(db: Session, token_id: int, now: datetime) -> None:
    """A program has used it."""
    db.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now), execution_options={"synchronize_session": False})


def answer_to(db: Session, token_id: int, key: str) -> ApiAnswer | None:
    """What was answered to the request with this key."""
    return db.scalar(select(ApiAnswer).where(ApiAnswer.token_id == token_id, ApiAnswer.key == key))


def forget_answers(db: Session, before: datetime, limit: int) -> int:
    """Answers of before then go, at most so many; how many went."""
    ids = db.scalars(select(ApiAnswer.id).where(ApiAnswer.created_at < before).limit(limit)).all()
    for some in slices(ids):
        db.execute(delete(ApiAnswer).where(ApiAnswer.id.in_(some)), execution_options={"synchronize_session": False})
    return len(ids)


def forget_tokens(db: Session, before: datetime, limit: int) -> int:
    """Tokens that were taken back, or had their time, before then go; how many went."""
    old = select(ApiToken.id).where(or_(ApiToken.expires_at < before, ApiToken.revoked_at < before)).limit(limit)
    ids = db.scalars(old).all()
    for some in slices(ids):
        db.execute(delete(ApiAnswer).where(ApiAnswer.token_id.in_(some)), execution_options={"synchronize_session": False})
        db.execute(delete(ApiToken).where(ApiToken.id.in_(some)), execution_options={"synchronize_session": False})
    return len(ids)
