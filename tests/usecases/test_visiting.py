"""Visits: one for each person, list and day, and nothing kept by which anybody could be followed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from listserv.errors import Invalid
from listserv.store.lists import list_by_name
from listserv.store.visits import DaySalt, Visitor, Visits
from listserv.usecases import administration, housekeeping, visiting
from listserv.usecases.access import CONSOLE

TODAY = date(2026, 3, 3)
EVER = (date(2000, 1, 1), date(2100, 1, 1))


def count(db, table):
    return db.scalar(select(func.count()).select_from(table))


def total(db, mlist):
    return visiting.total(db, mlist, *EVER)


def test_a_person_is_one_visit_a_day_on_a_list(db, mlist, now):
    other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
    assert visiting.record(db, TODAY, {"siecibp": ["anna", "ewa"], "inna": ["anna"]}, now) == 3
    assert visiting.record(db, TODAY, {"siecibp": ["anna", "jan"]}, now) == 1

    assert total(db, mlist) == 3
    assert total(db, other) == 1


def test_the_next_day_everybody_is_new(db, mlist, now):
    visiting.record(db, TODAY, {"siecibp": ["anna"]}, now)
    visiting.record(db, TODAY + timedelta(days=1), {"siecibp": ["anna"]}, now + timedelta(days=1))

    assert visiting.by_day(db, mlist, *EVER) == {TODAY: 1, TODAY + timedelta(days=1): 1}


def test_a_day_is_that_of_the_sites_clocks(site, clock):
    assert visiting.today(site.settings, clock.at.replace(hour=22, minute=59)) == TODAY
    assert visiting.today(site.settings, clock.at.replace(hour=23)) == TODAY + timedelta(days=1)


def test_hashes_of_two_days_or_two_lists_have_nothing_in_common(db, mlist, now):
    administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
    visiting.record(db, TODAY, {"siecibp": ["anna"], "inna": ["anna"]}, now)
    visiting.record(db, TODAY + timedelta(days=1), {"siecibp": ["anna"]}, now + timedelta(days=1))

    assert len(set(db.scalars(select(Visitor.hash)))) == 3
    assert len(set(db.scalars(select(DaySalt.salt)))) == 2


def test_when_the_day_is_over_only_a_number_is_left(db, mlist, now):
    visiting.record(db, TODAY, {"siecibp": ["anna", "ewa"]}, now)
    assert (count(db, Visitor), count(db, DaySalt)) == (2, 1)

    housekeeping.run_due(db, now + timedelta(hours=15, minutes=10))

    assert (count(db, Visitor), count(db, DaySalt)) == (0, 0)
    assert total(db, mlist) == 2


def test_what_is_written_down_just_after_midnight_belongs_to_the_day_before(db, mlist, now):
    just_after = now.replace(hour=23, minute=5)
    visiting.record(db, TODAY, {"siecibp": ["anna"]}, now)
    visiting.forget(db, just_after)

    assert visiting.record(db, TODAY, {"siecibp": ["anna", "ewa"]}, just_after) == 1
    assert visiting.by_day(db, mlist, *EVER) == {TODAY: 2}


def test_what_comes_after_the_salt_is_gone_is_not_counted_twice(db, mlist, now):
    visiting.record(db, TODAY, {"siecibp": ["anna"]}, now)
    late = now + timedelta(days=1)
    visiting.forget(db, late)

    assert visiting.record(db, TODAY, {"siecibp": ["anna"]}, late) == 0
    assert (total(db, mlist), count(db, DaySalt)) == (1, 0)


def test_a_list_that_is_not_there_is_left_out(db, mlist, now):
    assert visiting.record(db, TODAY, {"niczego": ["anna"], "siecibp": ["anna"]}, now) == 1


def test_historic_counts_are_marked_as_brought_in_and_may_come_twice(db, mlist, now):
    table = "date,visits\n2025-10,286\n2026-03-03,4\n2026-03-01,3\n"
    assert visiting.bring(db, mlist, table, now) == (3, 293, ())
    visiting.bring(db, mlist, "\ufeffDate, Visits\r\n2026-03-01,5\r\n\r\n", now)
    visiting.record(db, TODAY, {"siecibp": ["anna", "ewa"]}, now)

    assert visiting.by_month(db, mlist, *EVER) == (visiting.Month(2025, 10, 286, 286), visiting.Month(2026, 3, 11, 9))
    assert visiting.total(db, mlist, date(2026, 3, 1), date(2026, 3, 2)) == 5
    assert db.scalar(select(func.sum(Visits.count)).where(~Visits.brought)) == 2


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "the first line must say: date,visits"),
        ("day,count\n2026-03-03,1\n", "the first line must say: date,visits"),
        ("date,visits\n2026-03-03,1\n2026-03-03,2\n", "line 3: 2026-03-03 is there twice"),
        ("date,visits\n03.03.2026,1\n", "line 2: write a day and a number"),
        ("date,visits\n2026-03-03,-1\n", "line 2: write a day and a number"),
        ("date,visits\n2026-03-03,1,2\n", "line 2: write a day and a number"),
        ("date,visits\n2026-03-03,²\n", "line 2: write a day and a number"),
        ("date,visits\n2026-03-03,9999999999\n", "line 2: write a day and a number"),
        ("date,visits\n2026-02-30,1\n", "line 2: there is no day 2026-02-30"),
        ('date,visits\n"2026-03-03,1\n', "line 2"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_whole(db, mlist, now, table, why):
    with pytest.raises(Invalid) as refusal:
        visiting.bring(db, mlist, table, now)

    assert str(refusal.value).startswith(why)
    assert count(db, Visits) == 0


def test_several_processes_count_a_person_once(site, network, now):
    import threading

    def once():
        with site.writing() as db:
            visiting.record(db, TODAY, {network: [f"person {number}" for number in range(20)]}, now)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with site.reading() as db:
        assert total(db, list_by_name(db, network)) == 20
        assert count(db, Visitor) == 20
