"""What the site does, in figures that name nobody: counts since the first day, what waits and since when, how long things take."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import tally
from listserv.store import counters, depths, webhooks, workers
from listserv.store.deliveries import milliseconds
from listserv.store.depths import Depth

# The kinds of what can wait, as `/metrics` and `/healthz` call them.
KINDS = {
    "incoming": depths.incoming,
    "posts": depths.posts,
    "deliveries": depths.deliveries,
    "letters": depths.letters,
    "shunted": depths.shunted,
}
# Who does it, by the roles of `worker.role_of`.
SENDERS, READERS = frozenset(("copies", "worker")), frozenset(("desk", "worker"))
SERVED_BY = {"incoming": READERS, "posts": SENDERS, "deliveries": SENDERS, "letters": READERS}
# A process that says nothing for so long is not there any more.
HEARD = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class RelayNow:
    """How the relay is, as those say who speak to it: the trouble, and since when; `known` is False where nobody does."""

    known: bool
    trouble: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Family:
    """Figures of one name: its kind (counter, gauge, histogram), what it counts, and its samples: labels and value."""

    name: str
    kind: str
    help: str
    samples: tuple[tuple[str, float], ...]


def waiting(db: Session) -> dict[str, Depth]:
    """What waits, by kind."""
    return {name: ask(db) for name, ask in KINDS.items()}


def late(depth: Depth, now: datetime) -> float:
    """For how many seconds the first in line should have been done; 0 where it is not its time yet."""
    if depth.since is None:
        return 0.0
    # A letter's moment may be "at once": then it is when it was written.
    due = depth.due if depth.due and depth.due > milliseconds(depth.since) else milliseconds(depth.since)
    return max(0.0, (milliseconds(now) - due) / 1000)


def left_undone(db: Session, now: datetime) -> tuple[int, float]:
    """How many mails are set aside; and for how many seconds the latest of all other work should have been done."""
    found = waiting(db)
    return found["shunted"].number, max(late(depth, now) for kind, depth in found.items() if kind != "shunted")


def relay_now(db: Session, now: datetime) -> RelayNow:
    """How the relay is: well, where anybody gets through."""
    said = counters.sayings(db, "relay", now - HEARD)
    troubles = [one for one in said if one.words]
    last = depths.last_success(db)
    if not troubles:
        return RelayNow(bool(said or last), "", None)
    first = min(troubles, key=lambda one: one.since)
    # Somebody has got through since: then it is not the relay that is away, but the way of one to it.
    return RelayNow(True, "", None) if last and last > first.since else RelayNow(True, first.words, first.since)


def at_work(db: Session, now: datetime) -> int | None:
    """How many processes work; None where none is known at all, alive or dead."""
    rows = workers.everybody(db)
    return sum(row.seen_at > now - HEARD for row in rows) if rows else None


def unserved(db: Session, now: datetime) -> frozenset[str]:
    """The kinds of work that nobody does who was heard of lately."""
    alive = {row.role for row in workers.everybody(db) if row.seen_at > now - HEARD}
    return frozenset(kind for kind, roles in SERVED_BY.items() if not alive & roles)


def families(db: Session, now: datetime) -> Iterator[Family]:
    """All figures. Totals of all processes, but for what each has counted within the last seconds."""
    totals = counters.totals(db)
    for name, words in tally.WAYS.values():
        yield Family(f"listserv_{name}_total", "counter", words, (("", totals.get(name, 0)),))
    found = waiting(db)
    yield Family("listserv_queue_depth", "gauge", "what waits, by kind", tuple((f'kind="{kind}"', one.number) for kind, one in found.items()))
    ages = tuple((f'kind="{kind}"', (now - one.since).total_seconds() if one.since else 0.0) for kind, one in found.items())
    yield Family("listserv_queue_oldest_seconds", "gauge", "age of the first in line, by kind", ages)
    yield from _relay(db, now)
    yield Family("listserv_webhooks_waiting", "gauge", "things that webhooks are still to be told", (("", webhooks.count_waiting(db)),))
    yield Family("listserv_workers", "gauge", "processes that work, heard of within the last minutes", (("", at_work(db, now) or 0),))
    for name, (ends, words) in tally.HISTOGRAMS.items():
        yield _histogram(name, ends, words, totals)


def _relay(db: Session, now: datetime) -> Iterator[Family]:
    relay = relay_now(db, now)
    yield Family("listserv_relay_up", "gauge", "1 where the relay takes mail, as far as anybody has tried", (("", int(not relay.trouble)),))
    away = (now - relay.since).total_seconds() if relay.since else 0.0
    yield Family("listserv_relay_away_seconds", "gauge", "for how long the relay has been away", (("", away),))
    last = depths.last_success(db)
    moment = (("", last.timestamp()),) if last else ()
    yield Family("listserv_relay_last_success_timestamp_seconds", "gauge", "when the relay last took a copy or a letter", moment)


def _histogram(name: str, ends: tuple[float, ...], words: str, totals: dict[str, int]) -> Family:
    """Each bucket holds what was as quick or quicker (text format 0.0.4)."""
    samples, so_far = [], 0
    for end in (*ends, float("inf")):
        so_far += totals.get(f"{name}.{end:g}", 0)
        label = "+Inf" if end == float("inf") else f"{end:g}"
        samples.append((f'le="{label}"', float(so_far)))
    return Family(f"listserv_{name}", "histogram", words, (*samples, ("sum", totals.get(f"{name}.sum", 0) / 1_000_000), ("count", float(so_far))))
