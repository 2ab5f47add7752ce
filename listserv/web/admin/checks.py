"""`check` in a process of its own: nobody waits for it, it may hang or die without harm, and it has an end."""

import json
import logging
import subprocess  # nosec B404: our own program, with nothing of a request among its words
import sys
from collections.abc import Callable
from threading import Thread

from listserv.config import Settings
from listserv.site import Site
from listserv.usecases import checking, sitechecks
from listserv.usecases.checking import Finding

log = logging.getLogger(__name__)
# Seconds: relay, doors and every DNS question have shorter ends of their own.
PATIENCE = 90.0
MOST_OUTPUT = 1 << 20

Look = Callable[[Settings], str]


def look(settings: Settings) -> str:
    """What `check --quick --json` prints. Raises TimeoutExpired, or OSError where it cannot be begun."""
    words = [sys.executable, "-m", "listserv", "--data", str(settings.data.resolve()), "check", "--quick", "--json"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False, text=True)  # nosec B603
    if done.returncode not in (0, 1) or not done.stdout:
        raise OSError(done.stderr[-500:])
    return done.stdout[:MOST_OUTPUT]


def begin(site: Site) -> Thread:
    """Begin one; its result is written down when it is there."""
    thread = Thread(target=run, args=(site, site.memory.get(Look, look)), name="check", daemon=True)
    thread.start()
    return thread


def run(site: Site, ask: Look) -> None:
    """One check from beginning to end."""
    findings, fault = _asked(site.settings, ask)
    try:
        with site.writing() as db:
            sitechecks.end(db, findings, site.now(), fault=fault)
    except Exception:
        # Then it seems to be at work until its time is over.
        log.exception("the result of a check could not be kept")


def _asked(settings: Settings, ask: Look) -> tuple[list[Finding], str]:
    try:
        return [checking.of_row(row) for row in json.loads(ask(settings))], ""
    except subprocess.TimeoutExpired:
        return [], sitechecks.TOO_LONG
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        log.exception("a check could not be made")
        return [], sitechecks.NOT_BEGUN
