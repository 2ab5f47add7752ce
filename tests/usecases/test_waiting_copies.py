"""What is redacted or hidden while copies of it wait: they say what the archive says, or they stay here."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store import deliveries, expanding
from listserv.store.archive import Message
from listserv.store.deliveries import Held
from listserv.store.queue import Delivery, Letter, raw_bytes
from listserv.usecases import delivery, hiding
from listserv.usecases.redacting import Wish
from listserv.usecases.stationery import shared_bytes
from tests.office import aligned, mail
from tests.usecases.test_redacting_archive import SECRET, WORDS, kept_anywhere, letter, post, redact  # noqa: F401
from tests.usecases.test_undoing import who

LIST = "siecibp@lists.example.org"
ASKED = "przyślij wątek"


@pytest.fixture
def asked(site, post, office):
    """A post whose copies wait, and Halina has asked for its thread."""
    post(letter())
    with site.reading() as db:
        message_id, subject = db.execute(select(Message.message_id, Message.subject)).one()
    answer = mail("halina@example.org", LIST, f"Re: {subject}", ASKED, in_reply_to=f"<{message_id}>")
    office.deliver(aligned(answer), LIST)
    assert len(waiting_letters(site)) == 1
    return office


def waiting_letters(site):
    with site.reading() as db:
        return [raw_bytes(db, row.raw_id) for row in db.scalars(select(Letter).where(Letter.kind == "copy", Letter.due.is_not(None)))]


def sent_to(site):
    """What would leave now: the bytes of each post that goes out, and to how many."""
    with site.writing() as db:
        while expanding.expand(db, deliveries.milliseconds(site.now())):
            pass
    with site.reading() as db:
        ids = db.scalars(select(Delivery.outgoing_id)).all()
        return {shared_bytes(one): ids.count(id) for id, one in deliveries.posts(db, deliveries.facts_of(db, set(ids))).items()}


def hide(site, verb=hiding.hide_message, reason=("",)):
    with site.writing() as db:
        message = db.scalars(select(Message)).one()
        verb(db, who(db), message.thread if "thread" in verb.__name__ else message, *reason, site.now())


@pytest.mark.parametrize("wish", [Wish(WORDS), Wish(body=True)])
def test_a_thread_that_was_asked_for_goes_out_without_what_is_redacted(site, asked, wish):
    redact(site, wish)

    [copy] = waiting_letters(site)
    assert SECRET.encode() not in copy and b"List-Id" in copy and b"List-Unsubscribe" in copy
    assert kept_anywhere(site, WORDS) == set()
    [shared] = sent_to(site)
    assert SECRET.encode() not in shared


@pytest.mark.parametrize("verb", [hiding.hide_message, hiding.hide_thread])
def test_what_is_hidden_does_not_go_out(site, asked, verb):
    hide(site, verb)

    assert waiting_letters(site) == []
    assert sent_to(site) == {}


def test_what_is_shown_again_soon_goes_to_everybody_who_has_had_none(site, asked, clock):
    hide(site, hiding.hide_thread)
    clock.move(hours=1)
    hide(site, hiding.show_thread, ())
    assert list(sent_to(site).values()) == [4]


def test_what_is_shown_again_long_after_is_no_news(site, asked, clock):
    hide(site)
    clock.move(days=3)
    hide(site, hiding.show_message, ())
    assert sent_to(site) == {}


def test_a_worker_in_the_middle_of_a_post_makes_the_rest_of_what_is_left(site, post):
    post(letter())
    with site.writing() as db:
        first = delivery.turn(db, [], 2, 1, {}, site.now())
    known = {id: Held(one.raw_id, one.begun) for id, one in first.posts.items()}
    redact(site, Wish(WORDS))
    with site.writing() as db:
        second = delivery.turn(db, [], 100, 1, known, site.now() + timedelta(seconds=1))
        third = delivery.turn(db, [], 100, 1, {id: Held(one.raw_id, one.begun) for id, one in second.posts.items()}, site.now() + timedelta(hours=1))

    assert len(first.copies) == 2 and second.copies and set(second.posts) == set(known)
    assert all(SECRET.encode() not in shared_bytes(one) for one in second.posts.values())
    assert third.copies and third.posts == {}, "and nothing is fetched twice"
