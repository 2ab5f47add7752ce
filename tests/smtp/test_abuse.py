"""Clients that mean harm, and an honest one beside them whose mail is taken at once."""

import os
import socket
import threading
import time
from dataclasses import replace

import pytest

from listserv.smtp.guests import house
from listserv.smtp.limits import Limits
from tests.serving import wait_for
from tests.smtp.doors import Talk, kept, open_doors, trusting

LIST = "siecibp@lists.example.org"
# As in earnest, in tenths of a second; but an honest client on a slow machine has the time that it has in earnest.
QUICK = Limits(crowded_seconds=0.3, greeting_pause=0.15, slow_seconds=0.01)
HASTY = replace(QUICK, command_seconds=1.5, window_seconds=1.5, window_bytes=1000)
HONEST, STRANGER = "127.0.0.1", "127.0.7.1"

pytestmark = pytest.mark.only_sqlite


@pytest.fixture
def strict(site, network):
    """Trusts 127.0.0.1 alone: all the other addresses of loopback are strangers."""
    trusting(site, "127.0.0.1")
    with open_doors(site, QUICK) as ports:
        yield ports


@pytest.fixture
def hasty(site, network):
    """The same, where nobody may take long."""
    trusting(site, "127.0.0.1")
    with open_doors(site, HASTY) as ports:
        yield ports


def honest_mail(doors, subject="honest"):
    """Somebody else's mail, meanwhile: it is taken, whatever others do."""
    with Talk(doors[0], HONEST) as talk:
        talk.start_mail(LIST, sender="honest@example.org")
        assert talk.ask(f"Subject: {subject}\r\n\r\nx\r\n.\r\n".encode()).startswith(b"250")


def test_a_command_that_drips_has_its_time_and_no_more(site, hasty):
    with Talk(hasty[0], STRANGER) as talk:
        begin = time.monotonic()
        talk.socket.settimeout(0.1)
        said = b""
        while not said:
            talk.say(b"N")
            try:
                said = talk.socket.recv(1000)
            except TimeoutError:
                assert time.monotonic() - begin < 10

        assert said.startswith(b"421 4.4.2")
    honest_mail(hasty)


def test_a_mail_that_drips_is_ended(site, hasty):
    with Talk(hasty[0], STRANGER) as talk:
        talk.start_mail(LIST)
        talk.socket.settimeout(0.1)
        said, begin = b"", time.monotonic()
        while not said:
            talk.say(b"x\r\n")
            try:
                said = talk.socket.recv(1000)
            except TimeoutError:
                assert time.monotonic() - begin < 10

        assert said.startswith(b"421 4.4.2")
    honest_mail(hasty)
    assert [sender for sender, _, _ in kept(site)] == ["honest@example.org"]


def test_a_slow_mail_that_goes_on_is_taken(site, hasty):
    with Talk(hasty[0], STRANGER) as talk:
        talk.start_mail(LIST)
        for _ in range(9):
            talk.say(b"x" * 498 + b"\r\n")
            threading.Event().wait(0.2)

        assert talk.ask(b".\r\n").startswith(b"250")


def test_one_address_has_so_many_connections_and_others_have_theirs(site, network):
    trusting(site, "127.0.0.1")
    with open_doors(site, replace(QUICK, command_seconds=60.0, per_peer=4)) as doors:
        mine = [Talk(doors[0], STRANGER) for _ in range(4)]
        with Talk(doors[0], STRANGER, hello=b"") as one_more:
            assert one_more.hear().startswith(b"421 4.7.0")
            assert one_more.is_closed()

        with Talk(doors[0], "127.0.7.2") as other:
            assert other.ask(b"NOOP\r\n").startswith(b"250")
        honest_mail(doors)
        mine.pop().close()
        wait_for(lambda: len(doors.house.guests.inside) == 3)
        with Talk(doors[0], STRANGER) as again:
            assert again.ask(b"NOOP\r\n").startswith(b"250")
        for talk in mine:
            talk.close()


