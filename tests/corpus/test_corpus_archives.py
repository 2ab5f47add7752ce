"""Archives of real lists, brought in whole: counted, put into threads, read as pages, and given back byte for byte."""

import gzip
import json
import random
from collections import Counter
from contextlib import closing
from hashlib import sha256
from io import BytesIO

import pytest
from sqlalchemy import select

from listserv.cli.archives import sources
from listserv.cli.importing import Importer
from listserv.cli.parsing import Readers
from listserv.config import Settings
from listserv.mail.mbox import entries
from listserv.mail.parse import parse
from listserv.site import Site
from listserv.store.archive import Attachment, Message, Thread
from listserv.store.lists import list_by_name
from listserv.usecases import administration, exporting
from listserv.usecases.access import CONSOLE
from listserv.web import create_app
from tests.conftest import START, on
from tests.corpus.corpus import CORPUS, items, needed
from tests.web.readers import Reader

pytestmark = needed
D = CORPUS / "D-archives"
ARCHIVES = {
    "linux-mips": [D / "linux-mips" / f"{year}.mbox.gz" for year in range(1996, 2002)],
    "usrp-users": [D / "usrp-users" / "2019.mbox.gz"],
    "ponymail": sorted((D / "ponymail").glob("*.mbox*")),
    "notmuch": [D / "notmuch"],
    "uboot": [CORPUS / "archives" / "uboot-stm32-first-2500.mbox.gz"],
}
# How many mails each holds, and how many of them twice.
COUNTS = {"linux-mips": (9151, 10), "usrp-users": (1478, 5), "ponymail": (305, 109), "notmuch": (223, 37), "uboot": (2500, 0)}
# The large ones are brought in by the long run alone.
SOONER = ("usrp-users", "ponymail", "notmuch")


def lists(*names):
    return [name if name in SOONER else pytest.param(name, marks=pytest.mark.long) for name in names]


class Brought:
    """A site with archives, each brought in when it is first asked for: a list of its own, public, so that everybody's pages can be looked at."""

    def __init__(self, site):
        self.site, self._facts = site, {}

    def facts(self, name):
        if name not in self._facts:
            self._facts[name] = bring(self.site, name, *ARCHIVES[name])
        return self._facts[name]

    def holding(self, *names):
        """The site, when all these lists are there."""
        for name in names:
            self.facts(name)
        return self.site


@pytest.fixture(scope="module")
def brought(tmp_path_factory, sqlite):
    folder = tmp_path_factory.mktemp("archives")
    site = made(folder, sqlite.migrated(folder))
    yield Brought(site)
    site.close()


def made(folder, url):
    values = {"site": {"domain": "lists.example.org", "url": "https://lists.example.org", "secret": "secret-of-the-tests"}, "data": folder}
    return Site(on(Settings.model_validate(values), url), now=lambda: START)


def bring(site, name, *files):
    with site.writing() as db:
        administration.create_list(db, administration.NewList(name, name, archive="public"), CONSOLE, START)
    with closing(Readers()) as readers:
        importer = Importer(site, readers, name, name)
        importer.bring([source for file in files for source in sources(file)], lambda _: None)
    return importer.facts(many=False)


@pytest.mark.sampled(1, each="name")
@pytest.mark.parametrize("name", lists(*ARCHIVES))
def test_every_mail_is_counted_and_can_be_read(brought, name):
    facts = brought.facts(name)
    read, twice = COUNTS[name]

    assert facts["read"] == read
    assert facts["imported"] + facts["already"] == read - len(facts["unreadable"])
    assert facts["unreadable"] == []
    assert facts["already"] == twice


@pytest.mark.parametrize("file", [item["file"] for item in items("D-archives") if (item["expected"] or {}).get("messages")] if CORPUS.is_dir() else [])
def test_the_splitter_finds_the_mails_that_the_index_counts(file):
    (item,) = [item for item in items("D-archives") if item["file"] == file]
    raws = [one.raw for one in entries(BytesIO(gzip.decompress((D / file).read_bytes())))]

    assert len(raws) == item["expected"]["messages"]
    # An id without brackets is taken by us and is none to the index.
    given = sorted(one if f"<{one}>".encode() in raw else "" for raw in raws for one in [parse(raw).message_id])
    assert sha256("\n".join(given).encode()).hexdigest() == item["expected"]["message_ids_sha256"]


@pytest.mark.parametrize("name", lists("linux-mips", "usrp-users"))
def test_messages_are_in_the_same_threads_as_by_another_hand(brought, name):
    site = brought.holding(name)
    theirs = json.loads(gzip.decompress((D / name / "threads.json.gz").read_bytes()))["threads_present_only"]
    with site.reading() as db:
        ours = dict(db.execute(select(Message.message_id, Message.thread_id).where(Message.list_id == list_by_name(db, name).id)).all())

    by_them = {one: number for number, group in enumerate(theirs) for one in group}
    together = {}
    for one, thread in ours.items():
        together.setdefault(thread, []).append(by_them.get(one, one))
    # Theirs are parts of ours, but for a few; and ours, where a message that has not come holds them together, of theirs.
    assert share(Counter(ours[one] for one in group) for group in theirs) >= 0.999
    assert share(Counter(group) for group in together.values()) >= 0.995


