"""Messages that ask nobody: an issue of a newsletter, a meeting's announcement, the results of a question. No answer to them is waited for."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from listserv.store.issues import Issue
from listserv.store.meetings import Meeting
from listserv.store.surveys import Survey


def announces(message_id: Any, thread_id: Any) -> ColumnElement[bool]:
    """Is this message, in this thread, one of them? Columns of the statement around it; each is answered by an index."""
    return or_(
        exists(select(Issue.id).where(Issue.message_id == message_id)),
        exists(select(Meeting.id).where(Meeting.message_id == message_id)),
        exists(select(Survey.id).where(Survey.thread_id == thread_id)),
    )
