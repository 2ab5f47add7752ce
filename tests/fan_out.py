"""Posts, letters and many members as rows, made directly: for tests of the way out that need no way in."""

from sqlalchemy import func, insert, select

from listserv.store.archive import Message, Thread
from listserv.store.members import Member
from listserv.store.people import Address, User
from listserv.store.queue import Letter, Outgoing, keep_raw
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.usecases.delivery import milliseconds

HEAD = b"List-Id: <siecibp.lists.example.org>\r\nFrom: Anna <anna@example.org>\r\nSubject: Zebranie\r\n"
BODY = b"Hello\r\n.\r\nthere\r\n"


def add(db, mlist, email, now):
    """Put a person on a list."""
    return administration.add_member(db, mlist, administration.NewMember(email), CONSOLE, now)


def add_many(db, mlist, emails, now):
    """Put people whom nobody knows yet on a list, all at once."""
    first = (db.scalar(select(func.max(User.id))) or 0) + 1
    place = (db.scalar(select(func.max(Address.id))) or 0) + 1
    people = list(enumerate(emails))
    db.execute(insert(User), [{"id": first + number, "name": "", "created_at": now} for number, _ in people])
    db.execute(insert(Address), [{"id": place + number, "user_id": first + number, "email": email, "key": email, "added_at": now, "verified_at": now} for number, email in people])
    db.execute(insert(Member), [{"list_id": mlist.id, "user_id": first + number, "address_id": place + number, "joined_at": now} for number, _ in people])


def post(db, mlist, now, *, head=HEAD, body=None, raw=HEAD + b"\r\n" + BODY):
    """A post that has just been published."""
    mlist.last_seq += 1
    kept = keep_raw(db, raw)
    thread = Thread(list_id=mlist.id, first_at=now, last_at=now)
    db.add(thread)
    db.flush()
    name = f"{mlist.name}.{mlist.last_seq}@example.org"
    message = Message(list_id=mlist.id, seq=mlist.last_seq, thread_id=thread.id, raw_id=kept.id, message_id=name, hash="", sent_at=now, received_at=now)
    db.add(message)
    db.flush()
    outgoing = Outgoing(list_id=mlist.id, message_id=message.id, raw_id=kept.id, head=head, body=body, upto=0, created_at=now)
    db.add(outgoing)
    db.flush()
    return outgoing


def letter(db, to, now, *, mail_from="r+token@lists.example.org", raw=b"Subject: Witamy\r\n\r\nHello\r\n"):
    """A single letter that is due."""
    row = Letter(kind="welcome", to=to, to_key=to, mail_from=mail_from, raw_id=keep_raw(db, raw).id, created_at=now, due=milliseconds(now))
    db.add(row)
    db.flush()
    return row