def share(counters):
    """The share of messages that are where most of their group are."""
    counted = [(counter.most_common(1)[0][1], counter.total()) for counter in counters]
    return sum(most for most, _ in counted) / sum(total for _, total in counted)


@pytest.mark.parametrize("name", lists("linux-mips", "usrp-users", "uboot"))
def test_years_are_those_of_the_archive(brought, name):
    site = brought.holding(name)
    first, last = {"linux-mips": (1996, 2001), "usrp-users": (2019, 2019), "uboot": (2018, 2021)}[name]
    with site.reading() as db:
        times = db.execute(select(Message.message_id, Message.sent_at).where(Message.list_id == list_by_name(db, name).id)).all()

    assert [row for row in times if not first <= row.sent_at.year <= last] == []


@pytest.mark.sampled(1, each="language")
@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize(("names", "some"), [(SOONER, 20), pytest.param(tuple(ARCHIVES), 490, marks=pytest.mark.long)], ids=["fifty", "five hundred"])
def test_threads_open_in_both_languages_the_largest_too(brought, language, names, some):
    site = brought.holding(*names)
    app = create_app(site)
    app.test_client_class = Reader
    reader = app.test_client()
    with site.reading() as db:
        ids = {list_by_name(db, name).id: name for name in names}
        there = select(Thread.list_id, Thread.id).where(Thread.list_id.in_(ids))
        threads = db.execute(there.where(Thread.merged_into.is_(None)).order_by(Thread.id)).all()
        largest = db.execute(there.order_by(Thread.messages.desc()).limit(10)).all()

    for mlist, thread in [*random.Random(1).sample(threads, some), *largest]:
        page = reader.page(f"/{ids[mlist]}/thread/{thread}", headers={"Accept-Language": language})
        assert f'<html lang="{language}"' in page


def unpacked(file):
    return gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()


@pytest.mark.sampled(1, each="name")
@pytest.mark.parametrize("name", ["ponymail", pytest.param("usrp-users", marks=pytest.mark.long)])
def test_what_came_in_goes_out_byte_for_byte(brought, name):
    site = brought.holding(name)
    kept = Counter(one.raw for file in ARCHIVES[name] for one in entries(BytesIO(unpacked(file))))
    with site.reading() as db:
        mbox = b"".join(exporting.mails(db, list_by_name(db, name)))

    exported = [one.raw for one in entries(BytesIO(mbox))]
    assert len(exported) == len(set(exported)) == brought.facts(name)["imported"]
    assert set(exported) <= set(kept)


def test_attachments_are_those_that_another_archiver_found(brought):
    site = brought.holding("ponymail")
    expected = attachments_of((D / "ponymail/expected/parsing-users-httpd-2020-07.yaml").read_text())
    with site.reading() as db:
        query = select(Message.message_id, Attachment.sha256, Attachment.size).join(Attachment, Attachment.message_id == Message.id)
        ours = {tuple(row) for row in db.execute(query)}

    assert len(expected) > 5
    assert {one for one in expected if one not in ours} == set()


def attachments_of(text):
    """(message id, sha256, size) of each attachment; a reader for just this shape of YAML."""
    found, message, value = set(), "", {}
    for line in text.splitlines():
        key, _, said = line.strip().removeprefix("- ").partition(": ")
        value[key] = said
        if key == "message-id":
            message = said.strip("<>")
        elif key == "size":
            found.add((message, value["hash"], int(said)))
    return found


def test_both_databases_make_the_same_of_an_archive(brought, tmp_path, postgresql):
    other = made(tmp_path, postgresql.migrated(tmp_path))
    try:
        assert bring(other, "ponymail", *ARCHIVES["ponymail"]) == brought.facts("ponymail")
        assert told(other, "ponymail") == told(brought.site, "ponymail")
    finally:
        other.close()


def told(site, name):
    columns = Message.message_id, Message.refs, Message.author, Message.author_email, Message.subject, Message.sent_at, Message.snippet, Message.seq
    with site.reading() as db:
        mlist = list_by_name(db, name).id
        threads = {}
        for row in db.execute(select(Thread.id, Thread.subject, Thread.messages, Thread.authors, Thread.first_at, Thread.last_at).where(Thread.list_id == mlist)):
            threads[row.id] = tuple(row[1:])
        query = select(*columns, Message.thread_id).where(Message.list_id == mlist).order_by(Message.seq)
        return [(*row[:-1], threads[row[-1]]) for row in db.execute(query)]
