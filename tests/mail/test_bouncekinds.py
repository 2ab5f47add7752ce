"""What servers say, and what it comes to: hundreds of forms, a few kinds. Whatever is in doubt is not the reader's fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from listserv.mail.bouncekinds import COUNTS, HARD, SAID, Kind, Trouble, kind, trouble

# As providers put it: Gmail, Outlook and Exchange, Yahoo, iCloud, Postfix, Exim, qmail, sendmail, WP, Onet, Interia, o2, home.pl, nazwa.pl.
SAYINGS = [
    # ---- there is no such mailbox
    ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address", Kind.GONE),
    ("5.1.1", "550 5.1.1 <jan@wp.example>: Recipient address rejected: User unknown in virtual mailbox table", Kind.GONE),
    ("5.1.1", "550 5.1.1 <jan@interia.example> Nie ma takiego uzytkownika", Kind.GONE),
    ("5.1.1", "550 5.1.1 <jan@o2.example>: Recipient address rejected: Nie ma takiego konta", Kind.GONE),
    ("5.1.1", "", Kind.GONE),
    ("5.1.1", "550 5.1.1 rejected, the SPF record of the recipient's domain is fine, user unknown", Kind.GONE),
    ("5.1.3", "553 5.1.3 bad address syntax", Kind.GONE),
    ("5.1.6", "551 5.1.6 recipient no longer on server", Kind.GONE),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", Kind.GONE),
    ("5.1.351", "550 5.1.351 Remote server returned unknown recipient or mailbox unavailable", Kind.GONE),
    ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [VE1EUR01FT042.eop-EUR01.prod.protection.outlook.com]", Kind.GONE),
    ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", Kind.GONE),
    ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.com account (jan@yahoo.com) [0] - mta1.mail.yahoo.com", Kind.GONE),
    ("5.0.0", "550 No such user (jan@onet.example)", Kind.GONE),
    ("5.0.0", "550 Unknown user", Kind.GONE),
    ("550", "550 no mailbox by that name is currently available", Kind.GONE),
    ("", "Użytkownik nieznany w tej domenie", Kind.GONE),
    ("5.0.0", "550 Uzytkownik nie istnieje", Kind.GONE),
    ("5.0.0", "550 Brak takiego konta", Kind.GONE),
    ("5.7.1", "550 5.7.1 User unknown", Kind.GONE),
    ("5.0.0", "550 Address invalid", Kind.GONE),
    ("5.3.0", "553 5.3.0 <jan@example.com>... Addressee unknown, relay=[192.0.2.1]", Kind.GONE),
    # ---- the domain
    ("5.1.2", "550 5.1.2 Host or domain name not found", Kind.NO_DOMAIN),
    ("5.4.4", "Host or domain name not found. Name service error for name=szkola.example type=AAAA: Host not found", Kind.NO_DOMAIN),
    ("5.1.10", "556 5.1.10 recipient domain does not accept mail (nullMX)", Kind.NO_DOMAIN),
    ("5.0.0", "Unrouteable mail domain \"szkola.example\"", Kind.NO_DOMAIN),
    ("5.4.310", "550 5.4.310 DNS domain szkola.example does not exist [Message=InfoDomainNonexistent]", Kind.NO_DOMAIN),
    ("5.1.2", "", Kind.NO_DOMAIN),
    # ---- closed
    ("5.2.1", "550-5.2.1 The email account that you tried to reach is disabled.", Kind.DISABLED),
    ("5.0.0", "554 30 Sorry, your message to jan@aol.com cannot be delivered. This mailbox is disabled (554.30).", Kind.DISABLED),
    ("5.2.1", "550 5.2.1 Konto zablokowane z powodu nieaktywnosci", Kind.DISABLED),
    ("5.0.0", "550 Skrzynka jest nieaktywna", Kind.DISABLED),
    ("5.0.0", "550 Mailbox is frozen.", Kind.DISABLED),
    ("5.2.1", "", Kind.DISABLED),
    # ---- full
    ("5.2.2", "552-5.2.2 The recipient's inbox is out of storage space and inactive.", Kind.FULL),
    ("5.2.2", "552 5.2.2 Mailbox full", Kind.FULL),
    ("5.0.0", "552 Quota exceeded (mailbox for user is full)", Kind.FULL),
    ("5.0.0", "550 Skrzynka odbiorcy jest przepelniona", Kind.FULL),
    ("5.7.1", "550 5.7.1 jan@wp.example: mailbox is full", Kind.FULL),
    ("5.2.2", "", Kind.FULL),
    ("5.4.7", "452 4.2.2 The recipient's inbox is out of storage space", Kind.FULL),
    # ---- nobody answered
    ("5.4.7", "", Kind.EXPIRED),
    ("5.4.7", "connection timed out", Kind.EXPIRED),
    ("5.0.0", "retry timeout exceeded", Kind.EXPIRED),
    ("5.4.300", "550 5.4.300 Message expired", Kind.EXPIRED),
    # ---- this mail
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", Kind.MAIL),
    ("5.2.3", "552-5.2.3 Your message exceeded Google's message size limits.", Kind.MAIL),
    ("5.6.0", "550 5.6.0 Lone CR or LF in body", Kind.MAIL),
    ("5.6.7", "553 5.6.7 SMTPUTF8 is needed and not offered", Kind.MAIL),
    ("5.0.0", "552 Message too large", Kind.MAIL),
    ("5.0.0", "552 Wiadomosc jest za duza: wiadomość za duża", Kind.MAIL),
    ("5.6.1", "", Kind.MAIL),
    # ---- ours
    ("5.7.26", "550-5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.", Kind.POLICY),
    ("5.7.1", "550-5.7.1 Our system has detected that this message is likely unsolicited mail.", Kind.POLICY),
    ("5.7.25", "550-5.7.25 The IP address sending this message does not have a PTR record setup", Kind.POLICY),
    ("5.7.9", "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your provider since part of their network is on our block list (S3140).", Kind.POLICY),
    ("5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Kind.POLICY),
    ("5.7.515", "550 5.7.515 Access denied, sending domain EXAMPLE.ORG does not meet the required authentication level.", Kind.POLICY),
    ("5.0.0", "554 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", Kind.POLICY),
    ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.spamcop.net", Kind.POLICY),
    ("5.1.8", "550 5.1.8 <lista@example.org>: Sender address rejected: Domain not found", Kind.POLICY),
    ("5.1.7", "501 5.1.7 Invalid address", Kind.POLICY),
    ("5.0.0", "550 Sender verify failed", Kind.POLICY),
    ("5.7.1", "550 5.7.1 <jan@wp.example>: Adres nadawcy odrzucony przez polityke SPF", Kind.POLICY),
    ("5.7.1", "554 5.7.1 Wiadomosc uznana za spam", Kind.POLICY),
    ("5.0.0", "554 Przekroczono limit: zbyt wiele wiadomosci z tego adresu IP", Kind.POLICY),
    ("5.2.1", "550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", Kind.POLICY),
    ("5.1.1", "550 5.1.1 rejected as spam", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Relaying denied", Kind.POLICY),
    ("5.7.0", "", Kind.POLICY),
    ("5.0.0", "550 rejected because of our policy", Kind.POLICY),
    ("5.7.28", "550-5.7.28 There is an unusual rate of unsolicited mail originating from your IP address.", Kind.POLICY),
    ("5.0.0", "550 DMARC policy of example.org is reject", Kind.POLICY),
    ("5.0.0", "571 Email from 192.0.2.1 is currently blocked by Verizon Online's anti-spam system", Kind.POLICY),
    # ---- ours, in words that others use of readers
    ("5.7.1", "550 5.7.1 <mail.example.org>: Helo command rejected: Host not found", Kind.POLICY),
    ("5.0.0", "550 <mail.example.org>: Helo command rejected: Host not found", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Domain lists.example.org does not exist", Kind.POLICY),
    ("5.0.0", "550 your domain example.org does not exist in DNS", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Email sending from your domain has been disabled", Kind.POLICY),
    ("5.7.1", "550 5.7.1 This user does not accept mail from outside", Kind.POLICY),
    ("5.7.27", "550 5.7.27 Sender address has null MX", Kind.POLICY),
    ("5.0.0", "554 refused mailfrom because return MX does not exist", Kind.POLICY),
    ("5.0.0", "550 The return address does not exist", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Konto nadawcy zostalo zablokowane", Kind.POLICY),
    ("5.7.1", "550 5.7.1 Twoje konto zostalo zablokowane", Kind.POLICY),
    ("5.2.1", "550 5.2.1 <jan@wp.example>: sender rejected due to DMARC", Kind.POLICY),
    ("5.2.2", "550 5.2.2 sender mailbox is over quota", Kind.POLICY),
    # ---- says nothing
    ("5.0.0", "550 go away", Kind.UNKNOWN),
    ("5.3.0", "554 5.3.0 Mailer error", Kind.UNKNOWN),
    ("", "", Kind.UNKNOWN),
    ("5.0.0", "550 Rejected", Kind.UNKNOWN),
    ("5.2.0", "550 5.2.0 unable to deliver", Kind.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("status", "words", "wanted"), SAYINGS)
def test_what_a_server_says_is_understood(status, words, wanted):
    assert kind(status, words) is wanted


@pytest.mark.parametrize(
    ("status", "words", "given_up", "wanted"),
    [
        ("4.2.2", "452 4.2.2 mailbox full", False, Kind.PASSING),
        ("4.4.1", "connect to mx.example.net: Connection timed out", False, Kind.PASSING),
        ("4.4.1", "connect to mx.example.net: Connection timed out", True, Kind.EXPIRED),
        ("4.2.2", "452 4.2.2 mailbox full", True, Kind.FULL),
        ("4.4.3", "Host or domain name not found. Name service error for name=szkola.example type=MX: Host not found, try again", True, Kind.EXPIRED),
        ("4.7.1", "451 4.7.1 greylisted", True, Kind.POLICY),
        ("4.7.0", "421 4.7.0 IP listed at a DNSBL", True, Kind.POLICY),
        ("5.1.1", "550 user unknown", False, Kind.PASSING),
    ],
)
def test_while_a_server_goes_on_trying_nothing_counts(status, words, given_up, wanted):
    assert kind(status, words, permanent=False, given_up=given_up) is wanted


@pytest.mark.parametrize(
    ("status", "words", "wanted"),
    [
        ("5.7.26", "550 5.7.26 unauthenticated", Trouble.AUTHENTICATION),
        ("5.7.1", "SPF check failed", Trouble.AUTHENTICATION),
        ("5.7.1", "Client host [192.0.2.1] blocked using zen.spamhaus.org", Trouble.LISTED),
        ("5.7.25", "does not have a PTR record", Trouble.AUTHENTICATION),
        ("5.7.1", "no reverse DNS: PTR is missing", Trouble.LISTED),
        ("5.7.1", "too many messages", Trouble.RATE),
        ("5.7.1", "this is spam", Trouble.SPAM),
        ("5.7.1", "no", Trouble.OTHER),
    ],
)
def test_what_is_to_be_mended_is_told_apart(status, words, wanted):
    assert trouble(status, words) is wanted


def test_every_kind_has_its_words_and_its_weight():
    assert set(SAID) == set(Kind)
    assert HARD < COUNTS
    assert COUNTS.isdisjoint({Kind.POLICY, Kind.MAIL, Kind.PASSING})


@given(status=some.text(max_size=12), words=some.text(max_size=400), permanent=some.booleans())
def test_anything_at_all_has_a_kind(status, words, permanent):
    assert kind(status, words, permanent=permanent) in Kind
    assert trouble(status, words) in Trouble


@pytest.mark.parametrize("words", ["user " * 60_000, "account " + "x" * 100_000, "name service error" * 9_000, "sender address" + " " * 100_000])
def test_endless_words_cost_little(words):
    assert kind("5.0.0", words) in Kind
