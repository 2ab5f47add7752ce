"""What a moderator, and the reader themselves, see of letters that come back."""

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.members import Status, member_by_key
from listserv.store.moderation import Application
from listserv.store.queue import Letter
from listserv.usecases import bouncing, housekeeping
from listserv.usecases.delivery import Failure
from tests.usecases.test_returned import REPORT
from tests.web.readers import app, signed_in, words  # noqa: F401
from tests.web.test_member_pages import browser_of, path_of, the

MAREK = "marek@example.org"
GONE = Failure("5.1.1", "550 5.1.1 <marek@example.org>: User unknown <script>")


@pytest.fixture
def marek(app, site, office):
    """Their browser, from before."""
    return browser_of(app, site, MAREK)


@pytest.fixture
def gone(marek, site, clock):
    """A copy for Marek has come back."""
    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "siecibp"), MAREK)
        copy = type("Copy", (), {"outgoing_id": 1, "member_id": member.id, "email": MAREK})
        bouncing.copy_failed(db, copy, GONE, clock(), blame=True)


def test_moderators_see_why_since_when_and_what_comes_next(app, site, gone, clock):
    zofia = browser_of(app, site, "mod@example.org")
    page = zofia.page(path_of(site, MAREK))

    text = words(page)
    assert "Nothing is sent to this address for now." in text and "there is no such mailbox" in text and "5 of 5" in text
    assert "User unknown" in text and "<script>" not in page.split("<main")[1].split("</main")[0]
    assert "a letter that asks whether the address lives: 4 March" in text
    clock.move(days=1)
    with site.writing() as db:
        housekeeping.run_due(db, clock())
    assert "if it does not come back, mail is sent again: 10 March" in words(browser_of(app, site, "mod@example.org").page(path_of(site, MAREK)))


def test_the_reader_sees_it_too_and_begins_again_with_a_button(marek, site, gone):
    text = words(marek.page("/me/list/siecibp"))
    assert "The reason: there is no such mailbox." in text and "User unknown" in text

    marek.send("/me/list/siecibp", resume="1")
    assert the(site, MAREK).status is Status.ENABLED


def test_who_signs_in_by_a_letter_to_the_address_has_shown_that_it_lives(app, site, gone):
    signed_in(app, site, MAREK)

    assert the(site, MAREK).status is Status.ENABLED


def test_a_case_says_that_the_applicants_address_does_not_work(app, site, office):
    zofia = browser_of(app, site, "mod@example.org")
    office.send("Anna Nowa <anna@example.org>", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.", proven=True)
    with site.reading() as db:
        sender = db.scalars(select(Letter).where(Letter.to == "anna@example.org")).first().mail_from
    raw = REPORT.replace("halina@", "anna@").format(to=sender, status="5.1.1", action="failed", code=550).replace("\n", "\r\n").encode()
    office.deliver(raw, sender, mail_from="<>")

    with site.reading() as db:
        number = db.scalars(select(Application.id)).one()
    assert "This address does not work: our letter to it came back" in words(zofia.page(f"/siecibp/moderate/case/a{number}"))
