"""The page of figures: who may see it, and how often it counts many years."""

from listserv.store.lists import list_by_name
from listserv.web import stats
from tests.conftest import add
from tests.web.readers import app, archive, member, signed_in  # noqa: F401


def test_many_years_are_counted_so_often_and_a_school_year_always(member, archive, monkeypatch):
    monkeypatch.setattr(stats, "LONG_COUNTS", 1)
    years = "/siecibp/stats?from=2001-01-01"

    assert [member.get(path).status_code for path in (years, years, "/siecibp/stats", "/siecibp/stats?from=2025-09-01")] == [200, 429, 200, 200]


def test_readers_of_a_newsletter_neither_see_its_figures_nor_a_way_to_them(site, app, archive, now):
    with site.writing() as db:
        mlist = list_by_name(db, "gazetka")
        mlist.kind = "newsletter"
        add(db, mlist, "czytelnik@example.org", now)
        add(db, mlist, "pisze@example.org", now, role="moderator")
    reader, writer = signed_in(app, site, "czytelnik@example.org"), signed_in(app, site, "pisze@example.org")

    assert [reader.get(f"/gazetka/stats{more}").status_code for more in ("", "?format=json", "?format=csv")] == [404] * 3
    assert "/gazetka/stats" not in reader.page("/gazetka/month/") and "/gazetka/stats" in writer.page("/gazetka/month/")
    assert 'class="people"' not in writer.page("/gazetka/stats")
