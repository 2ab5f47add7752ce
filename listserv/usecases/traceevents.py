"""What happened to a mail, in the order of time, from the rows that its way left behind."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from listserv.mail import bouncekinds
from listserv.store import fares
from listserv.store import trace as rows
from listserv.store.archive import Message
from listserv.store.bounces import Bounce
from listserv.store.digests import digests_with
from listserv.store.fares import Fare
from listserv.store.issues import Issue, issue_of_message
from listserv.store.moderation import Journal
from listserv.store.queue import Incoming, Letter, Outgoing, State

# The journal's own words for what the mail's row says already.
IN_THE_ROW = ("discarded", "refused")
# With these a held post gets another state than the one that its row has had since it was read.
DECIDED = ("held-published", "held-refused", "held-discarded", "held-withdrawn")
# Bounces and letters of one mail that are told one by one; of the others how many there are.
ONE_BY_ONE = 50
# What a relay says differs from copy to copy: addresses, and the numbers of its queue.
OWN = re.compile(r"<[^<>\s]*@[^<>\s]*>|\S+@\S+|\b(?=\w*\d)[\w-]{8,}\b")
DIFFERENT_ANSWERS = 8


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, and when."""

    at: datetime
    what: str


def moment(due: int | None) -> datetime | None:
    """Milliseconds since the epoch as a moment; None where it is no time of the clock (0 and 1: at once)."""
    return datetime.fromtimestamp(due / 1000, UTC) if due and due > 1 else None


def last_line(trouble: str) -> str:
    """What a traceback comes to."""
    return trouble.strip().rsplit("\n", 1)[-1]


def of_mail(db: Session, mail: Incoming, issue: Issue | None) -> Iterator[Event]:
    """From its arrival to its state."""
    yield Event(mail.received_at, f"received for {mail.rcpt}" + (f" from {mail.peer}" if mail.peer else ""))
    decided = None
    for entry in rows.journal_about(db, [mail]):
        decided = entry.at if entry.what in DECIDED else decided
        if entry.what not in IN_THE_ROW:
            yield Event(
                entry.at, f"{entry.what} ({_by(db, entry)})" + (f": {entry.detail}" if entry.what.startswith(("held", "rule")) and entry.detail else "")
            )
    yield from of_issue(db, issue)
    yield from _reports(db, mail)
    letters = rows.letters_because_of(db, [mail])
    for letter in letters[:ONE_BY_ONE]:
        yield from of_letter(letter)
    if len(letters) > ONE_BY_ONE:
        yield Event(letters[-1].created_at, f"and {len(letters) - ONE_BY_ONE} more letters")
    yield from _state(mail, decided)


def _state(mail: Incoming, decided: datetime | None) -> Iterator[Event]:
    """What has become of it; of a post that was held, when a human decided that."""
    if mail.state is State.SHUNTED and mail.done_at:
        yield Event(
            mail.done_at, f"shunted after {mail.attempts} attempts: {last_line(mail.trouble) or mail.reasons}; `listserv queue retry {mail.id}` tries it again"
        )
    elif mail.done_at:
        again = f" at attempt {mail.attempts}" if mail.attempts > 1 else ""
        at = decided if decided and mail.state is not State.HELD else mail.done_at
        yield Event(at, (f"{mail.state}: {mail.reasons}" if mail.reasons else str(mail.state)) + again)
    elif mail.attempts and mail.trouble:
        due = moment(mail.due)
        next_one = f"; next attempt {due:%Y-%m-%d %H:%M:%S} UTC" if due else ""
        yield Event(mail.received_at, f"attempt {mail.attempts} failed: {last_line(mail.trouble)}{next_one}")
    elif mail.attempts:
        yield Event(mail.received_at, f"taken up: attempt {mail.attempts}")


def _by(db: Session, entry: Journal) -> str:
    """Through which door, and as what: the role that they have on the list now."""
    role = rows.role_of(db, entry.user_id, entry.list_id) if entry.user_id else ""
    return f"{role}, {entry.door}" if role else entry.door


def _reports(db: Session, mail: Incoming) -> Iterator[Event]:
    """What a report of another server told."""
    if mail.state is State.BOUNCE:
        for bounce in rows.bounces_in(db, mail.id):
            of_which = rows.message_id_of_copy(db, bounce.outgoing_id) if bounce.outgoing_id else ""
            yield Event(bounce.at, said(bounce) + (f" (a copy of <{of_which}>)" if of_which else ""))


