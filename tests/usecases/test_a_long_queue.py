"""`queue ls` beside very many copies that wait: every post is named, what is small is counted, and what is large costs no more for being larger."""

import pytest
from sqlalchemy import text

from listserv.store.queue import Outgoing
from listserv.usecases import queueing
from tests.growth import Steps

SERIES = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :copies) SELECT n FROM s"


@pytest.fixture
def posts(site, office):
    """Five posts, oldest first."""
    for number in range(5):
        office.send("Halina <halina@example.org>", "siecibp", f"Temat {number}", "Słowa.\n", proven=True)
    with site.reading() as db:
        return [post for (post,) in db.query(Outgoing.id).order_by(Outgoing.id)]


def wait(site, posts, copies):
    """So many copies of each wait, those of one post after those of the other."""
    insert = "INSERT INTO delivery (outgoing_id, member_id, due, attempts, code) SELECT :post, n, :due + n, 0, 0 FROM"
    with site.writing() as db:
        db.execute(text("DELETE FROM delivery"))
        db.execute(text("UPDATE outgoing SET upto = NULL"))
        for place, post in enumerate(posts):
            db.execute(text(f"{insert} ({SERIES}) AS numbers"), {"post": post, "due": 1_000_000 * place, "copies": copies})
        db.execute(text("ANALYZE"))


def listed(site):
    with site.reading() as db:
        return {one.id: one.for_whom for one in queueing.waiting(db) if one.kind == "post"}


@pytest.mark.only_sqlite
def test_every_post_is_named_and_a_large_one_is_not_counted_to_its_end(site, posts):
    wait(site, posts, 12_000)
    assert listed(site) == dict.fromkeys(posts[:2], "siecibp: more than 10,000 copies") | dict.fromkeys(posts[2:], "siecibp: more than 100 copies")


@pytest.mark.only_sqlite
def test_small_posts_are_counted(site, posts):
    wait(site, posts, 30)
    with site.writing() as db:
        db.execute(text("UPDATE delivery SET due = NULL, code = 250 WHERE member_id <= 10"))
    assert listed(site) == dict.fromkeys(posts, "siecibp: 20 of 30 copies")


@pytest.mark.only_sqlite
def test_four_times_as_many_copies_make_no_more_work(site, posts):
    steps, took = Steps(site.engine), []
    for copies in (12_000, 48_000):
        wait(site, posts, copies)
        took.append(steps.of(lambda: listed(site)))
    assert took[1] < 1.2 * took[0]


@pytest.mark.only_sqlite
def test_the_last_words_of_the_relay_stand_beside_a_large_post_too(site, posts):
    wait(site, posts[:1], 12_000)
    with site.writing() as db:
        db.execute(text("UPDATE delivery SET attempts = 1, at = 5, answer = '451 later' WHERE member_id = 7"))
    with site.reading() as db:
        assert [one.trouble for one in queueing.waiting(db) if one.kind == "post"] == ["451 later"]
