"""Webhooks, as their owners keep them: who may have one, where it goes, what it hears of, and its secret."""

import base64
import hmac
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import jobs
from listserv.config import Settings
from listserv.errors import Conflict, Invalid, NotAllowed, NotFound
from listserv.i18n import N_
from listserv.store import webhooks as rows
from listserv.store.apitokens import ApiToken
from listserv.store.deliveries import milliseconds
from listserv.store.lists import MailingList
from listserv.store.members import Role, member_of
from listserv.store.webhooks import OFFERED, Event, Stopped, Webhook, WebhookDelivery
from listserv.usecases import happenings, outbox
from listserv.usecases.access import Actor, list_and_member
from listserv.usecases.journal import note

# Of one list, or of the site: each costs a row for each thing that happens.
MOST = 10
NOT_HERE = "there is no such page"
NO_EVENTS = N_("Choose at least one thing that the receiver is to hear of.")
TOO_MANY = N_("There are ten webhooks here already: remove one first.")
SALT = 16
# What is kept of what was not told any more.
STOPPED = "the webhook was stopped"


def may_keep(db: Session, mlist: MailingList | None, actor: Actor) -> bool:
    """May this person have webhooks there? Coordinators of the list and administrators; of the whole site administrators alone."""
    if actor.administrator:
        return True
    member = member_of(db, mlist, actor.user_id) if mlist and actor.user_id else None
    return member is not None and member.role is Role.OWNER


def place(db: Session, name: str, actor: Actor) -> MailingList | None:
    """The list whose webhooks this person keeps; without a name the whole site. Raises NotFound for what they may not see, NotAllowed for members."""
    if not name:
        if not actor.administrator:
            raise NotFound(NOT_HERE)
        return None
    mlist, _ = list_and_member(db, name, actor)
    if not may_keep(db, mlist, actor):
        raise NotFound(NOT_HERE)
    return mlist


def kept_by(db: Session, actor: Actor, lists: Collection[MailingList | None]) -> list[Webhook]:
    """The webhooks of these places, as far as this person keeps them."""
    return [hook for mlist in lists if may_keep(db, mlist, actor) for hook in rows.webhooks_of(db, mlist.id if mlist else None)]


def find(db: Session, hook_id: int, actor: Actor) -> Webhook:
    """A webhook that this person keeps. Raises NotFound alike where there is none."""
    hook = db.get(Webhook, hook_id)
    if hook is None or not may_keep(db, hook.mlist, actor):
        raise NotFound("there is no webhook {number}", number=hook_id)
    return hook


def checked_url(settings: Settings, url: str) -> str:
    """A receiver's address. Raises Invalid with a sentence."""
    from listserv import outward

    outward.place_of(url.strip(), loopback=settings.webhooks.loopback)
    return url.strip()


def checked_events(events: Collection[str]) -> str:
    """What is to be told, as it is kept. Raises Invalid."""
    unknown = sorted(set(events) - set(OFFERED))
    if unknown:
        raise Invalid("there is no event {name}; there are {names}", name=unknown[0], names=", ".join(OFFERED))
    if not events:
        raise Invalid(NO_EVENTS)
    return " ".join(one for one in OFFERED if one in events)


def add(db: Session, mlist: MailingList | None, url: str, events: Collection[str], actor: Actor, now: datetime) -> tuple[Webhook, str]:
    """Make a webhook; it and its secret, which is shown this once. Raises NotAllowed, Invalid, Conflict."""
    if not may_keep(db, mlist, actor):
        raise NotAllowed("only coordinators do this")
    if rows.count_of(db, mlist.id if mlist else None) >= MOST:
        raise Conflict(TOO_MANY)
    settings = outbox.settings_of(db)
    hook = Webhook(url=checked_url(settings, url), events=checked_events(events), salt=secrets.token_bytes(SALT), created_at=now)
    hook.list_id, hook.mlist, hook.user_id, hook.due = (mlist.id if mlist else None), mlist, actor.user_id, milliseconds(now)
    hook.token_id = actor.token_id
    db.add(hook)
    db.flush()
    note(db, actor, "webhook-added", mlist=mlist, now=now, about=hook, detail=hook.events)
    _changed(db)
    return hook, secret_of(settings, hook)


def change(db: Session, hook: Webhook, actor: Actor, now: datetime, *, url: str | None = None, events: Collection[str] | None = None) -> None:
    """Let it go elsewhere, or hear of other things; whoever says where it goes answers for it from now on. Raises Invalid."""
    if url is not None:
        hook.url, hook.user_id, hook.token_id = checked_url(outbox.settings_of(db), url), actor.user_id, actor.token_id
    if events is not None:
        hook.events = checked_events(events)
    note(db, actor, "webhook-changed", mlist=hook.mlist, now=now, about=hook, detail=hook.events)
    _changed(db)


