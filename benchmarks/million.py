"""An archive of a million (`--messages 10000,1000000`): what pages, search, an import and a backup cost beside the same at ten thousand.

    python benchmarks/million.py [--messages 10000,100000] [--first 10000] [--more 10000] [--database sqlite,postgresql] [--mbox FILE] [--backup]

A public list of made-up traffic with a vocabulary of 200,000 stems (benchmarks/traffic.py), or of an mbox: `--first` messages are
imported, with the processor time of each ten thousand; then the archive is made larger by copying rows within the database
(tests/growing.py), because an import of a million takes the better part of an hour; then `--more` are imported into the large one.
Pages and searches are made in this process, each twice: for whoever comes first after something was written, and for the next. Told
are processor time (of this process, and of the server of PostgreSQL) and time by the clock. Compare the columns of two sizes.
Of an import into SQLite the longest time is told for which no other could write.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import traffic
from common import ROOT, Held, cpu, new_site, tree
from pages import databases
from sqlalchemy import create_engine, text

from listserv.site import open_site
from listserv.store.session import for_reading
from listserv.web import create_app
from tests.growing import grow

VOCABULARY, TEN_THOUSAND, LOOKS = 200_000, 10_000, 40
WORDS = {"rare": ("catalogues", "łąka", "gęś źródło", "from:Okładka święto", "nieistniejące"), "commonest": ("the", "the of", '"the server"', "the -of")}


def topics_and_people(engine):
    """Three topics (one of them rare) and an account for a few who write."""
    with engine.begin() as db:
        mlist = db.scalar(text("SELECT id FROM mailing_list WHERE name = 'bench'"))
        for slug in ("books", "lessons", "rare"):
            db.execute(text("INSERT INTO topic (list_id, slug, title, description, position, moderated) VALUES (:l, :s, :s, '', 0, false)"), {"l": mlist, "s": slug})
        books, lessons, rare = db.scalars(text("SELECT id FROM topic ORDER BY id")).all()
        db.execute(text(f"UPDATE thread SET topic_id = CASE WHEN id % 1000 = 7 THEN {rare} WHEN id % 3 = 0 THEN {books} WHEN id % 3 = 1 THEN {lessons} END"))
        for number in (0, 1, 50, 290):
            email, at = f"member{number}@example.org", "2015-01-01 00:00:00.000000"
            person = 'INSERT INTO "user" (name, folded, language, timezone, administrator, created_at) VALUES (:e, :e, \'\', \'\', false, :at) RETURNING id'
            user = db.scalar(text(person), {"e": email, "at": at})
            db.execute(text("INSERT INTO address (user_id, email, key, verified_at) VALUES (:u, :e, :e, :at)"), {"u": user, "e": email, "at": at})
            db.execute(text("UPDATE message SET user_id = :u WHERE author_key = :e"), {"u": user, "e": email})


def bring(data, mbox, title):
    """Import an mbox; the processor time of each ten thousand, and of the end, at which it becomes the list's history."""
    command = [sys.executable, "-m", "listserv", "--data", data, "import", "bench", mbox, "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    begin, before, due, told = time.monotonic(), 0.0, TEN_THOUSAND, []
    with closing(open_site(Path(data))) as site, watched(site.engine) as held:
        used = 0.0
        while process.poll() is None:
            time.sleep(0.2)
            used = max(used, sum(cpu([pid]) for pid in tree(process.pid)))
            with for_reading(site.engine).connect() as db:
                come = db.scalar(text("SELECT max(last_seq) FROM mailing_list WHERE import_of IS NOT NULL")) or 0
            if come >= due:
                told.append(f"{(used - before) / TEN_THOUSAND * 1e6:,.0f}")
                before, due = used, due + TEN_THOUSAND
    count = json.loads(process.communicate()[0])["imported"]
    print(f"{title}: {count:,} in {time.monotonic() - begin:.0f} s, CPU µs a mail by ten thousands: {' '.join(told)}; its end {used - before:.1f} s{f'; others waited {held.most:.2f} s at most' if held else ''}", flush=True)


def watched(engine):
    """Who looks how long others wait; nobody on PostgreSQL."""
    return Held(engine.url.database) if engine.dialect.name == "sqlite" else nullcontext()


def paths(engine):
    """Kinds of pages, and some addresses of each."""
    chance = random.Random(1)
    with engine.connect() as db:
        threads = db.scalars(text("SELECT id FROM thread WHERE merged_into IS NULL ORDER BY last_at")).all()
        top = db.scalar(text("SELECT max(id) FROM message"))
        hashes = [db.scalar(text("SELECT hash FROM message WHERE id >= :n ORDER BY id LIMIT 1"), {"n": chance.randrange(top)}) for _ in range(LOOKS)]
        people = db.scalars(text("SELECT user_id FROM message WHERE user_id IS NOT NULL GROUP BY user_id ORDER BY count(*)")).all()
        books = db.scalar(text("SELECT count(*) FROM thread JOIN topic ON topic.id = topic_id WHERE slug = 'books'"))
    last, last_of_topic = -(-len(threads) // 25), -(-books // 25)
    some = chance.sample(threads, LOOKS)
    return {
        "front": ["/"],
        "list": ["/bench/"],
        "list, any page": [f"/bench/?page={chance.randint(1, last)}" for _ in range(LOOKS)],
        "topic, any page": [f"/bench/topic/books?page={chance.randint(1, last_of_topic)}" for _ in range(LOOKS)],
        "thread, any": [f"/bench/thread/{one}" for one in some],
        "message": [f"/bench/message/{one}" for one in hashes],
        "months": ["/bench/month/"],
        "month": [f"/bench/month/{year}-{month:02}" for year in (2016, 2018, 2020, 2023) for month in (2, 7, 11)],
        "people": ["/bench/people/"],
        "person": [f"/bench/person/{one}" for one in people],
        "feed": ["/bench/feed.atom"],
        "feed of a topic": ["/bench/topic/books/feed.atom"],
        "feed of a person": [f"/bench/person/{one}/feed.atom" for one in people],
        "sitemap": ["/sitemap.xml"],
        **{f"search, {kind}": [f"/bench/search?q={quote(words)}" for words in each] for kind, each in WORDS.items()},
        "search, in a rare topic": [f"/bench/search?q={quote('the topic:rare')}"],
    }


class Reader:
    """A stranger, each time from another network and at another address, so that no page is told again."""

    def __init__(self, site):
        self.client, self.engine, self.looks = create_app(site).test_client(), site.engine, itertools.count(1)

    def backends(self):
        """Processor time of the server's processes that are ours; 0 for SQLite."""
        if self.engine.dialect.name == "sqlite":
            return 0.0
        with self.engine.connect() as db:
            return cpu(db.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).all())

    def look(self, path):
        number = next(self.looks)
        if "atom" not in path and "xml" not in path:
            path += f"{'&' if '?' in path else '?'}another={number}"
        begin, used = time.perf_counter(), time.process_time()
        answer = self.client.get(path, environ_base={"REMOTE_ADDR": f"10.{number // 250 % 250}.{number % 250}.1"})
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return (time.process_time() - used) * 1000, (time.perf_counter() - begin) * 1000


def measure(data):
    """A line for each kind of page."""
    with closing(open_site(Path(data))) as site:
        reader, kinds = Reader(site), paths(site.engine)
        reader.look("/bench/")
        print("| kind | first CPU ms | CPU ms p50 | p99 | clock ms p50 | p99 | server CPU ms |\n|---|---|---|---|---|---|---|")
        for kind, each in kinds.items():
            first = reader.look(each[0])[0]
            for path in each:
                reader.look(path)
            behind = reader.backends()
            taken = [reader.look(path) for path in itertools.islice(itertools.cycle(each), LOOKS)]
            behind = (reader.backends() - behind) * 1000 / LOOKS
            columns = [sorted(column) for column in zip(*taken, strict=True)]
            figures = [f"{column[len(column) * part // 100]:.1f}" for column in columns for part in (50, 99)]
            print(f"| {kind} | {first:.1f} | {' | '.join(figures)} | {behind:.1f} |", flush=True)


def kept(data):
    """Backup, and restore of it into SQLite: seconds of processor and clock, and the most memory."""
    with tempfile.TemporaryDirectory(prefix="kept-") as folder:
        for words in (("--data", data, "backup", f"{folder}/kept.tar"), ("--data", f"{folder}/back", "restore", f"{folder}/kept.tar", "--database", f"sqlite:///{folder}/back.sqlite3")):
            begin, used = time.monotonic(), os.times()
            subprocess.run([sys.executable, "-m", "listserv", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            now = os.times()
            print(f"{words[2]}: {time.monotonic() - begin:.0f} s, CPU {now.children_user + now.children_system - used.children_user - used.children_system:.0f} s", flush=True)


def one(data, size, made, options):
    """An archive of that size in a database."""
    words, tidy = made
    new_site(data, *words)
    with closing(open_site(Path(data))) as site:
        engine = create_engine(site.engine.url)
    with tempfile.TemporaryDirectory(prefix="traffic-") as folder:
        mbox = options.mbox or f"{folder}/first.mbox"
        if not options.mbox:
            traffic.write(mbox, min(options.first, size), vocabulary=VOCABULARY)
        bring(data, mbox, "import into an empty list")
        topics_and_people(engine)
        grow(engine, size, lambda told: print(told, flush=True))
        tidy()
        measure(data)
        if options.more:
            traffic.write(f"{folder}/more.mbox", options.more, seed=2, vocabulary=VOCABULARY)
            bring(data, f"{folder}/more.mbox", f"import into a list of {size:,}")
    if options.backup:
        kept(data)
    engine.dispose()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", default="10000,100000")
    parser.add_argument("--first", type=int, default=TEN_THOUSAND, help="so many are imported, the others copied within the database")
    parser.add_argument("--more", type=int, default=TEN_THOUSAND, help="so many are imported into the large archive")
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql, or both with a comma")
    parser.add_argument("--mbox", default="", help="the first messages, in place of made-up ones")
    parser.add_argument("--backup", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("LISTSERV_SITE_SECRET", "benchmark")
    kinds = options.database.split(",")
    with databases(kinds) as fresh:
        for kind in kinds:
            for size in map(int, options.messages.split(",")):
                print(f"\n{kind}, {size:,} messages (load {os.getloadavg()[0]:.1f}):", flush=True)
                with tempfile.TemporaryDirectory(prefix="million-") as data:
                    one(data, size, fresh(kind), options)


if __name__ == "__main__":
    main()
