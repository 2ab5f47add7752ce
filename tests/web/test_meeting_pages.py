"""Meetings in the browser: who sees what, answers without signing in, calendars to subscribe to, and what moderators do there."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from sqlalchemy import select

from listserv.store.lists import Archive, list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingChoice, MeetingState
from listserv.store.members import member_of
from listserv.store.queue import Letter
from listserv.usecases import administration, meetingfeeds, meetingletters
from listserv.usecases.access import CONSOLE
from tests.databases import contents
from tests.usecases.meet import STARTS, announced, answers, meets, run, say, the, until, user
from tests.web.readers import HOME, app, signed_in, stranger, words  # noqa: F401  (fixtures)

HALINA, MAREK, OWNER = "Halina Okładka", "Marek Regał", "owner@example.org"
PAGE = "/siecibp/meetings/1"


@pytest.fixture
def halina(app, site, network):
    return signed_in(app, site, "halina@example.org")


@pytest.fixture
def owner(app, site, network):
    with site.writing() as db:
        user(db, "Alina Zakładka").language = "en"
    return signed_in(app, site, OWNER)


def key(site, name=HALINA, number=1):
    """The link in this person's invitation."""
    with site.reading() as db:
        meeting = the(db, number)
        return urlsplit(meetingletters.answer_url(db, meeting, member_of(db, meeting.mlist, user(db, name).id))).path


def open_archive(site):
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = Archive.PUBLIC


def kinds(site):
    with site.reading() as db:
        return [one for one in db.scalars(select(Letter.kind).order_by(Letter.id)) if one.startswith("meeting")]


# ---- who sees what ------------------------------------------------------------------------------------------


def test_a_member_sees_who_comes_and_answers_with_a_button(site, halina):
    announced(site, seats=1)
    say(site, 1, MAREK, "yes")

    page = words(halina.page(PAGE))
    assert "Spotkanie z ekspertem" in page and "16:30–18:00 Warsaw time" in page and "https://meet.example.org/abc" in page
    assert "There is no answer of yours yet" in page and "Marek Regał" in page
    answer = halina.send(PAGE, do="answer", say="yes")
    assert answer.headers["Location"].endswith("?done=waiting")
    assert "number 1 on the waiting list" in words(halina.page(PAGE))
    halina.send(PAGE, do="answer", say="no")

    assert answers(site, 1)[HALINA] == "no"
    assert "You are not coming" in words(halina.page("/siecibp/meetings/")).replace("you", "You")


def test_a_stranger_sees_nothing_of_a_private_list_and_no_names_nor_link_of_a_public_one(site, stranger, halina):
    announced(site, text="Wejście: https://meet.example.org/abc, pytania: halina@example.org")
    say(site, 1, HALINA, "yes")
    private = ("/siecibp/meetings/", PAGE, f"{PAGE}.ics", "/siecibp/meetings.ics")
    assert {stranger.get(path).status_code for path in private} == {404}

    open_archive(site)

    for path in private:
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        said = answer.get_data(as_text=True)
        assert "Spotkanie z ekspertem" in said
        assert "Okładka" not in said and "meet.example.org/abc" not in said and "halina@example.org" not in said, path
    assert "Okładka" in halina.page(PAGE)


def test_where_meetings_are_off_there_are_no_pages_and_no_calendar(site, halina):
    announced(site)
    path = key(site)
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = False

    assert {halina.get(one).status_code for one in ("/siecibp/meetings/", PAGE, "/siecibp/meetings.ics", f"{PAGE}.ics", path)} == {404}
    assert "meetings" not in halina.page("/siecibp/")


def test_a_draft_is_for_moderators_alone(site, halina, owner):
    meets(site)
    owner.send("/siecibp/meetings/new", title="Tajne zebranie", day="2026-04-02", begins="16:30", ends="18:00")

    assert halina.get(PAGE).status_code == 404
    assert "Tajne" not in halina.page("/siecibp/meetings/")
    assert "Tajne zebranie" in owner.page("/siecibp/meetings/")


# ---- the key ------------------------------------------------------------------------------------------------


def test_a_key_opens_the_question_and_only_a_button_answers_it(site, stranger, network):
    announced(site)
    path = key(site)
    before = contents(site.engine)

    stranger.get(path, headers={"User-Agent": "SafeLinks scanner"})
    stranger.head(path)
    page = stranger.page(f"{path}?say=no")
    assert contents(site.engine) == before
    assert "Spotkanie z ekspertem" in page and 'value="no" class="main"' in page and "h…@example.org" in page
    answer = stranger.send(path, say="maybe")

    assert "You may come" in words(answer.get_data(as_text=True))
    assert answers(site, 1)[HALINA] == "maybe"


