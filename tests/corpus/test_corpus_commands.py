"""Thousands of posts that people wrote to lists: none of them is taken for a word to the machine, unless it is one."""

import gzip
import re
from io import BytesIO

import pytest

from listserv.mail import asides
from listserv.mail.commands import commands
from listserv.mail.commandwords import Kind
from listserv.mail.confirming import comes_back
from listserv.mail.folding import fold
from listserv.mail.invited import order
from listserv.mail.mbox import entries
from listserv.mail.parse import parse
from listserv.mail.withdrawing import asks_to_withdraw
from listserv.usecases.digestreplies import wanted_of_digest
from tests.corpus.corpus import CORPUS, needed

pytestmark = needed
OLD = frozenset({Kind.LEAVE, Kind.DAILY, Kind.WEEKLY, Kind.MONTHLY, Kind.EACH, Kind.PAUSE, Kind.RESUME, Kind.HELP, Kind.WHO, Kind.STATUS, Kind.JOIN})
# Whose whole text says that and nothing else: each was looked at.
MEANT_FOR_THE_MACHINE = re.compile(r"(?:please )?(?:unsubscribe|remove me)\b")
SHORT = 30


def posts(step):
    """Every `step`th mail of the archives."""
    for path in sorted(CORPUS.rglob("*.mbox*")):
        data = path.read_bytes()
        for number, entry in enumerate(entries(BytesIO(gzip.decompress(data) if path.suffix == ".gz" else data))):
            if number % step == 0 and entry.raw:
                yield parse(entry.raw)


def look(step):
    seen = 0
    for post in posts(step):
        seen += 1
        found = asides.of(post)
        assert found is None or (found.kind is Kind.LEAVE and MEANT_FOR_THE_MACHINE.match(fold(post.reply or post.subject).strip())), post.reply
        assert not asks_to_withdraw(post.reply) and not comes_back(post.reply), post.reply
        if len(post.reply.split()) <= SHORT:
            assert not {Kind.ERASE, Kind.ARCHIVE} & {command.kind for command in commands(post.reply)}, post.reply
        assert order(post.subject, post.text) is None, post.text
        assert {command.kind for command in wanted_of_digest(post.reply)} <= OLD, post.reply
    return seen


def test_posts_stay_posts():
    assert look(97) > 100


@pytest.mark.long
def test_all_posts_stay_posts():
    assert look(1) > 10_000
