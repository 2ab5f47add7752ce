"""Failed deliveries held against a member: how many it takes until nothing more is sent there."""

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.bouncetexts import is_policy
from listserv.store.bounces import last_refusal
from listserv.store.members import Member, Status
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note

# From here on a member gets nothing until they, or a moderator, say that the address works again.
LIMIT = 5.0
# RFC 3463: there is no such mailbox, no such domain, no such place. Trying again is no use.
GONE = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.10"))
# The journal's word for copies that a mail service did not want because of who sent them or how: the administrator's to mend.
REFUSED = "copies-refused"
# A service that refuses one copy refuses all of them.
TOLD_AGAIN_AFTER = timedelta(days=1)


class Failure(Protocol):
    """A delivery that failed, whoever tells it: the relay at once (an answer) or another server later (a bounce)."""

    @property
    def permanent(self) -> bool:
        """Is it no use to try again?"""

    @property
    def status(self) -> str:
        """RFC 3463 status, or a reply code."""

    @property
    def diagnostic(self) -> str:
        """What the other server said."""


def weight(failure: Failure) -> float:
    """What a failure counts: nothing where it says nothing of the address, the whole limit where the address is gone."""
    if not failure.permanent or is_policy(failure.status, failure.diagnostic):
        return 0.0
    return LIMIT if failure.status in GONE else 1.0


def score(db: Session, member: Member, failure: Failure, now: datetime) -> bool:
    """Hold a failure against a member. True when this was the one too many: they get nothing more for now."""
    counts = weight(failure)
    note_refusal(db, member, failure, now)
    if not counts:
        return False
    member.bounce_score += counts
    member.last_bounce_at = now
    if member.status is not Status.ENABLED or member.bounce_score < LIMIT:
        return False
    member.status = Status.BOUNCING
    return True


def note_refusal(db: Session, member: Member, failure: Failure, now: datetime) -> None:
    """Write down that a mail service does not want our copies, once a day for each list and service: `check` shows it."""
    if not failure.permanent or not is_policy(failure.status, failure.diagnostic):
        return
    domain = address.domain_of(member.address.email)
    last = last_refusal(db, member.list_id, REFUSED, domain)
    if last is None or last <= now - TOLD_AGAIN_AFTER:
        note(db, Actor(Door.MAIL), REFUSED, mlist=member.mlist, now=now, about=member, detail=f"{domain} {failure.status} {failure.diagnostic}"[:500])
