"""What is counted over a whole archive is counted anew when something has changed it, and by no other note in the journal."""

import pytest
from sqlalchemy import event, func, select

from listserv.store.archive import Message
from listserv.store.contents import LATELY, QUIET
from listserv.store.lists import list_by_name
from listserv.store.moderation import Journal
from listserv.usecases import sitejournal
from tests.web.readers import app, archive, member, stranger, words  # noqa: F401

LOUD = [word for word in sitejournal.WHAT if word not in QUIET]
PAGES = "/siecibp/", "/siecibp/people/", "/siecibp/month/"
# How many: of the threads under each topic, of each writer's messages.
COUNTS = "count(*) AS threads", "count(*) AS messages"


def note(site, *what, number=None):
    """What somebody has done, in the journal's words; the highest number so far."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        for one in what:
            db.add(Journal(id=number, at=site.now(), list_id=mlist.id, door="web", what=one))
        db.flush()
        return db.scalar(select(func.max(Journal.id)))


@pytest.fixture
def counted(site, member, archive):
    """Calls the pages; how often something was counted for them."""
    statements = []

    def call():
        statements.clear()
        for page in PAGES:
            member.page(page)
        return sum(any(said in statement for said in COUNTS) for statement in statements)

    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    assert call() == 2
    assert call() == 0
    return call


def test_every_quiet_word_is_one_of_the_journals():
    assert set(QUIET) <= set(sitejournal.WHAT) and len(set(QUIET)) == len(QUIET)
    for word in ("message-hidden", "message-redacted", "thread-joined", "member-added", "member-removed", "topic-added", "history-imported", "erased"):
        assert word in LOUD


def test_a_day_of_a_busy_moderator_makes_nothing_be_counted_anew(site, counted):
    for first in range(0, len(QUIET), 30):
        note(site, *QUIET[first : first + 30])
        assert counted() == 0


@pytest.mark.parametrize("word", ["message-hidden", "member-removed", "list-set", "a-word-of-tomorrow"])
def test_one_other_word_among_them_does(site, counted, word):
    note(site, "held", word, "held-refused")
    assert counted() == 2
    assert counted() == 0
    note(site, "held")
    assert counted() == 0


def test_what_had_a_number_and_was_not_seen_yet_does(site, counted):
    newest = note(site, "held")
    note(site, "held", number=newest + 2)
    assert counted() == 0

    note(site, "message-hidden", number=newest + 1)
    assert counted() == 2


def test_more_quiet_notes_at_once_than_are_looked_through_for_late_ones_change_nothing(site, counted):
    note(site, *["invited"] * (LATELY * 3))
    assert counted() == 0


def test_a_message_that_is_hidden_after_quiet_notes_is_counted_no_more(site, member, counted, now):
    note(site, "held", "held-refused")
    counted()
    with site.writing() as db:
        db.scalars(select(Message).where(Message.author == "Jan Przypis")).first().hidden_at = now
    note(site, "message-hidden")

    assert "Jan Przypis 1 message, the last" in words(member.page("/siecibp/people/"))
