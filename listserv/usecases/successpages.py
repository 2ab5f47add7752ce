"""The page of what a network has made, by school year: live, for all who may read the list; who came to a meeting for members alone."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.store import successes as rows
from listserv.usecases import outbox, successes, successletters, visiting
from listserv.usecases.access import Actor
from listserv.usecases.reading import view_of
from listserv.usecases.shown import View
from listserv.usecases.successes import Success


@dataclass(frozen=True, slots=True)
class Made:
    """A school year of a list. `may_make`: whoever looks can have the draft of its letter; `released`: where that letter stands, once it is sent."""

    view: View
    year: int
    years: tuple[int, ...]
    told: tuple[Success, ...]
    may_make: bool
    released: str


def made(db: Session, name: str, actor: Actor, now: datetime, *, year: int | None = None) -> Made:
    """The page. Raises NotFound also where the list has nothing of this turned on, and for a year without anything."""
    view = _view(db, name, actor)
    today = visiting.today(outbox.settings_of(db), now)
    there = successes.years(db, view.mlist, today)
    shown = there[0] if year is None else year
    if shown not in there:
        raise NotFound("there is no such page")
    told = successes.found(db, view.mlist, successes.year_so_far(shown, today), now)
    if not view.sees_addresses:
        told = tuple(replace(one, title=view.veil(one.title), other=view.veil(one.other), present=()) for one in told)
    may = view.decides and successletters.can_be_made(view.mlist) and successletters.decider_of(db, view.mlist, actor) is not None
    released = rows.released(db, view.mlist.id, shown)
    return Made(view, shown, there, told, may and not released, f"message/{released}" if released else "")


def _view(db: Session, name: str, actor: Actor) -> View:
    view = view_of(db, name, actor)
    if not successes.is_on(view.mlist):
        raise NotFound("there is no such page")
    return view


def ask_for_letter(db: Session, name: str, actor: Actor, now: datetime, *, year: int) -> str:
    """Mail the draft of a year's letter to whoever asks for it: `sent`, `nothing`, `already`. Raises NotFound for everybody who does not decide."""
    view = _view(db, name, actor)
    if not view.decides or year not in successes.years(db, view.mlist, visiting.today(outbox.settings_of(db), now)):
        raise NotFound("there is no such page")
    try:
        return "sent" if successletters.ask_for(db, view.mlist, year, actor, now) else "nothing"
    except Conflict:
        return "already"
