"""Reading the archive: what each page shows, as values. What is hidden is refused exactly like what is not there."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import NotFound
from listserv.store import pages
from listserv.store.archive import Message
from listserv.store.lists import MailingList, Topic
from listserv.store.pages import Record, Where
from listserv.store.queue import raw_bytes
from listserv.usecases import conversations as talk
from listserv.usecases.access import Actor, list_and_member, visible_lists
from listserv.usecases.conversations import Veil, speaker
from listserv.usecases.shown import Forum, Line, Moved, Pages, Person, Shelf, Single, Thread, View, Word

THREADS_A_PAGE = 25
# A whole conversation on one page, except for the few that would take a browser minutes.
POSTS_A_PAGE = 100
HASH = re.compile(r"[A-Za-z2-7]{32}")
# From an attachment's number to its address on the web.
FileUrl = Callable[[int], str]
# How many are named beside a thread before the rest is counted.
NAMED = 2


def alive(db: Session) -> None:
    """Ask the database for one row. Raises whatever the database says when it cannot answer."""
    pages.any_list(db)


def view_of(db: Session, name: str, actor: Actor) -> View:
    """The list of that name as this person sees it. Raises NotFound."""
    mlist, member = list_and_member(db, name, actor)
    return View(mlist, member, member is not None or actor.administrator)


def front(db: Session, actor: Actor) -> tuple[Shelf, ...]:
    """The lists that this person may see, by title."""
    mlists = db.scalars(visible_lists(actor)).all()
    known = pages.activity(db, [mlist.id for mlist in mlists]) if mlists else {}
    return tuple(Shelf(mlist, *known.get(mlist.id, (0, None))) for mlist in mlists)


def forum(db: Session, name: str, actor: Actor, *, page: int = 1) -> Forum:
    """The list's page. Raises NotFound."""
    view = view_of(db, name, actor)
    contents = _contents(db, view)
    return _forum(db, view, contents, pages.live_threads(view.mlist.id), page_of(page, contents.threads, THREADS_A_PAGE))


def topic(db: Session, name: str, slug: str, actor: Actor, *, page: int = 1) -> Forum:
    """The threads of one topic. Raises NotFound."""
    view = view_of(db, name, actor)
    contents = _contents(db, view)
    found = next((item for item in contents.topics if item[0].slug == slug.lower()), None)
    if found is None:
        raise NotFound("there is no such page")
    where = (*pages.live_threads(view.mlist.id), pages.in_topic(found[0].id))
    return _forum(db, view, contents, where, page_of(page, found[1], THREADS_A_PAGE), topic=found[0])


def month(db: Session, name: str, year: int, number: int, actor: Actor, *, page: int = 1) -> Forum:
    """The threads in which something was written in a month (of UTC, so that its address means the same to everyone). Raises NotFound."""
    view = view_of(db, name, actor)
    if not (1 <= number <= 12 and 1970 <= year <= 9998):
        raise NotFound("there is no such page")
    start, end = datetime(year, number, 1, tzinfo=UTC), datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    where = (*pages.live_threads(view.mlist.id), pages.spoken_between(start, end))
    at = page_of(page, pages.count_threads(db, where), THREADS_A_PAGE)
    return _forum(db, view, _contents(db, view), where, at, month=(year, number))


def months(db: Session, name: str, actor: Actor) -> tuple[View, tuple[tuple[int, int, int], ...]]:
    """Every month of the archive with its number of messages, newest first. Raises NotFound."""
    view = view_of(db, name, actor)
    return view, tuple(pages.months_of(db, view.mlist.id))


@dataclass(frozen=True, slots=True)
class _Contents:
    """A list's table of contents."""

    topics: tuple[tuple[Topic, int], ...]
    months: tuple[tuple[int, int], ...]
    threads: int


def _contents(db: Session, view: View) -> _Contents:
    rows = pages.topic_counts(db, view.mlist.id)
    counts = {row.topic_id: row.threads for row in rows}
    topics = tuple((topic, counts.get(topic.id, 0)) for topic in view.mlist.topics)
    months = recent_months(min(row.first_at for row in rows), max(row.last_at for row in rows)) if rows else ()
    return _Contents(topics, months, sum(counts.values()))


