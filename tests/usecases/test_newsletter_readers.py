"""A newsletter from its readers' side, by mail: joining, answering, leaving; and what its coordinators learn of an issue."""

import email

import pytest
from sqlalchemy import func, select

from listserv.errors import NotFound
from listserv.store import deliveries, effects, expanding
from listserv.store.archive import Message
from listserv.store.effects import IssueDay, IssueReader
from listserv.store.issues import Issue, SourceKind
from listserv.store.lists import Kind, list_by_name
from listserv.store.members import Member, member_by_key
from listserv.store.people import address_by_key
from listserv.store.queue import Outgoing, State
from listserv.usecases import administration, housekeeping, issuecounts, issuefigures, issues, signin, visiting
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.issuecounts import Page
from listserv.usecases.issues import Words
from listserv.usecases.stationery import Stationery
from tests.conftest import add
from tests.office import DOMAIN, aligned, mail

NEWS, COORDINATORS = f"gazetka@{DOMAIN}", f"moderator_gazetka@{DOMAIN}"
READER = "Ewa Fiszka <ewa@example.org>"


@pytest.fixture
def newsletter(site, office):
    """A newsletter with two coordinators and two readers."""
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("gazetka", "Gazetka", "en", Kind.NEWSLETTER), CONSOLE, site.now())
        add(db, mlist, "owner@example.org", site.now(), role="owner")
        add(db, mlist, "mod@example.org", site.now(), role="moderator")
        add(db, mlist, "ewa@example.org", site.now(), name="Ewa Fiszka")
        add(db, mlist, "jan@example.org", site.now())
    return office


@pytest.fixture
def issue(site, newsletter):
    """The Message-ID of an issue that has gone out."""
    with site.writing() as db:
        mlist = list_by_name(db, "gazetka")
        owner = address_by_key(db, "owner@example.org").user_id
        made = issues.draft(db, mlist, owner, Words("May", "Hello, {name|friends}!\n\nCome and see.", SourceKind.MARKDOWN), site.now())
        issues.send(db, made, Actor(Door.WEB, owner, proven=True), site.now())
        while expanding.expand(db, deliveries.milliseconds(site.now())):
            pass
        return f"<{made.message.message_id}>"


def on_it(site, address):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, "gazetka"), address) is not None


def effect(site):
    with site.reading() as db:
        return issuefigures.of_issue(db, db.scalars(select(Issue)).one())


def copy_of(site, address):
    """What stands on top of this reader's copy of the issue, and where it is sent from."""
    with site.reading() as db:
        member = member_by_key(db, list_by_name(db, "gazetka"), address)
        outgoing = db.scalars(select(Outgoing.id).join(Issue, Issue.message_id == Outgoing.message_id)).one()
        copy = deliveries.Claimed(1, outgoing, member.id, 1, address)
        paper = Stationery(site.settings)
        return email.message_from_bytes(paper.personal(copy)), paper.sender(copy)


# ---- joining ------------------------------------------------------------------------------------------------


def test_nobody_reads_it_before_their_own_word_and_the_welcome_is_a_newsletters(site, newsletter):
    newsletter.send("Nowa <nowa@example.org>", f"gazetka-join@{DOMAIN}", "hello", "please")
    (asked,) = newsletter.letters("nowa@example.org")
    assert asked.kind == "application-confirm" and "moderator will read" not in asked.text and not on_it(site, "nowa@example.org")
    newsletter.reply(asked, "YES", proven=None)
    welcome = newsletter.letters("nowa@example.org", "welcome")[0]
    assert on_it(site, "nowa@example.org") and "the coordinators alone read it" in welcome.text
    assert "everybody" not in welcome.text and f" {NEWS}" not in welcome.text and "/unsubscribe/" in welcome.text
    newsletter.reply(welcome, "HELP")
    told = newsletter.letters("nowa@example.org")[-1]
    assert told.kind == "help" and "DAILY" not in told.text and "everybody" not in told.text


def test_who_is_proven_by_the_letter_itself_needs_no_second_one(site, newsletter):
    newsletter.send("Nowa <nowa@example.org>", f"gazetka-join@{DOMAIN}", "hello", "please", proven=True)
    assert [letter.kind for letter in newsletter.letters("nowa@example.org")] == ["welcome"] and on_it(site, "nowa@example.org")


# ---- writing ------------------------------------------------------------------------------------------------


def test_a_readers_post_goes_to_nobody_and_they_hear_who_likes_to_read_it(site, newsletter):
    assert newsletter.send(READER, NEWS, "An idea", "Could you write about books?", proven=True) is State.REFUSED
    (told,) = newsletter.letters()
    assert told.to == "ewa@example.org" and COORDINATORS in told.text and "written by its coordinators alone" in " ".join(told.text.split())
    assert newsletter.posts() == []


