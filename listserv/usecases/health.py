"""Is this site well? Asked by `/healthz`: nothing is believed that can be looked at, and nothing is waited for."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.config import Settings
from listserv.site import Site
from listserv.store import health as rows
from listserv.usecases import checking, measures

# Seconds that mails to be read may wait; and copies and letters, which a slow relay may hold up.
MAILS_WAIT, COPIES_WAIT = 900.0, 3600.0
# Seconds that work may wait where nobody is known who does it.
NOBODY_WAITS = 60.0
# How long the relay may be away.
RELAY_AWAY = timedelta(minutes=15)
# A clock that was put back shows in mails from the future.
AHEAD = timedelta(minutes=5)
DISK = checking.GIGABYTE // 10


@dataclass(frozen=True, slots=True)
class Health:
    """How the site is: "ok", or the first thing that is wrong; and what was seen."""

    status: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def well(self) -> bool:
        """Is nothing wrong?"""
        return self.status == "ok"


def look(site: Site) -> Health:
    """Look at everything. Raises whatever the database says where it does not answer."""
    now = site.now()
    unwritable = rows.why_not_writable(site.engine)
    with site.reading() as db:
        if not rows.fits(db):
            return Health("schema", {"database": "of another version"})
        facts = _seen(db, site.settings, now)
        facts["database"] = "ok" if not unwritable else "not writable"
        wrong = [name for name, is_wrong in CHECKS if is_wrong(facts, now)]
        if rows.is_from_the_future(db, now + AHEAD) or now < checking.NOT_BEFORE:
            wrong.append("clock")
    return Health(wrong[0] if wrong else "ok", _shown(facts))


def _seen(db: Session, settings: Settings, now: datetime) -> dict[str, Any]:
    depths = measures.waiting(db)
    return {
        "working": measures.at_work(db, now),
        "unserved": measures.unserved(db, now),
        "late": {kind: measures.late(depth, now) for kind, depth in depths.items() if kind != "shunted"},
        "shunted": depths["shunted"].number,
        "relay": measures.relay_now(db, now),
        "disk_free": _room(settings),
    }


def _room(settings: Settings) -> int | None:
    try:
        return shutil.disk_usage(settings.data).free
    except OSError:
        return None


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    """What strangers may see: no names, no addresses, and not what the relay says."""
    working, relay = facts["working"], facts["relay"]
    return {
        "database": facts["database"],
        "workers": working if working is not None else "none has begun",
        "relay": "away" if relay.trouble else "ok" if relay.known else "not tried yet",
        "late_seconds": {kind: round(late) for kind, late in facts["late"].items()},
        "shunted": facts["shunted"],
        "disk_free": facts["disk_free"],
    }


def _nobody_works(facts: dict[str, Any], now: datetime) -> bool:
    """All are silent; or work waits for whose kind nobody is there, though others may be."""
    return facts["working"] == 0 or any(facts["late"][kind] > NOBODY_WAITS for kind in facts["unserved"])


def _is_late(facts: dict[str, Any], now: datetime) -> bool:
    return any(late > (MAILS_WAIT if kind == "incoming" else COPIES_WAIT) for kind, late in facts["late"].items())


def _relay_is_away(facts: dict[str, Any], now: datetime) -> bool:
    return bool(facts["relay"].trouble) and now - facts["relay"].since > RELAY_AWAY


Check = Callable[[dict[str, Any], datetime], bool]
# In this order: what comes first explains what follows.
CHECKS: tuple[tuple[str, Check], ...] = (
    ("disk", lambda facts, now: facts["disk_free"] is not None and facts["disk_free"] < DISK),
    ("database", lambda facts, now: facts["database"] != "ok"),
    ("worker", _nobody_works),
    ("relay", _relay_is_away),
    ("backlog", _is_late),
)
