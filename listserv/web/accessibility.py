"""The accessibility statement, as public bodies must publish it; what it says of the pages is what the test suite looks at."""

from datetime import UTC, datetime

from flask import Blueprint

from listserv.config import NAMELESS
from listserv.store.lists import first_day
from listserv.web.pages import page
from listserv.web.visit import visit

blueprint = Blueprint("accessibility", __name__)

# When the pages were last looked at as a whole, and this statement with them.
REVIEWED = datetime(2026, 11, 21, tzinfo=UTC)


@blueprint.get("/accessibility")
def statement() -> str:
    """How accessible this site is, what is not, and whom to ask."""
    site = visit().settings.site
    email = site.owner or f"postmaster@{site.domain}"
    opened = first_day(visit().db) or visit().now
    # A site that opened later said so when it opened.
    body = site.domain if site.name in NAMELESS else site.name
    return page("accessibility/statement.html", body=body, email=email, opened=opened, reviewed=max(REVIEWED, opened))
