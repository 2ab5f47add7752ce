"""The archive takes a message: its row, its place in a thread, its attachments."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, said
from listserv.mail.parse import Post, message_hash
from listserv.mail.subject import Tags
from listserv.store import threadrows, threads
from listserv.store.archive import Message, Thread, keep_attachments, keep_body
from listserv.store.base import put
from listserv.store.lists import MailingList, Topic
from listserv.store.people import known_as
from listserv.usecases import arranging, bankfiling, indexing

# Graphs of ids are cut here: a mail with thousands of References is broken or hostile.
MAX_REFS = 100
SNIPPET = 300
# Of a text, in characters: where a few words are looked for, and where marks are taken off them.
LONGEST_LETTER, MARKED = 40_000, 4_000
# In messages. Larger ones are not joined by a mail that names both.
LARGEST_FAMILY = 5_000
# A Date that is further off than this is a wrong clock, and the time of arrival is truer.
BELIEVABLE = timedelta(days=7)
AHEAD = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail on its way into the archive."""

    post: Post
    raw_id: int
    received_at: datetime
    topic: Topic | None = None


def add(db: Session, mlist: MailingList, arrival: Arrival) -> Message:
    """Archive a message. Its Message-ID must not be in this archive yet (`unused_id` sees to that)."""
    post = arrival.post
    message = _row(db, mlist, arrival)
    thread, parent_known, alone = _place(db, mlist, message, arrival)
    message.thread_id = thread.id
    if parent_known and message.parent_id:
        # What belongs into a hidden thread is hidden with it (`arranging` sees to the others).
        message.hidden_at = thread.hidden_at
    put(db, message)
    keep_body(db, arrival.raw_id, post.text, post.html)
    keep_attachments(db, files(message.id, post))
    if alone and message.hidden_at is None:
        threadrows.begin(thread, message)
    elif parent_known:
        threadrows.count(db, thread)
    else:
        # What has not been sent yet would be forgotten.
        db.flush()
        db.refresh(thread)
        arranging.settle(db, [thread.family])
        _file_late(db, message, arrival.topic)
    if message.hidden_at is None:
        indexing.added(db, mlist.id, message.id, message.sent_at, replace(post, author_name=message.author))
    bankfiling.file_message(db, mlist, message, arrival.received_at, post)
    return message


def unused_id(db: Session, mlist: MailingList, post: Post, raw_sha: str) -> Post:
    """The post under its own Message-ID, or under one made from its bytes where another mail has taken that."""
    return next(one for one in names(post, raw_sha) if not threads.has_id(db, mlist, one.message_id))


def names(post: Post, raw_sha: str) -> Iterator[Post]:
    """The post under its own id, then under ids made from its bytes (`raw_sha`: their SHA-256, hex): even those may have been taken on purpose."""
    yield post
    for name in made_ids(raw_sha):
        yield replace(post, message_id=name, made_id=True)


def made_ids(raw_sha: str) -> Iterator[str]:
    """Ids made from a mail's bytes."""
    return (f"{raw_sha[2 * number : 2 * number + 32]}@reused.invalid" for number in range(16))


def described(post: Post) -> dict[str, Any]:
    """What a message's row says of the mail itself, by column."""
    author = post.authors[0] if post.authors else address.Mailbox("", "")
    return {
        "message_id": post.message_id,
        "hash": message_hash(post.message_id),
        "refs": " ".join(references(post)),
        "author": author.name or post.author_name,
        "author_email": author.address,
        "author_key": address.key(author.address),
        "subject": post.subject,
        "size": post.size,
        "snippet": snippet(post),
        "has_html": post.html is not None,
    }


def _row(db: Session, mlist: MailingList, arrival: Arrival) -> Message:
    post = arrival.post
    message = Message(list_id=mlist.id, seq=threads.next_seq(db, mlist), raw_id=arrival.raw_id, **described(post))
    known = known_as(db, message.author_key)
    message.user_id = known.id if known else None
    message.author = called(post, known.name if known else "")
    message.received_at = arrival.received_at
    message.sent_at = believable(post.date, arrival.received_at)
    return message


def called(post: Post, known_as: str) -> str:
    """What the author is called: as the mail says, else by the name that the site knows, else by their address."""
    return (post.authors[0].name if post.authors else "") or known_as or post.author_name