def resume(db: Session, hook: Webhook, actor: Actor, now: datetime) -> None:
    """Let it hear again from now on; whoever says so answers for it, and a person by themselves for what a program made. Else harmless where it hears."""
    if hook.due is not None:
        if hook.token_id is not None and actor.token_id is None:
            hook.user_id, hook.token_id = actor.user_id, None
            note(db, actor, "webhook-resumed", mlist=hook.mlist, now=now, about=hook)
        return
    # What a person led there themselves does not come to hang on the program that lets it rest and go on.
    if hook.token_id is not None or hook.user_id != actor.user_id:
        hook.token_id = actor.token_id
    hook.due, hook.stopped, hook.failing_since, hook.failures, hook.user_id = milliseconds(now), "", None, 0, actor.user_id
    note(db, actor, "webhook-resumed", mlist=hook.mlist, now=now, about=hook)
    _changed(db)


def token_of(db: Session, hook: Webhook) -> ApiToken | None:
    """The token on which it hangs, where one made it."""
    return db.get(ApiToken, hook.token_id) if hook.token_id is not None else None


def pause(db: Session, hook: Webhook, actor: Actor, now: datetime) -> None:
    """Let it hear nothing until it is resumed; what waits for it is dropped. Harmless where it hears nothing."""
    if hook.due is None:
        return
    stop(db, hook, Stopped.PAUSED)
    note(db, actor, "webhook-paused", mlist=hook.mlist, now=now, about=hook)


def stop(db: Session, hook: Webhook, why: Stopped) -> int:
    """Nothing more is sent there; how much of what waited is given up."""
    hook.due, hook.holder, hook.stopped = None, None, why
    _changed(db)
    return rows.give_up(db, hook, None, STOPPED)


def renew_secret(db: Session, hook: Webhook, actor: Actor, now: datetime) -> str:
    """A new secret; the old one signs nothing any more."""
    hook.salt = secrets.token_bytes(SALT)
    note(db, actor, "webhook-secret-renewed", mlist=hook.mlist, now=now, about=hook)
    return secret_of(outbox.settings_of(db), hook)


def remove(db: Session, hook: Webhook, actor: Actor, now: datetime) -> None:
    """Take it away, with what it was to be told."""
    note(db, actor, "webhook-removed", mlist=hook.mlist, now=now, about=hook)
    rows.forget(db, hook)
    _changed(db)


def test(db: Session, hook: Webhook, now: datetime) -> None:
    """Send something that says only that it is a test. Raises Invalid where it is stopped."""
    if hook.due is None:
        raise Invalid("the webhook is stopped: resume it first")
    rows.tell(db, [{"webhook_id": hook.id, "event": Event.TEST, "list_id": hook.list_id, "about_id": None, "detail": "", "at": now, "due": milliseconds(now)}])
    jobs.enqueue(db, happenings.LANE)


def again(db: Session, hook: Webhook, delivery_id: int, now: datetime) -> WebhookDelivery:
    """Send something once more that is done or was given up, under its old number. Raises NotFound, or Invalid where the webhook is stopped."""
    row = db.get(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != hook.id:
        raise NotFound("there is no delivery {number}", number=delivery_id)
    if hook.due is None:
        raise Invalid("the webhook is stopped: resume it first")
    row.due, row.attempts, row.at = milliseconds(now), 0, row.at
    jobs.enqueue(db, happenings.LANE)
    return row


def deliveries(db: Session, hook: Webhook, limit: int = 50, before: int | None = None) -> Sequence[WebhookDelivery]:
    """What it was told last, the newest first."""
    return rows.last_deliveries(db, hook.id, limit, before)


def _changed(db: Session) -> None:
    db.info.pop(happenings.KEPT, None)


# ---- secrets ------------------------------------------------------------------------------------------------


def _key(settings: Settings, use: bytes) -> bytes:
    # A key of its own for each use, as in links.
    return hmac.digest(settings.site.secret.encode(), use, "sha256")


def key_of(settings: Settings, hook: Webhook) -> bytes:
    """What signs: made of the site's secret, so that no copy of the database holds it."""
    return hmac.digest(_key(settings, b"webhooks"), hook.salt, "sha256")


def secret_of(settings: Settings, hook: Webhook) -> str:
    """The same as its owner gets it (Standard Webhooks, "Symmetric")."""
    return "whsec_" + base64.b64encode(key_of(settings, hook)).decode()


def number_of(settings: Settings, delivery: WebhookDelivery) -> str:
    """`webhook-id`: the same each time this is sent, and never given to anything else, not even by a database out of an older backup."""
    facts = f"{delivery.webhook_id} {delivery.id} {delivery.at.isoformat()}"
    return "msg_" + hmac.digest(_key(settings, b"webhook numbers"), facts.encode(), "sha256").hex()[:32]


def headers(settings: Settings, hook: Webhook, delivery: WebhookDelivery, body: bytes, now: datetime) -> dict[str, str]:
    """The three fields of Standard Webhooks: which one, when it is sent, and that it is ours."""
    number, moment = number_of(settings, delivery), str(int(now.timestamp()))
    signed = hmac.digest(key_of(settings, hook), b".".join((number.encode(), moment.encode(), body)), "sha256")
    return {"webhook-id": number, "webhook-timestamp": moment, "webhook-signature": "v1," + base64.b64encode(signed).decode()}
