"""The thread of a meeting: a post of the moderator's opens it, on the way of every post, so that the archive shows it and answers are ordinary mail."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links
from listserv.i18n import N_, choose_language, translations
from listserv.mail import compose, parse
from listserv.mail.address import Mailbox
from listserv.mail.authentication import Alignment
from listserv.mail.compose import Writing
from listserv.store.lists import MailingList
from listserv.store.meetings import Meeting
from listserv.store.members import member_of
from listserv.store.queue import Incoming, State, keep_raw
from listserv.usecases import meetingfacts, outbox, posting, ways
from listserv.usecases.access import Actor
from listserv.usecases.submissions import Submission

PEER = "meeting"
# Where the meeting takes place on the web stands in each person's invitation alone: archives can be public.
WORDS = N_(
    "We meet: {title}\n{when}\n{place}\nThis is the thread of the meeting: whatever belongs to it can be written here, before and after. "
    "Each person on the list gets an invitation of their own, with which they answer whether they come."
)


def begun(db: Session, meeting: Meeting, actor: Actor, now: datetime) -> int:
    """Write the post, publish it, and say which message it is."""
    settings, mlist = outbox.settings_of(db), meeting.mlist
    tongue = choose_language((mlist.language, settings.site.language))
    facts = meetingfacts.facts(db, meeting, tongue)
    say = translations(tongue).gettext
    text = say(WORDS).format(title=meeting.title, when=facts["meeting_when"], place=facts["meeting_place"])
    writing = Writing(
        author=author_of(db, mlist, actor.user_id),
        to=links.list_address(settings, mlist.name),
        subject=compose.one_line(meeting.title),
        text=compose_lines(text),
        message_id=compose.message_id(settings.site.domain).strip("<>"),
        date=now,
        language=tongue,
    )
    raw = compose.post(writing)
    post = parse.parse(raw)
    incoming = Incoming(raw_id=keep_raw(db, raw).id, message_id=post.message_id, mail_from=writing.author.address, rcpt=writing.to, peer=PEER, attempts=1)
    incoming.received_at, incoming.done_at, incoming.list_id, incoming.state = now, now, mlist.id, State.POSTED
    db.add(incoming)
    db.flush()
    ways.taken(incoming)
    # Our own server is in nobody's domain: what it writes in somebody's name goes out in the list's.
    return posting.publish(db, mlist, Submission(incoming, raw, incoming.raw_id, post, Alignment.ALIGNED, munge=True), now).id


def compose_lines(text: str) -> str:
    """Without the lines that say nothing (no place), each fact in a paragraph of its own."""
    return "\n\n".join(line for line in text.split("\n") if line.strip()) + "\n"


def author_of(db: Session, mlist: MailingList, user_id: int | None) -> Mailbox:
    """Whoever plans it, with their address on this list; the list itself where they are not on it."""
    member = member_of(db, mlist, user_id) if user_id else None
    if member is None:
        return Mailbox(mlist.title, links.moderators_address(outbox.settings_of(db), mlist.name))
    return Mailbox(member.user.name or mlist.title, member.address.email)
