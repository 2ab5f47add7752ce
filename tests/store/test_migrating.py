"""The way from an older schema, with rows in it, on either database; and two hosts that go it at once."""

import subprocess
import sys

import pytest
from alembic import command
from sqlalchemy import Engine, text

from listserv.store.migrating import alembic_config, present_revision, upgrade, wanted_revision
from listserv.store.session import make_engine
from tests import forking
from tests.serving import ROOT, clean_environment

# As the first version kept them.
ROWS = """
INSERT INTO mailing_list (id, name, title, description, language, kind, archive, joining, reply_to, sender_proof, subject_tag, footer, alias, max_size, emergency, moderate_members, last_seq, created_at)
    VALUES (1, 'siecibp', 'Sieć', '', 'pl', 'discussion', 'members', 'application', 'list', 'lenient', '', '', '', 1000, false, false, 3, '2026-01-01 00:00:00');
INSERT INTO "user" (id, name, language, timezone, administrator, created_at) VALUES (1, 'Halina Okładka', 'pl', '', false, '2026-01-01 00:00:00');
INSERT INTO raw (id, sha256, size, packed) VALUES (1, {one}, 1, {one}), (2, {two}, 1, {two});
INSERT INTO thread (id, list_id, merged_into, subject, messages, authors, first_at, last_at, pinned, closed)
    VALUES (1, 1, NULL, 'Razem', 3, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00', false, false), (2, 1, 1, 'Osobno', 0, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00', false, false);
INSERT INTO message (id, list_id, seq, thread_id, parent_id, raw_id, message_id, hash, refs, author, author_email, author_key, subject, sent_at, received_at, size, text, snippet, html)
    VALUES (1, 1, 1, 1, NULL, 1, 'a', 'A', '', '', '', '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'Zażółć', '', '<p>Zażółć</p>'),
           (2, 1, 2, 1, 1, 2, 'b', 'B', 'a', '', '', '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'gęślą', '', NULL),
           (3, 1, 3, 1, 1, 1, 'c', 'C', 'a', '', '', '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'Zażółć', '', '<p>Zażółć</p>');
"""


@pytest.fixture
def url(dbms, request, tmp_path):
    """A database without any table."""
    if dbms == "sqlite":
        return f"sqlite:///{tmp_path}/listserv.sqlite3"
    return request.getfixturevalue("postgresql").empty()


@pytest.fixture
def engine(url):
    made = make_engine(url)
    yield made
    made.dispose()


def tell(engine: Engine):
    hexed = "'\\x{}'" if engine.dialect.name == "postgresql" else "x'{}'"
    with engine.begin() as connection:
        for statement in ROWS.format(one=hexed.format("01" * 32), two=hexed.format("02" * 32)).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)


def test_rows_of_the_first_version_come_along(engine, url):
    command.upgrade(alembic_config(url), "0001")
    tell(engine)

    upgrade(url)

    with engine.connect() as connection:
        assert connection.execute(text("SELECT raw_id, text, html FROM body ORDER BY raw_id")).all() == [(1, "Zażółć", "<p>Zażółć</p>"), (2, "gęślą", None)]
        assert [bool(has) for (has,) in connection.execute(text("SELECT has_html FROM message ORDER BY id"))] == [True, False, True]
        assert connection.execute(text("SELECT parent_id FROM message ORDER BY id")).scalars().all() == [None, 1, 1]
        assert connection.execute(text("SELECT count(*) FROM thread")).scalar() == 2
        assert connection.execute(text('SELECT folded FROM "user"')).scalar() == "halina okladka"
    assert present_revision(engine) == wanted_revision()


@pytest.mark.only_postgresql
def test_two_who_migrate_at_once_wait_for_each_other(engine, url, tmp_path):
    command_line = [sys.executable, "-m", "listserv", "--data", str(tmp_path), "db", "upgrade"]
    environ = clean_environment(PYTHONPATH=str(ROOT), LISTSERV_DATABASE_URL=url)
    both = [forking.Popen(command_line, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]

    said = [one.communicate(timeout=60)[0] for one in both]

    assert [one.returncode for one in both] == [0, 0], said
    assert present_revision(engine) == wanted_revision()
