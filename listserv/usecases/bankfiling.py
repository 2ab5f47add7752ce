"""The bank of materials fills itself: every file and every link of a post becomes an item, once, or a version of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from listserv import filetexts
from listserv.filetexts import Text
from listserv.mail import bankfiles, bankkinds, banklinks, banknoise
from listserv.mail.parse import Attachment, Post, attachment, parse
from listserv.mail.subject import Tags
from listserv.store import bankpages as rows
from listserv.store import search
from listserv.store.archive import Message
from listserv.store.bank import Material, MaterialKind, MaterialVersion
from listserv.store.lists import MailingList, lock
from listserv.store.queue import raw_bytes
from listserv.usecases import bankversions, meetingminutes, outbox

log = structlog.get_logger()

# Of one mail; and of what is said of an item.
MOST, LONGEST_DESCRIPTION = 50, 500
# An attached mail's own files are counted behind it: part 3 of attachment 2 is 2003.
WITHIN = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """Where things come from: a message of the archive, or a mail to the bank."""

    mlist: MailingList
    post: Post
    dated_at: datetime
    message: Message | None = None
    raw_id: int | None = None
    user_id: int | None = None
    author: str = ""
    description: str = ""
    # The item of which its sender says that it is a version.
    into: Material | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A file or a link that is a material."""

    sha256: str
    name: str
    type: str = ""
    size: int = 0
    part: int = 0
    # Written beside a link.
    words: str = ""


def file_message(db: Session, mlist: MailingList, message: Message, now: datetime, post: Post | None = None) -> list[Material]:
    """File what a post of this list brings; the items. Harmless when it is repeated; nothing where the list has no bank.

    What is wrong with a file never keeps a post from being archived.
    """
    if not mlist.materials:
        return []
    try:
        with db.begin_nested():
            post = post or parse(raw_bytes(db, message.raw_id))
            things, minutes = things_of(db, post), meetingminutes.title_of(db, mlist, message, post)
            if minutes and not any(thing.type for thing in things):
                page = meetingminutes.page_of(db, mlist, message)
                things = [Thing(sha256(page.encode()).hexdigest(), page, words=minutes), *things]
            filed = _file(db, Source(mlist, post, min(message.sent_at, now), message=message), things, now)
            for item in filed if minutes else ():
                item.kind = MaterialKind.OTHER
            return filed
    except OperationalError:  # it passes: the next time
        raise
    except Exception:  # the post is worth more than its place in the bank
        log.exception("filing failed", list=mlist.name, message=message.id)
        return []


def file_mail(db: Session, source: Source, raw: bytes, now: datetime) -> list[Material]:
    """File what somebody has sent to the bank's own address; the items."""
    lock(db, source.mlist)
    found = brought(db, raw, source.post)
    filed = _file(db, source, found, now)
    readable = [one.sha256 for one in found if one.type and filetexts.is_readable(one.name, one.type, one.size)]
    search.await_texts(db, readable)
    return filed


def brought(db: Session, raw: bytes, post: Post) -> list[Thing]:
    """What a mail to the bank brings: its own, else what stands in what it forwards."""
    found = [*things_of(db, post), *_within(raw, post)]
    own = outbox.settings_of(db).site.url
    links = () if found else banklinks.links_in(post.text.replace("\n>", "\n"), own=own)
    return [*found, *(Thing(one.sha256, one.url, words=one.words) for one in links)][:MOST]


def things_of(db: Session, post: Post) -> list[Thing]:
    """The files and links of a mail that are materials, each once."""
    files = [Thing(one.sha256, one.name, one.type, one.size, one.number) for one in post.attachments if bankfiles.is_material(one)]
    own = outbox.settings_of(db).site.url
    links = [Thing(one.sha256, one.url, words=one.words) for one in banklinks.links_in(post.reply, own=own)]
    return list({one.sha256: one for one in reversed((*files, *links))}.values())[::-1][:MOST]


def _within(raw: bytes, post: Post) -> list[Thing]:
    """The files of mails that are attached: forwarded so, what is sent to the bank is in there."""
    found = []
    for outer in post.attachments:
        there = attachment(raw, outer.number) if outer.type == "message/rfc822" else None
        for inner in parse(there[1]).attachments[: WITHIN - 1] if there else ():
            if bankfiles.is_material(inner):
                found.append(Thing(inner.sha256, inner.name, inner.type, inner.size, outer.number * WITHIN + inner.number))
    return found


