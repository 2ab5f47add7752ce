"""Digests: who is owed one and when, making them, and finding out what an answer to one is meant for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from digests import answers, schedule
from listserv import links
from listserv.config import Settings
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.store import digests as rows
from listserv.store import following
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Status
from listserv.usecases import outbox
from listserv.usecases.editions import Press, schedule_of, zone_of

log = structlog.get_logger()

# When a digest could not be made, others go on and this one is tried again.
AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Owed:
    """What the calendar owes to somebody: a row of `listserv due`."""

    at: datetime
    what: str
    list: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """An answer to a digest: whose it is, which message it answers, and its words without the number."""

    member: Member
    message: Message
    text: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """An answer that names no thread: ask back with these titles, numbered from 1."""

    member: Member
    digest: Digest
    titles: tuple[str, ...]


def plan(db: Session, member: Member, now: datetime) -> None:
    """Fit the member's next digest to their delivery, schedule and zone: to be called whenever one of these has changed.

    Who begins with digests is told what comes from now on; who changes the schedule keeps what is still untold; who goes
    over to single copies gets the rest in a last digest at once, as on other list servers.
    """
    mlist = db.get_one(MailingList, member.list_id)
    away = _pause(member, mlist, now)
    if member.delivery is DeliveryMode.DIGEST:
        if member.digest_due is None:
            member.digest_seq = mlist.last_seq
        if member.digest_due is None or member.digest_due > now:
            member.digest_due = next_slot(db, member, now)
        return
    began = member.delivery is DeliveryMode.EACH and (member.digest_due is not None or away)
    member.digest_due = now if began and mlist.last_seq > member.digest_seq else None
    if away and member.digest_due is None:
        member.paused_at = None


def _pause(member: Member, mlist: MailingList, now: datetime) -> bool:
    """Note where a pause begins, because what comes meanwhile is told afterwards; is one over whose news are still untold?"""
    if member.status is Status.PAUSED and member.paused_at is None:
        member.paused_at = now
        if member.delivery is not DeliveryMode.DIGEST and member.digest_due is None:
            member.digest_seq = mlist.last_seq
    return member.status is Status.ENABLED and member.paused_at is not None


def next_slot(db: Session, member: Member, after: datetime) -> datetime:
    """The member's next slot behind a moment, by their schedule in their zone."""
    return schedule.next_after(schedule_of(member), after, zone_of(member, outbox.settings_of(db)))


def _first_slot(db: Session, member: Member, now: datetime) -> datetime:
    """For somebody whom nobody planned: the first slot since they joined, as far as that is not too long ago."""
    return next_slot(db, member, max(member.joined_at, now - schedule.LONGEST))


def owed(db: Session, until: datetime) -> list[Owed]:
    """The digests that the calendar owes at that time, in its order. Where nothing is new, nothing is owed."""
    return sorted(_owed(db, until), key=lambda owed: (owed.at, owed.list, owed.who))


def _owed(db: Session, until: datetime) -> Iterator[Owed]:
    counts: dict[tuple[int, int], int] = {}
    choosers = following.all_choosers(db)
    for member in rows.readers(db, until):
        at = member.digest_due or _first_slot(db, member, until)
        key = (member.list_id, member.digest_seq)
        if key not in counts:
            counts[key] = rows.count_new(db, *key, member.mlist.last_seq)
        if at > until or not counts[key]:
            continue
        count = counts[key] - (len(following.untold(db, member, member.digest_seq, member.mlist.last_seq)) if member.id in choosers else 0)
        if count:
            why = f"{member.schedule}, {count} new" if member.delivery is DeliveryMode.DIGEST else f"the last one, {count} new"
            yield Owed(at, "digest", member.mlist.name, member.address.email, why)


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Make the digests that are due, at most `limit`; how many slots were dealt with. To be called until it returns 0."""
    for member in rows.awaiting_plan(db):
        member.digest_due = _first_slot(db, member, now)
    db.flush()
    press = Press(db, outbox.settings_of(db), now)
    due = rows.due_members(db, now, limit)
    press.look_up([member.id for member in due])
    for member in due:
        _deal_with(press, member)
    return len(due)


def _deal_with(press: Press, member: Member) -> None:
    try:
        with press.db.begin_nested():
            make(press, member)
    except Exception:  # one digest that cannot be made must not keep all others from being made
        log.exception("digest failed", list=member.mlist.name, member=member.id)
        member.digest_due = press.now + AGAIN


def make(press: Press, member: Member) -> Digest | None:
    """Make one member's digest for the slot that is due and move on to the next; None where that slot has been dealt with."""
    db, now, mlist = press.db, press.now, member.mlist
    slot, after = member.digest_due or now, member.digest_seq
    member.digest_due = next_slot(db, member, now) if member.delivery is DeliveryMode.DIGEST else None
    if rows.digest_at(db, member.id, slot):
        return None
    digest = Digest(list_id=mlist.id, member_id=member.id, slot=slot, after_seq=after, upto_seq=mlist.last_seq, made_at=now)
    news = press.news(mlist, after, press.skipped(member, after, mlist.last_seq))
    digest.points = " ".join(map(str, news.points))
    db.add(digest)
    db.flush()
    if news.entries:
        raw = press.letter(member, digest, press.rendered(member, news))
        letter = outbox.post_bytes(db, "digest", raw, member.address.email, now, mlist=mlist, mail_from=_mail_from(press.settings, member))
        digest.letter_id = letter.id
    member.digest_seq, member.paused_at = mlist.last_seq, None
    return digest


def _mail_from(settings: Settings, member: Member) -> str:
    """Where a bounce of this member's digest goes: 0 stands for no post in particular."""
    return links.token_address(settings, tokens.sign(links.signing_key(settings), Kind.BOUNCE, member.id, 0))


def item_for(db: Session, digest_id: int, number: int) -> Message | None:
    """The message that an answer to this number of a digest is meant for: the newest that the digest told of its thread."""
    digest = db.get(Digest, digest_id)
    return rows.point(db, digest, number) if digest else None


def unclear(db: Session, digest_id: int) -> Unclear | None:
    """A digest's numbered titles, to ask which one is meant; None where digest or membership is gone."""
    digest = db.get(Digest, digest_id)
    member = db.get(Member, digest.member_id) if digest else None
    return Unclear(member, digest, tuple(rows.titles(db, digest))) if digest and member else None


def resolve_reply(db: Session, kind: Kind, ids: tuple[int, ...], reply_text: str) -> Resolved | Unclear | None:
    """What an answer to a digest's address is meant for; `reply_text` is what was written now.

    None where there is nothing to answer any more: the membership or the message is gone.
    """
    member = db.get(Member, ids[0]) if len(ids) == 2 else None
    if member is None:
        return None
    if kind is Kind.DIGEST_ITEM:
        message = db.get(Message, ids[1])
        return Resolved(member, message, reply_text) if message and message.list_id == member.list_id and message.hidden_at is None else None
    digest = db.get(Digest, ids[1]) if kind is Kind.DIGEST else None
    if digest is None or digest.member_id != member.id:
        return None
    return _resolve_whole(db, member, digest, reply_text)


def _resolve_whole(db: Session, member: Member, digest: Digest, text: str) -> Resolved | Unclear | None:
    """A leading number decides; a digest of one thread needs none."""
    said = answers.leading_number(text)
    if said and (message := rows.point(db, digest, said[0])):
        return Resolved(member, message, said[1])
    titles = tuple(rows.titles(db, digest))
    if len(titles) == 1:
        message = rows.point(db, digest, 1)
        return Resolved(member, message, text) if message else None
    return Unclear(member, digest, titles) if any(titles) else None
