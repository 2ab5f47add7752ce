"""Answers to digests become ordinary posts of the threads that they are meant for."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import parse
from listserv.mail.answer import as_reply
from listserv.mail.subject import reply_subject
from listserv.store import tools
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming, State, keep_raw
from listserv.usecases import archiving, entering, outbox
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.submissions import Submission
from listserv.usecases.whichpoint import Resolved, Several, as_title

# So much of a title stands in the subject that a digest's „Odpowiedz” makes.
TITLE_IN_SUBJECT = 60
SEEN = (State.POSTED, State.HELD)


def into_thread(db: Session, message: Message, letter: Letter, text: str, now: datetime) -> Outcome:
    """The words as a post below this message, without the digest that they quote."""
    return _enter(db, message, letter, text, now)


def _enter(db: Session, message: Message, letter: Letter, text: str, now: datetime, *, files: bool = True, part: bool = False) -> Outcome:
    """`part`: one of several posts that the mail is made into; it is kept as that post alone, and not with what was said elsewhere."""
    mlist = db.get_one(MailingList, message.list_id)
    subject, references = reply_subject(message.thread.subject), (*message.refs.split(), message.message_id)[-archiving.MAX_REFS :]
    to = links.list_address(outbox.settings_of(db), mlist.name)
    raw = as_reply(letter.raw, letter.post, text, to=to, subject=subject, references=references, files=files)
    made = replace(parse.parse(raw), automatic=letter.post.automatic, message_id=letter.post.message_id)
    kept = keep_raw(db, raw).id
    letter.incoming.list_id = mlist.id
    if part:
        letter.incoming.raw_id = kept
    # The author's signature covered the mail as it was: none is left to save an aligned From.
    submission = Submission(letter.incoming, raw, kept, made, letter.alignment, letter.strict, spam=letter.spam)
    outcome = entering.enter(db, mlist, letter, submission, now, subject=_own_subject(message, letter, mlist))
    if outcome.state not in SEEN:
        # What went on without its author's name, or not at all, leaves no copy with it behind.
        tools.destroy_unused(db, [kept])
    return outcome


def _own_subject(message: Message, letter: Letter, mlist: MailingList) -> str:
    """The subject as its author wrote it: there, too, somebody may ask not to be named. Empty where it is the thread's; a digest's names the list."""
    titles = {as_title(message.thread.subject), as_title(message.thread.subject[:TITLE_IN_SUBJECT]), as_title(message.subject)}
    return "" if as_title(letter.post.subject) in titles else letter.post.subject.replace(mlist.title, " ")


def into_threads(db: Session, several: Several, letter: Letter, now: datetime, *, files_to: Message | None = None) -> Outcome:
    """One mail with something for each of several threads: a post for each, and a row for each to be traced by.

    `files_to`: which of the threads gets the mail's files.
    """
    whole = letter.incoming.raw_id
    rows = [letter, *(_part_of(db, letter, part) for part in several.parts[1:])]
    outcomes = []
    for one, part in zip(rows, several.parts, strict=True):
        outcome = _enter(db, part.message, one, part.text, now, files=files_to is not None and part.message.id == files_to.id, part=True)
        one.incoming.state, one.incoming.reasons, one.incoming.done_at = outcome.state, " ".join(outcome.reasons), now
        outcomes.append(outcome)
    # In one mail they would tell together what one of them may not: who has asked without a name.
    tools.destroy_unused(db, [whole])
    return outcomes[0]


def _part_of(db: Session, letter: Letter, part: Resolved) -> Letter:
    """The same mail once more, under a name of its own, which is the same whenever it is made."""
    whole = letter.incoming
    local = sha256(f"{letter.post.message_id} {part.message.message_id}".encode()).hexdigest()[:32]
    name = f"part.{local}@{outbox.settings_of(db).site.domain}"
    row = Incoming(raw_id=whole.raw_id, message_id=name, mail_from=whole.mail_from, rcpt=whole.rcpt, peer=whole.peer, received_at=whole.received_at)
    row.echo, row.list_id = whole.echo, part.message.list_id
    db.add(row)
    db.flush()
    return replace(letter, incoming=row, post=replace(letter.post, message_id=name))
