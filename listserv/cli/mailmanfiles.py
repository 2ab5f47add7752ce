"""Where a Mailman keeps its things: its files and folders, found and read. Nothing in them is changed."""

import configparser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from listserv.errors import Invalid, NotFound
from listserv.mailman import mailman2, mailman3
from listserv.mailman.values import Found, FoundList, Unreadable
from listserv.store import mailman3 as foreign

LARGEST = 64 << 20
OLD = "is of Mailman 2.0: let Mailman 2.1 convert it first (its `bin/update`, or `bin/withlist -l LIST`, writes config.pck)"


def read_file(path: Path) -> bytes:
    """A file of a size that Mailman's have. Raises Invalid or NotFound."""
    try:
        if path.stat().st_size > LARGEST:
            raise Invalid("{name} is larger than {most} MB: nothing of Mailman's is", name=path, most=LARGEST >> 20)
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound("there is no file {name}", name=path) from None
    except OSError as wrong:
        raise Invalid("{name} cannot be read: {why}", name=path, why=wrong.strerror) from None


def file_in(folder: Path) -> Callable[[str], bytes | None]:
    """Reads files of a folder by name or path; None for what is not there, or not in that folder (a link may lead out of it)."""

    def read(name: str) -> bytes | None:
        try:
            path = (folder / name).resolve()
            there = path.is_relative_to(folder.resolve()) and path.is_file()
        except (OSError, ValueError, RuntimeError):
            # No file has such a name: it is too long, holds a NUL, or is a link to itself.
            return None
        return read_file(path) if there else None

    return read


def lists_of_mailman2(place: Path) -> Iterator[FoundList]:
    """The list of a `config.pck`, or of its folder; or every list in a folder of such. Raises Invalid or NotFound."""
    configs = list(_configs(place))
    if not configs:
        raise NotFound("there is no config.pck in {place}: it is in lists/NAME/ of Mailman's folder, often /var/lib/mailman", place=place)
    for config in configs:
        yield _list_of_mailman2(config)


def _configs(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    for folder in (place, place / "lists"):
        if (folder / "config.pck").is_file() or (folder / "config.db").is_file():
            yield folder / ("config.pck" if (folder / "config.pck").is_file() else "config.db")
            return
    for folder in (place / "lists", place):
        yield from sorted(folder.glob("*/config.pck"))
        if folder.is_dir() and any(folder.glob("*/config.pck")):
            return


def _list_of_mailman2(config: Path) -> FoundList:
    if config.name.endswith(".db"):
        raise Invalid("{name} {why}", name=config, why=OLD)
    folder = config.absolute().parent
    name = folder.name if config.name.startswith("config.pck") and folder.parent.name == "lists" else ""
    requests = folder / "request.pck"
    try:
        return mailman2.read(read_file(config), name, read_file(requests) if requests.is_file() else None, _held(folder))
    except Unreadable as wrong:
        raise Invalid("{name} {why}", name=config, why=wrong) from None


def _held(folder: Path) -> Callable[[str], bytes | None]:
    """Posts that wait are in `data`, beside `lists`; a copy may have them beside the list's own files."""
    places = [file_in(folder.parent.parent / "data"), file_in(folder)]
    return lambda name: next((raw for read in places if (raw := read(name)) is not None), None)


@dataclass(frozen=True, slots=True)
class Source:
    """A Mailman 3: the address of its database, and its message store where it is at hand."""

    url: str
    messages: Path | None = None

    @property
    def shown(self) -> str:
        """The address, without a password."""
        return foreign.shown(self.url)


def source_of_mailman3(text: str, var: Path | None) -> Source:
    """What a SOURCE means: Mailman's var folder, or the address of its database (then `var` is the folder). Raises NotFound."""
    if "://" in text:
        return Source(text, var / "messages" if var else None)
    place = Path(text)
    if place.is_file():
        return Source(f"sqlite:///{place.absolute()}", (var or place.absolute().parent.parent) / "messages")
    if not place.is_dir():
        raise NotFound("there is no folder {place}: say Mailman's var folder (often /var/lib/mailman3), or the address of its database", place=place)
    url = _configured(place) or (f"sqlite:///{place.absolute() / 'data' / 'mailman.db'}" if (place / "data" / "mailman.db").is_file() else "")
    if not url:
        why = "say the url of [database] in mailman.cfg (often /etc/mailman3/mailman.cfg) instead, and --var {place} for the held posts"
        raise NotFound("{place} holds no data/mailman.db and no mailman.cfg that names another database: " + why, place=place)
    return Source(url, (var or place) / "messages")


def _configured(place: Path) -> str:
    """The database that a mailman.cfg in this folder names; empty where it names none."""
    for file in (place / "etc" / "mailman.cfg", place / "mailman.cfg"):
        config = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        try:
            config.read_string(file.read_text("utf-8", "replace") if file.is_file() else "")
        except configparser.Error:
            continue
        url = (config.get("database", "url", fallback="") or "").strip()
        if url:
            return url.replace("$DATA_DIR", str(place.absolute() / "data")).replace("$VAR_DIR", str(place.absolute()))
    return ""


def lists_of_mailman3(source: Source, zone: tzinfo) -> Found:
    """Everything in a Mailman 3. Raises Invalid or NotFound."""
    store = file_in(source.messages) if source.messages and source.messages.is_dir() else None
    return mailman3.found(foreign.read(source.url), store, zone)
