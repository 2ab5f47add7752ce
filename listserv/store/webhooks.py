"""Webhooks: addresses of other programs that want to hear what happens, and what each is still to be told.

What is to be told is a row, written beside what it tells of. Who tells has the whole webhook in hand (`due`, `holder`), so that
one receiver is never told by two at once; a row is claimed by nobody alone.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, Row, SmallInteger, String, Text, delete, exists, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from listserv.store.apitokens import ApiToken
from listserv.store.base import NEVER_AGAIN, Base, Word
from listserv.store.lists import MailingList
from listserv.store.people import User

# What is done is no part of the index of what is due; a question that is to use it must say the same.
WAITS = text("due IS NOT NULL")


class Event(StrEnum):
    """What a webhook may be told of."""

    POSTED = "posted"
    HELD = "held"
    APPLIED = "applied"
    JOINED = "joined"
    LEFT = "left"
    BOUNCED = "bounced"
    # Nothing has happened: its owner tries it.
    TEST = "test"


# In the order in which people are offered them.
OFFERED = tuple(event for event in Event if event is not Event.TEST)


class Stopped(StrEnum):
    """Why nothing more is sent to a webhook."""

    FAILED = "failed"
    # The receiver itself says that it wants no more (RFC 9110 section 15.5.11).
    GONE = "gone"
    # Whoever made it no longer decides there.
    RIGHTS = "rights"
    # The token with which it was made has been taken back, or has had its time.
    TOKEN = "token"  # nosec B105 (a word for why)
    PAUSED = "paused"


class Webhook(Base):
    """An address of another program. Without a list it hears of all lists. Its secret is derived from `salt` and stands nowhere."""

    __tablename__ = "webhook"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"), index=True)
    # Who made it, and so may see what it is told; None: made at the console.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    # The token with which a program made it, or led it where it goes; no foreign key: it stays when the token's row is cleared away.
    token_id: Mapped[int | None]
    url: Mapped[str] = mapped_column(Text)
    # Words of `Event`, with spaces.
    events: Mapped[str] = mapped_column(String(128))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    created_at: Mapped[datetime]
    # When it may be told something, in milliseconds; NULL: it is stopped. While somebody has it in hand: when that ends.
    due: Mapped[int | None] = mapped_column(BigInteger)
    holder: Mapped[int | None] = mapped_column(BigInteger)
    # Since when, and how often in a row, nothing got through.
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[str] = mapped_column(String(16), default="", server_default="")

    mlist: Mapped[MailingList | None] = relationship()
    user: Mapped[User | None] = relationship()


class WebhookDelivery(Base):
    """One thing that one webhook is to be told. It names rows and holds nothing of them: what is said is made when it is sent."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        Index("ix_webhook_delivery_due", "webhook_id", "due", sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_webhook_delivery_webhook_id", "webhook_id", "id"),
        Index("ix_webhook_delivery_at", "at"),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign keys: nothing that happens may fail because somebody takes a webhook, or what it is about, away just then.
    webhook_id: Mapped[int]
    event: Mapped[Event] = mapped_column(Word(Event))
    list_id: Mapped[int | None]
    # The row that it is about: a message, a held post, an application, a member.
    about_id: Mapped[int | None]
    # Of a bounce: its kind and status.
    detail: Mapped[str] = mapped_column(String(64), default="", server_default="")
    at: Mapped[datetime]
    # When it is to be sent, in milliseconds; NULL once it is done or given up.
    due: Mapped[int | None] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    # The receiver's last answer; 0 before the first, and where there was none.
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    answer: Mapped[str] = mapped_column(Text, default="", server_default="")
    tried_at: Mapped[datetime | None]

    @property
    def state(self) -> str:
        """`waiting`, `sent` or `failed`."""
        if self.due is not None:
            return "waiting"
        return "sent" if 200 <= self.code < 300 else "failed"


# ---- what happens -------------------------------------------------------------------------------------------

LISTENING = select(Webhook.id, Webhook.list_id, Webhook.events).where(Webhook.due.is_not(None)).order_by(Webhook.id)


def listening(db: Session) -> Sequence[Row[int, int | None, str]]:
    """(id, list, events) of every webhook that is told something. Asked beside every post: by the connection, so that nothing is flushed for it."""
    return db.connection().execute(LISTENING).all()


