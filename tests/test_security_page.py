"""docs/security.md, docs/asvs.md and docs/attacks.md tell the truth: every test that they name is there."""

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"`(test_\w+\.py)(?:::(test_\w+))?`")


def test_every_test_that_the_security_page_names_is_there():
    files: defaultdict[str, str] = defaultdict(str)
    for place in (ROOT / "tests").rglob("test_*.py"):
        files[place.name] += place.read_text("utf-8")
    pages = [(ROOT / "docs" / name).read_text("utf-8") for name in ("security.md", "asvs.md", "attacks.md")]
    named = [one for page in pages for one in NAMED.findall(page)]

    assert [len(NAMED.findall(page)) > 50 for page in pages] == [True, True, True]
    assert [f"{file}::{test}" for file, test in named if file not in files or (test and f"def {test}(" not in files[file])] == []
