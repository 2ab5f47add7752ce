"""A list's figures of what it makes together: materials, meetings, questions; each only where the list has it turned on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.i18n import N_
from listserv.store import made as rows
from listserv.store.lists import MailingList


@dataclass(frozen=True, slots=True)
class Together:
    """Of a month, or of all of them: what was made, used and held, who was invited and came, who was asked and answered."""

    materials: int = 0
    materials_used: int = 0
    meetings: int = 0
    meetings_invited: int = 0
    meetings_came: int = 0
    surveys: int = 0
    surveys_asked: int = 0
    surveys_answered: int = 0

    def __add__(self, other: "Together") -> "Together":
        return Together(*(getattr(self, name) + getattr(other, name) for name in Together.__slots__))

    @property
    def share_who_came(self) -> float:
        """Of those who were invited, from 0 to 1."""
        return min(1.0, self.meetings_came / self.meetings_invited) if self.meetings_invited else 0.0

    @property
    def share_who_answered(self) -> float:
        """Of those who were asked, from 0 to 1."""
        return min(1.0, self.surveys_answered / self.surveys_asked) if self.surveys_asked else 0.0


NOTHING = Together()
# By the switch that turns them on: the figures, as programs and as people call them.
COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    "materials": (("materials", N_("materials")), ("materials_used", N_("materials used"))),
    "meetings": (("meetings", N_("meetings")), ("meetings_invited", N_("invited")), ("meetings_came", N_("came"))),
    "surveys": (("surveys", N_("questions")), ("surveys_asked", N_("asked")), ("surveys_answered", N_("answered"))),
}


def turned_on(mlist: MailingList) -> tuple[str, ...]:
    """Which of the three a list has."""
    return tuple(switch for switch in COLUMNS if getattr(mlist, switch))


def columns(on: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(name, what people call it) of the figures that there are."""
    return tuple(column for switch in on for column in COLUMNS[switch])


def by_month(db: Session, mlist: MailingList, bounds: Sequence[datetime], until: datetime) -> dict[int, Together]:
    """The figures of each month with any, by its number; `bounds`: where each begins, and where the last one ends. A meeting that is to come has nobody yet."""
    on, none = turned_on(mlist), (0, 0, 0)
    if not on:
        return {}
    made = rows.materials_by_month(db, mlist.id, bounds) if "materials" in on else {}
    used = rows.uses_by_month(db, mlist.id, bounds) if "materials" in on else {}
    held = rows.meetings_by_month(db, mlist.id, [*bounds[:-1], min(bounds[-1], until)]) if "meetings" in on else {}
    asked = rows.surveys_by_month(db, mlist.id, bounds) if "surveys" in on else {}
    months = {*made, *used, *held, *asked}
    return {number: Together(made.get(number, 0), used.get(number, 0), *held.get(number, none), *asked.get(number, none)) for number in months}
