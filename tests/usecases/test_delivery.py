"""Turns of the worker, without a worker: expand, claim, record."""

from datetime import timedelta

import pytest
from fan_out import BODY, HEAD, add, post
from sqlalchemy import select

from listserv.mail import tokens
from listserv.relay import Answer
from listserv.store import deliveries, expanding, workers
from listserv.store.bounces import Bounce
from listserv.store.members import Member, Status
from listserv.store.queue import Delivery, Outgoing
from listserv.usecases import administration, delivery
from listserv.usecases.access import CONSOLE
from listserv.usecases.delivery import Outcome, retry_after, turn
from listserv.usecases.stationery import Stationery, shared_bytes
from tests.conftest import add

SENT = Answer(250)
LATER = Answer(451, "4.3.0 try again later", "RCPT")
UNKNOWN = Answer(550, "5.1.1 no such user", "RCPT")


@pytest.fixture
def people(db, mlist, now):
    return [add(db, mlist, f"person{n}@example.org", now) for n in range(5)]


def claim(db, now, room=500, known=(), outcomes=(), holder=7):
    return turn(db, outcomes, room, holder, known, now)


def rows(db):
    return db.scalars(select(Delivery).order_by(Delivery.id).execution_options(populate_existing=True)).all()


def test_a_post_goes_to_everyone_who_gets_each_and_to_nobody_else(db, mlist, people, now):
    people[0].delivery = "digest"
    people[1].delivery = "none"
    people[2].status = Status.BOUNCING
    people[3].moderated = True
    outgoing = post(db, mlist, now)

    taken = claim(db, now)

    assert sorted(copy.email for copy in taken.copies) == ["owner@example.org", "person3@example.org", "person4@example.org"]
    assert db.get(Outgoing, outgoing.id, populate_existing=True).upto is None
    assert claim(db, now).copies == []


def test_a_claimed_copy_is_left_alone_until_its_lease_ends(db, mlist, people, now):
    post(db, mlist, now)

    first = claim(db, now)
    meanwhile = claim(db, now + delivery.LEASE - timedelta(seconds=1), holder=8)
    after = claim(db, now + delivery.LEASE, holder=8)

    assert len(first.copies) == 6 and meanwhile.copies == []
    assert [copy.id for copy in after.copies] == [copy.id for copy in first.copies]
    assert {copy.attempts for copy in after.copies} == {2}


def test_a_small_list_does_not_wait_for_a_big_one(db, mlist, people, now, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE", 2)
    other = administration.create_list(db, administration.NewList("small", "Small"), CONSOLE, now)
    add(db, other, "jan@example.org", now)
    big = post(db, mlist, now)

    first = claim(db, now, room=2)
    small = post(db, other, now)
    second = claim(db, now, room=2)

    assert {copy.outgoing_id for copy in first.copies} == {big.id}
    assert small.id in {copy.outgoing_id for copy in second.copies}
    assert second.more


def test_expanding_in_slices_reaches_everyone_once(db, mlist, people, now, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE", 2)
    post(db, mlist, now)

    emails = []
    while taken := claim(db, now, room=3).copies:
        emails += [copy.email for copy in taken]

    assert sorted(emails) == sorted([person.address.email for person in people] + ["owner@example.org"])


def test_what_was_sent_is_done(db, mlist, people, now):
    post(db, mlist, now)
    taken = claim(db, now)

    claim(db, now, outcomes=[Outcome(copy, SENT) for copy in taken.copies])

    assert {(row.due, row.code) for row in rows(db)} == {(None, 250)}


def test_a_refusal_for_now_is_tried_again_on_the_documented_schedule(db, mlist, now):
    post(db, mlist, now)
    waits, begin = [], now

    while taken := claim(db, now).copies:
        [copy] = taken
        claim(db, now, room=0, outcomes=[Outcome(copy, LATER)])
        [row] = rows(db)
        if row.due is None:
            break
        waits.append(row.due - delivery.milliseconds(now))
        now += timedelta(milliseconds=waits[-1])

    minutes = [wait / 60_000 for wait in waits]
    assert minutes[:7] == [1, 5, 15, 30, 60, 120, 120]
    assert timedelta(days=5) <= now - begin < timedelta(days=5, hours=3)
    assert (row.due, row.code) == (None, 451)
    assert db.scalars(select(Bounce)).one().status == "5.4.7"


def test_attempts_map_to_waits():
    assert retry_after(1) == timedelta(minutes=1)
    assert retry_after(6) == timedelta(hours=2)
    assert retry_after(1000) is None


def test_a_refusal_for_good_is_noted_against_the_member(db, mlist, people, now):
    outgoing = post(db, mlist, now)
    taken = claim(db, now)
    copy = next(copy for copy in taken.copies if copy.email == "person0@example.org")

    claim(db, now, outcomes=[Outcome(copy, UNKNOWN)])

    bounce = db.scalars(select(Bounce)).one()
    assert (bounce.member_id, bounce.outgoing_id, bounce.list_id, bounce.email) == (people[0].id, outgoing.id, mlist.id, "person0@example.org")
    assert (bounce.permanent, bounce.status, bounce.diagnostic) == (True, "5.1.1", "5.1.1 no such user")
    assert (people[0].status, people[0].bounce_score, people[0].last_bounce_at) == (Status.BOUNCING, 5.0, now)
    assert db.get(Delivery, copy.id, populate_existing=True).due is None


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        (Answer(550, "5.1.1 unknown", "RCPT"), 5),
        (Answer(550, "5.1.10 null MX", "RCPT"), 5),
        (Answer(552, "5.2.2 mailbox full", "RCPT"), 1),
        (Answer(552, "5.2.2 mailbox full", "DATA"), 1),
        (Answer(550, "go away", "RCPT"), 1),
        (Answer(550, "5.7.1 policy", "RCPT"), 0),
        (Answer(554, "5.7.1 spam", "DATA"), 0),
        (Answer(554, "go away", "DATA"), 0),
        (Answer(552, "5.3.4 too big", "MAIL"), 0),
        (Answer(550, "5.1.8 bad sender", "RCPT"), 0),
        (Answer(550, "5.6.7 no SMTPUTF8", "RCPT"), 0),
    ],
)
def test_only_what_speaks_of_the_address_is_held_against_the_member(db, mlist, now, answer, score):
    post(db, mlist, now)
    [copy] = claim(db, now).copies

    claim(db, now, outcomes=[Outcome(copy, answer)])

    assert db.get(Member, copy.member_id, populate_existing=True).bounce_score == score
    assert db.scalars(select(Bounce)).one().diagnostic == answer.text
    assert rows(db)[0].due is None


