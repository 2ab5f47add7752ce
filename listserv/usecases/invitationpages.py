"""The invitations of a list as its moderators see them, and what a form of theirs holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotFound
from listserv.mail.peoplelines import LONGEST_NOTE, People, people
from listserv.store import invitations as rows
from listserv.store.invitations import Invitation
from listserv.usecases.enrolling import MOST_LINES, NOBODY, TOO_MANY
from listserv.usecases.reading import page_of
from listserv.usecases.shown import Pages
from listserv.usecases.stewards import Steward

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """A page of invitations: open ones first."""

    rows: Sequence[Invitation]
    count: int
    open: int
    pages: Pages


def look_up(db: Session, who: Steward, *, page: int = 1) -> InvitationPage:
    """The invitations of the steward's list."""
    count, open = rows.count(db, who.mlist.id), rows.count(db, who.mlist.id, only_open=True)
    at = page_of(page, count, A_PAGE)
    return InvitationPage(rows.page(db, who.mlist.id, A_PAGE, (at.number - 1) * A_PAGE), count, open, at)


def one_here(db: Session, who: Steward, number: int) -> Invitation:
    """An invitation to the steward's list. Raises NotFound."""
    one = db.get(Invitation, number)
    if one is None or one.list_id != who.mlist.id:
        raise NotFound("there is no such page")
    return one


def typed(text: str, note: str) -> People:
    """The people of a form, and the words for all of them. Raises Invalid for none, or too many."""
    listed = people(text, whole=True)
    if not (listed.people or listed.unread):
        raise Invalid(NOBODY)
    if len(listed.people) + len(listed.unread) > MOST_LINES:
        raise Invalid(TOO_MANY)
    return replace(listed, note=note.strip()[:LONGEST_NOTE])
