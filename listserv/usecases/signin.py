"""Signing in by an e-mailed link; no passwords. And who is behind a browser's key or a signed link."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Expired, Invalid, NotFound, TooMany
from listserv.mail import address, tokens
from listserv.store import passkeys
from listserv.store.members import Member
from listserv.store.people import Browser, Purpose, Token, User, address_by_key, browser_by_hash, browsers_of, end_browsers, person_at, use_browser
from listserv.usecases import bouncing, limits, outbox, positions
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note
from listserv.usecases.tokens import issue, look_up, spend

LINK_HOURS = 1
# So long after a link the second factor may be shown.
STEP_MINUTES = 15
# On a machine of one's own, when asked to; and on one that others may use after.
REMEMBERED = timedelta(days=90)
FOR_NOW = timedelta(hours=12)
# Links asked for in an hour: for one address, and from one network (a whole school may sit behind one).
PER_ADDRESS, PER_NETWORK = 5, 100
HOUR = timedelta(hours=1)
# When a browser was last used is kept to about a day.
ROUGHLY = timedelta(hours=18)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. `name` is never empty and never an address."""

    user_id: int
    name: str
    language: str
    timezone: str
    administrator: bool
    # The browser that the key belongs to, and when it was last seen here, roughly.
    browser_id: int = 0
    used_at: datetime | None = None
    # When a second factor was shown in it last; and whether this is an administrator, also where that has yet to be proven.
    proven_at: datetime | None = None
    keeps_site: bool = False

    @property
    def actor(self) -> Actor:
        """The same for those who decide what may be done."""
        return Actor(Door.WEB, self.user_id, proven=True, administrator=self.administrator)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A browser's new key, how long it is good for, and the page that was wanted; or, without a key, what leads to the second factor."""

    key: str
    lifetime: timedelta
    wanted: str
    step: str = ""


def ask(db: Session, email: str, language: str, now: datetime, *, wanted: str = "", network: str = "") -> None:
    """Send a sign-in link to somebody we know. Says nothing of whether we do, neither in words nor in time.

    Raises Invalid only for what is no address, TooMany only for where it was asked from.
    """
    local, domain = address.split(email.strip())
    if not local or not domain or len(email) > 320 or any(c <= " " for c in email.strip()):
        raise Invalid("this is not an e-mail address")
    if network and not limits.within(db, "sign-in from", network, now, HOUR, PER_NETWORK):
        raise TooMany("many links were asked for from here")
    if limits.within(db, "sign-in for", address.key(email), now, HOUR, PER_ADDRESS):
        _send_link(db, email.strip(), language, now, wanted)


def _send_link(db: Session, email: str, language: str, now: datetime, wanted: str) -> None:
    """The same work for everybody; where we know nobody it is undone before it ends."""
    known = person_at(db, address.key(email))
    to = known.email if known else email
    with db.begin_nested() as attempt:
        if outbox.may_write(db, "sign-in", to, now, proven=False):
            tongue = (known.user.language if known else "") or language
            outbox.write(db, "sign-in", to, tongue, now, cause=outbox.Cause(), link=link(db, to, now, wanted=wanted))
            db.flush()
        if known is None:
            attempt.rollback()


def link(db: Session, email: str, now: datetime, *, wanted: str = "") -> str:
    """A link that signs in who has this address, once, within the hour."""
    token = issue(db, Purpose.SIGN_IN, email, now, days=LINK_HOURS / 24, detail=local_path(wanted))
    settings = outbox.settings_of(db)
    return links.sign_in_url(settings, token)


def link_for(db: Session, email: str, now: datetime) -> str:
    """The same for the console, by address. Raises NotFound."""
    known = address_by_key(db, address.key(email))
    if known is None:
        raise NotFound("nobody here has the address {email}", email=email)
    return link(db, known.email, now)


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
    # The link was in a letter to this address, and somebody has opened it.
    bouncing.heard_from(db, known.email, now, bouncing.SIGNED_IN)
    wanted = local_path(row.detail) or "/"
    if passkeys.asks_for_code(db, known.user_id):
        return half_way(db, known.user, known.email, now, wanted)
    return open_browser(db, known.user_id, now, remember=remember, agent=agent, old_key=old_key, wanted=wanted)


