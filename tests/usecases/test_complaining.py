"""A reader calls a copy spam: they get nothing more, and nobody hears of it but the journal."""

import pytest
from sqlalchemy import select

from listserv import links
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store.invitations import Invitation
from listserv.store.members import Member
from listserv.store.moderation import Application, Journal
from listserv.store.people import Address
from listserv.store.queue import Letter, Outgoing, State
from listserv.usecases import bouncing, membership
from listserv.usecases.delivery import Failure

REPORT = """{top}From: {reporter}@{service}
To: abuse@lists.example.org
Subject: FW: Pytanie
Message-ID: <report@{service}>
Date: Tue, 3 Mar 2026 11:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report for an email message received from 192.0.2.1.
--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Example/1.0
Version: 1
{fields}
--b
Content-Type: message/rfc822

{original}
--b--
"""


def members(site):
    with site.reading() as db:
        return set(db.scalars(select(Address.email).join(Member, Member.address_id == Address.id)))


def journal(site):
    with site.reading() as db:
        return [row.what for row in db.scalars(select(Journal).order_by(Journal.id)) if row.door == "mail"]


@pytest.fixture
def copy(site, office):
    """Halina's copy of a post: its sender address, and the token for leaving in its header."""
    office.send("marek@example.org", "siecibp")
    office.new_letters()
    with site.reading() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()
        outgoing = db.scalars(select(Outgoing)).one()
        key = links.signing_key(site.settings)
        sender = links.token_address(site.settings, tokens.sign(key, Kind.BOUNCE, member.id, outgoing.id))
        message_id = office.posts()[-1]["Message-ID"]
        return sender, links.unsubscribe_url(site.settings, member.id), message_id


def complain(office, original, *, kind="abuse", fields="", to="abuse@lists.example.org", proven=False, service="example.net", reporter="postmaster"):
    top = f"Authentication-Results: mx.example.org; dmarc=pass header.from={service}\n" if proven else ""
    raw = REPORT.format(kind=kind, fields=fields, original=original, top=top, service=service, reporter=reporter).replace("\n", "\r\n").encode()
    return office.deliver(raw, to, mail_from="complaints@example.net")


@pytest.mark.parametrize("to", ["abuse@lists.example.org", "postmaster@lists.example.org", "siecibp-bounces@lists.example.org", "siecibp@lists.example.org"])
def test_the_token_of_the_copy_takes_its_reader_off_the_list(site, office, copy, to):
    assert complain(office, f"Return-Path: <{copy[0]}>\nSubject: Pytanie\n\nx", to=to) is State.BOUNCE

    assert "halina@example.org" not in members(site)
    assert "marek@example.org" in members(site)
    assert journal(site) == ["complaint", "member-removed"]
    assert office.new_letters() == []


@pytest.mark.parametrize("form", ["fields", "unsubscribe", "recipient"])
def test_the_token_may_stand_wherever_the_service_left_it(site, office, copy, form):
    original, fields, to = "Subject: Pytanie\n\nx", "", "abuse@lists.example.org"
    if form == "fields":
        fields = f"Original-Mail-From: <{copy[0]}>"
    elif form == "unsubscribe":
        original = f"List-Unsubscribe: <{copy[1]}>\nSubject: Pytanie\n\nx"
    else:
        to = copy[0]
    assert complain(office, original, fields=fields, to=to) is State.BOUNCE

    assert "halina@example.org" not in members(site)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus", "dmarc"])
def test_what_is_no_complaint_of_a_reader_moves_nobody(site, office, copy, kind):
    assert complain(office, f"Return-Path: <{copy[0]}>\n\nx", kind=kind) is State.DISCARDED

    assert "halina@example.org" in members(site)
    assert office.new_letters() == []


def test_a_token_quoted_in_a_body_is_not_the_readers(site, office, copy):
    assert complain(office, f"Subject: Odp: Pytanie\n\n> Envelope: {copy[0]}\n> {copy[1]}") is State.DISCARDED

    assert "halina@example.org" in members(site)
    assert journal(site) == ["complaint"]


