"""An archive brought along: its mails are gathered out of sight and put into threads; then they become the list's history (`usecases/handover.py`).

Nobody is written to, nothing of it can be seen before all of it has come, and whatever is there already is left as it is: an
import that was interrupted is simply begun again.
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
from listserv.mail.parse import Post, parse
from listserv.mail.subject import base_subject
from listserv.mail.threads import components
from listserv.store import importing as rows
from listserv.store import search, threads
from listserv.store.handover import is_going_over
from listserv.store.lists import MailingList
from listserv.store.packing import Content, content
from listserv.store.queue import keep_raw_many
from listserv.usecases import archiving, indexing, tombstones
from listserv.words.terms import Findable, findable

TAG = re.compile(r"^\[[^\]]{1,60}\]\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """A mail of an archive: its bytes ready to be kept, its value, when it was written, and the words that it is found by."""

    content: Content
    post: Post
    times: Times
    # What it can be found by, where whoever read it has made that already.
    words: Findable | None = None


def begin(db: Session, mlist: MailingList, source: str, now: datetime, *, afresh: bool = False) -> MailingList:
    """The place where the history of this list is gathered. Raises Conflict where another import has not ended."""
    shadow = rows.shadow_of(db, mlist)
    if shadow is None:
        return rows.add_shadow(db, mlist, source, now)
    if is_going_over(shadow):
        raise Conflict("the import of {old} into {name} is being handed over", old=shadow.description, name=mlist.name)
    if afresh:
        rows.empty(db, shadow)
    elif shadow.description != source:
        words = "the import of {old} into {name} has not ended: run it again, or throw away what has come of it with --afresh"
        raise Conflict(words, old=shadow.description, name=mlist.name)
    shadow.description = source
    return shadow


def already_here(db: Session, shadow: MailingList, hashes: Sequence[bytes]) -> dict[bytes, datetime]:
    """Which of these bytes (SHA-256) have been brought before and need not be read again, and when they were written."""
    redacted = tombstones.still_here(db, both(shadow)[1], hashes)
    return rows.archived_contents(db, both(shadow), hashes) | redacted


def both(shadow: MailingList) -> tuple[int, int]:
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
    entries = [search.Entry(id, both(shadow)[1], one.times.sent, "") for id, one in zip(ids, fresh, strict=True)]
    indexing.keep(db, entries, [one.words or findable(one.post) for one in fresh], [file for one in fresh for file in one.post.attachments])
    search.learn(db, {form: spelling for one in found if one.words for form, spelling in one.words.spellings.items()})


def _redacted(db: Session, shadow: MailingList, found: Sequence[Found]) -> list[Found]:
    """What was redacted on the list comes in its redacted form, or not at all where that is there."""
    own = both(shadow)[1]
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
    known = rows.archived_messages(db, both(shadow), {name.message_id for one in found for name in _names(one)})
    fresh = []
    for one in found:
        for name in _names(one):
            before = known.get(name.message_id)
            if before is None:
                known[name.message_id] = _kept(one)
                fresh.append(Found(one.content, name, one.times, one.words))
            if before is None or same(before, _kept(one), one.post.date):
                break
    return fresh


def _names(one: Found) -> list[Post]:
    return list(islice(archiving.names(one.post, one.content.sha256.hex()), 4))


def _kept(one: Found) -> rows.Kept:
    author = one.post.authors[0].address if one.post.authors else ""
    files = frozenset(file.sha256 for file in one.post.attachments)
    return rows.Kept(address.key(author), one.post.subject, one.times.sent, one.post.text, files)


def same(before: rows.Kept, now: rows.Kept, date: datetime | None = None) -> bool:
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
