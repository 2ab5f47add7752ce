"""What a member changes of their own: how and when mail comes, pauses, topics, name and language. The same verbs for mail and web."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from digests import schedule
from listserv.i18n import LANGUAGES, choose_language
from listserv.mail import address
from listserv.mail.commands import Command, Day, Kind
from listserv.mail.folding import fold
from listserv.mail.halfheard import UNCLEAR
from listserv.store import following
from listserv.store.following import Wish
from listserv.store.lists import Kind as ListKind
from listserv.store.lists import MailingList, Topic
from listserv.store.members import DeliveryMode, DigestForm, Member, Role, Status, memberships
from listserv.usecases import bankuses, bouncing, cities, outbox, planning
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import LONGEST_NAME, one_line
from listserv.usecases.editions import schedule_of
from listserv.usecases.journal import note

SCHEDULES = {Kind.DAILY: "daily 07:00", Kind.WEEKLY: "weekly mon 07:00", Kind.MONTHLY: "monthly 1 07:00"}
TOPICS = frozenset({Kind.TOPICS, Kind.ONLY_TOPICS, Kind.NO_TOPICS, Kind.ALL_TOPICS})
# How digests are made, and what comes beside them.
DIGESTS = frozenset({Kind.AT_LEAST, Kind.OWN_AT_ONCE, Kind.OWN_LATER, Kind.DIGEST_FORM})
# What `change` can do; the letter that says how things stand answers all of it.
OWN = frozenset({Kind.NAME, Kind.LANGUAGE, Kind.ZONE})
SETTINGS = frozenset({*SCHEDULES, Kind.EACH, Kind.ARCHIVE, Kind.PAUSE, Kind.RESUME, Kind.PREVIEW, Kind.NO_PREVIEW, *OWN, *TOPICS, *DIGESTS})
# What the answer says first, by what has changed; in this order.
TOLD = ("resumed", "paused", "delivery", "name", "language", "zone", "topics", "preview", "digest")
RHYTHMS = {schedule.Every.DAY: "day", schedule.Every.WEEK: "week", schedule.Every.MONTH: "month"}
# „Do 20.11”, said on the 21st, is a slip.
FAR = timedelta(days=330)
THREADS_TOLD = 5
LIFETIME = timedelta(days=36_525)
BETWEEN = re.compile(r"\s*[,;]\s*|\s+(?:i|oraz|and)\s+", re.IGNORECASE)


def actor_of(member: Member) -> Actor:
    """The member, acting by mail."""
    return Actor(Door.MAIL, member.user_id, proven=True)


def change(db: Session, member: Member, command: Command, now: datetime, *, actor: Actor | None = None) -> str:
    """Carry out one command of a member's own; without `actor` it came by mail. Says what has changed, one of TOLD; or nothing."""
    if member.mlist.kind is ListKind.NEWSLETTER and command.kind in (*SCHEDULES, *DIGESTS):
        # An issue comes to everybody when it goes out, and stands in no digest: who wants one wants the newsletter.
        command = Command(Kind.EACH)
    changed = _changed(member, command)
    if command.words == UNCLEAR or (command.kind is Kind.ZONE and not changed):
        # Its days or its hour cannot be read, and without them it would be another schedule: the answer asks for them.
        return ""
    if not (_apply(db, member, command, now) or _apply_to_person(db, member, command, now)):
        return ""
    planning.plan(db, member, now)
    note(db, actor or actor_of(member), f"member-{command.kind}", mlist=member.mlist, now=now, about=member)
    return changed


def _apply(db: Session, member: Member, command: Command, now: datetime) -> bool:
    """Does the command say something of the membership? Then it is so from now on."""
    if command.kind in SCHEDULES:
        member.delivery, member.schedule = DeliveryMode.DIGEST, _schedule(command)
    elif command.kind is Kind.EACH:
        member.delivery = DeliveryMode.EACH
    elif command.kind is Kind.ARCHIVE:
        member.delivery = DeliveryMode.NONE
    elif command.kind is Kind.PAUSE:
        member.status, member.paused_until = Status.PAUSED, end_of_pause(db, member, command, now)
    elif command.kind is Kind.RESUME:
        member.status, member.paused_until = Status.ENABLED, None
        bouncing.forget(db, member, now, told=False)
        bankuses.tell_later(db, member, now)
    elif command.kind in (Kind.PREVIEW, Kind.NO_PREVIEW):
        member.preview = command.kind is Kind.PREVIEW
    elif command.kind in TOPICS:
        _choose_topics(db, member, command, now)
    elif command.kind in DIGESTS:
        _set_digests(member, command)
    else:
        return False
    return True


