"""Our own SMTP client against a real server that misbehaves."""

import asyncio
import contextlib
import socket
import threading
from collections import deque

import pytest
from smtp_sink import Sink

from listserv import loops
from listserv.relay.mail import Answer, Content, Mail
from listserv.relay.place import Timeouts, read_url
from listserv.relay.smtp import SmtpRelay

QUICK = Timeouts(connect=2, reply=0.5, idle=5)
POST = Content(b"From: anna@example.org\r\nSubject: Zebranie\r\n\r\nHello\r\n.\r\n..two dots\r\n")


def mail(recipient="jan@example.org", sender="r+token@lists.example.org", content=POST, personal=b"List-Unsubscribe: <x>\r\n"):
    return Mail(recipient, sender, recipient, content, personal)


def send(url, mails, *, connections=2, timeouts=QUICK, again=False):
    """Send mails by the fan-out; answers by recipient, in the order in which they came."""

    async def run():
        waiting, answers = deque(mails), {}
        relay = SmtpRelay(read_url(url), connections, "lists.example.org", timeouts)
        fan_out = relay.fan_out(lambda: waiting.popleft() if waiting else None, lambda mail, answer: answers.__setitem__(mail.ref, answer))
        trouble = await fan_out.ready()
        while waiting and not trouble:
            fan_out.wake(len(waiting))
            await fan_out.settled()
            trouble = await fan_out.ready() if waiting else ""
        await fan_out.close()
        return answers, trouble

    return loops.run(run())


@pytest.mark.parametrize("pipelining", [True, False])
def test_every_copy_arrives_once_and_byte_for_byte(pipelining):
    people = [f"person{n}@example.org" for n in range(50)]

    with Sink(pipelining=pipelining) as sink:
        answers, _ = send(sink.url, [mail(to, f"r+{to[:8]}@lists.example.org") for to in people])

    assert sorted(sink.recipients) == sorted(people)
    assert all(answers[to].sent for to in people)
    assert {m.data for m in sink.mails} == {b"List-Unsubscribe: <x>\r\n" + POST.data}
    assert sink.mails[0].sender == f"r+{sink.mails[0].recipient[:8]}@lists.example.org"
    assert sink.connections <= 2


def test_commands_are_pipelined_only_where_the_server_offers_it():
    for pipelining in (True, False):
        with listening(pipelining) as (url, received):
            send(url, [mail("a@example.org"), mail("b@example.org")], connections=1)
        joined = any(b"\r\n.\r\nMAIL FROM" in chunk and chunk.endswith(b"DATA\r\n") for chunk in received)
        assert joined is pipelining


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("always_354", [True, False])
def test_a_refused_recipient_leaves_the_others_alone(pipelining, always_354):
    people = ["a@example.org", "b+550@example.org", "c+451@example.org", "d@example.org", "e+data554@example.org", "f@example.org", "g+550@example.org"]

    with Sink(pipelining=pipelining, always_354=always_354) as sink:
        answers, _ = send(sink.url, [mail(to) for to in people], connections=1)

    assert sink.recipients == ["a@example.org", "d@example.org", "f@example.org"]
    assert answers["b+550@example.org"] == Answer(550, "5.1.1 no such user", "RCPT")
    assert answers["c+451@example.org"] == Answer(451, "4.3.0 try again later", "RCPT")
    assert answers["e+data554@example.org"] == Answer(554, "5.6.0 not in this form", "DATA")
    assert answers["b+550@example.org"].status == "5.1.1"
    assert sink.connections == 1


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("magic", ["drop", "timeout", "421", "dropdata"])
def test_what_has_no_answer_goes_back_for_now_and_the_rest_is_sent(pipelining, magic):
    people = ["a@example.org", f"b+{magic}@example.org", "c@example.org", "d@example.org"]

    with Sink(pipelining=pipelining) as sink:
        answers, _ = send(sink.url, [mail(to) for to in people], connections=1)

    assert sorted(sink.recipients) == ["a@example.org", "c@example.org", "d@example.org"]
    bad = answers[people[1]]
    assert not bad.sent and not bad.permanent
    assert bad.code == (421 if magic == "421" else 0)


def test_a_server_that_ends_each_connection_after_a_few_mails_gets_them_all_at_once():
    people = [f"person{n}@example.org" for n in range(7)]

    with Sink(per_connection=3) as sink:
        answers, _ = send(sink.url, [mail(to) for to in people], connections=1)

    assert sorted(sink.recipients) == people
    assert all(answers[to].sent for to in people)


def test_nothing_is_taken_when_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answers, trouble = send(f"smtp://127.0.0.1:{taken.getsockname()[1]}", [mail()])

    assert answers == {}
    assert "refused" in trouble


def test_a_server_that_does_not_want_us_is_no_connection():
    with Sink(greeting="554 5.7.1 go away") as sink:
        answers, trouble = send(sink.url, [mail()])

    assert (answers, trouble) == ({}, "5.7.1 go away")


def test_a_connection_closed_while_idle_costs_no_mail_an_attempt():
    async def run(sink):
        waiting, answers = deque([mail("a@example.org")]), []
        relay = SmtpRelay(read_url(sink.url), 1, "x", QUICK)
        fan_out = relay.fan_out(lambda: waiting.popleft() if waiting else None, lambda mail, answer: answers.append(answer))
        fan_out.wake(1)
        await fan_out.settled()
        sink.hang_up()
        await asyncio.sleep(0.05)
        waiting.append(mail("b@example.org"))
        fan_out.wake(1)
        await fan_out.settled()
        await fan_out.close()
        return answers

    with Sink() as sink:
        answers = loops.run(run(sink))

    assert all(answer.sent for answer in answers)
    assert sink.recipients == ["a@example.org", "b@example.org"]


