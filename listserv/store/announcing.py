"""Messages that ask nobody: an issue of a newsletter, a meeting's announcement, the results of a question. No answer to them is waited for."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, union_all

from listserv.store.archive import Message
from listserv.store.issues import Issue
from listserv.store.meetings import Meeting
from listserv.store.surveys import Survey


def announced_on(list_id: int) -> Any:
    """The numbers of the threads of a list that hold one of them."""
    issues = select(Message.thread_id).join(Issue, Issue.message_id == Message.id).where(Issue.list_id == list_id)
    meetings = select(Message.thread_id).join(Meeting, Meeting.message_id == Message.id).where(Meeting.list_id == list_id)
    return union_all(issues, meetings, select(Survey.thread_id).where(Survey.list_id == list_id, Survey.thread_id.is_not(None)))


def announces(message_id: Any, thread_id: Any) -> ColumnElement[bool]:
    """Is this message, in this thread, one of them? Columns of the statement around it; each is answered by an index."""
    return or_(
        exists(select(Issue.id).where(Issue.message_id == message_id)),
        exists(select(Meeting.id).where(Meeting.message_id == message_id)),
        exists(select(Survey.id).where(Survey.thread_id == thread_id)),
    )
