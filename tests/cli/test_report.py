"""`report`: the figures of the network's own year, brought by the ordinary commands, are what the books of those days say."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from tests import figures_seed as seed
from tests.web.readers import Reader, app, signed_in, words  # noqa: F401

# Half past ten in Warsaw on the last day of the year's books.
THEN = datetime(2026, 6, 15, 8, 30, tzinfo=UTC)
SENTENCE = (
    "From October 2025 to 15 June 2026, 24 of 45 people wrote 241 messages in 33 threads. The archive was visited 3037 times, about 12 times a day."
)
YEAR = ("--from", "2025-10-01", "--to", "2026-06-15")
MONTHS = [dict(zip(("threads", "posts", "writers", "visits"), counts, strict=True), month=month) for month, counts in seed.MONTHS.items()]


@pytest.fixture
def books(run, clock, tmp_path):
    """The year as a folder of files, brought in by whoever moves here."""
    # The console has a clock of its own; the pages stand still at this one.
    clock.at = THEN
    for name, content in (("a.mbox", seed.mbox()), ("members.csv", seed.members().encode()), ("visits.csv", seed.visits().encode())):
        (tmp_path / name).write_bytes(content)
    assert run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl").code == 0
    assert run("member", "import", "siecibp", tmp_path / "members.csv").code == 0
    assert run("import", "siecibp", tmp_path / "a.mbox").code == 0
    assert run("visits", "import", "siecibp", tmp_path / "visits.csv").code == 0
    return run


def test_the_year_comes_out_as_it_went_in_by_the_console_and_on_the_page(books, site, app):
    told = books("report", "siecibp", *YEAR, "--json").json

    assert {key: told[key] for key in ("from", "to", "members", "writers", "threads", "posts", "visits")} == {
        "from": "2025-10-01", "to": "2026-06-15", "members": 45, "writers": 24, "threads": 33, "posts": 241, "visits": 3037
    }
    assert told["months"] == MONTHS
    assert told["share_of_writers"] == pytest.approx(24 / 45, abs=1e-4)
    assert round(told["visits_a_day"]) == 12

    lines = books("report", "siecibp", *YEAR).out.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    assert lines[1] == SENTENCE
    assert [line.split() for line in lines if line.startswith(("2025-10", "2026-06", "total"))] == [
        ["2025-10", "4", "22", "9", "286"],
        ["2026-06*", "1", "11", "6", "154"],
        ["total", "33", "241", "24", "3037"],
    ]
    table = list(csv.DictReader(io.StringIO(books("report", "siecibp", *YEAR, "--csv").out)))
    assert [int(row["visits"]) for row in table] == [286, 235, 223, 468, 449, 474, 388, 360, 154, 3037]
    assert table[-1]["writers"] == "24"

    month = books("report", "siecibp", "--month", "2025-11", "--json").json
    assert (month["from"], month["to"], month["threads"], month["posts"], month["writers"], month["visits"]) == ("2025-11-01", "2025-11-30", 3, 19, 8, 235)
    # Its first message was written when it was still October in Greenwich.
    days = books("report", "siecibp", "--from", "2025-11-01", "--to", "2025-11-01", "--json").json
    assert (days["posts"], days["threads"], days["months"][0]["month"]) == (1, 1, "2025-11")
    the_page_says_the_same(site, app)


def the_page_says_the_same(site, app):
    page = signed_in(app, site, seed.person(0)[0]).page("/siecibp/stats")

    assert SENTENCE in words(page).replace(" ,", ",").replace(" .", ".")
    assert (page.count('<i class="on">'), page.count("<i></i>")) == (24, 21)
    assert "October 2025: 286; November 2025: 235;" in page
    assert 'class="part"' in page
    assert "The most: March 2026" in page
    assert "all together 33 241 24 3037" in words(page)
    browser = signed_in(app, site, seed.person(3)[0])
    download = browser.get("/siecibp/stats?format=json")
    assert json.loads(download.data)["months"] == MONTHS
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert browser.get("/siecibp/stats?format=csv").data.decode().splitlines()[-1] == "total,33,241,24,3037"


@pytest.mark.parametrize(
    ("asked", "code", "why"),
    [
        (("siecibp", "--month", "2026-13"), 2, "There is no such month"),
        (("siecibp", "--from", "3 March"), 2, "There is no such day"),
        (("siecibp", "--from", "2026-03-03", "--to", "2026-03-02"), 2, "comes after the last"),
        (("siecibp", "--from", "1900-01-01"), 2, "There is no such day"),
        (("siecibp", "--month", "2026-03", "--to", "2026-03-02"), 2, "either --month or"),
        (("nikt",), 3, "there is no list nikt"),
    ],
)
def test_what_cannot_be_told_is_said_in_one_line(run, network, asked, code, why):
    done = run("report", *asked)

    assert (done.code, done.err.count("\n"), done.out) == (code, 1, "")
    assert why in done.err
