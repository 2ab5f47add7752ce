"""Digests for everybody on one busy list: how fast they are composed and queued, and how fast the letters are finished.

    python benchmarks/digesting.py [--members 100000] [--posts 50] [--runs 1] [--database URL]

Everybody has chosen a daily digest and is owed one of these posts (benchmarks/traffic.py). Queued: as the worker does it, in
its slices and transactions, by a process of its own whose memory is watched from its first slices on. Finished: taken to be
sent, each with its own addresses, and given back. Reference, in each run: letters of the same text and HTML composed by the
standard library alone and put, compressed, into an SQLite file. With `--database` (an empty PostgreSQL database) there
instead of into SQLite.
"""

import argparse
import email
import email.policy
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from contextlib import closing
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import traffic
from common import Peak, new_site, spread
from sqlalchemy import func, insert, select

from listserv.mail.parse import parse
from listserv.site import open_site
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Member
from listserv.store.people import Address, User
from listserv.store.queue import Letter, Raw, keep_raw
from listserv.usecases import archiving, housekeeping, lettersout

# Letters that are finished for the second figure, and how many at once.
FINISHED, TOGETHER = 2_000, 20
# What the worker asks of the calendar at a time (worker.lanes).
DIGESTS = 20
# What the reference commits at once.
COMMITTED = 200


def people(db, mlist, count, due, now):
    """Everybody with a daily digest that is due then; straight into the tables, because joining is not what is measured."""
    first = (db.scalar(select(func.max(User.id))) or 0) + 1
    for start in range(first, first + count, 1000):
        ids = range(start, min(start + 1000, first + count))
        db.execute(insert(User), [{"id": id, "name": f"Member {id}", "created_at": now} for id in ids])
        db.execute(insert(Address), [{"id": id, "user_id": id, "email": f"m{id}@example.org", "key": f"m{id}@example.org"} for id in ids])
        same = {"list_id": mlist.id, "delivery": DeliveryMode.DIGEST, "digest_due": due, "digest_seq": 0, "joined_at": now}
        db.execute(insert(Member), [{**same, "user_id": id, "address_id": id} for id in ids])


def post(site, posts, members):
    """People, and what their digests will tell them; when these are due."""
    now = site.now()
    due = now + timedelta(days=1)
    with site.writing() as db:
        mlist = list_by_name(db, "bench")
        for _, _, raw in traffic.mails(posts):
            archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))
        people(db, mlist, members, due, now)
    return due + timedelta(hours=1)


def work(data, due):
    """The worker's part, as a process: slices until nothing is owed; seconds of the clock and of this processor, longest slice."""
    with closing(open_site(Path(data))) as site:
        begin, cpu, longest = time.perf_counter(), time.process_time(), 0.0
        done = 1
        while done:
            start = time.perf_counter()
            with site.writing() as db:
                done = housekeeping.run_due(db, due, DIGESTS)
            longest = max(longest, time.perf_counter() - start)
        print(json.dumps({"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu, "longest": longest}))


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
            if number % COMMITTED == COMMITTED - 1:
                db.commit()
        db.commit()
        return count / (time.perf_counter() - begin)


def finish(site, due):
    """Letters a second, taken to be sent and finished; the last one's bytes."""
    made, raw, begin = 0, b"", time.perf_counter()
    while made < FINISHED:
        with site.writing() as db:
            letters = lettersout.take_letters(db, 1, due, TOGETHER)
        if not letters:
            break
        made, raw = made + len(letters), letters[-1].raw
    return made / (time.perf_counter() - begin), raw


def run(options):
    with tempfile.TemporaryDirectory(prefix="digests-") as data:
        new_site(data, *(("--database", options.database) if options.database else ()))
        with closing(open_site(Path(data))) as site:
            due = post(site, options.posts, options.members)
            before = (Path(data) / "listserv.sqlite3").stat().st_size if not options.database else 0
        command = [sys.executable, __file__, "--work", data, due.isoformat()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, Peak(process.pid) as peak:
            told = json.loads(process.communicate()[0])
        with closing(open_site(Path(data))) as site:
            with site.reading() as db:
                made = db.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "digest"))
                readers = db.scalar(select(func.count(Digest.member_id.distinct())))
                shared = db.scalar(select(func.count()).select_from(Raw).where(Raw.id.in_(select(Letter.raw_id).where(Letter.kind == "digest"))))
            finished, raw = finish(site, due)
        if (made, readers) != (options.members, options.members):
            raise SystemExit(f"{made} digests for {readers} of {options.members} members")
        bare, queued = reference(raw, 300), made / told["seconds"]
        figures = {"queued/s": queued, "queued/s of CPU": made / told["cpu"], "finished/s": finished, "reference/s": bare, "ratio": queued / bare}
        figures |= {"longest slice, s": told["longest"], "peak PSS, MiB": peak.most, "KiB a letter": len(raw) / 1024, "shared bytes, rows": shared}
        if not options.database:
            figures["bytes on disk a digest"] = ((Path(data) / "listserv.sqlite3").stat().st_size - before) / made
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=50)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--database", default="")
    parser.add_argument("--work", nargs=2, metavar=("DATA", "TIME"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work[0], datetime.fromisoformat(options.work[1]))
        return
    results = [run(options) for _ in range(options.runs)]
    for name in results[0]:
        print(f"{name}: {spread([figures[name] for figures in results])}", flush=True)


if __name__ == "__main__":
    main()
