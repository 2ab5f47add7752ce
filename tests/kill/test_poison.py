"""A mail that ends whatever reads it, and mails that come twice."""

import email
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import func, select

from listserv.store import workers
from listserv.store.archive import Message
from listserv.store.people import address_by_key
from listserv.store.queue import Incoming, Letter, Outgoing, State, raw_bytes
from listserv.usecases import intake, settingaside
from listserv.usecases.intake import Arriving
from tests.office import mail
from tests.serving import wait_for

LISTS = "siecibp@lists.example.org"


@pytest.mark.sooner("sqlite")
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
def test_a_mail_that_ends_the_interpreter_is_set_aside_and_holds_up_nobody(rig):
    """The process dies without a word, three times; those who came with it are read, and both sides hear of it."""
    rig.order(do="kill", at="mails.prepared", about="poison", stays=True)
    rig.start()
    mails = [rig.mail("post") for _ in range(12)]
    poison = ("poison@example.org", "reader1@example.org", LISTS, mail("reader1@example.org", LISTS, "Trucizna", message_id="<poison@example.org>"))

    for number, one in enumerate(mails):
        if number == 3:
            assert rig.submit("poison", *poison)
        assert rig.submit("post", *one)
    rig.settle(retry=False)

    with rig.site.reading() as db:
        (aside,) = db.scalars(select(Incoming).where(Incoming.state == State.SHUNTED)).all()
        assert (aside.message_id, aside.attempts, aside.due) == ("poison@example.org", 4, None)
        assert db.scalar(select(func.count()).select_from(Message)) == 12
        told = {row.kind: row.to for row in db.scalars(select(Letter)) if row.kind.startswith("set-aside")}
        assert told == {"set-aside": "reader1@example.org", "set-aside-administrator": "admin@example.org"}
    assert (rig.orders / "obeyed").read_text().count("mails.prepared") == 3

    rig.settle()
    assert rig.set_aside == 1
    wait_for(lambda: sum("poison@example.org" in one.data.decode() and one.recipient.startswith("reader") for one in rig.sink.mails) >= rig.readers)


@pytest.fixture
def asided(site, network):
    """Set a mail aside, as after three attempts; the letters that this brought."""

    def aside(mail_from="halina@example.org", rcpt=LISTS, raw=None, attempts=1):
        with site.writing() as db:
            (number,) = intake.receive(db, Arriving.each(mail_from, (rcpt,), "127.0.0.1", raw or mail("halina@example.org", rcpt)), site.now())
            for _ in range(attempts):
                intake.shunt(db, db.get_one(Incoming, number), "Traceback\nValueError: no", site.now())
            return [(row.kind, row.to) for row in db.scalars(select(Letter).order_by(Letter.id)) if row.incoming_id == number]

    return aside


ADMINISTRATOR = ("set-aside-administrator", "admin@example.org")
SENDER = ("set-aside", "halina@example.org")


def test_the_administrator_and_the_sender_hear_of_it_once(asided):
    assert asided(attempts=2) == [ADMINISTRATOR, SENDER]


def test_many_at_once_are_one_letter_for_the_administrator(asided, clock):
    asided()
    assert asided("marek@example.org") == [("set-aside", "marek@example.org")]
    clock.move(hours=2)
    assert asided("owner@example.org") == [ADMINISTRATOR, ("set-aside", "owner@example.org")]


@pytest.mark.parametrize(
    "how",
    [
        {"mail_from": ""},
        {"mail_from": "MAILER-DAEMON@example.org"},
        {"mail_from": "no-reply@shop.example.org"},
        {"mail_from": "other-bounces+halina=example.org@lists.example.com"},
        {"mail_from": "siecibp@lists.example.org"},
        {"rcpt": "siecibp-bounces@lists.example.org"},
        {"raw": mail("halina@example.org", LISTS, message_id="<machine0@example.org>", auto_submitted="auto-replied")},
        {"raw": mail("halina@example.org", LISTS, message_id="<machine1@example.org>", precedence="bulk")},
        {"raw": mail("halina@example.org", LISTS, message_id="<machine2@example.org>", list_id="<other.example.com>")},
    ],
    ids=str,
)  # fmt: skip
def test_machines_hear_nothing(asided, how):
    assert asided(**how) == [ADMINISTRATOR]


def test_who_has_had_enough_letters_today_gets_no_more(asided):
    found = [asided("stranger@example.net") for _ in range(3)]

    assert sum(("set-aside", "stranger@example.net") in one for one in found) == 1


def test_a_letter_that_cannot_be_made_keeps_no_mail_from_being_set_aside(asided, site, monkeypatch):
    monkeypatch.setattr(settingaside, "_tell_sender", lambda *_, **__: 1 / 0)

    assert asided() == []
    with site.reading() as db:
        assert db.scalars(select(Incoming.state)).all() == [State.SHUNTED]


def test_the_letters_are_in_the_readers_language(asided, site):
    with site.writing() as db:
        address_by_key(db, "halina@example.org").user.language = "en"
    asided()
    with site.reading() as db:
        subjects = [str(email.message_from_bytes(raw_bytes(db, row.raw_id), policy=policy.default)["Subject"]) for row in db.scalars(select(Letter).order_by(Letter.id))]
    assert subjects[0].startswith("Nie udało się") and subjects[1].isascii(), subjects


def test_one_that_was_in_hand_when_a_worker_died_is_read_alone(site, network):
    with site.writing() as db:
        for number in range(5):
            raw = mail("halina@example.org", LISTS, message_id=f"<{number}@example.org>")
            intake.receive(db, Arriving.each("halina@example.org", (LISTS,), "127.0.0.1", raw), site.now())
        assert len(intake.claim(db, site.now(), 3, 7)) == 3
        workers.free(db, site.now())

        sizes = []
        while found := intake.claim(db, site.now(), 10, 7):
            sizes.append(len(found))

    assert sorted(sizes) == [1, 1, 1, 2]


def test_a_post_sent_again_because_its_250_never_came_is_one_post(office, site):
    raw = mail("halina@example.org", LISTS, "Zebranie", message_id="<again@example.org>")

    states = [office.deliver(raw, LISTS, mail_from="halina@example.org") for _ in range(3)]

    assert states == [State.POSTED, State.DISCARDED, State.DISCARDED]
    with site.reading() as db:
        assert [row.reasons for row in db.scalars(select(Incoming).order_by(Incoming.id))] == ["", "double", "double"]
        assert db.scalar(select(func.count()).select_from(Message)) == db.scalar(select(func.count()).select_from(Outgoing)) == 1


@pytest.mark.parametrize("to", ["siecibp-request", "siecibp-join", "moderator_siecibp", "siecibp-leave"])
def test_a_letter_to_the_program_sent_again_because_its_250_never_came_is_answered_once(office, site, to):
    author = "halina@example.org" if to != "siecibp-join" else "nowa@example.net"
    raw = mail(author, f"{to}@lists.example.org", "Pytanie", "pomoc\n", message_id="<again@example.org>")

    office.deliver(raw, f"{to}@lists.example.org", mail_from=author)
    first = len(office.letters())
    office.deliver(raw, f"{to}@lists.example.org", mail_from=author)

    assert first and len(office.letters()) == first
