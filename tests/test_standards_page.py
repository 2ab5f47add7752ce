"""docs/standards.md tells the truth: every function and every test that it names is there, and no row is without either."""

import importlib
import re
from collections import defaultdict
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "standards.md"
FUNCTION = re.compile(r"`((?:listserv|digests|newsletters)(?:\.\w+)+)`")
MADE = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
TEST = re.compile(r"`(test_\w+\.py)(?:::(test_\w+))?`")


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if not line.startswith("| clause")]


@cache
def known() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place in (ROOT / "tests").rglob("test_*.py"):
        found[place.name] |= set(MADE.findall(place.read_text("utf-8")))
    return found


def thing(dotted: str) -> Any:
    """What a dotted name leads to; None where it leads nowhere."""
    parts = dotted.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            found = getattr(found, name, None)
        return found
    return None


def test_every_function_of_the_page_is_there():
    named = FUNCTION.findall(PAGE.read_text("utf-8"))

    assert len(named) > 80
    assert [one for one in named if not callable(thing(one)) and not isinstance(thing(one), property | cached_property)] == []


def test_every_test_of_the_page_is_there():
    named = TEST.findall(PAGE.read_text("utf-8"))

    assert len(named) > 120
    assert [f"{file}::{test}" for file, test in named if file not in known() or (test and test not in known()[file])] == []


def test_every_row_names_a_clause_a_function_and_a_test():
    found = rows()

    assert len(found) > 80
    assert [row for row in found if len(row) != 4 or not row[0] or not FUNCTION.search(row[2]) or not TEST.search(row[3])] == []