def test_by_the_original_alone_only_the_readers_own_proven_service_is_believed(site, office, copy):
    original, fields = f"List-Id: <siecibp.lists.example.org>\nMessage-ID: {copy[2]}\n\nx", "Original-Rcpt-To: halina@example.org"

    assert complain(office, original, fields=fields, proven=True) is State.DISCARDED
    assert complain(office, original, fields=fields, service="example.org") is State.DISCARDED
    assert complain(office, original.replace("<", "<no-"), fields=fields, service="example.org", proven=True) is State.DISCARDED
    assert "halina@example.org" in members(site)

    assert complain(office, original, fields=fields, service="example.org", proven=True) is State.BOUNCE
    assert "halina@example.org" not in members(site)
    assert office.new_letters() == []


@pytest.mark.parametrize(("reporter", "believed"), [("marek", False), ("abuse.team", False), ("complaints", False), ("abuse", True), ("Halina", True)])
def test_whoever_has_a_mailbox_at_the_same_service_takes_no_neighbour_off_the_list(site, office, copy, reporter, believed):
    original, fields = f"List-Id: <siecibp.lists.example.org>\nMessage-ID: {copy[2]}\n\nx", "Original-Rcpt-To: halina@example.org"

    complain(office, original, fields=fields, service="example.org", proven=True, reporter=reporter)

    assert ("halina@example.org" in members(site)) is not believed


def test_the_last_who_decides_stays(site, office, network):
    with site.writing() as db:
        for member in db.scalars(select(Member)):
            if member.role == "moderator":
                db.delete(member)
        owner = db.scalars(select(Member).where(Member.role == "owner")).one()
        sender = links.token_address(site.settings, tokens.sign(links.signing_key(site.settings), Kind.BOUNCE, owner.id, 1))

    assert complain(office, f"Return-Path: <{sender}>\n\nx") is State.BOUNCE
    assert "owner@example.org" in members(site)
    assert journal(site) == ["complaint"]


def test_a_complaint_about_a_question_of_ours_ends_what_it_asked(site, office):
    """Somebody else has applied in their name: nobody writes to them because of it any more."""
    office.send("Ofiara <ofiara@example.net>", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.")
    with site.reading() as db:
        (asked,) = db.scalars(select(Letter).where(Letter.to == "ofiara@example.net")).all()

    assert complain(office, f"Return-Path: <{asked.mail_from}>\nSubject: x\n\nx") is State.BOUNCE
    office.send("Ofiara <ofiara@example.net>", "moderator_siecibp", "Zgłoszenie jeszcze raz", "Dzień dobry, proszę o dopisanie mnie, bardzo proszę.")

    with site.reading() as db:
        assert len(db.scalars(select(Letter).where(Letter.to == "ofiara@example.net")).all()) == 1
        assert "lapsed" in {row.state.value for row in db.scalars(select(Application))}


def test_a_complaint_about_an_invitation_is_a_no_to_all(site, office):
    office.send("Zofia Lektura <mod@example.org>", "moderator_siecibp", "Zaproszenia", "ZAPROŚ\n\nola@example.net\n", proven=True)
    with site.reading() as db:
        invitation = db.scalars(select(Letter).where(Letter.kind == "invitation")).one()

    assert complain(office, f"Return-Path: <{invitation.mail_from}>\nSubject: x\n\nx") is State.BOUNCE
    with site.reading() as db:
        assert db.scalars(select(Invitation)).one().state == "declined"


def test_a_complaint_with_a_guessed_token_does_nothing(site, office, copy):
    before = members(site)

    complain(office, "Return-Path: <r+baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@lists.example.org>\nSubject: x\n\nx")
    assert members(site) == before and journal(site) == ["complaint"]


@pytest.mark.parametrize("kind", ["welcome", "mail-again"])
def test_a_complaint_about_the_letter_that_says_that_mail_comes_is_a_no_to_that_mail(site, office, clock, kind):
    with site.writing() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()
        if kind == "welcome":
            membership.welcome(db, member, clock())
        else:
            bouncing.score(db, member, Failure("5.1.1", "user unknown"), clock())
            bouncing.lives(db, member.address, clock(), bouncing.WROTE)
    with site.reading() as db:
        sender = db.scalars(select(Letter).where(Letter.kind == kind)).one().mail_from

    assert complain(office, f"Return-Path: <{sender}>\nSubject: x\n\nx", to=sender) is State.BOUNCE
    assert "halina@example.org" not in members(site)
