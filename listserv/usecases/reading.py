"""Reading the archive: threads, messages, what they carry, as values. What is hidden is refused exactly like what is not there.

The pages of lists are in `usecases.forums`.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.mail import cutting
from listserv.mail.cutting import Size
from listserv.store import pages
from listserv.store.archive import Message
from listserv.store.lists import MailingList
from listserv.store.pages import Record
from listserv.store.queue import raw_bytes
from listserv.usecases import conversations as talk
from listserv.usecases import newspictures, positions, thankful
from listserv.usecases.access import Actor, list_member_issued
from listserv.usecases.contents import remembered_some, stamp_of
from listserv.usecases.conversations import Veil, speaker
from listserv.usecases.shown import Moved, Pages, Person, Single, Thread, View, Word

if TYPE_CHECKING:
    from listserv.mail.calendar import Event

THREADS_A_PAGE = 25
HASH = re.compile(r"[A-Za-z2-7]{32}")
# As `mail.calendar` has them.
CALENDARS, CALENDAR_TYPES = (".ics", ".vcs", ".ical", ".icalendar"), ("text/calendar", "application/ics", "text/x-vcalendar", "application/calendar")
# Longer ones are read as text, part by part.
LONGEST_HTML = 150_000
# From an attachment's number to its address on the web.
FileUrl = Callable[[int], str]


def alive(db: Session) -> None:
    """Ask the database for one row. Raises whatever the database says when it cannot answer."""
    pages.any_list(db)


def view_of(db: Session, name: str, actor: Actor) -> View:
    """The list of that name as this person sees it. Raises NotFound."""
    mlist, member, issued = list_member_issued(db, name, actor)
    return View(mlist, member, member is not None or actor.administrator, issued)


def page_of(number: int, total: int, size: int) -> Pages:
    """Which page of how many. Raises NotFound beyond the last."""
    count = max(1, -(-total // size))
    if not 1 <= number <= count:
        raise NotFound("there is no such page")
    return Pages(number, count)


def thread(db: Session, name: str, thread_id: int, actor: Actor, *, page: int = 1, flat: bool = False) -> Thread | Moved:
    """A thread's page, or where the thread has gone. Raises NotFound."""
    view = view_of(db, name, actor)
    row = pages.thread_on_list(db, view.mlist.id, thread_id, reader=view.member)
    short = row is not None and row.messages <= talk.POSTS_A_PAGE
    heads = pages.heads_of(db, thread_id, hidden=view.decides, texts=short) if row else ()
    if row is None or (row.merged_into is None and (not heads or (row.hidden_at and not view.decides))):
        raise NotFound("there is no such page")
    if row.merged_into is not None:
        return signpost(db, view.mlist, row.merged_into, decides=view.decides)
    at = page_of(page, len(heads), talk.POSTS_A_PAGE)
    places = talk.arrange(heads, flat=flat)
    shown = places[(at.number - 1) * talk.POSTS_A_PAGE : at.number * talk.POSTS_A_PAGE]
    texts = {place.head.id: place.head.text for place in shown} if short else pages.texts_of(db, [place.head.id for place in shown])
    files = talk.cards(pages.attachments_of(db, thread_id), view.veil) if any(head.files for head in heads) else {}
    near = pages.neighbours(db, view.mlist.id, row)
    new = positions.new_among(view, row, heads)
    first_new, first_page = positions.first_among(places, new)
    return Thread(
        view=view,
        id=thread_id,
        subject=view.veil(row.subject),
        messages=len(heads),
        first_at=row.first_at,
        topic=(row.slug, row.title) if row.slug else None,
        pinned=row.pinned,
        closed=row.closed or view.mlist.closed_at is not None,
        posts=talk.posts(shown, texts, files, _first_subject(heads), view.veil, new),
        voices=talk.voices(heads, files),
        pages=at,
        flat=flat,
        hidden=row.hidden_at is not None,
        locked=row.closed,
        parts=tuple((part.id, view.veil(part.subject)) for part in pages.parts_of(db, thread_id)) if row.parted else (),
        newer=_neighbour(near, "newer", view.veil),
        older=_neighbour(near, "older", view.veil),
        issued=row.issued,
        new=len(new),
        first_new=first_new,
        first_page=first_page,
        upto=positions.upto_on(shown, places, new),
        thanks=thankful.by_message(db, view.mlist, thread_id, named=view.sees_addresses),
    )


