"""What the document promises is what comes: requests made up from it, good and bad ones, by many kinds of person, to every endpoint."""

from collections import Counter

import hypothesis
import hypothesis.strategies as st
import pytest
import schemathesis
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from listserv.web.api.endpoints import ENDPOINTS
from listserv.web.api.models import LINE, TEXT
from tests.web.api.api_world import app, program, programs, world  # noqa: F401
from tests.web.world import PRIVATE, PUBLIC, SHOWN

load_all_checks()
NAMES = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance")
# Examples of each endpoint.
FEW, MANY = 2, 60
MODES = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def known(world, name):
    """What stands on this list, by the names of arguments in paths."""
    things, cases = world.things[name, SHOWN], {"application_id": world.application[name], "held_id": world.held[name]}
    member = world.members[name, world.users["member"]]
    return {"name": name, "slug": "lekcje", "member_id": member, "thread_id": things.thread, "message_hash": things.hash, **cases}


def tried(program, operation, places, examples):
    """Ask one endpoint so many things; how often each status came."""
    seen = Counter()
    phases, quiet = [hypothesis.Phase.generate], list(hypothesis.HealthCheck)

    @hypothesis.settings(max_examples=examples, derandomize=examples == FEW, database=None, phases=phases, suppress_health_check=quiet)
    @hypothesis.given(data=st.data())
    def ask(data):
        case = data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        here = data.draw(st.sampled_from(places))
        case.path_parameters = {name: here.get(name, value) for name, value in (case.path_parameters or {}).items()}
        answer = case.call(headers={"Authorization": f"Bearer {program.secret}"})
        case.validate_response(answer, checks=[CHECKS.get_one(name) for name in NAMES])
        seen[answer.status_code] += 1

    ask()
    return seen


def plain(part):
    """The document without the patterns of texts: made up from these, a text takes a second; without them it has what they forbid in it."""
    if isinstance(part, dict):
        return {name: plain(value) for name, value in part.items() if name != "pattern" or value not in (LINE, TEXT)}
    return [plain(value) for value in part] if isinstance(part, list) else part


def operations(program):
    """Every endpoint, as the document tells it."""
    schema = schemathesis.openapi.from_dict(plain(program.ask("GET", "/openapi.json")))
    schema.app = program.application
    return [found.ok() for found in schema.get_all_operations()]


@pytest.fixture
def no_limits(monkeypatch):
    for name in ("PER_TOKEN", "WRITES_PER_TOKEN", "PER_NETWORK", "WRONG_PER_NETWORK"):
        monkeypatch.setattr(f"listserv.web.api.caller.{name}", 10**9)


def test_the_document_is_valid(app, network):
    document = program(app).ask("GET", "/openapi.json")

    schemathesis.openapi.from_dict(document).validate()

    assert document["openapi"].startswith("3.1")


def fields(document):
    """(where, what is said of it) of each field of each model, and of each parameter."""
    for model, schema in document["components"]["schemas"].items():
        yield from ((f"{model}.{name}", field, field) for name, field in schema.get("properties", {}).items())
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from ((f"{method} {path} {one['name']}", one, one["schema"]) for one in operation["parameters"])


def is_plain(schema):
    """Is it a text or a number, of which only an example shows how it looks?"""
    kinds = {one.get("type") for one in (schema, *schema.get("anyOf", ()))}
    return kinds & {"string", "integer"} and not {"enum", "const"} & {*schema} and "$ref" not in str(schema)


def test_every_field_and_parameter_is_described_and_every_text_and_number_has_an_example(app, network):
    document = program(app).ask("GET", "/openapi.json")

    assert [where for where, told, _ in fields(document) if not told.get("description")] == []
    lacking = [where for where, told, schema in fields(document) if is_plain(schema) and not ("example" in told or told.get("examples"))]
    assert [where for where in lacking if not where.endswith(("Idempotency-Key", "If-Match"))] == []


def test_every_default_and_example_is_one_that_the_document_allows(app, network):
    document = program(app).ask("GET", "/openapi.json")

    for where, told, schema in fields(document):
        whole = {**schema, "components": document["components"]}
        for value in [*told.get("examples", ()), *([told["example"]] if "example" in told else ()), *([schema["default"]] if "default" in schema else ())]:
            assert Draft202012Validator(whole, validate_formats=True).is_valid(value), (where, value)


def test_every_body_of_the_document_is_the_one_that_is_read(app, network):
    document = program(app).ask("GET", "/openapi.json")
    bodies = {one["operationId"]: one["requestBody"] for operations in document["paths"].values() for one in operations.values() if "requestBody" in one}

    for name, about in ENDPOINTS.items():
        if about.sent:
            told = bodies[name.removeprefix("api.")]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert {*document["components"]["schemas"][told].get("properties", ())} == {*about.sent.model_fields}, name


@pytest.mark.only_sqlite
@pytest.mark.parametrize(
    ("person", "examples"),
    [("owner", FEW), *(pytest.param(person, MANY, marks=pytest.mark.long) for person in ("other", "member", "owner", "administrator"))],
)
def test_every_endpoint_keeps_what_its_document_promises(programs, world, no_limits, person, examples):
    places = [known(world, name) for name in (PRIVATE, PRIVATE, PUBLIC)]

    seen = {operation.label: tried(programs[person], operation, places, examples) for operation in operations(programs[person])}

    assert all(seen.values())
    # What is made up is not refused everywhere before it is looked at.
    let_in = sum(any(status < 300 for status in statuses) for statuses in seen.values())
    assert let_in > len(seen) * (0.5 if person in ("owner", "administrator") else 0.1)
