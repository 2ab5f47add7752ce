"""`serve`: a small process that starts the doors as children, starts one again that dies, and lets all finish on SIGTERM.

Children are forked from a parent that has loaded what they share, so that most memory is there once; the parent
itself has no thread and opens no connection. Each child holds the reading end of a pipe whose other end only the
parent holds: when the parent is gone, however it went, the child is told and finishes.
"""

import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType

Ready = Callable[[], None]
# What a child does: it blocks until SIGTERM, calls `ready` when it works, and returns its exit code.
Run = Callable[[Ready], int]

# Seconds before a dead child is started again: the first time, and at most. One that lived long starts afresh.
FIRST_WAIT, LONGEST_WAIT, LONG_LIFE = 0.5, 30.0, 60.0
# Seconds that children have to finish what is in hand.
DRAIN = 75.0
READY = "listserv ready"
HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Part:
    """One door: its name and what its process does."""

    name: str
    run: Run


@dataclass(slots=True)
class Child:
    """A part's process, or the wait for the next one."""

    part: Part
    pid: int = 0
    # The end of the pipe on which it says that it is ready; -1 when it has, or is gone.
    news: int = -1
    ready: bool = False
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """Keeps the parts alive. `log` gets a line for each thing that happens."""

    parts: Iterable[Part]
    log: Callable[[str], None]
    first_wait: float = FIRST_WAIT
    longest_wait: float = LONGEST_WAIT
    drain: float = DRAIN
    children: list[Child] = field(default_factory=list)
    # Exit code, once everything is to end; the time by which it must have.
    code: int | None = None
    deadline: float = 0.0
    announced: bool = False
    _wake: tuple[int, int] = (-1, -1)
    _life: tuple[int, int] = (-1, -1)

    def run(self) -> int:
        """Start every part and stay until all have ended; the exit code. SIGTERM, SIGINT and SIGHUP let them finish."""
        self._wake, self._life = os.pipe(), os.pipe()
        os.set_blocking(self._wake[0], False)
        os.set_blocking(self._wake[1], False)
        for number in HANDLED:
            signal.signal(number, self._asked_to_end)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        # What is here now is shared by all children; the collector would write into every page of it. (It is not asked to look first: of what
        # was loaded a four-hundredth is garbage, and to look takes a tenth of the start.)
        gc.freeze()
        self.children = [Child(part) for part in self.parts]
        self._start_those_due()
        while self._alive() or self.code is None:
            self._wait()
            self._reap()
            self._start_those_due()
            self._hurry()
        return self.code or 0

    def _alive(self) -> bool:
        return any(child.pid for child in self.children)

    def _start(self, child: Child) -> None:
        news, say = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal that comes while there are two of us would run the parent's handler in the child.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        pid = os.fork()
        if pid == 0:
            os.close(news)
            self._become(child.part, say)
        os.close(say)
        child.pid, child.news, child.ready, child.started_at = pid, news, False, time.monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)

    def _become(self, part: Part, say: int) -> None:
        """In the child: be this part, and never come back."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            # Ctrl-C reaches the whole group; the parent passes it on once, as SIGTERM.
            for number in (*HANDLED, signal.SIGCHLD):
                signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
            for other in (*self._wake, self._life[1], *(c.news for c in self.children if c.news >= 0)):
                os.close(other)
            watch_parent(self._life[0])
            code = part.run(lambda: _tell(say))
        except BaseException as wrong:  # noqa: BLE001  (the last line of a process)
            code = wrong.code if isinstance(wrong, SystemExit) and isinstance(wrong.code, int) else 1
            if not isinstance(wrong, SystemExit):
                self.log(f"{part.name}: {type(wrong).__name__}: {wrong}")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _wait(self) -> None:
        """Sleep until a signal, news of a child, or the next thing to do."""
        news = [child.news for child in self.children if child.news >= 0]
        found, _, _ = select.select([self._wake[0], *news], [], [], self._pause())
        if self._wake[0] in found:
            os.read(self._wake[0], 512)
        for child in self.children:
            if child.news in found:
                child.ready = bool(os.read(child.news, 1))
                os.close(child.news)
                child.news = -1
        if not self.announced and self.code is None and all(child.ready for child in self.children):
            self.announced = True
            sys.stderr.write(f"{READY}\n")
            sys.stderr.flush()

    def _pause(self) -> float | None:
        if self.code is not None:
            return 1.0
        waiting = [child.start_again_at for child in self.children if not child.pid]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _reap(self) -> None:
        """Take note of children that have ended."""
        while self._alive():
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            for child in self.children:
                if child.pid == pid:
                    self._ended(child, os.waitstatus_to_exitcode(status))

    def _ended(self, child: Child, code: int) -> None:
        was_ready, child.pid = child.ready, 0
        if child.news >= 0:
            was_ready = was_ready or bool(os.read(child.news, 1))
            os.close(child.news)
            child.news = -1
        if self.code is not None:
            # One that we told to end before it had begun has left nothing undone.
            unborn = code == -signal.SIGTERM and not was_ready
            self.code = self.code or (0 if unborn else 1 if code < 0 else code)
        elif not was_ready and not self.announced:
            # It never worked: a port in use, a schema too old. Trying again would hide that.
            self._end(max(code, 1))
        else:
            self._plan_restart(child, code)

    def _plan_restart(self, child: Child, code: int) -> None:
        now = time.monotonic()
        fresh = not child.wait or now - child.started_at > LONG_LIFE
        child.wait = self.first_wait if fresh else min(child.wait * 2, self.longest_wait)
        child.start_again_at = now + child.wait
        how = f"killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self.log(f"{child.part.name} {how}; starting it again in {child.wait:g} s")

    def _start_those_due(self) -> None:
        for child in self.children:
            if self.code is None and not child.pid and time.monotonic() >= child.start_again_at:
                self._start(child)

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        self._end(0)

    def _end(self, code: int) -> None:
        """Let every child finish; asked again, pass that on as well."""
        if self.code is None:
            self.code, self.deadline = code, time.monotonic() + self.drain
        self._signal(signal.SIGTERM)

    def _hurry(self) -> None:
        if self.code is not None and self._alive() and time.monotonic() > self.deadline:
            self.log("some parts did not finish in time and are ended now")
            self.code, self.deadline = self.code or 1, float("inf")
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        for child in self.children:
            if child.pid:
                os.kill(child.pid, number)


def _tell(say: int) -> None:
    os.write(say, b"!")
    os.close(say)


def watch_parent(life: int) -> None:
    """End this process like SIGTERM would when nobody holds the other end of this pipe any more."""

    def wait() -> None:
        os.read(life, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="watch-parent", daemon=True).start()
