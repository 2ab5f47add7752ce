"""Invitations and answers to them: what a calendar in a mail says, however broken it is and whatever its zone is called."""

from base64 import encodebytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import calendar
from listserv.mail.parse import parse
from tests.growth import takes
from tests.mail.test_tnef import attribute, envelope

HEAD = "From: Anna Nowa <anna@example.org>\r\nTo: siecibp@lists.example.org\r\nMessage-ID: <a@example.org>\r\nDate: Tue, 3 Mar 2026 10:15:00 +0100\r\n"
WARSAW = (
    "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\n"
    "END:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\n"
    "END:DAYLIGHT\nEND:VTIMEZONE\n"
)


def event(*lines, method="REQUEST", above=""):
    return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", f"METHOD:{method}", f"{above}BEGIN:VEVENT", "UID:zebranie@example.org", *lines, "END:VEVENT", "END:VCALENDAR", ""))


def mail(ics, kind="text/calendar; charset=utf-8; method=REQUEST", *, subject="Zebranie"):
    body = encodebytes(ics.encode()).decode()
    return f"{HEAD}Subject: {subject}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}".encode()


def start(line, above=""):
    return calendar.of_text(event(line, above=above)).start


def test_an_invitation_says_what_and_when():
    ics = event("SUMMARY;LANGUAGE=pl-PL:Zebranie zespołu\\, sala 2", "DTSTART;TZID=Europe/Warsaw:20260420T090000", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@example.org")

    found = calendar.read(mail(ics))

    assert found == calendar.Calendar("REQUEST", "zebranie@example.org", "Zebranie zespołu, sala 2", "2026-04-20T09:00:00+02:00", None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("DTSTART:20260420T070000Z", "2026-04-20T07:00:00+00:00"),
        ("DTSTART;VALUE=DATE:20260420", "2026-04-20"),
        ("DTSTART:20260420", "2026-04-20"),
        ("DTSTART:20260420T090000", "2026-04-20T09:00:00"),
        ("DTSTART;TZID=Europe/Warsaw:20260120T090000", "2026-01-20T09:00:00+01:00"),
        ('DTSTART;TZID="Europe/Warsaw";VALUE=DATE-TIME:20260420T090000', "2026-04-20T09:00:00+02:00"),
        ("DTSTART;TZID=Central European Standard Time:20260420T090000", "2026-04-20T09:00:00+02:00"),
        ("DTSTART;TZID=/mozilla.org/20070129_1/Europe/Warsaw:20260420T090000", "2026-04-20T09:00:00+02:00"),
        ("DTSTART;TZID=America/Argentina/Buenos Aires:20260420T090000", "2026-04-20T09:00:00-03:00"),
        ("DTSTART;TZID=Nasz czas:20260420T090000", "2026-04-20T09:00:00"),
        ("DTSTART:2026-04-20T09:00:00+02:00", "2026-04-20T09:00:00+02:00"),
        ("DTSTART;;VALUE=DATE:20260420", "2026-04-20"),
        ("DTSTART;VALUE=DATE\n :20260420", "2026-04-20"),
        ("DTSTART:20260230T090000", None),
        ("DTSTART:jutro", None),
        ("SUMMARY:Bez terminu", None),
    ],
)
def test_a_start_is_told_in_iso_8601(line, expected):
    assert start(line) == expected


@pytest.mark.parametrize("name", ["Środkowoeuropejski czas stand.", "(UTC+01:00) Sarajewo, Skopie, Warszawa, Zagrzeb", "Customized Time Zone", "/Europe/Nasza"])
@pytest.mark.parametrize(
    ("day", "offset"), [("20260328", "+01:00"), ("20260330", "+02:00"), ("20261024", "+02:00"), ("20261026", "+01:00"), ("16010101", "+01:00"), ("15991231", "+02:00")]
)
def test_a_zone_that_nobody_knows_follows_the_rules_that_came_with_it(name, day, offset):
    assert start(f'DTSTART;TZID="{name}":{day}T090000', WARSAW.format(name)).endswith(f"T09:00:00{offset}")


def test_rules_that_list_days_or_end_are_followed():
    zone = "BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETTO:+0300\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU;UNTIL=20101231T000000Z\n"
    zone += "END:STANDARD\nBEGIN:STANDARD\nDTSTART:20150101T000000\nRDATE:20160101T000000,20170101T000000\nTZOFFSETTO:+0500\nEND:STANDARD\nEND:VTIMEZONE\n"

    assert start("DTSTART;TZID=Z:20120601T100000", zone) == "2012-06-01T10:00:00+03:00"
    assert start("DTSTART;TZID=Z:20180601T100000", zone) == "2018-06-01T10:00:00+05:00"


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_an_answer_says_who_comes(answer):
    ics = event(f'ATTENDEE;CN="Nowa, Anna: biblioteka";PARTSTAT={answer}:MAILTO:anna@example.org', method="REPLY")

    found = calendar.read(mail(ics, "text/calendar; method=REPLY"))

    assert (found.method, found.partstat) == ("REPLY", answer)


def test_of_several_answers_the_senders_counts():
    ics = event("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:jan@example.org", "ATTENDEE;PARTSTAT=accepted:mailto:Anna@Example.org", method="REPLY")

    assert calendar.read(mail(ics)).partstat == "ACCEPTED"


def test_the_method_may_stand_in_the_mail_alone():
    ics = event("SUMMARY:x").replace("METHOD:REQUEST\n", "")

    assert calendar.read(mail(ics, "text/calendar; method=cancel")).method == "CANCEL"
    assert calendar.read(mail(ics, "text/calendar")).method is None


