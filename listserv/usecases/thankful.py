"""Who has thanked for what, as pages and digests tell it. (Noting thanks and telling their author: `usecases.thanking`.)"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from digests.entries import Thanked as InDigest
from digests.excerpt import one_line
from listserv import links
from listserv.config import Settings
from listserv.store import doors as rows
from listserv.store.lists import MailingList, ThankYous
from listserv.store.members import Member
from listserv.usecases.conversations import speaker

# Of one digest; and how far back the first one of somebody looks.
MOST, FIRST = 100, timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Thanked:
    """Who has thanked for one message: the names that are known, and how many in all."""

    names: tuple[str, ...]
    count: int


def by_message(db: Session, mlist: MailingList, thread_id: int, *, named: bool) -> dict[int, Thanked]:
    """The thanks for the messages of a thread; strangers are told how many, and no names."""
    if mlist.thanks is not ThankYous.COLLECT:
        return {}
    found: defaultdict[int, list[str]] = defaultdict(list)
    for message_id, name in rows.names_for(db, thread_id):
        found[message_id].append(speaker(name, ""))
    return {message_id: Thanked(tuple(filter(None, names)) if named else (), len(names)) for message_id, names in found.items()}


def since(member: Member, last: datetime | None, now: datetime) -> datetime | None:
    """From when on a member's digest tells of thanks: what came behind the last one that said anything. None on a list that collects none."""
    if member.mlist.thanks is not ThankYous.COLLECT:
        return None
    # What happened in the very moment of joining is news, too.
    return last or max(member.joined_at, now - FIRST) - timedelta(microseconds=1)


def for_digest(db: Session, settings: Settings, mlist: MailingList, after: datetime | None) -> tuple[InDigest, ...]:
    """The thanks since then, by message."""
    found: dict[int, list[str]] = {}
    about: dict[int, InDigest] = {}
    for row in rows.thanks_since(db, mlist.id, after, MOST) if after else ():
        found.setdefault(row.message_id, []).append(one_line(speaker(row.name, ""), 80))
        author = one_line(speaker(row.author, row.author_email), 80)
        about[row.message_id] = InDigest((), author, one_line(row.subject), links.message_url(settings, mlist.name, row.hash))
    return tuple(InDigest(tuple(found[key]), one.author, one.title, one.url) for key, one in about.items())
