"""Issues of a newsletter: drafted, planned, sent once to whom they are for, at each reader's hour and by their name."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.mail.parse import parse
from listserv.store import expanding
from listserv.store import issues as rows
from listserv.store.archive import Message
from listserv.store.issues import Issue, IssueState, Replies, SourceKind
from listserv.store.lists import Kind, list_by_name
from listserv.store.members import DeliveryMode, members_of
from listserv.store.queue import Delivery, Outgoing
from listserv.usecases import housekeeping, issuedays, issues
from listserv.usecases.access import Actor, Door
from listserv.usecases.issues import NewImage, Words

TEXT = "Dzień dobry, {imię|Szanowni Państwo}!\n\n# Warsztaty\n\n**Zapraszamy** do Zakładki."
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x58\0\0\1\x90" + b"picture" * 20


def words(subject="Nowości na maj", source=TEXT, **more):
    return Words(subject, source, SourceKind.MARKDOWN, **more)


def owner_of(db, mlist):
    return next(member for member in members_of(db, mlist) if member.role == "owner")


def actor_of(member):
    return Actor(Door.WEB, member.user_id, proven=True)


@pytest.fixture
def desk(db, network, now):
    """A list with people of all kinds of delivery, and its coordinator."""
    mlist = list_by_name(db, "siecibp")
    return mlist, owner_of(db, mlist)


def drafted(db, desk, now, **more):
    mlist, owner = desk
    return issues.draft(db, mlist, owner.user_id, words(**more), now)


def copies(db, now):
    """Who has a copy waiting, and when it is due, by address."""
    from listserv.store import deliveries

    while expanding.expand(db, deliveries.milliseconds(now)):
        pass
    found = db.execute(select(Delivery.member_id, Delivery.due)).all()
    names = {member.id: member.address.email.partition("@")[0] for member in members_of(db, list_by_name(db, "siecibp"))}
    return {names[member]: datetime.fromtimestamp(due / 1000, UTC) for member, due in found}


def test_an_issue_is_one_message_with_a_thread_and_goes_to_all_who_get_mail(db, desk, now):
    mlist, owner = desk
    everyone = {member.address.email: member for member in members_of(db, mlist)}
    everyone["halina@example.org"].delivery, everyone["marek@example.org"].delivery = DeliveryMode.DIGEST, DeliveryMode.NONE
    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(owner), now)

    message = db.scalars(select(Message)).one()
    assert issue.state is IssueState.SENT and issue.message_id == message.id and message.thread.subject == "Nowości na maj"
    assert message.author == "Alina Zakładka" and message.user_id == owner.user_id
    assert "Szanowni Państwo" in message.body.text and "{imię" not in message.body.text
    assert set(copies(db, now)) == {"owner", "mod", "halina"}


def test_twice_said_is_once_sent(db, desk, now):
    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(desk[1]), now)
    with pytest.raises(Conflict):
        issues.send(db, issue, actor_of(desk[1]), now)
    with pytest.raises(Conflict):
        issues.revise(db, issue, words("Inny temat"), now)
    assert len(db.scalars(select(Outgoing)).all()) == 1


def test_a_segment_is_all_who_get_it(db, desk, now):
    issue = drafted(db, desk, now, segment="role:moderator")
    assert issues.count(db, issue) == 2
    issues.send(db, issue, actor_of(desk[1]), now)
    assert set(copies(db, now)) == {"owner", "mod"}


def test_a_segment_of_many_is_made_in_slices(db, desk, now, monkeypatch):
    monkeypatch.setattr("listserv.store.expanding.SLICE", 1)
    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(desk[1]), now)
    assert len(copies(db, now)) == 4


def test_only_coordinators_write_and_decide(db, desk, now):
    mlist, owner = desk
    halina = next(member for member in members_of(db, mlist) if member.role == "member")
    with pytest.raises(NotAllowed):
        issues.draft(db, mlist, halina.user_id, words(), now)
    issue = drafted(db, desk, now)
    for verb in (issues.send, issues.discard):
        with pytest.raises(NotAllowed):
            verb(db, issue, actor_of(halina), now)
    with pytest.raises(NotAllowed):
        issues.try_out(db, issue, "halina@example.org", actor_of(owner), now)


def test_what_cannot_be_printed_is_refused_and_changes_nothing(db, desk, now):
    issue = drafted(db, desk, now)
    for bad in (words(""), words(source=""), words("Witaj {imię|Ty}"), words(source="{imię}"), words(source="{wiek|18}"), words(source="[x](https://example.org/{imię|x})")):
        with pytest.raises(Invalid):
            issues.revise(db, issue, bad, now)
        db.refresh(issue)
        assert (issue.source, issue.revision, issue.state) == (TEXT, 1, IssueState.DRAFT)
    with pytest.raises(Invalid):
        issues.draft(db, desk[0], desk[1].user_id, words(segment="topic:nie-ma"), now)
    assert len(db.scalars(select(Issue)).all()) == 1


def test_a_planned_issue_goes_when_it_is_time_and_can_be_taken_back_before(db, desk, now):
    owner = desk[1]
    issue = drafted(db, desk, now)
    at = now + timedelta(days=2)
    issues.schedule(db, issue, at, False, actor_of(owner), now)
    assert [one.what for one in issuedays.owed(db, at)] == ["issue"] and not issuedays.owed(db, at - timedelta(seconds=1))
    assert not issuedays.run_due(db, at - timedelta(seconds=1), 10)
    issues.unschedule(db, issue, actor_of(owner), now)
    assert not issuedays.run_due(db, at, 10) and issue.state is IssueState.DRAFT
    issues.schedule(db, issue, at, False, actor_of(owner), now)
    housekeeping.run_due(db, at)
    assert issue.state is IssueState.SENT and not issuedays.run_due(db, at, 10)
    with pytest.raises(Conflict):
        issues.unschedule(db, issue, actor_of(owner), now)
    with pytest.raises(Invalid):
        issues.schedule(db, drafted(db, desk, now), now - timedelta(hours=1), False, actor_of(owner), now)


def test_one_clock_time_in_each_readers_zone(db, desk, now):
    mlist, owner = desk
    people = {member.address.email.partition("@")[0]: member for member in members_of(db, mlist)}
    people["halina"].user.timezone, people["marek"].user.timezone, people["mod"].user.timezone = "Asia/Tokyo", "America/New_York", "Nowhere/At_All"
    db.flush()
    issue = drafted(db, desk, now)
    issues.schedule(db, issue, datetime(2026, 3, 6, 7, 0, tzinfo=UTC), True, actor_of(owner), now)  # 8.00 in Warsaw
    assert issue.at == datetime(2026, 3, 5, 23, 0, tzinfo=UTC) and issue.clock == "2026-03-06T08:00"
    issuedays.run_due(db, issue.at, 10)
    due = copies(db, issue.at)
    assert due["halina"] == issue.at and due["marek"] == datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
    assert due["owner"] == due["mod"] == datetime(2026, 3, 6, 7, 0, tzinfo=UTC)


def test_pictures_come_from_our_server_and_stay_in_the_archive(db, desk, now):
    issue = drafted(db, desk, now, source="![Plakat](plakat.png)\n\nTekst", images=(NewImage("plakat.png", "image/png", PNG, "p1"),))
    issues.send(db, issue, actor_of(desk[1]), now)
    outgoing, message = db.scalars(select(Outgoing)).one(), db.scalars(select(Message)).one()
    body = outgoing.body.replace(b"=\r\n", b"")
    assert f"https://lists.example.org/siecibp/news/picture/{issue.key}/1".encode() in body and b"cid:" not in body
    assert [(file.name, file.inline) for file in message.attachments] == [("plakat.png", True)] and 'alt="Plakat"' in message.body.html
    assert rows.image_of(db, issue.key, 1).number == 1 and rows.image_of(db, "", 1) is None and rows.image_of(db, issue.key, 2) is None


@pytest.mark.parametrize(("kind", "replies", "way"), [("discussion", None, "siecibp@"), ("discussion", Replies.AUTHOR, "owner@example.org"), ("newsletter", None, "moderator_siecibp@"), ("newsletter", Replies.THREAD, "moderator_siecibp@")])
def test_answers_take_the_way_that_was_chosen(db, desk, now, kind, replies, way):
    desk[0].kind = Kind(kind)
    issue = drafted(db, desk, now, replies=replies)
    issues.send(db, issue, actor_of(desk[1]), now)
    post = parse(db.scalars(select(Outgoing)).one().head + b"\r\n")
    assert [box.address for box in post.reply_to] == [way if "@e" in way else f"{way}lists.example.org"]
    assert post.authors[0].address == "siecibp@lists.example.org" and "Alina" in post.authors[0].name


def test_a_trial_goes_to_a_coordinator_and_is_the_very_issue(db, desk, now, site):
    from listserv.store.queue import Letter, raw_bytes

    issue = drafted(db, desk, now)
    issues.try_out(db, issue, "owner@example.org", actor_of(desk[1]), now)
    letter = db.scalars(select(Letter).where(Letter.kind == "issue-trial")).one()
    post = parse(raw_bytes(db, letter.raw_id))
    assert post.subject == "[Próba] Nowości na maj" and "Dzień dobry, Alina!" in post.text and not db.scalars(select(Message)).all()


def test_readers_are_called_by_their_names_when_it_is_sent(site, network, now, tmp_path):
    from listserv.worker import work_once

    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        next(member for member in members_of(db, mlist) if member.address.email == "marek@example.org").user.name = ""
        owner = owner_of(db, mlist)
        issues.send(db, issues.draft(db, mlist, owner.user_id, words(), now), actor_of(owner), now)
    work_once(site)
    sent, links = {}, set()
    for file in sorted((tmp_path / "out").rglob("*")):
        if file.is_file():
            raw = file.read_bytes()
            post = parse(raw)
            sent[next(word for word in ("Alina", "Zofia", "Halina", "Szanowni Państwo", "?") if f"Dzień dobry, {word}!" in post.text)] = raw
            assert b"=_h" not in raw and b"=_t" not in raw and post.html and not post.problems
            # The visible way out is the reader's own, the same as in the header, in both forms: whoever takes it has left by this issue.
            (own,) = set(re.findall(r"https://\S+/unsubscribe/\w+", post.text))
            assert own.encode() in raw.partition(b"\r\n\r\n")[0] and f'href="{own}"' in post.html and "-leave@" not in post.text
            links.add(own)
    assert len(links) == 4 and set(sent) == {"Alina", "Zofia", "Halina", "Szanowni Państwo"}


def test_digest_readers_do_not_get_it_again(db, desk, now):
    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(desk[1]), now)
    assert not db.scalars(select(Message).where(rows.NO_ISSUE)).all()


def test_trace_tells_of_an_issue(db, desk, now):
    from listserv.usecases import issuepress, tracing

    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(desk[1]), now)
    (found,) = tracing.trace(db, issuepress.message_id(db, issue))
    assert found.state == "posted" and found.thread


@pytest.mark.parametrize("change", ["coordinator", "topic", "closed"])
def test_what_cannot_go_at_its_hour_is_a_draft_again_and_its_author_is_told(db, desk, now, change):
    from listserv.store.queue import Letter

    mlist, owner = desk
    issue = drafted(db, desk, now, segment="role:moderator topic:tik" if change == "topic" else "")
    issues.schedule(db, issue, now + timedelta(hours=1), False, actor_of(owner), now)
    if change == "closed":
        mlist.closed_at = now
    elif change == "coordinator":
        owner.role = "member"
    db.flush()
    assert issuedays.run_due(db, now + timedelta(hours=2), 10) == 1 and not issuedays.run_due(db, now + timedelta(hours=2), 10)
    assert issue.state is IssueState.DRAFT and not db.scalars(select(Message)).all()
    to = {letter.to for letter in db.scalars(select(Letter).where(Letter.kind == "issue-told"))}
    assert to == ({"mod@example.org"} if change == "coordinator" else {"owner@example.org"})


def test_a_copy_that_somebody_asks_for_again_is_filled_too(db, desk, now):
    from listserv.store.queue import Letter, raw_bytes
    from listserv.usecases import resending

    owner = desk[1]
    issue = drafted(db, desk, now)
    issues.send(db, issue, actor_of(owner), now)
    resending.send(db, owner, issue.message.thread, now)
    letter = db.scalars(select(Letter).where(Letter.kind == "copy")).one()
    assert "Dzień dobry, Alina!" in parse(raw_bytes(db, letter.raw_id)).text


def test_what_is_redacted_while_copies_wait_is_in_none_of_them(db, desk, now):
    from listserv.mail.redacting import Plan
    from listserv.usecases import waitingcopies

    issue = drafted(db, desk, now, source=TEXT + "\n\nTelefon 600 100 200.")
    issues.send(db, issue, actor_of(desk[1]), now)
    waitingcopies.redact(db, issue.message, Plan(words=("600 100 200",)))
    outgoing = db.scalars(select(Outgoing)).one()
    post = parse(outgoing.head + b"\r\n" + outgoing.body)
    assert "600 100 200" not in post.text + post.html and "Dzień dobry, Szanowni Państwo!" in post.text and not outgoing.fields
