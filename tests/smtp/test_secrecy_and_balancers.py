"""STARTTLS, and the PROXY header of a balancer in front."""

import datetime
import logging
import socket
import ssl
import struct
from dataclasses import replace

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from listserv import logs
from listserv.config import Settings
from listserv.errors import Invalid
from listserv.smtp.limits import Limits
from listserv.store.queue import Incoming
from tests.smtp.doors import Talk, kept, open_doors, trusting

LIST = "siecibp@lists.example.org"
V2 = b"\r\n\r\n\x00\r\nQUIT\n"

pytestmark = pytest.mark.only_sqlite


@pytest.fixture
def certificate(tmp_path):
    """A certificate of our own, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lists.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    cert, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return str(cert), str(secret)


@pytest.fixture
def secret(site, network, certificate):
    smtp = site.settings.smtp.model_copy(update={"tls_cert": certificate[0], "tls_key": certificate[1]})
    site.settings = site.settings.model_copy(update={"smtp": smtp})
    with open_doors(site) as ports:
        yield ports


def go_secret(talk):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    talk.file.close()
    talk.socket = context.wrap_socket(talk.socket)
    talk.file = talk.socket.makefile("rb")


def test_after_starttls_a_mail_comes_in_secret(site, secret):
    with Talk(secret[0]) as talk:
        assert b"250-STARTTLS" in talk.ask(b"EHLO client.example.org\r\n")
        assert talk.ask(b"STARTTLS now\r\n").startswith(b"501 5.5.4")
        assert talk.ask(b"STARTTLS\r\n").startswith(b"220 2.0.0")
        go_secret(talk)

        assert talk.ask(b"MAIL FROM:<a@example.org>\r\n").startswith(b"503 5.5.1 Say hello")
        assert b"STARTTLS" not in talk.ask(b"EHLO client.example.org\r\n")
        assert talk.ask(b"STARTTLS\r\n").startswith(b"503 5.5.1")
        talk.start_mail(LIST)
        assert talk.ask(b"Subject: x\r\n\r\n" + b"y" * 70 + b"\r\n.\r\n").startswith(b"250 2.0.0")
        talk.start_mail(LIST)
        assert talk.ask((b"z" * 70 + b"\r\n") * 10_000 + b".\r\n").startswith(b"250 2.0.0")
        assert talk.ask(b"QUIT\r\n").startswith(b"221")

    assert [len(raw) for _, _, raw in kept(site)] == [86, 720_000]


def test_what_was_said_in_the_open_behind_starttls_counts_for_nothing(site, secret):
    with Talk(secret[0]) as talk:
        talk.say(b"STARTTLS\r\nEHLO x\r\nMAIL FROM:<smuggler@example.org>\r\n")
        assert talk.hear().startswith(b"220")
        go_secret(talk)

        talk.ask(b"EHLO client.example.org\r\n")
        talk.start_mail(LIST, sender="honest@example.org")
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")

    assert [sender for sender, _, _ in kept(site)] == ["honest@example.org"]


def test_a_handshake_that_fails_ends_its_own_session_alone(site, secret):
    with Talk(secret[0]) as talk:
        talk.ask(b"STARTTLS\r\n")
        talk.say(b"this is no handshake at all, and never will be one\r\n" * 10)
        talk.hear()
        assert talk.is_closed()
    with Talk(secret[0]) as other:
        assert other.ask(b"NOOP\r\n").startswith(b"250")


@pytest.fixture
def seconds():
    """That the balancer has for its header."""
    return Limits().proxy_seconds


@pytest.fixture
def behind(site, network, seconds):
    """127.0.0.1 is a balancer; nobody is trusted."""
    trusting(site, "192.0.2.200")
    smtp, lmtp = (section.model_copy(update={"proxy": "127.0.0.1/32"}) for section in (site.settings.smtp, site.settings.lmtp))
    site.settings = site.settings.model_copy(update={"smtp": smtp, "lmtp": lmtp})
    with open_doors(site, replace(Limits(), proxy_seconds=seconds, greeting_pause=0.05)) as ports:
        yield ports


def version_2(command, family, addresses=b""):
    return V2 + struct.pack("!BBH", 0x20 | command, family, len(addresses)) + addresses


HEADERS = [
    (b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 25\r\n", "192.0.2.7"),
    (b"PROXY TCP6 2001:db8::7 ::1 40000 25\r\n", "2001:db8::7"),
    (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    (version_2(1, 0x11, socket.inet_aton("192.0.2.8") + socket.inet_aton("127.0.0.1") + struct.pack("!HH", 40000, 25)), "192.0.2.8"),
    (version_2(1, 0x21, socket.inet_pton(socket.AF_INET6, "2001:db8::8") + b"\0" * 16 + struct.pack("!HH", 1, 2) + b"\x04\x00\x01x"), "2001:db8::8"),
    (version_2(0, 0x00), "127.0.0.1"),
]


def test_the_client_behind_a_balancer_is_who_sends(site, behind):
    for header, _ in HEADERS:
        with Talk(behind[0], before=header) as talk:
            talk.start_mail(LIST)
            assert talk.ask(b"x\r\n.\r\n").startswith(b"250"), header
    with Talk(behind[1], before=HEADERS[0][0], hello=b"LHLO client.example.org\r\n") as talk:
        talk.start_mail(LIST)
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")

    with site.reading() as db:
        assert list(db.scalars(select(Incoming.peer).order_by(Incoming.id))) == [peer for _, peer in HEADERS] + ["192.0.2.7"]


@pytest.mark.parametrize("seconds", [0.5])
@pytest.mark.parametrize("header", [b"EHLO x\r\n", b"PROXY TCP4 nonsense\r\n", b"PROXY TCP4 192.0.2.7 127.0.0.1 1 25" + b" " * 200 + b"\r\n", V2 + b"\x31\x11\x00\x00", b"", b"PROX"])
def test_without_a_header_the_balancer_is_not_heard(behind, header):
    with Talk(behind[0], hello=b"", before=header) as talk:
        assert talk.hear()[:9] in (b"", b"421 4.4.2")
        assert talk.is_closed()


def test_from_elsewhere_a_header_is_no_header(site, behind):
    with Talk(behind[0], "127.0.0.2", hello=b"") as talk:
        assert talk.hear().startswith(b"220")
        assert talk.ask(HEADERS[0][0]).startswith(b"500")


def test_a_rude_client_behind_a_balancer_spoils_nothing_for_the_others(behind):
    crowd = [Talk(behind[0], before=HEADERS[0][0], hello=b"") for _ in range(Limits().per_peer + 1)]
    said = sorted(talk.hear()[:3] for talk in crowd)

    assert said == [b"220"] * Limits().per_peer + [b"421"]
    with Talk(behind[0], before=HEADERS[3][0]) as other:
        assert other.ask(b"NOOP\r\n").startswith(b"250")
    for talk in crowd:
        talk.close()


def test_a_wrong_network_is_one_clear_sentence():
    from listserv.config import validated

    assert Settings().smtp.proxy == ""
    with pytest.raises(Invalid, match=r"smtp\.proxy"):
        validated({"smtp": {"proxy": "everywhere"}}, Settings().data)


def test_the_log_names_no_key_that_somebody_could_use(site, network, capsys):
    before, level = structlog.get_config(), logging.getLogger().level
    logs.configure(logging.INFO)
    try:
        with open_doors(site) as ports, Talk(ports[0]) as talk:
            for rcpt in (b"r+secretsecretsecretsecret@lists.example.org", b"R-secretsecretsecretsecret@lists.example.org", LIST.encode()):
                talk.ask(b"MAIL FROM:<halina@example.org>\r\n")
                assert talk.ask(b"RCPT TO:<" + rcpt + b">\r\n").startswith(b"250")
                talk.ask(b"DATA\r\n")
                assert talk.ask(b"Subject: x\r\n\r\nx\r\n.\r\n").startswith(b"250")
    finally:
        structlog.configure(**before)
        logging.getLogger().setLevel(level)

    lines = [line for line in capsys.readouterr().err.splitlines() if " received " in line]
    assert len(lines) == 3 and LIST in lines[2]
    assert not [line for line in lines if "secret" in line]
