"""Small words on pages: dates, sizes, initials, links that write."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from listserv import i18n
from listserv.i18n import HARD_SPACE, N_, translations
from listserv.store.members import DeliveryMode, Member
from listserv.web.visit import visit

TODAY, YESTERDAY = N_("today"), N_("yesterday")
DELIVERY = {
    DeliveryMode.EACH: N_("Every message comes as it is written."),
    DeliveryMode.NONE: N_("Nothing comes by e-mail; you read here."),
    "daily": N_("A digest comes every day."),
    "weekly": N_("A digest comes every week."),
    "monthly": N_("A digest comes every month."),
}
# A moment that is to come. In Polish the day of the week changes with the word before it.
ON = (
    N_("on Monday, {day}, at {clock}"),
    N_("on Tuesday, {day}, at {clock}"),
    N_("on Wednesday, {day}, at {clock}"),
    N_("on Thursday, {day}, at {clock}"),
    N_("on Friday, {day}, at {clock}"),
    N_("on Saturday, {day}, at {clock}"),
    N_("on Sunday, {day}, at {clock}"),
)
ANSWER = {"pl": "Odp: ", "en": "Re: "}
# What a file is, in few letters; everything else shows the end of its name.
KINDS = {
    "application/pdf": "PDF",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "image/jpeg": "JPG",
    "message/rfc822": "E-mail",
    "text/calendar": "ICS",
    "text/plain": "TXT",
}


def day(moment: datetime) -> Markup:
    """`dziś, 8.40`, `wczoraj, 13.05`, `27 lutego`, `1 października 2025`: when something last happened."""
    who = visit()
    return _said(moment, who.zone, who.language, _today(who.now, who.zone), False)


def moment(moment: datetime) -> Markup:
    """`24 lutego, 9.10`: when something was said, to the minute."""
    who = visit()
    return _said(moment, who.zone, who.language, _today(who.now, who.zone), True)


# The same moments are on the pages of everybody, all day.
@lru_cache(maxsize=4096)
def _said(moment: datetime, zone: str, language: str, today: date, to_the_minute: bool) -> Markup:
    local = moment.astimezone(_zone(zone))
    near = _near(local.date(), today, language)
    words = near or _day(local.date(), language, local.year != today.year)
    # Paper is read on other days: there the date stands in the place of „dziś” (forum.css, print).
    on = f"{_day(local.date(), language, True)}, {_clock(local, language)}" if near else ""
    return _time(local, f"{words}, {_clock(local, language)}" if near or to_the_minute else words, on)


@lru_cache(maxsize=64)
def _today(now: datetime, zone: str) -> date:
    return now.astimezone(_zone(zone)).date()


def to_come(moment: datetime) -> Markup:
    """`w piątek, 27 listopada, o 8.00`: when something will happen."""
    who = visit()
    local = moment.astimezone(_zone(who.zone))
    day = _day(local.date(), who.language, local.year != _today(who.now, who.zone).year)
    return _time(local, translations(who.language).gettext(ON[local.weekday()]).format(day=day, clock=_clock(local, who.language)))


def long_day(moment: datetime) -> Markup:
    """`24 lutego 2026`."""
    who = visit()
    local = moment.astimezone(_zone(who.zone))
    return _time(local, _day(local.date(), who.language, True))


def last_day(end: datetime) -> Markup:
    """The last day of what ends at a midnight."""
    return long_day(end - timedelta(seconds=1))


def month(year_and_month: tuple[int, int]) -> str:
    """`marzec 2026`."""
    return _month(*year_and_month, visit().language)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _near(day: date, today: date, language: str) -> str:
    days = (today - day).days
    return translations(language).gettext(YESTERDAY if days else TODAY) if days in (0, 1) else ""


def _clock(local: datetime, language: str) -> str:
    # i18n.clock would turn the moment into the zone a second time.
    return f"{local.hour}{'.' if language == 'pl' else ':'}{local.minute:02}"


@lru_cache(maxsize=1024)
def _day(day: date, language: str, year: bool) -> str:
    return i18n.long_date(day, language, year=year)


@lru_cache(maxsize=256)
def _month(year: int, number: int, language: str) -> str:
    from babel.dates import format_date  # locale data: only where a month is worded

    return str(format_date(date(year, number, 1), "LLLL y", locale=language))


def _time(local: datetime, said: str, on: str = "") -> Markup:
    # All are made of digits and of our own words; Markup.format would cost as much as all the rest.
    more = f' data-on="{on}"' if on else ""
    return Markup(f'<time datetime="{local.isoformat(timespec="minutes")}"{more}>{said}</time>')  # nosec B704: see above


def number(count: int) -> str:
    """`12 345`."""
    return i18n.number(count, visit().language)


def sentence(text: str) -> str:
    """A sentence of ours in the reader's language; other people's words as they are."""
    return i18n.told_in(visit().language, text)


def size(octets: int) -> str:
    """`412 KB`, in steps of 1024."""
    if octets < 1024:
        return f"{octets}{HARD_SPACE}B"
    if octets < 1024 * 1024:
        return f"{max(1, round(octets / 1024))}{HARD_SPACE}KB"
    large = octets >= 1 << 30
    whole = f"{octets / (1 << 30 if large else 1 << 20):.1f}".removesuffix(".0")
    return f"{whole.replace('.', ',') if visit().language == 'pl' else whole}{HARD_SPACE}{'GB' if large else 'MB'}"


def kind_of_file(name: str, mime: str) -> str:
    """`PDF`: what stands on an attachment's card."""
    if mime in KINDS:
        return KINDS[mime]
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending.upper() if 1 <= len(ending) <= 4 and ending.isalnum() else "•"


def delivery(member: Member) -> str:
    """How a list's mail reaches somebody, as a sentence."""
    key = member.schedule.split(" ")[0] if member.delivery is DeliveryMode.DIGEST else member.delivery
    return translations(visit().language).gettext(DELIVERY.get(key, DELIVERY["daily"]))


@lru_cache(maxsize=1024)
def seal(name: str) -> str:
    """Initials: of the first and the last word of a name."""
    parts = [part for part in name.replace("-", " ").replace(".", " ").split() if part[0].isalnum()]
    return "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "•"


def reply_subject(subject: str, language: str) -> str:
    """A subject that answers: `Odp: …` on a Polish list."""
    return ANSWER.get(language, ANSWER["en"]) + subject


@lru_cache(maxsize=2048)
def mailto(address: str, *, subject: str = "", in_reply_to: str = "") -> str:
    """A link that opens a letter to an address (RFC 6068)."""
    fields = {"subject": subject, "In-Reply-To": in_reply_to}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"mailto:{quote(address, safe='@+')}{'?' if query else ''}{query}"
