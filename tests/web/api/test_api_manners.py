"""How the API speaks, whatever it is asked: problems, pages, keys of repeated requests, marks, limits, headers."""

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from listserv.store.lists import Topic
from listserv.store.people import Address
from listserv.usecases import access, apitokens, limits
from listserv.usecases.apitokens import Caller
from listserv.web.api import caller as callers
from tests.conftest import add
from tests.web.api.api_world import admin, app, halina, moderator, owner, program, token  # noqa: F401


def word(answer):
    return answer["type"].rpartition("#")[2]


# ---- problems -----------------------------------------------------------------------------------------------


def test_a_problem_says_what_where_and_what_to_do(owner):
    answer = owner.patch("/api/v1/lists/siecibp", json={"emergency": 1, "archive": "nobody", "tytuł": "x"})

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    said = answer.json
    assert said["type"] == "https://lists.example.org/api/v1/#invalid"
    assert (said["status"], said["instance"]) == (422, "/api/v1/lists/siecibp")
    assert [one["pointer"] for one in said["errors"]] == ["#/archive", "#/emergency", "#/tytuł"]
    assert 'id="invalid"' in owner.get("/api/v1/").get_data(as_text=True)


REFUSED = (
    ("GET", "/nothing", {}, 404, "not-found"),
    ("GET", "/../v2/lists", {}, 404, "not-found"),
    ("PUT", "/lists", {}, 405, "method-not-allowed"),
    ("GET", "/lists?limit=0", {}, 400, "bad-request"),
    ("GET", "/lists?limit=viele", {}, 400, "bad-request"),
    ("GET", "/lists?limit=2&limit=3", {}, 400, "bad-request"),
    ("GET", "/lists?after=%00", {}, 400, "bad-request"),
    ("GET", "/lists?after=WzFd", {}, 400, "bad-request"),
    ("GET", "/lists/siecibp/members?after=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTld", {}, 400, "bad-request"),
    ("GET", "/lists?nothing=1", {}, 400, "bad-request"),
    ("GET", "/lists/siecibp/members?email=%00", {}, 400, "bad-request"),
    ("POST", "/lists/siecibp/topics", {"data": b"{", "content_type": "application/json"}, 400, "bad-request"),
    ("POST", "/lists/siecibp/topics", {"data": b"[]", "content_type": "application/json"}, 422, "invalid"),
    ("POST", "/lists/siecibp/topics", {"data": b"\xff\xfe", "content_type": "application/json"}, 400, "bad-request"),
    ("POST", "/lists/siecibp/topics", {"data": "slug=x&title=y", "content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
    ("POST", "/lists/siecibp/topics", {"data": b"{}"}, 415, "unsupported-media-type"),
    ("POST", "/lists/siecibp/topics", {"data": "{}".encode("utf-16"), "content_type": "application/json; charset=utf-16"}, 415, "unsupported-media-type"),
    ("POST", "/lists/siecibp/topics", {"data": gzip.compress(b"{}"), "content_type": "application/json", "headers": {"Content-Encoding": "gzip"}}, 415, "unsupported-media-type"),
    ("POST", "/lists/siecibp/topics", {"data": b"{}", "content_type": "application/json; charset=UTF-8"}, 422, "invalid"),
    ("POST", "/lists/siecibp/topics", {"json": {"slug": "a\0b", "title": "x"}}, 422, "invalid"),
    ("POST", "/lists/siecibp/topics", {"data": b'{"slug": "x", "title": "\\ud800"}', "content_type": "application/json"}, 400, "bad-request"),
    ("POST", "/lists/siecibp/topics", {"json": {"slug": "x", "title": "y" * 70_000}}, 413, "too-large"),
    ("POST", "/lists/siecibp/held/1/discard", {"data": b"x"}, 400, "bad-request"),
    ("GET", "/lists/siecibp/members/99999999999999999999", {}, 404, "not-found"),
    ("GET", "/lists/siecibp/topics/%00", {}, 404, "not-found"),
)


def test_what_cannot_be_understood_is_said_and_changes_nothing(owner):
    for method, path, more, status, kind in REFUSED:
        assert word(owner.ask(method, path, status, **more)) == kind, (method, path)


def test_our_own_fault_says_nothing_of_itself(owner, monkeypatch, caplog):
    monkeypatch.setattr("listserv.store.apipages.lists_after", lambda *_: 1 / 0)

    answer = owner.ask("GET", "/lists", 500)

    assert word(answer) == "internal" and "division" not in json.dumps(answer)
    assert "division by zero" in caplog.text


def test_while_the_database_is_away_a_program_is_told_when_to_ask_again(app, owner, site, monkeypatch, caplog):
    monkeypatch.setattr(site, "reading", away)

    answer = owner.get("/api/v1/lists")

    assert (answer.status_code, answer.mimetype, answer.headers["Retry-After"]) == (503, "application/problem+json", "60")
    assert word(answer.json) == "unavailable"
    assert "the disk is gone" in caplog.text and "Traceback" not in caplog.text


def away():
    raise OperationalError("SELECT", {}, OSError("the disk is gone"))


# ---- methods and headers ------------------------------------------------------------------------------------


def test_answers_are_kept_by_nobody_and_given_to_no_other_site(owner, app):
    answer = owner.get("/api/v1/me", headers={"Origin": "https://evil.example.net"})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Vary"] == "Authorization"
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert "Set-Cookie" not in answer.headers
    preflight = app.test_client().options("/api/v1/me", headers={"Origin": "https://evil.example.net", "Access-Control-Request-Method": "PATCH"})
    assert preflight.headers["Allow"] == "GET, HEAD, OPTIONS, PATCH"
    assert (preflight.status_code, preflight.get_data(), "Content-Type" in preflight.headers) == (204, b"", False)
    assert not [name for name, _ in preflight.headers if name.startswith("Access-Control")]


def test_head_is_get_without_its_body(owner):
    got, head = owner.get("/api/v1/lists/siecibp"), owner.head("/api/v1/lists/siecibp")

    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"] and head.headers["Content-Length"] == got.headers["Content-Length"]
    assert owner.head("/api/v1/lists/nothing").status_code == 404


def test_the_document_is_for_everybody(app):
    answer = app.test_client().get("/api/v1/openapi.json")

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.headers["Cache-Control"].startswith("public")


# ---- pages --------------------------------------------------------------------------------------------------


def test_pages_stand_still_while_rows_are_added_and_taken_away(owner, site, network):
    with site.writing() as db:
        who = access.known_list(db, network)
        for number in range(7):
            add(db, who, f"czyta{number}@example.net", site.now())
    seen, path = [], "/lists/siecibp/members?limit=3"
    while path:
        answer = owner.get(f"/api/v1{path}")
        seen += [one["email"] for one in answer.json["items"]]
        with site.writing() as db:
            add(db, access.known_list(db, network), f"nowa{len(seen)}@example.net", site.now())
        if len(seen) == 3:
            owner.ask("DELETE", f"/lists/siecibp/members/{answer.json['items'][2]['id']}?letter=false", 204)
        link = answer.headers.get("Link", "")
        assert bool(link) is bool(answer.json["next"])
        path = link[1 : link.index(">")].removeprefix("https://lists.example.org/api/v1") if link and len(seen) < 15 else ""

    assert len(seen) == len(set(seen)) >= 15
    assert [one for one in seen if one.startswith("czyta")] == [f"czyta{number}@example.net" for number in range(7)]


def test_members_are_found_by_what_is_asked_of_them(owner):
    def emails(asked):
        return [one["email"] for one in owner.ask("GET", f"/lists/siecibp/members?{asked}")["items"]]

    assert emails("role=owner") == ["owner@example.org"]
    assert emails("email=HALINA@example.org") == ["halina@example.org"]
    assert emails("status=paused") == []
    assert len(emails("delivery=each")) == 4


def test_nobody_is_found_by_an_address_that_the_list_does_not_know(owner, site):
    with site.writing() as db:
        user = apitokens.user_at(db, "halina@example.org")
        db.add(Address(user=user, email="tajna@example.net", key="tajna@example.net", verified_at=site.now()))

    assert owner.ask("GET", "/lists/siecibp/members?email=tajna@example.net")["items"] == []


# ---- the same once more -------------------------------------------------------------------------------------


def topics(site):
    with site.reading() as db:
        return sorted(topic.slug for topic in db.query(Topic))


def test_the_same_key_does_it_once_and_answers_the_same(owner, moderator, site):
    sent = {"slug": "nowy", "title": "Nowy"}
    key = {"Idempotency-Key": "klucz-1"}

    first = owner.post("/api/v1/lists/siecibp/topics", json=sent, headers=key)
    again = owner.post("/api/v1/lists/siecibp/topics", json=sent, headers=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert (first.headers["Location"], first.headers["ETag"]) == (again.headers["Location"], again.headers["ETag"])
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert word(owner.ask("POST", "/lists/siecibp/topics", 422, json={"slug": "inny", "title": "Inny"}, headers=key)) == "key-reused"
    # The key is this token's own; and without a key it is done again.
    assert word(moderator.ask("POST", "/lists/siecibp/topics", 409, json=sent, headers=key)) == "conflict"
    assert word(owner.ask("POST", "/lists/siecibp/topics", 409, json=sent)) == "conflict"
    assert topics(site) == ["nowy", "tik"]


def test_whoever_has_lost_the_right_is_not_told_again_what_they_did(owner, moderator, site, network):
    key = {"Idempotency-Key": "once"}
    moderator.ask("POST", "/lists/siecibp/members", 201, json={"email": "nowa@example.net"}, headers=key)
    assert moderator.ask("POST", "/lists/siecibp/members", 201, json={"email": "nowa@example.net"}, headers=key)
    there = owner.ask("GET", "/lists/siecibp/members?email=mod@example.org")["items"][0]["id"]
    owner.ask("PATCH", f"/lists/siecibp/members/{there}", json={"role": "member"})

    moderator.ask("POST", "/lists/siecibp/members", 404, json={"email": "nowa@example.net"}, headers=key)


def test_what_was_refused_may_be_tried_again_with_its_key(owner, site):
    key = {"Idempotency-Key": "klucz-2"}
    owner.ask("POST", "/lists/siecibp/topics", 409, json={"slug": "tik", "title": "Drugi"}, headers=key)
    owner.ask("DELETE", "/lists/siecibp/topics/tik", 204)

    assert owner.ask("POST", "/lists/siecibp/topics", 201, json={"slug": "tik", "title": "Drugi"}, headers=key)["title"] == "Drugi"


def test_a_key_is_forgotten_after_a_day(owner, site, clock):
    sent, key = {"slug": "nowy", "title": "Nowy"}, {"Idempotency-Key": "klucz-3"}
    owner.ask("POST", "/lists/siecibp/topics", 201, json=sent, headers=key)
    clock.move(hours=25)

    assert word(owner.ask("POST", "/lists/siecibp/topics", 409, json=sent, headers=key)) == "conflict"


def test_at_once_it_is_still_done_once(owner, app, site, network):
    """Eight at the same moment, on either database: one does it, the others get its answer."""

    def ask(number):
        return program(app, owner.secret).post(
            "/api/v1/lists/siecibp/members", json={"email": "nowa@example.net", "name": "Nowa"}, headers={"Idempotency-Key": "razem"}
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.get_data() for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 7


@pytest.mark.parametrize("key", ["x" * 201, "żółw"])
def test_a_key_is_short_and_plain(owner, key):
    said = key.encode().decode("latin-1")
    assert word(owner.ask("POST", "/lists/siecibp/topics", 400, json={"slug": "x", "title": "X"}, headers={"Idempotency-Key": said})) == "bad-request"


# ---- marks --------------------------------------------------------------------------------------------------


def test_whoever_has_not_seen_a_change_does_not_undo_it(owner, moderator):
    mark = owner.get("/api/v1/lists/siecibp/topics/tik").headers["ETag"]
    assert owner.get("/api/v1/lists/siecibp/topics/tik", headers={"If-None-Match": mark}).status_code == 304

    moderator.ask("PATCH", "/lists/siecibp/topics/tik", json={"title": "Inny"}, headers={"If-Match": mark})

    assert word(owner.ask("PATCH", "/lists/siecibp/topics/tik", 412, json={"title": "Trzeci"}, headers={"If-Match": mark})) == "precondition-failed"
    owner.ask("DELETE", "/lists/siecibp/topics/tik", 412, headers={"If-Match": mark})
    assert owner.ask("GET", "/lists/siecibp/topics/tik")["title"] == "Inny"
    owner.ask("DELETE", "/lists/siecibp/topics/tik", 204, headers={"If-Match": "*"})


CHANGES = (
    ("/lists/siecibp", {"title": "Inny", "max_size": 5}),
    ("/lists/siecibp/members/3", {"delivery": "digest", "moderated": True}),
    ("/me", {"timezone": "Europe/Warsaw"}),
    ("/me/memberships/siecibp", {"status": "paused", "paused_until": "2026-05-01", "own_threads": True}),
)


def test_the_mark_of_a_change_is_that_of_what_it_made(owner):
    for path, sent in CHANGES:
        changed = owner.patch(f"/api/v1{path}", json=sent)
        got = owner.get(f"/api/v1{path}")
        assert changed.status_code == 200
        assert (changed.headers["ETag"], changed.json) == (got.headers["ETag"], got.json)


# ---- limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["PER_TOKEN", "PER_NETWORK"])
def test_too_much_is_refused_for_a_while(owner, monkeypatch, name):
    monkeypatch.setattr(callers, name, 2)
    for _ in range(2):
        owner.ask("GET", "/lists/siecibp")

    answer = owner.get("/api/v1/lists/siecibp")

    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 600


def test_writing_has_a_limit_of_its_own(owner, halina, monkeypatch):
    monkeypatch.setattr(callers, "WRITES_PER_TOKEN", 2)
    for delivery in ("none", "each"):
        owner.ask("PATCH", "/me/memberships/siecibp", json={"delivery": delivery})

    answer = owner.patch("/api/v1/me/memberships/siecibp", json={"delivery": "none"})

    assert (answer.status_code, word(answer.json)) == (429, "too-many-requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    owner.ask("GET", "/me")
    halina.ask("PATCH", "/me/memberships/siecibp", json={"delivery": "none"})


def test_what_other_processes_have_counted_counts(owner, site, monkeypatch):
    monkeypatch.setattr(callers, "PER_TOKEN", 50)
    number = owner.ask("GET", "/me/token")["id"]
    with site.writing() as db:
        limits.add(db, "search", f"api token {number}", site.now(), callers.WINDOW, 50)

    owner.ask("GET", "/me", 429)


def test_guessing_tokens_ends_soon_and_keeps_nobody_out(owner, app, monkeypatch):
    monkeypatch.setattr(callers, "WRONG_PER_NETWORK", 3)
    guess = program(app, "lst_" + "A" * 43)

    assert [guess.get("/api/v1/me").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    owner.ask("GET", "/me")


def test_a_caller_is_never_more_than_their_person():
    caller = Caller(1, "Ewa", "pl", "", False, token_id=1, scopes=frozenset(("read", "admin")))

    assert caller.actor.administrator is False
    assert caller.actor.door == access.Door.API
