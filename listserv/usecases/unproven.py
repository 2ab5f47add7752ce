"""Replies that decide something and come without proof: what they get before their words are read."""

from datetime import datetime

from sqlalchemy.orm import Session

from listserv.mail import commands
from listserv.mail.authentication import Alignment
from listserv.store.lists import MailingList
from listserv.store.people import Token
from listserv.store.queue import State
from listserv.usecases import deciding
from listserv.usecases.arrivals import Letter, Outcome
from listserv.usecases.deciding import Proof
from listserv.usecases.outbox import Cause


def kept_from_deciding(db: Session, mlist: MailingList, token: Token, letter: Letter, about: str, now: datetime) -> Outcome | None:
    """A refusal for somebody else, nothing for mere thanks, a question back where it is unknown; None: its words count.

    `about`: what would be decided, in the list's language.
    """
    proof = deciding.proof(db, token, letter.post, letter.alignment)
    if proof is Proof.SOMEBODY_ELSE or letter.alignment is Alignment.FAILED:
        return Outcome(State.REFUSED, ("not-the-author",))
    if commands.only_thanks(letter.post.reply):
        return Outcome(State.ANSWERED, ("thanks",))
    if proof is not Proof.ASK_BACK:
        return None
    asked = deciding.ask_back(db, mlist, token, about, now, Cause(letter.incoming))
    return Outcome(State.ANSWERED, ("asked-back",) if asked else ("enough-for-today",))
