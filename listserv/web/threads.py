"""Conversations: a thread, a message at its permanent address, and what can be downloaded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.errors import NotFound
from listserv.usecases import newsdesk, newspages, reading
from listserv.usecases.shown import Moved, Single, Thread
from listserv.web.forum import page_number
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("threads", __name__)

# Downloads say what they are only where that is harmless; everything else is just bytes.
OPEN_XML = ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
HARMLESS = frozenset(
    ("application/pdf", "application/zip", "application/msword", "application/rtf", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
    + tuple(f"application/vnd.openxmlformats-officedocument.{part}" for part in OPEN_XML)
    + tuple(f"application/vnd.oasis.opendocument.{part}" for part in ("text", "spreadsheet", "presentation"))
    + ("audio/mpeg", "audio/ogg", "image/gif", "image/jpeg", "image/png", "image/webp", "text/calendar", "text/csv", "text/plain", "video/mp4")
)
BYTES = "application/octet-stream"
NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of a thread that is shown with its formatting; `in_place`: the files that it shows itself."""

    hash: str
    html: str
    in_place: frozenset[int]


@blueprint.get("/<list:name>/thread/<id:thread_id>")
def thread(name: str, thread_id: int) -> str | AnyResponse:
    """One conversation, oldest first, answers under their questions."""
    flat = request.args.get("flat") == "1"
    found = reading.thread(visit().db, name, thread_id, visit().actor, page=page_number(), flat=flat)
    if isinstance(found, Moved):
        return redirect(f"{request.script_root}/{found.mlist.name}/thread/{found.thread_id}", 301)
    if not found.issued:
        return page("threads/thread.html", thread=found)
    issue = newspages.head(visit().db, found.view, thread_id)
    return page("threads/thread.html", thread=found, issue=issue, letter=_letter(found, issue.issue.hash) if issue else None)


def _letter(found: Thread, message_hash: str) -> Letter | None:
    """An issue as it was mailed, where it stands on this page."""
    if message_hash not in [post.hash for post in found.posts]:
        return None
    place = f"{request.script_root}/{found.view.mlist.name}/message/{message_hash}"
    html, in_place = reading.formatted(visit().db, found.view, message_hash, lambda number: f"{place}/attachment/{number}")
    return Letter(message_hash, html, in_place) if html is not None else None


@blueprint.get("/<list:name>/message/<message_hash>")
def message(name: str, message_hash: str) -> str | AnyResponse:
    """The permanent address of one post; an issue is shown as it was mailed, and answered, where its thread is."""

    def file_url(number: int) -> str:
        return f"{request.script_root}{request.path}/attachment/{number}"

    formatted = file_url if request.args.get("html") == "1" else None
    try:
        single = reading.message(visit().db, name, message_hash, visit().actor, file_url=formatted, part=request.args.get("part", 1, type=int))
    except NotFound:
        draft = newsdesk.draft_at(visit().db, name, message_hash, visit().actor)
        return redirect(f"{request.script_root}/{name.lower()}/news/{draft}/preview", 302)
    if single.view.issued and not request.args and _is_issue(single):
        return redirect(f"{request.script_root}/{single.view.mlist.name}/thread/{single.thread_id}", 302)
    return page("threads/message.html", single=single)


def _is_issue(single: Single) -> bool:
    issue = newspages.head(visit().db, single.view, single.thread_id)
    return issue is not None and issue.issue.hash == single.post.hash


@blueprint.get("/<list:name>/message/<message_hash>/raw")
def raw(name: str, message_hash: str) -> Response:
    """The exact bytes, for members."""
    data = reading.raw(visit().db, name, message_hash, visit().actor)
    return download(data, f"{message_hash.upper()}.eml", "text/plain")


@blueprint.get("/<list:name>/message/<message_hash>/attachment/<int:number>")
def attachment(name: str, message_hash: str, number: int) -> Response:
    """What a message carries."""
    card, data = reading.attachment(visit().db, name, message_hash, number, visit().actor)
    return download(data, card.name or f"{number}", card.type if card.type in HARMLESS else BYTES)


def download(data: bytes | Iterable[bytes], name: str, kind: str) -> Response:
    """Bytes (or the web server's own wrapper of a file) that a browser stores and never shows as a page of ours."""
    # Not Flask's mimetype: that would add a charset, and nobody knows it.
    response = Response(data, content_type=kind, direct_passthrough=not isinstance(data, bytes))
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def disposition(name: str) -> str:
    """`attachment` with a name for old and new browsers (RFC 6266 section 5, RFC 8187)."""
    clean = NOT_IN_NAMES.sub("_", name).strip(" .")[-150:] or "file"
    plain = "".join(c if c.isascii() and c != "%" else "_" for c in clean)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"
