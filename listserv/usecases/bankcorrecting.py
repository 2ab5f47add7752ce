"""What people say of an item of the bank: its title, kind, area and licence put right; taken out and put back; named as good practice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from listserv.errors import Invalid, NotAllowed
from listserv.i18n import N_
from listserv.mail import bankkinds
from listserv.store.bank import Material, MaterialKind
from listserv.store.lists import MailingList, Topic
from listserv.usecases.access import Actor
from listserv.usecases.administration import one_line
from listserv.usecases.journal import note
from listserv.words.folding import folded

LONGEST_TITLE, LONGEST_LICENCE, LONGEST_DESCRIPTION = 200, 120, 500
NO_TITLE = N_("A material needs a title.")
LONG_TITLE = N_("A title has room for 200 characters.")
LONG_LICENCE = N_("A licence has room for 120 characters.")
LONG_DESCRIPTION = N_("A description has room for 500 characters.")
NO_KIND = N_("There is no such kind. The kinds: lesson plan, tutorial, presentation, bibliography, form, other.")
NO_AREA = N_("There is no such area on this list.")
ONLY_MODERATORS = N_("Only moderators name an item as good practice.")


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says of an item; None: nothing about that. The area by its short name or title, empty: that of its thread."""

    title: str | None = None
    kind: str | None = None
    area: str | None = None
    licence: str | None = None
    description: str | None = None


def correct(db: Session, mlist: MailingList, item: Material, said: Correction, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Put an item right; which of its columns changed. All of it or nothing. Raises Invalid."""
    wanted = _wanted(mlist, said)
    changed = tuple(name for name, value in wanted.items() if value != getattr(item, name))
    if not changed:
        return ()
    for name in changed:
        setattr(item, name, wanted[name])
    item.corrected = " ".join(dict.fromkeys((*item.corrected.split(), *(name for name in changed if name in ("title", "kind", "licence")))))
    note(db, actor, "material-corrected", mlist=mlist, now=now, about=item, detail=f"{item.number}: {', '.join(changed)}")
    db.flush()
    return changed


def _wanted(mlist: MailingList, said: Correction) -> dict[str, object]:
    wanted: dict[str, object] = {}
    if said.title is not None:
        wanted["title"] = _room(said.title, LONGEST_TITLE, LONG_TITLE)
        if not wanted["title"]:
            raise Invalid(NO_TITLE)
    if said.kind is not None:
        kind = said.kind if said.kind in set(MaterialKind) else bankkinds.kind_named(said.kind)
        if not kind:
            raise Invalid(NO_KIND)
        wanted["kind"] = MaterialKind(kind)
    if said.area is not None:
        topic = topic_called(mlist, said.area)
        if said.area.strip() and topic is None:
            raise Invalid(NO_AREA)
        wanted["topic_id"] = topic.id if topic else None
    if said.licence is not None:
        wanted["licence"] = _room(said.licence, LONGEST_LICENCE, LONG_LICENCE)
    if said.description is not None:
        wanted["description"] = _room(" ".join(said.description.split()), LONGEST_DESCRIPTION, LONG_DESCRIPTION)
    return wanted


def _room(text: str, most: int, long: str) -> str:
    made = one_line(text)
    if len(made) > most:
        raise Invalid(long)
    return made


def topic_called(mlist: MailingList, words: str) -> Topic | None:
    """The list's topic by its short name, or by words of its title that no other has."""
    name = words.strip().lstrip("#").strip()
    exact = next((topic for topic in mlist.topics if topic.slug == name.lower() or folded(topic.title) == folded(name)), None)
    asked = set(folded(name))
    alike = [topic for topic in mlist.topics if asked and asked <= set(folded(topic.title))]
    return exact or (alike[0] if len(alike) == 1 else None)


def recommend(db: Session, mlist: MailingList, item: Material, *, yes: bool, moderator: bool, actor: Actor, now: datetime) -> bool:
    """Name an item as good practice, or no longer; False where it was so. Raises NotAllowed for all but moderators."""
    if not moderator:
        raise NotAllowed(ONLY_MODERATORS)
    if (item.recommended_at is not None) is yes:
        return False
    item.recommended_at = now if yes else None
    note(db, actor, "material-recommended" if yes else "material-not-recommended", mlist=mlist, now=now, about=item, detail=f"{item.number}")
    db.flush()
    return True


def remove(db: Session, mlist: MailingList, item: Material, actor: Actor, now: datetime) -> bool:
    """Take an item out of the bank, its message stays; False where it was out."""
    if item.removed_at is not None:
        return False
    item.removed_at = now
    note(db, actor, "material-removed", mlist=mlist, now=now, about=item, detail=f"{item.number}")
    db.flush()
    return True


def restore(db: Session, mlist: MailingList, item: Material, actor: Actor, now: datetime) -> bool:
    """Put an item back into the bank; False where it was in."""
    if item.removed_at is None:
        return False
    item.removed_at = None
    note(db, actor, "material-restored", mlist=mlist, now=now, about=item, detail=f"{item.number}")
    db.flush()
    return True
