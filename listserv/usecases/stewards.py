"""Who looks after a list in the browser, and what only its owners may change (the command line stays an administrator's)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotAllowed, NotFound
from listserv.i18n import N_
from listserv.store.lists import MailingList, lock
from listserv.store.members import MODERATING, Member, Role, count_owners, memberships
from listserv.store.trusted import forget_trust
from listserv.usecases import administration, outbox, roster
from listserv.usecases.access import Actor, list_and_member, moderates

ONLY_OWNERS = N_("Only coordinators do this.")
LAST_OWNER = N_("The list needs a coordinator: first make somebody else one.")
ONLY_ADMINISTRATORS = N_("Only administrators of this server change the other addresses.")
THEIR_LANGUAGE = N_("This person has chosen a language, and it is the same on every list: only they change it.")
# What a steward may change of a member. Not their address or name: those are the person's on every list.
CHANGEABLE = ("role", "delivery", "schedule", "language", "status", "moderated", "preview")


@dataclass(frozen=True, slots=True)
class Steward:
    """Somebody who looks after a list: a moderator, an owner, or an administrator of the site (`member` may be None)."""

    mlist: MailingList
    member: Member | None
    actor: Actor

    @property
    def owner(self) -> bool:
        """May they name moderators and change the list itself?"""
        return self.actor.administrator or (self.member is not None and self.member.role is Role.OWNER)


def steward(db: Session, name: str, actor: Actor) -> Steward:
    """This person as one who looks after that list. Raises NotFound for everybody else, as if there were no such page."""
    mlist, member = list_and_member(db, name, actor)
    if not (moderates(member) or actor.administrator):
        raise NotFound("there is no such page")
    return Steward(mlist, member, actor)


def member_here(db: Session, who: Steward, member_id: int) -> Member:
    """A member of the steward's list. Raises NotFound."""
    member = db.get(Member, member_id)
    if member is None or member.list_id != who.mlist.id:
        raise NotFound("there is no such page")
    return member


def may_change(who: Steward, member: Member) -> bool:
    """Owners change everybody; moderators change ordinary members, and themselves."""
    return who.owner or member.role not in MODERATING or member.user_id == who.actor.user_id


def may_set_language(db: Session, who: Steward, member: Member) -> bool:
    """A language is the person's on every list: stewards give one to who has none, and change it for who is on no other list."""
    return who.actor.administrator or not member.user.language or is_here_alone(db, who, member.user_id)


def is_here_alone(db: Session, who: Steward, user_id: int) -> bool:
    """Is this person on no other list than the steward's?"""
    return all(other.list_id == who.mlist.id for other in memberships(db, user_id))


def change_member(db: Session, who: Steward, member: Member, values: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """Change what differs; which settings that were. Raises NotAllowed, or Invalid with a sentence for the form."""
    lock(db, who.mlist)
    db.refresh(member)
    wanted = {key: value for key, value in values.items() if key in CHANGEABLE and value != present(member, key)}
    if not wanted:
        return ()
    if not may_change(who, member) or ("role" in wanted and not who.owner):
        raise NotAllowed(ONLY_OWNERS)
    if "language" in wanted and not may_set_language(db, who, member):
        raise Invalid(THEIR_LANGUAGE)
    if "role" in wanted:
        _keep_an_owner(db, member)
    if wanted.get("moderated") == "yes":
        forget_trust(db, who.mlist.id, member.address.key)
    roster.set_member(db, member, wanted, who.actor, now)
    return tuple(wanted)


def present(member: Member, key: str) -> str:
    """A member's setting as a form says it."""
    if key == "language":
        return member.user.language
    value = getattr(member, key)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def reset_bounces(db: Session, who: Steward, member: Member, now: datetime) -> None:
    """Mail goes to this address again, and its bounces are forgotten. Raises NotAllowed."""
    if not may_change(who, member):
        raise NotAllowed(ONLY_OWNERS)
    roster.set_member(db, member, {"status": "enabled"}, who.actor, now)
    member.last_bounce_at = None


def remove(db: Session, who: Steward, member: Member, now: datetime, *, letter: bool, words: str = "") -> str:
    """Take somebody off the list, with a letter or silently; their address. Raises NotAllowed, or Invalid for the last owner."""
    lock(db, who.mlist)
    db.refresh(member)
    if member.role in MODERATING and not who.owner:
        raise NotAllowed(ONLY_OWNERS)
    _keep_an_owner(db, member)
    email, tongue = member.address.email, member.user.language
    administration.remove_member(db, member, who.actor, now, why=words)
    if letter:
        outbox.write(db, "removed", email, tongue, now, mlist=who.mlist, automatic=False, words=words)
    return email


def _keep_an_owner(db: Session, member: Member) -> None:
    """Nobody locks the last owner out, they themselves included."""
    if member.role is Role.OWNER and count_owners(db, member.list_id) < 2:
        raise Invalid(LAST_OWNER)


def list_value(mlist: MailingList, key: str) -> str:
    """A list's setting as a form says it."""
    value = getattr(mlist, key)
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def hold_list(db: Session, who: Steward) -> None:
    """The list as it is now; whoever else would change it waits."""
    lock(db, who.mlist)
    db.refresh(who.mlist)


def change_list(db: Session, who: Steward, values: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    """Change what differs of the list; which settings that were. Raises NotAllowed, or Invalid with the sentence for the form."""
    if not who.owner:
        raise NotAllowed(ONLY_OWNERS)
    hold_list(db, who)
    wanted = {key: value for key, value in values.items() if value != list_value(who.mlist, key)}
    if "alias" in wanted and not who.actor.administrator:
        # An alias takes mail of an address; which ones are forwarded to us, administrators know.
        raise Invalid(ONLY_ADMINISTRATORS)
    if wanted:
        administration.set_list(db, who.mlist, wanted, who.actor, now)
    return tuple(wanted)
