"""Thanks that do not fill everybody's mailbox: noted, told to whom they are meant for, in the next digest, and below the message."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from listserv import links, rules
from listserv.errors import Conflict
from listserv.mail import address, commands, doors, parse, quotes, thanks
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.mail.subject import base_subject
from listserv.rules import Action
from listserv.store import calendar
from listserv.store import doors as rows
from listserv.store.archive import Message
from listserv.store.doors import Thanks
from listserv.store.lists import MailingList, ThankYous, lock
from listserv.store.members import Member, Status, gets_mail_by, member_of
from listserv.store.people import Purpose, Token
from listserv.store.queue import State, keep_raw, raw_bytes
from listserv.store.threads import message_by_id
from listserv.usecases import asides, deciding, mailcommands, outbox, posting, tokens
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome, outcome_of
from listserv.usecases.conversations import speaker
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note
from listserv.usecases.leaving import sender_of
from listserv.usecases.outbox import Cause
from listserv.usecases.rowbyrow import each
from listserv.usecases.submissions import Submission, author_of, facts_for

THANKED = "thanked"
LONGEST_WORDS = 300
# The author hears of a day's thanks at this hour of theirs, in one letter.
HOUR = 17
TOLD_AT_ONCE = 10
LETTER = "thanks-told"
MOST_LISTED = 10_000


def taken(db: Session, mlist: MailingList, letter: Letter, submission: Submission, now: datetime) -> Outcome | None:
    """Note a word of thanks and tell nobody but whom it is for; None where it is a post."""
    if mlist.thanks is not ThankYous.COLLECT or letter.by_a_machine or letter.alignment is Alignment.FAILED:
        return None
    sent = _meant_for_all(letter, submission)
    if sent is not None:
        made = replace(submission, raw=sent, raw_id=keep_raw(db, sent).id, post=parse.parse(sent), munge=letter.strict)
        return outcome_of(posting.submit(db, mlist, made, now))
    member = author_of(db, mlist, submission.post)
    message = _thanked(db, mlist, submission.post, member) if member else None
    if member is None or message is None or not thanks.only_thanks(submission.post, rows.authors_in(db, message.thread_id)):
        return None
    lock(db, mlist)
    if rules.judge(submission.post, facts_for(db, mlist, submission)).action is not Action.ACCEPT:
        return None
    return _note(db, member, message, letter, submission, now)


def _meant_for_all(letter: Letter, submission: Submission) -> bytes | None:
    """Thanks with SEND above or below: the post without that line."""
    said = doors.asks_to_send(quotes.letter(submission.post.text)) if len(submission.post.text) < thanks.LONGEST_TEXT else None
    author = submission.post.authors[0].name if submission.post.authors else ""
    if said is None or submission.post.attachments or not thanks.says_only_thanks(said.words, author):
        return None
    return doors.with_words(submission.raw, submission.post, said.words)


def _thanked(db: Session, mlist: MailingList, post: Post, member: Member) -> Message | None:
    """The message of somebody else that it answers, under the same subject."""
    answered = post.in_reply_to or next(reversed(post.references), "")
    message = message_by_id(db, mlist, answered) if answered else None
    if message is None or message.author_key in {place.key for place in member.user.addresses}:
        return None
    known = {base_subject(subject).casefold() for subject in (message.subject, message.thread.subject)}
    return message if base_subject(post.subject).casefold() in known else None


def _note(db: Session, member: Member, message: Message, letter: Letter, submission: Submission, now: datetime) -> Outcome:
    mlist, first = member.mlist, not rows.has_thanked(db, member.list_id, member.user_id)
    if rows.thanked_for(db, message.id, member.user_id):
        return Outcome(State.ANSWERED, (THANKED,))
    words = " ".join(quotes.letter(submission.post.text).split())[:LONGEST_WORDS]
    row = Thanks(list_id=mlist.id, message_id=message.id, user_id=member.user_id, incoming_id=letter.incoming.id, raw_id=submission.raw_id, at=now)
    row.words, letter.incoming.list_id = words, mlist.id
    db.add(row)
    db.flush()
    # Of what was hidden meanwhile nobody is told, and nothing is promised; should it come back, its author hears of the thanks.
    if first and message.hidden_at is None:
        token = tokens.issue(db, Purpose.THANKS, member.address.email, now, mlist=mlist, object_id=letter.incoming.id)
        facts = {"author": speaker(message.author, message.author_email), "subject": message.thread.subject, "reached": message.user_id is not None}
        outbox.to_member(db, "thanks-receipt", member, now, mlist=mlist, reply_to=deciding.reply_address(db, token), cause=letter.cause, **facts)
    return Outcome(State.ANSWERED, (THANKED,))


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to the receipt: SEND makes a post of it after all, once. Raises Conflict where that is done."""
    row = rows.thanks_of(db, token.object_id or 0)
    mlist, reply = db.get_one(MailingList, token.list_id), letter.post.reply
    member = sender_of(db, mlist, letter)
    if member is None or letter.alignment is Alignment.FAILED or not _is_theirs(member, token):
        return Outcome(State.REFUSED, ("not-the-author",))
    if commands.is_absent(reply):
        return NOBODY_ANSWERS_MACHINES
    if not asides.says_publish(reply):
        wanted = commands.commands(reply)
        if wanted:
            return mailcommands.obey(db, member, wanted, letter, now)
        return Outcome(State.ANSWERED, ("thanks",)) if thanks.says_only_thanks(reply) else _asked_back(db, member, token, letter, now)
    if row is None:
        raise Conflict("already-decided")
    incoming, raw = letter.incoming, raw_bytes(db, row.raw_id)
    sent = db.get_one(type(incoming), row.incoming_id)
    submission = Submission(sent, raw, row.raw_id, parse.parse(raw), Alignment.ALIGNED, letter.strict)
    note(db, Actor(Door.MAIL, row.user_id, proven=True), "thanks-sent", mlist=None, now=now, about=sent)
    db.delete(row)
    db.flush()
    outcome = outcome_of(posting.submit(db, mlist, submission, now))
    sent.state, sent.reasons = outcome.state, " ".join(outcome.reasons)
    return Outcome(State.ANSWERED, ("published",))


