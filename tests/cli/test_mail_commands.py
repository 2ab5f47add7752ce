"""`trace`, `queue`, `due`, `letters`."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from listserv import gallery
from listserv.store.bounces import Bounce
from listserv.store.members import Member
from listserv.store.moderation import Held
from listserv.store.queue import Delivery, Incoming, Outgoing
from listserv.usecases import intake, moderation
from listserv.usecases.access import CONSOLE
from tests import lettersshown
from tests.office import mail

POST = mail("halina@example.org", "siecibp@lists.example.org", message_id="<post@example.org>")


@pytest.fixture
def posted(office, run):
    """A member's post, in the archive and on its way."""
    office.deliver(POST, "siecibp@lists.example.org")
    return run


def test_a_post_is_traced_with_or_without_brackets(posted, site):
    found = posted("trace", "<post@example.org>", "--json").json

    assert found == posted("trace", "post@example.org", "--json").json
    assert len(found) == 1
    assert set(found[0]) == {"message_id", "list", "state", "reasons", "thread", "url", "deliveries", "events"}
    assert (found[0]["message_id"], found[0]["list"], found[0]["state"], found[0]["reasons"]) == ("<post@example.org>", "siecibp", "posted", [])
    assert found[0]["url"].startswith("https://lists.example.org/siecibp/message/")
    assert isinstance(found[0]["thread"], int)
    assert found[0]["deliveries"] == {"sent": 0, "pending": 4, "failed": 0}
    assert found[0]["events"][0]["what"].startswith("received for siecibp@lists.example.org")
    assert found[0]["events"][-1]["what"] == "posted"
    assert "4 pending" in posted("trace", "post@example.org").out


def test_copies_that_went_failed_and_came_back_are_counted(posted, site, now):
    with site.writing() as db:
        outgoing, members = db.scalars(select(Outgoing)).one(), db.scalars(select(Member)).all()
        outgoing.upto = None
        codes = ((None, 250), (None, 550), (0, 451), (None, 250))
        db.add_all(Delivery(outgoing_id=outgoing.id, member_id=m.id, due=due, code=code) for m, (due, code) in zip(members, codes, strict=True))
        db.add(Bounce(outgoing_id=outgoing.id, email="marek@example.org", permanent=True, status="5.1.1", at=now))

    found = posted("trace", "post@example.org", "--json").json[0]

    assert found["deliveries"] == {"sent": 2, "pending": 1, "failed": 1}
    assert "bounced marek@example.org: 5.1.1" in [event["what"] for event in found["events"]]


def test_what_is_hidden_afterwards_is_told(posted):
    posted("thread", "hide", "siecibp", "--message", "<post@example.org>")
    posted("thread", "show", "siecibp", "--message", "<post@example.org>")

    told = [event["what"] for event in posted("trace", "post@example.org", "--json").json[0]["events"]]

    assert [what for what in told if "message-" in what] == ["message-hidden (console): copies that have not left stay here", "message-shown (console)"]


def test_a_held_post_is_posted_when_that_is_decided_and_not_when_it_came(office, run, site, clock):
    office.deliver(mail("stranger@example.org", "siecibp@lists.example.org", message_id="<held@example.org>"), "siecibp@lists.example.org")
    clock.move(hours=3)
    with site.writing() as db:
        moderation.publish(db, db.scalars(select(Held)).one(), CONSOLE, clock())

    events = run("trace", "held@example.org", "--json").json[0]["events"]

    came, became = (datetime.fromisoformat(one["at"]) for one in (events[0], next(one for one in events if one["what"].startswith("posted"))))
    assert became - came == timedelta(hours=3)


