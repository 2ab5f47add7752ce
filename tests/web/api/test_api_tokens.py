"""Tokens: made at /me and at the console, shown once, good for a while, taken back; and what becomes of them when their person goes."""

import re

import pytest

from listserv.errors import Conflict, Invalid
from listserv.store.apitokens import ApiAnswer, ApiToken
from listserv.store.erasing import forget_rows
from listserv.store.moderation import Journal
from listserv.usecases import apitokens, housekeeping, privacy
from listserv.usecases.access import CONSOLE
from listserv.usecases.apitokens import Wanted
from tests.cli.conftest import run, run_in  # noqa: F401
from tests.web.api.api_world import app, halina, owner, program, token  # noqa: F401
from tests.web.readers import letters, signed_in

SECRET = re.compile(r"lst_[A-Za-z0-9_-]{43}")


def rows(site):
    with site.reading() as db:
        return [(row.name, row.scopes, row.revoked_at is None) for row in db.query(ApiToken).order_by(ApiToken.id)]


# ---- at /me -------------------------------------------------------------------------------------------------


def test_a_token_is_made_at_me_shown_once_and_taken_back(app, site, network):
    browser = signed_in(app, site, "halina@example.org")

    made = browser.send("/me/tokens", name="Arkusz spotkań", scope=["read", "write"], days="30")

    secret = SECRET.search(made.get_data(as_text=True))[0]
    assert made.headers["Cache-Control"] == "no-store"
    assert not SECRET.search(browser.page("/me/tokens"))
    assert program(app, secret).ask("GET", "/me/token")["scopes"] == ["read", "write"]
    to, text = letters(site)[-1]
    assert to == "halina@example.org" and "Arkusz spotk" in text and secret not in text
    with site.reading() as db:
        assert secret.encode() not in str([list(row) for row in db.execute(ApiToken.__table__.select())]).encode()
        assert [row.what for row in db.query(Journal).order_by(Journal.id.desc()).limit(1)] == ["token-made"]

    number = re.search(r'name="end" value="(\d+)"', browser.page("/me/tokens"))[1]
    assert browser.send("/me/tokens", end=number).status_code == 303
    assert program(app, secret).ask("GET", "/me", 401)["detail"].startswith("This token is unknown")


def test_nobody_takes_back_or_sees_what_is_somebody_elses(app, site, network):
    token(site, "owner@example.org", name="tajny")
    browser = signed_in(app, site, "halina@example.org")

    assert browser.send("/me/tokens", end="1").status_code == 404
    assert "tajny" not in browser.page("/me/tokens")
    assert app.test_client().get("/me/tokens").status_code == 303
    assert rows(site)[0][2] is True


@pytest.mark.parametrize("fields", [{"name": ""}, {"scope": []}, {"scope": ["root"]}, {"days": "366"}, {"days": "0"}, {"days": "x"}, {"scope": ["admin"]}])
def test_a_form_that_lacks_something_says_so_and_makes_nothing(app, site, network, fields):
    browser = signed_in(app, site, "halina@example.org")

    answer = browser.send("/me/tokens", **{"name": "x", "scope": ["read"], "days": "30"} | fields)

    assert answer.status_code == 400 and 'role="alert"' in answer.get_data(as_text=True)
    assert rows(site) == []


# ---- the verb -----------------------------------------------------------------------------------------------


def test_a_token_ends_when_it_said_and_a_year_is_the_most(app, site, network, clock):
    secret = token(site, "halina@example.org", days=365)
    clock.move(days=364)
    program(app, secret).ask("GET", "/me")
    clock.move(days=1, seconds=1)
    program(app, secret).ask("GET", "/me", 401)
    for days in (0, -1, 366):
        with pytest.raises(Invalid), site.writing() as db:
            apitokens.issue(db, apitokens.user_at(db, "halina@example.org"), Wanted("x", ("read",), days), CONSOLE, site.now())


def test_nobody_has_more_tokens_than_anybody_needs(site, network, monkeypatch):
    monkeypatch.setattr(apitokens, "MOST", 2)
    token(site, "halina@example.org")
    token(site, "halina@example.org")
    with pytest.raises(Conflict):
        token(site, "halina@example.org")


