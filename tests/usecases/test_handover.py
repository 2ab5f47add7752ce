"""History goes over in portions: between any two of them mail comes in, people read, and the power may fail."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select

from listserv.errors import Conflict
from listserv.mail.parse import parse
from listserv.store import handover as rows
from listserv.store.archive import Ghost, Message, Thread
from listserv.store.lists import Archive, MailingList, list_by_name
from listserv.store.moderation import Journal
from listserv.store.queue import keep_raw
from listserv.usecases import administration, archiving, handover, hiding, importing
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB
from listserv.usecases.stewards import steward
from tests.findable import found
from tests.sampling import often
from tests.usecases.test_importing import GRAPHS, bring, old, shape, steps

# Three conversations: in each an answer comes late in the file.
MINE = "halina@example.org"
FILE = [old(1, author=MINE), old(2), old(3), old(4, "m1@old"), old(5, "m2@old", author=MINE), old(6, "m3@old gone@old", author=MINE), old(7, "m1@old m4@old")]


@pytest.fixture(autouse=True)
def _a_family_to_a_portion(monkeypatch):
    monkeypatch.setattr(rows, "MOST", 1)


def gathered(site, raws, name="siecibp"):
    """Mails that wait for going over: their list's id."""
    bring(site, raws, name=name, publish=False)
    with site.reading() as db:
        return db.scalars(select(MailingList.id).where(MailingList.import_of == list_by_name(db, name).id)).one()


def hand_over(site, shadow, between=lambda number: None):
    """Step by step, with something between any two."""
    number = 0
    for number, step in enumerate(steps(site, shadow), 1):
        with site.writing() as db:
            step(db)
        between(number)
    return number


def seen(site, name="siecibp"):
    """What pages show of a list, and what is found there, by id."""
    with site.reading() as db:
        mlist = list_by_name(db, name)
        query = select(Message.hash, Message.message_id).where(Message.list_id == mlist.id, Message.hidden_at.is_(None))
        names = dict(db.execute(query).all())
        return set(names.values()), {names.get(hash, hash) for hash in found(db, "słowa", mlist)}


def test_conversations_appear_whole_and_are_found_as_they_appear(site, network):
    shadow, looks = gathered(site, FILE), []

    def look(number):
        shown, hits = seen(site)
        assert shown == hits
        looks.append(sorted(shape(site)[1]))

    hand_over(site, shadow, look)

    first, second, third = ["m1@old", "m4@old", "m7@old"], ["m2@old", "m5@old"], ["m3@old", "m6@old"]
    assert [list(some) for some in dict.fromkeys(tuple(map(tuple, look)) for look in looks)] == [
        [],
        [tuple(first)],
        [tuple(first), tuple(second)],
        [tuple(first), tuple(second), tuple(third)],
    ]


def test_numbers_keep_the_order_of_the_file_and_end_below_what_was_brought_before(site, network):
    bring(site, FILE)

    bring(site, [old(number) for number in range(11, 15)], source="older.mbox")

    with site.reading() as db:
        numbers = db.execute(select(Message.message_id, Message.seq).order_by(Message.seq)).all()
    assert numbers == [(f"m{number}@old", seq) for number, seq in zip((11, 12, 13, 14, *range(1, 8)), range(-10, 1), strict=True)]


def test_mail_that_comes_between_two_portions_is_judged_as_if_all_had_been_there(site, network, office):
    shadow = gathered(site, FILE)

    def write(number):
        with site.reading() as db:
            there = db.scalars(select(Message.message_id).join(MailingList, MailingList.id == Message.list_id).where(MailingList.import_of.is_(None))).all()
        if "m1@old" not in there or "m3@old" in there or "new1@x" in there:
            return
        # Of what has gone over, and of what still waits: an answer and a double each; and what somebody has waited for.
        office.send("halina@example.org", "siecibp", "Re: Dawne", text="Słowa teraz.", references="<m1@old> <m7@old>", message_id="<new1@x>")
        office.send("halina@example.org", "siecibp", "Re: Dawne", text="Słowa też teraz.", references="<m3@old> <m6@old>", message_id="<new2@x>")
        office.send("halina@example.org", "siecibp", "Dawne", text="Słowa, które zginęły.", references="<m3@old>", message_id="<gone@old>")
        for raw in (FILE[0], FILE[5]):
            office.deliver(b"Received: from a by b\n" + raw, "siecibp@lists.example.org")

    hand_over(site, shadow, write)

    parents, threads = shape(site)
    assert threads == [["gone@old", "m3@old", "m6@old", "new2@x"], ["m1@old", "m4@old", "m7@old", "new1@x"], ["m2@old", "m5@old"]]
    assert (parents["new1@x"], parents["new2@x"], parents["m6@old"], parents["gone@old"]) == ("m7@old", "m6@old", "gone@old", "m3@old")
    shown, hits = seen(site)
    assert shown == hits
    with site.reading() as db:
        assert db.scalars(select(Ghost.message_id)).all() == []
        assert len(set(db.scalars(select(Message.seq)))) == 10
        assert db.scalars(select(Journal.detail).where(Journal.what == "history-imported")).all() == ["6 messages from old.mbox"]


