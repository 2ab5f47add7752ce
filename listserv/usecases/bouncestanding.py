"""How things stand with a member's address: what came back, what is held against it, and what happens next by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import bouncekinds
from listserv.store import bounces
from listserv.store import failing as rows
from listserv.store.bounces import Bounce
from listserv.store.members import Member, Status
from listserv.usecases.weighing import LIMIT, faded

MOST = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: nothing is sent since then. `why`: a sentence that is looked up in the reader's language. `asked_at`: the next letter that asks;
    `waits_until`: that long nothing may come back of the one that is on its way."""

    since: datetime | None
    score: float
    limit: float
    why: str
    server: str
    probes: int
    asked_at: datetime | None
    waits_until: datetime | None
    failures: Sequence[Bounce]


def standing(db: Session, member: Member, now: datetime) -> Standing | None:
    """None where nothing ever came back that counts."""
    row, found = rows.of_address(db, member.address_id), bounces.of_member(db, member.id, MOST)
    stopped = member.status is Status.BOUNCING
    if row is None and not stopped and not found:
        return None
    score = member.bounce_score if row is None else row.score if row.stopped_at else faded(row.score, row.counted_at, now)
    return Standing(
        since=(member.bouncing_since or member.last_bounce_at) if stopped else None,
        score=score,
        limit=LIMIT,
        why=bouncekinds.said(row.kind) if row else "",
        server=" ".join(row.diagnostic.split())[:300] if row else "",
        probes=row.probes if row else 0,
        asked_at=row.due if row and stopped and row.probe_id is None else None,
        waits_until=row.due if row and stopped and row.probe_id is not None else None,
        failures=found,
    )
