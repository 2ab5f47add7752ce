"""An archive brought along: its mails are gathered out of sight, put into threads, and then made the list's history at one stroke.

Nobody is written to, nothing of it can be seen before the end, and whatever is there already is left as it is: an import
that was interrupted is simply begun again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.mail import address
from listserv.mail.dating import Times
from listserv.mail.parse import Post, message_hash, parse
from listserv.mail.subject import base_subject
from listserv.mail.threads import components
from listserv.store import importing as rows
from listserv.store import search, threads, tools
from listserv.store.lists import MailingList, lock
from listserv.store.packing import Content, content
from listserv.store.queue import keep_raw_many
from listserv.usecases import archiving, arranging, bankfilling, indexing, tombstones
from listserv.usecases.access import Actor
from listserv.usecases.journal import note
from listserv.words.terms import Findable, findable

TAG = re.compile(r"^\[[^\]]{1,60}\]\s*")
# Families of threads arranged in one transaction.
FAMILIES = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A mail of an archive: its bytes ready to be kept, its value, when it was written, and the words that it is found by."""

    content: Content
    post: Post
    times: Times
    # What it can be found by, where whoever read it has made that already.
    words: Findable | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """How many messages an import has brought, and how many had come by themselves meanwhile."""

    count: int
    doubles: int


def begin(db: Session, mlist: MailingList, source: str, now: datetime, *, afresh: bool = False) -> MailingList:
    """The place where the history of this list is gathered. Raises Conflict where another import has not ended."""
    shadow = rows.shadow_of(db, mlist)
    if shadow is None:
        return rows.add_shadow(db, mlist, source, now)
    if afresh:
        rows.empty(db, shadow)
    elif shadow.description != source:
        words = "the import of {old} into {name} has not ended: run it again, or throw away what has come of it with --afresh"
        raise Conflict(words, old=shadow.description, name=mlist.name)
    shadow.description = source
    return shadow


def already_here(db: Session, shadow: MailingList, hashes: Sequence[bytes]) -> dict[bytes, datetime]:
    """Which of these bytes (SHA-256) have been brought before and need not be read again, and when they were written."""
    redacted = tombstones.still_here(db, _both(shadow)[1], hashes)
    return rows.archived_contents(db, _both(shadow), hashes) | redacted


def _both(shadow: MailingList) -> tuple[int, int]:
    assert shadow.import_of is not None
    return shadow.id, shadow.import_of


def gather(db: Session, shadow: MailingList, found: Sequence[Found]) -> int:
    """Take some mails in; how many were new."""
    rows.give_room(db)
    found = _redacted(db, shadow, found)
    fresh = _without_doubles(db, shadow, found)
    if not fresh:
        return 0
    raws = keep_raw_many(db, [one.content for one in fresh])
    places = _place(db, shadow, fresh)
    users = rows.users_of(db, {address.key(one.post.authors[0].address) for one in fresh if one.post.authors})
    messages = [
        archiving.described(one.post)
        | {"list_id": shadow.id, "seq": shadow.last_seq + number, "raw_id": raw, "thread_id": place, "parent_id": None}
        | {"sent_at": one.times.sent, "received_at": one.times.received}
        for number, (one, raw, place) in enumerate(zip(fresh, raws, places, strict=True), 1)
    ]
    for message in messages:
        message["user_id"] = users.get(message["author_key"])
    bodies = [{"raw_id": raw, "text": one.post.text, "html": one.post.html} for one, raw in zip(fresh, raws, strict=True)]
    ids = rows.add_messages(db, messages, bodies)
    rows.add_attachments(db, [file for id, one in zip(ids, fresh, strict=True) for file in archiving.files(id, one.post)])
    _index(db, shadow, ids, fresh, found)
    shadow.last_seq += len(fresh)
    return len(fresh)


def _index(db: Session, shadow: MailingList, ids: Sequence[int], fresh: Sequence[Found], found: Sequence[Found]) -> None:
    """The words of all that was found, because each is told once; nothing of it is found before the list has it."""
    entries = [search.Entry(id, _both(shadow)[1], one.times.sent, "") for id, one in zip(ids, fresh, strict=True)]
    indexing.keep(db, entries, [one.words or findable(one.post) for one in fresh], [file for one in fresh for file in one.post.attachments])
    search.learn(db, {form: spelling for one in found if one.words for form, spelling in one.words.spellings.items()})


def _redacted(db: Session, shadow: MailingList, found: Sequence[Found]) -> list[Found]:
    """What was redacted on the list comes in its redacted form, or not at all where that is there."""
    own = _both(shadow)[1]
    forms = tombstones.forms_of(db, own, [(one.post.message_id, one.content.sha256) for one in found])
    there = rows.archived_messages(db, (own,), [form.message_id for form in forms if form])
    kept = []
    for one, form in zip(found, forms, strict=True):
        if form is None:
            kept.append(one)
        elif form.message_id not in there:
            kept.append(Found(content(form.raw), replace(parse(form.raw), message_id=form.message_id), one.times))
    return kept


def _without_doubles(db: Session, shadow: MailingList, found: Sequence[Found]) -> list[Found]:
    """Those that are not here yet; another mail under a known Message-ID is kept under one made from its bytes."""
    known = rows.archived_messages(db, _both(shadow), {name.message_id for one in found for name in _names(one)})
    fresh = []
    for one in found:
        for name in _names(one):
            before = known.get(name.message_id)
            if before is None:
                known[name.message_id] = _kept(one)
                fresh.append(Found(one.content, name, one.times, one.words))
            if before is None or _same(before, _kept(one), one.post.date):
                break
    return fresh