def test_what_is_private_stays_so_at_every_step(site, network):
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = Archive.MEMBERS
    shadow = gathered(site, FILE)

    def look(number):
        with site.reading() as db:
            assert found(db, "słowa", actor=STRANGER_ON_THE_WEB) == []

    hand_over(site, shadow, look)


def test_what_goes_into_a_hidden_thread_is_hidden_at_once(site, network, office):
    office.send("halina@example.org", "siecibp", "Kłótnia", text="Słowa zbędne.", message_id="<gone@old>")
    with site.writing() as db:
        hiding.hide_thread(db, steward(db, "siecibp", CONSOLE), db.scalars(select(Thread)).one(), "", site.now())
    shadow = gathered(site, FILE)

    def look(number):
        shown, hits = seen(site)
        assert shown == hits
        assert not shown & {"m6@old", "gone@old"}

    hand_over(site, shadow, look)
    assert "m3@old" in seen(site)[0]


def test_what_is_handed_over_is_neither_thrown_away_nor_gathered_further(site, network):
    shadow = gathered(site, FILE)
    for step in list(steps_until(site, shadow, 5)):
        assert step

    with site.writing() as db, pytest.raises(Conflict, match="is being handed over"):
        importing.begin(db, list_by_name(db, "siecibp"), "old.mbox", site.now(), afresh=True)
    with site.reading() as db:
        left = handover.under_way(db, list_by_name(db, "siecibp"))
    assert left.id == shadow
    hand_over(site, shadow)
    assert len(shape(site)[0]) == 7


def steps_until(site, shadow, most):
    for number, step in enumerate(steps(site, shadow), 1):
        with site.writing() as db:
            step(db)
        yield number
        if number == most:
            return


@given(graph=GRAPHS, chance=st.randoms(use_true_random=False), live=st.sets(st.integers(0, 7), max_size=4), at=st.integers(1, 12))
@settings(max_examples=often(20), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_moment_at_which_mail_comes_gives_the_same_threads(site, graph, chance, live, at):
    raws = [old(n, " ".join(ref for ref in refs if ref != name), message_id=name) for n, (name, refs) in enumerate(sorted(graph.items()))]
    chance.shuffle(raws)
    by_mail = [raw for number, raw in enumerate(raws) if number in live]
    shapes = []
    for meanwhile in (False, True):
        name = new_list(site)
        if not meanwhile:
            arrive(site, name, raws)
        else:
            # One of those that come by themselves stands in the file, too.
            shadow = gathered(site, [raw for raw in raws if raw not in by_mail[1:]], name)
            count = hand_over(site, shadow, lambda number, name=name: arrive(site, name, by_mail) if number == at else None)
            arrive(site, name, by_mail if count < at else [])
        shapes.append(shape(site, name))

    assert shapes[0] == shapes[1]


def new_list(site):
    with site.writing() as db:
        name = f"l{db.scalar(select(func.max(MailingList.id)))}"
        administration.create_list(db, administration.NewList(name, "x"), CONSOLE, site.now())
    return name


def arrive(site, name, raws):
    """Mails by themselves, unless they are there."""
    for raw in raws:
        with site.writing() as db:
            post, mlist = parse(raw), list_by_name(db, name)
            if archiving.threads.message_by_id(db, mlist, post.message_id) is None:
                archiving.add(db, mlist, archiving.Arrival(post, keep_raw(db, raw).id, post.date))


@pytest.mark.only_sqlite
def test_no_portion_goes_through_a_whole_table(site, network, office):
    office.send("halina@example.org", "siecibp", "Re: Dawne", text="Słowa teraz.", references="<m1@old> <m7@old>", message_id="<new@x>")
    office.deliver(b"Received: from a by b\n" + FILE[4], "siecibp@lists.example.org")
    shadow, asked = gathered(site, FILE), []
    event.listen(site.engine, "before_cursor_execute", lambda connection, cursor, statement, values, context, many: asked.append((statement, values[0] if many else values)))

    hand_over(site, shadow)

    with site.engine.connect() as connection:
        driver = connection.connection.driver_connection
        # Once, at the end, SQLite looks whether a thread is still where all was gathered.
        for statement, values in [one for one in asked if re.match(r"SELECT|UPDATE|DELETE FROM (?!mailing_list)", one[0])]:
            plans = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert [plan for plan in plans if re.match(r"SCAN (message|thread|ghost|raw|body|attachment|indexed)\b", plan)] == [], statement
