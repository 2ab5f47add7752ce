"""`/healthz`: does the database answer?"""

import json
import logging

from flask import Blueprint, Response

from listserv import __version__
from listserv.usecases.reading import alive
from listserv.web.visit import site_here

blueprint = Blueprint("health", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 and `{"status":"ok",…}`, or 503 and what is wrong."""
    try:
        with site_here().reading() as db:
            alive(db)
    except Exception:
        # Strangers are told that something is wrong, the log what it is.
        log.exception("the database does not answer")
        return answer(503, status="database", version=__version__)
    return answer(200, status="ok", version=__version__)


def answer(code: int, **facts: str) -> Response:
    """A small JSON answer that nobody keeps."""
    return Response(json.dumps(facts, separators=(",", ":")), code, mimetype="application/json", headers={"Cache-Control": "no-store"})
