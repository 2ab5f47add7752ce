"""SIGTERM: what is in hand gets its 250, whoever idles is told to come back. And large mails, side by side, in little memory."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from listserv.smtp.hand import Hand, Share
from listserv.smtp.reading import PIECE
from listserv.smtp.taking import Forgotten, Taking
from listserv.store.packing import unpack
from listserv.store.queue import Incoming, Raw
from tests import forking
from tests.serving import clean_environment, wait_for
from tests.smtp.doors import Talk, kept, open_doors

LIST = "siecibp@lists.example.org"

pytestmark = pytest.mark.only_sqlite


class Process:
    """`listserv serve --only smtp` of a site."""

    def __init__(self, site, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environ = clean_environment(LISTSERV_DATABASE_URL=str(site.engine.url), LISTSERV_SMTP_LISTEN=f"127.0.0.1:{self.port}", LISTSERV_LMTP_LISTEN="", LISTSERV_SITE_DOMAIN="lists.example.org")
        command = [sys.executable, "-m", "listserv", "--data", str(folder), "serve", "--only", "smtp"]
        self.process = forking.Popen(command, stderr=subprocess.PIPE, env=environ, text=True)
        while "listserv ready" not in (line := self.process.stderr.readline()):
            assert line
        # The log is read, so that it never stands full.
        self.log = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr))
        self.reader.start()

    def memory(self):
        """(RSS, the most it ever was) in MiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(int(re.search(rf"^{word}:\s+(\d+)", text, re.M)[1]) / 1024 for word in ("VmRSS", "VmHWM"))

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.reader.join()
        self.process.stderr.close()
        return code


@pytest.fixture
def process(site, network, tmp_path):
    made = Process(site, tmp_path)
    yield made
    made.end()


def test_at_sigterm_a_mail_in_hand_is_finished_and_idle_sessions_are_told(site, process):
    with Talk(process.port) as idle, Talk(process.port) as begun, Talk(process.port) as sending:
        begun.ask(b"MAIL FROM:<a@example.org>\r\n")
        sending.start_mail(LIST)
        sending.say(b"Subject: half\r\n")
        process.process.send_signal(signal.SIGTERM)

        assert idle.hear().startswith(b"421 4.3.2")
        assert idle.is_closed()
        assert begun.hear().startswith(b"421 4.3.2")
        wait_for(lambda: refuses(process.port))
        assert sending.ask(b"\r\nthe other half\r\n.\r\n").startswith(b"250 2.0.0")
        assert sending.hear().startswith(b"421 4.3.2")
        assert sending.is_closed()

    assert process.process.wait(20) == 0
    assert [raw for _, _, raw in kept(site)] == [b"Subject: half\r\n\r\nthe other half\r\n"]


def refuses(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return True
    return False


def mail_of(size):
    """It gets hardly smaller by packing."""
    return b"Subject: large\r\nMessage-ID: <large@example.org>\r\n\r\n" + b"".join(os.urandom(486).hex().encode() + b"\r\n" for _ in range(size // 974)) + b".\r\n"


@pytest.mark.parametrize(("count", "size"), [(5, 8_000_000), pytest.param(10, 24_000_000, marks=pytest.mark.long)])
def test_many_large_mails_side_by_side_need_little_memory_and_hold_up_nobody(site, process, count, size):
    def send(_):
        with Talk(process.port) as talk:
            talk.start_mail(LIST)
            for start in range(0, len(mail), 100_000):
                talk.say(mail[start : start + 100_000])
            return talk.hear()[:9]

    mail = mail_of(size)
    with Talk(process.port) as talk:
        talk.start_mail(LIST)
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")
    before = process.memory()[0]
    with ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(send, n) for n in range(count)]
        with Talk(process.port) as talk:
            while not all(one.done() for one in sent):
                talk.start_mail(LIST)
                assert talk.ask(b"Subject: small\r\n\r\nx\r\n.\r\n").startswith(b"250")
        assert {one.result() for one in sent} == {b"250 2.0.0"}

    # However many come, one at a time is in memory whole, packed, as often as SQLite and its driver copy it.
    assert process.memory()[1] - before < 3.2 * size / 1e6 + 16
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Incoming).join(Raw).where(Raw.size > size - 1000)) == count
        assert unpack(db.scalar(select(Raw.packed).where(Raw.size > size - 1000))) == mail[:-3]
        assert db.scalar(select(Incoming.message_id).join(Raw).where(Raw.size > size - 1000).limit(1)) == "large@example.org"


def test_where_there_is_no_room_a_mail_is_put_off_before_it_is_sent(site, network):
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        doors.house.hand.take(doors.house.hand.limit)
        talk.ask(b"MAIL FROM:<a@example.org>\r\n")
        talk.ask(f"RCPT TO:<{LIST}>\r\n".encode())
        assert talk.ask(b"DATA\r\n").startswith(b"452 4.3.1")
        doors.house.hand.put_down(doors.house.hand.limit)
        talk.start_mail(LIST)
        assert talk.ask(b"x\r\n.\r\n").startswith(b"250")
        wait_for(lambda: doors.house.hand.bytes == 0)


def test_a_mail_of_any_length_is_kept_as_it_came(site, network):
    sizes = [PIECE - 1, PIECE, PIECE + 1, 5 * PIECE, 700_000]
    mails = [os.urandom(size).replace(b"\r", b"x").replace(b"\n", b"y") for size in sizes] + [b"\r\n" * 50_000, b"..\r\n" * 50_000, b"a" * 99_999 + b"\r\n" + b"." * 99_999]
    with open_doors(site) as doors, Talk(doors[0]) as talk:
        for raw in mails:
            talk.start_mail(LIST)
            stuffed = raw.replace(b"\r\n.", b"\r\n..")
            assert talk.ask((b"." if raw[:1] == b"." else b"") + stuffed + b"\r\n.\r\n").startswith(b"250")

    assert [raw for _, _, raw in kept(site)] == [raw + b"\r\n" for raw in mails]


def test_a_mail_that_nobody_waits_for_any_more_is_not_kept_empty(tmp_path):
    hand = Hand(1000)
    taking = Taking(tmp_path, 10_000, Share(hand), 1000)
    taking.add(b"Subject: x\r\n", at_line_start=True)
    taking.end()
    assert hand.bytes == taking.weight > 0
    taking.forget()

    assert hand.bytes == 0
    with pytest.raises(Forgotten):
        taking.content()
