"""What somebody writes beside an answer, or instead of one, is for humans: the moderators read it, and can reply to whoever wrote it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store.meetings import Meeting
from listserv.store.members import Member
from listserv.usecases import deciding, limits, meetingdesk, meetingfacts, outbox

# Of one invitation: whoever has its address cannot fill mailboxes.
HOUR, MOST_PASSED_ON = timedelta(hours=1), 4


def pass_on(db: Session, meeting: Meeting, member: Member, kind: str, said: str, now: datetime, *, proposed: Callable[[str], str] | None = None) -> bool:
    """Send these words to the moderators; False where there were too many of late. `kind`: question, dates, counter, unclear."""
    if not limits.within(db, "meeting answer passed on", f"{meeting.id} {member.id}", now, HOUR, MOST_PASSED_ON):
        return False
    for decider in deciding.deciders(db, meeting.mlist):
        tongue = meetingdesk.language_of(db, meeting.mlist, decider.email)
        facts = {**meetingfacts.facts(db, meeting, tongue), "meeting_question": kind, "words": meetingdesk.shown(said)}
        facts |= {"name": member.user.name, "email": member.address.email, "meeting_proposed": proposed(tongue) if proposed else ""}
        outbox.write(db, "meeting-question", decider.email, tongue, now, mlist=meeting.mlist, reply_to=member.address.email, automatic=False, **facts)
    return True