def of_letter(letter: Letter, *, came_back: bool = False) -> Iterator[Event]:
    """A letter of ours: that it was written, and what the relay said; of one that came back its row tells that instead."""
    yield Event(letter.created_at, f"letter {letter.kind} to {letter.to}")
    if letter.tried_at and came_back:
        yield Event(letter.tried_at, f"letter {letter.kind} to {letter.to} sent at attempt {letter.attempts}")
    elif letter.tried_at:
        yield Event(letter.tried_at, f"letter {letter.kind} to {letter.to} {answered(letter)}")


def answered(letter: Letter) -> str:
    """How it went, with the relay's last words."""
    sent = letter.due is None and 200 <= letter.code < 300
    words = "sent" if sent else "given up" if letter.due is None else "tried"
    return f"{words} at attempt {letter.attempts}: {letter.code} {letter.answer}".strip()


def of_issue(db: Session, issue: Issue | None) -> Iterator[Event]:
    """What was decided about an issue of the newsletter."""
    for entry in rows.journal_of_issue(db, issue.id) if issue else ():
        yield Event(entry.at, f"{entry.what} ({entry.door})")


def of_message(db: Session, message: Message | None, fare: Fare | None = None) -> Iterator[Event]:
    """From the archive to the last copy, and what came back. `fare`: where somebody has counted the copies already."""
    if message is None:
        return
    yield from of_issue(db, issue_of_message(db, message.id))
    for entry in rows.journal_of_message(db, message):
        stay = ": copies that have not left stay here" if entry.what.endswith("-hidden") else ""
        yield Event(entry.at, f"{entry.what} ({_by(db, entry)}){stay}")
    post = rows.outgoing_of(db, message)
    if post is not None:
        yield from _copies(db, post, fare or fares.fare_of(db, post))
    for run in digests_with(db, message.list_id, message.seq):
        yield Event(run.made_at, f"in {run.letters} digests of {run.slot:%Y-%m-%d %H:%M} UTC")
    bounces = rows.bounces_of(db, message)
    yield from (Event(bounce.at, said(bounce)) for bounce in bounces[:ONE_BY_ONE])
    if len(bounces) > ONE_BY_ONE:
        yield Event(bounces[-1].at, f"and {len(bounces) - ONE_BY_ONE} more bounced")


def said(bounce: Bounce) -> str:
    """A copy that did not arrive: whose, why, and the other server's words."""
    # Most servers begin with the status that they also give apart.
    words = " ".join((bounce.diagnostic if bounce.status in bounce.diagnostic else f"{bounce.status} {bounce.diagnostic}").split())
    kind = getattr(bounce, "kind", "")
    why = f" ({bouncekinds.SAID[kind]})" if kind in bouncekinds.SAID and not words else ""
    return f"bounced {bounce.email}: {words}{why}".strip(": ")


def _copies(db: Session, post: Outgoing, fare: Fare) -> Iterator[Event]:
    if post.upto == 0:
        return
    yield Event(post.created_at, f"on its way: {fare.sent + fare.pending + fare.failed} copies" + ("" if post.upto is None else " so far"))
    first, last = moment(fare.first_at), moment(fare.last_at)
    if first and last:
        yield Event(first, "first copy sent")
        yield Event(last, f"last copy sent: {fare.sent}" if not fare.pending else f"the latest copy sent: {fare.sent}")
    end = last or post.created_at
    if fare.retried:
        yield Event(end, f"retry: {fare.retried} copies were tried more than once")
    yield from _words(fares.answers(db, post), end)
    if fare.gone:
        yield Event(end, f"not sent: {fare.gone} whose readers had gone")
    if post.folded:
        yield Event(end, "the rows of its single copies were cleared away; these are their figures")


def _words(answers: Iterable[tuple[str, bool, int]], at: datetime) -> Iterator[Event]:
    """The relay's last words, alike ones together, the most frequent first."""
    alike: Counter[tuple[str, bool]] = Counter()
    for answer, waits, copies in answers:
        alike[OWN.sub("…", answer), waits] += copies
    for (answer, waits), copies in alike.most_common(DIFFERENT_ANSWERS):
        yield Event(at, f"{'waiting' if waits else 'retried or given up'}, {copies} copies: {answer}")
    if len(alike) > DIFFERENT_ANSWERS:
        yield Event(at, f"and {len(alike) - DIFFERENT_ANSWERS} other answers")
