"""Letters about items of the bank to who files them or puts them in order: what was filed, how to correct it, what became of a word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.store import bankpages as rows
from listserv.store.bank import Material
from listserv.store.lists import MailingList
from listserv.store.people import Purpose
from listserv.usecases import bank, deciding, outbox, tokens
from listserv.usecases.conversations import as_it_is
from listserv.usecases.outbox import Cause

# A reply is understood so long; which items it is about stands in the token's detail, below the first line.
ANSWERED_FOR = 400
# What not every letter tells.
EMPTY: dict[str, Any] = {"filed_decides": False, "filed_known": (), "filed_versions": ()}


def filed(db: Session, mlist: MailingList, email: str, tongue: str, now: datetime, cause: Cause, *, items: Sequence[Material], **facts: Any) -> bool:
    """What was filed, under which number, and how to correct it. False where enough was written.

    The facts: the numbers of what stood in the bank before as it is (`filed_known`), and of what has a new version now (`filed_versions`); `filed_decides`.
    """
    return _write(db, mlist, "bank-filed", email, tongue, now, cause, items, **facts)


def told(db: Session, mlist: MailingList, email: str, tongue: str, now: datetime, cause: Cause, *, items: Sequence[Material], **facts: Any) -> bool:
    """What became of a word about these items: `bank_outcome` done, nothing, unclear, refused (with its `trouble`)."""
    return _write(db, mlist, "bank-told", email, tongue, now, cause, items, **facts)


def _write(db: Session, mlist: MailingList, kind: str, email: str, tongue: str, now: datetime, cause: Cause, items: Sequence[Material], **facts: Any) -> bool:
    first = items[0].id if items else None
    detail = "\n" + " ".join(str(one.id) for one in items)
    token = tokens.issue(db, Purpose.MATERIAL, email, now, mlist=mlist, object_id=first, days=ANSWERED_FOR, detail=detail)
    facts |= {"filed_items": tuple(_told(db, mlist, one) for one in items), "filed_topics": tuple(topic.slug for topic in mlist.topics)}
    reply_to = deciding.reply_address(db, token)
    for name, empty in EMPTY.items():
        facts.setdefault(name, empty)
    return outbox.write(db, kind, email, tongue, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts) is not None


def _told(db: Session, mlist: MailingList, one: Material) -> dict[str, Any]:
    places = rows.places(db, [one.id], hidden=True).get(one.id, [])
    shown = bank.items(db, mlist, [one], as_it_is, hidden=True)[0] if places else None
    return {
        "number": one.number,
        "title": one.title,
        "kind": str(one.kind),
        "area": shown.area[1] if shown and shown.area else "",
        "author": shown.author if shown else "",
        "versions": len(shown.versions) if shown else 0,
        "licence": one.licence.removeprefix("licencja ").removeprefix("Licence "),
        "removed": one.removed_at is not None,
        "good": one.recommended_at is not None,
        "page": links.material_url(outbox.settings_of(db), mlist.name, one.number),
    }
