"""The whole archive as one file: the bytes, for members, without keeping anybody else waiting."""

import http.client
import io
import shutil
import threading
import time
from contextlib import closing

import pytest

from listserv.mail.mbox import entries
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.queue import raw_bytes
from listserv.usecases import exporting, signin
from listserv.web import wholearchive
from listserv.web.serve import Server
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, signed_in, stranger  # noqa: F401


def mails(site, name):
    with site.reading() as db:
        mlist = list_by_name(db, name)
        found = db.query(Message).filter_by(list_id=mlist.id).order_by(Message.sent_at, Message.id)
        return [raw_bytes(db, row.raw_id) for row in found]


def fetched(reader, path="/siecibp/archive.mbox"):
    """The answer, read to its end, as a browser does."""
    return reader.get(path, buffered=True)


def test_members_get_every_byte_and_how_many_they_are(member, site, archive):
    answer = fetched(member)

    assert [entry.raw for entry in entries(io.BytesIO(answer.data))] == mails(site, "siecibp")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Content-Type"] == "application/mbox"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="siecibp.mbox"')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_the_page_of_months_offers_it_to_members_only(app, site, stranger, archive):
    assert 'href="/gazetka/archive.mbox"' in signed_in(app, site, "zofia@example.org").page("/gazetka/month/")
    assert "archive.mbox" not in stranger.page("/gazetka/month/")


def test_nobody_else_gets_it_and_where_there_is_no_list_it_looks_the_same(stranger, member, archive):
    for reader, path in ((stranger, "/siecibp"), (stranger, "/gazetka"), (member, "/gazetka"), (member, "/niczego")):
        assert fetched(reader, f"{path}/archive.mbox").status_code == reader.head(f"{path}/archive.mbox").status_code == 404


def test_head_makes_no_file(member, archive, monkeypatch):
    monkeypatch.setattr(exporting, "mails", lambda *_: 1 / 0)

    answer = member.head("/siecibp/archive.mbox")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/mbox")


def test_only_a_few_are_fetched_at_once_and_a_place_is_free_again_after(member, archive):
    held = [member.get("/siecibp/archive.mbox") for _ in range(wholearchive.AT_ONCE)]

    assert fetched(member).status_code == 429
    for answer in held:
        answer.close()
    assert fetched(member).status_code == 200


def test_a_failure_while_it_is_made_gives_the_place_back(member, archive, monkeypatch, caplog):
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "mails", lambda *_: 1 / 0)
        for _ in range(wholearchive.AT_ONCE + 1):
            assert fetched(member).status_code == 500

    assert fetched(member).status_code == 200
    assert "ZeroDivisionError" in caplog.text


def test_it_does_not_fill_the_disk(member, archive, monkeypatch, caplog):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": wholearchive.SPARE})())

    assert fetched(member).status_code == 429
    assert "no room on the disk for the archive of list=siecibp" in caplog.text


@pytest.fixture
def server(site):
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": "127.0.0.1:0"})})
    server = Server(site)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.stop()
    thread.join(10)


def test_a_reader_who_does_not_read_on_keeps_no_thread_and_no_session(site, server, archive):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Duże", site.now())
        for number in range(3):
            talk.say("Ewa", "ewa@example.org", "x", files=(("big", "application/zip", bytes([number]) * 8_000_000),))
        key = signin.enter(db, signin.link_for(db, "ewa@example.org", site.now()).rpartition("/")[2], site.now()).key
    with closing(http.client.HTTPConnection(*server.address, timeout=20)) as slow:
        slow.request("GET", "/siecibp/archive.mbox", headers={"Cookie": f"__Host-listserv-session={key}"})
        answer = slow.getresponse()

        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) > 24_000_000
        until = time.monotonic() + 10
        while (site.engine.pool.checkedout() or server.server.task_dispatcher.active_count) and time.monotonic() < until:
            time.sleep(0.01)
        assert (site.engine.pool.checkedout(), server.server.task_dispatcher.active_count) == (0, 0)
        assert [entry.raw for entry in entries(answer)] == mails(site, "siecibp")
