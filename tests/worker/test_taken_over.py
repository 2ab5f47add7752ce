"""What others took over or took back while it was in hand, on both databases."""

import pytest
from fan_out import add, letter, post
from sqlalchemy import select, update

from listserv.relay import Answer, State
from listserv.store import recall
from listserv.store.bounces import Bounce
from listserv.store.queue import Delivery, Letter
from listserv.usecases import administration, delivery, lettersout
from listserv.usecases.access import CONSOLE
from listserv.worker import writing
from listserv.worker.writing import Writing

YES, NOT_NOW = Answer(250, "2.0.0 ok"), Answer(451, "4.3.0 later", "RCPT")
PAUSED = Answer(0, "the relay puts off example.org", "PAUSED", 1800.0)
US, THEM = 7, 8


class Obedient:
    """A relay that says yes to each letter, after what a test does meanwhile."""

    def __init__(self, meanwhile=lambda: None):
        self.sent, self.meanwhile = [], meanwhile

    def state(self):
        return State("closed")

    def letters(self, mails):
        for mail in mails:
            self.sent.append(mail.recipient)
            self.meanwhile()
            yield mail, YES


def three_letters(site):
    with site.writing() as db:
        return [letter(db, f"reader{n}@example.org", site.now()).id for n in range(3)]


def letters(site):
    with site.reading() as db:
        return db.execute(select(Letter.code, Letter.due.is_(None), Letter.holder, Letter.attempts).order_by(Letter.id)).all()


def test_a_letter_that_another_has_sent_meanwhile_is_not_given_back(site):
    ids = three_letters(site)

    def others_take_over():
        with site.writing() as db:
            db.execute(update(Letter).where(Letter.id == ids[1]).values(due=None, holder=None, code=250, attempts=2))
            db.execute(update(Letter).where(Letter.id == ids[2]).values(holder=THEM, attempts=2))
        lane.stopping = True

    relay = Obedient(others_take_over)
    lane = Writing(site, relay, US)
    assert lane.step() == 1

    assert relay.sent == ["reader0@example.org"]
    assert [tuple(row) for row in letters(site)] == [(250, True, None, 1), (250, True, None, 2), (0, False, THEM, 2)]


def test_who_may_have_been_taken_for_dead_begins_no_letter(site):
    three_letters(site)
    sure = [True]
    relay = Obedient(lambda: sure.__setitem__(0, False))
    lane = Writing(site, relay, US, lambda: sure[0])

    assert lane.step() == 1
    assert lane.step() == 0

    assert relay.sent == ["reader0@example.org"]
    assert [tuple(row) for row in letters(site)] == [(250, True, None, 1), (0, False, None, 0), (0, False, None, 0)]


def test_no_letter_is_begun_when_its_lease_comes_near_its_end(site, monkeypatch):
    three_letters(site)
    watch = [100.0]
    monkeypatch.setattr(writing.time, "monotonic", lambda: watch[0])
    relay = Obedient(lambda: watch.__setitem__(0, watch[0] + delivery.LEASE.total_seconds()))

    assert Writing(site, relay, US).step() == 1
    assert relay.sent == ["reader0@example.org"]


def a_post(site, people=3):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP"), CONSOLE, site.now())
        for number in range(people):
            add(db, mlist, f"person{number}@example.org", site.now())
        return post(db, mlist, site.now()).message_id


def turn(site, outcomes=(), room=10):
    with site.writing() as db:
        return delivery.turn(db, outcomes, room, US, {}, site.now()).copies


def copies(site):
    with site.reading() as db:
        return [tuple(row) for row in db.execute(select(Delivery.code, Delivery.due.is_(None)).order_by(Delivery.member_id))]


def test_a_post_taken_back_while_its_copies_are_in_hand_does_not_go_out_later(site, clock):
    message = a_post(site)
    one, two, three = turn(site)
    with site.writing() as db:
        recall.stop_copies(db, message)

    turn(site, [delivery.Outcome(one, YES), delivery.Outcome(two, NOT_NOW), delivery.Outcome(three, None)])
    clock.move(days=1)

    assert turn(site) == []
    assert copies(site) == [(250, True), (451, True), (0, True)]
    with site.writing() as db:
        recall.resume_copies(db, message)
    assert [copy.member_id for copy in turn(site)] == [two.member_id, three.member_id]


@pytest.mark.sooner("sqlite")
def test_copies_for_a_domain_that_is_put_off_for_ever_are_given_up_in_the_end(site, clock):
    a_post(site, 1)
    [copy] = turn(site)
    days = 0
    while copy and days < 20:
        waiting = copy
        turn(site, [delivery.Outcome(waiting, PAUSED)], room=0)
        clock.move(minutes=30)
        days += 1 / 48
        [copy] = turn(site) or [None]
        while copy is None and days < 20 and not copies(site)[0][1]:
            clock.move(minutes=30)
            days += 1 / 48
            [copy] = turn(site) or [None]

    assert copies(site) == [(0, True)]
    assert 5 <= days <= 11
    with site.reading() as db:
        assert [(row.status, row.kind) for row in db.scalars(select(Bounce))] == [("5.4.7", "expired")]


@pytest.mark.sooner("sqlite")
def test_letters_for_a_domain_that_is_put_off_for_ever_are_given_up_in_the_end(site, clock):
    three_letters(site)
    for _ in range(20 * 48):
        with site.writing() as db:
            for taken in lettersout.take_letters(db, US, site.now(), 1):
                lettersout.record_letter(db, taken.id, PAUSED, site.now(), US)
        clock.move(minutes=30)

    assert {row[1] for row in letters(site)} == {True}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(451, "4.2.1 try again later", "RCPT"), "expired"),
        (Answer(452, "4.2.2 mailbox is full", "DATA"), "full"),
        (Answer(451, "4.3.1 the relay's disk is full", "DATA"), "mail"),
        (Answer(0, "the connection broke"), "mail"),
        (Answer(451, "4.7.1 no more mail from you today", "MAIL"), "mail"),
    ],
)
def test_what_is_the_relays_own_trouble_for_days_counts_against_nobody(site, answer, kind):
    a_post(site, 1)
    [copy] = turn(site)
    turn(site, [delivery.Outcome(copy._replace(attempts=99), answer)], room=0)

    with site.reading() as db:
        assert [row.kind for row in db.scalars(select(Bounce))] == [kind]
