"""`backup` and `restore`: one state of everything in one file, and out of it again, on either database."""

import io
import json
import random
import signal
import stat
import subprocess
import sys
import tarfile
import threading

import pytest
from sqlalchemy import inspect, select

from listserv import config
from listserv.errors import Invalid
from listserv.site import UNFINISHED, Site, utc_now
from listserv.store import snapshot
from listserv.store.bans import Ban
from listserv.store.container import HEAD, MANIFEST, Reader, Writer
from listserv.store.expanding import expand
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.migrating import upgrade
from listserv.store.queue import Delivery, Incoming, keep_raw
from listserv.usecases.delivery import milliseconds
from listserv.worker import work_once
from tests import forking
from tests.conftest import on
from tests.databases import contents
from tests.fan_out import post
from tests.serving import ROOT, clean_environment, wait_for
from tests.smtp_sink import Sink

FOREIGN = 987_654


@pytest.fixture
def elsewhere(dbms, request, tmp_path):
    """The URL of an empty database of the other kind."""
    if dbms == "postgresql":
        yield f"sqlite:///{tmp_path}/elsewhere/moved.sqlite3"
        return
    postgresql = request.getfixturevalue("postgresql")
    url = postgresql.empty()
    yield url
    postgresql.remove(url)


@pytest.fixture
def kept(run, site, network, tmp_path):
    """A backup of the example network."""
    with site.writing() as db:
        post(db, list_by_name(db, "siecibp"), site.now())
    assert run("backup", tmp_path / "kept.tar").code == 0
    return tmp_path / "kept.tar"


def everything(site, url):
    there = Site(on(site.settings, url))
    try:
        return {name: rows for name, rows in contents(there.engine).items() if name not in snapshot.FLEETING}
    finally:
        there.close()


def test_a_site_comes_back_in_the_other_kind_of_database_with_every_row(run_in, site, kept, elsewhere, tmp_path):
    done = run_in(tmp_path / "new", "restore", kept, "--database", elsewhere)

    assert (done.code, done.err) == (0, "")
    assert "restored lists.example.org" in done.out
    assert everything(site, elsewhere) == everything(site, site.settings.database_url)
    there = config.load(tmp_path / "new", {})
    assert (there.site.secret, there.database.url) == (site.settings.site.secret, elsewhere)


