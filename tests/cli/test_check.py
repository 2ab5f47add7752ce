"""`check`: one line for each thing looked at, with the mend."""

import base64
import socket
import threading

import pytest

from listserv import config, demo
from listserv.dns import Resolver
from listserv.usecases import checking, dnschecks
from listserv.usecases.checking import State
from tests.keys import rsa_key
from tests.nameserver import NameServer
from tests.serving import ROOT

GOOD = {
    ("lists.example.org", "MX"): ["10 mx.example.org."],
    ("mx.example.org", "A"): ["192.0.2.25"],
    ("25.2.0.192.in-addr.arpa", "PTR"): ["mx.example.org."],
    ("lists.example.org", "TXT"): ['"v=spf1 mx -all"'],
    ("_dmarc.lists.example.org", "TXT"): ['"v=DMARC1; p=reject"'],
}


@pytest.fixture
def names():
    server = NameServer()
    server.records = dict(GOOD)
    yield server
    server.close()


def states(settings, names, relay_host="", **more):
    relay = settings.relay.model_copy(update=more)
    asked = settings.model_copy(update={"auth": settings.auth.model_copy(update={"dns": names.address}), "relay": relay})
    found = list(dnschecks.about_dns(asked, Resolver(names.address), relay_host))
    assert all(finding.mend for finding in found if finding.state is not State.GOOD)
    return {finding.what: finding.state.value for finding in found}


def test_a_domain_that_is_well_published_is_good(settings, names):
    assert states(settings, names) == {"mx": "good", "spf": "good", "dkim": "unknown", "dmarc": "good", "ptr": "good"}


@pytest.mark.parametrize(
    ("gone", "instead", "what", "state"),
    [
        (("lists.example.org", "MX"), None, "mx", "bad"),
        (("mx.example.org", "A"), None, "mx", "bad"),
        (("lists.example.org", "MX"), ["0 ."], "mx", "bad"),
        (("lists.example.org", "TXT"), None, "spf", "bad"),
        (("lists.example.org", "TXT"), ['"v=spf1 -all"', '"v=spf1 mx -all"'], "spf", "bad"),
        (("lists.example.org", "TXT"), ['"v=spf1 +all"'], "spf", "warning"),
        (("lists.example.org", "TXT"), ['"v=spf10 -all"'], "spf", "bad"),
        (("_dmarc.lists.example.org", "TXT"), None, "dmarc", "warning"),
        (("25.2.0.192.in-addr.arpa", "PTR"), None, "ptr", "bad"),
        (("25.2.0.192.in-addr.arpa", "PTR"), ["elsewhere.example."], "ptr", "bad"),
    ],
)
def test_what_is_missing_is_found_with_its_mend(settings, names, gone, instead, what, state):
    names.records.pop(gone)
    if instead:
        names.records[gone] = instead

    assert states(settings, names)[what] == state


def test_the_relays_own_name_is_looked_up_where_it_is_another_machine(settings, names):
    assert states(settings, names, "relay.example.net")["ptr"] == "unknown"
    names.records[("relay.example.net", "A")] = ["192.0.2.7"]
    assert states(settings, names, "mx.example.org")["ptr"] == "good"


def test_a_resolver_that_does_not_answer_is_no_verdict(settings, names):
    names.silent = {name for name, _ in GOOD}
    asked = settings.model_copy(update={"auth": settings.auth.model_copy(update={"dns": names.address})})

    found = list(dnschecks.about_dns(asked, Resolver(names.address, timeout=0.1), ""))

    assert {finding.state for finding in found} == {State.UNKNOWN}


def test_a_published_key_is_compared_with_ours(settings, names, tmp_path):
    private, record = rsa_key()
    (tmp_path / "key.pem").write_bytes(private)
    mine = {"dkim_key": str(tmp_path / "key.pem"), "dkim_selector": "s1"}

    assert states(settings, names, **mine)["dkim"] == "bad"
    names.records[("s1._domainkey.lists.example.org", "TXT")] = [f'"{record}"']
    assert states(settings, names, **mine)["dkim"] == "good"
    names.records[("s1._domainkey.lists.example.org", "TXT")] = [f'"v=DKIM1; p={base64.b64encode(b"other").decode()}"']
    assert states(settings, names, **mine)["dkim"] == "bad"


