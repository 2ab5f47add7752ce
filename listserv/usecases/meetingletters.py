"""Letters to members about a meeting: the invitation, what has changed, and the echo of an answer; as words, as buttons and for calendars."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from listserv import letters, links
from listserv.i18n import choose_language
from listserv.mail import compose, tokens
from listserv.mail.tokens import Kind
from listserv.store.lists import MailingList
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member
from listserv.store.queue import Letter
from listserv.usecases import outbox
from listserv.usecases.meetingfacts import facts, page_url
from listserv.usecases.outbox import ACT, Cause

if TYPE_CHECKING:
    from listserv.mail.imip import Invited

__all__ = ["answer_address", "answer_url", "facts", "invite", "invited", "page_url", "token_for"]

# What an invitation tells.
NEW, MOVED, CHANGED, CANCELLED = "new", "moved", "changed", "cancelled"
PARTSTAT = {Said.NONE: "NEEDS-ACTION", Said.YES: "ACCEPTED", Said.NO: "DECLINED", Said.MAYBE: "TENTATIVE"}
INVITATION = "meeting-invitation"


def token_for(db: Session, meeting: Meeting, member: Member) -> str:
    """The key of this person to this meeting: it needs no row, and is the same each time."""
    return tokens.sign(links.signing_key(outbox.settings_of(db)), Kind.MEETING, member.id, meeting.id)


def answer_address(db: Session, meeting: Meeting, member: Member) -> str:
    """Where this person answers, by a word or by their calendar."""
    return links.token_address(outbox.settings_of(db), token_for(db, meeting, member))


def answer_url(db: Session, meeting: Meeting, member: Member, said: str = "yes") -> str:
    """The page on which this person answers: what was pressed is chosen there, and said with one more press."""
    return f"{outbox.settings_of(db).site.url}/r/meeting/{token_for(db, meeting, member)}?say={said}"


def invite(db: Session, meeting: Meeting, member: Member, now: datetime, *, news: str = NEW, said: Said = Said.NONE, cause: Cause = ACT) -> Letter | None:
    """One person's invitation, or what is new about it, with the calendar in it."""
    method = "CANCEL" if news == CANCELLED else "REQUEST"
    ics = _calendar(db, meeting, member, method, said)
    more: dict[str, Any] = {"calendar": compose.File(method, "text/calendar", ics)}
    more["attached"] = (compose.File("invite.ics", "application/ics", ics),)
    more |= _facts(db, meeting, member, news)
    reply_to = answer_address(db, meeting, member)
    return outbox.to_member(db, INVITATION, member, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, cause=cause, **more)


def _facts(db: Session, meeting: Meeting, member: Member, news: str) -> dict[str, Any]:
    tongue = choose_language((member.user.language, meeting.mlist.language, outbox.settings_of(db).site.language))
    answers = {f"{said}_url": answer_url(db, meeting, member, said) for said in ("yes", "no", "maybe")}
    return {**facts(db, meeting, tongue), **answers, "meeting_news": news}


def _calendar(db: Session, meeting: Meeting, member: Member, method: str, said: Said) -> bytes:
    from listserv.mail import imip  # the calendars' library: only where there are meetings

    return imip.calendar(invited(db, meeting, member, said), method)


def invited(db: Session, meeting: Meeting, member: Member, said: Said = Said.NONE) -> "Invited":
    """The meeting as this person's calendar shall have it."""
    from listserv.mail.imip import Invited

    assert meeting.starts_at is not None and meeting.ends_at is not None
    # What was told a second time is newer, whatever clocks say: its sequence is higher.
    return Invited(
        uid=meeting.uid,
        sequence=meeting.sequence,
        title=meeting.title,
        starts=meeting.starts_at,
        ends=meeting.ends_at,
        zone=meeting.timezone,
        stamp=meeting.changed_at,
        answer_to=answer_address(db, meeting, member),
        organizer=meeting.mlist.title,
        attendee=member.address.email,
        name=member.user.name,
        place=meeting.place,
        url=meeting.url,
        text=meeting.text,
        partstat=PARTSTAT[said],
    )


def as_shown(db: Session, mlist: MailingList, plan_facts: dict[str, Any], language: str, *, news: str) -> letters.Words:
    """The invitation as it would look, for the moderators who decide about it: with no key of anybody's."""
    settings = outbox.settings_of(db)
    page = links.archive_url(settings, mlist.name) + "meetings/"
    same = {f"{said}_url": page for said in ("yes", "no", "maybe")}
    common = outbox.common_facts(settings, mlist)
    return letters.render(INVITATION, language, **common, to="", **plan_facts, **same, meeting_news=news, meeting_page_url=page)


def echo(
    db: Session,
    meeting: Meeting,
    member: Member,
    row: Attendee | None,
    now: datetime,
    *,
    heard: str = "",
    place: int = 0,
    cause: Cause = ACT,
    words: str = "",
    passed_on: bool = False,
) -> Letter | None:
    """A short letter that says what was understood. `heard`: what came instead of an answer;

    `place`: in the line of those who wait; `passed_on`: other words of theirs went to moderators.
    """
    tongue = choose_language((member.user.language, meeting.mlist.language))
    known: dict[str, Any] = {
        **facts(db, meeting, tongue),
        "meeting_heard": heard or (row.said.value if row else "unclear"),
        "place_in_line": place,
        "passed_on": passed_on,
    }
    known |= {"words": tokens.hide(words[:4_000]), "answer_url": answer_url(db, meeting, member)}
    reply_to = answer_address(db, meeting, member)
    return outbox.to_member(db, "meeting-echo", member, now, mlist=meeting.mlist, reply_to=reply_to, cause=cause, **known)


def is_open(meeting: Meeting, now: datetime) -> bool:
    """Can it still be answered?"""
    return meeting.state is MeetingState.ANNOUNCED and meeting.ends_at is not None and meeting.ends_at > now


def not_yours(db: Session, mlist: MailingList, to: str, tongue: str, now: datetime, cause: Cause, *, on_list: bool) -> None:
    """To somebody who does not moderate the list: where their letter has gone."""
    address = links.list_address(outbox.settings_of(db), mlist.name, "meeting")
    outbox.write(db, "meeting-not-yours", to, tongue, now, mlist=mlist, cause=cause, meeting_address=address, on_list=on_list)
