"""What lies on a moderator's desk: the cases of a list, what is known of the people in them, and recent decisions."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from listserv.store.archive import SHOWN, Message
from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState, Held, HeldState, Journal
from listserv.store.packing import unpack
from listserv.store.people import Address, User
from listserv.store.queue import Incoming, Letter, Raw, State

# What moderators can decide; who has not confirmed their address is not before them yet.
DECIDABLE = (ApplicationState.AWAITING_MODERATOR, ApplicationState.ASKED)
PENDING = (Held.state == HeldState.PENDING,)
DECIDER_OF_POST = (selectinload(Held.decider).selectinload(User.addresses),)
DECIDER_OF_APPLICATION = (selectinload(Application.decider).selectinload(User.addresses),)
OPEN = (Application.state.in_(DECIDABLE),)


def count_waiting(db: Session, list_id: int) -> tuple[int, int, int]:
    """How many posts wait, how many applications, and how many applicants have not confirmed their address."""
    posts = select(func.count()).where(Held.list_id == list_id, *PENDING).scalar_subquery()
    open_ = select(func.count()).where(Application.list_id == list_id, *OPEN).scalar_subquery()
    unconfirmed = Application.state == ApplicationState.AWAITING_CONFIRMATION
    unproven = select(func.count()).where(Application.list_id == list_id, unconfirmed).scalar_subquery()
    first, second, third = db.execute(select(posts, open_, unproven)).one()
    return first, second, third


def waiting_by_list(db: Session, list_ids: Collection[int]) -> dict[int, int]:
    """How many posts and applications wait on each of these lists that has any."""
    posts = select(Held.list_id).where(Held.list_id.in_(list_ids), *PENDING)
    both = union_all(posts, select(Application.list_id).where(Application.list_id.in_(list_ids), *OPEN)).subquery()
    return dict(db.execute(select(both.c.list_id, func.count()).group_by(both.c.list_id)).all()) if list_ids else {}


def waiting_posts(db: Session, list_id: int, limit: int, offset: int) -> Sequence[Held]:
    """Held posts, the longest waiting first."""
    query = select(Held).where(Held.list_id == list_id, *PENDING).order_by(Held.held_at, Held.id)
    return db.scalars(query.limit(limit).offset(offset)).all()


def waiting_applications(db: Session, list_id: int, limit: int, offset: int) -> Sequence[Application]:
    """Applications that moderators can decide, the longest waiting first."""
    query = select(Application).where(Application.list_id == list_id, *OPEN).order_by(Application.applied_at, Application.id)
    return db.scalars(query.limit(limit).offset(offset)).all()


def held_by_id(db: Session, list_id: int, held_id: int) -> Held | None:
    """A held post of this list, decided or not."""
    return db.scalar(select(Held).where(Held.id == held_id, Held.list_id == list_id))


def application_by_id(db: Session, list_id: int, application_id: int) -> Application | None:
    """An application to this list, decided or not."""
    return db.scalar(select(Application).where(Application.id == application_id, Application.list_id == list_id))


def held_among(db: Session, list_id: int, ids: Collection[int]) -> Sequence[Held]:
    """Those of these held posts that are on this list, decided or not."""
    return db.scalars(select(Held).options(*DECIDER_OF_POST).where(Held.list_id == list_id, Held.id.in_(ids))).all() if ids else ()


def applications_among(db: Session, list_id: int, ids: Collection[int]) -> Sequence[Application]:
    """Those of these applications that are to this list, decided or not."""
    return db.scalars(select(Application).options(*DECIDER_OF_APPLICATION).where(Application.list_id == list_id, Application.id.in_(ids))).all() if ids else ()


def raws(db: Session, raw_ids: Collection[int]) -> dict[int, bytes]:
    """The bytes of these mails."""
    return {raw_id: unpack(packed) for raw_id, packed in db.execute(select(Raw.id, Raw.packed).where(Raw.id.in_(raw_ids)))} if raw_ids else {}


def memberships_of(db: Session, list_id: int, keys: Collection[str]) -> dict[str, Member]:
    """The members of the list among these addresses (folded forms)."""
    query = select(Address.key, Member).join(Member, Member.user_id == Address.user_id)
    return dict(db.execute(query.where(Member.list_id == list_id, Address.key.in_(keys))).all()) if keys else {}


def posts_by(db: Session, list_id: int, keys: Collection[str]) -> dict[str, int]:
    """How many messages each of these addresses has in the archive."""
    query = select(Message.author_key, func.count()).where(Message.list_id == list_id, Message.author_key.in_(keys), SHOWN)
    return dict(db.execute(query.group_by(Message.author_key)).all()) if keys else {}


def decisions_on(db: Session, list_id: int, emails: Collection[str]) -> dict[str, dict[str, int]]:
    """How often posts from each of these addresses were decided, and how."""
    if not emails:
        return {}
    query = select(func.lower(Held.author_email), Held.state, func.count()).where(Held.list_id == list_id, Held.author_email.in_(emails))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for email, state, count in db.execute(query.where(Held.decided_at.is_not(None)).group_by(func.lower(Held.author_email), Held.state)):
        found[email][state] = count
    return found


def applications_of(db: Session, list_id: int, keys: Collection[str]) -> dict[str, dict[str, int]]:
    """How often each of these addresses has applied before, and how it ended."""
    if not keys:
        return {}
    ended = Application.state.in_((ApplicationState.ADMITTED, ApplicationState.DECLINED, ApplicationState.LETTER))
    query = select(Application.key, Application.state, func.count()).where(Application.list_id == list_id, Application.key.in_(keys), ended)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, state, count in db.execute(query.group_by(Application.key, Application.state)):
        found[key][state] = count
    return found


def steps_of(db: Session, about: str, ids: Collection[int], whats: Collection[str]) -> Sequence[Any]:
    """(about_id, what, at, detail, name) of what happened to these cases, oldest first."""
    if not ids:
        return ()
    query = select(Journal.about_id, Journal.what, Journal.at, Journal.detail, User.name).outerjoin(User, User.id == Journal.user_id)
    return db.execute(query.where(Journal.about == about, Journal.about_id.in_(ids), Journal.what.in_(whats)).order_by(Journal.id)).all()


def decided_posts(db: Session, list_id: int, since: datetime, limit: int) -> Sequence[Held]:
    """Held posts that somebody has decided since then, newest first."""
    query = select(Held).options(*DECIDER_OF_POST, selectinload(Held.incoming))
    recent = query.where(Held.list_id == list_id, Held.decided_at > since, Held.decided_by.is_not(None))
    return db.scalars(recent.order_by(Held.decided_at.desc(), Held.id.desc()).limit(limit)).all()


def decided_applications(db: Session, list_id: int, since: datetime, limit: int) -> Sequence[Application]:
    """Applications that somebody has decided since then, newest first."""
    query = select(Application).options(*DECIDER_OF_APPLICATION)
    recent = query.where(Application.list_id == list_id, Application.decided_at > since, Application.decided_by.is_not(None))
    return db.scalars(recent.order_by(Application.decided_at.desc(), Application.id.desc()).limit(limit)).all()


def mails_of(db: Session, application: Application, states: Collection[State]) -> Sequence[Incoming]:
    """The mails that are this application, where they are in one of these states."""
    if application.raw_id is None:
        return ()
    query = select(Incoming).where(Incoming.raw_id == application.raw_id, Incoming.list_id == application.list_id)
    return db.scalars(query.where(Incoming.state.in_(states))).all()


def letter_about(db: Session, case: Held | Application, kind: str, to_key: str) -> str:
    """The Message-ID of the first letter of this kind to this address about a case that came by mail, without brackets; empty where there is none."""
    if case.raw_id is None:
        return ""
    query = select(Letter.message_id).join(Incoming, Incoming.id == Letter.incoming_id)
    mine = query.where(Incoming.raw_id == case.raw_id, Letter.kind == kind, Letter.to_key == to_key, Letter.list_id == case.list_id)
    return db.scalar(mine.order_by(Letter.id).limit(1)) or ""


def has_come(db: Session, incoming: Incoming) -> bool:
    """Has this very letter, by its id, author and words, been taken as an application (or a part of one) by another address?"""
    if not incoming.message_id or incoming.echo is None:
        return False
    # A reply to a letter of ours names its case and no list.
    here = or_(Incoming.list_id == incoming.list_id, Incoming.list_id.is_(None))
    same = (Incoming.message_id == incoming.message_id, Incoming.echo == incoming.echo, Incoming.id != incoming.id, here)
    return db.scalar(select(Incoming.id).where(*same, Incoming.state.in_((State.APPLICATION, State.FORWARDED))).limit(1)) is not None


def applications_to(db: Session, list_id: int) -> Sequence[Application]:
    """Every application to this list, oldest first."""
    return db.scalars(select(Application).where(Application.list_id == list_id).order_by(Application.id)).all()
