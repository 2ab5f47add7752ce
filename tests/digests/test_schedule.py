"""When a digest is owed: words to moments, in a person's own zone, whatever the clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.schedule import LONGEST, in_words, next_after, parse

WARSAW = ZoneInfo("Europe/Warsaw")


def warsaw(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=WARSAW, fold=fold)


def local(moment: datetime, zone: ZoneInfo = WARSAW) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("daily 07:00", "daily 07:00"),
        ("  Daily  7:05 ", "daily 07:05"),
        ("weekly thu, MON 18:30", "weekly mon,thu 18:30"),
        ("weekly mon,mon 07:00", "weekly mon 07:00"),
        ("monthly 1 07:00", "monthly 1 07:00"),
        ("monthly 31 00:00", "monthly 31 00:00"),
    ],
)
def test_a_schedule_is_kept_in_one_form(text, kept):
    assert str(parse(text)) == kept
    assert parse(kept) == parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "write it as"),
        ("sometimes", "write it as"),
        ("daily", "write it as"),
        ("daily mon 07:00", "write it as"),
        ("weekly 07:00", "write it as"),
        ("daily 7", "write it as"),
        ("daily 24:00", "the hour goes"),
        ("daily 07:60", "the hour goes"),
        ("weekly noday 07:00", "the days are"),
        ("weekly mon,,tue 07:00", "the days are"),
        ("monthly 0 07:00", "the day of the month"),
        ("monthly 32 07:00", "the day of the month"),
        ("monthly ² 07:00", "the day of the month"),
    ],
)
def test_what_is_no_schedule_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(text)


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        ("daily 07:00", warsaw(2026, 3, 3, 6, 59), "Tue 2026-03-03 07:00"),
        ("daily 07:00", warsaw(2026, 3, 3, 7, 0), "Wed 2026-03-04 07:00"),
        ("weekly mon,thu 07:00", warsaw(2026, 3, 3, 10, 0), "Thu 2026-03-05 07:00"),
        ("weekly mon,thu 07:00", warsaw(2026, 3, 5, 7, 0), "Mon 2026-03-09 07:00"),
        ("monthly 1 07:00", warsaw(2026, 3, 3, 10, 0), "Wed 2026-04-01 07:00"),
        ("monthly 31 07:00", warsaw(2026, 2, 3, 10, 0), "Sat 2026-02-28 07:00"),
        ("monthly 30 07:00", warsaw(2028, 2, 3, 10, 0), "Tue 2028-02-29 07:00"),
        ("monthly 31 07:00", warsaw(2026, 2, 28, 7, 0), "Tue 2026-03-31 07:00"),
        ("daily 00:00", warsaw(2026, 12, 31, 12, 0), "Fri 2027-01-01 00:00"),
    ],
)
def test_the_next_slot_is_the_first_later_one(schedule, moment, expected):
    assert local(next_after(parse(schedule), moment, WARSAW)) == expected


def test_an_hour_stays_the_same_on_the_wall_when_clocks_change():
    slots = [next_after(parse("daily 07:00"), warsaw(2026, 3, day, 12, 0), WARSAW) for day in (27, 28, 29)]

    assert [local(slot)[-5:] for slot in slots] == ["07:00"] * 3
    assert slots[1] - slots[0] == timedelta(hours=23)


def test_an_hour_that_does_not_exist_becomes_the_next_that_does():
    slot = next_after(parse("daily 02:30"), warsaw(2026, 3, 28, 12, 0), WARSAW)

    assert slot == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert local(slot) == "Sun 2026-03-29 03:00"
    assert local(next_after(parse("daily 02:30"), slot, WARSAW)) == "Mon 2026-03-30 02:30"


def test_an_hour_that_comes_twice_counts_once():
    slot = next_after(parse("daily 02:30"), warsaw(2026, 10, 24, 12, 0), WARSAW)

    assert slot == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local(next_after(parse("daily 02:30"), slot, WARSAW)) == "Mon 2026-10-26 02:30"
    between = warsaw(2026, 10, 25, 2, 15, fold=1)
    assert local(next_after(parse("daily 02:30"), between, WARSAW)) == "Mon 2026-10-26 02:30"


def test_a_day_that_a_zone_left_out_harms_nothing():
    apia = ZoneInfo("Pacific/Apia")
    before = datetime(2011, 12, 29, 12, 0, tzinfo=apia)

    slot = next_after(parse("daily 07:00"), before, apia)

    assert local(slot, apia) == "Sat 2011-12-31 00:00"
    assert local(next_after(parse("daily 07:00"), slot, apia), apia) == "Sat 2011-12-31 07:00"


def test_a_moment_without_a_zone_is_a_mistake_of_the_program():
    with pytest.raises(TypeError):
        next_after(parse("daily 07:00"), datetime(2026, 3, 3), WARSAW)


SCHEDULES = st.one_of(
    st.builds("daily {:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    st.builds("weekly {} {:02}:30".format, st.sampled_from(["mon", "sat,sun", "tue,fri"]), st.integers(0, 23)),
    st.builds("monthly {} {:02}:30".format, st.integers(1, 31), st.integers(0, 23)),
)
ZONES = st.sampled_from(["Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia", "UTC"])


@given(SCHEDULES, ZONES, st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))
def test_the_next_slot_is_later_near_and_on_a_day_of_the_schedule(text, name, moment):
    schedule, zone = parse(text), ZoneInfo(name)

    slot = next_after(schedule, moment, zone)

    assert moment < slot <= moment + LONGEST
    there = slot.astimezone(zone)
    # Only a gap of the clocks moves a slot, and never back.
    if there.time().replace(tzinfo=None) == schedule.at:
        assert schedule.falls_on(there.date())


@pytest.mark.parametrize(
    ("schedule", "language", "words"),
    [
        ("daily 07:00", "en", "every day at 7:00"),
        ("weekly mon 07:00", "en", "on Mondays at 7:00"),
        ("weekly mon,wed,fri 18:05", "en", "on Mondays, Wednesdays and Fridays at 18:05"),
        ("monthly 1 07:00", "en", "on day 1 of each month at 7:00"),
        ("monthly 30 07:00", "en", "on day 30 of each month (or its last) at 7:00"),
        ("monthly 31 07:00", "en", "on the last day of each month at 7:00"),
        ("weekly mon,tue,wed,thu,fri,sat,sun 07:00", "en", "every day at 7:00"),
        ("daily 07:00", "pl", "codziennie o 7.00"),
        ("weekly tue,thu 07:00", "pl", "we wtorki i czwartki o 7.00"),
        ("weekly mon,wed,fri 18:05", "pl", "w poniedziałki, środy i piątki o 18.05"),
        ("monthly 1 07:00", "pl", "1. dnia miesiąca o 7.00"),
        ("monthly 31 07:00", "pl", "ostatniego dnia miesiąca o 7.00"),
    ],
)
def test_a_schedule_reads_well(schedule, language, words):
    assert in_words(parse(schedule), language).replace("\N{NO-BREAK SPACE}", " ") == words
