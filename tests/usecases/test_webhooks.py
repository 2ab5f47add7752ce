"""Webhooks: what happens is told to other programs, signed, once it is true; again and again where nobody hears; and never to who may not know."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from listserv import tally
from listserv.errors import Conflict, Invalid, NotAllowed, NotFound
from listserv.store import webhooks as rows
from listserv.store.archive import Message
from listserv.store.members import Role, member_by_key
from listserv.store.queue import Letter
from listserv.store.webhooks import OFFERED, Webhook, WebhookDelivery
from listserv.usecases import administration, bouncing, housekeeping, webhooks, webhooksout
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.delivery import Failure
from listserv.worker.hooks import Hooks
from tests.conftest import add
from tests.receiver import Receiver, on_loopback

ALL = tuple(OFFERED)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def settings(settings):
    return on_loopback(settings)


def listens(db, mlist, receiver, now, *, path="/", events=ALL, actor=CONSOLE):
    return webhooks.add(db, mlist, receiver.url(path), events, actor, now)


def owner_of(db, mlist, email="owner@example.org"):
    return Actor(Door.WEB, member_by_key(db, mlist, email).user_id, proven=True)


def tell(site):
    """Everything that is due now."""
    count = 0
    while done := Hooks(site, 0).drain():
        count += done
    return count


def deliveries(site):
    with site.reading() as db:
        return db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()


def hook_of(site):
    with site.reading() as db:
        return db.scalars(select(Webhook)).one()


def letters(site):
    with site.reading() as db:
        return db.scalars(select(Letter).where(Letter.kind == "webhook-stopped")).all()


# ---- told --------------------------------------------------------------------------------------------------


def test_a_post_is_told_signed_as_standard_webhooks_say(site, clock, office, network, receiver):
    clock.at = datetime.now(UTC).replace(microsecond=0)
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        _, secret = listens(db, mlist, receiver, site.now())
    office.send("Halina <halina@example.org>", "siecibp", "Lekcje", "Mam tajemnicę dla Państwa.\n", proven=True)
    with site.reading() as db:
        message_hash = db.scalars(select(Message.hash)).one()

    assert tell(site) == 1

    heard = receiver.heard[0]
    said = Verifier(secret).verify(heard.body, heard.headers)
    assert said == heard.said
    assert (said["type"], said["data"]["list"]["name"], said["data"]["message"]["hash"]) == ("posted", "siecibp", message_hash)
    assert said["data"]["message"]["url"] == f"https://lists.example.org/siecibp/message/{message_hash}"
    assert heard.headers["content-type"] == "application/json"
    assert tell(site) == 0
    assert [(one.state, one.code) for one in deliveries(site)] == [("sent", 204)]


def test_another_secret_believes_nothing_of_it(site, clock, network, receiver):
    clock.at = datetime.now(UTC).replace(microsecond=0)
    with site.writing() as db:
        hook, old = listens(db, administration.list_by_name(db, network), receiver, site.now())
        new = webhooks.renew_secret(db, hook, CONSOLE, site.now())
        webhooks.test(db, hook, site.now())

    tell(site)

    heard = receiver.heard[0]
    assert heard.type == "test" and old != new
    Verifier(new).verify(heard.body, heard.headers)
    for secret, body in ((old, heard.body), (new, heard.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Verifier(secret).verify(body, heard.headers)


def test_who_comes_and_goes_is_told_to_who_decides(site, network, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        listens(db, mlist, receiver, site.now(), actor=owner_of(db, mlist))
        member = add(db, mlist, "nowa@example.org", site.now(), name="Nowa")
        number = member.id
        administration.remove_member(db, administration.find_member(db, mlist, "marek@example.org"), CONSOLE, site.now(), why="moved away")
        bouncing.copy_failed(db, ACopy(1, number, "nowa@example.org"), Failure("5.1.1", "550 no such user"), site.now(), blame=True)

    tell(site)

    said = {one.type: one.said["data"] for one in receiver.heard}
    assert said["joined"]["member"] == {
        "id": number,
        "url": f"https://lists.example.org/siecibp/moderate/members/{number}",
        "name": "Nowa",
        "email": "nowa@example.org",
    }
    assert said["left"]["member"]["email"] == "marek@example.org"
    assert "moved away" not in str(said)
    assert (said["bounced"]["member"]["id"], said["bounced"]["status"]) == (number, "5.1.1")


class ACopy:
    def __init__(self, outgoing_id, member_id, email):
        self.outgoing_id, self.member_id, self.email = outgoing_id, member_id, email


def test_held_posts_and_applications_are_told_without_their_words(site, office, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, "siecibp")
        listens(db, mlist, receiver, site.now())

    office.send("Obca <obca@example.org>", "siecibp", "Pytanie", "To jest tajemnica.\n", proven=True)
    office.send("Nowa Osoba <nowa@example.org>", "siecibp-join", "Prośba", "Proszę o dopisanie mnie, to tajemnica.\n", proven=True)
    tell(site)

    said = {one.type: one.said["data"] for one in receiver.heard}
    assert said["held"]["held"]["reasons"] == ["nonmember"]
    assert said["held"]["held"]["subject"] == "Pytanie"
    assert said["held"]["held"]["url"].startswith("https://lists.example.org/siecibp/moderate/case/p")
    assert said["applied"]["application"]["email"] == "nowa@example.org"
    assert "tajemnic" not in "".join(one.body.decode() for one in receiver.heard)


# ---- in the same transaction -------------------------------------------------------------------------------


def test_what_is_rolled_back_is_told_to_nobody(site, network, receiver):
    with site.writing() as db:
        listens(db, administration.list_by_name(db, network), receiver, site.now())

    with pytest.raises(RuntimeError), site.writing() as db:
        add(db, administration.list_by_name(db, network), "nikt@example.org", site.now())
        raise RuntimeError("after all that")
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        with pytest.raises(Conflict):
            add(db, mlist, "marek@example.org", site.now())

    assert tell(site) == 0
    assert receiver.heard == [] and deliveries(site) == []


def test_only_what_is_wanted_is_put_down_and_only_for_that_list(site, network, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, site.now())
        listens(db, mlist, receiver, site.now(), path="/list", events=("joined",))
        listens(db, None, receiver, site.now(), path="/site", events=("joined", "left"))
        add(db, other, "ktos@example.org", site.now())
        add(db, mlist, "nowa@example.org", site.now())
        administration.remove_member(db, administration.find_member(db, mlist, "nowa@example.org"), CONSOLE, site.now())

    tell(site)

    assert sorted((one.path, one.type, one.said["data"]["list"]["name"]) for one in receiver.heard) == [
        ("/list", "joined", "siecibp"),
        ("/site", "joined", "inna"),
        ("/site", "joined", "siecibp"),
        ("/site", "left", "siecibp"),
    ]


# ---- again -------------------------------------------------------------------------------------------------


def test_a_receiver_that_fails_is_tried_again_under_the_same_number(site, clock, network, receiver):
    receiver.answers["/"] = 503
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        webhooks.test(db, hook, site.now())

    assert tell(site) == 1
    assert tell(site) == 0
    clock.move(seconds=4)
    assert tell(site) == 0
    clock.move(seconds=2)
    assert tell(site) == 1
    receiver.answers["/"] = 200
    clock.move(minutes=6)
    assert tell(site) == 1

    assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.heard}) == 3
    assert len({one.body for one in receiver.heard}) == 1
    assert [(one.state, one.attempts) for one in deliveries(site)] == [("sent", 3)]
    assert (hook_of(site).failures, hook_of(site).failing_since) == (0, None)


def test_a_dead_receiver_is_probed_with_one_thing_at_a_time(site, clock, network, receiver):
    receiver.answers["/"] = 500
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        for _ in range(25):
            webhooks.test(db, hook, site.now())

    assert tell(site) == 10 and len(receiver.heard) == 1  # a handful was taken, and put down after the first
    clock.move(seconds=2)
    assert tell(site) == 1
    assert len(receiver.heard) == 2
    receiver.answers["/"] = 200
    clock.move(minutes=5)
    while tell(site):
        pass
    clock.move(hours=1)
    tell(site)
    assert all(one.state == "sent" for one in deliveries(site))


def test_after_three_days_of_failing_it_is_stopped_and_its_owner_is_told(site, clock, network, receiver):
    receiver.answers["/"] = (503, {"Retry-After": "120"})
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        hook, _ = listens(db, mlist, receiver, site.now(), actor=owner_of(db, mlist))
        webhooks.test(db, hook, site.now())
    for _ in range(14):
        tell(site)
        clock.move(hours=6)
        with site.writing() as db:
            hook = db.get(Webhook, 1)
            if hook.due is not None:
                webhooks.test(db, hook, site.now())

    hook = hook_of(site)
    assert (hook.due, hook.stopped) == (None, "failed")
    assert [letter.to for letter in letters(site)] == ["owner@example.org"]
    assert not any(one.state == "waiting" for one in deliveries(site))
    calls = len(receiver.heard)
    with site.writing() as db:
        add(db, administration.list_by_name(db, network), "nowa@example.org", site.now())
    assert tell(site) == 0 and len(receiver.heard) == calls

    receiver.answers["/"] = 200
    with site.writing() as db:
        webhooks.resume(db, db.get(Webhook, 1), CONSOLE, site.now())
        webhooks.test(db, db.get(Webhook, 1), site.now())
    assert tell(site) == 1


def test_who_says_that_it_is_gone_hears_nothing_more(site, network, receiver):
    receiver.answers["/"] = 410
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        webhooks.test(db, hook, site.now())

    tell(site)

    assert hook_of(site).stopped == "gone"
    assert len(letters(site)) == 1


def test_what_nobody_could_be_told_for_days_is_given_up(site, clock, network, receiver):
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        webhooks.test(db, hook, site.now())
    clock.move(days=4)

    tell(site)

    assert receiver.heard == []
    assert [one.state for one in deliveries(site)] == ["failed"]
    with site.writing() as db:
        webhooks.again(db, db.get(Webhook, 1), 1, site.now())


def test_counts_are_told_beside_the_others(site, network, receiver):
    before = dict(tally.drain())
    receiver.answers["/bad"] = 500
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        for path in ("/", "/bad"):
            hook, _ = listens(db, mlist, receiver, site.now(), path=path)
            webhooks.test(db, hook, site.now())

    tell(site)

    counted = tally.drain()
    assert (counted["webhooks_sent"], counted["webhooks_failed"]) == (1, 1)
    tally.put_back(before)


def test_old_rows_are_cleared_away(site, clock, network, receiver):
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        webhooks.test(db, hook, site.now())
    tell(site)
    clock.move(days=29)
    with site.writing() as db:
        assert webhooksout.run_due(db, site.now(), 100) == 0
    clock.move(days=2)
    with site.writing() as db:
        clearing = next(part for part in housekeeping.parts() if webhooksout.run_due in part.args)
        clearing(db, site.now())
        assert db.scalar(select(func.count()).select_from(WebhookDelivery)) == 0


# ---- who may ------------------------------------------------------------------------------------------------


def test_only_coordinators_and_administrators_have_webhooks(site, network, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        for email in ("mod@example.org", "halina@example.org"):
            with pytest.raises(NotAllowed):
                listens(db, mlist, receiver, site.now(), actor=owner_of(db, mlist, email))
        owner = owner_of(db, mlist)
        with pytest.raises(NotAllowed):
            listens(db, None, receiver, site.now(), actor=owner)
        hook, _ = listens(db, mlist, receiver, site.now(), actor=owner)
        assert webhooks.find(db, hook.id, owner) is hook
        with pytest.raises(NotFound):
            webhooks.find(db, hook.id, owner_of(db, mlist, "mod@example.org"))
        with pytest.raises(NotFound):
            webhooks.place(db, "siecibp", owner_of(db, mlist, "halina@example.org"))


def test_whoever_no_longer_decides_hears_nothing_more(site, network, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        listens(db, mlist, receiver, site.now(), actor=owner_of(db, mlist))
        add(db, mlist, "nowa@example.org", site.now())
        administration.find_member(db, mlist, "mod@example.org").role = Role.OWNER
        administration.find_member(db, mlist, "owner@example.org").role = Role.MEMBER

    tell(site)

    assert receiver.heard == []
    assert hook_of(site).stopped == "rights"
    assert [letter.to for letter in letters(site)] == ["mod@example.org"]


def test_whoever_led_it_elsewhere_hears_nothing_once_they_no_longer_decide(site, network, receiver):
    """Whoever made it still decides: it is not theirs any more."""
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        hook, _ = listens(db, mlist, receiver, site.now(), path="/owner", actor=owner_of(db, mlist))
        second = administration.find_member(db, mlist, "mod@example.org")
        second.role = Role.OWNER
        webhooks.change(db, hook, owner_of(db, mlist, "mod@example.org"), site.now(), url=receiver.url("/elsewhere"))
        add(db, mlist, "nowa@example.org", site.now())
        second.role = Role.MEMBER

    tell(site)

    assert receiver.heard == []
    assert hook_of(site).stopped == "rights"


def test_ten_are_enough(site, network, receiver):
    with site.writing() as db:
        mlist = administration.list_by_name(db, network)
        for number in range(10):
            listens(db, mlist, receiver, site.now(), path=f"/{number}")
        with pytest.raises(Conflict):
            listens(db, mlist, receiver, site.now())
        with pytest.raises(Invalid):
            webhooks.change(db, rows.all_webhooks(db)[0], CONSOLE, site.now(), events=("posted", "everything"))
        with pytest.raises(Invalid):
            webhooks.change(db, rows.all_webhooks(db)[0], CONSOLE, site.now(), events=())


def test_numbers_are_never_given_twice_not_even_by_an_older_backup(site, network, receiver):
    with site.writing() as db:
        hook, _ = listens(db, administration.list_by_name(db, network), receiver, site.now())
        one = WebhookDelivery(id=7, webhook_id=hook.id, at=site.now())
        other = WebhookDelivery(id=7, webhook_id=hook.id, at=site.now() + timedelta(milliseconds=1))
        assert webhooks.number_of(site.settings, one) != webhooks.number_of(site.settings, other)
        assert hook.salt.hex() not in webhooks.secret_of(site.settings, hook)
