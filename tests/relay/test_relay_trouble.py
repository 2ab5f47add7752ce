"""The relay in trouble, of every kind we could think of: nothing is lost, and every answer says what the matter was."""

from collections import deque

import pytest
from misbehaving import CLOSE, FEATURES, HANG, Misbehaving

from listserv import loops
from listserv.relay.mail import Content, Mail
from listserv.relay.place import Timeouts, read_url
from listserv.relay.smtp import SmtpRelay

# Where somebody hangs; and where nobody does, so that a slow machine changes nothing.
QUICK, PATIENT = Timeouts(connect=0.6, reply=0.4, idle=5), Timeouts(connect=20, reply=20, idle=20)
POST = Content(b"From: anna@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Zebranie\r\n\r\nHello\r\n")
STAGES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY")
PEOPLE = [f"person{n}@example.org" for n in range(6)]


def mails(people=PEOPLE, content=POST, personal=b"X-Own: y\r\n"):
    return [Mail(to, "r+token@lists.example.org", to, content, personal) for to in people]


class Sending:
    """Hands mails to a relay like the worker does: what was not tried, or failed for now, is handed to it again."""

    def __init__(self, server, waiting, *, connections=2, timeouts=PATIENT):
        self.relay = SmtpRelay(read_url(server.url), connections, "lists.example.org", timeouts)
        self.waiting, self.answers, self.attempts = deque(waiting), {}, {}

    def done(self, mail, answer):
        self.answers.setdefault(mail.ref, []).append(answer)
        if answer.tried:
            self.attempts[mail.ref] = self.attempts.get(mail.ref, 0) + 1
        if not answer.sent and not answer.permanent:
            self.later.append(mail)

    async def go(self, rounds=4, *, between=None):
        self.later = deque()
        fan_out = self.relay.fan_out(lambda: self.waiting.popleft() if self.waiting else None, self.done)
        self.trouble = []
        for _ in range(rounds):
            if trouble := await fan_out.ready():
                self.trouble.append(trouble)
            else:
                fan_out.wake(len(self.waiting))
                await fan_out.settled()
            self.waiting.extend(self.later)
            self.later.clear()
            if not self.waiting:
                break
            if between:
                between(self)
        await fan_out.close()
        return self

    @property
    def words(self):
        return " ".join([*self.trouble, *(answer.text for answers in self.answers.values() for answer in answers)])


def once(stage, what):
    """Misbehave the first time at a stage, and never again."""
    left = [what]
    return lambda at, argument, session: left.pop() if at == stage and left else None


def open_again(sending):
    """As if the time between two attempts had passed."""
    sending.relay.breaker._not_before = 0.0


def run(server, waiting=None, *, rounds=4, between=open_again, **options):
    return loops.run(Sending(server, mails() if waiting is None else waiting, **options).go(rounds, between=between))


@pytest.mark.parametrize("connections", [1, 2])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("what", ["421 4.3.2 service shutting down", CLOSE, HANG], ids=["421", "close", "hang"])
def test_once_in_trouble_at_any_stage_everybody_has_it_in_the_end(stage, what, connections):
    with Misbehaving(once(stage, what)) as server:
        sending = run(server, connections=connections, timeouts=QUICK if what is HANG else PATIENT)

    assert sorted(set(server.recipients)) == PEOPLE
    # The relay closed without an answer to a body: unknown, so it is sent again, as the same mail.
    assert len(server.recipients) == len(PEOPLE)
    assert all(answers[-1].sent for answers in sending.answers.values())
    assert sum(sending.attempts.values()) <= len(PEOPLE) + 1


def test_a_mail_whose_fate_is_unknown_is_sent_again_as_the_same_mail():
    taken = []

    def behave(stage, argument, session):
        if stage == "BODY":
            taken.append(argument.data)
            return CLOSE if len(taken) == 1 else None
        return None

    with Misbehaving(behave) as server:
        sending = run(server, mails(PEOPLE[:1]))

    assert len(taken) == 2 and taken[0] == taken[1] and b"Message-ID: <1@example.org>" in taken[0]
    assert [answer.code for answer in sending.answers[PEOPLE[0]]] == [0, 250]
    assert "broke" in sending.answers[PEOPLE[0]][0].text