def _is_theirs(member: Member, token: Token) -> bool:
    return address.key(token.email) in {place.key for place in member.user.addresses}


def _asked_back(db: Session, member: Member, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Words that are no answer to the receipt reach nobody: whoever wrote them learns that, and gets them back."""
    again = tokens.issue(db, Purpose.THANKS, token.email, now, mlist=member.mlist, object_id=token.object_id)
    facts: dict[str, Any] = {"words": letter.words, "still": rows.thanks_of(db, token.object_id or 0) is not None}
    cause = Cause(letter.incoming, proven=True)
    outbox.to_member(db, "thanks-unclear", member, now, mlist=member.mlist, reply_to=deciding.reply_address(db, again), cause=cause, **facts)
    return Outcome(State.ANSWERED, ("not-understood",))


# ---- telling whom it is for ---------------------------------------------------------------------------------


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Tell authors who thanks them, each once a day; how many thanks were told."""
    waiting: defaultdict[tuple[int, int | None], list[Thanks]] = defaultdict(list)
    for row in rows.untold(db, 10 * limit):
        waiting[row.list_id, row.message.user_id].append(row)
    told: list[int] = []
    each(db, waiting.items(), lambda one: told.append(_tell(db, db.get_one(MailingList, one[0][0]), one[0][1], one[1], now)))
    return sum(told)


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters about thanks that the calendar owes at that time, one for each author."""
    found: dict[tuple[int, int], Owed] = {}
    for row in rows.untold(db, MOST_LISTED, lock=False):
        mlist, author = db.get_one(MailingList, row.list_id), row.message.user_id
        member = member_of(db, mlist, author) if author else None
        if member is None or not gets_mail_by(member, until):
            continue
        slot = _last_slot(member, outbox.settings_of(db).timezone, until)
        last = rows.last_letter(db, LETTER, mlist.id, member.address.key)
        if row.at < slot and not (last and last >= slot):
            found.setdefault((row.list_id, member.id), Owed(slot, LETTER, mlist.name, member.address.email, "thanks of the day"))
    return list(found.values())


def _tell(db: Session, mlist: MailingList, user_id: int | None, said: Sequence[Thanks], now: datetime) -> int:
    member = member_of(db, mlist, user_id) if user_id else None
    if member is None:
        # Who has left the list is not written to any more.
        return _told(said)
    slot = _last_slot(member, outbox.settings_of(db).timezone, now)
    due = [row for row in said if row.at < slot]
    last = rows.last_letter(db, LETTER, mlist.id, member.address.key)
    if not due or member.status is not Status.ENABLED or (last and last >= slot):
        return 0
    shown = [_fact(db, mlist, row) for row in due[:TOLD_AT_ONCE]]
    people = len({row.user_id for row in due})
    written = outbox.to_member(db, LETTER, member, now, mlist=mlist, thanked=shown, count=people, more_thanks=len(due) - len(shown))
    if written:
        calendar.ran(db, LETTER, f"member:{member.id}", slot, now, list_id=mlist.id, detail=f"{people} people")
    return _told(due) if written else 0


def _told(said: Sequence[Thanks]) -> int:
    for row in said:
        row.told = True
    return len(said)


def _last_slot(member: Member, zone: str, now: datetime) -> datetime:
    here = now.astimezone(ZoneInfo(member.user.timezone or zone))
    slot = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return slot if slot <= here else slot - timedelta(days=1)


def _fact(db: Session, mlist: MailingList, row: Thanks) -> dict[str, Any]:
    url = links.message_url(outbox.settings_of(db), mlist.name, row.message.hash)
    return {"name": speaker(row.user.name, ""), "subject": row.message.thread.subject, "words": row.words, "url": url}
