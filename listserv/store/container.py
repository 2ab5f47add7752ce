"""The file of a backup: an ordinary tar, written in one go and read part by part, whose last part is the sum of all bytes before it.

    listserv-backup.json      what it is: format, version, schema, when
    settings/listserv.toml    the settings, with the secret
    keys/SECTION.KEY          files that settings name
    tables/NAME/000001.json   rows, a few thousand at a time: numbers and texts; of bytes their length
    tables/NAME/000001.bytes  these bytes, one after another
    manifest.json             columns, rows and counters of each table
    sha256                    of everything before

Parts that end in .gz are packed. Any tar and zcat read it, whatever becomes of this program.
"""

import gzip
import json
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from typing import IO, Any

from listserv.errors import Invalid

HEAD, MANIFEST, SUM = "listserv-backup.json", "manifest.json", "sha256"
FORMAT = 1
BLOCK = 512
# What stands behind the sum: two empty blocks end a tar.
END = bytes(2 * BLOCK)
TRAILER = 2 * BLOCK + len(END)
# Read at a time; and how much of a part tells whether packing it is worth the time.
CHUNK, SAMPLE = 1 << 20, 1 << 15


class Writer:
    """Writes the parts in the order in which they are given, and in the end their sum."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sum = file, sha256()
        self.size = 0

    def add(self, name: str, data: bytes) -> None:
        """One part; packed, with .gz behind its name, where that makes it smaller."""
        if len(gzip.compress(data[:SAMPLE], 1)) < min(len(data), SAMPLE) * 0.9:
            name, data = f"{name}.gz", gzip.compress(data, 1, mtime=0)
        self._write(_part(name, data))

    def add_json(self, name: str, value: Any) -> None:
        """One part that everybody can read as it is."""
        self._write(_part(name, json.dumps(value, indent=1, ensure_ascii=False).encode()))

    def close(self) -> None:
        """The sum, and the end of the tar."""
        self._write(_trailer(self._sum.hexdigest()))

    def _write(self, data: bytes) -> None:
        self._sum.update(data)
        self._file.write(data)
        self.size += len(data)


def _part(name: str, data: bytes) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    return entry.tobuf(tarfile.PAX_FORMAT) + data + bytes(-len(data) % BLOCK)


def _trailer(digest: str) -> bytes:
    return _part(SUM, f"{digest}\n".encode()) + END


class Reader:
    """A whole backup, and nothing but: opening it reads all of it once. Raises Invalid."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self._name = file, name
        self._require_whole()
        file.seek(0)
        self._tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115  (closed with its file)
        told = self._json(HEAD, ("format", "version"))
        if told["format"] > FORMAT:
            raise Invalid("{name} was made by a newer listserv ({version}): restore it with that one", name=name, version=told["version"])
        self.head: dict[str, Any] = self._json(HEAD, ("schema", "made_at", "domain"))
        self.manifest: dict[str, Any] = self._json(MANIFEST, ("tables",))

    def _json(self, part: str, needed: tuple[str, ...]) -> dict[str, Any]:
        # The sum was right: whoever altered it has made a new one.
        try:
            found: dict[str, Any] = json.loads(self.read(part))
            return {key: found[key] for key in needed} | found
        except (ValueError, KeyError, TypeError, OSError, EOFError):
            raise Invalid("{name} holds no {part} that listserv has written", name=self._name, part=part) from None

    def _require_whole(self) -> None:
        file = self._file
        file.seek(0)
        if file.read(len(HEAD)) != HEAD.encode():
            raise Invalid("{name} is no backup of listserv", name=self._name)
        left = file.seek(0, 2) - TRAILER
        file.seek(0)
        digest = sha256()
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            digest.update(chunk)
            left -= len(chunk)
        if file.read() != _trailer(digest.hexdigest()):
            raise Invalid("{name} is not whole: it was cut off or altered; nothing was changed", name=self._name)

    def read(self, name: str) -> bytes:
        """The part of that name; empty where there is none."""
        for real in (name, f"{name}.gz"):
            if real in self._names:
                return self._data(self._names[real])
        return b""

    @property
    def _names(self) -> dict[str, tarfile.TarInfo]:
        # The tar's own list is looked through from its end, name by name.
        found = self.__dict__.get("_by_name")
        if found is None:
            found = self.__dict__["_by_name"] = {entry.name: entry for entry in self._tar.getmembers() if entry.isfile()}
        return found

    def names(self, folder: str) -> Iterator[str]:
        """The parts in a folder, in order, without the .gz."""
        return (name.removesuffix(".gz") for name in self._names if name.startswith(f"{folder}/"))

    def _data(self, entry: tarfile.TarInfo) -> bytes:
        part = self._tar.extractfile(entry)
        assert part
        data = part.read()
        return gzip.decompress(data) if entry.name.endswith(".gz") else data
