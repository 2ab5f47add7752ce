"""Every real mail of the corpus through the real door: each ends in one visible state, and the server lives."""

import smtplib

import pytest
from sqlalchemy import select

from listserv.mail import headers
from listserv.store.queue import Incoming, State
from listserv.worker import work_once
from tests.corpus import corpus
from tests.smtp.doors import open_doors

LIST = "siecibp@lists.example.org"
BOUNCES = "siecibp-bounces@lists.example.org"


def by_a_member(raw):
    """The same mail with a member in From, so that it takes the way of a post."""
    fields, body = headers.split(raw)
    kept = headers.without(fields, lambda field: field.name == "from")
    return headers.join([headers.make("From", "Halina <halina@example.org>"), *kept]) + b"\r\n" + headers.crlf(body)


@corpus.needed
@pytest.mark.parametrize("step", [12, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("category", ["A-mime", "B-bounces"])
def test_every_mail_of_the_corpus_ends_in_one_visible_state(site, network, category, step):
    """Every twelfth in the ordinary run."""
    names = corpus.files(category)[::step]
    with open_doors(site) as ports, smtplib.SMTP("127.0.0.1", ports[0], timeout=30) as smtp:
        for name in names:
            raw = headers.crlf(corpus.read(category, name)) or b"\r\n"
            assert smtp.sendmail("halina@example.org", [LIST, BOUNCES], raw) == {}, name
            assert smtp.sendmail("halina@example.org", [LIST], by_a_member(raw)) == {}, name
        while work_once(site):
            pass
        assert smtp.noop()[0] == 250

    with site.reading() as db:
        rows = db.execute(select(Incoming.state, Incoming.attempts, Incoming.trouble)).all()
    states = {state for state, *_ in rows}
    assert len(rows) == 3 * len(names)
    assert [trouble for *_, trouble in rows if trouble] == []
    assert {attempts for _, attempts, _ in rows} == {1}
    assert states <= {State.POSTED, State.HELD, State.REFUSED, State.DISCARDED, State.BOUNCE}
    assert State.POSTED in states
