"""Leaving with everything: the archive as an mbox, its contents as values, the members as the table that `member import` reads."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail import mbox
from listserv.store import exporting
from listserv.store.lists import MailingList
from listserv.usecases.access import Actor, list_and_member

# What `member import` reads back. Said here once more: the web process, which needs this module, has no use for that one.
COLUMNS = ("email", "name", "role", "delivery")


def mails(db: Session, mlist: MailingList) -> Iterator[bytes]:
    """Every message of a list as an entry of an mbox (mboxrd: the very bytes come out again), by when they were written."""
    for raw, author, at in exporting.mails_of(db, mlist):
        yield mbox.entry(raw, author, at)


def contents(db: Session, mlist: MailingList) -> Iterator[dict[str, Any]]:
    """Every message's id, thread, parent, author, subject and date (aware), in the same order; ids with brackets, `from` as `inspect` has it."""
    for row in exporting.contents_of(db, mlist):
        author = {"name": row.author, "address": row.author_email} if row.author or row.author_email else None
        yield {
            "message_id": f"<{row.message_id}>",
            "thread": row.thread_id,
            "parent": f"<{row.parent}>" if row.parent else None,
            "from": author,
            "subject": row.subject,
            "date": row.sent_at,
        }


def members(db: Session, mlist: MailingList) -> Iterator[tuple[str, ...]]:
    """Everyone on a list as a row of `COLUMNS`, by address."""
    for row in exporting.people_of(db, mlist):
        yield row.email, row.name, str(row.role), str(row.delivery)


def archive_for(db: Session, name: str, actor: Actor) -> MailingList:
    """The list whose mails this person may take home: NotFound for those who are not on it, also where all may read (mails hold addresses)."""
    mlist, member = list_and_member(db, name, actor)
    if member is None and not actor.administrator:
        raise NotFound("there is no such page")
    return mlist
