"""Pages of the archive over HTTP, beside a bare page of 20 KB from the same server.

    python benchmarks/pages.py [--messages 10000,100000] [--database sqlite,postgresql] [--clients 1,4] [--seconds 3] [--runs 3]

`listserv serve --only web` on a public list of made-up traffic (benchmarks/traffic.py), brought in by `listserv import`. Each
kind of page is asked for over kept connections, up to two hundred pages of a kind in turn: once as they are asked for again
while nothing is written, and once `made anew`, under addresses that nobody has asked for yet. Reference, in each run: a WSGI
application that returns 20 KB and does nothing else, under the very server of `serve` with its settings. `postgresql` is the
server that LISTSERV_TEST_PG names, where databases may be made, or the one of the tests.
"""

import argparse
import contextlib
import http.client
import itertools
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import median
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import traffic
from common import ROOT, cpu, free_port, listserv, new_site, serving, tree, wait_for
from sqlalchemy import create_engine, event, text

from listserv.site import open_site
from listserv.web import create_app, serve
from tests import postgres

PAGE = b"<p>reference</p>\n" * 1200
REFERENCE, TWENTY = "a bare page of 20 KB", 20
ANEW, OTHERWISE = ", made anew", "{}another={}"
# By traffic.py: these stand in some of its mails each, `the` in most that are in English.
ORDINARY = ("żółty", "książka warsztaty", "catalogues", "spotkanie", "lesson shelf", "gęś źródło", "reader", "from:Okładka święto", '"the server"', "łąka")
COMMONEST = ("the",)
# As a browser asks.
HEADERS = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Accept-Language": "pl,en;q=0.7"}
# Who searches has a limit for each network: so many requests from one, then from the next. (All of 127.0.0.0/8 is this machine.)
FROM_ONE = 200
networks, others = itertools.count(), itertools.count()


def some(things):
    """Two hundred of them, always the same."""
    return random.Random(1).sample(things, min(200, len(things)))


