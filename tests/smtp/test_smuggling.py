"""Only CRLF.CRLF ends a mail; whatever else looks like an end to somebody stays inside, and goes out so that nobody can take it for one."""

import re

import pytest

from listserv.smtp.taking import plain
from tests.smtp.doors import Talk, kept, open_doors

LIST = "siecibp@lists.example.org"
SECOND = b"MAIL FROM:<smuggler@example.org>\r\nRCPT TO:<siecibp@lists.example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled"
ENDS = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\r\n.\r\r\n", b"\n.\r", b"\r\n\x00.\r\n", b"\r\n. \r\n", b"\r\n..\r\n", b"\n\n.\r\r\n", b"\x85.\x85"]


@pytest.mark.only_sqlite
def test_no_second_mail_hides_in_a_first(site, network):
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        for before in (b"first", b"x" * 70_000):
            for end in ENDS:
                talk.start_mail(LIST)
                said = talk.ask(b"Subject: first\r\n\r\n" + before + end + SECOND + b"\r\n.\r\n")
                assert said.startswith(b"250 2.0.0"), end
                assert talk.ask(b"NOOP\r\n").startswith(b"250 2.0.0 OK"), end

    mails = kept(site)
    assert [sender for sender, _, _ in mails] == ["halina@example.org"] * 2 * len(ENDS)
    for _, _, raw in mails:
        assert b"smuggled" in raw
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)


@pytest.mark.only_sqlite
def test_the_end_is_found_wherever_the_pieces_are_cut(site, network):
    raw = b"Subject: x\r\n\r\n" + b"..dots\r\n.\r" * 3 + b"\r\n" + b"y" * 10
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        wire = raw + b"\r\n.\r\n"
        for cut in range(1, len(wire)):
            talk.start_mail(LIST)
            talk.say(wire[:cut])
            assert talk.ask(wire[cut:]).startswith(b"250")

    assert len({mail for _, _, mail in kept(site)}) == 1


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb", b"a\r\nb"),
        (b"a\r\r\nb", b"a\r\nb"),
        (b"..a\r\n...b\r\n.c\r\n", b".a\r\n..b\r\nc\r\n"),
        (b"a\n..b\r\n", b"a\r\n..b\r\n"),
        (b"\x00\xff\x80", b"\x00\xff\x80"),
    ],
)
def test_lines_end_in_one_way(sent, stored):
    assert plain(sent, at_line_start=True) == stored


def test_a_flood_of_carriage_returns_costs_no_more_than_other_octets():
    assert plain(b"\r" * (1 << 20), at_line_start=True) == b"\r\n"
