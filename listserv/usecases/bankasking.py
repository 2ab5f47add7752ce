"""Letters to `LIST-bank@` that ask: a keyword brings a list, „PRZYŚLIJ 12” the material, „skorzystałam z 12” is noted and told on."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail import bankcommands, commands
from listserv.mail.authentication import Alignment
from listserv.mail.bankcommands import Asked, Kind
from listserv.mail.compose import File
from listserv.store import bankasks as asks
from listserv.store import bankpages as rows
from listserv.store.bank import Material
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.queue import State
from listserv.usecases import bank, bankfinding, bankuses, limits, outbox
from listserv.usecases.arrivals import NOBODY_ANSWERS_MACHINES, Letter, Outcome
from listserv.usecases.leaving import sender_of, tongue
from listserv.usecases.steering import actor_of

# Items that a letter names; more than these stand on the page.
TOLD = 15
# Of all that is attached to one letter, in bytes: with the third that mail adds, most mailboxes take it. And for one person in a day.
MOST_ATTACHED, MOST_A_DAY, DAY = 15 * 1024 * 1024, 60 * 1024 * 1024, timedelta(days=1)
# Bytes are counted in pieces of this size, so that the counters stay small.
PIECE = 16 * 1024
ATTACHABLE = re.compile(r"(?:application|image|audio|video|text)/[\w.+-]{1,100}")
# These would be shown, or run, where they are opened.
ACTIVE = re.compile(r"text/(?:html|javascript)|application/(?:xhtml\+xml|javascript)|image/svg")
UNNAMED = "application/octet-stream"
LONGEST_TOLD = 80


def take(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome | None:
    """Answer what somebody asks of the bank; None where the mail asks nothing, but tells people something."""
    if letter.by_a_machine or commands.is_absent(letter.post.reply):
        return NOBODY_ANSWERS_MACHINES
    if not letter.sender:
        return Outcome(State.DISCARDED, ("no-author",))
    member = sender_of(db, mlist, letter)
    if member is None:
        return _stranger(db, mlist, letter, now)
    asked = bankcommands.read(letter.post.reply, letter.post.subject)
    if asked.kind in (Kind.HELP, Kind.LIST) and commands.only_thanks(letter.post.reply):
        return Outcome(State.ANSWERED, ("thanks",))
    letter.incoming.list_id = mlist.id
    if asked.kind is Kind.SEND:
        return _send(db, member, asked.numbers, letter, now)
    if asked.kind is Kind.USED:
        return _note(db, member, asked.numbers, letter, now)
    return _list(db, member, asked, letter, now)


def _stranger(db: Session, mlist: MailingList, letter: Letter, now: datetime) -> Outcome:
    """Who is not on the list learns how materials are come by, and nothing of which there are."""
    told = outbox.write(db, "bank-stranger", letter.sender, tongue(letter), now, mlist=mlist, cause=letter.cause, email=letter.sender)
    return Outcome(State.ANSWERED, ("not-on-the-list",)) if told else Outcome(State.DISCARDED, ("enough-for-today",))


# ---- a list -------------------------------------------------------------------------------------------------


def _list(db: Session, member: Member, asked: Asked, letter: Letter, now: datetime) -> Outcome:
    mlist = member.mlist
    said, query, ids, suggestions = "newest" if asked.kind is Kind.LIST else "help", "", tuple[int, ...](), tuple[str, ...]()
    if asked.kind is Kind.SEARCH:
        query = asked.words
        found = bankfinding.find(db, mlist, actor_of(member), query)
        if not found.ids and asked.other:
            again = bankfinding.find(db, mlist, actor_of(member), asked.other)
            query, found = (asked.other, again) if again.ids else (query, found)
        said, ids, suggestions = ("found" if found.ids else "nothing"), found.ids, found.suggestions
    total = len(ids) if said == "found" else asks.count(db, mlist.id)
    shown = bankfinding.shown(db, mlist, ids[:TOLD] if said == "found" else asks.newest(db, mlist.id, TOLD if said == "newest" else 0))
    facts: dict[str, Any] = {"bank_said": said if total or said == "nothing" else "empty", "bank_query": query[:LONGEST_TOLD], "bank_items": shown}
    return _answered(db, member, "bank-list", letter, now, **facts, bank_more=max(0, total - len(shown)) if shown else 0, bank_suggestions=suggestions)


def _answered(db: Session, member: Member, kind: str, letter: Letter, now: datetime, *, attached: Sequence[File] = (), **facts: Any) -> Outcome:
    settings, mlist = outbox.settings_of(db), member.mlist
    address = links.list_address(settings, mlist.name, "bank")
    facts |= {"bank_address": address, "bank_page": links.materials_url(settings, mlist.name)}
    told = outbox.to_member(db, kind, member, now, mlist=mlist, reply_to=address, cause=letter.cause, attached=attached, **facts)
    return Outcome(State.ANSWERED, (kind,)) if told else Outcome(State.ANSWERED, ("enough-for-today",))


# ---- the materials themselves -------------------------------------------------------------------------------


def _send(db: Session, member: Member, numbers: Sequence[int], letter: Letter, now: datetime) -> Outcome:
    """The files of these items, as far as they fit into a letter; links to the others."""
    mlist = member.mlist
    if not outbox.may_write(db, "bank-sent", member.address.email, now, proven=letter.alignment is Alignment.ALIGNED):
        return Outcome(State.ANSWERED, ("enough-for-today",))
    found = {number: rows.by_number(db, mlist.id, number) for number in numbers}
    materials = [material for material in found.values() if material]
    places = rows.places(db, [material.id for material in materials])
    room = _room(db, member, now)
    files, told = list[File](), list[dict[str, Any]]()
    for material in materials:
        here = places[material.id]
        file = _file(db, material, here, room) if not material.url else None
        how = "link" if material.url else "attached" if file else "large"
        if file:
            files.append(file)
            room -= len(file.data)
        if how != "large" and limits.within(db, "bank sent", f"{material.id} {member.user_id}", now, DAY, 1):
            # As on the web: once for a person and a day.
            rows.download(db, material.id, 1)
        told.append({"item": bankfinding.tell(db, mlist, material, here), "how": how})
    _count(db, member, sum(len(file.data) for file in files), now)
    missing = [number for number, material in found.items() if material is None]
    return _answered(db, member, "bank-sent", letter, now, attached=files, bank_sent=told, bank_missing=missing)


def _file(db: Session, material: Material, places: Sequence[rows.Place], room: int) -> File | None:
    """The newest version, if there is room for it."""
    place = max(places, key=lambda one: (one.version.number, one.version.id))
    version = place.version
    if version.size > room:
        return None
    found = bank.bytes_of(db, place)
    if found is None or len(found[2]) > room:
        return None
    kind = version.type.lower()
    return File(version.name or f"material-{material.number}", kind if ATTACHABLE.fullmatch(kind) and not ACTIVE.match(kind) else UNNAMED, found[2])


def _room(db: Session, member: Member, now: datetime) -> int:
    """How many bytes may be attached now, for this person."""
    used = limits.used(db, "bank bytes", str(member.user_id), now, DAY) * PIECE
    return max(0, min(MOST_ATTACHED, MOST_A_DAY - used))


def _count(db: Session, member: Member, size: int, now: datetime) -> None:
    if size:
        limits.add(db, "bank bytes", str(member.user_id), now, DAY, -(-size // PIECE))


# ---- used ---------------------------------------------------------------------------------------------------


def _note(db: Session, member: Member, numbers: Sequence[int], letter: Letter, now: datetime) -> Outcome:
    if letter.alignment is Alignment.FAILED:
        return Outcome(State.REFUSED, ("not-the-author",))
    found = {number: rows.by_number(db, member.list_id, number) for number in numbers}
    said = [bankuses.use(db, material, member.user, now, words=letter.post.reply) for material in found.values() if material]
    places = rows.places(db, [one.material.id for one in said])
    told = [{"item": bankfinding.tell(db, member.mlist, one.material, places[one.material.id]), "noted": one.noted, "told": one.told} for one in said]
    return _answered(db, member, "bank-noted", letter, now, bank_noted=told, bank_missing=[number for number, material in found.items() if material is None])
