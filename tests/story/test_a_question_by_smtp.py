"""A question to everybody over real SMTP, in and out: asked, shown, sent by a word, answered from a mail program, told."""

import email
import email.policy
import smtplib
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.surveys import Vote
from listserv.worker import work_once
from tests.office import aligned
from tests.smtp.doors import open_doors
from tests.smtp_sink import Sink

OWNER, HALINA = "owner@example.org", "halina@example.org"


def deliver(smtp, sender, to, subject, words):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{abs(hash((sender, words)))}@example.org>"
    message.set_content(words)
    assert smtp.sendmail(sender, [to], aligned(message.as_bytes())) == {}


def mailbox(site, sink, whose):
    """What has come to somebody, newest last."""
    while work_once(site):
        pass
    found = [email.message_from_bytes(mail.data, _class=EmailMessage, policy=email.policy.default) for mail in sink.mails if mail.recipient == whose]
    return [(str(mail["Subject"]), str(mail["Reply-To"]), mail.get_body(("plain",)).get_content()) for mail in found]


@pytest.mark.sooner("sqlite")
def test_a_question_goes_out_and_an_answer_comes_in_over_smtp(site, network):
    with Sink() as sink:
        site.settings = site.settings.model_copy(update={"relay": site.settings.relay.model_copy(update={"url": sink.url})})
        with site.writing() as db:
            list_by_name(db, "siecibp").surveys = True
        with open_doors(site) as ports, smtplib.SMTP("127.0.0.1", ports[0], timeout=20) as smtp:
            deliver(smtp, OWNER, "siecibp-pytania@lists.example.org", "Czerwiec", "Dzień dobry,\n\nkiedy się spotykamy?\n1) w maju\n2) w czerwcu\n")
            preview = mailbox(site, sink, OWNER)[-1]
            assert "2) w czerwcu" in preview[2] and not mailbox(site, sink, HALINA)

            deliver(smtp, OWNER, preview[1], "Re: Czerwiec", "WYŚLIJ")
            question = mailbox(site, sink, HALINA)[-1]
            assert "r+v" in question[1] and "1) w maju" in question[2]

            deliver(smtp, HALINA, question[1], "Odp: Pytanie", "W czerwcu, jeśli można prosić.\n\nHalina")
            deliver(smtp, HALINA, question[1], "Odp: Pytanie", "W czerwcu\n\nPozdrawiam\nHalina\n\n" + "".join(f"> {line}\n" for line in question[2].split("\n")))
            assert "w czerwcu" in mailbox(site, sink, HALINA)[-1][2]
    with site.reading() as db:
        assert db.scalars(select(Vote.choices)).all() == ["2"]