def test_several_soft_refusals_are_needed_until_nothing_more_is_sent(db, mlist, now):
    statuses = []
    for _ in range(5):
        post(db, mlist, now)
        [copy] = claim(db, now).copies
        claim(db, now, room=0, outcomes=[Outcome(copy, Answer(552, "5.2.2 full", "RCPT"))])
        statuses.append(db.get(Member, copy.member_id).status)
        # Of one day, many are one piece of evidence.
        now += timedelta(days=1)

    assert statuses == [Status.ENABLED] * 4 + [Status.BOUNCING]


def test_a_relay_that_wants_another_password_is_no_reason_to_give_up(db, mlist, now):
    post(db, mlist, now)
    [copy] = claim(db, now).copies

    claim(db, now, outcomes=[Outcome(copy, Answer(530, "5.7.0 sign in first", "MAIL"))])

    assert rows(db)[0].due is not None
    assert db.scalars(select(Bounce)).all() == []


def test_a_member_who_left_meanwhile_gets_nothing(db, mlist, people, now):
    post(db, mlist, now)
    while expanding.expand(db, delivery.milliseconds(now)):
        pass
    taken = claim(db, now, room=1)
    administration.remove_member(db, people[4], CONSOLE, now)

    rest = claim(db, now)

    assert len(taken.copies) + len(rest.copies) == 5
    gone = [row for row in rows(db) if row.member_id == people[4].id]
    assert [(row.due, row.code) for row in gone] == [(None, 0)]


def test_a_member_who_left_before_their_copy_was_made_has_no_row(db, mlist, people, now):
    post(db, mlist, now)
    taken = claim(db, now, room=1)
    administration.remove_member(db, people[4], CONSOLE, now)

    assert len(taken.copies) + len(claim(db, now).copies) == 5
    assert people[4].id not in {row.member_id for row in rows(db)}


def test_what_is_to_be_tried_again_leaves_half_of_the_room_to_what_is_new(db, mlist, people, now):
    old = post(db, mlist, now)
    while expanding.expand(db, delivery.milliseconds(now)):
        pass
    new = post(db, mlist, now)

    copies = claim(db, now, room=4).copies

    assert [copy.outgoing_id for copy in copies] == [old.id, old.id, new.id, new.id]


