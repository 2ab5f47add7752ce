"""What the calendar does with many rows: one that fails is undone, and keeps no other waiting."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from listserv.store.lists import Topic
from listserv.usecases.rowbyrow import alone, each, went_well


def titles(db):
    return [topic.title for topic in db.scalars(select(Topic).order_by(Topic.title))]


def add(db, mlist, title):
    db.add(Topic(list_id=mlist.id, slug=title.lower(), title=title, position=9))
    return title


def test_one_that_fails_is_undone_and_the_others_are_done(db, mlist):
    before = titles(db)

    def work(title):
        add(db, mlist, title)
        if title == "Zła":
            raise ValueError(title)

    assert each(db, ["Ala", "Zła", "Ola"], work) == 2
    assert titles(db) == sorted([*before, "Ala", "Ola"])


def test_what_the_database_refuses_only_at_the_end_has_failed_too(db, mlist):
    add(db, mlist, "Ala")
    db.flush()

    assert alone(db, lambda: add(db, mlist, "Ala"), "refused") is None
    assert not went_well(db, lambda: add(db, mlist, "Ala"), "refused")
    assert alone(db, lambda: add(db, mlist, "Ola"), "refused") == "Ola"


def test_a_database_that_is_busy_says_nothing_of_the_row(db, mlist):
    def work():
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    with pytest.raises(OperationalError):
        went_well(db, work, "refused")
