"""A post's way: facts, verdict, and what follows. Mail, web and a moderator's yes all come through here."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from listserv import links, rules, steps
from listserv.config import Settings
from listserv.mail import absence, address, language, outgoing
from listserv.mail.authentication import Alignment
from listserv.mail.outgoing import Dress
from listserv.mail.parse import Post
from listserv.rules import Action, Reason, Verdict
from listserv.store import doors
from listserv.store.archive import Message
from listserv.store.faces import decides_anywhere
from listserv.store.lists import Kind, MailingList, ReplyTo, lock
from listserv.store.members import Member
from listserv.store.moderation import Held, held_with_raw
from listserv.store.people import Purpose
from listserv.store.threads import message_by_id
from listserv.usecases import archiving, bankuses, deciding, likeness, outbox, tokens, tombstones
from listserv.usecases.access import Actor, Door
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission, author_of, facts_for, is_read_first

# Of a post, in the letter that asks whose it is.
LONGEST_SHOWN = 4_000
MOST_ADDRESSES = 10


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a submission."""

    verdict: Verdict
    message: Message | None = None


def dress_of(settings: Settings, mlist: MailingList) -> Dress:
    """What this list puts on a post."""
    return Dress(
        name=mlist.name,
        title=mlist.title,
        domain=settings.site.domain,
        archive_url=links.archive_url(settings, mlist.name),
        newsletter=mlist.kind is Kind.NEWSLETTER,
        reply_to_list=mlist.reply_to is ReplyTo.LIST,
        subject_tag=mlist.subject_tag,
        footer=mlist.footer,
        trust=settings.auth.trust,
    )


def submit(db: Session, mlist: MailingList, submission: Submission, now: datetime, *, author: Member | None = None) -> Result:
    """Judge a post and let the verdict follow; `author`: the member whose it is, where that is known already."""
    lock(db, mlist)
    verdict = rules.judge(submission.post, facts_for(db, mlist, submission, author=author))
    steps.reached("mails.judged", submission.post.message_id)
    match verdict.action:
        case Action.ACCEPT:
            return Result(verdict, publish(db, mlist, submission, now))
        case Action.HOLD:
            hold(db, mlist, submission, verdict, now)
        case Action.REJECT:
            reject(db, mlist, submission, verdict.reasons[0], now)
        case Action.DISCARD:
            discard(db, mlist, submission, verdict.reasons[0], now)
    if verdict.rule:
        note(db, Actor(Door.MAIL), "rule-applied", mlist=mlist, now=now, about=submission.incoming, detail=str(verdict.rule))
    return Result(verdict)


def publish(db: Session, mlist: MailingList, submission: Submission, now: datetime) -> Message:
    """Archive a post and put it on its way to the members: the accept branch, and a moderator's yes."""
    incoming = submission.incoming
    post = archiving.unused_id(db, mlist, submission.post, sha256(submission.raw).hexdigest())
    arrival = archiving.Arrival(post, submission.raw_id, incoming.received_at, submission.topic)
    message = archiving.add(db, mlist, arrival)
    copy = outgoing.copy_for_members(submission.raw, post, dress_of(outbox.settings_of(db), mlist), munge=submission.munge, came=incoming.received_at)
    outbox.fan_out(db, mlist, message, copy.head, copy.body, now)
    incoming.archived_id = message.id
    bankuses.note_post(db, mlist, message, post, now)
    return message


def hold(db: Session, mlist: MailingList, submission: Submission, verdict: Verdict, now: datetime) -> None:
    """Keep a post until a human has decided; tell the author and the moderators."""
    held = set_aside(db, mlist, submission, verdict.reasons, now)
    held.rule = verdict.rule.short if verdict.rule else ""
    announce(db, mlist, held, submission, verdict.reasons, now)


