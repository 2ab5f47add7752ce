"""The page of a list's figures: for those on the list, because they are what all of them have made together; of a newsletter for those who write it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotFound
from listserv.store.lists import Kind, Reports
from listserv.store.members import Role
from listserv.usecases import outbox, reporting, visiting
from listserv.usecases.access import Actor
from listserv.usecases.figureperiods import Period, month_of, school_year, school_year_of, so_far, wanted
from listserv.usecases.figures import Figures, figures
from listserv.usecases.issuefigures import Effect, effects
from listserv.usecases.reading import view_of
from listserv.usecases.shown import View


@dataclass(frozen=True, slots=True)
class Stats:
    """The figures, and what else may be chosen."""

    view: View
    figures: Figures
    effects: tuple[Effect, ...]
    # Why what was typed cannot be shown; the usual days are shown instead.
    wrong: str
    usual: bool
    # Whether these usual days are of a year that is over: nobody has written in this one.
    past: bool
    this_year: Period
    this_month: Period
    last_month: Period
    last_year: Period
    # Whether letters come to this coordinator; None for everybody else.
    letters: bool | None


def stats(db: Session, name: str, actor: Actor, now: datetime, *, month: str = "", first: str = "", last: str = "") -> Stats:
    """The page. Raises NotFound for everybody who is not on the list, also where its archive is public."""
    view = _view(db, name, actor)
    today, wrong = visiting.today(outbox.settings_of(db), now), ""
    try:
        chosen = wanted(db, view.mlist, today, month=month, first=first, last=last)
    except Invalid as refused:
        chosen, wrong = so_far(db, view.mlist, today), refused.reason
    found = figures(db, view.mlist, chosen.first, chosen.last, today=today)
    usual = bool(wrong) or not (month or first or last)
    ago = month_of(today.replace(day=1) - timedelta(days=1))
    years = school_year(school_year_of(today)), school_year(school_year_of(today) - 1)
    past = (chosen if usual else so_far(db, view.mlist, today)).last < years[0].first
    issues = effects(db, view.mlist, chosen.first, chosen.last)[::-1]
    return Stats(view, found, issues, wrong, usual, past, _upto(years[0], today), _upto(month_of(today), today), ago, years[1], _letters(view))


def _view(db: Session, name: str, actor: Actor) -> View:
    """On a newsletter, which anybody may read, the figures are those of the people who make it."""
    view = view_of(db, name, actor)
    if not view.sees_addresses or (view.mlist.kind is Kind.NEWSLETTER and not view.decides):
        raise NotFound("there is no such page")
    return view


def _upto(period: Period, today: date) -> Period:
    return Period(period.first, min(period.last, today))


def _letters(view: View) -> bool | None:
    if view.member is None or view.member.role is not Role.OWNER:
        return None
    return view.member.reports and view.mlist.report is not Reports.NONE


def choose_letters(db: Session, name: str, actor: Actor, now: datetime, *, wanted: bool) -> None:
    """A coordinator wants the letters, or wants them no more. Raises NotFound for everybody else."""
    view = _view(db, name, actor)
    if view.member is None or _letters(view) is None:
        raise NotFound("there is no such page")
    reporting.choose(db, view.member, actor, now, wanted=wanted)
