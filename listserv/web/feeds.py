"""Feeds, and each member's own addresses of them."""

import re
from functools import partial

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from listserv import links
from listserv.store.lists import MailingList
from listserv.store.members import memberships
from listserv.store.people import User
from listserv.usecases import feeding, meetingfeeds
from listserv.usecases.feeding import Entry, Feed
from listserv.usecases.shown import Moved
from listserv.web import atom, bodies
from listserv.web.pages import page
from listserv.web.visit import visit
from listserv.web.ways import on, to_the_door

blueprint = Blueprint("feeds", __name__)

# How long others on the way may keep a public feed, in seconds.
PUBLIC = "public, max-age=300"
QUOTED = re.compile(r"^> ?", re.MULTILINE)


def key() -> str:
    """What a feed reader has instead of a cookie."""
    return request.args.get("key", "")[:64]


@blueprint.get("/<list:name>/feed.atom")
def of_list(name: str) -> Response:
    """The newest messages of a list."""
    return answer(feeding.of_list(visit().db, name, visit().actor, key()))


@blueprint.get("/<list:name>/thread/<id:thread_id>/feed.atom")
def of_thread(name: str, thread_id: int) -> AnyResponse:
    """The newest messages of a thread."""
    found = feeding.of_thread(visit().db, name, thread_id, visit().actor, key())
    if isinstance(found, Moved):
        query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
        return redirect(f"{request.script_root}/{found.mlist.name}/thread/{found.thread_id}/feed.atom{query}", 301)
    return answer(found)


@blueprint.get("/<list:name>/topic/<slug>/feed.atom")
def of_topic(name: str, slug: str) -> Response:
    """The newest messages of a topic."""
    return answer(feeding.of_topic(visit().db, name, slug, visit().actor, key()))


@blueprint.get("/<list:name>/person/<id:user_id>/feed.atom")
def of_person(name: str, user_id: int) -> Response:
    """What somebody wrote on this list last."""
    return answer(feeding.of_person(visit().db, name, user_id, visit().actor, key()))


def answer(feed: Feed) -> Response:
    """The feed as a document; 304 where the reader has it already."""
    response = Response(atom.rendered(feed, visit().settings, partial(words, mlist=feed.mlist)), content_type="application/atom+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if feed.public:
        response.headers["Cache-Control"] = PUBLIC
    # No Last-Modified: a redaction makes nothing newer.
    response.add_etag()
    response.make_conditional(request)
    return response


def words(entry: Entry, mlist: MailingList) -> str:
    """An entry's words as safe HTML, quotes set off, signatures and footers left away; of a long one the beginning, and where it goes on."""
    made = [_part(piece.kind, piece.text) for piece in entry.pieces if piece.text.strip()]
    settings = visit().settings
    if entry.left:
        made.append(bodies.rest(links.message_url(settings, mlist.name, entry.hash), entry.left, mlist.language or settings.site.language))
    return "\n".join(filter(None, made))


def _part(kind: str, text: str) -> str:
    if kind == "quote":
        return Markup("<blockquote>{}</blockquote>").format(bodies.blocks(QUOTED.sub("", text)))
    return bodies.blocks(text) if kind in ("said", "farewell", "attribution") else ""


@blueprint.get("/me/feeds")
def mine() -> str | AnyResponse:
    """My feed addresses."""
    person = visit().person
    if person is None:
        return to_the_door()
    mine = memberships(visit().db, person.user_id)
    found = [(member, feeding.address(visit().db, member)) for member in mine]
    meets = meetingfeeds.with_meetings(mine)
    calendar = meetingfeeds.address(visit().db, visit().db.get_one(User, person.user_id)) if meets else ""
    return page("account/feeds.html", feeds=found, done=request.args.get("done", ""), meets=meets, calendar=calendar)


@blueprint.post("/me/feeds/<list:name>")
def renew(name: str) -> AnyResponse:
    """A new address instead of one that others know."""
    feeding.renew(visit().db, name, visit().actor, visit().now)
    return on(f"/me/feeds?done={name.lower()}")
