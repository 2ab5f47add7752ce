"""What came of an issue, as the web sees it: people who read its page, and who leaves by a copy's link."""

import pytest
from sqlalchemy import select

from listserv import links
from listserv.mail import tokens
from listserv.store.archive import Message
from listserv.store.issues import Issue, IssueState
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.queue import Outgoing
from listserv.usecases import issuefigures
from listserv.web import visitors
from tests.conftest import add
from tests.web.readers import app, archive, letters, member, signed_in, stranger  # noqa: F401
from tests.web.test_visitors import CHROME, FIREFOX, reads


@pytest.fixture
def issue(site, archive, now):
    """A message of the public list that was sent as an issue."""
    with site.writing() as db:
        mlist = list_by_name(db, "gazetka")
        message = db.scalars(select(Message).where(Message.hash == archive.hashes["letter"])).one()
        db.add(Issue(list_id=mlist.id, state=IssueState.SENT, subject="Issue", created_at=now, changed_at=now, sent_at=now, message_id=message.id))
        copies = db.scalar(select(Outgoing.id).where(Outgoing.message_id == message.id))
        if copies is None:
            row = Outgoing(list_id=mlist.id, message_id=message.id, raw_id=message.raw_id, head=b"", created_at=now)
            db.add(row)
            db.flush()
            copies = row.id
        add(db, mlist, "czytelnik@example.org", now)
        return copies, message.thread_id


def effect(site):
    with site.reading() as db:
        return issuefigures.of_issue(db, db.scalars(select(Issue)).one())


def test_people_on_its_pages_are_counted_once_a_day_and_no_programs(stranger, site, app, archive, issue):
    notes, hashed = visitors.notes_of(app), archive.hashes["letter"]
    for path in (f"/gazetka/message/{hashed}", f"/GAZETKA/message/{hashed.lower()}", f"/gazetka/thread/{issue[1]}", "/gazetka/"):
        reads(stranger, path)
        reads(stranger, path, "Googlebot/2.1 (+http://www.google.com/bot.html)")
    notes.write()
    reads(stranger, f"/gazetka/message/{hashed}")
    reads(stranger, f"/gazetka/thread/{issue[1]}", CHROME)
    notes.write()
    assert effect(site).visits == 2 and not notes.pages
    assert reads(stranger, "/gazetka/", FIREFOX, "192.0.2.99").status_code == 200
    notes.write()
    assert effect(site).visits == 2


def test_one_click_in_a_copy_of_it_is_counted_and_an_old_link_still_works(stranger, site, issue):
    with site.reading() as db:
        reader = member_by_key(db, list_by_name(db, "gazetka"), "czytelnik@example.org").id
    key = links.signing_key(site.settings)
    path = f"/unsubscribe/{tokens.sign(key, tokens.Kind.UNSUBSCRIBE, reader, issue[0])}"
    assert "c…@example.org" in stranger.page(path) and effect(site).unsubscribed == 0
    assert stranger.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert effect(site).unsubscribed == 1
    assert "Already off the list" in stranger.page(path)
    assert stranger.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200 and effect(site).unsubscribed == 1
