"""Letters to the humans: to a list's moderators, from members and from those who want to be; and to the postmaster."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.mail import address, language
from listserv.mail.address import Role
from listserv.store.lists import MailingList
from listserv.store.members import member_by_key
from listserv.store.queue import State
from listserv.usecases import banning, deciding, membership, outbox
from listserv.usecases.arrivals import Letter, Outcome


def moderators(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """A member's letter reaches the moderators; anybody else's is an application to join (contract section 4)."""
    if not letter.sender or member_by_key(db, mlist, address.key(letter.sender)):
        return forward(db, mlist, letter, now)
    refused = banning.turned_away(db, mlist, letter, now)
    if refused:
        return refused
    applicant = membership.applicant_from(letter.post, letter.incoming, letter.alignment, mlist)
    membership.apply(db, mlist, applicant, now)
    return Outcome(State.APPLICATION)


def forward(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """Every moderator gets the letter; a plain answer goes to who wrote it."""
    for decider in deciding.deciders(db, mlist):
        outbox.write(db, "contact", decider.email, decider.language, now, mlist=mlist, automatic=False, cause=letter.cause, **_facts(letter))
    return Outcome(State.FORWARDED)


def _facts(letter: Letter) -> dict[str, Any]:
    author = letter.post.authors[0] if letter.post.authors else address.Mailbox("", letter.incoming.mail_from)
    facts = {"name": author.name, "email": author.address, "subject": letter.post.subject, "text": letter.post.text}
    return facts | {"reply_to": author.address, "files": ", ".join(file.name for file in letter.post.attachments)}


def site(db: Session, role: Role, letter: Letter, now: datetime) -> Outcome:
    """postmaster and abuse reach the administrator (RFC 2142); who writes to noreply learns where people are."""
    settings = outbox.settings_of(db)
    if role is Role.POSTMASTER and settings.site.owner:
        outbox.write(db, "contact-site", settings.site.owner, "", now, automatic=False, cause=letter.cause, **_facts(letter))
        return Outcome(State.FORWARDED)
    return nobody_reads(db, letter, now)


def nobody_reads(db: Session, letter: Letter, now: datetime, mlist: MailingList | None = None) -> Outcome:
    """A machine's address: say where people are; those of the list, where the address tells which."""
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    tongue = language.guess(letter.post.text)
    told = outbox.write(db, "nobody-reads", letter.sender, tongue, now, mlist=mlist, cause=letter.cause)
    return Outcome(State.ANSWERED, () if told else ("enough-for-today",))