def _first_subject(heads: Sequence[Record]) -> str:
    """What the first message is called, which is not always what the thread is: who answers under it changes no subject."""
    return next((head.subject for head in heads if head.parent_id is None), heads[0].subject if heads else "")


def signpost(db: Session, mlist: MailingList, thread_id: int, *, decides: bool) -> Moved:
    """Where a joined thread has gone, for those who may see it there. Raises NotFound."""
    row = pages.thread_on_list(db, mlist.id, thread_id)
    if row is None or ((row.hidden_at or not row.messages) and not decides):
        raise NotFound("there is no such page")
    return Moved(mlist, thread_id)


def _neighbour(near: dict[str, Record], side: str, veil: Veil) -> tuple[int, str] | None:
    return (near[side].id, veil(near[side].subject)) if side in near else None


def message(db: Session, name: str, message_hash: str, actor: Actor, *, file_url: FileUrl | None = None, part: int = 1, size: Size = talk.PART) -> Single:
    """One message by its Message-ID-Hash, a long one in parts of this size. With `file_url` (the address of an attachment) also
    its formatted form. Raises NotFound."""
    view, row = _message(db, name, message_hash, actor)
    found = pages.thread_on_list(db, view.mlist.id, row.thread_id)
    assert found is not None  # a message's thread is a row of the same list
    places = talk.arrange(pages.heads_of(db, row.thread_id, hidden=view.decides))
    index = next(i for i, place in enumerate(places) if place.head.id == row.id)
    files = talk.cards(pages.attachments_of(db, row.thread_id), view.veil)
    by_number = {place.number: place.head.hash for place in places}
    number = places[index].number
    html, in_place = _html(db, row, view, file_url) if file_url and row.has_html else (None, frozenset[int]())
    text, left, many = _part(row.body.text, part, size)
    first = _first_subject([place.head for place in places])
    carried, event = _calendar(db, row, files.get(row.id, ()))
    return Single(
        view=view,
        post=talk.post(places[index], text, _beside(files.get(row.id, ()), in_place), first, view.veil, left=left),
        html=html,
        thread_id=row.thread_id,
        thread_page=index // talk.POSTS_A_PAGE + 1,
        subject=view.veil(found.subject),
        messages=len(places),
        closed=found.closed or view.mlist.closed_at is not None,
        before=by_number.get(number - 1, ""),
        after=by_number.get(number + 1, ""),
        pages=Pages(part, many),
        calendar=carried,
        event=event,
    )


def _calendar(db: Session, row: Message, files: Sequence[talk.File]) -> "tuple[bool, Event | None]":
    """Is there a calendar file beside these words, and what does it say?"""
    if not any(file.name.lower().endswith(CALENDARS) or file.type in CALENDAR_TYPES for file in files):
        return False, None
    from listserv.mail.calendar import event  # the calendars' library: only for the few mails that carry one

    return True, event(raw_bytes(db, row.raw_id))


def formatted(db: Session, view: View, message_hash: str, file_url: FileUrl) -> tuple[str | None, frozenset[int]]:
    """A message's safe HTML within its thread, and the numbers of the pictures that it shows itself; None where it has none."""
    row = pages.message_by_hash(db, view.mlist.id, message_hash, hidden=view.decides)
    return _html(db, row, view, file_url) if row is not None and row.has_html else (None, frozenset())


