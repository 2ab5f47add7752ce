"""A list looked after by a program alone: who asks to join, what waits, who gets what; the same letters go out as from the pages."""

from listserv.store.moderation import Application, ApplicationState, Journal
from tests.web.api.api_world import admin, app, halina, moderator, owner  # noqa: F401

APPLICANT = "Nina Nowa <nina@example.net>"


def test_an_application_is_asked_answered_and_accepted(moderator, office, site):
    office.send(APPLICANT, "moderator_siecibp@lists.example.org", "Zgłoszenie", "Proszę o dopisanie, pracuję w bibliotece.", proven=True)
    office.send(APPLICANT, "siecibp-join@lists.example.org", "", "Proszę o dopisanie.", proven=True)
    waiting = moderator.ask("GET", "/lists/siecibp/applications?which=all")["items"]
    with site.writing() as db:
        db.query(Application).update({"state": ApplicationState.AWAITING_MODERATOR})
    one = waiting[0]
    assert (one["email"], one["name"]) == ("nina@example.net", "Nina Nowa")

    asked = moderator.ask("POST", f"/lists/siecibp/applications/{one['id']}/ask", json={"words": "Skąd Pani jest?"})
    accepted = moderator.ask("POST", f"/lists/siecibp/applications/{one['id']}/accept")

    assert (asked["state"], accepted["state"], accepted["decided_by"]) == ("asked", "admitted", "Zofia Lektura")
    assert moderator.ask("GET", "/lists/siecibp/members?email=nina@example.net")["items"][0]["role"] == "member"
    assert moderator.ask("POST", f"/lists/siecibp/applications/{one['id']}/reject", 409, json={})["detail"]
    assert moderator.ask("GET", "/lists/siecibp/applications")["items"] == []
    with site.reading() as db:
        assert {row.door for row in db.query(Journal).filter(Journal.what == "application-admitted")} == {"api"}


def test_a_held_post_is_read_and_let_through(moderator, halina, office):
    office.send("Obca <obca@example.net>", "siecibp@lists.example.org", "Pytanie", "Czy to tutaj?")
    (row,) = moderator.ask("GET", "/lists/siecibp/held")["items"]
    whole = moderator.ask("GET", f"/lists/siecibp/held/{row['id']}")
    assert (whole["subject"], whole["text"].strip(), whole["reasons"][0]["reason"]) == ("Pytanie", "Czy to tutaj?", "nonmember")

    done = moderator.ask("POST", f"/lists/siecibp/held/{row['id']}/accept", json={})

    assert (done["state"], done["decided_by"]) == ("published", "Zofia Lektura")
    assert moderator.ask("POST", f"/lists/siecibp/held/{row['id']}/discard", 409)
    assert moderator.ask("GET", "/lists/siecibp/held?which=decided")["items"][0]["id"] == row["id"]


def test_a_site_is_set_up_by_a_program_from_nothing(admin, owner):
    made = admin.ask("POST", "/lists", 201, json={"name": "nowa", "title": "Nowa lista", "language": "pl"})
    assert (made["address"], made["role"]) == ("nowa@lists.example.org", None)
    admin.ask("POST", "/lists/nowa/members", 201, json={"email": "owner@example.org", "role": "owner", "welcome": False})

    owner.ask("PATCH", "/lists/nowa", json={"joining": "open", "questions": "Skąd Pani jest?", "max_size": 0, "emergency": True})
    assert owner.ask("PATCH", "/lists/nowa", 422, json={"alias": "x@example.net"})
    told = owner.ask("GET", "/lists/nowa")
    assert (told["joining"], told["settings"]["emergency"], told["settings"]["max_size"], told["role"]) == ("open", True, 0, "owner")
    assert admin.ask("POST", "/lists", 409, json={"name": "NOWA", "title": "x"})
    assert admin.ask("POST", "/lists", 422, json={"name": "moderator", "title": "x"})


def test_a_member_steers_their_own_mail_and_leaves(halina, owner):
    said = {"delivery": "digest", "schedule": "weekly mon 08:00", "digest_least": 3, "digest_form": "plain", "own_threads": True, "preview": True}
    assert halina.ask("PATCH", "/me/memberships/siecibp", json=said).items() >= said.items()
    for wrong in ({"schedule": "sometimes"}, {"email": "owner@example.org"}, {"paused_until": "2026-05-01"}, {"status": "paused", "paused_until": "2020-01-01"}):
        halina.ask("PATCH", "/me/memberships/siecibp", 422, json=wrong)
    assert halina.ask("PATCH", "/me", json={"name": "Halina Nowa"})["name"] == "Halina Nowa"
    halina.ask("PATCH", "/me", 422, json={"timezone": "Nowhere/Land"})

    halina.ask("DELETE", "/me/memberships/siecibp", 204)

    halina.ask("GET", "/lists/siecibp", 404)
    assert owner.ask("GET", "/lists/siecibp/members?email=halina@example.org")["items"] == []
