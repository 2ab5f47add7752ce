"""`/metrics`: the site's figures in Prometheus' text format 0.0.4. They name nobody, so that anybody may read them."""

import logging
import time
from collections.abc import Iterable
from threading import Lock

from flask import Blueprint, Response

from listserv import __version__
from listserv.site import Site
from listserv.usecases import measures
from listserv.usecases.measures import Family
from listserv.web.visit import site_here

blueprint = Blueprint("metrics", __name__)
log = logging.getLogger(__name__)
# Seconds that figures are good for.
FRESH = 1.0
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Page:
    """The figures as they were a moment ago."""

    def __init__(self, site: Site) -> None:
        self._site, self._lock = site, Lock()
        self._made: tuple[float, str] | None = None

    def text(self) -> str:
        """All figures; where the database does not answer, that."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] >= FRESH:
                self._made = time.monotonic(), self._make()
            return self._made[1]

    def _make(self) -> str:
        try:
            with self._site.reading() as db:
                found = [*measures.families(db, self._site.now())]
        except Exception:
            log.exception("the database does not answer")
            found = []
        up = Family("listserv_database_up", "gauge", "1 where the database answers", (("", int(bool(found))),))
        build = Family("listserv_build_info", "gauge", "which version this is", ((f'version="{__version__}"', 1),))
        return "".join(written([*found, up, build]))


def written(families: Iterable[Family]) -> Iterable[str]:
    """Lines of the text format."""
    for family in families:
        yield f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n"
        for label, value in family.samples:
            yield f"{_sample(family, label)} {value:.10g}\n"


def _sample(family: Family, label: str) -> str:
    if family.kind != "histogram":
        return f"{family.name}{{{label}}}" if label else family.name
    return f"{family.name}_bucket{{{label}}}" if "=" in label else f"{family.name}_{label}"


@blueprint.get("/metrics")
def metrics() -> Response:
    """All figures."""
    site = site_here()
    page = site.memory.setdefault(Page, Page(site))
    return Response(page.text(), content_type=TEXT, headers={"Cache-Control": "no-store"})
