"""What the world outside is told of public archives, and of those alone: robots.txt, sitemaps, cards of shared links."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET  # nosec B405: it writes and never reads

from flask import Blueprint, Response, g, request

from listserv import links
from listserv.errors import NotFound
from listserv.store.lists import Archive
from listserv.usecases import outlook
from listserv.usecases.conversations import Post
from listserv.usecases.newspages import Blog
from listserv.usecases.shown import Forum, Single, Thread
from listserv.web.atom import clean, moment
from listserv.web.kept import Kept, key_of
from listserv.web.visit import visit

blueprint = Blueprint("outside", __name__)

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ET.register_namespace("sm", SITEMAP)
DESCRIPTION = 200
# Some thousand first words.
SHORT = Kept(1024 * 1024)
PUBLIC = "public, max-age=3600"
PAGE = "page"


@dataclass(frozen=True, slots=True)
class Card:
    """What others show of a page that somebody shares."""

    url: str
    title: str
    description: str = ""
    kind: str = "website"
    feed: str = ""


def card_of(facts: Mapping[str, Any]) -> Card | None:
    """The card of the page that is made of these facts, and None for what is not for everybody.

    Search engines are let in where the address is the page's own, and not another look at it.
    """
    made = _card(facts)
    if made is not None and request.args.keys() <= {PAGE}:
        g.indexed = True
    return made


def _card(facts: Mapping[str, Any]) -> Card | None:
    settings = visit().settings
    match facts:
        case {"forum": Forum() as forum} if forum.view.mlist.archive is Archive.PUBLIC:
            return _of_forum(forum, links.archive_url(settings, forum.view.mlist.name))
        case {"thread": Thread() as thread} if thread.view.mlist.archive is Archive.PUBLIC:
            url = links.thread_url(settings, thread.view.mlist.name, thread.id)
            return Card(paged(url, thread.pages.number), thread.subject or thread.view.mlist.title, short(thread.posts), "article", f"{url}/feed.atom")
        case {"single": Single() as single} if single.view.mlist.archive is Archive.PUBLIC:
            # The thread holds all of it.
            url = paged(links.thread_url(settings, single.view.mlist.name, single.thread_id), single.thread_page)
            return Card(url, single.subject or single.view.mlist.title, short((single.post,)), "article")
        case {"blog": Blog() as blog} if blog.view.mlist.archive is Archive.PUBLIC:
            url, title = f"{links.archive_url(settings, blog.view.mlist.name)}news/", blog.view.mlist.title
            return Card(paged(url, blog.pages.number), title, cut(blog.view.mlist.description or ""), feed=f"{url}feed.atom")
        case {"shelves": _}:
            return Card(f"{settings.site.url}/", settings.site.name)
    return None


def _of_forum(forum: Forum, home: str) -> Card:
    mlist, number = forum.view.mlist, forum.pages.number
    if forum.topic:
        url = f"{home}topic/{forum.topic.slug}"
        return Card(paged(url, number), f"{forum.topic.title} – {mlist.title}", cut(forum.topic.description or ""), feed=f"{url}/feed.atom")
    if forum.month:
        return Card(paged("{}month/{:04}-{:02}".format(home, *forum.month), number), mlist.title)
    return Card(paged(home, number), mlist.title, cut(mlist.description or ""), feed=f"{home}feed.atom")


def paged(url: str, number: int) -> str:
    """The address of a page of several."""
    return f"{url}?page={number}" if number > 1 else url


def short(posts: Iterable[Post]) -> str:
    """The first words of the first post."""
    first = next(iter(posts), None)
    return str(SHORT.get(key_of(first), lambda: cut(" ".join(piece.text for piece in first.pieces if piece.kind == "said")))) if first else ""


def cut(text: str) -> str:
    """As much of a text as a card shows."""
    words = " ".join(text[: DESCRIPTION * 4].split())
    return words if len(words) <= DESCRIPTION else words[:DESCRIPTION].rsplit(" ", 1)[0] + "…"


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything is closed but public lists, of which search and forms are no pages. Others are not named: this file is read by everybody."""
    below = urlsplit(visit().settings.site.url).path.rstrip("/")
    names = [mlist.name for mlist in outlook.public_lists(visit().db)]
    lines = ["User-agent: *"]
    for name in names:
        lines += [f"Allow: {below}/{name}/", *(f"Disallow: {below}/{name}/{page}" for page in ("search", "new", "join", "moderate/", "settings"))]
    if names:
        lines += [f"Allow: {below}/$", f"Allow: {below}/static/", f"Allow: {below}/sitemap.xml"]
    lines += [f"Disallow: {below}/"]
    if names:
        lines += ["", f"Sitemap: {visit().settings.site.url}/sitemap.xml"]
    return kept(Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"))


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Where the sitemaps of public lists are. Raises NotFound where there is none."""
    home = visit().settings.site.url
    parts = outlook.sitemaps(visit().db)
    if not parts:
        raise NotFound("there is no such page")
    root = ET.Element(f"{{{SITEMAP}}}sitemapindex")
    for name, number in parts:
        _place(root, "sitemap", f"{home}/{name}/sitemap-{number}.xml")
    return document(root)


@blueprint.get("/<list:name>/sitemap-<int:number>.xml")
def sitemap_of(name: str, number: int) -> Response:
    """The threads of a public list, a part of them. Raises NotFound."""
    mlist, threads = outlook.sitemap(visit().db, name, number)
    settings = visit().settings
    root = ET.Element(f"{{{SITEMAP}}}urlset")
    if number == 1:
        _place(root, "url", links.archive_url(settings, mlist.name))
    for thread_id, last_at in threads:
        _place(root, "url", links.thread_url(settings, mlist.name, thread_id), moment(last_at))
    return document(root)


def _place(into: ET.Element, kind: str, address: str, changed: str = "") -> None:
    place = ET.SubElement(into, f"{{{SITEMAP}}}{kind}")
    ET.SubElement(place, f"{{{SITEMAP}}}loc").text = clean(address)
    if changed:
        ET.SubElement(place, f"{{{SITEMAP}}}lastmod").text = changed


def document(root: ET.Element) -> Response:
    """An XML document for machines."""
    return kept(Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), content_type="application/xml; charset=utf-8"))


def kept(response: Response) -> Response:
    """The same for everybody; 304 where it is known already."""
    response.headers["Cache-Control"] = PUBLIC
    response.add_etag()
    response.make_conditional(request)
    return response
