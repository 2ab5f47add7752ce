from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.people import Address
from listserv.store.queue import State
from listserv.usecases import housekeeping


def member(site, email="halina@example.org"):
    with site.reading() as db:
        return db.scalars(select(Member).join(Member.address).where(Address.key == email)).one()


@pytest.mark.parametrize(
    ("words", "delivery", "schedule"),
    [
        ("DZIENNIE", DeliveryMode.DIGEST, "daily 07:00"),
        ("Poproszę tygodniowo", DeliveryMode.DIGEST, "weekly mon 07:00"),
        ("miesiecznie", DeliveryMode.DIGEST, "monthly 1 07:00"),
    ],
)
def test_a_proven_member_changes_how_mail_comes_by_one_word(site, office, words, delivery, schedule):
    assert office.send("halina@example.org", "siecibp-request", "prośba", words, proven=True) is State.ANSWERED

    changed = member(site)
    assert (changed.delivery, changed.schedule) == (delivery, schedule)
    assert changed.digest_due is not None
    assert office.letters(to="halina@example.org")[-1].kind == "settings"


def test_a_reply_to_the_answer_changes_it_again_without_any_proof(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "DZIENNIE", proven=True)

    office.reply(office.letters(to="halina@example.org")[-1], "każdą", proven=None)

    assert member(site).delivery is DeliveryMode.EACH


def test_an_unproven_command_is_asked_back(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "DZIENNIE")
    assert member(site).delivery is DeliveryMode.EACH

    office.reply(office.letters(to="halina@example.org")[-1], "DZIENNIE", proven=None)
    assert member(site).delivery is DeliveryMode.DIGEST


def test_a_pause_ends_by_itself(site, office, clock):
    office.send("halina@example.org", "siecibp-request", "prośba", "Przerwa do 15.03", proven=True)
    paused = member(site)
    assert (paused.status, paused.paused_until) == (Status.PAUSED, datetime(2026, 3, 15, 23, tzinfo=UTC))
    assert "15 marca" in office.letters(to="halina@example.org")[-1].text

    clock.move(days=13)
    with site.writing() as db:
        housekeeping.run_due(db, site.now())
    assert member(site).status is Status.ENABLED


def test_a_pause_until_a_day_gone_by_means_next_year(site, office):
    office.send("halina@example.org", "siecibp-request", "prośba", "PRZERWA DO 15.01", proven=True)

    assert member(site).paused_until.year == 2027


def test_what_is_not_understood_gets_the_words_that_work(office):
    office.send("halina@example.org", "siecibp-request", "hm", "Ładna pogoda dzisiaj w Łodzi.", proven=True)

    letter = office.letters(to="halina@example.org")[-1]
    assert letter.kind == "not-understood"
    assert "WYPISZ" in letter.text


def test_help_tells_members_and_strangers_different_things(office):
    office.send("halina@example.org", "siecibp-pomoc", "pomoc", "pomoc", proven=True)
    office.send("stranger@example.org", "siecibp-pomoc", "pomoc", "pomoc", proven=True)

    assert "DZIENNIE" in office.letters(to="halina@example.org")[-1].text
    assert "zapisać się" in office.letters(to="stranger@example.org")[-1].text


def test_help_needs_no_proof(office):
    office.send("halina@example.org", "siecibp-request", "pomoc", "Pomoc")

    assert office.letters(to="halina@example.org")[-1].kind == "help"


def test_forged_letters_to_request_fill_nobodys_mailbox(office):
    for number in range(20):
        office.send("halina@example.org", "siecibp-request", f"{number}", f"Ładna pogoda, dzień {number}.")

    assert len(office.letters(to="halina@example.org")) == 5
