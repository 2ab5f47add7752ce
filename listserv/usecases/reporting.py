"""Letters with a list's figures: to its coordinators each month and each school year, until they say STOP."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links
from listserv.i18n import HARD_SPACE, LANGUAGES, choose_language, number, translations
from listserv.mail import commands, stopwords
from listserv.mail.authentication import Alignment
from listserv.mail.compose import File
from listserv.mail.stopwords import Wanted
from listserv.store import calendar
from listserv.store import figures as rows
from listserv.store.lists import MailingList, Reports
from listserv.store.members import Member, Role, gets_mail_by, member_of, moderators_of
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import deciding, figuretables, figurewords, outbox, surveyreport, tokens
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.digesting import Owed
from listserv.usecases.figuremade import NOTHING
from listserv.usecases.figureperiods import ENDS, Period, month_of, school_year, school_year_of, so_far
from listserv.usecases.figures import DAY, Figures, count_digests, figures, zone_of
from listserv.usecases.issuefigures import Effect, effects
from listserv.usecases.journal import note
from listserv.usecases.rowbyrow import alone
from listserv.usecases.steering import actor_of, is_own

WHAT = "report"
# On the first of the month, at this hour of the site's.
HOUR = 8
# What could not be written in the first half of a month is not news any more: the page has it.
TOO_LATE = timedelta(days=14)
# Of so many issues a letter tells what came of them; the page has all.
MOST_ISSUES = 5
# So long the word STOP can be said in answer to a letter.
ANSWERED_FOR = 400


@dataclass(frozen=True, slots=True)
class Report:
    """What a list's coordinators are told for a slot of the calendar."""

    mlist: MailingList
    slot: datetime
    period: Period
    yearly: bool


# ---- what the calendar owes ---------------------------------------------------------------------------------


def slot_before(now: datetime, zone: ZoneInfo) -> datetime:
    """The newest slot that has come."""
    here = now.astimezone(zone)
    slot = here.replace(day=1, hour=HOUR, minute=0, second=0, microsecond=0)
    return slot if slot <= here else (slot - DAY).replace(day=1, hour=HOUR)


def due(db: Session, now: datetime) -> list[Report]:
    """The reports that are owed by now and have not been written."""
    slot = slot_before(now, zone_of(db))
    if now - slot > TOO_LATE:
        return []
    found = (_report(mlist, slot) for mlist in rows.lists_with_reports(db, WHAT, slot))
    return [one for one in found if one]


def _report(mlist: MailingList, slot: datetime) -> Report | None:
    """The last month; when the days of teaching are over, the school year with it."""
    last = month_of(slot.date() - DAY)
    if last.first.month == ENDS:
        return Report(mlist, slot, Period(school_year(school_year_of(last.last)).first, last.last), True)
    return Report(mlist, slot, last, False) if mlist.report is Reports.MONTH else None


def _about(mlist: MailingList) -> str:
    return f"list:{mlist.id}"


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters that the calendar owes at that time; changes nothing."""
    return list(_owed(db, until))


def _owed(db: Session, until: datetime) -> Iterator[Owed]:
    for one in due(db, until):
        if not _worth_telling(_figures(db, one)):
            continue
        what = "the school year" if one.yearly else "the month"
        for member in _readers(db, one.mlist, until):
            yield Owed(one.slot, WHAT, one.mlist.name, member.address.email, f"{what}, {one.period.first} to {one.period.last}")


def _readers(db: Session, mlist: MailingList, by: datetime) -> list[Member]:
    return [member for member in willing(db, mlist, by) if member.role is Role.OWNER]


def run_due(db: Session, now: datetime, limit: int = 100) -> int:
    """Write the letters that are due, of at most `limit` lists; count what the figures need. How many things were done."""
    done = sum(_safely(db, one, now) for one in due(db, now)[:limit])
    # All at once, and nothing that anybody is owed.
    count_digests(db, now)
    return done


def _safely(db: Session, one: Report, now: datetime) -> int:
    done = alone(db, partial(_tell, db, one, now), "report failed", list=one.mlist.name)
    if done is None:
        # Not tried each minute again: its figures stay on the page.
        return int(calendar.ran(db, WHAT, _about(one.mlist), one.slot, now, list_id=one.mlist.id, detail="failed"))
    return done


def _tell(db: Session, one: Report, now: datetime) -> int:
    """Write to everyone who coordinates the list; 0 where another worker was faster."""
    found = _figures(db, one)
    readers = _readers(db, one.mlist, now) if _worth_telling(found) else []
    detail = f"{found.first} to {found.last}, letters: {len(readers)}"
    if not calendar.ran(db, WHAT, _about(one.mlist), one.slot, now, list_id=one.mlist.id, detail=detail):
        return 0
    issues = effects(db, one.mlist, found.first, found.last) if readers else ()
    for member in readers:
        _write(db, one, member, (found, issues), now)
    return 1


def _figures(db: Session, one: Report) -> Figures:
    # Of a list's first school year, the months in which it was there.
    first = max(one.period.first, so_far(db, one.mlist, one.period.last).first) if one.yearly else one.period.first
    return figures(db, one.mlist, first, one.period.last, today=one.slot.date())


def _worth_telling(found: Figures) -> bool:
    return bool(found.posts or found.visits or found.newcomers or found.together != NOTHING)


def _write(db: Session, one: Report, member: Member, told: tuple[Figures, Sequence[Effect]], now: datetime) -> None:
    (found, issues), mlist = told, one.mlist
    token = tokens.issue(db, Purpose.REPORT, member.address.email, now, mlist=mlist, object_id=member.id, days=ANSWERED_FOR)
    tongue = choose_language((member.user.language, mlist.language, outbox.settings_of(db).site.language))
    table = figuretables.spreadsheet(found, tongue, issues)
    file = File(f"{mlist.name}-{found.first}-{found.last}.csv", "text/csv; charset=utf-8", table.encode())
    reply_to = deciding.reply_address(db, token)
    facts = facts_of(found, issues, yearly=one.yearly) | {"stats_url": stats_url(db, mlist, found)}
    facts["surveys_told"] = surveyreport.told(db, mlist, found.first, found.last)
    outbox.to_member(db, WHAT, member, now, mlist=mlist, reply_to=reply_to, automatic=False, attached=(file,), **facts)


def stats_url(db: Session, mlist: MailingList, found: Figures) -> str:
    """The page with the same figures."""
    return f"{links.archive_url(outbox.settings_of(db), mlist.name)}stats?from={found.first}&to={found.last}"


def facts_of(found: Figures, issues: Sequence[Effect], *, yearly: bool) -> dict[str, Any]:
    """What the letter says, in every language: it is worded where its reader's is known."""
    said = {tongue: " ".join(filter(None, (figurewords.sentence(found, tongue), figurewords.caution(found, tongue)))) for tongue in LANGUAGES}
    name = {tongue: figurewords.period(found.first, found.last, tongue) for tongue in LANGUAGES}
    table = {tongue: _lines(found, tongue, yearly=yearly) for tongue in LANGUAGES}
    sent = {tongue: figuretables.issue_lines(issues[-MOST_ISSUES:], tongue) for tongue in LANGUAGES}
    year = school_year_of(found.last)
    named = f"{year}/{(year + 1) % 100:02}"
    facts = {"figures_said": said, "figures_of": name, "figures_table": table, "figures_issues": sent}
    return facts | {"school_year": named if yearly else "", "issues_not_told": max(0, len(issues) - MOST_ISSUES)}


