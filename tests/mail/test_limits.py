"""25 MB of anything: read within two seconds and bounded memory. The whole row of shapes is long; the usual ones run always."""

import subprocess
import sys
import time
import tracemalloc
from base64 import encodebytes
from random import Random

import pytest

from listserv.mail import bounces
from listserv.mail.authentication import read_results
from listserv.mail.parse import parse
from listserv.mail.signatures import relaxed_body

SIZE = 25 * 1024 * 1024
# Seconds of processor time, in which other programs on the machine have no part.
LONGEST = 2.0
# Of memory for 25 MB, above what the mail itself takes.
MOST_MEGABYTES = 400
HEAD = b"From: Jan <jan@example.org>\r\nTo: l@example.org\r\nSubject: x\r\nDate: Tue, 3 Mar 2026 10:15:00 +0100\r\nMessage-ID: <2@example.org>\r\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
LINE = "Zażółć gęślą jaźń i jeszcze kilka słów w tym wierszu, bo tak się pisze listy.\r\n".encode()


def typed(kind, body=b""):
    return HEAD + b"Content-Type: " + kind + b"\r\n\r\n" + body


def times(piece, size=SIZE):
    return piece * (size // len(piece))


def encoded():
    return encodebytes(Random(1).randbytes(SIZE * 3 // 4)).replace(b"\n", b"\r\n")


def nested(levels):
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels))


USUAL = {
    "an attachment": lambda: MIXED + b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded() + b"\r\n--b--\r\n",
    "text": lambda: typed(b"text/plain; charset=utf-8", times(LINE)),
    "tiny parts": lambda: MIXED + times(b"--b\r\n\r\nx\r\n"),
    "one header field": lambda: b"Subject: " + b"a" * SIZE + b"\r\n\r\nx",
    "base64 that is none": lambda: MIXED + b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + times(b"A=!?\xff") + b"\r\n--b--",
}
HOSTILE = {
    "quoted text": lambda: typed(b"text/plain; charset=utf-8", times(b"> " + LINE)),
    "one line": lambda: typed(b"text/plain", times(b"a ")),
    "empty lines": lambda: typed(b"text/plain", times(b"\n")),
    "carriage returns": lambda: typed(b"text/plain", times(b"\r")),
    "nothing but nul": lambda: typed(b"text/plain", times(b"\0")),
    "noise": lambda: typed(b"text/plain", Random(2).randbytes(SIZE)),
    "noise alone": lambda: Random(3).randbytes(SIZE),
    "utf-7": lambda: typed(b"text/plain; charset=utf-7", times(b"+AGEA-x")),
    "iso-2022": lambda: typed(b"text/plain; charset=iso-2022-jp", times(b"\x1b$B$3\x1b(B")),
    "flowed": lambda: typed(b"text/plain; format=flowed; delsp=yes", times(b"> word and word \r\n")),
    "html": lambda: typed(b"text/html", times(b"<p>one <b>two</b> three</p>\r\n")),
    "html, nested": lambda: typed(b"text/html", times(b"<div>")),
    "html, empty lines": lambda: typed(b"text/html", b"<pre>" + times(b" \n", 3_900_000)),
    "html, images": lambda: typed(b"text/html", times(b"<img src='cid:a'>")),
    "header fields": lambda: times(b"X-A: b\r\n") + b"\r\nx",
    "authors": lambda: times(b"From: a@example.org\r\n") + b"\r\nx",
    "folded lines": lambda: b"X-A: b\r\n" + times(b" c\r\n") + b"\r\nx",
    "header fields of a part": lambda: MIXED + b"--b\r\n" + times(b"X-A: b\r\n") + b"\r\nx\r\n--b--\r\n",
    "a header field of a part": lambda: MIXED + b"--b\r\nX-A: " + b"b" * SIZE + b"\r\n\r\nx\r\n--b--\r\n",
    "multiparts in multiparts": lambda: HEAD + nested(SIZE // 64),
    "lines deep below": lambda: HEAD + nested(60) + b"\r\n" + times(b"x" * 70 + b"\r\n"),
    "dashes deep below": lambda: HEAD + nested(60) + b"\r\n" + times(b"--b" * 20 + b"\r\n"),
    "messages": lambda: MIXED + times(b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\nx\r\n"),
    "large attachments": lambda: MIXED + times(b"--b\r\nContent-Type: image/png\r\n\r\n" + b"x" * 25_000 + b"\r\n"),
    "encoded words": lambda: b"Subject: " + times(b"=?utf-8?q?a?= ") + b"\r\n\r\n",
    "parameters": lambda: HEAD + b"Content-Type: text/plain" + times(b"; a*0*=x") + b"\r\n\r\nx",
}


def look(make):
    raw = make()
    start = time.process_time()
    post = parse(raw)
    assert time.process_time() - start < LONGEST
    assert "unreadable" not in post.problems


@pytest.mark.parametrize("shape", USUAL)
def test_25_megabytes_are_read_in_time(shape):
    look(USUAL[shape])


@pytest.mark.long
@pytest.mark.parametrize("shape", HOSTILE)
def test_25_megabytes_of_mischief_are_read_in_time(shape):
    look(HOSTILE[shape])


MEASURE = """
import sys
from tests.mail.test_limits import HOSTILE, USUAL
from listserv.mail.parse import parse
raw = (USUAL | HOSTILE)[sys.argv[1]]()
parse(b"Content-Type: text/html\\r\\n\\r\\n<p>x")
status = lambda name: next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(name)) // 1024
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
parse(raw)
print(status("VmHWM") - before)
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured through /proc")
@pytest.mark.parametrize("shape", [*USUAL, "html", "noise", "carriage returns", "large attachments", "lines deep below"])
def test_25_megabytes_take_bounded_memory(shape):
    ran = subprocess.run([sys.executable, "-c", MEASURE, shape], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < MOST_MEGABYTES


def test_of_html_beyond_all_measure_the_first_part_is_read(monkeypatch):
    monkeypatch.setattr("listserv.mail.bodies.LONGEST_HTML", 1_000)
    post = parse(typed(b"text/html", b"<p>first</p>" + b"<p>word</p>" * 200 + b"<p>last</p>"))
    assert "first" in post.text and "last" not in post.text
    assert "last" in post.html
    assert "long-html" in post.problems


def spent(function, *values):
    start = time.process_time()
    function(*values)
    return time.process_time() - start


ATTRIBUTES = " ".join(f"a{n}=b" for n in range(100_000)).encode()
BOLD = b"".join(b"<p><b a=%d></p>" % n for n in range(4_000))


@pytest.mark.parametrize(
    "html",
    [
        b"<p " + ATTRIBUTES + b">x",
        b"</p " + ATTRIBUTES + b">x",
        b"<p " + ATTRIBUTES.replace(b"=b ", b'=""') + b">x",
        b"<p/" + ATTRIBUTES.replace(b" ", b"/") + b">x",
        b"<svg><style>" + BOLD,
        b"<math><xmp>" + BOLD,
        b"<svg><foreignObject><style></svg></style></foreignObject><title>" + BOLD,
    ],
    ids=["attributes", "of an end", "without blanks", "with slashes", "in svg", "in math", "after a feigned end"],
)
def test_a_little_html_cannot_keep_us_busy(html):
    assert spent(parse, typed(b"text/html", html)) < LONGEST


def test_very_many_letters_in_one_are_read_in_time_and_none_is_lost():
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>x" * 2_000 + b"\r\n"
    raw = MIXED + part.replace(b"<p>x", b"<p>first", 1) + part * 800 + b"--b--\r\n"

    assert spent(parse, raw) < LONGEST
    post = parse(raw)
    assert post.text.startswith("first")
    assert 700 < len(post.attachments) < 801
    assert "long-html" in post.problems


def test_a_letter_of_a_few_html_parts_is_read_whole():
    part = b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<p>one</p>" * 500 + b"\r\n"
    post = parse(MIXED + part * 20 + b"--b--\r\n")

    assert (post.text.count("one"), post.attachments) == (10_000, ())


@pytest.mark.parametrize("blank", [b"\r\n", b" \t x\r\n", b" ", b"a\t\r\n"])
def test_the_canonical_body_of_a_large_mail_takes_little_memory(blank):
    body = times(blank, 2_000_000)
    tracemalloc.start()
    relaxed_body(body)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 5 * len(body)


def test_a_bounce_of_a_thousand_addresses_that_are_not_in_it_is_read_in_time():
    failed = b", ".join(b"u%d@x.pl" % n for n in range(1_000))
    raw = b"From: mailer-daemon@example.org\r\nSubject: Undelivered\r\nX-Failed-Recipients: " + failed + b"\r\n\r\nfailed\n" + b" \n" * 30_000

    assert spent(bounces.read, raw) < LONGEST


@pytest.mark.parametrize("value", [b"(" * 16_000, b"mx.example.org; " + b"(" * 16_000, b"mx.example.org; dkim=pass " + b"(a" * 8_000])
def test_results_of_any_shape_are_read_or_not(value):
    raw = (b"Authentication-Results: " + value + b"\r\n") * 40 + HEAD + b"\r\nx"

    assert spent(read_results, raw, "mx.example.org") < LONGEST
