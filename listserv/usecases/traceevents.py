"""What happened to a mail, in the order of time, from the rows that its way left behind."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from listserv.i18n import N_, Sentence, sentence
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
from listserv.usecases import tracewords

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
    """One thing that happened, and when; `what` is an i18n.Sentence where it holds words of ours."""

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
    came = N_("received for {address} from {peer}") if mail.peer else N_("received for {address}")
    yield Event(mail.received_at, sentence(came, address=mail.rcpt, peer=mail.peer))
    decided = None
    for entry in rows.journal_about(db, [mail]):
        decided = entry.at if entry.what in DECIDED else decided
        if entry.what not in IN_THE_ROW:
            yield Event(entry.at, _noted(db, entry))
    yield from of_issue(db, issue)
    yield from _reports(db, mail)
    letters = rows.letters_because_of(db, [mail])
    for letter in letters[:ONE_BY_ONE]:
        yield from of_letter(letter)
    if len(letters) > ONE_BY_ONE:
        yield Event(letters[-1].created_at, sentence(N_("and {count} more letters"), count=len(letters) - ONE_BY_ONE))
    yield from _state(mail, decided)


def _state(mail: Incoming, decided: datetime | None) -> Iterator[Event]:
    """What has become of it; of a post that was held, when a human decided that."""
    if mail.state is State.SHUNTED and mail.done_at:
        why = last_line(mail.trouble) or tracewords.reasons(mail.reasons)
        what = N_("shunted after {attempts} attempts: {why}; `listserv queue retry {number}` tries it again")
        yield Event(mail.done_at, sentence(what, attempts=mail.attempts, why=why, number=mail.id))
    elif mail.done_at:
        what = "{state}: {reasons}" if mail.reasons else "{state}"
        again = N_("{said} at attempt {attempts}") if mail.attempts > 1 else "{said}"
        became = sentence(what, state=tracewords.state(mail.state), reasons=tracewords.reasons(mail.reasons))
        at = decided if decided and mail.state is not State.HELD else mail.done_at
        yield Event(at, sentence(again, said=became, attempts=mail.attempts))
    elif mail.attempts and mail.trouble:
        due = moment(mail.due)
        what = N_("attempt {attempts} failed: {why}; next attempt {due} UTC") if due else N_("attempt {attempts} failed: {why}")
        yield Event(mail.received_at, sentence(what, attempts=mail.attempts, why=last_line(mail.trouble), due=f"{due:%Y-%m-%d %H:%M:%S}" if due else ""))
    elif mail.attempts:
        yield Event(mail.received_at, sentence(N_("taken up: attempt {attempts}"), attempts=mail.attempts))


def _noted(db: Session, entry: Journal) -> Sentence:
    """An entry of the journal; of what was held or let through by a rule, why."""
    detail = tracewords.reasons(entry.detail) if entry.what.startswith(("held", "rule")) else ""
    what = "{what} ({by}): {detail}" if detail else "{what} ({by})"
    return sentence(what, what=tracewords.noted(entry.what), by=_by(db, entry), detail=detail)


def _by(db: Session, entry: Journal) -> Sentence:
    """Through which door, and as what: the role that they have on the list now."""
    role = rows.role_of(db, entry.user_id, entry.list_id) if entry.user_id else ""
    return tracewords.by(role, entry.door)


def _reports(db: Session, mail: Incoming) -> Iterator[Event]:
    """What a report of another server told."""
    if mail.state is State.BOUNCE:
        for bounce in rows.bounces_in(db, mail.id):
            of_which = rows.message_id_of_copy(db, bounce.outgoing_id) if bounce.outgoing_id else ""
            copied = sentence(N_("{said} (a copy of <{message_id}>)"), said=said(bounce), message_id=of_which) if of_which else said(bounce)
            yield Event(bounce.at, copied)


def of_letter(letter: Letter, *, came_back: bool = False) -> Iterator[Event]:
    """A letter of ours: that it was written, and what the relay said; of one that came back its row tells that instead."""
    whose = sentence(N_("letter “{kind}” to {address}"), kind=letter.kind, address=letter.to)
    yield Event(letter.created_at, whose)
    if letter.tried_at and came_back:
        yield Event(letter.tried_at, sentence(N_("{letter} sent at attempt {attempts}"), letter=whose, attempts=letter.attempts))
    elif letter.tried_at:
        yield Event(letter.tried_at, sentence("{letter} {answered}", letter=whose, answered=answered(letter)))


def answered(letter: Letter) -> Sentence:
    """How it went, with the relay's last words."""
    sent = letter.due is None and 200 <= letter.code < 300
    given_up = N_("given up at attempt {attempts}: {words}") if letter.due is None else N_("tried at attempt {attempts}: {words}")
    what = N_("sent at attempt {attempts}: {words}") if sent else given_up
    return sentence(what, attempts=letter.attempts, words=f"{letter.code} {letter.answer}".strip())


