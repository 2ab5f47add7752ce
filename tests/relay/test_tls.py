"""Encrypted relays: the certificate is checked, by the fan-out and by single letters alike."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from smtp_sink import Sink
from test_bulk import mail, send
from test_letters import letter
from test_letters import send as send_letters

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate for localhost, made for this run."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*make.split(), "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True
    )
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.fixture
def context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(monkeypatch, certificate):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture(params=["tls", "starttls"])
def sink(request, context):
    with Sink(**{request.param: context}, auth=("list", "secret")) as sink:
        yield sink


def test_a_trusted_relay_gets_mail_encrypted_and_signed_in(sink, trusted):
    answers, _ = send(sink.url, [mail("a@example.org"), mail("b@example.org")])

    assert [answer.sent for answer in answers.values()] == [True, True]
    assert send_letters(sink.url, [letter("c@example.org")])["c@example.org"].sent
    assert sorted(sink.recipients) == ["a@example.org", "b@example.org", "c@example.org"]


def test_an_untrusted_relay_gets_nothing(sink):
    answers, trouble = send(sink.url, [mail()])
    [letters] = send_letters(sink.url, [letter("c@example.org")]).values()

    assert answers == {} and "CERTIFICATE_VERIFY_FAILED" in trouble
    assert letters.code == 0 and "CERTIFICATE_VERIFY_FAILED" in letters.text
    assert not any(command.startswith(("AUTH", "MAIL")) for command in sink.commands)


def test_without_starttls_on_offer_nothing_is_sent_in_the_clear(trusted):
    with Sink() as sink:
        url = f"smtp+starttls://localhost:{sink.port}"
        answers, trouble = send(url, [mail()])
        [letters] = send_letters(url, [letter("c@example.org")]).values()

    assert answers == {} and trouble
    assert not letters.sent
    assert sink.mails == []
