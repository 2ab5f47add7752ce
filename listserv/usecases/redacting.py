"""Redaction: words or files taken out of a message for good, from its bytes and from whatever was made of them.

The bytes that came are destroyed; a tombstone keeps them from coming back. Copies that were mailed are beyond reach.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_, translations
from listserv.mail import address, redacting, redactinghtml
from listserv.mail.parse import parse
from listserv.mail.redacting import Plan
from listserv.mail.subject import base_subject
from listserv.store import hidden as rows
from listserv.store import tools
from listserv.store.archive import Attachment, Message, keep_body
from listserv.store.issues import SourceKind, issue_of_message, unsay
from listserv.store.lists import MailingList
from listserv.store.moderation import Held
from listserv.store.queue import Incoming, keep_raw, raw_bytes
from listserv.usecases import archiving, arranging, bankrefiling, hiding, indexing, retelling, tombstones, waitingcopies
from listserv.usecases.journal import note
from listserv.usecases.stewards import Steward
from listserv.words.terms import findable

QUOTED = re.compile(r"^[>\s]+", re.MULTILINE)
MOST_WORDS, LONGEST_WORDS, SHORTEST_WORD = 50, 1_000, 2
REMOVED = N_("[Removed by the moderators.]")
REMOVED_FILE = N_("removed")
NOTHING = N_("These words are not in this message. Case and line breaks do not matter, but every letter does.")
NO_WORDS = N_("Say which words: one passage a line.")
SHORT_WORDS = N_("A passage needs at least two letters.")
MANY_WORDS = N_("At most 50 passages of at most 1000 characters.")
NO_FILE = N_("This message has no such attachment.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to go: passages, one attachment, or all that was written (with the subject too where `subject`)."""

    words: tuple[str, ...] = ()
    attachment: int = 0
    body: bool = False
    subject: bool = False
    # Words also wherever else they stand in the thread: answers quote.
    everywhere: bool = False


def passages(text: str) -> tuple[str, ...]:
    """The passages that somebody typed, one a line. Raises Invalid."""
    words = tuple(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
    if not words:
        raise Invalid(NO_WORDS)
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORDS for word in words):
        raise Invalid(MANY_WORDS)
    if any(len(word) < SHORTEST_WORD for word in words):
        raise Invalid(SHORT_WORDS)
    return words


def affected(db: Session, message: Message, wish: Wish) -> list[Message]:
    """The messages that a redaction would change, this one first."""
    others = [one for one in rows.messages_in(db, message.thread) if one.id != message.id] if wish.everywhere and wish.words else []
    here = [message] if not wish.words or wish.body or redacting.says(raw_bytes(db, message.raw_id), wish.words) else []
    return here + [one for one in others if redacting.says(raw_bytes(db, one.raw_id), wish.words)]


def checked(db: Session, message: Message, wish: Wish) -> list[Message]:
    """The messages that a redaction would change. Raises Invalid where there is nothing of the kind in the message."""
    if wish.attachment and wish.attachment not in [file.number for file in rows.attachments_of(db, message)]:
        raise Invalid(NO_FILE)
    found = affected(db, message, wish)
    if not found and not wish.body:
        raise Invalid(NOTHING)
    return found


def redact(db: Session, who: Steward, message: Message, wish: Wish, reason: str, now: datetime) -> int:
    """Take it out; from how many messages. Raises Invalid where there is nothing of the kind in the message."""
    reason = redacting.in_text(hiding.reason_in(reason), wish.words)
    found = checked(db, message, wish)
    said = {word for one in found for word in _words(db, one)}
    before = {one.id: one.subject for one in found}
    for one in found:
        plan = plan_for(who.mlist, wish if one is message else Wish(wish.words))
        _redact_one(db, who.mlist, one, plan, now)
    # A thread is called as its first message is.
    arranging.settle(db, {one.thread.family for one in found if one.subject != before[one.id]})
    indexing.index(db, [one.id for one in found])
    tools.unlearn(db, said - {word for one in found for word in _words(db, one)})
    retelling.retell(db, who.mlist, [one.seq for one in found], now, destroy=True)
    tombstones.sweep(db, who.mlist)
    for one in found:
        # Never the words themselves.
        note(db, who.actor, "message-redacted", mlist=who.mlist, now=now, about=one, detail=f"{_what(wish)}: {reason}".rstrip(": "))
    return len(found)


def _words(db: Session, message: Message) -> set[str]:
    """The words by which a message may be found, folded."""
    return set(findable(indexing.read(raw_bytes(db, message.raw_id))).spellings)


def delete_for_good(db: Session, who: Steward, message: Message, reason: str, now: datetime) -> None:
    """All that was written goes, the subject too, and the message is hidden; its answers stay."""
    redact(db, who, message, Wish(body=True, subject=True), reason, now)
    db.refresh(message)
    if message.hidden_at is None:
        hiding.hide_message(db, who, message, reason, now)


def _what(wish: Wish) -> str:
    if wish.body:
        return "everything" if wish.subject else "text"
    return f"attachment {wish.attachment}" if wish.attachment else "words"


def plan_for(mlist: MailingList, wish: Wish) -> Plan:
    """What to do with a mail's bytes; notes are in the list's language."""
    say = translations(mlist.language).gettext
    files = frozenset([wish.attachment] if wish.attachment else [])
    return Plan(wish.words, files, wish.body, wish.subject, note=say(REMOVED), note_name=f"{say(REMOVED_FILE)}.txt")


