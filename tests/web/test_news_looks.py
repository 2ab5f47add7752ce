"""An issue as its readers find it: at the address that it names itself, under its author's name, and shown before exactly so."""

import re

from sqlalchemy import select

from listserv.store.issues import Issue
from listserv.store.people import User
from listserv.store.queue import Outgoing
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401
from tests.web.test_news_pages import begin, coordinator, sent  # noqa: F401


def test_the_address_in_an_issue_leads_to_it_as_it_was_mailed(coordinator, member, site, now):
    _, thread, hash = sent(site, "siecibp", "Numer 1", now)
    assert member.get(f"/siecibp/message/{hash}").headers["Location"] == f"/siecibp/thread/{thread}"
    assert "Scenariusze" in words(member.page(f"/siecibp/message/{hash}?html=0"))


def test_the_preview_greets_nobody_by_their_address(coordinator, site):
    path = begin(coordinator)
    assert "Dzień dobry Alina," in words(coordinator.page(f"{path}/mail"))
    with site.writing() as db:
        db.scalars(select(Issue)).one().author.name = ""
    for page in (path + "/preview", path + "/mail"):
        assert "Dzień dobry Państwu," in words(coordinator.page(page)) or "Dzień dobry Państwu," in coordinator.page(page), page


def test_no_issue_is_made_out_by_a_part_of_an_address(coordinator, member, site, now):
    with site.writing() as db:
        db.scalars(select(User).where(User.name == "Alina Zakładka")).one().name = ""
    _, thread, _ = sent(site, "siecibp", "Numer 1", now)
    with site.reading() as db:
        head = db.scalars(select(Outgoing)).one().head.lower()
    assert b"alina" not in head and b" via " not in head
    assert "alina" not in words(member.page(f"/siecibp/thread/{thread}"))


def test_the_address_in_a_preview_leads_those_who_decide_back_to_it(coordinator, member, stranger, site):
    path = begin(coordinator)
    link = re.search(r"https://lists\.example\.org(/siecibp/message/\w+)", coordinator.page(f"{path}/mail"))[1]
    assert coordinator.get(link).headers["Location"] == f"{path}/preview"
    assert (member.get(link).status_code, stranger.get(link).status_code) == (404, 404)
    assert coordinator.get(link[:-2]).status_code == 404
