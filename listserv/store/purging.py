"""Forgetting an application that nobody ever confirmed: its words, its name, its address, and the bytes it came in."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from listserv.store import erasing
from listserv.store.docket import mails_of
from listserv.store.moderation import Application, Journal
from listserv.store.people import Purpose, Token
from listserv.store.queue import Incoming, State, keep_raw

PURPOSES = (Purpose.CONFIRM_APPLICATION, Purpose.ANSWER_APPLICATION, Purpose.DECIDE_APPLICATION)
GONE = b"Subject: erased\r\n\r\nThis mail asked to join a list. Nobody confirmed it, and its words have been erased.\r\n"


def forget(db: Session, application: Application) -> None:
    """Take the application away, with its tokens and what the journal says of its author. The mail's own row stays, without its words."""
    for incoming in mails_of(db, application, (State.APPLICATION,)):
        incoming.mail_from = ""
    about = (Journal.about == "application", Journal.about_id == application.id)
    db.execute(update(Journal).where(*about).values(detail=""), execution_options={"synchronize_session": False})
    db.execute(delete(Token).where(Token.purpose.in_(PURPOSES), Token.object_id == application.id), execution_options={"synchronize_session": False})
    raw_id = application.raw_id
    db.delete(application)
    db.flush()
    elsewhere = select(Incoming.id).where(Incoming.raw_id == raw_id, Incoming.state != State.APPLICATION).limit(1)
    if raw_id is not None and not erasing.messages_with(db, raw_id) and db.scalar(elsewhere) is None:
        erasing.replace_raw(db, raw_id, keep_raw(db, GONE).id)