def half_way(db: Session, user: User, email: str, now: datetime, wanted: str) -> SignedIn:
    """No key yet: first a code is asked for, at the page that this leads to."""
    step = issue(db, Purpose.SECOND_STEP, email, now, object_id=user.id, days=STEP_MINUTES / 1440, detail=wanted)
    return SignedIn("", FOR_NOW, wanted, step)


def open_browser(
    db: Session, user_id: int, now: datetime, *, remember: bool = False, agent: str = "", old_key: str = "", wanted: str = "/", proven: bool = False
) -> SignedIn:
    """Sign a browser in: it gets a new key, and an older one of it dies. `proven`: it has just shown more than a link."""
    leave(db, old_key)
    positions.begin(db, user_id, now)
    key, lifetime = secrets.token_urlsafe(24), REMEMBERED if remember else FOR_NOW
    row = Browser(hash=_hash(key), user_id=user_id, agent=agent[:200], created_at=now, used_at=now, expires_at=now + lifetime)
    row.proven_at = now if proven else None
    db.add(row)
    return SignedIn(key, lifetime, wanted)


def renew(db: Session, browser_id: int, wanted: str, now: datetime) -> tuple[SignedIn, bool]:
    """This browser has just shown a second factor: whoever overheard its key before has nothing by that. With whether it is one to remember."""
    browser, key = db.get_one(Browser, browser_id), secrets.token_urlsafe(24)
    browser.hash, browser.proven_at = _hash(key), now
    return SignedIn(key, browser.expires_at - now, wanted), browser.expires_at - browser.created_at > FOR_NOW


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
    administrator = user.administrator and (browser.proven_at is not None or not _has_to_prove(db, user))
    return Person(user.id, name_of(user), user.language, user.timezone, administrator, browser.id, browser.used_at, browser.proven_at, user.administrator)


def _has_to_prove(db: Session, user: User) -> bool:
    """Is a browser of this administrator's that has shown a link alone an ordinary person's? (Codes are asked for at the door.)"""
    return outbox.settings_of(db).web.require_second_factor or passkeys.has_verifying_passkey(db, user.id)


def is_fresh(person: Person, now: datetime) -> bool:
    """Has it been noted lately that this browser is in use?"""
    return person.used_at is not None and now - person.used_at < ROUGHLY


def touch(db: Session, person: Person, now: datetime) -> None:
    """Note that this browser is in use."""
    use_browser(db, person.browser_id, now)


def devices(db: Session, person: Person, now: datetime) -> tuple[Browser, ...]:
    """Where this person is signed in; the browser in hand first."""
    return tuple(sorted(browsers_of(db, person.user_id, now), key=lambda browser: browser.id != person.browser_id))


def end(db: Session, person: Person, browser_id: int | None, now: datetime) -> None:
    """Sign one of one's other browsers out, or (None) all but the one in hand."""
    end_browsers(db, person.user_id, only=browser_id, but=person.browser_id)
    note(db, person.actor, "signed-out-elsewhere", mlist=None, now=now)


def name_of(user: User) -> str:
    """What a person is called: never nothing, and never an address."""
    return user.name or next((address.split(place.email)[0] for place in user.addresses), "?")


def _hash(key: str) -> bytes:
    return sha256(key.encode()).digest()


def member_by_link(db: Session, token: str) -> Member | None:
    """The membership that a signed one-click link is about; None where it has ended. Raises NotFound for a forged link."""
    return db.get(Member, _link(db, token)[0])


def copy_by_link(db: Session, token: str) -> int:
    """The number of the copies that such a link came with; 0 where it came with a letter. Raises NotFound for a forged link."""
    return next(iter(_link(db, token)[1:]), 0)


def _link(db: Session, token: str) -> tuple[int, ...]:
    match tokens.read(links.signing_key(outbox.settings_of(db)), token):
        case tokens.Kind.UNSUBSCRIBE, ids:
            return ids
    raise NotFound("there is no such link")
