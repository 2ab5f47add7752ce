"""What anybody may read of the API: a page for people, and the OpenAPI document for programs."""

import json

from flask import Response

from listserv.web.api import document
from listserv.web.api.endpoints import blueprint
from listserv.web.api.problems import KINDS
from listserv.web.pages import page
from listserv.web.visit import site_here


@blueprint.get("/", endpoint="start")
def start() -> str:
    """What there is, in a few words."""
    return page("api/start.html", kinds=KINDS.values())


@blueprint.get("/openapi.json", endpoint="openapi")
def openapi() -> Response:
    """All endpoints, as programs read them."""
    site = site_here()
    made = site.memory.get(document.made)
    if made is None:
        made = site.memory[document.made] = json.dumps(document.made(site.settings.site.url), ensure_ascii=False)
    return Response(made, content_type="application/json")
