"""Hosts on one machine: network namespaces on a bridge, each with a process namespace and the same host name as all others.

The hub has PostgreSQL and the balancer, one host has the sink, the others run `listserv serve`. Nothing of this
machine's own network is touched.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path

from listserv import config
from listserv.config import Settings
from listserv.site import Site
from listserv.store.members import Member
from listserv.store.migrating import upgrade
from listserv.store.people import Address, User
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE
from tests.serving import ROOT, clean_environment

HERE = Path(__file__).parent
SINK = ROOT / "benchmarks" / "farsink.py"
NETWORK, HUB, SINK_AT, PORT = "10.77.0.0/24", "10.77.0.1", "10.77.0.9", 2525
ABSENT = "no network namespaces here: they need root, iproute2 and util-linux"
# Together in one session, so that one signal ends all; with processes, numbers and a name like on any other cloned machine.
APART = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts")


def are_there():
    """May namespaces be made here?"""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "unshare"))):
        return False
    return subprocess.run(["unshare", "--net", "--pid", "--fork", "--mount-proc", "true"], capture_output=True, check=False).returncode == 0


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Net:
    """A bridge with hosts; everything ends with the context."""

    def __init__(self, folder, *, delay=0, dead_after=2, connections=2, jobs="embedded"):
        self.folder, self.delay, self.dead_after, self.connections, self.jobs = Path(folder), delay, dead_after, connections, jobs
        self.name, self.stack, self.hosts = f"lsv{os.getpid()}", ExitStack(), {}
        self.figures = {"mails": 0, "distinct": 0, "peers": {}, "first": 0.0, "last": 0.0}

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()

    def _build(self):
        self._namespace("hub")
        ip("-n", self.of("hub"), "link", "add", "name", "lan", "type", "bridge")
        ip("-n", self.of("hub"), "addr", "add", f"{HUB}/24", "dev", "lan")
        ip("-n", self.of("hub"), "link", "set", "lan", "up")
        self._joined("sink", SINK_AT)
        server = self._started("hub", [sys.executable, str(HERE / "farserver.py"), HUB, NETWORK], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.socket = server.stdout.readline().decode().strip()
        assert self.socket, "PostgreSQL did not start"
        # In the file system, and so to be reached from the test itself.
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.socket}"
        upgrade(self.url)
        sink = self._started("sink", [sys.executable, str(SINK), SINK_AT, str(PORT), str(self.delay)], stdout=subprocess.PIPE)
        threading.Thread(target=self._read, args=(sink,), daemon=True).start()

    def _read(self, sink):
        for line in sink.stdout:
            self.figures = json.loads(line)

    def of(self, name):
        return f"{self.name}-{name}"

    def _namespace(self, name):
        ip("netns", "add", self.of(name))
        self.stack.callback(ip, "netns", "del", self.of(name))
        ip("-n", self.of(name), "link", "set", "lo", "up")

    def _joined(self, name, address):
        self._namespace(name)
        ip("-n", self.of("hub"), "link", "add", "name", name, "type", "veth", "peer", "name", "eth0", "netns", self.of(name))
        ip("-n", self.of("hub"), "link", "set", name, "master", "lan", "up")
        ip("-n", self.of(name), "addr", "add", f"{address}/24", "dev", "eth0")
        ip("-n", self.of(name), "link", "set", "eth0", "up")

    def _started(self, name, command, **how):
        environ = clean_environment(PYTHONPATH=str(ROOT))
        process = subprocess.Popen(["ip", "netns", "exec", self.of(name), *command], env=environ, start_new_session=True, **how)
        self.stack.callback(end, process)
        return process

    def settings(self, data, address, url):
        """What is alike on all hosts but for where they listen."""
        return Settings.model_validate(
            {
                "site": {"domain": "lists.example.org", "url": "http://lists.example.org", "secret": "one-secret-for-all-hosts", "owner": "admin@example.org"},
                "database": {"url": url},
                "smtp": {"listen": f"{address}:{PORT}", "proxy": HUB},
                "lmtp": {"listen": ""},
                "web": {"listen": ""},
                "relay": {"url": f"smtp://{SINK_AT}:{PORT}", "connections": self.connections},
                "auth": {"dns": "127.0.0.1:1"},
                "worker": {"processes": 1, "dead_after": self.dead_after, "jobs": self.jobs},
                "data": data,
            }
        )

    def people(self, count):
        """A list with so many members; as rows, because only their copies matter."""
        data = self.folder / "console"
        data.mkdir()
        with closing(Site(self.settings(data, HUB, self.url))) as site, site.writing() as db:
            mlist, now = administration.create_list(db, administration.NewList("bench", "Bench"), CONSOLE, site.now()), site.now()
            emails = [f"member{number}@example.org" for number in range(count)]
            users = [User(name="", created_at=now, addresses=[Address(email=email, key=email, verified_at=now)]) for email in emails]
            db.add_all(users)
            db.flush()
            db.add_all(Member(list_id=mlist.id, user_id=user.id, address_id=user.addresses[0].id, joined_at=now) for user in users)

    def add(self, name, number):
        """A host with its own data folder; not running yet."""
        address, data = f"10.77.0.{10 + number}", self.folder / name
        data.mkdir()
        self._joined(name, address)
        settings = self.settings(data, address, f"postgresql+psycopg://postgres@{HUB}/postgres")
        (data / config.FILE).write_text(config.commented(settings))
        self.hosts[name] = address

    def start(self, name):
        """Run listserv on this host; returns when it is ready."""
        log = open(self.folder / f"{name}.log", "ab")  # noqa: SIM115  (closed with the net)
        self.stack.callback(log.close)
        before = log.tell()
        command = [*APART, "sh", "-c", 'hostname box; exec "$@"', "sh", sys.executable, "-m", "listserv"]
        process = self._started(name, [*command, "--data", str(self.folder / name), "serve", "--only", "smtp,worker"], stderr=log, stdout=log)
        wait_for(lambda: "listserv ready" in self.log(name)[before:] or process.poll() is not None, 60)
        assert process.poll() is None, self.log(name)
        return process

    def log(self, name):
        return (self.folder / f"{name}.log").read_text()

    def balance(self):
        """Begin to balance connections to the hub's port between the doors of all hosts."""
        doors = [f"{address}:{PORT}" for address in self.hosts.values()]
        balancer = self._started("hub", [sys.executable, str(HERE / "balancer.py"), f"{HUB}:{PORT}", *doors], stdout=subprocess.PIPE)
        assert balancer.stdout.readline()

    def cut(self, name, *, off):
        """Pull this host's cable, or put it back."""
        ip("-n", self.of("hub"), "link", "set", name, "down" if off else "up")

    def post(self, count, first=0):
        """Posts to the list, each over a connection of its own to the balancer."""
        done = self._started("sink", [sys.executable, str(HERE / "writer.py"), f"{HUB}:{PORT}", str(count), str(first)])
        assert done.wait(60) == 0


def end(process):
    """Let a process and all that is of its session end."""
    if process.poll() is None:
        kill(process, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            kill(process)
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def kill(process, number=signal.SIGKILL):
    """Like a power cut: everything at once."""
    os.killpg(process.pid, number)


def wait_for(what, seconds):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
