"""An archive to read in tests: threads, messages, attachments and raw mails, put straight into their rows."""

from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256

from sqlalchemy import func, select

from listserv.mail import address
from listserv.mail.parse import message_hash
from listserv.mail.quotes import reply
from listserv.store.archive import Attachment, Message, Thread, keep_body
from listserv.store.people import address_by_key
from listserv.store.queue import keep_raw


@dataclass
class Told:
    """A thread being told: every `say` adds a message an hour after the one before."""

    db: object
    mlist: object
    thread: Thread
    at: object
    messages: list = field(default_factory=list)

    def say(self, name, email, text, *, to=None, subject="", html=None, files=(), minutes=60, message_id=""):
        number = self.db.scalar(select(func.count()).select_from(Message)) + 1
        message_id = message_id or f"{number}.{self.thread.id}@client.invalid"
        raw = mail(name, email, subject or self.thread.subject, text, message_id, html=html, files=files)
        row = Message(list_id=self.mlist.id, thread_id=self.thread.id, parent_id=to.id if to else None, raw_id=keep_raw(self.db, raw).id)
        self.mlist.last_seq += 1
        row.seq, row.message_id, row.hash = self.mlist.last_seq, message_id, message_hash(message_id)
        row.author, row.author_email, row.author_key = name, email, address.key(email)
        known = address_by_key(self.db, row.author_key)
        row.user_id = known.user_id if known else None
        row.subject = subject or (f"Re: {self.thread.subject}" if to else self.thread.subject)
        row.sent_at = row.received_at = self.at
        row.size, row.has_html = len(raw), html is not None
        keep_body(self.db, row.raw_id, text, html)
        row.snippet = " ".join((reply(text) or text).split())[:300]
        self.db.add(row)
        self.db.flush()
        for count, (filename, kind, data) in enumerate(files, 1):
            self.db.add(Attachment(message_id=row.id, number=count, name=filename, type=kind, size=len(data), sha256=sha256(data).hexdigest()))
        self.messages.append(row)
        self._count(row)
        self.at += timedelta(minutes=minutes)
        return row

    def _count(self, row):
        thread = self.thread
        thread.messages, thread.last_at, thread.last_message_id = len(self.messages), row.sent_at, row.id
        thread.authors = len({message.author_key for message in self.messages})
        self.db.flush()


def thread(db, mlist, subject, at, *, topic=None, **more):
    """An empty thread, to be told."""
    row = Thread(list_id=mlist.id, subject=subject, first_at=at, last_at=at, topic_id=topic.id if topic else None, **more)
    db.add(row)
    db.flush()
    row.family = row.id
    return Told(db, mlist, row, at)


def mail(name, email, subject, text, message_id, *, html=None, files=()):
    """The bytes of such a message."""
    made = EmailMessage()
    made["From"] = f"{name} <{email}>" if name else email
    made["To"] = "siecibp@lists.example.org"
    made["Subject"] = subject or "-"
    made["Message-ID"] = f"<{message_id}>"
    made.set_content(text or "\n")
    if html:
        made.add_alternative(html, subtype="html")
    for filename, kind, data in files:
        main, _, sub = kind.partition("/")
        made.add_attachment(data, maintype=main, subtype=sub, filename=filename)
    return made.as_bytes()
