"""One-time codes (RFC 6238) and the codes that stand in for them: how they are made, kept and compared, and how slow guessing is."""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from listserv.config import Settings
from listserv.store import passkeys as rows
from listserv.store.passkeys import OneTime
from listserv.usecases import limits, outbox

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.twofactor.hotp import HOTP

# RFC 6238: a step of 30 seconds, six digits; section 5.2: one step before and after, for clocks that go wrong.
STEP, DIGITS, WINDOW = 30, 6, 1
# RFC 4226 section 4, R6: 160 bits.
KEY_BYTES = 20
# Section 7.3 of the same: tries that one person has, in so long. Three of a million codes are right at a time.
TRIES = ((timedelta(minutes=15), 5), (timedelta(days=1), 20))

log = structlog.get_logger()


class Said(StrEnum):
    """What is to be said of a code."""

    RIGHT = "right"
    RECOVERY = "recovery"
    WRONG = "wrong"
    MANY = "many"


def _lock(settings: Settings) -> bytes:
    return hmac.digest(settings.site.secret.encode(), b"one-time codes", "sha256")


def sealed(settings: Settings, key: bytes, user_id: int) -> bytes:
    """A key as it is kept: encrypted, and bound to its person."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    # With the person's number beside it, so that nobody's key can be put into another's row.
    return nonce + AESGCM(_lock(settings)).encrypt(nonce, key, b"%d" % user_id)


def key_of(settings: Settings, row: OneTime) -> bytes | None:
    """The key of somebody's app; None where the site's secret is another now."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(_lock(settings)).decrypt(row.sealed[:12], row.sealed[12:], b"%d" % row.user_id)
    except InvalidTag:
        log.warning("one-time key cannot be read", user=row.user_id)
        return None


def _codes(key: bytes) -> "HOTP":
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.hotp import HOTP

    # Every app knows SHA-1; as a key for HMAC it is as good as the others (RFC 6238 section 1.2, RFC 6194 section 3.3).
    return HOTP(key, DIGITS, SHA1())  # nosec B303: see above


def code_at(key: bytes, moment: datetime) -> str:
    """The code of a moment."""
    return _codes(key).generate(int(moment.timestamp()) // STEP).decode()


def _step_of(key: bytes, code: str, now: datetime) -> int | None:
    """The time step of a code that is good now."""
    at, codes = int(now.timestamp()) // STEP, _codes(key)
    # All of them are looked at, whichever fits.
    fitting = [step for step in range(at - WINDOW, at + WINDOW + 1) if hmac.compare_digest(codes.generate(step), code.encode("utf-8", "replace"))]
    return max(fitting, default=None)


def recovery_hash(settings: Settings, user_id: int, code: str) -> bytes:
    """A recovery code as it is kept."""
    return hmac.digest(_lock(settings), f"recovery {user_id} {code}".encode("utf-8", "replace"), "sha256")


def typed(code: str) -> str:
    """A code as it is compared: spaces and hyphens are for people."""
    return re.sub(r"[\s\-\N{EN DASH}]+", "", code).lower()[:64]


def within(db: Session, what: str, user_id: int, now: datetime) -> bool:
    """Count a try; is it one of those that somebody has? Two windows hold both: guessing quickly, and guessing for days."""
    if all(limits.within(db, f"{what} {most}", str(user_id), now, window, most) for window, most in TRIES):
        return True
    log.warning("too many codes tried", user=user_id)
    return False


def checked(db: Session, user_id: int, code: str, now: datetime) -> Said:
    """Is this one of somebody's codes? Counts the try; what is right is used up. (Commit, whatever it says.)"""
    if not within(db, "code", user_id, now):
        return Said.MANY
    settings, said = outbox.settings_of(db), typed(code)
    if not re.fullmatch(r"[0-9]{6}", said):
        return Said.RECOVERY if rows.use_code(db, user_id, recovery_hash(settings, user_id, said)) else Said.WRONG
    row = rows.one_time_of(db, user_id)
    return Said.RIGHT if row and row.confirmed_at and take(db, row, said, now) else Said.WRONG


def take(db: Session, row: OneTime, code: str, now: datetime) -> bool:
    """Use a code of the app up. False where it is not right now, or was taken before."""
    key = key_of(outbox.settings_of(db), row)
    step = _step_of(key, code, now) if key else None
    return step is not None and rows.take_step(db, row, step)
