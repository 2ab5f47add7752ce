"""A coordinator's issues: told with everything else that is theirs, and forgotten with it."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from listserv.store.erasing import Posts
from listserv.store.issues import Issue, IssueImage, IssueState
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.queue import Raw, raw_bytes
from listserv.usecases import housekeeping, issues, privacy
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.issues import NewImage, Words

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\2\x58\0\0\1\x90" + b"plakat" * 20


@pytest.fixture
def mod(db, network, now):
    """Somebody who has sent an issue, writes two, and has planned one of the owner's."""
    mlist = list_by_name(db, "siecibp")
    mod, owner = (member_by_key(db, mlist, f"{name}@example.org") for name in ("mod", "owner"))
    actor = Actor(Door.WEB, mod.user_id, proven=True)
    for number in range(3):
        made = issues.draft(db, mlist, mod.user_id, Words(f"Numer {number}", "Słowa numeru.", images=[NewImage("plakat.png", "image/png", PNG + b"%d" % number)]), now)
        if not number:
            issues.send(db, made, actor, now)
    theirs = issues.draft(db, mlist, owner.user_id, Words("Numer owner", "Inne."), now)
    issues.schedule(db, theirs, now + timedelta(days=30), False, actor, now)
    return mod.user_id


def test_my_data_tells_of_drafts_issues_and_their_pictures(db, mod, now):
    file = io.BytesIO()
    privacy.write_export(db, mod, file, now)
    with ZipFile(file) as bundle:
        told = json.loads(bundle.read("about-me.json"))["tables"]
        assert [one["subject"] for one in told["issue"]] == ["Numer 0", "Numer 1", "Numer 2"] and len(told["issue_image"]) == 3
        assert bundle.read(f"issues/{told['issue'][1]['id']}/1 plakat.png") == PNG + b"1"


@pytest.mark.parametrize("posts", list(Posts))
def test_who_is_forgotten_leaves_no_draft_and_no_name_and_no_words_if_they_wish_it(db, mod, now, posts):
    privacy.ask(db, mod, posts, CONSOLE, now)
    while housekeeping.run_due(db, now + timedelta(days=9)):
        pass
    sent, theirs = db.scalars(select(Issue).order_by(Issue.id)).all()
    keeps = posts is Posts.KEEP
    assert (sent.author_id, sent.subject, sent.source) == (None, *(("Numer 0", "Słowa numeru.") if keeps else ("", "")))
    assert len(db.scalars(select(IssueImage)).all()) == keeps
    assert (theirs.state, theirs.planned_by, theirs.subject) == (IssueState.DRAFT, None, "Numer owner")
    kept = {raw_bytes(db, number) for number in db.scalars(select(Raw.id))}
    assert not kept & {PNG + b"1", PNG + b"2"} and (PNG + b"0" in kept) is keeps