def file_in(raw: bytes, part: int) -> tuple[Attachment, bytes] | None:
    """A file of a mail, or of a mail attached to it."""
    if part < WITHIN:
        return attachment(raw, part)
    outer = attachment(raw, part // WITHIN)
    return attachment(outer[1], part % WITHIN) if outer else None


# ---- items and versions -------------------------------------------------------------------------------------


def _file(db: Session, source: Source, things: Sequence[Thing], now: datetime) -> list[Material]:
    if not things:
        return []
    there = {one.sha256 for one in rows.of_message(db, source.message.id)} if source.message else set()
    known = rows.known(db, source.mlist.id, [one.sha256 for one in things])
    filed: list[Material] = []
    used: set[int] = set()
    for thing in things:
        if thing.sha256 in there:
            continue
        same = known.get(thing.sha256)
        if same is not None:
            material, number = same.material, same.number
        else:
            older = _older(db, source, thing, used)
            material, number = (older, rows.highest_version(db, older.id) + 1) if older else (_new(db, source, thing), 1)
        used.add(material.id)
        _place(db, source, thing, material, number)
        material.first_at = min(material.first_at, source.dated_at)
        if same is None:
            material.newest_at = max(material.newest_at, source.dated_at)
        db.flush()
        filed.append(material)
    return list(dict.fromkeys(filed))


def _place(db: Session, source: Source, thing: Thing, material: Material, number: int) -> None:
    place = MaterialVersion(material=material, list_id=source.mlist.id, number=number, sha256=thing.sha256, name=thing.name, type=thing.type)
    place.size, place.part, place.dated_at = thing.size, thing.part, source.dated_at
    place.message_id, place.raw_id = (source.message.id if source.message else None), source.raw_id
    place.user_id, place.author = source.user_id, source.author
    db.add(place)


def _older(db: Session, source: Source, thing: Thing, used: Collection[int]) -> Material | None:
    """The item of which this is another version: as its sender has said, else as its name and its text say."""
    if not thing.type:
        return None
    if source.into is not None and not used:
        source.into.corrected = " ".join(dict.fromkeys((*source.into.corrected.split(), bankversions.PUT_TOGETHER)))
        return source.into
    message = source.message
    whose = {"user_id": message.user_id, "author_key": message.author_key, "thread_id": message.thread_id} if message else {"user_id": source.user_id}
    return bankversions.older(db, source.mlist.id, thing.name, thing.sha256, whose=whose, used=used)


def _new(db: Session, source: Source, thing: Thing) -> Material:
    title, subject = title_of(db, source, thing), _subject(source)
    licence = bankkinds.licence_in(source.post.reply) or bankkinds.licence_in(rows.text_of(db, thing.sha256)[1] if thing.type else "")
    item = Material(mlist=source.mlist, number=rows.highest_number(db, source.mlist.id) + 1, title=title, licence=licence)
    said = (title, thing.words, subject) if not thing.type else (title, thing.name, subject)
    item.kind = MaterialKind(bankkinds.kind_of(*said, name=thing.name, type=thing.type))
    item.url = "" if thing.type else thing.name
    item.description = source.description[:LONGEST_DESCRIPTION]
    item.first_at = item.newest_at = source.dated_at
    db.add(item)
    db.flush()
    return item


def title_of(db: Session, source: Source, thing: Thing) -> str:
    """What it is called: from the document itself, else from the file's name, else from the words beside a link, else the subject."""
    if thing.type:
        own = bankfiles.own_title(rows.text_of(db, thing.sha256)[0])
        return own or bankfiles.title_of(thing.name) or _subject(source) or thing.name
    beside = thing.words if len(thing.words) <= 80 and banknoise.is_label(thing.words) else ""
    return beside or banklinks.title_of_link(thing.name) or _subject(source) or banklinks.host_of(thing.name)


def _subject(source: Source) -> str:
    subject = source.post.base_subject
    slugs = {topic.slug for topic in source.mlist.topics} if "#" in subject else set()
    return banknoise.without_tag(Tags(slugs).read(subject).rest)[: bankfiles.LONGEST_TITLE]


# ---- what is found out later --------------------------------------------------------------------------------


def learned(db: Session, sha256: str) -> None:
    """A file has been read: what a machine has guessed of its item may be known better."""
    title, text = rows.text_of(db, sha256)
    own, licence = bankfiles.own_title(title), bankkinds.licence_in(text)
    for item in rows.with_content(db, sha256) if own or licence else ():
        said = item.corrected.split()
        if own and "title" not in said:
            item.title = own
            if item.kind is MaterialKind.OTHER and "kind" not in said:
                item.kind = MaterialKind(bankkinds.kind_of(own))
        if licence and not item.licence and "licence" not in said:
            item.licence = licence


def sent_file(db: Session, sha256: str) -> tuple[bytes, str] | Text | None:
    """A file that came to the bank alone, and its kind; None where there is none."""
    place = rows.sent_carrier(db, sha256)
    if place is None or place.raw_id is None:
        return None
    found, kind = file_in(raw_bytes(db, place.raw_id), place.part), filetexts.kind_of(place.name, place.type)
    return (found[1], kind) if found and kind and found[0].sha256 == sha256 else Text(trouble="it is not where it was")
