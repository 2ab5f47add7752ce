"""From the archive's rows to what a digest is made of, and from a shared digest to one person's letter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from digests import excerpt, mime, rendering, schedule, words
from digests.entries import MOST, NUMBERED, Edition, Entry, File, Item, Thanked
from digests.rendering import Rendered
from listserv import links
from listserv.config import Settings
from listserv.i18n import choose_language
from listserv.mail import tokens
from listserv.mail.address import Mailbox
from listserv.mail.tokens import Kind
from listserv.store import doors, following
from listserv.store.archive import Attachment
from listserv.store.digests import Digest, attachments_for, new_messages, texts_for
from listserv.store.lists import MailingList
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member
from listserv.usecases import thankful
from listserv.usecases.conversations import speaker


@dataclass(frozen=True, slots=True)
class News:
    """What is new in a stretch of the archive: the threads in order, and the newest message (seq) of each."""

    entries: tuple[Entry, ...]
    points: tuple[int, ...]
    # What one reader does not want, or has had: such news are theirs alone.
    skipped: frozenset[int] = frozenset()


@dataclass(slots=True)
class Press:
    """One run: what several people share is gathered and worded once."""

    db: Session
    settings: Settings
    now: datetime
    gathered: dict[tuple[Any, ...], News] = field(default_factory=dict)
    worded: dict[tuple[Any, ...], Rendered] = field(default_factory=dict)
    thanked: dict[tuple[Any, ...], tuple[Thanked, ...]] = field(default_factory=dict)
    # Of the readers in hand: who follows or mutes anything; when the last digest of each was made that said anything.
    choosers: set[int] = field(default_factory=set)
    lasts: dict[int, datetime | None] = field(default_factory=dict)

    def look_up(self, member_ids: Collection[int]) -> None:
        """What is asked of these readers, once for all of them."""
        found = doors.last_digests(self.db, member_ids)
        self.lasts |= {member_id: found.get(member_id) for member_id in member_ids}
        self.choosers |= following.choosers(self.db, member_ids)

    def skipped(self, member: Member, after: int, upto: int) -> frozenset[int]:
        """The messages of a stretch of the archive that this reader's digest leaves out."""
        if member.id not in self.lasts:
            self.look_up([member.id])
        return following.untold(self.db, member, after, upto) if member.id in self.choosers else frozenset()

    def news(self, mlist: MailingList, after: int, skipped: frozenset[int] = frozenset()) -> News:
        """What is new on the list behind `after`, without the messages that this reader does not want or has had."""
        key = (mlist.id, after, mlist.last_seq, skipped)
        if key not in self.gathered:
            self.gathered[key] = gather(self.db, self.settings, mlist, after, skipped=skipped)
        return self.gathered[key]

    def thanks(self, member: Member) -> tuple[Thanked, ...]:
        """Who has thanked whom since this reader's last digest."""
        if member.id not in self.lasts:
            self.look_up([member.id])
        after = thankful.since(member, self.lasts[member.id], self.now)
        key = (member.list_id, after)
        if key not in self.thanked:
            self.thanked[key] = thankful.for_digest(self.db, self.settings, member.mlist, after)
        return self.thanked[key]

    def rendered(self, member: Member, news: News) -> Rendered:
        """The digest as everybody gets it who has the same news, language, zone and schedule."""
        away = member.paused_at if member.paused_at and member.delivery is not DeliveryMode.DIGEST else None
        mlist, language, zone = member.mlist, language_of(member), zone_of(member, self.settings)
        when, last = schedule_of(member), member.delivery is not DeliveryMode.DIGEST
        thanks = self.thanks(member)
        key = (mlist.id, member.digest_seq, news.skipped, language, zone.key, str(when), last, away, thanks)
        if key not in self.worded:
            archive, me = links.archive_url(self.settings, mlist.name), f"{self.settings.site.url}/me"
            edition = Edition(excerpt.one_line(mlist.title), language, zone, self.now, when, news.entries, archive, me, last, away, thanks)
            self.worded[key] = rendering.render(edition)
        return self.worded[key]

    def letter(self, member: Member, digest: Digest, shared: Rendered) -> bytes:
        """One person's digest as bytes."""
        key, settings = links.signing_key(self.settings), self.settings
        leave = links.unsubscribe_url(settings, member.id)

        def own(name: str, item: int) -> str:
            return leave if name == "leave" else links.item_address(settings, member.id, item)

        envelope = mime.Envelope(
            list_name=member.mlist.name,
            list_title=member.mlist.title,
            domain=settings.site.domain,
            to=Mailbox(member.user.name, member.address.email),
            date=self.now,
            message_id=f"digest.{digest.id}.{int(digest.slot.timestamp())}@{settings.site.domain}",
            reply_to=links.token_address(settings, tokens.sign(key, Kind.DIGEST, member.id, digest.id)),
            unsubscribe_url=leave,
            unsubscribe_address=links.unsubscribe_address(settings, member.id),
            archive_url=links.archive_url(settings, member.mlist.name),
        )
        return mime.compose(shared.filled(own), envelope)


def language_of(member: Member) -> str:
    """The person's language, else the list's."""
    return choose_language((member.user.language, member.mlist.language))


def zone_of(member: Member, settings: Settings) -> ZoneInfo:
    """The person's zone, else the site's."""
    return words.zone(member.user.timezone, settings.timezone)


def schedule_of(member: Member) -> schedule.Schedule:
    """When the member gets digests; daily where the row holds something that cannot be read."""
    try:
        return schedule.parse(member.schedule)
    except ValueError:
        return schedule.parse(DEFAULT_SCHEDULE)


def gather(db: Session, settings: Settings, mlist: MailingList, after: int, upto: int | None = None, *, skipped: frozenset[int] = frozenset()) -> News:
    """Threads with something new, in the order in which they spoke first; texts only for what there can be room for."""
    threads: dict[int, list[Row[Any]]] = {}
    for row in new_messages(db, mlist.id, after, mlist.last_seq if upto is None else upto, skipped):
        threads.setdefault(row.thread_id, []).append(row)
    groups = list(threads.values())
    shown = [row.id for rows in groups[:NUMBERED] for row in rows[: MOST.items]]
    texts, files = texts_for(db, shown), attachments_for(db, shown)
    entries = tuple(
        Entry(
            excerpt.one_line(rows[0].subject),
            links.thread_url(settings, mlist.name, rows[0].thread_id),
            tuple(_item(settings, mlist, row, texts.get(row.id, ""), files.get(row.id, ())) for row in rows),
            excerpt.one_line(rows[0].topic or ""),
        )
        for rows in groups
    )
    return News(entries, tuple(rows[-1].seq for rows in groups[:NUMBERED]), skipped)


def _item(settings: Settings, mlist: MailingList, row: Row[Any], text: str, files: Sequence[Attachment]) -> Item:
    url = links.message_url(settings, mlist.name, row.hash)
    return Item(
        key=row.id,
        author=excerpt.one_line(speaker(row.author, row.author_email), 80),
        at=row.sent_at,
        said=excerpt.said(text) if text else "",
        url=url,
        answers=excerpt.one_line(speaker(row.parent_author or "", row.parent_email or ""), 80),
        files=tuple(File(excerpt.one_line(file.name, 120), f"{url}/attachment/{file.number}", file.size) for file in files),
    )
