"""Figures in words: the sentence that stands first, and the lines beside the months."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from listserv.i18n import HARD_SPACE, long_date, number, translations
from listserv.usecases.figureperiods import Period, month_of
from listserv.usecases.figures import Figures, Month

STRONG = re.compile(r"\*([^*]+)\*")
PLAIN: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Line:
    """One figure beside the months: what it is, and how much."""

    label: str
    value: str


def sentence(figures: Figures, language: str, strong: Callable[[str], str] = PLAIN) -> str:
    """What a coordinator would say of it in one breath; `strong` marks what counts. Holds nothing that anybody typed."""
    parts = (_issued(figures, language),) if figures.newsletter else (_wrote(figures, language), _of_members(figures, language))
    said = " ".join(filter(None, (*parts, _read(figures, language))))
    return STRONG.sub(lambda found: strong(found[1]), said[:1].upper() + said[1:])


def _when(figures: Figures, language: str) -> str:
    when = period(figures.first, figures.last, language)
    if figures.first == figures.last or _is_month(figures):
        return f"{when}:"
    return translations(language).gettext("From %(period)s,") % {"period": when}


def _wrote(figures: Figures, language: str) -> str:
    spoken, when = translations(language), _when(figures, language)
    if not figures.posts:
        return _nobody(figures, language) % {"when": when}
    posts = spoken.ngettext("*%(num)s message*", "*%(num)s messages*", figures.posts) % {"num": number(figures.posts, language)}
    if not figures.writers:
        return spoken.gettext("%(when)s %(posts)s without a name.") % {"when": when, "posts": posts}
    threads = spoken.ngettext("in *%(num)s thread*", "in *%(num)s threads*", figures.threads) % {"num": number(figures.threads, language)}
    facts = {"when": when, "num": number(figures.writers, language), "posts": posts, "threads": threads if figures.threads else ""}
    if not _are_members(figures):
        said = spoken.ngettext(
            "%(when)s *%(num)s person* wrote %(posts)s %(threads)s", "%(when)s *%(num)s people* wrote %(posts)s %(threads)s", figures.writers
        )
        return (said % facts).strip() + "."
    of = spoken.ngettext("of %(num)s person", "of %(num)s people", figures.present) % {"num": number(figures.present, language)}
    said = spoken.ngettext("%(when)s *%(num)s %(of)s* wrote %(posts)s %(threads)s", "%(when)s *%(num)s %(of)s* wrote %(posts)s %(threads)s", figures.writers)
    return (said % {**facts, "of": of}).strip() + "."


def _nobody(figures: Figures, language: str) -> str:
    spoken = translations(language)
    if figures.ahead:
        return spoken.gettext("%(when)s this is still to come.")
    return spoken.gettext("%(when)s nobody has written so far.") if figures.open else spoken.gettext("%(when)s nobody wrote.")


def _are_members(figures: Figures) -> bool:
    """Was everybody who wrote on the list? Then all messages are theirs, and one number of people says it."""
    return 0 < figures.sharing == figures.writers


def _of_members(figures: Figures, language: str) -> str:
    """How many of those on the list wrote, where others wrote as well."""
    if not figures.writers or not figures.present or _are_members(figures):
        return ""
    spoken = translations(language)
    of = spoken.ngettext("Of %(num)s person on the list,", "Of %(num)s people on the list,", figures.present) % {"num": number(figures.present, language)}
    if not figures.sharing:
        return spoken.gettext("%(of)s nobody wrote.") % {"of": of}
    return spoken.ngettext("%(of)s *%(num)s* wrote.", "%(of)s *%(num)s* wrote.", figures.sharing) % {"of": of, "num": number(figures.sharing, language)}


def caution(figures: Figures, language: str) -> str:
    """What is to be known of a share that is not one of those who were on the list then; empty where it is."""
    if figures.members_then or figures.newsletter or not (figures.writers and figures.present):
        return ""
    return translations(language).gettext("Who was on the list in those days is not known: the people counted are those who are on it now.")


def _issued(figures: Figures, language: str) -> str:
    """A newsletter's messages are its issues."""
    spoken, when = translations(language), _when(figures, language)
    if not figures.posts:
        none = spoken.gettext("%(when)s this is still to come.") if figures.ahead else spoken.gettext("%(when)s no issue went out.")
        return none % {"when": when}
    said = spoken.ngettext("%(when)s *%(num)s issue* went out.", "%(when)s *%(num)s issues* went out.", figures.posts)
    return said % {"when": when, "num": number(figures.posts, language)}


def _read(figures: Figures, language: str) -> str:
    if not figures.visits:
        return ""
    spoken, a_day = translations(language), round(figures.a_day)
    times = spoken.ngettext("*%(num)s time*", "*%(num)s times*", figures.visits) % {"num": number(figures.visits, language)}
    if figures.days == 1:
        return spoken.gettext("The archive was visited %(times)s.") % {"times": times}
    daily = spoken.ngettext("about *%(num)s time a day*", "about *%(num)s times a day*", a_day) % {"num": number(a_day, language)}
    return spoken.gettext("The archive was visited %(times)s, %(daily)s.") % {
        "times": times,
        "daily": daily if a_day else spoken.gettext("less than once a day"),
    }


