"""`export`: what a list holds, out of the house."""

import errno
import gzip
import io
import json
import subprocess
import sys

import pytest

from listserv.mail.mbox import entries, entry
from listserv.store.lists import list_by_name
from listserv.usecases import exporting
from tests import archive_seeds as seeds
from tests import forking
from tests.serving import ROOT, clean_environment


@pytest.fixture
def told(run, site):
    """A list with a conversation of two; the bytes of its mails."""
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", "alina@example.org")
    run("member", "add", "siecibp", "ewa@example.org", "--name", "Ewa, Fiszka", "--delivery", "digest")
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Żółty klucz", site.now())
        first = talk.say("Ewa Fiszka", "ewa@example.org", "Gdzie?\nFrom tej strony.", message_id="1@example.org")
        talk.say("Jan", "jan@example.org", "Tu.", to=first, message_id="2@example.org")
    return talk


def test_an_mbox_holds_the_very_bytes_of_every_message(run, told, tmp_path):
    ran = run("export", "siecibp", "--format", "mbox")
    written = run("export", "siecibp", "--format", "mbox", "--out", tmp_path / "all.mbox")

    first, second = ran.out.split("From jan@example.org Tue Mar  3 10:00:00 2026\n")
    assert first.startswith("From ewa@example.org Tue Mar  3 09:00:00 2026\nFrom: Ewa Fiszka <ewa@example.org>\n")
    assert first.endswith("\n>From tej strony.\n\n")
    assert second.endswith("\n\nTu.\n\n")
    assert written.out == f"wrote 2 messages to {tmp_path / 'all.mbox'}\n"
    assert (tmp_path / "all.mbox").read_text() == ran.out


def test_json_tells_one_message_a_line(run, told):
    lines = run("export", "SIECIBP", "--format", "json").out.splitlines()

    first, second = map(json.loads, lines)
    assert list(first) == ["message_id", "thread", "parent", "from", "subject", "date"]
    assert (first["message_id"], first["parent"], first["thread"]) == ("<1@example.org>", None, told.thread.id)
    assert (second["message_id"], second["parent"], second["thread"]) == ("<2@example.org>", "<1@example.org>", told.thread.id)
    assert (second["from"], second["date"]) == ({"name": "Jan", "address": "jan@example.org"}, "2026-03-03T11:00:00+01:00")
    assert "Żółty klucz" in lines[0]


def test_the_table_of_members_is_what_member_import_reads(run, told, tmp_path):
    table = tmp_path / "people.csv"

    assert run("export", "siecibp", "--format", "csv", "--out", table).out == f"wrote 2 members to {table}\n"

    run("list", "create", "inna", "--title", "Inna")
    assert run("member", "import", "inna", table).code == 0
    assert table.read_text() == 'email,name,role,delivery\nalina@example.org,,owner,each\newa@example.org,"Ewa, Fiszka",member,digest\n'
    assert run("export", "inna", "--format", "csv").out == table.read_text()


def test_a_name_in_gz_is_packed_and_the_same_list_gives_the_same_bytes(run, told, tmp_path):
    plain = run("export", "siecibp", "--format", "mbox").out.encode()
    for name in ("one.mbox.gz", "two.mbox.gz"):
        assert run("export", "siecibp", "--format", "mbox", "--out", tmp_path / name).code == 0

    assert gzip.decompress((tmp_path / "one.mbox.gz").read_bytes()) == plain
    assert (tmp_path / "one.mbox.gz").read_bytes() == (tmp_path / "two.mbox.gz").read_bytes()


def test_an_empty_list_is_an_empty_file_and_not_an_error(run, tmp_path):
    run("list", "create", "pusta", "--title", "Pusta")

    assert [run("export", "pusta", "--format", form).out for form in ("mbox", "json", "csv")] == ["", "", "email,name,role,delivery\n"]
    assert run("export", "pusta", "--format", "mbox", "--out", tmp_path / "x").out == f"wrote 0 messages to {tmp_path / 'x'}\n"
    assert (tmp_path / "x").read_bytes() == b""


def test_a_file_that_is_there_is_left_alone_unless_forced(run, told, tmp_path):
    kept, link = tmp_path / "kept", tmp_path / "link"
    kept.write_text("mine")
    link.symlink_to(kept)

    refused = run("export", "siecibp", "--format", "csv", "--out", kept)
    assert (refused.code, refused.err) == (6, f"listserv: {kept} is there already: say another name, or --force to write over it\n")
    assert kept.read_text() == "mine"

    assert run("export", "siecibp", "--format", "csv", "--out", link, "--force").code == 0
    assert kept.read_text().startswith("email,name")
    assert link.is_symlink()


