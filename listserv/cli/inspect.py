"""`inspect`: how mails would be understood and judged; changes nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from listserv import config
from listserv.cli import CODES, console
from listserv.dns import Resolver
from listserv.errors import Refusal
from listserv.mail.authentication import Results
from listserv.mail.parse import Post, parse
from listserv.usecases import inspecting
from listserv.usecases.access import known_list

Judge = Callable[[bytes, Post, Results], dict[str, Any] | None]
SHOWN = ("file", "message_id", "from", "subject", "date", "automatic", "authentication", "problems", "verdict")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…|-")
@click.option("--list", "name", default="", metavar="LIST", help="Judge the mail as this list would.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line, in order.")
@click.option("--dns", "by_dns", is_flag=True, help="Ask DNS about the sender: SPF, DKIM, DMARC, ARC.")
@click.pass_obj
def inspect(data: Path, files: tuple[str, ...], name: str, as_json: bool, by_dns: bool) -> int:
    """Tell how each mail would be understood and judged. `-` is stdin."""
    code = 0
    auth = config.load(data).auth
    resolver = Resolver(auth.dns) if by_dns else None
    with judging(data, name) as judge:
        for file in files:
            try:
                raw = console.read_bytes(file)
            except Refusal as refused:
                click.echo(f"listserv: {refused}", err=True)
                code = code or CODES[type(refused)]
                continue
            post = parse(raw)
            results = inspecting.results(raw, post, auth, resolver)
            found = {"file": file, **inspecting.understood(raw, post, results), "verdict": judge(raw, post, results)}
            console.write(json.dumps(found, ensure_ascii=False)) if as_json else show(found)
    return code


@contextmanager
def judging(data: Path, name: str) -> Iterator[Judge]:
    """What judges a mail: a list, or nobody where none is named."""
    if not name:
        yield lambda raw, post, results: None
        return
    with console.opened(data) as site, site.reading() as db:
        mlist = known_list(db, name)
        yield lambda raw, post, results: inspecting.verdict(db, mlist, raw, post, results, site.now())


def show(found: dict[str, Any]) -> None:
    """A mail for people: what it is, and what its author wrote now."""
    author = found["from"] or {"name": "", "address": ""}
    verdict = found["verdict"]
    known = {method: word for method, word in found["authentication"].items() if word}
    words = {
        "from": f"{author['name']} <{author['address']}>".strip(),
        "authentication": " ".join(f"{method}={word}" for method, word in known.items()) or None,
        "verdict": f"{verdict['action']} {' '.join(verdict['reasons'])}".strip() if verdict else None,
        "files": [f"{file['name']} ({file['size']} bytes)" for file in found["attachments"]],
    }
    console.print_facts({key: words.get(key, found.get(key)) for key in (*SHOWN, "files")})
    for line in found["reply"].splitlines():
        console.write(f"    {console.one_line(line) if line.strip() else ''}".rstrip())
    console.write("")
