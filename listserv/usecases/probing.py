"""Letters that ask whether an address lives again: what does not come back has arrived.

The first goes a day after the address has been paused; should it come back, the next after 3, 7 and 14 days, then each month for a year.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from listserv.mail import bouncekinds
from listserv.mail.bouncekinds import Kind
from listserv.store import calendar
from listserv.store import failing as rows
from listserv.store.failing import Failing
from listserv.store.people import Purpose, Token
from listserv.store.queue import Letter as OwnLetter
from listserv.store.queue import State
from listserv.usecases import bouncing, deciding, leaving, outbox, tokens, weighing
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import each

PROBE, AGAIN = "probe", "mail-again"
# A day longer than mail servers go on trying before they say that they give up.
SILENCE = timedelta(days=6)
THEN = (timedelta(days=3), timedelta(days=7), timedelta(days=14))
MONTHLY, GIVEN_UP_AFTER = timedelta(days=30), timedelta(days=365)
# Our own trouble: it says nothing of the address. Should it last, a letter a day to who dislikes us does not mend it.
SOON, A_WEEK = timedelta(days=1), timedelta(days=7)
TOMORROW = timedelta(days=1)
# A word in answer to the letter is understood as long as letters are sent.
ANSWERED_FOR = 400
MOST_LISTED, BROUGHT_IN = 10_000, 100

log = structlog.get_logger()


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Ask the addresses that are to be asked, give mail to those from which nothing came back, forget what has faded; how many were looked at."""
    _take_in(db, now)
    return each(db, rows.due(db, now, limit), lambda row: _look(db, row, now))


def _take_in(db: Session, now: datetime) -> None:
    """Members whom another program paused: their addresses are asked too."""
    for member in rows.unasked(db, BROUGHT_IN):
        row = rows.hold(db, member.address, member.address.email.rpartition("@")[2].lower(), now)
        row.since, row.stopped_at, row.due = member.bouncing_since or now, now, now + bouncing.FIRST_PROBE
        row.score = max(row.score, weighing.LIMIT)
        db.flush()


def _look(db: Session, row: Failing, now: datetime) -> None:
    if row.stopped_at is None:
        _fade(db, row, now)
    elif row.probe_id is None:
        _ask(db, row, now)
    else:
        _listen(db, row, now)


def _fade(db: Session, row: Failing, now: datetime) -> None:
    """An address that has taken something since, and sent nothing back, is as good as any other."""
    row.score = weighing.faded(row.score, row.counted_at, now)
    if row.counted_at:
        row.counted_at += (now - row.counted_at) // weighing.FADES * weighing.FADES
    clean = row.score <= 0 or rows.got_through(db, row.address, row.last_at, now - bouncing.LOOK_AFTER)
    for member in rows.members_at(db, row.address_id):
        member.bounce_score = 0.0 if clean else row.score
    row.due = now + TOMORROW
    if clean:
        db.delete(row)


def _ask(db: Session, row: Failing, now: datetime) -> None:
    place, members = row.address, rows.members_at(db, row.address_id)
    if not any(member.status == "bouncing" for member in members):
        db.delete(row)
        return
    calendar.ran(db, PROBE, f"address:{place.id}", row.due or now, now)
    token = tokens.issue(db, Purpose.ADDRESS_LIVES, place.email, now, object_id=place.id, days=ANSWERED_FOR)
    reply_to = deciding.reply_address(db, token)
    facts: dict[str, Any] = {
        "own_lists": tuple({"title": one.mlist.title, "name": one.mlist.name} for one in members),
        "bounce_why": bouncekinds.said(row.kind),
    }
    facts |= {"server_said": " ".join(row.diagnostic.split())[:300], "silence_days": SILENCE.days, "bounced_at": row.last_at}
    letter = outbox.write(db, PROBE, place.email, place.user.language, now, mlist=None, reply_to=reply_to, automatic=False, **facts)
    row.probes += 1
    row.probe_id, row.due = (letter.id if letter else None), now + SILENCE
    db.flush()


def _listen(db: Session, row: Failing, now: datetime) -> None:
    """Nothing has come back. Did the letter leave at all?"""
    letter = db.get(OwnLetter, row.probe_id) if row.probe_id else None
    if letter is not None and letter.due is not None:
        row.due = now + SILENCE
        return
    if letter is None or not 200 <= letter.code < 300:
        came_back(db, row, Kind.UNKNOWN, now)
        return
    place, due = row.address, row.due
    calendar.ran(db, AGAIN, f"address:{place.id}", due or now, now)
    bouncing.lives(db, place, now, bouncing.SILENCE)


def came_back(db: Session, row: Failing, kind: Kind, now: datetime) -> None:
    """The letter that asked did not arrive: when is the next? What is our own fault, or the letter's, says nothing of the address."""
    row.probe_id = None
    if kind in bouncekinds.COUNTS:
        row.last_at = now
        wait = THEN[row.probes - 1] if 0 < row.probes <= len(THEN) else MONTHLY
    else:
        wait = SOON if row.probes <= A_WEEK.days else A_WEEK
    given_up = row.stopped_at is not None and now + wait > row.stopped_at + GIVEN_UP_AFTER
    row.due = None if given_up else now + wait
    log.info("probe came back", address=row.address_id, probes=row.probes, kind=str(kind), given_up=given_up)


def answered(db: Session, token: Token, letter: Letter, now: datetime) -> Outcome:
    """Somebody has answered the letter, whatever they say: it has been read. Who asks to leave in it does not get mail again instead."""
    if letter.by_a_machine:
        return NOBODY_ANSWERS_MACHINES
    if leaving.asks(letter):
        for member in rows.members_at(db, token.object_id or 0):
            leaving.in_answer(db, member, letter, now)
    row = rows.of_address(db, token.object_id) if token.object_id else None
    if row and row.stopped_at:
        bouncing.lives(db, row.address, now, bouncing.ANSWERED)
    return Outcome(State.ANSWERED)


def owed(db: Session, until: datetime) -> list[Owed]:
    """The letters that will ask, and whose mail comes again because nothing came back."""
    return [one for row in rows.due(db, until, MOST_LISTED, lock=False) for one in _owed(db, row, until)]


def _owed(db: Session, row: Failing, until: datetime) -> list[Owed]:
    at, members = row.due or until, [one for one in rows.members_at(db, row.address_id) if one.status == "bouncing"]
    names = " ".join(member.mlist.name for member in members)
    if row.stopped_at is None or not members:
        return []
    if row.probe_id is None:
        return [Owed(at, PROBE, names, row.address.email, f"paused since {row.stopped_at:%Y-%m-%d}: {bouncekinds.said(row.kind)}")]
    letter = db.get(OwnLetter, row.probe_id)
    if letter is None or letter.due is not None or not 200 <= letter.code < 300:
        return []
    return [Owed(at, AGAIN, names, row.address.email, f"nothing came back for {SILENCE.days} days: mail comes again")]
