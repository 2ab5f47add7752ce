"""Who is forgotten is named nowhere in the bank; their materials stay without a name, or go, as they wished; and they can take theirs along."""

import pytest
from sqlalchemy import select

from listserv.store.bank import Material, MaterialUse, MaterialVersion
from listserv.store.erasing import Posts
from listserv.store.people import address_by_key
from listserv.usecases import bank as reading
from listserv.usecases import housekeeping, privacy
from tests.usecases.test_bank_filing import DOCX, bank, items, post, send  # noqa: F401  (fixtures)
from tests.usecases.test_bank_mail import BANK
from tests.usecases.test_forgetting import ask, everything
from tests.usecases.test_hiding import actor


@pytest.fixture
def shared(site, bank, send):
    """What Halina has shared: in a post, and by way of the bank's own address; she has used an item of Marek's."""
    send(("Scenariusz lekcji.docx", DOCX, b"first"), text="Dzień dobry.\nHalina Okładka")
    send(("Karta.docx", DOCX, b"second"), to=BANK, text="Karta Haliny, halina@example.org.")
    send(("Plakat wystawy.pdf", "application/pdf", b"%PDF"), sender="marek@example.org")
    with site.writing() as db:
        user_id = address_by_key(db, "halina@example.org").user_id
        item = db.scalar(select(Material).where(Material.number == 3))
        db.add(MaterialUse(material_id=item.id, user_id=user_id, used_at=site.now(), words="Dziękuję, Halina"))


def forgotten(site, clock, posts):
    ask(site, posts)
    clock.move(days=8)
    while True:
        with site.writing() as db:
            if not housekeeping.run_due(db, clock(), 100):
                return


def test_the_words_stay_without_the_name(site, shared, clock):
    forgotten(site, clock, Posts.KEEP)

    assert sorted(number for number, *_ in items(site)) == [1, 2, 3]
    with site.reading() as db:
        assert db.scalars(select(MaterialUse)).all() == []
        assert db.scalars(select(MaterialVersion.user_id)).all() == [None, None, None]
        assert reading.file_of(db, "siecibp", 2, actor(site, "marek@example.org"))[2] == b"second"
        card = reading.card(db, "siecibp", 2, actor(site, "marek@example.org"))
    assert card.item.author == ""
    named = [line for line in everything(site).splitlines() if "halina@example.org" in line or "halina okładka" in line]
    assert named == []


def test_the_materials_go_too(site, shared, clock):
    forgotten(site, clock, Posts.REMOVE)

    assert [number for number, *_ in items(site)] == [3]
    with site.reading() as db:
        assert db.scalars(select(Material.title).where(Material.number < 3)).all() == ["", ""]


def test_what_is_kept_about_a_person_can_be_taken_along(site, shared):
    with site.reading() as db:
        tables = privacy.collect(db, address_by_key(db, "halina@example.org").user_id)["tables"]

    assert [row["name"] for row in tables["material_version"]] == ["Karta.docx"]
    assert len(tables["material_use"]) == 1
