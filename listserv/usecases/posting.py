"""A post's way: facts, verdict, and what follows. Mail, web and a moderator's yes all come through here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from listserv import links, rules
from listserv.config import Settings
from listserv.mail import address, language, outgoing
from listserv.mail.authentication import Alignment
from listserv.mail.outgoing import Dress
from listserv.mail.parse import Post
from listserv.rules import Action, Facts, Reason, Verdict
from listserv.store.archive import Message
from listserv.store.bans import bars
from listserv.store.lists import Kind, MailingList, ReplyTo, SenderProof, Topic, lock
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import Held, held_with_raw, waiting_from
from listserv.store.people import Purpose
from listserv.store.queue import Incoming
from listserv.store.threads import count_echoes, is_locked, message_by_id, message_with_raw
from listserv.store.trusted import trusted
from listserv.usecases import archiving, deciding, outbox, tokens, tombstones
from listserv.usecases.access import Actor, Door, moderates
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause


@dataclass(frozen=True, slots=True)
class Submission:
    """A post as it reached a list: the mail's row, its bytes and value, and what is known of its sender."""

    incoming: Incoming
    # The bytes that go to the list: the mail itself, or the post made of an answer to a digest; and their row.
    raw: bytes
    raw_id: int
    post: Post
    alignment: Alignment = Alignment.UNKNOWN
    # Would the author's alignment be lost on the way, so that From must be rewritten (contract section 5)?
    munge: bool = False
    topic: Topic | None = None


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


def author_of(db: Session, mlist: MailingList, post: Post) -> Member | None:
    """The member who wrote it: the single From address, when it is proven to be theirs."""
    if len(post.authors) != 1:
        return None
    return member_by_key(db, mlist, address.key(post.authors[0].address))


def facts_for(db: Session, mlist: MailingList, submission: Submission) -> Facts:
    """Everything the rules ask about."""
    member = author_of(db, mlist, submission.post)
    domain = outbox.settings_of(db).site.domain
    moderated = member is not None and (member.moderated or mlist.moderate_members)
    return Facts(
        address=f"{mlist.name}@{domain}",
        list_id=f"{mlist.name}.{domain}",
        member=member is not None,
        moderator=moderates(member),
        moderated=moderated,
        # Asked only where it makes a difference.
        trusted=(moderated or member is None) and trusted(db, mlist, author_key(submission.post)) is not None,
        # Who writes as several is held anyway.
        banned=bars(db, mlist, [address.key(author.address) for author in submission.post.authors[:3]]),
        alignment=submission.alignment,
        null_sender=not submission.incoming.mail_from,
        double=_is_double(db, mlist, submission),
        closed=mlist.closed_at is not None,
        newsletter=mlist.kind is Kind.NEWSLETTER,
        emergency=mlist.emergency,
        locked=is_locked(db, mlist, archiving.references(submission.post)),
        strict=mlist.sender_proof is SenderProof.STRICT,
        max_size=mlist.max_size,
        echoes=_echoes(db, mlist, submission),
        echo_held=held_echo(db, mlist, submission.post) is not None,
    )


def _echoes(db: Session, mlist: MailingList, submission: Submission) -> int:
    """How often this answer has come within the hour. Only answers echo: who begins threads is no responder."""
    post = submission.post
    if not post.references and post.subject == post.base_subject:
        return 0
    return count_echoes(db, mlist, author_key(post), post, submission.incoming.received_at - timedelta(hours=1))


def author_key(post: Post) -> str:
    """The author's address, folded."""
    return address.key(post.authors[0].address) if post.authors else ""


def held_echo(db: Session, mlist: MailingList, post: Post) -> Held | None:
    """What waits for a moderator because this author repeats themselves."""
    author = post.authors[0].address if post.authors else ""
    return next((held for held in waiting_from(db, mlist, author) if Reason.REPEATED in held.reasons.split()), None)


def _is_double(db: Session, mlist: MailingList, submission: Submission) -> bool:
    """A known Message-ID, the same author and the same words; or a mail that waits for a decision already."""
    post = submission.post
    if held_with_raw(db, mlist, submission.raw_id) or message_with_raw(db, mlist, submission.raw_id):
        return True
    if tombstones.is_buried(db, mlist, post.message_id, author_key(post), submission.raw):
        return True
    known = message_by_id(db, mlist, post.message_id)
    if known is None:
        return False
    same_files = {file.sha256 for file in known.attachments} == {file.sha256 for file in post.attachments}
    return known.author_key == author_key(post) and known.body.text == post.text and same_files


