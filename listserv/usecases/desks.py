"""What lies on a desk: words, files and their limits, a quotation. The draft of a post, before it is a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from listserv.errors import Invalid
from listserv.i18n import N_, translations
from listserv.mail.compose import File, one_line
from listserv.store.drafts import Draft, DraftFile, count_drafts
from listserv.usecases.conversations import Post

LONGEST_SUBJECT, LONGEST_TEXT = 200, 200_000
MOST_FILES, MOST_DRAFTS = 20, 100
# Of all files together, where a list says nothing.
LARGEST = 26_214_400
TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
PATH = re.compile(r"^.*[/\\]", re.DOTALL)
WROTE = N_("%(name)s wrote:")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody has typed, as it is."""

    subject: str = ""
    text: str = ""
    topic: str = ""
    answers: str = ""
    address_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has just been added."""

    name: str
    type: str
    data: bytes


def keep(db: Session, known: Draft | None, fresh: Draft, words: Words, files: Sequence[NewFile], room: int, now: datetime) -> Draft | None:
    """Keep words and files in the draft there is, or in this new one. Raises Invalid for more than there is room for."""
    if len(words.text) > LONGEST_TEXT:
        raise Invalid(N_("This is longer than a mail should be. Please send a part of it as a file."))
    if known is None and not (words.text.strip() or words.subject.strip() or files):
        return None
    draft = known or fresh
    if known is None:
        if count_drafts(db, fresh.user_id) >= MOST_DRAFTS:
            raise Invalid(N_("There are a hundred drafts already. Please send or throw away one of them first."))
        db.add(draft)
    draft.subject, draft.text, draft.topic = one_line(words.subject)[:LONGEST_SUBJECT], words.text, words.topic[:64]
    draft.answers, draft.address_id, draft.saved_at = words.answers[:32], words.address_id, now
    put_in(draft, files, room)
    db.flush()
    return draft


def put_in(draft: Draft, files: Sequence[NewFile], room: int) -> None:
    """Put more files beside those that are there, up to so many bytes in all. Raises Invalid."""
    if len(draft.files) + len(files) > MOST_FILES:
        raise Invalid(N_("At most 20 files go into one message."))
    if files and sum(file.size for file in draft.files) + sum(len(file.data) for file in files) > room:
        raise Invalid(N_("Together the files are larger than this list allows ({size}). Those that were there are kept."), size=room)
    for file in files:
        name = one_line(PATH.sub("", file.name))[-150:] or "?"
        kind = file.type.lower() if TYPE.fullmatch(file.type.lower()) else "application/octet-stream"
        draft.files.append(DraftFile(name=name, type=kind, size=len(file.data), data=file.data))


def check(words: Words, draft: Draft | None, *, new: bool) -> None:
    """Raises Invalid for what nobody can send: without words, or without a subject."""
    if new and not one_line(words.subject):
        raise Invalid(N_("A message needs a subject."))
    if len(words.subject) > LONGEST_SUBJECT:
        raise Invalid(N_("A subject has room for 200 characters."))
    if not words.text.strip() and not (draft and draft.files):
        raise Invalid(N_("There is nothing in it yet."))


def files_of(draft: Draft | None) -> tuple[File, ...]:
    """What goes along."""
    return tuple(File(file.name, file.type, file.data) for file in draft.files) if draft else ()


def digest(draft: Draft) -> bytes:
    """A hash of all that was written: whoever sends the same words to the same place twice within the hour has slipped."""
    said = (draft.list_id, draft.thread_id, draft.answers, draft.subject, draft.text, *((file.name, sha256(file.data).hexdigest()) for file in draft.files))
    return sha256(repr(said).encode("utf-8", "replace")).digest()


def words_of(draft: Draft | None) -> Words:
    """What was typed so far."""
    return Words(draft.subject, draft.text, draft.topic, draft.answers, draft.address_id) if draft else Words()


def quotation(post: Post, language: str) -> str:
    """Somebody's words, as mail programs quote them."""
    said = "\n".join(piece.text for piece in post.pieces if piece.kind in ("said", "farewell")).strip("\n")
    # Nobody answers a whole book: what is left out is said.
    lines = "\n".join(f"> {line}".rstrip() for line in [*said.split("\n"), *(("[…]",) if post.left else ())])
    return f"{lead(post, language)}\n{lines}\n\n"


def lead(post: Post, language: str) -> str:
    """`Halina Okładka pisze:`, in the list's language; our own parser of quotes knows it, and so do those of others."""
    words = translations(language)
    return words.gettext(WROTE) % {"name": post.name or words.gettext("somebody")}
