"""A reader has called a copy of ours spam: they get nothing more, and nobody is told but the journal.

A complaint is believed by the token of the copy that it is about, which nobody but its reader and their mail service
has seen. Without one it must come, proven, from the reader, or from a role of the service where the address is: whoever
has a mailbox at the same service could otherwise take others off the list.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.links import signing_key
from listserv.mail import address, complaints
from listserv.mail import tokens as shapes
from listserv.mail.authentication import Alignment
from listserv.mail.complaints import Complaint
from listserv.mail.dmarc import relaxed
from listserv.store import failing
from listserv.store.invitations import open_by_key
from listserv.store.lists import MailingList, list_by_name
from listserv.store.members import Member, Role, Status, member_by_key, moderators_of
from listserv.store.moderation import ApplicationState, open_applications_at
from listserv.store.people import address_by_key
from listserv.store.queue import Letter as OwnLetter
from listserv.store.queue import State
from listserv.store.threads import message_by_id
from listserv.usecases import caps, inviting, issuecounts, outbox
from listserv.usecases.access import Actor, Door
from listserv.usecases.administration import remove_member
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.journal import note

BY_MAIL = Actor(Door.MAIL)
# Addresses that a mail service gives to none of its users (RFC 2142, RFC 5321).
SERVICE = frozenset(("abuse", "postmaster", "mailer-daemon"))
OF_A_MEMBER = (shapes.Kind.BOUNCE, shapes.Kind.UNSUBSCRIBE)


def take(db: Session, mlist: MailingList | None, letter: Letter, now: datetime) -> Outcome:
    """Take whoever complained off the list. The last owner stays, because nobody would be left to decide."""
    complaint = complaints.read(letter.raw)
    if complaint is None:
        # About forgery, or a good word: nobody's wish to leave.
        return Outcome(State.DISCARDED, ("automatic",))
    mlist = mlist or _list_of(db, complaint)
    own = _own_letter(db, complaint, letter)
    if own:
        return about_letter(db, own, complaint, letter, now)
    member = _by_token(db, complaint, letter) or _by_original(db, mlist, letter, complaint)
    about = f"{complaint.kind} {complaint.message_id}".strip()[:500]
    if member is None:
        note(db, BY_MAIL, "complaint", mlist=mlist, now=now, detail=about)
        return Outcome(State.DISCARDED, ("complaint", "nobody-known"))
    letter.incoming.list_id = member.list_id
    note(db, BY_MAIL, "complaint", mlist=member.mlist, now=now, about=member, detail=about)
    if not _is_last(db, member):
        remove_member(db, member, BY_MAIL, now, why="complaint")
        issue = issuecounts.of_copy(db, _copy(db, complaint, letter))
        if issue:
            issuecounts.left(db, issue, now)
    return Outcome(State.BOUNCE, ("complaint",))


def about_letter(db: Session, own: OwnLetter, complaint: Complaint, letter: Letter, now: datetime) -> Outcome:
    """Somebody calls a letter of ours spam: no further one comes without their doing, and what it asked them is answered with no."""
    letter.incoming.list_id, mlist = own.list_id, db.get(MailingList, own.list_id) if own.list_id else None
    note(db, BY_MAIL, "complaint", mlist=mlist, now=now, detail=f"{complaint.kind} letter {own.kind}"[:500])
    caps.silence(db, own.to, now)
    open_one = open_by_key(db, own.list_id, [own.to_key]).get(own.to_key) if own.kind == caps.INVITATION and own.list_id else None
    if open_one:
        inviting.decline(db, open_one, BY_MAIL, now, everywhere=True)
    for application in open_applications_at(db, own.list_id, own.to_key) if own.list_id else ():
        if application.state is ApplicationState.AWAITING_CONFIRMATION:
            application.state, application.decided_at = ApplicationState.LAPSED, now
            note(db, BY_MAIL, "application-lapsed", mlist=mlist, now=now, about=application)
    for member in _told_of_mail(db, own, mlist):
        if not _is_last(db, member):
            remove_member(db, member, BY_MAIL, now, why="complaint")
    return Outcome(State.BOUNCE, ("complaint",))


def _told_of_mail(db: Session, own: OwnLetter, mlist: MailingList | None) -> Sequence[Member]:
    """The memberships of which a letter said that mail comes, or asked whether it does: whoever calls that spam wants none."""
    place = address_by_key(db, own.to_key)
    if own.kind == "welcome" and mlist:
        member = member_by_key(db, mlist, own.to_key)
        return [member] if member else []
    if own.kind == "mail-again" and place:
        return failing.members_at(db, place.id)
    asked = failing.of_probe(db, own.id)
    return [member for member in failing.members_at(db, asked.address_id) if member.status is Status.BOUNCING] if asked else []


def _own_letter(db: Session, complaint: Complaint, letter: Letter) -> OwnLetter | None:
    """The letter of ours that it is about, by the address that it was sent from."""
    found = (one for one in _signed(db, complaint, letter) if one[0] is shapes.Kind.LETTER)
    return next((own for _, ids in found if (own := db.get(OwnLetter, ids[0]))), None)


def _list_of(db: Session, complaint: Complaint) -> MailingList | None:
    """The list whose post was complained about, as its List-Id says."""
    name, _, domain = complaint.list_id.partition(".")
    return list_by_name(db, name) if domain == outbox.settings_of(db).site.domain.lower() else None


def _by_token(db: Session, complaint: Complaint, letter: Letter) -> Member | None:
    ids = _ids(db, complaint, letter)
    return db.get(Member, ids[0]) if ids else None


def _copy(db: Session, complaint: Complaint, letter: Letter) -> int:
    """The number of the copies that it is about; 0 where it does not say."""
    return next(iter(_ids(db, complaint, letter)[1:]), 0)


def _ids(db: Session, complaint: Complaint, letter: Letter) -> tuple[int, ...]:
    return next((ids for kind, ids in _signed(db, complaint, letter) if kind in OF_A_MEMBER), ())


def _signed(db: Session, complaint: Complaint, letter: Letter) -> Iterator[tuple[shapes.Kind, tuple[int, ...]]]:
    """What tokens of ours stand in it: a stranger can guess none."""
    key, own = signing_key(outbox.settings_of(db)), letter.incoming.rcpt.partition("@")[0].lower()
    for token in (*complaint.tokens, own[2:] if own.startswith(("r+", "r-")) else ""):
        if found := shapes.read(key, token):
            yield found


def _by_original(db: Session, mlist: MailingList | None, letter: Letter, complaint: Complaint) -> Member | None:
    """By address and Message-ID, both of which others know too: so the reporter must be proven to be the address's own service."""
    if not mlist or letter.alignment is not Alignment.ALIGNED or len(complaint.recipients) != 1 or not complaint.message_id:
        return None
    recipient = complaint.recipients[0]
    if not _speaks_for(letter.sender, recipient) or not message_by_id(db, mlist, complaint.message_id):
        return None
    return member_by_key(db, mlist, address.key(recipient))


def _speaks_for(reporter: str, recipient: str) -> bool:
    if address.key(reporter) == address.key(recipient):
        return True
    local, domain = address.split(address.key(reporter))
    return local in SERVICE and relaxed(domain, address.domain_of(recipient))


def _is_last(db: Session, member: Member) -> bool:
    return member.role is Role.OWNER and len(moderators_of(db, member.mlist)) == 1
