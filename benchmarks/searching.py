"""Searching: the whole verb and its page, beside the index alone.

    python benchmarks/searching.py [FILE.mbox] [--messages 10000] [--runs 5] [--database postgresql+psycopg://…]

A public list of made-up traffic (benchmarks/traffic.py), brought in by `listserv import`. Each question is asked two
hundred times in turn: the verb alone, and the finished page by the application in process. Reference, in each run: one bare
query for the newest twenty with the same word as it stands, to the same FTS5 table (or tsvector) through the driver.
"""

import argparse
import itertools
import os
import statistics
import tempfile
import time
from pathlib import Path

import traffic
from common import listserv, new_site, spread
from importing import new_database

from listserv.site import open_site
from listserv.usecases import searching
from listserv.usecases.access import STRANGER_ON_THE_WEB, readable_list
from listserv.web import create_app

# By traffic.py: `the` stands in most English mails; names and files are rare.
ASKED = {
    "an ordinary word": ("żółty", "zolty"),
    "two words": ("książka warsztaty", "ksiazka"),
    "an English word": ("catalogues", "catalogue"),
    "a rare word": ("from:Okładka święto", "swieto"),
    "a phrase": ('"the server"', "server"),
    "the commonest word": ("the", "the"),
    "the commonest, best first": ("the", "the"),
    "no such word": ("nieistniejące", "nieistniejace"),
}
SQLITE = "SELECT rowid FROM indexed_fts WHERE indexed_fts MATCH ? ORDER BY rowid DESC LIMIT 20"
POSTGRESQL = "SELECT id FROM indexed_fts WHERE words @@ %s::tsquery ORDER BY id DESC LIMIT 20"


def times(work, count):
    """Milliseconds of each time."""
    taken = []
    for _ in range(count):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def bare(site, word):
    """A bare query to the index."""
    connection = site.engine.raw_connection()
    statement = SQLITE if site.engine.dialect.name == "sqlite" else POSTGRESQL
    asked = f'"{word}"' if site.engine.dialect.name == "sqlite" else f"'{word}'"

    def ask():
        cursor = connection.cursor()
        cursor.execute(statement, (asked,))
        cursor.fetchall()
        cursor.close()

    return ask, connection.close


def measure(data, runs, count):
    site, networks = open_site(Path(data)), itertools.count()
    client = create_app(site).test_client()
    for name, (text, word) in ASKED.items():
        order = "best" if "best" in name else "new"

        def verb(text=text, order=order):
            with site.reading() as db:
                return searching.search(db, STRANGER_ON_THE_WEB, text, readable_list(db, "bench", STRANGER_ON_THE_WEB), order=order)

        def page(text=text, order=order):
            # From somewhere else each time: strangers of one network may search so many times in a while.
            peer = "10.{}.{}.1".format(*divmod(next(networks) % 65_536, 256))
            answer = client.get("/bench/search", query_string={"q": text, "order": order}, environ_base={"REMOTE_ADDR": peer})
            assert answer.status_code == 200, answer.status
            return answer

        begin = time.perf_counter()
        found = verb()
        first = (time.perf_counter() - begin) * 1000
        size = len(page().data)
        rows = []
        for _ in range(runs):
            ask, close = bare(site, word)
            alone, whole, shown = (statistics.median(times(work, count)) for work in (ask, verb, page))
            close()
            rows.append((alone, whole, shown, alone / shown))
        alone, whole, shown, ratio = (spread(column) for column in zip(*rows, strict=True))
        hits = f"{found.total}{'+' if found.more else ''}"
        print(f"{name}: hits {hits}  bare ms {alone}  verb ms {whole}  page ms {shown}  bare/page {ratio}  first {first:,.1f} ms  {size:,} bytes", flush=True)
    site.close()


def run(mbox, options, *database):
    with tempfile.TemporaryDirectory(prefix="searching-") as data:
        new_site(data, *database)
        listserv(data, "import", "bench", mbox, capture_output=True)
        measure(data, options.runs, options.count)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("mbox", nargs="?")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--database", default="", help="a PostgreSQL server, where databases may be made")
    parser.add_argument("--data", default="", help="a site that has such a list already")
    options = parser.parse_args()
    os.environ.setdefault("LISTSERV_SITE_SECRET", "benchmark")
    if options.data:
        measure(options.data, options.runs, options.count)
        return
    with tempfile.TemporaryDirectory(prefix="traffic-") as folder:
        mbox = options.mbox or str(Path(folder) / "traffic.mbox")
        if not options.mbox:
            traffic.write(mbox, options.messages)
        print("sqlite:")
        run(mbox, options)
        if options.database:
            with new_database(options.database) as (url, _):
                print("postgresql:")
                run(mbox, options, "--database", url)


if __name__ == "__main__":
    main()
