"""A page asks the database a small fixed number of times, however much there is to show."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member  # noqa: F401

# BEGIN is one of them.
MOST = {"/": 4, "/siecibp/": 8, "/siecibp/topic/lekcje": 8, "/siecibp/month/2026-03": 9, "/siecibp/month/": 4, "/me": 9}


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


@pytest.mark.parametrize("path", MOST)
def test_pages_of_lists_ask_a_fixed_number_of_times(member, archive, site, now, asked, path):
    before = count(member, asked, path)
    with site.writing() as db:
        for number in range(20):
            talk = seeds.thread(db, list_by_name(db, "siecibp"), f"Wątek {number}", now - timedelta(hours=20))
            talk.say("Ewa", "ewa@example.org", "?", to=talk.say("Jan", "jan@example.org", "?"))

    assert count(member, asked, path) == before <= MOST[path]


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
