"""What moderators hide is gone for readers everywhere, and comes back whole."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.errors import Conflict, Invalid, NotFound
from listserv.store import pages
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import member_of
from listserv.store.moderation import Journal
from listserv.store.queue import Letter, State
from listserv.usecases import digesting, digestletters, exporting, forums, hiding, oldlinks, reading, threadtools
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.outbox import BEHIND
from listserv.usecases.stewards import steward
from tests.conftest import add
from tests.office import aligned, mail
from tests.usecases.test_importing import bring
from tests.usecases.test_thread_tools import NOW, do, ids, put, said, talk, thread_of  # noqa: F401  (a fixture among them)


def actor(site, email):
    with site.reading() as db:
        from listserv.store.people import address_by_key

        return Actor(Door.WEB, address_by_key(db, email).user_id, proven=True)


@pytest.fixture
def reader(site, network):
    return actor(site, "halina@example.org")


@pytest.fixture
def moderator(site, network):
    return actor(site, "mod@example.org")


def hash_of(site, name):
    with site.reading() as db:
        return db.scalar(select(Message.hash).where(Message.message_id == f"{name}@old"))


def test_a_hidden_message_is_nowhere_for_readers_and_its_answers_stay(site, talk, reader):
    do(site, hiding.hide_message, "m2", "spam")

    number, hidden = thread_of(site, "m1").id, hash_of(site, "m2")
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        page = reading.thread(db, "siecibp", number, reader)
        assert sorted(post.message_id for post in page.posts) == ids("m1", "m3", "m4")
        for door in (reading.message, reading.raw, lambda *a: oldlinks.message_at(a[0], "siecibp@lists.example.org", *a[2:])):
            with pytest.raises(NotFound):
                door(db, "siecibp", hidden, reader)
        with pytest.raises(NotFound):
            reading.attachment(db, "siecibp", hidden, 1, reader)
        assert sum(1 for _ in exporting.mails(db, mlist)) == 5
        assert [row["parent"] for row in exporting.contents(db, mlist) if row["message_id"] == "<m3@old>"] == [None]
        assert forums.months(db, "siecibp", reader)[1][0][2] == 5
    thread = thread_of(site, "m1")
    assert (thread.messages, thread.hidden_at) == (3, None)


def test_moderators_see_what_is_hidden_marked_as_such(site, talk, moderator):
    do(site, hiding.hide_message, "m2", "")

    with site.reading() as db:
        page = reading.thread(db, "siecibp", thread_of(site, "m1").id, moderator)
        assert [post.hidden for post in page.posts] == [False, True, False, False]
        assert reading.message(db, "siecibp", hash_of(site, "m2"), moderator).post.hidden
        assert b"m2@old" in reading.raw(db, "siecibp", hash_of(site, "m2"), moderator)
        assert [one.hash for one in hiding.hidden(db, steward(db, "siecibp", moderator))] == [hash_of(site, "m2")]


def test_a_readers_figures_leave_out_what_is_hidden(site, talk):
    put(site, said(7, "m1@old", author="marek@example.org"))
    before = thread_of(site, "m1")
    assert (before.messages, before.authors) == (5, 2)

    do(site, hiding.hide_message, "m7", "")

    after = thread_of(site, "m1")
    assert (after.messages, after.authors) == (4, 1)
    assert after.last_at == before.last_at - timedelta(minutes=3)
    with site.reading() as db:
        assert db.get(Message, after.last_message_id).message_id == "m4@old"


def test_a_hidden_thread_is_nowhere_and_comes_back_without_what_was_hidden_before(site, talk, reader, clock):
    number = thread_of(site, "m1").id
    do(site, hiding.hide_message, "m2", "")
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        hiding.hide_thread(db, who, hiding.thread_here(db, who, number), "kłótnia", NOW + timedelta(hours=1))
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        with pytest.raises(NotFound):
            reading.thread(db, "siecibp", number, reader)
        forum = forums.forum(db, "siecibp", reader)
        assert [line.subject for line in forum.lines] == ["Inna"]
        assert pages.count_threads(db, pages.live_threads(mlist.id)) == 1
        assert reading.thread(db, "siecibp", thread_of(site, "m5").id, reader).older is None
        assert forums.front(db, reader)[0].threads == 1

    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        hiding.show_thread(db, who, hiding.thread_here(db, who, number), NOW)
    with site.reading() as db:
        assert sorted(post.message_id for post in reading.thread(db, "siecibp", number, reader).posts) == ids("m1", "m3", "m4")


def test_what_comes_to_a_hidden_thread_later_is_hidden_with_it(site, talk, reader, office):
    do(site, hiding.hide_thread, "m1", "")

    raw = aligned(mail("halina@example.org", "siecibp@lists.example.org", "Re: Rozmowa", references="<m1@old>"))
    assert office.deliver(raw, "siecibp@lists.example.org") is State.HELD
    put(site, said(7, "m1@old m2@old"), said(8, "gone@old m3@old"))
    bring(site, [said(9, "m1@old m4@old"), said(10, "m5@old")])

    assert thread_of(site, "m1").hidden_at
    with site.reading() as db:
        shown = db.scalars(select(Message.message_id).where(Message.hidden_at.is_(None))).all()
    assert sorted(shown) == sorted(ids("m5", "m6", "m10"))


def test_hiding_the_only_message_hides_the_thread(site, talk, reader):
    put(site, said(20, subject="Sam"))
    number = thread_of(site, "m20").id
    do(site, hiding.hide_message, "m20", "")
    with site.reading() as db, pytest.raises(NotFound):
        reading.thread(db, "siecibp", number, reader)

    do(site, hiding.show_message, "m20")

    assert thread_of(site, "m20").hidden_at is None


def test_twice_is_a_conflict_and_reasons_are_in_the_journal(site, talk):
    do(site, hiding.hide_message, "m2", "  nie na temat\n")
    with pytest.raises(Conflict):
        do(site, hiding.hide_message, "m2", "")
    do(site, hiding.show_message, "m2")
    with pytest.raises(Conflict):
        do(site, hiding.show_message, "m2")
    do(site, hiding.hide_thread, "m1", "")
    with pytest.raises(Conflict):
        do(site, hiding.hide_thread, "m1", "")
    with pytest.raises(Conflict):
        do(site, hiding.show_message, "m2")
    with pytest.raises(Conflict):
        do(site, threadtools.join, "m1", thread_of(site, "m5").id)
    with pytest.raises(Invalid):
        do(site, hiding.hide_message, "m5", "x" * 501)
    with site.reading() as db:
        rows = db.execute(select(Journal.what, Journal.detail).where(Journal.about.in_(("message", "thread"))).order_by(Journal.id)).all()
    assert rows == [("message-hidden", "nie na temat"), ("message-shown", ""), ("thread-hidden", "")]


def test_a_reader_is_no_moderator(site, talk, reader):
    with site.reading() as db, pytest.raises(NotFound):
        steward(db, "siecibp", reader)


def test_a_hidden_part_keeps_its_place_when_the_thread_is_computed_anew(site, talk):
    do(site, hiding.hide_message, "m2", "")
    put(site, said(8, "other@old m3@old"))

    with site.reading() as db:
        rows = {row.message_id: (row.thread_id, bool(row.hidden_at)) for row in db.scalars(select(Message))}
    number = thread_of(site, "m1").id
    assert [rows[name] for name in ids("m1", "m2", "m3", "m8")] == [(number, False), (number, True), (number, False), (number, False)]
    assert thread_of(site, "m1").messages == 4


@pytest.fixture
def queued(site, network, office, now):
    """A digest for Ewa that is made and waits to be sent: it tells of two threads."""
    with site.writing() as db:
        member = add(db, list_by_name(db, network), "ewa@example.org", now, delivery="digest")
        member.digest_due = now
    for number, subject in ((1, "Dobra wiadomość"), (2, "Zła wiadomość")):
        sent = office.send("halina@example.org", network, subject, f"Treść numer {number}.", message_id=f"<m{number}@old>", proven=True)
        assert sent is State.POSTED
    with site.writing() as db:
        assert digesting.run_due(db, now + timedelta(seconds=1)) == 1
    return network


def digest(site):
    with site.reading() as db:
        row, letter = db.execute(select(Digest, Letter).join(Letter, Letter.id == Digest.letter_id)).one()
        return row.points, letter.due, digestletters.finished(db, letter)


def test_a_digest_that_waits_is_made_anew_without_what_was_hidden(site, queued):
    from email import message_from_bytes, policy

    def text(raw):
        return message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()

    assert "numer 2" in text(digest(site)[2])
    do(site, hiding.hide_message, "m2", "")

    points, due, raw = digest(site)
    assert "numer 1" in text(raw) and "numer 2" not in text(raw) and "Zła" not in text(raw)
    assert (len(points.split()), due) == (1, BEHIND)

    do(site, hiding.hide_thread, "m1", "")
    assert digest(site)[1] is None


def test_an_answer_to_a_digest_cannot_be_meant_for_what_is_hidden(site, queued):
    with site.reading() as db:
        mlist = list_by_name(db, queued)
        member = member_of(db, mlist, db.scalar(select(Message.user_id).where(Message.message_id == "m1@old")))
        from listserv.mail.tokens import Kind

        row = db.scalar(select(Message.id).where(Message.message_id == "m2@old"))
        assert digesting.resolve_reply(db, Kind.DIGEST_ITEM, (member.id, row), "tak").message.id == row
    do(site, hiding.hide_message, "m2", "")
    with site.reading() as db:
        assert digesting.resolve_reply(db, Kind.DIGEST_ITEM, (member.id, row), "tak") is None


def test_a_hidden_thread_can_be_imported_again_without_coming_back(site, talk, reader):
    do(site, hiding.hide_thread, "m1", "")
    assert bring(site, [said(1), said(2, "m1@old")]) == 0
    assert thread_of(site, "m1").hidden_at
    with site.reading() as db:
        assert len(db.scalars(select(Message)).all()) == 6
