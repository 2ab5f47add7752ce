"""A day of attacks by files that an administrator is given: backups, archives, tables; each is a line of docs/attacks.md."""

import gzip
import json
import resource

import pytest

from listserv.store.container import HEAD, MANIFEST, Reader, Writer

EVIL = [
    ("keys/relay.dkim_key/../../../../pwned", b"x"),
    ("keys/smtp.tls_key/..", b"x"),
    ("keys/a(b.c/x", b"x"),
    ("keys/relay/x", b"x"),
    ("../pwned", b"x"),
    ("/tmp/pwned", b"x"),
]


def altered(good, path, *, also=(), instead=()):
    """A backup with other parts, and a sum that is right."""
    instead = dict(instead)
    with good.open("rb") as file, path.open("wb") as out:
        reader, writer = Reader(file, "good"), Writer(out)
        names = [name.removesuffix(".gz") for name in reader._names if name != "sha256"]
        for name in dict.fromkeys(names):
            writer.add(name, instead.get(name, reader.read(name))) if name not in (HEAD, MANIFEST) else writer.add_json(name, instead.get(name, json.loads(reader.read(name))))
        for name, data in also:
            writer.add(name, data)
        writer.close()
    return path


@pytest.fixture
def here(run_in, tmp_path):
    """A small site of its own, and the command at it."""
    site = tmp_path / "site"
    assert run_in(site, "init", "--domain", "lists.example.org", "--url", "https://lists.example.org").code == 0
    assert run_in(site, "list", "create", "siecibp", "--title", "Sieć BP").code == 0
    return lambda *words: run_in(site, *words)


def test_no_backup_writes_beside_its_folder_or_ends_in_a_traceback(here, run_in, tmp_path):
    here("backup", tmp_path / "good.tar")
    parts = [{"also": [one]} for one in EVIL]
    parts += [{"instead": {MANIFEST: []}}, {"instead": {HEAD: {"format": 1}}}, {"instead": {MANIFEST: {"tables": {"user; DROP TABLE x": {"columns": ["a"], "rows": 1}}}}}]
    (tmp_path / "new").mkdir()
    for number, what in enumerate(parts):
        bad = altered(tmp_path / "good.tar", tmp_path / f"bad{number}.tar", **what)
        done = run_in(tmp_path / "new" / str(number), "restore", bad)
        # What lies in no folder of ours is not looked at.
        assert done.code in ((0,) if "pwned" in str(what) and "keys" not in str(what) else (2, 6)), (what, done.err)
        assert done.code == 0 or len(done.err.strip().splitlines()) == 1, done.err

    assert [*tmp_path.rglob("*pwned*"), *tmp_path.parent.glob("*pwned*")] == []


def test_a_packed_archive_that_swells_is_read_in_little_memory_and_what_stands_behind_it_comes_in(here, tmp_path):
    piece, before = bytes(1 << 20), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    separator = b"From a@b Tue Mar  3 10:00:00 2026\nFrom: a@example.org\nMessage-ID: <%d@x>\n\n"
    with gzip.open(tmp_path / "bomb.mbox.gz", "wb", 1) as file:
        file.write(separator % 1)
        for _ in range(150):
            file.write(piece)
        file.write(b"\n\n" + separator % 2 + b"words\n")

    told = here("import", "siecibp", tmp_path / "bomb.mbox.gz", "--json").json

    assert (told["imported"], len(told["unreadable"])) == (1, 1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250 * 1024


TABLES = {
    "a field without end": b'email,name\nx@example.org,"' + b"a" * 2_000_000 + b'"\n',
    "nul": b"email,name\n\x00x1@example.org,\x00\x00a\n",
    "many columns": b"email" + b",a" * 20_000 + b"\nx2@example.org\n",
    "an open quote": b'email,name\nx3@example.org,"never closed\n' * 5_000,
    "fields": b'email,name\n"x4@example.org\r\nBcc: y@example.org",n\n',
    "not text": bytes(range(256)) * 200,
    "empty": b"",
}


def test_no_table_of_members_ends_in_a_traceback_or_brings_an_address_with_line_ends(here, tmp_path):
    for name, data in TABLES.items():
        (tmp_path / "table.csv").write_bytes(data)
        done = here("member", "import", "siecibp", tmp_path / "table.csv")
        assert done.code in (0, 2), (name, done.err)

    members = here("member", "ls", "siecibp", "--json").json
    assert all(one["email"].isprintable() and one["name"].isprintable() for one in members)