def test_an_answer_to_an_issue_reaches_each_coordinator_once_by_whichever_address(site, newsletter, issue):
    (post,) = newsletter.posts()
    assert post["Reply-To"] == COORDINATORS
    raw = aligned(mail(READER, COORDINATORS, "Re: May", "I shall come.", in_reply_to=issue))
    assert newsletter.deliver(raw, COORDINATORS, NEWS) is State.FORWARDED
    found = newsletter.letters(kind="contact")
    assert [one.to for one in found] == ["owner@example.org", "mod@example.org"]
    assert all(str(one.mail["Reply-To"]) == "ewa@example.org" and "I shall come." in one.text and "koordyn" in one.text for one in found)
    assert len(newsletter.posts()) == 1 and effect(site).replies == 1
    # To the newsletter's address alone, as some programs have it.
    assert newsletter.send(READER, NEWS, "Re: May", "And my sister.", in_reply_to=issue, proven=True) is State.FORWARDED
    assert effect(site).replies == 2 and len(newsletter.posts()) == 1 and not newsletter.letters("ewa@example.org")


def test_an_answer_from_a_second_mailbox_is_no_wish_to_join(site, newsletter, issue):
    assert newsletter.send("Ewa <ewa@home.example.org>", COORDINATORS, "Re: May", "I shall come.", in_reply_to=issue, proven=True) is State.FORWARDED
    assert not on_it(site, "ewa@home.example.org") and effect(site).replies == 1
    # Under a name that nobody has proven it reaches humans too, by whichever address, who are told; nobody is asked whether they want a second copy.
    raw = mail("Jan <jan@dom.example.org>", COORDINATORS, "Re: May", "May I come?", in_reply_to=issue)
    assert newsletter.deliver(raw, NEWS, COORDINATORS) is State.FORWARDED
    found = newsletter.letters(kind="contact")
    assert len(found) == 4 == len(newsletter.letters()) and "nie potwierdza" in found[3].text and "nie potwierdza" not in found[0].text and not newsletter.letters(kind="application-confirm")
    # Without an issue behind it, and where it is forged, it is what it always was.
    assert newsletter.send("Jan <jan@dom.example.org>", COORDINATORS, "Re: May", "Buy.", in_reply_to=issue, proven=False) is not State.FORWARDED
    assert newsletter.send("Ewa <ewa@home.example.org>", COORDINATORS, "Hello", "Please put me on it.", proven=True) is State.APPLICATION


def test_who_is_forged_or_barred_reaches_nobody_by_an_issue(site, newsletter, issue):
    assert newsletter.send(READER, NEWS, "Re: May", "Buy.", in_reply_to=issue, proven=False) is State.REFUSED
    with site.writing() as db:
        from listserv.usecases import banning

        banning.ban(db, list_by_name(db, "gazetka"), "ewa@example.org", CONSOLE, site.now())
    assert newsletter.send(READER, NEWS, "Re: May", "Buy.", in_reply_to=issue, proven=True) is State.REFUSED
    assert newsletter.letters(kind="contact") == [] and effect(site).replies == 0


# ---- what came of it ----------------------------------------------------------------------------------------


def test_who_leaves_by_a_copy_is_counted_and_not_kept(site, newsletter, issue):
    headers, _ = copy_of(site, "ewa@example.org")
    link, address = (one.strip(" <>") for one in headers["List-Unsubscribe"].split(","))
    with site.reading() as db:
        assert signin.member_by_link(db, link.rpartition("/")[2]).address.email == "ewa@example.org"
    newsletter.send(READER, address.removeprefix("mailto:"), "unsubscribe", "unsubscribe")
    assert not on_it(site, "ewa@example.org") and effect(site).unsubscribed == 1
    # Asked again by their mail program: once is once.
    newsletter.send(READER, address.removeprefix("mailto:"), "unsubscribe", "unsubscribe")
    # A word in answer to the issue counts as well; leaving without one does not.
    newsletter.send("jan@example.org", COORDINATORS, "Re: May", "Please unsubscribe me.", in_reply_to=issue, proven=True)
    assert not on_it(site, "jan@example.org") and effect(site).unsubscribed == 2
    with site.reading() as db:
        assert {column.name for column in IssueDay.__table__.c} == {"message_id", "day", "visits", "letters", "departures"}
        assert db.scalar(select(func.sum(IssueDay.departures))) == 2


def test_who_calls_it_spam_has_left_by_it(site, newsletter, issue):
    headers, _ = copy_of(site, "jan@example.org")
    report = (
        b'From: fbl@example.net\r\nTo: abuse@lists.example.org\r\nContent-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + headers.as_bytes().rstrip()
        + b"\r\nSubject: May\r\n\r\nHello\r\n--b--\r\n"
    )
    newsletter.deliver(report, f"abuse@{DOMAIN}")
    assert not on_it(site, "jan@example.org") and effect(site).unsubscribed == 1


