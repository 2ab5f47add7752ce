"""What people see and change of themselves: their lists, name, language, zone and addresses. The same verbs as by mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotFound
from listserv.i18n import N_
from listserv.mail import fields
from listserv.mail.commands import Command, Kind
from listserv.store.drafts import DraftLine, drafts_of
from listserv.store.lists import Archive, MailingList, list_by_name
from listserv.store.members import Member, member_of, memberships
from listserv.store.moderation import took_themselves_off
from listserv.store.ownposts import latest_of, undecided_of
from listserv.store.people import Address, User
from listserv.usecases import cities, consents, digesting, parting, positions, roster, steering
from listserv.usecases.administration import LONGEST_NAME, one_line
from listserv.usecases.consents import Given
from listserv.usecases.conversations import AN_AT
from listserv.usecases.journal import note
from listserv.usecases.shown import View
from listserv.usecases.signin import Person

POSTS_TOLD = 10
# How somebody left a list, as the journal notes it.
WHY = {
    "me": N_("on their own page"),
    "link": N_("by the link in a letter"),
    "complaint": N_("after a complaint about a message"),
    "undone": N_("the decision to admit them was taken back"),
}
NO_NUMBER = N_("How many messages make a digest is a number from 1 to 100.")
NO_TIME = N_("Please choose a day, and give the hour like this: 07:00.")


@dataclass(frozen=True, slots=True)
class Post:
    """One of somebody's own posts: `state` is posted, pending, refused or withdrawn."""

    list_name: str
    list_title: str
    list_language: str
    subject: str
    at: datetime
    state: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's own page."""

    user: User
    memberships: Sequence[Member]
    drafts: Sequence[DraftLine]
    posts: tuple[Post, ...]
    # How many messages are new on each list that has any.
    new: Mapping[int, int]
    # What they agreed to, newest first.
    consents: Sequence[Given] = ()


def overview(db: Session, person: Person) -> Mine:
    """All that a person's own page shows."""
    user = db.get_one(User, person.user_id)
    posts = [Post(name, title, tongue, subject, at, "posted", found) for name, title, tongue, subject, at, found in latest_of(db, user.id, POSTS_TOLD)]
    emails = [place.email for place in user.addresses]
    for name, title, tongue, subject, at, state in undecided_of(db, emails, POSTS_TOLD) if emails else ():
        posts.append(Post(name, title, tongue, subject, at, state.value))
    told = sorted(posts, key=lambda post: post.at, reverse=True)[:POSTS_TOLD]
    own = memberships(db, user.id)
    return Mine(user, own, _drafts(db, person, own), tuple(told), positions.news_by_list(db, user.id), consents.of_person(db, user))


def _drafts(db: Session, person: Person, own: Sequence[Member]) -> list[DraftLine]:
    """With the title of the thread that each answers, where this person may still read it."""
    there = {member.list_id: member for member in own}
    found = ((line, View(line.mlist, there.get(line.mlist.id), line.mlist.id in there or person.actor.administrator)) for line in drafts_of(db, person.user_id))
    return [line._replace(subject=view.veil(line.title)) if line.title and _may_read(view, line) else line for line, view in found]


def _may_read(view: View, line: DraftLine) -> bool:
    if line.hidden:
        return view.decides
    return view.sees_addresses or view.mlist.archive is Archive.PUBLIC


def own_membership(db: Session, person: Person, name: str) -> Member:
    """A person's own membership of a list. Raises NotFound."""
    mlist = list_by_name(db, name)
    member = member_of(db, mlist, person.user_id) if mlist else None
    if member is None:
        raise NotFound("there is no such page")
    return member