@pytest.mark.only_sqlite
def test_a_site_comes_back_as_it_was_for_its_owners_eyes_alone(run_in, site, kept, tmp_path):
    said = (site.settings.data / "listserv.toml").read_text()
    site.close()
    (tmp_path / "listserv.sqlite3").rename(tmp_path / "lost.sqlite3")

    done = run_in(tmp_path / "new", "restore", kept)

    assert done.code == 0
    assert (tmp_path / "new" / "listserv.toml").read_text() == said
    assert {path.name for path in tmp_path.glob("new/*")} == {"listserv.toml"}  # its database is where the settings say
    for path in (kept, tmp_path / "new" / "listserv.toml", tmp_path / "listserv.sqlite3"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert run_in(tmp_path / "new", "db", "check").code == 0


@pytest.mark.only_sqlite
def test_keys_go_along_and_the_settings_name_where_they_lie(run_in, run, site, network, tmp_path):
    key = tmp_path / "etc" / "dkim.pem"
    key.parent.mkdir()
    key.write_text("PRIVATE")
    path = site.settings.data / "listserv.toml"
    path.write_text(path.read_text().replace('dkim_key = ""', f'dkim_key = "{key}"'))
    run("backup", tmp_path / "kept.tar")
    key.unlink()

    done = run_in(tmp_path / "new", "restore", tmp_path / "kept.tar", "--database", f"sqlite:///{tmp_path}/there.sqlite3")

    assert done.code == 0, done.err
    there = tmp_path / "new" / "keys" / "dkim.pem"
    assert (there.read_text(), stat.S_IMODE(there.stat().st_mode)) == ("PRIVATE", 0o600)
    assert config.load(tmp_path / "new", {}).relay.dkim_key == str(there)


@pytest.mark.only_sqlite
def test_what_the_environment_said_is_in_the_backup(run, run_in, site, network, tmp_path, monkeypatch):
    monkeypatch.setenv("LISTSERV_SITE_SECRET", "said-by-the-environment-alone")
    run("backup", tmp_path / "kept.tar")
    monkeypatch.delenv("LISTSERV_SITE_SECRET")

    run_in(tmp_path / "new", "restore", tmp_path / "kept.tar", "--database", f"sqlite:///{tmp_path}/there.sqlite3")

    assert config.load(tmp_path / "new", {}).site.secret == "said-by-the-environment-alone"


def test_numbers_that_were_given_away_are_not_given_again(run, run_in, site, network, elsewhere, tmp_path):
    with site.writing() as db:
        outgoing = post(db, list_by_name(db, "siecibp"), site.now())
        number = outgoing.id
        db.delete(outgoing)
    run("backup", tmp_path / "kept.tar")

    run_in(tmp_path / "new", "restore", tmp_path / "kept.tar", "--database", elsewhere)

    there = Site(on(site.settings, elsewhere), now=site.now)
    with there.writing() as db:
        assert post(db, list_by_name(db, "siecibp"), site.now()).id > number
    there.close()


def bar_two(site, number):
    """Two rows that are always written together."""
    with site.writing() as db:
        db.add_all(Ban(pattern=f"{number}{half}@example.org", created_at=site.now()) for half in ("a", "b"))


def test_a_backup_is_one_state_of_everything_and_nobody_waits_for_it(run, site, network, tmp_path, monkeypatch):
    wrote = []
    monkeypatch.setattr("listserv.cli.backup.progress", lambda: lambda table, rows: wrote.append(bar_two(site, len(wrote))))

    assert run("backup", tmp_path / "kept.tar").code == 0

    with open(tmp_path / "kept.tar", "rb") as file:
        tables = Reader(file, "kept").manifest["tables"]
    assert len(wrote) > 3
    assert tables["ban"]["rows"] == 0


def test_beside_somebody_who_writes_all_the_time_transactions_are_whole(run, site, network, tmp_path):
    stop, wrote = threading.Event(), []

    def write():
        while not stop.is_set():
            wrote.append(bar_two(site, len(wrote)))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        wait_for(lambda: wrote)
        assert run("backup", tmp_path / "kept.tar").code == 0
    finally:
        stop.set()
        thread.join()

    with open(tmp_path / "kept.tar", "rb") as file:
        rows = Reader(file, "kept").manifest["tables"]["ban"]["rows"]
    assert 0 < rows <= 2 * len(wrote)
    assert rows % 2 == 0


def test_what_a_worker_of_another_machine_held_is_due_at_once(run, run_in, site, network, elsewhere, tmp_path):
    later, past = milliseconds(utc_now()) + 600_000, milliseconds(site.now())
    with site.writing() as db:
        post(db, list_by_name(db, "siecibp"), site.now())
        expand(db, past)
        held, again, sent, *_ = db.scalars(select(Delivery).order_by(Delivery.id))
        held.due, held.holder, held.attempts = later, FOREIGN, 1
        again.due, again.attempts, again.code = later, 2, 451
        sent.due, sent.holder, sent.code = None, FOREIGN, 250
        raw = keep_raw(db, b"Subject: x\r\n\r\nx")
        db.add(Incoming(raw_id=raw.id, rcpt="siecibp@lists.example.org", received_at=site.now(), due=later, holder=FOREIGN))
    run("backup", tmp_path / "kept.tar")

    run_in(tmp_path / "new", "restore", tmp_path / "kept.tar", "--database", elsewhere)

    there = Site(on(site.settings, elsewhere))
    with there.reading() as db:
        held, again, sent, *_ = db.scalars(select(Delivery).order_by(Delivery.id))
        mail = db.scalars(select(Incoming)).one()
        assert held.holder is mail.holder is None
        assert max(held.due, mail.due) <= milliseconds(utc_now())
        assert (again.due, again.attempts, again.code) == (later, 2, 451)
        assert (sent.due, sent.code) == (None, 250)
    there.close()


def test_what_was_written_down_as_sent_is_not_sent_again_and_all_else_is_sent_once(run, run_in, site, network, elsewhere, tmp_path):
    with site.writing() as db:
        post(db, list_by_name(db, "siecibp"), site.now())
        expand(db, milliseconds(site.now()))
        copies = db.scalars(select(Delivery).order_by(Delivery.id)).all()
        for copy in copies[::2]:
            copy.due, copy.code, copy.attempts = None, 250, 1
        left = sorted(db.get_one(Member, copy.member_id).address.email for copy in copies[1::2])
    run("backup", tmp_path / "kept.tar")

    with Sink() as sink:
        assert run_in(tmp_path / "new", "restore", tmp_path / "kept.tar", "--database", elsewhere).code == 0
        settings = on(site.settings, elsewhere)
        there = Site(settings.model_copy(update={"relay": settings.relay.model_copy(update={"url": sink.url})}))
        while work_once(there):
            pass
        there.close()

    assert len(left) == 2 and sorted(one.recipient for one in sink.mails) == left


def altered(kept):
    """Ways in which a file gets spoilt on its way, one bit among them."""
    data = kept.read_bytes()
    chance = random.Random(8)
    yield b""
    yield data[:1000]
    yield data[: len(data) // 2]
    yield data[:-1]
    yield data + b"\0"
    for _ in range(40):
        place = chance.randrange(len(data))
        yield data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


@pytest.mark.only_sqlite
def test_a_file_that_was_cut_or_altered_is_refused_and_nothing_is_made(run_in, kept, tmp_path):
    for number, data in enumerate(altered(kept)):
        (tmp_path / "bad.tar").write_bytes(data)

        done = run_in(tmp_path / "new", "restore", tmp_path / "bad.tar")

        assert (done.code, done.err.count("\n")) == (2, 1), number
        assert "nothing was changed" in done.err or "is no backup" in done.err
        assert not (tmp_path / "new").exists()


@pytest.mark.only_sqlite
def test_what_is_no_backup_is_refused_in_one_line(run_in, tmp_path):
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.addfile(tarfile.TarInfo("readme"))

    assert "is no backup" in run_in(tmp_path / "new", "restore", tmp_path / "other.tar").err
    assert run_in(tmp_path / "new", "restore", tmp_path / "none.tar").code == 3
    assert "is a folder" in run_in(tmp_path / "new", "restore", tmp_path).err


@pytest.mark.only_sqlite
def test_check_tells_what_is_in_it_and_changes_nothing(run_in, site, kept, tmp_path):
    done = run_in(tmp_path / "new", "restore", "--check", kept)

    assert done.code == 0
    assert "is whole: lists.example.org" in done.out
    assert not (tmp_path / "new").exists()


def test_a_site_that_is_there_is_never_overwritten(run, run_in, site, kept, elsewhere, tmp_path):
    before = everything(site, site.settings.database_url)

    onto_itself = run("restore", kept)
    into_its_database = run_in(tmp_path / "new", "restore", kept, "--database", site.settings.database_url)

    assert (onto_itself.code, into_its_database.code) == (6, 6)
    assert "there is a site" in onto_itself.err
    assert "holds a site already" in into_its_database.err
    assert not (tmp_path / "new").exists()
    assert everything(site, site.settings.database_url) == before


@pytest.mark.only_sqlite
def test_a_backup_is_not_written_over_a_file_unless_told(run, site, kept):
    kept.write_text("somebody's work")

    again = run("backup", kept)
    forced = run("backup", kept, "--force")

    assert (again.code, again.err.count("\n"), forced.code) == (6, 1, 0)
    assert kept.stat().st_size > 10_000


@pytest.mark.only_sqlite
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_through_a_pipe_it_is_the_same(run, site, kept, elsewhere, tmp_path, name):
    command = [sys.executable, "-m", "listserv", "--data"]
    environ = clean_environment(PYTHONPATH=str(ROOT))
    made = forking.run([*command, str(site.settings.data), "backup", "-"], stdout=subprocess.PIPE, env=environ, check=True, cwd="/")
    put = forking.run([*command, str(tmp_path / "new"), "restore", name, "--database", elsewhere], input=made.stdout, env=environ, check=True, cwd="/", stdout=subprocess.PIPE)

    assert b"restored" in put.stdout
    assert everything(site, elsewhere) == everything(site, site.settings.database_url)


# More than SQLite's own index of its journal takes, less than the backup.
# (A compiled module that did not fit would be kept cut off, for every program after this one.)
LIMITED = "import resource, sys; sys.dont_write_bytecode = True; resource.setrlimit(resource.RLIMIT_FSIZE, (33_000, 33_000)); from listserv.cli import main; main()"


@pytest.mark.only_sqlite
@pytest.mark.parametrize("where", ["a file", "-"])
def test_a_disk_that_is_full_is_one_line_and_leaves_nothing(site, run, network, tmp_path, where):
    start = LIMITED if where == "a file" else "from listserv.cli import main; main()"
    target = "-" if where == "-" else str(tmp_path / "kept.tar")
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-c", start, "--data", str(site.settings.data), "backup", target]
        done = forking.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=clean_environment(PYTHONPATH=str(ROOT)))

    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "the backup was not made" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == []


KILLED = """
import os, pathlib, signal, sys
from listserv.cli import main, belongings, restoring
from listserv.store import copying, snapshot
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def dying_at(place, name, when=lambda *_: True):
    real = getattr(place, name)
    setattr(place, name, lambda *words, **more: die() if when(*words) else real(*words, **more))
where = sys.argv.pop(1)
if where == "settings": dying_at(belongings, "unpack")
if where == "database": dying_at(restoring, "load")
if where == "tables": dying_at(snapshot, "_fill_table", lambda *words: words[2] == "member")
if where == "settle": dying_at(restoring.holding, "let_go")
if where == "mark": dying_at(pathlib.Path, "unlink", lambda path, *_: path.name == ".restoring")
main()
"""


@pytest.mark.parametrize("step", [*(pytest.param(step, marks=pytest.mark.long) for step in ("settings", "database", "settle")), "tables", "mark"])
def test_a_restore_that_was_killed_can_be_given_again(run_in, site, kept, elsewhere, tmp_path, step):
    data, words = tmp_path / "new", ["restore", str(kept), "--database", elsewhere]
    environ = clean_environment(PYTHONPATH=str(ROOT))
    killed = forking.run([sys.executable, "-c", KILLED, step, "--data", str(data), *words], cwd=ROOT, env=environ)
    assert killed.returncode == -signal.SIGKILL

    meanwhile, again = run_in(data, "list", "ls"), run_in(data, *words)

    assert (meanwhile.code, meanwhile.err.count("\n")) == (6, 1)
    assert (again.code, again.err) == (0, "")
    assert everything(site, elsewhere) == everything(site, site.settings.database_url)
    assert not list(data.glob("*.restoring*")) and not (data / UNFINISHED).exists()
    assert run_in(data, "list", "ls").code == 0


def as_an_older_version(kept, path, schema, there):
    """The same backup as that version would have made it: the tables and columns of its schema alone (`there`: table -> columns)."""
    with open(kept, "rb") as file, open(path, "wb") as made:
        backup, out = Reader(file, "kept"), Writer(made)
        out.add_json(HEAD, {**backup.head, "schema": schema})
        out.add("settings/listserv.toml", backup.read("settings/listserv.toml"))
        tables = {name: one for name, one in backup.manifest["tables"].items() if name in there}
        for name, one in tables.items():
            places = [place for place, (column, _) in enumerate(one["columns"]) if column in there[name]]
            one["columns"] = [one["columns"][place] for place in places]
            for part in backup.names(f"tables/{name}"):
                data = backup.read(part)
                if part.endswith(".json"):
                    data = b"".join(json.dumps([json.loads(line)[place] for place in places]).encode() + b"\n" for line in data.splitlines())
                out.add(part, data)
        out.add_json(MANIFEST, {"tables": tables})
        out.close()


@pytest.mark.parametrize("was_migrated", [False, True])
def test_a_backup_of_an_older_version_is_brought_up_to_this_one(run_in, site, kept, elsewhere, tmp_path, was_migrated):
    upgrade(f"sqlite:///{tmp_path}/old.sqlite3", "0022")
    old = Site(on(site.settings, f"sqlite:///{tmp_path}/old.sqlite3"))
    looked = inspect(old.engine)
    there = {name: {one["name"] for one in looked.get_columns(name)} for name in looked.get_table_names()}
    old.close()
    as_an_older_version(kept, tmp_path / "old.tar", "0022", there)
    if was_migrated:
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        upgrade(elsewhere)

    done = run_in(tmp_path / "new", "restore", tmp_path / "old.tar", "--database", elsewhere)

    assert done.code == 0, done.err
    assert run_in(tmp_path / "new", "db", "check").code == 0
    people = run_in(tmp_path / "new", "member", "ls", "siecibp", "--json").json
    assert sorted(row["email"] for row in people) == ["halina@example.org", "marek@example.org", "mod@example.org", "owner@example.org"]


@pytest.mark.only_sqlite
def test_a_backup_of_a_newer_version_is_refused(run_in, kept, tmp_path, monkeypatch):
    monkeypatch.setattr("listserv.store.snapshot.wanted_revision", lambda: "0001")

    done = run_in(tmp_path / "new", "restore", kept)

    assert (done.code, done.err.count("\n")) == (6, 1)
    assert "newer listserv" in done.err
    assert not (tmp_path / "new").exists()


def test_a_file_of_a_later_form_is_refused():
    made = io.BytesIO()
    out = Writer(made)
    out.add_json(HEAD, {"format": 99, "version": "9.9"})
    out.close()

    with pytest.raises(Invalid, match="9\\.9"):
        Reader(made, "kept.tar")