def _apply_to_person(db: Session, member: Member, command: Command, now: datetime) -> bool:
    """The same of the person, on all their lists."""
    if command.kind is Kind.NAME:
        member.user.name = one_line(command.words)[:LONGEST_NAME]
    elif command.kind is Kind.LANGUAGE:
        member.user.language = choose_language((command.words,))
    elif command.kind is Kind.ZONE:
        member.user.timezone = zone_named(command.words)
        for one in memberships(db, member.user_id):
            planning.plan(db, one, now)
    else:
        return False
    return True


def _changed(member: Member, command: Command) -> str:
    if command.kind is Kind.RESUME:
        return "" if member.status is Status.ENABLED else "resumed"
    if command.kind is Kind.PAUSE:
        return "paused"
    if command.kind in TOPICS:
        return "topics" if command.kind is Kind.ALL_TOPICS or topics_named(member.mlist, command.words)[0] else ""
    if command.kind in DIGESTS:
        return "digest"
    if command.kind is Kind.ZONE:
        return "zone" if zone_named(command.words) else ""
    fixed = {Kind.NAME: "name", Kind.LANGUAGE: "language", Kind.PREVIEW: "preview", Kind.NO_PREVIEW: "preview"}
    return fixed.get(command.kind, "delivery")


def _set_digests(member: Member, command: Command) -> None:
    if command.kind is Kind.AT_LEAST:
        member.digest_least = int(command.words)
    elif command.kind is Kind.DIGEST_FORM:
        member.digest_form = DigestForm(command.words)
    else:
        member.own_threads = command.kind is Kind.OWN_AT_ONCE


def _schedule(command: Command) -> str:
    try:
        return str(schedule.parse(command.words or SCHEDULES[command.kind]))
    except ValueError:
        return SCHEDULES[command.kind]


def zone_named(words: str) -> str:
    """The time zone of this name, or of this city; empty where there is none."""
    return next((zone for zone in available_timezones() if zone.lower() == words.lower()), "") or cities.zone_of(words)


# ---- pauses -------------------------------------------------------------------------------------------------


def is_over(db: Session, member: Member, command: Command, now: datetime) -> bool:
    """Does a pause end on a day that is gone, year and all? It must not last for ever."""
    return command.kind is Kind.PAUSE and command.until is not None and end_of_pause(db, member, command, now) is None


def end_of_pause(db: Session, member: Member, command: Command, now: datetime) -> datetime | None:
    """The midnight that ends a pause, in the member's zone; None: until they come back. A day gone by means next year's."""
    zone = ZoneInfo(member.user.timezone or outbox.settings_of(db).timezone)
    today = now.astimezone(zone).date()
    last = _last_of_pause(command, today)
    # "Until 9999-12-31" is for ever, and has no next day.
    return datetime.combine(min(last, today + LIFETIME) + timedelta(days=1), clock(), zone) if last else None


def _last_of_pause(command: Command, today: date) -> date | None:
    if command.weekday is not None:
        # „Do piątku”, said on a Friday, is a week.
        return today + timedelta(days=(command.weekday - today.weekday() - 1) % 7 + 1)
    if command.days:
        return today + timedelta(days=command.days - 1)
    return last_day(command.until, today) if command.until else None


def last_day(day: Day, today: date) -> date | None:
    """The next such day of the calendar, today included; none where it has only just gone by: nobody means a year of silence."""
    number, month, year = day
    for candidate in (year,) if year else range(today.year, today.year + 9):
        try:
            end = date(candidate, month, number)
        except ValueError:
            continue  # the 29th of February
        if end >= today:
            return end if year or end - today < FAR else None
    return None


# ---- topics -------------------------------------------------------------------------------------------------


