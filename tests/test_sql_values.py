"""SQL is put together from constants and never from what somebody said: what bandit's B608 cannot tell apart."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SQL = re.compile(r"\b(?:SELECT\b.*\bFROM|INSERT INTO|UPDATE\b.*\bSET|DELETE FROM|CREATE|DROP|ALTER|VACUUM|PRAGMA|SAVEPOINT|LISTEN|NOTIFY|COPY)\b", re.DOTALL)
# Made by code from constants: `among` (= ANY or IN with bound values), `locked` (FOR UPDATE or nothing), `moment` (a function of the database),
# `table` (one of a constant tuple, or a Table's own name).
MADE = {"among", "locked", "moment", "table"}
# What changes the schema or a setting of the connection: names that the database's own catalogue says, or constants.
OF_THE_SCHEMA = {
    "copying.py": {"name", "definition", "words"},
    "doors.py": {"'ON' if on else 'OFF'"},
    "health.py": {"one"},
    "migrating.py": {"column", "', '.join(columns)"},
    "session.py": {"pragma"},
}


def _pieces(node: ast.JoinedStr) -> Iterator[str]:
    yield from (ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue))


def _said(node: ast.JoinedStr) -> str:
    return " ? ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))


def test_sql_is_put_together_from_constants_alone():
    found = []
    for path in sorted((ROOT / "listserv").rglob("*.py")):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if SQL.search(source) else ():
            if isinstance(node, ast.JoinedStr) and SQL.search(_said(node)):
                found += [(path.name, node.lineno, piece) for piece in _pieces(node)]

    assert len(found) > 20
    assert [one for one in found if not (one[2].isupper() or one[2] in MADE | OF_THE_SCHEMA.get(one[0], set()))] == []
