"""Webhooks by the API: kept by coordinators of their lists and by administrators, and by nobody else."""

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook as Verifier

from listserv.store.apitokens import ApiAnswer
from listserv.store.lists import list_by_name
from listserv.store.queue import Letter
from listserv.store.webhooks import Webhook, WebhookDelivery
from listserv.usecases import apitokens, webhooks, webhooksout
from listserv.usecases.access import Actor, Door
from listserv.worker.hooks import Hooks
from tests.conftest import add
from tests.receiver import Receiver, on_loopback
from tests.web.api.api_world import admin, app, halina, moderator, owner  # noqa: F401

EVENTS = ["posted", "joined"]


@pytest.fixture
def settings(settings):
    return on_loopback(settings)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def new(url="https://hooks.example.org/", **more):
    return {"list": "siecibp", "url": url, "events": EVENTS, **more}


def test_from_making_to_taking_away(site, owner, receiver):
    made = owner.ask("POST", "/webhooks", 201, json=new(receiver.url()))
    assert made["secret"].startswith("whsec_") and len(Verifier(made["secret"])._whsecret) == 32
    at = f"/webhooks/{made['id']}"
    assert "secret" not in owner.ask("GET", at)
    assert [one["id"] for one in owner.ask("GET", "/webhooks")["items"]] == [made["id"]]

    owner.ask("POST", f"{at}/test", 202)
    assert Hooks(site, 0).drain() == 1
    told = owner.ask("GET", f"{at}/deliveries")["items"]
    assert [(one["event"], one["state"], one["code"], one["webhook_id"]) for one in told] == [("test", "sent", 204, receiver.heard[0].headers["webhook-id"])]
    owner.ask("POST", f"{at}/deliveries/{told[0]['id']}/again", 202)
    assert Hooks(site, 0).drain() == 1
    assert len({one.headers["webhook-id"] for one in receiver.heard}) == 1

    assert owner.ask("POST", f"{at}/secret")["secret"] != made["secret"]
    changed = owner.ask("PATCH", at, json={"events": ["left"], "active": False})
    assert (changed["events"], changed["active"], changed["stopped"]) == (["left"], False, "paused")
    owner.ask("POST", f"{at}/test", 422)
    assert owner.ask("PATCH", at, json={"active": True})["active"]
    owner.ask("DELETE", at, 204)
    owner.ask("GET", at, 404)


def test_nobody_else_keeps_them(owner, moderator, halina, admin, receiver):
    made = owner.ask("POST", "/webhooks", 201, json=new(receiver.url()))
    at = f"/webhooks/{made['id']}"
    for person in (moderator, halina):
        person.ask("POST", "/webhooks", 404, json=new(receiver.url()))
        person.ask("POST", "/webhooks", 404, json=new(receiver.url(), list=""))
        for method, path in (("GET", at), ("DELETE", at), ("POST", f"{at}/secret"), ("POST", f"{at}/test"), ("GET", f"{at}/deliveries"), ("POST", f"{at}/deliveries/1/again")):
            person.ask(method, path, 404)
        person.ask("PATCH", at, 404, json={"active": False})
        assert person.ask("GET", "/webhooks")["items"] == []
    owner.ask("POST", "/webhooks", 404, json=new(list=""))
    assert [one["id"] for one in admin.ask("GET", "/webhooks")["items"]] == [made["id"]]
    assert admin.ask("POST", "/webhooks", 201, json=new(receiver.url(), list=""))["list"] is None


@pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://169.254.169.254/", "https://a:b@hooks.example.org/", "ftp://x/", "x"])
def test_addresses_inside_are_refused(owner, url):
    problem = owner.ask("POST", "/webhooks", 422, json=new(url))
    assert problem["detail"]


def test_unknown_events_and_fields_are_refused(owner):
    owner.ask("POST", "/webhooks", 422, json=new(events=["everything"]))
    owner.ask("POST", "/webhooks", 422, json=new(events=[]))
    owner.ask("POST", "/webhooks", 422, json=new(secret="mine"))
    owner.ask("POST", "/webhooks", 422, json=new(events=["test"]))


def test_two_coordinators_at_once_see_each_other(owner, admin, receiver):
    made = owner.ask("POST", "/webhooks", 201, json=new(receiver.url()))
    at = f"/webhooks/{made['id']}"
    mark = owner.get(f"/api/v1{at}").headers["ETag"]
    admin.ask("PATCH", at, json={"events": ["left"]})
    owner.ask("PATCH", at, 412, json={"events": ["joined"]}, headers={"If-Match": mark})


