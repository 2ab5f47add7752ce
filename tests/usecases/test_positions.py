"""What is new to whom: from where somebody begins, what moves their marks, and what moderators do with threads underneath."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from listserv.errors import NotFound
from listserv.store import erasing
from listserv.store import positions as rows
from listserv.store.archive import Thread
from listserv.store.members import member_of
from listserv.store.people import address_by_key
from listserv.store.positions import ListPosition, ThreadPosition
from listserv.usecases import administration, forums, hiding, positions, privacy, reading, signin, threadtools
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from listserv.usecases.conversations import POSTS_A_PAGE
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.usecases.test_thread_tools import do, put, said, talk, thread_of  # noqa: F401  (a fixture among them)


def person(db, email):
    return Actor(Door.WEB, address_by_key(db, email).user_id, proven=True)


@pytest.fixture
def ewa(db, mlist, now):
    """On the list from before everything that the tests tell."""
    return Actor(Door.WEB, add(db, mlist, "ewa@example.org", now, name="Ewa Fiszka").user_id, proven=True)


def tell(db, mlist, now, subject, count, *, author="jan@example.org", **more):
    """A thread in which somebody speaks so many times."""
    told = seeds.thread(db, mlist, subject, now - timedelta(hours=count), **more)
    for _ in range(count):
        told.say("", author, "?", to=told.messages[0] if told.messages else None, minutes=1)
    return told


def news(db, who, name="siecibp"):
    """{subject: how many are new} as the list's page tells it."""
    return {line.subject: line.new for line in forums.forum(db, name, who).lines if line.new}


def enter(db, email, now):
    """Sign in, as a browser does."""
    signin.enter(db, signin.link(db, email, now).rsplit("/", 1)[1], now)


# ---- where somebody begins ----------------------------------------------------------------------------------


def test_what_was_there_before_the_first_sign_in_is_not_news(db, mlist, ewa, now):
    tell(db, mlist, now, "Dawno", 241)

    enter(db, "ewa@example.org", now)

    assert news(db, ewa) == {}
    tell(db, mlist, now, "Dzisiaj", 2)
    assert news(db, ewa) == {"Dzisiaj": 2}


def test_signing_in_again_moves_no_mark(db, mlist, ewa, now):
    enter(db, "ewa@example.org", now)
    tell(db, mlist, now, "Dzisiaj", 2)

    enter(db, "ewa@example.org", now)

    assert news(db, ewa) == {"Dzisiaj": 2}


def test_who_joins_while_signed_in_begins_with_their_joining(db, mlist, ewa, now):
    enter(db, "ewa@example.org", now)
    other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
    tell(db, other, now, "Przed", 3)

    add(db, other, "ewa@example.org", now)
    tell(db, other, now, "Po", 1)

    assert news(db, ewa, "inna") == {"Po": 1}


def test_history_is_news_to_nobody(db, mlist, ewa, now):
    told = tell(db, mlist, now, "Historia", 1)
    told.messages[0].seq = 0
    db.flush()

    assert news(db, ewa) == {}


def test_nobody_is_told_what_they_wrote_themselves(db, mlist, ewa, now):
    told = tell(db, mlist, now, "Moje", 1, author="ewa@example.org")

    assert news(db, ewa) == {}
    told.say("", "jan@example.org", "!", to=told.messages[0])
    assert news(db, ewa) == {"Moje": 1}


def test_who_was_away_for_long_is_told_of_a_thousand_at_most(db, mlist, ewa, now, monkeypatch):
    tell(db, mlist, now, "Dużo", 5)
    tell(db, mlist, now, "Nowe", 2)

    monkeypatch.setattr(rows, "NEWEST", 3)
    monkeypatch.setattr(positions, "NEWEST", 3)

    assert news(db, ewa) == {"Dużo": 1, "Nowe": 2}


def test_nothing_is_kept_of_strangers_and_others_lists_are_not_there(db, mlist, ewa, now):
    public = administration.create_list(db, administration.NewList("gazetka", "Gazetka", archive="public"), CONSOLE, now)
    told = tell(db, public, now, "Jawne", 2)

    for who in (STRANGER_ON_THE_WEB, ewa, Actor(Door.WEB, proven=True, administrator=True)):
        assert forums.forum(db, "gazetka", who).news is None
        assert reading.thread(db, "gazetka", told.thread.id, who).upto == 0
        with pytest.raises(NotFound, match="there is no such page"):
            positions.read_thread(db, "gazetka", told.thread.id, 2, who, now)
        with pytest.raises(NotFound, match="there is no such page"):
            positions.read_list(db, "gazetka", 2, who, now)
    assert db.scalars(select(ListPosition)).all() == []


