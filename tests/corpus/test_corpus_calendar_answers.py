"""Calendars of many programs at the private address of an invitation: each ends in a state that can be seen, and replies are counted rightly."""

import re

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, Said
from listserv.store.members import member_by_key
from listserv.store.queue import State
from listserv.usecases import housekeeping
from tests.corpus import corpus
from tests.office import aligned

pytestmark = corpus.needed
OWNER = "Alina Zakładka <owner@example.org>"
PLAIN = "Spotkanie z ekspertem, czwartek 12 marca 2026 godz. 16.30, online, https://meet.example.org/abc\n"
# The replies among them, by what they say.
REPLIES = {"nylas/invite_w_rsvps2.ics": Said.MAYBE, "nylas/invite_w_rsvps_4.ics": Said.NO}


@pytest.fixture
def invited(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = True
    office.send(OWNER, "siecibp-meeting", "Spotkanie", PLAIN, proven=True)
    office.reply(office.letters(kind="meeting-preview")[-1], "WYŚLIJ")
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
    return office.letters(to="halina@example.org", kind="meeting-invitation")[-1]


def deliver(office, to, number, ics):
    fields = f"From: Halina <halina@example.org>\r\nTo: {to}\r\nSubject: Accepted: x\r\nMessage-ID: <h.{number}@example.org>\r\nMIME-Version: 1.0\r\n"
    return office.deliver(aligned(fields.encode() + b"Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\n" + ics), to)


def said(site):
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org")
        return db.scalar(select(Attendee.said).where(Attendee.user_id == member.user_id))


def test_no_calendar_at_an_answer_address_is_an_error_nor_an_answer_of_its_own(office, site, invited):
    to = str(invited.mail["Reply-To"])
    for number, name in enumerate(name for name in corpus.files("H-calendar") if name.endswith(".ics")):
        assert deliver(office, to, number, corpus.read("H-calendar", name)) in (State.ANSWERED, State.DISCARDED, State.REFUSED), name
        assert said(site) is Said.NONE, name


@pytest.mark.parametrize("name", REPLIES)
def test_a_real_reply_is_counted_rightly(office, site, invited, name):
    with site.reading() as db:
        uid = db.scalar(select(Meeting.uid))
    ics = re.sub(rb"(?m)^UID:.*?(?=\r?$)", b"UID:" + uid.encode(), corpus.read("H-calendar", name))

    assert deliver(office, str(invited.mail["Reply-To"]), 1, ics) is State.ANSWERED
    assert said(site) is REPLIES[name]
