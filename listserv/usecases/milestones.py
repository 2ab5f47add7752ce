"""Milestones: offered to the coordinators as ready paragraphs, put into the draft of the next issue by their word, and published by nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.i18n import N_, choose_language, translations
from listserv.mail import commands, milestonereplies, stopwords
from listserv.store import calendar
from listserv.store import milestones as rows
from listserv.store.issues import Issue, IssueState, SourceKind, locked_issue, open_issues
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.milestones import Milestone, MilestoneState
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import deciding, issueletters, issues, milestonewords, outbox, reporting, tokens, unproven
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.digesting import Owed
from listserv.usecases.issues import Words
from listserv.usecases.journal import note
from listserv.usecases.milestonefinds import Found, find
from listserv.usecases.outbox import Cause
from listserv.usecases.rowbyrow import alone

WHAT = "milestones"
# On Mondays, at this hour of the site's.
WEEKDAY, HOUR = 0, 8
MOST_LISTED, MOST_OFFERED = 1_000, 6
# What a new draft with nothing else in it is called.
SUBJECT = N_("News of the network")
ADDED = N_("What you chose stands at the end of this draft.")


# ---- what the calendar owes ---------------------------------------------------------------------------------


def slot_before(now: datetime, zone: ZoneInfo) -> datetime:
    """The newest Monday's slot that has come, whatever the clocks did that night."""
    day = now.astimezone(zone).date()
    day -= timedelta(days=(day.weekday() - WEEKDAY) % 7)
    slot = instant(datetime(day.year, day.month, day.day, HOUR), zone)
    day -= timedelta(days=7)
    return slot if slot <= now else instant(datetime(day.year, day.month, day.day, HOUR), zone)


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters that the calendar owes at that time; where nothing happened, nothing is owed."""
    slot, found = _slot(db, until), []
    for mlist in rows.lists_to_look_at(db, WHAT, slot, MOST_LISTED):
        offered = _worth_offering(db, mlist, slot)
        if offered:
            kinds = ", ".join(dict.fromkeys(str(one.kind) for one, _ in offered))
            found += [Owed(slot, WHAT, mlist.name, one.address.email, f"offered for the next issue: {kinds}") for one in reporting.willing(db, mlist, until)]
    return found


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Look at the week of lists that were not looked at, and write where there is something; how many were written to, or looked at where there are more."""
    slot = _slot(db, now)
    lists = rows.lists_to_look_at(db, WHAT, slot, limit)
    return sum(_safely(db, mlist, slot, now) for mlist in lists) or (len(lists) if len(lists) == limit else 0)


def _slot(db: Session, now: datetime) -> datetime:
    return slot_before(now, ZoneInfo(outbox.settings_of(db).timezone))


def _safely(db: Session, mlist: MailingList, slot: datetime, now: datetime) -> int:
    done = alone(db, partial(_offer, db, mlist, slot, now), "milestones failed", list=mlist.name)
    return int(_ran(db, mlist, slot, now, "failed")) if done is None else done


def _ran(db: Session, mlist: MailingList, slot: datetime, now: datetime, detail: str) -> bool:
    return calendar.ran(db, WHAT, f"list:{mlist.id}", slot, now, list_id=mlist.id, detail=detail)


def _worth_offering(db: Session, mlist: MailingList, slot: datetime) -> list[tuple[Found, str]]:
    worded = [(one, milestonewords.paragraph(db, mlist, one)) for one in find(db, mlist, slot)[:MOST_OFFERED]]
    return [(one, words) for one, words in worded if words]


def _offer(db: Session, mlist: MailingList, slot: datetime, now: datetime) -> int:
    """Once for each slot; 0 where there is nothing to offer, or nobody to offer it to, and where another worker was faster."""
    offered, readers = _worth_offering(db, mlist, slot), reporting.willing(db, mlist, now)
    something = bool(offered and readers)
    if not _ran(db, mlist, slot, now, f"offered: {len(offered)}, letters: {len(readers)}" if something else "") or not something:
        return 0
    kept = [_keep(db, mlist, one, number, slot) for number, (one, _) in enumerate(offered, 1)]
    for reader in readers:
        _write(db, mlist, kept[0], [words for _, words in offered], reader, now)
    return 1


def _keep(db: Session, mlist: MailingList, found: Found, number: int, slot: datetime) -> Milestone:
    facts: dict[str, Any] = {"kind": found.kind, "about": found.about, "count": found.count, "messages": " ".join(map(str, found.messages))}
    row = Milestone(list_id=mlist.id, slot=slot, number=number, **facts)
    db.add(row)
    db.flush()
    return row


def _write(db: Session, mlist: MailingList, first: Milestone, offered: Sequence[str], to: Member, now: datetime) -> None:
    token = tokens.issue(db, Purpose.MILESTONES, to.address.email, now, mlist=mlist, object_id=first.id, days=reporting.ANSWERED_FOR)
    reply_to = deciding.reply_address(db, token)
    outbox.to_member(db, "milestones", to, now, mlist=mlist, reply_to=reply_to, automatic=False, paragraphs=tuple(offered))


