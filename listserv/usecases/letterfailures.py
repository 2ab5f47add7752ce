"""Letters of ours that do not arrive: what that says of whom they went to, and who has to know.

It is the same whether the relay refuses one at once or another server sends it back days later.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import tally
from listserv.mail.bouncekinds import COUNTS, Kind
from listserv.store import failing
from listserv.store.bounces import Bounce
from listserv.store.moderation import open_applications_at
from listserv.store.people import address_by_key
from listserv.store.queue import Letter
from listserv.usecases import bouncing, caps, inviting, probing, unlinking
from listserv.usecases.bouncing import Failure
from listserv.usecases.journal import note

# How long a report about a letter or a copy is believed: longer than any server tries.
BELIEVED = timedelta(days=21)
APPLICANTS = "application-"


def refused(db: Session, letter: Letter, failure: Failure, now: datetime, *, blame: bool) -> None:
    """The relay did not take a letter, and nobody tries any more. Without `blame` what it said is about the mail."""
    kind = bouncing.kind_of(failure)
    if not blame and kind is not Kind.POLICY:
        kind = Kind.MAIL
    row = Bounce(permanent=True, status=failure.status[:16], diagnostic=failure.diagnostic, kind=kind, at=now)
    row.list_id = letter.list_id
    if unlinking.is_traceless(db, letter.id):
        row.at, row.diagnostic = unlinking.midnight(now), ""
        db.add(row)
        return
    row.email = letter.to
    db.add(row)
    tally.note(db.info, "bounced", facts={"letter": letter.id, "status": failure.status, "kind": str(kind)})
    consequences(db, letter, row, failure, now)


def consequences(db: Session, letter: Letter, row: Bounce, failure: Failure, now: datetime) -> None:
    """What follows from a letter that did not arrive: `row` says why."""
    kind = Kind(row.kind)
    if kind is Kind.PASSING:
        # It may arrive yet.
        return
    asking = failing.of_probe(db, letter.id)
    place = address_by_key(db, letter.to_key)
    if asking:
        if kind in COUNTS:
            asking.kind, asking.status, asking.diagnostic = kind, row.status, row.diagnostic
        probing.came_back(db, asking, kind, now)
    elif place and letter.created_at > now - BELIEVED:
        bouncing.hold_against(db, place, failure, kind, now)
    if kind in COUNTS:
        _tell(db, letter, now)


def _tell(db: Session, letter: Letter, now: datetime) -> None:
    """Invitations and applications show that nobody can be reached at the address."""
    if letter.kind == caps.INVITATION:
        inviting.returned(db, letter.list_id, letter.to_key, now)
    if letter.kind.startswith(APPLICANTS) and letter.list_id:
        for application in open_applications_at(db, letter.list_id, letter.to_key):
            if application.returned_at is None:
                application.returned_at = now
                note(db, bouncing.BY_MAIL, "application-returned", mlist=application.mlist, now=now, about=application)
