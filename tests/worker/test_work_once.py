"""Everything that is due, done once and synchronously."""

from datetime import timedelta

import pytest
from fan_out import add_many, letter, post
from smtp_sink import Sink
from sqlalchemy import func, select

from listserv.mail import tokens
from listserv.relay import open_relay
from listserv.relay.place import Timeouts
from listserv.store.members import Member, Status
from listserv.store.queue import Delivery, Letter
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.worker import work_once


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def relay(settings, sink):
    return to_sink(settings, sink)


def to_sink(settings, sink):
    address = settings.relay.model_copy(update={"url": sink.url, "connections": 2})
    return open_relay(settings.model_copy(update={"relay": address}), timeouts=Timeouts(connect=1, reply=0.5, idle=5))


def make(site, people):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, site.now())
        add_many(db, mlist, people, site.now())
        return post(db, mlist, site.now()).id


def state(site):
    with site.reading() as db:
        found = db.execute(select(Delivery.code, Delivery.due.is_(None), func.count()).group_by(Delivery.code, Delivery.due.is_(None)))
        return {(code, bool(done)): count for code, done, count in found}


@pytest.mark.sooner("sqlite")
def test_a_post_reaches_every_member_once(site, sink, relay):
    people = [f"person{n}@example.org" for n in range(700)]
    make(site, people)

    assert work_once(site, relay) == 700
    assert work_once(site, relay) == 0

    assert sorted(sink.recipients) == sorted(people)
    assert state(site) == {(250, True): 700}
    assert all(mail.data.startswith(b"List-Unsubscribe: <https://lists.example.org/unsubscribe/u") for mail in sink.mails)
    assert len({mail.sender for mail in sink.mails}) == 700


def test_a_copy_goes_by_default_into_the_maildir(site, tmp_path):
    make(site, ["anna@example.org"])

    assert work_once(site) == 1

    [file] = (tmp_path / "out" / "new").iterdir()
    text = file.read_text()
    assert text.startswith("Return-Path: <r+b")
    assert "Delivered-To: anna@example.org\nList-Unsubscribe: <" in text
    assert text.endswith("\n\nHello\n.\nthere\n")


@pytest.mark.sooner("sqlite")
def test_refusals_are_recorded_each_in_its_way(site, clock, sink, relay):
    people = ["good@example.org", "gone+550@example.org", "later+once451@example.org", "broken+drop@example.org", "slow+timeout@example.org"]
    make(site, people)

    assert work_once(site, relay) == 5
    assert state(site) == {(250, True): 1, (550, True): 1, (451, False): 1, (0, False): 2}
    assert work_once(site, relay) == 0

    clock.move(minutes=1)
    assert work_once(site, relay) == 3
    assert sorted(sink.recipients) == ["good@example.org", "later+once451@example.org"]
    with site.reading() as db:
        gone = db.scalars(select(Member).where(Member.bounce_score > 0)).one()
        assert gone.status is Status.BOUNCING and gone.address.email == "gone+550@example.org"


def test_nothing_counts_while_the_relay_is_away(site, sink, settings):
    make(site, ["anna@example.org"])
    with site.writing() as db:
        letter(db, "jan@example.org", site.now())
    sink.stop()

    assert work_once(site, to_sink(settings, sink)) == 0

    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Delivery)) == 0
        assert db.execute(select(Letter.attempts, Letter.code, Letter.holder)).one() == (0, 0, None)
    with Sink() as back:
        assert work_once(site, to_sink(settings, back)) == 2
    assert sorted(back.recipients) == ["anna@example.org", "jan@example.org"]


def test_letters_are_sent_recorded_and_retried(site, clock, sink, relay):
    with site.writing() as db:
        for to in ("good@example.org", "gone+550@example.org", "later+once451@example.org"):
            letter(db, to, site.now())
        letter(db, "nobody-answers@example.org", site.now(), mail_from="")

    assert work_once(site, relay) == 4
    with site.reading() as db:
        found = {row.to.partition("@")[0]: (row.code, row.answer, row.due is None) for row in db.scalars(select(Letter))}
    assert found["good"][::2] == (250, True)
    assert found["gone+550"] == (550, "5.1.1 no such user", True)
    assert found["later+once451"] == (451, "4.3.0 try again later", False)

    clock.move(minutes=1)
    assert work_once(site, relay) == 1
    assert sink.recipients == ["good@example.org", "nobody-answers@example.org", "later+once451@example.org"]


def test_the_addresses_in_mail_are_signed_for_their_member(site, sink, relay, settings):
    outgoing = make(site, ["anna@example.org"])
    from listserv import links

    work_once(site, relay)

    with site.reading() as db:
        member = db.scalars(select(Member)).one().id
    token = sink.mails[0].sender.removeprefix("r+").partition("@")[0]
    assert tokens.read(links.signing_key(settings), token) == (tokens.Kind.BOUNCE, (member, outgoing))


@pytest.mark.sooner("sqlite")
def test_retries_go_on_for_five_days(site, clock, sink, relay):
    make(site, ["never+451@example.org"])
    begin, tries = clock(), 0

    while clock() - begin < timedelta(days=6):
        tries += work_once(site, relay)
        clock.move(hours=2)

    assert state(site) == {(451, True): 1}
    assert 55 <= tries <= 70