def test_a_domain_on_paper_is_not_asked_about(settings):
    settings = settings.model_copy(update={"auth": settings.auth.model_copy(update={"dns": ""})})

    assert [(f.what, f.state) for f in dnschecks.about_dns(settings, Resolver(), "")] == [("dns", State.UNKNOWN)]


def test_a_clock_behind_its_own_database_is_bad(now, clock):
    assert checking.about_clock(now, None).state is not State.BAD
    assert checking.about_clock(now, clock.move(minutes=1)).state is State.BAD
    assert checking.about_clock(now.replace(year=1970), None).state is State.BAD


class Greeter(threading.Thread):
    """Somebody on a port, who says the same to everybody."""

    def __init__(self, words: bytes) -> None:
        super().__init__()
        self.socket, self.words = socket.create_server(("127.0.0.1", 0)), words
        self.place = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.start()

    def run(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            with connection:
                connection.settimeout(0.1)
                connection.sendall(self.words)
                try:
                    connection.recv(100)
                except TimeoutError:
                    return

    def close(self) -> None:
        with socket.create_connection(self.socket.getsockname()):
            self.join()
        self.socket.close()


@pytest.fixture
def greet():
    started = []

    def start(words: bytes) -> str:
        started.append(Greeter(words))
        return started[-1].place

    yield start
    for greeter in started:
        greeter.close()


def test_every_thing_is_a_line_and_broken_ones_make_the_exit_code(run):
    done = run("check")
    lines = done.out.splitlines()

    assert {"secret", "database", "clock", "disk", "relay", "smtp", "lmtp", "web"} <= {line.split()[1] for line in lines}
    assert all(" — " in line for line in lines if not line.startswith("ok"))
    found = {one["what"]: one["state"] for one in run("check", "--json").json}
    assert (found["relay"], found["database"], found["secret"]) == ("warning", "good", "bad")
    assert done.code == 1


def test_a_relay_that_is_away_and_a_port_that_is_taken_are_broken(run, greet, monkeypatch):
    monkeypatch.setenv("LISTSERV_RELAY_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("LISTSERV_SMTP_LISTEN", greet(b"220 mx.example.org ESMTP Another\r\n"))
    monkeypatch.setenv("LISTSERV_LMTP_LISTEN", greet(b"220 lists.example.org listserv\r\n"))
    monkeypatch.setenv("LISTSERV_WEB_LISTEN", "")

    done = run("check", "--json")

    assert {one["what"]: one["state"] for one in done.json}.items() >= {"relay": "bad", "smtp": "bad", "lmtp": "good"}.items()
    assert done.code == 1


def test_the_door_of_another_site_on_this_machine_is_not_ours(run, greet, monkeypatch):
    monkeypatch.setenv("LISTSERV_SITE_DOMAIN", "lists.example.org")
    monkeypatch.setenv("LISTSERV_SMTP_LISTEN", greet(b"220 Lists.Example.org listserv\r\n"))
    monkeypatch.setenv("LISTSERV_LMTP_LISTEN", greet(b"220 other.example.net listserv\r\n"))

    found = {one["what"]: one for one in run("check", "--json").json}

    assert (found["smtp"]["state"], found["lmtp"]["state"]) == ("good", "bad")
    assert "listserv answers there for another site (other.example.net)" in found["lmtp"]["found"]


@pytest.mark.parametrize(("name", "states"), [("Listy", [State.WARNING]), ("Listserv", [State.WARNING]), ("Sieć BP", [])])
def test_a_site_that_nobody_has_named_is_told_so(settings, name, states):
    named = settings.model_copy(update={"site": settings.site.model_copy(update={"name": name})})

    assert [found.state for found in checking.about_settings(named) if found.what == "name"] == states


@pytest.mark.parametrize(("called", "typed"), [("/usr/lib/x/listserv/__main__.py", " -m listserv"), ("/opt/bin/listserv", "/opt/bin/listserv")])
def test_the_demonstration_names_a_command_that_there_is(monkeypatch, called, typed):
    monkeypatch.setattr("sys.argv", [called, "demo"])

    assert demo.program().endswith(typed) and "__main__" not in demo.program()


def test_a_site_without_a_database_is_told_how_to_make_one(run_in, tmp_path):
    done = run_in(tmp_path, "check")

    assert done.code == 1
    assert any(line.startswith("BAD") and "database" in line for line in done.out.splitlines())


def test_a_short_secret_and_half_a_certificate_are_bad(settings):
    poor = config.validated({"smtp": {"tls_cert": "x"}, "site": {"secret": "x"}}, settings.data)

    assert {f.what: f.state for f in checking.about_settings(poor)} == {
        "secret": State.BAD, "name": State.WARNING, "owner": State.WARNING, "url": State.WARNING, "tls": State.BAD, "auth": State.WARNING,
    }  # fmt: skip


def test_settings_that_others_can_read_are_told(settings):
    long = settings.model_copy(update={"site": settings.site.model_copy(update={"secret": "x" * 32})})
    (long.data / config.FILE).touch(0o644)

    assert next(checking.about_settings(long)).mend.startswith("chmod 600")


def test_the_postfix_settings_name_our_door_and_domain(run):
    text = run("check", "--postfix").out

    assert "relay_domains = lists.example.org" in text
    assert "lists.example.org = lmtp:inet:127.0.0.1:8024" in text
    assert "message_size_limit = 26279936" in text


def test_the_example_for_postfix_is_what_is_printed(settings):
    plain = config.Settings.model_validate({"site": {"domain": "lists.example.org"}})

    assert (ROOT / "deploy" / "postfix" / "main.cf").read_text("utf-8") == checking.postfix(plain)


@pytest.mark.parametrize(
    ("lmtp", "smtp", "told"),
    [
        ("", "127.0.0.1:2525", "smtp:[127.0.0.1]:2525"),
        ("", "[::1]:2525", "smtp:[::1]:2525"),
        ("", "0.0.0.0:2525", "smtp:[127.0.0.1]:2525"),
        ("0.0.0.0:24", "127.0.0.1:2525", "lmtp:inet:127.0.0.1:24"),
        ("[::]:24", "", "lmtp:inet:[::1]:24"),
    ],
)
def test_postfix_is_sent_to_the_door_that_is_open(settings, lmtp, smtp, told):
    doors = {"lmtp": settings.lmtp.model_copy(update={"listen": lmtp}), "smtp": settings.smtp.model_copy(update={"listen": smtp})}

    assert f"{{ lists.example.org = {told} }}" in checking.postfix(settings.model_copy(update=doors))


def test_postfix_is_sent_nowhere_where_no_door_is_open(run, monkeypatch):
    monkeypatch.setenv("LISTSERV_LMTP_LISTEN", "")
    monkeypatch.setenv("LISTSERV_SMTP_LISTEN", "")

    done = run("check", "--postfix")

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "lmtp.listen" in done.err


def test_a_large_mail_fits_into_postfixs_mailboxes_too(settings):
    large = settings.model_copy(update={"smtp": settings.smtp.model_copy(update={"max_size": 60_000_000})})

    assert "\nvirtual_mailbox_limit = 0\n" in checking.postfix(large)


def test_services_that_refuse_our_copies_are_named_with_what_they_said():
    assert checking.about_refusals([]).state is checking.State.GOOD

    found = checking.about_refusals(["example.net 5.7.26 550 unauthenticated", "example.com 5.7.1 no", "example.net 5.7.26 550 older"])
    assert found.state is checking.State.WARNING
    assert "2 mail services" in found.found
    assert "example.net, example.com" in found.found
    assert found.found.endswith("5.7.26 550 unauthenticated")