def set_aside(db: Session, mlist: MailingList, submission: Submission, reasons: tuple[Reason, ...], now: datetime) -> Held:
    """Keep a post until a human has decided, and tell nobody."""
    post, author = submission.post, next(iter(submission.post.authors), address.Mailbox("", ""))
    held = Held(list_id=mlist.id, incoming_id=submission.incoming.id, raw_id=submission.raw_id, held_at=now)
    held.reasons = " ".join(reasons)
    held.author, held.author_email, held.subject = author.name, author.address, post.subject
    held.language = language.guess(post.text) or mlist.language
    held.topic, held.munge = submission.topic.slug if submission.topic else "", submission.munge
    held.alignment = submission.alignment
    db.add(held)
    db.flush()
    note(db, Actor(Door.MAIL), "held", mlist=mlist, now=now, about=held, detail=held.reasons)
    return held


def announce(db: Session, mlist: MailingList, held: Held, submission: Submission, reasons: tuple[Reason, ...], now: datetime) -> None:
    """Tell the author that it waits and why, and every moderator, with the whole post."""
    # Whose name is on spam has hardly written it.
    if Reason.SPAM not in reasons or submission.alignment is Alignment.ALIGNED:
        withdraw = tokens.issue(db, Purpose.WITHDRAW_HELD, held.author_email, now, mlist=mlist, object_id=held.id)
        tell_author(db, mlist, submission, "held", now, reasons=reasons, reply_to=deciding.reply_address(db, withdraw))
    ask_moderators(db, mlist, held, submission, reasons, now, asked=_ask_whose(db, mlist, held, submission, reasons, now))


def _ask_whose(db: Session, mlist: MailingList, held: Held, submission: Submission, reasons: tuple[Reason, ...], now: datetime) -> str:
    """Ask the member whom a post from an unknown address looks like; their name, empty where nobody is asked.

    The unknown address learns nothing of it: it gets the letter that every stranger gets, and the moderators decide as ever.
    """
    if Reason.NONMEMBER not in reasons or Reason.SPAM in reasons or not may_tell(submission):
        return ""
    member = likeness.member_like(db, mlist, submission.post)
    asked = member and ask_whose(db, member, held, submission.post, now, Cause(submission.incoming))
    return (member.user.name or member.address.email) if member and asked else ""


def ask_whose(db: Session, member: Member, held: Held, post: Post, now: datetime, cause: Cause, *, again: bool = False) -> bool:
    """Ask a member at the address that we know whether this post is theirs; False where they have had enough letters today."""
    token = tokens.issue(db, Purpose.CLAIM_HELD, member.address.email, now, mlist=held.mlist, object_id=held.id, detail=deciding.AGAIN if again else "")
    facts = {"email": held.author_email, "subject": held.subject, "text": post.text[:LONGEST_SHOWN], "again": again, "attach": may_be_attached(db, member)}
    reply_to = deciding.reply_address(db, token)
    return outbox.to_member(db, "held-yours", member, now, mlist=held.mlist, reply_to=reply_to, cause=cause, **facts) is not None


def may_be_attached(db: Session, member: Member) -> bool:
    """Is one more address of theirs noted at their word? Not for those who decide: who has an address of theirs decides like them."""
    return len(member.user.addresses) < MOST_ADDRESSES and not decides_anywhere(db, member.user_id)


def ask_moderators(
    db: Session, mlist: MailingList, held: Held, submission: Submission, reasons: tuple[Reason, ...], now: datetime, *, asked: str = "", only: str = ""
) -> None:
    """Put a held post before every moderator (or `only` one); `asked`: the member who has been asked whether it is theirs."""
    files = ", ".join(file.name for file in submission.post.attachments)
    facts: dict[str, Any] = {"name": held.author, "email": held.author_email, "subject": held.subject, "text": submission.post.text, "files": files}
    facts |= {"trustable": may_be_trusted(held.reasons), "rule": held.rule, "asked": asked}
    cause = Cause(submission.incoming, proven=True)
    deciding.ask_each(db, mlist, Purpose.DECIDE_HELD, held.id, "held-moderator", now, cause, only, reasons=reasons, **facts)


