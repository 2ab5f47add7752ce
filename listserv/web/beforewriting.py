"""What is done before a page of writing opens a transaction: room for files, Markdown read for a preview, DNS asked about the sender."""

from functools import cache

from flask import g, request

from listserv.dns import Resolver
from listserv.mail import markup
from listserv.usecases import composing, senders, signin, writingatonce
from listserv.web.visit import cookie, site_here
from listserv.web.ways import whole

# Beside the files themselves: the other fields, and what a form puts around each.
AROUND = 1_000_000
# Every button but the ones that send.
BUTTONS = ("preview", "save", "quote", "attach", "drop", "discard", "autosave", "heed")


def make_room() -> None:
    """Files are larger than other forms; only somebody with a key may send any. And what takes its time is done before
    any transaction is open: Markdown is read, DNS is asked."""
    if request.method != "POST" or not request.cookies.get(cookie("session")):
        return
    request.max_content_length = site_here().settings.smtp.max_size + AROUND
    request.max_form_memory_size = AROUND
    if "preview" in request.form:
        g.preview = _preview_of(request.form.get("text", ""))
    elif not any(button in request.form for button in BUTTONS):
        g.munge = _munges(request.form.get("address", 0, type=whole))


def _preview_of(text: str) -> str:
    """How a text will look, for somebody who is signed in."""
    site = site_here()
    with site.reading() as db:
        person = signin.person_behind(db, request.cookies.get(cookie("session"), ""), site.now())
    return markup.to_html(unix(text)) if person else ""


def unix(text: str) -> str:
    """What a browser sent, with line ends as they are kept: browsers send CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _munges(address_id: int) -> bool:
    """Would others refuse a mail from this address that we sent?"""
    site = site_here()
    with site.reading() as db:
        person = signin.person_behind(db, request.cookies.get(cookie("session"), ""), site.now())
        domain = composing.sender_domain(db, person.user_id, address_id) if person else ""
    return _is_strict(domain)


def munges(user_id: int, list_name: str) -> bool:
    """The same of a person whom a token names, and the address to which that list writes."""
    site = site_here()
    with site.reading() as db:
        domain = writingatonce.own_domain(db, user_id, list_name)
    return _is_strict(domain)


def _is_strict(domain: str) -> bool:
    resolver = _resolver(site_here().settings.auth.dns)
    return bool(domain) and senders.is_strict(domain, resolver.within(senders.SECONDS))


@cache
def _resolver(server: str) -> Resolver:
    return Resolver(server)
