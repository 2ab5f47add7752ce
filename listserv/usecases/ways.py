"""Which way a mail has taken: said once to the log and counted, in the words of its state, when the transaction is through."""

from sqlalchemy.orm import Session, object_session

from listserv import tally
from listserv.store.lists import MailingList
from listserv.store.queue import Incoming


def taken(incoming: Incoming) -> None:
    """This mail has reached a state, or has left one for another."""
    db = object_session(incoming)
    if db is None:
        return
    # Not who wrote it: somebody may have asked that nobody learns that (usecases.unnamed); their Message-ID is gone by now.
    facts = {"incoming": incoming.id, "list": _list_name(db, incoming), "message_id": incoming.message_id, "reasons": incoming.reasons}
    tally.note(db.info, str(incoming.state), facts=facts)


def _list_name(db: Session, incoming: Incoming) -> str:
    mlist = db.get(MailingList, incoming.list_id) if incoming.list_id else None
    return mlist.name if mlist else ""
