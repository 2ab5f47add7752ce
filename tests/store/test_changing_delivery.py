"""Whoever changes between single copies and digests, pauses or comes back, has each post once, whenever its copies are made."""

import itertools
from collections import Counter
from datetime import timedelta
from operator import ne

import pytest
from sqlalchemy import select

from listserv.mail.parse import parse
from listserv.store import expanding, following, recall
from listserv.store.archive import Message
from listserv.store.changing import TOLD_ELSEWHERE
from listserv.store.digests import Digest
from listserv.store.following import Wish
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.queue import Delivery, Outgoing, keep_raw
from listserv.usecases import archiving, digesting, outbox, planning
from tests.conftest import add

EACH, DIGEST = DeliveryMode.EACH, DeliveryMode.DIGEST
STATES = tuple(itertools.product((EACH, DIGEST), (Status.ENABLED, Status.PAUSED)))
# Where somebody is, and where two changes bring them: each to the other way of delivery, into a pause or out of it; or there is one change alone.
WAYS = [way for way in itertools.product(STATES, repeat=3) if [sum(map(ne, *step)) for step in itertools.pairwise(way)] in ([1, 0], [1, 1])]
# How far the copies of what was posted are made: for nobody yet, for those who joined before the others, for all.
NONE, SOME, ALL = 0, 1, 2
# Before the first change, before the second; and whether digests are made in between.
TIMELINES = [(0, 1, True), (1, 2, False), (2, 0, True), (0, 0, False), (0, 2, False), (1, 1, True), (2, 2, True)]


def post(db, mlist, now):
    number = mlist.last_seq + 1
    raw = f"From: jan@example.org\r\nSubject: {number}\r\nMessage-ID: <{number}@x>\r\n\r\nNumer {number}.\r\n".encode()
    message = archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))
    outbox.fan_out(db, mlist, message, b"From: x\r\n", None, now)
    db.flush()


def copy(db, how_far):
    """Make copies: a slice of each post, which reaches the first members alone, or all."""
    if how_far is SOME:
        for _ in range(db.query(Outgoing).where(Outgoing.upto == 0).count()):
            post = expanding._next(db)
            expanding._expand_one(db, post, 0)
    while how_far is ALL and expanding.expand(db, 0):
        pass


def digests(db, at):
    while digesting.run_due(db, at):
        pass


def had(db, member_id):
    """How often a member has had each post."""
    numbers = dict(db.execute(select(Outgoing.id, Outgoing.message_id)).all())
    copies = db.scalars(select(Delivery.outgoing_id).where(Delivery.member_id == member_id, Delivery.code != TOLD_ELSEWHERE))
    told = Counter(numbers[one] for one in copies)
    for items in db.scalars(select(Digest.items).where(Digest.member_id == member_id, Digest.items != "")):
        told.update(int(seq) for seq in items.replace(",", " ").split())
    return told


@pytest.mark.sampled(3)
@pytest.mark.parametrize("timeline", TIMELINES, ids=str)
def test_whatever_somebody_changes_while_copies_are_made_they_have_each_post_once(db, mlist, now, timeline, monkeypatch):
    one, two, between = timeline
    monkeypatch.setattr(expanding, "SLICE", 2)
    for number in range(3):
        add(db, mlist, f"first{number}@example.org", now - timedelta(days=9))
    people = {add(db, mlist, f"p{number}@example.org", now - timedelta(days=9)).id: way for number, way in enumerate(WAYS)}

    def change(step, at):
        for number, way in people.items():
            member = db.get(Member, number)
            member.delivery, member.status = way[step]
            for _ in range(2):
                planning.plan(db, member, at)

    change(0, now)
    times = [now + timedelta(hours=number) for number in range(1, 9)]
    post(db, mlist, times[0])
    post(db, mlist, times[0])
    copy(db, one)
    digests(db, times[0] + timedelta(days=1 if between else 0))
    change(1, times[1] + timedelta(days=1))
    post(db, mlist, times[2])
    copy(db, two)
    if between:
        digests(db, times[3] + timedelta(days=3))
    change(2, times[4] + timedelta(days=3))
    post(db, mlist, times[5])
    copy(db, ALL)
    for number in people:
        # Everybody is back, and gets all that is owed.
        member = db.get(Member, number)
        member.status = Status.ENABLED
        planning.plan(db, member, times[6] + timedelta(days=4))
    digests(db, times[7] + timedelta(days=5))
    post(db, mlist, times[7])
    copy(db, ALL)
    digests(db, times[7] + timedelta(days=9))

    wrong = {people[number]: told for number in people if (told := dict(had(db, number))) != {1: 1, 2: 1, 3: 1, 4: 1, 5: 1}}
    assert wrong == {}


def test_a_follower_who_changes_while_copies_are_made_has_the_post_once(db, mlist, now, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE", 2)
    for number in range(3):
        add(db, mlist, f"first{number}@example.org", now)
    ways = {DIGEST: (DIGEST, DIGEST, EACH), EACH: (EACH, EACH, DIGEST), "early": (DIGEST, EACH, EACH), "both": (DIGEST, EACH, DIGEST)}
    people = [(add(db, mlist, f"p{number}@example.org", now, delivery=way[0]), way) for number, way in enumerate(ways.values())]
    for member, _ in people:
        planning.plan(db, member, now)
    post(db, mlist, now)
    thread = db.scalars(select(Message.thread_id)).one()
    for member, _ in people:
        following.set_thread(db, member.id, thread, Wish.FOLLOW, now)
    for step, how_far in ((1, SOME), (2, ALL)):
        for member, way in people:
            member.delivery = way[step]
            planning.plan(db, member, now + timedelta(minutes=step))
        digests(db, now + timedelta(days=step - 1, minutes=5))
        copy(db, how_far)
    digests(db, now + timedelta(days=4))

    assert [had(db, member.id) for member, _ in people] == [{1: 1}] * 4


def test_what_comes_back_into_sight_is_told_without_what_digests_have_told_since(db, mlist, now):
    member = add(db, mlist, "a@example.org", now, delivery=DIGEST)
    planning.plan(db, member, now)
    for _ in range(3):
        post(db, mlist, now)
    copy(db, ALL)
    hidden = db.get(Message, 1)
    hidden.hidden_at = now
    for step, mode in enumerate((DIGEST, EACH), 1):
        member.delivery = mode
        planning.plan(db, member, now + timedelta(days=2 * step))
        digests(db, now + timedelta(days=2 * step + 1))
    hidden.hidden_at = None
    recall.resume_copies(db, 1)
    member.delivery = DIGEST
    planning.plan(db, member, now + timedelta(days=6))
    copy(db, ALL)
    digests(db, now + timedelta(days=8))

    assert had(db, member.id) == {1: 1, 2: 1, 3: 1}