def test_a_thousand_idle_connections_from_everywhere_keep_nobody_out(site, network):
    trusting(site, "127.0.0.1")
    with open_doors(site, replace(QUICK, command_seconds=60.0, crowded_seconds=1.0, sessions=400, greeting_pause=0.0)) as doors:
        idle = []
        for number in range(1000):
            one = socket.socket()
            one.bind((f"127.1.{number // 100}.{1 + number % 100}", 0))
            one.connect(("127.0.0.1", doors[0]))
            idle.append(one)
            if number % 250 == 0:
                honest_mail(doors)
        guests = doors.house.guests

        assert len(guests.inside) <= 400
        honest_mail(doors)
        # Where it is full, who dawdles goes.
        wait_for(lambda: len(guests.inside) <= 250)
        with Talk(doors[0], STRANGER) as stranger:
            assert stranger.ask(b"NOOP\r\n").startswith(b"250")
        for one in idle:
            one.close()


def test_there_are_never_more_sessions_than_descriptors(monkeypatch):
    monkeypatch.setattr("resource.getrlimit", lambda _: (256, 1024))

    assert Limits().room() == 256 - 96


def test_a_line_without_an_end_is_refused_before_it_fills_anything(strict):
    with Talk(strict[0], STRANGER) as talk:
        said = talk.ask(b"MAIL FROM:<" + b"x" * 5000)

        assert said.startswith(b"500 5.5.2")
        assert talk.is_closed()


def test_a_line_of_a_mail_without_an_end_is_refused(site, network):
    with open_doors(site, replace(QUICK, mail_line=100_000)) as doors:
        with Talk(doors[0]) as talk:
            talk.start_mail(LIST)
            assert talk.ask(b"x" * 300_000 + b"\r\n.\r\n").startswith(b"500 5.5.2")
            assert talk.ask(b"NOOP\r\n").startswith(b"250")
        honest_mail(doors)

    assert len(kept(site)) == 1


def test_a_mail_that_never_ends_is_hung_up(site, network):
    smtp = site.settings.smtp.model_copy(update={"max_size": 200_000})
    site.settings = site.settings.model_copy(update={"smtp": smtp})
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        talk.start_mail(LIST)
        talk.socket.settimeout(20)
        with pytest.raises(ConnectionError):
            for _ in range(1000):
                talk.say(b"y" * 70_000 + b"\r\n")
        honest_mail(doors)


def test_who_asks_for_many_who_are_not_here_is_slowed_down_and_sent_away(strict):
    with Talk(strict[0], STRANGER) as talk:
        talk.ask(b"MAIL FROM:<a@example.org>\r\n")
        said = []
        while not said or said[-1].startswith(b"550"):
            said.append(talk.ask(f"RCPT TO:<{len(said)}@lists.example.org>\r\n".encode()))

        assert len(said) == QUICK.unknown + 1
        assert said[-1] == b"421 4.7.0 Too many unknown recipients\r\n" or said[-2:][0].startswith(b"550")
        assert talk.is_closed()
    honest_mail(strict)


def test_the_same_address_comes_back_for_more_and_is_not_let_in(site, network):
    trusting(site, "127.0.0.1")
    with open_doors(site, replace(QUICK, unknown=3, unknown_per_peer=6)) as doors:
        for _ in range(2):
            with Talk(doors[0], STRANGER) as talk:
                talk.ask(b"MAIL FROM:<a@example.org>\r\n")
                for number in range(3):
                    talk.ask(f"RCPT TO:<{number}@lists.example.org>\r\n".encode())
        with Talk(doors[0], STRANGER, hello=b"") as talk:
            assert talk.hear().startswith(b"421 4.7.0")
        honest_mail(doors)


def test_our_own_mail_server_may_ask_for_as_many_as_it_likes(strict):
    with Talk(strict[0], HONEST) as talk:
        talk.ask(b"MAIL FROM:<a@example.org>\r\n")

        assert {talk.ask(f"RCPT TO:<{n}@lists.example.org>\r\n".encode())[:9] for n in range(QUICK.unknown + 10)} == {b"550 5.1.1"}


