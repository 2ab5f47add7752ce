"""DOOR: the command line. It reads arguments, opens one transaction, calls a verb and prints what came of it."""

import gc
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from listserv import __version__
from listserv.errors import Conflict, Expired, Invalid, NotAllowed, NotFound, Refusal, TooMany

OUR_FAULT = 1
CODES: Mapping[type[Refusal], int] = {Invalid: 2, NotFound: 3, NotAllowed: 4, TooMany: 5, Conflict: 6, Expired: 6}

# Where each command lives, and its line in the help: a module is loaded when its command is called, and only then.
COMMANDS = {
    "init": ("setup", "Write the settings and make the database."),
    "serve": ("serve", "Run the doors: mail, web and worker."),
    "demo": ("demo", "Show the whole main job on this machine."),
    "check": ("check", "Look for what would go wrong, and say how to mend it."),
    "config": ("setup", "Print all settings and where they come from."),
    "db": ("database", "The database: upgrade, check, copy, rebuild."),
    "backup": ("backup", "The whole site in one file, while it runs."),
    "restore": ("restoring", "A site out of its backup."),
    "list": ("lists", "Mailing lists: create, show, ls, set, close."),
    "topic": ("topics", "Subject areas of a list: add, set, remove, ls."),
    "thread": ("threads", "Threads and messages: lock, unlock, pin, unpin, rename, move, split, join, hide, show, redact."),
    "member": ("members", "People on a list: add, set, remove, ls, show, import, invite."),
    "application": ("applications", "Applications to join a list: ls, purge."),
    "rule": ("rules", "What a list holds, refuses or discards of its own accord: add, remove, ls."),
    "ban": ("bans", "Who may not write to a list, or to any: add, remove, ls."),
    "export": ("exporting", "What a list holds, as files: mbox, json, csv."),
    "import": ("importing", "Bring an archive, or another program's lists."),
    "visits": ("visits", "What is known of readers from before: import."),
    "trace": ("mail", "Where is this mail?"),
    "queue": ("mail", "What is still to do: status, ls, show, retry, discard."),
    "due": ("mail", "What the calendar owes."),
    "report": ("report", "A list's figures: threads, messages, people who wrote, visits."),
    "inspect": ("inspect", "How mails would be understood and judged."),
    "letters": ("letters", "Every letter in both languages."),
    "dkim": ("dkim", "Keys to sign mail with here: make, show."),
    "webhook": ("webhooks", "Programs that hear what happens: add, ls, remove, test, deliveries, again, pause, resume, secret."),
    "sign-in": ("people", "Print a sign-in link."),
    "administrator": ("people", "Who keeps the site: ls, name, release."),
    "token": ("tokens", "Keys for programs that act for a person: add, ls, remove."),
    "key": ("keys", "Passkeys and one-time codes of a person: ls, remove."),
}


@contextmanager
def loading() -> Iterator[None]:
    """While modules are loaded: nothing of them is garbage, and to look for some takes an eighth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Commands(click.Group):
    """The commands of the table above, loaded one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        with loading():
            module = importlib.import_module(f"listserv.cli.{COMMANDS[cmd_name][0]}")
        # A command whose name means something else in its module (`list`, `config`) is called `list_command` there.
        command = getattr(module, f"{cmd_name}_command", None) or getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, so that help loads nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--data", type=click.Path(path_type=Path), envvar="LISTSERV_DATA", default="listserv-data", show_default=True, help="Folder of settings.")
@click.version_option(__version__, message="%(version)s")
@click.pass_context
def cli(ctx: click.Context, data: Path) -> None:
    """Mailing-list and newsletter server."""
    from listserv import logs

    logs.configure()
    ctx.obj = data.absolute()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit: 0 done, 1 our fault, 2 bad input, 3 not found, 4 not allowed, 5 too many, 6 conflict."""
    code = run(sys.argv[1:] if arguments is None else arguments)
    # The interpreter looks for garbage among everything once more before it goes, and again: a quarter of what a short command takes.
    gc.freeze()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    return guarded(lambda: cli.main(list(arguments), prog_name="listserv", standalone_mode=False))


def guarded(work: Callable[[], Any], prefix: str = "") -> int:
    """Do some work; its exit code. Whatever goes wrong is one line on stderr and a code of the table."""
    try:
        code = work()
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as called:
        command = called.ctx.command if called.ctx else None
        words = ", ".join(command.list_commands(called.ctx)) if isinstance(command, click.Group) and called.ctx else ""
        return _say(f"say what to do: {words}{_help_for(called)}", 2)
    except click.ClickException as wrong:
        return _say(wrong.format_message() + _help_for(wrong), wrong.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:  # `listserv member ls x | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Refusal as refused:
        return _say(prefix + str(refused), CODES.get(type(refused), OUR_FAULT))
    except Exception as wrong:  # a person at a console gets a sentence, never a traceback
        if os.environ.get("LISTSERV_TRACEBACK"):
            raise
        return _say(prefix + _in_words(wrong), OUR_FAULT)


def _help_for(wrong: click.ClickException) -> str:
    context = getattr(wrong, "ctx", None)
    return f" (see `{context.command_path} --help`)" if isinstance(wrong, click.UsageError) and context else ""


def _in_words(wrong: Exception) -> str:
    """One sentence for what a machine can do to us."""
    if isinstance(wrong, OSError) and wrong.strerror:
        return f"{wrong.filename}: {wrong.strerror}" if wrong.filename else wrong.strerror
    if getattr(wrong, "orig", None) is not None:  # SQLAlchemy's
        from listserv.store import health

        return "the database cannot be used: " + "; ".join(filter(None, health.in_words(wrong)))
    return f"{type(wrong).__name__}: {wrong} (set LISTSERV_TRACEBACK=1 to see where)"


def _say(words: str, code: int) -> int:
    line = f"listserv: {' '.join(words.split())}"
    # What was typed may be no UTF-8, and stands in the sentence.
    click.echo(line.encode("utf-8", "backslashreplace"), err=True)
    return code
