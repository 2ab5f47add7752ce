"""Letters to `LIST-news@` of which no draft is made: the coordinators read them as they read what is written to themselves."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import address, language
from listserv.mail.authentication import Alignment
from listserv.mail.spam import Spam
from listserv.store.bans import bars
from listserv.store.lists import CertainSpam, MailingList
from listserv.store.members import member_by_key
from listserv.store.queue import State
from listserv.usecases import banning, contact, issueletters, keptletters
from listserv.usecases.access import moderates
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.banning import BANNED


def pass_on(
    db: Session, mlist: MailingList, letter: Letter, now: datetime, *, coordinator: bool, tell: Callable[..., None] = issueletters.not_yours
) -> Outcome:
    """The letter reaches the coordinators; whoever is known to have written it learns where such letters belong (`tell`).

    `coordinator`: it bears a coordinator's name.
    """
    proven = letter.alignment is Alignment.ALIGNED
    member = member_by_key(db, mlist, address.key(letter.sender)) if letter.sender else None
    if letter.sender and not coordinator and not moderates(member) and bars(db, mlist, [address.key(letter.sender)]):
        # To an address that may be forged nothing is said.
        return banning.turned_away(db, mlist, letter, now) or BANNED if proven else BANNED
    if letter.spam is Spam.CERTAIN and mlist.certain_spam is CertainSpam.DISCARD:
        return Outcome(State.DISCARDED, ("spam",))
    if letter.spam is not Spam.NO:
        return keptletters.kept(db, mlist, letter, now)
    outcome = contact.forward(db, mlist, letter, now)
    if letter.sender and (proven or member):
        # Who is on the list learns nothing new; a stranger learns nothing of who is.
        known = member is not None and proven
        tongue = (member.user.language if member and known else "") or language.guess(letter.post.text)
        tell(db, mlist, letter.sender, tongue, now, letter.cause, on_list=known)
    return outcome
