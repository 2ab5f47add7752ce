"""`topic`: the subject areas of a list."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.cli.threads import administrator
from listserv.errors import Invalid, NotFound
from listserv.store.lists import Topic
from listserv.usecases import topics
from listserv.usecases.stewards import Steward
from listserv.usecases.topics import Wanted

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CHANGEABLE = ("title", "description", "moderated", "place")
slug_argument = click.argument("slug")


def topic_named(db: "Session", who: Steward, slug: str) -> Topic:
    """A topic by its short name. Raises NotFound, with a sentence for the console."""
    try:
        return topics.topic_here(db, who, slug)
    except NotFound:
        raise NotFound("{name} has no topic {slug}", name=who.mlist.name, slug=slug) from None


@click.group()
def topic() -> None:
    """Subject areas of a list."""


@topic.command()
@click.argument("name", metavar="LIST")
@slug_argument
@click.argument("title")
@click.option("--moderated", is_flag=True, help="Messages of ordinary members are read first here.")
@click.pass_obj
def add(data: Path, name: str, slug: str, title: str, moderated: bool) -> None:
    """Add a topic: mail to LIST+SLUG@… is filed under it."""
    with console.changing(data) as (db, site):
        new = topics.add(db, administrator(db, name), Wanted(slug, title, moderated=moderated), site.now())
        address = f"{name.lower()}+{new.slug}@{site.settings.site.domain}"
    click.echo(f"added the topic {new.slug}: {address}")


@topic.command("set")
@click.argument("name", metavar="LIST")
@slug_argument
@click.argument("values", nargs=-1, required=True, metavar="KEY=VALUE…")
@click.pass_obj
def set_values(data: Path, name: str, slug: str, values: tuple[str, ...]) -> None:
    """Change a topic: its title, its description, whether messages are read first there (moderated=yes or no), or its place.

    The place is counted from 1. The slug stays: addresses say it.
    """
    wanted = console.pairs(values)
    if unknown := [key for key in wanted if key not in CHANGEABLE]:
        raise Invalid("there is no setting {key} of a topic; there are: {keys}", key=unknown[0], keys=", ".join(CHANGEABLE))
    place = _place(wanted.pop("place", ""))
    moderated = _yes(wanted["moderated"]) if "moderated" in wanted else None
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        found = topic_named(db, who, slug)
        if wanted:
            title, description = wanted.get("title", found.title), wanted.get("description", found.description)
            new = Wanted(title=title, description=description, moderated=found.moderated if moderated is None else moderated)
            topics.change(db, who, found, new, site.now())
        if place:
            topics.put(db, who, found, place - 1, site.now())
    click.echo(f"set {', '.join([*wanted, *(['place'] if place else [])])} of the topic {found.slug}")


def _place(typed: str) -> int:
    """A place as it is counted, from 1; 0 where none was said. Raises Invalid."""
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and int(typed[:9]) > 0 and len(typed) < 9):
        raise Invalid("place={typed}: say a number from 1", typed=typed)
    return int(typed)


def _yes(typed: str) -> bool:
    """Raises Invalid."""
    if typed not in ("yes", "no"):
        raise Invalid("moderated={typed}: say yes or no", typed=typed)
    return typed == "yes"


@topic.command()
@click.argument("name", metavar="LIST")
@slug_argument
@click.pass_obj
def remove(data: Path, name: str, slug: str) -> None:
    """Take a topic away; its threads stay, under none."""
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        count = topics.remove(db, who, topic_named(db, who, slug), site.now())
    click.echo(f"removed the topic {slug.lower()}; {count} thread{'' if count == 1 else 's'} now under none")


@topic.command()
@click.argument("name", metavar="LIST")
@console.as_json
@click.pass_obj
def ls(data: Path, name: str, as_json: bool) -> None:
    """Print a list's topics, in their order."""
    with console.opened(data) as site, site.reading() as db:
        found = topics.all_of(db, administrator(db, name))
        rows = [{"slug": one.slug, "title": one.title, "description": one.description, "moderated": one.moderated, "threads": count} for one, count in found]
    console.print_json(rows) if as_json else console.print_table(rows, ("slug", "title", "threads", "description"))
