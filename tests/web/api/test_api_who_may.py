"""Who may what: every endpoint about lists, topics, members, applications, held posts and oneself, asked by everybody, of every kind of list.

What a person may not see is 404, exactly as what is not there; what may be seen and not be done is 403.
"""

import re

import pytest

from listserv.web.api.endpoints import ENDPOINTS
from tests.web.api.api_world import app, program, programs, token, world  # noqa: F401
from tests.web.world import CLOSED, LISTS, NO_LIST, PEOPLE, PRIVATE, PUBLIC

WHO = ("member", "other", "moderator", "owner", "administrator")
# A member, somebody of another list, a moderator, an owner, an administrator of the site.
READERS, EVERYBODY = "200 404 200 200 200", "200 200 200 200 200"
STEWARDS, NOBODY = "404 404 {} {} {}", "404 404 404 404 404"


def stewards(status):
    return STEWARDS.replace("{}", status)


# Method, address, what is sent; what each of them is answered on the private list, and on the public one.
ROWS = (
    ("GET", "/lists/{name}", None, READERS, EVERYBODY),
    ("PATCH", "/lists/{name}", {"title": "Inaczej"}, "404 404 403 200 200", "404 404 403 200 200"),
    ("POST", "/lists/{name}/close", None, "403 404 403 403 200", "403 403 403 403 200"),
    ("GET", "/lists/{name}/topics", None, READERS, EVERYBODY),
    ("GET", "/lists/{name}/topics/lekcje", None, READERS, EVERYBODY),
    ("GET", "/lists/{name}/topics/nic", None, NOBODY, NOBODY),
    ("POST", "/lists/{name}/topics", {"slug": "nowy", "title": "Nowy"}, stewards("201"), stewards("201")),
    ("POST", "/lists/{name}/topics", {"slug": "lekcje", "title": "Nowy"}, stewards("409"), stewards("409")),
    ("PATCH", "/lists/{name}/topics/lekcje", {"title": "Inaczej", "position": 0}, stewards("200"), stewards("200")),
    ("DELETE", "/lists/{name}/topics/lekcje", None, stewards("204"), stewards("204")),
    ("GET", "/lists/{name}/members", None, stewards("200"), stewards("200")),
    ("GET", "/lists/{name}/members/{member}", None, stewards("200"), stewards("200")),
    ("GET", "/lists/{name}/members/{stranger}", None, NOBODY, NOBODY),
    ("POST", "/lists/{name}/members", {"email": "nowa@example.net", "name": "Nowa Osoba"}, stewards("201"), stewards("201")),
    ("POST", "/lists/{name}/members", {"email": "nowa@example.net", "role": "owner"}, "404 404 403 201 201", "404 404 403 201 201"),
    ("POST", "/lists/{name}/members", {"email": PEOPLE["member"]}, stewards("409"), stewards("409")),
    ("PATCH", "/lists/{name}/members/{member}", {"delivery": "none"}, stewards("200"), stewards("200")),
    ("PATCH", "/lists/{name}/members/{member}", {"role": "moderator"}, "404 404 403 200 200", "404 404 403 200 200"),
    ("PATCH", "/lists/{name}/members/{owner}", {"role": "member"}, "404 404 403 422 422", "404 404 403 422 422"),
    ("DELETE", "/lists/{name}/members/{member}", None, stewards("204"), stewards("204")),
    ("DELETE", "/lists/{name}/members/{owner}", None, "404 404 403 422 422", "404 404 403 422 422"),
    ("DELETE", "/lists/{name}/members/{stranger}", None, NOBODY, NOBODY),
    ("GET", "/lists/{name}/applications", None, stewards("200"), stewards("200")),
    ("GET", "/lists/{name}/applications/{application}", None, stewards("200"), stewards("200")),
    # Nobody has confirmed these yet (decisions: test_api_looking_after).
    ("POST", "/lists/{name}/applications/{application}/ask", {"words": "Skąd Pani jest?"}, stewards("409"), stewards("409")),
    ("POST", "/lists/{name}/applications/{application}/accept", None, stewards("409"), stewards("409")),
    ("POST", "/lists/{name}/applications/{application}/reject", {"words": "Nie."}, stewards("409"), stewards("409")),
    ("GET", "/lists/{name}/applications/{no_application}", None, NOBODY, NOBODY),
    ("GET", "/lists/{name}/held", None, stewards("200"), stewards("200")),
    ("GET", "/lists/{name}/held/{held}", None, stewards("200"), stewards("200")),
    ("POST", "/lists/{name}/held/{held}/accept", {}, stewards("200"), stewards("200")),
    ("POST", "/lists/{name}/held/{held}/reject", {"words": "Nie tutaj."}, stewards("200"), stewards("200")),
    ("POST", "/lists/{name}/held/{held}/discard", None, stewards("200"), stewards("200")),
    ("POST", "/lists/{name}/held/{held}/ask", {"words": "Na pewno?"}, stewards("200"), stewards("200")),
    ("POST", "/lists/{name}/held/{no_held}/accept", {}, NOBODY, NOBODY),
    ("GET", "/me/memberships/{name}", None, "200 404 200 200 404", "200 404 200 200 404"),
    ("PATCH", "/me/memberships/{name}", {"delivery": "none"}, "200 404 200 200 404", "200 404 200 200 404"),
    ("DELETE", "/me/memberships/{name}", None, "204 404 204 204 404", "204 404 204 204 404"),
    ("POST", "/me/memberships", {"list": "{name}", "words": "Proszę o dopisanie."}, "202 202 202 202 202", "202 202 202 202 202"),
    # About no list.
    ("GET", "/lists", None, EVERYBODY, EVERYBODY),
    ("POST", "/lists", {"name": "nowa", "title": "Nowa"}, "403 403 403 403 201", "403 403 403 403 201"),
    ("GET", "/me", None, EVERYBODY, EVERYBODY),
    ("PATCH", "/me", {"name": "Inaczej"}, EVERYBODY, EVERYBODY),
    ("GET", "/me/token", None, EVERYBODY, EVERYBODY),
    ("DELETE", "/me/token", None, "204 204 204 204 204", "204 204 204 204 204"),
    ("GET", "/me/memberships", None, EVERYBODY, EVERYBODY),
)
MINE = ("lists_", "topics_", "members_", "applications_", "held_", "me_")


