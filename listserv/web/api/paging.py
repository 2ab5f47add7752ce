"""Long rows of things, a page at a time: `after` is where the last one ended, so that what is added meanwhile moves nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import g, request
from pydantic import BaseModel

from listserv.web.api.models import Paged
from listserv.web.api.problems import Problem
from listserv.web.visit import site_here

Row = TypeVar("Row")
Made = TypeVar("Made", bound=BaseModel)


def place(asked: Paged, *kinds: type) -> tuple[Any, ...] | None:
    """Where the last page ended, as so many values of these kinds; None for the first page. Raises 400 for what is no such place."""
    if not asked.after:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(asked.after.encode("ascii") + b"=="))
        if not isinstance(found, list) or [type(one) for one in found] != list(kinds) or any(isinstance(one, int) and abs(one) >= 2**63 for one in found):
            raise ValueError(asked.after)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, binascii.Error, RecursionError):
        raise Problem("bad-request", errors=[{"parameter": "after", "detail": "This is no `next` of a page of these."}]) from None
    if any(isinstance(one, str) and "\0" in one for one in found):
        raise Problem("bad-request", errors=[{"parameter": "after", "detail": "This is no `next` of a page of these."}])
    return tuple(found)


def mark(*values: Any) -> str:
    """A place in a row of things, as `next` says it."""
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()).decode().rstrip("=")


def paged(rows: Sequence[Row], asked: Paged, told: Callable[[Row], Any], key: Callable[[Row], tuple[Any, ...]]) -> dict[str, Any]:
    """`items` and `next` of a page, from one row more than it holds; the way on is told in a Link header too (RFC 8288)."""
    shown = rows[: asked.limit]
    following = mark(*key(shown[-1])) if len(rows) > asked.limit else None
    if following:
        others = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
        address = f"{site_here().settings.site.url}{quote(request.path)}?{urlencode([*others, ('after', following)])}"
        g.link = f'<{address}>; rel="next"'
    return {"items": [told(row) for row in shown], "next": following}