def test_an_idle_connection_is_closed_after_a_while():
    async def run(sink):
        relay = SmtpRelay(read_url(sink.url), 1, "x", Timeouts(connect=1, reply=1, idle=0.1))
        fan_out = relay.fan_out(lambda: None, lambda mail, answer: None)
        assert await fan_out.ready() == ""
        await asyncio.sleep(0.3)
        await fan_out.close()

    with Sink() as sink:
        loops.run(run(sink))

    assert sink.commands[-1] == "QUIT"


@pytest.mark.parametrize("flood", [b"220 hello\r\n" + b"250-more\r\n" * 100_000, b"220 " + b"x" * 1_000_000, b"220 a\r\n220 b\r\n" * 5000])
def test_a_reply_without_end_is_refused(flood):
    with answering(flood) as url:
        answers, trouble = send(url, [mail()])

    assert answers == {}
    assert trouble


def test_features_decide_what_is_said_with_mail():
    polish = Content("Subject: Zażółć\r\n\r\ngęślą jaźń\r\n".encode())

    with Sink(size=10_000) as sink:
        send(sink.url, [mail(content=polish)])
    with Sink(eight_bit=False, smtputf8=False) as bare:
        send(bare.url, [mail(content=polish)])

    assert sink.mails[0].parameters == f"SIZE={len(polish.data) + 23} BODY=8BITMIME"
    assert bare.mails[0].parameters == ""
    assert sink.mails[0].data == b"List-Unsubscribe: <x>\r\n" + polish.data
    assert bare.mails[0].data.isascii()


def test_a_mail_above_the_size_that_the_relay_takes_is_refused_for_good():
    with Sink(size=100) as sink:
        answers, _ = send(sink.url, [mail(content=Content(b"x" * 200)), mail("b@example.org", content=Content(b"x"))])

    assert answers["jan@example.org"].code == 552
    assert sink.recipients == ["b@example.org"]


def test_addresses_beyond_ascii_need_smtputf8():
    people = ["łukasz@example.org", "jan@zażółć.example.org"]

    with Sink() as able:
        send(able.url, [mail(to) for to in people], connections=1)
    with Sink(smtputf8=False) as unable:
        answers, _ = send(unable.url, [mail(to) for to in people])

    assert [(m.recipient, m.parameters) for m in able.mails] == [
        ("łukasz@example.org", "BODY=8BITMIME SMTPUTF8".replace("BODY=8BITMIME ", "")),
        ("jan@xn--za-zja3j8juuxk2zqa.example.org".replace("xn--za-zja3j8juuxk2zqa", "zażółć".encode("idna").decode()), ""),
    ]
    assert answers["łukasz@example.org"].code == 550 and answers["łukasz@example.org"].status == "5.6.7"
    assert len(unable.mails) == 1


@pytest.mark.parametrize("bad", ["a b@example.org", "a>\r\nRCPT TO:<victim@example.org", "<a@example.org>", "x\udcff@example.org"])
def test_an_address_that_would_break_the_dialogue_is_never_sent(bad):
    with Sink() as sink:
        answers, _ = send(sink.url, [mail(bad), mail("good@example.org")])

    assert answers[bad].permanent and answers[bad].status == "5.1.3"
    assert sink.recipients == ["good@example.org"]


def test_a_server_that_knows_no_ehlo_is_spoken_to_in_plain_smtp():
    with Sink(esmtp=False) as sink:
        answers, _ = send(sink.url, [mail()])

    assert answers["jan@example.org"].sent
    assert "HELO lists.example.org" in sink.commands


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN"])
def test_user_and_password_of_the_url_sign_us_in(mechanisms):
    with Sink(auth=("list", "hasło:1"), mechanisms=mechanisms) as sink:
        url = f"smtp://list:has%C5%82o%3A1@127.0.0.1:{sink.port}"
        answers, _ = send(url, [mail()])
        nothing, trouble = send(url.replace("%3A1", "2"), [mail()])

    assert answers["jan@example.org"].sent
    assert nothing == {} and trouble == "5.7.8 no"


@contextlib.contextmanager
def answering(data):
    """A server that says one thing, whoever comes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, contextlib.suppress(OSError):
                    connection.sendall(data)
                    connection.settimeout(1)
                    while connection.recv(4096):
                        pass

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        server.close()


@contextlib.contextmanager
def listening(pipelining):
    """A minimal server that keeps what each read brought."""
    server, received = socket.create_server(("127.0.0.1", 0)), []

    def serve():
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"220 hi\r\n")
            while chunk := connection.recv(65536):
                received.append(chunk)
                replies = b""
                for line in chunk.split(b"\r\n"):
                    if line.startswith(b"EHLO"):
                        replies += b"250-hi\r\n250 PIPELINING\r\n" if pipelining else b"250 hi\r\n"
                    elif line.startswith((b"MAIL", b"RCPT")):
                        replies += b"250 ok\r\n"
                    elif line == b"DATA":
                        replies += b"354 go\r\n"
                    elif line == b".":
                        replies += b"250 taken\r\n"
                if replies:
                    connection.sendall(replies)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}", received
    finally:
        thread.join(2)
        server.close()
