"""Commands in plain words: by the list's own addresses, and in reply to our letters."""

import functools
from datetime import date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import NotAllowed
from listserv.mail import address, commands, language
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command, Day, Kind
from listserv.store.lists import MailingList
from listserv.store.members import DeliveryMode, Member, Status, member_by_key
from listserv.store.ownposts import held_of, posted_by
from listserv.store.people import Purpose
from listserv.store.queue import State
from listserv.usecases import banning, deciding, digesting, membership, outbox, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause

SCHEDULES = {Kind.DAILY: "daily 07:00", Kind.WEEKLY: "weekly mon 07:00", Kind.MONTHLY: "monthly 1 07:00"}
CONFIRM_DAYS = 14
LONGEST_ASKED = 500
# „Do 20.11”, said on the 21st, is a slip.
FAR = timedelta(days=330)
LIFETIME = timedelta(days=36_525)
# How far back, and how many of somebody's posts a letter tells.
DAYS_TOLD, POSTS_TOLD = 30, 10
ANSWERED = Outcome(State.ANSWERED)


def actor_of(member: Member) -> Actor:
    """The member, acting by mail."""
    return Actor(Door.MAIL, member.user_id, proven=True)


def sender_of(db: Session, mlist: MailingList, letter: Letter) -> Member | None:
    """The member whose address stands in From."""
    return member_by_key(db, mlist, address.key(letter.sender)) if letter.sender else None


def tongue(letter: Letter, member: Member | None = None) -> str:
    """The language to answer in: the person's, else the letter's."""
    return (member.user.language if member else "") or language.guess(letter.post.text)


