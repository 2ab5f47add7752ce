"""`export`: everything that a list holds, out of the house."""

import csv
import gzip
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import click

from listserv.cli import console
from listserv.errors import Conflict, Invalid, Refusal
from listserv.site import Site
from listserv.store.lists import MailingList
from listserv.usecases import exporting
from listserv.usecases.access import known_list
from listserv.usecases.membertables import harmless

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Parts = Iterator[bytes]


def as_mbox(db: "Session", mlist: MailingList, site: Site) -> Parts:
    """The bytes of every message."""
    return exporting.mails(db, mlist)


def as_json(db: "Session", mlist: MailingList, site: Site) -> Parts:
    """One message a line."""
    for told in exporting.contents(db, mlist):
        line = json.dumps({**told, "date": console.local(told["date"], site)}, ensure_ascii=False)
        yield line.encode("utf-8", "backslashreplace") + b"\n"


def as_csv(db: "Session", mlist: MailingList, site: Site) -> Parts:
    """One member a line. What begins like a formula is a text (`member import` reads it back): spreadsheets would run somebody's name."""
    for row in exporting.members(db, mlist):
        yield _csv_line(harmless(row))


def _csv_line(row: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue().encode()


FORMATS: Mapping[str, Callable[["Session", MailingList, Site], Parts]] = {"mbox": as_mbox, "json": as_json, "csv": as_csv}
HEADS = {"csv": _csv_line(exporting.COLUMNS)}


@click.command()
@click.argument("name", metavar="LIST")
@click.option("--format", "form", required=True, type=click.Choice([*FORMATS]), help="mbox: every message; json: their contents; csv: the members.")
@click.option("--out", default="-", metavar="FILE", help="Where to (stdout); packed where it ends in .gz.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.pass_obj
def export(data: Path, name: str, form: str, out: str, force: bool) -> None:
    """Write out what a list holds: its messages byte for byte, their contents, or its members."""
    target = None if out == "-" else checked(Path(out), force)
    with console.opened(data) as site, site.reading() as db:
        parts = FORMATS[form](db, known_list(db, name), site)
        count = 0
        with writing(target) as file:
            file.write(HEADS.get(form, b""))
            for count, part in enumerate(parts, 1):  # noqa: B007  (told below)
                file.write(part)
    if target:
        what = "member" if form == "csv" else "message"
        click.echo(f"wrote {count} {what}{'' if count == 1 else 's'} to {out}")


def checked(out: Path, force: bool) -> Path:
    """The file that is meant, behind any links. Raises Invalid for what is no file, Conflict for one that is there."""
    final = out.resolve()
    if not final.parent.is_dir():
        raise Invalid("{out} cannot be written: there is no folder {folder}", out=out, folder=final.parent)
    if final.exists() and not final.is_file():
        raise Invalid("{out} is no ordinary file: say another name, or leave --out away and send the output there", out=out)
    if final.exists() and not force:
        raise Conflict("{out} is there already: say another name, or --force to write over it", out=out)
    return final


@contextmanager
def writing(target: Path | None) -> Iterator[IO[bytes]]:
    """Where the parts go. Whatever hinders it is one sentence, and no half file stays under the final name."""
    place: AbstractContextManager[IO[bytes]] = whole(target) if target else to_stdout()
    try:
        with place as file:
            yield file
    except BrokenPipeError:
        raise Refusal("the export is not whole: whoever read its output has gone") from None
    except OSError as wrong:
        raise Refusal("{out} cannot be written: {why}", out=target or "the output", why=wrong.strerror or wrong) from None


@contextmanager
def to_stdout() -> Iterator[IO[bytes]]:
    """Stdout, as bytes."""
    out = sys.stdout.buffer
    try:
        yield out
        out.flush()
    except OSError:
        # What is still in its buffer would fail once more at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise


@contextmanager
def whole(final: Path) -> Iterator[IO[bytes]]:
    """A file beside the final one, for its owner's eyes only, that takes its name when all is on the disk."""
    number, place = tempfile.mkstemp(prefix=".export-", dir=final.parent)
    try:
        with open(number, "wb") as file:
            inner: AbstractContextManager[IO[bytes]] = packed(file) if final.suffix == ".gz" else nullcontext(file)
            with inner as out:
                yield out
            file.flush()
            os.fsync(file.fileno())
        os.replace(place, final)
    except BaseException:
        os.unlink(place)
        raise


def packed(file: IO[bytes]) -> AbstractContextManager[IO[bytes]]:
    """The same file, packed on the way; without name and time in it, so that the same list gives the same bytes."""
    return cast(AbstractContextManager[IO[bytes]], gzip.GzipFile("", "wb", 6, file, mtime=0))
