"""Whom a bounce says could not be reached, and whether for good."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.bounces import MOST_RECIPIENTS, Failure, read


def report(*recipients, text="The mail could not be delivered."):
    blocks = "\n\n".join(("Reporting-MTA: dns; mx.example.net", *recipients))
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@example.net>
To: siecibp-bounces@lists.example.org
Subject: Delivery Status Notification
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r
Content-Type: text/plain; charset=utf-8

{text}
--r
Content-Type: message/delivery-status

{blocks}

--r
Content-Type: message/rfc822

From: siecibp@lists.example.org
To: innocent@example.org
Subject: Plan

550 5.1.1 innocent@example.org
--r--
""".encode()


def told(text, sender="MAILER-DAEMON@example.net", subject="failure notice"):
    return f"From: {sender}\nTo: siecibp-bounces@lists.example.org\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()


FAILED = "Final-Recipient: rfc822; ola@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <ola@example.net>: User\n unknown"
OLA = Failure("ola@example.net", True, "5.1.1", "550 5.1.1 <ola@example.net>: User unknown")


def test_a_report_names_recipient_status_and_cause():
    assert read(report(FAILED)) == (OLA,)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_do_not_matter(end):
    assert read(report(FAILED).replace(b"\n", end)) == (OLA,)


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ("Action: delayed\nStatus: 4.4.1", Failure("ola@example.net", False, "4.4.1", "")),
        ("Action: delayed\nStatus: 5.0.0", Failure("ola@example.net", False, "5.0.0", "")),
        ("Action: failed\nStatus: 4.2.2", Failure("ola@example.net", False, "4.2.2", "", given_up=True)),
        ("Action: failed (really)\nStatus: 5.2.2 (mailbox full)", Failure("ola@example.net", True, "5.2.2", "")),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 no", Failure("ola@example.net", True, "5.7.1", "550 5.7.1 no")),
        ("Action: failed\nDiagnostic-Code: smtp; 452 full", Failure("ola@example.net", False, "4.0.0", "452 full", given_up=True)),
        ("Status: 5.1.1", Failure("ola@example.net", True, "5.1.1", "")),
        ("Action: failed", Failure("ola@example.net", True, "", "")),
    ],
)
def test_four_is_for_now_and_five_is_for_good(fields, failure):
    assert read(report(f"Final-Recipient: rfc822; ola@example.net\n{fields}")) == (failure,)


@pytest.mark.parametrize("fields", ["Action: delivered\nStatus: 2.0.0", "Action: relayed\nStatus: 2.1.9", "Action: expanded", "Status: 2.0.0"])
def test_who_was_reached_is_no_failure(fields):
    assert read(report(f"Final-Recipient: rfc822; ola@example.net\n{fields}")) == ()


def test_each_recipient_is_named_once_and_in_order():
    other = FAILED.replace("ola@", "ewa@")
    assert [failure.address for failure in read(report(FAILED, other, FAILED))] == ["ola@example.net", "ewa@example.net"]


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("Final-Recipient: rfc822; <ola@example.net>", "ola@example.net"),
        ("Final-Recipient: ola@example.net", "ola@example.net"),
        ("Final-Recipient: utf-8; \\x{142}ukasz@example.net", "łukasz@example.net"),
        ("Final-Recipient: utf-8; łukasz@example.net", "łukasz@example.net"),
        ("Original-Recipient: X400;c=pl\nFinal-Recipient: rfc822;ola@example.net", "ola@example.net"),
        ("Original-Recipient: rfc822;ola@example.net\nFinal-Recipient: rfc822;/var/mail/ola", "ola@example.net"),
    ],
)
def test_the_recipient_is_read_as_it_is_written(recipient, address):
    assert [failure.address for failure in read(report(f"{recipient}\nAction: failed\nStatus: 5.1.1"))] == [address]


def test_a_forwarded_address_is_named_with_the_one_that_we_wrote_to():
    fields = "Original-Recipient: rfc822;ola@example.net\nFinal-Recipient: rfc822;moved@example.com\nAction: failed\nStatus: 5.1.1"
    assert read(report(fields)) == (Failure("moved@example.com", True, "5.1.1", "", "ola@example.net"),)


def test_where_the_report_gives_no_cause_the_letter_does():
    text = "ola@example.net: 550 5.7.26 not authenticated"
    assert read(report("Final-Recipient: rfc822; ola@example.net\nAction: failed\nStatus: 5.0.0", text=text)) == (
        Failure("ola@example.net", True, "5.7.26", text),
    )


