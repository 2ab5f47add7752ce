"""What is taken out of an issue's message is taken out of the issue too, wherever it is kept."""

import pytest
from sqlalchemy import select

from listserv.errors import NotFound
from listserv.store.calendar import CalendarRun
from listserv.store.issues import IssueImage, SourceKind
from listserv.store.lists import list_by_name
from listserv.store.members import members_of
from listserv.store.moderation import Journal
from listserv.usecases import issuefigures, issues, newsdesk, redacting
from listserv.usecases.access import Actor, Door
from listserv.usecases.issuewords import NewImage, Words
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import steward

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x58\0\0\1\x90" + b"picture" * 20
SAID = "Telefon 600700800"


@pytest.fixture
def sent(db, network, now):
    mlist = list_by_name(db, "siecibp")
    owner = next(member for member in members_of(db, mlist) if member.role == "owner")
    actor = Actor(Door.WEB, owner.user_id, proven=True)
    pictures = (NewImage("plakat.png", "image/png", PNG),)
    issue = issues.draft(db, mlist, owner.user_id, Words(SAID, f"{SAID}.\n\nZapraszamy.", SourceKind.MARKDOWN, images=pictures), now)
    issues.send(db, issue, actor, now)
    return steward(db, "siecibp", actor), issue


def test_words_leave_its_draft_its_figures_and_what_was_noted(db, sent, now):
    who, issue = sent
    redacting.redact(db, who, issue.message, Wish(("600700800",), subject=True), "", now)

    kept = issue.subject + issue.source + issuefigures.of_issue(db, issue).subject
    assert "600700800" not in kept + " ".join(db.scalars(select(CalendarRun.detail))) + " ".join(db.scalars(select(Journal.detail)))
    assert len(issue.images) == 1


def test_with_its_text_go_its_pictures(db, sent, now):
    who, issue = sent
    redacting.delete_for_good(db, who, issue.message, "", now)

    assert issue.source == "" and issue.subject != SAID and db.scalars(select(IssueImage)).all() == []
    with pytest.raises(NotFound):
        newsdesk.picture_at(db, "siecibp", issue.key, 1)
