"""Debian's Postfix with folders of its own, on loopback. It is never started as a service, and /etc/postfix is not looked at."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tests.serving import answers, free_port, wait_for

# Postfix's programs run under its own user, so that only root can start them.
ABSENT = "Postfix cannot be started: it needs Debian's package `postfix` and root"

MASTER = """\
{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def is_there() -> bool:
    """Can it be started here?"""
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        return False
    return os.geteuid() == 0 and shutil.which("postfix", path="/usr/sbin:/usr/bin") is not None


def settings_in(printed: str) -> dict[str, str]:
    """The main.cf lines of a text: comments and the other half (from `# listserv.toml` on) are none."""
    lines = printed.partition("# listserv.toml")[0].splitlines()
    pairs = [line.partition(" = ") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


class Postfix:
    """A running Postfix; `set` gives further lines of main.cf."""

    def __init__(self, folder: Path, **lines: str) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / "data", "postfix")
        own = {
            "compatibility_level": "3.6",
            "queue_directory": folder / "queue",
            "data_directory": folder / "data",
            "maillog_file": folder / "log",
            "maillog_file_prefixes": folder,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "mx.example.org",
            "mydestination": "",
            "alias_maps": "",
            "smtputf8_enable": "yes",
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "2s",
            "queue_run_delay": "1s",
            # As a Debian installation has it.
            "recipient_delimiter": "+",
        }
        (folder / "etc" / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in {**own, **lines}.items()))
        (folder / "etc" / "master.cf").write_text(MASTER.format(smtp=f"127.0.0.1:{self.port}"))

    def __enter__(self) -> "Postfix":
        self.run("postfix", "start")
        wait_for(lambda: answers(self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self.run("postfix", "stop")

    def run(self, program: str, *words: str) -> str:
        """One of its commands, on this Postfix alone; what it prints."""
        environ = {**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": str(self.folder / "etc")}
        done = subprocess.run([program, *(["-c", str(self.folder / "etc")]), *words], env=environ, capture_output=True, text=True)
        assert done.returncode == 0, f"{program} {words}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def deliver_now(self) -> None:
        """Try at once what waits in its queue."""
        self.run("postqueue", "-f")

    @property
    def log(self) -> str:
        """What it says of each mail."""
        return (self.folder / "log").read_text("utf-8", "replace")
