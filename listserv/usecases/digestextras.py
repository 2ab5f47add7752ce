"""What stands in a digest beside what is new: questions that wait, attachments worth keeping, thanks, new people.

All of it is told until the slot and not until now, so that it is the same for everybody who shares one: asked once a run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from digests.entries import File, Kept, Question
from digests.excerpt import one_line, said, shorten
from digests.schedule import Every
from listserv import links
from listserv.config import Settings
from listserv.store import digestnews as rows
from listserv.store.archive import Attachment
from listserv.store.lists import MailingList
from listserv.usecases.conversations import speaker

# A question is told of as waiting after so long, and for so long.
QUIET, FORGOTTEN = timedelta(days=3), timedelta(days=60)
# Daily digests ask the same question on these of its days alone: it is no use to nag.
ASKED_ON = frozenset({3, 7, 14, 28, 56})
# Of one list; and of one digest, by how often it comes.
MOST_ASKED, SHOWN_ASKED = 200, {Every.DAY: 1, Every.WEEK: 5, Every.MONTH: 5}
EXCERPT = 300
# A question mark that asks: not one inside an address, and not a row of them that stand for a broken letter.
ASKS = re.compile(r"(?<!\?)\?(?=[\s)»”\"'!]|$)", re.MULTILINE)
ADDRESS = re.compile(r"\S+://\S+")
# Attachments that are looked through, and those that are told.
LOOKED_AT, TOLD = 60, 6
WEEK, MONTH = timedelta(days=7), timedelta(days=31)
NEVER = re.compile(r"text/calendar|text/x?-?vcard|application/(?:pgp|pkcs7|x-pkcs7|ics)|message/", re.IGNORECASE)
NO_DOCUMENT = re.compile(r"\.(?:ics|vcf|p7s|p7m|asc|sig|dat|eml|html?|css|gif)\Z", re.IGNORECASE)
SIGNED = re.compile(r"^(?:text/x?-?vcard|application/(?:pgp-signature|x?-?pkcs7-signature))|\.(?:vcf|p7s|asc|sig)\Z", re.IGNORECASE)
# Smaller pictures are mostly logos.
PICTURE = 200_000
# So many names at most are fetched; fewer are told.
PEOPLE = 200


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Beside(Generic[T]):
    """What may be told beside the news: in which thread and topic it stands, and who wrote there."""

    thread_id: int
    topic_id: int | None
    user_id: int | None
    told: T


# A question without an answer.
Asked = Beside[Question]


def asked(db: Session, settings: Settings, mlist: MailingList, now: datetime) -> tuple[Asked, ...]:
    """The questions of a list that nobody else has written below, oldest first: one statement."""
    found = rows.unanswered(db, mlist.id, now - FORGOTTEN, MOST_ASKED)
    return tuple(
        Beside(
            row.thread_id,
            row.topic_id,
            row.user_id,
            Question(
                row.id,
                one_line(row.subject),
                one_line(speaker(row.author, row.author_email), 80),
                shorten(" ".join(said(row.text).split()), EXCERPT)[0],
                links.message_url(settings, mlist.name, row.hash),
                (now - row.sent_at).days,
            ),
        )
        for row in reversed(found)
        if asks(row.subject) or asks(said(row.text))
    )


def asks(text: str) -> bool:
    """Does this text ask something?"""
    return ASKS.search(ADDRESS.sub("", text)) is not None


def open_questions(some: tuple[Asked, ...], every: Every, now: datetime) -> tuple[Question, ...]:
    """Those that a digest tells: they have waited, and another one comes first each day."""
    waiting = [one.told for one in some if one.told.days >= QUIET.days]
    if every is Every.DAY:
        waiting = [one for one in waiting if one.days in ASKED_ON]
    turn = now.toordinal() % len(waiting) if waiting else 0
    return tuple((waiting[turn:] + waiting[:turn])[: SHOWN_ASKED[every]])


def kept_since(every: Every, slot: datetime, local: datetime) -> datetime | None:
    """From when on attachments are gathered for a digest: a month's, a week's, and in daily ones on Mondays; whole days, for all alike."""
    if every is Every.DAY and local.weekday() != 0:
        return None
    return datetime.combine((slot - (MONTH if every is Every.MONTH else WEEK)).date(), time(), UTC)


def kept(db: Session, settings: Settings, mlist: MailingList, since: datetime) -> tuple[Beside[Kept], ...]:
    """Documents since then, each once, the newest first; of them the first `TOLD` are told that a reader wants."""
    found: dict[str, Beside[Kept]] = {}
    for row in rows.attached_since(db, mlist.id, since, LOOKED_AT):
        if _is_document(row.name, row.type, row.size):
            url = f"{links.message_url(settings, mlist.name, row.hash)}/attachment/{row.number}"
            one = Kept(File(one_line(row.name, 120), url, row.size), one_line(speaker(row.author, row.author_email), 80))
            found.setdefault(row.sha256 or url, Beside(row.thread_id, row.topic_id, row.user_id, one))
    return tuple(found.values())


def _is_document(name: str, kind: str, size: int) -> bool:
    return not NEVER.match(kind) and not NO_DOCUMENT.search(name) and (size >= PICTURE or not kind.startswith("image/"))


def shown(files: Sequence[Attachment], *, alone: bool) -> list[Attachment]:
    """Of what a message carries, what stands below its words: no signatures, cards and logos. `alone`: there are no words."""
    return [file for file in files if not SIGNED.search(f"{file.type} {file.name}") and (alone or not file.inline or file.size >= PICTURE)]


def newcomers(db: Session, mlist: MailingList, after: datetime, upto: datetime) -> tuple[str, ...]:
    """Who has come to the list, where its owners want that to be told: names alone."""
    if not mlist.tell_newcomers:
        return ()
    return tuple(one_line(speaker(name, ""), 80) for name in rows.joined_between(db, mlist.id, after, upto, PEOPLE))
