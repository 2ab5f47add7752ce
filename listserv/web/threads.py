"""Conversations: a thread, a message at its permanent address, and what can be downloaded."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from listserv.usecases import reading
from listserv.usecases.shown import Moved
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


@blueprint.get("/<list:name>/thread/<id:thread_id>")
def thread(name: str, thread_id: int) -> str | AnyResponse:
    """One conversation, oldest first, answers under their questions."""
    flat = request.args.get("flat") == "1"
    found = reading.thread(visit().db, name, thread_id, visit().actor, page=page_number(), flat=flat)
    if isinstance(found, Moved):
        return redirect(f"{request.script_root}/{found.mlist.name}/thread/{found.thread_id}", 301)
    return page("threads/thread.html", thread=found)


@blueprint.get("/<list:name>/message/<message_hash>")
def message(name: str, message_hash: str) -> str:
    """The permanent address of one post."""

    def file_url(number: int) -> str:
        return f"{request.script_root}{request.path}/attachment/{number}"

    formatted = file_url if request.args.get("html") == "1" else None
    single = reading.message(visit().db, name, message_hash, visit().actor, file_url=formatted, part=request.args.get("part", 1, type=int))
    return page("threads/message.html", single=single)


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
