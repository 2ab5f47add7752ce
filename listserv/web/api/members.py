"""Those on a list, for those who look after it: looked up, added, changed, taken off."""

from typing import Any, Literal

from pydantic import Field

from listserv.errors import Conflict, Invalid
from listserv.mail import address
from listserv.store import apipages
from listserv.store.members import DeliveryMode, Member, Role, Status
from listserv.usecases import administration, enrolling, stewards
from listserv.usecases.newcomers import Fate
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.lists import Language, as_text
from listserv.web.api.marks import marked, require_unchanged
from listserv.web.api.models import Email, Line, Moment, Paged, Sent, Shown, Text
from listserv.web.api.paging import paged, place
from listserv.web.visit import visit

SCHEDULE: Any = Field(None, max_length=64, examples=["daily 07:00", "weekly mon,thu 07:00", "monthly 1 07:00"])
# Why somebody is not added.
WHY_NOT = {
    Fate.ALREADY: "This person is on the list already.",
    Fate.BARRED: "This address is barred from the list.",
    Fate.LEFT: "This person has left by their own wish, and comes back by their own word.",
    Fate.A_LIST: "This is an address of this site: a list cannot be a member.",
    Fate.A_ROLE: "Nobody reads at this address.",
    Fate.APPLIED: "This person has applied: answer their application.",
}


class MemberShown(Shown):
    """Somebody on a list."""

    id: int
    email: str
    name: str
    role: Role
    delivery: DeliveryMode
    schedule: str
    status: Status
    paused_until: Moment | None
    language: str
    moderated: bool = Field(description="Their messages wait for a moderator.")
    preview: bool = Field(description="They see each of their messages before it is sent.")
    joined_at: Moment


class MemberPage(Shown):
    """A page of members."""

    items: list[MemberShown]
    next: str | None


class MembersAsked(Paged):
    """Which members."""

    role: Role | None = None
    delivery: DeliveryMode | None = None
    status: Status | None = None
    email: Email = Field("", description="Only whoever has the list's mail at this address.")


class NewMemberSent(Sent):
    """Somebody to be added."""

    email: Email = Field(min_length=3)
    name: Line = Field("", max_length=200, pattern=r'^[^\x00-\x1f\x7f@<>"]*$')
    role: Role = Role.MEMBER
    delivery: DeliveryMode = DeliveryMode.EACH
    welcome: bool = Field(True, description="Send the letter that welcomes them.")


class MemberChange(Sent):
    """What is to be different; what is left out stays."""

    role: Role = None  # type: ignore[assignment]
    delivery: DeliveryMode = None  # type: ignore[assignment]
    schedule: Line = SCHEDULE
    language: Language = None  # type: ignore[assignment]
    status: Literal["enabled", "paused"] = None  # type: ignore[assignment]
    moderated: bool = None  # type: ignore[assignment]
    preview: bool = None  # type: ignore[assignment]


class Removal(Shown):
    """How somebody is taken off."""

    letter: bool = Field(True, description="Tell them by a letter.")
    words: Text = Field("", max_length=2000, description="What the letter says beside the rest.")


def told(member: Member) -> MemberShown:
    """A member as those who look after the list see them."""
    facts = {key: getattr(member, key) for key in MemberShown.model_fields if key not in ("email", "name", "language")}
    return MemberShown(email=member.address.email, name=member.user.name, language=member.user.language, **facts)


@endpoint("GET", "/lists/<list:name>/members", "moderate", query=MembersAsked, returns=MemberPage)
def ls(name: str, query: MembersAsked) -> MemberPage:
    """Those on a list, in the order in which they came."""
    who = stewards.steward(visit().db, name, caller().actor)
    after = place(query, int) or (0,)
    key = address.key(query.email) if query.email else ""
    only = apipages.Only(query.role, query.delivery, query.status, key)
    rows = apipages.members_after(visit().db, who.mlist.id, after[0], query.limit + 1, only)
    return MemberPage(**paged(rows, query, told, lambda member: (member.id,)))


@endpoint("GET", "/lists/<list:name>/members/<id:member_id>", "moderate", returns=MemberShown)
def get(name: str, member_id: int) -> object:
    """One of them."""
    who = stewards.steward(visit().db, name, caller().actor)
    return marked(told(stewards.member_here(visit().db, who, member_id)))


@endpoint("POST", "/lists/<list:name>/members", "moderate", sent=NewMemberSent, returns=MemberShown, status=201)
def add(name: str, json: NewMemberSent) -> object:
    """Put somebody on a list. Moderators and owners are named by owners alone."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    email = administration.checked_email(json.email)
    lines = enrolling.enrol(db, who, f'"{json.name}" <{email}>' if json.name.strip() else email, visit().now, delivery=json.delivery, welcome=json.welcome)
    fate = lines[0].fate if len(lines) == 1 else Fate.UNREADABLE
    if fate is not Fate.ADDED:
        raise Conflict(WHY_NOT[fate]) if fate in WHY_NOT else Invalid("{email} cannot be added", email=json.email)
    db.flush()
    member = administration.find_member(db, who.mlist, lines[0].email)
    if json.role is not Role.MEMBER:
        stewards.change_member(db, who, member, {"role": json.role.value}, visit().now)
    answer = marked(told(member), 201)
    answer.headers["Location"] = f"{visit().settings.site.url}/api/v1/lists/{who.mlist.name}/members/{member.id}"
    return answer


@endpoint("PATCH", "/lists/<list:name>/members/<id:member_id>", "moderate", sent=MemberChange, returns=MemberShown)
def change(name: str, member_id: int, json: MemberChange) -> object:
    """Change somebody's role, delivery, schedule or status."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    stewards.hold_list(db, who)
    member = stewards.member_here(db, who, member_id)
    require_unchanged(told(member))
    values = {key: as_text(value) for key, value in json.model_dump(exclude_unset=True).items()}
    stewards.change_member(db, who, member, values, visit().now)
    db.flush()
    return marked(told(member))


@endpoint("DELETE", "/lists/<list:name>/members/<id:member_id>", "moderate", query=Removal, status=204)
def remove(name: str, member_id: int, query: Removal) -> None:
    """Take somebody off a list, with a letter or silently."""
    db = visit().db
    who = stewards.steward(db, name, caller().actor)
    stewards.hold_list(db, who)
    member = stewards.member_here(db, who, member_id)
    require_unchanged(told(member))
    stewards.remove(db, who, member, visit().now, letter=query.letter, words=query.words.strip())
