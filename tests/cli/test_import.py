"""`import LIST FILE…` as an administrator runs it."""

import contextlib
import gzip
import itertools
import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from listserv import steps
from listserv.cli import importing, parsing
from listserv.mail.mbox import entry
from listserv.mail.parse import message_hash
from listserv.store import handover
from listserv.store.archive import Message
from listserv.store.lists import MailingList, list_by_name
from listserv.store.moderation import Journal
from tests import forking
from tests.sampling import short
from tests.serving import clean_environment

AT = datetime(2001, 5, 1, tzinfo=UTC)


def old(number, *, refs="", body="Słowa."):
    when = AT + timedelta(hours=number)
    head = f"From: Jan <jan@example.org>\nDate: {when:%d %b %Y %H:%M:%S +0000}\nSubject: Dawne\nMessage-ID: <m{number}@old>\n"
    return (head + (f"References: {refs}\n" if refs else "") + f"\n{body} {number}\n").encode()


def mbox(*raws):
    return b"".join(entry(raw, "jan@example.org", AT) for raw in raws)


@pytest.fixture
def file(tmp_path):
    def write(data, name="old.mbox"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    return write


def counts(ran):
    return tuple(ran.json[key] for key in ("read", "imported", "already")), ran.json["unreadable"]


def test_an_mbox_comes_in_once_however_often_it_is_brought(run, network, file):
    path = file(mbox(*(old(n) for n in range(5))))

    assert counts(run("import", network, path, "--json")) == ((5, 5, 0), [])
    assert counts(run("import", network, path, "--json")) == ((5, 0, 5), [])
    said = run("import", network, path)
    assert (said.code, said.out) == (0, "read 5, imported 0, already there 5, unreadable 0\n")


def test_what_cannot_be_read_is_counted_and_named(run, network, file):
    data = mbox(old(1), b"") + b"From x Tue Mar  3 09:00:00 2026 no-header\n\njust words\n\n" + mbox(old(2))

    ran = run("import", network, file(data), "--json")

    assert ran.code == 0
    assert counts(ran) == ((4, 2, 0), [{"index": 2, "why": "there is nothing in it"}, {"index": 3, "why": "it has no header field: it is no mail"}])


def test_gzip_is_known_by_its_bytes_and_a_cut_file_gives_what_it_has(run, network, file):
    packed = gzip.compress(mbox(*(old(n, body="x" * 3000 + str(n)) for n in range(50))), 0)

    assert counts(run("import", network, file(packed), "--json")) == ((50, 50, 0), [])
    numbers, unreadable = counts(run("import", network, file(packed[:-4000]), "--json"))
    assert 45 < numbers[0] < 51
    assert "cut off or damaged" in unreadable[-1]["why"]


def test_a_single_mail_and_a_folder_of_them_come_in_too(run, network, file, tmp_path):
    file(old(1), "maildir/cur/1")
    file(old(2), "maildir/new/2")
    file(old(3), "maildir/tmp/3")
    file(b"\x89PNG", "maildir/cur/picture")

    assert counts(run("import", network, file(old(4), "one.eml"), "--json")) == ((1, 1, 0), [])
    numbers, unreadable = counts(run("import", network, tmp_path / "maildir", "--json"))
    assert numbers == (2, 2, 0)
    assert [(one["file"], one["why"][:16]) for one in unreadable] == [("picture", "it is no mail: i")]


@pytest.mark.parametrize(
    ("data", "words", "code", "said"),
    [
        (b"%PDF-1.4", ("siecibp",), 2, "it is no mail"),
        (b'{"threads": {"a": null}}', ("siecibp",), 2, "it is no mail"),
        (mbox(old(1)), ("nobody",), 3, "nobody"),
        (None, ("siecibp",), 3, "there is no file"),
        (mbox(old(1)), (), 2, "FILE"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, network, file, tmp_path, data, words, code, said):
    path = file(data) if data is not None else tmp_path / "none.mbox"

    ran = run("import", *words, path)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_many_mails_are_read_by_processes_of_their_own(run, network, file, monkeypatch):
    monkeypatch.setattr(parsing, "MAILS", 20)

    assert counts(run("import", network, file(mbox(*(old(n) for n in range(90)))), "--json")) == ((90, 90, 0), [])


def test_a_mail_that_kills_its_reader_is_named_and_the_others_come_in(run, network, file, monkeypatch):
    pool = parsing._pool
    monkeypatch.setattr(parsing, "MAILS", 4)
    monkeypatch.setattr(parsing, "read_all", read_or_die)
    # A process that is spawned reads all tests anew.
    monkeypatch.setattr(parsing, "_pool", lambda count, how="": pool(count, "fork" if sys.platform == "linux" else "spawn"))

    numbers, unreadable = counts(run("import", network, file(mbox(*(old(n, body="deadly" if n == 5 else "x") for n in range(8)))), "--json"))

    assert numbers == (8, 7, 0)
    assert [(one["index"], "report it" in one["why"]) for one in unreadable] == [(6, True)]


def read_or_die(entries):
    import os

    if any(b"deadly" in one.raw for one in entries):
        os._exit(9)
    return [parsing._read(one) for one in entries]


def test_after_a_crash_it_goes_on_where_it_was_and_shows_nothing_before(run, network, site, file, monkeypatch):
    path = file(mbox(*(old(n) for n in range(30))))
    monkeypatch.setattr(parsing, "MAILS", 10)
    taken = []

    def gather(*given):
        if len(taken) == 2:
            raise RuntimeError("power cut")
        taken.append(1)
        return keep(*given)

    keep = importing.importing.gather
    monkeypatch.setattr(importing.importing, "gather", gather)
    broken = run("import", network, path)
    assert (broken.code, broken.out) == (1, "")
    assert run("export", network, "--format", "json").out == ""
    other = run("import", network, file(mbox(old(99)), "other.mbox"))
    assert (other.code, "--afresh" in other.err) == (6, True)

    monkeypatch.setattr(importing.importing, "gather", keep)
    assert counts(run("import", network, path, "--json")) == ((30, 10, 20), [])
    assert len(run("export", network, "--format", "json").out.splitlines()) == 30


def brought(run, name):
    """What has become of an archive: what is exported of it, and its numbers."""
    told = [json.loads(line) for line in run("export", name, "--format", "json").out.splitlines()]
    for one in told:
        one.pop("thread")
    return told


class PowerCut(BaseException):
    pass


@pytest.mark.parametrize("moment", ["writes.before-commit", "writes.committed"])
def test_a_power_cut_at_any_step_loses_and_doubles_nothing(run, network, site, file, monkeypatch, moment):
    monkeypatch.setattr(parsing, "MAILS", 4)
    monkeypatch.setattr(handover, "MOST", 2)
    path = file(mbox(*(old(n, refs=f"<m{n % 3}@old>" if n > 3 else "") for n in range(9)), old(9, refs="<gone@old>")))
    run("list", "create", "whole", "--title", "Whole")
    assert counts(run("import", "whole", path, "--json"))[0] == (10, 10, 0)
    numbers = seqs(site, "whole")

    # In the ordinary run at every second one.
    for at in itertools.count(1, 2 if short[0] else 1):
        name, left = f"l{at}", [at]
        run("list", "create", name, "--title", name)

        def reached(step, about="", left=left):
            left[0] -= step == moment
            if step == moment and not left[0]:
                raise PowerCut

        with monkeypatch.context() as patch:
            patch.setattr(steps, "reached", reached)
            with contextlib.suppress(PowerCut):
                run("import", name, path)
        assert run("import", name, path, "--json").json["read"] == 10
        assert brought(run, name) == brought(run, "whole")
        assert seqs(site, name) == numbers
        with site.reading() as db:
            journal = db.scalars(select(Journal.detail).where(Journal.what == "history-imported", Journal.list_id == list_by_name(db, name).id)).all()
            assert journal == ["10 messages from old.mbox"]
            assert db.scalar(select(func.count()).select_from(MailingList).where(MailingList.import_of.is_not(None))) == 0
        if left[0] > 0:
            break
    assert at > 12


def seqs(site, name):
    with site.reading() as db:
        return dict(db.execute(select(Message.message_id, Message.seq).where(Message.list_id == list_by_name(db, name).id)).all())


def test_killed_while_history_goes_over_it_goes_on_even_with_another_file(run, network, site, file, tmp_path):
    path, orders = file(mbox(*(old(n) for n in range(3)))), tmp_path / "orders"
    orders.mkdir()
    (orders / "order-1").write_text(json.dumps({"do": "kill", "at": "writes.committed", "nth": 4}))
    command = [sys.executable, "-m", "listserv", "--data", site.settings.data, "import", network, path]
    run("status")
    killed = forking.run(command, env=clean_environment(PYTHONPATH=os.getcwd(), **{steps.VARIABLE: str(orders)}), capture_output=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with site.reading() as db:
        assert db.scalars(select(MailingList.import_shift).where(MailingList.import_of.is_not(None))).one() == -3

    assert counts(run("import", network, file(mbox(old(9)), "other.mbox"), "--afresh", "--json")) == ((1, 1, 0), [])

    assert seqs(site, network) == {"m0@old": -2, "m1@old": -1, "m2@old": 0, "m9@old": -3}


def test_export_and_import_give_each_other_back(run, network, file, tmp_path):
    raws = [old(1), old(2, refs="<m1@old>", body="From here\n>From there\n"), old(3, body="no end").rstrip(b"\n"), old(4).replace(b"\n", b"\r\n"), old(5) + b"\n\n"]
    run("import", network, file(mbox(*raws)))
    run("list", "create", "copy", "--title", "Kopia")
    first, second = tmp_path / "1.mbox", tmp_path / "2.mbox.gz"

    run("export", network, "--format", "mbox", "--out", first)
    assert counts(run("import", "copy", first, "--json")) == ((5, 5, 0), [])
    run("export", "copy", "--format", "mbox", "--out", second)

    assert gzip.decompress(second.read_bytes()) == first.read_bytes()
    told = [[json.loads(line) for line in run("export", name, "--format", "json").out.splitlines()] for name in (network, "copy")]
    for one in (*told[0], *told[1]):
        one.pop("thread")
    assert told[0] == told[1]


def test_a_new_list_stays_private_until_somebody_says_otherwise(run, network, site, file):
    run("import", network, file(mbox(old(1))))

    assert json.loads(run("list", "show", network, "--json").out)["archive"] == "members"
    assert run("trace", "<m1@old>", "--json").json[0]["url"].endswith(message_hash("m1@old"))


def test_one_import_at_a_time(run, network, site, file):
    with importing.only_one(site.settings.data):
        ran = run("import", network, file(mbox(old(1))))

    assert (ran.code, "another import is running" in ran.err) == (6, True)


def test_a_file_that_cannot_be_opened_any_more_is_named_and_the_others_come_in(run, network, file, tmp_path, monkeypatch):
    file(mbox(old(1)), "many/a.mbox")
    gone = file(mbox(old(2)), "many/b.mbox")
    begin = importing.importing.begin

    def remove_and_begin(*given, **more):
        gone.unlink()
        return begin(*given, **more)

    monkeypatch.setattr(importing.importing, "begin", remove_and_begin)

    numbers, unreadable = counts(run("import", network, tmp_path / "many", "--json"))

    assert numbers == (1, 1, 0)
    assert [(one["file"], one["index"], one["why"][:22]) for one in unreadable] == [("b.mbox", 1, "it cannot be opened: N")]


def test_mail_comes_in_through_a_pipe(run, network, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=lambda: pipe.write_bytes(mbox(old(1), old(2)))).start()

    assert counts(run("import", network, pipe, "--json")) == ((2, 2, 0), [])


def test_readers_end_when_their_keeper_is_killed(tmp_path):
    script = "from listserv.cli.parsing import _pool; import os, signal\nif __name__ == '__main__':\n    print(_pool(1).submit(os.getpid).result(), flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    (tmp_path / "keeper.py").write_text(script)
    env = os.environ | {"PYTHONPATH": os.getcwd()}

    killed = forking.run([sys.executable, tmp_path / "keeper.py"], capture_output=True, text=True, env=env, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    reader = Path(f"/proc/{killed.stdout.strip()}/cmdline")
    end = time.monotonic() + 20
    while reader.exists() and reader.read_bytes():  # a zombie has an empty one
        assert time.monotonic() < end
        time.sleep(0.05)
