"""Threads steered by mail: which one is meant, and following, muting or sending it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.mail.commands import Command, Kind
from listserv.mail.folding import fold
from listserv.mail.subject import base_subject
from listserv.store import following
from listserv.store import threadmail as rows
from listserv.store.archive import Thread
from listserv.store.following import Wish
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.usecases import outbox, resending
from listserv.usecases.arrivals import Letter
from listserv.usecases.asked import Context
from listserv.usecases.journal import note
from listserv.usecases.steering import actor_of

WISHES = {Kind.FOLLOW: Wish.FOLLOW, Kind.MUTE: Wish.MUTE, Kind.UNMUTE: None}
KINDS = frozenset({*WISHES, Kind.THREAD})
LINK = re.compile(r"/(?P<name>[a-z][a-z0-9_-]*)/(?:thread/(?P<thread>\d{1,12})|message/(?P<hash>[A-Z2-7]{32}))\b")
CHOICES = 5


@dataclass(frozen=True, slots=True)
class Meant:
    """The thread that somebody means, or those that it might be."""

    thread: Thread | None = None
    candidates: tuple[Thread, ...] = ()


def meant(db: Session, mlist: MailingList, command: Command, letter: Letter, context: Context) -> Meant:
    """Which thread a command is about: by a number that we gave, a link, a title; else the one that the letter answers."""
    words = command.words.strip()
    if not words:
        asked = rows.shown_thread(db, mlist, context.thread) if context.thread else None
        return Meant(asked or rows.thread_of_ids(db, mlist, letter.post.references) or _linked(db, mlist, letter.post.text))
    if words.isdigit() and 0 < int(words) <= len(context.threads):
        return Meant(rows.shown_thread(db, mlist, context.threads[int(words) - 1]))
    return Meant(_linked(db, mlist, words)) if "/" in words and LINK.search(words) else _titled(db, mlist, words)


def _linked(db: Session, mlist: MailingList, text: str) -> Thread | None:
    for found in LINK.finditer(text[:20_000]):
        if found["name"] == mlist.name:
            return rows.shown_thread(db, mlist, int(found["thread"])) if found["thread"] else rows.thread_of_hash(db, mlist, found["hash"])
    return None


def _titled(db: Session, mlist: MailingList, words: str) -> Meant:
    said = " ".join(fold(base_subject(words.strip(' „“”"«».!'))).split())
    named = [(row.id, " ".join(fold(row.subject).split())) for row in rows.titles(db, mlist)] if said else []
    exact = [number for number, title in named if title == said]
    near = exact[:1] or [number for number, title in named if said in title][: CHOICES + 1]
    threads = [thread for number in near if (thread := rows.shown_thread(db, mlist, number))]
    return Meant(threads[0]) if len(threads) == 1 else Meant(None, tuple(threads[:CHOICES]))


def steer(db: Session, member: Member, command: Command, letter: Letter, context: Context, now: datetime) -> dict[str, Any]:
    """Follow, mute or send the thread that is meant; the facts of the letter that says so."""
    found = meant(db, member.mlist, command, letter, context)
    if found.thread is None:
        return _which(db, member, command, found)
    facts = {**_facts(db, member, found.thread), "done": str(command.kind), "draft": bool(context.draft)}
    if command.kind is not Kind.THREAD:
        choose(db, member, command.kind, found.thread, now)
        return facts
    sent = resending.send(db, member, found.thread, now)
    if sent is None:
        return {**facts, "done": "too-many"}
    return {**facts, "sent": sent.count, "left": sent.left}


def choose(db: Session, member: Member, kind: Kind, thread: Thread, now: datetime) -> None:
    """Follow or mute this thread, or neither any more."""
    following.set_thread(db, member.id, thread.id, WISHES[kind], now)
    note(db, actor_of(member), f"thread-{kind}", mlist=member.mlist, now=now, about=thread)


def _facts(db: Session, member: Member, thread: Thread) -> dict[str, Any]:
    url = links.thread_url(outbox.settings_of(db), member.mlist.name, thread.id)
    return {"thread_title": thread.subject, "thread_url": url, "thread_ids": (thread.id,), "sent": 0, "left": 0, "candidates": (), "draft": False}


def _which(db: Session, member: Member, command: Command, found: Meant) -> dict[str, Any]:
    numbers = tuple(thread.id for thread in found.candidates)
    facts = {"thread_title": "", "thread_url": "", "thread_ids": numbers, "sent": 0, "left": 0, "draft": False}
    return {**facts, "done": "which", "candidates": tuple(thread.subject for thread in found.candidates)}


def forget(db: Session, member: Member, thread_id: int, now: datetime) -> None:
    """The word was meant for people: nothing was chosen."""
    following.set_thread(db, member.id, thread_id, None, now)
