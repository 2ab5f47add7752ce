"""Calls to addresses that people name: only what anybody could reach from anywhere, whatever it is written as and whatever a name means a moment later."""

import socket
import ssl
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from listserv import outward
from listserv.errors import Invalid
from tests.receiver import Receiver

NEVER = (
    "http://hooks.example.org/",
    "ftp://hooks.example.org/",
    "file:///etc/passwd",
    "hooks.example.org/x",
    "https://",
    "https:///x",
    "https://user:password@hooks.example.org/",
    "https://user@hooks.example.org/",
    "https://hooks.example.org@127.0.0.1/",
    "https://hooks.example.org/#there",
    "https://hooks.example.org:22/",
    "https://hooks.example.org:25/",
    "https://hooks.example.org:0/",
    "https://hooks.example.org:99999/",
    "https://hooks.example.org\\@127.0.0.1/",
    "https://hooks.example.org/a b",
    "https://hooks.example.org/\r\nX-Evil: 1",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://0177.0.0.01/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://192.0.0.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://[64:ff9b:1::1]/",
    "https://[100::1]/",
    "https://[2001:1::1]/",
    "https://[5f00::1]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://240.0.0.1/",
    "https://192.0.2.1/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:c0a8:101::1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[fec0::1]/",
    "https://[3fff::1]/",
    "https://hooks.example.org/" + "a" * 2000,
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://１２７.0.0.1/",
)
FINE = ("https://hooks.example.org", "https://hooks.example.org/a/b?c=d", "https://hooks.example.org:8443/", "https://8.8.8.8/", "https://[2606:4700::1111]/x")


@pytest.mark.parametrize("url", NEVER)
def test_it_is_never_called(url):
    with pytest.raises(Invalid):
        outward.place_of(url)


@pytest.mark.parametrize("url", FINE)
def test_it_may_be_called(url):
    assert outward.place_of(url).tls


@pytest.mark.parametrize("number", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "::1", "fe80::1", "64:ff9b::a00:1", "2002:a00:1::"])
def test_a_name_that_means_something_inside_is_not_called(monkeypatch, number):
    """Asked for when it is called: what it meant when it was typed is nobody's business."""
    place = outward.place_of("https://hooks.example.org/")
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (number, 443))])
    monkeypatch.setattr(outward.socket, "socket", None)

    answer = call(place)

    assert (answer.code, answer.good, answer.text) == (0, False, outward.NOT_PUBLIC)


def test_one_address_inside_is_enough_to_call_none_of_them(monkeypatch):
    place = outward.place_of("https://hooks.example.org/")
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in ("8.8.8.8", "192.168.0.1")]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: both)
    monkeypatch.setattr(outward.socket, "socket", None)

    assert call(place).text == outward.NOT_PUBLIC


