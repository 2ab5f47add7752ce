"""Digests that have been made and not yet sent are told again without what is not to be told any more."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from listserv.store import following, tools
from listserv.store import hidden as rows
from listserv.store.digests import Digest
from listserv.store.hidden import Telling
from listserv.store.lists import MailingList, lock
from listserv.store.members import Member
from listserv.store.queue import keep_raw, keep_raw_many, raw_bytes
from listserv.usecases import digestletters, outbox
from listserv.usecases.editions import Press
from listserv.usecases.gathering import News, gather

SENT = digestletters.SENT
NOTHING_LEFT = "taken back: nothing is left to tell"
# Whatever a digest tells of a message, its address stands there (links.message_url); lines may break within it.
TOLD, BREAK = re.compile(rb"/message/([A-Z2-7]{32})"), re.compile(rb"=\r?\n")


def retell(db: Session, mlist: MailingList, seqs: Sequence[int], now: datetime, *, destroy: bool = False, again: bool = False) -> None:
    """Make the waiting digests anew that tell of these messages, wherever in them; `destroy`: what has been sent is kept no longer either.

    Once for all who share a telling: a hundred thousand of them may wait. `again`: the messages are shown again, and are told.
    """
    if not seqs:
        return
    # Digests that are being made are waited for (`store.digests.due_members`): what they tell is seen below, or they see what we have done.
    lock(db, mlist)
    told = _with(db, mlist, seqs, sent=destroy)
    press = Press(db, outbox.settings_of(db), now)
    for one in told:
        _again(press, mlist, one, frozenset(seqs) if again else frozenset())
        if destroy:
            rows.keep_no_longer(db, one, keep_raw(db, SENT).id)
    tools.destroy_unused(db, {one.raw_id for one in told})


def forget(db: Session, says: Callable[[bytes], bool], since: datetime, now: datetime) -> None:
    """Digests made since then that say it are told anew where they wait, and kept no longer where they do not."""
    for list_id, one in rows.tellings_since(db, since):
        if says(raw_bytes(db, one.raw_id)):
            _again(Press(db, outbox.settings_of(db), now), db.get_one(MailingList, list_id), one, frozenset())
            forget_sent(db, one.raw_id)


def forget_sent(db: Session, raw_id: int) -> None:
    """Digests with these bytes that have been sent are not kept any longer."""
    rows.sent_no_longer(db, raw_id, keep_raw(db, SENT).id)
    tools.destroy_unused(db, [raw_id])


def _with(db: Session, mlist: MailingList, seqs: Sequence[int], *, sent: bool) -> list[Telling]:
    """The tellings in which one of these messages stands: among what was new, or beside it as a question, a document, thanks."""
    wanted: frozenset[str] = frozenset()
    found = []
    for one in rows.tellings(db, mlist.id, seqs, sent=sent):
        wanted = wanted or rows.hashes_beside(db, mlist.id, seqs)
        if any(one.after_seq < seq <= one.upto_seq for seq in seqs) or wanted & _hashes(raw_bytes(db, one.raw_id)):
            found.append(one)
    return found


def _hashes(raw: bytes) -> set[str]:
    return {found.decode() for found in TOLD.findall(BREAK.sub(b"", raw))}


def _again(press: Press, mlist: MailingList, told: Telling, again: frozenset[int]) -> None:
    """A telling as it would be made now; taken back where nothing is left to tell, and from those who have left."""
    db = press.db
    rows.take_back_waiting(db, told, keep_raw(db, SENT).id, NOTHING_LEFT, gone=True)
    found = rows.a_waiting_reader(db, told)
    if found and not _tell(press, mlist, told, *found, again):
        rows.take_back_waiting(db, told, keep_raw(db, SENT).id, NOTHING_LEFT)


def _tell(press: Press, mlist: MailingList, told: Telling, member: Member, digest: Digest, again: frozenset[int]) -> bool:
    news = _news(press, mlist, member, digest, again)
    # Its own edition: the shared ones are kept by where the member is now.
    press.worded.clear()
    with _as_then(press.db, member, digest):
        rendered = press.rendered(member, news, digest.slot) if news.entries else None
        content = press.letter(member, rendered) if rendered else None
    if content is None or rendered is None:
        return False
    raw_id = keep_raw_many(press.db, [content])[0]
    rows.tell_anew(press.db, told, raw_id, {"points": news.points_text, "items": news.items_text, "subject": rendered.subject})
    return True


def _news(press: Press, mlist: MailingList, member: Member, digest: Digest, again: frozenset[int]) -> News:
    """What the digest told, as far as it can be told now. What its reader has chosen since is not asked: others share it."""
    after, upto, asking = digest.after_seq, digest.upto_seq, frozenset(one.thread_id for one in press.asking(mlist))
    only = frozenset(int(seq) for group in digest.items.split() for seq in group.split(","))
    # One of an earlier release does not say what it told.
    skipped = following.untold(press.db, member, after, upto) if again or not only else frozenset()
    if only:
        shown = {seq for seq, message_id in rows.ids_of(press.db, mlist.id, again).items() if message_id not in skipped}
        only, skipped = only | shown, frozenset()
    return gather(press.db, press.settings, mlist, after, upto, skipped=skipped, asking=asking, only=only)


@contextmanager
def _as_then(db: Session, member: Member, digest: Digest) -> Iterator[None]:
    """The member as they were when this digest was made: thanks, new people and a pause are told as they were to be told."""
    now = {"digest_told": member.digest_told, "paused_at": member.paused_at}
    then = {"digest_told": rows.before(db, digest), "paused_at": digest.paused_at}
    try:
        for name, value in then.items():
            set_committed_value(member, name, value)
        yield
    finally:
        for name, value in now.items():
            set_committed_value(member, name, value)
