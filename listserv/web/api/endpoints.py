"""How an endpoint is made: its address, the scope that it needs, what is sent and what is told; read by spectree, told in OpenAPI."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Request, make_response, request
from pydantic import BaseModel, ValidationError
from spectree import Response as Told
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin

from listserv.web.api import door
from listserv.web.api.models import ProblemDetails
from listserv.web.api.problems import Problem

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
View = Callable[..., Any]
# RFC 8259 section 8.1: JSON has no other, and the type no such parameter; some say it all the same.
UTF8 = "utf-8"


class Strict(FlaskPlugin):
    """Reads a body as what it says it is, or not at all; a parameter comes once."""

    def request_validation(self, asked: Request, query: Any, json: Any, form: Any, headers: Any, cookies: Any) -> None:
        """Look at everything that was sent. Raises Problem."""
        if json is None and asked.method not in ("GET", "HEAD") and asked.get_data() not in (b"", b"{}"):
            raise Problem("bad-request", "This request takes no body.")
        try:
            found = query.model_validate(_parameters(asked)) if query else None
            body = json.model_validate_json(_body(asked)) if json else None
        except ValidationError as error:
            raise wrong(error) from None
        asked.context = Context(found, body, None, None, None)  # type: ignore[attr-defined]

    def validate_response(self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool) -> tuple[Any, None]:
        """A view returns a model, and is not asked twice whether it fits."""
        return resp, None


def _parameters(asked: Request) -> dict[str, str]:
    twice = [name for name, values in asked.args.lists() if len(values) > 1]
    if twice:
        raise Problem("bad-request", errors=[{"parameter": twice[0], "detail": "It may be given once."}])
    return asked.args.to_dict()


def _body(asked: Request) -> bytes:
    if asked.mimetype != "application/json" or asked.mimetype_params.get("charset", UTF8).lower() != UTF8:
        raise Problem("unsupported-media-type", headers={"Accept": "application/json"})
    if asked.headers.get("Content-Encoding", "identity").lower() != "identity":
        # RFC 9110 section 15.5.16: so that it is sent again as it is.
        raise Problem("unsupported-media-type", headers={"Accept-Encoding": "identity"})
    return asked.get_data()


def wrong(error: ValidationError) -> Problem:
    """Each field at fault, with the place where it stands."""
    errors: list[dict[str, str]] = []
    body, malformed = error.title in BODIES, False
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        malformed |= one["type"] == "json_invalid"
        place = [str(step).replace("~", "~0").replace("/", "~1") for step in one["loc"]]
        where = {"pointer": "#" + "".join(f"/{step}" for step in place)} if body else {"parameter": ".".join(place)}
        errors.append({**where, "detail": one["msg"]})
    return Problem("invalid" if body and not malformed else "bad-request", errors=errors)


class Schemas(SpecTree):
    """Makes the schemas of all models when the document is asked for: most processes never are, and to make them takes longer than to load the endpoints."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.waiting: list[tuple[type[BaseModel], Any]] = []
        super().__init__(*given, **named)

    def _add_model(self, model: Any, mode: Any = "validation") -> str:
        self.waiting.append((model, mode))
        return str(self.naming_strategy(model))

    def _generate_spec(self) -> dict[str, Any]:
        for model, mode in self.waiting:
            super()._add_model(model, mode)
        return super()._generate_spec()


# The names of models that are bodies; every other one is of parameters.
BODIES: set[str] = set()
# Each model has a name of its own in the document.
NAMES: dict[str, type[BaseModel]] = {}
SPEC = Schemas(
    backend=Strict,
    before=lambda *_: None,
    mode="strict",
    annotations=True,
    title="listserv",
    version="1",
    security_schemes=[SecurityScheme(name="token", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    naming_strategy=lambda model: str(getattr(model, "__name__", model)),
    nested_naming_strategy=lambda parent, child: child,
    validation_error_model=ProblemDetails,
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What is to be known of an endpoint beside its view, for OpenAPI and for the tests."""

    method: str
    scope: str
    status: int
    sent: type[BaseModel] | None
    paged: bool


ENDPOINTS: dict[str, Endpoint] = {}


def endpoint(
    method: str,
    path: str,
    scope: str,
    *,
    returns: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    sent: type[BaseModel] | None = None,
    status: int = 200,
    tag: str = "",
    with_files: bool = False,
    bytes_alone: bool = False,
) -> Callable[[View], View]:
    """A view of the API. `query` and `sent` reach it as arguments named `query` and `json`; it returns a model (or None where it tells nothing).

    `with_files`: a mail with all that it carries may come. `bytes_alone`: it answers in another form than JSON (`document.MEDIA`).
    """

    def made(view: View) -> View:
        name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        for model in filter(None, (returns, query, sent)):
            assert NAMES.setdefault(model.__name__, model) is model, f"two models are called {model.__name__}"
        if sent:
            BODIES.add(sent.__name__)
        assert (returns is None) is (status in (202, 204) or bytes_alone), "what tells nothing says so by its status"
        told = Told(**{f"HTTP_{status}": returns})
        checked = SPEC.validate(query=query, json=sent, resp=told, tags=(tag or name.partition("_")[0],), operation_id=name)(finished(view, status))
        blueprint.add_url_rule(path, name, checked, methods=[method])
        door.SCOPES[f"api.{name}"] = scope
        if with_files:
            door.WITH_FILES.add(f"api.{name}")
        ENDPOINTS[f"api.{name}"] = Endpoint(method, scope, status, sent, bool(query and "after" in query.model_fields))
        return view

    return made


def finished(view: View, status: int) -> View:
    """The view, its arguments filled with what was read, its model made into an answer."""

    def answered(**arguments: Any) -> Any:
        read = request.context  # type: ignore[attr-defined]
        for name in ("query", "json"):
            if getattr(read, name) is not None:
                arguments[name] = getattr(read, name)
        said = view(**arguments)
        if said is None:
            said = door.bare(make_response("", status))
        if isinstance(said, BaseModel):
            said = make_response(said.model_dump_json(), status)
            said.mimetype = "application/json"
        return said

    answered.__name__, answered.__doc__, answered.__module__ = view.__name__, view.__doc__, view.__module__
    return answered