@pytest.mark.parametrize(
    ("stage", "reply", "permanent"),
    [
        ("RCPT", "451 4.3.0 local trouble", False),
        ("RCPT", "552 5.2.2 mailbox full", True),
        ("BODY", "451 4.3.0 no room", False),
        ("BODY", "552 5.3.4 too big for me", True),
        ("MAIL", "452 4.3.1 disk full", False),
        ("RCPT", "550-5.1.1 nobody\r\n550 5.1.1 of this name", True),
    ],
)
def test_one_refusal_among_many_costs_nobody_else_anything(stage, reply, permanent):
    with Misbehaving(once(stage, reply)) as server:
        sending = run(server, rounds=1, connections=1)

    first, *others = PEOPLE
    assert sorted(server.recipients) == others
    [answer] = sending.answers[first]
    assert (answer.permanent, answer.stage) == (permanent, "DATA" if stage == "BODY" else stage)
    assert answer.text == reply.replace("550-5.1.1 nobody\r\n550 5.1.1 of", "5.1.1 nobody 5.1.1 of")[0 if "\r\n" in reply else 4 :]


def test_pipelining_that_is_announced_and_thrown_away_is_done_without():
    with Misbehaving(forgetful=True) as server:
        sending = run(server, connections=1, rounds=5, timeouts=QUICK)

    assert sorted(server.recipients) == PEOPLE
    assert all(answers[-1].sent for answers in sending.answers.values())


def test_pipelining_that_is_answered_drop_by_drop_is_waited_for():
    with Misbehaving(lambda stage, argument, session: 0.01 if stage in STAGES[2:] else None) as server:
        sending = run(server, rounds=1)

    assert sorted(server.recipients) == PEOPLE
    assert set(sending.attempts.values()) == {1}


def test_a_yes_after_a_long_silence_is_a_yes():
    with Misbehaving(once("BODY", 0.25)) as server:
        run(server, rounds=1)

    assert sorted(server.recipients) == PEOPLE


def test_a_reply_of_many_lines_is_one_reply():
    many = "250-2.0.0 taken\r\n250-2.0.0 queued as 4711\r\n250 2.0.0 good night"

    with Misbehaving(lambda stage, argument, session: many if stage == "BODY" else None) as server:
        sending = run(server, rounds=1)

    assert sorted(server.recipients) == PEOPLE and all(answers[0].sent for answers in sending.answers.values())


@pytest.mark.parametrize("garbage", ["hello there", "2x0 ok", "\x00\x01", "250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok", "9" * 20_000])
@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "BODY"])
def test_what_is_no_reply_ends_the_connection_and_nothing_else(stage, garbage):
    with Misbehaving(once(stage, garbage)) as server:
        sending = run(server, connections=1)

    assert sorted(set(server.recipients)) == PEOPLE
    assert sending.words


def test_a_relay_that_takes_few_mails_on_a_connection_gets_them_all_at_once():
    def behave(stage, argument, session):
        return "421 4.7.0 enough for one connection" if stage == "MAIL" and session.taken >= 2 else None

    with Misbehaving(behave) as server:
        sending = run(server, rounds=1, connections=1)

    assert sorted(server.recipients) == PEOPLE and server.connections == 3
    assert set(sending.attempts.values()) == {1}


def test_a_relay_that_just_closes_after_a_few_mails_costs_no_attempts():
    with Misbehaving(lambda stage, argument, session: CLOSE if stage == "MAIL" and session.taken >= 2 else None) as server:
        sending = run(server, rounds=1, connections=1)

    assert sorted(server.recipients) == PEOPLE
    assert set(sending.attempts.values()) == {1}


