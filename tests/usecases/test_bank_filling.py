"""A bank fills itself from what stands in the archive already: a few messages at a time, mailing nobody, each thing once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store.bank import Material, MaterialVersion
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter
from listserv.usecases import bankfiling, bankfilling, housekeeping
from listserv.usecases.importing import begin
from tests.files import docx, pdf
from tests.findable import say
from tests.usecases.test_importing import hand_over

DAY = timedelta(days=1)


def files(number):
    return ((f"Scenariusz {number}.docx", "application/octet-stream", docx(f"<w:p><w:t>Lekcja {number}</w:t></w:p>")),)


@pytest.fixture
def archive(site, network, now):
    """Twenty-five old messages, each with a file, on a list whose bank is off."""
    with site.writing() as db:
        mlist = list_by_name(db, network)
        for number in range(25):
            say(db, mlist, now - (400 - number) * DAY, f"Lekcja {number}", "W załączniku.", files=files(number))
    return network


def turn_on(site, name):
    with site.writing() as db:
        list_by_name(db, name).materials = True


def step(site):
    with site.writing() as db:
        return bankfilling.run_due(db, site.now(), 100)


def titles(site):
    with site.reading() as db:
        return [item.title for item in db.scalars(select(Material).order_by(Material.number))]


def test_nothing_is_filed_while_the_switch_is_off(site, archive):
    assert step(site) == 0 and titles(site) == []


def test_the_archive_is_filed_in_slices_with_the_dates_of_its_messages_and_nobody_is_written_to(site, archive, now):
    turn_on(site, archive)

    assert step(site) == bankfilling.SLICE
    assert len(titles(site)) == bankfilling.SLICE
    while step(site):
        pass

    assert titles(site) == [f"Scenariusz {number}" for number in range(25)]
    with site.reading() as db:
        assert db.scalars(select(Letter)).all() == []
        assert db.scalars(select(Material.first_at).order_by(Material.number)).first() == now - 400 * DAY
    assert step(site) == 0


def test_the_calendar_does_it(site, archive):
    turn_on(site, archive)

    for _ in range(5):
        with site.writing() as db:
            housekeeping.run_due(db, site.now())

    assert len(titles(site)) == 25


def test_what_is_done_twice_is_there_once(site, archive):
    turn_on(site, archive)
    while step(site):
        pass
    with site.writing() as db:
        list_by_name(db, archive).bank_upto = 0
    while step(site):
        pass

    with site.reading() as db:
        assert len(db.scalars(select(MaterialVersion)).all()) == len(titles(site)) == 25


def test_a_slice_that_fails_is_done_again(site, archive, monkeypatch):
    turn_on(site, archive)
    whole = bankfiling.file_message

    def dies(db, mlist, message, now, post=None):
        if message.seq == 5:
            raise OSError("the disk is full")
        return whole(db, mlist, message, now, post)

    monkeypatch.setattr(bankfiling, "file_message", dies)
    with pytest.raises(OSError, match="full"):
        step(site)
    assert titles(site) == []
    monkeypatch.setattr(bankfiling, "file_message", whole)
    while step(site):
        pass

    assert len(titles(site)) == 25


def test_messages_of_other_lists_in_between_are_passed_over_in_stretches(site, archive, now, monkeypatch):
    monkeypatch.setattr(bankfilling, "STRETCH", 10)
    monkeypatch.setattr(bankfilling, "NEAR", 3)
    turn_on(site, archive)
    steps = 0
    while step(site):
        steps += 1
        assert steps < 50

    assert len(titles(site)) == 25
    with site.reading() as db:
        assert list_by_name(db, archive).bank_upto >= 25


def test_history_that_is_imported_later_is_filed_too(site, archive, now):
    turn_on(site, archive)
    with site.writing() as db:
        mlist = list_by_name(db, archive)
        shadow = begin(db, mlist, "old.mbox", now)
        old = say(db, shadow, now - 900 * DAY, "Sprzed lat", "W załączniku.", files=(("Regulamin.pdf", "application/pdf", pdf("Regulamin")),))
        assert old.id
        say(db, mlist, now, "Nowa", "Bez pliku.")
    while step(site):
        pass
    assert "Regulamin" not in titles(site)
    with site.writing() as db:
        mlist = list_by_name(db, archive)
        hand_over(db, begin(db, mlist, "old.mbox", now), now)
    while step(site):
        pass

    assert "Regulamin" in titles(site)
