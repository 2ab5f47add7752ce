"""Letters that come back, and the days that pass: what tests/usecases/test_bouncing_story.py and its neighbours are told with."""

import pytest
from sqlalchemy import select

from listserv.store import failing
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.queue import Letter
from listserv.usecases import bouncing, housekeeping, lettersout
from listserv.usecases.delivery import Failure
from tests.usecases.test_returned import REPORT, numbers

HALINA, OWNER, MOD = "halina@example.org", "owner@example.org", "mod@example.org"
GONE, FULL = Failure("5.1.1", "550 5.1.1 User unknown"), Failure("5.2.2", "552 5.2.2 Mailbox full")
POLICY = Failure("5.7.26", "550 5.7.26 This mail is not authenticated (SPF, DKIM)")


@pytest.fixture
def tick(site, clock):
    """Time passes, and the calendar does all that is due."""

    def go(**step):
        clock.move(**step)
        for _ in range(20):
            with site.writing() as db:
                if not housekeeping.run_due(db, clock()):
                    return
        raise AssertionError("the calendar never ends")

    return go


@pytest.fixture
def fails(site, clock):
    """A copy of a post for this address fails."""

    def go(email, failure=GONE, mlist="siecibp"):
        with site.writing() as db:
            member = member_by_key(db, list_by_name(db, mlist), email)
            return bouncing.score(db, member, failure, clock())

    return go


@pytest.fixture
def leaves(site, clock):
    """All letters leave; what the relay says to those for one address."""

    def go(answers=None):
        from listserv.relay.mail import Answer

        with site.writing() as db:
            for row in db.scalars(select(Letter).where(Letter.due.is_not(None))):
                said = (answers or {}).get((row.to, row.kind)) or (answers or {}).get(row.to)
                row.attempts = 1
                lettersout.record_letter(db, row.id, said or Answer(250, "2.0.0 ok", "DATA"), clock())

    return go


def who(site, email=HALINA, mlist="siecibp"):
    with site.reading() as db:
        return member_by_key(db, list_by_name(db, mlist), email)


def held(site, email=HALINA):
    with site.reading() as db:
        return failing.of_key(db, email)


def probes(office, to=HALINA):
    return office.letters(to=to, kind="probe")


def probe_comes_back(site, office, status="5.1.1", to=HALINA):
    with site.reading() as db:
        sender = db.scalars(select(Letter).where(Letter.kind == "probe", Letter.to == to).order_by(Letter.id.desc())).first().mail_from
    raw = REPORT.replace("halina@example.org", to).format(to=sender, status=status, action="failed", code=550).replace("<report.", f"<report.{next(numbers)}.").replace("\n", "\r\n").encode()
    return office.deliver(raw, sender, mail_from="<>")
