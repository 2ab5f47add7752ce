"""Digests: who is owed one and when, making them, and finding out what an answer to one is meant for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from digests import schedule
from digests.rendering import Rendered
from listserv import links, steps
from listserv.config import Settings
from listserv.mail import tokens
from listserv.mail.parse import Post
from listserv.mail.tokens import Kind
from listserv.mail.wholes import Whole
from listserv.store import digests as rows
from listserv.store import following, pastdigests
from listserv.store.archive import Message
from listserv.store.digests import Digest, Place
from listserv.store.members import DeliveryMode, Member, Status
from listserv.store.queue import keep_raw_many
from listserv.usecases import digestletters, outbox, planning, whichpoint
from listserv.usecases.editions import Press, away_since, holds_back
from listserv.usecases.rowbyrow import went_well
from listserv.usecases.whichpoint import Resolved, Several, Unclear

# The row of a slot at which no letter was made.
NOTHING_TOLD: dict[str, Any] = {"points": "", "items": "", "subject": "", "letter_id": None}
# No slot is farther away.
NEVER = schedule.LONGEST + timedelta(days=1)
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


plan = planning.plan
next_slot = planning.next_slot


def owed(db: Session, until: datetime) -> list[Owed]:
    """The digests that the calendar owes at that time, in its order. Where nothing is new, nothing is owed."""
    return sorted(_owed(db, until), key=lambda owed: (owed.at, owed.list, owed.who))


def _owed(db: Session, until: datetime) -> Iterator[Owed]:
    counts: dict[tuple[int, int], int] = {}
    choosers = following.all_choosers(db)
    for member in rows.readers(db, until):
        at = _slot_by(db, member, until)
        if at is None:
            continue
        key = (member.list_id, member.digest_seq)
        if key not in counts:
            counts[key] = rows.count_new(db, *key, member.mlist.last_seq)
        if at > until or not counts[key]:
            continue
        count = counts[key] - (len(following.untold(db, member, member.digest_seq, member.mlist.last_seq)) if member.id in choosers else 0)
        at = _told_at(db, member, count, at, until)
        if count and at:
            yield Owed(at, "digest", member.mlist.name, member.address.email, f"{_why(member)}, {count} new")


def _told_at(db: Session, member: Member, count: int, slot: datetime, until: datetime) -> datetime | None:
    """The slot by then at which so many messages are told: fewer than the member wants wait for a while."""
    waits = member.digest_waits
    while slot <= until and holds_back(member, count, slot, waits):
        waits, slot = waits or slot, next_slot(db, member, slot)
    return slot if slot <= until else None


def _slot_by(db: Session, member: Member, until: datetime) -> datetime | None:
    """The slot of which the member is told by then, also where their pause ends before it; None where there is none."""
    if member.status is Status.ENABLED:
        return member.digest_due or planning.first_slot(db, member, until)
    told = planning.told_after(db, member, member.paused_until or until)
    return told if member.digest_due or member.paused_at else None


def _why(member: Member) -> str:
    if member.status is Status.PAUSED:
        return "after a pause"
    return member.schedule if member.delivery is DeliveryMode.DIGEST else "the last one"


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Make the digests that are due, at most `limit`; how many slots were dealt with. To be called until it returns 0."""
    for member in rows.awaiting_plan(db, now, now + NEVER):
        # What a clock that ran ahead has planned for next year is planned anew; nothing is lost, because news are counted by number.
        member.digest_due = next_slot(db, member, now) if member.digest_due else planning.first_slot(db, member, now)
    db.flush()
    press = Press(db, outbox.settings_of(db), now)
    due = rows.due_members(db, now, limit)
    if not went_well(db, partial(_make_together, press, due), "digests failed together", members=len(due)):
        for member in due:
            _deal_with(press, member)
    return len(due)


def _make_together(press: Press, due: Sequence[Member]) -> None:
    press.look_up(due)
    make_all(press, due)


def _deal_with(press: Press, member: Member) -> None:
    if not went_well(press.db, partial(make_all, press, [member]), "digest failed", list=member.mlist.name, member=member.id):
        member.digest_due = press.now + AGAIN


@dataclass(frozen=True, slots=True)
class Drawn:
    """One member's digest, made and not yet written down. `rendered`: what it says; None where there is nothing to tell."""

    member: Member
    place: Place
    digest: dict[str, Any] = field(default_factory=dict)
    rendered: Rendered | None = None


def make(press: Press, member: Member) -> Digest | None:
    """Make one member's digest for the slot that is due and move on to the next; None where that slot has been dealt with."""
    slot = member.digest_due or press.now
    return pastdigests.digest_at(press.db, member.id, slot) if make_all(press, [member]) else None


def make_all(press: Press, members: Sequence[Member]) -> int:
    """Make these members' digests, in a fixed number of statements; how many there were to make."""
    done = rows.slots_done(press.db, {member.id: member.digest_due or press.now for member in members})
    drawn = [_draw(press, member, dealt_with=member.id in done) for member in members]
    made = [one for one in drawn if one.digest]
    _keep(press, made)
    rows.move_on(press.db, [(one.member, one.place) for one in drawn])
    if made:
        steps.reached("digests.made")
    return len(made)


