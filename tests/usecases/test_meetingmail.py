"""`LIST-meeting@`: a plain letter becomes a meeting, is shown, and goes out by a word; calendars and words answer it."""

import email
import email.policy
from datetime import UTC, datetime

import pytest
from icalendar import Calendar
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said, Way, counts
from listserv.store.people import User
from listserv.store.queue import State
from listserv.usecases import housekeeping
from tests.conftest import add
from tests.office import aligned, mail

OWNER, HALINA, MEETING = "Alina Zakładka <owner@example.org>", "Halina Okładka <halina@example.org>", "siecibp-meeting"
EVERYBODY = [f"{name}@example.org" for name in ("owner", "mod", "halina", "marek", "anna", "john")]
PLAIN = "Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30, online, https://meet.example.org/abc\n\nOpowie o czytaniu na głos.\n"


@pytest.fixture
def circle(site, office, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.meetings = True
        add(db, mlist, "anna@example.org", now, name="Anna Nowa", language="pl")
        add(db, mlist, "john@example.org", now, name="John Page", language="en")
    return office


def run(site):
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def meeting_of(site):
    with site.reading() as db:
        return db.scalars(select(Meeting).order_by(Meeting.id.desc())).first()


def last(office, kind, to=None):
    return office.letters(to=to, kind=kind)[-1]


def announced(office, site, text=PLAIN):
    assert office.send(OWNER, MEETING, "Spotkanie", text, proven=True) is State.DRAFT
    assert office.reply(last(office, "meeting-preview"), "WYŚLIJ") is State.ANSWERED
    run(site)
    return last(office, "meeting-invitation", "anna@example.org")


def ics_of(sent):
    part = next(part for part in sent.mail.walk() if part.get_content_type() == "text/calendar")
    return part, Calendar.from_ical(part.get_payload(decode=True))


def event_of(sent):
    return next(one for one in ics_of(sent)[1].walk("VEVENT"))


def row_of(site, email):
    with site.reading() as db:
        return db.scalar(select(Attendee).join(User, User.id == Attendee.user_id).join(User.addresses).where(User.addresses.any(email=email)))


def reply_ics(sent, partstat, *, method="REPLY", attendee="anna@example.org", sequence=None, uid=None, start=None):
    event = event_of(sent)
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT",
        f"DTSTART:{start or event['dtstart'].dt.astimezone(UTC).strftime('%Y%m%dT%H%M%SZ')}", f"UID:{uid or event['uid']}",
        f"SEQUENCE:{event['sequence'] if sequence is None else sequence}", f"ORGANIZER:{event['organizer']}",
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Anna:mailto:{attendee}", "DTSTAMP:20260303T100000Z", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def answer_by_calendar(office, sent, partstat, *, sender="Anna Nowa <anna@example.org>", proven=True, headers=b"", **more):
    to = str(sent.mail["Reply-To"])
    ics = reply_ics(sent, partstat, **more)
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: Accepted: x\r\nMessage-ID: <cal.{abs(hash((ics, sender)))}@example.org>\r\nDate: Tue, 03 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n".encode()
    body = b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAnna accepted.\r\n--b\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n' + ics + b"\r\n--b--\r\n"
    raw = head + headers + body
    return office.deliver(aligned(raw, "pass" if proven else "fail") if proven is not None else raw, to)


def test_what_was_understood_is_shown_and_nobody_hears_before_the_word(circle, site):
    assert circle.send(OWNER, MEETING, "Spotkanie", PLAIN, proven=True) is State.DRAFT
    run(site)

    (shown,) = circle.new_letters()
    assert shown.kind == "meeting-preview" and shown.to == "owner@example.org"
    for fact in ("Spotkanie z ekspertem", "czwartek, 12 marca 2026, 16.30–17.30 czasu polskiego", "online", "https://meet.example.org/abc", "Opowie o czytaniu"):
        assert fact in shown.text, fact
    assert meeting_of(site).state is MeetingState.DRAFT and not circle.posts()


def test_the_word_invites_everybody_in_words_and_for_calendars_and_opens_a_thread(circle, site):
    sent = announced(circle, site)

    assert {one.to for one in circle.letters(kind="meeting-invitation")} == set(EVERYBODY)
    part, calendar = ics_of(sent)
    event = event_of(sent)
    assert part.get_param("method") == "REQUEST" and calendar["method"] == "REQUEST" and event["sequence"] == 0
    assert event["dtstart"].dt.astimezone(UTC) == datetime(2026, 3, 12, 15, 30, tzinfo=UTC) and str(event["summary"]) == "Spotkanie z ekspertem"
    assert str(event["organizer"]) == f"mailto:{sent.mail['Reply-To']}" and str(event["attendee"]) == "mailto:anna@example.org"
    assert event["attendee"].params["RSVP"] == "TRUE" and str(event["location"]) == "online"
    assert sent.mail.get_content_type() == "multipart/mixed" and any(one.get_filename() == "invite.ics" for one in sent.mail.walk())
    assert "BĘDĘ" in sent.text or "COMING" in sent.text
    addresses = {str(one.mail["Reply-To"]) for one in circle.letters(kind="meeting-invitation")}
    assert len(addresses) == 6
    (post,) = circle.posts()
    assert post["Subject"] == "Spotkanie z ekspertem" and "meet.example.org" not in post.get_body().get_content()
    assert meeting_of(site).message_id


@pytest.mark.parametrize(("words", "said"), [("BĘDĘ", Said.YES), ("Niestety nie dam rady", Said.NO), ("może", Said.MAYBE), ("I'll be there", Said.YES)])
def test_an_ordinary_word_is_counted_and_echoed(circle, site, words, said):
    sent = announced(circle, site)

    assert circle.reply(sent, words) is State.ANSWERED
    assert row_of(site, "anna@example.org").said is said and row_of(site, "anna@example.org").way is Way.MAIL
    echo = last(circle, "meeting-echo")
    assert echo.to == "anna@example.org" and "Spotkanie z ekspertem" in echo.text


@pytest.mark.parametrize(("partstat", "said"), [("ACCEPTED", Said.YES), ("DECLINED", Said.NO), ("TENTATIVE", Said.MAYBE)])
def test_a_calendars_answer_is_counted_though_a_machine_wrote_it(circle, site, partstat, said):
    sent = announced(circle, site)

    assert answer_by_calendar(circle, sent, partstat, attendee="somebody.else@example.org", headers=b"Auto-Submitted: auto-replied\r\n") is State.ANSWERED
    assert (row_of(site, "anna@example.org").said, row_of(site, "anna@example.org").way) == (said, Way.CALENDAR)


def test_the_last_answer_counts_and_there_is_one_row(circle, site):
    sent = announced(circle, site)
    circle.reply(sent, "BĘDĘ")
    answer_by_calendar(circle, sent, "DECLINED")
    circle.reply(sent, "jednak będę")

    with site.reading() as db:
        assert counts(db, db.get(Meeting, 1))["yes"] == 1
        assert len(db.scalars(select(Attendee)).all()) == 6


def test_a_holiday_notice_never_counts(circle, site):
    sent = announced(circle, site)
    assert circle.reply(sent, "Będę na urlopie do 20 marca, będę odpowiadać później.", auto_submitted="auto-replied") is State.DISCARDED
    assert row_of(site, "anna@example.org").said is Said.NONE


def test_an_answer_from_a_stranger_to_whom_it_was_passed_on_counts_for_nobody(circle, site):
    sent = announced(circle, site)
    assert circle.reply(sent, "BĘDĘ", sender="obca@elsewhere.example") is State.ANSWERED
    assert row_of(site, "anna@example.org").said is Said.NONE
    assert last(circle, "meeting-echo").to == "anna@example.org"
    assert circle.reply(sent, "BĘDĘ", proven=False) is State.ANSWERED
    assert row_of(site, "anna@example.org").said is Said.NONE


def test_a_colleague_to_whom_it_was_passed_on_answers_for_themselves(circle, site):
    sent = announced(circle, site)
    circle.reply(sent, "Będę", sender="john@example.org")
    assert row_of(site, "john@example.org").said is Said.YES and row_of(site, "anna@example.org").said is Said.NONE


def test_what_nobody_understands_reaches_the_moderators_and_the_person_knows(circle, site):
    sent = announced(circle, site)
    assert circle.reply(sent, "Proszę o fakturę na szkołę.") is State.ANSWERED
    asked = last(circle, "meeting-question")
    assert asked.to == "mod@example.org" and "fakturę" in asked.text and str(asked.mail["Reply-To"]) == "anna@example.org"
    assert "fakturę" in last(circle, "meeting-echo").text


@pytest.mark.parametrize("words", ["Będę. Czy będzie nagranie?", "Nie będę.\n\nProszę o przesłanie materiałów."])
def test_the_echo_says_that_other_words_of_an_answer_went_to_the_moderators(circle, site, words):
    sent = announced(circle, site)
    circle.reply(sent, words)
    asked, echo = last(circle, "meeting-question"), last(circle, "meeting-echo")
    assert asked.to == "mod@example.org" and words.split()[-1] in asked.text
    assert echo.to == "anna@example.org" and "przekazaliśmy moderatorom" in echo.text
    circle.reply(echo, "BĘDĘ")
    assert "moderatorom" not in last(circle, "meeting-echo").text


def test_the_echo_promises_nothing_where_the_moderators_got_nothing(circle, site):
    sent = announced(circle, site)
    for what in ("nagranie", "kawa", "parking", "winda", "tłumacz"):
        circle.reply(sent, f"Będę. Czy będzie {what}?")
    assert len(circle.letters(to="mod@example.org", kind="meeting-question")) == 4
    assert "moderatorom" not in last(circle, "meeting-echo").text


def test_a_moved_date_is_shown_then_told_with_the_next_sequence_and_asked_again(circle, site):
    sent = announced(circle, site)
    circle.reply(sent, "BĘDĘ")
    told = last(circle, "meeting-told")
    assert circle.reply(told, "TERMIN: 19 marca 2026") is State.ANSWERED
    run(site)
    assert len(circle.letters(kind="meeting-invitation")) == 6, "only shown"
    assert "19 marca 2026, 16.30–17.30" in last(circle, "meeting-preview").text

    circle.reply(last(circle, "meeting-preview"), "WYŚLIJ")
    run(site)
    moved = last(circle, "meeting-invitation", "anna@example.org")
    assert event_of(moved)["sequence"] == 1 and event_of(moved)["uid"] == event_of(sent)["uid"]
    assert row_of(site, "anna@example.org").said is Said.NONE
    # Of the older date: asked once more.
    assert answer_by_calendar(circle, sent, "ACCEPTED", sequence=0) is State.ANSWERED
    assert row_of(site, "anna@example.org").said is Said.NONE
    assert answer_by_calendar(circle, moved, "ACCEPTED") is State.ANSWERED
    assert row_of(site, "anna@example.org").said is Said.YES


def test_to_call_it_off_takes_two_words(circle, site):
    announced(circle, site)
    assert circle.reply(last(circle, "meeting-told"), "ODWOŁAJ") is State.ANSWERED
    assert meeting_of(site).state is MeetingState.ANNOUNCED
    assert circle.reply(last(circle, "meeting-preview"), "TAK") is State.ANSWERED
    run(site)
    gone = last(circle, "meeting-invitation", "anna@example.org")
    part, calendar = ics_of(gone)
    assert part.get_param("method") == calendar["method"] == "CANCEL" and event_of(gone)["sequence"] == 1 and event_of(gone)["status"] == "CANCELLED"
    circle.reply(gone, "BĘDĘ")
    assert row_of(site, "anna@example.org").said is Said.NONE


def test_a_forged_word_sends_nothing(circle, site):
    circle.send(OWNER, MEETING, "Spotkanie", PLAIN, proven=True)
    shown = last(circle, "meeting-preview")
    circle.reply(shown, "WYŚLIJ", proven=None)
    assert meeting_of(site).state is MeetingState.DRAFT
    again = last(circle, "confirm-decision")
    circle.reply(shown, "WYŚLIJ", proven=False)
    assert meeting_of(site).state is MeetingState.DRAFT
    circle.reply(again, "WYŚLIJ", proven=None)
    assert meeting_of(site).state is MeetingState.ANNOUNCED


def test_a_word_about_an_older_draft_shows_the_newer_one(circle, site):
    circle.send(OWNER, MEETING, "Spotkanie", PLAIN, proven=True)
    shown = last(circle, "meeting-preview")
    circle.reply(shown, "MIEJSCE: w Bibliotece Głównej\nMIEJSC: 20")
    circle.reply(shown, "WYŚLIJ")
    assert meeting_of(site).state is MeetingState.DRAFT and (meeting_of(site).place, meeting_of(site).seats) == ("w Bibliotece Głównej", 20)
    circle.reply(last(circle, "meeting-preview"), "WYŚLIJ")
    assert meeting_of(site).state is MeetingState.ANNOUNCED


def test_a_weekday_that_is_none_is_asked_and_never_guessed(circle, site):
    circle.send(OWNER, MEETING, "Spotkanie z ekspertem", "środa 12 marca 2026 godz. 16.30", proven=True)
    shown = last(circle, "meeting-preview")
    assert "czwartek" in shown.text and "środa" in shown.text
    circle.reply(shown, "WYŚLIJ")
    assert meeting_of(site).state is MeetingState.DRAFT
    circle.reply(shown, "MIEJSCE: online")
    circle.reply(last(circle, "meeting-preview"), "WYŚLIJ")
    assert meeting_of(site).state is MeetingState.DRAFT, "still asked"
    circle.reply(last(circle, "meeting-preview"), "TERMIN: 12 marca 2026")
    circle.reply(last(circle, "meeting-preview"), "WYŚLIJ")
    assert meeting_of(site).state is MeetingState.ANNOUNCED


def test_a_member_who_does_not_moderate_is_passed_on(circle, site):
    assert circle.send("Anna Nowa <anna@example.org>", MEETING, "Spotkanie", PLAIN, proven=True) is State.FORWARDED
    assert meeting_of(site) is None and last(circle, "meeting-not-yours").to == "anna@example.org"


def test_an_attached_calendar_file_is_the_meeting(circle, site):
    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTART;TZID=Europe/Warsaw:20260330T163000\r\nDTEND;TZID=Europe/Warsaw:20260330T180000\r\n"
        "SUMMARY:Warsztaty\r\nLOCATION:Biblioteka\\, sala 2\r\nDESCRIPTION:Pierwsza\\nDruga\r\nURL:https://example.org/w\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    raw = mail(OWNER, "siecibp-meeting@lists.example.org", "Warsztaty", "W załączniku.")
    letter = email.message_from_bytes(raw, policy=email.policy.SMTP)
    letter.add_attachment(ics.encode(), maintype="text", subtype="calendar", filename="w.ics")
    assert circle.deliver(aligned(letter.as_bytes()), "siecibp-meeting@lists.example.org") is State.DRAFT
    meeting = meeting_of(site)
    assert meeting.starts_at == datetime(2026, 3, 30, 14, 30, tzinfo=UTC) and meeting.ends_at == datetime(2026, 3, 30, 16, 0, tzinfo=UTC), "summer time"
    assert (meeting.title, meeting.place, meeting.url, meeting.text) == ("Warsztaty", "Biblioteka, sala 2", "https://example.org/w", "Pierwsza\nDruga")


def test_an_hour_that_comes_twice_or_never_is_remarked_on_and_a_word_changes_it(circle, site):
    night = "Nocna lektura, niedziela 25 października 2026 godz. 2.30–4.00, online"
    assert circle.send(OWNER, MEETING, "Nocna lektura", night, proven=True) is State.DRAFT
    preview = last(circle, "meeting-preview")
    assert "Godzina 2.30 zdarza się 25 października 2026 dwa razy" in " ".join(preview.text.split())
    assert meeting_of(site).starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "summer time still"
    circle.reply(preview, "GODZINA: 3.30")
    assert "dwa razy" not in last(circle, "meeting-preview").text

    ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Noc\r\nDTSTART;TZID=Europe/Warsaw:20260329T023000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    letter = email.message_from_bytes(mail(OWNER, "siecibp-meeting@lists.example.org", "Noc", "W załączniku."), policy=email.policy.SMTP)
    letter.add_attachment(ics.encode(), maintype="text", subtype="calendar", filename="w.ics")
    assert circle.deliver(aligned(letter.as_bytes()), "siecibp-meeting@lists.example.org") is State.DRAFT
    preview = last(circle, "meeting-preview")
    assert "29 marca 2026 nie ma godziny 2.30" in " ".join(preview.text.split()) and "przyjmujemy 3.30" in " ".join(preview.text.split())


def test_another_time_that_is_proposed_goes_to_the_moderators(circle, site):
    sent = announced(circle, site)
    answer_by_calendar(circle, sent, "TENTATIVE", method="COUNTER", start="20260313T153000Z")
    asked = last(circle, "meeting-question")
    assert "13 marca 2026" in asked.text or "13 March 2026" in asked.text
    assert row_of(site, "anna@example.org").said is Said.NONE and last(circle, "meeting-echo").to == "anna@example.org"


def test_the_switch_is_off_and_there_is_no_such_address(site, office):
    assert office.send(OWNER, MEETING, "Spotkanie", PLAIN, proven=True) is not State.DRAFT


CLIENTS = {
    "Outlook": (
        'Content-Type: text/calendar; charset="utf-8"; method=REPLY\r\nContent-Transfer-Encoding: base64\r\nContent-class: urn:content-classes:calendarmessage\r\n\r\n',
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:Central European Standard Time\r\nEND:VTIMEZONE\r\n"
        "BEGIN:VEVENT\r\nATTENDEE;PARTSTAT={said};CN=Anna Nowa:MAILTO:ANNA@example.org\r\nCOMMENT;LANGUAGE=pl-PL:\\n\r\nUID:{uid}\r\nSUMMARY;LANGUAGE=pl-PL:Zaakceptowano: Spotkanie\r\n"
        "DTSTART;TZID=Central European Standard Time:20260312T163000\r\nDTEND;TZID=Central European Standard Time:20260312T173000\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\nDTSTAMP:20260303T100000Z\r\n"
        "SEQUENCE:0\r\nX-MICROSOFT-CDO-APPT-SEQUENCE:0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "",
    ),
    "Gmail": (
        'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset="UTF-8"\r\n\r\nAnna Nowa has accepted.\r\n'
        '--b\r\nContent-Type: text/html; charset="UTF-8"\r\n\r\n<p>Anna Nowa has accepted.</p>\r\n--b\r\nContent-Type: text/calendar; charset="UTF-8"; method=REPLY\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nDTSTART:20260312T153000Z\r\nDTEND:20260312T163000Z\r\n"
        "DTSTAMP:20260303T100000Z\r\nORGANIZER;CN=Sieć BP:mailto:{to}\r\nUID:{uid}\r\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said};CN=Anna\r\n  Nowa;X-NUM-GUESTS=0:mailto:anna.nowa@gmail.example\r\n"
        "CREATED:20260303T090000Z\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\nSUMMARY:Spotkanie\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "\r\n--b--\r\n--m\r\nContent-Type: application/ics; name=invite.ics\r\nContent-Disposition: attachment; filename=invite.ics\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--m--\r\n",
    ),
    "Apple": (
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n--b\r\nContent-Type: text/calendar; charset=utf-8; method=REPLY; name=iCal-20260303.ics\r\nContent-Transfer-Encoding: 7bit\r\n\r\n',
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Apple Inc.//iCloud 2026//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260303T100000Z\r\nDTSTART;TZID=Europe/Warsaw:20260312T163000\r\n"
        "ATTENDEE;CN=Anna Nowa;EMAIL=anna@example.org;PARTSTAT={said}:/aMTQ0/principal/\r\nORGANIZER:mailto:{to}\r\nSEQUENCE:0\r\nREQUEST-STATUS:2.0;Success\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "\r\n--b--\r\n",
    ),
    "Thunderbird": (
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary="c"\r\n\r\n--c\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nAnna Nowa <anna@example.org> przyjmuje zaproszenie.\r\n'
        "--c\r\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\r\n\r\n",
        "BEGIN:VCALENDAR\r\nPRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nLAST-MODIFIED:20260303T100000Z\r\nDTSTAMP:20260303T100000Z\r\nUID:{uid}\r\n"
        "SUMMARY:Spotkanie\r\nORGANIZER:mailto:{to}\r\nATTENDEE;CN=Anna Nowa;RSVP=TRUE;PARTSTAT={said};ROLE=REQ-PARTICIPANT:mailto:anna@example.org\r\nDTSTART:20260312T153000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "\r\n--c--\r\n--b--\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
def test_the_answers_of_real_clients_are_counted(circle, site, client):
    import base64

    sent = announced(circle, site)
    to, uid = str(sent.mail["Reply-To"]), str(event_of(sent)["uid"])
    head, ics, tail = CLIENTS[client]
    for number, (partstat, said) in enumerate((("ACCEPTED", Said.YES), ("DECLINED", Said.NO), ("TENTATIVE", Said.MAYBE))):
        body = ics.replace("{uid}", uid).replace("{to}", to).replace("{said}", partstat).encode()
        body = base64.encodebytes(body) if "base64" in head else body
        fields = f"From: Anna Nowa <anna@example.org>\r\nTo: {to}\r\nSubject: x\r\nMessage-ID: <c.{number}@example.org>\r\nDate: Tue, 03 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
        assert circle.deliver(aligned((fields + head).encode() + body + tail.encode()), to, mail_from="" if client == "Outlook" else "anna@example.org") is State.ANSWERED
        assert row_of(site, "anna@example.org").said is said, partstat


def test_an_answer_to_another_meeting_or_delegated_counts_nothing_and_is_told(circle, site):
    sent = announced(circle, site)
    answer_by_calendar(circle, sent, "ACCEPTED", uid="other@example.org")
    answer_by_calendar(circle, sent, "DELEGATED")
    assert row_of(site, "anna@example.org").said is Said.NONE
    assert len(circle.letters(to="anna@example.org", kind="meeting-echo")) == 2


def test_nobody_fills_mailboxes_with_a_strangers_answers(circle, site):
    sent = announced(circle, site)
    for number in range(12):
        circle.reply(sent, f"Nie rozumiem nr {number}", sender="obca@elsewhere.example")
    for number in range(12):
        circle.reply(sent, f"Proszę o fakturę nr {number}")
    assert len(circle.letters(kind="meeting-echo")) <= 8
    assert len(circle.letters(to="mod@example.org", kind="meeting-question")) <= 4


def test_an_interrupted_slice_goes_on_and_nobody_is_invited_twice(circle, site):
    from listserv.usecases import meetingsending

    circle.send(OWNER, MEETING, "Spotkanie", PLAIN, proven=True)
    circle.reply(last(circle, "meeting-preview"), "WYŚLIJ")
    with site.writing() as db:
        meeting = db.get(Meeting, 1)
        assert meetingsending.invite_slice(db, meeting, site.now(), 4) == 4
    assert len(circle.letters(kind="meeting-invitation")) == 4
    run(site)
    run(site)
    assert sorted(one.to for one in circle.letters(kind="meeting-invitation")) == sorted(EVERYBODY)


def test_the_thread_stays_on_the_ordinary_path(circle, site):
    announced(circle, site)
    (post,) = circle.posts()
    assert circle.send("Anna Nowa <anna@example.org>", "siecibp", f"Odp: {post['Subject']}", "Czy będzie nagranie?", proven=True, in_reply_to=str(post["Message-ID"])) is State.POSTED
    with site.reading() as db:
        meeting = db.get(Meeting, 1)
        assert meeting.message.thread_id and meeting.message.author == "Alina Zakładka"


def test_an_erased_person_leaves_no_row_and_the_meeting_stays(circle, site):
    from listserv.store import erasing

    sent = announced(circle, site)
    circle.reply(sent, "BĘDĘ")
    with site.writing() as db:
        anna = db.scalar(select(User).join(User.addresses).where(User.addresses.any(email="anna@example.org")))
        owner = db.scalar(select(User).join(User.addresses).where(User.addresses.any(email="owner@example.org")))
        assert "attendee" in erasing.rows_about(db, anna.id, ["anna@example.org"], ["anna@example.org"])
        erasing.forget_rows(db, anna.id, {"anna@example.org"})
        erasing.forget_rows(db, owner.id, {"owner@example.org"})
    with site.reading() as db:
        assert db.get(Meeting, 1).planned_by is None and len(db.scalars(select(Attendee)).all()) == 4


@pytest.mark.parametrize("materials", [True, False])
def test_minutes_written_into_the_thread_are_filed_in_the_bank(circle, site, materials):
    from listserv.store.bank import Material, MaterialKind

    with site.writing() as db:
        list_by_name(db, "siecibp").materials = materials
    announced(circle, site)
    (post,) = circle.posts()
    circle.send("Anna Nowa <anna@example.org>", "siecibp", "Protokół: Spotkanie z ekspertem", "Ustaliliśmy trzy rzeczy.", proven=True, in_reply_to=str(post["Message-ID"]))
    circle.send("Anna Nowa <anna@example.org>", "siecibp", "Protokół z czegoś innego", "Nie z tego spotkania.", proven=True)
    with site.reading() as db:
        found = db.scalars(select(Material)).all()
        assert [(one.title, one.kind) for one in found] == ([("Protokół: Spotkanie z ekspertem", MaterialKind.OTHER)] if materials else [])