# ---- the coordinator's word ---------------------------------------------------------------------------------


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what a coordinator says of the paragraphs. Raises Conflict where there are none any more."""
    offered, mlist = rows.offered_with(db, token.object_id or 0), db.get_one(MailingList, token.list_id)
    if not offered:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    actor = deciding.actor(db, token)
    if not actor.user_id or not deciding.still_decides(db, mlist, actor.user_id):
        return Outcome(State.REFUSED, ("not-a-coordinator",))
    about = translations(mlist.language).gettext(SUBJECT)
    kept = unproven.kept_from_deciding(db, mlist, token, letter, about, now)
    if kept is not None:
        return kept
    letter.incoming.list_id = mlist.id
    return _obey(db, mlist, offered, actor, token, letter, now)


def _obey(db: Session, mlist: MailingList, offered: Sequence[Milestone], actor: Actor, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A coordinator who is proven has spoken."""
    name = letter.post.authors[0].name if letter.post.authors else ""
    if stopwords.wanted(letter.post.reply, (name,)) is not None:
        return reporting.answer_of(db, mlist, actor, letter, now)
    said = milestonereplies.wanted(letter.post.reply, len(offered), (name,))
    if not said:
        _tell(db, mlist, token, offered, "unclear", letter, now)
        return Outcome(State.ANSWERED, ("not-understood",))
    try:
        return _decide(db, mlist, offered, said, actor, token, letter, now)
    except (Invalid, NotAllowed) as refusal:
        trouble = issueletters.worded(refusal, choose_language((_language(db, mlist, actor), mlist.language)))
        _tell(db, mlist, token, offered, "refused", letter, now, trouble=trouble)
        return Outcome(State.ANSWERED, ("draft-refused",))


def _decide(
    db: Session, mlist: MailingList, offered: Sequence[Milestone], said: Mapping[int, bool], actor: Actor, token: Token, letter: Letter, now: datetime
) -> Outcome:
    open_still = [one for one in offered if one.state is MilestoneState.OFFERED and one.number in said]
    chosen = [one for one in offered if one.number in said and said[one.number] and one.state is not MilestoneState.TAKEN]
    told = [one for one in chosen if milestonewords.paragraph(db, mlist, found_of(one))]
    issue = put_in(db, mlist, told, actor.user_id or 0, now) if told else None
    for one in [*told, *(one for one in open_still if not said[one.number])]:
        one.state, one.decided_at = (MilestoneState.TAKEN if said[one.number] else MilestoneState.DROPPED), now
    for verb, some in (("milestones-added", told), ("milestones-dropped", [one for one in open_still if not said[one.number]])):
        if some:
            note(db, actor, verb, mlist=mlist, now=now, about=some[0], detail=str(len(some)))
    if issue is not None:
        issueletters.preview(db, issue, token.email, now, Cause(letter.incoming, proven=True), notes=(ADDED,))
        return Outcome(State.ANSWERED, ("milestones-added",))
    outcome = "gone" if chosen else "already" if any(said.values()) or not open_still else "dropped"
    _tell(db, mlist, token, offered, outcome, letter, now)
    return Outcome(State.ANSWERED, (f"milestones-{outcome}",))


def found_of(one: Milestone) -> Found:
    """What it was found as."""
    return Found(one.kind, one.about, tuple(int(number) for number in one.messages.split()), one.count)


def put_in(db: Session, mlist: MailingList, chosen: Sequence[Milestone], user_id: int, now: datetime) -> Issue:
    """The draft of the next issue with these paragraphs at its end; a new one where there is none. Raises Invalid where it grows too long."""
    issue = _draft(db, mlist, user_id)
    escape = milestonewords.markdown if issue and issue.kind is SourceKind.MARKDOWN else milestonewords.plain
    words = "\n\n".join(milestonewords.paragraph(db, mlist, found_of(one), escape) for one in chosen)
    if issue is None:
        subject = translations(mlist.language).gettext(SUBJECT)
        return issues.draft(db, mlist, user_id, Words(subject, words, language=mlist.language), now)
    before = issues.words_of(issue)
    with db.begin_nested():
        issues.revise(db, issue, replace(before, source="\n\n".join(filter(None, (before.source.rstrip("\n"), words)))), now)
    return issue


def _draft(db: Session, mlist: MailingList, user_id: int) -> Issue | None:
    """Their own that was changed last, for everybody and with no time yet. What is planned stays as it was agreed, and HTML is edited by hand."""
    drafts = [one for one in open_issues(db, mlist) if one.state is IssueState.DRAFT and one.kind is not SourceKind.HTML and not one.segment]
    own = [one for one in drafts if one.author_id == user_id]
    issue = locked_issue(db, own[0].id) if own else None
    return issue if issue and issue.state is IssueState.DRAFT else None


def _language(db: Session, mlist: MailingList, actor: Actor) -> str:
    return next((one.language for one in deciding.deciders(db, mlist) if one.user_id == actor.user_id), "")


def _tell(
    db: Session, mlist: MailingList, token: Token, offered: Sequence[Milestone], outcome: str, letter: Letter, now: datetime, *, trouble: str = ""
) -> None:
    """What has become of them; a reply still decides about those that are left."""
    again = tokens.issue(db, Purpose.MILESTONES, token.email, now, mlist=mlist, object_id=offered[0].id, days=reporting.ANSWERED_FOR)
    facts: dict[str, Any] = {"milestones_said": outcome, "trouble": trouble, "words": letter.words, "count": len(offered)}
    tongue = _language(db, mlist, deciding.actor(db, token))
    reply_to = deciding.reply_address(db, again)
    cause = Cause(letter.incoming, proven=True)
    outbox.write(db, "milestones-told", token.email, tongue, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