def test_two_recipients_are_two_traces(office, run):
    raw = mail("stranger@example.org", "siecibp@lists.example.org", message_id="<both@example.org>")
    office.deliver(raw, "siecibp@lists.example.org", "moderator_siecibp@lists.example.org")

    found = run("trace", "both@example.org", "--json").json

    assert [one["state"] for one in found] == ["held", "application"]
    assert found[0]["reasons"] == ["nonmember"]
    assert any(event["what"].startswith("letter “held-moderator” to ") for event in found[0]["events"])


def test_a_mail_that_nobody_has_read_yet_is_pending(site, network, run, now):
    with site.writing() as db:
        intake.receive(db, intake.Arriving.each("halina@example.org", ["siecibp@lists.example.org"], "127.0.0.1", POST), now)

    assert run("trace", "<post@example.org>", "--json").json[0]["state"] == "pending"
    assert run("queue", "status", "--json").json == {"incoming": 1, "outgoing": 0, "deliveries": 0, "shunted": 0}
    assert run("queue", "ls", "--json").json[0]["for"] == "siecibp@lists.example.org"


def test_a_mail_set_aside_is_shown_and_tried_again_once(site, network, run, now):
    with site.writing() as db:
        (number,) = intake.receive(db, intake.Arriving.each("a@example.org", ["siecibp@lists.example.org"], "127.0.0.1", POST), now)
        intake.shunt(db, db.get_one(Incoming, number), "Traceback\nValueError: x", now)

    assert run("trace", "post@example.org", "--json").json[0]["state"] == "shunted"
    assert run("queue", "status", "--json").json["shunted"] == 1
    assert run("queue", "ls", "--json").json[0]["trouble"] == "ValueError: x"
    assert run("queue", "retry", number).code == 0
    assert run("queue", "retry", number).code == 6
    assert run("queue", "retry", 999).code == 3
    left = run("queue", "status", "--json").json
    # The administrator has been written to about it.
    assert (left["incoming"], left["shunted"]) == (1, 0) and run("queue", "show", number).code == 0


def test_a_mail_that_never_came_is_not_found(run, network):
    done = run("trace", "<none@example.org>")

    assert (done.code, done.out, done.err.count("\n")) == (3, "", 1)


def test_what_is_still_to_do_is_counted_and_listed(posted, site):
    assert posted("queue", "status", "--json").json == {"incoming": 0, "outgoing": 1, "deliveries": 0, "shunted": 0}
    assert [(row["kind"], row["message_id"]) for row in posted("queue", "ls", "--json").json] == [("post", "<post@example.org>")]


@pytest.fixture
def reader(office, site, now, run):
    """A member who gets digests, and a post to tell them of."""
    run("member", "set", "siecibp", "marek@example.org", "delivery=digest", "timezone=Europe/Warsaw")
    office.deliver(POST, "siecibp@lists.example.org")
    with site.reading() as db:
        return db.scalars(select(Member).where(Member.delivery == "digest")).one().digest_due


def test_the_calendar_owes_a_digest_and_does_it_once(run, reader):
    # The command line goes by the machine's clock: the digest is planned for the next morning from now.
    late = reader.isoformat()

    assert run("due", "--at", "2026-03-03T08:00", "--json").json == []
    owed = run("due", "--at", late, "--json").json
    assert [(row["what"], row["list"], row["who"]) for row in owed] == [("digest", "siecibp", "marek@example.org")]
    assert "digest" in run("due", "--at", late, "--run").out
    assert run("due", "--at", late, "--json").json == []
    assert "letter" in [row["kind"] for row in run("queue", "ls", "--json").json]


def test_a_time_that_is_none_is_refused(run):
    assert run("due", "--at", "tomorrow").code == 2


def test_every_letter_is_shown_in_both_languages(run, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "letters_shown", lettersshown.shown)
    shown = run("letters", "--json").json

    assert {one["language"] for one in shown} == {"en", "pl"}
    assert all(one["subject"] and one["body"] for one in shown)
    assert run("letters", "--out", tmp_path / "out").code == 0
    assert len(list((tmp_path / "out").glob("*.txt"))) == len(shown)
