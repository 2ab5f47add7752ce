"""The link in every copy that takes its reader off the list (RFC 8058)."""

from flask import Blueprint, request

from listserv.errors import NotAllowed
from listserv.mail import address
from listserv.store.members import Member
from listserv.usecases import issuecounts, parting
from listserv.usecases.access import Actor, Door
from listserv.usecases.signin import copy_by_link, member_by_link
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/unsubscribe/<token>")
def ask(token: str) -> str:
    """Ask before anything is done: links are opened by machines too."""
    member = member_by_link(visit().db, token)
    if member is None:
        return page("unsubscribe/gone.html")
    return page("unsubscribe/ask.html", token=token, mlist=member.mlist, email=masked(member.address.email))


@blueprint.post("/unsubscribe/<token>")
def act(token: str) -> str | tuple[str, int]:
    """Leave the list: at once where a mail server asks by one click, else from the page's button. Asking twice does no harm."""
    member = member_by_link(visit().db, token)
    if member is None:
        return page("unsubscribe/gone.html")
    mlist, email = member.mlist, masked(member.address.email)
    try:
        issue = issuecounts.of_copy(visit().db, copy_by_link(visit().db, token))
        parting.leave(visit().db, member, holder_of(member), visit().now, why="link", issue=issue)
    except NotAllowed:
        return page("unsubscribe/last.html", mlist=mlist), 409
    return page("unsubscribe/done.html", mlist=mlist, email=email, by_link=request.form.get("List-Unsubscribe") is None)


def holder_of(member: Member) -> Actor:
    """Who holds the link that was sent to this member and to nobody else."""
    return Actor(Door.WEB, member.user_id, proven=True)


def masked(email: str) -> str:
    """`a…@example.org`: enough to know one's own address by, too little to learn another's."""
    local, domain = address.split(email)
    return f"{local[:1]}…@{domain}"
