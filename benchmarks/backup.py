"""Backup and restore: how fast, in how much memory, and what a writer beside it notices.

    python benchmarks/backup.py [--messages 10000] [--members 5000] [--deliveries 300000] [--database postgresql+psycopg://…]

A site with an archive (benchmarks/traffic.py), members and the rows of sent copies. Timed: `listserv backup`, `restore --check`
and `restore` into a new SQLite file, each with its processor time and its most memory; and the longest wait of somebody who
writes a row each 10 ms, at rest and while the backup is made. Reference, in the same run: SQLite's own online backup (what
`sqlite3 .backup` does), and a plain copy of the file.
"""

import argparse
import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, nullcontext
from pathlib import Path

import traffic
from common import ROOT, Peak, listserv, new_site
from importing import new_database
from sqlalchemy import create_engine, text

MEGABYTE = 1_000_000
COPIES = """INSERT INTO delivery (outgoing_id, member_id, due, attempts, code)
    SELECT 1000000 + n / 1000, n % 1000, NULL, 1, 250 FROM (WITH RECURSIVE counted(n) AS
    (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :count) SELECT n FROM counted) AS numbers"""


class Writer:
    """Somebody who writes one row each 10 ms; the longest it took."""

    def __init__(self, engine):
        self._engine, self._over, self.longest = engine, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._write)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _write(self):
        while not self._over.wait(0.01):
            begin = time.monotonic()
            with self._engine.begin() as connection:
                connection.execute(text("UPDATE mailing_list SET last_seq = last_seq"))
            self.longest = max(self.longest, time.monotonic() - begin)


def timed(data, *words):
    """Seconds, processor seconds and the most memory (MiB) of one command."""
    before, begin = os.times(), time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "listserv", "--data", str(data), *words], cwd=ROOT, stdout=subprocess.DEVNULL)
    with Peak(process.pid) as peak:
        code = process.wait()
    after = os.times()
    if code:
        raise SystemExit(f"listserv {words[0]}: exit {code}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - begin, spent, peak.most


def prepare(data, options, url):
    """A site with so much in it."""
    new_site(data, *(["--database", url] if url else []))
    people, mbox = Path(data) / "people.csv", Path(data) / "traffic.mbox"
    with people.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("email", "name", "role", "delivery"))
        rows.writerows((f"member{n}@example.org", f"Member {n}", "member", "each") for n in range(options.members))
    listserv(data, "member", "import", "bench", str(people), capture_output=True)
    traffic.write(mbox, options.messages)
    listserv(data, "import", "bench", str(mbox), capture_output=True)
    mbox.unlink()
    engine = create_engine(url or f"sqlite:///{data}/listserv.sqlite3")
    with engine.begin() as connection:
        connection.execute(text(COPIES), {"count": options.deliveries})
    return engine


def references(data):
    """Seconds of SQLite's own online backup, and of a copy of the file."""
    source, target = Path(data) / "listserv.sqlite3", Path(data) / "reference"
    with closing(sqlite3.connect(source)) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        begin = time.monotonic()
        with closing(sqlite3.connect(target)) as new:
            old.backup(new)
        online = time.monotonic() - begin
    target.unlink()
    begin = time.monotonic()
    shutil.copyfile(source, target)
    return online, time.monotonic() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--deliveries", type=int, default=300_000)
    parser.add_argument("--database", default="", metavar="URL", help="a PostgreSQL server; else SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="backup-") as folder, new_database(options.database) if options.database else nullcontext(("", None)) as (url, size):
        data, kept, back = Path(folder) / "site", Path(folder) / "kept.tar", Path(folder) / "back"
        data.mkdir()
        engine = prepare(data, options, url)
        with Writer(engine) as at_rest:
            time.sleep(3)
        with Writer(engine) as beside:
            made = timed(data, "backup", str(kept))
        held = size() if size else (data / "listserv.sqlite3").stat().st_size
        checked, restored = timed(back, "restore", "--check", str(kept)), timed(back, "restore", str(kept), "--database", f"sqlite:///{back}/new.sqlite3")
        print(f"database {held / MEGABYTE:.0f} MB, backup {kept.stat().st_size / MEGABYTE:.0f} MB")
        for what, (seconds, spent, most) in (("backup", made), ("restore --check", checked), ("restore", restored)):
            print(f"{what:16} {seconds:6.1f} s ({held / MEGABYTE / seconds:5.1f} MB/s), {spent:5.1f} s of processor, {most:4.0f} MiB at most")
        print(f"longest wait of a writer: {at_rest.longest * 1000:.0f} ms at rest, {beside.longest * 1000:.0f} ms beside the backup")
        engine.dispose()
        if not url:
            online, plain = references(data)
            print(f"reference: SQLite's online backup {online:.1f} s ({held / MEGABYTE / online:.0f} MB/s), a copy of the file {plain:.1f} s; ours takes {made[0] / online:.1f} times the former")


if __name__ == "__main__":
    main()
