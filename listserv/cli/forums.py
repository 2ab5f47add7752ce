"""`import moodle` and `import discourse`: the posts of a forum become a list's archive."""

import re
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from listserv.cli import console
from listserv.cli.archives import sources
from listserv.cli.parsing import Readers
from listserv.errors import Invalid
from listserv.mail import mbox
from listserv.usecases import forumtables, membertables
from listserv.usecases.forumtables import Brought, Forum

BAD_INPUT = 2
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?", re.I)


def _command(forum: Forum, words: str) -> click.Command:
    @click.command(str(forum), help=words)
    @click.argument("name", metavar="LIST")
    @click.argument("file", metavar="FILE")
    @click.option("--people", metavar="FILE.csv", help="A table of the forum's users with the columns id and email.")
    @click.option("--host", default=f"{forum}.invalid", show_default=True, help="The forum's host, where posts of more than one come into a list.")
    @click.option("--dry-run", is_flag=True, help="Say what would come and what cannot; change nothing.")
    @console.as_json
    @click.pass_context
    def command(ctx: click.Context, name: str, file: str, people: str | None, host: str, dry_run: bool, as_json: bool) -> int:
        if not HOST.fullmatch(host):
            raise Invalid("{host} is no host's name", host=host)
        known = forumtables.emails(membertables.decoded(console.read_bytes(people))) if people else {}
        found = forumtables.read(membertables.decoded(console.read_bytes(file)), forum, known)
        facts = _told(found) | {"dry_run": dry_run}
        if not dry_run:
            facts |= _bring(ctx.obj, name, Path(file).name, list(forumtables.mails(found.posts, forum, host.lower())))
        console.print_json(facts) if as_json else _show(facts)
        return BAD_INPUT if facts["unreadable"] else 0

    return command


def _told(found: Brought) -> dict[str, Any]:
    """As it is printed."""
    facts: dict[str, Any] = {"posts": len(found.posts), "threads": sum(not post.above for post in found.posts)}
    facts["without_address"] = len({post.who for post in found.posts if not post.email})
    return facts | {"left_out": dict(found.left_out), "unreadable": [{"line": line, "why": why} for line, why in found.unreadable]}


def _bring(data: Path, name: str, source: str, made: list[bytes]) -> dict[str, int]:
    """The mails by way of an mbox, as every other archive comes."""
    # Loaded here: `importing` knows the commands, and this is one of them.
    from listserv.cli.importing import Importer, only_one

    with tempfile.TemporaryDirectory() as folder, closing(Readers().start()) as readers, console.opened(data) as site:
        place = Path(folder) / f"{source}.mbox"
        with place.open("wb") as file:
            for raw in made:
                file.write(b"From forum@localhost Thu Jan  1 00:00:00 1970\n" + mbox.TO_QUOTE.sub(rb">\1", raw.replace(b"\r\n", b"\n")) + b"\n")
        with only_one(site.settings.data):
            importer = Importer(site, readers, name, source)
            importer.bring(sources(place) if made else [], lambda _: None)
    return {"imported": importer.imported, "already": importer.already}


def _show(facts: dict[str, Any]) -> None:
    """For people."""
    dry = facts["dry_run"]
    done = "would come" if dry else f"{facts['imported']} imported, {facts['already']} already there"
    console.write(f"read {console.counted(facts['posts'], 'post')} in {console.counted(facts['threads'], 'thread')}: {done}")
    if facts["without_address"]:
        nameless = console.counted(facts["without_address"], "person", "people")
        console.write(f"  {nameless} without an e-mail address: such posts come under the name alone (--people gives addresses)")
    for why, count in sorted(facts["left_out"].items()):
        console.write(f"  left out: {count} {why}")
    for one in facts["unreadable"]:
        click.echo(f"line {one['line']}: {one['why']}", err=True)
    if dry:
        console.write("a dry run: nothing has been changed")


moodle_command = _command(
    Forum.MOODLE, "Bring a Moodle forum's posts into a list's archive: the table that the forum exports (CSV or JSON). Writes to nobody; safe to run twice."
)
discourse_command = _command(
    Forum.DISCOURSE,
    "Bring a Discourse forum's posts into a list's archive: the table that the query in docs/moving.md gives (CSV, JSON). Writes to nobody; safe to run twice.",
)
