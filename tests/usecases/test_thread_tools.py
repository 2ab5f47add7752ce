"""What moderators do with threads, and that it holds whatever comes later, in whatever order."""

import itertools
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from listserv.errors import Conflict, Invalid, NotFound
from listserv.mail.parse import parse
from listserv.store import tools
from listserv.store.archive import Message, Thread
from listserv.store.lists import list_by_name
from listserv.store.moderation import Held, Journal
from listserv.store.queue import State, keep_raw
from listserv.usecases import archiving, arranging, hiding, reading, threadtools
from listserv.usecases.access import CONSOLE
from listserv.usecases.archiving import Arrival
from listserv.usecases.shown import Moved
from listserv.usecases.stewards import steward
from tests.conftest import START
from tests.office import aligned, mail
from tests.sampling import often
from tests.usecases.test_importing import bring, old, shape

numbers = itertools.count(1)
NOW = START + timedelta(hours=1)


def said(number, refs="", subject="Rozmowa", author="halina@example.org", at=None):
    """Bytes of a mail with the id m<number>@old; `refs` are such names."""
    return old(number, refs, subject=subject, author=author, at=at or START + timedelta(minutes=number))


def put(site, *raws):
    """Archive these mails, one after another."""
    for raw in raws:
        with site.writing() as db:
            post = parse(raw)
            archiving.add(db, list_by_name(db, "siecibp"), Arrival(post, keep_raw(db, raw).id, post.date))


def do(site, verb, name, *args):
    """A verb on the message or the thread of the message with this id; what it gives."""
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        message = db.scalar(select(Message).where(Message.message_id == f"{name}@old", Message.list_id == who.mlist.id))
        takes_message = verb in (threadtools.split, hiding.hide_message, hiding.show_message)
        target = hiding.message_here(db, who, message.hash) if takes_message else hiding.thread_here(db, who, message.thread_id)
        made = verb(db, who, target, *args, NOW)
        return made.id if isinstance(made, Thread) else made


def thread_of(site, name):
    with site.reading() as db:
        found = select(Thread).options(joinedload(Thread.topic)).join(Message, Message.thread_id == Thread.id)
        return db.scalar(found.where(Message.message_id == f"{name}@old"))


def ids(*names):
    return [f"{name}@old" for name in names]


@pytest.fixture
def talk(site, network):
    """m1, answered by m2 and m4; m3 answers m2; m5 is another conversation, m6 its answer."""
    put(site, said(1), said(2, "m1@old"), said(3, "m1@old m2@old"), said(4, "m1@old"), said(5, subject="Inna"), said(6, "m5@old", subject="Re: Inna"))


def test_a_split_takes_the_answers_along_and_leaves_the_others_under_the_old_number(site, talk):
    before = thread_of(site, "m1").id

    made = do(site, threadtools.split, "m2", "O czym innym")

    parents, threads = shape(site)
    assert threads == [ids("m1", "m4"), ids("m2", "m3"), ids("m5", "m6")]
    assert parents["m2@old"] is None
    assert thread_of(site, "m1").id == before
    new = thread_of(site, "m2")
    assert (new.id, new.subject, new.messages, new.split_from) == (made, "O czym innym", 2, before)


def test_answers_that_come_after_a_split_go_to_the_part_they_belong_to(site, talk):
    do(site, threadtools.split, "m2", "")

    put(site, said(7, "m1@old m2@old m3@old"), said(8, "m1@old"))

    assert shape(site)[1] == [ids("m1", "m4", "m8"), ids("m2", "m3", "m7"), ids("m5", "m6")]


def test_a_split_that_is_joined_again_is_as_it_was(site, talk):
    before, number = shape(site), thread_of(site, "m1").id
    made = do(site, threadtools.split, "m2", "")

    do(site, threadtools.join, "m2", number)

    assert shape(site) == before
    with site.reading() as db:
        assert db.scalars(select(tools.Placement)).all() == []
        assert reading.thread(db, "siecibp", made, CONSOLE).thread_id == number


