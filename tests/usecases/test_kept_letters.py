"""Letters to the moderators by the dozen: the first are passed on, the rest is kept, told together, and lost never."""

import pytest
from sqlalchemy import func, select

from listserv.store.queue import Incoming, State
from listserv.store.untold import Untold
from listserv.usecases import housekeeping, keptletters
from listserv.usecases.keptletters import A_DAY
from tests.office import mail

DOOR = "moderator_siecibp"
FORGED = "podrobiony"
WORDS = ("czytnik", "skaner", "regał", "katalog", "plakat", "mapa", "globus", "atlas", "zeszyt", "ołówek", "krzesło", "lampa", "okno", "półka", "drabina", "wózek", "kosz", "gazeta")


@pytest.fixture
def many(office):
    """Halina writes to the moderators again and again, each time something else."""
    for number, word in enumerate(WORDS):
        assert office.send("Halina Okładka <halina@example.org>", DOOR, f"List {number}", f"Mam pytanie o {word}, proszę o odpowiedź.", proven=True) is State.FORWARDED
    return office


def letters(office, to, kind):
    return [one for one in office.letters(to) if one.kind == kind]


def calendar(site):
    with site.writing() as db:
        housekeeping.run_due(db, site.now())


def test_the_first_are_passed_on_and_the_writer_hears_once_of_the_rest(many):
    assert len(WORDS) > A_DAY + 2
    assert len(letters(many, "mod@example.org", "contact")) == len(letters(many, "owner@example.org", "contact")) == A_DAY
    [told] = letters(many, "halina@example.org", "letters-kept")
    assert "Sieć BP" in told.subject


def test_moderators_hear_of_the_rest_in_one_letter_and_get_it_for_a_word(many, site, clock):
    clock.move(hours=1, seconds=1)
    calendar(site)
    [rest] = letters(many, "mod@example.org", "more-waiting")
    assert "Halina Okładka" in rest.text and f"List {len(WORDS) - 1}" in rest.text

    many.reply(rest, "DALEJ")
    calendar(site)

    assert len(letters(many, "mod@example.org", "contact")) == len(WORDS)
    assert "gazeta" in letters(many, "mod@example.org", "contact")[-1].text
    assert letters(many, "mod@example.org", "contact")[-1].mail["Reply-To"] == "halina@example.org"
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Untold).where(Untold.email == "mod@example.org")) == 0


def test_the_next_day_they_are_passed_on_again(many, clock):
    clock.move(days=1)
    many.send("Halina Okładka <halina@example.org>", DOOR, "Rano", "Mam pytanie o biurko, proszę o odpowiedź.", proven=True)
    assert len(letters(many, "mod@example.org", "contact")) == A_DAY + 1


def test_nobody_uses_up_the_letters_of_somebody_else(office, monkeypatch):
    monkeypatch.setattr(keptletters, "A_DAY", 2)
    for number in range(5):
        office.send("halina@example.org", DOOR, "W cudzym imieniu", f"To nie ja, {WORDS[number]} i nic więcej.")
    office.send("halina@example.org", DOOR, "Naprawdę ja", "Proszę o pomoc w sprawie katalogu.", proven=True)
    office.send("marek@example.org", DOOR, "Ja też", "Proszę o pomoc w sprawie skanera.", proven=True)
    assert [one.subject.rpartition(": ")[2] for one in letters(office, "mod@example.org", "contact")] == ["W cudzym imieniu"] * 2 + ["Naprawdę ja", "Ja też"]


def test_nobody_proven_floods_moderators_under_ever_other_names(office, site, clock):
    for number in range(keptletters.UNPROVEN + 10):
        raw = mail("x@example.org", f"{DOOR}@lists.example.org", f"List {number}", f"Inna sprawa {'abc' * number}.")
        office.deliver(raw.replace(b"From: x@example.org", b"From: undisclosed"), f"{DOOR}@lists.example.org", mail_from=f"x{number}@example.com")
    assert len(letters(office, "mod@example.org", "contact")) == keptletters.UNPROVEN
    with site.reading() as db:
        assert {row.reasons for row in db.scalars(select(Incoming))} == {"", "kept-back"}

    clock.move(hours=1, seconds=1)
    calendar(site)
    assert len(letters(office, "mod@example.org", "more-waiting")) == 1


def test_one_network_has_its_measure(office):
    for number in range(keptletters.PER_NETWORK + 5):
        raw = mail("halina@example.org", f"{DOOR}@lists.example.org", "List", f"Inna sprawa {'abc' * number}.")
        office.deliver(raw, f"{DOOR}@lists.example.org", peer=f"192.0.2.{number}")

    assert len(letters(office, "mod@example.org", "contact")) == keptletters.PER_NETWORK


def test_what_the_senders_service_calls_forged_says_so_and_says_it_later_too(office, site, clock, monkeypatch):
    monkeypatch.setattr(keptletters, "A_DAY", 1)
    for word in ("katalog", "skaner"):
        office.send("halina@example.org", DOOR, "x", f"Proszę o {word}, pilnie.", proven=False)
    office.send("halina@example.org", DOOR, "x", "Proszę o plakat, pilnie.", proven=True)
    clock.move(hours=1, seconds=1)
    calendar(site)
    office.reply(letters(office, "mod@example.org", "more-waiting")[-1], "DALEJ")

    said = {word: FORGED in one.text for one in letters(office, "mod@example.org", "contact") for word in ("katalog", "skaner", "plakat") if word in one.text}
    assert said == {"katalog": True, "skaner": True, "plakat": False}


def test_the_administrator_is_not_flooded_either_and_is_told(office, site):
    for number in range(keptletters.UNPROVEN + 10):
        office.send(f"spam{number}@example.com", "postmaster", "Oferta", f"Inna oferta {'abc' * number}.")

    found = letters(office, "admin@example.org", "contact-site")
    assert len(found) == keptletters.UNPROVEN
    assert ["listserv trace" in one.text for one in found] == [False] * (len(found) - 1) + [True]
