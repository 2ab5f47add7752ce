"""People and the addresses they have proven; tokens; signed-in browsers."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, Row, String, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, validates

from listserv.mail.folding import name_key
from listserv.store.base import Base, Word, slices
from listserv.store.session import look


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    # By what the name is found (mail.folding.name_key); it goes wherever the name goes.
    folded: Mapped[str] = mapped_column(String(200), default="", server_default="", index=True)
    language: Mapped[str] = mapped_column(String(8), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="")
    administrator: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    # By chance, and signed into the address of their own calendar of meetings: a new one ends the old address. None: they have asked for none.
    calendar_number: Mapped[int | None]

    addresses: Mapped[list["Address"]] = relationship(back_populates="user", order_by="Address.id")

    @validates("name")
    def _fold(self, _: str, name: str) -> str:
        self.folded = name_key(name)
        return name


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # As the person writes it, and folded for comparing (mail.address.key).
    email: Mapped[str] = mapped_column(String(320))
    key: Mapped[str] = mapped_column(String(320), unique=True)
    verified_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="addresses")


class Purpose(StrEnum):
    """What a token is good for: one purpose, one person, one object."""

    SIGN_IN = "sign-in"
    CONFIRM_APPLICATION = "confirm-application"
    DECIDE_APPLICATION = "decide-application"
    ANSWER_APPLICATION = "answer-application"
    DECIDE_HELD = "decide-held"
    WITHDRAW_HELD = "withdraw-held"
    CLAIM_HELD = "claim-held"
    LEAVE = "leave"
    SETTINGS = "settings"
    DRAFT = "draft"
    PROVE_ADDRESS = "prove-address"
    KEEP_ACCOUNT = "keep-account"
    # In the letter that says that somebody has another address now.
    DISOWN_ADDRESS = "disown-address"
    # In the letter that says that somebody has another passkey now; and between a sign-in link and the code that is asked for after it.
    DISOWN_PASSKEY = "disown-passkey"
    SECOND_STEP = "second-step"
    # In the goodbye, and in the letter to an address that a member wants their mail to go to.
    COME_BACK = "come-back"
    SWITCH_ADDRESS = "switch-address"
    # In the letter that says how many more cases wait.
    NEXT_CASES = "next-cases"
    # No token: a letter to the moderators that is kept to be told with others.
    LETTER = "letter"
    # In the letter that shows a post before it is sent; in the one that says what became of a word of thanks.
    PREVIEW = "preview"
    THANKS = "thanks"
    # Of somebody who was invited; and of a moderator who has sent a list of people.
    INVITATION = "invitation"
    DECIDE_BATCH = "decide-batch"
    # In the letter that tells coordinators the figures.
    REPORT = "report"
    # In the preview of a newsletter's issue; its detail says which revision was shown.
    ISSUE = "issue"
    # In the letters to coordinators about a question to everybody; its detail says which revision was shown.
    SURVEY = "survey"
    # In the letter that offers coordinators paragraphs for the next issue.
    MILESTONES = "milestones"
    # In the draft of the yearly letter about what a list has made; its detail says what was shown.
    SUCCESSES = "successes"
    # In the letter that shows moderators a meeting before anybody is invited, or a change of one; its detail says which revision was shown.
    MEETING = "meeting"
    # In letters about items of the bank of materials; its detail says which.
    MATERIAL = "material"
    # In the letter that asks whether an address lives again; it is about the address.
    ADDRESS_LIVES = "address-lives"


class Token(Base):
    """A random key, kept as a hash: who holds the database cannot use the keys."""

    __tablename__ = "token"
    __table_args__ = (
        Index("ix_token_object", "purpose", "object_id"),
        Index("ix_token_email", "purpose", "list_id", "email"),
        Index("ix_token_expires_at", "expires_at"),
        Index("ix_token_spent_at", "spent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    email: Mapped[str] = mapped_column(String(320))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("mailing_list.id"))
    # The application, held post or member that it is about; which table follows from the purpose.
    object_id: Mapped[int | None]
    detail: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    spent_at: Mapped[datetime | None]


class Browser(Base):
    """A signed-in browser; the cookie holds a key of which only the hash is kept."""

    __tablename__ = "browser"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # To the day: enough to know one's own devices by, too little to follow anybody.
    used_at: Mapped[datetime | None]
    # When a second factor, or a passkey that verifies its owner, was shown here last.
    proven_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


BY_KEY = select(Address).options(joinedload(Address.user)).where(Address.key == bindparam("key"))


def address_by_key(db: Session, key: str) -> Address | None:
    """The address with this folded form (`mail.address.key`)."""
    return db.scalar(BY_KEY, {"key": key})


KNOWN_AS = select(User.id, User.name).join(Address, Address.user_id == User.id).where(Address.key == bindparam("key"))


def known_as(db: Session, key: str) -> Row[int, str] | None:
    """(number, name) of the person who has the address with this folded form."""
    return look(db, KNOWN_AS, {"key": key}).first()


def hold(db: Session, user_id: int) -> None:
    """Whatever else this person does here (in another window, by a second click) waits until our transaction ends; readers do not."""
    # Not the whole row: others may go on referring to it.
    db.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def person_at(db: Session, key: str) -> Address | None:
    """The address with this folded form, and its person, in one look."""
    return db.scalar(select(Address).options(joinedload(Address.user)).where(Address.key == key))


def open_tokens(db: Session, purpose: Purpose, object_id: int, now: datetime) -> Sequence[Token]:
    """Keys for that purpose that can still be used, oldest first."""
    query = select(Token).where(Token.purpose == purpose, Token.object_id == object_id, Token.spent_at.is_(None))
    return db.scalars(query.where(Token.expires_at > now).order_by(Token.id)).all()


def token_by_hash(db: Session, digest: bytes) -> Token | None:
    """The token with this hash."""
    return db.scalar(select(Token).where(Token.hash == digest))


def browser_by_hash(db: Session, digest: bytes) -> Browser | None:
    """The signed-in browser with this hash, and its person."""
    return db.scalar(select(Browser).options(joinedload(Browser.user)).where(Browser.hash == digest))


def browsers_of(db: Session, user_id: int, now: datetime) -> Sequence[Browser]:
    """The browsers in which this person is signed in, the newest first."""
    query = select(Browser).where(Browser.user_id == user_id, Browser.expires_at > now)
    return db.scalars(query.order_by(Browser.created_at.desc(), Browser.id.desc())).all()


def end_browsers(db: Session, user_id: int, *, only: int | None = None, but: int | None = None) -> None:
    """Sign this person's browsers out: one of them, all but one, or all."""
    query = delete(Browser).where(Browser.user_id == user_id)
    query = query.where(Browser.id == only) if only is not None else query
    db.execute(query.where(Browser.id != but) if but is not None else query)


