"""What belongs to a site beside its database: its settings with the secret, and the keys that they name."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from listserv import config
from listserv.config import FILE, Settings, keys, toml_value
from listserv.errors import Conflict
from listserv.store.container import Reader, Writer

SETTINGS = f"settings/{FILE}"
# A key that signs what leaves cannot be had anew without telling the world; a certificate belongs to its machine, unless it lies among our data.
EVERYWHERE, AMONG_OURS = ("relay.dkim_key",), ("smtp.tls_cert", "smtp.tls_key")
KEYS = "keys"


def pack(settings: Settings, out: Writer) -> None:
    """Settings and keys as parts of the backup."""
    path = settings.data / FILE
    given = any(name.startswith("LISTSERV_") for name in config_variables())
    # What the environment says would be missing on another machine.
    told = config.commented(settings) if given or not path.exists() else path.read_text("utf-8")
    out.add(SETTINGS, told.encode())
    for key, file in named_files(settings):
        out.add(f"{KEYS}/{key}/{file.name}", file.read_bytes())


def config_variables() -> list[str]:
    """The settings that the environment gives."""
    found = (config.variable(section, key, os.environ) for section, key, _ in keys())
    return [name for name in found if name]


def named_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The key files that settings name and that go along: (setting, file). Raises OSError where one cannot be read."""
    for key in (*EVERYWHERE, *AMONG_OURS):
        section, _, name = key.partition(".")
        for word in filter(None, map(str.strip, str(getattr(getattr(settings, section), name)).split(","))):
            file = settings.data / word if (settings.data / word).exists() else Path(word)
            if key in EVERYWHERE or settings.data.resolve() in file.resolve().parents:
                yield key, file


def unpacked_settings(backup: Reader, data: Path, database: str) -> str:
    """The settings as they shall be on this machine: keys lie in the folder `keys`, and the database where it was said."""
    told = backup.read(SETTINGS).decode("utf-8", "replace")
    for name in backup.names(KEYS):
        safe_name(name)
    for key in dict.fromkeys(name.split("/")[1] for name in backup.names(KEYS)):
        files = [str(data / KEYS / name.split("/")[2]) for name in backup.names(f"{KEYS}/{key}")]
        told = with_setting(told, key, ", ".join(files))
    return with_setting(told, "database.url", database) if database else told


def with_setting(told: str, key: str, value: str) -> str:
    """The text of the settings with one of them changed, comments and all else as they are."""
    section, _, name = key.partition(".")
    head = re.search(rf"(?m)^\[{section}\][^\n]*\n", told)
    line = f"{name} = {toml_value(value)}"
    if not head:
        return f"{told.rstrip()}\n\n[{section}]\n{line}\n"
    end = re.compile(r"(?m)^\[").search(told, head.end())
    body = told[head.end() : end.start() if end else len(told)]
    changed, count = re.subn(rf"(?m)^[ \t]*{name}[ \t]*=.*$", lambda _: line, body, count=1)
    return told[: head.end()] + (changed if count else f"{line}\n{body}") + (told[end.start() :] if end else "")


def unpack(backup: Reader, data: Path, told: str) -> None:
    """Write settings and keys, for their owner's eyes alone."""
    for name in backup.names(KEYS):
        (data / KEYS).mkdir(mode=0o700, exist_ok=True)
        write_private(data / KEYS / safe_name(name), backup.read(name))
    write_private(data / FILE, told.encode())


def safe_name(name: str) -> str:
    """The file of a part; it lies in one folder, whatever the backup says. Raises Conflict."""
    key, last = name.split("/")[1], name.split("/")[-1]
    if name.count("/") != 2 or key not in (*EVERYWHERE, *AMONG_OURS) or last in ("", ".", ".."):
        raise Conflict("the backup holds a file of a strange name: {name}", name=name)
    return last


def write_private(path: Path, data: bytes) -> None:
    """A whole file or none."""
    half = path.with_name(f".{path.name}.half")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)
