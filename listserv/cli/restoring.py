"""`restore`: a site out of its backup, on a machine that has none."""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from listserv import config
from listserv.cli import belongings, console
from listserv.cli.backup import sync_folder
from listserv.cli.console import counted
from listserv.cli.database import for_us_alone, progress
from listserv.config import FILE, Settings
from listserv.errors import Conflict, Invalid, NotFound
from listserv.site import UNFINISHED, Site
from listserv.store import holding, snapshot
from listserv.store.container import Reader
from listserv.usecases import restored

if TYPE_CHECKING:
    from sqlalchemy import Connection

ENDINGS = ("", "-journal", "-wal", "-shm")


@click.command()
@click.argument("name", metavar="FILE")
@click.option("--database", default="", metavar="URL", help="Into this empty database; else the one that the settings in the backup name.")
@click.option("--check", "only_check", is_flag=True, help="Only see whether FILE is whole.")
@console.as_json
@click.pass_obj
def restore(data: Path, name: str, database: str, only_check: bool, as_json: bool) -> None:
    """Make the site that was kept in FILE (-: stdin) anew, in a data folder and a database that hold none.

    FILE is read through before anything is changed. Where a restore was interrupted, give the command again.
    """
    with opened(name, data) as file:
        backup = Reader(file, name)
        snapshot.require_known(backup)
        if only_check:
            say_checked(backup, name, as_json=as_json)
            return
        settings, told = settings_for(backup, data, database)
        with for_us_alone():
            unpack(backup, settings, told)
    say_done(backup, settings, as_json=as_json)


@contextmanager
def opened(name: str, data: Path) -> Iterator[IO[bytes]]:
    """The backup; what comes through a pipe is kept aside first, because it is looked at before it is believed."""
    with nullcontext(sys.stdin.buffer) if name == "-" else existing(Path(name)) as file:
        if name != "-" and file.seekable():
            yield file
            return
        place = next(folder for folder in (data, *data.parents) if folder.is_dir())
        with tempfile.TemporaryFile(dir=place) as spool:
            shutil.copyfileobj(file, spool)
            yield spool


def existing(path: Path) -> IO[bytes]:
    """A file, to be read. Raises NotFound or Invalid."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound("there is no file {path}", path=path) from None
    except IsADirectoryError:
        raise Invalid("{path} is a folder: say the file that `listserv backup` wrote", path=path) from None


def settings_for(backup: Reader, data: Path, database: str) -> tuple[Settings, str]:
    """The settings that are to rule, and their text. Raises Invalid."""
    told = belongings.unpacked_settings(backup, data, database)
    values = tomllib.loads(told)
    for section, found in config.from_environment(os.environ).items():
        values[section] = {**values.get(section, {}), **found}
    if database:
        values["database"] = {**values.get("database", {}), "url": database}
    return config.validated(values, data), told


def unpack(backup: Reader, settings: Settings, told: str) -> None:
    """Settings, keys, database, in this order; until the last is there, a mark says that it is not done. Raises Conflict."""
    data, mark = settings.data, settings.data / UNFINISHED
    begun = {"made_at": backup.head["made_at"], "database": settings.database_url}
    if not (mark.exists() and json.loads(mark.read_text()) == begun and holds_a_site(settings)):
        require_room(settings)
        data.mkdir(parents=True, exist_ok=True)
        belongings.write_private(mark, json.dumps(begun).encode())
        belongings.unpack(backup, data, told)
        load(backup, settings.database_url, file_of(settings))
    # Where a restore was killed here, this is all that it left undone.
    mark.unlink()
    sync_folder(data)


def file_of(settings: Settings) -> Path | None:
    """SQLite's file; None where it is another database."""
    kind, _, place = settings.database_url.partition(":///")
    return Path(place) if kind == "sqlite" else None


def require_room(settings: Settings) -> None:
    """There must be no site in the folder nor in the database, unless a restore of ours left it half done. Raises Conflict."""
    if (settings.data / FILE).exists() and not (settings.data / UNFINISHED).exists():
        raise Conflict("{path} is there already: there is a site; say another folder with --data", path=settings.data / FILE)
    file = file_of(settings)
    if file is None or file.exists():
        snapshot.require_room(settings.database_url)


def holds_a_site(settings: Settings) -> bool:
    """Is the database there already? It comes whole or not at all."""
    try:
        require_room(settings)
    except Conflict:
        return True
    return False


def load(backup: Reader, url: str, file: Path | None) -> None:
    """The database: whole under its name, or not at all."""
    if file is None:
        snapshot.load(backup, url, settle, progress())
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f"{file.name}.restoring")
    remove(half)
    try:
        snapshot.load(backup, f"sqlite:///{half}", settle, progress())
        remove(file)
        os.replace(half, file)
        sync_folder(file.parent)
    finally:
        remove(half)


def remove(file: Path) -> None:
    """A SQLite file, with what stands beside it."""
    for ending in ENDINGS:
        file.with_name(file.name + ending).unlink(missing_ok=True)


def settle(connection: "Connection") -> None:
    """Nobody holds anything any more."""
    holding.let_go(connection, int(datetime.now(UTC).timestamp() * 1000))


def say_checked(backup: Reader, name: str, *, as_json: bool) -> None:
    """What is in a backup that is whole."""
    rows = {table: one["rows"] for table, one in backup.manifest["tables"].items()}
    if as_json:
        console.print_json({**backup.head, "tables": rows, "rows": sum(rows.values())})
        return
    click.echo(f"{name} is whole: {backup.head['domain']} as of {backup.head['made_at']}, schema {backup.head['schema']}, {sum(rows.values()):,} rows")


def say_done(backup: Reader, settings: Settings, *, as_json: bool) -> None:
    """What there is now, and what will go out when the server starts."""
    with closing(Site(settings)) as site:
        with site.reading() as db:
            left = restored.still_to_do(db, site.now())
        age = site.now() - datetime.fromisoformat(backup.head["made_at"])
    if as_json:
        console.print_json({**backup.head, "still_to_do": asdict(left)})
        return
    for line in in_words(backup.head, left, age):
        click.echo(line)


def in_words(head: dict[str, Any], left: restored.StillToDo, age: timedelta) -> Iterator[str]:
    """The same for people."""
    yield f"restored {head['domain']} as of {head['made_at']} ({as_age(age)} ago)"
    yield (
        f"still to do: {counted(left.mails, 'mail')} to read, {counted(left.posts_and_letters, 'post or letter', 'posts and letters')} "
        f"and {counted(left.copies, 'copy', 'copies')} to send, {counted(left.calendar, 'thing')} of the calendar"
    )
    yield "what went out after the backup was made is not known here and goes out again; look first: `listserv queue ls`, `listserv due`"
    yield "next: `listserv serve` (with --only smtp,web nothing goes out yet)"


def as_age(age: timedelta) -> str:
    """Days, hours or minutes."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes >= 2880:
        return counted(minutes // 1440, "day")
    return counted(minutes // 60, "hour") if minutes >= 120 else counted(minutes, "minute")
