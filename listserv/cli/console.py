"""What the commands share: opening the site, and printing for people or for programs."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from listserv import bell
from listserv.errors import Invalid, NotFound
from listserv.site import Site, open_site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

as_json: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

EDGE = timedelta(days=400)


@contextmanager
def opened(data: Path) -> Iterator[Site]:
    """The site in a data folder, closed again at the end. Raises NotFound where there is none."""
    site = open_site(data)
    try:
        yield site
    finally:
        site.close()


@contextmanager
def changing(data: Path) -> Iterator[tuple["Session", Site]]:
    """One writing transaction of the site; when it is through, the workers hear of it."""
    with opened(data) as site:
        with site.writing() as db:
            yield db, site
        bell.ring(site.settings.data)


def pairs(words: Iterable[str]) -> dict[str, str]:
    """KEY=VALUE arguments. Raises Invalid."""
    found = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise Invalid("{word}: write it as KEY=VALUE", word=word)
        found[key.strip()] = value
    return found


def local(moment: datetime | None, site: Site) -> str | None:
    """A moment as it is printed: ISO 8601 with offset, in the site's zone."""
    return moment.astimezone(ZoneInfo(site.settings.timezone)).isoformat(timespec="seconds") if moment else None


def parsed_time(text: str, site: Site) -> datetime:
    """A time as it is typed: ISO 8601; without offset it is in the site's zone. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text)
        # The ends of time have no neighbours, and zones and calendars reckon with them.
        _ = moment - EDGE, moment + EDGE
    except (ValueError, OverflowError):
        raise Invalid("{text}: write the time as 2026-03-03T07:00", text=text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(site.settings.timezone))


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON."""
    write(json.dumps(value, ensure_ascii=False, indent=indent, default=str))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows for people: aligned columns under their names."""
    cells = [list(columns), *([one_line(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    for line in cells if rows else ():
        write("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print names and values, one a line."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        write(f"{name.ljust(width)}  {one_line(value)}".rstrip())


def one_line(value: Any) -> str:
    """A value as one line for people; what could steer their terminal is left out."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "-"
    return " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())


def counted(number: int, word: str, many: str = "") -> str:
    """`1 list`, `2 lists`, `1,200 people`."""
    return f"{number:,} {word if number == 1 else many or f'{word}s'}"


def write(line: str) -> None:
    """A line to stdout in UTF-8, whatever the locale; a stray surrogate of a broken mail becomes its escape."""
    click.echo(line.encode("utf-8", "backslashreplace"))


def read_bytes(name: str) -> bytes:
    """A file, or stdin for `-`. Raises NotFound or Invalid."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise NotFound("there is no file {name}", name=name) from None
    except OSError as wrong:
        raise Invalid("{name} cannot be read: {why}", name=name, why=wrong.strerror) from None
