"""What comes back: bounces to the address that a copy was sent from, and to the list's own."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv import links, tally
from listserv.mail import address, bouncekinds
from listserv.mail.bounces import Failure, read
from listserv.mail.tokens import Kind
from listserv.store.bounces import Bounce
from listserv.store.lists import MailingList
from listserv.store.members import Member, member_by_key
from listserv.store.outbox import wrote_since
from listserv.store.people import Address
from listserv.store.queue import Letter as OwnLetter
from listserv.store.queue import Outgoing, State
from listserv.usecases import bouncing, contact, letterfailures, outbox, unlinking
from listserv.usecases.arrivals import Letter, Outcome

BELIEVED = letterfailures.BELIEVED
NOTED = Outcome(State.BOUNCE)


def told(db: Session, kind: Kind, ids: tuple[int, ...], letter: Letter, now: datetime) -> Outcome:
    """Mail to the sender address of one copy or letter: the token says whose it was, whatever the text says."""
    failure = _failure(letter)
    if kind is Kind.LETTER and letter.by_a_machine and unlinking.is_traceless(db, ids[0]):
        return _without_a_trace(db, failure, letter, now)
    if failure is None and letter.post.automatic not in (None, "bounce"):
        # A holiday notice came to the envelope sender, as it should (RFC 3834): it says nothing of the address.
        return Outcome(State.DISCARDED, ("automatic",))
    if failure is None:
        # A person has written to the address behind the copy: say where people are.
        member = db.get(Member, ids[0]) if kind is Kind.BOUNCE else None
        return contact.nobody_reads(db, letter, now, member.mlist if member else None)
    row = _bounce(letter, failure, now)
    db.add(row)
    if kind is Kind.LETTER:
        _of_letter(db, row, ids[0], failure, now)
    else:
        _of_copy(db, row, ids, failure, letter, now)
    if row.kind != bouncekinds.Kind.PASSING:
        tally.note(db.info, "bounced")
    return NOTED


def _without_a_trace(db: Session, failure: Failure | None, letter: Letter, now: datetime) -> Outcome:
    """That a letter to somebody who asked without a name came back is counted; to whom it went, and what it quotes, is not kept."""
    if failure:
        day = unlinking.midnight(now)
        db.add(Bounce(incoming_id=letter.incoming.id, permanent=failure.permanent, status=failure.status, at=day, list_id=letter.incoming.list_id))
    letter.incoming.rcpt = links.bounce_address(outbox.settings_of(db), 0)
    unlinking.empty(db, letter.incoming)
    return NOTED if failure else Outcome(State.DISCARDED, ("automatic",))


def _failure(letter: Letter) -> Failure | None:
    failures = read(letter.raw)
    if failures:
        return failures[0]
    if letter.post.automatic == "bounce" or (letter.post.automatic is None and not letter.incoming.mail_from):
        # A report that nobody can read is taken for a passing trouble: it must not throw anybody out.
        return Failure("", False, "", letter.post.subject)
    return None


def _bounce(letter: Letter, failure: Failure, now: datetime) -> Bounce:
    row = Bounce(incoming_id=letter.incoming.id, email=failure.address, permanent=failure.permanent, status=failure.status, at=now)
    row.diagnostic, row.list_id, row.kind = failure.diagnostic, letter.incoming.list_id, bouncing.kind_of(failure)
    return row


def _of_letter(db: Session, row: Bounce, letter_id: int, failure: Failure, now: datetime) -> None:
    own = db.get(OwnLetter, letter_id)
    if own:
        row.email, row.list_id = own.to, own.list_id
        if row.kind != bouncekinds.Kind.PASSING:
            own.code, own.answer = (550 if row.permanent else 450), row.diagnostic[:500]
        letterfailures.consequences(db, own, row, failure, now)


def _of_copy(db: Session, row: Bounce, ids: tuple[int, ...], failure: Failure, letter: Letter, now: datetime) -> None:
    member = db.get(Member, ids[0])
    row.member_id, row.outgoing_id = ids[0], (ids[1] if len(ids) > 1 and ids[1] else None)
    if member:
        row.list_id = letter.incoming.list_id = member.list_id
        place = _place(member, failure)
        row.email = place.email
        if not _is_old(db, row, place, now):
            kind = bouncekinds.Kind(row.kind)
            bouncing.note_refusal(db, member, failure, now, kind=kind)
            bouncing.hold_against(db, place, failure, kind, now)
            if kind is not bouncekinds.Kind.PASSING:
                bouncing.told(db, member, kind, failure.status, now)


def _place(member: Member, failure: Failure) -> Address:
    """The address that failed: theirs, which may have been another one when the copy went out."""
    named = {address.key(one) for one in (failure.original, failure.address) if one}
    return next((place for place in member.user.addresses if place.key in named), member.address)


def _is_old(db: Session, row: Bounce, place: Address, now: datetime) -> bool:
    """Servers give up within days. Who has a copy that somebody passed on also has the address it was sent from."""
    if row.outgoing_id is None:
        # A digest, or a copy that was asked for: its address names no post.
        return not wrote_since(db, place.key, now - BELIEVED)
    copy = db.get(Outgoing, row.outgoing_id)
    return copy is not None and copy.created_at < now - BELIEVED


def untold(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """Mail to `LIST-bounces@`: anybody could have written it, so it is noted and counts against nobody."""
    failures = read(letter.raw)
    for failure in failures:
        row = _bounce(letter, failure, now)
        # Nobody knows who wrote it: nor is the administrator alarmed.
        row.list_id, row.kind = mlist.id, ""
        member = member_by_key(db, mlist, address.key(failure.original or failure.address)) or member_by_key(db, mlist, address.key(failure.address))
        row.member_id = member.id if member else None
        db.add(row)
    return NOTED if failures else Outcome(State.DISCARDED, ("no-failure",))
