"""Seeing one's post before everybody does: it is kept, its author gets it as it will look, and one word sends it or takes it back.

Nothing is published by mistake, and no words are lost: what is neither yes nor no is asked about, and what is taken back
comes home in a letter.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from sqlalchemy.orm import Session

from digests import words
from listserv import rules
from listserv.errors import Conflict
from listserv.i18n import choose_language
from listserv.mail import address, commands, doors, parse, previewwords, thanks
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Kind
from listserv.mail.parse import Post
from listserv.rules import Action
from listserv.store import calendar, tools
from listserv.store import doors as rows
from listserv.store.doors import Asks, Preview
from listserv.store.lists import MailingList, lock, topic_by_slug
from listserv.store.members import DeliveryMode, Member, count_readers, member_of
from listserv.store.people import Token
from listserv.store.queue import Incoming, State, keep_raw, raw_bytes
from listserv.store.threads import message_by_id
from listserv.usecases import drafts, mailcommands, nameasked, outbox, posting, unlinking
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome, outcome_of
from listserv.usecases.conversations import speaker
from listserv.usecases.digesting import Owed
from listserv.usecases.drafts import KEPT, LONGEST_SHOWN
from listserv.usecases.journal import note
from listserv.usecases.leaving import sender_of
from listserv.usecases.outbox import Cause
from listserv.usecases.rowbyrow import each
from listserv.usecases.submissions import Submission, facts_for

# Sent later than this it is a mail of the day on which it is sent.
FRESH = timedelta(hours=12)
MOST_LISTED = 10_000
# So many words are a word to us; more may be the post anew.
A_WORD = 4
SWITCHES = frozenset({Kind.PREVIEW, Kind.NO_PREVIEW})


def taken(db: Session, member: Member | None, letter: Letter, submission: Submission, now: datetime) -> Outcome | None:
    """Keep the post of a member until they have seen it, where they wish that; None where it goes its way at once."""
    if member is None or letter.by_a_machine or letter.alignment is Alignment.FAILED:
        return None
    post, mlist = submission.post, member.mlist
    once = doors.wants_preview(post)
    if not (member.preview or once):
        return None
    lock(db, mlist)
    if rows.waits_already(db, mlist.id, letter.incoming.raw_id):
        return Outcome(State.DISCARDED, ("double",))
    if rules.judge(post, facts_for(db, mlist, submission)).action not in (Action.ACCEPT, Action.HOLD):
        return None  # it would not go out anyhow, and its author hears why
    if once:
        raw = doors.with_words(submission.raw, post, once.words)
        # What the author's mail service has signed is not what goes out.
        submission = replace(submission, raw=raw, raw_id=keep_raw(db, raw).id, post=parse.parse(raw), munge=letter.strict)
    row = drafts.keep(db, member, submission, letter, now, Asks.PREVIEW)
    # Not in the list's journal: that somebody has written something and thought better of it is nobody's business.
    note(db, Actor(Door.MAIL, member.user_id), "preview-made", mlist=None, now=now, about=submission.incoming)
    show(db, row, now, letter.cause)
    return Outcome(State.DRAFT, ("preview",))


def show(db: Session, row: Preview, now: datetime, cause: Cause, *, again: bool = False) -> bool:
    """The letter with the post as everybody will get it; a reply to it decides."""
    submission = drafts.submission_of(db, row)
    verdict = rules.judge(submission.post, facts_for(db, row.mlist, submission))
    facts = _facts(db, row, submission.post) | {"again": again, "reasons": verdict.reasons if verdict.action is Action.HOLD else ()}
    return drafts.show(db, "preview", row, now, cause, **facts)


def _facts(db: Session, row: Preview, post: Post) -> dict[str, Any]:
    topic = topic_by_slug(db, row.mlist, row.topic) if row.topic else None
    above = message_by_id(db, row.mlist, post.references[-1]) if post.references else None
    tongue = choose_language((row.user.language, row.mlist.language))
    return {
        "subject": post.subject,
        "text": post.text[:LONGEST_SHOWN],
        "cut": len(post.text) > LONGEST_SHOWN,
        "topic": topic.title if topic else "",
        "answers": speaker(above.author, above.author_email) if above and above.hidden_at is None else "",
        "file_sizes": tuple(f"{file.name}, {words.size(file.size, tongue)}" for file in post.attachments if not file.inline),
        "count": count_readers(db, row.mlist),
        "days": KEPT.days,
    }


# ---- the author's word --------------------------------------------------------------------------------------


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Do what the author says of the post."""
    row = rows.preview_of(db, token.object_id or 0)
    if row is None:
        return _already(db, token, letter, now)
    if not drafts.is_own(row, letter):
        return Outcome(State.REFUSED, ("not-the-author",))
    reply, author = letter.post.reply, letter.post.authors[0].name or row.user.name
    if commands.is_absent(reply):
        return NOBODY_ANSWERS_MACHINES
    if previewwords.says_send(reply, author):
        member = member_of(db, row.mlist, row.user_id)
        send(db, row, now)
        if member and member.delivery is not DeliveryMode.EACH and row.incoming.state is State.POSTED:
            # No copy will tell that it is out.
            _say_done(db, member, row.incoming, letter, now, just=True)
        return Outcome(State.ANSWERED, ("preview-sent",))
    if previewwords.says_no(reply):
        drafts.drop(db, row, now, Cause(letter.incoming, proven=True))
        return Outcome(State.ANSWERED, ("preview-dropped",))
    wanted = tuple(command for command in commands.commands(reply) if command.kind in SWITCHES)
    member = member_of(db, row.mlist, row.user_id)
    # A word, and below it the text anew: that is no setting.
    if wanted and member and len(reply.split()) <= A_WORD:
        # The post that waits goes on waiting: whoever wants no more previews has not said yes to it.
        return mailcommands.obey(db, member, wanted, letter, now)
    if not thanks.says_only_thanks(reply):
        subject = drafts.submission_of(db, row).post.subject
        facts: dict[str, Any] = {"subject": subject, "words": letter.words, "anew": len(reply.split()) > A_WORD}
        drafts.write(db, "preview-unclear", row, now, Cause(letter.incoming, proven=True), **facts)
    return Outcome(State.ANSWERED, ("not-understood",))


