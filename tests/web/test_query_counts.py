"""A page asks the database a small fixed number of times, however much there is to show."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from listserv.store.archive import Thread
from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member  # noqa: F401

# BEGIN is one of them. First for whoever comes when a process has counted nothing yet, then for all others (`usecases.contents`).
MOST = {
    "/": (6, 5),
    "/siecibp/": (11, 8),
    "/siecibp/?only=unread": (11, 8),
    "/siecibp/?only=unanswered": (10, 7),
    "/siecibp/topic/lekcje": (10, 7),
    "/siecibp/month/2026-03": (12, 9),
    "/siecibp/month/": (8, 5),
    # However long the archive: messages, threads, people, visits, digests, what the usual days are; issues add five where there are any.
    "/siecibp/stats?from=2025-09-01&to=2026-06-30": (15, 15),
    # One for what the person agreed to.
    "/me": (11, 11),
}


@pytest.fixture
def asked(site):
    """The statements since it was cleared."""
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    return statements


def count(member, asked, path):
    member.page(path)  # what is loaded once a process
    asked.clear()
    member.page(path)
    return len(asked)


def twice(member, site, asked, path):
    """Of somebody who comes first, and of the next."""
    member.page(path)
    site.memory.clear()
    asked.clear()
    member.page(path)
    return len(asked), count(member, asked, path)


def talk_of(db, now, number):
    """A conversation with two messages that are new to Ewa."""
    talk = seeds.thread(db, list_by_name(db, "siecibp"), f"Wątek {number}", now - timedelta(hours=20))
    talk.say("Zofia", "zofia@example.org", "?", to=talk.say("Jan", "jan@example.org", "?"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", MOST)
def test_pages_of_lists_ask_a_fixed_number_of_times(member, archive, site, now, asked, path):
    with site.writing() as db:
        talk_of(db, now, 0)
    before = twice(member, site, asked, path)
    with site.writing() as db:
        for number in range(1, 21):
            talk_of(db, now, number)

    assert twice(member, site, asked, path) == before
    assert all(asks <= most for asks, most in zip(before, MOST[path], strict=True)), before


def test_a_thread_with_news_asks_no_oftener_than_one_without(member, archive, site, now, asked):
    path = f"/siecibp/thread/{archive.threads['lekcje']}"
    before = count(member, asked, path)
    with site.writing() as db:
        talk_of(db, now, 1)
        newest = db.scalar(select(func.max(Thread.id)))

    assert count(member, asked, f"/siecibp/thread/{newest}") <= before <= 8


def test_a_conversation_costs_the_same_with_two_messages_and_with_eighty(member, archive, site, now, asked):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        short, long = seeds.thread(db, mlist, "Krótko", now - timedelta(days=1)), seeds.thread(db, mlist, "Długo", now - timedelta(days=2))
        for talk, messages in ((short, 2), (long, 80)):
            root = talk.say("Ewa", "ewa@example.org", "?", minutes=1)
            for number in range(messages - 1):
                talk.say(f"Jan {number}", f"j{number}@example.org", "> ?\n\n!", to=root, files=(("a.txt", "text/plain", b"a"),), minutes=1)
        paths = [f"/siecibp/thread/{talk.thread.id}" for talk in (short, long)]
        paths += [f"/siecibp/message/{talk.messages[1].hash}" for talk in (short, long)]

    counts = [count(member, asked, path) for path in paths]

    assert counts[0] == counts[1] <= 8
    assert counts[2] == counts[3] <= 7


def test_a_reader_never_waits_for_a_writer(member, archive, site, now):
    with site.writing() as db:
        list_by_name(db, "siecibp").title = "Jeszcze nie"
        seeds.thread(db, list_by_name(db, "siecibp"), "W trakcie", now)
        db.flush()
        pages = member.page("/siecibp/") + member.page(f"/siecibp/thread/{archive.threads['lekcje']}")

    assert "Jeszcze nie" not in pages
    assert "Jeszcze nie" in member.page("/siecibp/")
