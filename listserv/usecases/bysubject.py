"""An answer whose mail program named nothing that it answers: its subject may still say which conversation it belongs to."""

from datetime import timedelta

from sqlalchemy.orm import Session

from listserv.mail import subject
from listserv.store import threads, tools
from listserv.store.lists import MailingList
from listserv.usecases import archiving
from listserv.usecases.archiving import Arrival

RECENT = timedelta(days=30)


def place(db: Session, mlist: MailingList, arrival: Arrival) -> None:
    """Let „ODP: Konkurs recytatorski” belong to the one recent conversation of that name. Moderators can split it off again.

    It is a placement like a moderator's (decision 1): what comes later, in whatever order, finds the same threads.
    """
    post = arrival.post
    called = subject.telling(post.subject) if subject.answers(post.subject) and not archiving.references(post) else ""
    if not called or threads.placement_of(db, mlist, [post.message_id]):
        return
    found = [number for number, title in threads.lately_called(db, mlist, arrival.received_at - RECENT) if subject.telling(title) == called]
    first = threads.beginning_of(db, found[0]) if len(found) == 1 else ""
    if first:
        tools.place(db, mlist.id, post.message_id, first)