def test_a_stranger_who_fills_its_hands_keeps_nobody_else_out(site, strict):
    hand = strict.house.hand
    hand.limit = 800_000
    with Talk(strict[0], STRANGER) as greedy, Talk(strict[0], STRANGER) as again, Talk(strict[0], "127.0.7.2") as other:
        greedy.start_mail(LIST)
        greedy.say(b"Subject: large\r\n\r\n" + os.urandom(150_000).hex().encode())
        wait_for(lambda: hand.bytes > 100_000)

        assert [again.ask(line)[:3] for line in (b"MAIL FROM:<a@example.org>\r\n", f"RCPT TO:<{LIST}>\r\n".encode(), b"DATA\r\n")] == [b"250", b"250", b"452"]
        other.start_mail(LIST)
        assert other.ask(b"x\r\n.\r\n").startswith(b"250")
        # What has begun is finished, as far as it is bearable.
        assert greedy.ask(b"\r\n.\r\n").startswith(b"250")
        greedy.start_mail(LIST)
        greedy.say(b"Subject: larger\r\n\r\n" + os.urandom(300_000).hex().encode())
        wait_for(lambda: hand.bytes == 0)
        assert greedy.ask(b"\r\n.\r\n").startswith(b"452 4.3.1")
        hand.take(hand.limit * 3 // 4, "many.others")
        honest_mail(strict)


def test_data_said_before_its_recipients_were_refused_is_no_mistake(strict):
    with Talk(strict[0], HONEST) as talk:
        for number in range(QUICK.mistakes + 5):
            talk.say(f"MAIL FROM:<>\r\nRCPT TO:<nobody{number}@lists.example.org>\r\nDATA\r\nRSET\r\n".encode())
            assert [talk.hear()[:3] for _ in range(4)] == [b"250", b"550", b"503", b"250"]
        talk.start_mail(LIST)
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")


def test_nonsense_has_an_end(strict):
    with Talk(strict[0], STRANGER) as talk:
        said = []
        while not said or said[-1].startswith(b"500"):
            said.append(talk.ask(b"XYZZY\r\n"))

        assert len(said) == QUICK.mistakes + 1
        assert said[-1].startswith(b"421 4.7.0")


def test_small_talk_has_an_end(strict):
    with Talk(strict[0], STRANGER) as talk:
        talk.say(b"NOOP\r\n" * (QUICK.small_talk + 1))
        said = [talk.hear()[:3] for _ in range(QUICK.small_talk + 1)]

        assert said[-1] == b"421" or said[-2] == b"421"


@pytest.mark.parametrize("words", [b"GET / HTTP/1.1\r\nHost: lists.example.org\r\n\r\n", b"POST / HTTP/1.1\r\n\r\nMAIL FROM:<a@example.org>\r\n", b"\x16\x03\x01\x00\x05hello\r\n"])
def test_who_takes_us_for_a_web_server_is_told_so(strict, words):
    with Talk(strict[0], HONEST, hello=b"") as talk:
        talk.hear()

        assert talk.ask(words).startswith(b"421 4.7.0")
        assert talk.is_closed()


def test_a_stranger_who_speaks_before_the_greeting_is_sent_away(site, network):
    trusting(site, "127.0.0.1")
    with open_doors(site, replace(QUICK, greeting_pause=2.0)) as doors:
        with Talk(doors[0], STRANGER, hello=b"") as talk:
            assert talk.ask(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\n").startswith(b"421 4.7.0 You spoke")
            assert talk.is_closed()
        honest_mail(doors)


def test_who_fetches_no_replies_is_not_listened_to_for_ever(site, network):
    trusting(site, "127.0.0.1")
    with open_doors(site, replace(QUICK, small_talk=1 << 30)) as doors:
        with Talk(doors[0], STRANGER) as talk:
            talk.socket.settimeout(1)
            with pytest.raises(TimeoutError):
                for _ in range(1_000):
                    talk.say(b"HELP\r\n" * 10_000)
            (wire,) = doors.house.guests.inside
            had = wire.received
            assert not threading.Event().wait(0.5) and wire.received == had, "it is listened to no more"
        honest_mail(doors)


def test_everybody_has_a_whole_network_of_the_new_addresses():
    assert house("2001:db8:1:2:3:4:5:6") == house("2001:db8:1:2::9") != house("2001:db8:1:3::9")
    assert house("::ffff:192.0.2.1") == house("192.0.2.1")
