"""Rows of single copies and the bytes of letters go when they are old, in slices; what `trace` and the figures tell stays true."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from listserv.store import effects, recall
from listserv.store.fares import fare_of
from listserv.store.queue import TOLD_ELSEWHERE, Delivery, Letter, Outgoing, Raw, raw_bytes
from listserv.usecases import housekeeping, sweeping, tracing
from tests.office import DOMAIN, mail

OLD = timedelta(days=101)


@pytest.fixture
def posted(office, site, clock):
    """A post with twelve copies: nine sent (two of them late), two failed, one whose reader had gone."""
    office.deliver(mail("halina@example.org", "siecibp", message_id="<old@example.org>"), f"siecibp@{DOMAIN}")
    at = int(clock().timestamp() * 1000)
    with site.writing() as db:
        post = db.scalars(select(Outgoing)).one()
        post.upto = None
        for n in range(12):
            code = 250 if n < 9 else 550 if n < 11 else 0
            db.add(Delivery(outgoing_id=post.id, member_id=1000 + n, due=None, code=code, attempts=2 if n < 2 else 1, at=at + n * 1000 if code else None))
    return post.id


def test_a_copy_that_a_digest_tells_is_neither_sent_nor_failed(site, posted):
    with site.writing() as db:
        db.add(Delivery(outgoing_id=posted, member_id=2000, due=None, code=TOLD_ELSEWHERE, attempts=0))
    with site.reading() as db:
        fare = fare_of(db, db.get_one(Outgoing, posted))
    assert (fare.sent, fare.pending, fare.failed, fare.gone) == (9, 0, 3, 1)


def sweep(site, clock):
    """The calendar's turns until nothing is left; rows cleared in each."""
    done = []
    while True:
        with site.writing() as db:
            done.append(sweeping.run_due(db, clock(), 100))
        if not done[-1]:
            return done


def rows(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Delivery))


def told(site):
    with site.reading() as db:
        (found,) = tracing.trace(db, "old@example.org")
        return found.deliveries, [(event.at, event.what) for event in found.events if "cleared away" not in event.what]


@pytest.mark.parametrize("slice", [5, 12, 5000])
def test_old_copies_are_folded_in_slices_and_trace_tells_the_same(posted, site, clock, monkeypatch, slice):
    monkeypatch.setattr(sweeping, "SLICE", slice)
    before = told(site)
    clock.move(days=101)
    done = sweep(site, clock)

    assert rows(site) == 0 and max(done) <= slice
    assert told(site) == before and before[0] == (9, 0, 3)
    with site.reading() as db:
        post = db.get(Outgoing, posted)
        assert (post.folded, post.sent, post.failed, post.gone, post.retried) == (True, 9, 3, 1, 2)
        assert effects.copies(db, [post.message_id]) == {post.message_id: 12} == recall.copies_left(db, [post.message_id])


def test_half_way_trace_tells_the_whole(posted, site, clock, monkeypatch):
    before = told(site)
    clock.move(days=101)
    monkeypatch.setattr(sweeping, "SLICE", 5)
    with site.writing() as db:
        sweeping.run_due(db, clock(), 100)

    assert 0 < rows(site) < 12 and told(site)[0] == before[0]


def test_young_posts_and_those_with_copies_to_send_are_left_alone(posted, site, clock):
    clock.move(days=99)
    assert sweep(site, clock) == [0] and rows(site) == 12
    with site.writing() as db:
        db.scalars(select(Delivery)).first().due = 1
    clock.move(days=10)

    assert sweep(site, clock) == [0] and rows(site) == 12


def test_a_post_whose_copies_are_forgotten_is_never_sent_again(posted, site, clock):
    clock.move(days=101)
    sweep(site, clock)
    with site.writing() as db:
        recall.resume_copies(db, db.get(Outgoing, posted).message_id)
    with site.reading() as db:
        assert db.get(Outgoing, posted).upto is None


def test_the_bytes_of_old_letters_go_and_what_became_of_them_stays(office, site, clock):
    office.send("anna@example.org", "siecibp-join", "Zgłoszenie", "Chcę do sieci.", proven=True)
    letter = office.letters(to="mod@example.org")[0]
    with site.writing() as db:
        for row in db.scalars(select(Letter)):
            row.due, row.code, row.attempts = None, 250, 1
        kept = {row.raw_id for row in db.scalars(select(Letter))}
    clock.move(days=179)
    sweep(site, clock)
    with site.reading() as db:
        assert {row.raw_id for row in db.scalars(select(Letter))} == kept
    clock.move(days=2)
    sweep(site, clock)

    with site.reading() as db:
        assert {raw_bytes(db, row.raw_id) for row in db.scalars(select(Letter))} == {sweeping.OLD}
        assert db.scalars(select(Raw.id).where(Raw.id.in_(kept))).all() == []
        assert tracing.trace(db, str(letter.mail["Message-ID"]))[0].state == "sent"


def test_the_calendar_does_it(posted, site, clock):
    clock.move(days=101)
    for part in housekeeping.parts():
        with site.writing() as db:
            part(db, clock())

    assert rows(site) == 0 and OLD > sweeping.COPIES_KEPT
