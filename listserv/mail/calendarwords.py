"""One line about a calendar file, as a person would say it: what, when, where, and what is asked or answered."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from listserv import i18n
from listserv.i18n import N_, translations
from listserv.mail import calendarzones
from listserv.mail.calendar import Event

CANNOT = N_("This calendar file cannot be read.")
METHODS = {
    "REQUEST": N_("Invitation"),
    "ADD": N_("Invitation"),
    "CANCEL": N_("Cancelled"),
    "COUNTER": N_("Another time is proposed"),
    "DECLINECOUNTER": N_("The other time does not suit"),
    "REFRESH": N_("The newest invitation is asked for"),
}
ANSWERS = {
    "ACCEPTED": N_("Answer “yes”"),
    "DECLINED": N_("Answer “no”"),
    "TENTATIVE": N_("Answer “maybe”"),
    "DELEGATED": N_("Somebody else comes instead"),
    "NEEDS-ACTION": N_("No answer yet"),
}
KINDS = {
    "VEVENT": N_("In the calendar"),
    "VTODO": N_("A task"),
    "VJOURNAL": N_("A note"),
    "VFREEBUSY": N_("Free and busy times"),
}
WITHOUT_TITLE, WITHOUT_TIME, REPEATS, ONLINE = N_("without a title"), N_("without a time"), N_("repeats"), N_("online")
LINK = re.compile(r"(?i)\b(?:https?|ftp|zoommtg|msteams|sip|tel):\S+|\bwww\.\S+")
DURATION = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d{1,6}S)?)?")
ESCAPED = re.compile(r"\\+([,;])")
LONGEST = 200


def summary(event: Event | None, language: str, zone: str, *, links: bool = True) -> str:
    """The line; without `links` no address of a meeting on the web stands in it. None of an event is a plain “cannot be read”."""
    say = translations(language).gettext
    if event is None or not _says_anything(event):
        return say(CANNOT)
    title = _plain(event.calendar.summary or "", say(ONLINE), links) or say(WITHOUT_TITLE)
    parts = [f"{_what(event, say)}: {title}", when(event, language, zone) or say(WITHOUT_TIME)]
    parts += [_plain(event.place, say(ONLINE), links)] if event.place else []
    parts += [say(REPEATS)] if event.repeats else []
    parts += [event.person] if event.person else []
    return " · ".join(parts)


def _says_anything(event: Event) -> bool:
    found = event.calendar
    return bool(found.summary or found.start or found.partstat or event.place)


def _what(event: Event, say: Callable[[str], str]) -> str:
    if event.calendar.partstat:
        return say(ANSWERS.get(event.calendar.partstat, ANSWERS["NEEDS-ACTION"]))
    if event.cancelled:
        return say(METHODS["CANCEL"])
    return say(METHODS.get(event.calendar.method or "", KINDS.get(event.kind, KINDS["VEVENT"])))


def _plain(words: str, online: str, links: bool) -> str:
    # Some programs escape twice.
    words = ESCAPED.sub(r"\1", words)
    return (words if links else LINK.sub(online, words))[:LONGEST].strip()


def when(event: Event, language: str, zone: str) -> str:
    """`czwartek, 12 marca 2026, 16.30–18.00`, by the clocks of the reader; as it stands there, where it names no zone."""
    begins, ends = _moment(event.calendar.start, zone), _moment(event.end, zone)
    if begins is None:
        return ""
    if not isinstance(begins, datetime):
        last = (ends.date() if isinstance(ends, datetime) else ends) - timedelta(days=1) if ends else begins
        said = _day(begins, language)
        return said if last <= begins else f"{said} – {_day(last, language)}"
    if ends is None and (lasts := length(event.duration)):
        try:
            ends = begins + lasts
        except OverflowError:
            ends = None
    return f"{_day(begins, language)}, {_clock(begins, language)}{_until(begins, ends, language)}"


def _until(begins: datetime, ends: date | datetime | None, language: str) -> str:
    # One of them floats, or it ends before it begins: nobody knows when it ends.
    if not isinstance(ends, datetime) or (ends.tzinfo is None) is not (begins.tzinfo is None) or ends <= begins:
        return ""
    if ends.date() == begins.date():
        return f"–{_clock(ends, language)}"
    return f" – {_day(ends, language)}, {_clock(ends, language)}"


def _moment(iso: str | None, zone: str) -> date | datetime | None:
    found = calendarzones.moment(iso) if iso else None
    if not isinstance(found, datetime) or found.tzinfo is None:
        return found
    try:
        return found.astimezone(ZoneInfo(zone))
    except OverflowError:
        return found


def length(duration: str) -> timedelta:
    """How long `PT1H30M` is; nothing for what is none."""
    found = DURATION.fullmatch(duration)
    weeks, days, hours, minutes = (int(one or 0) for one in found.groups()) if found else (0, 0, 0, 0)
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


def _day(day: date | datetime, language: str) -> str:
    day = day.date() if isinstance(day, datetime) else day
    return f"{i18n.weekday(day, language)}, {i18n.long_date(day, language)}"


def _clock(at: datetime, language: str) -> str:
    # Not i18n.clock: what floats has no zone to be told in.
    return f"{at.hour}{'.' if language == 'pl' else ':'}{at.minute:02}"
