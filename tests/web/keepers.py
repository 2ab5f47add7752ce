"""A site with an administrator and with trouble of every kind, for the tests of the administrators' pages."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.mail import address
from listserv.store import counters, workers
from listserv.store.failing import Failing, Outage
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Status
from listserv.store.moderation import Journal
from listserv.store.people import Address, User
from listserv.store.queue import Delivery, Incoming, Letter, Outgoing, State
from listserv.usecases import intake, outbox
from tests.conftest import add
from tests.web.readers import application, signed_in

ADMIN = "admin@example.org"
# What a stranger puts wherever it may be shown.
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
TRACEBACK = f'Traceback (most recent call last):\n  File "parse.py", line 1, in parse\nValueError: {EVIL}'


def made_keeper(db, name, now, email=ADMIN):
    """Somebody who keeps the site; on a list, so that there is a person."""
    member = add(db, list_by_name(db, name), email, now, name="Adam Admin")
    member.user.administrator = True
    return member.user_id


@pytest.fixture
def keeper(site, network, now):
    """The number of the administrator of the example network."""
    with site.writing() as db:
        return made_keeper(db, network, now)


@pytest.fixture
def browser(site, keeper):
    """Their browser."""
    return signed_in(application(site), site, ADMIN)


def user_at(db, email):
    """A person by an address."""
    return db.scalars(select(User).join(Address).where(Address.key == address.key(email))).one()


def noted(site, what):
    """Entries of the journal with this word, oldest first."""
    with site.reading() as db:
        return db.scalars(select(Journal).where(Journal.what == what).order_by(Journal.id)).all()


def arrived(db, now, raw, rcpt="siecibp@lists.example.org", sender="stranger@example.net"):
    """A mail that came; its number."""
    return intake.receive(db, intake.Arriving.each(sender, [rcpt], "192.0.2.1", raw), now)[0]


def set_aside(db, now, raw=None, trouble=TRACEBACK):
    """A mail that three attempts could not handle; its number."""
    raw = raw or f"From: {EVIL} <stranger@example.net>\r\nSubject: {EVIL}\r\nMessage-ID: <aside@example.net>\r\nX-Bell: \x1b]0;x\x07\r\n\r\n{EVIL}\u202e\r\n".encode()
    number = arrived(db, now, raw)
    intake.shunt(db, db.get(Incoming, number), trouble, now)
    return number


def post_waits(db, now, emails, answer="451 4.7.1 come back later"):
    """A post of which a copy for each of these members waits, put off by the relay; its number."""
    number = arrived(db, now, b"From: halina@example.org\r\nTo: siecibp@lists.example.org\r\nSubject: Czeka\r\nMessage-ID: <waits@example.org>\r\n\r\nSlowa.\r\n", sender="halina@example.org")
    row, mlist = db.get(Incoming, number), list_by_name(db, "siecibp")
    from tests.archive_seeds import thread

    message = thread(db, mlist, "Czeka", now).say("Halina Okładka", "halina@example.org", "Słowa.")
    row.archived_id, row.list_id = message.id, mlist.id
    intake.finish(row, State.POSTED, (), now)
    post = Outgoing(list_id=mlist.id, message_id=message.id, raw_id=message.raw_id, head=b"Subject: x\r\n", created_at=now)
    db.add(post)
    db.flush()
    post.upto = None
    due = outbox.milliseconds(now + timedelta(hours=1))
    for email in emails:
        member = db.scalars(select(Member).join(Address, Address.id == Member.address_id).where(Address.email == email)).one()
        db.add(Delivery(outgoing_id=post.id, member_id=member.id, due=due, attempts=2, code=451, at=outbox.milliseconds(now), answer=answer))
    db.flush()
    return post.id


def letter_waits(db, now):
    """A letter of ours that the relay has put off; its number."""
    letter = outbox.write(db, "removed", "halina@example.org", "en", now, mlist=list_by_name(db, "siecibp"), automatic=False, words="")
    db.flush()
    letter.due, letter.attempts, letter.code, letter.answer = outbox.milliseconds(now + timedelta(hours=1)), 1, 451, f"451 {EVIL}"
    return letter.id


def bounces(db, email, now):
    """Nothing is sent to this member, because letters come back."""
    place = db.scalars(select(Address).where(Address.email == email)).one()
    db.add(Failing(address_id=place.id, domain="example.org", score=5.0, since=now, last_at=now, kind="gone", status="5.1.1", diagnostic=f"550 {EVIL}", stopped_at=now))
    for member in db.scalars(select(Member).where(Member.address_id == place.id)):
        member.status, member.bounce_score, member.bouncing_since, member.bouncing_told, member.last_bounce_at = Status.BOUNCING, 5.0, now, now, now
    db.flush()
    return place.id


def relay_away(db, now, words=f"connection refused {EVIL}"):
    """A worker that speaks of its relay: it is away, and a domain is put off."""
    workers.enter(db, "worker", 0, now)
    state = json.dumps({"state": "open", "failures": 3, "domains": ["slow.example.net"]})
    counters.say(db, {"relay": words, "relay-state": state}, now)
    db.add(Outage(domain="down.example.net", kind="full", diagnostic=f"452 {EVIL}", since=now, last_at=now, addresses=7))
    db.flush()


def trouble(site, now):
    """All of it."""
    with site.writing() as db:
        made = {"aside": set_aside(db, now), "post": post_waits(db, now, ["marek@example.org"]), "letter": letter_waits(db, now)}
        made["address"] = bounces(db, "marek@example.org", now)
        relay_away(db, now)
        list_by_name(db, "siecibp").title = f"Sieć {EVIL}"
        user_at(db, "marek@example.org").name = f"Marek {EVIL}"
        arrived(db, now, b"From: x@example.net\r\n\r\nx\r\n")
    return made


def letter_of(site, number):
    """A letter's row."""
    with site.reading() as db:
        return db.get(Letter, number)
