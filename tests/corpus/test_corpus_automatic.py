"""Posts of people are posts: every archive, as the list sent it and as its author sent it to the list."""

import gzip
import itertools
from io import BytesIO

import pytest

from listserv.mail import bounces, headers
from listserv.mail.automatic import LISTS_SAY
from listserv.mail.mbox import entries
from listserv.mail.parse import parse
from tests.corpus.corpus import CORPUS, needed

pytestmark = needed
D = CORPUS / "D-archives"
# What a list puts there: without it the mail is as its author sent it.
OF_LISTS = {*LISTS_SAY, "precedence", "sender", "errors-to", "return-path", "list-unsubscribe", "list-archive", "list-owner"}
SUITES = ["linux-mips", "usrp-users", "ponymail", "ponymail-core", "notmuch", "mox"]
LARGE = ("linux-mips", "usrp-users")


def mails(suite):
    for path in sorted(path for path in (D / suite).rglob("*") if path.is_file() and not path.name.endswith((".json", ".json.gz", ".yaml", ".yml", ".md"))):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if data.startswith(b"From "):
            yield from (one.raw for one in entries(BytesIO(data)) if one.raw)
        else:
            yield data


def as_sent(raw):
    fields, body = headers.split(raw)
    return headers.join(headers.without(fields, lambda field: field.name in OF_LISTS)) + b"\r\n" + body


# Of the large ones every fortieth in the ordinary run.
@pytest.mark.sampled(1, each="suite")
@pytest.mark.parametrize("step", [40, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("suite", SUITES)
def test_no_post_of_a_person_is_taken_for_a_machines(suite, step):
    count, false = 0, []
    for raw in itertools.islice(mails(suite), 0, None, step if suite in LARGE else 1):
        count += 1
        post, own = parse(raw), as_sent(raw)
        alone = parse(own)
        if post.automatic not in (None, "list-mail") or alone.automatic or bounces.read(own):
            false.append((post.automatic, alone.automatic, post.message_id, post.subject))
    assert count
    assert len(false) <= count * 0.0002, false
