"""The rows of mails at the door, on both databases."""

from sqlalchemy import func, select

from listserv.store import arriving
from listserv.store.arriving import Arrival
from listserv.store.packing import content, unpack
from listserv.store.queue import Incoming, Raw, State


def test_contents_are_kept_once_and_named_in_order(site):
    one, two, three = (content(f"mail {n}".encode()) for n in range(3))
    with site.writing() as db:
        first = arriving.keep_contents(db, [two, one, two])
    with site.writing() as db:
        second = arriving.keep_contents(db, [three, one])
        alone = arriving.keep_contents(db, [two])
        assert arriving.keep_contents(db, []) == []

    assert first[0] == first[2] == alone[0] and first[1] == second[1]
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Raw)) == 3
        assert {unpack(packed) for (packed,) in db.execute(select(Raw.packed))} == {b"mail 0", b"mail 1", b"mail 2"}


def test_every_mail_has_a_row_as_the_model_would_make_it(site, now):
    with site.writing() as db:
        (raw_id,) = arriving.keep_contents(db, [content(b"x")])
        ids = arriving.keep(db, [Arrival(raw_id, f"{n}@example.org", "a@example.org", f"list{n}@lists.example.org", "127.0.0.1") for n in range(3)], now, 1234)
        by_model = Incoming(raw_id=raw_id, message_id="0@example.org", mail_from="a@example.org", rcpt="list0@lists.example.org", peer="127.0.0.1", received_at=now, due=1234)
        db.add(by_model)
        db.flush()
        assert arriving.keep(db, [], now, 0) == []

    with site.reading() as db:
        rows = [db.get(Incoming, number) for number in ids]
        assert [row.rcpt for row in rows] == [f"list{n}@lists.example.org" for n in range(3)]
        assert rows[0].state is State.PENDING
        columns = [column.key for column in Incoming.__table__.columns if column.key != "id"]
        other = db.get(Incoming, by_model.id)
        assert [getattr(rows[0], key) for key in columns] == [getattr(other, key) for key in columns]
