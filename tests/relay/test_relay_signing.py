"""DKIM signatures of our own: two independent programs verify what leaves, copies and letters alike."""

import shutil
import subprocess
from collections import deque

import dkim
import pytest
from misbehaving import FEATURES, Misbehaving
from test_relay_trouble import PATIENT

from listserv import loops
from listserv.config import Settings
from listserv.errors import Invalid
from listserv.mail import signing
from listserv.relay import Content, Filled, Mail, open_relay, read_keys

DOMAIN = "lists.example.org"
HEAD = (
    b"List-Id: Siec <siecibp.lists.example.org>\r\nList-Post: <mailto:siecibp@lists.example.org>\r\nReply-To: siecibp@lists.example.org\r\n"
    b"From: =?utf-8?q?=C5=81ukasz?=\r\n <lukasz@example.org>\r\nTo: siecibp@lists.example.org\r\nCc: a@example.org\r\nSubject: Zebranie   o\tosmej\r\n"
    b"Date: Tue, 3 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
)
POST = Content(HEAD + "\r\nDzień dobry  \r\n\t x\r\n.kropka\r\n\r\n\r\n".encode())


def lines(number):
    return (
        f"List-Unsubscribe: <https://{DOMAIN}/unsubscribe/u{number}>, <mailto:r+u{number}@{DOMAIN}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    ).encode()


@pytest.fixture(scope="module")
def keys():
    return {kind: signing.new_key(kind) for kind in signing.KINDS}


@pytest.fixture(params=["rsa", "ed25519", "rsa ed25519"])
def settings(request, keys, tmp_path):
    kinds = request.param.split()
    (tmp_path / "dkim.pem").write_bytes(b"".join(keys[kind] for kind in kinds))
    relay = {"dkim_key": "dkim.pem", "dkim_selector": ", ".join(f"s-{kind}" for kind in kinds)}
    return Settings(site={"domain": DOMAIN}, relay=relay, data=tmp_path)


def with_relay(settings, url):
    return open_relay(settings.model_copy(update={"relay": settings.relay.model_copy(update={"url": url})}), timeouts=PATIENT)


def records(settings):
    return {f"{key.selector}._domainkey.{DOMAIN}": key.record for key in read_keys(settings).keys}


def passes(data, settings):
    """What dkimpy says of each of our signatures."""
    known = records(settings)

    def verified(number):
        try:
            return dkim.DKIM(data).verify(number, dnsfunc=lambda name, timeout=5: known[name.decode().rstrip(".")].encode())
        except dkim.ValidationError:
            return False

    return [verified(number) for number in range(len(known))]


def send(relay, mails):
    waiting, answers = deque(mails), []

    async def go():
        fan_out = relay.fan_out(lambda: waiting.popleft() if waiting else None, lambda mail, answer: answers.append(answer))
        assert not await fan_out.ready()
        fan_out.wake(len(mails))
        await fan_out.settled()
        await fan_out.close()

    loops.run(go())
    return answers


@pytest.mark.parametrize("features", [FEATURES, ("PIPELINING", "8BITMIME"), ()], ids=["all", "no-smtputf8", "nothing"])
def test_copies_and_letters_verify_whatever_the_relay_can_take(settings, features):
    with Misbehaving(features=features) as server:
        relay = with_relay(settings, server.url)
        answers = send(relay, [Mail(n, "r+t@lists.example.org", f"p{n}@example.org", POST, lines(n)) for n in range(3)])
        [(_, letter)] = relay.letters([Mail(9, "", "letter@example.org", POST)])

    assert all(answer.sent for answer in [*answers, letter]) and len(server.mails) == 4
    for mail in server.mails:
        assert all(passes(mail.data, settings)) and mail.data.startswith(b"DKIM-Signature: v=1; a=")


def test_the_way_off_the_list_is_covered_and_from_cannot_be_put_on_top(settings):
    signer = read_keys(settings)
    made = signer.sign(lines(1), POST) + lines(1) + POST.data

    for name in (b"list-unsubscribe", b"list-unsubscribe-post", b"from:from", b"reply-to", b"list-id", b"cc", b"message-id"):
        assert name in made.split(b"bh=")[0].replace(b"\r\n ", b"")
    assert all(passes(made, settings))
    for spoiled in (made.replace(b"unsubscribe/u1", b"unsubscribe/u2"), made.replace(b"dobry", b"dobra"), b"From: x@example.org\r\n" + made):
        assert not any(passes(spoiled, settings))


def test_the_body_is_hashed_once_for_all_copies(settings, monkeypatch):
    seen = []
    real = signing.relaxed_body
    monkeypatch.setattr(signing, "relaxed_body", lambda body: seen.append(1) or real(body))
    signer, content = read_keys(settings), Content(POST.data)

    copies = [signer.sign(lines(n), content) + lines(n) + content.data for n in range(5)]

    assert len(seen) == len(signer.keys)
    assert all(all(passes(copy, settings)) for copy in copies)


def test_an_issue_that_is_filled_for_each_reader_is_signed_for_each(settings):
    signer = read_keys(settings)
    made = []
    for name in (b"Anna", b"Jan"):
        data = POST.data.replace(b"dobry", name)
        content = Filled(data, Content(data).wire)
        made.append(signer.sign(lines(1), content) + lines(1) + data)

    assert all(all(passes(one, settings)) for one in made)


def test_a_mail_without_a_body_and_one_in_the_maildir_are_signed_too(settings, tmp_path):
    content = Content(HEAD + b"\r\n")

    [(_, answer)] = open_relay(settings).letters([Mail(1, "", "a@example.org", content)])
    [file] = (tmp_path / "out" / "new").iterdir()

    data = file.read_bytes().split(b"\n", 2)[2].replace(b"\n", b"\r\n")
    assert answer.sent and all(passes(data, settings))


VERIFY = """
use Mail::DKIM::Verifier; use Mail::DKIM::DNS;
my %known = map { split /=/, $_, 2 } @ARGV; @ARGV = ();
package Answer { sub new { bless {text => $_[1]}, $_[0] } sub txtdata { $_[0]{text} } sub type { "TXT" } sub char_str_list { ($_[0]{text}) } }
{ no warnings "redefine"; *Mail::DKIM::DNS::query = sub { my ($name) = @_; return exists $known{$name} ? (Answer->new($known{$name})) : (); }; }
my $dkim = Mail::DKIM::Verifier->new(); local $/; my $mail = <STDIN>; $dkim->PRINT($mail); $dkim->CLOSE;
print join(" ", map { $_->result } $dkim->signatures), "\\n";
"""


def perl_knows_dkim():
    return shutil.which("perl") and subprocess.run(["perl", "-MMail::DKIM", "-e", "1"], capture_output=True, check=False).returncode == 0


def knows_ed25519():
    return subprocess.run(["perl", "-MMail::DKIM::Algorithm::ed25519_sha256", "-e", "1"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not perl_knows_dkim(), reason="Mail::DKIM (libmail-dkim-perl) is not installed")
def test_mail_dkim_of_perl_says_the_same(settings):
    made = read_keys(settings).sign(lines(1), POST) + lines(1) + POST.data
    known = [f"{name}={record}" for name, record in records(settings).items()]

    def results(data):
        return subprocess.run(["perl", "-e", VERIFY, *known], input=data, capture_output=True, check=True).stdout.decode().split()

    # Older ones know RSA alone; a signature they cannot read must not disturb the other.
    expected = [("pass", "fail") if "k=rsa" in one or knows_ed25519() else ("invalid", "invalid") for one in known]
    assert results(made) == [good for good, _ in expected]
    assert results(made.replace(b"dobry", b"dobra")) == [bad for _, bad in expected]


@pytest.mark.parametrize(
    ("content", "selector", "said"),
    [
        (None, "a", "No such file"),
        (b"nothing", "a", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "a", "cannot be read"),
        ("rsa", "", "names 0"),
        ("rsa", "a,b", "holds 1"),
        ("rsa", "zażółć", "no selector"),
        ("ec", "a", "something else"),
    ],
)
def test_a_key_that_is_no_use_is_one_clear_line(content, selector, said, keys, tmp_path):
    if content == "ec":
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        content = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if content is not None:
        (tmp_path / "key.pem").write_bytes(keys[content] if isinstance(content, str) else content)
    settings = Settings(site={"domain": DOMAIN}, relay={"dkim_key": "key.pem", "dkim_selector": selector}, data=tmp_path)

    with pytest.raises(Invalid, match=said) as refused:
        open_relay(settings)

    assert "relay.dkim_key" in str(refused.value) and "\n" not in str(refused.value)
