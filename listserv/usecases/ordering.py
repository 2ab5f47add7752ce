"""Reading a moderator's list of people: from the words of the mail, and from a table that is attached; and saying what it holds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from listserv.errors import Invalid, Refusal
from listserv.mail import invited, peoplelines, quotes
from listserv.mail.batchverbs import Verb
from listserv.mail.invited import Order, Trouble, Unreadable
from listserv.mail.parse import LONGEST_REPLY, Attachment, Post, attachment
from listserv.mail.peoplelines import People, Person, Unread, Why
from listserv.store.invitations import Batch, of_batch
from listserv.usecases import membertables
from listserv.usecases.newcomers import Fate, Line, good

TABLES = (".csv", ".tsv", ".txt")
# What people send instead, and what may hold people too: it is said that we cannot read them.
SHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")
DOCUMENTS = (".docx", ".doc", ".odt", ".rtf", ".pdf")
LARGEST_TABLE = 5 * 1024 * 1024
# Lines that a letter names; the rest is counted.
NAMED, NAMED_SKIPPED = 20, 8
SHOWN_OF_NOTE = 100


def words_of(post: Post) -> str:
    """What the moderator wrote now."""
    return quotes.letter(post.text[:LONGEST_REPLY]).strip()


def read(post: Post, words: str, raw: bytes) -> Order | None:
    """The order that this mail is; None for any other mail."""
    file = next((one for one in post.attachments if _is_table(one)), None)
    unreadable = tuple(filter(None, map(_unreadable, post.attachments)))
    order = invited.order(post.subject, words, table=file is not None or any(_is_sheet(one) for one in post.attachments))
    if order is None:
        return None
    order = replace(order, unreadable=unreadable, plain=order.plain and not unreadable)
    if file is None:
        # Words above a file that nobody can read are no lines of the list.
        return replace(order, people=replace(order.people, unread=())) if unreadable and not order.people.people else order
    found = attachment(raw, file.number)
    listed = of_table(membertables.decoded(found[1])) if found else People()
    return replace(order, people=_together(order.people, listed), plain=False)


def _has_people(file: Attachment) -> bool:
    return not file.inline and (file.name.lower().endswith(TABLES) or file.type in ("text/csv", "text/tab-separated-values"))


def _is_table(file: Attachment) -> bool:
    return file.size <= LARGEST_TABLE and _has_people(file)


def _is_sheet(file: Attachment) -> bool:
    """A file that holds a table, though we cannot read it."""
    return not file.inline and file.name.lower().endswith(SHEETS) or (_has_people(file) and file.size > LARGEST_TABLE)


def _unreadable(file: Attachment) -> Unreadable | None:
    if _has_people(file):
        return Unreadable(file.name, Trouble.SIZE) if file.size > LARGEST_TABLE else None
    return Unreadable(file.name, Trouble.KIND) if not file.inline and file.name.lower().endswith((*SHEETS, *DOCUMENTS)) else None


def _together(first: People, second: People) -> People:
    """Those of the letter, then those of the table. Where people are in the table alone, words above it are the note."""
    if first.people:
        return People(first.people + second.people, first.unread + second.unread, first.note, first.cut + second.cut)
    above = "\n".join(one.text for one in first.unread)
    return People(second.people, second.unread, f"{above}\n\n{first.note}".strip(), first.cut + second.cut)


def of_table(text: str) -> People:
    """Everybody of a table: one of those whose columns we know, else whatever has an address on each line."""
    try:
        table = membertables.read(text)
        listed: list[Person] = []
        unread: list[Unread] = []
        for number, row in table.rows:
            said = " ".join(filter(None, row.values()))[:200]
            try:
                new = table.form.read(row)
            except Refusal:
                unread.append(Unread(number, said, Why.BAD_ADDRESS))
                continue
            if "@" not in new.email:
                unread.append(Unread(number, said, Why.NO_ADDRESS))
                continue
            # A role is never given by a table in a mail: `listserv member import` does that.
            listed.append(Person(number, said, new.name, new.email))
        cut = max(0, len(listed) - peoplelines.MOST_LINES) + max(0, len(unread) - peoplelines.MOST_LINES)
        return People(tuple(listed[: peoplelines.MOST_LINES]), tuple(unread[: peoplelines.MOST_LINES]), cut=cut)
    except Invalid:
        return peoplelines.people(text, whole=True)


def facts(batch: Batch, order: Order, lines: Sequence[Line], room: int) -> dict[str, Any]:
    """What a letter tells of a list of people: the first of each kind by name, and how many there are."""
    chosen = good(lines)
    skipped = [line for line in lines if line.fate is not Fate.ADDED]
    return {
        "verb": batch.verb,
        "people": [{"name": line.name, "email": line.email, "note": " ".join(line.note.split())[:SHOWN_OF_NOTE]} for line in chosen[:NAMED]],
        "left": max(0, len(chosen) - NAMED),
        "skipped": [{"number": line.number, "text": line.email or line.text, "why": str(line.fate), "since": line.since} for line in skipped[:NAMED_SKIPPED]],
        "skipped_left": max(0, len(skipped) - NAMED_SKIPPED),
        "note": order.people.note if batch.verb is Verb.INVITE else "",
        "welcome": batch.welcome,
        "later": max(0, len(chosen) - room),
        "unread_files": [{"name": one.name, "why": str(one.why)} for one in order.unreadable],
    }


def count_of(db: Session, batch: Batch) -> int:
    """How many people a batch has added, or invited."""
    return len(batch.member_ids.split()) if batch.verb is Verb.ADD else len(of_batch(db, batch.id))