def topics_named(mlist: MailingList, words: str) -> tuple[list[Topic], list[str]]:
    """The topics that these words name, by short name or title; and the words that name none."""
    whole = _topic(mlist, words)
    if whole:
        return [whole], []
    found: list[Topic] = []
    unknown = []
    for part in filter(None, BETWEEN.split(words)):
        topic = _topic(mlist, part)
        if topic is None:
            unknown.append(part)
        elif topic not in found:
            found.append(topic)
    return found, unknown


def _topic(mlist: MailingList, words: str) -> Topic | None:
    said = " ".join(fold(words).strip(" .#„”\"'").split())
    names = [(topic, fold(topic.slug), " ".join(fold(topic.title).split())) for topic in mlist.topics]
    exact = [topic for topic, slug, title in names if said in (slug, title)]
    # „obszar TIK” for „Lekcje TIK”, where it is the only one with that word.
    near = [topic for topic, _, title in names if said and (title.startswith(said) or said in title.split())]
    return exact[0] if exact else near[0] if len(near) == 1 else None


def _choose_topics(db: Session, member: Member, command: Command, now: datetime) -> None:
    if command.kind is Kind.ALL_TOPICS:
        following.clear_topics(db, member.id)
        return
    found, _ = topics_named(member.mlist, command.words)
    ids = [topic.id for topic in found]
    if not ids:
        return
    if command.kind is Kind.NO_TOPICS:
        following.set_topics(db, member.id, ids, Wish.MUTE, now)
        return
    if command.kind is Kind.ONLY_TOPICS:
        following.clear_topics(db, member.id)
    elif Wish.FOLLOW not in following.choice_of(db, member.id).topics.values():
        # All come but what was left out: one more takes nothing away from the others.
        following.forget_topics(db, member.id, ids)
        return
    following.set_topics(db, member.id, ids, Wish.FOLLOW, now)


# ---- how things stand ---------------------------------------------------------------------------------------


def facts(db: Session, member: Member) -> dict[str, object]:
    """How things stand for a member, as the letter says it."""
    topics = following.topics_of(db, member.id)
    return {
        "delivery": member.delivery,
        "rhythm": rhythm(member),
        "status": member.status,
        "paused_until": member.paused_until and member.paused_until - timedelta(seconds=1),
        "name": member.user.name,
        "email": member.address.email,
        "preview": member.preview,
        "least": member.digest_least,
        "form": member.digest_form.value,
        "own_zone": member.user.timezone or outbox.settings_of(db).timezone,
        "next_digest": member.digest_due if member.status is Status.ENABLED and member.delivery is DeliveryMode.DIGEST else None,
        "own_at_once": member.own_threads,
        "followed": [title for title, wish in topics if wish is Wish.FOLLOW],
        "left_out": [title for title, wish in topics if wish is Wish.MUTE],
    }


def rhythm(member: Member) -> dict[str, str]:
    """When digests come, in each language, and `every` day, week or month; `often`: on several days of a week."""
    own = schedule_of(member)
    often = "often" if own.every is schedule.Every.WEEK and len(own.days) > 1 else ""
    return {"every": RHYTHMS[own.every], "often": often, **{tongue: schedule.in_words(own, tongue) for tongue in LANGUAGES}}


def standing(db: Session, member: Member) -> dict[str, object]:
    """What is told besides to who asks how things stand: their part in the list, and the threads that they have chosen."""
    threads = following.threads_of(db, member.id, THREADS_TOLD)
    return {
        "part": "" if member.role is Role.MEMBER else member.role.value,
        "threads_followed": [title for title, wish in threads if wish is Wish.FOLLOW],
        "threads_muted": [title for title, wish in threads if wish is Wish.MUTE],
    }


def is_own(member: Member, email: str) -> bool:
    """Is this one of the member's own addresses?"""
    return any(place.key == address.key(email) for place in member.user.addresses)


def is_a_wrong_guess(member: Member, command: Command) -> bool:
    """„Nie interesują mnie …”: was something meant that is no topic of this list?"""
    return command.guessed and command.kind in TOPICS and not topics_named(member.mlist, command.words)[0]


def unknown_topics(member: Member, wanted: Sequence[Command]) -> list[str]:
    """Words of these commands that name no topic of the list."""
    return [word for command in wanted if command.kind in TOPICS and command.words for word in topics_named(member.mlist, command.words)[1]]
