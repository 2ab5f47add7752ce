"""The real program with a real relay behind it and people who write to it, while its processes are killed.

    with Rig(settings) as rig:
        rig.start()
        with rig.traffic():
            rig.kill_at("letters.sent")
        rig.settle()
        rig.assert_nothing_lost()
"""

import contextlib
import http.cookiejar
import itertools
import json
import os
import queue
import random
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

from smtp_sink import Sink
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from listserv import config, links, steps
from listserv.mail import tokens
from listserv.mail.tokens import Kind
from listserv.site import Site
from listserv.store.lists import list_by_name
from listserv.store.members import Member, members_of
from listserv.store.queue import Delivery, Incoming, Letter, State
from listserv.usecases import administration, intake, tracing
from listserv.usecases.access import CONSOLE
from tests import forking
from tests.kill.accounts import LIST, Accounts, alive, below
from tests.office import mail
from tests.serving import ROOT, clean_environment, free_port, wait_for

OTHER = "inna"
AT = "@lists.example.org"
REPORT = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; bouncy@example.org
Action: failed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 mailbox full

--b--
"""


class Rig(Accounts):
    """A site, the program that serves it, its relay and its people."""

    def __init__(self, settings, readers=12, digest_readers=2):
        self.sink = Sink()
        self.sink.__enter__()
        self.ports = {name: free_port() for name in ("smtp", "lmtp", "web")}
        values = settings.model_dump() | {name: {"listen": f"127.0.0.1:{port}"} for name, port in self.ports.items()}
        values["relay"] = {"url": self.sink.url}
        self.settings = config.validated(values, settings.data)
        (settings.data / config.FILE).write_text(config.commented(self.settings), "utf-8")
        self.orders = settings.data / "orders"
        self.orders.mkdir()
        self.site = Site(self.settings)
        self.process = None
        self.log = settings.data / "log"
        self.accepted: dict[str, str] = {}
        self.refused: list[str] = []
        self.kills = Counter()
        self.missed = Counter()
        self.set_aside = 0
        self.numbers = itertools.count(1)
        self.readers = readers
        with self.site.writing() as db:
            self._people(db, digest_readers)
            bouncy = next(one for one in members_of(db, list_by_name(db, OTHER)) if one.address.email.startswith("bouncy"))
            self.bounces = links.token_address(self.settings, tokens.sign(links.signing_key(self.settings), Kind.BOUNCE, bouncy.id, 0))

    def _people(self, db, digest_readers):
        now = self.site.now()
        for name in (LIST, OTHER):
            mlist = administration.create_list(db, administration.NewList(name, "Sieć BP", language="pl"), CONSOLE, now)
            owner = administration.NewMember("owner@example.org", role=administration.Role("owner"))
            administration.add_member(db, mlist, owner, CONSOLE, now)
        administration.add_member(db, mlist, administration.NewMember("bouncy@example.org"), CONSOLE, now)
        mlist = list_by_name(db, LIST)
        for number in range(self.readers):
            administration.add_member(db, mlist, administration.NewMember(f"reader{number}@example.org"), CONSOLE, now)
        for number in range(digest_readers):
            new = administration.NewMember(f"digest{number}@example.org", delivery=administration.DeliveryMode("digest"))
            administration.add_member(db, mlist, new, CONSOLE, now)

    def __enter__(self):
        return self

    def __exit__(self, *wrong):
        if self.process and self.process.poll() is None:
            self.end_process()
        self.sink.stop()
        self.site.close()

    # The program.

    def start(self, **environment):
        """Start it, and wait until all doors are open."""
        more = {"PYTHONPATH": str(ROOT), steps.VARIABLE: str(self.orders), steps.RESTART: "0.02"} | environment
        environ = clean_environment(**more)
        command = [sys.executable, "-m", "listserv", "--data", str(self.settings.data), "serve"]
        begin = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            self.process = forking.Popen(command, stderr=log, stdout=log, env=environ, cwd="/")
        wait_for(lambda: "listserv ready" in self.said(begin) or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.said(begin)

    def said(self, begin=0):
        """The program's log from there."""
        return self.log.read_bytes()[begin:].decode("utf-8", "replace")

    def end_process(self):
        """Let it finish; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            for pid in self.children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.kill()
            return self.process.wait()

    def restart(self):
        """Kill the parent as a power cut would, with all that it has started, and start anew."""
        children = self.children()
        for pid in (self.process.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not any(map(alive, children)))
        self.kills["everything at once"] += 1
        self.start()

    def kill_supervisor(self):
        """Kill the parent alone: its children finish by themselves."""
        children = self.children()
        self.process.kill()
        self.process.wait()
        wait_for(lambda: not any(map(alive, children)), 40)
        self.kills["supervisor"] += 1
        self.start()

    def children(self):
        """All processes below the parent."""
        return below(self.process.pid)

    # Kills.

    def order(self, **order):
        """Put an order into the folder; where it lies."""
        path = self.orders / f"order-{next(self.numbers)}"
        (self.orders / "writing").write_text(json.dumps(order))
        (self.orders / "writing").rename(path)
        return path

    def kill_at(self, step, nth=1, seconds=5.0, do="kill"):
        """Kill the next process that reaches this step; was there one?"""
        path = self.order(do=do, at=step, nth=nth)
        done = path.with_name(f"done-{path.name}")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if done.exists():
                self.kills[step] += 1
                return True
            time.sleep(0.01)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        found = done.exists()
        (self.kills if found else self.missed)[step] += 1
        return found

    def kill_anybody(self):
        """Kill one of the processes, whatever it does."""
        pid = random.choice(wait_for(self.children))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.kills["at random"] += 1

    # Traffic.

    @contextlib.contextmanager
    def traffic(self, each=0.1, kinds=("post", "post", "post", "stranger", "command", "join", "bounce", "moderators")):
        """People write, by both doors, and look at pages, as long as the block lasts."""
        stop, waiting = threading.Event(), queue.Queue(4)
        threads = [threading.Thread(target=self._deliver, args=(waiting, door)) for door in ("smtp", "lmtp", "lmtp")]
        threads += [threading.Thread(target=self._browse, args=(stop,)), threading.Thread(target=self._owe, args=(stop,))]
        threads += [threading.Thread(target=self._write, args=(waiting, stop, each, kinds))]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)
            assert not any(thread.is_alive() for thread in threads)

    def _write(self, waiting, stop, each, kinds):
        for kind in itertools.cycle(kinds):
            if stop.is_set():
                break
            waiting.put((kind, *self.mail(kind)))
            time.sleep(each)
        for _ in range(3):
            waiting.put(None)

    def mail(self, kind):
        """A mail of this kind: its id, its envelope sender and recipient, its bytes."""
        number = next(self.numbers)
        id, author = f"{kind}.{number}@example.org", f"reader{number % self.readers}@example.org"
        to = {"post": LIST, "stranger": LIST, "command": f"{LIST}-request", "join": f"{LIST}-join", "moderators": f"moderator_{LIST}"}.get(kind, "") + AT
        if kind == "bounce":
            to = self.bounces
            return id, "", to, REPORT.format(to=to, id=id).replace("\n", "\r\n").encode()
        if kind in ("stranger", "join"):
            author = f"new{number}@example.net"
        words = "pomoc" if kind == "command" else f"Dzień dobry,\n\nto jest list numer {number} o książkach. {'Długie zdanie o bibliotece. ' * 40}\n"
        return id, author, to, mail(author, to, f"Sprawa {number}", words, message_id=f"<{id}>")

    def _deliver(self, waiting, door):
        while (one := waiting.get()) is not None:
            self.submit(*one, door=door)

    def submit(self, kind, id, sender, rcpt, raw, door="lmtp", tries=400):
        """Send a mail as a mail server does: again and again until it is taken."""
        client = smtplib.LMTP if door == "lmtp" else smtplib.SMTP
        for _ in range(tries):
            try:
                with client("127.0.0.1", self.ports[door], timeout=20) as connection:
                    connection.sendmail(sender, [rcpt], raw)
                self.accepted[id] = kind
                return True
            except smtplib.SMTPResponseException as wrong:
                if wrong.smtp_code >= 500:
                    self.refused.append(f"{id}: {wrong}")
                    return False
            except smtplib.SMTPRecipientsRefused as wrong:
                if any(code >= 500 for code, _ in wrong.recipients.values()):
                    self.refused.append(f"{id}: {wrong}")
                    return False
            except (OSError, smtplib.SMTPException):
                pass
            time.sleep(0.05)
        return False

    def _browse(self, stop):
        """Somebody asks for links to sign in with, one after another."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        here, form = f"http://127.0.0.1:{self.ports['web']}/sign-in", ""
        while not stop.wait(0.2):
            try:
                if not form:
                    page = opener.open(here, timeout=10).read().decode()
                    form = re.search(r'name="form" value="([^"]+)"', page)[1]
                number = random.randrange(self.readers)
                opener.open(here, urlencode({"email": f"reader{number}@example.org", "form": form}).encode(), timeout=10).close()
            except OSError:
                continue

    def _owe(self, stop):
        """The calendar owes digests all the time."""
        while not stop.wait(0.5):
            with contextlib.suppress(DBAPIError), self.site.writing() as db:
                due = self.site.now() - timedelta(seconds=1)
                digests = Member.delivery == administration.DeliveryMode("digest")
                db.execute(update(Member).where(digests, Member.digest_due > due).values(digest_due=due))

    # The end.

    def settle(self, seconds=60.0, retry=True):
        """Withdraw all orders, and wait until nothing is left to do; what was set aside is tried again (`retry`; else all stays)."""
        for path in self.orders.glob("order-*") if retry else ():
            path.unlink(missing_ok=True)
        deadline = time.monotonic() + seconds
        while True:
            with self.site.reading() as db:
                left = tracing.count_work(db)
            if not sum(left.values()) or not retry and not sum(left.values()) - left["shunted"]:
                return
            assert time.monotonic() < deadline, f"never done: {left}; {self.what_waits()}\n{self.said()[-6000:]}"
            if retry:
                self.try_again()
            time.sleep(0.1)

    def try_again(self):
        """As an operator does, with what was set aside."""
        with self.site.reading() as db:
            shunted = db.scalars(select(Incoming.id).where(Incoming.state == State.SHUNTED)).all()
        self.set_aside += len(shunted)
        for id in shunted:
            with self.site.writing() as db:
                intake.retry(db, db.get_one(Incoming, id), self.site.now())

    def what_waits(self):
        """Rows that are not done, for a human."""
        with self.site.reading() as db:
            now = self.site.now().timestamp() * 1000
            found = []
            for row in (Incoming, Letter, Delivery):
                for one in db.scalars(select(row).where(row.due.is_not(None)).limit(5)):
                    found.append(f"{row.__tablename__} {one.id} due in {(one.due - now) / 1000:.1f} s holder {one.holder} attempts {one.attempts} {getattr(one, 'code', '')}")
            return found
