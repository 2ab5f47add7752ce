"""`thread`: what moderators do with threads and messages, for administrators."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from listserv.cli import console
from listserv.errors import Invalid, NotFound
from listserv.mail import fields
from listserv.mail.parse import message_hash
from listserv.store.archive import Message, Thread
from listserv.usecases import hiding, redacting, threadtools
from listserv.usecases.access import CONSOLE, known_list
from listserv.usecases.redacting import Wish
from listserv.usecases.stewards import Steward

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

reason_option = click.option("--reason", default="", metavar="WHY", help="For the journal.")
message_option = click.option("--message", "message_id", default="", metavar="MESSAGE-ID", help="One message instead of a thread.")
thread_argument = click.argument("thread_id", metavar="THREAD", type=click.IntRange(0, 2**63 - 1))
message_argument = click.argument("message_id", metavar="MESSAGE-ID")


@click.group()
def thread() -> None:
    """Threads (by the number at the end of their address) and messages (by Message-ID)."""


def administrator(db: "Session", name: str) -> Steward:
    """Whoever sits at the console looks after every list. Raises NotFound."""
    return Steward(known_list(db, name), None, CONSOLE)


def thread_named(db: "Session", who: Steward, thread_id: int) -> Thread:
    """A thread by its number. Raises NotFound, with a sentence for the console."""
    try:
        return hiding.thread_here(db, who, thread_id)
    except NotFound:
        raise NotFound("{name} has no thread {id}, or it was joined to another", name=who.mlist.name, id=thread_id) from None


def message_named(db: "Session", who: Steward, message_id: str) -> Message:
    """A message by its Message-ID, with or without brackets. Raises NotFound, with a sentence for the console."""
    wanted = fields.message_id(message_id) or message_id.strip().strip("<>").strip()
    try:
        return hiding.message_here(db, who, message_hash(wanted))
    except NotFound:
        raise NotFound("{name} has no message <{id}>", name=who.mlist.name, id=wanted) from None


def on_thread(data: "Path", name: str, thread_id: int, verb: Callable[..., Any], *words: str) -> Any:
    """One verb on one thread, in one transaction."""
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        made = verb(db, who, thread_named(db, who, thread_id), *words, site.now())
        return made.id if isinstance(made, Thread) else made


def _command(name: str, verb: Callable[["Session", Steward, Thread, datetime], None], what: str, done: str) -> None:
    @thread.command(name, help=what)
    @click.argument("list_name", metavar="LIST")
    @thread_argument
    @click.pass_obj
    def command(data: "Path", list_name: str, thread_id: int) -> None:
        on_thread(data, list_name, thread_id, verb)
        click.echo(f"{done} thread {thread_id}")


_command("lock", threadtools.lock, "Close a thread: answers to it are held.", "closed")
_command("unlock", threadtools.unlock, "Open a closed thread again.", "opened")
_command("pin", threadtools.pin, "Keep a thread above the others.", "pinned")
_command("unpin", threadtools.unpin, "Let it stand where its age puts it.", "unpinned")


@thread.command()
@click.argument("name", metavar="LIST")
@thread_argument
@click.argument("title")
@click.pass_obj
def rename(data: "Path", name: str, thread_id: int, title: str) -> None:
    """Give a thread another title; '' gives it its first subject back. Mails stay as they are."""
    on_thread(data, name, thread_id, threadtools.rename, title)
    click.echo(f"renamed thread {thread_id}")


@thread.command()
@click.argument("name", metavar="LIST")
@thread_argument
@click.argument("topic")
@click.pass_obj
def move(data: "Path", name: str, thread_id: int, topic: str) -> None:
    """File a thread under a topic (its short name); '' for none."""
    on_thread(data, name, thread_id, threadtools.move, topic)
    click.echo(f"moved thread {thread_id} to {topic or 'no topic'}")


@thread.command()
@click.argument("name", metavar="LIST")
@thread_argument
@click.argument("target", type=click.IntRange(0, 2**63 - 1))
@click.pass_obj
def join(data: "Path", name: str, thread_id: int, target: int) -> None:
    """Make a thread a part of another one (TARGET), to which its address leads from now on."""
    made = on_thread(data, name, thread_id, lambda db, who, found, now: threadtools.join(db, who, found, target, now))
    click.echo(f"joined thread {thread_id} to {made}")


@thread.command()
@click.argument("name", metavar="LIST")
@message_argument
@click.option("--title", default="", metavar="T", help="Of the new thread; else its subject.")
@click.pass_obj
def split(data: "Path", name: str, message_id: str, title: str) -> None:
    """Let a message and its answers be a thread of their own."""
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        made = threadtools.split(db, who, message_named(db, who, message_id), title, site.now()).id
    click.echo(f"made thread {made}")


@thread.command()
@click.argument("name", metavar="LIST")
@click.argument("thread_id", metavar="[THREAD]", type=click.IntRange(0, 2**63 - 1), required=False)
@message_option
@reason_option
@click.pass_obj
def hide(data: "Path", name: str, thread_id: int | None, message_id: str, reason: str) -> None:
    """Hide a thread, or one message, from all but moderators."""
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        if _is_message(thread_id, message_id):
            hiding.hide_message(db, who, message_named(db, who, message_id), reason, site.now())
        else:
            hiding.hide_thread(db, who, thread_named(db, who, thread_id or 0), reason, site.now())
    click.echo(f"hid {message_id or f'thread {thread_id}'}")


@thread.command()
@click.argument("name", metavar="LIST")
@click.argument("thread_id", metavar="[THREAD]", type=click.IntRange(0, 2**63 - 1), required=False)
@message_option
@click.pass_obj
def show(data: "Path", name: str, thread_id: int | None, message_id: str) -> None:
    """Show a hidden thread, or message, again."""
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        if _is_message(thread_id, message_id):
            hiding.show_message(db, who, message_named(db, who, message_id), site.now())
        else:
            hiding.show_thread(db, who, thread_named(db, who, thread_id or 0), site.now())
    click.echo(f"shows {message_id or f'thread {thread_id}'} again")


def _is_message(thread_id: int | None, message_id: str) -> bool:
    """Which of the two was said. Raises Invalid."""
    if (thread_id is None) == (not message_id):
        raise Invalid("say a THREAD, or --message MESSAGE-ID")
    return bool(message_id)


@thread.command()
@click.argument("name", metavar="LIST")
@message_argument
@click.option("--words", "words", multiple=True, metavar="TEXT", help="Black these out; may be given several times.")
@click.option("--everywhere", is_flag=True, help="With --words: in the whole thread, because answers quote.")
@click.option("--attachment", type=click.IntRange(1, 9_999), help="Take this attachment out.")
@click.option("--text", "body", is_flag=True, help="Take out all that was written and attached.")
@click.option("--delete", is_flag=True, help="Take out everything, the subject too, and hide the message.")
@reason_option
@click.pass_obj
def redact(
    data: "Path", name: str, message_id: str, words: tuple[str, ...], everywhere: bool, attachment: int | None, body: bool, delete: bool, reason: str
) -> None:
    """Take something out of a message for good: its source is changed, the original destroyed, and an import does not bring it back.

    Copies that were mailed cannot be called back.
    """
    if sum((bool(words), bool(attachment), body, delete)) != 1:
        raise Invalid("say one of --words, --attachment, --text, --delete")
    wish = Wish(redacting.passages("\n".join(words)), everywhere=everywhere) if words else Wish(attachment=attachment or 0, body=body)
    with console.changing(data) as (db, site):
        who = administrator(db, name)
        found = message_named(db, who, message_id)
        if delete:
            redacting.delete_for_good(db, who, found, reason, site.now())
        count = 1 if delete else redacting.redact(db, who, found, wish, reason, site.now())
    click.echo(f"redacted {count} message{'' if count == 1 else 's'}")
