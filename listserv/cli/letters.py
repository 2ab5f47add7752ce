"""`letters`: every letter in both languages, to look at."""

from dataclasses import asdict
from pathlib import Path

import click

from listserv import gallery
from listserv.cli import console


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write files and an index.html there instead of printing.")
@console.as_json
def letters(out: Path | None, as_json: bool) -> None:
    """Render every letter in both languages, in every way it can read, with sample facts."""
    if out:
        out.mkdir(parents=True, exist_ok=True)
        count = gallery.write(lambda name, text: _put(out / name, text))
        click.echo(f"wrote {count} letters to {out}: open index.html")
        return
    shown = [{**asdict(one), "letter": one.name} for one in gallery.letters_shown()]
    if as_json:
        console.print_json(shown)
        return
    for one in shown:
        way = f", {one['way']}" if one["way"] else ""
        console.write(f"=== {one['letter']} ({one['language']}{way})\n{one['subject']}\n\n{one['body']}")


def _put(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
