"""Programs of ours that tests start, without what a start costs: `Popen` and `run` of subprocess, for commands that begin with `sys.executable`.

A Python that begins and reads the whole program takes seconds of the processor before a test has anything to see. So one process for each test
process has read everything. It has no thread and no connection, and each program is a fork of it, with the words, environment, folder and files
that it was given: a process of its own, which ends as it would and can be killed as any other.

Tests of the start itself, of memory, and of what is installed start Python with subprocess; so does everything where there is no Linux.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Bytes of an order: the words and the environment.
LARGEST = 1 << 17
# Not read beforehand: what is a program itself, or opens a site when it is read.
NOT_READ = {"listserv.__main__", "listserv.wsgi"}
# Beside the program, what it reads when it comes to it.
ALSO = ("uvloop", "waitress", "psycopg_pool", "procrastinate", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg")
# The process that forks, once it is wanted.
OPEN, BEGINS = [], threading.Lock()


class Forked(subprocess.Popen):
    """How it ended is heard from the process that forked it: it is no child of this one."""

    def _execute_child(self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell, *more):
        assert args[0] == sys.executable and not (executable or preexec_fn or pass_fds or shell), args
        pipes, session = more[:6], more[11]
        files = [number if given == -1 else given for number, given in enumerate((pipes[0], pipes[3], pipes[5]))]
        order = {"words": list(map(os.fspath, args[1:])), "env": dict(os.environ if env is None else env), "cwd": os.fspath(cwd or os.getcwd()), "session": session}
        self._news, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(orders(), [json.dumps(order).encode()], [theirs.fileno(), *files])
        self._close_pipe_fds(*pipes)
        self.pid = int(self._news.recv(64))
        self._child_created = True

    def _try_wait(self, wait_flags):
        if wait_flags and not select.select([self._news], [], [], 0)[0]:
            return 0, 0
        status = self._news.recv(64)
        self._news.close()
        return self.pid, int(status or signal.SIGKILL)

    def _internal_poll(self, _deadstate=None, **_):
        if self.returncode is None and self._waitpid_lock.acquire(False):
            try:
                if self.returncode is None and (status := self._try_wait(os.WNOHANG))[0]:
                    self._handle_exitstatus(status[1])
            finally:
                self._waitpid_lock.release()
        return self.returncode


Popen = Forked if sys.platform == "linux" else subprocess.Popen


def run(command, *, input=None, capture_output=False, timeout=None, check=False, **how):
    """As subprocess.run."""
    if input is not None:
        how["stdin"] = subprocess.PIPE
    if capture_output:
        how |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Popen(command, **how) as process:
        try:
            said = process.communicate(input, timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, *said)
    if check:
        done.check_returncode()
    return done


def opened():
    """A process that forks what is asked for: the end on which it takes orders, and the process. It ends when nobody holds that end, however they went."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LARGEST)
    env = {key: value for key, value in os.environ.items() if not key.startswith("LISTSERV_")} | {"PYTHONPATH": str(ROOT)}
    with theirs:
        # Its beginning is not waited for: orders wait.
        command = [sys.executable, __file__, str(theirs.fileno())]
        return ours, subprocess.Popen(command, pass_fds=[theirs.fileno()], env=env, cwd="/", stdin=subprocess.DEVNULL)


def closed(ours, process):
    """Let it go; what it has forked stays until it ends."""
    ours.close()
    process.wait()


def orders():
    """Where this process gives its orders."""
    with BEGINS:
        if not OPEN:
            OPEN.append(opened())
        return OPEN[0][0]


def pytest_unconfigure():
    """The tests are over."""
    while OPEN:
        closed(*OPEN.pop())


def fork_what_is_asked_for(channel):
    """Take orders until nobody can give any; returns in each program, with its words."""
    # Ctrl-C is everybody's; this one ends when the tests have.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        order, files, _, _ = socket.recv_fds(channel, LARGEST, 4)
        if not order:
            sys.exit()
        if os.fork() == 0:
            channel.close()
            return begin(json.loads(order), *files)
        for file in files:
            os.close(file)
        reap()


def reap():
    """Those that told of an end have none to tell theirs."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def begin(order, news, *files):
    """Fork the program, and tell of its beginning and its end; in the program itself, be as if it had just been started."""
    if pid := os.fork():
        for file in (0, 1, 2, *files):
            with suppress(OSError):
                os.close(file)
        with socket.socket(fileno=news) as teller:
            status = os.waitpid(pid, 0)[1]
            # Whoever asked may have gone.
            with suppress(OSError):
                teller.send(str(status).encode())
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if order["session"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    os.chdir(order["cwd"])
    os.write(news, str(os.getpid()).encode())
    furnish(files)
    return order["words"]


def furnish(files):
    """These are its input, its output and its errors; it has no others."""
    kept = [os.dup(file) if file > 2 else file for file in files]
    for number, file in enumerate(kept):
        os.dup2(file, number)
    os.closerange(3, max(256, *kept, *files) + 1)
    sys.stdin = sys.__stdin__ = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = sys.__stdout__ = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115


def read_everything():
    """What the programs will need, as far as it is there."""
    import listserv

    names = [module.name for module in pkgutil.walk_packages(listserv.__path__, "listserv.") if module.name not in NOT_READ]
    for name in (*names, *ALSO):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def become(words):
    """What Python does with its own words: a module, a program, or a file."""
    look_again(os.environ)
    kind, what = words[0], words[1] if len(words) > 1 else ""
    if kind == "-m":
        sys.path[0], sys.argv = os.getcwd(), [kind, *words[2:]]
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif kind == "-c":
        sys.path[0], sys.argv = "", [kind, *words[2:]]
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__", "__builtins__": __builtins__})
    else:
        sys.path[0], sys.argv = str(Path(kind).parent), words
        runpy.run_path(kind, run_name="__main__")


def look_again(environ):
    """What is looked up in the environment when it is read."""
    from listserv import steps

    sys.path[1:1] = [place for place in environ.get("PYTHONPATH", "").split(os.pathsep) if place and place not in sys.path]
    importlib.reload(steps)


if __name__ == "__main__":
    order_channel = socket.socket(fileno=int(sys.argv[1]))
    read_everything()
    # Behind this line everything is one of the programs, and ends as Python ends.
    become(fork_what_is_asked_for(order_channel))
