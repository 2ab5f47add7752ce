"""Somebody leaves a list at their own wish: a goodbye, and the way back for as long as one may change one's mind."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import NotAllowed
from listserv.store.lists import MailingList, lock
from listserv.store.members import DEFAULT_SCHEDULE, DeliveryMode, Member, Role
from listserv.store.people import Purpose, Token
from listserv.usecases import deciding, digesting, issuecounts, membership, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import NewMember, add_member, remove_member

# So long one word is enough to come back; afterwards it takes an application, as for everybody.
WAY_BACK_DAYS = 30


@dataclass(frozen=True, slots=True)
class Parting:
    """What the goodbye's token remembers: how things stood, and whether the moderators have heard why."""

    name: str = ""
    language: str = ""
    delivery: str = DeliveryMode.EACH.value
    schedule: str = DEFAULT_SCHEDULE
    moderated: bool = False
    told: bool = False

    @classmethod
    def of(cls, member: Member, *, told: bool) -> "Parting":
        """How things stand for somebody who leaves."""
        return cls(member.user.name, member.user.language, member.delivery.value, member.schedule, member.moderated, told)

    @classmethod
    def read(cls, token: Token) -> "Parting":
        """What a token remembers."""
        with suppress(ValueError, TypeError):
            return cls(**json.loads(token.detail))
        return cls()

    def once_told(self) -> str:
        """The same for the token, when the moderators have heard why."""
        return replace(self, told=True).kept()

    def kept(self) -> str:
        """As a token keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def leave(db: Session, member: Member, actor: Actor, now: datetime, *, why: str = "", told: bool = False, issue: int | None = None) -> None:
    """Take a member off the list at their own wish, with a goodbye and the way back; `told`: they have said why.

    `issue`: the issue (its message) whose copy they left by; it is counted, and not kept of whom.
    Raises NotAllowed for the last one who decides on the list, owner or moderator: nobody would be left to answer applications.
    """
    mlist = member.mlist
    lock(db, mlist)
    if member.role is not Role.MEMBER and len(deciding.deciders(db, mlist)) == 1:
        raise NotAllowed("last-owner")
    email, tongue = member.address.email, member.user.language
    detail = Parting.of(member, told=told).kept()
    remove_member(db, member, actor, now, why=why)
    if issue:
        issuecounts.left(db, issue, now)
    token = tokens.issue(db, Purpose.COME_BACK, email, now, mlist=mlist, days=WAY_BACK_DAYS, detail=detail)
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "left", email, tongue, now, mlist=mlist, reply_to=reply_to, automatic=False, told=told, days=WAY_BACK_DAYS)


def come_back(db: Session, mlist: MailingList, token: Token, now: datetime) -> Member:
    """On the list again, as before, as a plain member. Raises Conflict for who is on it already."""
    lock(db, mlist)
    was = Parting.read(token)
    delivery = DeliveryMode(was.delivery)
    new = NewMember(token.email, was.name, delivery=delivery, schedule=was.schedule, language=was.language, moderated=was.moderated)
    member = add_member(db, mlist, new, Actor(Door.MAIL, proven=True), now)
    tokens.spend(db, token, now)
    digesting.plan(db, member, now)
    membership.welcome(db, member, now)
    return member