def submit(db: Session, mlist: MailingList, submission: Submission, now: datetime) -> Result:
    """Judge a post and let the verdict follow."""
    lock(db, mlist)
    verdict = rules.judge(submission.post, facts_for(db, mlist, submission))
    match verdict.action:
        case Action.ACCEPT:
            return Result(verdict, publish(db, mlist, submission, now))
        case Action.HOLD:
            hold(db, mlist, submission, verdict.reasons, now)
        case Action.REJECT:
            reject(db, mlist, submission, verdict.reasons[0], now)
        case Action.DISCARD:
            discard(db, mlist, submission, verdict.reasons[0], now)
    return Result(verdict)


def publish(db: Session, mlist: MailingList, submission: Submission, now: datetime) -> Message:
    """Archive a post and put it on its way to the members: the accept branch, and a moderator's yes."""
    incoming = submission.incoming
    post = archiving.unused_id(db, mlist, submission.post, sha256(submission.raw).hexdigest())
    arrival = archiving.Arrival(post, submission.raw_id, incoming.received_at, submission.topic)
    message = archiving.add(db, mlist, arrival)
    incoming.archived_id = message.id
    copy = outgoing.copy_for_members(submission.raw, post, dress_of(outbox.settings_of(db), mlist), munge=submission.munge)
    outbox.fan_out(db, mlist, message, copy.head, copy.body, now)
    return message


def hold(db: Session, mlist: MailingList, submission: Submission, reasons: tuple[Reason, ...], now: datetime) -> None:
    """Keep a post until a human has decided; tell the author and the moderators."""
    announce(db, mlist, set_aside(db, mlist, submission, reasons, now), submission, reasons, now)


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
    withdraw = tokens.issue(db, Purpose.WITHDRAW_HELD, held.author_email, now, mlist=mlist, object_id=held.id)
    tell_author(db, mlist, submission, "held", now, reasons=reasons, reply_to=deciding.reply_address(db, withdraw))
    ask_moderators(db, mlist, held, submission, reasons, now)


def ask_moderators(db: Session, mlist: MailingList, held: Held, submission: Submission, reasons: tuple[Reason, ...], now: datetime) -> None:
    """Put a held post before every moderator."""
    files = ", ".join(file.name for file in submission.post.attachments)
    facts = {"name": held.author, "email": held.author_email, "subject": held.subject, "text": submission.post.text, "files": files}
    cause = Cause(submission.incoming, proven=True)
    deciding.ask_each(db, mlist, Purpose.DECIDE_HELD, held.id, "held-moderator", now, cause, reasons=reasons, **facts)


def reject(db: Session, mlist: MailingList, submission: Submission, reason: Reason, now: datetime) -> None:
    """Tell the author why not. Somebody who may be forged gets nothing."""
    note(db, Actor(Door.MAIL), "refused", mlist=mlist, now=now, about=submission.incoming, detail=reason)
    tell_author(db, mlist, submission, "refused", now, reasons=(reason,))


def may_tell(submission: Submission) -> bool:
    """Is there a human author who is known to be no forgery?"""
    post = submission.post
    return len(post.authors) == 1 and not post.automatic and bool(submission.incoming.mail_from) and submission.alignment is not Alignment.FAILED


def tell_author(db: Session, mlist: MailingList, submission: Submission, letter: str, now: datetime, **facts: Any) -> None:
    """A letter to the author of a submission, unless a machine wrote it or its sender is known to be forged."""
    post, incoming = submission.post, submission.incoming
    if not may_tell(submission):
        return
    member = author_of(db, mlist, post)
    proven = submission.alignment is Alignment.ALIGNED
    tongue = (member.user.language if member else "") or language.guess(post.text) or mlist.language
    # Somebody else's words do not go to an address that may not have written them.
    subject = post.subject if proven or member else ""
    cause = Cause(incoming, proven)
    outbox.write(db, letter, post.authors[0].address, tongue, now, mlist=mlist, cause=cause, subject=subject, **facts)


def discard(db: Session, mlist: MailingList, submission: Submission, reason: Reason, now: datetime) -> None:
    """Nobody is told: a machine does not read, and of a double the first has been told. A topic on the second is kept."""
    if reason is Reason.DOUBLE and submission.topic:
        held = held_with_raw(db, mlist, submission.raw_id)
        if held:
            held.topic = held.topic or submission.topic.slug
        known = message_by_id(db, mlist, submission.post.message_id)
        if known and known.parent_id is None and known.thread.topic_id is None:
            known.thread.topic_id = submission.topic.id
    if reason is Reason.DOUBLE:
        tombstones.bury_again(db, mlist, submission.incoming, submission.post.message_id)
    note(db, Actor(Door.MAIL), "discarded", mlist=mlist, now=now, about=submission.incoming, detail=reason)
