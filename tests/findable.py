"""Messages to be found: archived by the verb that archives every post."""

from datetime import timedelta
from itertools import count

from listserv.mail.parse import parse
from listserv.store.queue import keep_raw
from listserv.usecases import archiving, searching
from listserv.usecases.access import CONSOLE
from tests.archive_seeds import mail

NUMBERS = count(1)


def say(db, mlist, at, subject, text, *, name="Ewa Fiszka", email="ewa@example.org", files=(), topic=None, to=None, html=None):
    """Archive a message; its row."""
    raw = mail(name, email, subject, text, f"{next(NUMBERS)}.found@client.invalid", files=files, html=html)
    if to is not None:
        raw = f"References: <{to.message_id}>\n".encode() + raw
    return archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, at, topic))


def say_each(db, mlist, at, *texts):
    """Archive a message a minute; their rows."""
    return [say(db, mlist, at + timedelta(minutes=number), f"Temat {number}", text) for number, text in enumerate(texts)]


def found(db, text, mlist=None, actor=CONSOLE, **more):
    """The hashes of what is found."""
    return [hit.hash for hit in searching.search(db, actor, text, mlist, **more).hits]


def plain(parts):
    """Parts as one text, what is marked in brackets."""
    return "".join(f"[{part.text}]" if part.marked else part.text for part in parts)
