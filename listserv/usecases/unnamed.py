"""Asking without a name: the moderators get the words alone, and what they let through comes from them.

Who asked is known to the program while the question waits, so that they can be asked back and told. Ten minutes after the
decision nothing here links them to it any more; their mail itself is emptied as soon as it has been read.
"""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict
from listserv.i18n import N_, translations
from listserv.mail import address, compose, doors, headers, language, parse, quotes, thanks, unnaming
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment
from listserv.mail.compose import Writing
from listserv.mail.doors import Asked
from listserv.mail.parse import Post
from listserv.mail.subject import reply_subject
from listserv.rules import Reason
from listserv.store import doors as rows
from listserv.store import tools
from listserv.store.archive import Message
from listserv.store.doors import UNNAMED, Unnamed
from listserv.store.lists import Kind, MailingList, ReplyTo, SenderProof, lock
from listserv.store.members import Member, count_readers, member_by_key
from listserv.store.moderation import Held, HeldState
from listserv.store.people import Purpose, User
from listserv.store.queue import Incoming, State, keep_raw, raw_bytes
from listserv.store.threads import message_by_id
from listserv.usecases import archiving, deciding, notunnamed, outbox, posting, tokens, unlinking
from listserv.usecases.access import Actor, Door
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.journal import note
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission

MOST_WAITING = 3
LONGEST = 20_000
QUESTION = N_("Question without a name")
ANSWER = N_("Answer without a name")
SUBJECT = N_("A question without a name")


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be asked: the words without their author, and which message it answers."""

    subject: str
    words: str
    answers: Message | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """The mail that asks, and how well its sender is known."""

    incoming: Incoming
    alignment: Alignment
    post: Post


def taken(db: Session, mlist: MailingList, letter: Letter, post: Post, now: datetime, *, to_list: bool, subject: str = "") -> Outcome | None:
    """Put a question before the moderators without its author's name; None where nobody surely asks for that.

    `subject`: what its author wrote as one, where the post has another.
    """
    if is_a_machines(letter, post) or len(post.authors) != 1:
        return None
    asked = doors.wants_no_name(post, to_list=to_list) or (doors.wants_no_name_above(post, subject) if subject else None)
    if asked is None or _went_round(mlist, post, outbox.settings_of(db).site.domain):
        return None
    member = member_by_key(db, mlist, address.key(post.authors[0].address))
    if member is None:
        return notunnamed.unknown(db, mlist, letter, post, now)
    outcome = put(db, member, asked, Asking(letter.incoming, letter.alignment, post), now)
    unlinking.empty(db, letter.incoming, mlist)
    return outcome


def is_a_machines(letter: Letter, post: Post) -> bool:
    """Is this nobody's own? What only bears the mark of another list is somebody's, and moderators would see it with their name."""
    return not letter.incoming.mail_from or post.automatic not in (None, "list-mail")


def _went_round(mlist: MailingList, post: Post, domain: str) -> bool:
    marks = " ".join(post.loop_marks).lower()
    return f"{mlist.name}@{domain}".lower() in marks or f"{mlist.name}.{domain}".lower() in marks


def put(db: Session, member: Member, asked: Asked, asking: Asking, now: datetime) -> Outcome:
    """Put a member's question before the moderators, or tell them alone why not."""
    if _is_unproven(member.mlist, asking.alignment):
        return notunnamed.refuse(db, member, asked.words, asking.alignment, "unproven", now)
    question = question_of(db, member.mlist, member.user, asked, asking.post)
    lock(db, member.mlist)
    why = _why_not(db, member, question)
    if why:
        return notunnamed.refuse(db, member, question.words, asking.alignment, why, now)
    return _ask(db, member, question, asking, now)


def cleared(post: Post) -> Asked:
    """The words of a mail as they are asked without a name, when its author has said so elsewhere."""
    return doors.without_signature(quotes.letter(post.text[:LONGEST]), post.subject)


