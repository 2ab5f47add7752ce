"""What each command of a member's comes to, as parts of one letter: however much a mail asks, it gets one answer."""

import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from listserv import links
from listserv.errors import Conflict
from listserv.mail import address
from listserv.mail.authentication import Alignment
from listserv.mail.commands import Command, Kind
from listserv.mail.compose import File
from listserv.store.erasing import Posts
from listserv.store.lists import MailingList
from listserv.store.members import Member
from listserv.store.ownposts import held_of, posted_by
from listserv.usecases import limits, outbox, ownaddress, privacy, searching, signin, steering, threadmail
from listserv.usecases.arrivals import Letter
from listserv.usecases.asked import Context
from listserv.usecases.hits import Hit
from listserv.usecases.outbox import Cause
from listserv.usecases.steering import actor_of

# How far back, and how many of somebody's posts a letter tells.
DAYS_TOLD, POSTS_TOLD = 30, 6
HITS_TOLD, SNIPPET, QUERY_TOLD = 4, 100, 60
# Of what others have typed, so much stands in a letter: it stays as long as it is.
TITLE_TOLD, NAME_TOLD = 70, 40
# A file that every mailbox takes; beyond it the web hands it out. And how often in a day.
LARGEST_EXPORT, EXPORTS_A_DAY = 6 << 20, 3
# The letter that says one thing alone; where a mail asks for several, they are parts of one called "answers".
ALONE = {
    "signing": "signing",
    "topics": "topics",
    "settings": "settings",
    "posts": "my-posts",
    "found": "found",
    "thread": "thread",
    "data": "my-data",
    "erasing": "erasing",
    "address": "address-asked",
}
# In this order they are told.
ORDER = ("erasing", "settings", "topics", "address", "thread", "found", "posts", "data", "signing")


@dataclass(slots=True)
class Answer:
    """The parts of a letter, with their facts and files. `silent`: what was asked writes letters of its own."""

    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    threads: tuple[int, ...] = ()
    silent: bool = False

    def letter(self) -> tuple[str, dict[str, Any]]:
        """Its template and all facts."""
        facts = {name: value for part in self.parts.values() for name, value in part.items()}
        names = [name for name in ORDER if name in self.parts]
        if len(names) == 1:
            return ALONE[names[0]], facts
        return "answers", {**facts, "parts": names}


def carry_out(db: Session, member: Member, wanted: Sequence[Command], letter: Letter, context: Context, cause: Cause, now: datetime) -> Answer:
    """Do what a proven member asks for; how things stand now is told by the parts of the answer."""
    answer, changed = Answer(), list[str]()
    for command in wanted:
        if command.kind in steering.SETTINGS:
            changed.append(steering.change(db, member, command, now))
        elif command.kind in threadmail.KINDS:
            _thread(db, member, command, letter, context, answer, now)
        elif command.kind is Kind.ADDRESS:
            answer.parts["address"] = _address(db, member, command, letter, cause, now)
        elif command.kind in OTHERS:
            OTHERS[command.kind](db, member, command, answer, cause, now)
    kinds = {command.kind for command in wanted}
    if kinds & {*steering.SETTINGS, Kind.WHO} or "address" in answer.parts:
        answer.parts["settings"] = _settings(db, member, wanted, [one for one in steering.TOLD if one in changed])
    if answer.parts.keys() >= {"address", "settings"} and not kinds & {*steering.SETTINGS, Kind.WHO}:
        # Nothing but the address was asked: how things stand is said where it has changed.
        answer.parts.pop("settings" if answer.parts["address"]["address_state"] != "changed" else "address")
    return answer


def _settings(db: Session, member: Member, wanted: Sequence[Command], changed: Sequence[str]) -> dict[str, Any]:
    """What has changed, what of it was only half heard, and how things stand."""
    half = {f"{name}_{command.kind}" for command in wanted for name in ("unheard", "later") if getattr(command, name)}
    when = "pause" if f"unheard_{Kind.PAUSE}" in half else "digest" if any(one.startswith("unheard") for one in half) else ""
    said = {"changed": tuple(changed), "unheard": when, "begins_later": f"later_{Kind.PAUSE}" in half}
    told = {"unknown": steering.unknown_topics(member, wanted), "asked_how": any(command.kind is Kind.WHO for command in wanted)}
    told["unknown_zone"] = next((command.words for command in wanted if command.kind is Kind.ZONE and not steering.zone_named(command.words)), "")
    return {**steering.facts(db, member), **steering.standing(db, member), **said, **told, **_topics(member)}


def _topics(member: Member) -> dict[str, Any]:
    return {"topics": [topic.title for topic in member.mlist.topics]}