@pytest.mark.parametrize("token", ["m" + "a" * 30, "x" + "a" * 24, "kawa", "maaa"])
def test_a_wrong_key_leads_to_a_page_that_helps(site, stranger, network, token):
    meets(site)

    answer = stranger.get(f"/r/meeting/{token}")

    assert answer.status_code == 404
    assert "reply to the letter" in words(answer.get_data(as_text=True))
    assert stranger.get(f"/r/calendar/{token}.ics").status_code == 404


def test_the_key_of_somebody_who_left_opens_nothing(site, stranger, network):
    announced(site)
    path = key(site)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        administration.remove_member(db, member_of(db, mlist, user(db, HALINA).id), CONSOLE, site.now())

    assert stranger.get(path).status_code == 404


def test_what_is_over_or_cancelled_takes_no_answer(site, stranger, owner):
    announced(site)
    path = key(site)
    page = stranger.page(path)
    token = re.search(r'name="form" value="([^"]+)"', page)[1]
    owner.send(PAGE, do="cancel")

    assert "does not take place" in words(stranger.post(path, data={"form": token, "say": "yes"}).get_data(as_text=True))
    until(site, STARTS, hours=-2)
    assert answers(site, 1)[HALINA] == "none"


def test_nonsense_in_a_form_is_refused_and_changes_nothing(site, stranger, halina):
    announced(site)
    path = key(site)

    assert stranger.send(path, say="perhaps").status_code == 400
    assert halina.send(PAGE, do="answer", say="").status_code == 400
    assert halina.send(PAGE, do="cancel").status_code == 404
    assert halina.send(PAGE, do="seats", seats="1").status_code == 404
    assert answers(site, 1)[HALINA] == "none"


# ---- those who decide ---------------------------------------------------------------------------------------


def test_a_meeting_is_prepared_shown_corrected_and_only_then_sent(site, owner):
    meets(site)
    answer = owner.send("/siecibp/meetings/new", title="Zebranie", day="2026-04-02", begins="16:30", ends="18:00", place="sala 2", seats="20")
    assert answer.headers["Location"].endswith("/siecibp/meetings/1?done=drafted")
    page = words(owner.page(PAGE))
    assert "Thursday, 2 April 2026, 16:30–18:00" in page and "nobody has been invited" in page and "Invite 4 people" in page
    owner.send(f"{PAGE}/edit", title="Zebranie wiosenne", day="2026-04-02", begins="17:00", ends="18:00", place="sala 2", seats="20")
    assert "17:00–18:00" in words(owner.page(PAGE))
    run(site)
    assert not kinds(site)

    with site.reading() as db:
        revision = the(db, 1).revision
    assert owner.send(PAGE, do="send", revision=str(revision - 1)).status_code == 409
    assert owner.send(PAGE, do="send", revision=str(revision)).status_code == 303
    run(site)

    assert kinds(site).count("meeting-invitation") == 4
    with site.reading() as db:
        assert the(db, 1).state is MeetingState.ANNOUNCED


@pytest.mark.parametrize(
    "typed",
    [{"title": ""}, {"day": "wczoraj"}, {"day": "2026-01-01"}, {"begins": "rano"}, {"seats": "0"}, {"seats": "wiele"}, {"seats": "99999"}, {"url": "javascript:alert(1)"}],
)
def test_a_form_that_cannot_be_right_is_shown_again_with_what_was_typed(site, owner, typed):
    meets(site)
    fields = {"title": "Zebranie", "day": "2026-04-02", "begins": "16:30", "ends": "", "place": "sala <2>"} | typed

    answer = owner.send("/siecibp/meetings/new", **fields)

    assert answer.status_code == 400
    assert "sala &lt;2&gt;" in answer.get_data(as_text=True)
    with site.reading() as db:
        assert db.scalar(select(Meeting)) is None


def test_cancelling_asks_a_second_time_and_tells_everybody(site, owner):
    announced(site)

    assert "Cancel this meeting?" in words(owner.page(f"{PAGE}?ask=cancel"))
    with site.reading() as db:
        assert the(db, 1).state is MeetingState.ANNOUNCED
    owner.send(PAGE, do="cancel")
    run(site)

    assert kinds(site).count("meeting-invitation") == 8
    assert "Cancelled" in words(owner.page(PAGE))


