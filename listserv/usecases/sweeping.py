"""What need not be kept: the rows of single copies, once their post is old, and the bytes of old letters. `trace` goes on to tell how they fared."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from listserv.store import counters, sweeping, tools
from listserv.store.queue import keep_raw

# Who has had which copy is asked while digests are made (a monthly one may wait for 89 days, editions.LONGEST_WAIT) and copies come back.
COPIES_KEPT = timedelta(days=100)
# As long as the addresses in them mean something (housekeeping.TOKENS_KEPT). A digest's are kept for all its readers together.
LETTERS_KEPT, NOT_SWEPT = timedelta(days=180), ("digest",)
SAYINGS_KEPT = timedelta(days=7)
# Rows in one transaction, posts looked at in one, and letters.
SLICE, POSTS, LETTERS = 5_000, 50, 50
OLD = b"Subject: -\r\n\r\nThis letter left long ago. What it held is not kept any longer.\r\n"


def run_due(db: Session, now: datetime, limit: int) -> int:
    """Clear a little away; how many rows and letters that was. Call until it returns 0."""
    counters.forget_sayings(db, now - SAYINGS_KEPT)
    return _copies(db, now) + _letters(db, now)


def _copies(db: Session, now: datetime) -> int:
    """At most a slice of rows: of one large post, or of some small ones."""
    gone = 0
    for _ in range(POSTS):
        post = sweeping.next_post(db, now - COPIES_KEPT)
        if post is None:
            break
        gone += sweeping.fold(db, post, SLICE - gone)
        # A post that nobody got counts too: there may be more behind it.
        gone += not gone
        db.flush()
        if gone >= SLICE:
            break
    return gone


def _letters(db: Session, now: datetime) -> int:
    letters = sweeping.old_letters(db, now - LETTERS_KEPT, NOT_SWEPT, LETTERS)
    if not letters:
        return 0
    empty = keep_raw(db, OLD).id
    used = {letter.raw_id for letter in letters} - {empty}
    for letter in letters:
        letter.raw_id = empty
    tools.destroy_unused(db, sorted(used))
    return len(letters)
