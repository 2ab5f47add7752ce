"""Passkeys beside mailed links: nobody has to have one, and who has one goes on getting links too (WebAuthn Level 3)."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.orm import Session

from listserv import links
from listserv.config import Settings
from listserv.errors import Conflict, Invalid, NotFound, TooMany
from listserv.i18n import N_
from listserv.store import passkeys as rows
from listserv.store.passkeys import Passkey
from listserv.store.people import User, hold, prove_browser
from listserv.usecases import keyletters, limits, outbox, signin
from listserv.usecases.challenges import NO_FIT, Place, challenge, challenge_in, checked, faults, place_here, read_answer, use_up
from listserv.usecases.journal import note
from listserv.usecases.signin import Person, SignedIn

if TYPE_CHECKING:
    from webauthn.helpers.structs import AttestationFormat

MOST, LONGEST_NAME = 10, 100
# What one network may try in an hour: a whole school may sit behind one.
TRIES, HOUR = 300, timedelta(hours=1)
ADD, SIGN_IN = "add", "sign-in"
NOT_ADDED = N_("This device gave no passkey that can be used here. Please try once more, or another device.")
UNVERIFIED = N_("Administrators need a passkey that asks for a fingerprint, a face or a number of its owner. This one did not.")

log = structlog.get_logger()


def handle_of(settings: Settings, user_id: int) -> bytes:
    """By what a device knows a person of ours: it says nothing of them (section 14.6.1)."""
    return hmac.digest(links.signing_key(settings), b"passkey of %d" % user_id, "sha256")


# ---- one more -----------------------------------------------------------------------------------------------


def options_to_add(db: Session, person: Person, browser: str, now: datetime) -> str:
    """What a browser asks its device for a new passkey with: JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import AuthenticatorSelectionCriteria, PublicKeyCredentialDescriptor, ResidentKeyRequirement, UserVerificationRequirement

    place, settings, user = place_here(db), outbox.settings_of(db), db.get_one(User, person.user_id)
    verify = UserVerificationRequirement.REQUIRED if person.keeps_site else UserVerificationRequirement.PREFERRED
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=settings.site.name,
        user_id=handle_of(settings, person.user_id),
        user_name=next((one.email for one in user.addresses), person.name),
        user_display_name=person.name,
        challenge=challenge(db, f"{ADD} {person.user_id}", browser, now),
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.REQUIRED, user_verification=verify),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in rows.passkeys_of(db, person.user_id)],
    )
    return options_to_json(options)


def add(db: Session, person: Person, answer: str, name: str, browser: str, now: datetime) -> Passkey:
    """A device's new passkey is this person's; each of their addresses is told. Raises Invalid, Conflict."""
    hold(db, person.user_id)
    if len(rows.passkeys_of(db, person.user_id)) >= MOST:
        raise Invalid(N_("Ten passkeys are the most. Please remove one first."))
    place = place_here(db)
    try:
        read = read_answer(answer)
        found = checked(db, challenge_in(read), f"{ADD} {person.user_id}", browser, now)
        made = _verified(read, found, place)
    except Invalid:
        raise
    except faults() as wrong:
        log.info("passkey not added", why=type(wrong).__name__)
        raise Invalid(NOT_ADDED) from None
    if person.keeps_site and not made.user_verified:
        raise Invalid(UNVERIFIED)
    use_up(db, found, now)
    if rows.passkey_by_credential(db, made.credential_id):
        raise Conflict(N_("This passkey is known here already."))
    row = Passkey(user_id=person.user_id, credential=made.credential_id, public_key=made.credential_public_key, counter=made.sign_count, created_at=now)
    row.name, row.verifies = shortened(name), made.user_verified
    db.add(row)
    db.flush()
    note(db, person.actor, "passkey-added", mlist=None, now=now, about=row)
    keyletters.tell_added(db, row, now)
    return row


def _verified(read: Any, found: bytes, place: Place) -> Any:
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, parse_attestation_object

    # Who made the device is not asked, and what it says of that is not parsed: certificates of strangers are a wide door.
    statement = parse_attestation_object(base64url_to_bytes(read["response"]["attestationObject"]))
    if statement.fmt not in _plain_statements() or getattr(statement.att_stmt, "x5c", None):
        raise ValueError("it says who made it")
    made = verify_registration_response(credential=read, expected_challenge=found, expected_rp_id=place.host, expected_origin=place.origin)
    if len(made.credential_id) > 1023:
        raise ValueError("its id is too long")
    return made


