"""What authors answer to the question whether their name may be seen: without it, with it, or not at all. Anything else asks again."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Conflict
from listserv.mail import commands, nameless, previewwords
from listserv.store import doors as rows
from listserv.store import tools
from listserv.store.doors import Asks, Preview
from listserv.store.members import member_of
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import contact, drafts, nameasked, previewing, unlinking, unnamed
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.outbox import Cause


def answer(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """A reply to a letter about a post that waits for its author's word. Raises Conflict where that is decided."""
    row = rows.preview_of(db, token.object_id or 0)
    if row is None and not token.email:
        # It was asked without a name since, and nothing here may tell by whom.
        outcome = unnamed.too_late(db, letter, now)
        unlinking.empty(db, letter.incoming, unlinking.list_of(db, token))
        return outcome
    if row is None or row.asks is Asks.PREVIEW:
        return previewing.answer(db, token, letter, now)
    if not drafts.is_own(row, letter):
        return Outcome(State.REFUSED, ("not-the-author",))
    if commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    outcome = _decide(db, row, letter, now)
    unlinking.empty(db, letter.incoming, unlinking.list_of(db, token))
    return outcome


def _decide(db: Session, row: Preview, letter: Letter, now: datetime) -> Outcome:
    reply = letter.post.reply
    if nameless.says_without(reply):
        return _without(db, row, letter, now)
    if nameless.says_with(reply):
        return _with(db, row, now)
    if commands.asks_to_withdraw(reply) or previewwords.DROPS.fullmatch(previewwords.first_line(reply)):
        incoming, mlist, made = row.incoming, row.mlist, row.raw_id
        rows.secure_delete(db, on=True)
        drafts.drop(db, row, now, Cause(incoming, proven=True))
        rows.blank_tokens(db, Purpose.PREVIEW, incoming.id)
        unlinking.empty(db, incoming, mlist)
        tools.destroy_unused(db, [made])
        return Outcome(State.ANSWERED, ("name-dropped",))
    drafts.write(db, nameasked.ASK, row, now, Cause(row.incoming, proven=True), **nameasked.facts_of(db, row), again=True, days=drafts.KEPT.days)
    return Outcome(State.ANSWERED, ("not-understood",))


def _without(db: Session, row: Preview, letter: Letter, now: datetime) -> Outcome:
    """To the moderators, as any question that asks for it at once."""
    mlist, incoming, post, made = row.mlist, row.incoming, drafts.submission_of(db, row).post, row.raw_id
    member = member_of(db, mlist, row.user_id)
    if member is None:
        raise Conflict("not-on-the-list")
    rows.secure_delete(db, on=True)
    db.delete(row)
    db.flush()
    outcome = unnamed.put(db, member, unnamed.cleared(post), unnamed.Asking(incoming, letter.alignment, post), now)
    incoming.state, incoming.reasons, incoming.done_at = outcome.state, " ".join(outcome.reasons), unlinking.midnight(now)
    rows.blank_tokens(db, Purpose.PREVIEW, incoming.id)
    unlinking.empty(db, incoming, mlist)
    # The post that was made of an answer to a digest has its author's name in it.
    tools.destroy_unused(db, [made])
    return Outcome(State.ANSWERED, ("unnamed",))


def _with(db: Session, row: Preview, now: datetime) -> Outcome:
    """The way that it would have gone."""
    if row.asks is Asks.NAME_ON_LIST:
        previewing.send(db, row, now)
        return Outcome(State.ANSWERED, ("preview-sent",))
    submission, mlist, incoming = drafts.submission_of(db, row), row.mlist, row.incoming
    db.delete(row)
    db.flush()
    letter = Letter(incoming, submission.raw, submission.post, submission.alignment)
    outcome = contact.forward(db, mlist, letter, now)
    incoming.state, incoming.reasons, incoming.done_at = outcome.state, " ".join(outcome.reasons), now
    return Outcome(State.ANSWERED, ("letter-sent",))
