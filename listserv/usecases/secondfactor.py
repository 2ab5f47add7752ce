"""A second factor beside the mailbox, for those who look after others: one-time codes (RFC 6238), and codes for the day the device is lost.

A passkey whose device asks for a fingerprint or a number is a second factor too (`usecases.passkeys`).
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.i18n import N_
from listserv.store import passkeys as rows
from listserv.store.members import Role, memberships
from listserv.store.passkeys import OneTime
from listserv.store.people import Purpose, Token, User, end_browsers, hold, prove_browser
from listserv.usecases import keyletters, outbox, signin, tokens
from listserv.usecases.access import Actor
from listserv.usecases.journal import note
from listserv.usecases.onetime import DIGITS, KEY_BYTES, STEP, Said, checked, key_of, recovery_hash, sealed, take, typed, within
from listserv.usecases.signin import Person, SignedIn

# A second factor is good for so long at a site administrator's pages.
FRESH = timedelta(hours=12)
CODES, CODE_BYTES = 10, 10
WRONG = N_("This code did not fit. The app shows a new one every half minute; is the clock of the device right?")
MANY = N_("Too many codes were tried. Please wait a quarter of an hour; after twenty in a day, until tomorrow.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has beside their mailbox."""

    one_time: OneTime | None
    codes: int
    # May they have codes at all? And do they have to show something, as the site is set?
    may: bool
    required: bool

    @property
    def confirmed(self) -> bool:
        """Are codes asked for?"""
        return self.one_time is not None and self.one_time.confirmed_at is not None


def standing(db: Session, person: Person) -> Standing:
    """What this person has, and may have."""
    one_time = rows.one_time_of(db, person.user_id)
    required = outbox.settings_of(db).web.require_second_factor and person.keeps_site
    return Standing(one_time, rows.codes_left(db, person.user_id), one_time is not None or may_have(db, person), required)


def may_have(db: Session, person: Person) -> bool:
    """Codes are for administrators and coordinators: nobody else is bothered with them."""
    return person.keeps_site or any(member.role is Role.OWNER for member in memberships(db, person.user_id))


def has_one(db: Session, person: Person) -> bool:
    """Has this person something to show? A passkey counts for those who keep the site; others are not asked for it."""
    return rows.asks_for_code(db, person.user_id) or (person.keeps_site and rows.has_verifying_passkey(db, person.user_id))


def is_proven(db: Session, person: Person, now: datetime) -> bool:
    """Has this browser shown a second factor lately, or is none asked of this person?"""
    required = outbox.settings_of(db).web.require_second_factor and person.keeps_site
    return _is_fresh(person, now) or (not required and not has_one(db, person))


def may_change(db: Session, person: Person, now: datetime) -> bool:
    """May ways in be added and taken away in this browser? Where there is something to show, it is shown first; who has none begins with it."""
    return _is_fresh(person, now) or not has_one(db, person)


def _is_fresh(person: Person, now: datetime) -> bool:
    return person.proven_at is not None and now - person.proven_at < FRESH


# ---- setting up ---------------------------------------------------------------------------------------------


def begin(db: Session, person: Person, now: datetime) -> None:
    """Make a key for somebody's app; it is not asked for before a code has shown that the app knows it. Raises NotFound, Conflict."""
    if not may_have(db, person):
        raise NotFound("there is no such page")
    hold(db, person.user_id)
    row = rows.one_time_of(db, person.user_id)
    if row and row.confirmed_at:
        raise Conflict(N_("Codes are set up already."))
    if row is None:
        db.add(OneTime(user_id=person.user_id, sealed=sealed(outbox.settings_of(db), secrets.token_bytes(KEY_BYTES), person.user_id), created_at=now))
        db.flush()


@dataclass(frozen=True, slots=True)
class Shown:
    """A key as an app takes it: typed, or out of a picture."""

    key: str
    uri: str


