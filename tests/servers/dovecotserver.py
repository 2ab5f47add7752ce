"""Debian's Dovecot as the end of the line: it takes mail by LMTP and puts it into Maildirs."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tests.serving import answers, free_port, wait_for

ABSENT = "Dovecot cannot be started: it needs Debian's packages `dovecot-core` and `dovecot-lmtpd`, and root"
DOMAIN = "mailbox.example.org"

CONFIG = """\
protocols = lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
postmaster_address = postmaster@{domain}
hostname = {domain}
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


def is_there() -> bool:
    """Can it be started here?"""
    try:
        pwd.getpwnam("dovecot")
    except KeyError:
        return False
    return os.geteuid() == 0 and shutil.which("dovecot", path="/usr/sbin") is not None and Path("/usr/lib/dovecot/lmtp").exists()


class Dovecot:
    """A running Dovecot with a mailbox for each name."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder, self.port = folder, free_port()
        user = pwd.getpwnam("nobody")
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", user.pw_uid, user.pw_gid)
        lines = [f"{name}@{DOMAIN}::{user.pw_uid}:{user.pw_gid}::{folder}/mail/{name}::\n" for name in names]
        (folder / "users").write_text("".join(lines))
        (folder / "dovecot.conf").write_text(CONFIG.format(folder=folder, port=self.port, domain=DOMAIN))

    def __enter__(self) -> "Dovecot":
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: answers(self.port))
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)

    def mails(self, name: str) -> list[bytes]:
        """What lies in a mailbox, as it was delivered."""
        files = [path for part in ("new", "cur") for path in (self.folder / "mail" / name / part).glob("*")]
        return [path.read_bytes() for path in sorted(files, key=lambda path: path.name)]
