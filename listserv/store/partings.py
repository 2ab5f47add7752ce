"""Who has left a list, and by whose wish."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from listserv.mail import address
from listserv.store.moderation import Journal
from listserv.store.people import Address


def left_by_themselves(db: Session, list_id: int) -> dict[str, datetime]:
    """Whose last parting from the list was their own wish (also: the button “this is spam”), by each folded address of theirs, and when."""
    query = select(Journal.user_id, Journal.detail, Journal.at).where(Journal.list_id == list_id, Journal.what == "member-removed")
    removals = db.execute(query.order_by(Journal.id))
    last = {address.key(detail.partition(" ")[0]): (user_id, detail.endswith(" complaint"), at) for user_id, detail, at in removals if detail}
    owners = {user_id for user_id, _, _ in last.values() if user_id is not None}
    theirs: dict[int, set[str]] = {}
    for owner, place in db.execute(select(Address.user_id, Address.key).where(Address.user_id.in_(owners))) if owners else ():
        theirs.setdefault(owner, set()).add(place)
    gone: dict[str, datetime] = {}
    for place, (user_id, complained, at) in last.items():
        own = theirs.get(user_id, set()) if user_id is not None else set()
        if complained or place in own:
            gone |= dict.fromkeys({place, *own} if place in own else {place}, at)
    return gone
