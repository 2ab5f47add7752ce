"""What comes of a survey: closed at its time, told to the list once, and shown to those who may see it."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from listserv.errors import NotFound
from listserv.store import surveyresults
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.queue import Outgoing
from listserv.usecases import hiding, housekeeping, stewards, surveydays, surveypages, surveyreport, surveys, surveytables, surveytold
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from tests import surveyed
from tests.conftest import add

DAY = timedelta(days=1)


@pytest.fixture
def network_of(site, office, now):
    """Six people more, so that there are enough for anonymous answers."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        return [add(db, mlist, f"osoba{number}@example.org", now, name=f"Osoba {number}").user_id for number in range(6)]


@pytest.fixture
def opened(site, office, clock, network_of, request):
    """An open survey that six people have answered; of what privacy a test may say."""
    how = getattr(request, "param", "")
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), clock(), how=how)
        survey.asked_upto, survey.asked = None, 10
        for number, user in enumerate(network_of):
            surveyed.answer(db, survey, clock(), user, (1 + number % 2,), 3 + number % 3, f"Zdanie {number}." if number < 2 else "")
        return survey.id


def seen_by(db, email):
    return Actor(Door.WEB, surveyed.user_of(db, email), proven=True)


def posts(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Message)), db.scalar(select(func.count()).select_from(Outgoing))


def test_it_closes_at_its_time_and_the_results_go_to_everybody_once(site, office, opened, clock):
    surveyed.due(site, clock.move(days=13))
    with site.reading() as db:
        assert surveyed.of(db, opened).state == "open" and posts(site) == (0, 0)

    for _ in range(2):
        surveyed.due(site, clock.move(days=2))

    with site.reading() as db:
        survey = surveyed.of(db, opened)
        assert survey.state == "closed" and survey.told and survey.thread_id
    assert posts(site) == (1, 1)
    (mail,) = office.posts()
    text = mail.get_body(("plain",)).get_content().replace("\N{NO-BREAK SPACE}", " ")
    assert "Potrzeby" in mail["Subject"] and "6" in text and "Zdanie 0." in text and "█" in text
    assert "<svg" in mail.get_body(("html",)).get_content() and "siecibp@" in mail["From"]
    assert "Auto-Submitted" in mail and f"/siecibp/questions/{opened}" in text


def test_the_results_stand_in_the_archive_as_words_that_anybody_can_read(site, opened, clock):
    surveyed.due(site, clock.move(days=15))

    with site.reading() as db:
        message = db.scalars(select(Message)).one()
        assert "<svg" not in (message.body.html or "") and "█" in message.body.text and message.user_id is None
        assert message.thread_id == surveyed.of(db, opened).thread_id


def test_two_workers_tell_the_results_once(site, opened, clock):
    clock.move(days=15)
    with site.writing() as db:
        surveys.close(db, surveyed.of(db, opened), CONSOLE, clock())
    for _ in range(2):
        with site.writing() as db:
            surveytold.tell(db, surveyed.of(db, opened), clock())

    assert posts(site) == (1, 1)


def test_when_nobody_answered_that_is_said_too(site, office, clock):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), clock())
        survey.asked_upto = None
    surveyed.due(site, clock.move(days=15))

    (mail,) = office.posts()
    assert "█" not in mail.get_body(("plain",)).get_content() and "0%" not in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("opened", ["Ankieta jest anonimowa."], indirect=True)
def test_anonymous_results_name_nobody_in_the_post_the_page_and_the_table(site, office, opened, clock):
    surveyed.due(site, clock.move(days=15))

    (mail,) = office.posts()
    with site.reading() as db:
        owner = surveypages.sheet(db, "siecibp", opened, seen_by(db, "owner@example.org"))
        tables = surveytables.totals(db, owner.survey, "pl") + surveytables.people(db, owner.survey, "pl")
    assert owner.tallies and not owner.names
    assert "Osoba" not in mail.as_string() + tables


@pytest.mark.parametrize("opened", ["Ankieta jest anonimowa."], indirect=True)
def test_of_anonymous_answers_nobody_sees_anything_before_the_close(site, opened):
    with site.reading() as db:
        for email in ("owner@example.org", "halina@example.org"):
            sheet = surveypages.sheet(db, "siecibp", opened, seen_by(db, email))
            assert (sheet.withheld, sheet.tallies, sheet.answered) == ("open", (), 6)


def test_four_anonymous_answers_are_shown_to_nobody(site, office, clock, network_of):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), clock(), how="Ankieta jest anonimowa.")
        survey.asked_upto = None
        for user in network_of[:4]:
            surveyed.answer(db, survey, clock(), user, words="Tajemnica.")
    surveyed.due(site, clock.move(days=15))

    (mail,) = office.posts()
    assert "Tajemnica" not in mail.as_string() and "█" not in mail.get_body(("plain",)).get_content()
    with site.reading() as db:
        sheet = surveypages.sheet(db, "siecibp", survey.id, seen_by(db, "owner@example.org"))
        assert (sheet.withheld, sheet.tallies) == ("few", ())


