"""Issues of a newsletter: drafted, changed, planned, sent once, thrown away. Mail, web and console all come through here."""

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links, steps
from listserv.errors import Conflict, Invalid, NotAllowed
from listserv.i18n import N_
from listserv.mail import outgoing, parse
from listserv.mail.address import key as folded
from listserv.store import calendar, recall
from listserv.store import issues as rows
from listserv.store.issues import OPEN, Issue, IssueState
from listserv.store.lists import Archive, MailingList, lock
from listserv.store.people import Purpose, User
from listserv.store.queue import Incoming, State, keep_raw
from listserv.usecases import archiving, deciding, issuepress, issuezones, outbox, posting, segments, showing, tokens, ways
from listserv.usecases.access import CALENDAR, Actor
from listserv.usecases.issuewords import MOST_IMAGES as MOST_IMAGES
from listserv.usecases.issuewords import NewImage as NewImage
from listserv.usecases.issuewords import Words as Words
from listserv.usecases.issuewords import take
from listserv.usecases.issuewords import words_of as words_of
from listserv.usecases.journal import note

# Nobody plans farther ahead, but by a slip of the hand.
FARTHEST = timedelta(days=366)
# Who reads the page of an issue that goes to a part of the list.
READ_BY_LIST = N_("Everybody on the list can read its page in the archive, not only those who get this mail.")
READ_BY_ALL = N_("Its page in the archive is public: everybody can read it, not only those who get this mail.")
READ_BY_COORDINATORS = N_("Its page in the archive is for the coordinators alone, and answers reach nobody else.")


def draft(db: Session, mlist: MailingList, user_id: int, words: Words, now: datetime, *, incoming: Incoming | None = None) -> Issue:
    """A new draft. Raises NotAllowed for anybody but a coordinator, Invalid with one sentence where it cannot be made."""
    _require_coordinator(db, mlist, user_id)
    issue = Issue(list_id=mlist.id, author_id=user_id, key=secrets.token_hex(12), created_at=now, changed_at=now, revision=1)
    issue.mlist, issue.incoming_id = mlist, incoming.id if incoming else None
    # What cannot be made leaves no row behind.
    with db.begin_nested():
        db.add(issue)
        take(db, issue, words, now)
    return issue


def revise(db: Session, issue: Issue, words: Words, now: datetime) -> Issue:
    """The draft anew; what was planned is a draft again. Raises Conflict once it has begun, Invalid where it cannot be made."""
    _require_open(db, issue)
    with db.begin_nested():
        as_draft(issue)
        take(db, issue, words, now)
    return issue


def as_draft(issue: Issue) -> None:
    """Nothing is planned for it any more, and a word meant for what was planned sends nothing."""
    issue.state, issue.at, issue.local, issue.clock, issue.planned_by = IssueState.DRAFT, None, False, "", None
    issue.revision += 1


def _require_coordinator(db: Session, mlist: MailingList, user_id: int | None) -> None:
    if not deciding.still_decides(db, mlist, user_id) or not user_id:
        raise NotAllowed("not-a-coordinator")


def _require_open(db: Session, issue: Issue) -> None:
    """Nobody else decides about it meanwhile. Raises Conflict where it is decided."""
    rows.locked_issue(db, issue.id)
    if issue.state is IssueState.SENT:
        raise Conflict("already-sent")
    if issue.state not in OPEN:
        raise Conflict("already-discarded")


def _require_actor(db: Session, issue: Issue, actor: Actor) -> None:
    if not actor.administrator and actor.door is not CALENDAR.door:
        _require_coordinator(db, issue.mlist, actor.user_id)