def set_delivery(db: Session, member: Member, said: Mapping[str, str], days: Sequence[str], person: Person, now: datetime) -> None:
    """How a list's mail comes, and to which address. Raises Invalid."""
    values = {"delivery": said.get("delivery", member.delivery)}
    if values["delivery"] == "digest":
        values["schedule"] = schedule_from(said, days)
    if "least" in said:
        values |= {"digest_least": said["least"].strip() or "1", "digest_form": said.get("digest_form", "html")}
        values["own_threads"] = "yes" if "own" in said else "no"
    place = own_address(member.user, said.get("address", ""))
    if place and place.id != member.address_id:
        values["email"] = place.email
    try:
        roster.set_member(db, member, values, person.actor, now)
    except Invalid as wrong:
        raise Invalid(NO_NUMBER if str(wrong).startswith("digest_least") else NO_TIME) from None


def schedule_from(said: Mapping[str, str], days: Sequence[str]) -> str:
    """`weekly mon,thu 07:00` from a form's fields. Raises Invalid."""
    every, at = said.get("every", "daily"), said.get("at", "") or "07:00"
    if every == "weekly" and not days:
        raise Invalid(N_("Please choose at least one day of the week."))
    middle = {"weekly": f" {','.join(days)}", "monthly": f" {said.get('day', '') or '1'}"}.get(every, "")
    return f"{every}{middle} {at}"


def own_address(user: User, given: str) -> Address | None:
    """One of a person's own proven addresses, by its number."""
    return next((place for place in user.addresses if str(place.id) == given and place.verified_at), None)


def pause(db: Session, member: Member, until: str, person: Person, now: datetime) -> None:
    """No mail from a list until after this day (YYYY-MM-DD; empty: until further notice). Raises Invalid."""
    command = Command(Kind.PAUSE, until=_day(until) if until else None)
    if steering.is_over(db, member, command, now):
        raise Invalid(N_("That day is over. A pause ends today or later."))
    steering.change(db, member, command, now, actor=person.actor)


def _day(text: str) -> tuple[int, int, int]:
    try:
        day = datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise Invalid(N_("Please give the day like this: 2026-08-15.")) from None
    return day.day, day.month, day.year


def resume(db: Session, member: Member, person: Person, now: datetime) -> None:
    """Mail from the list again."""
    steering.change(db, member, Command(Kind.RESUME), now, actor=person.actor)


def set_preview(db: Session, member: Member, said: str, person: Person, now: datetime) -> None:
    """To see one's posts before everybody does, or no longer."""
    steering.change(db, member, Command(Kind.PREVIEW if said == "yes" else Kind.NO_PREVIEW), now, actor=person.actor)


def leave(db: Session, member: Member, person: Person, now: datetime) -> None:
    """Leave a list. Raises NotAllowed for the last one who decides on it."""
    parting.leave(db, member, person.actor, now, why="me")


def just_left(db: Session, person: Person, name: str, now: datetime) -> MailingList | None:
    """The list of that name, if this person has left it within the hour; whoever has not learns nothing of it."""
    mlist = list_by_name(db, name)
    return mlist if mlist and took_themselves_off(db, person.user_id, mlist.id, now - timedelta(hours=1)) else None


def set_profile(db: Session, person: Person, said: Mapping[str, str], now: datetime) -> None:
    """Name, language and zone. Raises Invalid; nothing is changed then."""
    user = db.get_one(User, person.user_id)
    name, tongue, zone = one_line(said.get("name", "")), said.get("language", ""), said.get("timezone", "").strip()
    if len(name) > LONGEST_NAME or AN_AT.search(f"{name} {fields.line(name)}"):
        raise Invalid(N_("A name has up to 200 characters, and no @."))
    if tongue not in ("", "en", "pl"):
        raise Invalid(N_("There is no such language here."))
    moved = zone != user.timezone
    user.timezone = checked_zone(zone)
    user.name, user.language = name, tongue
    for member in memberships(db, user.id) if moved else ():
        digesting.plan(db, member, now)
    note(db, person.actor, "profile-set", mlist=None, now=now)


def checked_zone(name: str) -> str:
    """A time zone's name, or nothing for the site's. Raises Invalid."""
    try:
        return name and ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        if city := cities.zone_of(name):
            return city
        raise Invalid(N_("There is no such time zone. Europe/Warsaw is one.")) from None
