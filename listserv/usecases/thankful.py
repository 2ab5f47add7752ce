"""Who has thanked for what, as pages and digests tell it. (Noting thanks and telling their author: `usecases.thanking`.)"""

from collections import defaultdict
from dataclasses import dataclass, replace
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
from listserv.usecases.digestextras import Beside

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


def told_until(member: Member, slot: datetime) -> datetime:
    """Until when a member's digests have told of what happens beside the messages."""
    # What happened in the very moment of joining is news, too.
    return member.digest_told or max(member.joined_at, slot - FIRST) - timedelta(microseconds=1)


def since(member: Member, slot: datetime) -> datetime | None:
    """From when on a member's digest tells of thanks: what came behind the last one that said anything. None on a list that collects none."""
    return told_until(member, slot) if member.mlist.thanks is ThankYous.COLLECT else None


def for_digest(db: Session, settings: Settings, mlist: MailingList, after: datetime | None, upto: datetime) -> tuple[Beside[InDigest], ...]:
    """The thanks of that time, by message."""
    found: dict[int, list[str]] = {}
    about: dict[int, Beside[InDigest]] = {}
    for row in rows.thanks_between(db, mlist.id, after, upto, MOST) if after else ():
        found.setdefault(row.message_id, []).append(one_line(speaker(row.name, ""), 80))
        author = one_line(speaker(row.author, row.author_email), 80)
        told = InDigest((), author, one_line(row.subject), links.message_url(settings, mlist.name, row.hash))
        about[row.message_id] = Beside(row.thread_id, row.topic_id, row.user_id, told)
    return tuple(replace(one, told=replace(one.told, names=tuple(found[key]))) for key, one in about.items())