# ---- reading ------------------------------------------------------------------------------------------------


def test_a_thread_that_was_read_is_known_up_to_what_the_page_showed(db, mlist, ewa, now):
    one, two = tell(db, mlist, now, "Pierwszy", 3), tell(db, mlist, now, "Drugi", 2)
    page = reading.thread(db, "siecibp", one.thread.id, ewa)
    assert (page.new, page.first_new, page.upto) == (3, one.messages[0].id, one.messages[2].seq)
    one.say("", "jan@example.org", "Tymczasem.", to=one.messages[0])

    positions.read_thread(db, "siecibp", one.thread.id, page.upto, ewa, now)

    assert news(db, ewa) == {"Pierwszy": 1, "Drugi": 2}
    after = reading.thread(db, "siecibp", one.thread.id, ewa)
    assert [post.new for post in after.posts] == [False, False, False, True]
    assert after.first_new == one.messages[3].id
    assert reading.thread(db, "siecibp", two.thread.id, ewa).new == 2


def test_the_lists_mark_follows_and_leaves_no_marks_of_threads_behind(db, mlist, ewa, now):
    one, two, three = (tell(db, mlist, now, subject, 2) for subject in ("1", "2", "3"))

    for told in (two, three):
        positions.read_thread(db, "siecibp", told.thread.id, mlist.last_seq, ewa, now)
    marks = db.execute(select(ThreadPosition.thread_id, ThreadPosition.seq)).all()
    positions.read_thread(db, "siecibp", one.thread.id, mlist.last_seq, ewa, now)

    assert marks == [(two.thread.id, 6), (three.thread.id, 6)]
    assert db.execute(select(ThreadPosition)).all() == []
    assert db.execute(select(ListPosition.user_id, ListPosition.seq)).all() == [(ewa.user_id, 6)]
    assert news(db, ewa) == {}


def test_a_whole_list_is_read_up_to_what_was_told(db, mlist, ewa, now):
    tell(db, mlist, now, "Wczoraj", 3)
    told = forums.forum(db, "siecibp", ewa).news
    tell(db, mlist, now, "Tymczasem", 1)

    positions.read_list(db, "siecibp", told.upto, ewa, now)

    assert (told.messages, told.upto) == (3, 3)
    assert news(db, ewa) == {"Tymczasem": 1}


def test_marks_never_go_back_nor_beyond_what_is_there(db, mlist, ewa, now):
    told = tell(db, mlist, now, "Temat", 2)
    positions.read_list(db, "siecibp", 10**30, ewa, now)
    for upto in (1, 0, -5):
        positions.read_thread(db, "siecibp", told.thread.id, upto, ewa, now)
        positions.read_list(db, "siecibp", upto, ewa, now)

    assert db.scalars(select(ListPosition.seq)).all() == [2]
    told.say("", "jan@example.org", "!", to=told.messages[0])
    assert news(db, ewa) == {"Temat": 1}


def test_when_somebody_read_is_kept_to_the_hour(db, mlist, ewa, now):
    tell(db, mlist, now, "Temat", 2)

    positions.read_list(db, "siecibp", 1, ewa, now + timedelta(minutes=47, seconds=11))

    assert db.scalars(select(ListPosition.seen_at)).all() == [now]
    assert forums.forum(db, "siecibp", ewa).news.since == now


def test_the_first_new_post_is_the_first_that_the_page_shows(db, mlist, ewa, now):
    told = seeds.thread(db, mlist, "Drzewo", now - timedelta(hours=9))
    root = told.say("", "jan@example.org", "?")
    first = told.say("", "jan@example.org", "1", to=root)
    positions.read_list(db, "siecibp", mlist.last_seq, ewa, now)
    later = told.say("", "jan@example.org", "2", to=root)
    above = told.say("", "jan@example.org", "1.1", to=first)

    line = forums.forum(db, "siecibp", ewa).lines[0]
    nested, flat = (reading.thread(db, "siecibp", told.thread.id, ewa, flat=flat) for flat in (False, True))

    assert (line.new, line.first_new, line.first_page) == (2, above.id, 1)
    assert (nested.first_new, flat.first_new) == (above.id, later.id)


