"""Digests that have been made and not yet sent are told again without what is not to be told any more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.store import hidden as rows
from listserv.store import tools
from listserv.store.digests import Digest
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.queue import Letter, keep_raw
from listserv.usecases import outbox
from listserv.usecases.editions import Press, gather

# In the place of a letter of ours that has been sent and held what was redacted.
SENT = b"Subject: -\r\n\r\nThis letter has been sent. What it said was redacted afterwards.\r\n"


def retell(db: Session, mlist: MailingList, seqs: Sequence[int], now: datetime, *, destroy: bool = False) -> None:
    """Make the waiting digests anew that tell of these messages; `destroy`: what has been sent is kept no longer either."""
    if not seqs:
        return
    press = Press(db, outbox.settings_of(db), now)
    used: list[int] = []
    found = rows.digests_with(db, mlist.id, seqs)
    press.look_up({digest.member_id for digest, letter in found if _waits(letter)})
    for digest, letter in found:
        waits = _waits(letter)
        if not waits and not destroy:
            continue
        used.append(letter.raw_id)
        raw = _again(press, mlist, digest, letter) if waits else SENT
        letter.raw_id = keep_raw(db, raw).id
    tools.destroy_unused(db, set(used))


def _waits(letter: Letter) -> bool:
    # In hand of a worker: the relay may have it already.
    return letter.due is not None and letter.holder is None


def _again(press: Press, mlist: MailingList, digest: Digest, letter: Letter) -> bytes:
    """The digest as it would be made now; taken back where nothing is left to tell, or nobody to tell it to."""
    member = press.db.get(Member, digest.member_id)
    skipped = press.skipped(member, digest.after_seq, digest.upto_seq) if member else frozenset()
    news = gather(press.db, press.settings, mlist, digest.after_seq, upto=digest.upto_seq, skipped=skipped)
    digest.points = " ".join(map(str, news.points))
    if not news.entries or member is None:
        letter.due, letter.answer = None, "taken back: nothing is left to tell"
        return SENT
    # Its own edition: the shared ones are kept by where the member is now.
    press.worded.clear()
    return press.letter(member, digest, press.rendered(member, news))