def places(world, name):
    """What stands in the addresses; `stranger`, `no_…`: what stands on another list."""
    other = PUBLIC if name == PRIVATE else PRIVATE
    members, users = world.members, world.users
    facts = {"member": members[name, users["member"]], "owner": members[name, users["owner"]], "stranger": members[other, users["member"]]}
    cases = {"application": world.application[name], "no_application": world.application[other], "held": world.held[name], "no_held": world.held[other]}
    return {"name": name, **facts, **cases}


def asked(program, method, path, sent):
    more = {} if sent is None else {"json": sent}
    return program.open(f"/api/v1{path}", method=method, **more)


def filled(sent, name):
    return {key: value.replace("{name}", name) if isinstance(value, str) else value for key, value in sent.items()} if sent else sent


def test_every_endpoint_has_a_row(app):
    rows = {(method, re.sub(r"\{\w+\}|lekcje|nic\b", "*", path)) for method, path, *_ in ROWS}
    there = {name: endpoint for name, endpoint in ENDPOINTS.items() if name.removeprefix("api.").startswith(MINE)}
    rules = {rule.endpoint: rule.rule.removeprefix("/api/v1") for rule in app.url_map.iter_rules()}

    missing = [name for name, about in there.items() if (about.method, re.sub(r"<[^>]+>", "*", rules[name])) not in rows]
    assert missing == []


@pytest.mark.parametrize("person", WHO)
def test_everybody_gets_what_they_may_and_nothing_else(programs, world, person):
    wrong = []
    for method, path, sent, private, public in ROWS:
        for name, row in ((PRIVATE, private), (PUBLIC, public)):
            status = int(row.split()[WHO.index(person)])
            answer = asked(programs[person], method, path.format(**places(world, name)), filled(sent, name))
            if answer.status_code != status:
                wrong.append((method, path, name, answer.status_code, status, answer.get_data(as_text=True)[:200]))
            if status >= 400:
                assert answer.mimetype == "application/problem+json"
    assert wrong == []


def test_without_a_token_there_is_nothing_at_all(programs, world, monkeypatch):
    monkeypatch.setattr("listserv.web.api.caller.WRONG_PER_NETWORK", 10**6)
    for method, path, sent, *_ in ROWS:
        for name in (PRIVATE, PUBLIC, NO_LIST):
            at = path.format(**places(world, PRIVATE) | {"name": name})
            answer = asked(programs["anonymous"], method, at, filled(sent, name))
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="listserv"'), at


def test_a_list_that_may_not_be_seen_is_as_one_that_is_not_there(programs, world):
    for method, path, sent, private, _ in ROWS:
        if "{name}" in path and private.split()[1] == "404":
            at = places(world, PRIVATE)
            hidden = asked(programs["other"], method, path.format(**at), filled(sent, PRIVATE))
            nothing = asked(programs["other"], method, path.format(**at | {"name": NO_LIST}), filled(sent, NO_LIST))
            assert hidden.status_code == nothing.status_code == 404
            assert hidden.get_data(as_text=True).replace(PRIVATE, NO_LIST) == nothing.get_data(as_text=True), path


def test_what_a_token_lacks_is_said_of_what_may_be_seen_alone(programs, world, site):
    moderator = program(programs["moderator"].application, token(site, PEOPLE["moderator"], ("read",)))
    at = places(world, PRIVATE)

    answer = moderator.get(f"/api/v1/lists/{PRIVATE}/held")
    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (403, "insufficient-scope")
    assert 'scope="moderate"' in answer.headers["WWW-Authenticate"]
    assert moderator.get(f"/api/v1/lists/{PRIVATE}").json["settings"] is None
    # Nothing is done, and nothing is learnt: who is on the list already is not told from who is not.
    for email in (PEOPLE["member"], "nowa@example.net"):
        assert moderator.ask("POST", f"/lists/{PRIVATE}/members", 403, json={"email": email})["type"].endswith("#insufficient-scope")
    assert moderator.ask("POST", f"/lists/{PRIVATE}/held/{at['held']}/accept", 403, json={})["type"].endswith("#insufficient-scope")
    assert moderator.ask("GET", "/lists/sasiedz/held", 404)


def test_an_administrator_is_one_only_with_the_scope_for_it(programs, world, site):
    admin = program(programs["administrator"].application, token(site, PEOPLE["administrator"], ("read", "write", "moderate")))

    assert {one["name"] for one in admin.ask("GET", "/lists")["items"]} == {PUBLIC, "sasiedz"}
    assert admin.ask("GET", f"/lists/{PRIVATE}", 404)
    assert admin.ask("POST", "/lists", 403, json={"name": "nowa", "title": "Nowa"})["type"].endswith("#insufficient-scope")
    assert {one["name"] for one in programs["administrator"].ask("GET", "/lists")["items"]} == {*LISTS, "sasiedz"}


def test_a_closed_list_takes_nobody(programs, world):
    assert programs["owner"].ask("GET", f"/lists/{CLOSED}")["closed_at"]
    programs["other"].ask("POST", "/me/memberships", 404, json={"list": CLOSED, "words": "Proszę."})
    programs["administrator"].ask("POST", f"/lists/{CLOSED}/close", 409)