def test_in_a_long_thread_the_first_new_post_is_on_its_own_page_and_only_that_page_is_read(db, mlist, ewa, now):
    told = tell(db, mlist, now, "Długi", POSTS_A_PAGE + 5)
    positions.read_thread(db, "siecibp", told.thread.id, POSTS_A_PAGE + 2, ewa, now)

    line = forums.forum(db, "siecibp", ewa).lines[0]
    one, two = (reading.thread(db, "siecibp", told.thread.id, ewa, page=page) for page in (1, 2))

    assert (line.new, line.first_new, line.first_page) == (3, told.messages[POSTS_A_PAGE + 2].id, 2)
    assert (one.new, one.first_page, one.upto) == (3, 2, 0)
    assert (two.first_new, two.upto) == (line.first_new, POSTS_A_PAGE + 5)


def test_an_answer_to_an_early_post_does_not_make_later_pages_read(db, mlist, ewa, now):
    told = tell(db, mlist, now, "Długi", POSTS_A_PAGE)
    positions.read_list(db, "siecibp", mlist.last_seq, ewa, now)
    last = told.say("", "jan@example.org", "na drugiej stronie", to=told.messages[0])
    early = told.say("", "jan@example.org", "na pierwszej", to=told.messages[1])

    one, two = (reading.thread(db, "siecibp", told.thread.id, ewa, page=page) for page in (1, 2))

    assert [post.id for post in one.posts if post.new] == [early.id]
    # To read this page moves no mark: what is older and on the other page would go with it.
    assert (one.upto, two.upto) == (0, early.seq - 1)
    assert last.id in [post.id for post in two.posts if post.new]


# ---- only some threads --------------------------------------------------------------------------------------


def test_only_threads_with_news_and_only_threads_without_an_answer(db, mlist, ewa, now):
    mlist.created_at = now - timedelta(days=9)
    tell(db, mlist, now, "Pytanie", 1)
    tell(db, mlist, now, "Zamknięte", 1, closed=True)
    tell(db, mlist, now, "Przypięte", 1, pinned=True)
    tell(db, mlist, now, "Rozmowa", 2)
    positions.read_list(db, "siecibp", mlist.last_seq, ewa, now)
    tell(db, mlist, now, "Nowe", 2)
    old = tell(db, mlist, now, "Z historii", 1)
    old.messages[0].seq = 0
    db.flush()

    def subjects(only, who=ewa):
        return [line.subject for line in forums.forum(db, "siecibp", who, only=only).lines]

    assert subjects("unread") == ["Nowe"]
    assert subjects("unanswered") == ["Pytanie"]
    assert forums.forum(db, "siecibp", ewa).waiting == 1
    assert len(subjects("nonsense")) == 6 == len(subjects("unread", CONSOLE))


def test_waiting_threads_are_counted_so_far_and_shown_all(db, mlist, ewa, now, monkeypatch):
    mlist.created_at = now - timedelta(days=9)
    monkeypatch.setattr(forums, "MOST_WAITING", 3)
    monkeypatch.setattr(forums, "THREADS_A_PAGE", 2)
    for number in range(5):
        tell(db, mlist, now, f"Pytanie {number}", 1)

    page = forums.forum(db, "siecibp", ewa, only="unanswered", page=3)

    assert (page.waiting, page.pages.count, len(page.lines)) == (3, 3, 1)


def test_news_are_counted_for_each_of_ones_lists(db, mlist, ewa, now):
    other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
    add(db, other, "ewa@example.org", now)
    tell(db, mlist, now, "Tu", 2)
    told = tell(db, other, now, "Tam", 3)
    positions.read_thread(db, "inna", told.thread.id, 2, ewa, now)

    assert {shelf.mlist.name: shelf.new for shelf in forums.front(db, ewa)} == {"siecibp": 2, "inna": 1}


# ---- what is hidden -----------------------------------------------------------------------------------------


def test_what_is_hidden_is_counted_for_nobody(site, talk, clock):
    number = thread_of(site, "m1").id
    for name in ("m2", "m3"):
        do(site, hiding.hide_message, name, "spam")

    with site.reading() as db:
        for email in ("marek@example.org", "mod@example.org"):
            who = person(db, email)
            page = reading.thread(db, "siecibp", number, who)
            assert page.new == 2
            assert {line.id: line.new for line in forums.forum(db, "siecibp", who).lines}[number] == 2
            assert forums.front(db, who)[0].new == 4


