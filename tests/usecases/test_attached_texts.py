"""Files that were attached are read in the background, once each, and their words are found."""

from datetime import timedelta

import pytest

from listserv import filetexts
from listserv.store import search
from listserv.store.archive import Attachment
from listserv.store.lists import list_by_name
from listserv.usecases import attachedtexts, indexing, searching
from listserv.usecases.access import CONSOLE
from listserv.worker import work_once
from listserv.worker.lanes import read_files
from tests.files import docx, odt, pdf
from tests.findable import found, plain, say

FILES = {
    "regulamin.pdf": ("application/pdf", pdf("Regulamin wypożyczalni kubków")),
    "karta.docx": ("application/octet-stream", docx("<w:p><w:t>Karta z kubkiem</w:t></w:p>")),
    "plan.odt": ("application/vnd.oasis.opendocument.text", odt("<text:p>Plan kubków</text:p>")),
}


@pytest.fixture
def told(site, network, now):
    """A message for each kind of file, and one that carries a file for the second time."""
    with site.writing() as db:
        mlist = list_by_name(db, network)
        rows = {name: say(db, mlist, now, "Plik", "W załączniku.", files=((name, kind, data),)) for name, (kind, data) in FILES.items()}
        kind, data = FILES["karta.docx"]
        rows["again"] = say(db, mlist, now + timedelta(minutes=1), "Jeszcze raz", "To samo.", files=(("kopia.docx", kind, data),))
    return rows


def test_words_in_files_are_found_once_they_were_read(site, told, monkeypatch):
    read = []
    monkeypatch.setattr(attachedtexts.filetexts, "text_of", lambda data, kind, whole=filetexts.text_of: read.append(kind) or whole(data, kind))

    while read_files(site):
        pass

    assert sorted(read) == ["docx", "odt", "pdf"]
    with site.reading() as db:
        assert set(found(db, "kubek")) == {row.hash for row in told.values()}
        assert found(db, '"karta z kubkiem"') == [told["again"].hash, told["karta.docx"].hash]
        hit = searching.search(db, CONSOLE, "kubek regulamin").hits[0]
    assert "wypożyczalni [kubków]" in plain(hit.words)
    assert [plain(file) for file in hit.files] == ["[regulamin].pdf"]


def test_a_file_that_came_before_is_found_at_once(site, told, now):
    while read_files(site):
        pass
    kind, data = FILES["plan.odt"]
    with site.writing() as db:
        again = say(db, list_by_name(db, "siecibp"), now, "Trzeci", "raz", files=(("x.odt", kind, data),))

    with site.reading() as db:
        assert again.hash in found(db, "plany kubków")
        assert not attachedtexts.are_waiting(db, now)


def test_a_hostile_file_is_tried_and_let_be(site, network, now):
    files = (("zły.pdf", "application/pdf", b"%PDF-1.4\nnic"), ("bomba.docx", "application/zip", b"PK\x03\x04"))
    with site.writing() as db:
        row = say(db, list_by_name(db, network), now, "A", "Proszę zobaczyć.", files=files)

    while read_files(site):
        pass

    with site.reading() as db:
        kept = db.query(search.FileText).all()
        assert [(one.due, one.text, bool(one.trouble)) for one in kept] == [(None, "", True)] * 2
        assert found(db, "zobaczyć zły bomba") == [row.hash]


def test_a_file_that_kills_the_worker_is_left_alone_after_three_times(site, told, clock):
    for _ in range(attachedtexts.MOST_ATTEMPTS):
        with site.writing() as db:
            assert len(attachedtexts.claim(db, site.now(), 10)) == 3
            assert attachedtexts.claim(db, site.now(), 10) == ()
        clock.move(minutes=6)

    while read_files(site):
        pass

    with site.reading() as db:
        assert {one.trouble for one in db.query(search.FileText)} == {"reading it brings the program down"}


def test_what_only_a_hidden_message_carries_is_not_read(site, told, now):
    with site.writing() as db:
        for row in told.values():
            db.merge(row).hidden_at = now
        indexing.forget(db, [row.id for row in told.values()])

    while read_files(site):
        pass

    with site.reading() as db:
        assert {one.trouble for one in db.query(search.FileText)} == {"nobody carries it"}


def test_what_a_file_said_goes_with_the_last_message_that_carries_it(site, told):
    while read_files(site):
        pass
    with site.writing() as db:
        db.query(Attachment).filter(Attachment.message_id != told["again"].id).delete()
        indexing.forget(db, [told["plan.odt"].id])

    with site.reading() as db:
        assert [one.text for one in db.query(search.FileText)] == ["Karta z kubkiem\n"]


def test_the_worker_reads_files_too(site, told):
    while work_once(site):
        pass

    with site.reading() as db:
        assert len(found(db, "kubek")) == 4