def _already(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """It is decided: say what became of it, and when. Raises Conflict where somebody else writes."""
    incoming = db.get(Incoming, token.object_id or 0)
    member = sender_of(db, db.get_one(MailingList, token.list_id), letter) if incoming else None
    if incoming is None or member is None or not is_same_person(member, token) or letter.alignment is Alignment.FAILED:
        raise Conflict("already-decided")
    if commands.is_absent(letter.post.reply) or thanks.says_only_thanks(letter.post.reply):
        return Outcome(State.ANSWERED, ("already-decided",))
    _say_done(db, member, incoming, letter, now)
    return Outcome(State.ANSWERED, ("already-decided",))


def _say_done(db: Session, member: Member, incoming: Incoming, letter: Letter, now: datetime, *, just: bool = False) -> None:
    subject = parse.parse(raw_bytes(db, incoming.raw_id)).subject
    facts: dict[str, Any] = {"subject": subject, "became": incoming.state.value, "done_at": incoming.done_at or now, "just": just}
    outbox.to_member(db, "preview-done", member, now, mlist=member.mlist, cause=Cause(letter.incoming, proven=True), **facts)


def is_same_person(member: Member, token: Token) -> bool:
    """Was the letter with this key sent to an address of theirs?"""
    return address.key(token.email) in {place.key for place in member.user.addresses}


def send(db: Session, row: Preview, now: datetime) -> Outcome:
    """The post goes its way now: from here on the list's rules ask their questions."""
    submission, mlist, incoming = drafts.submission_of(db, row), row.mlist, row.incoming
    if now - row.made_at > FRESH:
        raw = doors.with_date(submission.raw, format_datetime(now))
        submission = replace(submission, raw=raw, raw_id=keep_raw(db, raw).id, post=parse.parse(raw), munge=row.strict)
        incoming.received_at = now
    user_id = row.user_id
    db.delete(row)
    db.flush()
    note(db, Actor(Door.MAIL, user_id, proven=True), "preview-sent", mlist=None, now=now, about=incoming)
    outcome = outcome_of(posting.submit(db, mlist, submission, now))
    incoming.state, incoming.reasons, incoming.done_at = outcome.state, " ".join(outcome.reasons), now
    return outcome


def owed(db: Session, until: datetime) -> list[Owed]:
    """The reminders and the ends that the calendar owes at that time."""
    return [_owed(row) for row in rows.previews_due(db, until, MOST_LISTED, lock=False)]


def _owed(row: Preview) -> Owed:
    what = "preview-ends" if row.reminded else "preview-reminder"
    return Owed(row.due_at, what, row.mlist.name, row.email, "a post waits for its author's word")


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Remind once, and in the end give the words back; how many."""
    return each(db, rows.previews_due(db, now, limit), lambda row: _due(db, row, now))


def _due(db: Session, row: Preview, now: datetime) -> None:
    if row.asks is Asks.PREVIEW:
        # Not of those who would not be named: when they wrote stays nowhere.
        calendar.ran(db, _owed(row).what, f"preview:{row.id}", row.due_at, now, list_id=row.list_id)
    if row.reminded:
        incoming, asks, mlist, made = row.incoming, row.asks, row.mlist, row.raw_id
        drafts.drop(db, row, now, outbox.ACT if asks is Asks.PREVIEW else Cause(incoming), expired=True)
        if asks is not Asks.PREVIEW:
            unlinking.empty(db, incoming, mlist)
            tools.destroy_unused(db, [made])
        return
    asked = show if row.asks is Asks.PREVIEW else nameasked.show
    first = now - row.made_at < drafts.REMINDED_AFTER
    if asked(db, row, now, outbox.ACT if row.asks is Asks.PREVIEW else Cause(row.incoming), again=not first):
        row.reminded, row.due_at = not first, row.made_at + drafts.REMINDED_AFTER
    if row.reminded:
        # However late it is, there is time for an answer.
        row.due_at = max(row.made_at + drafts.KEPT, now + drafts.REMINDED_AFTER)