@pytest.mark.parametrize(
    ("text", "failures"),
    [
        (
            "Hi. This is the qmail-send program at example.net.\nI wasn't able to deliver\n\n<ola@example.net>:\nRemote host said: 550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nTo: innocent@example.org",
            [("ola@example.net", True, "5.1.1")],
        ),
        (
            "Nie można dostarczyć wiadomości do następujących adresatów:\n\nola@example.net\nSkrzynka nie istnieje (550 5.1.1)\n",
            [("ola@example.net", True, "5.1.1")],
        ),
        ("Twoja wiadomość nie została dostarczona.\n\n  ola@example.net\n    Skrzynka adresata jest przepełniona\n", [("ola@example.net", False, "")]),
        (
            "Delivery has failed to these recipients:\n\nola@example.net\nThe email address wasn't found.\n\nOriginal message headers:\nTo: innocent@example.org",
            [("ola@example.net", True, "")],
        ),
        (
            "There was an error delivering your mail to <ola@example.net>.\n\nmx.example.net did not like our RCPT:\n451 4.7.1 try later\n\nMessage headers follow.\n\nReceived: x",
            [("ola@example.net", False, "4.7.1")],
        ),
        # DragonFly
        ("There was an error delivering your mail to <ola@example.net>.\n\nDNS lookup failure: host example.net not found\n", [("ola@example.net", True, "")]),
        # A gateway
        ("Delivery failed 10 attempts: ola@example.net\n\nOriginal message follows.\n\nTo: innocent@example.org", [("ola@example.net", True, "")]),
        # Gmail
        (
            "** Address not found **\n\nYour message wasn't delivered to ola@example.net because the address couldn't be found.\n\nThe response was:\n550 5.1.1 The email account that you tried to reach does not exist.",
            [("ola@example.net", True, "5.1.1")],
        ),
        # Office 365
        (
            "Your message to ola@example.net couldn't be delivered.\n\nola wasn't found at example.net.\n\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found'",
            [("ola@example.net", True, "5.1.10")],
        ),
        # Exim, in Polish
        (
            "Wiadomość wysłana przez Ciebie nie mogła zostać dostarczona do jednego lub więcej odbiorców.\nTo jest błąd trwały. Następujące adresy zawiodły:\n\n  ola@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<ola@example.net>:\n    552 5.2.2 Skrzynka przepełniona",
            [("ola@example.net", True, "5.2.2")],
        ),
        ("Nie udało się dostarczyć wiadomości do ola@example.net.\nPrzyczyna: konto nie istnieje.", [("ola@example.net", True, "")]),
        ("Wiadomość do <ola@example.net> została opóźniona.\nSerwer odbiorcy nie odpowiada, nadal będziemy próbować ją dostarczyć.", [("ola@example.net", False, "")]),
        (
            "Twoja wiadomość do <ola@example.net> nie została jeszcze dostarczona.\nSerwer będzie próbował ją dostarczyć przez 3 dni.",
            [("ola@example.net", False, "")],
        ),
        ("Błąd: 550 użytkownik nieznany\nOdbiorca: ola@example.net", [("ola@example.net", True, "")]),
        # A provider's own bounce with another server's inside
        (
            "We are sorry. Contact <help@example.com>.\n\nReturn-Path: <>\nSubject: Undelivered\n\nFinal-Recipient: rfc822; ola@example.net\nAction: failed\nStatus: 5.1.1\n",
            [("ola@example.net", True, "5.1.1")],
        ),
    ],
)
def test_bounces_without_a_form_are_read_as_people_read_them(text, failures):
    assert [(failure.address, failure.permanent, failure.status) for failure in read(told(text))] == failures


def test_the_failed_address_may_stand_in_the_header_alone():
    text = "This message was created automatically.\nThe following address(es) failed:\n\n  ola\n    SMTP error: host mx [192.0.2.1]: 550 5.7.0 no"
    raw = b"X-Failed-Recipients: ola@example.net\n" + told(text, subject="Mail delivery failed")
    assert read(raw) == (Failure("ola@example.net", True, "5.7.0", "SMTP error: host mx [192.0.2.1]: 550 5.7.0 no"),)