def test_a_secret_is_told_once_and_kept_by_nothing_that_is_said_again(site, owner, receiver):
    key = {"Idempotency-Key": "hook"}
    made = owner.ask("POST", "/webhooks", 201, json=new(receiver.url()), headers=key)
    at = f"/webhooks/{made['id']}/secret"
    renewed = owner.ask("POST", at, headers=key | {"Idempotency-Key": "secret"})

    assert owner.ask("POST", "/webhooks", 201, json=new(receiver.url()), headers=key) == made | {"secret": ""}
    assert owner.ask("POST", at, headers=key | {"Idempotency-Key": "secret"}) == {"secret": ""}
    with site.reading() as db:
        kept = " ".join(db.scalars(select(ApiAnswer.body)))
    assert "whsec_" not in kept and renewed["secret"] not in kept


# ---- a token that ends -----------------------------------------------------------------------------------------


def letters(site):
    with site.reading() as db:
        return [(letter.kind, letter.to) for letter in db.scalars(select(Letter).where(Letter.kind == "webhook-stopped"))]


def hooks(site):
    with site.reading() as db:
        return [(hook.stopped, hook.due is None, hook.token_id is None) for hook in db.scalars(select(Webhook).order_by(Webhook.id))]


def of_owner(site):
    with site.reading() as db:
        user = apitokens.user_at(db, "owner@example.org")
        return Actor(Door.WEB, user.id, proven=True)


def test_a_webhook_ends_with_the_token_that_made_it_and_its_person_is_told(site, owner, receiver):
    made = owner.ask("POST", "/webhooks", 201, json=new(receiver.url()))
    assert made["expires_at"] == owner.ask("GET", "/me/token")["expires_at"]
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "nowa@example.org", site.now())

    owner.ask("DELETE", "/me/token", 204)

    assert hooks(site) == [("token", True, False)] and letters(site) == [("webhook-stopped", "owner@example.org")]
    assert Hooks(site, 0).drain() == 0 and receiver.heard == []
    with site.reading() as db:
        assert [row.state for row in db.scalars(select(WebhookDelivery))] == ["failed"]


def test_it_ends_too_when_the_token_has_had_its_time(site, owner, receiver, clock):
    owner.ask("POST", "/webhooks", 201, json=new(receiver.url()))
    clock.move(days=91)
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "nowa@example.org", site.now())

    assert Hooks(site, 0).drain() == 0 and receiver.heard == []

    assert hooks(site) == [("token", True, False)] and len(letters(site)) == 1


def test_the_calendar_stops_it_where_nothing_happens_and_the_row_of_the_token_is_gone(site, owner, clock):
    owner.ask("POST", "/webhooks", 201, json=new())
    with site.writing() as db:
        apitokens.forget(db, clock.move(days=200), 10)
        assert webhooksout.run_due(db, clock(), 10) == 1 and webhooksout.run_due(db, clock(), 10) == 0
    assert hooks(site) == [("token", True, False)]


def test_whoever_takes_it_over_keeps_it_when_the_token_ends(site, owner):
    """While it still hears, and after it was stopped."""
    for _ in range(2):
        owner.ask("POST", "/webhooks", 201, json=new())
    with site.writing() as db:
        first = db.scalars(select(Webhook)).first()
        webhooks.resume(db, first, of_owner(site), site.now())
    owner.ask("DELETE", "/me/token", 204)
    assert hooks(site) == [("", False, True), ("token", True, False)]

    with site.writing() as db:
        webhooks.resume(db, db.get(Webhook, 2), of_owner(site), site.now())

    assert hooks(site) == [("", False, True), ("", False, True)]


def test_where_a_token_leads_it_it_hangs_on_the_token_but_not_where_it_only_lets_it_rest(site, owner):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        for path in ("/one", "/two"):
            webhooks.add(db, mlist, f"https://hooks.example.org{path}", EVENTS, of_owner(site), site.now())

    owner.ask("PATCH", "/webhooks/1", json={"url": "https://thief.example.org/"})
    owner.ask("PATCH", "/webhooks/2", json={"active": False})
    owner.ask("PATCH", "/webhooks/2", json={"active": True})
    owner.ask("DELETE", "/me/token", 204)

    assert hooks(site) == [("token", True, False), ("", False, True)]
