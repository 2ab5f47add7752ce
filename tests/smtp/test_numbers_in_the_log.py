"""The log's `received` has the numbers by which a mail is asked for later."""

import logging
import re
import smtplib
from threading import Thread

import structlog
from sqlalchemy import select

from listserv import logs
from listserv.store.queue import Incoming
from tests.smtp.doors import open_doors

RCPTS = ["siecibp@lists.example.org", "siecibp-request@lists.example.org"]


def send(port, number):
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail(f"halina{number}@from{number}.example.org", RCPTS[: 1 + number % 2], f"Subject: {number}\r\n\r\nx\r\n")


def test_each_mail_s_line_has_the_numbers_of_its_own_rows_though_many_share_a_commit(site, network, capsys):
    before, level = structlog.get_config(), logging.getLogger().level
    logs.configure(logging.INFO)
    try:
        with open_doors(site) as ports:
            senders = [Thread(target=send, args=(ports[0], number)) for number in range(6)]
            for one in senders:
                one.start()
            for one in senders:
                one.join()
    finally:
        structlog.configure(**before)
        logging.getLogger().setLevel(level)

    lines = [line for line in capsys.readouterr().err.splitlines() if " received " in line]
    told = {re.search(r"domain=(\S+)", line)[1]: [int(one) for one in re.search(r"incoming=['\"]?\[([\d, ]+)\]", line)[1].split(",")] for line in lines}
    with site.reading() as db:
        rows = db.scalars(select(Incoming).order_by(Incoming.id)).all()
    meant = {f"from{number}.example.org": [row.id for row in rows if row.mail_from == f"halina{number}@from{number}.example.org"] for number in range(6)}
    assert told == meant and [len(ids) for ids in meant.values()] == [1, 2] * 3
