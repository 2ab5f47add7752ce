"""Forgetting somebody, on the day that they asked for: mail by mail, a few at a time, and in the end every row at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from sqlalchemy.orm import Session

from digests import stencil
from listserv.i18n import N_, translations
from listserv.mail import forgetting, headers
from listserv.mail.forgetting import Person
from listserv.mail.parse import parse
from listserv.store import calendar, erasing, hidden, issues, tools
from listserv.store.archive import Attachment, Message, keep_body
from listserv.store.erasing import Erasure, Posts
from listserv.store.lists import MailingList
from listserv.store.members import memberships
from listserv.store.queue import keep_raw, raw_bytes
from listserv.usecases import archiving, arranging, bankrefiling, indexing, retelling
from listserv.usecases.access import CALENDAR
from listserv.usecases.administration import remove_member
from listserv.usecases.digesting import Owed
from listserv.usecases.journal import note

log = structlog.get_logger()

# When something could not be erased, it is tried again.
AGAIN = timedelta(hours=1)
WHAT = "erasure"
MOST_LISTED = 1_000
# Mails in one transaction: others write meanwhile.
SLICE = 100
# Digests wait no longer, nor does it take longer to go through all mails.
DIGESTS = timedelta(days=14)
REMOVED = N_("[Removed at its author's wish.]")


def owed(db: Session, until: datetime) -> list[Owed]:
    """Who is forgotten by that time, as they asked."""
    return [_owed(wish) for wish in erasing.erasures_due(db, until, MOST_LISTED, lock=False)]


def _owed(wish: Erasure) -> Owed:
    email = wish.user.addresses[0].email if wish.user.addresses else ""
    posts = "the name goes from the posts" if wish.posts is Posts.KEEP else "the posts go, too"
    return Owed(wish.due_at, WHAT, "", email, f"asked for on {wish.asked_at:%Y-%m-%d}; {posts}")


def run_due(db: Session, now: datetime, limit: int = 1) -> int:
    """Go on with what is due, by one slice; 0 when nothing is left. Harmless when it is repeated."""
    for wish in erasing.erasures_due(db, now, 1):
        wish_id = wish.id
        try:
            with db.begin_nested():
                _go_on(db, wish, now)
        except Exception:  # one that cannot be carried out must not keep digests and pauses waiting
            log.exception("erasure failed", erasure=wish_id)
            db.get_one(Erasure, wish_id).due_at = now + AGAIN
        return 1
    return 0


def _go_on(db: Session, wish: Erasure, now: datetime) -> None:
    mails, who = erasing.raws_after(db, wish.upto or 0, SLICE), _person(wish)
    _retell(db, [one for raw_id in mails for one in _look_at(db, wish, who, raw_id, now)], now)
    if mails:
        wish.upto = mails[-1]
        return
    _finish(db, wish, who, now)


def _retell(db: Session, changed: Sequence[tuple[MailingList, int, bool]], now: datetime) -> None:
    """Digests that tell of these messages (list, number, whether their words are gone): together, because many digests are looked through."""
    for list_id, gone in sorted({(mlist.id, gone) for mlist, _, gone in changed}):
        seqs = [seq for mlist, seq, one in changed if (mlist.id, one) == (list_id, gone)]
        retelling.retell(db, db.get_one(MailingList, list_id), seqs, now, destroy=gone)


def _person(wish: Erasure) -> Person:
    return forgetting.person(tuple(place.email for place in wish.user.addresses), wish.user.name)


def _look_at(db: Session, wish: Erasure, who: Person, raw_id: int, now: datetime) -> list[tuple[MailingList, int, bool]]:
    """One mail: as it may stay, with everything that was made of it. Its messages: their list and number, and whether their words are to be gone."""
    if not erasing.is_kept(db, raw_id):
        return []  # destroyed meanwhile, with the digest or letter that it was
    raw = raw_bytes(db, raw_id)
    if stencil.is_one(raw):
        # What still waits is told anew when nobody is named any more.
        if forgetting.names(raw, who):
            retelling.forget_sent(db, raw_id)
        return []
    messages = erasing.messages_with(db, raw_id)
    note = translations(messages[0].thread.mlist.language if messages else wish.user.language).gettext(REMOVED)
    words = wish.posts is Posts.REMOVE
    new = forgetting.without(raw, who, archived=bool(messages) or bankrefiling.is_filed(db, raw_id), words=words, note=note)
    if new == raw:
        return []
    kept = keep_raw(db, new).id
    for message in messages:
        # Who brings the old archive once more brings this message as it is now.
        tools.bury(db, message.list_id, message.message_id, sha256(raw).digest(), kept, now)
    for outgoing in erasing.outgoing_with(db, raw_id):
        mine = any(message.author_key in who.keys for message in messages)
        outgoing.head, outgoing.body = _head(outgoing.head, who, mine=mine), None
    seqs = [(db.get_one(MailingList, message.list_id), message.seq, message.author_key in who.keys and words) for message in messages]
    erasing.replace_raw(db, raw_id, kept)
    bankrefiling.refile_mail(db, kept)
    for message in erasing.messages_with(db, kept):
        _derive(db, message, kept)
    indexing.index(db, [message.id for message in erasing.messages_with(db, kept)])
    return seqs


def _head(head: bytes, who: Person, *, mine: bool) -> bytes:
    """The header block of copies that are not made yet."""
    block = forgetting.anonymous(head + b"\r\n") if mine else head + b"\r\n"
    return headers.join(headers.split(forgetting.redacted(block, who))[0])


def _derive(db: Session, message: Message, raw_id: int) -> None:
    """What the archive shows of a mail, from its bytes as they are now."""
    post = parse(raw_bytes(db, raw_id))
    keep_body(db, raw_id, post.text, post.html)
    message.subject, message.size = post.subject, post.size
    message.snippet, message.has_html = archiving.snippet(post), post.html is not None
    hidden.drop_attachments(db, message)
    db.add_all(Attachment(**file) for file in archiving.files(message.id, post))
    db.flush()
    db.expire(message)
    bankrefiling.refile(db, message, post)


def _silence(db: Session, addresses: set[str], *, archived: bool) -> None:
    """What moderators and others were told of a mail, word for word, is kept no longer than the mail's own words."""
    used: set[int] = set()
    for letter in erasing.letters_telling(db, addresses, archived=archived):
        used.add(letter.raw_id)
        if letter.due is not None and letter.holder is None:
            letter.due, letter.answer = None, "taken back: what it told of was erased"
        letter.raw_id = keep_raw(db, retelling.SENT).id
    tools.destroy_unused(db, used)


