"""Feeds: the newest messages of a list, a thread, a topic or a person, for programs that look again by themselves.

Such programs bring no cookie. For lists that are not public a member gets feed addresses with a key, which opens the
feeds of this one list and nothing else, until the member asks for new ones or leaves.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.mail import cutting, tokens
from listserv.mail.cutting import Shown
from listserv.mail.quotes import Piece
from listserv.store import feeds as rows
from listserv.store import pages
from listserv.store.lists import Archive, MailingList
from listserv.store.members import Member, member_of
from listserv.store.pages import Record, Rows
from listserv.usecases import outbox
from listserv.usecases.access import STRANGER_ON_THE_WEB, Actor, Door, list_and_member
from listserv.usecases.conversations import Veil, as_it_is, mask, pieces_of, speaker
from listserv.usecases.journal import note
from listserv.usecases.reading import signpost
from listserv.usecases.shown import Moved

ENTRIES = 30
# Of one message, in characters: the rest is read where it stands.
SAID = 6_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a feed."""

    hash: str
    # Empty where nothing is known of the author.
    name: str
    user_id: int | None
    subject: str
    sent_at: datetime
    # When it came to be seen here, which an imported message did long after it was written.
    seen_at: datetime
    thread_id: int
    topic: tuple[str, str] | None
    # The Message-ID-Hash of what it answers.
    above: str
    pieces: tuple[Piece, ...]
    # How many characters follow behind these words.
    left: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest messages of something; `path` is its page below the list's address, `title` its own name there."""

    mlist: MailingList
    path: str
    title: str
    entries: tuple[Entry, ...]

    @property
    def public(self) -> bool:
        """May anybody read it?"""
        return self.mlist.archive is Archive.PUBLIC

    @property
    def updated(self) -> datetime:
        """When something came last."""
        return max((max(entry.sent_at, entry.seen_at) for entry in self.entries), default=self.mlist.created_at)


@dataclass(frozen=True, slots=True)
class Sight:
    """A list, and what its texts pass through before they are shown."""

    mlist: MailingList
    veil: Veil


def of_list(db: Session, name: str, actor: Actor, key: str = "") -> Feed:
    """The newest messages of a list. Raises NotFound."""
    view = sight(db, name, actor, key)
    return made(view, "", "", rows.newest_of_list(db, view.mlist.id, ENTRIES))


def of_thread(db: Session, name: str, thread_id: int, actor: Actor, key: str = "") -> Feed | Moved:
    """The newest messages of a thread, or where the thread has gone. Raises NotFound."""
    view = sight(db, name, actor, key)
    row = pages.thread_on_list(db, view.mlist.id, thread_id)
    if row is not None and row.merged_into is not None:
        return signpost(db, view.mlist, row.merged_into, decides=False)
    found = rows.newest_of_thread(db, thread_id, ENTRIES) if row is not None else ()
    if row is None or not found:
        raise NotFound("there is no such page")
    return made(view, f"thread/{thread_id}", view.veil(row.subject), found)


def of_topic(db: Session, name: str, slug: str, actor: Actor, key: str = "") -> Feed:
    """The newest messages of a topic. Raises NotFound."""
    view = sight(db, name, actor, key)
    topic = rows.topic_by_slug(db, view.mlist.id, slug.lower())
    if topic is None:
        raise NotFound("there is no such page")
    return made(view, f"topic/{topic.slug}", topic.title, rows.newest_of_topic(db, view.mlist.id, topic.id, ENTRIES))


def of_person(db: Session, name: str, user_id: int, actor: Actor, key: str = "") -> Feed:
    """What one person wrote on a list last. Raises NotFound for whoever wrote nothing there."""
    view = sight(db, name, actor, key)
    found = rows.newest_of_person(db, view.mlist.id, user_id, ENTRIES)
    if not found:
        raise NotFound("there is no such page")
    return made(view, f"person/{user_id}", speaker(found[0].author, found[0].author_email), found)


def sight(db: Session, name: str, actor: Actor, key: str) -> Sight:
    """The list as whoever asks, or whoever has this key, may read it. Raises NotFound."""
    if key and actor.user_id is None:
        actor = _behind(db, name, key) or STRANGER_ON_THE_WEB
    mlist, _ = list_and_member(db, name, actor)
    # One public feed for all, members too: it is kept by others on the way.
    return Sight(mlist, mask if mlist.archive is Archive.PUBLIC else as_it_is)


def _behind(db: Session, name: str, key: str) -> Actor | None:
    """Whose key this is, for reading the one list that it is for."""
    found = tokens.read(links.signing_key(outbox.settings_of(db)), key)
    if found is None or found[0] is not tokens.Kind.FEED or len(found[1]) != 2:
        return None
    member = db.get(Member, found[1][0])
    if member is None or member.feed_number != found[1][1] or member.mlist.name != name.lower():
        return None
    return Actor(Door.WEB, member.user_id)


def made(view: Sight, path: str, title: str, found: Rows) -> Feed:
    """A feed of these entries."""
    return Feed(view.mlist, path, title, tuple(_entry(row, view.veil) for row in found))


def _entry(row: Record, veil: Veil) -> Entry:
    found = cutting.shown(row.text, SAID) if cutting.long(row.text) > SAID else Shown(pieces_of(row.text))
    return Entry(
        hash=row.hash,
        name=speaker(row.author, row.author_email),
        user_id=row.user_id,
        subject=veil(row.subject or row.thread),
        sent_at=row.sent_at,
        seen_at=row.received_at,
        thread_id=row.thread_id,
        topic=(row.slug, row.title) if row.slug else None,
        above=row.above or "",
        # Split first: a mail program's "Anna <anna@…> wrote:" is known by its address.
        pieces=tuple(replace(piece, text=veil(piece.text)) for piece in found.pieces),
        left=found.left,
    )


def address(db: Session, member: Member) -> str:
    """Where this member's feed reader finds the list's feed; whoever has this address can read along."""
    settings = outbox.settings_of(db)
    if member.mlist.archive is Archive.PUBLIC:
        return links.feed_url(settings, member.mlist.name)
    return links.feed_url(settings, member.mlist.name, tokens.sign(links.signing_key(settings), tokens.Kind.FEED, member.id, member.feed_number))


def renew(db: Session, name: str, actor: Actor, now: datetime) -> Member:
    """End this person's feed addresses of a list; new ones take their place. Raises NotFound."""
    mlist, _ = list_and_member(db, name, actor)
    member = member_of(db, mlist, actor.user_id) if actor.user_id else None
    if member is None:
        raise NotFound("there is no such page")
    member.feed_number += 1
    note(db, actor, "feed-renewed", mlist=mlist, now=now, about=member)
    return member
