"""Messages: read as their pages show them, and written: what is sent here becomes a mail on the ordinary way."""

import secrets
from typing import Any

from flask import Response, g, request

from listserv.errors import Conflict, Invalid, NotFound
from listserv.rules import WORDS
from listserv.store.apithreads import messages_after
from listserv.store.archive import Message
from listserv.usecases import composing, reading, sent, typedwords, writingatonce
from listserv.usecases.composing import Desk
from listserv.usecases.conversations import Post, Veil, speaker
from listserv.usecases.desks import NewFile, Words
from listserv.usecases.shown import Moved
from listserv.web.api import document, door
from listserv.web.api.caller import caller
from listserv.web.api.endpoints import endpoint
from listserv.web.api.marks import marked
from listserv.web.api.messagemodels import (
    Answered,
    FileShown,
    MessageAsked,
    MessageInList,
    MessagePage,
    MessageShown,
    NewAnswer,
    NewMessage,
    SingleMessage,
    WrittenShown,
)
from listserv.web.api.models import Paged
from listserv.web.api.paging import paged, place
from listserv.web.api.problems import Problem
from listserv.web.beforewriting import munges
from listserv.web.threads import download
from listserv.web.visit import visit

SAY_ANYWAY = " To send it with your name all the same, say `anyway`."
LONE = "This is a word for the program and not for people. To send it to all the same, say `anyway`."


def address(path: str) -> str:
    """The address of a page of ours."""
    return f"{visit().settings.site.url}/{path}"


# ---- read ---------------------------------------------------------------------------------------------------


def told_post(name: str, thread_id: int, post: Post) -> MessageShown:
    """A message as its page shows it."""
    return MessageShown(**_facts(name, thread_id, post))


def _facts(name: str, thread_id: int, post: Post) -> dict[str, Any]:
    url = address(f"{name}/message/{post.hash}")
    files = [FileShown(number=one.number, name=one.name, type=one.type, size=one.size, url=f"{url}/attachment/{one.number}") for one in post.files]
    facts: dict[str, Any] = {key: getattr(post, key) for key in ("hash", "number", "sent_at", "subject", "hidden")}
    facts |= {"url": url, "thread_id": thread_id, "message_id": post.message_id or None, "author": post.name, "person_id": post.user_id}
    facts |= {"text": post.veil(post.text), "attachments": files, "formatted": post.has_html}
    return facts | {"answers": Answered(hash=post.above_hash, author=post.above_name) if post.above_hash else None}


def told_row(name: str, message: Message, veil: Veil) -> MessageInList:
    """A message as a line."""
    facts: dict[str, Any] = {key: getattr(message, key) for key in ("hash", "seq", "thread_id", "sent_at")}
    said: dict[str, Any] = {"subject": veil(message.subject), "snippet": veil(message.snippet or ""), "author": speaker(message.author, message.author_email)}
    return MessageInList(url=address(f"{name}/message/{message.hash}"), **facts, **said)


@endpoint("GET", "/lists/<list:name>/messages", "read", query=Paged, returns=MessagePage)
def ls(name: str, query: Paged) -> MessagePage:
    """All messages of a list, in the order in which they came into its archive: what came later is behind `next`."""
    view = reading.view_of(visit().db, name, caller().actor)
    after = place(query, int)
    rows = [row[0] for row in messages_after(visit().db, view.mlist.id, after[0] if after else None, query.limit + 1, hidden=view.decides)]
    return MessagePage(**paged(rows, query, lambda row: told_row(view.mlist.name, row, view.veil), lambda row: (row.seq,)))


@endpoint("GET", "/lists/<list:name>/messages/<hash:message_hash>", "read", query=MessageAsked, returns=SingleMessage)
def get(name: str, message_hash: str, query: MessageAsked) -> object:
    """One message, with its text and what it carries."""
    base = address(f"{name.lower()}/message/{message_hash.upper()}/attachment/")
    file_url = (lambda number: f"{base}{number}") if query.html else None
    found = reading.message(visit().db, name, message_hash, caller().actor, file_url=file_url, part=query.part)
    facts = _facts(found.view.mlist.name, found.thread_id, found.post)
    parts: dict[str, Any] = {"part": found.pages.number, "parts": found.pages.count}
    return marked(SingleMessage(**facts, thread_subject=found.subject, html=found.html, **parts))


