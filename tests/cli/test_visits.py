"""`visits import`: historic counts."""

import pytest

from listserv.store.lists import list_by_name
from listserv.store.visits import Visits


@pytest.fixture(autouse=True)
def lists(run):
    run("list", "create", "siecibp", "--title", "Sieć BP", "--owner", "alina@example.org")


def kept(site):
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        return {row.day.isoformat(): (row.count, row.brought) for row in db.query(Visits).filter_by(list_id=mlist.id)}


def test_historic_counts_come_in_and_may_come_twice(run, site, tmp_path):
    table = tmp_path / "odwiedziny.csv"
    table.write_text("date,visits\n2025-10,286\n2025-11-03,12\n", "utf-8-sig")

    assert run("visits", "import", "siecibp", table).out == "brought 298 visits of 2 days to siecibp\n"
    assert run("visits", "import", "SIECIBP", table, "--json").json == {"days": 2, "visits": 298, "left_out": []}
    assert kept(site) == {"2025-10-01": (286, True), "2025-11-03": (12, True)}


def test_a_month_takes_the_place_of_its_days_and_they_of_it(run, site, tmp_path):
    table = tmp_path / "odwiedziny.csv"
    for said, left in (("2025-10-02,5", {"2025-10-02": 5}), ("2025-10,286", {"2025-10-01": 286}), ("2025-10-05,7\n2025-10-09,1", {"2025-10-05": 7, "2025-10-09": 1})):
        table.write_text(f"date,visits\n{said}\n", "utf-8")
        run("visits", "import", "siecibp", table)
        assert {day: count for day, (count, _) in kept(site).items()} == left


@pytest.mark.parametrize(
    ("content", "code", "why"),
    [
        (b"date,visits\n2025-10,1\n2025-10-03,1\n", 2, "line 3: 2025-10-03 is there twice"),
        (b"date,visits\n2099-01-01,1\n", 2, "line 2: 2099-01-01 is not a day on which"),
        (b"date,visits\n2025-13-01,1\n", 2, "line 2: there is no day 2025-13-01"),
        (b"\xff\xfe", 2, "is not in UTF-8"),
        (b"x", 2, "the first line must say: date,visits"),
        (None, 3, "there is no file"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line_and_nothing_is_kept(run, site, tmp_path, content, code, why):
    table = tmp_path / "x.csv"
    if content is not None:
        table.write_bytes(content)
    done = run("visits", "import", "siecibp", table)

    assert (done.code, done.err.count("\n")) == (code, 1)
    assert why in done.err
    assert kept(site) == {}


def test_every_wrong_line_is_named_at_once_and_the_rest_can_be_taken(run, site, tmp_path):
    table = tmp_path / "odwiedziny.csv"
    table.write_text("date,visits\n2025-10-02,5\n2025-10-99,5\n2025-10-03,many\n2025-10-04,7\n", "utf-8")

    refused = run("visits", "import", "siecibp", table)
    assert refused.code == 2 and "line 3: there is no day 2025-10-99; line 4: write a day and a number" in refused.err and "--rest" in refused.err
    assert kept(site) == {}

    done = run("visits", "import", "siecibp", table, "--rest")
    assert (done.code, done.out) == (0, "brought 12 visits of 2 days to siecibp\n")
    assert [line.partition(":")[0] for line in done.err.splitlines()] == ["left out"] * 2
    assert kept(site) == {"2025-10-02": (5, True), "2025-10-04": (7, True)}


def test_of_many_wrong_lines_ten_are_named(run, site, tmp_path):
    (tmp_path / "x.csv").write_text("date,visits\n" + "x,1\n" * 30)

    assert "; and 20 more" in run("visits", "import", "siecibp", tmp_path / "x.csv").err


def test_a_list_that_is_not_there_is_said(run, tmp_path):
    (tmp_path / "x.csv").write_text("date,visits\n")
    assert run("visits", "import", "niczego", tmp_path / "x.csv").code == 3
