"""Failed deliveries become decisions: what counts against an address, when nothing more is sent there, and when it is again.

Evidence is of the address: whoever has it gets nothing from any list once it is certain, and everything again once it lives.
What a mail service has against us is never its reader's fault (`refusals` tells the administrator).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.orm import Session, joinedload

from listserv import tally
from listserv.mail import address, bouncekinds
from listserv.mail.bouncekinds import COUNTS, Kind
from listserv.store import failing as rows
from listserv.store.bounces import Bounce
from listserv.store.failing import Failing
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import Address
from listserv.store.webhooks import Event
from listserv.usecases import happenings, limits, outages, outbox, planning, weighing
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note
from listserv.usecases.weighing import LIMIT

__all__ = ["LIMIT", "REFUSED", "Failure", "copy_failed", "kind_of", "note_refusal", "score"]

# The journal's word for copies that a mail service did not want because of who sent them or how: the administrator's to mend.
REFUSED = "copies-refused"
# A service that refuses one copy refuses all of them.
TOLD_AGAIN_AFTER = timedelta(days=1)
STOPPED, OVER = "bouncing", "bouncing-over"
# How it came out that an address lives.
WROTE, SILENCE, ANSWERED, SIGNED_IN, OUTAGE = "wrote", "nothing came back", "answered", "signed in", "the domain was in trouble"
# The first letter that asks an address whether it lives (`probing`); and when an address that has not failed again is looked at: a day later
# than mail servers say that they give up.
FIRST_PROBE = timedelta(days=1)
LOOK_AFTER = timedelta(days=6)
BY_MAIL = Actor(Door.MAIL)

log = structlog.get_logger()


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


class Copy(Protocol):
    """A copy that was to be sent (store.deliveries.Claimed)."""

    @property
    def outgoing_id(self) -> int: ...
    @property
    def member_id(self) -> int: ...
    @property
    def email(self) -> str | None: ...


def kind_of(failure: Failure) -> Kind:
    """Why it failed."""
    given_up = getattr(failure, "given_up", False)
    return bouncekinds.kind(failure.status, failure.diagnostic, permanent=failure.permanent, given_up=given_up)


def copy_failed(db: Session, copy: Copy, failure: Failure, now: datetime, *, blame: bool) -> None:
    """The relay has refused a copy for good. Without `blame` what it said is about the mail, and not about its reader."""
    with db.no_autoflush:
        # Hundreds may fail in one turn: what is written down goes out together.
        _copy_failed(db, copy, failure, now, blame=blame)


def _copy_failed(db: Session, copy: Copy, failure: Failure, now: datetime, *, blame: bool) -> None:
    member = db.get(Member, copy.member_id, options=[joinedload(Member.address)])
    kind = kind_of(failure)
    if not blame and kind is not Kind.POLICY:
        kind = Kind.MAIL
    bounce = Bounce(member_id=copy.member_id, outgoing_id=copy.outgoing_id, email=copy.email or "", permanent=True, at=now, kind=kind)
    bounce.list_id = member.list_id if member else None
    bounce.status, bounce.diagnostic = failure.status, failure.diagnostic
    db.add(bounce)
    tally.note(db.info, "bounced", facts={"outgoing": copy.outgoing_id, "member": copy.member_id, "status": failure.status, "kind": str(kind)})
    if member:
        note_refusal(db, member, failure, now, kind=kind)
        hold_against(db, member.address, failure, kind, now)
        told(db, member, kind, failure.status, now)


def told(db: Session, member: Member, kind: Kind, status: str, now: datetime) -> None:
    """Tell webhooks that a copy for this member came back."""
    happenings.happened(db, Event.BOUNCED, member.list_id, member.id, now, detail=f"{kind} {status}".strip())


def score(db: Session, member: Member, failure: Failure, now: datetime) -> bool:
    """Hold a failure against a member's address. True when this was the one too many: they get nothing more for now."""
    kind = kind_of(failure)
    note_refusal(db, member, failure, now, kind=kind)
    return hold_against(db, member.address, failure, kind, now)


def hold_against(db: Session, place: Address, failure: Failure, kind: Kind, now: datetime) -> bool:
    """Count a failure of this kind against an address, and stop at the one too many; did it stop?"""
    if kind not in COUNTS:
        return False
    row = rows.fail(db, place, address.domain_of(place.email), (kind, failure.status, failure.diagnostic), now)
    if row.stopped_at is None and not weighing.faded(row.score, row.counted_at, now):
        row.since = now
    if row.stopped_at is None:
        row.due = now + LOOK_AFTER
    if outages.holds_back(db, row, now, lambda one: _is_back(db, one.address, one, now, OUTAGE)):
        return False
    weighing.count(row, kind, now)
    members = rows.members_at(db, place.id)
    for member in members:
        member.bounce_score, member.last_bounce_at = row.score, now
    return weighing.is_too_much(row) and _stop(db, row, members, now)


