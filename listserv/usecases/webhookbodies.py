"""What a webhook is told of one thing, made when it is sent: numbers and addresses of pages, and what its owner finds on them. Never anybody's text."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.config import Settings
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.members import Member, Status
from listserv.store.moderation import Application, Held, journal_of
from listserv.store.webhooks import Event, WebhookDelivery
from listserv.usecases import outbox, unnamed
from listserv.usecases.conversations import speaker

# Of a subject.
LONGEST = 200
Facts = dict[str, Any]


def body_of(db: Session, delivery: WebhookDelivery) -> bytes:
    """The payload: `type`, `timestamp`, `data` (Standard Webhooks, "Payload structure"). What is there no more is named by its number alone."""
    mlist = db.get(MailingList, delivery.list_id) if delivery.list_id else None
    data: Facts = {"list": _list(outbox.settings_of(db), mlist)} if mlist else {}
    if delivery.event is Event.TEST:
        data["test"] = True
    elif mlist:
        data |= ABOUT[delivery.event](db, mlist, delivery)
    said = {"type": str(delivery.event), "timestamp": delivery.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _list(settings: Settings, mlist: MailingList) -> Facts:
    return {"name": mlist.name, "title": mlist.title, "url": links.archive_url(settings, mlist.name)}


def _posted(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    message = db.get(Message, delivery.about_id)
    if message is None:
        return {"message": {"id": delivery.about_id, "gone": True}}
    settings = outbox.settings_of(db)
    facts = {
        "id": message.id,
        "hash": message.hash,
        "url": links.message_url(settings, mlist.name, message.hash),
        "author": speaker(message.author, message.author_email),
    }
    facts |= {"subject": message.subject[:LONGEST], "hidden": message.hidden_at is not None}
    thread = {"id": message.thread_id, "url": links.thread_url(settings, mlist.name, message.thread_id), "new": message.parent_id is None}
    return {"message": facts, "thread": thread}


def _held(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    held = db.get(Held, delivery.about_id)
    facts: Facts = {"id": delivery.about_id, "url": _page(db, mlist, f"moderate/case/p{delivery.about_id}")}
    if held:
        # Who asks without a name has one for nobody.
        email = "" if unnamed.is_one(held) else held.author_email
        facts |= {"reasons": held.reasons.split(), "author": held.author, "email": email, "subject": held.subject[:LONGEST]}
    return {"held": facts}


def _applied(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    application = db.get(Application, delivery.about_id)
    facts: Facts = {"id": delivery.about_id, "url": _page(db, mlist, f"moderate/case/a{delivery.about_id}")}
    return {"application": facts | ({"name": application.name, "email": application.email} if application else {})}


def _joined(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    return {"member": _member(db, mlist, delivery, "member-added")}


def _left(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    return {"member": _member(db, mlist, delivery, "member-removed")}


def _member(db: Session, mlist: MailingList, delivery: WebhookDelivery, what: str) -> Facts:
    """Who it is; of those who are gone what the journal still says, and so nothing of whom it has forgotten."""
    number = delivery.about_id or 0
    member = db.get(Member, number)
    if member:
        return {"id": number, "url": _page(db, mlist, f"moderate/members/{number}"), "name": member.user.name, "email": member.address.email}
    said = next((row.detail for row in reversed(journal_of(db, "member", number)) if row.what == what), "")
    email = said.partition(" ")[0]
    return {"id": number, **({"email": email} if "@" in email else {})}


def _bounced(db: Session, mlist: MailingList, delivery: WebhookDelivery) -> Facts:
    kind, _, status = delivery.detail.partition(" ")
    member = db.get(Member, delivery.about_id)
    paused = member is not None and member.status is Status.BOUNCING
    return {"member": _member(db, mlist, delivery, "member-removed"), "kind": kind, "status": status, "paused": paused}


def _page(db: Session, mlist: MailingList, path: str) -> str:
    return links.archive_url(outbox.settings_of(db), mlist.name) + path


ABOUT: Mapping[Event, Callable[[Session, MailingList, WebhookDelivery], Facts]] = {
    Event.POSTED: _posted,
    Event.HELD: _held,
    Event.APPLIED: _applied,
    Event.JOINED: _joined,
    Event.LEFT: _left,
    Event.BOUNCED: _bounced,
}
