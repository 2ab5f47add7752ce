"""The demonstration's stage: an example network in a temporary folder, its server process, the letters that come out."""

import email
import email.policy
import os
import secrets
import shutil
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import IO

from listserv.config import FILE, Settings, commented
from listserv.resources import folder
from listserv.site import Site
from listserv.store.lists import ThankYous
from listserv.store.members import DeliveryMode, Role
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from listserv.usecases.administration import NewList, NewMember

DOMAIN = "listy.example.org"
# The mail server in front of us, as far as the demonstration plays it: its word about senders is trusted.
FRONT = f"mx.{DOMAIN}"
MODERATORS = ("alina@biblioteka.example.org", "zofia@biblioteka.example.org")
PEOPLE = (
    NewMember(MODERATORS[0], "Alina Zakładka", Role.OWNER),
    NewMember(MODERATORS[1], "Zofia Lektura", Role.MODERATOR),
    NewMember("halina@biblioteka.example.org", "Halina Okładka"),
    NewMember("marek@szkola.example.org", "Marek Regał"),
    NewMember("ewa@poczta.example.org", "Ewa Fiszka"),
    NewMember("jan@miasto.example.org", "Jan Przypis"),
    NewMember("irena@czytelnia.example.org", "Irena Czytelna", delivery=DeliveryMode.DIGEST),
)
EACH = len([person for person in PEOPLE if person.delivery is DeliveryMode.EACH])
PATIENCE = 20.0


class Failed(Exception):
    """A step did not end as it should."""


@dataclass
class Demo:
    """A site in a temporary folder, its server process, and the letters that have come out."""

    data: Path
    settings: Settings
    server: subprocess.Popen[str]
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    seen: dict[str, EmailMessage] = field(default_factory=dict)

    def send(self, name: str) -> None:
        """Send one of the prepared letters in by SMTP, as the mail server in front would."""
        text = (folder("templates") / "demo" / f"{name}.eml").read_text("utf-8")
        text = text.replace("{run}", self.run).replace("{domain}", DOMAIN).replace("{date}", format_datetime(datetime.now(UTC)))
        self.deliver(text.replace("\n", "\r\n").encode())

    def deliver(self, raw: bytes) -> None:
        """Hand a mail to the server, with the line that the mail server in front adds about its sender."""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        sender, to = mail["From"].addresses[0].addr_spec, mail["To"].addresses[0].addr_spec
        result = f"Authentication-Results: {FRONT}; dmarc=pass header.from={sender.rpartition('@')[2]}\r\n"
        host, port = self.settings.smtp.listen.rsplit(":", 1)
        with smtplib.SMTP(host, int(port), timeout=PATIENCE) as smtp:
            smtp.sendmail(sender, [to], result.encode() + raw, mail_options=["BODY=8BITMIME"])

    def answer(self, letter: EmailMessage, words: str) -> None:
        """Reply to a letter, as any mail program does."""
        reply = EmailMessage(policy=email.policy.SMTP)
        reply["From"], reply["To"] = letter["Delivered-To"], letter["Reply-To"] or letter["From"]
        reply["Subject"], reply["Date"] = f"Odp: {letter['Subject']}", format_datetime(datetime.now(UTC))
        reply["Message-ID"] = f"<demo.{secrets.token_hex(6)}@example.org>"
        reply["In-Reply-To"] = letter["Message-ID"]
        reply.set_content(f"{words}\n")
        self.deliver(reply.as_bytes())

    def letters(self) -> list[EmailMessage]:
        """All letters that have come out, oldest first."""
        for path in sorted((self.data / "out" / "new").glob("*")):
            if path.name not in self.seen:
                read = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
                self.seen[path.name] = read
        return list(self.seen.values())

    def expect(self, what: str, wanted: Callable[[EmailMessage], bool], count: int = 1) -> list[EmailMessage]:
        """Wait until so many such letters have come out. Raises Failed."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = [letter for letter in self.letters() if wanted(letter)]
            if len(found) >= count:
                return found
            if self.server.poll() is not None:
                raise Failed("the server has ended")
            time.sleep(0.05)
        raise Failed(f"waited in vain for {what}")


def free_port(wanted: int) -> int:
    """The wanted port of this machine, or another where somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Failed("no port is free")


def settings_in(data: Path) -> Settings:
    """The demonstration's settings: Polish, everything on this machine, every letter a file."""
    web = f"127.0.0.1:{free_port(8080)}"
    return Settings.model_validate(
        {
            "site": {"name": "Listy", "domain": DOMAIN, "url": f"http://{web}", "language": "pl", "secret": secrets.token_hex(32), "owner": MODERATORS[0]},
            "smtp": {"listen": f"127.0.0.1:{free_port(8025)}"},
            "lmtp": {"listen": f"127.0.0.1:{free_port(8024)}"},
            "web": {"listen": web},
            "auth": {"trust": FRONT},
            "data": data,
        }
    )


def found_network(settings: Settings) -> None:
    """Write the settings and make the example network: Polish, private, plainly invented people."""

    from listserv.store.migrating import upgrade

    (settings.data / FILE).write_text(commented(settings), "utf-8")
    upgrade(settings.database_url)
    site = Site(settings)
    with site.writing() as db:
        now = site.now()
        mlist = administration.create_list(db, NewList("siecibp", "Sieć BP", language="pl"), CONSOLE, now)
        mlist.description = "Lista bibliotek pedagogicznych. Pytamy, odpowiadamy, dzielimy się materiałami."
        mlist.thanks = ThankYous.COLLECT
        mlist.materials = mlist.meetings = mlist.surveys = True
        for slug, title in (("tik", "Lekcje i\xa0TIK"), ("zbiory", "Zbiory i\xa0katalog"), ("spotkania", "Spotkania")):
            administration.add_topic(db, mlist, slug, title, CONSOLE, now)
        for person in PEOPLE:
            administration.add_member(db, mlist, person, CONSOLE, now)
    site.close()


@contextmanager
def serving(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """`listserv serve` on the demonstration's data, ready; drained at the end."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("LISTSERV_")}
    log = (settings.data / "serve.log").open("w")
    command = [sys.executable, "-m", "listserv", "--data", str(settings.data), "serve"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True, env=environ)  # nosec B603: our own program, no words of anybody's
    assert server.stderr
    copying: threading.Thread | None = None
    try:
        copying = wait_until_ready(server, server.stderr, log)
        yield server
    finally:
        server.terminate()
        server.wait(30)
        if copying:
            copying.join(10)
        log.close()


def wait_until_ready(server: subprocess.Popen[str], stderr: IO[str], log: IO[str]) -> threading.Thread:
    """Wait for `listserv ready`; from then on its log goes to the file, copied by this thread as long as the server runs. Raises Failed."""
    said = []
    for line in stderr:
        said.append(line)
        log.write(line)
        if line.strip() == "listserv ready":
            copying = threading.Thread(target=shutil.copyfileobj, args=(stderr, log), daemon=True)
            copying.start()
            return copying
    raise Failed(f"the server did not start: {''.join(said).strip()}")
