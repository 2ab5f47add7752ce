"""What letters and pages say of a meeting, in the reader's language: its day, its hours, its place."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import i18n, links
from listserv.i18n import N_, choose_language, translations
from listserv.mail.meetingplan import NO_HOUR, Plan, Remark
from listserv.store.lists import MailingList
from listserv.store.meetings import Meeting
from listserv.usecases import outbox

# Whoever sends such words back is understood (mail.meetingpatterns.ZONES).
CLOCKS = {
    "Europe/Warsaw": N_("Warsaw time"),
    "Europe/London": N_("London time"),
    "Europe/Kyiv": N_("Kyiv time"),
    "America/New_York": N_("New York time"),
}


def facts(db: Session, meeting: Meeting, language: str) -> dict[str, Any]:
    """Its facts as members know them."""
    when = in_words(meeting.starts_at, meeting.ends_at, meeting.timezone, language) if meeting.starts_at and meeting.ends_at else ""
    return {
        "meeting_title": meeting.title,
        "meeting_when": when,
        "meeting_place": meeting.place,
        "meeting_url": meeting.url,
        "meeting_text": meeting.text,
        "meeting_seats": meeting.seats or 0,
        "meeting_page_url": page_url(db, meeting),
    }


def tongue(db: Session, mlist: MailingList, language: str) -> str:
    """The language of a letter to somebody: theirs, else the list's, as `outbox.write` has it."""
    return choose_language((language, mlist.language, outbox.settings_of(db).site.language))


def of_plan(plan: Plan, language: str) -> dict[str, Any]:
    """The same of what was said and is not sent yet; empty where it was not understood."""
    when = ""
    if plan.starts and plan.ends and not any(one.words == NO_HOUR for one in plan.troubles):
        zone = ZoneInfo(plan.zone)
        when = in_words(plan.starts.replace(tzinfo=zone), plan.ends.replace(tzinfo=zone), plan.zone, language)
    elif plan.starts:
        when = f"{i18n.weekday(plan.starts.date(), language)}, {i18n.long_date(plan.starts.date(), language)}"
    return {
        "meeting_title": plan.title,
        "meeting_when": when,
        "meeting_place": plan.place,
        "meeting_url": plan.url,
        "meeting_text": plan.text,
        "meeting_seats": plan.seats or 0,
    }


def page_url(db: Session, meeting: Meeting) -> str:
    """The meeting's page."""
    return f"{links.archive_url(outbox.settings_of(db), meeting.mlist.name)}meetings/{meeting.number}"


def in_words(starts: datetime, ends: datetime, zone: str, language: str) -> str:
    """`czwartek, 12 marca 2026, 16.30–18.00 czasu polskiego`: by the clocks of the place."""
    begin, end = (moment.astimezone(ZoneInfo(zone)) for moment in (starts, ends))
    day = f"{i18n.weekday(begin.date(), language)}, {i18n.long_date(begin.date(), language)}"
    until = i18n.clock(ends, language, zone)
    if begin.date() == end.date():
        return f"{day}, {i18n.clock(starts, language, zone)}–{until} {by_the_clocks_of(zone, language)}"
    last = f"{i18n.weekday(end.date(), language)}, {i18n.long_date(end.date(), language)}"
    return f"{day}, {i18n.clock(starts, language, zone)} – {last}, {until} {by_the_clocks_of(zone, language)}"


def by_the_clocks_of(zone: str, language: str) -> str:
    """`czasu polskiego`; a zone that has no such name by its own one."""
    return translations(language).gettext(CLOCKS[zone]) if zone in CLOCKS else f"({zone})"


def remarks(said: Sequence[Remark], language: str) -> tuple[str, ...]:
    """Sentences about what was understood, in this language."""
    return tuple(_worded(one, language) for one in said)


def _worded(one: Remark, language: str) -> str:
    sentence = translations(language).gettext(one.words)
    if one.day is None:
        return sentence
    said = i18n.weekday_name(one.weekday, language) if one.weekday is not None else ""
    weekday = i18n.weekday(one.day, language)
    day = i18n.long_date(one.day, language)
    named = day if "{weekday}" in one.words or one.hours else f"{weekday}, {day}"
    hour, taken = ([i18n.clock(shown.replace(tzinfo=UTC), language) for shown in one.hours] + ["", ""])[:2]
    return sentence.format(day=named, said=said, weekday=weekday, hour=hour, taken=taken)