def test_joined_threads_have_the_number_the_title_and_the_topic_of_the_second_and_the_first_leads_there(site, talk):
    first, second = thread_of(site, "m1").id, thread_of(site, "m5").id
    do(site, threadtools.move, "m5", "tik")

    assert do(site, threadtools.join, "m1", second) == second

    parents, threads = shape(site)
    assert threads == [ids("m1", "m2", "m3", "m4", "m5", "m6")]
    assert parents["m1@old"] == "m5@old"
    joined = thread_of(site, "m1")
    assert (joined.id, joined.subject, joined.topic.slug) == (second, "Inna", "tik")
    with site.reading() as db:
        assert reading.thread(db, "siecibp", first, CONSOLE) == Moved(list_by_name(db, "siecibp"), second)


def test_a_title_that_the_first_was_given_does_not_become_the_second_ones(site, talk, now):
    second = thread_of(site, "m5").id
    do(site, threadtools.rename, "m1", "Nowa nazwa")

    do(site, threadtools.join, "m1", second)
    with site.writing() as db:
        arranging.settle(db, [db.get_one(Thread, second).family])

    joined = thread_of(site, "m1")
    assert (joined.id, joined.subject, joined.renamed) == (second, "Inna", False)


def test_joined_threads_that_are_split_again_are_as_they_were_with_their_numbers(site, talk):
    before, first, second = shape(site), thread_of(site, "m1").id, thread_of(site, "m5").id
    do(site, threadtools.join, "m1", second)

    assert do(site, threadtools.split, "m1", "") == first

    assert shape(site) == before
    assert (thread_of(site, "m1").subject, thread_of(site, "m5").id) == ("Rozmowa", second)


def test_what_begins_a_thread_cannot_be_split_off_and_nothing_is_joined_to_itself(site, talk):
    with pytest.raises(Conflict):
        do(site, threadtools.split, "m1", "")
    with pytest.raises(Conflict):
        do(site, threadtools.join, "m1", thread_of(site, "m2").id)
    for number in (10_000, 2**70):
        with pytest.raises(NotFound):
            do(site, threadtools.join, "m1", number)


def test_a_thread_of_another_list_is_not_there(site, talk, now):
    from listserv.usecases import administration

    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
        raw = said(20)
        archiving.add(db, other, Arrival(parse(raw), keep_raw(db, raw).id, now))
        number = db.scalar(select(Thread.id).where(Thread.list_id == other.id))
    with pytest.raises(NotFound):
        do(site, threadtools.join, "m1", number)
    with site.writing() as db, pytest.raises(NotFound):
        hiding.thread_here(db, steward(db, "siecibp", CONSOLE), number)


def test_history_that_comes_later_finds_the_threads_as_moderators_left_them(site, talk):
    do(site, threadtools.split, "m2", "")
    do(site, threadtools.join, "m5", thread_of(site, "m4").id)

    bring(site, [said(10, "m1@old m2@old", subject="Stara"), said(11, "m10@old"), said(12, "m5@old m6@old")])

    assert shape(site)[1] == [ids("m10", "m11", "m2", "m3"), sorted(ids("m12", "m1", "m4", "m5", "m6"))]


def test_a_title_stays_through_later_answers_and_is_given_back(site, talk):
    do(site, threadtools.rename, "m1", "Nowy tytuł")
    put(site, said(7, "m1@old m2@old"), said(8, "x@old m1@old"))
    assert thread_of(site, "m1").subject == "Nowy tytuł"

    do(site, threadtools.rename, "m1", "")

    assert thread_of(site, "m1").subject == "Rozmowa"
    with pytest.raises(Invalid):
        do(site, threadtools.rename, "m1", "x" * 201)


def test_an_answer_to_a_closed_thread_is_held_and_a_moderators_is_not(site, talk, office):
    do(site, threadtools.lock, "m1")

    held = office.deliver(aligned(mail("halina@example.org", "siecibp@lists.example.org", "Re: Rozmowa", references="<m1@old>")), "siecibp@lists.example.org")
    posted = office.deliver(aligned(mail("mod@example.org", "siecibp@lists.example.org", "Re: Rozmowa", references="<m1@old>")), "siecibp@lists.example.org")
    free = office.deliver(aligned(mail("halina@example.org", "siecibp@lists.example.org", "Re: Inna", references="<m5@old>")), "siecibp@lists.example.org")

    assert (held, posted, free) == (State.HELD, State.POSTED, State.POSTED)
    with site.reading() as db:
        assert db.scalar(select(Held.reasons)) == "locked"