def shown(db: Session, person: Person, row: OneTime) -> Shown | None:
    """The key of codes that are not confirmed yet: never again afterwards."""
    settings = outbox.settings_of(db)
    key = key_of(settings, row) if row.confirmed_at is None else None
    if key is None:
        return None
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    account = next((one.email for one in db.get_one(User, person.user_id).addresses), person.name)
    uri = TOTP(key, DIGITS, SHA1(), STEP).get_provisioning_uri(account, settings.site.name)  # nosec B303: as in onetime.py
    letters = base64.b32encode(key).decode()
    return Shown(" ".join(letters[at : at + 4] for at in range(0, len(letters), 4)), uri)


def confirm(db: Session, person: Person, code: str, now: datetime) -> tuple[Said, tuple[str, ...]]:
    """The app knows the key: codes are asked for from now on, other browsers are signed out. With the recovery codes, told this once."""
    hold(db, person.user_id)
    row = rows.one_time_of(db, person.user_id)
    if row is None or row.confirmed_at:
        raise Conflict(N_("No codes are being set up."))
    if not within(db, "first code", person.user_id, now):
        return Said.MANY, ()
    if not take(db, row, typed(code), now):
        return Said.WRONG, ()
    row.confirmed_at = now
    note(db, person.actor, "codes-set-up", mlist=None, now=now, about=row)
    prove_browser(db, person.browser_id, now)
    end_browsers(db, person.user_id, but=person.browser_id)
    keyletters.tell_changed(db, db.get_one(User, person.user_id), "set", now)
    return Said.RIGHT, new_codes(db, person.user_id, now)


def new_codes(db: Session, user_id: int, now: datetime) -> tuple[str, ...]:
    """Ten recovery codes; the old ones are worth nothing any more."""
    made = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
    rows.keep_codes(db, user_id, [recovery_hash(outbox.settings_of(db), user_id, code) for code in made], now)
    return tuple("-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made)


def stop(db: Session, user_id: int, actor: Actor, now: datetime) -> None:
    """No code is asked of this person any more; they hear of it, unless none ever was."""
    row = rows.one_time_of(db, user_id)
    if row is None:
        return
    if row.confirmed_at:
        note(db, actor, "codes-stopped", mlist=None, now=now, about=row)
        keyletters.tell_changed(db, db.get_one(User, user_id), "stopped", now)
    rows.forget_one_time(db, user_id)


# ---- showing it ---------------------------------------------------------------------------------------------


def step_of(db: Session, token: str, now: datetime) -> Token:
    """The row of a way in that is half gone. Raises NotFound or Expired."""
    row = tokens.look_up(db, token, now)
    if row.purpose is not Purpose.SECOND_STEP:
        raise NotFound("there is no such link")
    return row


def finish(db: Session, token: str, code: str, now: datetime, *, remember: bool, agent: str, old_key: str) -> tuple[Said, SignedIn | None]:
    """The second half of signing in: a new key where the code is right. Raises NotFound or Expired."""
    row = step_of(db, token, now)
    user_id = row.object_id or 0
    said = _said(db, user_id, code, now)
    if said is not Said.RIGHT:
        return said, None
    db.refresh(row, with_for_update=True)
    if row.spent_at is not None:
        return Said.WRONG, None
    tokens.spend(db, row, now)
    wanted = signin.local_path(row.detail) or "/"
    return said, signin.open_browser(db, user_id, now, remember=remember, agent=agent, old_key=old_key, wanted=wanted, proven=True)


def prove(db: Session, person: Person, code: str, now: datetime) -> Said:
    """The same for somebody who is signed in; where it is right, their browser gets a new key (`signin.renew`)."""
    return _said(db, person.user_id, code, now)


def _said(db: Session, user_id: int, code: str, now: datetime) -> Said:
    """What is to be said of a code; a recovery code that was used is told of."""
    said = checked(db, user_id, code, now)
    if said is not Said.RECOVERY:
        return said
    keyletters.tell_changed(db, db.get_one(User, user_id), "recovery", now, rows.codes_left(db, user_id))
    return Said.RIGHT


def in_words(said: Said) -> str:
    """What is wrong with a code."""
    return MANY if said is Said.MANY else WRONG
