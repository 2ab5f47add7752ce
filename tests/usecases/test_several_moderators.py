"""Several moderators at once: the first answer counts, the second hears who gave it, and nothing happens twice."""

import threading
from collections import Counter

import pytest

from listserv.errors import Conflict, Invalid, Refusal
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Role, member_by_key
from listserv.store.moderation import Application, Held, HeldState, Journal
from listserv.store.people import address_by_key
from listserv.store.queue import Letter
from listserv.usecases import docket, membership, stewards
from listserv.usecases.access import Actor, Door
from listserv.usecases.docket import Answer
from tests.conftest import add
from tests.office import aligned, mail

LIST = "siecibp@lists.example.org"
DOOR = "moderator_siecibp@lists.example.org"


@pytest.fixture
def case(office):
    office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "Plakaty", "Mamy plakaty.\n")), LIST, mail_from="obcy@example.org")
    office.deliver(aligned(mail("Anna Nowa <anna@example.org>", DOOR, "Proszę", "Czy mogę dołączyć?\n")), DOOR, mail_from="anna@example.org")
    return office


def at_once(*acts):
    """Each in a thread of its own, all begun together; what they returned or raised."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        gate.wait(10)
        try:
            found[number] = act()
        except Refusal as refusal:
            found[number] = refusal

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return found


def deciding(site, email, key, answer):
    def act():
        with site.writing() as db:
            who = stewards.steward(db, "siecibp", Actor(Door.WEB, address_by_key(db, email).user_id, proven=True))
            done = docket.decide(db, who, [key], Answer(answer), site.now())
            return len(done.done), len(done.late)

    return act


@pytest.mark.parametrize(
    ("key", "answers"), [("p1", ("approve", "decline")), ("p1", ("approve", "approve")), ("a1", ("approve", "decline")), ("a1", ("approve", "approve"))]
)
def test_of_two_answers_at_the_same_moment_one_counts(case, site, key, answers):
    found = at_once(deciding(site, "mod@example.org", key, answers[0]), deciding(site, "owner@example.org", key, answers[1]))

    assert sorted(found) == [(0, 1), (1, 0)]
    with site.reading() as db:
        decisions = [row.what for row in db.query(Journal) if row.what in ("held-published", "held-refused", "application-admitted", "application-declined")]
        assert len(decisions) == 1
        told = Counter(row.kind for row in db.query(Letter))
        assert told["held-published"] + told["held-refused"] + told["welcome"] + told["application-declined"] == 1
        assert told["decided"] == 1
        assert db.query(Message).count() == (decisions == ["held-published"])


def test_the_second_transaction_waits_for_the_first_and_sees_its_decision(case, site):
    """Two real connections: one holds the case, the other begins in between and must not decide on what it saw before."""
    begun = threading.Event()
    second = {}

    def late():
        begun.wait(10)
        second["found"] = deciding(site, "owner@example.org", "p1", "decline")()

    other = threading.Thread(target=late)
    other.start()
    with site.writing() as db:
        who = stewards.steward(db, "siecibp", Actor(Door.WEB, address_by_key(db, "mod@example.org").user_id, proven=True))
        docket.decide(db, who, ["p1"], Answer.APPROVE, site.now())
        begun.set()
        other.join(0.3)
        assert second == {}
    other.join(20)

    assert second["found"] == (0, 1)
    with site.reading() as db:
        held = db.get(Held, 1)
        assert held.state is HeldState.PUBLISHED
        assert held.decider.name == "Zofia Lektura"


def test_a_question_never_wakes_a_decided_application(case, site):
    with site.reading() as stale:
        seen = stale.get(Application, 1)
        assert seen.state == "awaiting_moderator"
    deciding(site, "mod@example.org", "a1", "approve")()

    with pytest.raises(Conflict), site.writing() as db:
        membership.ask(db, db.get(Application, 1), "Skąd?", Actor(Door.WEB, 1, proven=True), site.now())
    with site.reading() as db:
        assert db.get(Application, 1).state == "admitted"


def test_undone_by_two_it_is_undone_once(case, site):
    deciding(site, "mod@example.org", "p1", "approve")()

    def undoing(email):
        def act():
            with site.writing() as db:
                who = stewards.steward(db, "siecibp", Actor(Door.WEB, address_by_key(db, email).user_id, proven=True))
                return str(docket.take_back(db, who, "p1", site.now()).decision)

        return act

    found = at_once(undoing("mod@example.org"), undoing("owner@example.org"))

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "str"]
    with site.reading() as db:
        assert [row.what for row in db.query(Journal)].count("held-undone") == 1


def test_two_owners_cannot_take_the_last_office_from_each_other(site, network, now):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "druga@example.org", now, role="owner")

    def demoting(by, whom):
        def act():
            with site.writing() as db:
                who = stewards.steward(db, "siecibp", Actor(Door.WEB, address_by_key(db, by).user_id, proven=True))
                member = member_by_key(db, list_by_name(db, "siecibp"), whom)
                return stewards.change_member(db, who, member, {"role": "member"}, site.now())

        return act

    found = at_once(demoting("owner@example.org", "owner@example.org"), demoting("druga@example.org", "druga@example.org"))

    assert sorted(type(one).__name__ for one in found) == ["Invalid", "tuple"]
    assert any(isinstance(one, Invalid) and one.reason == stewards.LAST_OWNER for one in found)
    with site.reading() as db:
        assert db.query(Member).filter_by(role=Role.OWNER).count() == 1
