"""OpenAPI 3.1: what spectree read from the endpoints, and what all of them have in common."""

import copy
from typing import Any

from listserv.web.api import endpoints, fieldwords
from listserv.web.api.endpoints import ENDPOINTS, SPEC, Endpoint
from listserv.web.api.models import ProblemDetails

PROBLEM = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
# Why any endpoint may refuse; what only some may is told there.
ALWAYS = {
    "400": "The request cannot be understood",
    "401": "No token, or one that is no good",
    "403": "Not allowed, or not with this token",
    "404": "There is no such thing, or this person may not see it",
    "405": "This address is not used in that way; `Allow` tells how",
    "429": "Too many requests; `Retry-After` says for how long",
    "500": "Our fault",
}
BODY = {"413": "Too large", "415": "Not JSON", "422": "What was sent is not what is wanted"}
WRITING = {"409": "Not in the state that this presumes"}
INTEGER = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
NAME = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,62}$"}
# Of arguments in paths that are neither a row's number nor a list's name, by their names.
PATHS = {
    "slug": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9-]{0,62}$"},
    "message_hash": {"type": "string", "pattern": "^[A-Za-z2-7]{32}$"},
}
# Of endpoints that answer in another form than JSON, by their operation.
MEDIA: dict[str, str] = {}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gets the same answer for a day, and nothing is done twice.",
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*$"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you looked at: refused with 412 where it has been changed since.",
    "schema": {"type": "string", "pattern": '^"[!#-~]{1,64}"$'},
}
ABOUT = (
    "Mailing lists for programs. Every request carries a token of a person (`Authorization: Bearer lst_…`), which is made and taken back at /me/tokens; "
    "it may do what that person may, within its scopes. What the person may not see is 404."
)


def made(url: str) -> dict[str, Any]:
    """The document for a site at this address."""
    spec: dict[str, Any] = copy.deepcopy(SPEC.spec)
    spec["info"] |= {"description": ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    spec["servers"] = [{"url": url}]
    spec["components"]["schemas"].setdefault("ProblemDetails", ProblemDetails.model_json_schema())
    spec["security"] = [{"token": []}]
    _tell_no_nothing(spec)
    for operations in spec["paths"].values():
        for operation in operations.values():
            _complete(operation, ENDPOINTS[f"{endpoints.blueprint.name}.{operation['operationId']}"])
    fieldwords.describe(spec)
    return spec


def _tell_no_nothing(part: Any) -> None:
    """What may be left out of a change has no default: it stays as it is; and nothing is no address."""
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _tell_no_nothing(value)
    if isinstance(part, dict) and "default" in part and (part["default"] is None or (part.get("format") == "email" and not part["default"])):
        del part["default"]


def _complete(operation: dict[str, Any], about: Endpoint) -> None:
    """The scope, the headers and the refusals of one endpoint."""
    operation["security"] = [{"token": [about.scope]}]
    operation["description"] = " ".join(filter(None, (operation["description"], f"Scope: `{about.scope}`.")))
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and not parameter["schema"]:
            parameter["schema"] = INTEGER if parameter["name"].endswith("_id") else PATHS.get(parameter["name"], NAME)
    if about.method == "POST":
        operation["parameters"].append(IDEMPOTENCY)
    if about.method in ("PATCH", "PUT", "DELETE"):
        operation["parameters"].append(IF_MATCH)
    refused = ALWAYS | (BODY if about.sent else {})
    if about.method != "GET":
        refused |= WRITING | {"422": BODY["422"]} | ({} if about.method == "POST" else {"412": "Changed since you looked"})
    operation["responses"].pop("422", None)
    for code, why in refused.items():
        operation["responses"][code] = {"description": why, "content": {"application/problem+json": PROBLEM}}
    told = operation["responses"].get(str(about.status), {})
    if media := MEDIA.get(operation["operationId"]):
        told["content"] = {media: {}}
    if about.paged:
        told["headers"] = {"Link": {"description": 'The way on, as `rel="next"`', "schema": {"type": "string"}}}
