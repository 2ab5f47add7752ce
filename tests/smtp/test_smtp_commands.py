"""Every command of the doors, as a client that speaks to a socket meets it."""

import re

import pytest

from listserv.smtp import paths
from tests.smtp.doors import Talk, kept, open_doors

LIST = "siecibp@lists.example.org"


@pytest.fixture
def doors(site, network):
    smtp = site.settings.smtp.model_copy(update={"max_size": 300_000})
    site.settings = site.settings.model_copy(update={"smtp": smtp})
    with open_doors(site) as ports:
        yield ports


@pytest.fixture
def talk(doors):
    with Talk(doors[0]) as client:
        yield client


ANSWERS = [
    (b"NOOP", b"250 2.0.0"),
    (b"NOOP whatever", b"250 2.0.0"),
    (b"noop", b"250 2.0.0"),
    (b"HELP", b"214 2.0.0"),
    (b"VRFY siecibp", b"252 2.5.0"),
    (b"EXPN siecibp", b"502 5.5.1"),
    (b"RSET", b"250 2.0.0"),
    (b"BDAT 10 LAST", b"500 5.5.1"),
    (b"AUTH PLAIN", b"500 5.5.1"),
    (b"STARTTLS", b"500 5.5.1"),
    (b"LHLO client.example.org", b"500 5.5.1"),
    (b"EHLO", b"501 5.5.4"),
    (b"RCPT TO:<siecibp@lists.example.org>", b"503 5.5.1"),
    (b"DATA", b"503 5.5.1"),
    (b"", b"500 5.5.1"),
    (b"\xff\xfe", b"500 5.5.2"),
    (b"MAIL FROM:<a@example.org", b"501 5.1.7"),
    (b"MAIL TO:<a@example.org>", b"501 5.1.7"),
    (b"MAIL FROM:<a@example.org> SIZE=300001", b"552 5.3.4"),
    (b"MAIL FROM:<a@example.org> SIZE=much", b"501 5.5.4"),
    (b"MAIL FROM:<a@example.org> SIZE=1 SIZE=2", b"501 5.5.4"),
    (b"MAIL FROM:<a@example.org> RET=FULL", b"555 5.5.4"),
    (b"MAIL FROM:<a@example.org> BODY=BINARYMIME", b"501 5.5.4"),
    (b"MAIL FROM:<a@example.org> SIZE=300000 BODY=8BITMIME SMTPUTF8", b"250 2.1.0"),
    (b"MAIL FROM:<>", b"250 2.1.0"),
    (b"mail from: <a@example.org> body=7bit", b"250 2.1.0"),
    (b"MAIL FROM:a@example.org", b"250 2.1.0"),
    (b"QUIT", b"221 2.0.0"),
]


@pytest.mark.only_sqlite
def test_every_command_has_its_answer(doors):
    for command, answer in ANSWERS:
        with Talk(doors[0]) as talk:
            assert talk.ask(command + b"\r\n").startswith(answer), command


@pytest.mark.only_sqlite
def test_all_answers_but_three_carry_an_enhanced_code(talk):
    said = [talk.ask(line + b"\r\n") for line in (b"NOOP", b"MAIL FROM:<a@example.org>", b"MAIL FROM:<a@example.org>", b"RCPT TO:<x>", b"RCPT TO:<x> NOTIFY=NEVER", b"RCPT", b"DATA x")]

    assert all(re.match(rb"([245])\d\d \1\.\d\.\d ", answer) for answer in said), said
    assert talk.greeting.startswith(b"220 lists.example.org ESMTP")


@pytest.mark.only_sqlite
def test_nothing_is_said_before_hello(doors):
    with Talk(doors[0], hello=b"") as talk:
        talk.hear()
        assert talk.ask(b"MAIL FROM:<a@example.org>\r\n").startswith(b"503 5.5.1")


@pytest.mark.only_sqlite
def test_lmtp_says_lhlo_and_knows_neither_helo_nor_ehlo(doors):
    with Talk(doors[1], hello=b"LHLO client.example.org\r\n") as talk:
        assert b"LMTP" in talk.greeting
        assert talk.ask(b"EHLO client.example.org\r\n").startswith(b"500 5.5.1")
        assert talk.ask(b"HELO client.example.org\r\n").startswith(b"500 5.5.1")
        assert talk.ask(b"STARTTLS\r\n").startswith(b"500 5.5.1")
        assert talk.ask(b"MAIL FROM:<a@example.org>\r\nDATA\r\n").startswith(b"250")
        assert talk.hear().startswith(b"503 5.5.1")


