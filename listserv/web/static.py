"""The style sheet, the scripts and the icon, under addresses that change with their content."""

import gzip
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request

from listserv.errors import NotFound

blueprint = Blueprint("static", __name__)
FOLDER = Path(__file__).with_name("static")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """(bytes, version) of each file."""
    found = {place.name: place.read_bytes() for place in sorted(FOLDER.iterdir()) if place.suffix in TYPES}
    return {name: (data, sha256(data).hexdigest()[:10]) for name, data in found.items()}


@cache
def squeezed(name: str) -> bytes:
    """A file as it travels to browsers that can unpack it. (Pages are left to the proxy: what is secret and what a stranger chose are not packed together.)"""
    return gzip.compress(files()[name][0], mtime=0)


def address(name: str) -> str:
    """A file's address below the site's root, version included."""
    return f"/static/{name}?v={files()[name][1]}"


@blueprint.get("/static/<name>")
def file(name: str) -> Response:
    """A file; kept forever by whoever asked for this very version."""
    if name not in files():
        raise NotFound("there is no such page")
    data, version = files()[name]
    packed = request.accept_encodings.quality("gzip") > 0 and len(squeezed(name)) < len(data)
    response = Response(squeezed(name) if packed else data, content_type=TYPES[Path(name).suffix])
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") == version else "public, no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{version}-gz" if packed else version)
    response.make_conditional(request)
    return response