@pytest.mark.parametrize(("place", "why"), [("none/file", "there is no folder"), (".", "is no ordinary file"), ("/dev/null", "is no ordinary file")])
def test_what_cannot_be_a_file_is_refused_before_anything_is_done(run, told, tmp_path, place, why):
    ran = run("export", "siecibp", "--format", "csv", "--force", "--out", tmp_path / place)

    assert ran.code == 2
    assert why in ran.err


def test_a_list_that_is_not_there_leaves_no_file(run, told, tmp_path):
    ran = run("export", "niczego", "--format", "csv", "--out", tmp_path / "x")

    assert ran.code == 3
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["x.mbox", "x.mbox.gz"])
def test_a_disk_that_fills_up_is_one_sentence_and_leaves_nothing(run, told, tmp_path, monkeypatch, name):
    def filling(*_):
        yield b"From the beginning\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "full"
    folder.mkdir()
    (folder / name).write_text("the export of yesterday")
    monkeypatch.setattr(exporting, "mails", filling)

    ran = run("export", "siecibp", "--format", "mbox", "--out", folder / name, "--force")

    assert (ran.code, ran.err) == (1, f"listserv: {folder / name} cannot be written: No space left on device\n")
    assert [path.read_text() for path in folder.iterdir()] == ["the export of yesterday"]


def test_an_export_is_for_the_eyes_of_who_made_it(run, told, tmp_path):
    run("export", "siecibp", "--format", "mbox", "--out", tmp_path / "x")

    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o600


def exported(site, stdout):
    """The real program, writing the messages there."""
    command = [sys.executable, "-m", "listserv", "--data", str(site.settings.data), "export", "siecibp", "--format", "mbox"]
    return forking.Popen(command, stdout=stdout, stderr=subprocess.PIPE, env=clean_environment(PYTHONPATH=str(ROOT)), text=True, cwd="/")


def test_a_reader_who_goes_away_and_a_full_disk_are_one_sentence_each(run, told, site):
    gone = exported(site, subprocess.PIPE)
    gone.stdout.close()
    with open("/dev/full", "wb") as full:
        filled = exported(site, full)

    for process, sentence in (
        (gone, "the export is not whole: whoever read its output has gone"),
        (filled, "the output cannot be written: No space left on device"),
    ):
        assert process.stderr.read() == f"listserv: {sentence}\n"
        assert process.wait(30) == 1
        process.stderr.close()


ODD = (
    b"From: a@example.org\nMessage-ID: <1@example.org>\nDate: Mon, 2 Mar 2026 09:00:00 +0000\nSubject: LF\n\nFrom here\n>From there\n",
    b"From: b@example.org\r\nMessage-ID: <2@example.org>\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n\r\nCRLF\r\nFrom x@example.org Mon Mar  2 09:00:00 2026\r\nSubject: no\r\n",
    b"From: c@example.org\nMessage-ID: <3@example.org>\nDate: Mon, 2 Mar 2026 11:00:00 +0000\n\nno end",
    b"From: d@example.org\nMessage-ID: <4@example.org>\nDate: Mon, 2 Mar 2026 12:00:00 +0000\n\n",
    b"From: e@example.org\nMessage-ID: <5@example.org>\nDate: Mon, 2 Mar 2026 13:00:00 +0000\nIn-Reply-To: <1@example.org>\n\nNUL \x00 and \xff\n\n\n",
)


def test_what_was_exported_comes_in_again_as_it_was(run, site, tmp_path):
    one, two = tmp_path / "one.mbox", tmp_path / "two.mbox.gz"
    for name in ("pierwsza", "druga"):
        run("list", "create", name, "--title", name)
    one.write_bytes(b"".join(entry(raw, "", site.now()) for raw in ODD))

    assert run("import", "pierwsza", one, "--json").json["imported"] == len(ODD)
    assert run("export", "pierwsza", "--format", "mbox", "--out", two).code == 0
    assert [found.raw for found in entries(io.BytesIO(gzip.decompress(two.read_bytes())))] == list(ODD)
    assert run("import", "druga", two, "--json").json["imported"] == len(ODD)
    assert run("import", "druga", two, "--json").json == {"read": 5, "imported": 0, "already": 5, "unreadable": []}

    told = [[{**json.loads(line), "thread": 0} for line in run("export", name, "--format", "json").out.splitlines()] for name in ("pierwsza", "druga")]
    assert told[0] == told[1]
    assert run("export", "druga", "--format", "mbox", "--out", tmp_path / "three.mbox").code == 0
    assert (tmp_path / "three.mbox").read_bytes() == gzip.decompress(two.read_bytes())
