"""`listserv webhook`: receivers of news, from the console."""

from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from listserv.worker.hooks import Hooks
from tests.receiver import Receiver, on_loopback


@pytest.fixture
def settings(settings):
    return on_loopback(settings)


def test_from_adding_to_removing(run, network, site, clock):
    with Receiver() as receiver:
        made = run("webhook", "add", "siecibp", receiver.url(), "--events", "posted,left", "--json").json
        assert run("webhook", "test", str(made["id"])).code == 0
        # The command line has a clock of its own.
        clock.at = datetime.now(UTC)
        Hooks(site, 0).drain()
        heard = receiver.heard[0]

    assert len(Verifier(made["secret"])._whsecret) == 32 and heard.type == "test"
    assert run("webhook", "ls", "--json").json == [
        {"id": made["id"], "list": "siecibp", "url": receiver.url(), "events": "posted left", "state": "active", "failures": 0}
    ]
    told = run("webhook", "deliveries", str(made["id"]), "--json").json
    assert [(one["event"], one["state"], one["code"], one["webhook_id"]) for one in told] == [("test", "sent", 204, heard.headers["webhook-id"])]
    assert run("webhook", "again", str(made["id"]), str(told[0]["id"])).code == 0
    assert run("webhook", "pause", str(made["id"])).code == 0
    assert run("webhook", "test", str(made["id"])).code == 2
    assert run("webhook", "resume", str(made["id"])).code == 0
    assert run("webhook", "secret", str(made["id"]), "--json").json["secret"] != made["secret"]
    assert run("webhook", "remove", str(made["id"])).code == 0
    assert run("webhook", "ls", "siecibp", "--json").json == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", "siecibp", "https://10.0.0.1/"), 2),
        (("add", "siecibp", "ftp://hooks.example.org/"), 2),
        (("add", "nothing", "https://hooks.example.org/"), 3),
        (("add", "https://hooks.example.org/"), 2),
        (("add", "--site", "siecibp", "https://hooks.example.org/"), 2),
        (("add", "siecibp", "https://hooks.example.org/", "--events", "everything"), 2),
        (("test", "7"), 3),
        (("deliveries", "7"), 3),
        (("remove", "7"), 3),
        (("ls", "nothing"), 3),
    ],
)
def test_what_cannot_be_done_is_one_line(run, network, words, code):
    done = run("webhook", *words)
    assert done.code == code
    assert len(done.err.splitlines()) == 1
