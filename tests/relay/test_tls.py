"""Encrypted relays: the certificate is checked, by the fan-out and by single letters alike."""

import ssl
from pathlib import Path

import pytest
from smtp_sink import Sink
from test_bulk import mail, send
from test_letters import letter
from test_letters import send as send_letters

# A key and a certificate for localhost that nothing but these tests trusts.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


@pytest.fixture
def context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


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
