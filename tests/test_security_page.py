"""docs/security.md tells the truth: every test that it names is there."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(test_\w+\.py)(?:::(test_\w+))?`")


def test_every_test_that_the_security_page_names_is_there():
    files: defaultdict[str, str] = defaultdict(str)
    for place in (ROOT / "tests").rglob("test_*.py"):
        files[place.name] += place.read_text("utf-8")
    named = NAMED.findall((ROOT / "docs" / "security.md").read_text("utf-8"))

    assert len(named) > 60
    assert [f"{file}::{test}" for file, test in named if file not in files or (test and f"def {test}(" not in files[file])] == []
