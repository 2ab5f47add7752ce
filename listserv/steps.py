"""Named steps of a mail's way, at which a test may end the process: what is true must be true wherever it dies.

Nothing happens here unless LISTSERV_TEST_STEPS names a folder. In it, each file `order-…` holds one order as JSON: {"do": "kill", "at":
"letters.sent", "nth": 1, "about": "", "stays": false, "chance": 1.0}. `do` is kill (SIGKILL), stop (SIGSTOP), raise, or
wait (until the order is taken away); `at` a step, the beginning of several ("letters.*"), or "*". Of all processes that
reach it, one obeys, and the order is renamed `done-…`; one that stays is obeyed again and again. What was reached stands in `reached`.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

VARIABLE, RESTART = "LISTSERV_TEST_STEPS", "LISTSERV_TEST_RESTART"

# Every step and what it means. A test finds each of these reached, and no other named, in the program.
STEPS = {
    "intake.received": "a mail is there whole, and nothing of it is written",
    "intake.before-commit": "its row is written and not committed",
    "intake.committed": "its row is committed, and the session does not know it",
    "intake.before-reply": "the session knows it and has not said 250",
    "mails.claimed": "mails are taken up to be read, their attempts counted",
    "mails.prepared": "a mail is understood, and the network has been asked",
    "mails.judged": "the verdict over a post is there, and nothing has followed",
    "mails.before-commit": "all that a mail asks for is done and not committed",
    "mails.committed": "all that a mail asks for is committed",
    "copies.expanded": "a post's rows for its members are made and not committed",
    "copies.before-commit": "copies are recorded and taken up, and it is not committed",
    "copies.committed": "copies are recorded and taken up",
    "relay.written": "something is written to the relay, half of the time a body, and it has not answered",
    "relay.agreed": "the relay has said yes to MAIL, RCPT and DATA, and the body is not written",
    "relay.answered": "the relay has said what becomes of a copy, and nothing is recorded",
    "letters.claimed": "letters are taken up to be sent",
    "letters.sent": "the relay has answered for a letter, and nothing is recorded",
    "letters.recorded": "what the relay said of a letter is committed",
    "webhooks.claimed": "webhooks are taken in hand, and nobody is called",
    "webhooks.sent": "a receiver has answered, and nothing is recorded",
    "webhooks.recorded": "what a receiver answered is committed",
    "calendar.begun": "the calendar looks what it owes",
    "calendar.before-commit": "a part of what it owes is done and not committed",
    "calendar.committed": "a part of what it owes is committed",
    "digests.made": "digests are made with their letters, and not committed",
    "issues.sent": "an issue of a newsletter is on its way, and not committed",
    "writes.before-commit": "any transaction of any process, before its commit",
    "writes.committed": "any transaction of any process, after its commit and perhaps not on the disk yet",
}


def reached(name: str, about: object = "") -> None:
    """Say that this step is reached; `about`: what tells one mail from another."""
    if _watching is not None:
        _watching.reached(name, str(about))


def restart_wait() -> float | None:
    """The seconds after which a test wants dead processes started again; None where nobody tests."""
    return float(os.environ[RESTART]) if os.environ.get(RESTART) else None


class Raised(Exception):
    """What an order to raise does."""


class Watching:
    """Obeys the orders in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: Counter[str] = Counter()
        self._told: set[str] = set()

    def reached(self, name: str, about: str) -> None:
        """Note the step, and do what is ordered for it."""
        if name not in self._told:
            self._told.add(name)
            with open(self._folder / "reached", "a", encoding="utf-8") as file:
                file.write(f"{name}\n")
        for entry in list(os.scandir(self._folder)):
            if entry.name.startswith("order-"):
                self._consider(Path(entry.path), name, about)

    def _consider(self, path: Path, name: str, about: str) -> None:
        try:
            order = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            return  # another process was faster, or it is being written
        if not fnmatchcase(name, order["at"]) or order.get("about", "") not in about or random.random() >= order.get("chance", 1.0):  # nosec B311
            return
        self._counts[path.name] += 1
        if self._counts[path.name] < order.get("nth", 1):
            return
        if not order.get("stays"):
            try:
                # Only one of all that reach the step at the same moment can rename it.
                path.rename(path.with_name(f"done-{path.name}"))
            except OSError:
                return
        self._obey(order, path, name)

    def _obey(self, order: dict[str, Any], path: Path, name: str) -> None:
        with open(self._folder / "obeyed", "a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {order['do']} {name}\n")
        match order["do"]:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "wait":
                while path.exists():
                    time.sleep(0.01)
            case "raise":
                raise Raised(name)


_watching = Watching(Path(os.environ[VARIABLE])) if os.environ.get(VARIABLE) else None