def references(post: Post) -> tuple[str, ...]:
    """The ids that a post refers to, without itself; the newest where there are too many."""
    return tuple(ref for ref in post.references if ref != post.message_id)[-MAX_REFS:]


def believable(claimed: datetime | None, received_at: datetime) -> datetime:
    """When a post was written, as far as its Date can be believed."""
    if claimed is None or not received_at - BELIEVABLE <= claimed <= received_at + AHEAD:
        return received_at
    return claimed


def snippet(post: Post) -> str:
    """The first words that the author wrote now, on one line: no quotation, no signature, and no marks where they were written here."""
    own = post.reply or said.words(post.text[:LONGEST_LETTER])
    words = " ".join((said.unmarked(own[:MARKED]) if said.has_marks(post.message_id, post.html is not None) else own).split())
    return words if len(words) <= SNIPPET else words[:SNIPPET].rsplit(" ", 1)[0] + "…"


def _place(db: Session, mlist: MailingList, message: Message, arrival: Arrival) -> tuple[Thread, bool, bool]:
    """The thread it belongs to; whether its parent could be told without looking at the whole thread; and whether it begins a new one."""
    refs = references(arrival.post)
    placed = threads.placement_of(db, mlist, [message.message_id])
    # What it belongs under by a moderator's word it is a family with, as with what it refers to.
    nearest_first = list(dict.fromkeys((*filter(None, placed.values()), *reversed(refs), message.message_id)))
    known = threads.known_ids(db, mlist, nearest_first)
    families = _families(db, [known[ref] for ref in nearest_first if ref in known])
    if families:
        threads.join_families(db, min(families), [family for family in families if family != min(families)])
        beside = next(known[ref] for ref in nearest_first if ref in known)
        thread = db.get_one(Thread, beside.thread_id)
    else:
        thread = _new_thread(db, mlist, message, arrival)
    threads.lay_ghost(db, mlist, message.message_id)
    threads.add_ghosts(db, mlist, thread.id, (ref for ref in reversed(nearest_first) if ref not in known and ref != message.message_id))
    if not families and len(nearest_first) == 1:
        return thread, True, True
    if len(families) == 1 and not placed and _is_plain_reply(message, refs, known):
        message.parent_id = known[refs[-1]].row
        return thread, True, False
    return thread, False, False


def _new_thread(db: Session, mlist: MailingList, message: Message, arrival: Arrival) -> Thread:
    """A thread that this message begins, filed under the topic of its address or of its subject."""
    subject = arrival.post.base_subject
    topics = {topic.slug: topic.id for topic in mlist.topics} if "#" in subject else {}
    filed = Tags(topics).read(subject)
    topic_id = arrival.topic.id if arrival.topic else topics.get(filed.slug)
    return threadrows.new_thread(db, mlist, filed.rest, topic_id, message.sent_at)


def _file_late(db: Session, message: Message, topic: Topic | None) -> None:
    """A first message that comes after its answers (it was held) still brings the topic of its address along."""
    if topic is None:
        return
    db.refresh(message)
    if message.parent_id is None and message.thread.topic_id is None:
        message.thread.topic_id = topic.id


def _families(db: Session, nearest_first: Sequence[threads.Known]) -> list[int]:
    """The families that a mail brings together; of very large ones only the nearest, because each such mail costs a look at all."""
    families = list(dict.fromkeys(place.family for place in nearest_first))
    if len(families) < 2:
        return families
    sizes = threads.sizes_of(db, families)
    total = 0
    together: list[int] = []
    for family in families:
        total += sizes.get(family, 0)
        if not together or total <= LARGEST_FAMILY:
            together.append(family)
    return together


def _is_plain_reply(message: Message, refs: tuple[str, ...], known: Mapping[str, threads.Known]) -> bool:
    """The common case: all it refers to is here and in its place, and nobody has waited for it: nothing else moves."""
    if message.message_id in known or not all(ref in known and known[ref].row for ref in refs):
        return False
    return all(known[ref].parent for ref in refs[1:])


def files(message_id: int, post: Post) -> list[dict[str, Any]]:
    """What the message carries, as rows of `attachment`."""
    return [
        {"message_id": message_id, "number": file.number, "name": file.name, "type": file.type, "size": file.size, "sha256": file.sha256, "inline": file.inline}
        for file in post.attachments
    ]
