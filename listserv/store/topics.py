"""A list's topics: their order, and the threads that are filed under them."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from listserv.store.archive import Thread
from listserv.store.lists import MailingList, Topic


def counted(db: Session, mlist: MailingList) -> Sequence[tuple[Topic, int]]:
    """The topics in their order, with how many threads each holds, hidden ones too."""
    threads = select(Thread.topic_id, func.count().label("count")).where(Thread.list_id == mlist.id, Thread.merged_into.is_(None)).group_by(Thread.topic_id)
    found = threads.subquery()
    query = select(Topic, func.coalesce(found.c.count, 0)).outerjoin(found, found.c.topic_id == Topic.id).where(Topic.list_id == mlist.id)
    return [(topic, count) for topic, count in db.execute(query.order_by(Topic.position, Topic.id))]


def unfile(db: Session, topic: Topic) -> int:
    """Threads of this topic are under none; how many there were."""
    ids = db.scalars(select(Thread.id).where(Thread.topic_id == topic.id)).all()
    db.execute(update(Thread).where(Thread.topic_id == topic.id).values(topic_id=None))
    return len(ids)