def join(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A letter to -join: an application, whatever it says. Who is on the list already gets the words that work."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    member = sender_of(db, mlist, letter)
    if member:
        return help_letter(db, mlist, letter, member, now)
    refused = banning.turned_away(db, mlist, letter, now)
    if refused:
        return refused
    membership.apply(db, mlist, membership.applicant_from(letter.post, letter.incoming, letter.alignment, mlist), now)
    return Outcome(State.APPLICATION)


def leave(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A letter to -leave: at once where the sender is proven, else after one reply from the address itself."""
    member = sender_of(db, mlist, letter)
    if member is None:
        return tell_stranger(db, mlist, letter, now)
    if letter.alignment is Alignment.ALIGNED:
        return go(db, member, letter.cause, now)
    return confirm_first(db, mlist, member, Purpose.LEAVE, "leave-confirm", letter, now)


def tell_stranger(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """The address is not on the list; how to find the right one."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    outbox.write(db, "not-a-member", letter.sender, tongue(letter), now, mlist=mlist, cause=letter.cause)
    return ANSWERED


def confirm_first(db: Session, mlist: MailingList, member: Member, purpose: Purpose, question: str, letter: Letter, now: datetime) -> Outcome:
    """Ask the member's own address once: anybody could have written this."""
    asked = letter.post.reply.strip()[:LONGEST_ASKED]
    if not commands.commands(asked):
        # Said in the subject, above a greeting and a name.
        asked = letter.post.subject[:LONGEST_ASKED] if commands.commands("", letter.post.subject) else asked or letter.post.subject
    token = tokens.issue(db, purpose, member.address.email, now, mlist=mlist, object_id=member.id, days=CONFIRM_DAYS, detail=asked)
    reply_to = deciding.reply_address(db, token)
    told = outbox.to_member(db, question, member, now, mlist=mlist, reply_to=reply_to, cause=letter.cause)
    return Outcome(State.ANSWERED, ("asked-back",) if told else ("enough-for-today",))


def go(db: Session, member: Member, cause: Cause, now: datetime) -> Outcome:
    """Take the member off the list; the last owner is told why that cannot be."""
    try:
        membership.leave(db, member, actor_of(member), now)
    except NotAllowed:
        outbox.to_member(db, "last-owner", member, now, mlist=member.mlist, cause=cause)
    return ANSWERED


def request(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A letter to -request or -help."""
    member, said = sender_of(db, mlist, letter), (letter.post.reply, letter.post.subject)
    wanted = commands.commands(*said) or commands.in_the_old_way(*said, mlist.name)
    if member is None:
        if any(command.kind is Kind.JOIN for command in wanted):
            return join(db, mlist, letter, now)
        if any(command.kind is Kind.LEAVE for command in wanted):
            return tell_stranger(db, mlist, letter, now)
        return help_letter(db, mlist, letter, None, now)
    if any(command.kind is Kind.LEAVE for command in wanted):
        return leave(db, mlist, letter, now)
    changes = any(command.kind is not Kind.HELP for command in wanted)
    if changes and letter.alignment is not Alignment.ALIGNED:
        return confirm_first(db, mlist, member, Purpose.SETTINGS, "confirm-settings", letter, now)
    return obey(db, member, wanted, letter, now, cause=letter.cause)


def help_letter(db: Session, mlist: MailingList, letter: Letter, member: Member | None, now: datetime) -> Outcome:
    """The addresses and words that work."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    outbox.write(db, "help", letter.sender, tongue(letter, member), now, mlist=mlist, cause=letter.cause, known=member is not None)
    return ANSWERED


def obey(db: Session, member: Member, wanted: tuple[Command, ...], letter: Letter, now: datetime, *, cause: Cause | None = None) -> Outcome:
    """Do what a proven member asks for, and say how things stand now: one letter, whatever was asked.

    Without `cause` a token of the member's own has proven them.
    """
    mlist = member.mlist
    if any(command.kind is Kind.LEAVE for command in wanted):
        return go(db, member, letter.cause, now)
    if not wanted and commands.only_thanks(letter.post.reply):
        # Thanked for a letter of ours: another one would be one too many.
        return Outcome(State.ANSWERED, ("thanks",))
    wanted = tuple(command for command in wanted if not is_over(db, member, command, now))
    for command in wanted:
        change(db, member, command, now)
    token = tokens.issue(db, Purpose.SETTINGS, member.address.email, now, mlist=mlist, object_id=member.id)
    kind, facts = answer_to(db, member, wanted, now)
    reply_to = deciding.reply_address(db, token)
    told = outbox.to_member(db, kind, member, now, mlist=mlist, reply_to=reply_to, cause=cause or Cause(letter.incoming, proven=True), **facts)
    return ANSWERED if told else Outcome(State.ANSWERED, ("enough-for-today",))


def answer_to(db: Session, member: Member, wanted: tuple[Command, ...], now: datetime) -> tuple[str, dict[str, object]]:
    """The letter that answers these commands, and its facts."""
    kinds = {command.kind for command in wanted} - {Kind.JOIN}
    if kinds == {Kind.STATUS}:
        return "my-posts", {"posts": posts_facts(db, member, now), "email": member.address.email}
    if kinds - {Kind.HELP, Kind.STATUS}:
        return "settings", settings_facts(member)
    return ("help", {"known": True}) if wanted else ("not-understood", {})


def posts_facts(db: Session, member: Member, now: datetime) -> list[dict[str, object]]:
    """What became of a member's latest posts, newest first."""
    mlist, since = member.mlist, now - timedelta(days=DAYS_TOLD)
    url = functools.partial(links.message_url, outbox.settings_of(db), mlist.name)
    posted = posted_by(db, mlist, member.address.key, since, POSTS_TOLD)
    told: list[dict[str, object]] = [{"subject": one.subject, "state": "posted", "at": one.received_at, "url": url(one.hash)} for one in posted]
    held = held_of(db, mlist, member.address.email, since, POSTS_TOLD)
    told += [{"subject": one.subject, "state": one.state.value, "at": one.held_at, "url": ""} for one in held]
    return sorted(told, key=lambda one: str(one["at"]), reverse=True)[:POSTS_TOLD]


def is_over(db: Session, member: Member, command: Command, now: datetime) -> bool:
    """Does a pause end on a day that is gone, year and all? It must not last for ever."""
    return command.kind is Kind.PAUSE and command.until is not None and end_of_pause(db, member, command, now) is None


def change(db: Session, member: Member, command: Command, now: datetime, *, actor: Actor | None = None) -> None:
    """Carry out one command of a member's own; without `actor` it came by mail."""
    if command.kind in SCHEDULES:
        member.delivery, member.schedule = DeliveryMode.DIGEST, SCHEDULES[command.kind]
    elif command.kind is Kind.EACH:
        member.delivery = DeliveryMode.EACH
    elif command.kind is Kind.PAUSE:
        member.status, member.paused_until = Status.PAUSED, end_of_pause(db, member, command, now)
    elif command.kind is Kind.RESUME:
        member.status, member.paused_until, member.bounce_score = Status.ENABLED, None, 0.0
    else:
        return
    digesting.plan(db, member, now)
    note(db, actor or actor_of(member), f"member-{command.kind}", mlist=member.mlist, now=now, about=member)


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


def settings_facts(member: Member) -> dict[str, object]:
    """How things stand for a member, as the letter says it."""
    return {
        "delivery": member.delivery,
        "schedule": member.schedule,
        "status": member.status,
        "paused_until": member.paused_until and member.paused_until - timedelta(seconds=1),
        "name": member.user.name,
        "email": member.address.email,
    }
