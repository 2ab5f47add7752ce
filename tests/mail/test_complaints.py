"""Complaints in the form of ARF (RFC 5965): what can be known of whose copy it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.complaints import Complaint, read
from tests.corpus.corpus import items, needed
from tests.corpus.corpus import read as file

TOKEN = "baaaaaaaabaaaaaaaac" + "q" * 16


def report(fields="Feedback-Type: abuse", original="Return-Path: <bounces@example.org>\nMessage-ID: <a@example.org>\n\nx", kind="message/rfc822"):
    return f"""\
From: complaints@example.net
To: abuse@lists.example.org
Subject: FW
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

spam
--b
Content-Type: message/feedback-report

{fields}
--b
Content-Type: {kind}

{original}
--b--
""".encode()


def test_a_complaint_names_token_recipient_message_and_list():
    original = f"Return-Path: <r+{TOKEN}@lists.example.org>\nMessage-ID: <a@example.org>\nList-Id: Plan <siecibp.lists.example.org>\n\nx"
    fields = "Feedback-Type: Abuse\nOriginal-Rcpt-To: <ola@example.net>"

    assert read(report(fields, original)) == Complaint("abuse", (TOKEN,), ("ola@example.net",), "a@example.org", "siecibp.lists.example.org")


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    "line",
    [
        "Return-Path: <r+{t}@lists.example.org>",
        "Return-Path: r-{t}@lists.example.org",
        "List-Unsubscribe: <https://lists.example.org/unsubscribe/{t}>, <mailto:r+{t}@lists.example.org>",
    ],
)
def test_the_token_is_found_in_the_header_of_the_copy(line, kind):
    assert read(report(original=line.replace("{t}", TOKEN) + "\n\nx", kind=kind)).tokens == (TOKEN,)


def test_what_stands_in_the_body_of_the_copy_is_somebody_elses():
    assert read(report(original=f"Subject: x\n\n> r+{TOKEN}@lists.example.org /unsubscribe/{TOKEN}")).tokens == ()


@pytest.mark.parametrize("kind", ["auth-failure", "not-spam", "virus", "dmarc"])
def test_other_reports_are_no_complaints(kind):
    assert read(report(f"Feedback-Type: {kind}")) is None


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda noise: report(original=noise.decode("latin-1")))))
def test_any_bytes_are_read_or_not(raw):
    found = read(raw)
    assert found is None or all(16 <= len(token) <= 40 for token in found.tokens)


@needed
def test_the_complaints_of_the_corpus_are_read():
    reports = [item["file"] for item in items("B-bounces") if "/arf-" in item["file"] or "complaint" in item["file"]]
    found = {name: read(file("B-bounces", name)) for name in reports}

    assert len(found) >= 10
    assert sum(one is not None and one.message_id != "" for one in found.values()) >= 8
