"""The real program in processes of its own, for tests."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests import forking

ROOT = Path(__file__).parents[1]


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without settings of ours."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("LISTSERV_", "PYTHON"))} | more


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """A running `listserv serve`. `begin`: what starts it, as subprocess.Popen does."""

    def __init__(self, data: Path, *words: str, python: str = "", begin: Callable[..., Any] = forking.Popen) -> None:
        environ = clean_environment() if python else clean_environment(PYTHONPATH=str(ROOT))
        command = [python or sys.executable, "-m", "listserv", "--data", str(data), "serve", *words]
        self.process = (subprocess.Popen if python else begin)(command, stderr=subprocess.PIPE, text=True, env=environ, cwd="/")
        self.lines: list[str] = []
        self.watchdog = threading.Timer(60, self.process.kill)
        self.watchdog.start()

    def until(self, words: str) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.append(line.strip())
            if words in line:
                return
        raise AssertionError(f"{words!r} never came: {self.lines}")

    def finish(self) -> int:
        _, rest = self.process.communicate(timeout=30)
        self.lines += rest.splitlines()
        return self.process.returncode

    def end(self) -> int:
        self.process.terminate()
        return self.finish()

    def children(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(what, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")
