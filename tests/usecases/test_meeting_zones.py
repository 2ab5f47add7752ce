"""A meeting's hours are told by the clocks of a place that people know, and read back as they were told."""

from datetime import UTC, datetime

import pytest

from listserv.mail.meetingpatterns import ZONES
from listserv.mail.meetingwords import read
from listserv.usecases.meetingfacts import CLOCKS, in_words

STARTS, ENDS = datetime(2026, 3, 12, 15, 30, tzinfo=UTC), datetime(2026, 3, 12, 17, 0, tzinfo=UTC)


def told(zone, language):
    return in_words(STARTS, ENDS, zone, language).replace("\N{NO-BREAK SPACE}", " ")


def test_hours_are_told_without_the_jargon_of_zones():
    assert told("Europe/Warsaw", "pl") == "czwartek, 12 marca 2026, 16.30–18.00 czasu polskiego"
    assert told("Europe/Warsaw", "en") == "Thursday, 12 March 2026, 16:30–18:00 Warsaw time"
    assert told("Pacific/Auckland", "en").endswith("(Pacific/Auckland)")


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("zone", [*sorted({*ZONES.values()}), "Pacific/Auckland"])
def test_what_is_told_is_read_back_as_the_same_moments(zone, language):
    plan = read("Spotkanie", f"{told(zone, language)}\nonline", datetime(2026, 3, 3, 10, 0), "Asia/Tokyo")

    assert (plan.zone, plan.troubles, plan.place) == (zone, (), "online")
    assert told(zone, language) == in_words(STARTS, ENDS, plan.zone, language).replace("\N{NO-BREAK SPACE}", " ")


def test_every_zone_that_has_a_name_is_one_that_is_understood():
    assert {*CLOCKS} <= {*ZONES.values()}
