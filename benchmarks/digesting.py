"""Digests: how many are made a second, from what was posted to a letter in the outbox.

    python benchmarks/digesting.py [--members 2000] [--posts 50] [--runs 3]

Everybody on the list has chosen a daily digest, and is owed one of these posts (benchmarks/traffic.py); made as the worker makes
them. Reference, in each run: letters of the same text and HTML composed by the standard library alone and put, compressed, into an
SQLite file, committed as often.
"""

import argparse
import csv
import email
import email.policy
import sqlite3
import tempfile
import time
import zlib
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import traffic
from common import listserv, new_site, spread
from sqlalchemy import func, select

from listserv.mail.parse import parse
from listserv.site import open_site
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter, keep_raw, raw_bytes
from listserv.usecases import archiving, housekeeping

# What the worker does in one transaction.
TOGETHER = 100


def prepare(data, members):
    """A site with everybody on its list."""
    new_site(data)
    people = Path(data) / "people.csv"
    with people.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("email", "name", "role", "delivery"))
        rows.writerows((f"member{n}@example.org", f"Member {n}", "member", "digest") for n in range(members))
    listserv(data, "member", "import", "bench", str(people), capture_output=True)


def post(site, posts):
    """Archive what the digests will tell of; when they are due."""
    now = site.now()
    while housekeep(site, now):  # the plan of everybody's first digest
        pass
    with site.writing() as db:
        mlist = list_by_name(db, "bench")
        for _, _, raw in traffic.mails(posts):
            archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))
    return now + timedelta(days=1, hours=1)


def housekeep(site, at):
    with site.writing() as db:
        return housekeeping.run_due(db, at, TOGETHER)


def reference(raw, count):
    """Letters a second of the bare program."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    with tempfile.TemporaryDirectory(prefix="reference-") as folder, closing(sqlite3.connect(Path(folder) / "letters.sqlite3")) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE letter (id INTEGER PRIMARY KEY, to_whom TEXT, raw BLOB)")
        begin = time.perf_counter()
        for number in range(count):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Subject"] = mail["from"], f"member{number}@example.org", mail["subject"]
            letter.set_content(text)
            letter.add_alternative(html, subtype="html")
            db.execute("INSERT INTO letter (to_whom, raw) VALUES (?, ?)", (letter["to"], zlib.compress(letter.as_bytes(), 3)))
            if number % TOGETHER == TOGETHER - 1:
                db.commit()
        db.commit()
        return count / (time.perf_counter() - begin)


def run(options):
    with tempfile.TemporaryDirectory(prefix="digests-") as data:
        prepare(data, options.members)
        with closing(open_site(Path(data))) as site:
            due = post(site, options.posts)
            begin = time.perf_counter()
            while housekeep(site, due):
                pass
            seconds = time.perf_counter() - begin
            with site.reading() as db:
                made = db.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "digest"))
                raw = raw_bytes(db, db.scalar(select(Letter.raw_id).where(Letter.kind == "digest").limit(1)))
    if made != options.members:
        raise SystemExit(f"{made} digests for {options.members} members")
    bare = reference(raw, 300)
    return {"digests/s": made / seconds, "reference/s": bare, "ratio": made / seconds / bare, "KiB a digest": len(raw) / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--posts", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    results = [run(options) for _ in range(options.runs)]
    for name in results[0]:
        print(f"{name}: {spread([figures[name] for figures in results])}")


if __name__ == "__main__":
    main()
