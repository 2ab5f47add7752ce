"""`letters`: every letter in both languages, to look at."""

from pathlib import Path

import click

from listserv import letters as words
from listserv.cli import console


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write files there instead of printing.")
@console.as_json
def letters(out: Path | None, as_json: bool) -> None:
    """Render every letter in both languages with sample facts."""
    shown = [{"letter": name, "language": language, "subject": letter.subject, "body": letter.body} for name, language, letter in words.gallery()]
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for one in shown:
            (out / f"{one['letter']}.{one['language']}.txt").write_text(f"{one['subject']}\n\n{one['body']}", "utf-8")
        click.echo(f"wrote {len(shown)} letters to {out}")
    elif as_json:
        console.print_json(shown)
    else:
        for one in shown:
            console.write(f"=== {one['letter']} ({one['language']})\n{one['subject']}\n\n{one['body']}")