def _stop(db: Session, row: Failing, members: Sequence[Member], now: datetime) -> bool:
    """Send nothing more there. Who pauses by their own wish goes on doing so."""
    stopped = [member for member in members if member.status is Status.ENABLED]
    for member in stopped:
        member.status, member.bouncing_since, member.bouncing_told = Status.BOUNCING, now, None
        planning.plan(db, member, now)
        note(db, BY_MAIL, STOPPED, mlist=member.mlist, now=now, about=member, detail=f"{row.kind} {row.status}".strip())
        log.info("member paused by bounces", member=member.id, kind=row.kind, status=row.status)
    if stopped and (row.stopped_at is None or row.due is None):
        # Also where all asking had ended, a year after an earlier stop, and somebody put the address on a list since.
        row.stopped_at, row.probes, row.probe_id, row.due = now, 0, None, now + FIRST_PROBE
    return bool(stopped)


# ---- and back -----------------------------------------------------------------------------------------------


def heard_from(db: Session, email: str, now: datetime, how: str = WROTE) -> None:
    """Somebody has written from an address, or opened a letter that went there: it lives."""
    # Asked after every mail: that there is nothing to do is told quickly.
    row = rows.of_key(db, address.key(email)) if email and rows.is_stopped(db, address.key(email)) else None
    if row:
        lives(db, row.address, now, how)


def lives(db: Session, place: Address, now: datetime, how: str) -> None:
    """Mail goes to this address again, of all lists from which it was kept; who has it is told, in one letter."""
    row = rows.of_address(db, place.id)
    back = _is_back(db, place, row, now, how)
    if back:
        lists = tuple({"title": one.mlist.title, "name": one.mlist.name} for one in back)
        missed = any(one.delivery is not DeliveryMode.NONE and one.mlist.last_seq > one.digest_seq for one in back)
        outbox.write(db, "mail-again", place.email, place.user.language, now, mlist=None, automatic=False, own_lists=lists, missed=missed)


def _is_back(db: Session, place: Address, row: Failing | None, now: datetime, how: str) -> list[Member]:
    members = rows.members_at(db, place.id)
    back = [member for member in members if member.status is Status.BOUNCING]
    if how == OUTAGE and row and row.stopped_at and row.stopped_at <= now - outages.DAY:
        # Their letters came back before all that.
        return []
    for member in members:
        member.bounce_score = 0.0
    for member in back:
        # Moderators who have been told of it hear that it is over.
        member.status, member.bouncing_since = Status.ENABLED, now if member.bouncing_told else None
        planning.plan(db, member, now)
        if member.digest_due:
            # Like after a pause: what came meanwhile can wait for the morning.
            member.digest_due = planning.told_after(db, member, now)
        note(db, BY_MAIL, OVER, mlist=member.mlist, now=now, about=member, detail=how)
        log.info("member gets mail again", member=member.id, how=how)
    if row and how == OUTAGE:
        row.score, row.counted_at, row.stopped_at, row.probe_id, row.due = 0.0, None, None, None, now + LOOK_AFTER
    elif row:
        db.delete(row)
    db.flush()
    return back


def forget(db: Session, member: Member, now: datetime, *, told: bool) -> None:
    """Somebody has said that this member is to get mail: what is held against the address is forgotten. `told`: the moderators know it."""
    member.bounce_score = 0.0
    member.bouncing_since = None if told or not member.bouncing_told else now
    if told:
        member.bouncing_told = None
    row = rows.of_address(db, member.address_id)
    if row and any(one.status is Status.BOUNCING for one in rows.members_at(db, member.address_id) if one.id != member.id):
        row.score, row.counted_at = 0.0, None
    elif row:
        db.delete(row)


def moved(db: Session, member: Member, now: datetime) -> None:
    """Their mail goes to another address from now on: what came back from the old one says nothing of it."""
    row = rows.of_address(db, member.address_id)
    member.bounce_score = row.score if row else 0.0
    if member.status is Status.BOUNCING and not (row and row.stopped_at):
        member.status, member.bouncing_since = Status.ENABLED, now if member.bouncing_told else None
        planning.plan(db, member, now)


# ---- what is ours -------------------------------------------------------------------------------------------


def note_refusal(db: Session, member: Member, failure: Failure, now: datetime, *, kind: Kind | None = None) -> None:
    """Write down that a mail service does not want our copies, once a day for each list and service: `check` shows it."""
    if (kind or kind_of(failure)) is not Kind.POLICY:
        return
    domain = address.domain_of(member.address.email)
    if limits.within(db, REFUSED, f"{member.list_id} {domain}", now, TOLD_AGAIN_AFTER, 1):
        note(db, BY_MAIL, REFUSED, mlist=member.mlist, now=now, about=member, detail=f"{domain} {failure.status} {failure.diagnostic}"[:500])
