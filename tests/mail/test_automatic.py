"""Person or machine: what a mail says of itself."""

import pytest

from listserv.mail.automatic import automatic
from listserv.mail.parse import parse


def asked(**headers):
    """Header fields as automatic wants them: lower-case names with dashes."""
    return {name.replace("_", "-"): [value] for name, value in headers.items()}


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, None),
        ({"auto_submitted": "no"}, None),
        ({"auto_submitted": "auto-replied (vacation)"}, "auto-reply"),
        ({"auto_submitted": "auto-generated; owner-email=x@example.org"}, "machine"),
        ({"auto_submitted": "auto-notified"}, "machine"),
        ({"x_autoreply": "yes"}, "auto-reply"),
        ({"x_autorespond": "Plan"}, "auto-reply"),
        ({"x_autoreply": "no"}, None),
        ({"precedence": "auto_reply"}, "auto-reply"),
        ({"precedence": "bulk"}, "machine"),
        ({"precedence": "junk"}, "machine"),
        ({"precedence": "list"}, "list-mail"),
        ({"precedence": "first-class"}, None),
        ({"precedence": "bulk", "list_id": "<x.example.org>"}, "list-mail"),
        ({"precedence": "bulk", "sender": "owner-lista@example.org"}, "list-mail"),
        ({"precedence": "bulk", "return_path": "<lista-return-77-jan=example.com@example.org>"}, "list-mail"),
        ({"precedence": "bulk", "errors_to": "lista-admin@example.org"}, "list-mail"),
        ({"precedence": "bulk", "sender": "jan@example.org"}, "machine"),
        ({"sender": "owner-lista@example.org"}, None),
        ({"tls_report_domain": "example.org"}, "machine"),
        ({"x_amz_sns_message_id": "1"}, "machine"),
        ({"x_auto_reply": "yes"}, "auto-reply"),
        ({"list_post": "<mailto:x@example.org>"}, "list-mail"),
        ({"x_auto_response_suppress": "All"}, "machine"),
        ({"x_auto_response_suppress": "None"}, None),
        ({"content_type": "multipart/report; report-type=delivery-status"}, "bounce"),
        ({"content_type": 'multipart/report; report-type="global-delivery-status"'}, "bounce"),
        ({"content_type": "multipart/report; report-type=feedback-report"}, "feedback-report"),
        ({"content_type": "multipart/report; report-type=disposition-notification"}, "machine"),
        ({"content_type": "multipart/report; report-type=tlsrpt"}, "machine"),
        ({"content_type": "message/delivery-status"}, "bounce"),
        ({"x_failed_recipients": "a@example.org"}, "bounce"),
        ({"from": "MAILER-DAEMON@example.org", "subject": "failure notice"}, "bounce"),
        ({"from": "Mail Delivery System <>", "subject": "Undelivered Mail Returned to Sender"}, "bounce"),
        ({"from": "postmaster@example.org", "subject": "Nie można dostarczyć: Plan"}, "bounce"),
        ({"from": "postmaster@example.org", "subject": "Przerwa w pracy serwera"}, None),
        ({"from": "MAILER-DAEMON@example.org", "subject": "Hello"}, "machine"),
        ({"from": "jan@example.org", "subject": "Undelivered Mail Returned to Sender – co to znaczy?"}, None),
    ],
)
def test_the_header_tells(headers, kind):
    assert automatic(asked(**headers), "") == kind


@pytest.mark.parametrize(
    "subject",
    [
        "Autoodpowiedź: Plan",
        "Odpowiedź automatyczna: Plan",
        "Automatyczna odpowiedź",
        "Automatic reply: Plan",
        "Auto-Reply: Plan",
        "Out of Office AutoReply: Plan",
        "Abwesenheitsnotiz: Plan",
        "Wiadomość automatyczna: Plan",
        "Automatická odpověď: Plán",
        "Automatisch antwoord: Plan",
        "Автоматична відповідь: План",
    ],
)
def test_what_programs_write_before_a_subject_is_enough(subject):
    assert automatic(asked(subject=subject), "") == "auto-reply"


