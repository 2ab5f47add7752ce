"""What this process has counted, timed and says of itself, until it is written down beside other commits (`store.counters`).

What is here is of this process alone, and gone with it where it is killed: at most the last seconds of counting.
"""

import os
import time
from bisect import bisect_left
from collections.abc import Mapping
from threading import Lock
from typing import Any

import structlog

log = structlog.get_logger()

# Each way that a mail can take has a word, the same in `trace`, in the log and here: log event -> counter, and what it counts.
WAYS = {
    "received": ("accepted", "mails taken in, one for each recipient"),
    "posted": ("posted", "posts put into the archive and on their way to members"),
    "held": ("held", "posts that wait for a moderator"),
    "refused": ("refused", "mails whose author was told why not"),
    "discarded": ("discarded", "mails that nobody is told of: doubles, machines, spam"),
    "answered": ("answered", "mails that got an answer of ours: commands, decisions, confirmations"),
    "application": ("application", "applications to join"),
    "forwarded": ("forwarded", "mails passed on to the humans"),
    "bounce": ("bounce", "reports of other servers, read"),
    "draft": ("draft", "mails that became the draft of an issue or of a meeting"),
    "shunted": ("shunted", "mails set aside after three attempts"),
    "sent": ("delivered", "copies of posts that the relay has taken"),
    "retry": ("retried", "copies of posts to be tried again"),
    "bounced": ("bounced", "copies of posts that will not arrive"),
    "letter": ("letters", "letters of our own that the relay has taken"),
    "webhook": ("webhooks_sent", "calls of webhooks that the receiver has taken"),
    "unheard": ("webhooks_failed", "calls of webhooks that failed"),
    "untold": ("webhooks_dropped", "things that a webhook was to be told and never will be"),
}
# Upper ends of the buckets, in seconds.
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
HISTOGRAMS = {
    "intake_seconds": (QUICK, "from the end of DATA to the 250"),
    "processing_seconds": (QUICK, "work on one mail, from taking it up to its state"),
    "delivery_seconds": (SLOW, "from a post's arrival to the relay's 250 for a copy"),
}
# Names of buckets are made once: `observe` stands in the way of every mail.
_BUCKETS = {name: (ends, tuple(f"{name}.{end:g}" for end in (*ends, float("inf"))), f"{name}.sum") for name, (ends, _) in HISTOGRAMS.items()}

_lock = Lock()
_counts: dict[str, int] = {}
_said: dict[str, str] = {}
_written, _keeping = 0.0, False
# Seconds between two times that counts are written down.
EVERY = 2.0
# What the relay has taken when it is counted; and under which name it is said when that was last.
TAKEN, LAST_TAKEN = frozenset(("delivered", "letters")), "relay-taken"
# Where a transaction's events wait for its commit (`Session.info`).
EVENTS = "events"


def count(name: str, number: int = 1) -> None:
    """So many more of these."""
    with _lock:
        _counts[name] = _counts.get(name, 0) + number
        if name in TAKEN:
            _said[LAST_TAKEN] = str(int(time.time()))


def observe(name: str, seconds: float, number: int = 1) -> None:
    """One of these, or so many, took so long."""
    ends, names, total = _BUCKETS[name]
    bucket, much = names[bisect_left(ends, seconds)], int(seconds * 1_000_000)
    with _lock:
        _counts[bucket] = _counts.get(bucket, 0) + number
        _counts[total] = _counts.get(total, 0) + max(much, 0) * number


def tell(name: str, words: str) -> None:
    """How something is now, as this process sees it: empty where all is well ("relay": the trouble with it)."""
    with _lock:
        _said[name] = words


def said() -> dict[str, str]:
    """What this process says of itself."""
    with _lock:
        return dict(_said)


def is_pending() -> bool:
    """Has something been counted since?"""
    return bool(_counts)


def drain() -> dict[str, int]:
    """All that was counted since the last time; from here on it is the caller's."""
    global _counts, _written
    with _lock:
        taken, _counts, _written = _counts, {}, time.monotonic()
    return taken


def put_back(taken: Mapping[str, int]) -> None:
    """What could not be written down."""
    for name, number in taken.items():
        count(name, number)


def note(info: dict[Any, Any], event: str, number: int = 1, facts: Mapping[str, Any] | None = None) -> None:
    """Something that has happened as soon as this transaction (`Session.info`) is through; not before, and not if it is rolled back.

    With `facts` it gets a line in the log.
    """
    info.setdefault(EVENTS, []).append((event, number, facts))


def happened(info: dict[Any, Any]) -> None:
    """The transaction is through: count what it has brought about, and tell the log."""
    for event, number, facts in info.pop(EVENTS, ()):
        count(WAYS[event][0], number)
        if facts is not None:
            log.info(event, **facts)


def is_due() -> bool:
    """Is it time to write down what was counted, beside a transaction that is made anyway?"""
    return _keeping and bool(_counts) and time.monotonic() - _written >= EVERY


def keep(keeping: bool) -> None:
    """From now on what is counted here is written down, or not: tools that look once count for nobody."""
    global _keeping
    _keeping = keeping


def _forget() -> None:
    """A forked child counts for itself; another thread of its parent may have held the lock."""
    global _lock, _counts, _said
    _lock, _counts, _said = Lock(), {}, {}


os.register_at_fork(after_in_child=_forget)
