"""What is left of a question without a name: nothing that tells who asked.

The mail that asked is emptied as soon as it has been read; ten minutes after the decision the link to its author goes.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import address
from listserv.store import doors as rows
from listserv.store import tools
from listserv.store.doors import UNNAMED, Unnamed
from listserv.store.lists import MailingList
from listserv.store.moderation import Held
from listserv.store.people import Purpose, Token, person_at
from listserv.store.queue import Incoming, keep_raw
from listserv.store.queue import Letter as OwnLetter
from listserv.store.surveys import ECHO_UNNAMED
from listserv.usecases import outbox, retelling
from listserv.usecases.arrivals import Letter
from listserv.usecases.digesting import Owed
from listserv.usecases.rowbyrow import each

# As long as a decision can be undone, its author must be reached.
LINKED = timedelta(minutes=10)
MOST_LISTED = 1_000
# What stands in place of a mail that asked: it is gone as soon as it has been read.
EMPTY = b"Subject: -\r\n\r\nThis mail asked for something without its author's name, and was destroyed.\r\n"
# Letters of which nothing stays when they have left: that somebody got one says that they asked.
REFUSED, TOO_LATE = "unnamed-not", "unnamed-late"
# And that of an anonymous answer to a question to everybody says what was answered.
TRACELESS = (REFUSED, TOO_LATE, ECHO_UNNAMED)


def empty(db: Session, incoming: Incoming, mlist: MailingList | None = None) -> None:
    """Of the mail that asked nothing stays but that there was one on that day."""
    old = incoming.raw_id
    rows.secure_delete(db, on=True)
    incoming.raw_id = keep_raw(db, EMPTY).id
    incoming.message_id = incoming.mail_from = incoming.peer = incoming.trouble = ""
    route = address.read_local_part(address.split(incoming.rcpt)[0])
    if mlist and route and route.role is address.Role.TOKEN:
        # The token in the address leads to the question, or to whose digest it was.
        incoming.rcpt = links.moderators_address(outbox.settings_of(db), mlist.name)
    incoming.echo, incoming.received_at = None, midnight(incoming.received_at)
    tools.destroy_unused(db, [old])


def empty_if_about(db: Session, token: Token | None, letter: Letter) -> None:
    """What a machine answers to whoever asked without a name: an absence notice quotes the question above their address."""
    held = db.get(Held, token.object_id) if token and token.purpose is Purpose.WITHDRAW_HELD else None
    if held and held.incoming.peer == UNNAMED:
        empty(db, letter.incoming, held.mlist)


def empty_if_by_an_asker(db: Session, mlist: MailingList, letter: Letter) -> None:
    """The same, where the machine answers to the list's address and not to the question's."""
    place = person_at(db, address.key(letter.sender)) if letter.sender else None
    if place and rows.questions_of(db, mlist.id, place.user_id):
        empty(db, letter.incoming, mlist)


def is_traceless(db: Session, letter_id: int) -> bool:
    """Did this letter of ours go to somebody who asked without a name? Then it is gone, or will be: nor may what comes back name them."""
    own = db.get(OwnLetter, letter_id)
    if own is None or own.kind in TRACELESS:
        return True
    link = rows.asker_of(db, own.incoming_id) if own.incoming_id else None
    return link is not None and address.key(link.email) == own.to_key


def list_of(db: Session, token: Token) -> MailingList | None:
    """The list that a letter of ours was about."""
    return db.get(MailingList, token.list_id) if token.list_id else None


def midnight(moment: datetime) -> datetime:
    """The beginning of that day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Cut the link between questions that are decided for good and those who asked; and drop letters about what was not passed on; how many."""
    cut: list[bool] = []
    each(db, rows.decided_before(db, now - LINKED, limit), lambda link: cut.append(_forget(db, link)))
    refused = {letter.id: letter.raw_id for letter in rows.sent_letters(db, TRACELESS, limit)}
    if refused:
        rows.secure_delete(db, on=True)
        rows.drop_letters(db, refused)
        tools.destroy_unused(db, set(refused.values()))
    return sum(cut) + len(refused)


def owed(db: Session, until: datetime) -> list[Owed]:
    """The links that are cut by that time; whose they are, nobody is told."""
    found = rows.decided_before(db, until - LINKED, MOST_LISTED, lock=False)
    ready = [link for link in found if all(letter.due is None for letter in _letters(db, link))]
    return [Owed((link.held.decided_at or until) + LINKED, "question-unlinked", link.held.mlist.name, "", "decided for good") for link in ready]


def _letters(db: Session, link: Unnamed) -> Sequence[OwnLetter]:
    # What was asked back because of the mail itself went to its author, at whatever address they had then.
    return [*rows.letters_to(db, [link.held.incoming_id], address.key(link.email)), *tools.letters_about(db, [link.incoming_id])]


def _forget(db: Session, link: Unnamed) -> bool:
    """False while a letter to its author is still to be sent: then a little later."""
    held, asked, at = link.held, db.get_one(Incoming, link.incoming_id), link.held.decided_at
    own = {letter.id: letter for letter in _letters(db, link)}
    if at is None or any(letter.due is not None for letter in own.values()):
        return False
    rows.secure_delete(db, on=True)
    used = {letter.raw_id for letter in own.values()}
    rows.drop_letters(db, own)
    for letter in tools.letters_about(db, [held.incoming_id]):
        if letter.due is None:
            # The moderators have it in their mailboxes; the hour in which it came to them goes.
            used.add(letter.raw_id)
            letter.raw_id, letter.created_at = keep_raw(db, retelling.SENT).id, at
    rows.blank_tokens(db, Purpose.WITHDRAW_HELD, held.id)
    asked.done_at, held.held_at = midnight(at), at
    rows.redate_journal(db, held, at)
    db.delete(link)
    db.flush()
    tools.destroy_unused(db, used)
    return True
