"""A meeting as somebody has said it: the facts, what was assumed beside them, and what must be asked before anybody is invited."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from listserv.i18n import N_

USUAL, DAY = timedelta(hours=1), timedelta(days=1)
# What was assumed, each said in the letter that shows the meeting.
ONE_HOUR = N_("No end was said: one hour is taken.")
NEXT_SUCH_DATE = N_("No year was said: {day} is the next such date.")
WHICH_DAY = N_("No date was said: {day} is the day that is meant.")
NEXT_DAY = N_("It ends the next day.")
SAME_LENGTH = N_("Nothing was said of its end: it lasts as long as before.")
ONLY_FIRST = N_("The calendar file names a meeting that repeats: only the first one is taken.")
SKIPPED = N_("There is no {hour} on {day}: the clocks go forward then. {taken} is taken. To change it, reply TIME: and another hour.")
TWICE = N_("{hour} comes twice on {day}: the clocks go back then. The first one is taken. To change it, reply TIME: and another hour.")
# What is asked; nobody is invited before it is answered.
NO_DATE = N_("There is no date in it.")
NO_HOUR = N_("There is no hour in it.")
NO_TITLE = N_("There is no title in it.")
OTHER_WEEKDAY = N_("{day} is not a {said}, but a {weekday}: which of the two is right?")
TWO_WEEKS = N_("This may be {day} or a week later: which of the two is meant?")
PAST = N_("{day} is over already: a meeting can only be announced before it begins.")
NO_SUCH_DAY = N_("There is no such day in the calendar.")
NO_SUCH_HOUR = N_("There is no such hour on that day: the clocks go forward then.")
# A day said anew answers these.
OF_DAY = (OTHER_WEEKDAY, TWO_WEEKS, NO_SUCH_DAY)


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what was understood; its days are worded in the reader's language.

    `weekday`: the one that was said; `hours`: that hour, and the one that is taken.
    """

    words: str
    day: date | None = None
    weekday: int | None = None
    hours: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody has said of a meeting. Times without a zone: as the clocks of `zone` show them."""

    title: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    zone: str = ""
    place: str = ""
    url: str = ""
    text: str = ""
    seats: int | None = None
    notes: tuple[Remark, ...] = field(default=(), compare=False)
    troubles: tuple[Remark, ...] = field(default=(), compare=False)


def write(plan: Plan) -> str:
    """The plan as JSON, with what must be asked; notes are said once and not kept."""
    facts: dict[str, Any] = {name: getattr(plan, name) for name in ("title", "zone", "place", "url", "text", "seats")}
    facts |= {name: moment.isoformat() if (moment := getattr(plan, name)) else None for name in ("starts", "ends")}
    facts["troubles"] = [[one.words, one.day.isoformat() if one.day else None, one.weekday] for one in plan.troubles]
    return json.dumps(facts, ensure_ascii=False)


def read(text: str) -> Plan:
    """What `write` has written."""
    facts = json.loads(text)
    moments = {name: datetime.fromisoformat(facts[name]) if facts[name] else None for name in ("starts", "ends")}
    troubles = tuple(Remark(words, date.fromisoformat(day) if day else None, weekday) for words, day, weekday in facts.pop("troubles"))
    return Plan(**(facts | moments), troubles=troubles)


def cleaned(plan: Plan, clean: Callable[[str], str]) -> Plan:
    """The plan with its words made clean."""
    return replace(plan, title=clean(plan.title), place=clean(plan.place), text=clean(plan.text), url=clean(plan.url))
