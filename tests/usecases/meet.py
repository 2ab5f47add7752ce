"""A list that meets, for tests: a meeting with its invitations on their way."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from listserv.mail.meetingplan import Plan
from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, Said, Way, meeting_by_number
from listserv.store.people import User
from listserv.usecases import meetingdays, meetings, meetingseats
from listserv.usecases.access import CONSOLE

# Thursday, 16.30 in Warsaw: nine days after the tests begin.
STARTS = datetime(2026, 3, 12, 15, 30, tzinfo=UTC)
PLAN = Plan("Spotkanie z ekspertem", datetime(2026, 3, 12, 16, 30), datetime(2026, 3, 12, 18, 0), "Europe/Warsaw", "online", "https://meet.example.org/abc", "Porozmawiamy o TIK.")


def meets(site):
    """The example network, with meetings turned on."""
    with site.writing() as db:
        list_by_name(db, "siecibp").meetings = True


def announced(site, *, invited=True, **more):
    """A meeting that was announced; the number of its page."""
    meets(site)
    facts = {name: getattr(PLAN, name) for name in ("title", "starts", "ends", "zone", "place", "url", "text", "seats")} | more
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        owner = user(db, "Alina Zakładka")
        meeting = meetings.draft(db, mlist, owner.id, Plan(**facts), site.now())
        meetings.announce(db, meeting, CONSOLE, site.now())
        number = meeting.number
    if invited:
        run(site)
    return number


def user(db, name):
    return db.scalar(select(User).where(User.name == name))


def the(db, number):
    return meeting_by_number(db, list_by_name(db, "siecibp"), number)


def say(site, number, name, said, *, way=Way.WEB):
    with site.writing() as db:
        row = meetingseats.say(db, the(db, number), user(db, name).id, Said(said), way, site.now())
        return row.waiting_since is not None


def run(site):
    """All that the calendar owes meetings by now."""
    for _ in range(50):
        with site.writing() as db:
            done = meetingdays.run_due(db, site.now(), 100)
        if not done:
            return
    raise AssertionError("the calendar never comes to rest")


def answers(site, number):
    """Who said what, by name; „waiting” for whoever has no seat."""
    with site.reading() as db:
        rows = db.scalars(select(Attendee).join(Meeting).where(Meeting.number == number)).all()
        return {one.user.name: "waiting" if one.waiting_since else one.said.value for one in rows}


def until(site, moment, **before):
    """Move the clock to so long before a moment."""
    site.now.at = moment - timedelta(**before)
