"""Whoever's token it is: their name, their addresses, the token itself; their own lists, joined, changed and left."""

from datetime import date
from typing import Literal

from pydantic import Field

from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.store import apipages
from listserv.store.members import DeliveryMode, DigestForm, Member, Role, Status
from listserv.store.people import User
from listserv.usecases import apitokens, joining, mypage, parting, roster
from listserv.usecases.joining import Wish
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.lists import Language, as_text
from listserv.web.api.marks import marked, require_unchanged
from listserv.web.api.members import SCHEDULE
from listserv.web.api.models import Email, Line, Moment, Paged, Sent, Shown, Text
from listserv.web.api.paging import paged, place
from listserv.web.api.problems import Problem
from listserv.web.visit import visit

LAST_OWNER = "Nobody but you decides on this list. Please make somebody else its coordinator first."


class AddressShown(Shown):
    """One of one's addresses."""

    email: str
    verified: bool


class Me(Shown):
    """A person, as they see themselves."""

    id: int
    name: str
    language: str
    timezone: str
    administrator: bool
    addresses: list[AddressShown]


class MeChange(Sent):
    """What is to be different; what is left out stays."""

    name: Line = Field(None, max_length=200)  # type: ignore[assignment]
    language: Language = None  # type: ignore[assignment]
    timezone: Line = Field(None, max_length=64, examples=["Europe/Warsaw"])  # type: ignore[assignment]


class TokenShown(Shown):
    """The token in hand."""

    id: int
    name: str
    scopes: list[str]
    created_at: Moment
    expires_at: Moment


class Membership(Shown):
    """One's own membership of a list."""

    list: str
    title: str
    role: Role
    email: str = Field(description="Where its mail goes.")
    delivery: DeliveryMode
    schedule: str
    status: Status
    paused_until: Moment | None
    preview: bool
    digest_least: int
    digest_form: DigestForm
    own_threads: bool = Field(description="Threads in which one has written come at once.")
    joined_at: Moment


class MembershipPage(Shown):
    """A page of one's memberships."""

    items: list[Membership]
    next: str | None


class MembershipChange(Sent):
    """What is to be different; what is left out stays."""

    email: Email = Field(None, description="One of one's own verified addresses.")  # type: ignore[assignment]
    delivery: DeliveryMode = None  # type: ignore[assignment]
    schedule: Line = SCHEDULE
    status: Literal["enabled", "paused"] = None  # type: ignore[assignment]
    paused_until: date = Field(None, description="The last day without mail; with `status` `paused`.")  # type: ignore[assignment]
    preview: bool = None  # type: ignore[assignment]
    digest_least: int = Field(None, ge=1, le=100)  # type: ignore[assignment]
    digest_form: DigestForm = None  # type: ignore[assignment]
    own_threads: bool = None  # type: ignore[assignment]


class NewMembership(Sent):
    """The wish to join a list."""

    list: Line = Field(min_length=1, max_length=63)
    words: Text = Field("", description="For the moderators who read it.", max_length=10_000)
    answers: tuple[Text, ...] = Field((), max_length=5, description="To the list's questions, in their order.")
    agrees: bool = Field(False, description="To the list's own sentence about data, where it has one.")
    email: Email = Field("", description="One of one's own verified addresses; without it the first of them.")


def user() -> User:
    """Whose token it is."""
    return visit().db.get_one(User, caller().user_id)


def _me(user: User) -> Me:
    places = [AddressShown(email=one.email, verified=one.verified_at is not None) for one in user.addresses]
    return Me(id=user.id, name=user.name, language=user.language, timezone=user.timezone, administrator=user.administrator, addresses=places)


@endpoint("GET", "/me", "read", returns=Me)
def get() -> object:
    """Who I am here."""
    return marked(_me(user()))


@endpoint("PATCH", "/me", "write", sent=MeChange, returns=Me)
def change(json: MeChange) -> object:
    """Change my name, language or time zone; they are the same on every list."""
    mine = user()
    require_unchanged(_me(mine))
    was = {"name": mine.name, "language": mine.language, "timezone": mine.timezone}
    mypage.set_profile(visit().db, caller(), was | json.model_dump(exclude_unset=True), visit().now)
    visit().db.flush()
    return marked(_me(mine))


