"""`trace` finds what we sent ourselves: digests by their number, other letters by their id, issues with all that was decided."""

import pytest

from listserv.errors import NotFound
from listserv.store.bounces import Bounce
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter
from listserv.usecases import housekeeping, issuepress, issues, tracing
from listserv.usecases.access import Actor, Door
from listserv.usecases.issues import Words
from tests.conftest import add


@pytest.fixture
def reader(office, site, clock):
    """A digest reader whose digest has been made."""
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "czyta@example.org", clock(), name="Łucja Żółw", delivery="digest")
    office.send("Marek Regał <marek@example.org>", "siecibp", "Czytniki", "Mam dwa czytniki.")
    clock.move(days=1)
    with site.writing() as db:
        housekeeping.run_due(db, clock())
    return office.letters(kind="digest")[0]


def traced(site, message_id):
    with site.reading() as db:
        (found,) = tracing.trace(db, message_id)
        return found, [event.what for event in found.events]


def test_a_digest_is_found_by_its_message_id(reader, site):
    found, events = traced(site, str(reader.mail["Message-ID"]))

    assert (found.state, found.mlist, found.deliveries) == ("pending", "siecibp", (0, 1, 0))
    assert "messages 1 to 1, 1 threads" in events[0] and events[1] == "letter “digest” to czyta@example.org"


def test_how_it_went_is_told(reader, site, clock):
    with site.writing() as db:
        letter, digest = db.query(Letter).filter_by(kind="digest").one(), db.query(Digest).one()
        letter.due, letter.code, letter.answer, letter.attempts = None, 250, "2.0.0 ok", 1
        db.add(Bounce(member_id=digest.member_id, email="czyta@example.org", permanent=True, status="5.1.1", at=clock()))
    found, events = traced(site, str(reader.mail["Message-ID"]))

    assert found.state == "sent" and found.deliveries == (1, 0, 0)
    assert events[-2:] == ["afterwards sent at attempt 1: 250 2.0.0 ok", "bounced czyta@example.org: 5.1.1"]


def test_another_letter_of_ours_is_found_by_what_it_is_called(office, site, clock):
    office.send("Anna Nowa <anna@example.org>", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie.", proven=True)
    letter = office.letters(to="owner@example.org")[0]
    found, events = traced(site, str(letter.mail["Message-ID"]).strip("<>"))

    assert found.state == "pending"
    assert events[0].startswith("because of incoming mail ") and events[1:] == [f"letter “{letter.kind}” to owner@example.org"]


@pytest.mark.parametrize("wrong", ["digest.1.1@lists.example.org", "digest.99.1772600000@lists.example.org", "nobody@lists.example.org", "digest.1.1@example.org"])
def test_what_was_never_sent_is_not_found(reader, site, wrong):
    with site.reading() as db, pytest.raises(NotFound):
        tracing.trace(db, wrong)


def test_an_issue_tells_what_was_decided_and_whose_copies_wait(office, site, clock):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        owner = add(db, mlist, "pisze@example.org", clock(), name="Ala", role="owner", delivery="digest")
        issue = issues.draft(db, mlist, owner.user_id, Words("Maj", "Warsztaty.", segment="role:moderator"), clock())
        actor = Actor(Door.CONSOLE, owner.user_id, administrator=True)
        issues.schedule(db, issue, clock.move(hours=1), False, actor, clock.move(hours=-1))
        issues.send(db, issue, actor, clock.move(hours=1))
        message_id = issuepress.message_id(db, issue)
    found, events = traced(site, message_id)

    assert found.state == "posted" and found.url and [one for one in events if one.startswith("issue-")][-1] == "issue-sent (console)"
    assert any(one.startswith("issue-planned") for one in events) and found.deliveries.pending == 3