def question_of(db: Session, mlist: MailingList, user: User, asked: Asked, post: Post) -> Question:
    """The same without everything that is known to name this person."""
    emails, names = [place.email for place in user.addresses], [user.name, *(one.name for one in post.authors)]
    emails += [one.address for one in post.authors]
    above = message_by_id(db, mlist, post.references[-1]) if post.references else None
    subject = compose.one_line(unnaming.without(asked.subject, emails, names))[:200]
    return Question(subject, unnaming.without(asked.words[:LONGEST], emails, names), above if above and above.hidden_at is None else None)


def _is_unproven(mlist: MailingList, alignment: Alignment) -> bool:
    return alignment is Alignment.FAILED or (alignment is not Alignment.ALIGNED and mlist.sender_proof is SenderProof.STRICT)


def _why_not(db: Session, member: Member, question: Question) -> str:
    mlist = member.mlist
    waiting = [held for held in rows.questions_of(db, mlist.id, member.user_id) if held.state is HeldState.PENDING]
    if mlist.closed_at or mlist.kind is Kind.NEWSLETTER:
        return "closed"
    if not any(c.isalnum() for c in question.words.replace(unnaming.GONE, "")):
        return "empty"
    return "many" if len(waiting) >= MOST_WAITING and not _same(db, waiting, question) else ""


def _same(db: Session, waiting: list[Held], question: Question) -> bool:
    """Does this very question wait already? It may have come to two of the list's addresses."""
    return any(parse.parse(raw_bytes(db, held.raw_id)).text.split() == question.words.split() for held in waiting)


def _ask(db: Session, member: Member, question: Question, asking: Asking, now: datetime) -> Outcome:
    mlist = member.mlist
    waiting = [held for held in rows.questions_of(db, mlist.id, member.user_id) if held.state is HeldState.PENDING]
    if _same(db, waiting, question):
        return Outcome(State.DISCARDED, ("double",))
    held = _hold(db, mlist, question, now)
    link = Unnamed(held_id=held.id, user_id=member.user_id, email=member.address.email, incoming_id=asking.incoming.id)
    db.add(link)
    db.flush()
    put_before_moderators(db, held, now)
    facts: dict[str, Any] = {"text": question.words, "files": len(asking.post.attachments), "count": count_readers(db, mlist)}
    _tell(db, link, "unnamed-received", now, **facts)
    return Outcome(State.FORWARDED, ("unnamed",))


def _tell(db: Session, link: Unnamed, kind: str, now: datetime, **facts: Any) -> None:
    """A letter to whoever asked, of which nothing stays when the question is decided (`unlinking`); an answer to it adds to the question."""
    held = link.held
    token = tokens.issue(db, Purpose.WITHDRAW_HELD, link.email, now, mlist=held.mlist, object_id=held.id)
    reply_to, cause = deciding.reply_address(db, token), Cause(held.incoming)
    outbox.write(
        db, kind, link.email, link.user.language, now, mlist=held.mlist, reply_to=reply_to, automatic=False, cause=cause, subject=held.subject, **facts
    )


def _hold(db: Session, mlist: MailingList, question: Question, now: datetime) -> Held:
    """The question as a post of the moderators' own, which waits like any other."""
    raw = _composed(db, mlist, question, now)
    post = parse.parse(raw)
    incoming = Incoming(raw_id=keep_raw(db, raw).id, message_id=post.message_id, mail_from=post.authors[0].address, peer=UNNAMED, received_at=now)
    incoming.rcpt, incoming.list_id, incoming.attempts = links.list_address(outbox.settings_of(db), mlist.name), mlist.id, 1
    incoming.state, incoming.reasons, incoming.done_at = State.HELD, str(Reason.UNNAMED), now
    db.add(incoming)
    db.flush()
    return posting.set_aside(db, mlist, Submission(incoming, raw, incoming.raw_id, post, Alignment.ALIGNED), (Reason.UNNAMED,), now)


