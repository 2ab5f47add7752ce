"""What must be known of a post, its author and the list to judge it: gathered here, so that `rules` asks nobody."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.mail.parse import Post
from listserv.mail.spam import Spam
from listserv.mail.subject import Tags
from listserv.rules import Facts, Reason
from listserv.store.bans import bars
from listserv.store.glance import Glance, glance
from listserv.store.listrules import rules_of
from listserv.store.lists import CertainSpam, FirstPost, Kind, MailingList, SenderProof, Topic, topics_read_first
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import Held, held_with_raw, waiting_from
from listserv.store.queue import Incoming
from listserv.store.threads import count_echoes, has_posted, is_locked, message_by_id, message_with_raw, topic_answered
from listserv.store.trusted import trusted
from listserv.usecases import archiving, outbox, tombstones
from listserv.usecases.access import moderates


@dataclass(frozen=True, slots=True)
class Submission:
    """A post as it reached a list: the mail's row, its bytes and value, and what is known of its sender."""

    incoming: Incoming
    # The bytes that go to the list: the mail itself, or the post made of an answer to a digest; and their row.
    raw: bytes
    raw_id: int
    post: Post
    alignment: Alignment = Alignment.UNKNOWN
    # Would the author's alignment be lost on the way, so that From must be rewritten?
    munge: bool = False
    topic: Topic | None = None
    # What our own mail server's filter has found.
    spam: Spam = Spam.NO
    # Its author was asked whether it is for everybody, and has said so.
    meant: bool = False


def author_of(db: Session, mlist: MailingList, post: Post) -> Member | None:
    """The member who wrote it: the single From address, when it is proven to be theirs."""
    if len(post.authors) != 1:
        return None
    return member_by_key(db, mlist, address.key(post.authors[0].address))


def facts_for(db: Session, mlist: MailingList, submission: Submission, *, author: Member | None = None) -> Facts:
    """Everything the rules ask about; `author`: whose it is known to be, whatever its address."""
    member = author or author_of(db, mlist, submission.post)
    domain = outbox.settings_of(db).site.domain
    moderated = member is not None and (member.moderated or mlist.moderate_members)
    there = _glance(db, mlist, submission)
    newcomer, guarded = _is_newcomer(db, mlist, member), there.topics_read_first and _topic_is_moderated(db, mlist, submission)
    return Facts(
        address=f"{mlist.name}@{domain}",
        list_id=f"{mlist.name}.{domain}",
        member=member is not None,
        moderator=moderates(member),
        moderated=moderated,
        # Asked only where it makes a difference.
        trusted=(moderated or newcomer or guarded or member is None) and trusted(db, mlist, author_key(submission.post)) is not None,
        # Who writes as several is held anyway.
        banned=there.bans and bars(db, mlist, [address.key(author.address) for author in submission.post.authors[:3]]),
        alignment=submission.alignment,
        null_sender=not submission.incoming.mail_from,
        own_envelope=address.key(submission.incoming.mail_from) == author_key(submission.post),
        double=there.came and _is_double(db, mlist, submission),
        closed=mlist.closed_at is not None,
        newsletter=mlist.kind is Kind.NEWSLETTER,
        emergency=mlist.emergency,
        locked=is_locked(db, mlist, archiving.references(submission.post)),
        strict=mlist.sender_proof is SenderProof.STRICT,
        max_size=mlist.max_size,
        newcomer=newcomer,
        moderated_topic=guarded,
        spam=submission.spam,
        discards_spam=mlist.certain_spam is CertainSpam.DISCARD,
        rules=tuple(row.rule for row in rules_of(db, mlist)) if there.rules else (),
        echoes=_echoes(db, mlist, submission),
        echo_held=there.waits and held_echo(db, mlist, submission.post) is not None,
        meant=submission.meant,
    )


def _glance(db: Session, mlist: MailingList, submission: Submission) -> Glance:
    post = submission.post
    author = post.authors[0].address if post.authors else ""
    return glance(db, mlist, submission.raw_id, post.message_id, sha256(submission.raw).digest(), author)


def _is_newcomer(db: Session, mlist: MailingList, member: Member | None) -> bool:
    """Has this member never been in the archive, on a list that reads first messages first?"""
    if mlist.first_post is FirstPost.ACCEPT or member is None or moderates(member):
        return False
    return not has_posted(db, mlist, member.user_id, [place.key for place in member.user.addresses])


def _topic_is_moderated(db: Session, mlist: MailingList, submission: Submission) -> bool:
    """Is the post filed, by its address or its subject, or does it answer, under a topic that is read first?"""
    guarded = topics_read_first(db, mlist)
    if submission.topic and submission.topic.slug in guarded:
        return True
    answered = topic_answered(db, mlist, archiving.references(submission.post))
    named = Tags({topic.slug for topic in mlist.topics}).read(submission.post.base_subject).slug
    return answered in guarded or named in guarded


def is_read_first(db: Session, mlist: MailingList, submission: Submission) -> bool:
    """Would the topic that it was sent to have had it held? What has been published under none does not get there by a second copy."""
    if submission.topic is None or not submission.topic.moderated or moderates(author_of(db, mlist, submission.post)):
        return False
    return trusted(db, mlist, author_key(submission.post)) is None


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
