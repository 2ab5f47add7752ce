"""An invitation to a meeting on a large list, its reminders, and answers one after another.

    python benchmarks/meetings.py [--members 100000] [--letters 5000] [--answers 500] [--seats 100] [--database URL]

Invitations are written as the calendar writes them, slice by slice, each with its calendar file and its private address
(`--letters` of them are enough to know what one costs; 0 for all): rows, processor time a letter, and the longest transaction
that writes. Then the reminders of a week before, in slices; and so many members say yes, each in a transaction of its own, beside
as many seats.
"""

import argparse
import json
import logging
import os
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from common import new_site
from sqlalchemy import func, select, update
from surveys import people

from listserv.mail.meetingplan import Plan
from listserv.site import open_site
from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Said, Way, meeting_by_number
from listserv.store.queue import Letter
from listserv.usecases import meetingdays, meetings, meetingseats, meetingsending
from listserv.usecases.access import CONSOLE


def planned(site, seats):
    """A meeting in a month, announced."""
    with site.writing() as db:
        mlist = list_by_name(db, "bench")
        mlist.meetings = True
        starts = (site.now() + timedelta(days=30)).replace(tzinfo=None, second=0, microsecond=0)
        plan = Plan("Meeting", starts, starts + timedelta(hours=1), "Europe/Warsaw", "online", "https://meet.example.org/bench", "We talk.", seats)
        meeting = meetings.draft(db, mlist, None, plan, site.now())
        meetings.announce(db, meeting, CONSOLE, site.now())
        return meeting.number


def the(db, number):
    return meeting_by_number(db, list_by_name(db, "bench"), number)


def sliced(site, most, work):
    """Slices until nothing is done, or enough; how many, seconds of this processor, the longest transaction."""
    cpu, longest, written = time.process_time(), 0.0, 0
    while most == 0 or written < most:
        start = time.process_time()
        with site.writing() as db:
            done = work(db)
        longest = max(longest, time.process_time() - start)
        written += done
        if not done:
            break
    return written, time.process_time() - cpu, longest


def answered(site, number, count):
    """So many members say yes, one after another; seconds of this processor, the longest transaction."""
    with site.reading() as db:
        ids = db.scalars(select(Attendee.user_id).order_by(Attendee.id).limit(count)).all()
    cpu, longest = time.process_time(), 0.0
    for user_id in ids:
        start = time.process_time()
        with site.writing() as db:
            meetingseats.say(db, the(db, number), user_id, Said.YES, Way.MAIL, site.now())
        longest = max(longest, time.process_time() - start)
    return len(ids), time.process_time() - cpu, longest


def measure(folder, args):
    new_site(folder, *(("--database", args.database) if args.database else ()))
    with closing(open_site(folder)) as site:
        with site.writing() as db:
            people(db, list_by_name(db, "bench"), args.members, site.now())
        number = planned(site, args.seats)
        sent, cpu, longest = sliced(site, args.letters, lambda db: meetingsending.invite_slice(db, the(db, number), site.now(), meetingdays.SLICE))
        said, saying, slowest = answered(site, number, args.answers)
        with site.writing() as db:
            # As if it had been announced long ago.
            db.execute(update(Attendee).values(invited_at=datetime(2020, 1, 1, tzinfo=UTC)))
            meeting = the(db, number)
            meeting.announced_at, meeting.invite_upto = meeting.announced_at - timedelta(days=60), None
            meeting.starts_at, meeting.ends_at = site.now() + timedelta(days=6), site.now() + timedelta(days=6, hours=1)
        reminded, reminding, longest_reminder = sliced(site, args.letters, lambda db: meetingdays.remind(db, site.now()))
        with site.reading() as db:
            rows = db.scalar(select(func.count()).select_from(Letter))
        return {
            "members": args.members,
            "invitations": sent,
            "letters in the outbox": rows,
            "ms of processor an invitation": round(cpu / sent * 1000, 2),
            "longest slice, s of processor": round(longest, 2),
            "answers": said,
            "ms of processor an answer": round(saying / max(said, 1) * 1000, 2),
            "slowest answer, ms": round(slowest * 1000, 1),
            "reminders": reminded,
            "ms of processor a reminder": round(reminding / max(reminded, 1) * 1000, 2),
            "longest slice of reminders, s": round(longest_reminder, 2),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--letters", type=int, default=5_000)
    parser.add_argument("--answers", type=int, default=500)
    parser.add_argument("--seats", type=int, default=100)
    parser.add_argument("--database", default="")
    args = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # Else each transaction waits for this machine's disk, and what is measured is that.
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        print(json.dumps(measure(Path(folder), args), indent=1))


if __name__ == "__main__":
    main()
