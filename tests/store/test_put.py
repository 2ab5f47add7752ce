"""A row added by itself, beside what else a session has in hand; and the one look that spares a post most questions."""

from sqlalchemy import event, select

from listserv.store.archive import Message, Thread
from listserv.store.bans import Ban
from listserv.store.base import put
from listserv.store.glance import Glance, glance
from listserv.store.listrules import Asks, Does, RuleRow
from listserv.store.lists import Topic, list_by_name


def thread_of(mlist, now, **more):
    return Thread(list_id=mlist.id, subject="Czytniki", first_at=now, last_at=now, **more)


def test_a_row_that_was_put_is_like_one_that_was_flushed(site, network, now):
    with site.writing() as db:
        mlist = list_by_name(db, network)
        by_itself, flushed = thread_of(mlist, now), thread_of(mlist, now)
        put(db, by_itself)
        db.add(flushed)
        db.flush()
        numbers = by_itself.id, flushed.id
        assert by_itself in db and not db.is_modified(by_itself)
        assert (by_itself.messages, by_itself.pinned, by_itself.hidden_at) == (0, False, None)
        by_itself.subject = "Czytniki i lampki"

    with site.reading() as db:
        rows = [db.get_one(Thread, number) for number in numbers]
        assert rows[0].subject == "Czytniki i lampki" and rows[0].list_id == mlist.id
        for column in Thread.__table__.columns:
            if column.key not in ("id", "subject"):
                assert getattr(rows[0], column.key) == getattr(rows[1], column.key), column.key


def test_nothing_else_is_sent_when_a_row_is_put(site, network, now):
    with site.writing() as db:
        mlist = list_by_name(db, network)
        mlist.title = "Inny tytuł"
        said = []
        event.listen(db.get_bind(), "before_cursor_execute", note := lambda _c, _k, statement, *_: said.append(statement.split()[0]))
        put(db, thread_of(mlist, now))
        event.remove(db.get_bind(), "before_cursor_execute", note)
        assert said == ["INSERT"] and mlist in db.dirty


def test_a_glance_says_what_there_is_to_ask(site, network, office, now):
    def look(db, **other):
        asked = {"raw_id": 0, "message_id": "nowy@example.org", "sha256": b"0" * 32, "author": "nikt@example.org"} | other
        return glance(db, list_by_name(db, network), **asked)

    office.send("halina@example.org", network, "Scenariusze", message_id="<znany@example.org>")
    office.send("nikt@example.org", network, "Od obcej osoby")
    with site.writing() as db:
        mlist = list_by_name(db, network)
        nothing = Glance(bans=False, topics_read_first=False, rules=False, waits=False, came=False)
        assert look(db, author="halina@example.org") == nothing
        assert look(db) == nothing._replace(waits=True)
        assert look(db, author="", message_id="znany@example.org") == nothing._replace(came=True)
        assert look(db, author="", raw_id=db.scalar(select(Message.raw_id))) == nothing._replace(came=True)
        db.add(Ban(list_id=None, pattern="*@spam.example", created_at=now))
        db.add(Topic(list_id=mlist.id, slug="oglądane", title="Czytane najpierw", moderated=True))
        db.add(RuleRow(list_id=mlist.id, does=Does.HOLD, asks=Asks.SUBJECT, value="promocja", created_at=now))
        # Not sent yet, and seen.
        assert look(db, author="") == nothing._replace(bans=True, topics_read_first=True, rules=True)
