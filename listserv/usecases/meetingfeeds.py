"""Calendars of meetings that other programs subscribe to: one for each list, and one for each person with all of theirs.

As with feeds, such programs bring no cookie: a private list's calendar has a member's key of feeds in its address, and a
person's own calendar a key that they ask for, and may end by asking for another.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotFound
from listserv.i18n import N_, translations
from listserv.mail import tokens
from listserv.mail.calendarwords import LINK
from listserv.store import meetinglists as rows
from listserv.store.lists import Archive
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member, memberships
from listserv.store.people import User
from listserv.usecases import feeding, meetingfacts, meetingletters, outbox
from listserv.usecases.access import Actor
from listserv.usecases.conversations import mask
from listserv.usecases.journal import note

if TYPE_CHECKING:
    from listserv.mail.imip import Invited

# A calendar shows what was, so far back; and so many meetings at most.
BACK, MOST = timedelta(days=400), 500
MINE = N_("My meetings")
# Fewer than 2 ** 40: five bytes of a signed token.
NUMBERS = 2**39


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar: its bytes, and whether anybody may have them."""

    body: bytes
    public: bool


def of_list(db: Session, name: str, actor: Actor, now: datetime, key: str = "") -> Feed:
    """The meetings of a list. Raises NotFound."""
    from listserv.mail import meetingfeed  # the calendars' library: only where a calendar is asked for

    sight = feeding.sight(db, name, actor, key)
    if not sight.mlist.meetings:
        raise NotFound("there is no such page")
    # One public calendar for all, members too: it is kept by others on the way.
    public = sight.mlist.archive is Archive.PUBLIC
    found = rows.for_calendar(db, [sight.mlist.id], now - BACK, MOST)
    events = [(_shown(db, one, public=public), one.state is MeetingState.CANCELLED) for one in found]
    return Feed(meetingfeed.calendar(events, sight.mlist.title, own=False), public)


def _shown(db: Session, meeting: Meeting, *, public: bool) -> "Invited":
    """Without anybody's name; in public without addresses and without the link that lets one in."""
    from listserv.mail.imip import Invited

    assert meeting.starts_at is not None and meeting.ends_at is not None

    def words(text: str) -> str:
        return mask(LINK.sub("…", text)) if public else text

    page = meetingfacts.page_url(db, meeting)
    return Invited(
        uid=meeting.uid,
        sequence=meeting.sequence,
        title=words(meeting.title),
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        zone=meeting.timezone,
        stamp=meeting.changed_at,
        answer_to="",
        organizer="",
        attendee="",
        place=words(meeting.place),
        url=page if public or not meeting.url else meeting.url,
        text=words(meeting.text),
    )


def of_person(db: Session, token: str, now: datetime) -> Feed:
    """All meetings of somebody's lists, with what they answered. Raises NotFound for a key that is none, or no longer one."""
    from listserv.mail import meetingfeed

    user = _behind(db, token)
    members = {one.list_id: one for one in memberships(db, user.id) if one.mlist.meetings}
    found = rows.for_calendar(db, list(members), now - BACK, MOST)
    said = rows.answers_of(db, user.id, [one.id for one in found])
    events = [(_own(db, one, members[one.list_id], said.get(one.id)), one.state is MeetingState.CANCELLED) for one in found]
    title = translations(user.language or outbox.settings_of(db).site.language).gettext(MINE)
    return Feed(meetingfeed.calendar(events, f"{title} – {outbox.settings_of(db).site.name}", own=True), False)


def _own(db: Session, meeting: Meeting, member: Member, row: Attendee | None) -> "Invited":
    return meetingletters.invited(db, meeting, member, row.said if row and row.waiting_since is None else Said.MAYBE if row else Said.NONE)


def _behind(db: Session, token: str) -> User:
    found = tokens.read(links.signing_key(outbox.settings_of(db)), token)
    user = db.get(User, found[1][0]) if found and found[0] is tokens.Kind.CALENDAR and len(found[1]) == 2 else None
    if found is None or user is None or user.calendar_number != found[1][1]:
        raise NotFound("there is no such page")
    return user


def address(db: Session, user: User) -> str:
    """Where this person's calendar program finds their meetings; empty where they have asked for no such address."""
    return links.calendar_url(outbox.settings_of(db), user.id, user.calendar_number) if user.calendar_number is not None else ""


def renew(db: Session, user: User, actor: Actor, now: datetime) -> str:
    """The address of this person's calendar: a new one, the old one ends."""
    user.calendar_number = secrets.randbelow(NUMBERS)
    note(db, actor, "calendar-renewed", mlist=None, now=now, about=user)
    return address(db, user)


def list_address(db: Session, member: Member) -> str:
    """Where this member's calendar program finds the meetings of a list."""
    settings = outbox.settings_of(db)
    if member.mlist.archive is Archive.PUBLIC:
        return links.meetings_feed_url(settings, member.mlist.name)
    key = tokens.sign(links.signing_key(settings), tokens.Kind.FEED, member.id, member.feed_number)
    return links.meetings_feed_url(settings, member.mlist.name, key)


def with_meetings(members: Sequence[Member]) -> bool:
    """Is any of these lists one that meets?"""
    return any(one.mlist.meetings for one in members)


def one_file(db: Session, meeting: Meeting, member: Member | None, *, sees: bool) -> bytes:
    """One meeting as a file for a calendar: a member's own, else as strangers may see it."""
    from listserv.mail import meetingfeed

    event = meetingletters.invited(db, meeting, member) if member else _shown(db, meeting, public=not sees)
    return meetingfeed.calendar([(event, meeting.state is MeetingState.CANCELLED)], meeting.mlist.title, own=False)