def test_before_the_close_coordinators_look_on_and_members_do_not(site, opened):
    with site.reading() as db:
        owner, halina = (surveypages.sheet(db, "siecibp", opened, seen_by(db, email)) for email in ("owner@example.org", "halina@example.org"))

    assert owner.tallies[0].answered == 6 and owner.names
    assert halina.withheld == "open" and not halina.tallies and not halina.names


@pytest.mark.parametrize(("opened", "seen"), [("", (True, False)), ("Ankieta jest jawna.", (True, True)), ("Ankieta jest anonimowa.", (False, False))], indirect=["opened"])
def test_who_answered_what_is_for_those_who_were_told_so(site, opened, clock, seen):
    surveyed.due(site, clock.move(days=15))

    with site.reading() as db:
        people = [surveypages.sheet(db, "siecibp", opened, seen_by(db, email)) for email in ("owner@example.org", "halina@example.org")]
        assert tuple(surveypages.names_seen(one.survey, one.view) for one in people) == seen
        assert tuple(bool(one.names) for one in people) == seen


def test_strangers_at_a_public_archive_read_the_post_and_no_page_of_questions(site, opened, clock):
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = "public"
    surveyed.due(site, clock.move(days=15))

    with site.reading() as db:
        for look in (lambda: surveypages.shelf(db, "siecibp", STRANGER_ON_THE_WEB), lambda: surveypages.sheet(db, "siecibp", opened, STRANGER_ON_THE_WEB)):
            with pytest.raises(NotFound):
                look()


def test_results_that_moderators_hide_are_hidden_on_the_page_too(site, opened, clock):
    surveyed.due(site, clock.move(days=15))
    with site.writing() as db:
        message = db.scalars(select(Message)).one()
        hiding.hide_message(db, stewards.steward(db, "siecibp", CONSOLE), message, "", clock())

    with site.reading() as db:
        halina, owner = (surveypages.sheet(db, "siecibp", opened, seen_by(db, email)) for email in ("halina@example.org", "owner@example.org"))
        assert (halina.withheld, halina.tallies) == ("hidden", ()) and owner.tallies


def test_where_questions_are_turned_off_nothing_of_them_is_there(site, opened, clock):
    with site.writing() as db:
        list_by_name(db, "siecibp").surveys = False
    surveyed.due(site, clock.move(days=15))

    assert posts(site) == (0, 0)
    with site.reading() as db:
        assert not [one for one in housekeeping.owed(db, clock()) if one.what.startswith("survey")]
        with pytest.raises(NotFound):
            surveypages.sheet(db, "siecibp", opened, seen_by(db, "owner@example.org"))
    with site.writing() as db:
        list_by_name(db, "siecibp").surveys = True
    surveyed.due(site, clock())
    assert posts(site) == (1, 1)


def test_the_table_is_no_formula_and_says_what_was_chosen_how_often(site, office, clock, network_of):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), clock(), subject="=1+1")
        for user in network_of:
            surveyed.answer(db, survey, clock(), user, words="=HYPERLINK(\"https://evil.example.org\")")
        survey.questions[0].text = "=cmd|' /C calc'!A0"
        db.flush()
        text, named = (made(db, survey, "pl") for made in (surveytables.totals, surveytables.people))

    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert rows[1][1:] == ["Lekcje", "6", "100%"]
    cells = [cell for row in (*rows, *csv.reader(io.StringIO(named.lstrip("\ufeff")), delimiter=";")) for cell in row]
    assert len(cells) > 40 and not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_counts_for_the_figures_of_a_list(site, opened, clock, now):
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        assert surveyresults.counts(db, mlist, now, now + DAY) == (1, 10, 6)
        assert surveyresults.counts(db, mlist, now + DAY, now + 2 * DAY) == (0, 0, 0)


def test_the_letter_with_the_figures_tells_what_was_answered_and_what_most_chose(site, opened, clock):
    surveyed.due(site, clock.move(days=15))
    with site.reading() as db:
        mlist, day = list_by_name(db, "siecibp"), clock().date()
        assert surveyreport.told(db, mlist, day, day)["en"] == ("“Potrzeby”", "  answered by 6 of 10 (60%); most chosen: Lekcje, Zbiory")
        assert surveyreport.told(db, mlist, day - 5 * DAY, day - DAY)["pl"] == ()


# ---- when somebody is reminded ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "slots"),
    [(1, []), (2, []), (3, [2]), (4, [2]), (6, [3]), (7, [3.5]), (8, [4, 7]), (14, [7, 13]), (60, [30, 59])],
)
def test_reminders_come_halfway_not_too_soon_and_a_day_before_the_end_of_what_lasts_long(site, office, now, days, slots):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), now)
        survey.closes_at = now + days * DAY

        assert [(at - now) / DAY for at in surveydays.reminders(survey)] == slots


def test_a_reminder_that_was_missed_is_not_made_up_for_twice(site, office, now):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), now)
        at = [now + days * DAY for days in (1, 7.1, 13.5, 15)]

        assert [surveydays.next_reminder(survey, one) for one in at] == [None, now + 7 * DAY, now + 13 * DAY, None]
        survey.reminded_at = now + 13.5 * DAY
        assert surveydays.next_reminder(survey, now + 13.9 * DAY) is None