def test_a_change_of_an_announced_meeting_is_shown_before_it_is_told(site, owner, halina):
    announced(site)
    owner.send(f"{PAGE}/edit", title="Spotkanie z ekspertem", day="2026-03-13", begins="16:30", ends="18:00")

    page = words(owner.page(PAGE))
    assert "A change that nobody knows of yet" in page and "13 March" in page and "Tell 4 people" in page
    assert "13 March" not in words(halina.page(PAGE))
    with site.reading() as db:
        revision = the(db, 1).revision
    owner.send(PAGE, do="send", revision=str(revision))
    run(site)

    assert "13 March" in words(halina.page(PAGE))
    assert kinds(site).count("meeting-invitation") == 8


def test_more_seats_let_those_who_wait_in(site, owner):
    announced(site, seats=1)
    say(site, 1, MAREK, "yes")
    say(site, 1, HALINA, "yes")

    owner.send(PAGE, do="seats", seats="2")

    assert answers(site, 1)[HALINA] == "yes"
    assert "meeting-seat" in kinds(site)


def test_who_came_is_noted_on_the_page(app, site, owner):
    announced(site)
    say(site, 1, MAREK, "yes")
    say(site, 1, HALINA, "maybe")
    assert owner.send(PAGE, do="came", came="1").status_code == 409, "it has not begun"
    until(site, STARTS, hours=-2)
    with site.reading() as db:
        marek = user(db, MAREK).id
    owner, halina = signed_in(app, site, OWNER), signed_in(app, site, "halina@example.org")

    assert "Who was there?" in words(owner.page(PAGE))
    owner.send(PAGE, do="came", came=str(marek))

    with site.reading() as db:
        assert {one.user.name: one.came for one in db.scalars(select(Attendee)) if one.came is not None} == {MAREK: True, HALINA: False}
    assert "1 person was there" in words(halina.page(PAGE))


def test_anybody_on_the_list_can_be_noted_as_present_and_nobody_else(app, site, owner, stranger):
    announced(site)
    say(site, 1, MAREK, "yes")
    until(site, STARTS, hours=-2)
    owner, halina = signed_in(app, site, OWNER), signed_in(app, site, "halina@example.org")
    with site.reading() as db:
        marek = user(db, MAREK).id

    for unknown in ("Obcy Człowiek", "obcy@example.net"):
        answer = owner.send(PAGE, do="came", came=str(marek), also=f"halina okladka\n{unknown}")
        assert answer.status_code == 400 and unknown in answer.text and "halina okladka" in answer.text
    with site.reading() as db:
        assert not [one for one in db.scalars(select(Attendee)) if one.came is not None]

    owner.send(PAGE, do="came", came=str(marek), also="halina okladka\n Zofia <mod@example.org> \n")
    with site.reading() as db:
        assert {one.user.name for one in db.scalars(select(Attendee)) if one.came} == {MAREK, HALINA, "Zofia Lektura"}
    assert "3 people were there" in words(halina.page(PAGE)) and "Came without having answered" in words(halina.page(PAGE))
    assert " checked" in owner.page(PAGE).rpartition("<span>Zofia Lektura")[0].rpartition("<input")[2]

    owner.send(PAGE, do="came", came=str(marek))
    assert "1 person was there" in words(halina.page(PAGE)) and "Came without having answered" not in words(halina.page(PAGE))


def test_where_nobody_had_answered_somebody_can_be_noted_all_the_same(app, site, owner):
    announced(site)
    until(site, STARTS, hours=-2)
    owner = signed_in(app, site, OWNER)

    assert "Who was there?" in words(owner.page(PAGE))
    owner.send(PAGE, do="came", also="marek@example.org")
    assert "1 person was there" in words(owner.page(PAGE))


# ---- choosing a date ----------------------------------------------------------------------------------------


def test_dates_are_chosen_on_the_page_or_by_the_key_and_settled_there(office, site, owner, halina, stranger):
    meets(site)
    office.send(
        "Alina Zakładka <owner@example.org>", "siecibp-meeting", "Spotkanie", "Kiedy Państwu pasuje? 1) 12 marca 16.30 2) 13 marca 16.30 3) 17 marca 17.00", proven=True
    )
    with site.reading() as db:
        revision = the(db, 1).revision
    assert "Ask 4 people which date suits" in words(owner.page(PAGE))
    owner.send(PAGE, do="send", revision=str(revision))
    run(site)

    halina.send(PAGE, do="answer", date=["1", "3"])
    stranger.send(key(site, MAREK), date=["3"])
    page = words(halina.page(PAGE))
    assert "suits 2 people" in page and "2 people have answered" in page
    assert halina.send(PAGE, do="answer", date=["7"]).status_code == 400
    owner.send(PAGE, do="pick", date="3")

    with site.reading() as db:
        assert the(db, 1).state is MeetingState.DRAFT
        assert the(db, 1).starts_at.isoformat() == "2026-03-17T16:00:00+00:00"
        assert db.scalar(select(MeetingChoice)) is None
    assert "17:00–18:00" in words(owner.page(PAGE))


