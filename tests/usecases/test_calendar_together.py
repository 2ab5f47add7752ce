"""The calendar beside people who change what it deals with: one waits for the other, and nobody's word is written over (PostgreSQL; SQLite has one writer)."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Status
from listserv.store.moderation import Journal
from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import digesting, hiding, pausing, planning
from listserv.usecases.access import CONSOLE
from listserv.usecases.stewards import Steward
from tests.conftest import add
from tests.usecases.test_digesting import WEDNESDAY, reader, say

pytestmark = pytest.mark.only_postgresql


def beside(site, verb):
    """A verb in a transaction of its own, begun now by somebody else."""

    def act():
        with site.writing() as db:
            verb(db)

    thread = threading.Thread(target=act)
    thread.start()
    # Long enough to come to where it waits.
    thread.join(0.5)
    return thread


def test_what_is_hidden_while_digests_are_made_is_in_none(site, mlist, now):
    with site.writing() as db:
        mine = list_by_name(db, "siecibp")
        reader(db, mine, now, "a@example.org", name="A", language="en", schedule="weekly wed 07:00")
        secret = say(db, mine, "Tajemnica wielka.", now, subject="Tajne").id
        say(db, mine, "Zwykłe sprawy.", now, subject="Sprawy")

    def hide(db):
        who = Steward(list_by_name(db, "siecibp"), None, CONSOLE)
        hiding.hide_message(db, who, db.get(Message, secret), "", WEDNESDAY)

    with site.writing() as db:
        assert digesting.run_due(db, WEDNESDAY) == 1
        other = beside(site, hide)
        assert other.is_alive()
    other.join()
    with site.reading() as db:
        (raw,) = [raw_bytes(db, one.raw_id) for one in db.scalars(select(Letter).where(Letter.kind == "digest", Letter.due.is_not(None)))]
    assert b"Tajemnica" not in raw and b"sprawy" in raw


@pytest.fixture
def paused(site, mlist, now):
    with site.writing() as db:
        member = add(db, list_by_name(db, "siecibp"), "p@example.org", now, name="P")
        member.status, member.paused_until = Status.PAUSED, now + timedelta(hours=1)
        planning.plan(db, member, now)
        return member.id


def test_a_pause_that_ends_is_ended_by_one_worker(site, paused, now):
    later = now + timedelta(hours=2)
    with site.writing() as db:
        assert pausing.run_due(db, later, 10) == 1
        other = beside(site, lambda db: pausing.run_due(db, later, 10))
    other.join()
    with site.reading() as db:
        assert len(db.scalars(select(Journal).where(Journal.what == "pause-over")).all()) == 1


def test_a_pause_that_is_prolonged_at_that_moment_goes_on(site, paused, now):
    later = now + timedelta(hours=2)
    with site.writing() as db:
        db.get(Member, paused).paused_until = later + timedelta(days=7)
        db.flush()
        other = beside(site, lambda db: pausing.run_due(db, later, 10))
    other.join()
    with site.reading() as db:
        assert db.get(Member, paused).status is Status.PAUSED