def use_browser(db: Session, browser_id: int, now: datetime) -> None:
    """Somebody has been here with this browser."""
    db.execute(update(Browser).where(Browser.id == browser_id).values(used_at=now))


def prove_browser(db: Session, browser_id: int, now: datetime) -> None:
    """A second factor was shown in this browser."""
    db.execute(update(Browser).where(Browser.id == browser_id).values(proven_at=now))


def forget_browsers(db: Session, now: datetime) -> None:
    """Browsers whose time is over."""
    db.execute(delete(Browser).where(Browser.expires_at < now))


def administrators(db: Session) -> Sequence[User]:
    """The people who keep the site."""
    return db.scalars(select(User).where(User.administrator).order_by(User.id)).all()


def latest_token(db: Session, purpose: Purpose, list_id: int, email: str, now: datetime) -> Token | None:
    """The latest key for that purpose that this address was given for a list, while it can still be used."""
    query = select(Token).where(Token.purpose == purpose, Token.list_id == list_id, Token.email == email, Token.spent_at.is_(None))
    return db.scalars(query.where(Token.expires_at > now).order_by(Token.id.desc()).limit(1)).first()


def forget_tokens(db: Session, before: datetime, limit: int) -> int:
    """Keys that were spent, or too old, before then go, at most so many; how many went."""
    old = select(Token.id).where(or_(Token.spent_at < before, Token.expires_at < before)).limit(limit)
    ids = db.scalars(old).all()
    for some in slices(ids):
        db.execute(delete(Token).where(Token.id.in_(some)), execution_options={"synchronize_session": False})
    return len(ids)


def spend_tokens(db: Session, purpose: Purpose, list_id: int, email: str, now: datetime) -> None:
    """All keys for that purpose that this address was given for a list are used up."""
    mine = update(Token).where(Token.purpose == purpose, Token.list_id == list_id, Token.email == email, Token.spent_at.is_(None))
    db.execute(mine.values(spent_at=now))
