"""`backup`: everything of a site in one file, while it runs."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from listserv import __version__
from listserv.cli import belongings, console
from listserv.cli.database import progress
from listserv.errors import Conflict, Invalid, Refusal
from listserv.site import Site
from listserv.store import snapshot
from listserv.store.container import FORMAT, HEAD, Writer
from listserv.store.migrating import wanted_revision


@click.command()
@click.argument("out", metavar="FILE")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@console.as_json
@click.pass_obj
def backup(data: Path, out: str, force: bool, as_json: bool) -> None:
    """Write the whole site into FILE (-: stdout): database, settings, secret, keys. The server may run meanwhile.

    It is one state of everything. Whoever has the file can sign in our name: keep it as you keep the settings.
    """
    if out == "-" and sys.stdout.isatty():
        raise Invalid("a backup is nothing to be read on a terminal: say a file, or send the output into one")
    target = None if out == "-" else checked(Path(out), force=force)
    with console.opened(data) as site, opened(target) as file:
        facts = write(site, file)
    if target is None:
        return
    if as_json:
        console.print_json({"file": str(target), **facts})
        return
    click.echo(f"wrote {facts['rows']:,} rows of {facts['tables']} tables, settings and keys to {out} ({facts['bytes']:,} bytes), as of {facts['made_at']}")


def write(site: Site, file: IO[bytes]) -> dict[str, object]:
    """The backup into an open file; what is in it."""
    packed = Writer(file)
    with snapshot.looking(site.engine) as connection:
        made_at = site.now().isoformat(timespec="seconds")
        head = {"format": FORMAT, "version": __version__, "schema": wanted_revision(), "made_at": made_at, "domain": site.settings.site.domain}
        packed.add_json(HEAD, head)
        belongings.pack(site.settings, packed)
        rows = snapshot.write(connection, packed, progress())
    packed.close()
    return {"made_at": made_at, "schema": head["schema"], "tables": len(rows), "rows": sum(rows.values()), "bytes": packed.size}


def checked(out: Path, *, force: bool) -> Path:
    """The file that is meant, behind any links. Raises Invalid for what can be no file, Conflict for one that is there."""
    final = out.resolve()
    if not final.parent.is_dir():
        raise Invalid("{out} cannot be written: there is no folder {folder}", out=out, folder=final.parent)
    if final.exists() and not final.is_file():
        raise Invalid("{out} is no ordinary file: say another name, or - and send the output there", out=out)
    if final.exists() and not force:
        raise Conflict("{out} is there already: say another name, or --force to write over it", out=out)
    return final


@contextmanager
def opened(target: Path | None) -> Iterator[IO[bytes]]:
    """Where the backup goes. Whatever hinders it is one sentence, and nothing half stays under any name."""
    try:
        if target is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _beside(target) as file:
                yield file
    except OSError as wrong:
        if target is None:  # what is still in its buffer would fail once more at the end of the process
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        where = wrong.filename or target or "the output"
        raise Refusal("the backup was not made: {where}: {why}", where=where, why=wrong.strerror or wrong) from None


@contextmanager
def _beside(target: Path) -> Iterator[IO[bytes]]:
    number, place = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    try:
        with open(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(place, target)
        sync_folder(target.parent)
    except BaseException:
        Path(place).unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """A new name in it survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
