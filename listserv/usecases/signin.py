"""Signing in by an e-mailed link; no passwords. And who is behind a browser's key or a signed link."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Expired, Invalid, NotFound
from listserv.mail import address, tokens
from listserv.store.members import Member
from listserv.store.people import Address, Browser, Purpose, Token, User, address_by_key, browser_by_hash
from listserv.usecases import outbox
from listserv.usecases.access import Actor, Door
from listserv.usecases.tokens import issue, look_up, spend

LINK_HOURS = 1
# On a machine of one's own, when asked to; and on one that others may use after.
REMEMBERED = timedelta(days=90)
FOR_NOW = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. `name` is never empty and never an address."""

    user_id: int
    name: str
    language: str
    timezone: str
    administrator: bool

    @property
    def actor(self) -> Actor:
        """The same for those who decide what may be done."""
        return Actor(Door.WEB, self.user_id, proven=True, administrator=self.administrator)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser's new key, how long it is good for, and the page that was wanted."""

    key: str
    lifetime: timedelta
    wanted: str


def ask(db: Session, email: str, language: str, now: datetime, *, wanted: str = "") -> None:
    """Send a sign-in link to somebody we know. Says nothing of whether we do; raises Invalid only for what is no address."""
    local, domain = address.split(email.strip())
    if not local or not domain or len(email) > 320 or any(c <= " " for c in email.strip()):
        raise Invalid("this is not an e-mail address")
    known = address_by_key(db, address.key(email))
    if known is None or not outbox.may_write(db, known.email, now, proven=False):
        return
    url = link(db, known, now, wanted=wanted)
    outbox.write(db, "sign-in", known.email, known.user.language or language, now, cause=outbox.Cause(), link=url)


def link(db: Session, known: Address, now: datetime, *, wanted: str = "") -> str:
    """A link that signs this person in, once, within the hour."""
    token = issue(db, Purpose.SIGN_IN, known.email, now, days=LINK_HOURS / 24, detail=local_path(wanted))
    settings = outbox.settings_of(db)
    return links.sign_in_url(settings, token)


def link_for(db: Session, email: str, now: datetime) -> str:
    """The same for the console, by address. Raises NotFound."""
    known = address_by_key(db, address.key(email))
    if known is None:
        raise NotFound("nobody here has the address {email}", email=email)
    return link(db, known, now)


def local_path(path: str) -> str:
    """A path of this site, or nothing: a sign-in link never leads anywhere else."""
    # Browsers read `//host`, `/\host` and paths with control characters as another site.
    if not path.startswith("/") or path[1:2] in ("/", "\\") or len(path) > 2000:
        return ""
    return "" if any(c < " " or c in "\\\x7f" for c in path) else path


def check(db: Session, token: str, now: datetime) -> Token:
    """The row of a sign-in link that is still good. Raises NotFound or Expired."""
    row = look_up(db, token, now)
    if row.purpose is not Purpose.SIGN_IN:
        raise NotFound("there is no such link")
    return row


def enter(db: Session, token: str, now: datetime, *, remember: bool = False, agent: str = "", old_key: str = "") -> SignedIn:
    """Use a link up and give the browser a new key; an older key of it dies. Raises NotFound or Expired."""
    row = check(db, token, now)
    # Two at once: the second waits here and then finds it spent.
    db.refresh(row, with_for_update=True)
    known = address_by_key(db, address.key(row.email))
    if row.spent_at is not None or known is None:
        raise Expired("this link was good once", purpose=row.purpose)
    spend(db, row, now)
    known.verified_at = known.verified_at or now
    leave(db, old_key)
    key, lifetime = secrets.token_urlsafe(24), REMEMBERED if remember else FOR_NOW
    db.add(Browser(hash=_hash(key), user_id=known.user_id, agent=agent[:200], created_at=now, expires_at=now + lifetime))
    return SignedIn(key, lifetime, local_path(row.detail) or "/")


def leave(db: Session, key: str) -> None:
    """Sign a browser out; one that is not signed in stays so."""
    browser = browser_by_hash(db, _hash(key)) if key else None
    if browser:
        db.delete(browser)


def person_behind(db: Session, key: str, now: datetime) -> Person | None:
    """Whose browser has this key; None where the key is unknown or has had its time."""
    browser = browser_by_hash(db, _hash(key)) if key else None
    if browser is None or browser.expires_at <= now:
        return None
    user = browser.user
    return Person(user.id, _name(user), user.language, user.timezone, user.administrator)


def _name(user: User) -> str:
    return user.name or next((address.split(place.email)[0] for place in user.addresses), "?")


def _hash(key: str) -> bytes:
    return sha256(key.encode()).digest()


def member_by_link(db: Session, token: str) -> Member | None:
    """The membership that a signed one-click link is about; None where it has ended. Raises NotFound for a forged link."""
    settings = outbox.settings_of(db)
    match tokens.read(links.signing_key(settings), token):
        case tokens.Kind.UNSUBSCRIBE, (member_id,):
            return db.get(Member, member_id)
    raise NotFound("there is no such link")
