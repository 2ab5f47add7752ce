"""The mail doors with real sockets."""

import smtplib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select

from listserv import loops
from listserv.errors import Conflict
from listserv.smtp.server import listen
from listserv.store.packing import unpack
from listserv.store.queue import Incoming, Raw
from listserv.usecases import intake
from tests.office import mail
from tests.smtp.doors import open_doors

LIST = "siecibp@lists.example.org"


@pytest.fixture
def doors(site, network):
    smtp = site.settings.smtp.model_copy(update={"max_size": 300_000})
    site.settings = site.settings.model_copy(update={"smtp": smtp})
    with open_doors(site) as ports:
        yield ports


@pytest.fixture
def smtp(doors):
    with smtplib.SMTP("127.0.0.1", doors[0], timeout=10) as client:
        yield client


def kept(site):
    with site.reading() as db:
        return [(row.mail_from, row.rcpt, unpack(packed)) for row, packed in db.execute(select(Incoming, Raw.packed).join(Incoming.raw).order_by(Incoming.id))]


def test_a_mail_is_on_the_disk_when_it_is_answered_with_250(site, smtp):
    raw = mail("halina@example.org", LIST)

    smtp.sendmail("halina@example.org", [LIST], raw)

    assert kept(site) == [("halina@example.org", LIST, raw)]


def test_any_bytes_are_kept_as_they_came(site, smtp):
    raw = b"Subject: \xff\xfe\0\r\nno header here\r\n.leading dot\r\n\r\nbare\nlf and \x80\xff " + b"x" * 100_000 + b"\r\n"

    smtp.sendmail("halina@example.org", [LIST], raw.replace(b"bare\nlf", b"bare lf"))

    assert kept(site)[0][2] == raw.replace(b"bare\nlf", b"bare lf")


def test_unknown_recipients_are_refused_one_by_one(site, smtp):
    refused = smtp.sendmail("halina@example.org", [LIST, "nobody@lists.example.org", "siecibp@elsewhere.example.org", "r+short@lists.example.org"], b"x\r\n")

    assert {address: code for address, (code, _) in refused.items()} == {
        "nobody@lists.example.org": 550,
        "siecibp@elsewhere.example.org": 550,
        "r+short@lists.example.org": 550,
    }
    assert refused["nobody@lists.example.org"][1].startswith(b"5.1.1")
    assert [rcpt for _, rcpt, _ in kept(site)] == [LIST]


@pytest.mark.parametrize("rcpt", ["SIECIBP@LISTS.example.org", "moderator_siecibp@lists.example.org", "postmaster@lists.example.org", "siecibp+x@lists.example.org"])
def test_addresses_of_ours_are_known_without_case(smtp, rcpt):
    smtp.ehlo("client.example.org")
    smtp.mail("halina@example.org")

    assert smtp.rcpt(rcpt)[0] == 250


def test_a_list_made_a_moment_ago_is_known(site, smtp, now):
    from listserv.usecases import administration
    from listserv.usecases.access import CONSOLE

    with site.writing() as db:
        administration.create_list(db, administration.NewList("nowa", "Nowa"), CONSOLE, now)

    assert smtp.sendmail("halina@example.org", ["nowa@lists.example.org"], b"x\r\n") == {}


def test_lmtp_answers_for_each_recipient(site, doors):
    with smtplib.LMTP("127.0.0.1", doors[1], timeout=10) as client:
        client.ehlo("client.example.org")
        client.mail("halina@example.org")
        client.rcpt(LIST)
        client.rcpt("moderator_siecibp@lists.example.org")
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
        assert [client.getreply()[0], client.getreply()[0]] == [250, 250]
        assert client.noop()[0] == 250

    assert [rcpt for _, rcpt, _ in kept(site)] == [LIST, "moderator_siecibp@lists.example.org"]


def test_what_is_too_large_is_refused(site, smtp):
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        smtp.sendmail("halina@example.org", [LIST], b"x" * 72 + b"\r\n" + b"y" * 400_000)

    assert refused.value.smtp_code == 552
    assert kept(site) == []


