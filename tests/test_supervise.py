"""The supervisor, with children that behave and children that do not."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests import forking

ROOT = Path(__file__).parents[1]
START = r"""
import os, signal, sys, threading, time
from listserv.supervise import Part, Supervisor

def say(words):
    os.write(2, f"{words}\n".encode())

def patient(name, takes=0.0, after=None):
    def run(ready):
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        say(f"{name} pid {os.getpid()}")
        ready()
        while not stop.wait(0.02):
            if after:
                after()
        time.sleep(takes)
        say(f"{name} drained")
        return 0
    return Part(name, run)

def failing(name, code):
    def run(ready):
        say(f"{name}: cannot")
        return code
    return Part(name, run)
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, parts: str) -> None:
        program = f"{START}\nsys.exit(Supervisor([{parts}], say, first_wait=0.05, drain=1.0).run())"
        self.process = forking.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        self.lines: list[str] = []
        # A test that waits in vain fails instead of standing still.
        self.watchdog = threading.Timer(15, self.process.kill)
        self.watchdog.start()

    def until(self, words: str) -> str:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line.strip())
            if words in line:
                return line.strip()
        raise AssertionError(f"{words!r} never came: {self.lines}")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.finish()

    def finish(self) -> int:
        _, rest = self.process.communicate(timeout=10)
        self.lines += rest.splitlines()
        return self.process.returncode


@pytest.fixture
def supervised():
    started = []

    def start(parts: str) -> Running:
        started.append(Running(parts))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        running.process.communicate()
        running.watchdog.cancel()


def pid_in(line: str) -> int:
    return int(line.rsplit(" ", 1)[1])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else os.kill(pid, 0) is None
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ready_is_said_when_all_are_and_a_signal_lets_all_finish(supervised, number):
    running = supervised("patient('one', takes=0.2), patient('two')")
    running.until("listserv ready")

    assert running.end(number) == 0
    assert {"one drained", "two drained"} <= set(running.lines)
    assert running.lines.index("two drained") < running.lines.index("one drained")


def test_one_that_dies_is_started_again_and_the_others_stay(supervised):
    running = supervised("patient('one'), patient('two')")
    first = pid_in(running.until("two pid"))
    running.until("listserv ready")

    os.kill(first, signal.SIGKILL)
    running.until("two killed by signal 9; starting it again in 0.05 s")
    second = pid_in(running.until("two pid"))

    assert second != first
    assert running.end() == 0
    assert running.lines.count("listserv ready") == 1


def test_one_that_keeps_dying_is_started_ever_more_slowly(supervised):
    running = supervised("patient('one', after=lambda: os._exit(3)), patient('two')")

    waits = [running.until("starting it again").rsplit("in ", 1)[1] for _ in range(3)]

    assert waits == ["0.05 s", "0.1 s", "0.2 s"]
    assert running.end() in (0, 1)


def test_one_that_cannot_start_ends_all_with_its_code(supervised):
    running = supervised("patient('one'), failing('two', 6)")

    assert running.finish() == 6
    assert "two: cannot" in running.lines
    assert "listserv ready" not in running.lines


def test_one_that_never_finishes_is_ended(supervised):
    running = supervised("patient('one', takes=60), patient('two')")
    running.until("listserv ready")

    assert running.end() == 1
    assert "some parts did not finish in time and are ended now" in running.lines


def test_a_signal_while_the_parts_are_being_started_reaches_every_one(supervised):
    running = supervised("Part('one', lambda ready: os.kill(os.getppid(), signal.SIGTERM) or patient('one').run(ready)), patient('two')")

    assert running.finish() == 0
    assert "some parts did not finish in time and are ended now" not in running.lines


def test_children_do_not_outlive_a_killed_supervisor(supervised):
    running = supervised("patient('one'), patient('two')")
    children = [pid_in(running.until("one pid"))]
    running.until("listserv ready")
    children += [pid_in(line) for line in running.lines if line.startswith("two pid")]

    running.end(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert children
    assert not any(map(alive, children))
    assert "one drained" in running.lines