def test_what_is_done_twice_is_a_conflict_and_everything_is_in_the_journal(site, talk):
    for there, back in ((threadtools.lock, threadtools.unlock), (threadtools.pin, threadtools.unpin)):
        do(site, there, "m1")
        with pytest.raises(Conflict):
            do(site, there, "m1")
        do(site, back, "m1")
        with pytest.raises(Conflict):
            do(site, back, "m1")
    do(site, threadtools.move, "m1", "tik")
    assert thread_of(site, "m1").topic.slug == "tik"
    do(site, threadtools.move, "m1", "")
    with pytest.raises(NotFound):
        do(site, threadtools.move, "m1", "nie-ma")
    with site.reading() as db:
        whats = db.scalars(select(Journal.what).where(Journal.what.like("thread-%")).order_by(Journal.id)).all()
    assert whats == ["thread-locked", "thread-unlocked", "thread-pinned", "thread-unpinned", "thread-moved", "thread-moved"]


def test_two_moderators_who_split_the_same_message_at_once_make_one_thread(site, talk):
    answers = []

    def one():
        try:
            answers.append(do(site, threadtools.split, "m2", ""))
        except Conflict:
            answers.append("conflict")

    both = [threading.Thread(target=one) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert sorted(map(str, answers))[-1] == "conflict" and len(answers) == 2
    assert shape(site)[1] == [ids("m1", "m4"), ids("m2", "m3"), ids("m5", "m6")]


@pytest.mark.parametrize(
    "subject, slug, title",
    [
        ("#tik Tablety", "tik", "Tablety"),
        ("[#TIK] Tablety", "tik", "Tablety"),
        ("Tablety #tik", "tik", "Tablety"),
        ("Re: [siecibp] Tablety [#tik]", "tik", "[siecibp] Tablety"),
        ("[siecibp] #tik Tablety", "tik", "[siecibp] Tablety"),
        ("Co znaczy #tik w temacie?", None, "Co znaczy #tik w temacie?"),
        ("#nieznany Tablety", None, "#nieznany Tablety"),
        ("Tablety#tik", None, "Tablety#tik"),
    ],
)
def test_a_topic_in_the_subject_files_a_new_thread(site, network, subject, slug, title):
    put(site, said(1, subject=subject))

    thread = thread_of(site, "m1")
    assert (thread.topic.slug if thread.topic else None, thread.subject) == (slug, title)
    put(site, said(2, "gone@old m1@old"))
    assert thread_of(site, "m1").subject == title


NAMES = st.sampled_from("123456")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=3, unique=True), min_size=3)
WORDS = st.dictionaries(NAMES, st.sampled_from(["", *"123456"]), max_size=3)


@pytest.mark.only_sqlite
@settings(max_examples=often(25), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(graph=GRAPHS, words=WORDS, chance=st.randoms(use_true_random=False), history=st.booleans())
def test_with_what_moderators_say_any_order_of_arrival_gives_the_same_threads(site, network, graph, words, chance, history):
    from listserv.usecases import administration

    raws = [said(int(name), " ".join(f"m{ref}@old" for ref in refs if ref != name)) for name, refs in graph.items()]
    found = []
    for number in range(2):
        name = f"l{next(numbers)}"
        chance.shuffle(raws)
        with site.writing() as db:
            mlist = administration.create_list(db, administration.NewList(name, name), CONSOLE, NOW)
            for one, under in words.items():
                if one != under:
                    tools.place(db, mlist.id, f"m{one}@old", f"m{under}@old" if under else "")
        late = len(raws) // 2 if history and number else len(raws)
        for raw in raws[:late]:
            with site.writing() as db:
                post = parse(raw)
                archiving.add(db, list_by_name(db, name), Arrival(post, keep_raw(db, raw).id, post.date))
        if late < len(raws):
            bring(site, raws[late:], name=name)
        found.append(shape(site, name))

    assert found[0] == found[1]
