"""What comes to a newsletter's own address, and to LIST-news@: nothing goes to its readers without a preview and a word."""

import pytest
from sqlalchemy import func, select

from listserv.store.issues import Issue
from listserv.store.lists import Kind, list_by_name
from listserv.store.queue import Incoming, State
from listserv.store.untold import Untold
from listserv.usecases import banning, housekeeping
from listserv.usecases.access import CONSOLE
from tests.office import DOMAIN, aligned, mail
from tests.usecases.test_newsletter_readers import COORDINATORS, NEWS, READER, effect, issue, newsletter  # noqa: F401

OWNER, MOD, DRAFTS = "Owner <owner@example.org>", "mod@example.org", f"gazetka-news@{DOMAIN}"
TEXT = "We meet in May, and everybody is invited to come and to bring a friend along."


def count(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Issue))


@pytest.mark.parametrize("proven", [True, None])
def test_what_a_coordinator_writes_to_a_newsletters_own_address_is_a_draft_with_a_preview(site, newsletter, proven):
    assert newsletter.send(OWNER, NEWS, "May", TEXT, proven=proven) is State.DRAFT
    (preview,) = newsletter.letters()
    assert (preview.kind, preview.to, newsletter.posts()) == ("issue-preview", "owner@example.org", []) and TEXT[:20] in preview.text
    newsletter.reply(preview, "SEND")
    assert len(newsletter.posts()) == 1


def test_a_forged_coordinators_letter_is_a_letter_to_the_coordinators(site, newsletter):
    assert newsletter.send(OWNER, NEWS, "May", TEXT, proven=False) is State.FORWARDED
    assert {one.kind for one in newsletter.letters()} == {"contact"} and not newsletter.posts() and not count(site)


@pytest.mark.parametrize("proven", [True, None])
def test_a_coordinators_answer_to_an_issue_reaches_the_other_coordinators_and_no_reader(site, newsletter, issue, proven):
    raw = mail(MOD, NEWS, "Re: May", "Nice, but there is a mistake in it!", in_reply_to=issue)
    assert newsletter.deliver(aligned(raw) if proven else raw, NEWS, COORDINATORS) is State.FORWARDED
    # One that nobody vouches for may not be theirs: then they see it, too.
    assert [one.to for one in newsletter.letters(kind="contact")] == ["owner@example.org"] + ([] if proven else [MOD])
    assert len(newsletter.posts()) == 1 and count(site) == 1 and effect(site).replies == 0


def test_no_other_door_leads_to_the_readers_either(site, newsletter, issue):
    from listserv.mail.authentication import Alignment
    from listserv.mail.parse import parse
    from listserv.store.queue import keep_raw
    from listserv.usecases import posting
    from listserv.usecases.submissions import Submission

    with site.writing() as db:
        mlist, raw = list_by_name(db, "gazetka"), mail(OWNER, NEWS, "By another door", TEXT)
        incoming = Incoming(raw_id=keep_raw(db, raw).id, message_id="<x@example.org>", mail_from="owner@example.org", rcpt=NEWS, peer="web", received_at=site.now())
        db.add(incoming)
        db.flush()
        done = posting.submit(db, mlist, Submission(incoming, raw, incoming.raw_id, parse(raw), Alignment.ALIGNED), site.now())
        assert done.message is None and done.verdict.action == "reject"


def test_the_same_draft_once_more_under_its_message_id_is_a_double(site, newsletter):
    raw = mail(OWNER, DRAFTS, "May", TEXT)
    newsletter.deliver(aligned(raw), DRAFTS)
    again = b"Received: from relay.example.org by mx.example.org; Tue, 03 Mar 2026 10:00:09 +0100\r\n" + raw
    assert newsletter.deliver(aligned(again), DRAFTS) is State.DISCARDED and newsletter.deliver(aligned(again), NEWS) is State.DISCARDED
    assert count(site) == 1 and len(newsletter.letters()) == 1
    assert newsletter.deliver(aligned(raw.replace(b"in May", b"in June")), DRAFTS) is State.DRAFT and count(site) == 2


def test_bans_and_spam_marks_hold_at_the_drafts_address_and_an_unproven_stranger_gets_no_answer(site, newsletter):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "gazetka"), "zly@example.org", CONSOLE, site.now())
    assert newsletter.send("zly@example.org", DRAFTS, "Buy", "Buy.", proven=True) is State.REFUSED
    assert newsletter.send("zly@example.org", DRAFTS, "Buy", "Buy.") is State.REFUSED
    assert [one.kind for one in newsletter.letters()] == ["application-banned"]
    for sender in ("ktos@example.org", OWNER):
        assert newsletter.send(sender, DRAFTS, "Buy", "Buy.", X_Spam_Flag="YES") is State.FORWARDED
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Untold)) == 4 and len(newsletter.letters()) == 1
    assert newsletter.send("ktos@example.org", DRAFTS, "Hello", "A question.") is State.FORWARDED
    assert {one.kind for one in newsletter.letters()} == {"application-banned", "contact"} and not newsletter.letters("ktos@example.org")


def test_a_list_that_becomes_a_newsletter_keeps_its_threads_and_takes_no_posts(site, office):
    office.send(OWNER, "siecibp", "Hello", "Hello all.", proven=True)
    with site.writing() as db:
        list_by_name(db, "siecibp").kind = Kind.NEWSLETTER
    office.send(OWNER, "siecibp", "Hello again", TEXT, proven=True)
    with site.writing() as db:
        housekeeping.run_due(db, site.now())
    assert len(office.posts()) == 1 and office.letters(kind="issue-preview")
