"""What a moderator's list of people does when the word has come: adding in slices, and taking back.

The batch remembers the mail, not the people: they are read and looked at anew each time, so whatever another moderator has
done meanwhile is seen, and nobody is added twice.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.errors import Conflict, Expired
from listserv.mail import address
from listserv.mail.batchverbs import Verb
from listserv.mail.invited import Order
from listserv.mail.parse import parse
from listserv.store import invitations as rows
from listserv.store.invitations import Batch, BatchState
from listserv.store.members import Member, Role
from listserv.store.people import person_at
from listserv.store.queue import raw_bytes
from listserv.store.recall import stop_letters
from listserv.usecases import digesting, inviting, membership, ordering, outbox
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import NewMember, add_member, remove_member
from listserv.usecases.journal import note
from listserv.usecases.newcomers import good, sort_out

# People added in one transaction; the calendar goes on with the rest.
SLICE = 100
# As every decision (`undoing`, which imports what imports this).
WINDOW = timedelta(minutes=10)


def order_of(db: Session, batch: Batch) -> Order | None:
    """The order as its mail says it."""
    raw = raw_bytes(db, batch.raw_id)
    post = parse(raw)
    return ordering.read(post, ordering.words_of(post), raw)


def add_some(db: Session, batch: Batch, order: Order, now: datetime) -> bool:
    """Add the next ones; is anybody left? Who was added, or has come meanwhile, is on the list and passed over."""
    mlist, actor = batch.mlist, Actor(Door.MAIL, batch.decided_by, proven=True)
    chosen = good(sort_out(db, mlist, order.people))
    for line in chosen[:SLICE]:
        # Nobody has proven the address: whoever reads there can sign in.
        member = add_member(db, mlist, NewMember(line.email, name_for(db, line.email, line.name), verified=False), actor, now)
        digesting.plan(db, member, now)
        if batch.welcome:
            membership.welcome(db, member, now)
        batch.member_ids = f"{batch.member_ids} {member.id}".strip()
    if len(chosen) > SLICE:
        return True
    batch.state = BatchState.DONE
    return False


def name_for(db: Session, email: str, name: str) -> str:
    """The name that moderators give; a person's own, the same on every list, is not theirs to give."""
    return "" if person_at(db, address.key(email)) else name


def undo(db: Session, batch: Batch, actor: Actor, now: datetime, *, asked_at: datetime) -> int:
    """Take off those who were added, or take back the invitations that nobody has answered; how many.

    Raises Conflict where nothing was done, Expired after ten minutes.
    """
    if batch.state not in (BatchState.DONE, BatchState.RUNNING) or batch.decided_at is None:
        raise Conflict("nothing-done")
    if asked_at >= batch.decided_at + WINDOW:
        raise Expired("too-late-to-undo")
    count = _take_off(db, batch, actor, now) if batch.verb is Verb.ADD else _take_back(db, batch, actor, now)
    batch.state = BatchState.UNDONE
    note(db, actor, "batch-undone", mlist=batch.mlist, now=now, about=batch, detail=str(count))
    return count


def _take_off(db: Session, batch: Batch, actor: Actor, now: datetime) -> int:
    """Whoever has become a moderator meanwhile stays: somebody has meant that."""
    count = 0
    for number in batch.member_ids.split():
        member = db.get(Member, int(number))
        if member is None or member.role is not Role.MEMBER:
            continue
        email, tongue, since = member.address.email, member.user.language, member.joined_at
        remove_member(db, member, actor, now, why="undone")
        if batch.welcome and not stop_letters(db, "welcome", batch.list_id, address.key(email), since):
            outbox.write(db, "removed", email, tongue, now, mlist=batch.mlist, automatic=False, words="")
        count += 1
    return count


def _take_back(db: Session, batch: Batch, actor: Actor, now: datetime) -> int:
    count = 0
    for one in rows.of_batch(db, batch.id):
        try:
            inviting.take_back(db, one, actor, now)
        except Conflict:
            continue  # answered meanwhile
        count += 1
    return count