@pytest.mark.parametrize(
    "subject", ["Re: Automatic reply: Plan", "Autoodpowiedź w Outlooku – jak ją wyłączyć?", "Automatic replies in class", "Odpowiedź automatyczna czy ludzka?"]
)
def test_people_who_write_about_auto_replies_are_people(subject):
    assert automatic(asked(subject=subject), "") is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Nieobecność: Plan na środę", "Dzień dobry,\njestem na urlopie do 15 sierpnia. W pilnych sprawach proszę pisać do sekretariatu."),
        ("Poza biurem: Plan", "Wiadomość została wysłana automatycznie."),
        ("Urlop: Odp: Plan", "Przebywam na urlopie, odpowiem po powrocie."),
        ("Out of office: Plan", "I am out of the office until Monday."),
        ("Away: Plan", "I will be back on Monday."),
        ("Potwierdzenie otrzymania: Plan", "Wiadomość wygenerowana automatycznie, prosimy na nią nie odpowiadać."),
        ("Abwesend: Plan", "Ich bin bis zum 15. August nicht erreichbar."),
        ("Absence: Plan", "Je suis absent jusqu'au 15 août."),
    ],
)
def test_a_subject_of_absence_counts_with_a_text_of_absence(subject, text):
    assert automatic(asked(subject=subject), text) == "auto-reply"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Nieobecność", "W piątek nie będzie mnie na spotkaniu, proszę o notatki."),
        ("Nieobecność uczniów: jak liczymy?", "Czy ktoś ma wzór?"),
        ("Urlop", "Kto prowadzi bibliotekę w lipcu?"),
        ("Potwierdzenie odbioru: książki", "Paczka doszła, dziękuję."),
        ("Urlop dla poratowania zdrowia", "Czy ktoś przechodził? Jestem na urlopie od marca."),
        ("Re: Out of office: Plan", "He is out of the office, let us go on without him."),
    ],
)
def test_people_who_write_about_absence_are_people(subject, text):
    assert automatic(asked(subject=subject), text) is None


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Przeczytano: Plan", "Twoja wiadomość\n\nDo: Halina\nTemat: Plan\n\nzostała przeczytana w dniu 3 marca 2026."),
        ("Read: Plan", "Your message\n\nTo: Halina\nSubject: Plan\n\nwas read on 3 March 2026."),
        ("Not read: Plan", "Your message was deleted without being read on 3 March 2026."),
        ("Nie przeczytano: Plan", "Twoja wiadomość została usunięta bez przeczytania."),
    ],
)
def test_a_receipt_is_a_machines(subject, text):
    assert automatic(asked(subject=subject), text) == "machine"


@pytest.mark.parametrize(("subject", "text"), [("Przeczytano: 30 książek w klasie 4b", "Gratulacje dla dzieci."), ("Read: chapter 3", "Please read it for Monday.")])
def test_people_who_write_about_reading_are_people(subject, text):
    assert automatic(asked(subject=subject), text) is None


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Successful Mail Delivery Report", "Your message was successfully delivered to the destination(s) listed below.", "machine"),
        ("Delivered: Plan", "Your message has been delivered to the following recipients:", "machine"),
        ("Return receipt", "ola@example.net... Successfully delivered\newa@example.net... User unknown", "bounce"),
        ("Undelivered Mail", "Wiadomość nie została dostarczona.", "bounce"),
    ],
)
def test_a_report_that_everybody_was_reached_is_no_bounce(subject, text, kind):
    report = {"from": "MAILER-DAEMON@example.net", "content_type": "multipart/report; report-type=delivery-status", "subject": subject}
    assert automatic(asked(**report), text) == kind


BOUNCE = """\
From: MAILER-DAEMON@example.net
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r

This is the mail system at host example.net.

<ola@example.net>: 550 5.1.1 User unknown
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; example.net

Final-Recipient: rfc822; ola@example.net
Action: failed
Status: 5.1.1
--r--
"""


