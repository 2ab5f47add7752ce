"""Those who keep the site: named and released by one another, and never without the last of them."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict, NotFound
from listserv.i18n import N_
from listserv.store import erasing, people, sitepeople
from listserv.store.erasing import Posts
from listserv.store.members import Member, Status
from listserv.store.people import User
from listserv.usecases import apitokens, privacy, roster
from listserv.usecases.access import Actor
from listserv.usecases.journal import note
from listserv.usecases.privacy import LAST_KEEPER

NO_ADDRESS = N_("This person has no address that a sign-in link could go to.")
NOT_STOPPED = N_("Mail is being sent to this address: there is no pause to end.")


def person_here(db: Session, user_id: int) -> User:
    """A person of this site. Raises NotFound, also for one who was forgotten."""
    user = db.get(User, user_id)
    if user is None or not (user.addresses or user.name):
        raise NotFound("there is no such page")
    return user


def name_keeper(db: Session, user: User, actor: Actor, now: datetime) -> None:
    """From now on this person keeps the site. Raises Conflict for who cannot sign in; harmless where they do already."""
    sitepeople.administrators_held(db)
    db.refresh(user)
    if user.administrator:
        return
    if not user.addresses:
        raise Conflict(NO_ADDRESS)
    user.administrator = True
    note(db, actor, "administrator-named", mlist=None, now=now, about=user)


def release_keeper(db: Session, user: User, actor: Actor, now: datetime) -> None:
    """This person no longer keeps the site. Raises Conflict for the last one."""
    held = sitepeople.administrators_held(db)
    if user.id not in held:
        return
    if not sitepeople.has_other_keeper(db, user.id):
        raise Conflict(LAST_KEEPER)
    db.refresh(user)
    user.administrator = False
    note(db, actor, "administrator-released", mlist=None, now=now, about=user)


def sign_out(db: Session, user: User, actor: Actor, now: datetime) -> None:
    """End all this person's sessions, and the tokens of their programs: whoever got in may have made one to come back with."""
    people.end_browsers(db, user.id)
    apitokens.take_back_all(db, user.id, actor, now)
    note(db, actor, "signed-out-by-administrator", mlist=None, now=now, about=user)


def forget(db: Session, user: User, posts: Posts, actor: Actor, now: datetime) -> None:
    """Plan to forget this person, as they could themselves: each address is told and can stop it. Raises Conflict."""
    privacy.ask(db, user.id, posts, actor, now)


def keep(db: Session, user: User, actor: Actor, now: datetime) -> None:
    """Stop that, too. Raises Conflict once it has begun."""
    privacy.keep(db, user.id, actor, now)


def lift_pause(db: Session, user: User, address_id: int, actor: Actor, now: datetime) -> int:
    """Lists send to this address again, and what came back is forgotten; on how many lists. Raises NotFound, or Conflict where none is paused."""
    if address_id not in {place.id for place in user.addresses}:
        raise NotFound("there is no such page")
    stopped = [member for member in sitepeople.memberships(db, user.id) if member.address_id == address_id and _is_stopped(member)]
    if not stopped:
        raise Conflict(NOT_STOPPED)
    for member in stopped:
        roster.set_member(db, member, {"status": "enabled"}, actor, now)
        member.last_bounce_at = None
    return len(stopped)


def _is_stopped(member: Member) -> bool:
    return member.status is Status.BOUNCING or member.bounce_score > 0


def is_going(db: Session, user: User) -> erasing.Erasure | None:
    """When this person is forgotten, where that is planned."""
    return privacy.planned(db, user.id)
