"""How often something may be done: counted in the database, so that it holds for all processes, and without saying of whom."""

import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy.orm import Session

from listserv import links
from listserv.store import limits as rows


def within(db: Session, what: str, who: str, now: datetime, window: timedelta, most: int) -> bool:
    """Count this once more; is it still within what may be done in such a window?"""
    return rows.add(db, _key(db, what, who, now, window), now + window) <= most


def used(db: Session, what: str, who: str, now: datetime, window: timedelta) -> int:
    """How often it was done in the window in hand, without counting it: for what must not write."""
    return rows.count_of(db, _key(db, what, who, now, window))


def add(db: Session, what: str, who: str, now: datetime, window: timedelta, times: int) -> None:
    """Count what was let through without being written down at once."""
    rows.add(db, _key(db, what, who, now, window), now + window, times)


def first_time(db: Session, what: str, which: str, until: datetime) -> bool:
    """Is this the first time that something which is good once is used? It is remembered until then."""
    key = hmac.digest(links.signing_key(db.info["settings"]), f"once\0{what}\0{which}".encode("utf-8", "replace"), "sha256")[:16]
    return rows.add(db, key, until) == 1


def seconds_left(now: datetime, window: timedelta) -> int:
    """Until the next window begins."""
    length = int(window.total_seconds())
    return length - int(now.timestamp()) % length


def _key(db: Session, what: str, who: str, now: datetime, window: timedelta) -> bytes:
    number = int(now.timestamp() // window.total_seconds())
    key = links.signing_key(db.info["settings"])
    return hmac.digest(key, f"limit\0{what}\0{who}\0{number}".encode("utf-8", "replace"), "sha256")[:16]


def network_of(peer: str) -> str:
    """Where somebody asks from, as far as one household or school goes: 256 addresses of IPv4, a /64 of IPv6; empty where it is not known."""
    try:
        found = ip_address(peer.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ip_network(f"{found}/{24 if found.version == 4 else 64}", strict=False))
