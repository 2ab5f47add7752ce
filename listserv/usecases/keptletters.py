"""Letters to the moderators: so many of one mailbox are passed on in a day. The rest is kept, and told together with what else waits (`bundling`)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.mail import address, language
from listserv.mail.authentication import Alignment
from listserv.store import untold
from listserv.store.lists import MailingList
from listserv.store.people import Purpose
from listserv.store.queue import State
from listserv.usecases import caps, deciding, limits, outbox
from listserv.usecases.arrivals import Letter, Outcome

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Somebody who has much to say in one day says it in this many letters.
A_DAY = 15
# What nobody has proven, whatever names it bears, in an hour: to one list or the site, and of one network.
UNPROVEN, PER_NETWORK = 20, 10
SITE = "site"


def keeps_back(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> bool:
    """Is this one of too many from its mailbox today? It is kept then, its writer is told once, and every moderator hears of it with the others.

    What is proven is counted apart: nobody uses up the letters of somebody else.
    """
    if left(db, str(mlist.id), letter, now) >= 0:
        return False
    _keep(db, mlist, letter, now)
    if letter.sender and limits.used(db, *_of_mailbox(str(mlist.id), letter), now, DAY) == A_DAY + 1:
        outbox.write(db, "letters-kept", letter.sender, language.guess(letter.post.text), now, mlist=mlist, cause=letter.cause)
    return True


def kept(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """What our own filter takes for spam costs nobody a letter: every moderator hears of it with what else waits."""
    _keep(db, mlist, letter, now)
    return Outcome(State.FORWARDED, ("kept-back", "spam"))


def _keep(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> None:
    for decider in deciding.deciders(db, mlist):
        untold.keep(db, mlist, decider.email, Purpose.LETTER, letter.incoming.id, now)


def left(db: Session, scope: str, letter: Letter, now: datetime) -> int:
    """How many more of its kind are passed on after this one (of a list's number, or of `SITE`); below zero where this one is too many. Counts it."""
    measures = [(*_of_mailbox(scope, letter), DAY, A_DAY)]
    if letter.alignment is not Alignment.ALIGNED:
        measures.append(("unproven letters to moderators", scope, HOUR, UNPROVEN))
        network = caps.network_of(db, letter.incoming.peer)
        measures += [("letters to moderators from", f"{scope} {network}", HOUR, PER_NETWORK)] if network else []
    for what, who, window, most in measures:
        limits.within(db, what, who, now, window, most)
    return min(most - limits.used(db, what, who, now, window) for what, who, window, most in measures)


def _of_mailbox(scope: str, letter: Letter) -> tuple[str, str]:
    proven = letter.alignment is Alignment.ALIGNED
    return "letters to moderators", f"{scope} {address.mailbox(letter.sender or letter.incoming.mail_from)} {proven}"
