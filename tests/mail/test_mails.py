"""The mails in tests/mails: each shows one thing, or once broke something, and its .expect says what must be read in it."""

import json
from pathlib import Path

import pytest

from listserv.mail.parse import parse

MAILS = sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))
READ = {
    "text": lambda post: post.text.strip(),
    "authors": lambda post: [[each.name, each.address] for each in post.authors],
    "attachments": lambda post: [[each.name, each.type, each.size] for each in post.attachments],
    "inline": lambda post: [each.name for each in post.attachments if each.inline],
    "problems": lambda post: list(post.problems),
}


def test_there_are_mails():
    assert len(MAILS) >= 8


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_read_as_expected(path):
    expected = json.loads(path.with_suffix(".expect").read_text(encoding="utf-8"))
    post = parse(path.read_bytes())
    assert "unreadable" not in post.problems
    assert {name: READ.get(name, lambda post, name=name: getattr(post, name))(post) for name in expected} == expected
