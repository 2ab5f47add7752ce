"""Hours of issues, and what can go wrong around them: each goes once to whom it is for, or its author hears why not."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from listserv.errors import Conflict, Invalid
from listserv.store import deliveries, expanding, recall
from listserv.store.archive import SHOWN, Message
from listserv.store.issues import Issue, IssueState, Replies
from listserv.store.members import DeliveryMode, Role, Status, members_of
from listserv.store.people import Address
from listserv.store.queue import Delivery, Letter, Outgoing
from listserv.usecases import housekeeping, issuedays, issuefigures, issuepress, issues, newsdesk, newspages
from listserv.usecases.access import Actor, Door
from listserv.usecases.issues import NewImage, Words
from tests.usecases.test_issues import PNG, actor_of, copies, desk, drafted  # noqa: F401

FRIDAY = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)  # 8.00 in Warsaw


def claimed(db, at):
    """What a worker would take up then."""
    found = deliveries.claim(db, deliveries.Lease(1, at, at + 60_000), 100)
    return deliveries.still_wanted(db, found, deliveries.facts_of(db, {one.outgoing_id for one in found}))


def people(db, desk):
    return {member.address.email.partition("@")[0]: member for member in members_of(db, desk[0])}


def told(db, kind="issue-told"):
    return [letter.to for letter in db.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id))]


def test_send_now_after_a_plan_for_everybodys_hour_is_now(db, desk, now):
    issue = drafted(db, desk, now)
    issues.schedule(db, issue, FRIDAY, True, actor_of(desk[1]), now)
    issues.send(db, issue, actor_of(desk[1]), now)
    assert set(copies(db, now).values()) == {now.replace(microsecond=0)} or max(copies(db, now).values()) <= now
    assert (issue.at, issue.local, issue.clock) == (now, False, "") and db.scalars(select(Outgoing)).one().clock == ""


def test_copies_that_wait_for_their_hour_can_be_stopped_and_how_many_went_is_said(db, desk, now):
    people(db, desk)["halina"].user.timezone = "Pacific/Kiritimati"
    issue = drafted(db, desk, now)
    issues.schedule(db, issue, FRIDAY, True, actor_of(desk[1]), now)
    issuedays.run_due(db, issue.at, 10)
    copies(db, issue.at)
    (sent,) = claimed(db, deliveries.milliseconds(issue.at))
    deliveries.record_sent(db, [sent.id])
    assert newspages.waiting(db, {issue.id: issuefigures.of_issue(db, issue)}) == {issue.id}
    assert issues.stop(db, issue, actor_of(desk[1]), issue.at) == 1
    assert len(db.scalars(select(Delivery)).all()) == 1 == issuefigures.of_issue(db, issue).copies
    with pytest.raises(Conflict):
        issues.stop(db, issue, actor_of(desk[1]), issue.at)
    # What brings a hidden message back brings no stopped copies back.
    recall.resume_copies(db, issue.message_id)
    assert not expanding.expand(db, deliveries.milliseconds(FRIDAY)) and len(db.scalars(select(Delivery)).all()) == 1


def test_the_first_hour_is_that_of_a_reader_who_is_meant(db, desk, now):
    found = people(db, desk)
    found["halina"].user.timezone, found["halina"].status = "Pacific/Kiritimati", Status.PAUSED
    found["marek"].user.timezone = "Asia/Tokyo"
    issue, of_moderators = drafted(db, desk, now), drafted(db, desk, now, segment="role:moderator")
    for one in (issue, of_moderators):
        issues.schedule(db, one, FRIDAY, True, actor_of(desk[1]), now)
    assert (issue.at, of_moderators.at) == (datetime(2026, 3, 5, 23, tzinfo=UTC), FRIDAY)


def test_who_wants_no_mail_any_more_when_their_hour_comes_gets_no_copy(db, desk, now):
    issue = drafted(db, desk, now)
    issues.schedule(db, issue, FRIDAY, True, actor_of(desk[1]), now)
    issuedays.run_due(db, issue.at, 10)
    copies(db, issue.at)
    found = people(db, desk)
    found["halina"].status, found["marek"].delivery = Status.PAUSED, DeliveryMode.NONE
    db.flush()
    at = deliveries.milliseconds(FRIDAY)
    assert {one.email for one in claimed(db, at)} == {"owner@example.org", "mod@example.org", None}


def test_one_that_cannot_be_made_stops_no_other_and_its_author_hears_of_it(db, desk, now, monkeypatch):
    bad, good = drafted(db, desk, now), drafted(db, desk, now)
    for one in (bad, good):
        issues.schedule(db, one, now + timedelta(hours=1), False, actor_of(desk[1]), now)
    real = issuepress.mails

    def broken(db, issue, now):
        if issue.id == bad.id:
            raise RuntimeError("broken")
        return real(db, issue, now)

    monkeypatch.setattr(issuepress, "mails", broken)
    housekeeping.run_due(db, now + timedelta(hours=2))
    assert (bad.state, bad.at, good.state) == (IssueState.DRAFT, None, IssueState.SENT) and told(db) == ["owner@example.org"]
    assert not db.scalars(select(Message).where(Message.subject == "")).all() and len(db.scalars(select(Outgoing)).all()) == 1


def test_one_whose_figures_cannot_be_told_stops_no_other_letter(db, desk, now, monkeypatch):
    first, second = drafted(db, desk, now), drafted(db, desk, now)
    for one in (first, second):
        issues.send(db, one, actor_of(desk[1]), now)
    real, asked = issuefigures.of_issue, []

    def broken(db, issue):
        asked.append(issue.id)
        if issue.id == first.id:
            raise RuntimeError("broken")
        return real(db, issue)

    monkeypatch.setattr(issuefigures, "of_issue", broken)
    for _ in range(2):
        issuefigures.run_due(db, now + timedelta(days=6), 10)
    assert asked == [first.id, second.id] and told(db, "issue-figures") == ["owner@example.org"]


def test_what_was_meant_for_a_day_that_is_over_is_asked_about(db, desk, now):
    issue = drafted(db, desk, now)
    issues.schedule(db, issue, now + timedelta(hours=1), False, actor_of(desk[1]), now)
    issuedays.run_due(db, now + timedelta(days=2), 10)
    assert issue.state is IssueState.DRAFT and not db.scalars(select(Outgoing)).all() and told(db) == ["owner@example.org"]


def test_whoever_planned_it_answers_for_it_and_not_who_wrote_it(db, desk, now):
    found = people(db, desk)
    wrote, planned = drafted(db, desk, now), drafted(db, desk, now)
    for one, by in ((wrote, found["mod"]), (planned, desk[1])):
        one.author_id = desk[1].user_id
        issues.schedule(db, one, now + timedelta(hours=1), False, actor_of(by), now)
    found["halina"].role, desk[1].role = Role.OWNER, Role.MEMBER
    db.flush()
    issuedays.run_due(db, now + timedelta(hours=2), 10)
    assert (wrote.state, planned.state) == (IssueState.SENT, IssueState.DRAFT)


def test_the_calendar_says_who_is_owed_what_and_owes_a_closed_list_no_figures(db, desk, now):
    mlist, owner = desk
    sent, planned = drafted(db, desk, now), drafted(db, desk, now, segment="role:moderator")
    issues.send(db, sent, actor_of(owner), now)
    issues.schedule(db, planned, now + timedelta(days=6), False, actor_of(owner), now)
    until = now + timedelta(days=7)
    assert [one.who for one in issuedays.owed(db, until)] == ["role:moderator"] and [one.who for one in issuefigures.owed(db, until)] == ["owner@example.org"]
    mlist.closed_at = now
    db.flush()
    assert not issuefigures.owed(db, until) and not issuefigures.run_due(db, until, 10)
    assert "draft again" in issuedays.owed(db, until)[0].why


def test_nobodys_other_address_stands_on_an_issue(db, desk, now):
    owner = desk[1]
    db.add(Address(user_id=owner.user_id, email="private@home.example.org", key="private@home.example.org"))
    db.flush()
    work = db.scalars(select(Address).where(Address.key == "private@home.example.org")).one()
    owner.address_id = work.id
    db.flush()
    db.expire_all()
    issue = drafted(db, desk, now, replies=Replies.AUTHOR)
    issues.send(db, issue, actor_of(owner), now)
    head = db.scalars(select(Outgoing)).one().head
    assert b"private@home.example.org" in head and b"owner@example.org" not in head and issue.message.author_email == "private@home.example.org"


def test_an_issue_for_coordinators_alone_is_no_page_for_others_and_its_answers_stay_with_them(db, desk, now):
    owner = desk[1]
    issue = drafted(db, desk, now, segment="role:moderator", images=[NewImage("plakat.png", "image/png", PNG)])
    assert issue.replies is Replies.COORDINATORS and "coordinators alone" in issues.audience(issue)
    issues.send(db, issue, actor_of(owner), now)
    assert set(copies(db, now)) == {"owner", "mod"} and not db.scalars(select(Message).where(SHOWN)).all()
    assert b"Reply-To: moderator_siecibp@" in db.scalars(select(Outgoing)).one().head
    assert newsdesk.picture_at(db, "siecibp", issue.key, 1)[1] == PNG
    assert "Everybody on the list" in issues.audience(drafted(db, desk, now, segment="wrote:never")) and not issues.audience(drafted(db, desk, now))


def test_a_slip_of_the_hand_plans_nothing_for_the_next_millennium(db, desk, now):
    with pytest.raises(Invalid):
        issues.schedule(db, drafted(db, desk, now), datetime(9999, 12, 31, tzinfo=UTC), False, actor_of(desk[1]), now)


def test_what_a_form_that_was_sent_twice_begins_is_known_by_all_that_it_says(db, desk, now):
    from listserv.usecases.stewards import steward

    who = steward(db, "siecibp", Actor(Door.WEB, desk[1].user_id, proven=True))
    first = newsdesk.begin(db, who, Words("Numer", "Słowa.", images=[]), now)
    assert newsdesk.begin(db, who, Words("Numer ", "Słowa.\n", images=[]), now).id == first.id
    for other in (Words("Numer", "Słowa.", segment="role:moderator", images=[]), Words("Numer", "Słowa.", images=[NewImage("a.png", "image/png", PNG)])):
        one = newsdesk.begin(db, who, other, now)
        assert one.id != first.id and one.segment == other.segment and newsdesk.begin(db, who, other, now).id == one.id
    assert len(db.scalars(select(Issue)).all()) == 3
