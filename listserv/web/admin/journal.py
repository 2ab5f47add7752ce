"""The journal of the whole site, filtered, in pages, and as a table to take along."""

from flask import Response, request

from listserv.usecases import decisions, sitejournal
from listserv.web.admin.gate import get
from listserv.web.admin.people import behind
from listserv.web.pages import page
from listserv.web.threads import disposition
from listserv.web.visit import visit


@get("/journal")
def journal() -> str:
    """Who did what."""
    read = sitejournal.read(visit().db, sitejournal.asked(request.args.to_dict()), visit().zone, behind("below"))
    return page("admin/journal.html", journal=read, kinds=sitejournal.KINDS, what=sitejournal.WHAT, doors=decisions.DOORS)


@get("/journal.csv")
def journal_table() -> Response:
    """The same to take along."""
    text = "".join(sitejournal.table(visit().db, sitejournal.asked(request.args.to_dict()), visit().zone))
    response = Response("\N{BYTE ORDER MARK}" + text, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = disposition("journal.csv")
    return response
