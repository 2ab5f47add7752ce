"""A lived-in network for letters that steer: English-speaking members, copies and digests on their way."""

from sqlalchemy import select

from listserv.store import expanding
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.people import Address
from listserv.store.queue import Delivery, Outgoing
from listserv.usecases import housekeeping, outbox
from tests.conftest import add

ANNA, HALINA, MAREK = "anna@example.org", "halina@example.org", "marek@example.org"


def member(site, email=ANNA):
    """Somebody's membership as it is now; None where there is none."""
    with site.reading() as db:
        return db.scalars(select(Member).join(Member.address).where(Address.key == email)).one_or_none()


def join(site, email=ANNA, **more):
    """Put somebody on the list who reads English."""
    with site.writing() as db:
        return add(db, list_by_name(db, "siecibp"), email, site.now(), language="en", **more).id


def copies(site):
    """Who has got, or gets, a copy of each post: by the post's subject, in order."""
    with site.writing() as db:
        while expanding.expand(db, outbox.milliseconds(site.now())):
            pass
    with site.reading() as db:
        query = select(Outgoing.id, Address.email).join(Delivery, Delivery.outgoing_id == Outgoing.id)
        rows = db.execute(query.join(Member, Member.id == Delivery.member_id).join(Address, Address.id == Member.address_id)).all()
        posts = db.scalars(select(Outgoing.id).order_by(Outgoing.id)).all()
        return [sorted(email for number, email in rows if number == post) for post in posts]


def next_day(site, clock, days=1):
    """A night goes by; what the calendar owes is made."""
    clock.move(days=days)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
