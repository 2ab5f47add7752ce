"""A whole mail system on loopback: swaks -> Postfix -> LMTP -> listserv -> Postfix -> a sink, and Dovecot's Maildirs.

Postfix has nothing but what `listserv check --postfix` prints, and lines that say where the outside world is.
"""

import contextlib
import functools
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from listserv import cli
from tests import forking
from tests.keys import rsa_key
from tests.nameserver import NameServer
from tests.servers import dovecotserver, postfixserver
from tests.servers.dovecotserver import DOMAIN, Dovecot
from tests.servers.postfixserver import Postfix
from tests.serving import ROOT, Served, clean_environment, free_port, wait_for
from tests.smtp_sink import Sink

LIST = "siecibp@lists.example.org"
# Whoever sends from here is not of Postfix's own network.
OUTSIDE = "127.0.0.2"
PEOPLE = ("anna", "basia", "celina")


@dataclass
class System:
    """The servers of a test, and what one does with them."""

    data: Path
    postfix: Postfix
    dovecot: Dovecot
    sink: Sink
    names: NameServer
    key: bytes
    served: Served | None = None

    def start(self):
        self.served = Served(self.data, "--only", "smtp,worker")
        self.served.until("listserv ready")

    def stop(self):
        self.served.end()
        self.served = None

    def command(self, *words):
        """One command of the program; what it prints."""
        return commanded(self.data, *words)

    def swaks(self, to, sender, data, *more, outside=False):
        """Hand a mail to Postfix; what swaks says of it."""
        words = ["--local-interface", OUTSIDE] if outside else []
        command = ["swaks", "--server", f"127.0.0.1:{self.postfix.port}", "--to", to, "--from", sender, "--data", "-", "--no-strip-from", *words, *more]
        done = subprocess.run(command, input=data, capture_output=True)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def delivered(self, name, mark):
        """The mail with these bytes in it that Dovecot has put into a mailbox."""
        return wait_for(lambda: next((mail for mail in self.dovecot.mails(name) if mark in mail), None), 30)


def mail(name, subject, *, sender="", to=LIST, more=b"", body=b"Dzie\xc5\x84 dobry.\r\n"):
    """A mail of one of the people, as their program writes it."""
    head = f"From: {name.title()} <{sender or f'{name}@{DOMAIN}'}>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{subject.replace(' ', '.')}@{DOMAIN}>\r\n"
    date = "Date: Tue, 03 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    return more + (head + date + "\r\n").encode() + body


def printed_settings(data):
    """What `listserv check --postfix` says, as lines of main.cf."""
    command = [sys.executable, "-m", "listserv", "--data", str(data), "check", "--postfix"]
    printed = forking.run(command, check=True, capture_output=True, text=True, cwd="/", env=clean_environment(PYTHONPATH=str(ROOT))).stdout
    return postfixserver.settings_in(printed)


@pytest.fixture(scope="module")
def folder():
    """Postfix and Dovecot work under users of their own, and must get at their folders."""
    place = Path(tempfile.mkdtemp(prefix="listserv-servers-"))
    for part in (place, *(place / name for name in ("postfix", "dovecot"))):
        part.mkdir(exist_ok=True)
        os.chmod(part, 0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def system(folder):
    """Everything runs: a list with three people in Dovecot's mailboxes, one at the sink, one whose address is no more."""
    for server in (postfixserver, dovecotserver):
        if not server.is_there():
            pytest.skip(server.ABSENT)
    if not shutil.which("swaks"):
        pytest.skip("there is no swaks: install Debian's package")
    data, names = folder / "data", NameServer()
    key, record = rsa_key()
    publish(names, f"test._domainkey.{DOMAIN}", record)
    with Sink() as sink, Dovecot(folder / "dovecot", PEOPLE) as dovecot:
        lmtp = free_port()
        found(data, lmtp, names)
        outside = {"relayhost": f"[127.0.0.1]:{sink.port}", "virtual_mailbox_domains": DOMAIN, "virtual_transport": f"lmtp:inet:127.0.0.1:{dovecot.port}"}
        lines = {**printed_settings(data), **outside, "mynetworks": "127.0.0.1/32"}
        with Postfix(folder / "postfix", **lines) as postfix:
            made = System(data, postfix, dovecot, sink, names, key)
            settings = data / "listserv.toml"
            settings.write_text(settings.read_text().replace('url = "maildir:out"', f'url = "smtp://127.0.0.1:{postfix.port}"'))
            made.start()
            yield made
            if made.served:
                made.stop()
    names.close()


def publish(names, name, record):
    """A TXT record; one string of it has at most 255 letters."""
    names.records[name] = [" ".join(f'"{record[at : at + 200]}"' for at in range(0, len(record), 200))]


def commanded(data, *words):
    """What a command prints, run in this process: to read the program anew for each takes longer than all of them."""
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as printed:
        for name in [name for name in os.environ if name.startswith("LISTSERV_")]:
            patch.delenv(name)
        assert cli.run(["--data", str(data), *words]) == 0
    printed.flush()
    return printed.buffer.getvalue().decode()


def found(data, lmtp, names):
    """The site, its list and who is on it."""
    run = functools.partial(commanded, data)
    run("init", "--domain", "lists.example.org", "--url", "https://lists.example.org", "--lmtp", f"127.0.0.1:{lmtp}", "--smtp", "", "--web", "")
    settings = data / "listserv.toml"
    run("dkim", "make")
    told = {'dns = ""': f'dns = "{names.address}"', 'trust = ""': 'trust = "mx.example.org"',
            'dkim_key = ""': 'dkim_key = "dkim.pem"', 'dkim_selector = ""': 'dkim_selector = "listserv,listserv-ed25519"'}  # fmt: skip
    settings.write_text(functools.reduce(lambda text, pair: text.replace(*pair), told.items(), settings.read_text()))
    for record in json.loads(run("dkim", "show", "--json")):
        publish(names, record["name"], record["value"])
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", f"anna@{DOMAIN}")
    (data / "people.csv").write_text("email,name,role,delivery\n" + "".join(f"{who},,member,each\n" for who in (
        f"basia@{DOMAIN}", f"celina@{DOMAIN}", f"nobody-there@{DOMAIN}", "dorota@elsewhere.example.org")))  # fmt: skip
    run("member", "import", "siecibp", str(data / "people.csv"))
