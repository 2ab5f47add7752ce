"""From the archive's rows to what a digest is made of, and from a shared digest to one person's letter."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests import excerpt, mime, rendering, schedule, words
from digests.entries import Edition, Filed, Form, Kept, Question, Thanked
from digests.rendering import Rendered
from digests.stencil import Value
from listserv import links
from listserv.config import Settings
from listserv.i18n import choose_language
from listserv.mail.address import Mailbox
from listserv.store import following
from listserv.store.following import Choice
from listserv.store.lists import MailingList
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member
from listserv.store.packing import Content
from listserv.usecases import bankdigest, digestextras, digestletters, thankful
from listserv.usecases.digestextras import Asked, Beside
from listserv.usecases.gathering import News, gather

# Where a member wants a digest only of so many messages, fewer wait so long at most: seven slots, four, three. (February, March and April
# are the shortest three months; a change of the clocks takes an hour.)
LONGEST_WAIT = {schedule.Every.DAY: timedelta(days=7), schedule.Every.WEEK: timedelta(days=28), schedule.Every.MONTH: timedelta(days=89)}
CLOCKS = timedelta(hours=2)
T = TypeVar("T")
# Letters of the newest editions, packed: a run is done in slices, and all of them share these.
LETTERS: dict[tuple[Any, ...], Content | None] = {}
MOST_LETTERS = 24


@lru_cache(maxsize=24)
def _rendered(edition: Edition) -> Rendered:
    """An edition worded once, whichever slice of a run asks."""
    return rendering.render(edition)


def _quarter(moment: datetime) -> datetime:
    """Of a moment a digest shows the day alone, and no zone's day begins within a quarter: so slices of one run make the same edition."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@dataclass(slots=True)
