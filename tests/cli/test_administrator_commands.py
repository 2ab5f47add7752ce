"""`administrator`, and what `queue` does to what is called by a kind and a number."""

import json

import pytest

from listserv.store.queue import Delivery, Incoming, Letter, State
from listserv.usecases import sitejournal
from tests.web.keepers import letter_of, noted, set_aside, trouble


def test_administrators_are_named_and_released_but_never_the_last(run, network, site):
    assert run("administrator", "ls", "--json").json == []
    assert run("administrator", "name", "halina@example.org").code == 0
    assert run("administrator", "name", "nobody@example.org").code == 3
    last = run("administrator", "release", "halina@example.org")
    assert last.code == 6 and "Nobody else keeps this server" in last.err
    run("administrator", "name", "marek@example.org")
    assert run("administrator", "release", "halina@example.org").code == 0
    assert [row["email"] for row in run("administrator", "ls", "--json").json] == ["marek@example.org"]
    assert len(noted(site, "administrator-named")) == 2


def test_what_waits_is_shown_and_tried_again_by_kind_and_number(run, network, site, now):
    made = trouble(site, now)

    assert run("queue", "show", f"post:{made['post']}", "--json").json[0]["deliveries"] == {"sent": 0, "pending": 1, "failed": 0}
    assert run("queue", "show", f"post={made['post']}").out == run("trace", f"post:{made['post']}").out
    assert run("queue", "show", f"letter:{made['letter']}", "--json").json[0]["state"] == "pending"
    assert run("queue", "show", str(made["aside"]), "--json").json[0]["state"] == "shunted"
    assert [run("queue", "show", word).code for word in ("x", "post:0x", "post:99", "letter:99", "99")] == [2, 2, 3, 3, 3]

    # The command has a clock of its own.
    later = 10**14
    with site.writing() as db:
        db.query(Delivery).one().due = db.get(Letter, made["letter"]).due = later
    for kind in ("post", "letter"):
        assert run("queue", "retry", f"{kind}:{made[kind]}").out == f"{kind} {made[kind]} will be tried again\n"
        assert run("queue", "retry", f"{kind}:99").code == 3
    with site.reading() as db:
        assert max(db.query(Delivery).one().due, letter_of(site, made["letter"]).due) < later
    assert run("queue", "retry", f"post:{made['post']}").code == 6


def test_a_letter_that_is_sent_or_in_hand_is_not_tried_again(run, network, site, now):
    made = trouble(site, now)
    for values in ({"holder": 7}, {"holder": None, "due": None, "code": 250}):
        with site.writing() as db:
            for name, value in values.items():
                setattr(letter := db.merge(letter_of(site, made["letter"])), name, value)
            db.flush()
            assert letter.id
        assert run("queue", "retry", f"letter:{made['letter']}").code == 6


def test_a_mail_is_thrown_away_with_a_reason(run, network, site, now):
    with site.writing() as db:
        number = set_aside(db, now)
    assert run("queue", "discard", number, "--reason", " ").code == 2
    assert run("queue", "discard", number, "--reason", "a loop").code == 0
    assert run("queue", "discard", number, "--reason", "again").code == 6 and run("queue", "discard", 99, "--reason", "x").code == 3
    with site.reading() as db:
        assert db.get(Incoming, number).state is State.DISCARDED
    found = run("trace", str(number), "--json").json[0]
    assert found["state"] == "discarded" and "thrown-away" in json.dumps(found["events"])
    assert noted(site, "thrown-away")[0].detail == "a loop"


def test_every_word_of_the_journal_of_the_site_has_a_kind():
    assert {kind for kind, _ in sitejournal.WHAT.values()} <= sitejournal.KINDS.keys()
    assert {"retried", "erased", "token-made", "passkey-added"} <= sitejournal.WHAT.keys()


@pytest.mark.only_sqlite
def test_a_quick_check_does_not_look_through_the_database(run, network, monkeypatch):
    monkeypatch.setattr("listserv.store.health.integrity", lambda db: "looked through")
    monkeypatch.setattr("listserv.cli.check.relay", lambda settings: iter(()) or __import__("listserv.usecases.checking", fromlist=["good"]).good("relay", "x"))
    monkeypatch.setattr("listserv.cli.check.doors", lambda settings: ())
    monkeypatch.setattr("listserv.usecases.dnschecks.about_dns", lambda *some: ())

    assert "looked through" not in run("check", "--quick").out and "looked through" in run("check").out
