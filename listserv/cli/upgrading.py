"""`db upgrade`: from an older schema to this program's, with a way back."""

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from listserv import config
from listserv.cli import belongings
from listserv.cli.backup import sync_folder
from listserv.cli.database import file_of, for_us_alone, say_what_is_not_found
from listserv.errors import Conflict, NotFound
from listserv.site import Site, require_restored
from listserv.store import migrating

# Bytes that must be free beside the copy: the upgrade itself writes as well.
SPARE = 64 << 20


@click.command()
@click.option("--backed-up", is_flag=True, help="There is a backup: make no copy, and do not ask.")
@click.pass_obj
def upgrade(data: Path, backed_up: bool) -> None:
    """Bring the database to the schema that this version needs. Stop the server first.

    SQLite: a copy of the database as it was is put beside it. PostgreSQL: there must be a backup (--backed-up). All steps
    are one transaction: where one fails, or the command is killed, nothing has changed.
    """
    require_restored(data)
    with closing(Site(config.load(data))) as site:
        require_meant(site)
        have, want = migrating.present_revision(site.engine), migrating.wanted_revision()
        site.require_not_newer(have)
        if have == want:
            click.echo(f"the database is at schema {want}: nothing to do")
        else:
            if have and not backed_up:
                keep_the_old(site, have)
            click.echo(f"from schema {have or 'none'} to {want}, all in one transaction")
            migrating.upgrade(site.settings.database_url, tell=lambda step: click.echo(f"  {step}"))
            click.echo(f"the database is at schema {migrating.present_revision(site.engine)}")
        say_what_is_not_found(site)


def require_meant(site: Site) -> None:
    """A folder without settings and without a database is a slip of the pen. Raises NotFound."""
    data, file = site.settings.data, file_of(site)
    if file and not file.exists() and not (data / config.FILE).exists() and not belongings.config_variables():
        raise NotFound("there is no site at {data}: run `listserv init`, or say where with --data", data=data)


def keep_the_old(site: Site, have: str) -> None:
    """What can be gone back to: a copy of SQLite's file, or a person's word. Raises Conflict."""
    file = file_of(site)
    if file:
        kept = file.with_name(f"{file.name}.schema-{have}")
        copy(file, kept)
        click.echo(f"kept the database as it was: {kept} ({kept.stat().st_size:,} bytes)")
        return
    if sys.stdin.isatty() and click.confirm("Is there a backup that you could go back to?", err=True):
        return
    mend = "with the old version say `listserv backup FILE`, or use pg_dump; then `listserv db upgrade --backed-up`"
    raise Conflict("the database is at schema {have}, and is not upgraded without a backup: {mend}", have=have, mend=mend)


def copy(file: Path, kept: Path) -> None:
    """One state of a SQLite database in another file: whole under its name, or not at all. Raises Conflict where there is no room."""
    size = sum(part.stat().st_size for part in (file, Path(f"{file}-wal")) if part.exists())
    if shutil.disk_usage(file.parent).free < size + SPARE:
        raise Conflict("no room for a copy of {file} ({size} bytes): make a backup elsewhere, then say --backed-up", file=file, size=f"{size:,}")
    half = kept.with_name(f"{kept.name}.half")
    half.unlink(missing_ok=True)
    try:
        with for_us_alone(), closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(half)) as new:
            old.backup(new)
        number = os.open(half, os.O_RDONLY)
        os.fsync(number)
        os.close(number)
        os.replace(half, kept)
        sync_folder(kept.parent)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(f"{half}{ending}").unlink(missing_ok=True)
