"""What the calendar does with surveys: letters in slices, reminders only to those who have not answered, and nothing twice."""

from datetime import timedelta

import pytest

from listserv.store.lists import list_by_name
from listserv.store.members import Status, member_by_key
from listserv.usecases import housekeeping, surveyanswers, surveyasking, surveydays, tracing
from tests import surveyed
from tests.conftest import add

DAY = timedelta(days=1)
EVERYBODY = {"owner@example.org", "mod@example.org", "halina@example.org", "marek@example.org"}


@pytest.fixture
def asked(site, office, now):
    with site.writing() as db:
        return surveyed.asked(db, list_by_name(db, "siecibp"), now).id


def written(office):
    return sorted(letter.to for letter in office.new_letters() if letter.kind == "survey-question")


def owed(site, at):
    with site.reading() as db:
        return [(one.what, one.at) for one in housekeeping.owed(db, at) if one.what.startswith("survey")]


def test_everybody_is_asked_once_in_slices_and_a_worker_that_dies_goes_on_where_it_was(site, office, asked, clock, monkeypatch):
    monkeypatch.setattr(surveydays, "SLICE", 2)
    with site.writing() as db:
        assert surveydays.run_due(db, clock(), 100) == 2
    first = written(office)
    with pytest.raises(ZeroDivisionError), site.writing() as db:
        surveydays.run_due(db, clock(), 100)
        raise ZeroDivisionError
    surveyed.due(site, clock())

    assert len(first) == 2 and sorted([*first, *written(office)]) == sorted(EVERYBODY)
    surveyed.due(site, clock.move(hours=1))
    assert written(office) == []
    with site.reading() as db:
        assert (surveyed.of(db, asked).asked, surveyed.of(db, asked).asked_upto) == (4, None)


def test_reminders_go_only_to_those_who_have_not_answered_and_also_to_who_came_since(site, office, asked, clock):
    surveyed.due(site, clock())
    assert len(written(office)) == 4
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        surveyed.answer(db, surveyed.of(db, asked), clock(), surveyed.user_of(db, "halina@example.org"))
        member_by_key(db, mlist, "marek@example.org").status = Status.PAUSED
        add(db, mlist, "nowa@example.org", clock(), name="Nowa Osoba")
    surveyed.due(site, clock.move(days=6))
    assert written(office) == []

    surveyed.due(site, clock.move(days=1, hours=1))
    assert written(office) == ["mod@example.org", "nowa@example.org", "owner@example.org"]
    surveyed.due(site, clock.move(days=3))
    assert written(office) == []
    surveyed.due(site, clock.move(days=3))
    assert written(office) == ["mod@example.org", "nowa@example.org", "owner@example.org"]


def test_reminders_of_an_anonymous_survey_know_who_has_answered_and_not_what(site, office, clock):
    with site.writing() as db:
        survey = surveyed.asked(db, list_by_name(db, "siecibp"), clock(), how="Ankieta jest anonimowa.")
    surveyed.due(site, clock())
    office.new_letters()
    with site.writing() as db:
        user = surveyed.user_of(db, "halina@example.org")
        surveyed.answer(db, surveyed.of(db, survey.id), clock(), user)
        assert surveyanswers.standing(db, surveyed.of(db, survey.id), user_id=user) == {}
    surveyed.due(site, clock.move(days=7))

    assert written(office) == sorted(EVERYBODY - {"halina@example.org"})


def test_what_is_owed_is_said_before_and_done_after(site, office, asked, clock):
    now = clock()
    assert owed(site, now) == [("survey", now)]
    surveyed.due(site, now)
    assert owed(site, now) == []
    assert owed(site, now + 7 * DAY) == [("survey-reminder", now + 7 * DAY)]
    assert [what for what, _ in owed(site, now + 14 * DAY)] == ["survey-closes", "survey-told"]

    surveyed.due(site, now + 14 * DAY)
    with site.reading() as db:
        assert {one.what for one in housekeeping.done(db) if one.what.startswith("survey")} == {"survey", "survey-closes", "survey-told"}
    assert owed(site, now + 15 * DAY) == []


def test_one_survey_that_cannot_be_asked_keeps_no_other_waiting(site, office, asked, clock, monkeypatch):
    with site.writing() as db:
        other = surveyed.asked(db, list_by_name(db, "siecibp"), clock(), subject="Inne").id
    ask = surveyasking.ask_slice
    monkeypatch.setattr(surveyasking, "ask_slice", lambda db, survey, *rest: 1 / 0 if survey.id == asked else ask(db, survey, *rest))
    surveyed.due(site, clock())

    assert written(office) == sorted(EVERYBODY)
    with site.reading() as db:
        assert (surveyed.of(db, asked).asked_upto, surveyed.of(db, other).asked_upto) == (0, None)


def test_a_survey_that_is_closed_early_writes_to_nobody_any_more(site, office, asked, clock, monkeypatch):
    from listserv.usecases import surveys
    from listserv.usecases.access import CONSOLE

    monkeypatch.setattr(surveydays, "SLICE", 1)
    with site.writing() as db:
        surveydays.run_due(db, clock(), 100)
        surveys.close(db, surveyed.of(db, asked), CONSOLE, clock())
    surveyed.due(site, clock.move(days=8))

    assert len(written(office)) == 1


def test_each_letter_has_a_message_id_of_its_own_and_a_reminder_stands_below_the_first_letter(site, office, asked, clock):
    surveyed.due(site, clock())
    first = {letter.to: letter.mail for letter in office.new_letters() if letter.kind == "survey-question"}
    surveyed.due(site, clock.move(days=7, hours=1))
    reminders = {letter.to: letter.mail for letter in office.new_letters() if letter.kind == "survey-question"}

    ids = [mail["Message-ID"] for mail in (*first.values(), *reminders.values())]
    assert set(first) == set(reminders) == EVERYBODY and len(set(ids)) == 8
    assert all(one.endswith("@lists.example.org>") and "fill" not in one for one in ids)
    assert {to: mail["References"] for to, mail in reminders.items()} == {to: mail["Message-ID"] for to, mail in first.items()}
    assert all(mail["In-Reply-To"] == mail["References"] for mail in reminders.values()) and not any(mail["References"] for mail in first.values())
    key = str(first["halina@example.org"]["Reply-To"]).partition("+")[2].partition("@")[0]
    assert key and not any(key in one for one in ids), "whoever quotes the letter's number hands on no key"


def test_the_letter_with_a_question_is_found_by_its_message_id(site, office, asked, clock):
    surveyed.due(site, clock())
    letter = next(one for one in office.letters(kind="survey-question") if one.to == "halina@example.org")

    with site.reading() as db:
        found = tracing.trace(db, str(letter.mail["Message-ID"]))
    assert len(found) == 1