def _finish(db: Session, wish: Erasure, who: Person, now: datetime) -> None:
    """No mail names them any more: now the rows, and last the wish itself. What stays is a number without a name."""
    user = wish.user
    for member in memberships(db, user.id):
        remove_member(db, member, CALENDAR, now)
    messages = erasing.own_messages(db, user.id, who.keys)
    for message in messages:
        # Still one voice in its conversations, but nobody's.
        message.author, message.author_email, message.author_key = "", "", f"erased-{user.id}"
    note(db, CALENDAR, "erased", mlist=None, now=now, about=wish, detail=wish.posts)
    user.name, user.language, user.timezone, user.administrator = "", "", "", False
    db.flush()
    ids, families = [message.id for message in messages], {message.thread.family for message in messages}
    emails = {place.email for place in user.addresses}
    _silence(db, emails | who.keys, archived=wish.posts is Posts.REMOVE)
    tools.destroy_unused(db, set(issues.forget_author(db, user.id, words=wish.posts is Posts.REMOVE)))
    erasing.forget_rows(db, user.id, emails | who.keys)
    erasing.sweep(db, emails | who.keys, next((word for word in who.words if " " in word), ""), lambda text: forgetting.in_text(text, who))
    _retell(db, [(message.thread.mlist, message.seq, False) for message in messages], now)
    retelling.forget(db, lambda raw: forgetting.names(raw, who), now - DIGESTS, now)
    indexing.index(db, ids)
    arranging.settle(db, families)
    calendar.ran(db, WHAT, f"erasure:{wish.id}", wish.due_at, now)
    db.delete(db.get_one(Erasure, wish.id))
    db.flush()
