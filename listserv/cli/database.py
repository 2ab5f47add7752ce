"""`db`: the database's upkeep, and a whole site's move from one to another."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from listserv import bell, config
from listserv.cli import console
from listserv.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy import URL

    from listserv.site import Site
    from listserv.store.copying import Tell
    from listserv.store.lists import MailingList


class Upkeep(click.Group):
    """The commands below, and `upgrade`, which has a module of its own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order in which they are needed."""
        return ["upgrade", *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name != "upgrade":
            return super().get_command(ctx, cmd_name)
        from listserv.cli.upgrading import upgrade

        return upgrade


@click.group(cls=Upkeep)
def db() -> None:
    """The database: upgrade, check, rebuild, copy."""


@db.command()
@click.pass_obj
def check(data: Path) -> None:
    """Is the schema the one that this version needs, and the database whole?"""
    from listserv.store.migrating import wanted_revision
    from listserv.usecases.checking import require_whole

    with console.opened(data) as site:
        with site.reading() as session:
            require_whole(session)
        click.echo(f"the database is whole and at schema {wanted_revision()}")


@db.command()
@click.argument("name", metavar="[LIST]", required=False)
@console.as_json
@click.pass_obj
def rebuild(data: Path, name: str | None, as_json: bool) -> None:
    """Make everything again that is derived from the bytes of the archive's messages (of LIST, or of all lists).

    Readable bodies, safe HTML, first words, attachments, the index of words. The server may run meanwhile; after an
    interruption, what was done stays done, and the command can be given again.
    """
    from listserv.usecases import rebuilding
    from listserv.usecases.access import known_list

    with console.opened(data) as site:
        with site.reading() as session:
            mlist = known_list(session, name) if name else None
            total = rebuilding.count(session, mlist)
        with click.progressbar(length=total, label="rebuilding", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            done = _rebuilt(site, mlist, bar.update)
        with site.writing() as session:
            rebuilding.finish(session)
        bell.ring(site.settings.data)
    if as_json:
        console.print_json({"messages": done})
        return
    click.echo(f"made {console.counted(done, 'message')} again")


def _rebuilt(site: "Site", mlist: "MailingList | None", tell: Callable[[int], None]) -> int:
    """How many messages were made again, a transaction for some at a time."""
    from listserv.usecases import rebuilding

    done = last = 0
    while True:
        with site.reading() as session:
            made = rebuilding.some_after(session, mlist, last)
        if not made:
            return done
        with site.writing() as session:
            rebuilding.write(session, made)
        done, last = done + len(made), made[-1].message_id
        tell(len(made))


def say_what_is_not_found(site: "Site") -> None:
    """A word to those who come from a version without search."""
    from listserv.store.search import count_missing

    with site.reading() as session:
        missing = count_missing(session)
    if missing:
        click.echo(f"{console.counted(missing, 'message')} cannot be found by searching yet: run `listserv db rebuild`; the server may run meanwhile")


@db.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@console.as_json
@click.pass_obj
def copy(data: Path, source: str, target: str, as_json: bool) -> None:
    """Copy a whole site from the database FROM into the empty database TO, and compare.

    Both are URLs: sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME. Stop the server meanwhile: what comes in after
    the copy has begun is not in it. TO is whole in the end, or empty whatever happens.
    """
    from listserv.store import copying

    with at(data, source) as old:
        require_file(old)
        old.require_schema()
        with at(data, target) as new, for_us_alone(), no_half_file(new):
            if old.engine.url == new.engine.url:
                raise Conflict("FROM and TO are the same database")
            rows = copying.copy(old.engine, new.engine, new.settings.database_url, progress())
            told = full_address(new)
    if as_json:
        console.print_json({"tables": rows, "rows": sum(rows.values())})
        return
    click.echo(f"copied {sum(rows.values()):,} rows of {len(rows)} tables, and compared: counts and checksums are equal")
    click.echo(f"next: set database.url to {told!s} in listserv.toml, and start the server; what came in meanwhile is in the old database alone")


def full_address(site: "Site") -> "URL":
    """The database's URL as it can be written into the settings, whatever the folder of today; the password is masked."""
    url, file = site.engine.url, file_of(site)
    return url.set(database=str(file.absolute())) if file else url


@contextmanager
def at(data: Path, url: str) -> Iterator["Site"]:
    """A site on that database, whatever the settings say. Raises Invalid."""
    from listserv.site import Site

    if not url:
        raise Invalid("say both databases: sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
    site = Site(config.validated({"database": {"url": url}}, data))
    try:
        yield site
    finally:
        site.close()


def file_of(site: "Site") -> Path | None:
    """SQLite's file."""
    kind, _, place = site.settings.database_url.partition(":///")
    return Path(place) if kind == "sqlite" else None


def require_file(site: "Site") -> None:
    """Connecting would make an empty database. Raises NotFound."""
    file = file_of(site)
    if file and not file.exists():
        raise NotFound("there is no database at {where}", where=file)


@contextmanager
def for_us_alone() -> Iterator[None]:
    """What is made here is nobody else's business."""
    usual = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(usual)


@contextmanager
def no_half_file(site: "Site") -> Iterator[None]:
    """Where the work fails, a file that was not there is gone again."""
    file = file_of(site)
    new = file is not None and not file.exists()
    try:
        yield
    except BaseException:
        site.close()
        for ending in ("", "-journal", "-wal", "-shm") if file and new else ():
            Path(f"{file}{ending}").unlink(missing_ok=True)
        raise


def progress() -> "Tell":
    """Which table, and how many rows of it, on one line of the terminal; nothing where there is none."""
    if not sys.stderr.isatty():
        return lambda table, rows: None
    # Erase to the end of the line: the next table's name may be shorter.
    return lambda table, rows: click.echo(f"\r{table}: {rows:,}\x1b[K", err=True, nl=False)