def _part(text: str, number: int, size: Size) -> tuple[str, int, int]:
    """(words, how many characters follow, how many parts there are) of a part. Raises NotFound."""
    places = cutting.parts(text, size, talk.PARTS)
    if not 1 <= number < len(places):
        raise NotFound("there is no such page")
    return text[places[number - 1] : places[number]], len(text) - places[number], len(places) - 1


def _beside(files: tuple[talk.File, ...], in_place: frozenset[int]) -> tuple[talk.File, ...]:
    """What is to be listed below a message: not what it shows itself."""
    return tuple(file for file in files if file.number not in in_place)


def _html(db: Session, row: Message, view: View, file_url: FileUrl) -> tuple[str | None, frozenset[int]]:
    """A message's safe HTML, its own pictures in place, and the numbers of these; None where it is too heavy for a page."""
    html = row.body.html or ""
    if len(html) > LONGEST_HTML:
        return None, frozenset()
    if "cid:" not in html:
        return talk.on_html(view.veil)(html), frozenset()
    from listserv.mail.html import clean  # the mail parser and cleaner: only for letters with pictures
    from listserv.mail.parse import parse

    # The pictures of an issue have public addresses: everybody who got it has seen them.
    public = newspictures.by_cid(db, row)
    named = {file.content_id: file.number for file in parse(raw_bytes(db, row.raw_id)).attachments if file.content_id and (view.fetches or public)}
    shown: set[int] = set()

    def address(cid: str) -> str | None:
        if cid not in named or (public and cid not in public):
            return None
        shown.add(named[cid])
        return public.get(cid) or file_url(named[cid])

    # Pictures first: a Content-ID looks like an address.
    return talk.on_html(view.veil)(clean(html, address)), frozenset(shown)


def _message(db: Session, name: str, message_hash: str, actor: Actor) -> tuple[View, Message]:
    view = view_of(db, name, actor)
    row = pages.message_by_hash(db, view.mlist.id, message_hash, hidden=view.decides) if HASH.fullmatch(message_hash) else None
    if row is None:
        raise NotFound("there is no such page")
    return view, row


def raw(db: Session, name: str, message_hash: str, actor: Actor) -> bytes:
    """The exact bytes of a message. They hold addresses: NotFound for those who are not on the list, also at a public archive."""
    view, row = _message(db, name, message_hash, actor)
    if not view.sees_addresses:
        raise NotFound("there is no such page")
    return raw_bytes(db, row.raw_id)


def attachment(db: Session, name: str, message_hash: str, number: int, actor: Actor) -> tuple[talk.File, bytes]:
    """What a message carries, decoded. Raises NotFound."""
    from listserv.mail.parse import attachment as decode  # the mail parser: only where bytes are asked for

    view, row = _message(db, name, message_hash, actor)
    if not view.fetches:
        raise NotFound("there is no such page")
    found = decode(raw_bytes(db, row.raw_id), number) if 0 < number < 10_000 else None
    if found is None:
        raise NotFound("there is no such page")
    card, data = found
    return talk.File(card.number, view.veil(card.name), card.type, len(data)), data


def person(db: Session, name: str, user_id: int, actor: Actor, *, page: int = 1) -> Person:
    """What somebody wrote on a list, newest first. Raises NotFound for whoever wrote nothing there."""
    view = view_of(db, name, actor)
    stamp, who = (view.mlist.last_seq, stamp_of(db)), (view.mlist.id, user_id, view.decides)
    total = remembered_some(db, "words", who, stamp, lambda: pages.count_words_of(db, view.mlist.id, user_id, hidden=view.decides))
    at = page_of(page, total, THREADS_A_PAGE)
    rows = pages.words_of(db, view.mlist.id, user_id, THREADS_A_PAGE, (at.number - 1) * THREADS_A_PAGE, hidden=view.decides)
    if not rows:
        raise NotFound("there is no such page")
    words = tuple(Word(row.hash, view.veil(row.subject), row.sent_at, view.veil(row.snippet), row.hidden_at is not None) for row in rows)
    return Person(view, user_id, speaker(rows[0].author, rows[0].author_email), words, total, at)
