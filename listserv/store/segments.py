"""Which members of a list a choice of readers means: one statement, for counting and for making their copies."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session, object_session

from listserv.mail.segments import Segment
from listserv.store.archive import SHOWN, Message
from listserv.store.following import TopicWish, Wish
from listserv.store.lists import MailingList, Topic
from listserv.store.members import MODERATING, DeliveryMode, Member, Role, Status
from listserv.store.people import Address, User

IN_ROLE = {"member": (Role.MEMBER,), "moderator": MODERATING, "owner": (Role.OWNER,)}


def statement(mlist: MailingList, segment: Segment) -> Select[int]:
    """The ids of the readers who are meant: enabled, and not content with the archive alone. In no order."""
    gets = (Member.delivery != DeliveryMode.NONE, Member.status == Status.ENABLED)
    return select(Member.id).where(Member.list_id == mlist.id, *gets, *_conditions(mlist, segment))


def count(db: Session, mlist: MailingList, segment: Segment) -> int:
    """How many readers are meant."""
    return db.scalar(select(func.count()).select_from(statement(mlist, segment).subquery())) or 0


def titles(db: Session, mlist: MailingList, slugs: Iterable[str]) -> dict[str, str]:
    """The titles of those of these topics that the list has."""
    return dict(db.execute(select(Topic.slug, Topic.title).where(Topic.list_id == mlist.id, Topic.slug.in_(list(slugs)))).all())


def _conditions(mlist: MailingList, segment: Segment) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_follows(mlist, slug) for slug in segment.topics]
    if segment.role:
        found.append(Member.role.in_(IN_ROLE.get(segment.role, ())))
    if segment.wrote is not None:
        found.append(_has_written(mlist) if segment.wrote else ~_has_written(mlist))
    if segment.joined_from:
        found.append(Member.joined_at >= _midnight(mlist, segment.joined_from))
    if segment.joined_to:
        found.append(Member.joined_at < _midnight(mlist, segment.joined_to + timedelta(days=1)) if segment.joined_to < date.max else ~false())
    if segment.language:
        found.append(_reads(mlist, segment.language))
    return found


def _follows(mlist: MailingList, slug: str) -> ColumnElement[bool]:
    wishes = select(TopicWish.member_id).join(Topic, Topic.id == TopicWish.topic_id)
    return Member.id.in_(wishes.where(Topic.list_id == mlist.id, Topic.slug == slug, TopicWish.wish == Wish.FOLLOW))


def _has_written(mlist: MailingList) -> ColumnElement[bool]:
    """Under their account, or from one of their addresses before they had one here (an imported archive)."""
    here = select(Message.id).where(Message.list_id == mlist.id, SHOWN)
    # One within the other, not joined: SQLite would go through all messages for every member.
    from_there = here.where(Message.author_key == Address.key).correlate(Address).exists()
    before = select(Address.id).where(Address.user_id == Member.user_id, from_there).correlate(Member)
    return or_(here.where(Message.user_id == Member.user_id).correlate(Member).exists(), before.exists())


def _reads(mlist: MailingList, language: str) -> ColumnElement[bool]:
    """Who has not said reads what the list is written in."""
    meant = (language, "") if mlist.language == language else (language,)
    return select(User.id).where(User.id == Member.user_id, User.language.in_(meant)).correlate(Member).exists()


def _midnight(mlist: MailingList, day: date) -> datetime:
    """When a day begins, as the site's clocks have it."""
    db = object_session(mlist)
    assert db is not None
    zone = ZoneInfo(db.info["settings"].timezone)
    return datetime.combine(max(day, date(1, 1, 3)), time(), zone).astimezone(UTC)
