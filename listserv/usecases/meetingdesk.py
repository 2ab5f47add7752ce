"""Letters to the moderators about a meeting: what was understood, what became of it, and what nobody understood."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Refusal
from listserv.i18n import choose_language, long_date, translations
from listserv.mail import address, meetingclock
from listserv.mail import tokens as shapes
from listserv.mail.meetingplan import Plan
from listserv.store import meetings as rows
from listserv.store.lists import MailingList
from listserv.store.meetings import Meeting, MeetingState
from listserv.store.meetingslices import count_invitable
from listserv.store.people import Purpose, address_by_key
from listserv.usecases import deciding, meetingfacts, meetingletters, meetings, outbox, tokens
from listserv.usecases.outbox import Cause

LONGEST_SHOWN = 20_000
NEWS = {"draft": meetingletters.NEW, "cancel": meetingletters.CANCELLED}


def state_of(meeting: Meeting) -> str:
    """What a word would send: the invitation (`draft`), a change (`update`), a cancellation (`cancel`), or nothing (`none`)."""
    if meeting.state is MeetingState.DRAFT:
        return "draft"
    if meeting.state is not MeetingState.ANNOUNCED or not meeting.pending:
        return "none"
    return "cancel" if meeting.pending == meetings.CANCELS else "update"


def preview(db: Session, meeting: Meeting, to: str, now: datetime, cause: Cause, plan: Plan, *, changed: bool = False) -> None:
    """What was understood, and the invitation as it would look; `changed` since the letter that was answered."""
    tongue, state = language_of(db, meeting.mlist, to), state_of(meeting)
    known = meetingfacts.of_plan(plan, tongue)
    facts: dict[str, Any] = {**known, "meeting_waits": state, "changed_since": changed, "meeting_count": count(db, meeting)}
    notes = (*plan.notes, *(meetingclock.twice(plan) if not plan.troubles and state != "cancel" else ()))
    facts |= {"notes": meetingfacts.remarks(notes, tongue), "meeting_troubles": meetingfacts.remarks(plan.troubles, tongue)}
    if not plan.troubles:
        facts["below"] = _below(db, meeting, plan, state)
    _write(db, "meeting-preview", meeting, to, now, cause, **facts)


def show(db: Session, meeting: Meeting, to: str, now: datetime, cause: Cause) -> None:
    """The meeting as it stands, to be sent by a word."""
    preview(db, meeting, to, now, cause, meetings.plan_of(db, meeting))


def _below(db: Session, meeting: Meeting, plan: Plan, state: str) -> tuple[str, str]:
    tongue = choose_language((meeting.mlist.language,))
    news = NEWS.get(state) or (meetingletters.MOVED if _moves(meeting, plan) else meetingletters.CHANGED)
    shown = meetingletters.as_shown(db, meeting.mlist, meetingfacts.of_plan(plan, tongue), tongue, news=news)
    return f"{shown.subject}\n\n{shown.body}", shown.html


def _moves(meeting: Meeting, plan: Plan) -> bool:
    return plan.starts != meetings.plan_of_sent(meeting).starts


def count(db: Session, meeting: Meeting) -> int:
    """How many would hear of it."""
    if meeting.state is MeetingState.DRAFT or meeting.invite_upto is not None:
        return count_invitable(db, meeting.mlist)
    return rows.counts(db, meeting)["invited"]


def told(db: Session, meeting: Meeting, to: str, now: datetime, cause: Cause, outcome: str) -> None:
    """What has become of it."""
    facts = meetingfacts.facts(db, meeting, language_of(db, meeting.mlist, to))
    _write(db, "meeting-told", meeting, to, now, cause, **facts, meeting_outcome=outcome, meeting_count=count(db, meeting))


def unclear(db: Session, meeting: Meeting, to: str, now: datetime, cause: Cause, words: str) -> None:
    """An answer that was not understood: nothing has been done."""
    _write(db, "meeting-unclear", meeting, to, now, cause, meeting_title=meeting.title, words=shown(words), meeting_waits=state_of(meeting))


def refused(db: Session, mlist: MailingList, to: str, now: datetime, cause: Cause, refusal: Refusal, words: str) -> None:
    """What cannot be done, and why."""
    tongue = language_of(db, mlist, to)
    sentence = translations(tongue).gettext(refusal.reason)
    if refusal.facts:
        sentence = sentence.format(**{name: long_date(one, tongue) if isinstance(one, date) else one for name, one in refusal.facts.items()})
    outbox.write(db, "meeting-trouble", to, tongue, now, mlist=mlist, automatic=False, cause=cause, trouble=sentence, words=shown(words))


def shown(words: str) -> str:
    """Somebody's words as a letter quotes them: no key stands in them."""
    return shapes.hide(words[:LONGEST_SHOWN])


def language_of(db: Session, mlist: MailingList, to: str) -> str:
    """In which language this person reads."""
    place = address_by_key(db, address.key(to))
    return choose_language((place.user.language if place else "", mlist.language, outbox.settings_of(db).site.language))


def _write(db: Session, kind: str, meeting: Meeting, to: str, now: datetime, cause: Cause, **facts: Any) -> None:
    """A letter with a token of its own: a reply decides about the revision that it speaks of."""
    token = tokens.issue(db, Purpose.MEETING, to, now, mlist=meeting.mlist, object_id=meeting.id, detail=f"\n{meeting.revision}")
    reply_to = deciding.reply_address(db, token)
    tongue = language_of(db, meeting.mlist, to)
    outbox.write(db, kind, to, tongue, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