def _which_topics(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    answer.parts["topics"] = _topics(member)


def _sign_in(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    """A link to the member's own address; so many an hour as the form on the web gives."""
    fits = limits.within(db, "sign-in for", member.address.key, now, signin.HOUR, signin.PER_ADDRESS)
    answer.parts["signing"] = {"link": signin.link(db, member.address.email, now) if fits else ""}


def _thread(db: Session, member: Member, command: Command, letter: Letter, context: Context, answer: Answer, now: datetime) -> None:
    facts = threadmail.steer(db, member, command, letter, context, now)
    answer.threads = facts.pop("thread_ids")
    answer.parts["thread"] = {**facts, "delivery": member.delivery}


# ---- searching ----------------------------------------------------------------------------------------------


def _search(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    zone = member.user.timezone or outbox.settings_of(db).timezone
    found = searching.search(db, actor_of(member), command.words, member.mlist, zone=zone)
    # Of each thread the newest: its number brings all of it.
    newest: dict[int, Hit] = {}
    for hit in found.hits:
        newest.setdefault(hit.thread_id, hit)
    hits = list(newest.values())[:HITS_TOLD]
    answer.threads = tuple(hit.thread_id for hit in hits)
    url = links.search_url(outbox.settings_of(db), member.mlist.name, command.words)
    told = [_hit(db, member.mlist, hit) for hit in hits]
    here = sum(hit.thread_id in answer.threads for hit in found.hits)
    query = command.words[:QUERY_TOLD].strip(' "„”“«»')
    answer.parts["found"] = {"query": query, "hits": told, "total": found.total, "more": found.total > here, "search_url": url}
    answer.parts["found"]["suggestions"] = [one.strip(' "„”“«»') for one in found.suggestions]


def _hit(db: Session, mlist: MailingList, hit: Hit) -> dict[str, Any]:
    words = " ".join("".join(part.text for part in hit.words).split())
    cut = shortened(words, SNIPPET)
    subject, author = ("".join(part.text for part in parts) for parts in (hit.subject, hit.author))
    subject, author = shortened(subject, TITLE_TOLD), shortened(author, NAME_TOLD)
    return {"subject": subject, "author": author, "at": hit.sent_at, "words": cut, "url": links.message_url(outbox.settings_of(db), mlist.name, hit.hash)}


def shortened(words: str, most: int) -> str:
    """At most so many characters on one line."""
    words = " ".join(words.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + "…"


# ---- one's own posts and data -------------------------------------------------------------------------------


def _posts(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    answer.parts["posts"] = {"posts": posts_facts(db, member.mlist, member.address.email, now), "email": member.address.email}


def posts_facts(db: Session, mlist: MailingList, email: str, now: datetime) -> list[dict[str, object]]:
    """What became of the latest posts from an address, newest first."""
    since = now - timedelta(days=DAYS_TOLD)
    url = functools.partial(links.message_url, outbox.settings_of(db), mlist.name)
    posted = posted_by(db, mlist, address.key(email), since, POSTS_TOLD)
    told: list[dict[str, object]] = [{"subject": _title(one.subject), "state": "posted", "at": one.received_at, "url": url(one.hash)} for one in posted]
    held = held_of(db, mlist, email, since, POSTS_TOLD)
    told += [{"subject": _title(one.subject), "state": one.state.value, "at": one.held_at, "url": ""} for one in held]
    return sorted(told, key=lambda one: str(one["at"]), reverse=True)[:POSTS_TOLD]


def _title(subject: str) -> str:
    return shortened(subject, TITLE_TOLD)


def _data(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    """Everything that is kept about the member, to their own address: as a file, or where that is too large by a link."""
    if not limits.within(db, "data by mail", str(member.user_id), now, timedelta(days=1), EXPORTS_A_DAY):
        answer.parts["data"] = {"data_state": "later", "file_name": ""}
        return
    made, name = _export(db, member.user_id, now), f"listserv-{now:%Y-%m-%d}.zip"
    if made is not None:
        answer.files.append(File(name, "application/zip", made))
    answer.parts["data"] = {"data_state": "large" if made is None else "attached", "file_name": name}


class _TooLarge(Exception):
    """What would be thrown away need not be made."""


class _Bounded(io.BytesIO):
    def write(self, data: Any, /) -> int:
        if self.tell() + len(data) > LARGEST_EXPORT:
            raise _TooLarge
        return super().write(data)


def _export(db: Session, user_id: int, now: datetime) -> bytes | None:
    """All of it as a file; None for one that is too large to be sent, as soon as it is."""
    made = _Bounded()
    try:
        privacy.write_export(db, user_id, made, now)
    except _TooLarge:
        return None
    return made.getvalue()


# ---- being forgotten ----------------------------------------------------------------------------------------


def _erase(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    """In seven days, unless it is stopped: the letter that says so goes to each address of the member's, and is the answer."""
    if privacy.planned(db, member.user_id):
        answer.parts["erasing"] = {"erasing_state": "already"}
        return
    try:
        privacy.ask(db, member.user_id, Posts.REMOVE if command.words else Posts.KEEP, actor_of(member), now)
    except Conflict as wrong:
        answer.parts["erasing"] = {"erasing_state": "last-keeper" if wrong.reason == privacy.LAST_KEEPER else "last-owner"}
        return
    answer.silent = True


def _keep(db: Session, member: Member, command: Command, answer: Answer, cause: Cause, now: datetime) -> None:
    if not privacy.planned(db, member.user_id):
        answer.parts["erasing"] = {"erasing_state": "none"}
        return
    try:
        privacy.keep(db, member.user_id, actor_of(member), now)
    except Conflict:
        answer.parts["erasing"] = {"erasing_state": "begun"}
        return
    answer.silent = True


def _address(db: Session, member: Member, command: Command, letter: Letter, cause: Cause, now: datetime) -> dict[str, Any]:
    """Whoever has an address of the member's can sign in as them: a letter of ours that they passed on is no proof here."""
    own = bool(letter.sender) and steering.is_own(member, letter.sender) and letter.alignment is not Alignment.FAILED
    return ownaddress.use(db, member, command.words, cause, now) if own else {"address_state": "elsewhere", "new_address": command.words}


OTHERS = {
    Kind.SEARCH: _search,
    Kind.STATUS: _posts,
    Kind.DATA: _data,
    Kind.ERASE: _erase,
    Kind.KEEP: _keep,
    Kind.WHICH_TOPICS: _which_topics,
    Kind.SIGN_IN: _sign_in,
}
