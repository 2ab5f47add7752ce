"""Webhooks on their way: taken in hand, worded, and what became of each call. The network is the worker's (`worker.hooks`)."""

import random
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.orm import Session

from listserv import links, tally
from listserv.store import webhooks as rows
from listserv.store.deliveries import milliseconds
from listserv.store.people import User
from listserv.store.webhooks import Stopped, Webhook, WebhookDelivery
from listserv.usecases import deciding, outbox, webhookbodies, webhooks
from listserv.usecases.access import Actor, Door

log = structlog.get_logger()

# Who has a webhook in hand and says nothing for so long is dead; a handful of calls never takes it.
LEASE = timedelta(minutes=5)
# So many things are told over one connection before others have their turn.
HANDFUL = 10
# Webhooks looked at in one turn.
LOOKED_AT = 500
# The waits between attempts that Standard Webhooks recommends: three days in all.
WAITS = tuple(timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
# What could not even be tried for so long, because nothing got through, is given up as well.
TOO_OLD = timedelta(hours=84)
# A receiver that fails is tried again with one thing at a time, after twice as long each time, up to this; or as it asks, within limits.
LONGEST_PAUSE, LONGEST_ASKED = timedelta(minutes=5), timedelta(hours=1)
# After so many failures in a row, over so long, nothing more is sent.
MOST_FAILURES, FAILING = 10, timedelta(days=3)
GONE = 410
KEPT = timedelta(days=30)
SLICE = 5_000


class Answer(Protocol):
    """What came of a call (outward.Answer)."""

    @property
    def code(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def wait(self) -> float: ...
    @property
    def good(self) -> bool: ...


class ToSend(NamedTuple):
    """One call to be made."""

    id: int
    body: bytes
    headers: dict[str, str]


class Handful(NamedTuple):
    """What one webhook is to be told now."""

    hook_id: int
    url: str
    calls: tuple[ToSend, ...]


def are_due(db: Session, now: datetime) -> bool:
    """Is anything to be sent?"""
    return rows.are_due(db, milliseconds(now))


def candidates(db: Session, now: datetime) -> Sequence[tuple[int, str]]:
    """(id, url) of the webhooks that are to be told something, in the order of their turns."""
    return [(id, url) for id, url in rows.ready(db, milliseconds(now), LOOKED_AT)]


def take(db: Session, ids: Collection[int], holder: int, now: datetime) -> list[Handful]:
    """Take these webhooks in hand, and word what each is to be told. One whose owner may not hear it any more is stopped."""
    # Before anything is worded: what a token was lent for ends with it.
    stop_orphans(db, now)
    found = []
    for hook in rows.take(db, ids, holder, milliseconds(now), milliseconds(now + LEASE)):
        if not _may_hear(db, hook):
            _end(db, hook, Stopped.RIGHTS, now)
            continue
        dropped = rows.give_up(db, hook, now - TOO_OLD, "given up: nothing got through for days")
        _dropped(db, dropped)
        owed = rows.owed(db, hook, milliseconds(now), 1 if hook.failures else HANDFUL)
        found.append(Handful(hook.id, hook.url, tuple(_worded(db, hook, one, now) for one in owed)))
    return found


def stop_orphans(db: Session, now: datetime) -> int:
    """Stop every webhook that a program made with a token that is good no more, and tell its person; how many that were."""
    orphans = rows.without_token(db, now)
    for hook in orphans:
        _end(db, hook, Stopped.TOKEN, now)
    return len(orphans)


def _may_hear(db: Session, hook: Webhook) -> bool:
    """Does whoever made it still decide there? Asked each time, of what holds for the pages."""
    if hook.user_id is None:
        return True
    user = db.get(User, hook.user_id)
    actor = Actor(Door.WEB, hook.user_id, proven=True, administrator=bool(user and user.administrator))
    return webhooks.may_keep(db, hook.mlist, actor)


def _worded(db: Session, hook: Webhook, delivery: WebhookDelivery, now: datetime) -> ToSend:
    body = webhookbodies.body_of(db, delivery)
    return ToSend(delivery.id, body, webhooks.headers(outbox.settings_of(db), hook, delivery, body, now))


def record(db: Session, hook_id: int, answers: Sequence[tuple[int, Answer]], holder: int, now: datetime) -> None:
    """Write down what became of each call, and let the webhook go. What was not begun is still due."""
    hook = rows.locked(db, hook_id)
    if hook is None:
        return
    told = rows.deliveries_by(db, [number for number, _ in answers])
    for number, answer in answers:
        # Another may have told it, where our lease ran out.
        if number in told and told[number].state != "sent":
            _record(db, told[number], answer, now)
    if hook.due is None:
        # Somebody has stopped it meanwhile: nor is anything tried again.
        db.flush()
        rows.give_up(db, hook, None, webhooks.STOPPED)
        return
    if hook.holder != holder:
        return
    hook.holder, hook.due = None, milliseconds(now)
    for _, answer in answers:
        _judge(db, hook, answer, now)


def _record(db: Session, row: WebhookDelivery, answer: Answer, now: datetime) -> None:
    row.attempts, row.code, row.answer, row.tried_at = row.attempts + 1, answer.code, answer.text, now
    wait = None if answer.good or answer.code == GONE or row.attempts > len(WAITS) else WAITS[row.attempts - 1]
    # A little apart, so that what failed together does not come back together.
    row.due = None if wait is None else milliseconds(now + wait * random.uniform(1, 1.1))  # nosec B311: no secret
    if answer.good:
        tally.note(db.info, "webhook")
    else:
        tally.note(db.info, "unheard")
    if wait is None and not answer.good:
        _dropped(db, 1)
    log.info("webhook", webhook=row.webhook_id, delivery=row.id, event_type=str(row.event), code=row.code, attempts=row.attempts)


def _judge(db: Session, hook: Webhook, answer: Answer, now: datetime) -> None:
    if hook.due is None:
        return
    if answer.good:
        hook.failures, hook.failing_since = 0, None
        return
    hook.failures, hook.failing_since = hook.failures + 1, hook.failing_since or now
    if answer.code == GONE:
        _end(db, hook, Stopped.GONE, now, answer)
    elif hook.failures >= MOST_FAILURES and now - hook.failing_since >= FAILING:
        _end(db, hook, Stopped.FAILED, now, answer)
    else:
        asked = min(timedelta(seconds=answer.wait), LONGEST_ASKED)
        hook.due = milliseconds(now + max(asked, min(timedelta(seconds=2 ** min(hook.failures, 10)), LONGEST_PAUSE)))


def _end(db: Session, hook: Webhook, why: Stopped, now: datetime, answer: Answer | None = None) -> None:
    """Stop it, and tell whoever made it, or who decides there."""
    since, waited = hook.failing_since, webhooks.stop(db, hook, why)
    _dropped(db, waited)
    log.warning("webhook stopped", webhook=hook.id, why=str(why))
    facts: dict[str, Any] = {
        "hook_url": hook.url,
        "hook_why": str(why),
        "hook_answer": answer.text if answer else "",
        "hook_since": since,
        "hook_page": _page(db, hook),
    }
    for email, language in _readers(db, hook, why):
        outbox.write(db, "webhook-stopped", email, language, now, mlist=hook.mlist, automatic=False, **facts)


def _readers(db: Session, hook: Webhook, why: Stopped) -> list[tuple[str, str]]:
    user = db.get(User, hook.user_id) if hook.user_id and why is not Stopped.RIGHTS else None
    if user and user.addresses:
        return [(user.addresses[0].email, user.language)]
    who = deciding.deciders(db, hook.mlist) if hook.mlist else deciding.site_deciders(db)
    keepers = [one for one in who if webhooks.may_keep(db, hook.mlist, Actor(Door.CALENDAR, one.user_id))]
    return [(one.email, one.language) for one in keepers or who]


def _page(db: Session, hook: Webhook) -> str:
    return f"{links.archive_url(outbox.settings_of(db), hook.mlist.name)}settings/webhooks" if hook.mlist else ""


def _dropped(db: Session, number: int) -> None:
    if number:
        tally.note(db.info, "untold", number)


# ---- the calendar -------------------------------------------------------------------------------------------


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Stop what hangs on a token that has had its time, and clear away what was told long ago; how much that was. Call until it returns 0."""
    return stop_orphans(db, now) + rows.forget_before(db, now - KEPT, SLICE)