def reject(db: Session, mlist: MailingList, submission: Submission, reason: Reason, now: datetime) -> None:
    """Tell the author why not. Somebody who may be forged gets nothing."""
    note(db, Actor(Door.MAIL), "refused", mlist=mlist, now=now, about=submission.incoming, detail=reason)
    tell_author(db, mlist, submission, "refused", now, reasons=(reason,))


def may_be_trusted(reasons: str) -> bool:
    """Would a word about the author have let this post through? What is forged or too big waits whoever wrote it."""
    return bool(reasons) and set(reasons.split()) <= {Reason.NONMEMBER, Reason.MODERATED, Reason.FIRST_POST, Reason.TOPIC, Reason.MOVED}


def may_tell(submission: Submission) -> bool:
    """Is there a human author who is known to be no forgery? A machine, be it unmarked, would answer."""
    post = submission.post
    by_a_person = not post.automatic and not absence.is_notice(post)
    return len(post.authors) == 1 and by_a_person and bool(submission.incoming.mail_from) and submission.alignment is not Alignment.FAILED


def tell_author(db: Session, mlist: MailingList, submission: Submission, letter: str, now: datetime, **facts: Any) -> None:
    """A letter to the author of a submission, unless a machine wrote it or its sender is known to be forged."""
    post, incoming = submission.post, submission.incoming
    if incoming.peer == doors.UNNAMED:
        _tell_asker(db, mlist, submission, letter, now, **facts)
        return
    if not may_tell(submission):
        return
    member = author_of(db, mlist, post)
    proven = submission.alignment is Alignment.ALIGNED
    tongue = (member.user.language if member else "") or language.guess(post.text) or mlist.language
    # Somebody else's words do not go to an address that may not have written them.
    subject = post.subject if proven or member else ""
    cause = Cause(incoming, proven)
    outbox.write(db, letter, post.authors[0].address, tongue, now, mlist=mlist, cause=cause, subject=subject, **facts)


def _tell_asker(db: Session, mlist: MailingList, submission: Submission, letter: str, now: datetime, **facts: Any) -> None:
    """The same to whoever has asked without a name, as long as that is known."""
    asker = doors.asker_of(db, submission.incoming.id)
    if asker:
        facts |= {"subject": submission.post.subject, "automatic": False}
        if "reply_to" not in facts:
            # A thank-you from their mailbox to the moderators would give them away.
            token = tokens.issue(db, Purpose.WITHDRAW_HELD, asker.email, now, mlist=mlist, object_id=asker.held_id)
            facts["reply_to"] = deciding.reply_address(db, token)
        outbox.write(db, letter, asker.email, asker.user.language, now, mlist=mlist, cause=Cause(submission.incoming), **facts)


def reached_at(db: Session, held: Held) -> str:
    """Where the author of a held post gets letters; empty where nobody knows any more who it is."""
    if held.incoming.peer != doors.UNNAMED:
        return held.author_email
    asker = doors.asker_of(db, held.incoming_id)
    return asker.email if asker else ""


def discard(db: Session, mlist: MailingList, submission: Submission, reason: Reason, now: datetime) -> None:
    """Nobody is told: a machine does not read, and of a double the first has been told. A topic on the second is kept, unless its posts are read first."""
    if reason is Reason.DOUBLE and submission.topic:
        held = held_with_raw(db, mlist, submission.raw_id)
        if held:
            held.topic = held.topic or submission.topic.slug
        known = message_by_id(db, mlist, submission.post.message_id)
        if known and known.parent_id is None and known.thread.topic_id is None and not is_read_first(db, mlist, submission):
            known.thread.topic_id = submission.topic.id
    if reason is Reason.DOUBLE:
        tombstones.bury_again(db, mlist, submission.incoming, submission.post.message_id)
    note(db, Actor(Door.MAIL), "discarded", mlist=mlist, now=now, about=submission.incoming, detail=reason)
