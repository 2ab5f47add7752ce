"""Single letters through Flask-Mail."""

import socket
from dataclasses import replace

import pytest
from smtp_sink import Sink

from listserv.relay.mail import Content, Mail
from listserv.relay.place import Timeouts, read_url
from listserv.relay.smtp import SmtpRelay

LETTER = Content("From: list@lists.example.org\r\nTo: jan@example.org\r\nSubject: Witamy\r\n\r\nDzień dobry\r\n.kropka\r\n".encode())


def letter(to, sender="r+token@lists.example.org", content=LETTER):
    return Mail(to, sender, to, content)


def send(url, mails):
    relay = SmtpRelay(read_url(url), helo="lists.example.org", timeouts=Timeouts(connect=2, reply=0.5))
    return {mail.recipient: answer for mail, answer in relay.letters(mails)}


def test_letters_go_over_one_connection_byte_for_byte():
    people = ["a@example.org", "b@example.org", "c@example.org"]

    with Sink() as sink:
        answers = send(sink.url, [letter(to) for to in people])

    assert all(answer.sent for answer in answers.values())
    assert sink.recipients == people and sink.connections == 1
    assert sink.mails[0].data == LETTER.data
    assert sink.mails[0].sender == "r+token@lists.example.org"
    assert "BODY=8BITMIME" in sink.mails[0].parameters
    assert sink.commands[0].lower() == "ehlo lists.example.org"


def test_a_letter_that_nobody_is_to_answer_has_the_null_sender():
    with Sink() as sink:
        send(sink.url, [letter("jan@example.org", sender="")])

    assert sink.mails[0].sender == ""
    assert any(command.lower().startswith("mail from:<>") for command in sink.commands)


def test_each_letter_has_an_answer_of_its_own():
    people = ["a+550@example.org", "b+451@example.org", "c+data554@example.org", "d@example.org"]

    with Sink() as sink:
        answers = send(sink.url, [letter(to) for to in people])

    assert sink.recipients == ["d@example.org"]
    assert [(answers[to].code, answers[to].stage, answers[to].status) for to in people] == [
        (550, "RCPT", "5.1.1"),
        (451, "RCPT", "4.3.0"),
        (554, "DATA", "5.6.0"),
        (250, "", answers["d@example.org"].status),
    ]


@pytest.mark.parametrize("magic", ["drop", "timeout", "421", "dropdata"])
def test_a_broken_connection_costs_one_letter_and_the_rest_takes_a_new_one(magic):
    people = ["a@example.org", f"b+{magic}@example.org", "c@example.org"]

    with Sink() as sink:
        answers = send(sink.url, [letter(to) for to in people])

    assert sink.recipients == ["a@example.org", "c@example.org"]
    assert not answers[people[1]].sent and not answers[people[1]].permanent


def test_all_letters_come_back_when_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        answers = send(f"smtp://127.0.0.1:{taken.getsockname()[1]}", [letter("a@example.org"), letter("ł@example.org")])

    assert [answer.code for answer in answers.values()] == [0, 0]
    assert "refused" in answers["a@example.org"].text


def test_addresses_that_the_library_cannot_write_take_our_own_client():
    people = ["łukasz@example.org", '"jan.kowalski"@example.org', "plain@example.org"]

    with Sink() as sink:
        answers = send(sink.url, [letter(to) for to in people])

    assert all(answer.sent for answer in answers.values())
    assert sorted(sink.recipients) == sorted(people)


@pytest.mark.parametrize("bad", ["", "nobody", "a b@example.org", "x@example.org\r\nDATA"])
def test_what_is_no_address_is_refused_for_good(bad):
    with Sink() as sink:
        answers = send(sink.url, [letter(bad)])

    assert answers[bad].permanent
    assert sink.mails == []


def test_signing_in_that_fails_is_for_now_and_for_all_letters():
    with Sink(auth=("list", "secret")) as sink:
        good = send(sink.url, [letter("a@example.org")])
        bad = send(f"smtp://list:wrong@127.0.0.1:{sink.port}", [letter("b@example.org"), letter("c@example.org")])

    assert good["a@example.org"].sent
    assert [answer.permanent for answer in bad.values()] == [False, False]


def test_a_place_is_read_from_its_url():
    place = read_url("smtp+starttls://list:p%40ss@mail.example.org")

    assert (place.host, place.port, place.user, place.password) == ("mail.example.org", 587, "list", "p@ss")
    assert read_url("smtps://mail.example.org").port == 465
    assert read_url("smtp://[::1]:2525").host == "::1"
    assert replace(read_url("smtp://mail.example.org"), helo="x").port == 25


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://host:port", "smtp://a@b:c@host:1/x"])
def test_a_url_that_cannot_be_understood_is_refused_with_words(url):
    with pytest.raises(ValueError, match="write"):
        read_url(url)
