"""The minutes of a meeting: what is written into its thread as such is filed in the bank of materials, where a list has one."""

import re

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail.folding import fold, plain
from listserv.mail.parse import Post
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.meetings import meeting_of_thread
from listserv.usecases import outbox

MINUTES = re.compile(r"(?<![a-z])(?:protokol(?:y|u)?|minutes|notatka ze spotkania|sprawozdanie ze spotkania)(?![a-z])")
LONGEST = 80


def title_of(db: Session, mlist: MailingList, message: Message, post: Post) -> str:
    """What these minutes are called; empty for what is none, or not in the thread of a meeting."""
    if not (mlist.meetings and mlist.materials):
        return ""
    named = next((file.name for file in post.attachments if says_minutes(file.name)), "")
    if not named and not says_minutes(post.base_subject):
        return ""
    meeting = meeting_of_thread(db, message.thread_id)
    # The post that opens the thread is no report of what has not been.
    if meeting is None or meeting.message_id == message.id:
        return ""
    subject = post.base_subject if says_minutes(post.base_subject) else named.rpartition(".")[0] or named
    return (subject if fold(meeting.title) in fold(subject) else f"{subject}: {meeting.title}")[:LONGEST]


def says_minutes(words: str) -> bool:
    """Is something called so?"""
    return MINUTES.search(fold(plain(words)).replace("_", " ")) is not None


def page_of(db: Session, mlist: MailingList, message: Message) -> str:
    """Where the minutes are read that came as plain words."""
    return links.message_url(outbox.settings_of(db), mlist.name, message.hash)
