"""Bringing in an archive: mails a second, the most memory, the size of the database, and how long others waited for it at most.

    python benchmarks/importing.py [FILE.mbox] [--messages 10000] [--runs 3] [--database postgresql+psycopg://…]

Without a file, the traffic of benchmarks/traffic.py. `listserv import` with everything stored that pages need, on SQLite and,
where the URL of a PostgreSQL server is given, on a new database of it, which is dropped after. Reference, in each run: a bare
program that splits at the separators, parses with the standard library and inserts the bytes into an SQLite file.
"""

import argparse
import email
import email.policy
import json
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, nullcontext
from itertools import pairwise
from pathlib import Path

import traffic
from common import ROOT, Held, Peak, new_site, spread
from sqlalchemy import create_engine, make_url, text

SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n))From \S+ .*\d{4}\n")


def reference(mbox, folder):
    """Mails a second of the bare program."""
    begin = time.monotonic()
    raw = Path(mbox).read_bytes()
    ends = [(found.start(), found.end()) for found in SEPARATOR.finditer(raw)] + [(len(raw), 0)]
    with closing(sqlite3.connect(Path(folder) / "reference.sqlite3")) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE mail (id INTEGER PRIMARY KEY, message_id TEXT UNIQUE, subject TEXT, body TEXT, raw BLOB)")
        for (_, start), (end, _) in pairwise(ends):
            data = raw[start : end - 1]
            try:
                mail = email.message_from_bytes(data, policy=email.policy.default)
                body = mail.get_body(("plain", "html"))
                row = (mail["message-id"], mail["subject"], body.get_content() if body else "", data)
                str(row[2]).encode()
            except Exception:  # noqa: BLE001 - what the bare program cannot read it keeps as bytes
                row = (None, "", "", data)
            db.execute("INSERT OR IGNORE INTO mail (message_id, subject, body, raw) VALUES (?, ?, ?, ?)", row)
        db.commit()
    return (len(ends) - 1) / (time.monotonic() - begin)


@contextmanager
def new_database(server):
    """The URL of a new database on a server, and what tells its size; dropped after."""
    name = f"bench_{secrets.token_hex(4)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
        try:
            yield (
                make_url(server).set(database=name).render_as_string(hide_password=False),
                lambda: connection.scalar(text(f"SELECT pg_database_size('{name}')")),
            )
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def run(mbox, server=""):
    """Figures of one import."""
    with tempfile.TemporaryDirectory(prefix="importing-") as data:
        if not server:
            return measured(mbox, data, lambda: sum(file.stat().st_size for file in Path(data).glob("listserv.sqlite3*")))
        with new_database(server) as (url, size):
            return measured(mbox, data, size, "--database", url)


def measured(mbox, data, size, *options):
    new_site(data, *options)
    empty = size()
    command = [sys.executable, "-m", "listserv", "--data", data, "import", "bench", str(mbox), "--json"]
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # PostgreSQL has no lock that keeps all others out.
    held = nullcontext() if options else Held(f"{data}/listserv.sqlite3")
    with Peak(process.pid) as peak, held:
        out, err = process.communicate()
    seconds = time.monotonic() - begin
    if process.returncode:
        raise SystemExit(err)
    told = json.loads(out)
    longest = {} if options else {"longest lock s": held.most}
    figures = longest | {"mails/s": told["imported"] / seconds, "peak PSS MiB": peak.most, "processes": peak.processes}
    return figures | {"database/mbox": (size() - empty) / Path(mbox).stat().st_size}, told


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mbox", nargs="?")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--database", default="", help="a PostgreSQL server, where databases may be made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="traffic-") as folder:
        mbox = options.mbox or str(Path(folder) / "traffic.mbox")
        if not options.mbox:
            traffic.write(mbox, options.messages)
        for kind, server in {"sqlite": "", "postgresql": options.database}.items() if options.database else [("sqlite", "")]:
            results = []
            for number in range(options.runs):
                best = reference(mbox, tempfile.mkdtemp(dir=folder))
                figures, told = run(mbox, server)
                results.append({**figures, "reference/s": best, "ratio": figures["mails/s"] / best})
                counts = f"read {told['read']}, imported {told['imported']}, unreadable {len(told['unreadable'])}"
                print(f"{kind}, run {number + 1}:", "  ".join(f"{name} {value:,.2f}" for name, value in results[-1].items()), counts, flush=True)
            for name in results[0]:
                print(f"{kind}: {name}: {spread([figures[name] for figures in results])}")


if __name__ == "__main__":
    main()
