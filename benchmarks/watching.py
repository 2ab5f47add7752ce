"""What looking costs: `queue status`, `queue ls`, `/healthz`, `/metrics` and `trace` beside a million rows of copies, and counting itself.

    python benchmarks/watching.py [--rows 1000000] [--due 50000] [--database postgresql]

Prints milliseconds: the median and the slowest of some runs. The bound is 100 ms for `queue status`.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from listserv import logs, tally
from listserv.config import Settings
from listserv.site import Site
from listserv.store.migrating import upgrade
from listserv.usecases import administration, health, intake, measures, outbox, queueing, sweeping, tracing
from listserv.usecases.access import CONSOLE
from tests import postgres
from tests.office import Office

RUNS = 7
POSTS = 100
MAIL = b"From: a@example.org\r\nTo: siec@lists.example.org\r\nMessage-ID: <m%d@example.org>\r\nSubject: x\r\n\r\nx\r\n"


def fill(site: Site, rows: int, due: int) -> None:
    """Posts with so many copies in all, of which some wait; and as many mails as posts, times a thousand."""
    now = datetime.now(UTC) - timedelta(days=70)
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("siec", "Siec", language="pl"), CONSOLE, now)
        administration.add_member(db, mlist, administration.NewMember("a@example.org", "", administration.Role("member"), administration.DeliveryMode("each")), CONSOLE, now)
        numbers = [number for n in range(POSTS) for number in intake.receive(db, intake.Arriving.each("a@example.org", ["siec@lists.example.org"], "", MAIL % n), now)]
        assert len(numbers) == POSTS
    Office(site).work()
    series = "SELECT n FROM generate_series(1, :n) AS s(n)"
    if site.engine.dialect.name == "sqlite":
        series = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < :n) SELECT n FROM s"
    late = outbox.milliseconds(datetime.now(UTC))
    with site.writing() as db:
        db.execute(text("UPDATE outgoing SET upto = NULL, created_at = :then"), {"then": f"{now:%Y-%m-%d %H:%M:%S.%f}"})
        each = rows // POSTS
        for number in range(1, POSTS + 1):
            waits = due if number == POSTS else 0
            insert = "INSERT INTO delivery (outgoing_id, member_id, due, attempts, code, at, answer) SELECT :post, n, CASE WHEN n <= :waits THEN :late END, 1, 250, :late, NULL"
            db.execute(text(f"{insert} FROM ({series}) AS numbers"), {"post": number, "n": each + waits, "waits": waits, "late": late})
        db.execute(text("ANALYZE"))


def timed(name: str, work) -> None:
    """One line."""
    took = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        work()
        took.append((time.perf_counter() - begin) * 1000)
    print(f"{name:34} {statistics.median(took):9.2f} ms median {max(took):9.2f} ms slowest")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=50_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    logs.configure()
    server = postgres.start() if given.database == "postgresql" else None
    try:
        run(given.rows, given.due, server.create() if server else "")
    finally:
        if server:
            server.close()


def run(rows: int, due: int, url: str) -> None:
    """All on one database."""
    with tempfile.TemporaryDirectory() as folder:
        values = {"site": {"domain": "lists.example.org", "url": "https://lists.example.org", "secret": "x" * 32}, "data": Path(folder)}
        values |= {"database": {"url": url}} if url else {}
        site = Site(Settings.model_validate(values))
        upgrade(site.settings.database_url)
        fill(site, rows, due)
        tidied(site)
        look(site)
        sweep(site)
        site.close()
    count()


def tidied(site: Site) -> None:
    """What autovacuum does soon after; the server of the tests has none."""
    if site.engine.dialect.name == "postgresql":
        with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def look(site: Site) -> None:
    """The questions."""

    def asked(question):
        def ask():
            with site.reading() as db:
                question(db)

        return ask

    timed("queue status", asked(queueing.count_work))
    timed("queue ls", asked(queueing.waiting))
    timed("/healthz", lambda: health.look(site))
    timed("/metrics", asked(lambda db: list(measures.families(db, site.now()))))
    timed(f"trace (one of {POSTS} posts)", asked(lambda db: tracing.trace(db, "m5@example.org")))


def sweep(site: Site) -> None:
    """The longest transaction of clearing away, and how many rows a second."""
    took, gone, begin = [], 0, time.perf_counter()
    while time.perf_counter() - begin < 5:
        one = time.perf_counter()
        with site.writing() as db:
            done = sweeping.run_due(db, site.now(), 100)
        took.append((time.perf_counter() - one) * 1000)
        gone += done
        if not done:
            break
    spent = time.perf_counter() - begin
    print(f"{'sweeping, a slice of ' + str(sweeping.SLICE):34} {statistics.median(took):9.2f} ms median {max(took):9.2f} ms slowest, {gone / spent:,.0f} rows/s")


def count(number: int = 200_000) -> None:
    """CPU time of counting."""
    for name, work in (("count", lambda: tally.count("posted")), ("observe", lambda: tally.observe("intake_seconds", 0.004))):
        begin = time.process_time()
        for _ in range(number):
            work()
        print(f"{name:34} {(time.process_time() - begin) / number * 1e6:9.3f} us of CPU")


if __name__ == "__main__":
    main()
