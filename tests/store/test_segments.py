"""Part of a list's readers: whom the statement finds, alike in both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from listserv.errors import Invalid
from listserv.store import following
from listserv.store.following import Wish
from listserv.store.lists import list_by_name, topic_by_slug
from listserv.store.members import Member, Status, member_by_key
from listserv.usecases import segments
from tests.conftest import add


@pytest.fixture
def people(site, office, now):
    """Besides the network: somebody paused, somebody who reads on the web alone, and somebody who came before the others."""
    office.send("halina@example.org", "siecibp", "Książki", "Kto ma książki?")
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        add(db, mlist, "cisza@example.org", now, delivery="none")
        add(db, mlist, "przerwa@example.org", now, status=Status.PAUSED)
        early = add(db, mlist, "dawna@example.org", now, delivery="digest", language="en")
        early.joined_at = datetime(2025, 12, 31, 22, 59, tzinfo=UTC)
        tik = topic_by_slug(db, mlist, "tik").id
        for name, wish in (("halina", Wish.FOLLOW), ("przerwa", Wish.FOLLOW), ("marek", Wish.MUTE), ("mod", Wish.FOLLOW)):
            following.set_topics(db, member_by_key(db, mlist, f"{name}@example.org").id, [tik], wish, now)
        yield db, mlist


FOUND = [
    ("", "owner mod halina marek dawna"),
    ("topic:tik", "mod halina"),
    ("topic:nie-ma", ""),
    ("role:moderator", "owner mod"),
    ("role:owner", "owner"),
    ("role:member", "halina marek dawna"),
    ("wrote:ever", "halina"),
    ("wrote:never", "owner mod marek dawna"),
    ("topic:tik wrote:never", "mod"),
    ("joined:2026-01-01..", "owner mod halina marek"),
    ("joined:..2025-12-31", "dawna"),
    ("joined:0001-01-01..9999-12-31", "owner mod halina marek dawna"),
    ("language:pl", "owner mod halina marek"),
    ("language:en", "dawna"),
]


def test_the_statement_finds_who_is_meant(people):
    db, mlist = people
    for said, names in FOUND:
        segment = segments.parse(said)
        found = {db.get(Member, id).address.email.partition("@")[0] for id in db.scalars(segments.statement(mlist, segment))}
        assert (said, found) == (said, set(names.split())) and segments.count(db, mlist, segment) == len(found)


def test_words_are_looked_up_among_the_topics_of_the_list(people):
    db, mlist = people
    meant = segments.of_words(db, mlist, "obszar Lekcje TIK, kto nigdy nie napisał")
    assert segments.canonical(meant) == "topic:tik wrote:never"
    assert segments.words_for(db, mlist, meant, "en") == "people who follow the topic “Lekcje TIK” and have never written yet"
    for wrong in ("obszar koty", "topic:koty", "obszar"):
        with pytest.raises(Invalid):
            segments.of_words(db, mlist, wrong)


@pytest.mark.only_sqlite
def test_who_has_written_is_looked_up_and_not_searched_for(people):
    db, mlist = people
    query = segments.statement(mlist, segments.parse("wrote:never")).compile(db.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(row[3] for row in db.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "ix_message_user" in plan and "ix_message_author" in plan and "SCAN message" not in plan