def _composed(db: Session, mlist: MailingList, question: Question, now: datetime) -> bytes:
    say, above, settings = translations(mlist.language).gettext, question.answers, outbox.settings_of(db)
    author = Mailbox(say(ANSWER if above else QUESTION), links.moderators_address(settings, mlist.name))
    raw = compose.post(
        Writing(
            author=author,
            to=links.list_address(settings, mlist.name),
            subject=reply_subject(above.thread.subject) if above else question.subject or say(SUBJECT),
            text=question.words,
            message_id=compose.message_id(settings.site.domain).strip("<>"),
            date=now,
            language=language.guess(question.words) or mlist.language,
            references=(*above.refs.split(), above.message_id)[-archiving.MAX_REFS :] if above else (),
        )
    )
    if mlist.reply_to is ReplyTo.LIST:
        return raw
    # On other lists a plain reply goes to the author: here to everybody, or nobody could answer whoever asked.
    return headers.make("Reply-To", links.list_address(settings, mlist.name)).raw + raw


def put_before_moderators(db: Session, held: Held, now: datetime, *, added: str = "", only: str = "") -> None:
    """Show every moderator (or `only` one) the words, and nobody's name; `added`: what the author has written since."""
    text = parse.parse(raw_bytes(db, held.raw_id)).text
    facts = {"subject": held.subject, "text": text, "added": added}
    deciding.ask_each(db, held.mlist, Purpose.DECIDE_HELD, held.id, "unnamed-moderator", now, Cause(held.incoming), only, **facts)


def is_one(held: Held) -> bool:
    """Was this asked without a name?"""
    return Reason.UNNAMED in held.reasons.split()


def answered(db: Session, held: Held, letter: Letter, now: datetime) -> Outcome:
    """What its author adds to a question that waits reaches the moderators like the question itself. Raises Conflict once it is decided."""
    asker = rows.asker_of(db, held.incoming_id)
    if asker is None or held.decided_at:
        raise Conflict("already-decided")
    words = question_of(db, held.mlist, asker.user, cleared(letter.post), letter.post).words
    # None of the words in the journal: it outlives the question.
    note(db, Actor(Door.MAIL), "held-answered", mlist=held.mlist, now=now, about=held)
    if any(c.isalnum() for c in words.replace(unnaming.GONE, "")):
        put_before_moderators(db, held, now, added=words)
        _tell(db, asker, "unnamed-added", now, text=words)
    return Outcome(State.FORWARDED, ("unnamed",))


def withdrawn(db: Session, held: Held, email: str, now: datetime) -> Outcome:
    """Tell its author that a question is taken back."""
    outbox.write(db, "held-withdrawn", email, held.language, now, mlist=held.mlist, automatic=False, cause=Cause(held.incoming), subject=held.subject)
    return Outcome(State.ANSWERED, ("unnamed",))


def too_late(db: Session, letter: Letter, now: datetime) -> Outcome:
    """The question is decided: nothing more can be done by an answer to our letters. What was written to say so is not kept either."""
    if letter.sender and not thanks.says_only_thanks(letter.post.reply):
        outbox.write(db, unlinking.TOO_LATE, letter.sender, language.guess(letter.post.reply), now, cause=Cause(proven=True))
    return Outcome(State.ANSWERED, ("unnamed",))


def as_of_now(db: Session, held: Held, now: datetime) -> None:
    """A question that is let through is a mail of this moment: nothing in it tells when it was asked."""
    incoming, old = held.incoming, held.raw_id
    message_id = compose.message_id(outbox.settings_of(db).site.domain).strip("<>")
    raw = doors.anew(raw_bytes(db, old), message_id, format_datetime(now))
    held.raw_id = incoming.raw_id = keep_raw(db, raw).id
    incoming.message_id, incoming.received_at, incoming.done_at = message_id, now, now
    tools.destroy_unused(db, [old])
