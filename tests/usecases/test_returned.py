from itertools import count

import pytest
from sqlalchemy import select

from listserv import links
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.bounces import Bounce
from listserv.store.members import Member, Status
from listserv.store.moderation import Journal
from listserv.store.people import Address
from listserv.store.queue import Letter, Outgoing, State

numbers = count(1)
REPORT = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report.{status}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; halina@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {code} {status} no

--b--
"""


@pytest.fixture
def posted(site, office):
    """A post on its way; the bounce address of Halina's copy."""
    office.send("marek@example.org", "siecibp")
    with site.reading() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()
        outgoing = db.scalars(select(Outgoing)).one()
        token = tokens.sign(links.signing_key(site.settings), Kind.BOUNCE, member.id, outgoing.id)
        return links.token_address(site.settings, token)


def report(office, to, status, action="failed", code=550):
    raw = REPORT.format(to=to, status=status, action=action, code=code).replace("<report.", f"<report.{next(numbers)}.").replace("\n", "\r\n").encode()
    return office.deliver(raw, to, mail_from="<>")


def halina(site):
    with site.reading() as db:
        return db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()


def bounces(site):
    with site.reading() as db:
        return [(row.email, row.permanent, row.status) for row in db.scalars(select(Bounce))]


def test_a_dead_address_is_noted_and_gets_nothing_more(site, office, posted):
    assert report(office, posted, "5.1.1") is State.BOUNCE

    assert bounces(site) == [("halina@example.org", True, "5.1.1")]
    assert halina(site).status is Status.BOUNCING
    # Who has a mailbox that is gone cannot be told, and the moderators hear of it an hour later.
    assert office.letters() == []


@pytest.mark.parametrize(("status", "action", "code"), [("4.2.2", "delayed", 450), ("5.7.1", "failed", 550), ("5.2.2", "failed", 552)])
def test_a_passing_trouble_or_the_lists_own_fault_throws_nobody_out(site, office, posted, status, action, code):
    assert report(office, posted, status, action, code) is State.BOUNCE

    assert halina(site).status is Status.ENABLED


def test_the_token_says_whose_copy_it_was_whatever_the_report_says(site, office, posted):
    raw = REPORT.replace("halina@example.org", "marek@example.org")
    office.deliver(raw.format(to=posted, status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode(), posted, mail_from="<>")

    assert bounces(site) == [("halina@example.org", True, "5.1.1")]


def test_a_holiday_notice_to_the_bounce_address_says_nothing_of_the_address(site, office, posted):
    assert office.send("halina@example.org", posted, "Autoodpowiedź", auto_submitted="auto-replied") is State.DISCARDED

    assert bounces(site) == []


def test_a_person_who_writes_there_learns_where_people_are(office, posted):
    assert office.send("halina@example.org", posted, "Pytanie", proven=True) is State.ANSWERED

    assert office.letters(to="halina@example.org")[-1].kind == "nobody-reads"


def test_a_letter_of_ours_that_comes_back_is_noted_on_the_letter(site, office):
    office.send("anna@example.org", "moderator_siecibp", proven=True)
    with site.reading() as db:
        letter = db.scalars(select(Letter).order_by(Letter.id)).first()

    assert report(office, letter.mail_from, "5.1.1") is State.BOUNCE
    with site.reading() as db:
        assert db.get(Letter, letter.id).code == 550
    assert bounces(site)[0][0] == "anna@example.org"


def test_a_forged_report_to_the_lists_own_address_counts_against_nobody(site, office):
    assert report(office, "siecibp-bounces@lists.example.org", "5.1.1") is State.BOUNCE

    assert halina(site).status is Status.ENABLED
    assert len(bounces(site)) == 1


def journal(site):
    with site.reading() as db:
        return [(row.what, row.detail) for row in db.scalars(select(Journal).where(Journal.door == "mail").order_by(Journal.id))]


def test_a_refusal_of_the_lists_mail_is_written_down_once_a_day_for_the_administrator(site, office, posted, clock):
    for hours in (0, 1, 30):
        clock.move(hours=hours)
        report(office, posted, "5.7.26")

    assert journal(site) == [("copies-refused", "example.org 5.7.26 550 5.7.26 no")] * 2
    assert halina(site).bounce_score == 0


def test_an_address_that_is_gone_counts_whatever_class_its_server_chose(site, office, posted):
    raw = REPORT.format(to=posted, status="5.7.1", action="failed", code="550 User unknown;").replace("\n", "\r\n").encode()
    office.deliver(raw, posted, mail_from="<>")

    assert halina(site).status is Status.BOUNCING
    assert [what for what, _ in journal(site)] == ["bouncing"]


def test_a_forwarded_address_is_known_by_the_one_that_we_wrote_to(site, office, network):
    raw = REPORT.replace("Final-Recipient: rfc822; halina@example.org", "Original-Recipient: rfc822; halina@example.org\nFinal-Recipient: rfc822; elsewhere@example.com")
    raw = raw.format(to="siecibp-bounces@lists.example.org", status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode()
    office.deliver(raw, "siecibp-bounces@lists.example.org", mail_from="<>")

    with site.reading() as db:
        (row,) = db.scalars(select(Bounce)).all()
    assert row.email == "elsewhere@example.com"
    assert row.member_id == halina(site).id


def test_a_report_about_an_old_copy_throws_nobody_out(site, office, posted, clock):
    clock.move(days=30)

    assert report(office, posted, "5.1.1") is State.BOUNCE
    assert bounces(site) == [("halina@example.org", True, "5.1.1")]
    assert halina(site).status is Status.ENABLED
