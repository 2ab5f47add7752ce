"""A calendar file as the plan of a meeting."""

from datetime import datetime
from zoneinfo import ZoneInfo

from listserv.mail import calendarwords, calendarzones, meetingclock, meetingplan
from listserv.mail.calendar import Event
from listserv.mail.meetingpatterns import LINK, LONGEST_PLACE, LONGEST_TEXT, LONGEST_TITLE
from listserv.mail.meetingplan import USUAL, Plan, Remark


def plan_of(event: Event, subject: str, zone: str, now: datetime) -> Plan | None:
    """The meeting that this event is, by the clocks of the zone; None for what is no event, or names no time."""
    start = calendarzones.moment(event.calendar.start or "")
    if event.kind != "VEVENT" or event.cancelled or start is None:
        return None
    title = (event.calendar.summary or subject)[:LONGEST_TITLE]
    link = LINK.search(f"{event.place}\n{event.text}")
    troubles = [] if title else [Remark(meetingplan.NO_TITLE)]
    notes = [Remark(meetingplan.ONLY_FIRST)] if event.repeats else []
    if not isinstance(start, datetime):
        # All day: the hour is asked for.
        begins = datetime(start.year, start.month, start.day)
        ends = begins + USUAL
        troubles.append(Remark(meetingplan.NO_HOUR))
    else:
        begins, ends, said = _hours(event, start, zone)
        notes += said
        if begins <= now:
            troubles.append(Remark(meetingplan.PAST, begins.date()))
    place = event.place.replace(link[0], "").strip(" ,;-") if link else event.place
    url = event.url if LINK.fullmatch(event.url) else link[0] if link else ""
    where = place[:LONGEST_PLACE] or ("online" if url else "")
    text = event.text[:LONGEST_TEXT].strip()
    return Plan(title, begins, ends, zone, where, url, text, notes=tuple(notes), troubles=tuple(troubles))


def _hours(event: Event, start: datetime, zone: str) -> tuple[datetime, datetime, list[Remark]]:
    """When it begins and ends, by the clocks of the zone, and what is to be said of that."""
    begins, end, length = _wall(start, zone), calendarzones.moment(event.end or ""), calendarwords.length(event.duration)
    ends = _wall(end, zone) if isinstance(end, datetime) else begins + (length or USUAL)
    notes = [] if isinstance(end, datetime) or length else [Remark(meetingplan.ONE_HOUR)]
    if remark := meetingclock.skipped(start, zone):
        notes.append(remark)
    return begins, ends if ends > begins else begins + USUAL, notes


def _wall(at: datetime, zone: str) -> datetime:
    """By the clocks of the zone; what floats is meant by them already."""
    if at.tzinfo is None:
        return meetingclock.behind_gap(at, zone)
    try:
        return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except OverflowError:
        return at.replace(tzinfo=None)
