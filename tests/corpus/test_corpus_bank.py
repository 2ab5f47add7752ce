"""The archive of a real list fills a bank: materials and hardly anything else, each once, with its own dates; nobody is written to."""

import gzip
from itertools import islice

import pytest
from sqlalchemy import func, select

from listserv.mail import bankfiles, banklinks
from listserv.mail.mbox import entries
from listserv.mail.parse import parse
from listserv.store.bank import Material, MaterialVersion
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter
from listserv.usecases import bankfilling
from tests.corpus.corpus import needed
from tests.corpus.test_corpus_archives import ARCHIVES, bring, made

pytestmark = needed
FILE = ARCHIVES["usrp-users"][0]
# Looked at one by one (docs/mail.md): none of these is a material, and all of them stand in this archive.
JUNK = ("/issues/", "/commit/", "stackoverflow.com", "imgur.com", "amazon.com", "mail-archive.com", "/listinfo", ".deb", "data-privacy", "signature.asc")


def things(some):
    """What a part of the archive would bring, by the pure rules."""
    for raw in some:
        post = parse(raw)
        yield from (file.name for file in post.attachments if bankfiles.is_material(file))
        yield from (link.url for link in banklinks.links_in(post.reply))


def test_a_part_of_the_archive_brings_materials_and_no_junk():
    with gzip.open(FILE) as file:
        found = list(things(islice((entry.raw for entry in entries(file)), 0, 240)))

    assert 15 <= len(set(found)) <= 90
    assert [one for one in found for junk in JUNK if junk in one.lower()] == []


@pytest.mark.long
def test_the_whole_archive_fills_a_bank_once(tmp_path_factory, sqlite):
    folder = tmp_path_factory.mktemp("bank")
    site = made(folder, sqlite.migrated(folder))
    try:
        bring(site, "usrp-users", FILE)
        with site.writing() as db:
            list_by_name(db, "usrp-users").materials = True
        assert filled(site) >= 1473
        with site.reading() as db:
            items = db.scalars(select(Material)).all()
            places = db.scalar(select(func.count()).select_from(MaterialVersion))
            assert db.scalars(select(Letter)).all() == []
        assert 110 <= len(items) <= 160 < places
        assert {item.first_at.year for item in items} == {2019}
        assert len({item.number for item in items}) == len(items) == max(item.number for item in items)
        assert [item.url for item in items for junk in JUNK if junk in item.url.lower()] == []
        with site.writing() as db:
            list_by_name(db, "usrp-users").bank_upto = 0
        filled(site)
        with site.reading() as db:
            assert db.scalar(select(func.count()).select_from(Material)) == len(items)
            assert db.scalar(select(func.count()).select_from(MaterialVersion)) == places
    finally:
        site.close()


def filled(site):
    looked = 0
    while True:
        with site.writing() as db:
            done = bankfilling.run_due(db, site.now(), 100)
        if not done:
            return looked
        looked += done
