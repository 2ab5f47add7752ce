"""A digest run that is killed in the middle: nobody gets two, nobody is missed."""

import os
import pickle
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, insert, select

from listserv.mail.parse import parse
from listserv.store.digests import Digest
from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Member
from listserv.store.people import Address, User
from listserv.store.queue import Letter, Raw, keep_raw
from listserv.usecases import archiving, digestletters
from tests import forking
from tests.conftest import a_list

# The calendar as the worker keeps it, by a process that may be killed anywhere; the settings come as they are here.
RUN = """
import pickle, sys
from listserv.site import Site
from listserv.usecases import housekeeping
settings, now, limit = pickle.load(sys.stdin.buffer)
site = Site(settings, now=lambda: now)
print("ready", flush=True)
while True:
    with site.writing() as db:
        if not housekeeping.run_due(db, now, limit=limit):
            break
site.close()
"""


def readers(site, count):
    """So many people with a daily digest that is due now, and something to tell them."""
    now = site.now()
    with site.writing() as db:
        a_list(db, now)
        mlist = list_by_name(db, "siecibp")
        first = (db.scalar(select(func.max(User.id))) or 0) + 1
        ids = range(first, first + count)
        db.execute(insert(User), [{"id": id, "name": f"Osoba {id}", "created_at": now} for id in ids])
        addresses = [{"id": id + 10_000, "user_id": id, "email": f"o{id}@example.org", "key": f"o{id}@example.org", "added_at": now} for id in ids]
        db.execute(insert(Address), addresses)
        same = {"list_id": mlist.id, "delivery": DeliveryMode.DIGEST, "digest_due": now, "digest_seq": 0, "joined_at": now}
        db.execute(insert(Member), [{**same, "user_id": id, "address_id": id + 10_000} for id in ids])
        for number in range(3):
            raw = f"From: Jan <jan@example.org>\r\nSubject: Temat {number}\r\nMessage-ID: <{number}@x>\r\n\r\nSłowo {number}.\r\n".encode()
            archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))


def run(site, limit):
    process = forking.Popen([sys.executable, "-c", RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(pickle.dumps((site.settings, site.now(), limit)))
    process.stdin.close()
    process.stdin = None
    assert process.stdout.readline() == b"ready\n", process.stderr.read().decode()
    return process


def made(site):
    with site.reading() as db:
        return db.scalar(select(func.count()).select_from(Digest))


def kill_in_the_middle(site, limit, after):
    """Kill it once some more digests are there, at whatever it does then; how many there are."""
    process, before, end = run(site, limit), made(site), time.monotonic() + 60
    while process.poll() is None and made(site) <= before and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close(), process.stderr.close()
    return made(site)


def each_has_one(site, count):
    with site.reading() as db:
        people = db.execute(select(Digest.member_id, func.count()).group_by(Digest.member_id)).all()
        letters = db.execute(select(Letter.to, func.count()).where(Letter.kind == "digest").group_by(Letter.to)).all()
        assert (len(people), len(letters)) == (count, count), "nobody is missed"
        assert {n for _, n in (*people, *letters)} == {1}, "nobody gets two"
        alone = select(func.count()).select_from(Digest).outerjoin(Letter, Letter.id == Digest.letter_id).where(Letter.id.is_(None))
        assert db.scalar(alone) == 0, "none is without its letter"
        assert db.scalar(select(func.count()).select_from(Raw).where(Raw.size > 4_000)) <= 4, "all share their bytes"
        one = db.scalars(select(Letter).where(Letter.kind == "digest").order_by(func.length(Letter.to), Letter.to).limit(1)).one()
        assert one.to.encode() in digestletters.finished(db, one)


def finish(site, limit):
    process = run(site, limit)
    _, trouble = process.communicate(timeout=120)
    assert process.returncode == 0, trouble.decode()


@pytest.mark.sooner("sqlite")
def test_a_run_that_is_killed_goes_on_where_it_was(site):
    readers(site, 240)

    there = kill_in_the_middle(site, 2, 0.01)

    assert 0 < there <= 240 and there % 20 == 0, "a slice is there whole, or not at all"
    finish(site, 20)
    each_has_one(site, 240)


@pytest.mark.long
def test_a_storm_of_kills(site):
    readers(site, 6_000)
    chance = random.Random(os.environ.get("LISTSERV_SEED", "7"))

    counts = [kill_in_the_middle(site, chance.choice([1, 2, 5]), chance.uniform(0, 0.2)) for _ in range(25)]

    assert counts == sorted(counts) and counts[0] < 6_000
    finish(site, 20)
    each_has_one(site, 6_000)


@pytest.mark.long
def test_two_workers_at_once_share_the_work(site):
    readers(site, 200)
    both = [run(site, 2) for _ in range(2)]
    for process in both:
        _, trouble = process.communicate(timeout=120)
        assert process.returncode == 0, trouble.decode()
    each_has_one(site, 200)
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Member).where(Member.digest_due <= site.now(), Member.delivery == DeliveryMode.DIGEST)) == 0
