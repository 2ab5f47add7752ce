"""Who has written on a list: people with an account here, and names that an imported archive brought along."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from listserv.store.archive import SHOWN, Message
from listserv.store.pages import Rows

# Somebody without an account is told from others by the name alone: that is all a reader sees of them, and one of a dozen
# years has written from many addresses. Only who gave no name is told by the address.
WHO = case((Message.user_id.is_not(None), ""), (Message.author != "", Message.author), else_=Message.author_key)


def writers_of(db: Session, mlist_id: int, upto: int, after: int | None = None) -> Rows:
    """(user_id, who, author, author_email, messages, last_at) of everyone of whom something is shown on a list, in no order.

    Of the messages up to that number, behind `after` where it is given.
    """
    query = (
        select(Message.user_id, WHO.label("who"), func.max(Message.author).label("author"), func.max(Message.author_email).label("author_email"))
        .add_columns(func.count().label("messages"), func.max(Message.sent_at).label("last_at"))
        .where(Message.list_id == mlist_id, Message.seq <= upto, SHOWN)
        .group_by(Message.user_id, WHO)
    )
    return db.execute(query if after is None else query.where(Message.seq > after)).all()
