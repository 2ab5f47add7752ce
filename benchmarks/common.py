"""What the benchmarks share: a site in a temporary folder, a counting sink, Postfix's smtp-source, memory and CPU figures.

Everything is on loopback, and only what was started here is ended. Machines are noisy: compare ratios of one run.
"""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SMTP_SOURCE, SMTP_SINK = "/usr/sbin/smtp-source", "/usr/sbin/smtp-sink"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, seconds=30):
    """Return when somebody listens on the port."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on port {port}")


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(80)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return process.returncode


class Sink:
    """benchmarks/sink.py as a process; `figures` are its newest. Each group of its replies waits `delay` milliseconds."""

    def __init__(self, delay=0):
        self.port, self.delay = free_port(), delay
        self.figures = {"mails": 0, "recipients": 0, "distinct": 0, "connections": 0, "burst": 0.0, "last": 0.0, "domains": {}}

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, str(HERE / "sink.py"), str(self.port), "--delay", str(self.delay)], stdout=subprocess.PIPE, text=True)
        wait_for(self.port)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.figures = json.loads(line)

    def wait_until(self, recipients, idle=30.0):
        """Return when so many recipients have come, or none for a while; the figures."""
        seen, since = -1, time.monotonic()
        while (count := self.figures["recipients"]) < recipients:
            if count != seen:
                seen, since = count, time.monotonic()
            if time.monotonic() - since > idle:
                break
            time.sleep(0.005)
        return self.figures

    def __exit__(self, *_):
        end(self.process)


def reference(count=10_000, size=4096):
    """Mails a second that smtp-source gets into smtp-sink over 4 kept connections; None where Postfix's tools are missing."""
    if not os.access(SMTP_SOURCE, os.X_OK):
        return None
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    sink = subprocess.Popen([SMTP_SINK, *user, f"127.0.0.1:{port}", "1024"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        start = time.monotonic()
        subprocess.run([SMTP_SOURCE, "-d", "-s", "4", "-m", str(count), "-l", str(size), f"inet:127.0.0.1:{port}"], check=True)
        return count / (time.monotonic() - start)
    finally:
        end(sink)


def reference_here(port, count=10_000, size=4096):
    """The same into a sink that is there already."""
    if not os.access(SMTP_SOURCE, os.X_OK):
        return None
    start = time.monotonic()
    subprocess.run([SMTP_SOURCE, "-d", "-s", "4", "-m", str(count), "-l", str(size), f"inet:127.0.0.1:{port}"], check=True)
    return count / (time.monotonic() - start)


def slow_fsync(folder, milliseconds):
    """The environment under which each fsync takes so much longer; needs gcc."""
    source, library = Path(folder) / "slow_fsync.c", Path(folder) / "slow_fsync.so"
    source.write_text(
        "#include <unistd.h>\n#include <sys/syscall.h>\n"
        f"static int slow(long call, int file) {{ usleep({int(milliseconds * 1000)}); return syscall(call, file); }}\n"
        "int fsync(int file) { return slow(SYS_fsync, file); }\nint fdatasync(int file) { return slow(SYS_fdatasync, file); }\n"
    )
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return {"LD_PRELOAD": str(library)}


def message(number, sender, to, size=4096):
    """A plain-text mail of about that size."""
    head = (
        f"From: Member <{sender}>\r\nTo: {to}\r\nSubject: post {number}\r\nMessage-ID: <{number}.{time.time_ns()}@example.org>\r\n"
        f"Date: {time.strftime('%a, %d %b %Y %H:%M:%S +0000', time.gmtime())}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    line = "Every member of the list gets a copy of this, with a sender and a way off the list of its own.\r\n"
    return (head + line * (max(0, size - len(head)) // len(line) + 1)).encode()


def listserv(data, *words, **more):
    """Run a command of the program on a data folder."""
    done = subprocess.run([sys.executable, "-m", "listserv", "--data", str(data), *words], cwd=ROOT, check=False, **more)
    if done.returncode:
        raise SystemExit(f"listserv {' '.join(words)}: exit {done.returncode} {done.stderr or ''}")
    return done


@contextlib.contextmanager
def serving(data, *words, environ=None):
    """`listserv serve` as a process, from `listserv ready` on."""
    command = [sys.executable, "-m", "listserv", "--data", str(data), "serve", *words]
    log = open(Path(data) / "serve.log", "w+")  # noqa: SIM115  (closed below)
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, **(environ or {})})
    try:
        for _ in range(600):
            if "listserv ready" in Path(log.name).read_text():
                break
            if process.poll() is not None:
                raise SystemExit(Path(log.name).read_text())
            time.sleep(0.05)
        yield process
    finally:
        code = end(process)
        log.close()
        if code:
            print(f"serve ended with {code}:", Path(log.name).read_text()[-2000:], file=sys.stderr)


def tree(pid):
    """A process and all its descendants."""
    children = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            parent = int(Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()[1])
            children.setdefault(parent, []).append(int(name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def memory(pid):
    """(RSS, PSS) of one process in MiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return tuple(int(re.search(rf"^{what}:\s+(\d+)", text, re.MULTILINE)[1]) / 1024 for what in ("Rss", "Pss"))


def cpu(pids):
    """CPU seconds that these processes have used."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


class Peak:
    """The most memory (PSS, MiB) that a process and its descendants have had together, looked at some twenty times a second."""

    def __init__(self, pid):
        self.pid, self.most, self.processes, self.over = pid, 0.0, 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self):
        while not self.over.wait(0.05):
            sizes = []
            for pid in tree(self.pid):
                with contextlib.suppress(OSError, TypeError):
                    sizes.append(memory(pid)[1])
            self.most, self.processes = max(self.most, sum(sizes)), max(self.processes, len(sizes))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class Held:
    """The longest that others held SQLite's write lock, in seconds: a connection of its own asks for it every 20 ms, and every millisecond while it is held."""

    def __init__(self, database):
        self.database, self.most, self.over = database, 0.0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self):
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None, timeout=0)) as db:
            since = None
            while not self.over.wait(0.001 if since else 0.02):
                try:
                    db.execute("BEGIN IMMEDIATE")
                    db.execute("ROLLBACK")
                    self.most, since = max(self.most, time.monotonic() - since if since else 0.0), None
                except sqlite3.OperationalError:
                    since = since or time.monotonic()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def named(pids, *doors):
    """The processes of `serve`, in the order in which it starts them, by name: {"parent": pid, of each door, "worker 1": pid, …, "desk": pid}."""
    workers = (f"worker {number}" for number in range(1, len(pids) - len(doors) - 1))
    return dict(zip(("parent", *doors, *workers, "desk"), pids, strict=True))


def new_site(data, *options, **doors):
    """A site with one list `bench`, which all may read; `doors` are addresses for `init`, such as web="127.0.0.1:8080"."""
    doors = {"smtp": "", "lmtp": "", "web": ""} | doors
    words = [word for name, value in doors.items() for word in (f"--{name}", value)]
    listserv(data, "init", "--domain", "lists.example.org", "--url", "http://lists.example.org", *words, *options, capture_output=True)
    listserv(data, "list", "create", "bench", "--title", "Bench", "--archive", "public", capture_output=True)


def spread(values):
    """`median (lowest-highest)`."""
    return f"{statistics.median(values):,.3f} ({min(values):,.3f}-{max(values):,.3f})"
