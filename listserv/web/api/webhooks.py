"""Webhooks: what other programs are told of, where, and what became of it."""

from typing import Any, TypeAlias

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from listserv.store.lists import MailingList
from listserv.store.webhooks import Event, Webhook, WebhookDelivery
from listserv.usecases import webhooks
from listserv.usecases.access import lists_and_roles
from listserv.web.api import door
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked, require_unchanged
from listserv.web.api.messages import address
from listserv.web.api.models import Line, Moment, Paged, Sent, Shown
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit

# Said before a field is called `list`.
Events: TypeAlias = list[Event]
Names: TypeAlias = list[Line]


class WebhookShown(Shown):
    """A receiver of news."""

    id: int
    list: str | None = Field(description="None: it hears of all lists.")
    url: str
    events: Events
    active: bool
    stopped: str = Field(description="Why it hears nothing: `failed`, `gone`, `rights`, `token` or `paused`.")
    expires_at: Moment | None = Field(description="When the token ends with which it was made, and it with it; null: it hangs on none.")
    failures: int = Field(description="How often in a row nothing got through.")
    failing_since: Moment | None
    created_at: Moment


class WebhookWithSecret(WebhookShown):
    """A receiver with its secret, which is shown this once."""

    secret: str = Field(description="What signs: `whsec_` and base64 (Standard Webhooks). Told once: empty where the answer is replayed.")


class Webhooks(Shown):
    """The receivers that you keep."""

    items: list[WebhookShown]


class NewWebhook(Sent):
    """A receiver to be added."""

    list: Line = Field("", max_length=63, description="The name of a list; empty: all lists, for administrators.")
    url: Line = Field(min_length=1, max_length=2000, description="https only, and reachable from the whole internet.")
    events: Names = Field(min_length=1, max_length=10, description="`posted`, `held`, `applied`, `joined`, `left`, `bounced`.")


class WebhookChange(Sent):
    """What is to be different; what is left out stays."""

    url: Line = Field(None, min_length=1, max_length=2000)  # type: ignore[assignment]
    events: Names = Field(default_factory=list, min_length=1, max_length=10)
    active: bool = Field(None, description="False: it hears nothing, and what waits for it is dropped.")  # type: ignore[assignment]


class WebhookDeliveryShown(Shown):
    """Something that a receiver was told, or is to be told."""

    id: int
    webhook_id: str = Field(description="The `webhook-id` under which it is sent, each time the same.")
    event: Event
    at: Moment
    state: str = Field(description="`waiting`, `sent` or `failed`.")
    attempts: int
    code: int = Field(description="The receiver's last answer; 0 where there was none.")
    answer: str
    tried_at: Moment | None


class WebhookDeliveryPage(Shown):
    """A page of what a receiver was told, the newest first."""

    items: list[WebhookDeliveryShown]
    next: str | None


class Secret(BaseModel):
    """A new secret."""

    model_config = ConfigDict(extra="forbid")

    secret: str


def _facts(hook: Webhook) -> dict[str, Any]:
    facts: dict[str, Any] = {key: getattr(hook, key) for key in ("id", "url", "stopped", "failures", "failing_since", "created_at")}
    token = webhooks.token_of(visit().db, hook)
    facts["expires_at"] = token.expires_at if token else None
    return facts | {"list": hook.mlist.name if hook.mlist else None, "events": hook.events.split(), "active": hook.due is not None}


def told(hook: Webhook) -> WebhookShown:
    """A receiver as its owner sees it."""
    return WebhookShown(**_facts(hook))


def told_delivery(row: WebhookDelivery) -> WebhookDeliveryShown:
    """What it was told."""
    facts: dict[str, Any] = {key: getattr(row, key) for key in ("id", "event", "at", "state", "attempts", "code", "answer", "tried_at")}
    return WebhookDeliveryShown(webhook_id=webhooks.number_of(visit().settings, row), **facts)