@endpoint("GET", "/lists/<list:name>/messages/<hash:message_hash>/raw", "read", bytes_alone=True)
def raw(name: str, message_hash: str) -> Response:
    """The bytes of a message, as they came. They hold addresses: for members alone."""
    data = reading.raw(visit().db, name, message_hash, caller().actor)
    return download(data, f"{message_hash.upper()}.eml", "message/rfc822")


@endpoint("GET", "/lists/<list:name>/messages/<hash:message_hash>/attachments/<id:file_id>", "read", bytes_alone=True)
def attachment(name: str, message_hash: str, file_id: int) -> Response:
    """What a message carries, by its number."""
    card, data = reading.attachment(visit().db, name, message_hash, file_id, caller().actor)
    return download(data, card.name or f"{file_id}", "application/octet-stream")


# ---- written ------------------------------------------------------------------------------------------------


def _ask_the_network() -> None:
    """Would others refuse a mail from this person that we sent? Asked before anything is locked."""
    g.munge = munges(caller().user_id, str((request.view_args or {})["name"]))


@endpoint("POST", "/lists/<list:name>/messages", "write", sent=NewMessage, status=202, with_files=True)
def begin(name: str, json: NewMessage) -> Response:
    """Begin a thread. It takes the way of every mail; `Location` tells what became of it."""
    desk = composing.new_topic(visit().db, name, caller().actor, visit().now)
    if json.topic and json.topic.lower() not in [one.slug for one in desk.topics]:
        raise Invalid("there is no topic {slug} on this list", slug=json.topic)
    return _sent(desk, Words(json.subject, json.text, json.topic), json)


@endpoint("POST", "/lists/<list:name>/threads/<id:thread_id>/messages", "write", sent=NewAnswer, status=202, with_files=True)
def answer(name: str, thread_id: int, json: NewAnswer) -> Response:
    """Answer in a thread. It takes the way of every mail; `Location` tells what became of it."""
    db, actor, now = visit().db, caller().actor, visit().now
    desk = composing.answer_to(db, name, thread_id, json.to, actor, now)
    if isinstance(desk, Moved):
        desk = composing.answer_to(db, name, desk.thread_id, json.to, actor, now)
    if isinstance(desk, Moved) or (json.to and desk.answered is not None and desk.answered.post.hash != json.to.upper()):
        raise NotFound("there is no such message in the thread")
    words = Words("", json.text, "", desk.answered.post.hash if desk.answered else "")
    if not json.anyway and typedwords.meant_for_us(desk, words, _files(json)):
        raise Conflict(LONE)
    return _sent(desk, words, json)


for view in ("messages_begin", "messages_answer"):
    door.BEFORE[f"api.{view}"] = _ask_the_network


def _files(json: NewMessage | NewAnswer) -> tuple[NewFile, ...]:
    return tuple(NewFile(file.name, file.type, file.content) for file in json.attachments)


def _sent(desk: Desk, words: Words, json: NewMessage | NewAnswer) -> Response:
    if desk.shut:
        raise Conflict("; ".join(WORDS[reason] for reason in desk.verdict.reasons))
    key, facts = secrets.token_urlsafe(18), {"munge": g.get("munge", False), "named": json.anyway}
    try:
        written = writingatonce.send(visit().db, desk, words, key, visit().now, files=_files(json), **facts)
    except writingatonce.TooMuch as wrong:
        raise Problem("too-large", f"{wrong}."[:1].upper() + f"{wrong}."[1:]) from wrong
    except composing.NameWished as wished:
        raise Conflict(wished.reason + SAY_ANYWAY, **wished.facts) from wished
    return Response("", 202, {"Location": address(f"api/v1/lists/{desk.mlist.name}/written/{written.key}")})


@endpoint("GET", "/lists/<list:name>/written/<key>", "read", returns=WrittenShown)
def written(name: str, key: str) -> object:
    """What became of a message that you have sent here."""
    if not composing.KEY.fullmatch(key):
        raise NotFound("there is no such page")
    found = sent.outcome(visit().db, name, key, caller().actor)
    url = address(f"{found.mlist.name}/message/{found.hash}") if found.hash else None
    return marked(WrittenShown(state=found.state, why=list(found.why), hash=found.hash or None, thread_id=found.thread_id or None, url=url))


document.PATHS["key"] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,40}$"}
document.MEDIA |= {"messages_raw": "message/rfc822", "messages_attachment": "application/octet-stream"}
