"""Who came to a meeting: whoever planned it is asked when it is over, and answers by a line of mail or on its page."""

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_
from listserv.mail import address, camewords, mailboxes
from listserv.store import meetinglists as rows
from listserv.store.meetings import Attendee, Meeting, MeetingState
from listserv.store.members import member_by_key
from listserv.store.people import Purpose, Token
from listserv.store.queue import State
from listserv.usecases import deciding, meetingfacts, outbox, tokens
from listserv.usecases.access import Actor
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Decider
from listserv.usecases.journal import note

# Of more people no letter holds a numbered list that anybody reads: their meeting has a page.
MOST_NUMBERED = 300
# The first word of a token's detail; behind it the people, in the order of their numbers.
ASKED = "came"
NOBODY = N_("Nobody on this list is called “{who}”, and nobody has this address. Nothing has been noted.")
SEVERAL = N_("Several people on this list are called “{who}”: please give the address. Nothing has been noted.")
LONGEST_SHOWN = 80

log = structlog.get_logger()


def whom_to_ask(db: Session, meeting: Meeting) -> Sequence[Decider]:
    """Whoever planned it, where they decide still, else all who decide; nobody where nobody was expected."""
    if not rows.expected(db, meeting):
        return ()
    found = deciding.deciders(db, meeting.mlist)
    return [one for one in found if one.user_id == meeting.planned_by] or found


def ask(db: Session, meeting: Meeting, now: datetime) -> int:
    """Ask who came; how many were asked."""
    asked = whom_to_ask(db, meeting)
    for decider in asked:
        write(db, meeting, decider, now)
    return len(asked)


def write(db: Session, meeting: Meeting, decider: Decider, now: datetime, *, unclear: bool = False, cause: outbox.Cause = outbox.ACT) -> None:
    """The numbered list of those who were expected, to one moderator; `unclear`: once more, because the answer was none."""
    people = rows.expected(db, meeting)
    numbered = people if len(people) <= MOST_NUMBERED else ()
    detail = f"\n{ASKED} {' '.join(str(one.user_id) for one in numbered)}"
    token = tokens.issue(db, Purpose.MEETING, decider.email, now, mlist=meeting.mlist, object_id=meeting.id, detail=detail)
    facts = meetingfacts.facts(db, meeting, meetingfacts.tongue(db, meeting.mlist, decider.language))
    facts |= {"meeting_people": named(numbered), "meeting_count": len(people), "meeting_unclear": unclear}
    reply_to = deciding.reply_address(db, token)
    outbox.write(db, "meeting-who-came", decider.email, decider.language, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, cause=cause, **facts)


def named(people: Sequence[Attendee]) -> list[dict[str, object]]:
    """Their numbers and names, as letters tell them."""
    return [{"number": number, "name": deciding.name_of(one.user), "maybe": one.said.value == "maybe"} for number, one in enumerate(people, 1)]


def answered(db: Session, meeting: Meeting, token: Token, letter: Letter, now: datetime) -> Outcome | None:
    """„byli: 1, 3”, from somebody who decides and is proven; None where this token asked for something else."""
    asked, _, ids = deciding.kept_words(token).partition(" ")
    if asked != ASKED:
        return None
    people = [int(one) for one in ids.split()]
    numbers = camewords.came(letter.words, len(people)) if people else None
    actor = deciding.actor(db, token)
    decider = next((one for one in deciding.deciders(db, meeting.mlist) if one.user_id == actor.user_id), None)
    if decider is None:
        return Outcome(State.DISCARDED, ("not-a-moderator",))
    if numbers is None:
        write(db, meeting, decider, now, unclear=True, cause=letter.cause)
        return Outcome(State.ANSWERED, ("not-understood",))
    there = record(db, meeting, {people[number - 1] for number in numbers}, actor, now, of=people)
    missing = [deciding.name_of(one.user) for one in rows.expected(db, meeting) if one.user_id in people and not one.came]
    facts = {**meetingfacts.facts(db, meeting, meetingfacts.tongue(db, meeting.mlist, decider.language)), "meeting_came": there, "meeting_missing": missing}
    reply_to = deciding.reply_address(db, _again(db, meeting, token, now))
    outbox.write(
        db, "meeting-came-noted", decider.email, decider.language, now, mlist=meeting.mlist, reply_to=reply_to, automatic=False, cause=letter.cause, **facts
    )
    return Outcome(State.ANSWERED, ("who-came",))


def _again(db: Session, meeting: Meeting, token: Token, now: datetime) -> str:
    """An answer to the letter that says what was understood may still put it right."""
    return tokens.issue(db, Purpose.MEETING, token.email, now, mlist=meeting.mlist, object_id=meeting.id, detail=f"\n{deciding.kept_words(token)}")


def members_in(db: Session, meeting: Meeting, lines: str) -> set[int]:
    """The people that somebody names, one a line, by address or by name: members alone. Raises Invalid with the first line that names nobody, or several."""
    found: set[int] = set()
    for line in [one for one in (" ".join(line.split()).strip(" ,;") for line in lines.splitlines()) if one][:MOST_NUMBERED]:
        named = mailboxes.mailboxes([line])
        members = [member_by_key(db, meeting.mlist, address.key(named[0].address))] if named else rows.members_named(db, meeting.list_id, line, 2)
        if len(members) != 1 or members[0] is None:
            raise Invalid(SEVERAL if len(members) > 1 else NOBODY, who=line[:LONGEST_SHOWN])
        found.add(members[0].user_id)
    return found


def record(db: Session, meeting: Meeting, came: Collection[int], actor: Actor, now: datetime, *, of: Collection[int] | None = None) -> int:
    """These people came, and the others of `of` (else of all who were expected) did not; how many came."""
    there = 0
    for user_id in sorted(set(came) - {one.user_id for one in rows.expected(db, meeting)}) if of is None else ():
        # They came without having said so.
        row = rows.fresh_attendee(db, meeting, user_id) or Attendee(meeting_id=meeting.id, user_id=user_id, sequence=meeting.sequence)
        row.came = True
        db.add(row)
    db.flush()
    for one in rows.expected(db, meeting):
        if of is None or one.user_id in of:
            one.came = one.user_id in came
        there += one.came is True
    if meeting.state is MeetingState.ANNOUNCED:
        meeting.state = MeetingState.OVER
    note(db, actor, "meeting-attendance", mlist=meeting.mlist, now=now, about=meeting, detail=str(there))
    log.info("meeting-attendance", meeting=meeting.id, came=there)
    return there