def of_issue(db: Session, issue: Issue | None) -> Iterator[Event]:
    """What was decided about an issue of the newsletter."""
    for entry in rows.journal_of_issue(db, issue.id) if issue else ():
        yield Event(entry.at, sentence("{what} ({by})", what=tracewords.noted(entry.what), by=tracewords.by("", entry.door)))


def of_message(db: Session, message: Message | None, fare: Fare | None = None) -> Iterator[Event]:
    """From the archive to the last copy, and what came back. `fare`: where somebody has counted the copies already."""
    if message is None:
        return
    yield from of_issue(db, issue_of_message(db, message.id))
    for entry in rows.journal_of_message(db, message):
        what = N_("{what} ({by}): copies that have not left stay here") if entry.what.endswith("-hidden") else "{what} ({by})"
        yield Event(entry.at, sentence(what, what=tracewords.noted(entry.what), by=_by(db, entry)))
    post = rows.outgoing_of(db, message)
    if post is not None:
        yield from _copies(db, post, fare or fares.fare_of(db, post))
    for run in digests_with(db, message.list_id, message.seq):
        yield Event(run.made_at, sentence(N_("in {count} digests of {slot} UTC"), count=run.letters, slot=f"{run.slot:%Y-%m-%d %H:%M}"))
    bounces = rows.bounces_of(db, message)
    yield from (Event(bounce.at, said(bounce)) for bounce in bounces[:ONE_BY_ONE])
    if len(bounces) > ONE_BY_ONE:
        yield Event(bounces[-1].at, sentence(N_("and {count} more bounced"), count=len(bounces) - ONE_BY_ONE))


def said(bounce: Bounce) -> Sentence:
    """A copy that did not arrive: whose, why, and the other server's words."""
    # Most servers begin with the status that they also give apart.
    words = " ".join((bounce.diagnostic if bounce.status in bounce.diagnostic else f"{bounce.status} {bounce.diagnostic}").split())
    kind = getattr(bounce, "kind", "")
    if words:
        return sentence(N_("bounced {address}: {words}"), address=bounce.email, words=words)
    if kind in bouncekinds.SAID:
        return sentence(N_("bounced {address}: {words}"), address=bounce.email, words=sentence("({why})", why=sentence(bouncekinds.SAID[kind])))
    return sentence(N_("bounced {address}"), address=bounce.email)


def _copies(db: Session, post: Outgoing, fare: Fare) -> Iterator[Event]:
    if post.upto == 0:
        return
    whole = N_("on its way: {count} copies") if post.upto is None else N_("on its way: {count} copies so far")
    yield Event(post.created_at, sentence(whole, count=fare.sent + fare.pending + fare.failed))
    first, last = moment(fare.first_at), moment(fare.last_at)
    if first and last:
        yield Event(first, sentence(N_("first copy sent")))
        yield Event(last, sentence(N_("the latest copy sent: {count}") if fare.pending else N_("last copy sent: {count}"), count=fare.sent))
    end = last or post.created_at
    if fare.retried:
        yield Event(end, sentence(N_("retry: {count} copies were tried more than once"), count=fare.retried))
    yield from _words(fares.answers(db, post), end)
    if fare.gone:
        yield Event(end, sentence(N_("not sent: {count} whose readers had gone"), count=fare.gone))
    if post.folded:
        yield Event(end, sentence(N_("the rows of its single copies were cleared away; these are their figures")))


def _words(answers: Iterable[tuple[str, bool, int]], at: datetime) -> Iterator[Event]:
    """The relay's last words, alike ones together, the most frequent first."""
    alike: Counter[tuple[str, bool]] = Counter()
    for answer, waits, copies in answers:
        alike[OWN.sub("…", answer), waits] += copies
    for (answer, waits), copies in alike.most_common(DIFFERENT_ANSWERS):
        what = N_("waiting, {count} copies: {words}") if waits else N_("retried or given up, {count} copies: {words}")
        yield Event(at, sentence(what, count=copies, words=answer))
    if len(alike) > DIFFERENT_ANSWERS:
        yield Event(at, sentence(N_("and {count} other answers"), count=len(alike) - DIFFERENT_ANSWERS))
