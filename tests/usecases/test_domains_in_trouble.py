"""A whole mail service fails, or has something against us: nobody is paused for it, and the administrator hears of it."""

import pytest
from sqlalchemy import select

from listserv.store.failing import Outage
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Status, member_by_key
from listserv.usecases import bouncing
from tests.conftest import add
from tests.usecases.comingback import HALINA, POLICY, fails, tick  # noqa: F401  (fixtures among them)


@pytest.fixture
def school(site, network, clock):
    """Thirty people of one school."""
    with site.writing() as db:
        for number in range(30):
            add(db, list_by_name(db, "siecibp"), f"n{number}@szkola.example.net", clock())


def paused(site):
    with site.reading() as db:
        return db.scalars(select(Member).where(Member.status == Status.BOUNCING)).all()


def test_a_domain_in_trouble_pauses_nobody_and_the_administrator_hears_of_it(site, office, school, fails, tick):
    for number in range(25):
        fails(f"n{number}@szkola.example.net")

    assert paused(site) == []
    tick(minutes=11)
    (letter,) = office.letters(kind="mail-refused")
    assert letter.to == "admin@example.org" and "szkola.example.net" in letter.text
    tick(hours=2)
    assert office.letters(kind="members-bouncing") == []
    assert len(office.letters(kind="mail-refused")) == 1
    with site.reading() as db:
        assert db.scalars(select(Outage)).one().kind == "gone"


def test_a_domain_that_fails_for_longer_than_five_days_is_gone(site, office, school, fails, tick):
    for number in range(25):
        fails(f"n{number}@szkola.example.net")
    tick(days=6)

    assert fails("n3@szkola.example.net") is True


def test_single_dead_addresses_do_not_keep_an_old_trouble_of_their_service_alive(site, office, school, fails, tick):
    for number in range(25):
        fails(f"n{number}@szkola.example.net")
    tick(days=6)
    for number in range(25, 29):
        tick(days=20)
        assert fails(f"n{number}@szkola.example.net") is True
    before = len(paused(site))

    tick(days=20)
    for number in range(25):
        fails(f"n{number}@szkola.example.net")
    assert len(paused(site)) <= before


@pytest.mark.parametrize("size", [7, 11, 19])
def test_a_small_domain_of_any_size_is_seen_to_be_in_trouble(site, network, fails, clock, size):
    with site.writing() as db:
        for number in range(size):
            add(db, list_by_name(db, "siecibp"), f"n{number}@mala.example.net", clock())
    for number in range(size):
        fails(f"n{number}@mala.example.net")

    assert paused(site) == []


def test_a_few_dead_addresses_of_a_large_service_are_no_trouble_of_it(site, office, network, fails, clock):
    with site.writing() as db:
        for number in range(100):
            add(db, list_by_name(db, "siecibp"), f"n{number}@poczta.example.net", clock())
    for number in range(20):
        fails(f"n{number}@poczta.example.net")

    assert len(paused(site)) == 20


def test_the_administrator_hears_once_a_day_what_a_service_has_against_us(site, office, tick, clock):
    for hours in (0, 1, 25):
        for email in (HALINA, "marek@example.org"):
            with site.writing() as db:
                member = member_by_key(db, list_by_name(db, "siecibp"), email)
                copy = type("Copy", (), {"outgoing_id": 1, "member_id": member.id, "email": email})
                bouncing.copy_failed(db, copy, POLICY, clock(), blame=False)
        tick(minutes=11)
        clock.move(hours=hours)
    tick(minutes=1)

    letters = office.letters(kind="mail-refused")
    assert [one.to for one in letters] == ["admin@example.org"] * 2
    assert "example.org: 2" in letters[0].text and "SPF" in letters[0].text and "550 5.7.26" in letters[0].text
    assert paused(site) == []
