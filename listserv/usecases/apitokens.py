"""Tokens for programs: made, shown once, used, taken back. A program may do what its person may, within the token's scopes."""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import address
from listserv.store import apitokens as rows
from listserv.store.apitokens import ApiToken
from listserv.store.people import User, address_by_key, hold
from listserv.usecases import outbox, signin, webhooksout
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import one_line
from listserv.usecases.journal import note
from listserv.usecases.signin import Person

# What a token may be good for; each but `read` needs `read` beside it, and has it.
SCOPES = ("read", "write", "moderate", "admin")
PREFIX = "lst_"
SHAPE = re.compile(r"lst_[A-Za-z0-9_-]{43}")
LONGEST_NAME = 100
DAYS, MOST_DAYS = 90, 365
# At once: more than that is a program that makes tokens.
MOST = 50
# How long one is still shown after it has ended.
SHOWN = timedelta(days=30)
# When a token was last used is kept to the hour.
ROUGHLY = timedelta(hours=1)
NO_NAME = N_("Please say what the token is for, in at most 100 characters.")
NO_SCOPE = N_("Please choose what the token may do.")
NO_DAYS = N_("A token is good for 1 to 365 days.")
ENOUGH = N_("You have 50 tokens already. Please take one back first.")
NO_ADMINISTRATOR = N_("Only administrators of this server may have a token that administers it.")


@dataclass(frozen=True, slots=True)
class Caller(Person):
    """A person, as the program that has one of their tokens."""

    token_id: int = 0
    scopes: frozenset[str] = frozenset()

    @property
    def actor(self) -> Actor:
        """What an administrator may do, a program may only with the scope for it."""
        return Actor(Door.API, self.user_id, proven=True, administrator=self.administrator and "admin" in self.scopes, token_id=self.token_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token as somebody asks for it."""

    name: str
    scopes: Collection[str] = ("read",)
    days: int = DAYS


def issue(db: Session, user: User, wanted: Wanted, actor: Actor, now: datetime) -> tuple[ApiToken, str]:
    """A new token and its secret, which is told once; the person hears of it by letter. Raises Invalid or Conflict."""
    name, scopes = one_line(wanted.name), _scopes(user, wanted.scopes)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(NO_NAME)
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Invalid(NO_DAYS)
    hold(db, user.id)
    if sum(is_good(one, now) for one in rows.tokens_of(db, user.id)) >= MOST:
        raise Conflict(ENOUGH)
    secret = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(user_id=user.id, hash=digest(secret), name=name, scopes=scopes, created_at=now, expires_at=now + timedelta(days=wanted.days))
    db.add(row)
    db.flush()
    note(db, actor, "token-made", mlist=None, now=now, about=row, detail=f"{name}: {scopes}")
    _tell(db, user, row, now)
    return row, secret


def _scopes(user: User, wanted: Collection[str]) -> str:
    if not wanted or not set(wanted) <= set(SCOPES):
        raise Invalid(NO_SCOPE)
    if "admin" in wanted and not user.administrator:
        raise Invalid(NO_ADMINISTRATOR)
    return " ".join(scope for scope in SCOPES if scope in {"read", *wanted})


def _tell(db: Session, user: User, row: ApiToken, now: datetime) -> None:
    """Whoever has made it in somebody's name is found out this way."""
    proven = [place.email for place in user.addresses if place.verified_at]
    for email in proven[:1]:
        outbox.write(db, "token-made", email, user.language, now, token=row.name, scopes=row.scopes.split(), token_until=row.expires_at)


def digest(secret: str) -> bytes:
    """What is kept of a token's secret."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def is_good(row: ApiToken, now: datetime) -> bool:
    """Has it neither been taken back nor had its time?"""
    return row.revoked_at is None and row.expires_at > now


def caller(db: Session, secret: str, now: datetime) -> Caller | None:
    """Who acts by this token; None where it is unknown, taken back or too old."""
    row = rows.token_by_hash(db, digest(secret)) if SHAPE.fullmatch(secret) else None
    if row is None or not is_good(row, now):
        return None
    user = row.user
    person = (user.id, signin.name_of(user), user.language, user.timezone, user.administrator)
    return Caller(*person, used_at=row.used_at, token_id=row.id, scopes=frozenset(row.scopes.split()))


def is_fresh(who: Caller, now: datetime) -> bool:
    """Has it been noted lately that this token is in use?"""
    return who.used_at is not None and now - who.used_at < ROUGHLY


def touch(db: Session, who: Caller, now: datetime) -> None:
    """Note that this token is in use."""
    rows.use_token(db, who.token_id, now)


def of_person(db: Session, user_id: int) -> Sequence[ApiToken]:
    """A person's tokens, the newest first, those that are no good any more among them."""
    return rows.tokens_of(db, user_id)


def own(db: Session, user_id: int, token_id: int) -> ApiToken:
    """One of a person's tokens. Raises NotFound."""
    row = db.get(ApiToken, token_id)
    if row is None or row.user_id != user_id:
        raise NotFound("there is no token {number} of this person", number=token_id)
    return row


def take_back(db: Session, row: ApiToken, actor: Actor, now: datetime) -> None:
    """The token is good for nothing from now on, nor is any webhook that it has made; once more changes nothing."""
    if row.revoked_at is None:
        row.revoked_at = now
        note(db, actor, "token-taken-back", mlist=None, now=now, about=row, detail=row.name)
        db.flush()
        webhooksout.stop_orphans(db, now)


def forget(db: Session, now: datetime, limit: int) -> int:
    """Tokens that have long been good for nothing; how many went."""
    return rows.forget_tokens(db, now - SHOWN, limit)


def take_back_all(db: Session, user_id: int, actor: Actor, now: datetime) -> int:
    """All of a person's tokens are good for nothing from now on; how many that were."""
    good = [row for row in rows.tokens_of(db, user_id) if is_good(row, now)]
    for row in good:
        take_back(db, row, actor, now)
    return len(good)


def user_at(db: Session, email: str) -> User:
    """The person with this address. Raises NotFound."""
    known = address_by_key(db, address.key(email))
    if known is None:
        raise NotFound("nobody here has the address {email}", email=email)
    return known.user