def _names(one: Found) -> list[Post]:
    return list(islice(archiving.names(one.post, one.content.sha256.hex()), 4))


def _kept(one: Found) -> rows.Kept:
    author = one.post.authors[0].address if one.post.authors else ""
    files = frozenset(file.sha256 for file in one.post.attachments)
    return rows.Kept(address.key(author), one.post.subject, one.times.sent, one.post.text, files)


def _same(before: rows.Kept, now: rows.Kept, date: datetime | None = None) -> bool:
    """Two copies of one mail. Archivers add footers, veil addresses and take attachments away, but subject and time (or `date`) stay."""
    if (before.author_key, before.text, before.files) == (now.author_key, now.text, now.files):
        return True
    return before.sent_at in (now.sent_at, date) and _bare(before.subject) == _bare(now.subject)


def _bare(subject: str) -> str:
    """A subject without prefixes of answers and without the tag that a list has put before it."""
    return base_subject(TAG.sub("", base_subject(subject)))


def _place(db: Session, shadow: MailingList, fresh: Sequence[Found]) -> list[int]:
    """A thread of the right family for each; families that turn out to belong together become one."""
    chains = [(*archiving.references(one.post), one.post.message_id) for one in fresh]
    # What moderators say belongs together is a family, as what refers to each other is.
    ties = [(under, one) for one, under in threads.placement_of(db, shadow, [chain[-1] for chain in chains]).items() if under]
    known = threads.known_ids(db, shadow, {one for chain in (*chains, *ties) for one in chain})
    # Families are ids like the others here, under names that no Message-ID can have.
    tops = components([*chains, *ties, *((one, f" {place.family}") for one, place in known.items())])
    place: dict[str, int] = {}
    families: dict[str, set[int]] = {}
    for one, there in known.items():
        place.setdefault(tops[one], there.thread_id)
        families.setdefault(tops[one], set()).add(there.family)
    for together in families.values():
        first, *others = sorted(together)
        threads.join_families(db, first, others)
    starts = {tops[chain[-1]]: one.times.sent for chain, one in zip(chains, fresh, strict=True) if tops[chain[-1]] not in place}
    place |= zip(starts, rows.new_threads(db, shadow, list(starts.values())), strict=True)
    come = {chain[-1] for chain in chains}
    missing = {one: place[tops[one]] for chain in (*chains, *ties) for one in chain if one not in known and one not in come}
    rows.settle_ghosts(db, shadow, come, missing)
    return [place[tops[chain[-1]]] for chain in chains]


def arrange_some(db: Session, shadow: MailingList, after: int) -> int | None:
    """Put some of what has been gathered into threads: where to go on from, None when all of it is in its place."""
    families = rows.families_after(db, shadow, after, FAMILIES)
    arranging.settle(db, families)
    return families[-1] if families else None


def publish(db: Session, shadow: MailingList, actor: Actor, now: datetime) -> Published:
    """Make what has been gathered the list's history. Who may see it, the list's own settings say."""
    mlist = db.get_one(MailingList, shadow.import_of)
    # What comes by mail meanwhile is judged before or after all this.
    lock(db, mlist)
    doubles = _drop_doubles(db, shadow)
    rows.drop_signposts(db, shadow)
    grown = _join(db, shadow)
    rows.lay_ghosts(db, shadow)
    bankfilling.begin_again(db, mlist, shadow)
    count = rows.move(db, shadow)
    search.take_stock(db)
    for start in range(0, len(grown), FAMILIES):
        arranging.settle(db, grown[start : start + FAMILIES])
    db.flush()
    db.delete(shadow)
    tombstones.sweep(db, mlist)
    if count:
        note(db, actor, "history-imported", mlist=mlist, now=now, detail=f"{count} messages from {shadow.description}")
    return Published(count, doubles)


def _drop_doubles(db: Session, shadow: MailingList) -> int:
    """Leave out what has come to the list itself meanwhile; another mail under such an id goes on under one made from its bytes."""
    doubled = rows.doubled(db, shadow)
    ids = [row.message_id for row in doubled]
    old, own = rows.archived_messages(db, (shadow.id,), ids), rows.archived_messages(db, _both(shadow)[1:], ids)
    buried = {stone.message_id for stone in tools.tombstones(db, _both(shadow)[1], ids)}
    same = {row.id for row in doubled if row.message_id in buried or _same(own[row.message_id], old[row.message_id])}
    rows.drop(db, shadow, sorted(same))
    tools.destroy_unused(db, [row.raw_id for row in doubled if row.message_id in buried])
    for row in doubled:
        if row.id not in same:
            names = archiving.made_ids(row.sha256.hex())
            free = next(name for name in names if not rows.archived_messages(db, _both(shadow), (name,)))
            rows.rename(db, shadow, row, free, message_hash(free))
    return len(same)


def _join(db: Session, shadow: MailingList) -> list[int]:
    """Make one family of those of both sides that belong together: the list's own that have grown."""
    pairs = rows.touching(db, shadow)
    tops = components((f"own {own}", f"old {old}") for old, own in pairs)
    together: dict[str, set[int]] = {}
    for old, own in pairs:
        together.setdefault(tops[f"own {own}"], set()).update((old, own))
    grown = []
    for families in together.values():
        first, *others = sorted(families)
        threads.join_families(db, first, others)
        grown.append(first)
    return grown
