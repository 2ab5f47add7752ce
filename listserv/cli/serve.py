"""`serve`: run the doors."""

import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import structlog

from listserv import config, logs, steps, supervise
from listserv.cli import loading
from listserv.config import Settings
from listserv.errors import Invalid
from listserv.supervise import Part, Ready

if TYPE_CHECKING:
    from listserv.site import Site

PARTS = ("smtp", "web", "worker")
# Workers where no number is set. A second one sends while the first waits for the disk or the database; a third pays on larger machines alone.
MOST_UNASKED = 2
# Loaded once, before the parts are forked.
SHARED = ("listserv.smtp.server", "listserv.web", "listserv.web.serve", "listserv.worker", "listserv.usecases.intake", "listserv.letters", "listserv.dns")


@click.command()
@click.option("--only", default="", metavar="smtp,web,worker", help="Run only these parts.")
@click.pass_obj
def serve(data: Path, only: str) -> int:
    """Run the doors: mail, web and worker. SIGTERM finishes what is in hand."""
    # Nothing is in hand before the doors open; each of them sets its own handler.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logs.configure(logging.INFO)
    settings = config.load(data)
    refuse_bad_keys(settings)
    names = wanted_parts(only, settings)
    jobs = {name: job for part in names for name, job in processes(part, settings)}
    if len(jobs) == 1:
        ((name, run),) = jobs.items()
        return in_this_process(name, data, run)
    warm_up(data)
    parts = [Part(name, as_process(name, data, run)) for name, run in jobs.items()]
    quick = steps.restart_wait()
    if quick is not None:
        return supervise.Supervisor(parts, log, first_wait=quick, longest_wait=quick).run()
    return supervise.Supervisor(parts, log).run()


def refuse_bad_keys(settings: Settings) -> None:
    """A key that cannot sign fails here, in one line, and not in every worker again and again."""
    if settings.relay.dkim_key:
        from listserv.relay import read_keys

        read_keys(settings)


Job = Callable[["Site", Ready], None]


def warm_up(data: Path) -> None:
    """Load and prepare what the parts need before they are forked, so that it is in memory once.

    A site that cannot be opened fails here, in one line and not in three.
    """
    with loading():
        from listserv.cli import console
        from listserv.store.lists import all_lists
    with console.opened(data) as site, site.reading() as db:
        all_lists(db)
    with loading():
        for module in SHARED:
            importlib.import_module(module)


def wanted_parts(only: str, settings: Settings) -> list[str]:
    """The parts to run; a door without an address stays closed. Raises Invalid."""
    names = [name.strip() for name in only.split(",") if name.strip()] or list(PARTS)
    for name in names:
        if name not in PARTS:
            raise Invalid("--only {name}: say {parts}", name=name, parts=", ".join(PARTS))
    listens = {"smtp": settings.smtp.listen or settings.lmtp.listen, "web": settings.web.listen, "worker": "always"}
    open_ones = [name for name in PARTS if name in names and listens[name]]
    if not open_ones:
        raise Invalid("nothing to run: set smtp.listen, lmtp.listen or web.listen")
    return open_ones


def processes(part: str, settings: Settings) -> list[tuple[str, Job]]:
    """The processes of a part: one for each door; as many workers as are set (or fit), and one desk for all that is no copy."""
    if part == "smtp":
        return [(part, run_smtp)]
    if part == "web":
        return [(part, run_web)]
    numbers = range(settings.worker.processes or min(MOST_UNASKED, cores()))
    return [(f"worker{number + 1}" if len(numbers) > 1 else part, run_worker(number)) for number in numbers] + [("desk", run_desk)]


def cores() -> int:
    """How many this process may use; where nobody can say that of a process, how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_smtp(site: "Site", ready: Ready) -> None:
    """Mail in."""
    from listserv.smtp import server

    server.run(site, ready)


def run_web(site: "Site", ready: Ready) -> None:
    """The archive."""
    from listserv.web import serve as server

    server.run(site, ready)


def run_worker(number: int) -> Job:
    """The worker of that number, counted from 0: it sends copies."""

    def run(site: "Site", ready: Ready) -> None:
        from listserv import worker

        worker.run(site, number, ready, worker.SENDING)

    return run


def run_desk(site: "Site", ready: Ready) -> None:
    """What the worker does beside the copies: mails, letters, the calendar."""
    from listserv import worker

    worker.run(site, worker.DESK_NUMBER, ready, worker.DESK)


def as_process(name: str, data: Path, run: Job) -> supervise.Run:
    """A part as the supervisor starts it: a site of its own, and one line for whatever goes wrong."""

    def process(ready: Ready) -> int:
        from listserv import cli
        from listserv.cli import console
        from listserv.usecases import pulse

        def work() -> None:
            with console.opened(data) as site, pulse.keeping(site):
                run(site, ready)

        return cli.guarded(work, f"{name}: ")

    return process


def in_this_process(name: str, data: Path, run: Job) -> int:
    """One part alone needs no supervisor."""
    return as_process(name, data, run)(lambda: click.echo(supervise.READY, err=True))


def log(words: str) -> None:
    """A line of the supervisor's log."""
    structlog.get_logger().warning(words)
