"""Who may see the pages of those who keep the site. For everybody else there is no such page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from listserv.errors import NotFound
from listserv.web import secondfactor
from listserv.web.visit import visit
from listserv.web.ways import on

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

View = Callable[..., Any]


def close_to_others() -> None:
    """For everybody else there is nothing below this path: by no method, and neither a slash too few nor a form tells of it. Raises NotFound."""
    person = visit().person
    if f"{request.path}/".startswith("/admin/") and (person is None or not person.keeps_site):
        raise NotFound("there is no such page")


def get(path: str) -> Callable[[View], View]:
    """A page for administrators alone."""
    return lambda view: blueprint.get(path)(_kept(view))


def post(path: str) -> Callable[[View], View]:
    """What only administrators do."""
    return lambda view: blueprint.post(path)(_kept(view))


def _kept(view: View) -> View:
    @wraps(view)
    def asked(**arguments: Any) -> Any:
        person = visit().person
        if person is None or not person.keeps_site:
            raise NotFound("there is no such page")
        # Whoever has a second factor is asked for it, and so is everybody where the site wants one.
        return view(**arguments) if secondfactor.is_proven(person) else secondfactor.to_prove("/admin/")

    return asked


def there(path: str) -> Response:
    """On to another of these pages."""
    return on(f"/admin/{path}")
