"""Failed deliveries held against a member: how many it takes until nothing more is sent there."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from listserv.store.members import Member, Status

# From here on a member gets nothing until they, or a moderator, say that the address works again.
LIMIT = 5.0
# RFC 3463: there is no such mailbox, no such domain, no such place. Trying again is no use.
GONE = frozenset(("5.1.1", "5.1.2", "5.1.3", "5.1.10"))
# The sender's address, the mail's size, its form, a policy: the list's own doing, not the member's.
OURS = ("5.1.7", "5.1.8", "5.3.4", "5.6.", "5.7.")


class Failure(Protocol):
    """A delivery that failed, whoever tells it: the relay at once (an answer) or another server later (a bounce)."""

    @property
    def permanent(self) -> bool:
        """Is it no use to try again?"""

    @property
    def status(self) -> str:
        """RFC 3463 status, or a reply code."""


def weight(failure: Failure) -> float:
    """What a failure counts: nothing where it says nothing of the address, the whole limit where the address is gone."""
    if not failure.permanent or failure.status.startswith(OURS):
        return 0.0
    return LIMIT if failure.status in GONE else 1.0


def score(db: Session, member: Member, failure: Failure, now: datetime) -> bool:
    """Hold a failure against a member. True when this was the one too many: they get nothing more for now."""
    counts = weight(failure)
    if not counts:
        return False
    member.bounce_score += counts
    member.last_bounce_at = now
    if member.status is not Status.ENABLED or member.bounce_score < LIMIT:
        return False
    member.status = Status.BOUNCING
    return True
