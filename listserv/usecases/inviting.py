"""Invitations to a list: sent in a moderator's name, accepted by one word or one button, and never pressed on anybody.

A moderator answers for them: the only words of somebody else's that reach an unknown address are the moderator's own, so
many go out in a day, so many to one mailbox in a week, and who says no is not asked again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict, Expired, NotAllowed, NotFound, TooMany
from listserv.mail import address
from listserv.mail.peoplelines import People
from listserv.store import invitations as rows
from listserv.store.bans import bars
from listserv.store.invitations import OPEN, Batch, Invitation, InvitationState
from listserv.store.lists import MailingList, lock
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import ApplicationState, open_application
from listserv.store.people import Purpose, person_at
from listserv.store.queue import Incoming
from listserv.store.recall import stop_letters
from listserv.usecases import caps, consents, deciding, digesting, membership, outbox, tokens
from listserv.usecases.access import Actor
from listserv.usecases.administration import NewMember, add_member
from listserv.usecases.consents import How
from listserv.usecases.journal import note
from listserv.usecases.newcomers import Line, good, sort_out, uninvited_hash

# An invitation is good for so long; then whoever has not answered is forgotten.
DAYS = 30
LONGEST_DESCRIPTION = 400


@dataclass(frozen=True, slots=True)
class Invited:
    """What became of each line: so many were written to, and so many are on one of the next days."""

    lines: tuple[Line, ...]
    sent: int
    later: int


def invite(db: Session, mlist: MailingList, listed: People, actor: Actor, now: datetime, *, batch: Batch | None = None) -> Invited:
    """Invite everyone of a list who may be; what is more than a day's invitations goes out later. Raises Conflict for a closed list."""
    lock(db, mlist)
    if mlist.closed_at:
        raise Conflict("the list {name} is closed", name=mlist.name)
    lines = sort_out(db, mlist, listed, inviting_at=now)
    chosen, room = good(lines), room_today(db, mlist, now)
    for place, line in enumerate(chosen):
        one = _keep(db, mlist, line, listed.note, actor, now, batch)
        if place < room:
            send(db, one, now)
    return Invited(lines, min(len(chosen), room), max(0, len(chosen) - room))


def room_today(db: Session, mlist: MailingList, now: datetime) -> int:
    """How many more people this list may invite today."""
    return max(0, mlist.invitations_a_day - rows.sent_since(db, mlist.id, now - caps.DAY))


def _keep(db: Session, mlist: MailingList, line: Line, words: str, actor: Actor, now: datetime, batch: Batch | None) -> Invitation:
    one = Invitation(list_id=mlist.id, state=InvitationState.WAITING, name=line.name, email=line.email, key=address.key(line.email), created_at=now)
    one.note, one.invited_by = "\n\n".join(filter(None, (line.note, words))), actor.user_id
    one.batch_id = batch.id if batch else None
    db.add(one)
    db.flush()
    note(db, actor, "invited", mlist=mlist, now=now, about=one, detail=one.email)
    return one


def send(db: Session, one: Invitation, now: datetime, *, again: bool = False) -> None:
    """The letter, with a key of its own: to the invited address, and to nobody else."""
    mlist, tongue = one.mlist, tongue_of(db, one)
    token = tokens.issue(db, Purpose.INVITATION, one.email, now, mlist=mlist, object_id=one.id, days=DAYS)
    facts: dict[str, Any] = {"inviter": deciding.name_of(one.inviter), "description": description(mlist), "note": one.note, "again": again, "days": DAYS}
    facts |= {"link": links.invitation_url(outbox.settings_of(db), token), "consent": consents.sentence(mlist, tongue)}
    outbox.write(db, caps.INVITATION, one.email, tongue, now, mlist=mlist, reply_to=deciding.reply_address(db, token), automatic=False, **facts)
    one.state, one.sent_at = InvitationState.SENT, one.sent_at or now


def tongue_of(db: Session, one: Invitation) -> str:
    """In which language we write to them: their own where we know them, else the list's."""
    known = person_at(db, one.key)
    return (known.user.language if known else "") or one.mlist.language