def schedule(
    db: Session, issue: Issue, at: datetime, local: bool, actor: Actor, now: datetime, *, zone: ZoneInfo | None = None, wall: datetime | None = None
) -> None:
    """Plan it. `local`: at this clock time (`wall`, or as `zone`, else the site's, reads it) in each reader's own zone.

    Raises Invalid for a moment that is over, Conflict once it has begun.
    """
    _require_actor(db, issue, actor)
    _require_open(db, issue)
    if at <= now:
        raise Invalid(N_("This moment is over already: say a later one, or send it now."))
    if at > now + FARTHEST:
        raise Invalid(N_("This moment is more than a year ahead: say a nearer one."))
    here = zone or ZoneInfo(outbox.settings_of(db).timezone)
    wall = wall or at.astimezone(here).replace(tzinfo=None, second=0, microsecond=0)
    first = issuezones.first_instant(db, issue, wall) if local else at
    issue.state, issue.at, issue.local = IssueState.SCHEDULED, max(first, now).astimezone(UTC), local
    issue.clock, issue.planned_by = wall.isoformat(timespec="minutes") if local else "", actor.user_id
    note(db, actor, "issue-planned", mlist=issue.mlist, now=now, about=issue, detail=issue.subject[:200])
    db.flush()


def unschedule(db: Session, issue: Issue, actor: Actor, now: datetime) -> None:
    """Take the plan back: a draft again. Raises Conflict once it has begun, or where nothing was planned."""
    _require_actor(db, issue, actor)
    _require_open(db, issue)
    if issue.state is not IssueState.SCHEDULED:
        raise Conflict("nothing-planned")
    as_draft(issue)
    note(db, actor, "issue-unplanned", mlist=issue.mlist, now=now, about=issue, detail=issue.subject[:200])
    db.flush()


def discard(db: Session, issue: Issue, actor: Actor, now: datetime) -> None:
    """Throw it away. Raises Conflict once it has begun, or where that is done already."""
    _require_actor(db, issue, actor)
    _require_open(db, issue)
    issue.state, issue.at = IssueState.DISCARDED, None
    note(db, actor, "issue-discarded", mlist=issue.mlist, now=now, about=issue, detail=issue.subject[:200])
    db.flush()


def stop(db: Session, issue: Issue, actor: Actor, now: datetime) -> int:
    """Keep back the copies of a sent issue that have not left; how many have. Raises Conflict where none is left to stop."""
    _require_actor(db, issue, actor)
    rows.locked_issue(db, issue.id)
    if issue.message_id is None or not rows.copies_wait(db, [issue.message_id]):
        raise Conflict("nothing-waits")
    left = recall.stop_copies(db, issue.message_id)
    note(db, actor, recall.STOPPED, mlist=issue.mlist, now=now, about=issue, detail=f"{left} {issue.subject}"[:200])
    db.flush()
    return left


def send(db: Session, issue: Issue, actor: Actor, now: datetime) -> None:
    """Send it now: the message of the archive, its thread and page, and its way to the readers, in one transaction.

    Raises Conflict where that has happened already, so that twice said is once sent.
    """
    _require_actor(db, issue, actor)
    _require_open(db, issue)
    lock(db, issue.mlist)
    _require_readers(db, issue, actor)
    _begin(db, issue, actor, now)


def _require_readers(db: Session, issue: Issue, actor: Actor) -> None:
    """What has changed since it was written or planned."""
    if issue.mlist.closed_at:
        raise Invalid(N_("This list is closed: nothing is sent to it any more."))
    if actor.door is CALENDAR.door and issue.planned_by and not deciding.still_decides(db, issue.mlist, issue.planned_by):
        raise Invalid(N_("Whoever planned it does not coordinate the list any more."))
    if not segments.count(db, issue.mlist, segments.checked(db, issue.mlist, issue.segment)):
        raise Invalid(N_("Nobody would get this issue: nobody is meant by its choice of readers at the moment."))