def test_only_administrators_have_a_token_that_administers(site, network):
    with pytest.raises(Invalid):
        token(site, "owner@example.org", ("read", "admin"))


@pytest.mark.parametrize("said", ["", "Basic bHN0Og==", "Bearer", "Bearer lst_short", "Bearer " + "x" * 5000, "lst_" + "A" * 43, "Bearer lst_" + "ą" * 43])
def test_what_is_no_token_opens_nothing(app, site, network, said):
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": said.encode().decode("latin-1")})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_that_is_signed_in_is_nobody_to_the_api(app, site, network):
    browser = signed_in(app, site, "owner@example.org")

    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post("/api/v1/lists/siecibp/topics", json={"slug": "x", "title": "X"}).status_code == 401


def test_a_token_takes_itself_back(halina):
    halina.ask("DELETE", "/me/token", 204)
    halina.ask("GET", "/me", 401)


def test_its_last_use_is_known_to_the_hour(halina, site, clock):
    def used():
        with site.reading() as db:
            return db.query(ApiToken).one().used_at

    halina.ask("GET", "/me")
    first = used()
    clock.move(minutes=50)
    halina.ask("GET", "/me")
    assert used() == first
    clock.move(minutes=20)
    halina.ask("GET", "/me")
    assert used() == site.now()


# ---- going --------------------------------------------------------------------------------------------------


def test_who_is_erased_leaves_no_token_and_no_answer(halina, owner, site):
    halina.ask("POST", "/me/memberships", 202, json={"list": "siecibp", "words": "Jestem."}, headers={"Idempotency-Key": "k"})
    with site.writing() as db:
        user = apitokens.user_at(db, "halina@example.org")
        forget_rows(db, user.id, {"halina@example.org"})

    halina.ask("GET", "/me", 401)
    owner.ask("GET", "/me")
    with site.reading() as db:
        assert (db.query(ApiToken).count(), db.query(ApiAnswer).count()) == (1, 0)


def test_a_persons_export_names_their_tokens_without_what_they_open(halina, site):
    with site.reading() as db:
        told = privacy.collect(db, apitokens.user_at(db, "halina@example.org").id)["tables"]["api_token"]

    assert [(row["name"], row["scopes"]) for row in told] == [("tests", "read write moderate")]
    assert "hash" not in told[0]


def test_what_has_ended_long_ago_is_forgotten(halina, owner, site, clock):
    halina.ask("POST", "/me/memberships", 202, json={"list": "siecibp", "words": "Jestem."}, headers={"Idempotency-Key": "k"})
    halina.ask("DELETE", "/me/token", 204)
    clock.move(days=31)
    with site.writing() as db:
        housekeeping.tidy(db, site.now(), 100)

    with site.reading() as db:
        assert ([row.user_id for row in db.query(ApiToken)], db.query(ApiAnswer).count()) == ([1], 0)


# ---- at the console -----------------------------------------------------------------------------------------


def test_the_console_makes_shows_and_takes_back(run, app, site, network):
    secret = run("token", "add", "halina@example.org", "--name", "kopia", "--scope", "write", "--days", "10").out.strip()

    assert program(app, secret).ask("GET", "/me/token")["scopes"] == ["read", "write"]
    shown = run("token", "ls", "halina@example.org", "--json")
    assert [(one["name"], one["state"], one["scopes"]) for one in shown.json] == [("kopia", "good", ["read", "write"])]
    assert secret not in shown.out and "kopia" in run("token", "ls", "halina@example.org").out
    assert run("token", "remove", "halina@example.org", shown.json[0]["id"]).out == "taken back: kopia\n"
    program(app, secret).ask("GET", "/me", 401)
    assert SECRET.fullmatch(run("token", "add", "halina@example.org", "--json").json["token"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ls", "nobody@example.org"), 3),
        (("add", "halina@example.org", "--days", "400"), 2),
        (("add", "halina@example.org", "--scope", "admin"), 2),
        (("remove", "halina@example.org", "77"), 3),
    ],
)
def test_the_console_refuses_in_one_line(run, site, network, words, code):
    done = run("token", *words)

    assert (done.code, len(done.err.strip().splitlines())) == (code, 1)
