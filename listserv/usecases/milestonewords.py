"""A milestone as a ready paragraph: in the list's language, about people whom everybody may read about, and about nobody else."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from digests.excerpt import one_line
from digests.schedule import listed
from listserv import links
from listserv.i18n import translations
from listserv.store import milestones as rows
from listserv.store.archive import Message, Thread
from listserv.store.lists import MailingList
from listserv.store.milestones import MilestoneKind
from listserv.usecases import milestonefinds, outbox
from listserv.usecases.conversations import speaker
from listserv.usecases.milestonefinds import Found

# What has a meaning in Markdown stands for itself; and no brace of a title begins a field that is filled for each reader.
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|!~"})
BRACES = str.maketrans("{}", "()")

Escape = Callable[[str], str]


def plain(text: str) -> str:
    """Somebody's words in a plain text that may have fields."""
    return text.translate(BRACES)


def markdown(text: str) -> str:
    """Somebody's words in Markdown."""
    return plain(text).translate(MARKS)


def paragraph(db: Session, mlist: MailingList, found: Found, escape: Escape = plain) -> str:
    """What stands in the issue; empty where nothing may be told any more: hidden, erased, taken down."""
    if found.kind is MilestoneKind.YEAR:
        return _year(db, mlist, found)
    shown = rows.shown(db, mlist.id, found.messages)
    told = [shown[number] for number in found.messages if number in shown]
    if not told:
        return ""
    return WORDED[found.kind](db, mlist, found, told, escape)


def _voices(db: Session, mlist: MailingList, found: Found, told: list[tuple[Message, Thread]], escape: Escape) -> str:
    named = [(message, thread) for message, thread in told if milestonefinds.is_named(db, message)]
    spoken = translations(mlist.language)
    if not named:
        return ""
    if len(named) == 1:
        said = spoken.gettext("A new voice on the list: %(name)s, in “%(subject)s”.") % _facts(*named[0], escape)
        return f"{said}\n{_url(db, mlist, named[0][0])}"
    names = listed([_facts(*one, escape)["name"] for one in named], spoken.gettext("%(some)s and %(last)s"))
    more = found.count - len(found.messages)
    if more > 0:
        names = spoken.ngettext("%(names)s and %(num)s more", "%(names)s and %(num)s more", more) % {"names": names, "num": more}
    return spoken.gettext("New voices on the list: %(names)s.") % {"names": names}


def _posts(db: Session, mlist: MailingList, found: Found, told: list[tuple[Message, Thread]], escape: Escape) -> str:
    message, thread = told[0]
    facts, spoken = {**_facts(message, thread, escape), "num": found.count}, translations(mlist.language)
    if milestonefinds.is_named(db, message):
        said = spoken.gettext("Message number %(num)s on the list: “%(subject)s”, by %(name)s.") % facts
    else:
        said = spoken.gettext("Message number %(num)s on the list: “%(subject)s”.") % facts
    return f"{said}\n{_url(db, mlist, message)}"


def _answer(db: Session, mlist: MailingList, found: Found, told: list[tuple[Message, Thread]], escape: Escape) -> str:
    message, thread = told[0]
    if not milestonefinds.is_named(db, message):
        return ""
    said = translations(mlist.language).ngettext(
        "After %(num)s day of silence the question “%(subject)s” has an answer, from %(name)s.",
        "After %(num)s days of silence the question “%(subject)s” has an answer, from %(name)s.",
        found.count,
    )
    return f"{said % {**_facts(message, thread, escape), 'num': found.count}}\n{_url(db, mlist, message)}"


def _crowd(db: Session, mlist: MailingList, found: Found, told: list[tuple[Message, Thread]], escape: Escape) -> str:
    message, thread = told[0]
    said = translations(mlist.language).ngettext(
        "%(num)s person has spoken in “%(subject)s” so far.", "%(num)s people have spoken in “%(subject)s” so far.", found.count
    )
    return f"{said % {**_facts(message, thread, escape), 'num': found.count}}\n{links.thread_url(outbox.settings_of(db), mlist.name, thread.id)}"


def _year(db: Session, mlist: MailingList, found: Found) -> str:
    spoken = translations(mlist.language)
    said = spoken.ngettext("Our network is %(num)s year old.", "Our network is %(num)s years old.", found.count) % {"num": found.count}
    facts = {"posts": rows.count_until(db, mlist.id, mlist.last_seq), "threads": rows.count_threads(db, mlist.id)}
    kept = spoken.gettext("In its archive: messages %(posts)s, threads %(threads)s.") % facts
    return f"{said} {kept}"


WORDED = {MilestoneKind.VOICES: _voices, MilestoneKind.POSTS: _posts, MilestoneKind.ANSWER: _answer, MilestoneKind.CROWD: _crowd}


def _facts(message: Message, thread: Thread, escape: Escape) -> dict[str, Any]:
    return {"name": escape(one_line(speaker(message.author, ""), 80)), "subject": escape(one_line(thread.subject, 120))}


def _url(db: Session, mlist: MailingList, message: Message) -> str:
    return links.message_url(outbox.settings_of(db), mlist.name, message.hash)