def _redact_one(db: Session, mlist: MailingList, message: Message, plan: Plan, now: datetime) -> None:
    came = rows.incoming_of(db, message)
    held = rows.held_of(db, message, [mail.id for mail in came])
    old = message.raw_id
    made = {old: _made(db, mlist, message, old, plan, now)}
    for mail in came:
        if mail.raw_id not in made:
            # An answer to a digest came as another mail than the one that went to the list; a double by another way.
            whole = mail.archived_id == message.id or _says_the_same(db, message, mail.raw_id)
            made[mail.raw_id] = _made(db, mlist, message, mail.raw_id, plan if whole else Plan(plan.words), now)
    for one in held:
        if one.raw_id not in made:
            made[one.raw_id] = _made(db, mlist, message, one.raw_id, plan if _says_the_same(db, message, one.raw_id) else Plan(plan.words), now)
    _beside(db, message, held, came, plan)
    waitingcopies.redact(db, message, plan)
    _letters(db, came, plan)
    if message.thread.renamed:
        message.thread.subject = redacting.in_text(message.thread.subject, plan.words)
    for one in held:
        one.raw_id = made[one.raw_id]
        one.subject = "" if plan.subject else redacting.in_text(one.subject, plan.words)
    for mail in came:
        mail.raw_id = made[mail.raw_id]
    _derive(db, message, made[old])
    _issue(db, message, plan)


def _issue(db: Session, message: Message, plan: Plan) -> None:
    """An issue's words as they were written: its message is all that is needed of them now. Its pictures go with the text."""
    issue = issue_of_message(db, message.id)
    if issue is None:
        return
    unsay(db, issue)
    issue.subject, issue.source, issue.kind = message.subject, "", SourceKind.PLAIN
    used = {image.raw_id for image in issue.images} if plan.body else set()
    if used:
        issue.images.clear()
        db.flush()
        tools.destroy_unused(db, used)


def _says_the_same(db: Session, message: Message, raw_id: int) -> bool:
    """Is this the same message, come by another way, and not only another under its id?"""
    post = parse(raw_bytes(db, raw_id))
    return any(address.key(author.address) == message.author_key for author in post.authors) and post.text == message.body.text


def _beside(db: Session, message: Message, held: Sequence[Held], came: Sequence[Incoming], plan: Plan) -> None:
    """What was noted of it, and what others have begun to answer, as far as they say it."""
    old = base_subject(message.subject)
    words = (*plan.words, *([old] if plan.subject and len(old) >= SHORTEST_WORD else []))
    for row in rows.journal_about(db, message, held, came):
        row.detail = redacting.in_text(row.detail, words)
    for draft in rows.drafts_in(db, message.thread):
        text = _unquoted(draft.text, message.body.text) if plan.body else draft.text
        draft.text, draft.subject = redacting.in_text(text, plan.words), redacting.in_text(draft.subject, plan.words)


def _unquoted(draft: str, gone: str) -> str:
    """A draft whose quotations say nothing of this text."""
    said = " ".join(QUOTED.sub("", gone).split())
    lines = ((line, " ".join(QUOTED.sub("", line).split())) for line in draft.split("\n"))
    return "\n".join(f"> {redactinghtml.BAR}" if line.startswith(">") and words and words in said else line for line, words in lines)


def _made(db: Session, mlist: MailingList, message: Message, raw_id: int, plan: Plan, now: datetime) -> int:
    """The row of the redacted bytes, and a tombstone for those that it was made from."""
    raw = raw_bytes(db, raw_id)
    new = redacting.redact(raw, plan)
    if new == raw:
        return raw_id
    kept = keep_raw(db, new).id
    tools.bury(db, mlist.id, message.message_id, sha256(raw).digest(), kept, now)
    return kept


def _derive(db: Session, message: Message, raw_id: int) -> None:
    """What a message's rows say of its mail, from the bytes as they are now. Who wrote it and where it belongs stay."""
    post = parse(raw_bytes(db, raw_id))
    keep_body(db, raw_id, post.text, post.html)
    message.raw_id, message.subject, message.size = raw_id, post.subject, post.size
    message.snippet, message.has_html = archiving.snippet(post), post.html is not None
    db.flush()
    rows.drop_attachments(db, message)
    db.add_all(Attachment(**file) for file in archiving.files(message.id, post))
    db.flush()
    db.expire(message)
    bankrefiling.refile(db, message, post)


def _letters(db: Session, came: Sequence[Incoming], plan: Plan) -> None:
    """Letters that told of the mail: those that wait say less, those that were sent are kept no longer."""
    used: list[int] = []
    for letter in tools.letters_about(db, [mail.id for mail in came]):
        used.append(letter.raw_id)
        waits = letter.due is not None and letter.holder is None
        raw = redacting.redact(raw_bytes(db, letter.raw_id), replace(plan, attachments=frozenset(), body=False, subject=False)) if waits else retelling.SENT
        if waits and (plan.body or plan.subject):
            letter.due, letter.answer, raw = None, "taken back: what it told of was redacted", retelling.SENT
        letter.raw_id = keep_raw(db, raw).id
    tools.destroy_unused(db, set(used))