def tell(db: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Put down what is to be told."""
    db.execute(insert(WebhookDelivery), [{"attempts": 0, "code": 0, "answer": "", **row} for row in rows])


# ---- telling ------------------------------------------------------------------------------------------------


def _ready(now: int) -> Any:
    owed = exists(select(WebhookDelivery.id).where(WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.due <= now))
    return Webhook.due <= now, owed


def are_due(db: Session, now: int) -> bool:
    """Is there a webhook that is to be told something now?"""
    return db.scalar(select(Webhook.id).where(*_ready(now)).limit(1)) is not None


def ready(db: Session, now: int, limit: int) -> Sequence[Row[int, str]]:
    """(id, url) of webhooks that are to be told something now, those first that have waited longest."""
    return db.execute(select(Webhook.id, Webhook.url).where(*_ready(now)).order_by(Webhook.due, Webhook.id).limit(limit)).all()


def take(db: Session, ids: Collection[int], holder: int, now: int, until: int) -> Sequence[Webhook]:
    """Those of these webhooks that nobody else has taken meanwhile; they are the holder's until then."""
    found = db.scalars(select(Webhook).where(Webhook.id.in_(ids), Webhook.due <= now).with_for_update(skip_locked=True)).all()
    for hook in found:
        hook.due, hook.holder = until, holder
    return found


def owed(db: Session, hook: Webhook, now: int, limit: int) -> Sequence[WebhookDelivery]:
    """What a webhook is to be told now, the oldest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id, WebhookDelivery.due <= now)
    return db.scalars(query.order_by(WebhookDelivery.due, WebhookDelivery.id).limit(limit)).all()


def give_up(db: Session, hook: Webhook, before: datetime | None, why: str) -> int:
    """What happened before then (None: all that waits) is not told any more; how much that was."""
    which = update(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id, WebhookDelivery.due.is_not(None))
    if before is not None:
        which = which.where(WebhookDelivery.at < before)
    done = db.execute(which.values(due=None, answer=why).execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]


def locked(db: Session, hook_id: int) -> Webhook | None:
    """A webhook that nobody else changes until our transaction ends."""
    return db.get(Webhook, hook_id, with_for_update=True, populate_existing=True)


def deliveries_by(db: Session, ids: Collection[int]) -> dict[int, WebhookDelivery]:
    """What was told, by number."""
    return {row.id: row for row in db.scalars(select(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))}


def without_token(db: Session, now: datetime) -> Sequence[Webhook]:
    """Webhooks that go on though the token that made them is good no more."""
    good = exists(select(ApiToken.id).where(ApiToken.id == Webhook.token_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now))
    return db.scalars(select(Webhook).where(Webhook.due.is_not(None), Webhook.token_id.is_not(None), ~good).with_for_update().order_by(Webhook.id)).all()


# ---- looking ------------------------------------------------------------------------------------------------


def webhooks_of(db: Session, list_id: int | None) -> Sequence[Webhook]:
    """The webhooks of a list, or (None) those of the whole site."""
    return db.scalars(select(Webhook).where(Webhook.list_id.is_(None) if list_id is None else Webhook.list_id == list_id).order_by(Webhook.id)).all()


def all_webhooks(db: Session) -> Sequence[Webhook]:
    """The webhooks of the site and of all lists."""
    return db.scalars(select(Webhook).order_by(Webhook.id)).all()


def count_of(db: Session, list_id: int | None) -> int:
    """How many webhooks a list has, or (None) the whole site."""
    where = Webhook.list_id.is_(None) if list_id is None else Webhook.list_id == list_id
    return db.scalar(select(func.count()).select_from(Webhook).where(where)) or 0


def count_waiting(db: Session) -> int:
    """How much webhooks are still to be told: by index alone."""
    return db.scalar(select(func.count()).select_from(WebhookDelivery).where(WAITS)) or 0


def last_deliveries(db: Session, hook_id: int, limit: int, before: int | None = None) -> Sequence[WebhookDelivery]:
    """What a webhook was told last, the newest first; `before`: only what has a smaller number."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == hook_id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return db.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit)).all()


def forget(db: Session, hook: Webhook) -> None:
    """Take a webhook away, with all that it was to be told."""
    db.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == hook.id))
    db.delete(hook)
    db.flush()


def forget_before(db: Session, moment: datetime, limit: int) -> int:
    """Clear away what happened before then, at most so many rows; how many that was."""
    old = select(WebhookDelivery.id).where(WebhookDelivery.at < moment).order_by(WebhookDelivery.at).limit(limit)
    return int(db.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(old))).rowcount)  # type: ignore[attr-defined]