def test_the_link_of_an_ordinary_post_counts_nowhere(site, office):
    office.send("Halina <halina@example.org>", "siecibp", "Books", "Who has books?", proven=True)
    with site.writing() as db:
        outgoing = db.scalars(select(Outgoing)).one()
        assert issuecounts.of_copy(db, outgoing.id) is None and issuecounts.of_copy(db, 0) is None
        with pytest.raises(NotFound):
            signin.copy_by_link(db, "xaaaaaaaaaaaaaaaaaaaaaaaa")


def test_a_copy_that_comes_back_is_counted_once(site, newsletter, issue):
    _, sender = copy_of(site, "jan@example.org")
    report = (
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
        b"Reporting-MTA: dns; example.org\r\n\r\nFinal-Recipient: rfc822; jan@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    )
    newsletter.deliver(report, sender, mail_from="")
    newsletter.deliver(b"X-Again: 1\r\n" + report, sender, mail_from="")
    assert (effect(site).copies, effect(site).bounced) == (4, 1)


def test_people_who_read_its_page_are_counted_and_forgotten_when_the_day_is_over(site, newsletter, issue, clock):
    with site.writing() as db:
        day, now, message = visiting.today(site.settings, site.now()), site.now(), db.scalars(select(Message)).one()
        pages = [Page("gazetka", "message", message.hash), Page("gazetka", "thread", str(message.thread_id))]
        others = [Page("siecibp", "thread", str(message.thread_id)), Page("gazetka", "thread", "999999"), Page("gazetka", "thread", "9" * 30)]
        assert issuecounts.read(db, day, {page: {"anna", "ewa"} for page in pages} | {page: {"jan"} for page in others}, now) == 2
        assert issuecounts.read(db, day, {pages[0]: {"anna", "jan"}}, now) == 1 and issuecounts.read(db, day, {}, now) == 0
        assert db.scalar(select(func.count()).select_from(IssueReader)) == 3
    clock.move(days=1)
    with site.writing() as db:
        assert issuecounts.read(db, day, {pages[0]: {"halina"}}, site.now()) == 0
        housekeeping.tidy(db, site.now(), 10)
        assert db.scalar(select(func.count()).select_from(IssueReader)) == 0
    assert effect(site).visits == 3


def test_its_author_gets_the_figures_some_days_later_once(site, newsletter, issue, clock):
    newsletter.send(READER, COORDINATORS, "Re: May", "I shall come.", in_reply_to=issue, proven=True)
    clock.move(days=4)
    with site.writing() as db:
        assert issuefigures.run_due(db, site.now(), 10) == 0 and issuefigures.owed(db, site.now()) == []
    clock.move(days=2)
    with site.writing() as db:
        assert [(one.what, one.list) for one in issuefigures.owed(db, site.now())] == [("issue-figures", "gazetka")]
        housekeeping.run_due(db, site.now())
        assert issuefigures.run_due(db, site.now(), 10) == 0 and issuefigures.owed(db, site.now()) == []
    (told,) = newsletter.letters(kind="issue-figures")
    assert told.to == "owner@example.org" and "wysłane 4" in told.text and "1 odpowied" in told.text
    assert "/gazetka/message/" in told.text


def test_the_figures_of_many_issues_take_as_many_statements_as_those_of_one(site, newsletter, issue):
    with site.reading() as db:
        mlist = list_by_name(db, "gazetka")
        day = visiting.today(site.settings, site.now())
        (one,) = issuefigures.effects(db, mlist, day, day)
        assert issuefigures.as_row(one, "UTC") | {"sent": ""} == dict(zip(issuefigures.COLUMNS, ("", "May", 4, 0, 0, 0, 0), strict=True))
        assert issuefigures.as_csv([one], "UTC").splitlines()[0] == "sent,subject,copies,visits,replies,unsubscribed,bounced"
        assert issuefigures.effects(db, list_by_name(db, "siecibp"), day, day) == ()
        assert effects.answers(db, [one.message_id]) == {} and db.get(Member, 1) is not None


@pytest.mark.parametrize("words", ["codziennie", "tygodniowo w piątki", "tylko gdy co najmniej 3"])
def test_who_asks_a_newsletter_for_digests_hears_that_it_has_none(site, newsletter, words):
    newsletter.send(READER, "gazetka-request", "", words, proven=True)
    (told,) = newsletter.letters(kind="settings")
    assert "no digests" in " ".join(told.text.split()) and "digest," not in told.text
    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "gazetka"), "ewa@example.org").delivery == "each"
