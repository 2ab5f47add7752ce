"""What is derived from the bytes is made again, a few messages at a time, whatever happens in between."""

import pytest

from listserv.store import search
from listserv.store.archive import Attachment, Body, Message
from listserv.store.lists import list_by_name
from listserv.store.packing import content
from listserv.store.queue import Raw
from listserv.store.search import count_missing
from listserv.usecases import administration, rebuilding
from listserv.usecases.access import CONSOLE
from tests.databases import contents
from tests.files import pdf
from tests.findable import found, say


@pytest.fixture
def told(site, network, now):
    """Six messages, each with a file, every other with HTML."""
    with site.writing() as db:
        mlist = list_by_name(db, network)
        return [say(db, mlist, now, f"Temat {n}", f"kubek {n}\n\n-- \nEwa", html=f"<p>kubek {n}</p>" if n % 2 else None, files=file(n)) for n in range(6)]


def file(number):
    return (("a.pdf", "application/pdf", pdf(f"a{number}")),)


def rebuild(site, mlist=None, batches=99):
    last = 0
    for _ in range(batches):
        with site.reading() as db:
            made = rebuilding.some_after(db, mlist, last)
        if not made:
            break
        with site.writing() as db:
            rebuilding.write(db, made)
        last = made[-1].message_id
    with site.writing() as db:
        rebuilding.finish(db)


def test_what_an_older_version_kept_is_made_as_this_one_does(site, told, monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    as_it_was = contents(site.engine)
    with site.writing() as db:
        db.query(search.Indexed).delete()
        db.query(search.Form).delete()
        db.query(search.FileText).delete()
        db.query(Attachment).delete()
        db.query(Body).update({"text": "stare", "html": "stare"})
        db.query(Message).update({"snippet": "stare", "has_html": False, "size": 0})
        assert count_missing(db) == 6

    rebuild(site)

    now = contents(site.engine)
    assert {name: len(rows) for name, rows in now.items()} == {name: len(rows) for name, rows in as_it_was.items()}
    for name in ("message", "body", "indexed", "word_form", "file_text"):
        assert now[name] == as_it_was[name], name
    assert [row[1:] for row in now["attachment"]] == [row[1:] for row in as_it_was["attachment"]]


def test_it_changes_nothing_where_nothing_is_to_be_changed(site, told):
    before = contents(site.engine)

    rebuild(site)
    rebuild(site)

    assert contents(site.engine) == before


def test_an_interrupted_one_leaves_a_whole_archive(site, told, monkeypatch):
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    with site.writing() as db:
        db.query(search.Indexed).delete()

    rebuild(site, batches=2)
    with site.reading() as db:
        assert len(found(db, "kubek")) == 4
    rebuild(site)

    with site.reading() as db:
        assert len(found(db, "kubek")) == 6


def test_what_is_hidden_stays_hidden_and_what_was_redacted_in_between_stays_redacted(site, told, now):
    with site.reading() as db:
        made = rebuilding.some_after(db, None, 0)
    with site.writing() as db:
        db.get(Message, told[0].id).hidden_at = now
        raw = db.get(Raw, told[1].raw_id)
        other = content(b"From: ewa@example.org\nSubject: Temat 1\nMessage-ID: <x@y>\n\n(gone)\n")
        raw.sha256, raw.size, raw.packed = other.sha256, other.size, other.packed
    with site.writing() as db:
        rebuilding.write(db, made)

    with site.reading() as db:
        assert set(found(db, "kubek")) == {row.hash for row in told[2:]}
        assert db.get(Body, told[1].raw_id).text.strip() == "(gone)"
        assert db.query(Attachment).filter(Attachment.message_id == told[1].id).count() == 0


def test_one_list_is_made_alone(site, told, now):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("gazetka", "Gazetka"), CONSOLE, now)
        say(db, other, now, "A", "kubek")
        db.query(search.Indexed).delete()

    rebuild(site, other)

    with site.reading() as db:
        assert (len(found(db, "kubek")), rebuilding.count(db, other), rebuilding.count(db, None)) == (1, 1, 7)
