"""25 MB of anything: read within two seconds and bounded memory. The whole row of shapes is long; the usual ones run always."""

import subprocess
import sys
import time
from base64 import encodebytes
from random import Random

import pytest

from listserv.mail.parse import parse

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
