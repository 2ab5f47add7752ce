"""What was found in a letter, put together as a meeting: what was assumed is said, and what is doubtful is asked."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from listserv.mail import meetingclock, meetingplan, meetingwhen
from listserv.mail.meetinghours import Hours
from listserv.mail.meetingpatterns import LONGEST_PLACE, LONGEST_TITLE, MOST_SEATS
from listserv.mail.meetingplan import USUAL, Plan, Remark
from listserv.mail.meetingwhen import Day


@dataclass(slots=True)
class Said:
    """What was found in a letter, before it is put together."""

    title: str = ""
    day: Day | None = None
    hours: Hours = field(default_factory=Hours)
    zone: str = ""
    place: str = ""
    url: str = ""
    text: str = ""
    seats: int | None = None
    unlimited: bool = False
    labelled: int = 0
    # Lines that no label opens.
    others: list[str] = field(default_factory=list)


def put_together(plan: Plan, said: Said, now: datetime) -> Plan:
    """The plan with what was said of it, and what must be said of that."""
    notes, troubles = list[Remark](), [one for one in plan.troubles if one.words in meetingplan.OF_DAY and said.day is None]
    facts = {name: getattr(said, name) for name in ("title", "place", "url", "text", "zone") if getattr(said, name)}
    made = replace(plan, **facts, seats=None if said.unlimited else said.seats if said.seats is not None else plan.seats)
    made = replace(made, title=made.title[:LONGEST_TITLE], place=made.place[:LONGEST_PLACE], seats=min(made.seats, MOST_SEATS) if made.seats else None)
    day = _day(said.day, plan, now, notes, troubles)
    starts, ends = _when(day, said.hours, plan, notes, troubles)
    if starts and meetingclock.is_skipped(starts, made.zone):
        troubles.append(Remark(meetingplan.NO_SUCH_HOUR))
    if starts and starts <= now and not any(one.words == meetingplan.NO_HOUR for one in troubles):
        troubles.append(Remark(meetingplan.PAST, starts.date()))
    if not made.title:
        troubles.append(Remark(meetingplan.NO_TITLE))
    return replace(made, starts=starts, ends=ends, notes=tuple(notes), troubles=tuple(troubles))


def _day(said: Day | None, plan: Plan, now: datetime, notes: list[Remark], troubles: list[Remark]) -> date | None:
    if said is None:
        if plan.starts is None:
            troubles.append(Remark(meetingplan.NO_DATE))
        return plan.starts.date() if plan.starts else None
    found = said.on(now.date())
    if found is None or meetingwhen.is_nowhere(said):
        troubles.append(Remark(meetingplan.NO_SUCH_DAY))
        return None
    if said.day and said.weekday is not None and found.weekday() != said.weekday:
        troubles.append(Remark(meetingplan.OTHER_WEEKDAY, found, said.weekday))
    elif said.two:
        troubles.append(Remark(meetingplan.TWO_WEEKS, found))
    elif said.day and said.year is None:
        notes.append(Remark(meetingplan.NEXT_SUCH_DATE, found))
    elif not said.day:
        notes.append(Remark(meetingplan.WHICH_DAY, found))
    return found


def _when(day: date | None, hours: Hours, plan: Plan, notes: list[Remark], troubles: list[Remark]) -> tuple[datetime | None, datetime | None]:
    if day is None:
        return None, None
    known = plan.starts is not None and not any(one.words == meetingplan.NO_HOUR for one in plan.troubles)
    start = hours.start or (plan.starts.time() if plan.starts and known else None)
    if start is None:
        # The day is kept: the hour alone is asked for.
        troubles.append(Remark(meetingplan.NO_HOUR))
        return datetime.combine(day, time()), datetime.combine(day, time()) + (hours.length or USUAL)
    starts = datetime.combine(day, start)
    if hours.length is not None:
        return starts, starts + hours.length
    if hours.end is not None:
        ends = datetime.combine(day, hours.end)
        if ends <= starts:
            notes.append(Remark(meetingplan.NEXT_DAY))
            ends += meetingplan.DAY
        return starts, ends
    if known and plan.starts and plan.ends:
        if hours.start is not None:
            notes.append(Remark(meetingplan.SAME_LENGTH))
        return starts, starts + (plan.ends - plan.starts)
    notes.append(Remark(meetingplan.ONE_HOUR))
    return starts, starts + USUAL
