"""What was read of a Mailman 3's database, as it stands there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

Row = Mapping[str, Any]


@dataclass(slots=True)
class Rows:
    """Rows of the tables of use to us; addresses, people and preferences by their numbers."""

    lists: Sequence[Row] = ()
    members: Sequence[Row] = ()
    addresses: Mapping[int, Row] = field(default_factory=dict)
    users: Mapping[int, Row] = field(default_factory=dict)
    preferences: Mapping[int, Row] = field(default_factory=dict)
    bans: Sequence[Row] = ()
    aliases: Sequence[Row] = ()
    filters: Sequence[Row] = ()
    headers: Sequence[Row] = ()
    requests: Sequence[Row] = ()
    # What was kept about each thing that waits for an answer, by token; and each message's path in the store, by Message-ID.
    pended: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)


def grouped(rows: Sequence[Row], key: str) -> Mapping[Any, list[Row]]:
    """Rows by what is in one column."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def moment(value: datetime | None, zone: tzinfo) -> datetime | None:
    """A time of Mailman's: naive, in the zone of its machine. Its "never" is the year 1."""
    if value is None or value.year < 1990:
        return None
    try:
        return value.replace(tzinfo=value.tzinfo or zone).astimezone(UTC)
    except OverflowError:
        return None
