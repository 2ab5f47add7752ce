"""How a whole site is, for those who keep it: what waits, who works, how the relay is, what came, how large it all is."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import __version__
from listserv.config import Settings
from listserv.store import counters, failing, health, sitequeues, workers
from listserv.store.depths import Depth
from listserv.store.failing import Outage
from listserv.store.queue import State
from listserv.store.workers import WorkerRow
from listserv.usecases import measures, sitechecks
from listserv.usecases.measures import HEARD, RelayNow
from listserv.usecases.sitechecks import Checked

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The order in which states are told: the ordinary ones first.
STATES = tuple(state for state in State if state is not State.PENDING) + (State.PENDING,)
# What workers say of their relay, beside its trouble (worker.Worker).
RELAY_STATE = "relay-state"


@dataclass(frozen=True, slots=True)
class Works:
    """A process at work, or one that was: its host, what it does, since when, its last beat, and whether it is heard of."""

    row: WorkerRow
    alive: bool


@dataclass(frozen=True, slots=True)
class RelayState:
    """The relay as its users see it: `name` is closed (well), open (left alone), probing, or empty where nobody has said."""

    now: RelayNow
    name: str
    failures: int
    # Left alone by a worker now; and in whose mailboxes many failed within a day.
    paused: tuple[str, ...]
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of those who keep the site."""

    depths: Mapping[str, Depth]
    late: Mapping[str, float]
    workers: tuple[Works, ...]
    relay: RelayState
    # By state: within an hour, within a day.
    came: tuple[tuple[str, int, int], ...]
    # More came within a day than are counted.
    counted_out: bool
    disk: tuple[int, int] | None
    database: str
    octets: int
    version: str
    schema: str
    checked: Checked | None


def look(db: Session, settings: Settings, now: datetime) -> Overview:
    """All of it, in questions that an index answers."""
    depths = measures.waiting(db)
    hour, day = sitequeues.by_state(db, now - HOUR), sitequeues.by_state(db, now - DAY)
    rows = workers.everybody(db)
    return Overview(
        depths=depths,
        late={kind: measures.late(depth, now) for kind, depth in depths.items() if kind != "shunted"},
        workers=tuple(Works(row, row.seen_at > now - HEARD) for row in rows),
        relay=_relay(db, now, {f"{row.host[:100]} {row.pid}" for row in rows if row.seen_at > now - HEARD}),
        came=tuple((str(state), hour.get(state, 0), day.get(state, 0)) for state in STATES if day.get(state)),
        counted_out=sum(day.values()) >= sitequeues.MOST_COUNTED,
        disk=_room(settings),
        database=health.describe(db),
        octets=health.octets(db),
        version=__version__,
        schema=health.revision(db),
        checked=sitechecks.last(db, now),
    )


def _room(settings: Settings) -> tuple[int, int] | None:
    """(free, all) bytes where the site's files are."""
    try:
        usage = shutil.disk_usage(settings.data)
    except OSError:
        return None
    return usage.free, usage.total


def _relay(db: Session, now: datetime, alive: set[str]) -> RelayState:
    said = [json.loads(one.words) for one in counters.sayings(db, RELAY_STATE, now - timedelta(days=7)) if one.words and one.speaker in alive]
    seen = measures.relay_now(db, now)
    # The worst that anybody says; where one gets through, it is not the relay that is away.
    worst = max(said, key=lambda one: int(one["failures"]), default=None) if seen.trouble else None
    name = str(worst["state"]) if worst else "open" if seen.trouble else "closed" if seen.known else ""
    paused = tuple(sorted({domain for one in said for domain in one["domains"]}))
    return RelayState(seen, name, int(worst["failures"]) if worst else 0, paused, tuple(failing.outages_since(db, now - DAY)))
