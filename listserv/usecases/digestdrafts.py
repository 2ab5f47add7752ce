"""Answers to a digest that name no thread: kept, until their author has said where they are meant for.

Nothing is kept in silence: who has not said so after two days is reminded once, and after a fortnight the words come home.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from digests import excerpt, which
from listserv.errors import Conflict, NotFound
from listserv.mail import address, answer, commands, nameless, parse, quotes, withdrawing
from listserv.mail.parse import Post
from listserv.store import doors as rows
from listserv.store import outbox as sent
from listserv.store import tools
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.doors import Asks, Preview
from listserv.store.lists import MailingList
from listserv.store.members import Member, member_of
from listserv.store.people import Purpose, Token
from listserv.store.queue import Incoming, State, keep_raw, raw_bytes
from listserv.usecases import deciding, digestposts, drafts, leaving, nameasked, outbox, tokens, unlinking, whichpoint
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause
from listserv.usecases.submissions import Submission
from listserv.usecases.whichpoint import Resolved, Several, Unclear

Meant = Resolved | Several | Unclear | None
ASK, BACK = "digest-which", "digest-unplaced"
KEPT = timedelta(days=14)
# Such questions to one mailbox in a day; what comes beyond that the calendar asks (`answerdays`).
A_DAY, A_DAY_UNPROVEN = 10, 5
# Each of them is written about three times at most.
MOST_WAITING = 20
# Of a kept answer, in the letter that asks where it is meant for; and of one that has got longer.
SHOWN, ALL_SHOWN = 200, 4_000


class Why(StrEnum):
    """Why it is asked: the answer has come; a reply named no thread; words were added; several threads and a file; nothing came for two days."""

    CAME = "came"
    AGAIN = "again"
    ADDED = "added"
    FILE = "file"
    WAITS = "waits"


def ask_which(db: Session, unclear: Unclear, letter: Letter, now: datetime, *, proven: bool) -> None:
    """Keep an answer as a draft and ask its author which thread it is for."""
    submission = Submission(letter.incoming, letter.raw, letter.incoming.raw_id, letter.post, letter.alignment, spam=letter.spam)
    row = drafts.keep(db, unclear.member, submission, letter, now, Asks.THREAD)
    why = Why.FILE if isinstance(_parts(db, unclear.member, unclear.digest, letter.post), Several) else Why.CAME
    ask(db, row, unclear.digest, now, why, proven=proven, gone=unclear.gone)


def is_full(db: Session, member: Member) -> bool:
    """Do as many of their answers wait as there may?"""
    return rows.count_threads_asked(db, member.list_id, member.user_id) >= MOST_WAITING


def _parts(db: Session, member: Member, digest: Digest, post: Post) -> Meant:
    """What the answer would be meant for, had it no files."""
    return whichpoint.resolve(db, member, digest, _words(db, digest, post), replace(post, attachments=()))


def ask(db: Session, row: Preview, digest: Digest, now: datetime, why: Why, *, proven: bool = True, reply: str = "", gone: int = 0) -> bool:
    """The letter that asks; False where there is no room for it today: then the calendar writes it.

    `reply`: what named no thread; `gone`: the item that was named, and has been taken back.
    """
    mlist, words = row.mlist, _words(db, digest, post_of(db, row))
    token = tokens.issue(db, Purpose.DRAFT, row.email, now, mlist=mlist, object_id=row.incoming_id, detail=f"{digest.id}")
    today = sent.of_kinds_since(db, address.mailbox(row.email), (ASK,), now - drafts.DAY)
    if today >= (A_DAY if proven else A_DAY_UNPROVEN):
        row.due_at = now + drafts.SOON
        return False
    facts: dict[str, Any] = {
        "asking": why.value,
        "titles": whichpoint.titles(db, digest),
        "taken_back": gone,
        "said": _shown(words, SHOWN) if proven and why is not Why.ADDED else "",
        "grown": words[:ALL_SHOWN] if why is Why.ADDED else "",
        "reply": _shown(reply, SHOWN),
        "days": max(row.made_at + KEPT - now, drafts.REMINDED_AFTER).days,
    }
    cause, reply_to = Cause(row.incoming, proven=proven), deciding.reply_address(db, token)
    outbox.write(db, ASK, row.email, row.user.language, now, mlist=mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)
    return True


def _shown(words: str, length: int) -> str:
    return excerpt.shorten(" ".join(words.split()), length)[0]


def post_of(db: Session, row: Preview) -> Post:
    """The answer as it is kept."""
    return parse.parse(raw_bytes(db, row.raw_id))


def _words(db: Session, digest: Digest | None, post: Post) -> str:
    return whichpoint.said(db, digest, post) if digest else quotes.letter(post.text[: parse.LONGEST_REPLY]).strip()


# ---- the author's word --------------------------------------------------------------------------------------


def place(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """The person says which thread a kept answer is for."""
    if letter.by_a_machine or commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    row = rows.preview_of(db, token.object_id or 0) or _older(db, token, letter, now)
    if row is None or row.asks is not Asks.THREAD:
        raise Conflict("already-decided")
    if withdrawing.asks_to_withdraw(letter.post.reply) or which.lets_go(letter.post.reply):
        tokens.spend(db, token, now)
        give_back(db, row, db.get(Digest, int(token.detail)), now)
        return Outcome(State.ANSWERED, ("draft-withdrawn",))
    digest, member = db.get(Digest, int(token.detail)), member_of(db, row.mlist, row.user_id)
    if digest is None or member is None:
        give_back(db, row, digest, now, expired=True)
        raise NotFound("the digest is gone")
    return _place(db, row, token, digest, member, letter, now)


def _place(db: Session, row: Preview, token: Token, digest: Digest, member: Member, letter: Letter, now: datetime) -> Outcome:
    said = _meant(db, digest, letter.post.reply)
    message = whichpoint.message_at(db, digest, said.number) if said.number else None
    parts = _parts(db, member, digest, post_of(db, row)) if message else None
    if isinstance(parts, Several) and message and message.id not in {part.message.id for part in parts.parts}:
        message = None
    if message is None or said.rest:
        if message:
            _add(db, row, digest, said.rest)
        why = Why.ADDED if message else Why.FILE if isinstance(parts, Several) else Why.AGAIN
        ask(db, row, digest, now, why, reply="" if message else letter.words, gone=_gone(db, digest, said.number))
        return Outcome(State.ANSWERED, ("which-thread",))
    tokens.spend(db, token, now)
    _post_it(db, row, digest, message, parts, letter, now)
    return Outcome(State.ANSWERED, ("draft-placed",))


def _gone(db: Session, digest: Digest, number: int | None) -> int:
    titles = whichpoint.titles(db, digest)
    return number if number and number <= len(titles) and not titles[number - 1] else 0


def _meant(db: Session, digest: Digest, reply: str) -> which.Which:
    """The thread that somebody names by its number or its title; no number where that is none, or several."""
    said = which.read(reply)
    first = next((line for line in reply.split("\n") if line.strip()), "")
    title = whichpoint.as_title(first.strip(" \t„”\"'.!"))
    named = [number for number, one in enumerate(whichpoint.titles(db, digest), start=1) if title and whichpoint.as_title(one) == title]
    return which.Which(named[0]) if len(named) == 1 and said.number is None else said


def _add(db: Session, row: Preview, digest: Digest, words: str) -> None:
    """What stands beside the number belongs to the answer; its author sees it once more before everybody does."""
    raw, post = raw_bytes(db, row.raw_id), post_of(db, row)
    text, old = f"{_words(db, digest, post)}\n\n{words}", row.raw_id
    made = answer.as_reply(raw, post, text, to=row.incoming.rcpt, subject=post.subject, references=post.references)
    row.raw_id = keep_raw(db, made).id
    tools.destroy_unused(db, [old])


def _post_it(db: Session, row: Preview, digest: Digest, message: Message, parts: Meant, letter: Letter, now: datetime) -> None:
    draft, mlist, raw, old = row.incoming, row.mlist, raw_bytes(db, row.raw_id), row.raw_id
    kept = Letter(draft, raw, parse.parse(raw), letter.alignment, letter.strict, letter.munge, letter.spam)
    # Another door may keep it once more, under the same number.
    db.delete(row)
    db.flush()
    if isinstance(parts, Several):
        outcome = digestposts.into_threads(db, parts, kept, now, files_to=message)
    else:
        outcome = digestposts.into_thread(db, message, kept, which.without_number(_words(db, digest, kept.post)), now)
    draft.state, draft.reasons, draft.done_at = outcome.state, " ".join(outcome.reasons), draft.done_at or now
    tools.destroy_unused(db, [old])
    if not draft.message_id or outcome == nameasked.NAME_ASKED:
        # It is asked without a name, or may be: nothing may tell who has said where it belongs.
        draft.done_at = unlinking.midnight(now)
        rows.blank_tokens(db, Purpose.DRAFT, draft.id)
        unlinking.empty(db, letter.incoming, mlist)


def _older(db: Session, token: Token, letter: Letter, now: datetime) -> Preview | None:
    """An answer that was kept by an older version, without a row of its own."""
    draft = db.get(Incoming, token.object_id or 0)
    if draft is None or draft.state is not State.DRAFT or draft.reasons != "which-thread":
        return None
    raw = raw_bytes(db, draft.raw_id)
    kept = Letter(draft, raw, parse.parse(raw), letter.alignment, letter.strict)
    mlist = db.get(MailingList, token.list_id or 0)
    member = leaving.sender_of(db, mlist, kept) if mlist else None
    return drafts.keep(db, member, Submission(draft, raw, draft.raw_id, kept.post), kept, now, Asks.THREAD) if member else None


def give_back(db: Session, row: Preview, digest: Digest | None, now: datetime, *, expired: bool = False) -> None:
    """The answer is not posted; its author gets the words back."""
    incoming, post, mlist, old = row.incoming, post_of(db, row), row.mlist, row.raw_id
    facts: dict[str, Any] = {"text": _words(db, digest, post)[: drafts.LONGEST_SHOWN], "expired": expired, "days": KEPT.days}
    outbox.write(db, BACK, row.email, row.user.language, now, mlist=mlist, automatic=False, cause=Cause(incoming, proven=True), **facts)
    incoming.state, incoming.reasons, incoming.done_at = State.DISCARDED, "expired" if expired else "withdrawn", now
    db.delete(row)
    if is_shy(post):
        rows.blank_tokens(db, Purpose.DRAFT, incoming.id)
        unlinking.empty(db, incoming, mlist)
    tools.destroy_unused(db, [old])


def is_shy(post: Post) -> bool:
    """Might its author wish not to be named? Then nothing stays of it."""
    return nameless.may_be_wished(post, own_subject=True)
