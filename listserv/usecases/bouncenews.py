"""What moderators hear of members whose letters come back: one letter a day and list, with all who were paused, and who is back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import bouncekinds
from listserv.store import calendar
from listserv.store import failing as rows
from listserv.store.lists import MailingList
from listserv.store.members import MODERATING, Member, Status, moderators_of
from listserv.usecases import outbox
from listserv.usecases.deciding import Decider, site_deciders
from listserv.usecases.digesting import Owed

WHAT = "bounces-told"
# So long it may still turn out that a whole domain was in trouble; and then it is no news.
GRACE = timedelta(hours=1)
DAY = timedelta(days=1)
# Of so many people a letter tells; the page has all.
MOST = 8


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Write to the moderators of the lists on which there is news; of how many lists."""
    return sum(_tell(db, mlist, now) for mlist in _due(db, now)[:limit])


def _due(db: Session, now: datetime) -> list[MailingList]:
    return [mlist for mlist in rows.lists_with_news(db, now - GRACE) if _slot(db, mlist, now) <= now]


def _slot(db: Session, mlist: MailingList, now: datetime) -> datetime:
    """When the letter with this news is due: an hour after the first of it, and a day after the last letter."""
    first = min((member.bouncing_since for member in rows.news_of(db, mlist.id, now - GRACE) if member.bouncing_since), default=now)
    last = rows.last_told(db, WHAT, _about(mlist))
    return max(first + GRACE, last + DAY) if last else first + GRACE


def _about(mlist: MailingList) -> str:
    return f"list:{mlist.id}"


def _tell(db: Session, mlist: MailingList, now: datetime) -> int:
    news = rows.news_of(db, mlist.id, now - GRACE)
    stopped = [member for member in news if member.status is Status.BOUNCING]
    back = [member for member in news if member.status is not Status.BOUNCING]
    readers = _readers(db, mlist, stopped)
    if not calendar.ran(db, WHAT, _about(mlist), _slot(db, mlist, now), now, list_id=mlist.id, detail=f"letters: {len(readers)}"):
        return 0
    facts: dict[str, Any] = {"bouncing_members": [_as_told(db, member) for member in stopped[:MOST]], "bouncing_left": max(0, len(stopped) - MOST)}
    facts |= {"revived": [_as_told(db, member) for member in back[:MOST]], "revived_left": max(0, len(back) - MOST)}
    for one in readers:
        outbox.write(db, "members-bouncing", one.email, one.language, now, mlist=mlist, automatic=False, **facts)
    for member in stopped:
        member.bouncing_told = now
    for member in back:
        member.bouncing_told = member.bouncing_since = None
    return 1


def _as_told(db: Session, member: Member) -> dict[str, Any]:
    row = rows.of_address(db, member.address_id)
    page = f"{links.archive_url(outbox.settings_of(db), member.mlist.name)}moderate/members/{member.id}"
    said = " ".join(row.diagnostic.split())[:200] if row else ""
    facts = {"name": member.user.name, "email": member.address.email, "since": member.bouncing_since, "page": page, "server": said}
    return facts | {"why": bouncekinds.said(row.kind if row else ""), "asked": row is None or row.due is not None}


def _readers(db: Session, mlist: MailingList, stopped: Sequence[Member]) -> list[Decider]:
    """The moderators whom mail reaches. Where one of them is paused, and where nobody is left, the administrator too."""
    there = [one for one in moderators_of(db, mlist) if one.status is not Status.BOUNCING]
    found = [Decider(one.user_id, one.user.name, one.address.email, one.user.language) for one in there]
    if found and not any(member.role in MODERATING for member in stopped):
        return found
    known = {one.email.lower() for one in found}
    return [*found, *(one for one in site_deciders(db) if one.email.lower() not in known)]


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters that will be written by then; changes nothing."""
    found = []
    for mlist in _due(db, until):
        stopped = [member for member in rows.news_of(db, mlist.id, until - GRACE) if member.status is Status.BOUNCING]
        at = _slot(db, mlist, until)
        found += [Owed(at, WHAT, mlist.name, one.email, f"paused: {len(stopped)}") for one in _readers(db, mlist, stopped)]
    return found
