"""The calendar goes on, whatever is wrong with one thing in it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store import doors
from listserv.store.archive import Message
from listserv.store.doors import Thanks
from listserv.store.lists import list_by_name
from listserv.store.members import Status
from listserv.store.people import person_at
from listserv.store.queue import Incoming
from listserv.usecases import administration, housekeeping, thanking
from tests.conftest import add
from tests.usecases.shy import set_list

MAREK, ZOFIA = "marek@example.org", "mod@example.org"


def write(office, site, email, name, number):
    office.send(f"{name} <{email}>", "siecibp", f"Scenariusze {number}", "Oto scenariusze.\n", message_id=f"<m{number}@example.org>")
    with site.reading() as db:
        return db.scalar(select(Message.id).where(Message.message_id == f"m{number}@example.org"))


def thank(db, message_id, now):
    """Halina's thanks for a message."""
    message = db.get_one(Message, message_id)
    mail = Incoming(raw_id=message.raw_id, rcpt="siecibp@lists.example.org", received_at=now)
    db.add(mail)
    db.flush()
    halina = person_at(db, "halina@example.org").user_id
    db.add(Thanks(list_id=message.list_id, message_id=message_id, user_id=halina, incoming_id=mail.id, raw_id=message.raw_id, at=now))


def found(db, email):
    return administration.find_member(db, list_by_name(db, "siecibp"), email)


def test_thanks_to_who_pauses_do_not_keep_others_from_hearing_of_theirs(office, site, clock):
    set_list(site, thanks="collect")
    paused, other = write(office, site, MAREK, "Marek Regał", 1), write(office, site, ZOFIA, "Zofia Lektura", 2)
    with site.writing() as db:
        for _ in range(12):
            thank(db, paused, site.now())
        thank(db, other, site.now())
        found(db, MAREK).status = Status.PAUSED
    clock.move(days=2)

    with site.writing() as db:
        assert thanking.run_due(db, site.now(), 1) == 1
    assert [letter.to for letter in office.letters(kind="thanks-told")] == [ZOFIA]

    with site.writing() as db:
        found(db, MAREK).status = Status.ENABLED
        assert thanking.run_due(db, site.now(), 10) == 12
    assert [letter.to for letter in office.letters(kind="thanks-told")] == [ZOFIA, MAREK]


@pytest.mark.only_postgresql
def test_two_workers_never_tell_the_same_thanks(office, site):
    message = write(office, site, MAREK, "Marek Regał", 1)
    with site.writing() as db:
        thank(db, message, site.now())

    with site.writing() as first, site.writing() as second:
        assert len(doors.untold(first, 10)) == 1
        assert len(doors.untold(second, 10)) == 0
        assert len(doors.untold(second, 10, lock=False)) == 1


def test_one_kind_that_cannot_be_done_does_not_stop_the_others(office, site, clock):
    set_list(site, thanks="collect")
    message = write(office, site, MAREK, "Marek Regał", 1)
    with site.writing() as db:
        thank(db, message, site.now())
        found(db, MAREK).user.timezone = "Nowhere/At-All"
        resting = add(db, list_by_name(db, "siecibp"), "ewa@example.org", site.now())
        resting.status, resting.paused_until = Status.PAUSED, site.now() + timedelta(days=1)
    clock.move(days=2)

    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
    with site.reading() as db:
        assert found(db, "ewa@example.org").status is Status.ENABLED
        assert not office.letters(kind="thanks-told")
