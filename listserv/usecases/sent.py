"""What became of a post that was written in the browser, told to whoever wrote it and to nobody else."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.rules import WORDS, Reason
from listserv.store.archive import Message
from listserv.store.drafts import written_by_key
from listserv.store.lists import MailingList
from listserv.store.members import count_members
from listserv.store.moderation import Held, HeldState
from listserv.store.ownposts import held_of_incoming
from listserv.store.queue import Incoming, State
from listserv.usecases import reading
from listserv.usecases.access import Actor
from listserv.usecases.shown import View


@dataclass(frozen=True, slots=True)
class Sent:
    """A post's fate: `state` is posted, held, refused or withdrawn; `why` are sentences still in English."""

    view: View
    state: str
    why: tuple[str, ...]
    subject: str
    people: int
    # Where it stands, once it does.
    thread_id: int = 0
    row_id: int = 0
    hash: str = ""

    @property
    def mlist(self) -> MailingList:
        """The list."""
        return self.view.mlist


def outcome(db: Session, name: str, key: str, actor: Actor) -> Sent:
    """What became of what was sent with this key. Raises NotFound for whoever did not send it."""
    view = reading.view_of(db, name, actor)
    written = written_by_key(db, key)
    if written is None or written.user_id != actor.user_id or written.list_id != view.mlist.id:
        raise NotFound("there is no such page")
    incoming = written.incoming
    held = held_of_incoming(db, incoming.id)
    message = db.get(Message, incoming.archived_id) if incoming.archived_id else None
    why = tuple(WORDS[Reason(reason)] for reason in incoming.reasons.split() if reason in list(Reason))
    sent = Sent(view, _state(incoming, held, message), why, message.subject if message else held.subject if held else "", count_members(db, view.mlist))
    if message is None or message.hidden_at is not None:
        return sent
    return Sent(sent.view, sent.state, why, sent.subject, sent.people, message.thread_id, message.id, message.hash)


def _state(incoming: Incoming, held: Held | None, message: Message | None) -> str:
    if message is not None:
        return "posted"
    if held is not None and held.state in (HeldState.REFUSED, HeldState.WITHDRAWN):
        return "declined" if held.state is HeldState.REFUSED else "withdrawn"
    return {State.HELD: "held", State.POSTED: "posted"}.get(incoming.state, "refused")