def test_a_hidden_thread_can_be_marked_by_moderators_alone(site, talk, now):
    number = thread_of(site, "m1").id
    do(site, hiding.hide_thread, "m1", "spam")

    with site.writing() as db:
        with pytest.raises(NotFound, match="there is no such page"):
            positions.read_thread(db, "siecibp", number, 3, person(db, "halina@example.org"), now)
        assert positions.read_thread(db, "siecibp", number, 3, person(db, "mod@example.org"), now).thread_id == number


# ---- threads that move --------------------------------------------------------------------------------------


@pytest.fixture
def aside(site, network, now):
    """Marek has not read the first thread, and has read the second and third: marks of threads, above the list's."""
    put(site, said(1), said(2, subject="Druga"), said(3, "m2@old", subject="Re: Druga"), said(4, subject="Trzecia"))
    with site.writing() as db:
        marek = person(db, "marek@example.org")
        for name, upto in (("m2", 3), ("m4", 4)):
            positions.read_thread(db, "siecibp", thread_of(site, name).id, upto, marek, now)

    def unread():
        with site.reading() as db:
            threads = db.scalars(select(Thread.id).where(Thread.merged_into.is_(None)).order_by(Thread.id)).all()
            shown = [reading.thread(db, "siecibp", number, marek) for number in threads]
            return sorted(post.message_id.removesuffix("@old") for page in shown for post in page.posts if post.new)

    assert unread() == ["m1"]
    return unread


def test_a_part_that_is_split_off_is_as_read_as_it_was(site, aside):
    do(site, threadtools.split, "m3", "Osobno")

    assert aside() == ["m1"]


def test_a_thread_that_is_joined_to_another_stays_read(site, aside):
    do(site, threadtools.join, "m4", thread_of(site, "m2").id)

    assert aside() == ["m1"]


def test_a_read_thread_that_is_joined_to_an_unread_one_does_not_come_back(site, aside):
    do(site, threadtools.join, "m2", thread_of(site, "m1").id)

    assert {"m2", "m3"}.isdisjoint(aside())


def test_a_late_parent_that_joins_two_read_threads_is_itself_the_only_news(site, aside):
    put(site, said(5, "late@old m2@old", subject="Re: Druga"), said(6, "m4@old m2@old", subject="Re: Trzecia"))

    assert set(aside()) <= {"m1", "m5", "m6"}
    assert "m2" not in aside()


def test_a_mark_for_a_thread_that_was_joined_meanwhile_goes_to_where_it_is(site, talk, now):
    old, new = thread_of(site, "m5").id, thread_of(site, "m1").id
    do(site, threadtools.join, "m5", new)

    with site.writing() as db:
        marek = person(db, "marek@example.org")
        moved = positions.read_thread(db, "siecibp", old, 6, marek, now)
        assert moved.thread_id == new
        assert news(db, marek) == {}


# ---- leaving and being forgotten ----------------------------------------------------------------------------


def test_who_leaves_a_list_leaves_no_marks(db, mlist, ewa, now):
    one, two = tell(db, mlist, now, "1", 1), tell(db, mlist, now, "2", 1)
    positions.read_thread(db, "siecibp", two.thread.id, 2, ewa, now)
    assert len(db.scalars(select(ThreadPosition)).all()) == 1

    administration.remove_member(db, member_of(db, mlist, ewa.user_id), CONSOLE, now)

    assert db.execute(select(ThreadPosition.seq)).all() == db.execute(select(ListPosition.seq)).all() == []
    assert one.thread.id


def test_marks_are_told_to_whose_they_are_and_go_with_the_person_or_the_thread(db, mlist, ewa, now):
    _, two = tell(db, mlist, now, "1", 1), tell(db, mlist, now, "2", 1)
    positions.read_thread(db, "siecibp", two.thread.id, 2, ewa, now)

    told = privacy.collect(db, ewa.user_id)["tables"]

    assert [row["seq"] for row in told["list_position"]] == [0]
    assert told["thread_position"] == [{"user_id": ewa.user_id, "thread_id": two.thread.id, "seq": 2}]
    empty = seeds.thread(db, mlist, "Pusty", now)
    rows.raise_thread(db, ewa.user_id, empty.thread.id, 5)
    db.execute(delete(Thread).where(Thread.id == empty.thread.id))
    assert db.scalars(select(ThreadPosition.thread_id)).all() == [two.thread.id]
    erasing.forget_rows(db, ewa.user_id, {"ewa@example.org"})
    assert db.scalars(select(ThreadPosition.seq)).all() == db.scalars(select(ListPosition.seq)).all() == []