def test_a_whole_mail_may_come_in_one_piece(site, doors):
    with Talk(doors[0]) as talk:
        talk.say(f"MAIL FROM:<a@example.org>\r\nRCPT TO:<{LIST}>\r\nRCPT TO:<nobody@lists.example.org>\r\nDATA\r\nSubject: x\r\n\r\n..x\r\n.\r\nNOOP\r\nQUIT\r\n".encode())

        assert [talk.hear()[:9] for _ in range(7)] == [b"250 2.1.0", b"250 2.1.5", b"550 5.1.1", b"354 End w", b"250 2.0.0", b"250 2.0.0", b"221 2.0.0"]
        assert talk.is_closed()
    assert kept(site) == [("a@example.org", LIST, b"Subject: x\r\n\r\n.x\r\n")]


@pytest.mark.only_sqlite
def test_a_mail_may_come_octet_by_octet(site, talk):
    for octet in f"MAIL FROM:<a@example.org>\r\nRCPT TO:<{LIST}>\r\nDATA\r\n..x\r\n.y\r\n\r\n.\r\n".encode():
        talk.say(bytes((octet,)))

    assert [talk.hear()[:3] for _ in range(4)] == [b"250", b"250", b"354", b"250"]
    assert kept(site)[0][2] == b".x\r\ny\r\n\r\n"


@pytest.mark.only_sqlite
def test_an_empty_mail_is_a_mail(site, talk):
    talk.start_mail(LIST)

    assert talk.ask(b".\r\n").startswith(b"250 2.0.0")
    assert kept(site)[0][2] == b""


@pytest.mark.only_sqlite
def test_a_hundred_recipients_are_taken_and_no_more(site, talk):
    talk.ask(b"MAIL FROM:<a@example.org>\r\n")
    said = [talk.ask(f"RCPT TO:<{LIST}>\r\n".encode())[:9] for _ in range(101)]

    assert said == [b"250 2.1.5"] * 100 + [b"452 4.5.3"]
    talk.ask(b"DATA\r\n")
    assert talk.ask(b"x\r\n.\r\n").startswith(b"250")
    assert len(kept(site)) == 100


def test_after_a_reset_another_mail_begins(site, doors):
    with Talk(doors[0]) as talk:
        talk.ask(f"MAIL FROM:<a@example.org>\r\nRCPT TO:<{LIST}>\r\n".encode())
        talk.hear()
        assert talk.ask(b"RSET\r\nDATA\r\n").startswith(b"250 2.0.0")
        assert talk.hear().startswith(b"503")
        talk.start_mail(LIST, sender="b@example.org")
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")

    assert [sender for sender, _, _ in kept(site)] == ["b@example.org"]


@pytest.mark.parametrize(
    ("argument", "address", "parameters"),
    [
        ("FROM:<>", "", ()),
        ("FROM:<a@example.org>", "a@example.org", ()),
        ("from: <a@example.org>  SIZE=1 BODY=7BIT", "a@example.org", ("SIZE=1", "BODY=7BIT")),
        ('FROM:<"a b>c"@example.org>', '"a b>c"@example.org', ()),
        ('FROM:<"a\\"b"@example.org> SIZE=1', '"a\\"b"@example.org', ("SIZE=1",)),
        ("FROM:<@one.example.org,@two.example.org:a@example.org>", "a@example.org", ()),
        ("FROM:a@example.org SIZE=1", "a@example.org", ("SIZE=1",)),
        ("FROM:<łukasz@example.org>", "łukasz@example.org", ()),
        ("FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", ()),
    ],
)
def test_paths_are_read_as_real_clients_write_them(argument, address, parameters):
    assert paths.read(argument, "FROM:") == paths.Path(address, parameters)


@pytest.mark.parametrize("argument", ["", "FROM", "FROM:", "TO:<a@example.org>", "FROM:<a b@example.org>", "FROM:<a@example.org", "FROM:<a\0@example.org>", 'FROM:<"a@example.org>', f"FROM:<{'x' * 321}>"])
def test_what_is_no_path_is_refused(argument):
    with pytest.raises(paths.Malformed):
        paths.read(argument, "FROM:")