def _mine() -> list[MailingList | None]:
    seen = [mlist for mlist, _ in lists_and_roles(visit().db, caller().actor)]
    return [None, *seen]


def _here(hook_id: int) -> Webhook:
    return webhooks.find(visit().db, hook_id, caller().actor)


@endpoint("GET", "/webhooks", "moderate", returns=Webhooks)
def ls() -> Webhooks:
    """The receivers that you keep: of your lists, and of the whole site for administrators."""
    return Webhooks(items=[told(hook) for hook in webhooks.kept_by(visit().db, caller().actor, _mine())])


@endpoint("POST", "/webhooks", "moderate", sent=NewWebhook, returns=WebhookWithSecret, status=201)
def add(json: NewWebhook) -> Response:
    """Add a receiver. Its secret is told this once."""
    db, actor = visit().db, caller().actor
    mlist = webhooks.place(db, json.list, actor)
    hook, secret = webhooks.add(db, mlist, json.url, json.events, actor, visit().now)
    answer = marked(WebhookWithSecret(secret=secret, **_facts(hook)), 201)
    answer.headers["Location"] = address(f"api/v1/webhooks/{hook.id}")
    return answer


@endpoint("GET", "/webhooks/<id:hook_id>", "moderate", returns=WebhookShown)
def get(hook_id: int) -> object:
    """One receiver."""
    return marked(told(_here(hook_id)))


@endpoint("PATCH", "/webhooks/<id:hook_id>", "moderate", sent=WebhookChange, returns=WebhookShown)
def change(hook_id: int, json: WebhookChange) -> object:
    """Let it go elsewhere, hear of other things, rest or go on."""
    db, actor, now, hook = visit().db, caller().actor, visit().now, _here(hook_id)
    require_unchanged(told(hook))
    said = json.model_dump(exclude_unset=True)
    if "url" in said or "events" in said:
        webhooks.change(db, hook, actor, now, url=said.get("url"), events=said.get("events"))
    if "active" in said:
        (webhooks.resume if said["active"] else webhooks.pause)(db, hook, actor, now)
    db.flush()
    return marked(told(hook))


@endpoint("DELETE", "/webhooks/<id:hook_id>", "moderate", status=204)
def remove(hook_id: int) -> None:
    """Take it away, with all that it was to be told."""
    hook = _here(hook_id)
    require_unchanged(told(hook))
    webhooks.remove(visit().db, hook, caller().actor, visit().now)


@endpoint("POST", "/webhooks/<id:hook_id>/secret", "moderate", returns=Secret)
def secret(hook_id: int) -> Secret:
    """Make a new secret; from now on it alone signs."""
    return Secret(secret=webhooks.renew_secret(visit().db, _here(hook_id), caller().actor, visit().now))


door.SECRETS |= {"api.webhooks_add", "api.webhooks_secret"}


@endpoint("POST", "/webhooks/<id:hook_id>/test", "moderate", status=202)
def test(hook_id: int) -> None:
    """Send something that says only that it is a test."""
    webhooks.test(visit().db, _here(hook_id), visit().now)


@endpoint("GET", "/webhooks/<id:hook_id>/deliveries", "moderate", query=Paged, returns=WebhookDeliveryPage)
def deliveries(hook_id: int, query: Paged) -> WebhookDeliveryPage:
    """What it was told, the newest first."""
    after = place(query, int)
    rows = webhooks.deliveries(visit().db, _here(hook_id), query.limit + 1, after[0] if after else None)
    return WebhookDeliveryPage(**paged(rows, query, told_delivery, lambda row: (row.id,)))


@endpoint("POST", "/webhooks/<id:hook_id>/deliveries/<id:delivery_id>/again", "moderate", status=202)
def again(hook_id: int, delivery_id: int) -> None:
    """Send something once more, under its old number."""
    webhooks.again(visit().db, _here(hook_id), delivery_id, visit().now)
