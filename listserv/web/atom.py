"""Atom (RFC 4287): a feed as bytes. The texts are anybody's; what XML cannot hold is left out."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET  # nosec B405: it writes and never reads

from listserv import __version__, links
from listserv.config import Settings
from listserv.i18n import translations
from listserv.store.lists import MailingList
from listserv.usecases.feeding import Entry, Feed

ATOM, THREADS, XML = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread/1.0", "http://www.w3.org/XML/1998/namespace"
ET.register_namespace("", ATOM)
ET.register_namespace("thr", THREADS)
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# From an entry to its words as safe HTML.
Body = Callable[[Entry], str]


def rendered(feed: Feed, settings: Settings, body: Body) -> bytes:
    """The whole document, in the list's language."""
    mlist, home = feed.mlist, links.archive_url(settings, feed.mlist.name)
    root = ET.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": mlist.language or settings.site.language})
    _add(root, "id", tag(settings, mlist, feed.path or "feed"))
    _add(root, "title", " – ".join(filter(None, (feed.title, mlist.title))))
    if mlist.description and not feed.path:
        _add(root, "subtitle", mlist.description)
    _add(root, "updated", moment(feed.updated))
    _link(root, "alternate", home + feed.path)
    if feed.public:
        # Elsewhere it would hold a key, or lead to nothing without it.
        _link(root, "self", f"{home}{feed.path}/feed.atom" if feed.path else f"{home}feed.atom", "application/atom+xml")
    _add(root, "generator", "listserv", version=__version__)
    for entry in feed.entries:
        _entry(ET.SubElement(root, f"{{{ATOM}}}entry"), entry, mlist, settings, body)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(into: ET.Element, entry: Entry, mlist: MailingList, settings: Settings, body: Body) -> None:
    say = translations(mlist.language or settings.site.language).gettext
    _add(into, "id", tag(settings, mlist, f"message/{entry.hash}"))
    _add(into, "title", entry.subject or say("(no subject)"))
    _add(into, "published", moment(entry.sent_at))
    _add(into, "updated", moment(max(entry.sent_at, entry.seen_at)))
    author = ET.SubElement(into, f"{{{ATOM}}}author")
    _add(author, "name", entry.name or say("somebody"))
    if entry.user_id:
        _add(author, "uri", f"{links.archive_url(settings, mlist.name)}person/{entry.user_id}")
    _link(into, "alternate", links.message_url(settings, mlist.name, entry.hash))
    if entry.above:
        above = links.message_url(settings, mlist.name, entry.above)
        ET.SubElement(into, f"{{{THREADS}}}in-reply-to", ref=tag(settings, mlist, f"message/{entry.above}"), href=above, type="text/html")
    if entry.topic:
        ET.SubElement(into, f"{{{ATOM}}}category", term=entry.topic[0], label=clean(entry.topic[1]))
    _add(into, "content", body(entry) or say("(no words)"), type="html")


def tag(settings: Settings, mlist: MailingList, what: str) -> str:
    """An id that stays the same when the site moves to another address (RFC 4151): the domain on the day when the list was made."""
    return f"tag:{settings.site.domain},{mlist.created_at:%Y-%m-%d}:{mlist.name}/{what}"


def moment(at: datetime) -> str:
    """RFC 3339."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean(text: str) -> str:
    """Text that XML can hold."""
    return NOT_XML.sub("", text)


def _add(into: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(into, f"{{{ATOM}}}{name}", attributes).text = clean(text)


def _link(into: ET.Element, rel: str, href: str, kind: str = "text/html") -> None:
    ET.SubElement(into, f"{{{ATOM}}}link", rel=rel, type=kind, href=clean(href))
