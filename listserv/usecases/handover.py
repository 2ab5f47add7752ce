"""What an import has gathered becomes the list's history: by conversations, the oldest first, a few hundred messages to a transaction.

Between two portions mail comes in and is answered as always. Whoever is interrupted has changed nothing for those that have gone
over and nothing for those that wait: the next one goes on with what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail.parse import message_hash
from listserv.mail.threads import components
from listserv.store import handover as rows
from listserv.store import search, threads, tools
from listserv.store.importing import archived_messages, give_room, shadow_of
from listserv.store.lists import MailingList, lock
from listserv.usecases import archiving, arranging, bankfilling, tombstones
from listserv.usecases.access import Actor
from listserv.usecases.importing import both, same
from listserv.usecases.journal import note


@dataclass(frozen=True, slots=True)
class Brought:
    """How many messages a portion has brought, and how many of it had come by themselves meanwhile."""

    count: int
    doubles: int


def under_way(db: Session, mlist: MailingList) -> MailingList | None:
    """Where the rest of a history is that an interrupted import had begun to hand over."""
    shadow = shadow_of(db, mlist)
    return shadow if shadow is not None and rows.is_going_over(shadow) else None


def portions(db: Session, shadow: MailingList, after: int) -> list[list[int]]:
    """The next families of threads behind this one (0: from the first), in portions for `arrange` and `hand_over`; empty at the end."""
    return rows.portions(db, shadow, after)


def arrange(db: Session, families: Sequence[int]) -> None:
    """Put a portion into threads, where it was gathered."""
    arranging.settle(db, families)


def begin(db: Session, shadow: MailingList) -> None:
    """All has come and is in threads: from here on it goes over."""
    rows.fix_numbers(db, shadow)


def hand_over(db: Session, shadow: MailingList, families: Sequence[int]) -> Brought:
    """Make a portion the list's history. Who may see it, the list's own settings say."""
    mlist = db.get_one(MailingList, shadow.import_of)
    give_room(db)
    # What comes by mail meanwhile is judged before or after all this.
    lock(db, mlist)
    first = rows.first_of(db, shadow, families)
    doubles = _drop_doubles(db, shadow, families)
    rows.drop_signposts(db, shadow, families)
    pairs = rows.touching(db, shadow, mlist, families)
    rows.lay_ghosts(db, shadow, families)
    count = rows.move(db, shadow, families)
    if pairs:
        arranging.settle(db, _join(db, pairs))
    if first is not None:
        bankfilling.begin_again(db, mlist, first)
    return Brought(count, doubles)


def sweep(db: Session, shadow: MailingList) -> None:
    """When the last portion is there: nothing of what was redacted meanwhile stays, and the database learns which words are rare."""
    tombstones.sweep(db, db.get_one(MailingList, shadow.import_of))
    search.take_stock(db)


def count_brought(db: Session, shadow: MailingList) -> int:
    """How many messages the whole import has brought, however often it was interrupted."""
    return rows.count_brought(db, shadow)


def end(db: Session, shadow: MailingList, count: int, actor: Actor, now: datetime) -> None:
    """Nothing is left where it was gathered: the journal says what has come, and whoever has counted the archive counts it again."""
    mlist = db.get_one(MailingList, shadow.import_of)
    if count:
        note(db, actor, "history-imported", mlist=mlist, now=now, detail=f"{count} messages from {shadow.description}")
    db.delete(shadow)


def _drop_doubles(db: Session, shadow: MailingList, families: Sequence[int]) -> int:
    """Leave out what has come to the list itself meanwhile; another mail under such an id goes on under one made from its bytes."""
    doubled = rows.doubled(db, shadow, families)
    if not doubled:
        return 0
    ids = [row.message_id for row in doubled]
    old, own = archived_messages(db, (shadow.id,), ids), archived_messages(db, both(shadow)[1:], ids)
    buried = {stone.message_id for stone in tools.tombstones(db, both(shadow)[1], ids)}
    kept = {row.id for row in doubled if row.message_id not in buried and not same(own[row.message_id], old[row.message_id])}
    rows.drop(db, shadow, sorted(row.id for row in doubled if row.id not in kept))
    tools.destroy_unused(db, [row.raw_id for row in doubled if row.message_id in buried])
    for row in doubled:
        if row.id in kept:
            names = archiving.made_ids(row.sha256.hex())
            free = next(name for name in names if not archived_messages(db, both(shadow), (name,)))
            rows.rename(db, shadow, row, free, message_hash(free))
    return len(doubled) - len(kept)


def _join(db: Session, pairs: set[tuple[int, int]]) -> list[int]:
    """Make one family of those of both sides that belong together: those that have grown."""
    tops = components((f"own {own}", f"old {old}") for old, own in sorted(pairs))
    together: dict[str, set[int]] = {}
    for old, own in pairs:
        together.setdefault(tops[f"own {own}"], set()).update((old, own))
    grown = []
    for families in together.values():
        first, *others = sorted(families)
        threads.join_families(db, first, others)
        grown.append(first)
    return grown