@endpoint("GET", "/me/token", "read", returns=TokenShown)
def token() -> TokenShown:
    """The token in hand: what it may do, and until when."""
    row = apitokens.own(visit().db, caller().user_id, caller().token_id)
    return TokenShown(id=row.id, name=row.name, scopes=row.scopes.split(), created_at=row.created_at, expires_at=row.expires_at)


@endpoint("DELETE", "/me/token", "read", status=204)
def take_back() -> None:
    """Take the token in hand back: it is good for nothing from now on."""
    row = apitokens.own(visit().db, caller().user_id, caller().token_id)
    apitokens.take_back(visit().db, row, caller().actor, visit().now)


# ---- my lists ----------------------------------------------------------------------------------------------


def told(member: Member) -> Membership:
    """A membership as its member sees it."""
    names = ("role", "delivery", "schedule", "status", "paused_until", "preview", "digest_least", "digest_form", "own_threads", "joined_at")
    facts = {key: getattr(member, key) for key in names}
    return Membership(list=member.mlist.name, title=member.mlist.title, email=member.address.email, **facts)


@endpoint("GET", "/me/memberships", "read", query=Paged, returns=MembershipPage)
def memberships(query: Paged) -> MembershipPage:
    """The lists that I am on, by name."""
    after = place(query, str) or ("",)
    rows = apipages.memberships_after(visit().db, caller().user_id, after[0], query.limit + 1)
    return MembershipPage(**paged(rows, query, told, lambda member: (member.mlist.name,)))


@endpoint("GET", "/me/memberships/<list:name>", "read", returns=Membership)
def membership(name: str) -> object:
    """How I am on one list."""
    return marked(told(mypage.own_membership(visit().db, caller(), name)))


@endpoint("POST", "/me/memberships", "write", sent=NewMembership, status=202)
def join(json: NewMembership) -> None:
    """Ask to join a list. What becomes of it comes by mail: the answer is the same whoever asks."""
    db = visit().db
    mlist = joining.place(db, json.list)
    own = [one.email for one in user().addresses if one.verified_at]
    email = json.email or next(iter(own), "")
    if email not in own:
        raise Problem("invalid", errors=[{"pointer": "#/email", "detail": "This is no verified address of yours."}])
    wish = Wish(caller().name, email, json.words, caller().language, "", json.answers, json.agrees)
    joining.ask(db, mlist, wish, caller().actor, visit().now)


@endpoint("PATCH", "/me/memberships/<list:name>", "write", sent=MembershipChange, returns=Membership)
def change_membership(name: str, json: MembershipChange) -> object:
    """Change how one list's mail comes to me."""
    db, now = visit().db, visit().now
    member = mypage.own_membership(db, caller(), name)
    require_unchanged(told(member))
    said = json.model_dump(exclude_unset=True)
    status, until, preview = said.pop("status", None), said.pop("paused_until", None), said.pop("preview", None)
    if said:
        roster.set_member(db, member, _settings(member, said), caller().actor, now)
    if preview is not None:
        mypage.set_preview(db, member, "yes" if preview else "no", caller(), now)
    if status == "paused":
        mypage.pause(db, member, until.isoformat() if until else "", caller(), now)
    elif status == "enabled":
        mypage.resume(db, member, caller(), now)
    elif until:
        raise Invalid("paused_until goes with the status paused")
    db.flush()
    return marked(told(member))


def _settings(member: Member, said: dict[str, object]) -> dict[str, str]:
    """What changes, in the words of settings. Raises 422 for an address that is not proven to be theirs."""
    if "email" in said and said["email"] not in [one.email for one in member.user.addresses if one.verified_at]:
        raise Problem("invalid", errors=[{"pointer": "#/email", "detail": "This is no verified address of yours."}])
    return {key: as_text(value) for key, value in said.items()}


@endpoint("DELETE", "/me/memberships/<list:name>", "write", status=204)
def leave(name: str) -> None:
    """Leave a list; the goodbye says how to come back."""
    member = mypage.own_membership(visit().db, caller(), name)
    require_unchanged(told(member))
    try:
        parting.leave(visit().db, member, caller().actor, visit().now, why="me")
    except NotAllowed:
        raise Conflict(LAST_OWNER) from None
