"""What a post's copies and a digest say of the same choice: one rule, once in SQL for thousands and once for one reader."""

import itertools

import pytest
from sqlalchemy import event, select

from listserv.mail.parse import parse
from listserv.store import expanding, following
from listserv.store.archive import Message
from listserv.store.following import Wish
from listserv.store.lists import topic_by_slug
from listserv.store.members import DeliveryMode
from listserv.store.queue import Delivery, keep_raw
from listserv.usecases import administration, archiving, outbox
from listserv.usecases.access import CONSOLE
from tests.conftest import add

F, M = Wish.FOLLOW, Wish.MUTE
THREADS = (None, F, M)
TOPICS = ({}, {"a": F}, {"a": M}, {"b": F}, {"b": M}, {"a": M, "b": F}, {"a": F, "b": M})
# How mail comes; and with digests, the threads in which they write at once.
MODES = ((DeliveryMode.EACH, False), (DeliveryMode.DIGEST, False), (DeliveryMode.DIGEST, True))


@pytest.mark.parametrize("topic", ["a", None])
def test_copies_and_digests_follow_the_same_rule(db, mlist, now, topic, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE", 20)
    slugs = {slug: administration.add_topic(db, mlist, slug, slug.upper(), CONSOLE, now) for slug in "ab"}
    message = say(db, mlist, now, topic_by_slug(db, mlist, topic) if topic else None)
    members = {}
    for number, (wish, topics, own, (mode, at_once)) in enumerate(itertools.product(THREADS, TOPICS, (False, True), MODES)):
        member = add(db, mlist, f"p{number}@example.org", now, delivery=mode)
        member.own_threads = at_once
        if wish:
            following.set_thread(db, member.id, message.thread_id, wish, now)
        for slug, chosen in topics.items():
            following.set_topics(db, member.id, [slugs[slug].id], chosen, now)
        if own:
            say(db, mlist, now, answers=message, author=f"p{number}@example.org")
        members[member.id] = (member, wish, own, mode, at_once)
    db.flush()
    outbox.fan_out(db, mlist, message, b"From: x\r\n", None, now)
    while expanding.expand(db, 0):
        pass

    got = set(db.scalars(select(Delivery.member_id)))
    choosers = following.choosers(db, list(members))
    assert choosers == following.all_choosers(db)
    for number, (member, wish, own, mode, at_once) in members.items():
        wants = following.choice_of(db, number).wants(message.thread_id, message.thread.topic_id, own=own)
        followed = wish is F or (at_once and own and wish is None)
        copied = wants if mode is DeliveryMode.EACH else followed
        assert (number in got) == copied, (wish, following.topics_of(db, number), own, mode)
        assert (number in choosers) == bool(wish or following.topics_of(db, number) or (at_once and own))
        told = message.id not in following.untold(db, member, 0, mlist.last_seq)
        assert told == (wants and not copied), (wish, following.topics_of(db, number), own, mode)


def say(db, mlist, now, topic=None, *, answers=None, author="marek@example.org") -> Message:
    number = mlist.last_seq + 1
    refs = f"References: <{answers.message_id}>\r\n" if answers else ""
    raw = f"From: {author}\r\nSubject: x\r\nMessage-ID: <{number}@x>\r\n{refs}\r\nx {number}\r\n".encode()
    message = archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now, topic))
    db.flush()
    return message


def test_where_nobody_has_chosen_anything_the_fan_out_asks_one_question_more(db, mlist, now):
    for number in range(3):
        add(db, mlist, f"p{number}@example.org", now)
    message = say(db, mlist, now)
    outbox.fan_out(db, mlist, message, b"From: x\r\n", None, now)
    asked = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda conn, cursor, statement, *rest: asked.append(statement))
    assert expanding.expand(db, 0) == 4
    assert [statement for statement in asked if "thread_wish" in statement and "INSERT" in statement] == []
