"""The people of a whole site, as those who keep it see them: looked up, and one of them with all that hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import sitepeople as rows
from listserv.store.erasing import Erasure
from listserv.store.failing import Failing
from listserv.store.members import Member
from listserv.store.people import User, administrators
from listserv.usecases import apitokens, keepers

A_PAGE = 50
LEAST_LETTERS, MOST_LETTERS = 2, 200


@dataclass(frozen=True, slots=True)
class Found:
    """People who fit, on how many lists each is, and behind which number there are more (0: there are none)."""

    text: str
    people: Sequence[User]
    lists: Mapping[int, int]
    more: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person: memberships, what is held against each address, browsers signed in, tokens of programs, and when they are forgotten."""

    user: User
    memberships: Sequence[Member]
    failing: Mapping[int, Failing]
    stopped: frozenset[int]
    browsers: int
    programs: int
    erasure: Erasure | None


def look_up(db: Session, text: str, after: int = 0) -> Found:
    """Whoever has these letters in name or address; without any, those who keep the site."""
    sought = " ".join(text.split())[:MOST_LETTERS]
    if len(sought) < LEAST_LETTERS:
        found: Sequence[User] = administrators(db)
        return Found("", found, rows.memberships_of(db, [one.id for one in found]), 0)
    found = rows.found(db, sought, A_PAGE + 1, after)
    shown = found[:A_PAGE]
    return Found(sought, shown, rows.memberships_of(db, [one.id for one in shown]), shown[-1].id if len(found) > A_PAGE else 0)


def sheet(db: Session, user_id: int, now: datetime) -> Sheet:
    """All of one person. Raises NotFound."""
    user = keepers.person_here(db, user_id)
    own = rows.memberships(db, user.id)
    failing = rows.failing_at(db, [place.id for place in user.addresses])
    stopped = frozenset(member.address_id for member in own if member.status == "bouncing" or member.bounce_score > 0)
    programs = sum(apitokens.is_good(one, now) for one in apitokens.of_person(db, user.id))
    return Sheet(user, own, failing, stopped, rows.browsers_open(db, user.id, now), programs, keepers.is_going(db, user))