def _is_month(figures: Figures) -> bool:
    return month_of(figures.first) == Period(figures.first, figures.last)


def period(first: date, last: date, language: str) -> str:
    """`October 2025 to 15 June 2026`, `1 to 21 November 2026`; a whole month is `March 2026`, a day is a day."""
    if month_of(first) == Period(first, last):
        return named_month(first, language)
    if first == last:
        return long_date(first, language)
    together = (first.year, first.month) == (last.year, last.month)
    begin = str(first.day) if together else _edge(first, language, whole=first.day == 1, year=first.year != last.year)
    end = _edge(last, language, whole=month_of(last).last == last, year=True)
    return translations(language).gettext("%(first)s to %(last)s") % {"first": begin, "last": end}


def _edge(day: date, language: str, *, whole: bool, year: bool) -> str:
    from babel.dates import format_date  # locale data: only where a month is worded

    return str(format_date(day, "MMMM y" if year else "MMMM", locale=language)) if whole else long_date(day, language, year=year)


def named_month(day: date, language: str, form: str = "LLLL y") -> str:
    """`March 2026`, by itself; `LLL`: in three letters, as charts have room for."""
    from babel.dates import format_date

    return str(format_date(day, form, locale=language)).rstrip(".")


def first_day(month: Month) -> date:
    """The first day of a month of figures."""
    return date(month.year, month.month, 1)


def lines(figures: Figures, language: str) -> tuple[Line, ...]:
    """What else is worth knowing, where there is anything to know."""
    _ = translations(language).gettext
    known = _("On the list then") if figures.members_then else _("On the list now")
    found = [(known, figures.members), (_("On the list at some time of it"), figures.present)][: 1 if figures.present == figures.members else 2]
    found.append((_("New on the list"), figures.newcomers))
    if figures.newsletter:
        return (*(Line(label, number(count, language)) for label, count in found), *made_lines(figures, language))
    share = [Line(_("Members who wrote"), percent(figures.share_of_members))] if figures.present else []
    told = [*share, *(Line(label, number(count, language)) for label, count in found), Line(_("Wrote for the first time"), number(figures.voices, language))]
    after = [(_("Digests sent"), figures.digests), (_("Messages written in answer to a digest"), figures.by_digest)]
    return (*told, *_answers(figures, language), *(Line(label, number(count, language)) for label, count in after), *made_lines(figures, language))


def made_lines(figures: Figures, language: str) -> tuple[Line, ...]:
    """What was made together, as far as the list has it turned on."""
    _, one = translations(language).gettext, figures.together
    found: list[tuple[str, str]] = []
    if "materials" in figures.on:
        found += [(_("New materials"), number(one.materials, language)), (_("Materials that somebody used"), number(one.materials_used, language))]
    if "meetings" in figures.on:
        found += [(_("Meetings"), number(one.meetings, language))]
        found += [(_("Invited to them, and came"), _of(one.meetings_came, one.meetings_invited, one.share_who_came, language))] if one.meetings_invited else []
    if "surveys" in figures.on:
        found += [(_("Questions to everybody"), number(one.surveys, language))]
        found += [(_("Asked, and answered"), _of(one.surveys_answered, one.surveys_asked, one.share_who_answered, language))] if one.surveys_asked else []
    return tuple(Line(label, value) for label, value in found)


def _of(part: int, whole: int, share: float, language: str) -> str:
    """`24 of 45 (53%)`."""
    said = translations(language).gettext("%(part)s of %(whole)s") % {"part": number(part, language), "whole": number(whole, language)}
    return f"{said} ({percent(share)})".replace(" ", HARD_SPACE)


def _answers(figures: Figures, language: str) -> list[Line]:
    _ = translations(language).gettext
    counted = [(_("Messages that answer one"), figures.answers), (_("Threads that others answered"), figures.answered)]
    found = [Line(label, number(count, language)) for label, count in counted if figures.threads]
    if figures.first_answer is not None:
        found.append(Line(_("Median time to the first answer"), duration(figures.first_answer, language)))
    return [*found, Line(_("Threads that nobody has answered"), number(figures.waiting, language))] if figures.threads else found


def percent(share: float) -> str:
    """`53%`; `<1%` is not nobody, and `>99%` is not everybody."""
    rounded = round(share * 100)
    if rounded == 0 and share > 0:
        return "<1%"
    return ">99%" if rounded == 100 and share < 1 else f"{rounded}%"


def duration(length: timedelta, language: str) -> str:
    """`3 hours`, `4 dni`."""
    from babel.dates import format_timedelta

    return str(format_timedelta(max(length, timedelta(minutes=1)), granularity="minute", threshold=1.5, locale=language)).replace(" ", HARD_SPACE)
