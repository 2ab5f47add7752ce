"""Days before and after all messages: numbers of the index end where those of the databases end."""

from datetime import UTC, datetime

import pytest

from listserv.store.search import MASK, number_from
from tests.findable import found, say

ENDS = [(datetime(1, 1, 1, tzinfo=UTC), datetime(1500, 6, 1, tzinfo=UTC)), (datetime(2300, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))]


@pytest.mark.parametrize(("asked", "finds"), [("after:1500", 1), ("before:2300", 1), ("before:9998-11-11", 1), ("before:1500", 0), ("after:2300", 0), ("after:9997", 0)])
def test_what_was_said_since_or_until_then_is_all_or_nothing(db, mlist, now, asked, finds):
    one = say(db, mlist, now, "A", "kubek")

    for zone in ("UTC", "Pacific/Kiritimati", "America/New_York"):
        assert found(db, f"kubek {asked}", zone=zone) == [one.hash] * finds
        assert found(db, asked, zone=zone) == [one.hash] * finds


def test_numbers_keep_the_order_of_times_and_fit_into_the_databases():
    times = [*ENDS[0], datetime(1700, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC), datetime(2242, 1, 1, tzinfo=UTC), *ENDS[1]]
    numbers = [number_from(time) for time in times]

    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers) - 2
    assert (numbers[0], numbers[-1] | MASK) == (-(2**63), 2**63 - 1)
