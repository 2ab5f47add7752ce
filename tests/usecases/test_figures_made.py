"""A list's figures of what it made together: by month and school year, and only where it is turned on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from listserv.store.bank import Material, MaterialUse, MaterialVersion
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.surveys import Mark, Survey, SurveyState
from listserv.usecases import figuretables, figurewords
from listserv.usecases.figuremade import Together
from listserv.usecases.figures import figures
from tests import archive_seeds as seeds
from tests.conftest import add

DAY = timedelta(days=1)
FEBRUARY = datetime(2026, 2, 10, 12, tzinfo=UTC)
DAYS = (date(2026, 2, 1), date(2026, 3, 31))
ON = ("materials", "meetings", "surveys")


@pytest.fixture
def made(db, mlist, now):
    """In February a material, a meeting of which somebody noted who came, and a question; in March a material that is used, and a meeting."""
    people = [add(db, mlist, f"o{number}@example.org", now, name=f"Osoba {number}").user_id for number in range(4)]
    message = seeds.thread(db, mlist, "Materiały", FEBRUARY).say("Osoba 0", "o0@example.org", "Są.")
    for number, (at, gone) in enumerate(((FEBRUARY, None), (now, None), (now, now)), 1):
        item = Material(list_id=mlist.id, number=number, title="Lekcja", first_at=at, newest_at=at, removed_at=gone)
        db.add(item)
        db.flush()
        db.add(MaterialVersion(material_id=item.id, list_id=mlist.id, sha256=f"{number:064}", message_id=message.id, dated_at=at))
        db.add(MaterialUse(material_id=item.id, user_id=people[1], used_at=now))
    for number, (at, came) in enumerate(((FEBRUARY, (True, False, None)), (now - DAY, (None, None)), (now + 20 * DAY, (None,))), 1):
        meeting = Meeting(list_id=mlist.id, number=number, state=MeetingState.ANNOUNCED, title="Spotkanie", starts_at=at, ends_at=at, timezone="Europe/Warsaw")
        meeting.uid, meeting.created_at, meeting.changed_at = f"{number}@lists.example.org", at, at
        db.add(meeting)
        db.flush()
        for user_id, there in zip(people, came, strict=False):
            db.add(Attendee(meeting_id=meeting.id, user_id=user_id, said=Said.YES, came=there, invited_at=at))
    survey = Survey(list_id=mlist.id, title="Kiedy?", state=SurveyState.CLOSED, made_at=FEBRUARY, sent_at=FEBRUARY, closed_at=now, asked=4)
    db.add_all([survey, Survey(list_id=mlist.id, title="Szkic", state=SurveyState.DRAFT, made_at=now)])
    db.flush()
    db.add_all([Mark(survey_id=survey.id, user_id=user_id) for user_id in people[:3]])
    mlist.materials = mlist.meetings = mlist.surveys = True
    db.flush()
    return message


def counted(db, mlist, now):
    return figures(db, mlist, *DAYS, today=now.date())


def test_what_was_made_is_counted_by_month_and_all_together(db, mlist, made, now):
    found = counted(db, mlist, now)

    february, march = (month.together for month in found.months)
    # Of the meeting in March nobody noted who came: those who said that they would.
    assert (february, march) == (Together(1, 0, 1, 3, 1, 1, 4, 3), Together(1, 2, 1, 2, 2))
    assert found.together == Together(2, 2, 2, 5, 3, 1, 4, 3) and found.together.share_who_answered == 0.75


def test_one_month_alone_is_counted_too(db, mlist, made, now):
    assert figures(db, mlist, date(2026, 2, 1), date(2026, 2, 28), today=now.date()).together == Together(1, 0, 1, 3, 1, 1, 4, 3)


def test_what_is_hidden_is_not_counted(db, mlist, made, now):
    made.hidden_at = now
    db.flush()
    assert counted(db, mlist, now).together.materials == 0


def test_tables_have_the_columns_of_what_is_turned_on_and_no_others(db, mlist, made, now):
    found = counted(db, mlist, now)
    assert figuretables.table(found).splitlines()[0] == (
        "month,threads,posts,writers,visits,materials,materials_used,meetings,meetings_invited,meetings_came,surveys,surveys_asked,surveys_answered"
    )
    assert figuretables.table(found).splitlines()[1].endswith(",1,0,1,3,1,1,4,3") and figuretables.table(found).splitlines()[-1].endswith(",2,2,2,5,3,1,4,3")
    facts = figuretables.facts(found)
    assert (facts["materials"], facts["meetings_share"], facts["surveys_share"], facts["months"][0]["meetings_came"]) == (2, 0.6, 0.75, 1)
    assert all(len(line.split(";")) == 13 for line in figuretables.spreadsheet(found, "pl").splitlines())


def test_where_it_is_turned_off_nothing_is_told(db, mlist, made, now):
    mlist.materials = mlist.surveys = mlist.meetings = False
    found = counted(db, mlist, now)
    assert figuretables.table(found).splitlines()[0] == "month,threads,posts,writers,visits"
    assert not any(key.startswith(("materials", "meetings", "surveys")) for key in (*figuretables.facts(found), *figuretables.facts(found)["months"][0]))
    mlist.meetings = True
    assert [line.label for line in figurewords.made_lines(counted(db, mlist, now), "en")] == ["Meetings", "Invited to them, and came"]


def test_the_lines_say_how_many_of_those_who_were_asked_answered(db, mlist, made, now):
    said = {line.label: line.value.replace("\N{NO-BREAK SPACE}", " ") for line in figurewords.lines(counted(db, mlist, now), "en")}
    assert said["Asked, and answered"] == "3 of 4 (75%)" and said["Invited to them, and came"] == "3 of 5 (60%)" and said["New materials"] == "2"