def _plain_statements() -> "tuple[AttestationFormat, ...]":
    from webauthn.helpers.structs import AttestationFormat

    return AttestationFormat.NONE, AttestationFormat.PACKED


def shortened(name: str) -> str:
    """A name as its owner typed it, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())[:LONGEST_NAME]


def rename(db: Session, person: Person, number: int, name: str) -> None:
    """Call a passkey something else. Raises NotFound for somebody else's."""
    _own(db, person, number).name = shortened(name)


def remove(db: Session, person: Person, number: int, now: datetime) -> None:
    """This passkey opens nothing any more. Raises NotFound for somebody else's."""
    row = _own(db, person, number)
    note(db, person.actor, "passkey-removed", mlist=None, now=now, about=row)
    db.delete(row)
    keyletters.tell_changed(db, row.user, "dropped", now)


def _own(db: Session, person: Person, number: int) -> Passkey:
    row = db.get(Passkey, number)
    if row is None or row.user_id != person.user_id:
        raise NotFound("there is no such passkey")
    return row


# ---- signing in ---------------------------------------------------------------------------------------------


def options_to_sign_in(db: Session, browser: str, now: datetime) -> str:
    """What a browser asks for any passkey of this site with: JSON. It names nobody, because nobody has said who they are."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    made = challenge(db, SIGN_IN, browser, now)
    return options_to_json(generate_authentication_options(rp_id=place_here(db).host, challenge=made, user_verification=UserVerificationRequirement.PREFERRED))


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose passkey was shown, and whether its device has asked who holds it."""

    user: User
    verified: bool


def seen(db: Session, answer: str, browser: str, network: str, now: datetime) -> Seen:
    """Whose passkey a browser has just shown; its challenge is used up. Raises Invalid, TooMany."""
    place = place_here(db)
    if network and not limits.within(db, "passkey from", network, now, HOUR, TRIES):
        raise TooMany("many passkeys were tried from here")
    try:
        read = read_answer(answer)
        found = checked(db, challenge_in(read), SIGN_IN, browser, now)
        row, made = _matched(db, read, found, place)
    except Invalid:
        raise
    except faults() as wrong:
        log.info("passkey not taken", why=type(wrong).__name__, said=str(wrong)[:120])
        raise Invalid(NO_FIT) from None
    use_up(db, found, now)
    if not rows.count_use(db, row, made.new_sign_count, now):
        raise Invalid(NO_FIT)
    return Seen(row.user, made.user_verified)


def _matched(db: Session, read: Any, found: bytes, place: Place) -> tuple[Passkey, Any]:
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    row = rows.passkey_by_credential(db, base64url_to_bytes(read["rawId"]))
    if row is None:
        raise LookupError("nobody's")
    # Section 7.2 step 6: where the device says whose key it is, it must be right.
    handle = read["response"].get("userHandle")
    if handle and base64url_to_bytes(handle) != handle_of(outbox.settings_of(db), row.user_id):
        raise ValueError("another person's")
    made = verify_authentication_response(
        credential=read,
        expected_challenge=found,
        expected_rp_id=place.host,
        expected_origin=place.origin,
        credential_public_key=row.public_key,
        # Looked at below, after the signature: who cannot sign cannot make us say that somebody's key was copied.
        credential_current_sign_count=0,
    )
    if row.counter and made.new_sign_count <= row.counter:
        log.warning("passkey may have been copied", passkey=row.id, user=row.user_id, counter=row.counter, told=made.new_sign_count)
        raise ValueError("its counter went back")
    return row, made


def enter(db: Session, shown: Seen, now: datetime, *, person: Person | None, remember: bool, agent: str, old_key: str, wanted: str) -> SignedIn | None:
    """Sign the browser of a passkey's owner in; None where it is that already, and what it has shown is noted. Raises Invalid."""
    wanted = signin.local_path(wanted) or "/"
    user_id = shown.user.id
    if not shown.verified:
        # It shows that somebody has the device, and not who: with a code it is enough.
        if rows.asks_for_code(db, user_id):
            return signin.half_way(db, shown.user, next((one.email for one in shown.user.addresses), ""), now, wanted)
        if shown.user.administrator:
            raise Invalid(UNVERIFIED)
    if person and person.user_id == user_id:
        if shown.verified:
            prove_browser(db, person.browser_id, now)
        return None
    return signin.open_browser(db, user_id, now, remember=remember, agent=agent, old_key=old_key, wanted=wanted, proven=shown.verified)