def test_a_name_that_changes_its_mind_is_asked_once_and_that_is_where_we_go(monkeypatch):
    """DNS rebinding: the second answer would lead inside. There is no second question for one connection; each connection asks anew."""
    asked, went = [], []
    answers = iter(["8.8.8.8", "127.0.0.1"])

    def getaddrinfo(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    class Line(socket.socket):
        def connect(self, address):
            went.append(address[0])
            raise ConnectionRefusedError("nobody")

    place = outward.place_of("https://hooks.example.org/")
    monkeypatch.setattr(outward.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(outward.socket, "socket", Line)
    with closing(outward.Line(place)) as line:
        first, second = line.call(b"", {}), line.call(b"", {})

    assert (asked, went) == (["hooks.example.org"] * 2, ["8.8.8.8"])
    assert first.code == 0 and second.text == outward.NOT_PUBLIC


def test_loopback_is_called_only_where_that_is_set_and_nothing_else_inside():
    assert outward.place_of("http://127.0.0.1:1234/x", loopback=True).port == 1234
    for url in ("http://10.0.0.1/", "https://169.254.169.254/", "https://[::ffff:10.0.0.1]/"):
        with pytest.raises(Invalid):
            outward.place_of(url, loopback=True)
    assert not outward.may_call(ip_address("0.0.0.0"), loopback=True)


# ---- calls ---------------------------------------------------------------------------------------------------


def call(place, body=b"{}", **more):
    with closing(outward.Line(place, **more)) as line:
        return line.call(body, {"X-Test": "1"})


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def here(receiver, path="/"):
    return outward.place_of(receiver.url(path), loopback=True)


def test_a_redirect_is_not_followed(receiver):
    receiver.answers["/"] = (302, {"Location": receiver.url("/inside")})

    answer = call(here(receiver))

    assert (answer.code, answer.good) == (302, False)
    assert "redirects are not followed" in answer.text
    assert [one.path for one in receiver.heard] == ["/"]


def test_one_connection_takes_several_calls(receiver):
    with closing(outward.Line(here(receiver))) as line:
        assert [line.call(b"{}", {}).code for _ in range(3)] == [204] * 3
    assert len(receiver.heard) == 3


def test_of_an_answer_without_end_little_is_read(receiver):
    def flood(handler):
        handler.send_response(500)
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65536)
        except OSError:
            pass

    receiver.answers["/"] = flood

    answer = call(here(receiver))

    assert answer.code == 500 and len(answer.text) <= outward.KEPT


def test_whoever_drips_byte_by_byte_gets_no_more_of_our_time(receiver):
    ended = threading.Event()

    def drip(handler):
        try:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not ended.wait(0.02):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            pass

    receiver.answers["/"] = drip
    begin = time.monotonic()

    answer = call(here(receiver), timeout=0.5)
    ended.set()

    assert answer.code == 0 and time.monotonic() - begin < 5


def test_time_that_runs_out_while_connecting_is_not_begun_anew_behind_it(monkeypatch):
    """Two addresses where nobody answers, and one that drips: the clock struck when there was no line to cut yet."""
    full, waiting = [socket.create_server(("127.0.0.1", 0), backlog=0) for _ in range(2)], []
    for one in full:
        for _ in range(3):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(one.getsockname())
    ended, dripping = threading.Event(), socket.create_server(("127.0.0.1", 0))
    dripping.settimeout(5)

    def drip():
        try:
            line, _ = dripping.accept()
            with line:
                line.sendall(b"H")
                while not ended.wait(0.05):
                    line.sendall(b"x")
        except OSError:
            pass

    dripper = threading.Thread(target=drip, daemon=True)
    dripper.start()
    behind = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one.getsockname()) for one in (*full, dripping)]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: behind)
    answers = []
    caller = threading.Thread(target=lambda: answers.append(call(outward.place_of("http://127.0.0.1:9/", loopback=True), timeout=0.5)), daemon=True)

    caller.start()
    caller.join(4)
    ended.set()
    for one in (*full, *waiting, dripping):
        one.close()

    assert [(answer.code, answer.text) for answer in answers] == [(0, outward.LATE)]


@pytest.mark.parametrize("garbage", [b"", b"HTTP/1.1 abc\r\n\r\n", b"\0\xff" * 100, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"])
def test_an_answer_that_is_none_is_a_failure_and_no_more(garbage):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(garbage)

        thread = threading.Thread(target=serve)
        thread.start()
        place = outward.place_of(f"http://127.0.0.1:{server.getsockname()[1]}/", loopback=True)
        answer = call(place, timeout=5)
        thread.join()

    assert answer.code in (0, 200) and len(answer.text) <= outward.KEPT


def test_nobody_there_is_said_in_words():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert call(outward.place_of(f"http://127.0.0.1:{port}/", loopback=True)).code == 0


def test_certificates_are_checked(receiver):
    context = outward._context()
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    # It speaks no TLS at all.
    answer = call(outward.place_of(receiver.url().replace("http:", "https:"), loopback=True), timeout=3)
    assert answer.code == 0 and receiver.heard == []



def certificate(folder, name):
    """A certificate of that name that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    who, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    path = folder / f"{name}.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_is_spoken_with_whom_the_name_says_and_nobody_else(receiver, tmp_path, monkeypatch):
    path = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True, do_handshake_on_connect=False)
    port = receiver.server.server_port
    unknown = call(outward.place_of(f"https://localhost:{port}/", loopback=True), timeout=5)
    monkeypatch.setattr(outward, "_context", lambda: ssl.create_default_context(cafile=path))

    known = call(outward.place_of(f"https://localhost:{port}/", loopback=True), timeout=5)
    another = call(outward.place_of(f"https://127.0.0.1:{port}/", loopback=True), timeout=5)

    assert known.code == 204
    assert all(one.code == 0 and "certificate" in one.text for one in (unknown, another))
    assert [one.headers["host"] for one in receiver.heard] == [f"localhost:{port}"]
