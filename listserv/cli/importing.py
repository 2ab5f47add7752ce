"""`import`: an archive comes in. Mails are read in processes of their own and kept by this one, a batch to a transaction."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from listserv.cli import console
from listserv.cli.archives import Source, sources
from listserv.cli.parsing import Batch, Readers, batches
from listserv.errors import Conflict
from listserv.mail import dating
from listserv.mail.address import RESERVED_NAMES
from listserv.site import Site
from listserv.store.lists import MailingList
from listserv.usecases import handover, importing
from listserv.usecases.access import CONSOLE, known_list

# How help names the command that has no name of its own.
MAIL = "LIST FILE…"
METAVAR = f"{MAIL} | mailman2 FILE | mailman3 SOURCE | listmonk LIST FILE.csv | moodle LIST FILE | discourse LIST FILE"
# Loaded when they are called, and only then.
MOVES = ("mailman2", "mailman3", "listmonk", "moodle", "discourse")


class Imports(click.Group):
    """What is no other program's name is the name of a list."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, as help shows them."""
        return [MAIL, *MOVES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name in MOVES:
            from listserv.cli import forums, listmonk, mailman

            home = {"listmonk": listmonk, "moodle": forums, "discourse": forums}.get(cmd_name, mailman)
            command: click.Command = getattr(home, f"{cmd_name}_command")
            return command
        return history if cmd_name == MAIL else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that these arguments are for."""
        if args[0].startswith("-") or (args[0] in MOVES and not _is_a_list(args)):
            return super().resolve_command(ctx, args)
        return args[0], history, args[1:]


def _is_a_list(args: list[str]) -> bool:
    """A list may be called as another program is: then its name is followed by a file, and by nothing else."""
    return args[0] not in RESERVED_NAMES and len(args) == 2 and Path(args[1]).exists()


@click.command(cls=Imports, subcommand_metavar=METAVAR, name="import")
def import_command() -> None:
    """Bring an archive, or another program's lists."""


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--afresh", is_flag=True, help="Throw away what an interrupted import of other files has left.")
@console.as_json
@click.pass_context
def history(ctx: click.Context, files: tuple[Path, ...], afresh: bool, as_json: bool) -> None:
    """Bring mail into a list's archive: mbox files (also .gz), single mails, folders of them.

    Nobody is written to; nothing can be seen before all of it has been read; what is there already is left as it is. Safe to
    run twice, and to go on with after an interruption.
    """
    found = [source for file in files for source in sources(file)]
    if len(found) == 1:
        found[0].require_mail()
    name = str(ctx.info_name)
    with closing(Readers().start()) as readers, console.opened(ctx.obj) as site, only_one(site.settings.data):
        importer = Importer(site, readers, name, " ".join(file.name for file in files), afresh)
        try:
            with bar(found) as tell:
                importer.bring(found, tell)
        except KeyboardInterrupt:
            seen = "some" if importer.seen else "nothing"
            click.echo(f"\nlistserv: stopped: {seen} of it can be seen, and the same command goes on", err=True)
            raise
    if as_json:
        console.print_json(importer.facts(many=len(found) > 1))
        return
    click.echo(f"read {importer.read}, imported {importer.imported}, already there {importer.already}, unreadable {len(importer.unreadable)}")
    for one in importer.unreadable:
        click.echo(f"listserv: {one['file']}: mail {one['index']}: {one['why']}", err=True)


@dataclass
class Importer:
    """An import under way: how many mails it has read, taken, found there already, and which it could not take."""

    site: Site
    readers: Readers
    name: str
    source: str
    afresh: bool = False
    read: int = 0
    imported: int = 0
    already: int = 0
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    # Some of it may be part of the archive already, and some not.
    seen: bool = False

    def facts(self, *, many: bool) -> dict[str, Any]:
        """As it is printed as JSON; which file a mail was in is said where there were many."""
        named = [one if many else {key: one[key] for key in ("index", "why")} for one in self.unreadable]
        return {"read": self.read, "imported": self.imported, "already": self.already, "unreadable": named}

    def bring(self, found: Sequence[Source], tell: Callable[[int], None]) -> None:
        """All of it, from the first file to the last thread."""
        with self.site.reading() as db:
            left = handover.under_way(db, known_list(db, self.name))
        if left:
            # All of that had been gathered: it goes its way first, and is there already for what comes now.
            self._hand_over(left.id)
        with self.site.writing() as db:
            shadow = importing.begin(db, known_list(db, self.name), self.source, self.site.now(), afresh=self.afresh)
        for source in found:
            self._file(shadow, source, tell)
        for portion in self._portions(shadow.id):
            with self.site.writing() as db:
                handover.arrange(db, portion)
        # What came by itself while the import was running is there once.
        doubles = min(self._hand_over(shadow.id), self.imported)
        self.imported, self.already = self.imported - doubles, self.already + doubles

    def _hand_over(self, shadow_id: int) -> int:
        """Make what has been gathered the list's history, a portion to a transaction; how many had come by themselves meanwhile."""
        doubles = 0
        with self.site.writing() as db:
            handover.begin(db, db.get_one(MailingList, shadow_id))
        self.seen = True
        for portion in self._portions(shadow_id):
            with self.site.writing() as db:
                doubles += handover.hand_over(db, db.get_one(MailingList, shadow_id), portion).doubles
        with self.site.writing() as db:
            handover.sweep(db, db.get_one(MailingList, shadow_id))
        with self.site.reading() as db:
            count = handover.count_brought(db, db.get_one(MailingList, shadow_id))
        with self.site.writing() as db:
            handover.end(db, db.get_one(MailingList, shadow_id), count, CONSOLE, self.site.now())
        self.seen = False
        return doubles

    def _portions(self, shadow_id: int) -> Iterator[list[int]]:
        """What has been gathered, in portions; looked up without keeping anybody waiting."""
        last = 0
        while True:
            with self.site.reading() as db:
                some = handover.portions(db, db.get_one(MailingList, shadow_id), last)
            if not some:
                return
            yield from some
            last = some[-1][-1]

    def _file(self, shadow: MailingList, source: Source, tell: Callable[[int], None]) -> None:
        before: list[Any] = []
        at = count = 0
        for batch in self.readers.read(self._unknown(shadow, source)):
            count += batch.already + len(batch.entries)
            self.read += batch.already + len(batch.entries)
            self.already += batch.already
            self._keep(shadow, source, batch, before)
            tell(batch.at - at)
            at = batch.at
        if source.broken:
            self.unreadable.append({"file": source.path.name, "index": count + 1, "why": source.broken})

    def _unknown(self, shadow: MailingList, source: Source) -> Iterator[Batch]:
        """The mails of a file without those that have been brought before."""
        for entries in batches(source.entries()):
            hashes = [sha256(entry.raw or b"").digest() for entry in entries]
            with self.site.reading() as db:
                here = importing.already_here(db, shadow, hashes)
            new = [entry for entry, hashed in zip(entries, hashes, strict=True) if hashed not in here]
            times = [here[hashed] for hashed in hashes if hashed in here]
            yield Batch(new, already=len(entries) - len(new), at=source.at, times=times)

    def _keep(self, shadow: MailingList, source: Source, batch: Batch, before: list[Any]) -> None:
        read = [(one.post, one.claim, content, words) for one, content, words in batch.results if one.post and content]
        before += batch.times
        times = dating.place([claim for _, claim, _, _ in read], before, self.site.now())
        before[:] = [*before, *(one.sent for one in times)][-dating.AROUND :]
        self.unreadable += [{"file": source.path.name, "index": one.index, "why": one.why} for one, _, _ in batch.results if one.why]
        found = [importing.Found(content, post, at, words) for (post, _, content, words), at in zip(read, times, strict=True)]
        if not found:
            return
        with self.site.writing() as db:
            new = importing.gather(db, db.get_one(MailingList, shadow.id), found)
        self.imported += new
        self.already += len(found) - new


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """One import at a time. Raises Conflict while another is running."""
    folder = os.open(data, os.O_RDONLY)
    try:
        _lock(folder)
        yield
    finally:
        os.close(folder)


def _lock(folder: int) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("another import is running: wait until it has ended") from None


@contextmanager
def bar(found: Sequence[Source]) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, where somebody is looking."""
    length = sum(source.path.stat().st_size for source in found if source.path.exists())
    with click.progressbar(length=length, label="importing", file=sys.stderr, hidden=not sys.stderr.isatty()) as shown:
        yield shown.update
