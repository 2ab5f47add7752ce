"""A member with an address beyond ASCII (RFC 6531): added, posts, and gets copies; and what happens where the relay cannot take it."""

import pytest

from listserv.errors import Conflict
from listserv.relay import open_relay
from listserv.relay.place import Timeouts
from listserv.store.lists import list_by_name
from listserv.store.members import Status, member_by_key
from listserv.usecases import intake, tracing
from listserv.usecases.bouncestanding import standing
from listserv.usecases.intake import Arriving
from listserv.worker import work_once
from tests.conftest import add
from tests.smtp_sink import Sink

LIST = "siecibp@lists.example.org"
RAW = (
    "From: Łukasz Żak <łukasz@example.org>\r\nTo: siecibp@lists.example.org\r\nSubject: Zażółć\r\nMessage-ID: <żółw@example.org>\r\n"
    "Date: Tue, 3 Mar 2026 10:15:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDzień dobry\r\n"
).encode()


@pytest.fixture
def posted(site, network):
    """Łukasz is a member and has written; so is somebody in a Polish domain."""
    with site.writing() as db:
        mlist = list_by_name(db, network)
        add(db, mlist, "łukasz@example.org", site.now(), name="Łukasz Żak")
        add(db, mlist, "jan@żółw.example", site.now())
        with pytest.raises(Conflict):
            add(db, mlist, "ŁUKASZ@example.org", site.now())
    with site.writing() as db:
        intake.receive(db, Arriving.each("łukasz@example.org", [LIST], "127.0.0.1", RAW), site.now())


def sent_through(site, settings, sink):
    place = settings.relay.model_copy(update={"url": sink.url, "connections": 2})
    relay = open_relay(settings.model_copy(update={"relay": place}), timeouts=Timeouts(connect=1, reply=0.5, idle=5))
    while work_once(site, relay):
        pass
    return {mail.recipient: mail for mail in sink.mails}


def test_a_member_beyond_ascii_posts_and_gets_copies(site, settings, posted):
    with Sink() as sink:
        mails = sent_through(site, settings, sink)

    assert {"łukasz@example.org", "jan@xn--w-uga1v8h.example", "halina@example.org"} <= set(mails)
    assert "SMTPUTF8" in mails["łukasz@example.org"].parameters
    assert "SMTPUTF8" not in mails["jan@xn--w-uga1v8h.example"].parameters
    assert mails["halina@example.org"].data.endswith(RAW)


def test_where_the_relay_cannot_take_such_an_address_the_others_get_theirs(site, settings, posted):
    with Sink(smtputf8=False) as sink:
        mails = sent_through(site, settings, sink)

    assert "łukasz@example.org" not in mails
    assert {"jan@xn--w-uga1v8h.example", "halina@example.org"} <= set(mails)


def test_what_the_relay_could_not_take_is_explained_and_held_against_nobody(site, settings, posted, network):
    with Sink(smtputf8=False) as sink:
        sent_through(site, settings, sink)

    with site.reading() as db:
        (told,) = tracing.trace(db, "<żółw@example.org>")
        member = member_by_key(db, list_by_name(db, network), "łukasz@example.org")
        [failure] = standing(db, member, site.now()).failures
    why = "5.6.7 the relay takes no addresses beyond ASCII (SMTPUTF8)"
    assert (told.deliveries.failed, told.deliveries.pending) == (1, 0)
    assert f"bounced łukasz@example.org: {why}" in [event.what for event in told.events]
    assert (member.status, member.bounce_score, failure.status, failure.diagnostic) == (Status.ENABLED, 0.0, "5.6.7", why)