def paths(data):
    """Kinds of pages and some of each."""
    with contextlib.closing(open_site(Path(data))) as site, site.engine.connect() as db:
        sizes = dict(db.execute(text("SELECT id, messages FROM thread WHERE merged_into IS NULL ORDER BY id")).all())
        hashes = db.scalars(text("SELECT hash FROM message ORDER BY id")).all()
    near = min((abs(size - TWENTY) for size in sizes.values()), default=0)
    kinds = {
        "front": ["/"],
        "list": ["/bench/"],
        "list, any page": [f"/bench/?page={number}" for number in some(range(1, -(-len(sizes) // 25) + 1))],
        "thread of 20": [f"/bench/thread/{number}" for number in some([one for one, size in sizes.items() if abs(size - TWENTY) <= near])],
        "thread, any": [f"/bench/thread/{number}" for number in some(list(sizes))],
        "message": [f"/bench/message/{one}" for one in some(hashes)],
    }
    kinds |= {kind + ANEW: [path + OTHERWISE for path in wanted] for kind, wanted in kinds.items()}
    return kinds | {
        "search": [f"/bench/search?q={quote(words)}" for words in ORDINARY],
        "search, the commonest word": [f"/bench/search?q={quote(words)}" for words in COMMONEST],
    }


def queries(data, kinds):
    """How often a page of each kind asks the database, at most."""
    with contextlib.closing(open_site(Path(data))) as site:
        client, asked = create_app(site).test_client(), Counter()
        event.listen(site.engine, "before_cursor_execute", lambda *_: asked.update(now=1))

        def count(path):
            asked.clear()
            assert client.get(path.replace(OTHERWISE, ""), headers=HEADERS).status_code == 200, path
            return asked["now"]

        count("/bench/")  # what is asked once a process
        # Made anew first: what is asked for again asks nothing.
        return {kind: max(count(path) for path in kinds[kind][:10]) for kind in sorted(kinds, key=lambda kind: not kind.endswith(ANEW))}


class Client:
    """A browser that keeps its connection, now and then from another network."""

    def __init__(self, port):
        self.port, self.asked = port, 0

    def get(self, path):
        """The bytes of a page."""
        if self.asked % FROM_ONE == 0:
            number = next(networks)
            # Where another address of one's own cannot be had, the limit will say so.
            own = (f"127.{1 + number // 250 % 250}.{number % 250}.1", 0) if sys.platform == "linux" else None
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=own)
        self.asked += 1
        self.connection.request("GET", path.replace(OTHERWISE, f"{'&' if '?' in path else '?'}another={next(others)}"), headers=HEADERS)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return body


def drive(port, wanted, clients, seconds):
    """(median ms, 99th percentile ms, requests a second, mean bytes) of these pages."""
    taken, sizes, until = [], [], time.monotonic() + seconds

    def ask(number):
        client = Client(port)
        while time.monotonic() < until:
            begin = time.perf_counter()
            body = client.get(wanted[number % len(wanted)])
            taken.append((time.perf_counter() - begin) * 1000)
            sizes.append(len(body))
            number += 1
        client.connection.close()

    threads = [threading.Thread(target=ask, args=(number * 7,)) for number in range(clients)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100], len(taken) / (time.monotonic() - begin), sum(sizes) / len(sizes)


def bare(data, port):
    """The reference: the web server of a site, with nothing behind it."""
    site = open_site(Path(data))
    site.settings = site.settings.model_copy(update={"web": site.settings.web.model_copy(update={"listen": f"127.0.0.1:{port}"})})

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
        return [PAGE]

    server = serve.Server(site)
    server.server.application = application
    server.serve()


@contextlib.contextmanager
def reference(data):
    """The port of the reference, in a process of its own."""
    port = free_port()
    process = subprocess.Popen([sys.executable, __file__, "--bare", str(port), data], cwd=ROOT)
    try:
        wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def measure(data, port, pid, options):
    """A line for each kind of page and number of clients."""
    kinds = paths(data)
    asked = queries(data, kinds)
    with reference(data) as bare_port:
        for path in {path for wanted in kinds.values() for path in wanted}:  # what is loaded once is loaded
            Client(port).get(path)
        for clients in map(int, options.clients.split(",")):
            found, bares = {kind: [] for kind in kinds}, []
            for _ in range(options.runs):
                bares.append(drive(bare_port, ["/"], clients, options.seconds))
                for kind, wanted in kinds.items():
                    used = cpu(tree(pid))
                    late = drive(port, wanted, clients, options.seconds)
                    found[kind].append((*late, late[2] / bares[-1][2], (cpu(tree(pid)) - used) * 1000 / (late[2] * options.seconds)))
            say(clients, REFERENCE, [(*one, 1.0, 0.0) for one in bares], "")
            for kind, runs in found.items():
                say(clients, f"{kind} ({len(kinds[kind])})", runs, asked[kind])


def say(clients, kind, runs, asked):
    middle, late, rate, size, ratio, used = zip(*runs, strict=True)
    figures = (f"{median(middle):.2f} ({min(middle):.2f}–{max(middle):.2f})", f"{median(late):.1f}", f"{median(rate):,.0f} ({min(rate):,.0f}–{max(rate):,.0f})", f"{median(ratio):.3f}", f"{median(used):.2f}", f"{median(size):,.0f}", str(asked))
    print(f"| {kind} | {clients} | {' | '.join(figures)} |", flush=True)


@contextlib.contextmanager
def databases(kinds):
    """What `init` is told for each kind of database, and what to do once the archive is in."""
    server = postgres.start() if "postgresql" in kinds else None

    def fresh(kind):
        if kind == "sqlite":
            return (), lambda: None
        url = server.create()
        return ("--database", url), lambda: tidied(url)

    try:
        yield fresh
    finally:
        if server:
            server.close()


def tidied(url):
    """What autovacuum does soon after; the server of the tests has none."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", default="10000")
    parser.add_argument("--database", default="sqlite", help="sqlite, postgresql, or both with a comma")
    parser.add_argument("--clients", default="1,4")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--bare", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("data", nargs="?", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("LISTSERV_SITE_SECRET", "benchmark")
    if options.bare:
        bare(options.data, options.bare)
        return
    wanted = options.database.split(",")
    with databases(wanted) as fresh, tempfile.TemporaryDirectory(prefix="traffic-") as folder:
        for count in map(int, options.messages.split(",")):
            mbox = str(Path(folder) / "traffic.mbox")
            traffic.write(mbox, count)
            for kind in wanted:
                with tempfile.TemporaryDirectory(prefix="pages-") as data:
                    one(data, mbox, fresh(kind), f"{kind}, {count} messages", options)


def one(data, mbox, database, title, options):
    """An archive of a size on a kind of database."""
    port, (words, tidy) = free_port(), database
    new_site(data, *words, web=f"127.0.0.1:{port}")
    listserv(data, "import", "bench", mbox, capture_output=True)
    tidy()
    with serving(data, "--only", "web") as process:
        print(f"\n{title}:\n\n| page (how many) | clients | median ms | p99 ms | requests/s | ratio | CPU ms | bytes | queries |\n|---|---|---|---|---|---|---|---|---|")
        measure(data, port, process.pid, options)


if __name__ == "__main__":
    main()