def _lines(found: Figures, tongue: str, *, yearly: bool) -> tuple[str, ...]:
    """Months and what was in them, or what was counted and how much; a figure stands behind what it is."""
    if not yearly:
        return tuple(f"{line.label}:{HARD_SPACE}{line.value}" for line in figurewords.lines(found, tongue))
    spoken, pairs = translations(tongue), []
    for month in found.months:
        posts = spoken.ngettext("%(num)s message", "%(num)s messages", month.posts) % {"num": number(month.posts, tongue)}
        if found.newsletter:
            posts = spoken.ngettext("%(num)s issue", "%(num)s issues", month.posts) % {"num": number(month.posts, tongue)}
        visits = spoken.ngettext("%(num)s visit", "%(num)s visits", month.visits) % {"num": number(month.visits, tongue)}
        pairs.append((figurewords.named_month(figurewords.first_day(month), tongue), f"{posts}, {visits}"))
    width = max((len(first) for first, _ in pairs), default=0)
    made = (f"{line.label}:{HARD_SPACE}{line.value}" for line in figurewords.made_lines(found, tongue))
    return (*(f"{first.ljust(width)}  {second}" for first, second in pairs), *made)


# ---- whether somebody wants them ----------------------------------------------------------------------------


def willing(db: Session, mlist: MailingList, by: datetime) -> list[Member]:
    """Owners and moderators of the list who get mail then, and want letters of this kind."""
    return [member for member in moderators_of(db, mlist) if member.reports and gets_mail_by(member, by)]


def choose(db: Session, member: Member, actor: Actor, now: datetime, *, wanted: bool) -> None:
    """Let the letters come to this coordinator, or not."""
    if member.reports is not wanted:
        member.reports = wanted
        note(db, actor, "member-set", mlist=member.mlist, now=now, about=member, detail=f"reports={'yes' if wanted else 'no'}")


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to such a letter: STOP, START; everything else changes nothing."""
    member, reply = db.get(Member, token.object_id), letter.post.reply
    if member is None or letter.alignment is Alignment.FAILED or not is_own(member, letter.sender):
        return Outcome(State.REFUSED, ("not-theirs",))
    if commands.is_absent(reply):
        return NOBODY_ANSWERS_MACHINES
    letter.incoming.list_id = member.list_id
    said = stopwords.wanted(reply, (member.user.name,))
    if said is None and commands.only_thanks(reply):
        return Outcome(State.ANSWERED, ("thanks",))
    if said is not None:
        choose(db, member, actor_of(member), now, wanted=said is Wanted.START)
    _confirm(db, member, said, letter, now)
    return Outcome(State.ANSWERED, () if said else ("not-understood",))


def answer_of(db: Session, mlist: MailingList, actor: Actor, letter: Letter, now: datetime) -> Outcome:
    """STOP or START, said by a coordinator who is proven, in answer to another letter of this kind."""
    member = member_of(db, mlist, actor.user_id or 0)
    said = stopwords.wanted(letter.post.reply, (member.user.name,)) if member else None
    if member is None or said is None:
        return Outcome(State.ANSWERED, ("not-understood",))
    choose(db, member, actor, now, wanted=said is Wanted.START)
    _confirm(db, member, said, letter, now)
    return Outcome(State.ANSWERED)


def _confirm(db: Session, member: Member, said: Wanted | None, letter: Letter, now: datetime) -> None:
    """What holds from now on, and the word that turns it round."""
    mlist = member.mlist
    token = tokens.issue(db, Purpose.REPORT, member.address.email, now, mlist=mlist, object_id=member.id, days=ANSWERED_FOR)
    stats = f"{links.archive_url(outbox.settings_of(db), mlist.name)}stats"
    facts: dict[str, Any] = {"report_said": said.value if said else "", "stats_url": stats}
    outbox.to_member(db, "report-answer", member, now, mlist=mlist, reply_to=deciding.reply_address(db, token), cause=letter.cause, **facts)