def _forum(db: Session, view: View, contents: _Contents, where: Where, at: Pages, **which: Any) -> Forum:
    rows = pages.threads_page(db, where, THREADS_A_PAGE, (at.number - 1) * THREADS_A_PAGE)
    people = pages.people_of(db, view.mlist.id) if view.sees_addresses else None
    return Forum(view, _lines(db, rows, view.veil), at, contents.topics, contents.months, people=people, **which)


def page_of(number: int, total: int, size: int) -> Pages:
    """Which page of how many. Raises NotFound beyond the last."""
    count = max(1, -(-total // size))
    if not 1 <= number <= count:
        raise NotFound("there is no such page")
    return Pages(number, count)


def recent_months(start: datetime, end: datetime) -> tuple[tuple[int, int], ...]:
    """The last three months of an archive that reaches from one moment to another, newest first."""
    first, last = (moment.year * 12 + moment.month - 1 for moment in (start, end))
    return tuple((number // 12, number % 12 + 1) for number in range(last, max(first, last - 2) - 1, -1))


def _lines(db: Session, rows: Sequence[Record], veil: Veil) -> tuple[Line, ...]:
    speakers: defaultdict[int, list[str]] = defaultdict(list)
    for thread_id, author, email in pages.speakers_of(db, [row.id for row in rows]):
        speakers[thread_id].append(speaker(author, email))
    return tuple(_line(row, speakers[row.id], veil) for row in rows)


def _line(row: Record, speakers: list[str], veil: Veil) -> Line:
    author = speaker(row.author or "", row.author_email or "")
    others = [name for name in speakers if name != author]
    # "Anna and 1 person" tells less than "Anna and Ewa".
    named = others if len(others) <= NAMED + 1 else others[:NAMED]
    return Line(
        id=row.id,
        subject=veil(row.subject),
        messages=row.messages,
        last_at=row.last_at,
        pinned=row.pinned,
        closed=row.closed,
        history=row.seq is not None and row.seq <= 0,
        topic_slug=row.slug or "",
        topic_title=row.title or "",
        author=author,
        word=veil(row.snippet or ""),
        others=tuple(named),
        more=len(others) - len(named),
    )


def thread(db: Session, name: str, thread_id: int, actor: Actor, *, page: int = 1, flat: bool = False) -> Thread | Moved:
    """A thread's page, or where the thread has gone. Raises NotFound."""
    view = view_of(db, name, actor)
    row = pages.thread_on_list(db, view.mlist.id, thread_id)
    heads = pages.heads_of(db, thread_id, hidden=view.decides) if row else ()
    if row is None or (row.merged_into is None and (not heads or (row.hidden_at and not view.decides))):
        raise NotFound("there is no such page")
    if row.merged_into is not None:
        return signpost(db, view.mlist, row.merged_into, decides=view.decides)
    at = page_of(page, len(heads), POSTS_A_PAGE)
    places = talk.arrange(heads, flat=flat)[(at.number - 1) * POSTS_A_PAGE : at.number * POSTS_A_PAGE]
    texts = pages.texts_of(db, [place.head.id for place in places])
    files = talk.cards(pages.attachments_of(db, thread_id), view.veil)
    near = pages.neighbours(db, view.mlist.id, row)
    return Thread(
        view=view,
        id=thread_id,
        subject=view.veil(row.subject),
        messages=len(heads),
        first_at=row.first_at,
        topic=(row.slug, row.title) if row.slug else None,
        pinned=row.pinned,
        closed=row.closed or view.mlist.closed_at is not None,
        posts=talk.posts(places, texts, files, _first_subject(heads), view.veil),
        voices=talk.voices(heads, files),
        pages=at,
        flat=flat,
        hidden=row.hidden_at is not None,
        locked=row.closed,
        parts=tuple((part.id, view.veil(part.subject)) for part in pages.parts_of(db, thread_id)) if row.parted else (),
        newer=_neighbour(near, "newer", view.veil),
        older=_neighbour(near, "older", view.veil),
    )


def _first_subject(heads: Sequence[Record]) -> str:
    """What the first message is called, which is not always what the thread is: who answers under it changes no subject."""
    return next((head.subject for head in heads if head.parent_id is None), "")


def signpost(db: Session, mlist: MailingList, thread_id: int, *, decides: bool) -> Moved:
    """Where a joined thread has gone, for those who may see it there. Raises NotFound."""
    row = pages.thread_on_list(db, mlist.id, thread_id)
    if row is None or ((row.hidden_at or not row.messages) and not decides):
        raise NotFound("there is no such page")
    return Moved(mlist, thread_id)


def _neighbour(near: dict[str, Record], side: str, veil: Veil) -> tuple[int, str] | None:
    return (near[side].id, veil(near[side].subject)) if side in near else None


def message(db: Session, name: str, message_hash: str, actor: Actor, *, file_url: FileUrl | None = None) -> Single:
    """One message by its Message-ID-Hash. With `file_url` (the address of an attachment) also its formatted form. Raises NotFound."""
    view, row = _message(db, name, message_hash, actor)
    found = pages.thread_on_list(db, view.mlist.id, row.thread_id)
    assert found is not None  # a message's thread is a row of the same list
    places = talk.arrange(pages.heads_of(db, row.thread_id, hidden=view.decides))
    index = next(i for i, place in enumerate(places) if place.head.id == row.id)
    files = talk.cards(pages.attachments_of(db, row.thread_id), view.veil)
    by_number = {place.number: place.head.hash for place in places}
    number = places[index].number
    return Single(
        view=view,
        post=talk.post(places[index], row.body.text, files.get(row.id, ()), _first_subject([place.head for place in places]), view.veil),
        html=_html(db, row, view, file_url) if file_url and row.has_html else None,
        thread_id=row.thread_id,
        thread_page=index // POSTS_A_PAGE + 1,
        subject=view.veil(found.subject),
        messages=len(places),
        closed=found.closed or view.mlist.closed_at is not None,
        before=by_number.get(number - 1, ""),
        after=by_number.get(number + 1, ""),
    )


def _html(db: Session, row: Message, view: View, file_url: FileUrl) -> str:
    """A message's safe HTML, its own pictures in place."""
    html = row.body.html or ""
    if "cid:" not in html:
        return view.veil(html)
    from listserv.mail.html import clean  # the mail parser and cleaner: only for letters with pictures
    from listserv.mail.parse import parse

    named = {file.content_id: file for file in parse(raw_bytes(db, row.raw_id)).attachments if file.content_id}
    # Pictures first: a Content-ID looks like an address.
    return view.veil(clean(html, lambda cid: file_url(named[cid].number) if cid in named else None))


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
    found = decode(raw_bytes(db, row.raw_id), number) if 0 < number < 10_000 else None
    if found is None:
        raise NotFound("there is no such page")
    card, data = found
    if not view.may_fetch(card.type):
        raise NotFound("there is no such page")
    return talk.File(card.number, view.veil(card.name), card.type, len(data)), data


def person(db: Session, name: str, user_id: int, actor: Actor, *, page: int = 1) -> Person:
    """What somebody wrote on a list, newest first. Raises NotFound for whoever wrote nothing there."""
    view = view_of(db, name, actor)
    total = pages.count_words_of(db, view.mlist.id, user_id)
    at = page_of(page, total, THREADS_A_PAGE)
    rows = pages.words_of(db, view.mlist.id, user_id, THREADS_A_PAGE, (at.number - 1) * THREADS_A_PAGE)
    if not rows:
        raise NotFound("there is no such page")
    words = tuple(Word(row.hash, view.veil(row.subject), row.sent_at, view.veil(row.snippet)) for row in rows)
    return Person(view, user_id, speaker(rows[0].author, rows[0].author_email), words, total, at)