def description(mlist: MailingList) -> str:
    """What the list says of itself, in a few lines."""
    words = " ".join(mlist.description.split())
    return words if len(words) <= LONGEST_DESCRIPTION else words[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + " …"


# ---- the invited person -------------------------------------------------------------------------------------


def by_token(db: Session, token: str, now: datetime) -> Invitation:
    """The invitation that a link is for. Raises NotFound or Expired."""
    row = tokens.look_up(db, token, now)
    one = db.get(Invitation, row.object_id) if row.purpose is Purpose.INVITATION else None
    if one is None:
        raise NotFound("there is no such page")
    return one


def require_open(one: Invitation) -> None:
    """Can it still be accepted? A no can be changed. Raises Conflict for who has accepted, Expired for what was taken back or is over."""
    if one.state is InvitationState.ACCEPTED:
        raise Conflict("accepted-already")
    if one.state not in (*OPEN, InvitationState.DECLINED) or one.mlist.closed_at:
        raise Expired("this invitation was good once")


def require_answerable(one: Invitation) -> None:
    """Does it still ask anybody? Who has accepted does not make it void for the moderators. Raises Expired."""
    if one.state is not InvitationState.ACCEPTED:
        require_open(one)
    elif one.mlist.closed_at:
        raise Expired("this invitation was good once")


def accept(db: Session, one: Invitation, actor: Actor, now: datetime, *, email: str = "", incoming: Incoming | None = None) -> Member:
    """On the list, with a welcome, and the consent kept. `email`: a proven address of theirs that the yes came from.

    Raises Conflict for who is on it by this invitation already, Expired for one that is over, NotAllowed for who is barred.
    """
    mlist = one.mlist
    _hold(db, one)
    require_open(one)
    place = email or one.email
    if bars(db, mlist, {address.key(place), one.key}):
        raise NotAllowed("banned")
    _answers_application(db, one, now)
    member = member_by_key(db, mlist, address.key(place)) or member_by_key(db, mlist, one.key) or _join(db, one, place, actor, now)
    consents.record(db, mlist, place, How.INVITATION, actor, now, language=tongue_of(db, one), incoming=incoming)
    _decide(one, InvitationState.ACCEPTED, now)
    one.answered_from = place if address.key(place) != one.key else ""
    rows.lift_uninvited(db, uninvited_hash(db, one.email), mlist.id)
    note(db, actor, "invitation-accepted", mlist=mlist, now=now, about=one, detail=" ".join(filter(None, (one.email, one.answered_from))))
    return member


def _join(db: Session, one: Invitation, place: str, actor: Actor, now: datetime) -> Member:
    member = add_member(db, one.mlist, NewMember(place, one.name), actor, now)
    digesting.plan(db, member, now)
    membership.welcome(db, member, now)
    return member


def _decide(one: Invitation, state: InvitationState, now: datetime) -> None:
    one.state, one.decided_at, one.told_at = state, now, None


def _answers_application(db: Session, one: Invitation, now: datetime) -> None:
    """Whoever has applied meanwhile has their yes: the inviting moderator's."""
    application = open_application(db, one.mlist, one.key)
    if application:
        application.state, application.decided_at, application.decided_by = ApplicationState.ADMITTED, now, one.invited_by


def decline(db: Session, one: Invitation, actor: Actor, now: datetime, *, everywhere: bool = False) -> None:
    """No, and no more invitations to this list; or (`everywhere`) to any here. Raises Conflict for who has accepted."""
    _hold(db, one)
    if one.state is InvitationState.ACCEPTED:
        raise Conflict("accepted-already")
    rows.keep_uninvited(db, uninvited_hash(db, one.email), None if everywhere else one.list_id, now)
    if one.state in OPEN:
        _decide(one, InvitationState.DECLINED, now)
        note(db, actor, "invitation-declined", mlist=one.mlist, now=now, about=one, detail=one.email)


def returned(db: Session, list_id: int | None, key: str, now: datetime) -> None:
    """The letter came back for good: nobody is there to answer."""
    one = rows.open_by_key(db, list_id, [key]).get(key) if list_id and key else None
    if one and one.state is InvitationState.SENT:
        _decide(one, InvitationState.RETURNED, now)


# ---- the moderators -----------------------------------------------------------------------------------------


def take_back(db: Session, one: Invitation, actor: Actor, now: datetime) -> None:
    """It can be accepted no more; a letter that has not left stays here. Raises Conflict where it is answered already."""
    _hold(db, one)
    if one.state not in OPEN:
        raise Conflict("answered-already")
    stop_letters(db, caps.INVITATION, one.list_id, one.key, one.created_at)
    one.state, one.decided_at, one.told_at = InvitationState.TAKEN_BACK, now, now
    note(db, actor, "invitation-taken-back", mlist=one.mlist, now=now, about=one, detail=one.email)


def again(db: Session, one: Invitation, actor: Actor, now: datetime) -> None:
    """The same letter once more; there is no further reminder. Raises Conflict where nothing is open, TooMany where that would press."""
    _hold(db, one)
    if one.state is not InvitationState.SENT or one.mlist.closed_at:
        raise Conflict("answered-already")
    last = one.reminded_at or one.sent_at
    full = rows.full_mailboxes(db, caps.INVITATION, now - caps.WEEK, caps.INVITATIONS_A_WEEK, [address.mailbox(one.email)])
    if (last and now < last + caps.DAY) or full:
        raise TooMany("enough-for-now")
    send(db, one, now, again=True)
    one.reminded_at = now
    note(db, actor, "invitation-again", mlist=one.mlist, now=now, about=one, detail=one.email)


def _hold(db: Session, one: Invitation) -> None:
    """Whoever else decides on it waits, and sees what we did."""
    db.flush()
    lock(db, one.mlist)
    db.refresh(one, with_for_update=True)
