"""Rows that have told all that they had to tell are taken away, some thousand at a time, so that nobody waits long."""

from datetime import datetime
from itertools import takewhile

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, defer

from listserv.store.counters import Counter
from listserv.store.fares import Fare, of_rows, together
from listserv.store.queue import NOT_FOLDED, Delivery, Letter, Outgoing

# Under this name the number of the newest letter that has been looked at is kept (store.counters).
LETTERS = "swept.letters"


def next_post(db: Session, before: datetime) -> Outgoing | None:
    """The oldest post from before then whose copies still have rows, all of them done; locked until the commit."""
    waits = select(Delivery.id).where(Delivery.outgoing_id == Outgoing.id, Delivery.due.is_not(None)).exists()
    query = select(Outgoing).options(defer(Outgoing.head), defer(Outgoing.body))
    # By the index of those that are not folded: nearly every post of the archive has no `upto`, and SQLite would go through all of them.
    query = query.where(NOT_FOLDED, Outgoing.created_at < before, func.coalesce(Outgoing.upto, -1) == -1, ~waits)
    return db.scalar(query.order_by(Outgoing.created_at).limit(1).with_for_update(of=Outgoing, skip_locked=True))


def fold(db: Session, post: Outgoing, limit: int) -> int:
    """Take away the rows of some copies, and keep what they told; how many went."""
    mine = Delivery.outgoing_id == post.id
    some = select(Delivery.member_id).where(mine).order_by(Delivery.member_id).limit(limit).subquery()
    last, count = db.execute(select(func.max(some.c.member_id), func.count()).select_from(some)).one()
    if count:
        _keep(post, of_rows(db, mine, Delivery.member_id <= last))
        db.execute(delete(Delivery).where(mine, Delivery.member_id <= last).execution_options(synchronize_session=False))
    if count < limit:
        _keep(post, Fare(0, 0, 0))
        post.folded = True
    return int(count)


def _keep(post: Outgoing, told: Fare) -> None:
    before = Fare(post.sent or 0, 0, post.failed or 0, post.gone or 0, post.retried or 0, post.first_at, post.last_at)
    kept = together(before, told)
    post.sent, post.failed, post.gone, post.retried = kept.sent, kept.failed, kept.gone, kept.retried
    post.first_at, post.last_at = kept.first_at, kept.last_at


def old_letters(db: Session, before: datetime, kinds: tuple[str, ...], limit: int) -> list[Letter]:
    """The next letters written before then, but of these kinds, that wait for nothing; what was looked at is not looked at again."""
    place = db.get(Counter, (LETTERS, 0))
    if place is None:
        place = Counter(name=LETTERS, shard=0, value=0)
        db.add(place)
    # In the order of their numbers: the first that is too young ends it.
    ahead = db.scalars(select(Letter).where(Letter.id > place.value).order_by(Letter.id).limit(limit))
    found = list(takewhile(lambda letter: letter.created_at < before, ahead))
    if found:
        place.value = found[-1].id
    return [letter for letter in found if letter.due is None and letter.kind not in kinds]