def test_a_bounce_is_one_and_a_post_with_it_attached_or_quoted_is_none():
    attached = f"From: jan@example.org\nSubject: Fwd: Undelivered Mail\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nCo to?\n--m\nContent-Type: message/rfc822\n\n{BOUNCE}\n--m--\n"
    quoted = "From: jan@example.org\nSubject: Undelivered mail?\n\nCo to?\n\n" + "\n".join(f"> {line}" for line in BOUNCE.split("\n"))

    assert parse(BOUNCE.encode()).automatic == "bounce"
    assert parse(attached.encode()).automatic is None
    assert parse(quoted.encode()).automatic is None


def test_a_report_of_mail_policy_is_from_a_machine():
    raw = b"From: noreply@example.net\nSubject: Report Domain: example.org Submitter: example.net\nContent-Type: application/gzip; name=a.xml.gz\n\nx"
    assert parse(raw).automatic == "machine"


def test_a_complaint_in_an_old_form_is_one():
    raw = b"From: staff@example.com\nSubject: complaint about message from 192.0.2.1\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--\n"
    assert parse(raw).automatic == "feedback-report"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Auto", "Sprzedam auto, mało używane."),
        ("Auto: kto jedzie do Krakowa", "Mam dwa miejsca."),
        ("Urlop: kto mnie zastąpi?", "Nie ma mnie w bibliotece od 3 do 7 marca. Czy ktoś może wziąć mój dyżur?"),
        ("Nieobecność na spotkaniu: zmiana terminu?", "Niestety jestem na urlopie. Czy możemy je przesunąć?"),
        ("Przeczytane: nowości marca", "Książka została przeczytana przez nasz klub i wszystkim się podobała."),
        ("Read: War and Peace", "It was read by our club in March, and everybody loved it."),
    ],
)
def test_a_person_may_write_of_cars_holidays_and_books(subject, text):
    assert automatic({"subject": [subject]}, text) is None


@pytest.mark.parametrize(
    ("headers", "text", "kind"),
    [
        ({"subject": "AUTO: Jan Nowak is out of the office (returning 5.03.2026)"}, "I am out of the office until 5.03.2026.", "auto-reply"),
        ({"subject": "Urlop: Odp: Kto przyjdzie?"}, "Jestem na urlopie, odpowiem po powrocie.", "auto-reply"),
        ({"subject": "Urlop: Kto przyjdzie?", "in_reply_to": "<a@example.org>"}, "Jestem na urlopie, odpowiem po powrocie.", "auto-reply"),
        ({"subject": "Automatyczna odpowiedź: Kto przyjdzie?"}, "Dziękuję za wiadomość.", "auto-reply"),
        (
            {"subject": "Potwierdzenie otrzymania wiadomości"},
            "Dziękujemy. Wiadomość wygenerowana automatycznie, prosimy na nią nie odpowiadać.",
            "auto-reply",
        ),
        ({"from": "MAILER-DAEMON@poczta.example", "subject": "Wiadomość opóźniona"}, "Nie została jeszcze dostarczona.", "bounce"),
        ({"subject": "Przeczytano: Zebranie"}, "Twoja wiadomość została przeczytana 3.03.2026.", "machine"),
    ],
)
def test_their_programs_that_answer_for_them_are_known_all_the_same(headers, text, kind):
    assert automatic(asked(**headers), text) == kind


@pytest.mark.parametrize("method", ["request", "publish", "cancel"])
def test_an_invitation_that_a_calendar_writes_for_somebody_is_theirs(method):
    asks = asked(auto_submitted="auto-generated", **{"from": "jan@example.org", "sender": "calendar-notification@example.com"})

    assert automatic(asks, "", ["text/plain", f"text/calendar; method={method}"]) is None


def test_a_calendars_answer_is_a_machines_whatever_it_says_of_itself():
    assert automatic(asked(auto_submitted="auto-generated"), "", ["text/calendar; method=reply"]) == "machine"
    assert automatic(asked(auto_submitted="auto-replied"), "", ["text/calendar; method=request"]) == "auto-reply"