# ---- calendars ----------------------------------------------------------------------------------------------


def test_a_members_own_calendar_tells_what_they_answered_and_can_be_ended(site, halina, stranger):
    announced(site)
    say(site, 1, HALINA, "yes")
    assert "Make an address for my calendar" in halina.page("/me/feeds")
    halina.send("/me/calendar", "/me/feeds")
    first = re.search(rf"{HOME}(/r/calendar/[a-z2-7]+\.ics)", halina.page("/me/feeds"))[1]

    answer = stranger.get(first)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = icalendar.Calendar.from_ical(answer.data)
    (event,) = found.walk("VEVENT")
    assert "Listy" in found["X-WR-CALNAME"]
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert event.decoded("DTSTART").isoformat() == "2026-03-12T16:30:00+01:00"
    assert stranger.get(first, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304

    halina.send("/me/calendar", "/me/feeds")
    assert stranger.get(first).status_code == 404
    second = re.search(rf"{HOME}(/r/calendar/[a-z2-7]+\.ics)", halina.page("/me/feeds"))[1]
    assert stranger.get(second).status_code == 200


def test_a_private_lists_calendar_opens_with_a_members_key(site, stranger, halina):
    announced(site)
    with site.reading() as db:
        meeting = the(db, 1)
        address = meetingfeeds.list_address(db, member_of(db, meeting.mlist, user(db, HALINA).id)).removeprefix(HOME)
    assert address.startswith("/siecibp/meetings.ics?key=")
    assert address in halina.page("/siecibp/meetings/").replace("&amp;", "&")

    answer = stranger.get(address)

    (event,) = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert "ATTENDEE" not in event
    assert event["URL"] == "https://meet.example.org/abc"
    assert stranger.get("/siecibp/meetings.ics").status_code == 404


def test_calendars_keep_half_past_four_on_both_sides_of_the_change_and_tell_of_what_was_cancelled(site, stranger, owner):
    announced(site)
    for day in ("2026-03-26", "2026-04-02"):
        owner.send("/siecibp/meetings/new", title=f"Zebranie {day}", day=day, begins="16:30", ends="18:00")
    with site.reading() as db:
        revisions = {number: the(db, number).revision for number in (2, 3)}
    for number in (2, 3):
        owner.send(f"/siecibp/meetings/{number}", do="send", revision=str(revisions[number]))
    owner.send(PAGE, do="cancel")
    open_archive(site)

    events = icalendar.Calendar.from_ical(stranger.get("/siecibp/meetings.ics").data).walk("VEVENT")

    assert [one.decoded("DTSTART").isoformat() for one in events] == ["2026-03-12T16:30:00+01:00", "2026-03-26T16:30:00+01:00", "2026-04-02T16:30:00+02:00"]
    assert [str(one["STATUS"]) for one in events] == ["CANCELLED", "CONFIRMED", "CONFIRMED"]


def test_a_meeting_can_be_put_into_ones_own_calendar(site, halina):
    announced(site)

    answer = halina.get(f"{PAGE}.ics")

    assert "siecibp-1.ics" in answer.headers["Content-Disposition"]
    assert len(icalendar.Calendar.from_ical(answer.data).walk("VEVENT")) == 1


def test_past_meetings_stand_below_those_to_come(app, site, network):
    announced(site)
    until(site, STARTS + timedelta(days=3))

    page = words(signed_in(app, site, "halina@example.org").page("/siecibp/meetings/"))

    assert "No meeting is planned" in page
    assert page.index("Past") < page.index("Spotkanie z ekspertem")


@pytest.mark.parametrize(
    "typed", [{"seats": "000001999999999999"}, {"seats": "²"}, {"day": "9999-12-31", "begins": "23:30"}, {"day": "0001-01-01"}, {"begins": "16:30+99:00"}]
)
def test_a_hostile_form_is_an_ordinary_refusal(site, owner, typed):
    meets(site)

    assert owner.send("/siecibp/meetings/new", **({"title": "Zebranie", "day": "2026-04-02", "begins": "16:30", "ends": ""} | typed)).status_code == 400


def test_odd_letters_in_a_form_are_kept_as_far_as_a_database_can_and_shown_as_words(site, owner):
    meets(site)
    answer = owner.send("/siecibp/meetings/new", title="<b>Zebranie</b>\0\ud7ff\r\nX: y", day="2026-04-02", begins="16.30", text="\0\x07 słowa", place="sala\n2")

    assert answer.status_code == 303
    page = owner.page(PAGE)
    assert "<b>Zebranie" not in page and "&lt;b&gt;Zebranie" in page
