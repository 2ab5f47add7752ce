"""What a test run could not look at, and why: its last lines. With LISTSERV_REQUIRE_ALL=1 a missing tool is a failure.

Real mail is not shipped with the program, and some programs are too large for every run: their absence is told and forgiven.
"""

import os
from collections import Counter

from tests.sampling import waiting

ELSEWHERE = "only where it is installed"
FORGIVEN = ("corpus", ELSEWHERE)
found: Counter[str] = Counter()


def pytest_sessionfinish(session, exitstatus):
    """Collect the reasons of what was skipped; what is required and missing fails the run."""
    if hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("skipped", []) if reporter else []:
        found[reason_of(report)] += 1
    missing = [reason for reason in found if not is_forgiven(reason)]
    if missing and os.environ.get("LISTSERV_REQUIRE_ALL") and exitstatus == 0:
        session.exitstatus = 1


def is_forgiven(reason) -> bool:
    """May that be missing where all is required?"""
    return any(word in reason for word in FORGIVEN)


def reason_of(report) -> str:
    """Why a test did not run."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def pytest_unconfigure(config):
    """The last lines: what did not run."""
    if waiting[0] and not hasattr(config, "workerinput"):
        print(f"{waiting[0]} examples wait for make test-long")
    required = bool(os.environ.get("LISTSERV_REQUIRE_ALL"))
    for reason, count in found.items():
        word = "FAILED, not run" if required and not is_forgiven(reason) else "not run"
        print(f"{word}: {count} {'test' if count == 1 else 'tests'}: {reason}")