def _draw(press: Press, member: Member, *, dealt_with: bool) -> Drawn:
    """What one member is told for the slot that is due, and where they are afterwards; no digest where that slot has been dealt with."""
    db, now, mlist = press.db, press.now, member.mlist
    slot, after = member.digest_due or now, member.digest_seq
    due = next_slot(db, member, now) if member.delivery is DeliveryMode.DIGEST else None
    here = rows.place_of(member)._replace(digest_due=due)
    if dealt_with:
        return Drawn(member, here)
    news = press.news(mlist, after, press.skipped(member, after, mlist.last_seq))
    digest = {"list_id": mlist.id, "member_id": member.id, "slot": slot, "after_seq": after, "upto_seq": mlist.last_seq, "made_at": now}
    digest["paused_at"] = away_since(member)
    if holds_back(member, news.count, slot, member.digest_waits):
        return Drawn(member, here._replace(digest_waits=member.digest_waits or slot), {**digest, **NOTHING_TOLD, "upto_seq": after})
    rendered = press.rendered(member, news, slot) if news.entries else None
    there = here._replace(digest_seq=mlist.last_seq, paused_at=None, digest_waits=None, digest_mixed=False)
    if rendered is None:
        return Drawn(member, there, {**digest, **NOTHING_TOLD})
    told = {"points": news.points_text, "items": news.items_text, "subject": rendered.subject, "letter_id": None}
    return Drawn(member, there._replace(digest_told=slot), digest | told, rendered)


def _keep(press: Press, drawn: Sequence[Drawn]) -> None:
    """Write digests down with their letters. What several share is kept once."""
    told = [(one, press.letter(one.member, one.rendered)) for one in drawn if one.rendered]
    shared = [(one, content) for one, content in told if content]
    raws = keep_raw_many(press.db, [content for _, content in shared])
    parcels = [
        outbox.Parcel(one.member.address.email, raw_id, one.member.list_id, _mail_from(press.settings, one.member))
        for (one, _), raw_id in zip(shared, raws, strict=True)
    ]
    letters = outbox.post_parcels(press.db, digestletters.KIND, parcels, press.now)
    for (one, _), parcel in zip(shared, parcels, strict=True):
        one.digest["letter_id"] = letters[parcel.mail_from]
    rows.keep_all(press.db, [one.digest for one in drawn])
    for one in (one for one, content in told if not content and one.rendered):
        _keep_alone(press, one)


def _keep_alone(press: Press, drawn: Drawn) -> None:
    """A digest whose bytes nobody can share."""
    db, member, rendered = press.db, drawn.member, drawn.rendered
    digest = pastdigests.digest_at(db, member.id, drawn.digest["slot"])
    if digest is None or rendered is None:
        return
    raw = digestletters.alone(press.settings, digest, member, press.now, lambda value: press.compose(member, rendered, value))
    letter = outbox.post_bytes(db, digestletters.KIND, raw, member.address.email, press.now, mlist=member.mlist, mail_from=_mail_from(press.settings, member))
    digest.letter_id = letter.id


def _mail_from(settings: Settings, member: Member) -> str:
    """Where a bounce of this member's digest goes: 0 stands for no post in particular."""
    return links.token_address(settings, tokens.sign(links.signing_key(settings), Kind.BOUNCE, member.id, 0))


def told_at(db: Session, digest_id: int, member: Member, whole: Whole) -> Message | None:
    """The message that "1.2" means in a digest, to anybody on its list; without a number, the only one that there is."""
    digest = db.get(Digest, digest_id)
    if digest is None or digest.list_id != member.list_id or (not whole.point and not digest.items.isdigit()):
        return None
    return pastdigests.told_message(db, digest, whole.point or 1, whole.place)


def item_for(db: Session, digest_id: int, number: int) -> Message | None:
    """The message that an answer to this number of a digest is meant for: the newest that the digest told of its thread, or a question behind its threads."""
    digest = db.get(Digest, digest_id)
    return whichpoint.message_at(db, digest, number) if digest else None


def unclear(db: Session, digest_id: int) -> Unclear | None:
    """A digest's numbered titles, to ask which one is meant; None where digest or membership is gone."""
    digest = db.get(Digest, digest_id)
    member = db.get(Member, digest.member_id) if digest else None
    return Unclear(member, digest, whichpoint.titles(db, digest)) if digest and member else None


def resolve_reply(db: Session, kind: Kind, ids: tuple[int, ...], reply_text: str, post: Post | None = None) -> Resolved | Several | Unclear | None:
    """What an answer to a digest's address is meant for; `reply_text` is what was written now, `post` the mail with all that it quotes.

    None where there is nothing to answer any more: the membership or the message is gone.
    """
    member = db.get(Member, ids[0]) if len(ids) == 2 else None
    if member is None:
        return None
    if kind is Kind.DIGEST_ITEM:
        message = db.get(Message, ids[1])
        there = message and message.list_id == member.list_id and message.hidden_at is None
        return whichpoint.to_item(db, member, message, reply_text, post) if message and there else None
    digest = db.get(Digest, ids[1]) if kind is Kind.DIGEST else None
    return whichpoint.resolve(db, member, digest, reply_text, post) if digest and digest.member_id == member.id else None