def test_what_another_has_taken_over_is_the_other_s_to_tell_of(db, mlist, now):
    post(db, mlist, now)
    [late] = claim(db, now, holder=1).copies
    [mine] = claim(db, now + delivery.LEASE, holder=2).copies

    claim(db, now + delivery.LEASE, room=0, holder=1, outcomes=[Outcome(late, LATER)])
    claim(db, now + delivery.LEASE, room=0, holder=1, outcomes=[Outcome(late, None)])

    assert [(row.id, row.holder, row.attempts) for row in rows(db)] == [(mine.id, 2, 2)]


def test_a_copy_that_was_never_tried_comes_back_as_if_nothing_had_happened(db, mlist, people, now):
    post(db, mlist, now)
    taken = claim(db, now)

    claim(db, now, room=0, outcomes=[Outcome(copy, None) for copy in taken.copies])

    assert {(row.due, row.attempts, row.holder) for row in rows(db)} == {(delivery.milliseconds(now), 0, None)}


def test_what_a_dead_predecessor_held_comes_back_at_once_and_only_that(db, mlist, people, now):
    post(db, mlist, now)
    alive = workers.enter(db, "worker", 0, now)
    mine = claim(db, now, room=2, holder=alive + 1).copies
    others = claim(db, now, room=2, holder=alive).copies
    late = claim(db, now, room=1, holder=alive + 1).copies
    claim(db, now, room=0, holder=alive + 1, outcomes=[Outcome(late[0], LATER)])

    assert workers.free(db, now) == 2

    again = {copy.id for copy in claim(db, now, holder=alive + 1).copies}
    assert {copy.id for copy in mine} <= again
    assert not again & {copy.id for copy in others + late}


def test_big_posts_are_taken_up_a_few_at_a_time(db, mlist, people, now, monkeypatch):
    monkeypatch.setattr(delivery, "BUDGET", 2_500)
    for n in range(4):
        post(db, mlist, now, raw=HEAD + b"\r\n" + bytes([65 + n]) * 1_000)

    seen = []
    while taken := claim(db, now).copies:
        seen.append(sorted({copy.outgoing_id for copy in taken}))

    assert [len(posts) for posts in seen] == [2, 2]
    assert {row.attempts for row in rows(db)} == {1}


def test_the_shared_part_is_the_list_s_header_and_the_author_s_body(db, mlist, now):
    outgoing = post(db, mlist, now, raw=b"Subject: x\nX-Other: y\n\nHello\nbare \rreturn\r\n")
    changed = post(db, mlist, now, body=b"Hello\r\n-- \r\nfooter\r\n")

    posts = claim(db, now).posts

    assert shared_bytes(posts[outgoing.id]) == HEAD + b"\r\nHello\r\nbare \r\nreturn\r\n"
    assert shared_bytes(posts[changed.id]) == HEAD + b"\r\nHello\r\n-- \r\nfooter\r\n"
    assert shared_bytes(posts[outgoing.id]).startswith(HEAD) and BODY


def test_posts_that_are_known_are_not_fetched_again(db, mlist, people, now):
    outgoing = post(db, mlist, now)

    first, second = claim(db, now, room=2), claim(db, now, room=2, known={outgoing.id: deliveries.Held(outgoing.raw_id, 0)})

    assert list(first.posts) == [outgoing.id]
    assert second.posts == {} and len(second.copies) == 2


def test_each_copy_has_its_own_sender_and_its_own_way_off_the_list(db, mlist, people, settings, now):
    outgoing = post(db, mlist, now)
    paper, copies = Stationery(settings), claim(db, now).copies
    from listserv import links

    key = links.signing_key(settings)
    for copy in copies:
        local, _, domain = paper.sender(copy).partition("@")
        assert domain == "lists.example.org"
        assert tokens.read(key, local.removeprefix("r+")) == (tokens.Kind.BOUNCE, (copy.member_id, outgoing.id))
        lines = paper.personal(copy).decode().split("\r\n")
        # The way out names the post, too: a newsletter counts whom its issue has moved to leave.
        token = tokens.sign(key, tokens.Kind.UNSUBSCRIBE, copy.member_id, outgoing.id)
        assert lines == [
            f"List-Unsubscribe: <https://lists.example.org/unsubscribe/{token}>, <mailto:r+{token}@lists.example.org>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "",
        ]
    assert len({paper.sender(copy) for copy in copies}) == 6


def test_waiting_names_the_lanes_that_have_work(db, mlist, now):
    at = delivery.milliseconds(now)
    assert deliveries.waiting(db, at) == (False, False, False)

    post(db, mlist, now)
    assert deliveries.waiting(db, at) == (False, True, False)

    claim(db, now)
    assert deliveries.waiting(db, at) == (False, False, False)