class Press:
    """One run: what several people share is gathered and worded once."""

    db: Session
    settings: Settings
    now: datetime
    gathered: dict[tuple[Any, ...], News] = field(default_factory=dict)
    worded: dict[tuple[Any, ...], Rendered] = field(default_factory=dict)
    asked: dict[int, tuple[Asked, ...]] = field(default_factory=dict)
    beside: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    # Of the readers looked up: what they follow and mute, None where that is nothing; and what their digests leave out of which stretch.
    choices: dict[int, Choice | None] = field(default_factory=dict)
    untold: dict[tuple[int, int, int], frozenset[int]] = field(default_factory=dict)

    def look_up(self, members: Collection[Member]) -> None:
        """What is asked of these readers, once for all of them."""
        found = following.choosers(self.db, [member.id for member in members])
        choices = following.choices_of(self.db, found)
        self.choices |= {member.id: choices.get(member.id) for member in members}
        places: dict[tuple[int, int, int], dict[Member, Choice]] = {}
        for member in (one for one in members if one.id in found):
            places.setdefault((member.list_id, member.digest_seq, member.mlist.last_seq), {})[member] = choices[member.id]
        for (list_id, after, upto), here in places.items():
            told = following.untold_by(self.db, list_id, here, after, upto)
            self.untold |= {(member_id, after, upto): untold for member_id, untold in told.items()}

    def choice(self, member: Member) -> Choice | None:
        """What this reader follows and mutes; None where that is nothing."""
        if member.id not in self.choices:
            self.look_up([member])
        return self.choices[member.id]

    def skipped(self, member: Member, after: int, upto: int) -> frozenset[int]:
        """The messages of a stretch of the archive that this reader's digest leaves out."""
        if self.choice(member) is None:
            return frozenset()
        known = self.untold.get((member.id, after, upto))
        return following.untold(self.db, member, after, upto) if known is None else known

    def _wanted(self, member: Member, some: tuple[Beside[T], ...], most: int) -> tuple[T, ...]:
        """What of this the reader wants to be told, `most` at most."""
        if not some:
            return ()
        choice = self.choice(member)
        wanted = some if choice is None else (one for one in some if choice.wants(one.thread_id, one.topic_id, own=one.user_id == member.user_id))
        return tuple(one.told for one in islice(wanted, most))

    def news(self, mlist: MailingList, after: int, skipped: frozenset[int] = frozenset()) -> News:
        """What is new on the list behind `after`, without the messages that this reader does not want or has had."""
        key = (mlist.id, after, mlist.last_seq, skipped)
        if key not in self.gathered:
            asking = frozenset(one.thread_id for one in self.asking(mlist))
            self.gathered[key] = gather(self.db, self.settings, mlist, after, skipped=skipped, asking=asking)
        return self.gathered[key]

    def thanks(self, member: Member, slot: datetime) -> tuple[Thanked, ...]:
        """Who has thanked whom since this reader's last digest."""
        after = thankful.since(member, slot)
        key = ("thanks", member.list_id, after, slot)
        return self._wanted(member, self._once(key, lambda: thankful.for_digest(self.db, self.settings, member.mlist, after, slot)), thankful.MOST)

    def asking(self, mlist: MailingList) -> tuple[Asked, ...]:
        """The list's questions that nobody has answered."""
        if mlist.id not in self.asked:
            self.asked[mlist.id] = digestextras.asked(self.db, self.settings, mlist, _quarter(self.now))
        return self.asked[mlist.id]

    def questions(self, member: Member, news: News, every: schedule.Every) -> tuple[Question, ...]:
        """Those that this reader is told: not their own, none of a thread that the digest tells anyway, none that they do not want."""
        some = [one for one in self.asking(member.mlist) if one.thread_id not in news.threads and one.user_id != member.user_id]
        choice = self.choice(member)
        if choice is not None:
            some = [one for one in some if choice.wants(one.thread_id, one.topic_id, own=False)]
        return digestextras.open_questions(tuple(some), every, self.now) if some else ()

    def kept(self, member: Member, since: datetime | None) -> tuple[Kept, ...]:
        """The documents that have come since then, as far as this reader wants to hear of them. A bank of materials tells of them itself."""
        if since is None or member.mlist.materials:
            return ()
        found = self._once(("kept", member.list_id, since), lambda: digestextras.kept(self.db, self.settings, member.mlist, since))
        return self._wanted(member, found, digestextras.TOLD)

    def filed(self, member: Member, slot: datetime) -> tuple[Filed, ...]:
        """What is new in the bank of materials since this reader's last digest."""
        if not member.mlist.materials:
            return ()
        after = max(thankful.told_until(member, slot), member.joined_at)
        found = self._once(("filed", member.list_id, after, slot), lambda: bankdigest.for_digest(self.db, self.settings, member.mlist, after, slot))
        return self._wanted(member, found, bankdigest.MOST)

    def newcomers(self, member: Member, slot: datetime) -> tuple[str, ...]:
        """Who is new since this reader's last digest."""
        after = max(thankful.told_until(member, slot), member.joined_at) if member.mlist.tell_newcomers else slot
        key = ("newcomers", member.list_id, after, slot)
        return self._once(key, lambda: digestextras.newcomers(self.db, member.mlist, after, slot)) if after < slot else ()

    def _once(self, key: tuple[Any, ...], ask: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        if key not in self.beside:
            self.beside[key] = ask()
        return self.beside[key]

    def rendered(self, member: Member, news: News, slot: datetime) -> Rendered:
        """The digest as everybody gets it who has the same news, language, zone, schedule and form."""
        away = away_since(member)
        mlist, language, zone = member.mlist, language_of(member), zone_of(member, self.settings)
        when, last, form = schedule_of(member), member.delivery is not DeliveryMode.DIGEST, Form(member.digest_form)
        told = self.thanks(member, slot), self.questions(member, news, when.every), self.newcomers(member, slot)
        kept = self.kept(member, digestextras.kept_since(when.every, slot, slot.astimezone(zone)))
        filed = self.filed(member, slot)
        key = (mlist.id, member.digest_seq, news.skipped, language, zone.key, str(when), last, away, form, told, kept, filed)
        if key not in self.worded:
            archive, me = links.archive_url(self.settings, mlist.name), f"{self.settings.site.url}/me/list/{mlist.name}"
            facts: dict[str, Any] = {"thanks": told[0], "questions": told[1], "newcomers": told[2], "kept": kept, "form": form}
            facts["address"] = links.list_address(self.settings, mlist.name)
            facts |= {"filed": filed, "bank_address": links.list_address(self.settings, mlist.name, "bank")}
            edition = Edition(excerpt.one_line(mlist.title), language, zone, _quarter(self.now), when, news.entries, archive, me, last, away, **facts)
            self.worded[key] = _rendered(edition)
        return self.worded[key]

    def letter(self, member: Member, shared: Rendered) -> Content | None:
        """The letter for everybody who has this edition, still to be filled for each (`digestletters`); None where it cannot be shared."""
        mlist, site = member.mlist, self.settings.site
        key = (shared, mlist.name, mlist.title, site.domain, site.url, site.secret)
        if key not in LETTERS:
            raw = digestletters.shared(self.settings, lambda value: self.compose(member, shared, value))
            if len(LETTERS) >= MOST_LETTERS:
                del LETTERS[next(iter(LETTERS))]
            LETTERS[key] = digestletters.packed(raw) if raw else None
        return LETTERS[key]

    def compose(self, member: Member, shared: Rendered, value: Value) -> bytes:
        """A digest as bytes, with these addresses; To, Date and Message-ID are those of a specimen."""
        envelope = mime.Envelope(
            list_name=member.mlist.name,
            list_title=member.mlist.title,
            domain=self.settings.site.domain,
            to=Mailbox("", digestletters.NOBODY_AT),
            date=self.now,
            message_id=f"digest.0.0@{self.settings.site.domain}",
            reply_to=value("answer", 0),
            unsubscribe_url=value("leave", 0),
            unsubscribe_address=value("out", 0),
            archive_url=links.archive_url(self.settings, member.mlist.name),
        )
        return mime.compose(shared.filled(value), envelope)


def away_since(member: Member) -> datetime | None:
    """Since when somebody has paused who is told what came meanwhile, and gets single copies again."""
    return member.paused_at if member.delivery is not DeliveryMode.DIGEST else None


def language_of(member: Member) -> str:
    """The person's language, else the list's."""
    return choose_language((member.user.language, member.mlist.language))


def zone_of(member: Member, settings: Settings) -> ZoneInfo:
    """The person's zone, else the site's."""
    return words.zone(member.user.timezone, settings.timezone)


def schedule_of(member: Member) -> schedule.Schedule:
    """When the member gets digests; daily where the row holds something that cannot be read."""
    return _schedule(member.schedule)


@lru_cache(maxsize=256)
def _schedule(text: str) -> schedule.Schedule:
    try:
        return schedule.parse(text)
    except ValueError:
        return schedule.parse(DEFAULT_SCHEDULE)


def holds_back(member: Member, count: int, slot: datetime, waits: datetime | None) -> bool:
    """Does the member want to hear only of more than that, and have these not waited too long yet? `waits`: since which slot they do."""
    if member.delivery is not DeliveryMode.DIGEST or not 0 < count < member.digest_least:
        return False
    return waits is None or slot - waits < LONGEST_WAIT[schedule_of(member).every] - CLOCKS
