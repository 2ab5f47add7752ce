"""Choosing a date by mail: asked by a moderator, shown, sent by a word, answered with numbers, settled by a word, and then an ordinary meeting."""


from listserv.store import meetinglists
from listserv.store.meetings import MeetingState
from listserv.usecases import meetingdays
from tests.usecases.meet import meets, run, the

ZOFIA = "Zofia Lektura <mod@example.org>"
ASKED = "Dzień dobry,\n\nKiedy Państwu pasuje? 1) czwartek 12 marca 16.30 2) piątek 13 marca 16.30 3) wtorek 17 marca 17.00\n\nZofia"


def ask(office, site, text=ASKED, subject="Spotkanie z ekspertem"):
    meets(site)
    office.send(ZOFIA, "siecibp-meeting", subject, text, proven=True)
    return newest(office, "mod@example.org", "meeting-dates-preview")


def newest(office, to, kind):
    return [one for one in office.letters(to=to) if one.kind == kind][-1]


def asked(office, site):
    office.reply(ask(office, site), "WYŚLIJ")
    run(site)
    return newest(office, "halina@example.org", "meeting-dates")


def totals(site):
    with site.reading() as db:
        return meetinglists.choices(db, the(db, 1))


def state(site):
    with site.reading() as db:
        return the(db, 1).state


def test_a_question_is_shown_and_nobody_is_asked_before_the_word(office, site):
    shown = ask(office, site)

    assert "czwartek, 12 marca 2026, 16.30" in shown.text
    assert "3) wtorek, 17 marca 2026, 17.00" in shown.text
    run(site)
    assert not [one for one in office.letters() if one.kind == "meeting-dates"]
    assert state(site) is MeetingState.DRAFT

    office.reply(shown, "WYŚLIJ")
    run(site)
    assert {one.to for one in office.letters() if one.kind == "meeting-dates"} == {"owner@example.org", "mod@example.org", "halina@example.org", "marek@example.org"}
    assert state(site) is MeetingState.CHOOSING


def test_each_member_answers_with_numbers_and_the_last_answer_counts(office, site):
    letter = asked(office, site)

    office.reply(letter, "1, 3")
    assert totals(site) == {1: 1, 2: 0, 3: 1}
    noted = newest(office, "halina@example.org", "meeting-dates-noted")
    assert "czwartek, 12 marca" in noted.text
    assert "piątek" not in noted.text
    office.reply(noted, "tylko 2")
    office.reply(newest(office, "marek@example.org", "meeting-dates"), "wszystkie")

    assert totals(site) == {1: 1, 2: 2, 3: 1}
    with site.reading() as db:
        assert meetinglists.count_choosers(db, the(db, 1)) == 2


def test_an_answer_that_is_none_changes_nothing_and_says_so(office, site):
    letter = asked(office, site)
    office.reply(letter, "1")

    office.reply(letter, "A może w kwietniu?")

    assert totals(site) == {1: 1, 2: 0, 3: 0}
    assert "1, 3" in newest(office, "halina@example.org", "meeting-dates-noted").text


def test_a_question_beside_the_numbers_goes_to_the_moderators_and_the_letter_says_so(office, site):
    asked(office, site)
    letter = newest(office, "halina@example.org", "meeting-dates")
    office.reply(letter, "1, 3\n\nCzy będzie można dołączyć zdalnie?", sender="Halina Okładka <halina@example.org>")
    assert totals(site) == {1: 1, 2: 0, 3: 1}
    assert "zdalnie" in newest(office, "mod@example.org", "meeting-question").text
    assert "passed on to the moderators" in (told := newest(office, "halina@example.org", "meeting-dates-noted").text) or "przekazaliśmy moderatorom" in told


def test_machines_answer_nothing(office, site):
    letter = asked(office, site)
    before = len(office.letters())

    office.reply(letter, "1, 2", auto_submitted="auto-replied")

    assert totals(site) == {1: 0, 2: 0, 3: 0}
    assert len(office.letters()) == before


def test_a_moderator_chooses_and_sees_the_invitation_before_anybody_gets_it(office, site):
    letter = asked(office, site)
    office.reply(letter, "2")

    office.reply(newest(office, "mod@example.org", "meeting-dates-preview"), "WYBIERAM 2")

    assert state(site) is MeetingState.DRAFT
    shown = newest(office, "mod@example.org", "meeting-preview")
    assert "13 marca 2026, 16.30" in shown.text
    run(site)
    assert not [one for one in office.letters() if one.kind == "meeting-invitation"]
    office.reply(shown, "WYŚLIJ")
    run(site)
    assert {one.to for one in office.letters() if one.kind == "meeting-invitation"} == {"owner@example.org", "mod@example.org", "halina@example.org", "marek@example.org"}
    with site.reading() as db:
        meeting = the(db, 1)
        assert (meeting.state, meeting.starts_at.isoformat()) == (MeetingState.ANNOUNCED, "2026-03-13T15:30:00+00:00")


def test_a_member_chooses_nothing_for_all(office, site):
    letter = asked(office, site)

    office.reply(letter, "WYBIERAM 2")
    shown = newest(office, "mod@example.org", "meeting-dates-preview")
    office.reply(shown, "WYBIERAM 2", sender="obcy@example.org", proven=None)
    office.reply(shown, "WYBIERAM 2", proven=False)

    assert state(site) is MeetingState.CHOOSING


def test_what_is_no_date_is_asked_back_and_other_dates_are_shown_again(office, site):
    shown = ask(office, site, "Kiedy Państwu pasuje?\n1) czwartek 12 marca 16.30\n2) piątek 13 marca 16.30\n3) kiedyś w maju")
    assert "kiedyś w maju" in shown.text

    office.reply(shown, "1) 19 marca 16.30\n2) 20 marca 17.00")
    again = newest(office, "mod@example.org", "meeting-dates-preview")
    assert "19 marca 2026, 16.30" in again.text
    assert "12 marca" not in again.text
    office.reply(shown, "WYŚLIJ")
    assert state(site) is MeetingState.DRAFT, "this word was said of the older question"
    office.reply(again, "WYŚLIJ")

    assert state(site) is MeetingState.CHOOSING


def test_two_dates_that_are_no_question_are_a_meeting_like_any_other(office, site):
    meets(site)
    office.send(ZOFIA, "siecibp-meeting", "Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30", "Program: 1) powitanie 2) rozmowa 3) pytania\n", proven=True)

    assert not [one for one in office.letters() if one.kind == "meeting-dates-preview"]


def test_nobody_is_reminded_while_the_date_is_open(office, site):
    asked(office, site)

    with site.reading() as db:
        assert not meetingdays.owed(db, site.now())
