"""Real and broken mail: each gives a Post that can be kept, in bounded time, and most give what its makers say is in it."""

import json
import re
import time
from dataclasses import fields, is_dataclass

import pytest

from listserv.mail import bounces
from listserv.mail.parse import attachment, parse
from tests.corpus import corpus

pytestmark = corpus.needed


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from strings(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name))


def squeezed(text):
    return " ".join(text.split())


@pytest.mark.parametrize("category", ["A-mime", "B-bounces"])
def test_every_mail_of_the_corpus_gives_a_post_that_can_be_kept(category):
    for name in corpus.files(category):
        raw = corpus.read(category, name)
        start = time.process_time()
        post, failures = parse(raw), bounces.read(raw)
        assert time.process_time() - start < 2, name
        assert "unreadable" not in post.problems, name
        bodies = {post.text, post.reply, post.html}
        for text in (*strings(post), *strings(failures)):
            text.encode()
            assert text in bodies or not re.search(r"[\x00-\x1f\x7f]", text), name


@pytest.mark.parametrize("category", ["A-mime", "B-bounces"])
def test_every_attachment_of_the_corpus_can_be_fetched_under_its_number(category):
    for name in corpus.files(category):
        raw = corpus.read(category, name)
        found = parse(raw).attachments
        assert tuple(attachment(raw, each.number)[0] for each in found) == found, name
        assert attachment(raw, len(found) + 1) is None, name


def stated(name):
    """The parse that stalwart states for a mail: all parts, and which of them are text and attachments."""
    whole = json.loads((corpus.CORPUS / "A-mime" / name).with_suffix(".json").read_bytes())
    return whole, {header["name"]: header["value"] for header in whole["parts"][0]["headers"] if isinstance(header["name"], str)}


@pytest.fixture(scope="module")
def stalwart():
    names = [item["file"] for item in corpus.items("A-mime") if item["file"].startswith("stalwart/")]
    return [(parse(corpus.read("A-mime", name)), *stated(name)) for name in names]


def share(good):
    return sum(good) / len(good)


def test_subjects_ids_and_dates_are_what_stalwart_says(stalwart):
    good = []
    for post, _, headers in stalwart:
        if "Text" in headers.get("subject", {}):
            good.append(squeezed(headers["subject"]["Text"]) == post.subject)
        if "Text" in headers.get("message_id", {}):
            good.append(headers["message_id"]["Text"] == post.message_id)
        if "DateTime" in headers.get("date", {}):
            at = headers["date"]["DateTime"]
            good.append(
                post.date is not None and (post.date.year, post.date.month, post.date.day, post.date.hour) == (at["year"], at["month"], at["day"], at["hour"])
            )
    assert share(good) >= 0.98


def test_bounces_are_known_and_their_recipients_found():
    known, found = [], []
    for item in corpus.items("B-bounces"):
        if (item["expected"] or {}).get("is_bounce"):
            raw = corpus.read("B-bounces", item["file"])
            known.append(parse(raw).automatic == "bounce")
            found.append(bool(bounces.read(raw)))
    assert share(known) >= 0.97
    assert share(found) >= 0.96


def test_what_is_no_bounce_names_no_failure():
    for item in corpus.items("B-bounces"):
        expected = item["expected"] or {}
        if expected.get("is_bounce") is False:
            raw = corpus.read("B-bounces", item["file"])
            assert bounces.read(raw) == (), item["file"]
            kind = parse(raw).automatic
            assert kind == "feedback-report" or not expected.get("is_feedback_report"), item["file"]
            assert kind == "auto-reply" or not expected.get("is_auto_reply"), item["file"]


def test_failing_addresses_are_those_that_mailman_expects():
    good = []
    for item in corpus.items("B-bounces"):
        if "permanent" in (item["expected"] or {}):
            failures = bounces.read(corpus.read("B-bounces", item["file"]))
            wanted = {address.lower() for kind in ("permanent", "temporary") for address in item["expected"][kind]}
            good.append({failure.address.lower() for failure in failures} == wanted)
    assert share(good) >= 0.95