def test_an_alarm_says_nothing_of_the_event_and_an_exception_nothing_of_the_series():
    alarm = "BEGIN:VALARM\nUID:alarm\nSUMMARY:Alarm\nEND:VALARM"
    exception = "BEGIN:VEVENT\nUID:zebranie@example.org\nRECURRENCE-ID:20260427T070000Z\nSUMMARY:Wyjątek\nEND:VEVENT\n"

    found = calendar.of_text(event(alarm, "SUMMARY:Zebranie", above=exception))

    assert (found.uid, found.summary) == ("zebranie@example.org", "Zebranie")


@pytest.mark.parametrize(
    "kind",
    ['application/ics; name="invite.ics"', 'application/octet-stream; name="Zebranie.ICS"', "text/x-vcalendar", 'text/plain; name="zebranie.ics"'],
)
def test_a_calendar_is_found_by_its_type_or_its_name(kind):
    assert calendar.read(mail(event("SUMMARY:Zebranie"), kind)).summary == "Zebranie"


def test_the_part_that_is_meant_to_be_a_calendar_comes_before_attached_files():
    def part(kind, name):
        return f"--b\r\nContent-Type: {kind}\r\n\r\n{event(f'SUMMARY:{name}')}\r\n"

    raw = f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{part('application/ics; name=a.ics', 'plik')}{part('text/calendar', 'zaproszenie')}--b--\r\n"

    assert calendar.read(raw.encode()).summary == "zaproszenie"


def test_a_calendar_in_a_winmail_dat_is_found():
    within = attribute(0x69002, b"\0" * 14, 2) + attribute(0x18010, b"zebranie.ics\0", 2) + attribute(0x6800F, event("SUMMARY:Zebranie").encode(), 2)
    raw = f"{HEAD}Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode() + encodebytes(envelope(within))

    assert calendar.read(raw).summary == "Zebranie"


@pytest.mark.parametrize("ics", ["", "Dzień dobry", "BEGIN:VCALENDAR\nEND:VCALENDAR", "BEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE", "\0\0\0", "BEGIN:VALARM\nUID:a\nEND:VALARM"])
def test_what_says_nothing_is_no_calendar(ics):
    assert calendar.read(mail(ics)) is None
    assert calendar.read(HEAD.encode() + b"\r\nDzien dobry\r\n") is None


def test_a_calendar_that_ends_in_the_middle_is_read_as_far_as_it_goes():
    found = calendar.of_text("BEGIN:VEVENT\nSUMMARY:Zebranie\nDTSTART:20260420\nUID;X=\"")

    assert (found.summary, found.start, found.uid) == ("Zebranie", "2026-04-20", None)


HOSTILE = {
    "empty lines": "\n" * 3_000_000,
    "folds": "\n " * 3_000_000,
    "attendees": event("ATTENDEE;CN=\"a;b:c\";PARTSTAT=X:mailto:a@b\n" * 100_000, method="REPLY"),
    "events": "BEGIN:VEVENT\nUID:x\n" * 200_000,
    "parameters": event("SUMMARY" + ";A=\\" * 1_000_000 + ":x"),
    "changes of the clock": "BEGIN:VTIMEZONE\nTZID:X\n" + ("BEGIN:STANDARD\nDTSTART:19010101T000000\nRRULE:FREQ=YEARLY;BYDAY=-1SU\nTZOFFSETTO:+0100\nEND:STANDARD\n" * 900) + "END:VTIMEZONE\n"
    + event("DTSTART;TZID=X:20260101T100000"),
    "a rule without an end": event("DTSTART;TZID=X:20260101T100000", above="BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECONDLY\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_calendar_keeps_us_busy(name):
    raw = mail(HOSTILE[name])

    assert takes(lambda: calendar.read(raw), 0.1) < 0.1


@given(st.lists(st.sampled_from(["BEGIN:VEVENT\n", "END:VEVENT\n", "BEGIN:VTIMEZONE\n", "END:VTIMEZONE\n", "BEGIN:STANDARD\n", "TZID:X\n", "RRULE:FREQ=YEARLY;BYDAY=", "DTSTART;TZID=X:", "DTSTART:", "20260101T000000", "00000000", "99991231T235959", "9SU", "RDATE:", ",", "TZOFFSETTO:", "-2359", "+9999", "\n", ";", ":", '"', "\\", "ATTENDEE;PARTSTAT=", "SUMMARY:", "ż", "\ud800"]), max_size=60))
def test_any_text_gives_an_answer(words):
    found = calendar.of_text("".join(words))

    assert found is None or isinstance(found, calendar.Calendar)


@pytest.mark.parametrize("method", ["REPLY", "COUNTER", "reply"])
@pytest.mark.parametrize("subject", ["Zaakceptowano: Zebranie", "Accepted: Zebranie @ Mon Apr 20, 2026", "Odrzucono: Zebranie", "Zebranie"])
def test_an_answer_to_an_invitation_is_no_post(method, subject):
    alternative = f"--b\r\nContent-Type: text/plain\r\n\r\n\r\n--b\r\nContent-Type: text/calendar; charset=UTF-8; method={method}\r\n\r\n{event(method='REPLY')}\r\n--b--\r\n"
    raw = f"{HEAD}Subject: {subject}\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{alternative}".encode()

    assert parse(raw).automatic == "machine"
    assert parse(mail(event(method="REPLY"), f"text/calendar; method={method}", subject=subject)).automatic == "machine"


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_an_invitation_from_a_person_is_a_post(method):
    assert parse(mail(event(method=method), f"text/calendar; method={method}")).automatic is None
