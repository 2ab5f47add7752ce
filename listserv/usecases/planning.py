"""Planning: from which message on a member is told by digests, and when the next one comes.

Whatever they change, and whenever: each post reaches them once, as a copy or in a digest. The copies of a post are made in slices,
for hours where the relay is slow, and go to those who get copies at that moment; so a change looks at the posts that are still on their way.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from digests import schedule
from listserv.store import changing
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member, Status
from listserv.usecases import outbox
from listserv.usecases.editions import schedule_of, zone_of

# What is planned for the morning after a pause stays planned.
SOON = timedelta(days=1, hours=1)
LOOK_AGAIN = timedelta(minutes=1)
# They get nothing now, and are told of it afterwards: by their own wish, or because their letters come back.
AWAY = (Status.PAUSED, Status.BOUNCING)
# What `plan` reads of a member: a run of digests may have moved them on since they were read.
MOVING = ("digest_seq", "digest_due", "digest_mixed", "paused_at")


def plan(db: Session, member: Member, now: datetime) -> None:
    """Fit the member's next digest to their delivery, schedule and zone: to be called whenever one of these has changed.

    Who begins with digests is told what comes from now on; who changes the schedule keeps what is still untold; who goes
    over to single copies gets the rest in a last digest at once, as on other list servers.
    """
    db.flush()
    db.refresh(member, MOVING)
    had_copies = member.digest_due is None and member.paused_at is None
    if had_copies and (member.delivery is DeliveryMode.DIGEST or member.status in AWAY):
        _copies_end(db, member, now)
    elif not had_copies and member.delivery is DeliveryMode.NONE:
        changing.copy_no_more(db, member, member.digest_seq)
    back = _pause(member, now)
    if member.delivery is DeliveryMode.DIGEST:
        _plan_digests(db, member, now, back=back)
    elif member.delivery is DeliveryMode.EACH and not had_copies:
        _plan_last(db, member, now)
    elif member.delivery is DeliveryMode.NONE:
        member.digest_due = None
        member.paused_at = None if back else member.paused_at
    db.flush()


def _copies_end(db: Session, member: Member, now: datetime) -> None:
    """Digests, or what is told after a pause, begin with the first post of which this member gets no copy any more."""
    db.refresh(member.mlist, ("last_seq",))
    first = changing.first_on_its_way(db, member)
    member.digest_seq = member.mlist.last_seq if first is None else first - 1
    # Behind that one copies may have been made; a new member has had none.
    member.digest_mixed = first is not None or member.joined_at < now


def _pause(member: Member, now: datetime) -> bool:
    """Note where a pause begins, because what comes meanwhile is told afterwards; is one over whose news are still untold?"""
    if member.status in AWAY:
        member.paused_at = member.paused_at or now
    return member.status is Status.ENABLED and member.paused_at is not None


def _plan_digests(db: Session, member: Member, now: datetime, *, back: bool) -> None:
    # A slot that went by during a pause is none: whoever is back is told at their hour.
    if back or member.digest_due is None or member.digest_due > now:
        member.digest_due = next_slot(db, member, now)
    if back:
        member.paused_at = None


def _plan_last(db: Session, member: Member, now: datetime) -> None:
    """A last digest at once, of what has come until now and of no copies."""
    if member.status in AWAY:
        return
    db.refresh(member.mlist, ("last_seq",))
    changing.copy_no_more(db, member, member.mlist.last_seq)
    member.digest_mixed = True
    if member.paused_at and member.digest_due and now < member.digest_due <= now + SOON:
        return
    # What is published at this very moment may not know yet that they get copies again.
    member.digest_due = now if member.mlist.last_seq > member.digest_seq else now + LOOK_AGAIN


def next_slot(db: Session, member: Member, after: datetime) -> datetime:
    """The member's next slot behind a moment, by their schedule in their zone."""
    return schedule.next_after(schedule_of(member), after, zone_of(member, outbox.settings_of(db)))


def first_slot(db: Session, member: Member, now: datetime) -> datetime:
    """For somebody whom nobody planned: the first slot since they joined, as far as that is not too long ago."""
    return next_slot(db, member, max(member.joined_at, now - schedule.LONGEST))


def told_after(db: Session, member: Member, over: datetime) -> datetime:
    """When a pause that ends by the calendar, at midnight, is told of: at the hour of the member's digests, or in the morning."""
    if member.delivery is DeliveryMode.DIGEST:
        return next_slot(db, member, over)
    return schedule.next_after(schedule.parse(DEFAULT_SCHEDULE), over, zone_of(member, outbox.settings_of(db)))
