"""The page of what a network has made: by school year, for all who may read the list; its letter only for those who decide."""

from datetime import timedelta

import pytest

from listserv.store.lists import Archive, list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.office import Office
from tests.web.readers import app, archive, member, signed_in, stranger, words  # noqa: F401

PAGE = "/siecibp/successes"


@pytest.fixture
def made(site, archive, now):
    """A meeting to which one person came, and a thread that was answered late."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.meetings = True
        came = add(db, mlist, "kamil@example.org", now, name="Kamil Kalka").user_id
        row = Meeting(list_id=mlist.id, number=1, state=MeetingState.ANNOUNCED, title="Spotkanie <z> ekspertem", starts_at=now - timedelta(days=2))
        row.ends_at, row.timezone, row.uid, row.created_at, row.changed_at = now - timedelta(days=1), "Europe/Warsaw", "1@lists.example.org", now, now
        db.add(row)
        db.flush()
        db.add(Attendee(meeting_id=row.id, user_id=came, said=Said.YES, came=True, invited_at=now))
        talk = seeds.thread(db, mlist, "Kto ma skaner & drukarkę?", now - timedelta(days=40))
        talk.say("Halina Okładka", "halina@example.org", "Kto?")
        talk.at = now - timedelta(days=2)
        talk.say("Marek Regał", "marek@example.org", "Ja.")
        add(db, mlist, "alina@example.org", now, name="Alina", role="moderator")


def test_members_read_what_was_made_and_who_came(member, made):
    page = member.page(PAGE)
    said = words(page)

    assert "Spotkanie <z> ekspertem ”, 1 person came Kamil Kalka" in said
    assert "“ Kto ma skaner & drukarkę? ” had its answer after 38 days of silence (Marek Regał)." in said
    assert 'href="/siecibp/meetings/1"' in page and "draft" not in said and 'href="/siecibp/successes"' in member.page("/siecibp/")


def test_strangers_at_a_public_archive_see_numbers_and_at_a_private_one_nothing(stranger, made, site):
    stranger.page(PAGE, 404)
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = Archive.PUBLIC
    said = words(stranger.page(PAGE))

    assert "1 person came" in said and "Kamil Kalka" not in said and "marek@" not in said and "kamil@" not in said


def test_where_nothing_is_turned_on_there_is_no_page(member, made, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = False
    member.page(PAGE, 404)
    assert "successes" not in member.page("/siecibp/")


@pytest.mark.parametrize(("year", "status"), [("2025", 200), ("1999", 404), ("3000", 404), ("x", 200), ("9" * 40, 200), ("-1", 404)])
def test_a_year_without_anything_is_no_page(member, made, year, status):
    member.page(f"{PAGE}?year={year}", status)


def test_those_who_decide_have_the_draft_mailed_to_them_alone(app, made, site):
    office = Office(site)
    alina = signed_in(app, site, "alina@example.org")
    answer = alina.send(PAGE, year="2025")

    assert answer.headers["Location"].endswith("successes?year=2025&done=sent")
    assert [one.to for one in office.letters(kind="successes")] == ["alina@example.org"] and not office.posts()
    assert "On its way to you" in words(alina.page(PAGE + "?year=2025&done=sent"))
    office.reply(office.letters(kind="successes")[0], "WYŚLIJ")
    page = alina.page(PAGE)
    assert "The letter of the school year 2025/26" in words(page) and "Send me the draft" not in page
    assert alina.send("/siecibp/successes", page="/me/profile", year="2025").headers["Location"].endswith("done=already")


def test_members_have_no_draft_mailed(member, made, site):
    assert member.send(PAGE, page="/me/profile", year="2025").status_code == 404
    assert Office(site).letters(kind="successes") == []
