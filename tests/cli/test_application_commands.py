"""`application` at the console, questions and consent among a list's settings, and what `due` tells of reminders."""

from datetime import UTC, datetime, timedelta

import pytest

from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, ApplicationState
from listserv.usecases import consents
from listserv.usecases.access import Actor, Door

BEGAN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def console(run):
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", "owner@example.org")
    return run


def add(site, email, state, **more):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        db.add(Application(list_id=mlist.id, email=email, key=email, state=state, applied_at=BEGAN, **more))


def test_questions_and_consent_are_settings_of_a_list(console):
    assert console("list", "set", "siecibp", "questions=Imię? | Skąd?", "consent=Zgadzam się.").code == 0
    shown = console("list", "show", "siecibp", "--json").json
    assert (shown["questions"], shown["consent"]) == ("Imię?\nSkąd?", "Zgadzam się.")
    assert console("list", "set", "siecibp", "questions=1|2|3|4|5|6").code == 2
    assert console("list", "set", "siecibp", "questions=").code == 0


def test_member_show_tells_who_agreed_to_what_when_and_how(console, site):
    console("member", "add", "siecibp", "anna@example.org")
    assert console("member", "show", "siecibp", "anna@example.org", "--json").json["consent"] == []
    with site.writing() as db:
        consents.record(db, list_by_name(db, "siecibp"), "Anna@example.org", consents.How.TICK, Actor(Door.WEB), BEGAN, language="en")
    (given,) = console("member", "show", "siecibp", "anna@example.org", "--json").json["consent"]

    assert (given["how"], given["door"], given["withdrawn"]) == ("tick", "web", None)
    assert "Sieć BP" in given["words"] and given["at"].startswith("2026-03-03T")
    assert "tick" in console("member", "show", "siecibp", "anna@example.org").out


def test_applications_are_listed_with_their_state_and_the_lapsed_ones_purged(console, site):
    add(site, "anna@example.org", ApplicationState.LAPSED, decided_at=BEGAN)
    add(site, "ewa@example.org", ApplicationState.AWAITING_MODERATOR, answers='[["Skąd?", "z Wymyślnej"]]')
    rows = console("application", "ls", "siecibp", "--json").json
    assert [(row["email"], row["state"]) for row in rows] == [("anna@example.org", "lapsed"), ("ewa@example.org", "awaiting_moderator")]
    assert rows[1]["answers"] == [{"question": "Skąd?", "answer": "z Wymyślnej"}]
    assert console("application", "purge", "siecibp", "--older", "0").out == "erased 1\n"
    assert [row["email"] for row in console("application", "ls", "siecibp", "--json").json] == ["ewa@example.org"]
    assert console("application", "ls", "nic").code == 3


def test_due_tells_of_reminders_before_they_are_written(console, site):
    add(site, "ewa@example.org", ApplicationState.AWAITING_MODERATOR)
    at = (BEGAN + timedelta(days=2)).isoformat()

    (row,) = console("due", "--at", at, "--json").json
    assert (row["what"], row["list"], row["who"], row["why"]) == ("reminder", "siecibp", "owner@example.org", "1 waiting")
    assert console("due", "--at", at, "--run").code == 0
    assert console("due", "--at", at, "--json").json == []
