import pytest
from sqlalchemy import select

from listserv.dns import Resolver
from listserv.store import workers
from listserv.store.queue import Incoming, Raw, State
from listserv.usecases import intake, routing
from listserv.usecases.intake import Arriving
from listserv.words.terms import made_of
from tests.office import mail

LIST = "siecibp@lists.example.org"


def receive(site, *rcpts, raw=None):
    with site.writing() as db:
        return intake.receive(db, Arriving.each("halina@example.org", rcpts or (LIST,), "127.0.0.1", raw or mail("halina@example.org", LIST)), site.now())


def understood(site, work):
    with site.reading() as db:
        raw = intake.raw_of(db, work)
    return intake.prepare(work, raw, site.settings, Resolver("127.0.0.1:1"))


def attempt(site):
    """What a worker does with whatever is due; how many mails it took."""
    with site.writing() as db:
        works = intake.claim(db, site.now(), holder=7)
    for work in works:
        prepared = understood(site, work)
        try:
            with site.writing() as db:
                intake.process(db, prepared, site.now())
        except RuntimeError:
            with site.writing() as db:
                intake.trouble(db, work.incoming_id, "Traceback: no", site.now())
    return len(works)


def row(site, number=1):
    with site.reading() as db:
        return db.get(Incoming, number)


@pytest.fixture
def broken(monkeypatch):
    def fail(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(intake, "answer_for", fail)
    return monkeypatch


def test_the_terms_of_a_post_are_made_before_the_database_is_locked_for_it(site, network):
    receive(site, raw=mail("Halina <halina@example.org>", LIST))
    with site.writing() as db:
        (work,) = intake.claim(db, site.now(), holder=7)
    prepared = understood(site, work)
    made = made_of.cache_info()
    with site.writing() as db:
        assert intake.process(db, prepared, site.now()) is State.POSTED
    after = made_of.cache_info()
    assert (after.misses, after.hits) == (made.misses, made.hits + 1)


def test_the_same_bytes_for_two_recipients_are_kept_once(site, network):
    receive(site, LIST, "moderator_siecibp@lists.example.org")

    with site.reading() as db:
        assert len(db.scalars(select(Incoming)).all()) == 2
        assert len(db.scalars(select(Raw)).all()) == 1


def test_a_mail_that_makes_trouble_is_tried_three_times_and_set_aside(site, network, broken, clock):
    receive(site)
    for _ in range(3):
        assert attempt(site) == 1
        assert attempt(site) == 0, "not at once"
        clock.move(minutes=5)

    assert attempt(site) == 0
    assert (row(site).state, row(site).due) == (State.SHUNTED, None)
    assert "Traceback: no" in row(site).trouble


def test_a_mail_set_aside_can_be_tried_again(site, network, broken, clock):
    receive(site)
    for _ in range(3):
        attempt(site)
        clock.move(minutes=5)
    broken.setattr(intake, "answer_for", routing.answer_for)

    with site.writing() as db:
        intake.retry(db, db.get(Incoming, 1), site.now())
    attempt(site)

    assert row(site).state is State.POSTED


def test_a_mail_that_kills_its_worker_counts_too(site, network, clock):
    receive(site)
    for _ in range(3):
        with site.writing() as db:
            assert len(intake.claim(db, site.now(), holder=7)) == 1
        with site.writing() as db:
            assert workers.free(db, site.now()) == 1

    assert attempt(site) == 0
    assert row(site).state is State.SHUNTED


def test_what_another_worker_holds_is_left_alone_until_its_lease_ends(site, network, clock):
    receive(site)
    with site.writing() as db:
        intake.claim(db, site.now(), holder=1)

    assert attempt(site) == 0
    clock.move(minutes=6)
    assert attempt(site) == 1
    assert row(site).state is State.POSTED


def test_a_mail_whose_lease_has_ended_is_not_worked_on_twice(site, network, clock):
    receive(site)
    with site.writing() as db:
        slow = intake.claim(db, site.now(), holder=1)[0]
    clock.move(minutes=6)
    attempt(site)
    late = understood(site, slow)

    with site.writing() as db:
        assert intake.process(db, late, site.now()) is State.POSTED
    with site.reading() as db:
        from listserv.store.archive import Message

        assert len(db.scalars(select(Message)).all()) == 1


def test_an_alias_of_another_domain_means_the_same(site, network):
    from listserv.store.lists import list_by_name
    from listserv.usecases import administration
    from listserv.usecases.access import CONSOLE

    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"alias": "moderator_siecibp@szkola.example.org biblioteka@szkola.example.org"}, CONSOLE, site.now())
        from listserv.mail.address import Role

        assert intake.find_route(db, "Moderator_siecibp@szkola.example.org")[0].role is Role.MODERATORS
        assert intake.find_route(db, "biblioteka@szkola.example.org")[0].role is Role.POST


def test_a_waiting_mail_can_be_traced_by_its_id(site, network):
    receive(site, raw=mail("halina@example.org", LIST, message_id="<waiting@example.org>"))

    assert row(site).message_id == "waiting@example.org"
