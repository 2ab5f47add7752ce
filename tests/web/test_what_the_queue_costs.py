"""The moderators' pages read the mails that they show and no others, however many wait."""

import pytest
from sqlalchemy import event

from listserv.mail import parse
from listserv.store.moderation import Held
from tests.web.readers import app, hidden, signed_in  # noqa: F401

QUEUE = "/siecibp/moderate/"


@pytest.fixture
def moderator(app, site, office):
    return signed_in(app, site, "mod@example.org")


@pytest.fixture
def asked(site):
    """The statements since it was cleared."""
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    return statements


@pytest.fixture
def parsed(monkeypatch):
    """The mails that were read since it was cleared."""
    mails, read = [], parse.parse
    monkeypatch.setattr(parse, "parse", lambda raw: (mails.append(raw), read(raw))[1])
    return mails


def hold(office, first, last):
    for number in range(first, last):
        office.send(f"Ktoś <ktos{number}@stranger.example.org>", "siecibp", f"Temat {number}", "Kupcie coś.")


def keys_of(site):
    with site.reading() as db:
        return [f"p{held.id}" for held in db.query(Held)]


def test_a_page_of_the_queue_costs_the_same_with_many_more_waiting(moderator, office, asked, parsed):
    costs = []
    for first, last in ((0, 12), (12, 42)):
        hold(office, first, last)
        moderator.page(QUEUE)  # what is loaded once a process
        asked.clear()
        parsed.clear()
        page = moderator.page(QUEUE)
        costs.append((len(asked), len(parsed)))
        assert page.count('<section class="held') == 10

    assert costs[0] == costs[1]
    assert costs[0][0] <= 18
    assert costs[0][1] == 10


def test_asking_once_more_about_many_reads_none_of_their_mails(moderator, office, site, asked, parsed):
    hold(office, 0, 30)
    keys, costs = keys_of(site), []
    for count in (3, 30):
        form = moderator.page(QUEUE)
        asked.clear()
        parsed.clear()
        page = moderator.post(QUEUE, data={"form": hidden(form, "form"), "case": keys[:count], "answer": "discard", "many": "yes"}).get_data(as_text=True)
        costs.append(len(asked))
        assert page.count('name="case"') == count
        assert parsed == []

    assert costs[0] == costs[1] <= 12
    assert moderator.send(QUEUE, page="/me", case=[keys[0], "p999999"], answer="discard", many="yes").status_code == 404
