"""A mail that three attempts could not handle: the administrator hears of it, and whoever sent it, each once.

Nothing here reads more of such a mail than a few header fields: what reads all of it has just failed, and perhaps ended
the process with it.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from listserv.mail import address, headers
from listserv.mail.address import Role, Route
from listserv.store import health
from listserv.store import outbox as sent
from listserv.store.lists import MailingList
from listserv.store.people import person_at
from listserv.store.queue import Incoming, raw_bytes
from listserv.store.trace import letters_because_of
from listserv.usecases import outbox
from listserv.usecases.applicants import is_ours
from listserv.usecases.outbox import Cause

log = structlog.get_logger()

TO_ADMINISTRATOR, TO_SENDER = "set-aside-administrator", "set-aside"
# A fault that meets one mail meets many: a letter about the first, and the queue for the rest.
AGAIN_AFTER = timedelta(hours=1)
LONGEST_TROUBLE = 300
# Whoever writes there is a machine, or waits for no answer.
NOBODYS = (Role.BOUNCES, Role.NOREPLY)
# RFC 3834 section 2: these are never answered.
MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|owner-.*|.*-(?:owner|bounces?|request|errors?)(?:[+=].*)?|bounces?[+-].*|sympa|majordomo|listserv)"
)
SAY_SO = ("list-id", "list-unsubscribe", "x-loop", "x-auto-response-suppress", "x-autoreply", "x-failed-recipients")


def tell(db: Session, incoming: Incoming, route: Route | None, mlist: MailingList | None, now: datetime) -> None:
    """Tell the administrator, and whoever sent it. A letter that cannot be made keeps no mail from being set aside."""
    try:
        with db.begin_nested():
            told = tell_administrator(db, incoming, now)
            if route and route.role not in NOBODYS and is_for_people(db, incoming):
                _tell_sender(db, incoming, mlist, now, told=told)
    except Exception as wrong:
        if health.is_away(wrong):
            raise
        log.exception("nobody was told of a mail set aside", incoming=incoming.id)


def tell_administrator(db: Session, incoming: Incoming, now: datetime, *, dropped: bool = False) -> bool:
    """Does the administrator know, from this letter or from one of the last hour? `dropped`: nothing of the mail was kept."""
    owner = outbox.settings_of(db).site.owner
    if not owner:
        return False
    if sent.of_kinds_since(db, address.mailbox(owner), (TO_ADMINISTRATOR,), now - AGAIN_AFTER):
        return True
    person = person_at(db, address.key(owner))
    lines = incoming.trouble.strip().splitlines()
    facts: dict[str, Any] = {"aside_number": incoming.id, "aside_to": incoming.rcpt, "aside_from": incoming.mail_from, "aside_id": incoming.message_id}
    facts["aside_dropped"] = dropped
    facts["aside_trouble"] = lines[-1][:LONGEST_TROUBLE] if lines else ""
    tongue = person.user.language if person else ""
    return outbox.write(db, TO_ADMINISTRATOR, owner, tongue, now, automatic=False, cause=Cause(incoming), **facts) is not None


def is_for_people(db: Session, incoming: Incoming) -> bool:
    """Has a person sent it, as far as its envelope and its header tell?"""
    sender = incoming.mail_from
    if not sender or MACHINES.fullmatch(address.split(sender)[0].lower()) or is_ours(db, sender):
        return False
    raw = raw_bytes(db, incoming.raw_id)
    if any(headers.topmost(raw, name) for name in SAY_SO):
        return False
    automatic, precedence = headers.topmost(raw, "auto-submitted"), headers.topmost(raw, "precedence")
    by_hand = automatic is None or automatic.value.lower().startswith(b"no")
    return by_hand and (precedence is None or precedence.value.lower() not in (b"bulk", b"list", b"junk"))


def _tell_sender(db: Session, incoming: Incoming, mlist: MailingList | None, now: datetime, *, told: bool) -> None:
    if any(letter.kind == TO_SENDER for letter in letters_because_of(db, [incoming])):
        return  # it was tried again, and failed again: nothing new
    person = person_at(db, address.key(incoming.mail_from))
    facts: dict[str, Any] = {"aside_to": incoming.rcpt, "aside_at": incoming.received_at, "administrator_told": told}
    tongue = person.user.language if person else ""
    outbox.write(db, TO_SENDER, incoming.mail_from, tongue, now, mlist=mlist, cause=Cause(incoming), **facts)
