"""Pages of an archive ten times as large take no more steps of the database: counted, not timed. The long run goes to 100,000 messages."""

from datetime import timedelta
from itertools import count
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update

from listserv.store.archive import Message, Thread
from listserv.store.lists import Topic, list_by_name
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.web import create_app
from tests.findable import say
from tests.growing import grow
from tests.growth import Steps

THREADS = 60
# Messages of the smaller and of the larger archive; the smaller one has deep pages already.
SIZES = [(3_600, 18_000), pytest.param((10_800, 108_000), marks=pytest.mark.long)]
# From a mark on, two thousand places may be skipped (`store.deep`), and pages differ a little in what stands on them.
MORE, SPARE = 1.3, 8_000
# Has 45 hits in the smaller archive and 450 in the larger one; from 501 on no more are read, so the commonest word is the measure.
STILL_FEW = {"search, a rarer word": "search, the commonest word"}
# Steps for each message, and for each thread, where a process counts an archive for the first time: one look at an index each.
FOR_EACH_MESSAGE, FOR_EACH_THREAD = 10, 60
# Goes through every message once (`usecases.writers`), then only through what is new.
BY_ROW = ("people",)


def archived(site):
    """A public list with threads of four, two topics and three people, of whom one writes most."""
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("duza", "Duża", archive="public"), CONSOLE, site.now())
        topics = [Topic(list_id=mlist.id, slug=slug, title=slug, position=place) for place, slug in enumerate(("books", "rare"))]
        db.add_all(topics)
        people = [administration.ensure_user(db, f"{name}@example.org", name.title(), site.now()) for name in ("ewa", "jan", "ola")]
        db.flush()
        for number in range(THREADS):
            at = site.now() - timedelta(days=900 - 15 * number)
            topic = topics[number % 2] if number % 20 < 2 else topics[0] if number % 3 else None
            first = say(db, mlist, at, f"Subject {number}", f"the shelf of book{number}", email="ewa@example.org", topic=topic)
            for answer in range(3):
                writer = people[(number + answer) % 3 if answer else 0].email
                say(db, mlist, at + timedelta(hours=answer + 1), f"Re: Subject {number}", "the answer of a reader", email=writer, to=first)


def kinds(site):
    """Every kind of page that anybody may ask for, and some of each."""
    with site.reading() as db:
        threads = db.scalar(select(func.count()).select_from(Thread).where(Thread.merged_into.is_(None)))
        filed = db.scalar(select(func.count()).select_from(Thread).join(Topic, Topic.id == Thread.topic_id).where(Topic.slug == "books"))
        a_thread, a_hash = db.scalar(select(func.max(Thread.id))), db.scalar(select(Message.hash).order_by(Message.id).limit(1))
        busiest = db.scalar(select(Message.user_id).group_by(Message.user_id).order_by(func.count().desc()).limit(1))
        written = db.scalar(select(func.count()).select_from(Message).where(Message.user_id == busiest))
        day = db.scalar(select(func.min(Message.sent_at)))
    return {
        "front": "/",
        "list": "/duza/",
        "list, in the middle": f"/duza/?page={threads // 50}",
        "list, last": f"/duza/?page={-(-threads // 25)}",
        "topic": "/duza/topic/books",
        "topic, last": f"/duza/topic/books?page={-(-filed // 25)}",
        "thread": f"/duza/thread/{a_thread}",
        "message": f"/duza/message/{a_hash}",
        "months": "/duza/month/",
        "month": f"/duza/month/{day:%Y-%m}",
        "people": "/duza/people/",
        "person": f"/duza/person/{busiest}",
        "person, late": f"/duza/person/{busiest}?page={min(60, -(-written // 25))}",
        "feed": "/duza/feed.atom",
        "feed of a thread": f"/duza/thread/{a_thread}/feed.atom",
        "feed of a topic": "/duza/topic/books/feed.atom",
        "feed of a person": f"/duza/person/{busiest}/feed.atom",
        "sitemaps": "/sitemap.xml",
        "search, the commonest word": "/duza/search?q=the",
        "search, best first": "/duza/search?q=the&order=best",
        "search, a rarer word": "/duza/search?q=book7",
        "search, a phrase": f"/duza/search?q={quote('the shelf')}",
        "search, a person": f"/duza/search?q={quote('from:ewa the')}",
        "search, nothing": "/duza/search?q=nieistniejace",
    }


class Reader:
    """A stranger whose every look is another address and another network, so that no page is told again."""

    def __init__(self, site):
        self.client, self.steps, self.looks = create_app(site).test_client(), Steps(site.engine), count(1)

    def look(self, path):
        number = next(self.looks)
        other = "" if "atom" in path or "xml" in path else f"{'&' if '?' in path else '?'}another={number}"
        answer = self.client.get(path + other, environ_base={"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.1"})
        assert answer.status_code == 200, (path, answer.status)

    def costs(self, path):
        """Steps of whoever comes first, and of the next."""
        return self.steps.of(lambda: self.look(path)), self.steps.of(lambda: self.look(path))


@pytest.mark.only_sqlite
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_pages_of_a_larger_archive_take_no_more_steps(site, sizes):
    archived(site)
    found, reader = [], Reader(site)
    for size in sizes:
        grow(site.engine, size, lambda _: None)
        site.memory.clear()
        reader.look("/duza/")
        found.append({kind: reader.costs(path) for kind, path in kinds(site).items()})

    small, large = found
    before = {kind: small[STILL_FEW.get(kind, kind)][1] for kind in large}
    grown = {kind: (before[kind], again) for kind, (_, again) in large.items() if again > MORE * before[kind] + SPARE}
    assert grown == {}
    threads = sizes[1] // 4
    counted = {kind: first for kind, (first, again) in large.items() if first > again + FOR_EACH_MESSAGE * sizes[1] + FOR_EACH_THREAD * threads}
    assert set(counted) <= set(BY_ROW)


@pytest.mark.only_sqlite
def test_a_word_in_a_rare_topic_is_found_without_going_through_all_threads(site):
    archived(site)
    taken = []
    for size in (3_600, 10_800):
        grow(site.engine, size, lambda _: None)
        with site.writing() as db:
            rare = db.scalar(select(Topic.id).where(Topic.slug == "rare"))
            first = db.scalar(select(func.min(Thread.id)))
            db.execute(update(Thread).where(Thread.topic_id == rare, Thread.id != first).values(topic_id=None))
            db.execute(update(Thread).where(Thread.id == first).values(topic_id=rare))
        reader = Reader(site)
        reader.look("/duza/search?q=the")
        taken.append(reader.costs("/duza/search?q=the+topic:rare")[0])

    # The tree of an index grows by a level; threads were 1,800 more, and several steps each.
    assert taken[1] < taken[0] + 1_800


@pytest.mark.only_sqlite
def test_who_writes_is_counted_on_from_what_was_counted(site):
    archived(site)
    grow(site.engine, 2_400, lambda _: None)
    reader = Reader(site)
    whole, again = reader.costs("/duza/people/")
    with site.writing() as db:
        say(db, list_by_name(db, "duza"), site.now(), "Nowe", "the newest word", name="Jan", email="jan@example.org")

    assert reader.steps.of(lambda: reader.look("/duza/people/")) < whole / 20 + again