def test_our_own_failure_is_temporary_and_says_nothing_of_our_insides(site, smtp, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret detail of table incoming")

    monkeypatch.setattr(intake, "receive", broken)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail("halina@example.org", [LIST], b"x\r\n")
    assert refused.value.smtp_code == 451
    assert b"secret" not in refused.value.smtp_error

    monkeypatch.setattr(intake, "find_route", broken)
    smtp.mail("halina@example.org")
    code, text = smtp.rcpt("siecibp+tik@lists.example.org")
    assert code == 451
    assert b"secret" not in text


def test_one_bad_mail_does_not_take_the_others_of_its_commit_with_it(site, doors, monkeypatch):
    receive = intake.receive

    def choosy(db, mails, now):
        if any(one.mail_from == "bad@example.org" for one in mails):
            raise RuntimeError("no")
        return receive(db, mails, now)

    monkeypatch.setattr(intake, "receive", choosy)

    def send(sender):
        with smtplib.SMTP("127.0.0.1", doors[0], timeout=10) as client:
            try:
                return client.sendmail(sender, [LIST], mail(sender, LIST))
            except smtplib.SMTPDataError as error:
                return error.smtp_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, ["bad@example.org", *(f"m{n}@example.org" for n in range(7))]))
    assert answers == [451, *[{}] * 7]
    assert len(kept(site)) == 7


def test_sessions_that_wait_together_share_commits(site, doors, monkeypatch):
    commits, gate, receive = [], threading.Event(), intake.receive
    event.listen(site.engine, "commit", lambda connection: commits.append(1))
    # A slow disk: everybody arrives while the first commit waits.
    monkeypatch.setattr(intake, "receive", lambda *mails: gate.wait(20) and receive(*mails))

    def send(n):
        with smtplib.SMTP("127.0.0.1", doors[0], timeout=20) as client:
            client.sendmail("halina@example.org", [LIST], mail("halina@example.org", LIST))

    with ThreadPoolExecutor(20) as pool:
        sent = [pool.submit(send, n) for n in range(20)]
        threading.Event().wait(1.0)
        gate.set()
        for one in sent:
            one.result()
    assert len(kept(site)) == 20
    assert len(commits) <= 5


def test_the_greeting_offers_what_mail_servers_use(smtp):
    smtp.ehlo("client.example.org")

    assert {"pipelining", "enhancedstatuscodes", "8bitmime", "smtputf8", "size"} <= set(smtp.esmtp_features)
    assert "auth" not in smtp.esmtp_features


def test_an_address_beyond_ascii_is_taken(site, smtp):
    smtp.ehlo("client.example.org")
    smtp.sendmail("łukasz@example.org", [LIST], b"Subject: x\r\n\r\nx\r\n", mail_options=["SMTPUTF8"])

    assert kept(site)[0][0] == "łukasz@example.org"


def test_a_taken_port_is_one_clear_sentence(doors):
    with pytest.raises(Conflict, match=r"cannot listen on 127\.0\.0\.1"):
        loops.run(listen(f"127.0.0.1:{doors[0]}", lambda: None))


def test_a_client_that_goes_away_in_the_middle_hurts_nobody(site, doors, smtp):
    with socket.create_connection(("127.0.0.1", doors[0])) as rude:
        rude.recv(100)
        rude.sendall(b"EHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<siecibp@lists.example.org>\r\nDATA\r\nSubject: half")
    smtp.sendmail("halina@example.org", [LIST], b"x\r\n")

    assert len(kept(site)) == 1


def test_the_null_sender_is_kept_as_nobody(site, smtp):
    smtp.sendmail("", [LIST], b"Subject: x\r\n\r\nx\r\n")

    assert kept(site)[0][0] == ""


def test_postmaster_needs_no_domain(smtp):
    smtp.ehlo("client.example.org")
    smtp.mail("halina@example.org")

    assert smtp.rcpt("postmaster")[0] == 250


def test_lmtp_answers_for_each_recipient_also_where_the_mail_is_too_large(doors):
    with smtplib.LMTP("127.0.0.1", doors[1], timeout=10) as client:
        client.ehlo("client.example.org")
        client.mail("halina@example.org")
        client.rcpt(LIST)
        client.rcpt("moderator_siecibp@lists.example.org")
        client.putcmd("data")
        assert client.getreply()[0] == 354
        client.send((b"x" * 70 + b"\r\n") * 6000 + b".\r\n")
        assert [client.getreply()[0], client.getreply()[0]] == [552, 552]
        assert client.noop()[0] == 250


def test_a_database_that_cannot_be_had_refuses_all_that_wait_at_once(site, doors, monkeypatch):
    from sqlalchemy.exc import OperationalError

    calls, gate = [], threading.Event()

    def locked(*_):
        calls.append(1)
        gate.wait(20)
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(intake, "receive", locked)

    def send(n):
        with smtplib.SMTP("127.0.0.1", doors[0], timeout=20) as client:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.sendmail("halina@example.org", [LIST], mail("halina@example.org", LIST))
            return refused.value.smtp_code

    with ThreadPoolExecutor(10) as pool:
        sent = [pool.submit(send, n) for n in range(10)]
        threading.Event().wait(1.0)
        gate.set()
        assert {one.result() for one in sent} == {451}
    assert len(calls) <= 4