def test_a_smaller_size_than_the_mail_is_found_before_it_is_sent():
    big = Content(POST.data + b"x" * 5_000 + b"\r\n")

    with Misbehaving(features=(*FEATURES, "SIZE 4000")) as server:
        sending = run(server, [*mails(PEOPLE[:1], big), *mails(PEOPLE[1:])], rounds=1)

    assert sorted(server.recipients) == PEOPLE[1:]
    assert sending.answers[PEOPLE[0]][0].permanent and "4000 bytes" in sending.answers[PEOPLE[0]][0].text


def test_starttls_that_fails_and_signing_in_that_is_refused_send_nothing():
    with Misbehaving(lambda stage, argument, session: "454 4.7.0 TLS not available" if stage == "STARTTLS" else None, (*FEATURES, "STARTTLS")) as server:
        server_url = server.url.replace("smtp://", "smtp+starttls://")
        relay = SmtpRelay(read_url(server_url), 1, "x", QUICK)
        tls = loops.run(_ready(relay))
    with Misbehaving(lambda stage, argument, session: "535 5.7.8 wrong password" if stage == "AUTH" else None, (*FEATURES, "AUTH PLAIN")) as server:
        auth = loops.run(_ready(SmtpRelay(read_url(server.url.replace("//", "//list:secret@")), 1, "x", QUICK)))

    assert tls == "4.7.0 TLS not available" and auth == "5.7.8 wrong password"
    assert relay.state().name == "open" and relay.state().trouble == tls
    assert not any(command.startswith("MAIL") for command in server.commands)


async def _ready(relay):
    fan_out = relay.fan_out(lambda: None, lambda mail, answer: None)
    trouble = await fan_out.ready()
    await fan_out.close()
    return trouble


POLISH = Content("From: Łukasz <l@example.org>\r\nSubject: Zażółć\r\n\r\ngęślą jaźń\r\n".encode())


def test_without_8bitmime_bodies_go_in_ascii_and_say_the_same():
    with Misbehaving(features=("PIPELINING", "SMTPUTF8")) as server:
        run(server, mails(PEOPLE[:1], POLISH), rounds=1)

    [mail] = server.mails
    assert mail.data.isascii() and mail.parameters == ""
    assert b"Content-Transfer-Encoding: quoted-printable" in mail.data and b"g=C4=99=C5=9Bl=C4=85" in mail.data
    assert b"Subject: =?utf-8?q?Za=C5=BC=C3=B3=C5=82=C4=87?=" in mail.data


def test_without_smtputf8_fields_are_encoded_and_the_body_is_left_alone():
    with Misbehaving(features=("PIPELINING", "8BITMIME")) as server:
        sending = run(server, mails([PEOPLE[0], "łukasz@example.org", "jan@zażółć.example.org"], POLISH), rounds=1)

    assert sorted(server.recipients) == ["jan@" + "zażółć".encode("idna").decode() + ".example.org", PEOPLE[0]]
    head, _, body = server.mails[0].data.partition(b"\r\n\r\n")
    assert head.isascii() and body == POLISH.body and server.mails[0].parameters == "BODY=8BITMIME"
    [refused] = sending.answers["łukasz@example.org"]
    assert refused.permanent and refused.status == "5.6.7" and "SMTPUTF8" in refused.text


@pytest.mark.parametrize("features", [FEATURES, ("8BITMIME",)], ids=["pipelining", "one by one"])
def test_a_relay_that_says_goodbye_in_the_same_breath_as_its_yes_gets_nothing_twice(features):
    with Misbehaving(lambda stage, argument, session: "250 2.0.0 taken\r\n421 4.7.0 enough" if stage == "BODY" else None, features=features) as server:
        sending = run(server, mails(PEOPLE[:3]), connections=1, rounds=6)

    assert sorted(server.recipients) == PEOPLE[:3]
    assert [answer.code for answers in sending.answers.values() for answer in answers if answer.tried] == [250] * 3
