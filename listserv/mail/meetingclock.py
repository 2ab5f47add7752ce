"""Hours in the night in which clocks are changed: those that no clock shows, and those that it shows twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from listserv.mail import meetingplan
from listserv.mail.meetingplan import Plan, Remark


def is_skipped(wall: datetime, zone: str) -> bool:
    """Do the clocks there never show this moment?"""
    return behind_gap(wall, zone) != wall


def behind_gap(wall: datetime, zone: str) -> datetime:
    """What the clocks there show at this moment, by the offset before they went forward (RFC 5545 section 3.3.5); itself where they show it."""
    aware = wall.replace(tzinfo=ZoneInfo(zone or "UTC"), fold=0)
    return aware.astimezone(UTC).astimezone(aware.tzinfo).replace(tzinfo=None, fold=0)


def comes_twice(wall: datetime, zone: str) -> bool:
    """Do the clocks there show it once more, an hour later?"""
    first, second = (wall.replace(tzinfo=ZoneInfo(zone or "UTC"), fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return first > second


def skipped(given: datetime, zone: str) -> Remark | None:
    """What is to be said of a moment that a calendar names by an hour which no clock of the zone shows; None for all others."""
    wall = given.replace(tzinfo=None)
    taken = behind_gap(wall, zone)
    # A calendar of elsewhere names an hour of its own.
    own = given.tzinfo is None or given.astimezone(UTC) == wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    return Remark(meetingplan.SKIPPED, taken.date(), hours=(wall, taken)) if own and taken != wall else None


def twice(plan: Plan) -> tuple[Remark, ...]:
    """What is to be said of a plan with an hour that comes twice: the first of the two is meant (`digests.schedule.instant`)."""
    found = next((one for one in (plan.starts, plan.ends) if one and comes_twice(one, plan.zone)), None)
    return (Remark(meetingplan.TWICE, found.date(), hours=(found,)),) if found else ()
