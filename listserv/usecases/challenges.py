"""What a device is asked to sign: for one host and origin, one browser, one purpose, some minutes, and once (WebAuthn Level 3, section 13.4.3).

Challenges are signed and not kept: asking for one changes nothing.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from listserv import links
from listserv.config import Settings
from listserv.errors import Invalid, NotFound
from listserv.i18n import N_
from listserv.usecases import limits, outbox

# A form may lie open for a while; a challenge is not good for longer.
GOOD = timedelta(minutes=10)
NO_FIT = N_("This passkey did not fit. Please try once more, or have a link sent to you.")
TOO_OLD = N_("The page was open too long. Please try once more.")


@dataclass(frozen=True, slots=True)
class Place:
    """What a passkey is bound to: a host, and the one origin from which it may be used."""

    host: str
    origin: str


def place_of(settings: Settings) -> Place | None:
    """Where this site's passkeys are good; None where browsers give none: without https, or under a number instead of a name."""
    url = urlsplit(settings.site.url)
    try:
        host, port = (url.hostname or "").encode("idna").decode(), url.port
    except ValueError:
        return None
    local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_number(host) or (url.scheme != "https" and not local):
        return None
    usual = {"https": 443, "http": 80}[url.scheme]
    return Place(host, f"{url.scheme}://{host}" + (f":{port}" if port not in (None, usual) else ""))


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def place_here(db: Session) -> Place:
    """The same. Raises NotFound where there is none."""
    place = place_of(outbox.settings_of(db))
    if place is None:
        raise NotFound("there is no such page")
    return place


def challenge(db: Session, what: str, browser: str, now: datetime) -> bytes:
    """Random bytes for one browser (what only it knows) and one purpose, signed with the time at which they end."""
    head = secrets.token_bytes(16) + int((now + GOOD).timestamp()).to_bytes(8, "big")
    return head + _seal(db, what, browser, head)


def _seal(db: Session, what: str, browser: str, head: bytes) -> bytes:
    key = hmac.digest(links.signing_key(outbox.settings_of(db)), b"passkey challenge", "sha256")
    return hmac.digest(key, b"\0".join((what.encode(), browser.encode("utf-8", "replace"), head)), "sha256")[:16]


def checked(db: Session, found: bytes, what: str, browser: str, now: datetime) -> bytes:
    """A challenge of ours that is still good. Raises Invalid."""
    head, seal = found[:24], found[24:]
    if not hmac.compare_digest(_seal(db, what, browser, head), seal):
        raise Invalid(NO_FIT)
    if int.from_bytes(head[16:], "big") < now.timestamp():
        raise Invalid(TOO_OLD)
    return found


def use_up(db: Session, found: bytes, now: datetime) -> None:
    """Raises Invalid the second time."""
    if not limits.first_time(db, "passkey", found.hex(), now + 2 * GOOD):
        raise Invalid(NO_FIT)


def challenge_in(answer: Any) -> bytes:
    """The challenge that a device has signed, as it says."""
    from webauthn.helpers import base64url_to_bytes

    data = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
    # Some browsers may be asked by a page inside another's; ours never is.
    if data.get("crossOrigin") is True:
        raise ValueError("asked from within another site's page")
    return base64url_to_bytes(data["challenge"])


def read_answer(answer: str) -> Any:
    """What a script of ours has sent, as far as JSON goes."""
    read = json.loads(answer)
    if not isinstance(read, dict) or not isinstance(read.get("response"), dict):
        raise ValueError("no answer of a device")
    return read


def faults() -> tuple[type[Exception], ...]:
    """What the library raises for answers that are none. (It is loaded where it is asked for: most never do.)"""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from webauthn.helpers.exceptions import WebAuthnException

    return (WebAuthnException, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