def _begin(db: Session, issue: Issue, actor: Actor, now: datetime) -> None:
    mlist, settings = issue.mlist, outbox.settings_of(db)
    if actor.door is not CALENDAR.door:
        # Now is now, whatever had been planned.
        issue.at, issue.local, issue.clock = None, False, ""
    printed = issuepress.mails(db, issue, now)
    raw_id = keep_raw(db, printed.archived).id
    post = archiving.unused_id(db, mlist, parse.parse(printed.archived), sha256(printed.archived).hexdigest())
    incoming = _arrived(db, issue, raw_id, post.message_id, now)
    message = archiving.add(db, mlist, archiving.Arrival(post, raw_id, now))
    incoming.archived_id = message.id
    if segments.of_coordinators(issue.segment):
        # Before there are copies, or these would be kept back.
        showing.take_out_of_sight(db, message, now)
    dress = posting.dress_of(settings, mlist)
    copy = outgoing.copy_for_members(printed.mailed, parse.parse(printed.mailed), issuepress.undressed(dress), munge=True)
    row = outbox.fan_out(db, mlist, message, issuepress.with_answers(db, issue, copy.head), issuepress.body_of(printed.mailed), now)
    row.segment, row.fields = issue.segment, printed.fields
    row.clock = f"{issue.clock} {settings.timezone}" if issue.clock else ""
    issue.state, issue.message_id, issue.sent_at = IssueState.SENT, message.id, now
    issue.at = issue.at or now
    calendar.ran(db, "issue", f"issue:{issue.id}", issue.at, now, list_id=mlist.id, detail=issue.subject[:200])
    note(db, actor, "issue-sent", mlist=mlist, now=now, about=issue, detail=issue.subject[:200])
    db.flush()
    steps.reached("issues.sent")


def _arrived(db: Session, issue: Issue, raw_id: int, message_id: str, now: datetime) -> Incoming:
    """The row by which `trace` finds the issue, as it finds what was written in the browser."""
    settings = outbox.settings_of(db)
    incoming = Incoming(raw_id=raw_id, message_id=message_id, rcpt=links.list_address(settings, issue.mlist.name), peer="issue", attempts=1)
    incoming.mail_from, incoming.received_at, incoming.done_at = issuepress.author_of(db, issue).address, now, now
    incoming.list_id, incoming.state = issue.list_id, State.POSTED
    db.add(incoming)
    db.flush()
    ways.taken(incoming)
    return incoming


def try_out(db: Session, issue: Issue, to: str, actor: Actor, now: datetime) -> None:
    """Send one copy, exactly as it would go out, to a coordinator. Raises NotAllowed for any other address."""
    _require_actor(db, issue, actor)
    known = {folded(decider.email): decider for decider in deciding.deciders(db, issue.mlist)}
    own = db.get(User, actor.user_id) if actor.user_id else None
    keys = {*known, *(place.key for place in own.addresses if place.verified_at)} if own else {*known}
    if folded(to) not in keys:
        raise NotAllowed("not-a-coordinator")
    # An answer to it is an answer about the issue, as one to its preview.
    token = tokens.issue(db, Purpose.ISSUE, to, now, mlist=issue.mlist, object_id=issue.id, detail=f"\n{issue.revision}")
    raw = issuepress.trial(db, issue, to, own.name if own else "", now, reply_to=deciding.reply_address(db, token))
    outbox.post_bytes(db, "issue-trial", raw, to, now, mlist=issue.mlist)


def count(db: Session, issue: Issue) -> int:
    """How many people would get it now."""
    return segments.count(db, issue.mlist, segments.parse(issue.segment))


def audience(issue: Issue) -> str:
    """A sentence about who can read the page of an issue that does not go to everybody; empty for one that does."""
    if not issue.segment:
        return ""
    if segments.of_coordinators(issue.segment):
        return READ_BY_COORDINATORS
    return READ_BY_ALL if issue.mlist.archive is Archive.PUBLIC else READ_BY_LIST


def facts(db: Session, issue: Issue, language: str) -> dict[str, Any]:
    """What a page or a letter says of an issue: how many get it, who they are, and where answers go."""
    segment = segments.parse(issue.segment)
    return {"count": segments.count(db, issue.mlist, segment), "whom": segments.words_for(db, issue.mlist, segment, language), "replies": issue.replies.value}