def test_whoever_is_told_at_a_bounce_address_in_a_machines_words_has_failed():
    text = "Votre message n'a pas pu etre delivre a\nola@example.net\n\nYour message could not be delivered to\nola@example.net\n"
    assert [failure.address for failure in read(told(text, "ola.biuro@example.net", "RE: Plan : non remis (delivery failed)"))] == ["ola@example.net"]


@pytest.mark.parametrize(
    ("status", "diagnostic", "policy"),
    [
        ("5.7.26", "550 5.7.26 This mail is unauthenticated", True),
        ("5.7.1", "554 5.7.1 Message rejected due to DMARC policy", True),
        ("5.7.1", "550 5.7.1 rejected", True),
        ("5.0.0", "550 Blocked by Spamhaus", True),
        ("5.1.8", "553 sender domain not found", True),
        ("5.6.0", "552 content rejected", True),
        ("5.0.0", "554 SPF fail", True),
        ("5.7.1", "550 5.7.1 550 User Unknown: ola@example.net", False),
        ("5.1.1", "550 5.1.1 no such user", False),
        ("5.2.2", "552 mailbox full", False),
        ("5.1.1", "", False),
        ("", "Skrzynka nie istnieje", False),
    ],
)
def test_a_refusal_of_the_sender_says_nothing_of_the_recipient(status, diagnostic, policy):
    assert Failure("ola@example.net", True, status, diagnostic).policy is policy


def test_a_persons_mail_names_no_failures():
    text = "Dostałem taki zwrot, co to znaczy?\n\n> ola@example.net: 550 5.1.1 User unknown\n"
    assert read(told(text, "Jan <jan@example.org>", "Re: zwrot poczty")) == ()
    attached = (
        b"From: jan@example.org\nSubject: Co to?\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nhello\n--m\nContent-Type: message/rfc822\n\n"
        + report(FAILED)
        + b"\n--m--\n"
    )
    assert read(attached) == ()


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Content-Type: multipart/report; report-type=disposition-notification", "Precedence: bulk"])
def test_an_automatic_answer_to_nobody_is_no_failure(header):
    text = "I am unable to read this; my account is full. Write to\nola@example.net\n550 5.1.1\n"
    assert read(f"Return-Path: <>\nFrom: jan@example.org\n{header}\nSubject: Plan\n\n{text}".encode()) == ()


PIECES = st.sampled_from(
    [
        b"From: MAILER-DAEMON@example.net\n",
        b"Subject: failure notice\n",
        b"Content-Type: multipart/report; boundary=r\n\n",
        b"--r\n",
        b"Content-Type: message/delivery-status\n\n",
    ]
    + [
        b"Final-Recipient: rfc822; ",
        b"a@example.net",
        b"\n\n",
        b"\n",
        b"Action: failed\n",
        b"Status: 5.",
        b"\\x{110000}",
        b"\\x{d800}",
        b"550 ",
        b"<",
        b">",
        b"\xff",
        b"utf-8;",
    ]
)


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=30).map(b"".join)))
def test_any_bytes_give_failures_that_can_be_kept(raw):
    for failure in read(raw):
        f"{failure.address} {failure.status} {failure.diagnostic}".encode()
        assert "@" in failure.address


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", [b"\n", b"a", b"<", b"x: y\n\n", b"ola@example.net\n", b"- ", b"Final-Recipient: rfc822;a@example.net\nAction: failed\n\n"])
def test_no_bounce_keeps_the_reader_busy(line):
    head = b"From: MAILER-DAEMON@example.net\nSubject: failure notice\nContent-Type: multipart/report; boundary=r\n\n--r\n\nx\n--r\nContent-Type: message/delivery-status\n\n"
    start = time.process_time()
    read(head + line * (1_000_000 // len(line)))
    assert time.process_time() - start < 5


def test_no_more_recipients_are_read_than_a_mail_may_have_in_however_many_parts():
    head = "From: MAILER-DAEMON@example.net\nSubject: failure notice\nContent-Type: multipart/report; boundary=r\n\n"
    parts = (
        "--r\nContent-Type: message/delivery-status\n\n" + "".join(f"Final-Recipient: rfc822;a{i}.{part}@example.net\nAction: failed\n\n" for i in range(400))
        for part in range(5)
    )

    assert len(read(f"{head}{''.join(parts)}--r--\n".encode())) == MOST_RECIPIENTS
