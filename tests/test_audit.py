"""`make audit`: a known hole fails it; a network that is away, says nothing or hangs does not, and is told."""

import json
import subprocess
import sys
import time

import pytest

from tests.serving import ROOT

HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["1.2"], "aliases": [], "description": ""}


@pytest.fixture
def audit(tmp_path):
    """The script with a pip-audit that does what a test says."""

    def run(does: str, seconds: int = 20) -> tuple[int, list[str]]:
        tool = tmp_path / "pip-audit"
        tool.write_text(f"#!{sys.executable}\nimport json, sys, time\nout = sys.argv[sys.argv.index('--output') + 1]\nservice = sys.argv[sys.argv.index('--vulnerability-service') + 1]\n{does}\n")
        tool.chmod(0o755)
        env = {"PIP_AUDIT": str(tool), "AUDIT_SECONDS": str(seconds), "PATH": "/usr/bin:/bin"}
        done = subprocess.run([sys.executable, ROOT / ".ci" / "audit.py"], env=env, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout.splitlines()

    return run


def says(*dependencies: dict[str, object]) -> str:
    return f"open(out, 'w').write({json.dumps({'dependencies': dependencies, 'fixes': []})!r})"


def test_a_known_hole_fails_the_audit_and_is_named(audit):
    code, lines = audit(says({"name": "one", "version": "1.1", "vulns": [HOLE]}, {"name": "two", "version": "2", "vulns": []}) + "\nsys.exit(1)")

    assert code == 1
    assert lines == ["audit: one 1.1: PYSEC-2026-1, mended in 1.2", "audit: 2 of 2 dependencies checked with pypi, 1 known holes"]


def test_where_nothing_is_known_it_passes_and_says_how_much_was_asked(audit):
    code, lines = audit(says({"name": "one", "version": "1.1", "vulns": []}, {"name": "two", "version": "2", "skip_reason": "not there"}))

    assert code == 0
    assert lines == ["audit: NOT CHECKED, pypi knows nothing of them: two", "audit: 1 of 2 dependencies checked with pypi, 0 known holes"]


def test_where_the_first_service_is_away_the_second_is_asked(audit):
    code, lines = audit("if service == 'pypi': sys.exit(1)\n" + says({"name": "one", "version": "1.1", "vulns": []}))

    assert (code, lines) == (0, ["audit: 1 of 1 dependencies checked with osv, 0 known holes"])


@pytest.mark.parametrize("does", ["time.sleep(30)", "sys.exit(1)", "open(out, 'w').write('<html>')", says({"name": "one", "skip_reason": "not there"})])
def test_without_an_answer_it_breaks_nothing_ends_in_time_and_says_so_in_its_last_line(audit, does):
    begun = time.monotonic()

    code, lines = audit(does, seconds=1)

    assert code == 0
    assert lines[-1].startswith("audit: NOT CHECKED")
    assert time.monotonic() - begun < 15
