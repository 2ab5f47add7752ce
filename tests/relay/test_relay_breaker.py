"""The circuit breaker and fairness: a dead relay is probed, not hammered; a domain in trouble holds up nobody."""

import itertools
import socket

import pytest
from misbehaving import CLOSE, HANG, Misbehaving
from test_relay_trouble import POST, mails, run

from listserv import loops
from listserv.relay.breaker import BACKOFF, Breaker
from listserv.relay.fairness import MANY, MOMENT, PAUSE, Domains
from listserv.relay.mail import SENT, Answer, Mail
from listserv.relay.place import Timeouts, read_url
from listserv.relay.smtp import SmtpRelay

NOT_NOW = Answer(451, "4.7.1 not now", "RCPT")


class Clock:
    at = 1000.0

    def __call__(self):
        return self.at


def test_a_dead_relay_is_probed_at_growing_intervals_and_a_taken_mail_ends_it():
    clock = Clock()
    breaker = Breaker(clock)
    tries = []
    for _ in range(3600):
        if not breaker.shut:
            tries.append(clock.at)
            breaker.failed("nobody there")
        clock.at += 1

    assert [b - a for a, b in itertools.pairwise(tries)][:5] == list(BACKOFF[:5])
    assert len(tries) < 70
    state = breaker.state()
    assert (state.name, state.trouble, state.failures) == ("open", "nobody there", len(tries)) and state.since == 3600
    clock.at += 60
    assert breaker.state().name == "probing"
    breaker.worked()
    assert breaker.state().name == "closed"


def test_many_who_fail_together_are_one_failure():
    clock = Clock()
    breaker = Breaker(clock)

    for _ in range(8):
        breaker.failed("gone")

    assert breaker.failures == 1


@pytest.mark.parametrize("how", ["refused", "greeting", "mail", "close", "hang"])
def test_while_the_relay_is_away_nothing_counts_as_an_attempt_and_nobody_storms_it(how):
    def behave(stage, argument, session):
        if how == "greeting" and stage == "GREETING" or how == "mail" and stage == "MAIL":
            return "421 4.3.2 not now"
        if stage == "GREETING":
            return {"close": CLOSE, "hang": HANG}.get(how)
        return None

    with Misbehaving(behave) as server:
        if how == "refused":
            server.__exit__()
        sending = run(server, rounds=20, between=None, connections=4, timeouts=Timeouts(connect=0.1, reply=0.2, idle=5))

    assert sending.attempts == {} and sending.trouble
    assert server.connections <= 4
    assert all(not answer.tried and answer.code == 0 for answers in sending.answers.values() for answer in answers)


def test_a_relay_that_refuses_every_sender_for_now_is_left_alone_after_a_while():
    people = [f"p{n}@example.org" for n in range(200)]

    with Misbehaving(lambda stage, argument, session: "452 4.3.1 disk full" if stage == "MAIL" else None) as server:
        sending = run(server, mails(people), rounds=10, between=None)

    assert 20 <= sum(sending.attempts.values()) <= 24
    assert sending.relay.state().trouble == "4.3.1 disk full"


def test_when_the_relay_is_back_all_connections_are_used_again():
    state = {"away": True}
    people = [f"p{n}@example.org" for n in range(40)]

    def behave(stage, argument, session):
        if state["away"] and stage == "GREETING":
            return "421 4.3.2 not now"
        return 0.03 if stage == "BODY" else None

    def mend(sending):
        state["away"] = False
        sending.relay.breaker._not_before = 0.0

    with Misbehaving(behave) as server:
        sending = run(server, mails(people), between=mend, connections=4)

    assert sorted(server.recipients) == sorted(people) and set(sending.attempts.values()) == {1}
    assert server.connections == 5
    assert sending.relay.state().name == "closed"


def test_a_domain_that_is_refused_many_times_in_a_row_is_paused_and_one_copy_finds_out():
    clock = Clock()
    domains = Domains(clock)
    for n in range(MANY):
        assert domains.put_off(f"p{n}@Slow.example") is None
        domains.heard(f"p{n}@slow.example", NOT_NOW, at_recipient=True)

    later = domains.put_off("x@slow.example")
    assert (later.tried, later.reached, later.wait) == (False, True, PAUSE) and "not now" in later.text
    assert domains.paused == ("slow.example",) and domains.put_off("x@example.org") is None
    clock.at += PAUSE
    assert domains.put_off("first@slow.example") is None
    assert domains.put_off("second@slow.example").wait == MOMENT
    domains.heard("first@slow.example", NOT_NOW, at_recipient=True)
    assert domains.put_off("x@slow.example").wait == 2 * PAUSE
    clock.at += 2 * PAUSE
    assert domains.put_off("first@slow.example") is None
    domains.heard("first@slow.example", SENT, at_recipient=False)
    assert domains.put_off("x@slow.example") is None and not domains.troubled


def mixed(count=60):
    return mails([f"p{n}@{'slow.example' if n % 2 else 'example.org'}" for n in range(count)])


def test_a_domain_that_is_put_off_costs_the_others_nothing():
    def behave(stage, argument, session):
        return "450 4.7.1 try later" if stage == "RCPT" and argument.endswith("@slow.example") else None

    with Misbehaving(behave) as server:
        sending = run(server, mixed(), rounds=1)

    assert len(server.recipients) == 30 and all(to.endswith("@example.org") for to in server.recipients)
    slow = [answer for to, answers in sending.answers.items() for answer in answers if to.endswith("slow.example")]
    assert sum(answer.tried for answer in slow) <= MANY + 2
    assert all(answer.wait > 0 and "slow.example" in answer.text for answer in slow if not answer.tried)
    assert sending.relay.state().domains == ("slow.example",)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("connections", [1, 2])
def test_a_domain_on_which_the_relay_hangs_costs_the_others_nothing(connections):
    def behave(stage, argument, session):
        return HANG if stage == "RCPT" and argument.endswith("@slow.example") else None

    with Misbehaving(behave) as server:
        sending = run(server, mixed(), rounds=1, connections=connections, timeouts=Timeouts(connect=5, reply=1.5, idle=5))

    assert sorted(server.recipients) == sorted(mail.recipient for mail in mixed() if mail.recipient.endswith("@example.org"))
    assert all(sending.answers[to][0].text for to in sending.answers if to.endswith("slow.example"))


def test_single_letters_and_copies_know_by_one_breaker():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        relay = SmtpRelay(read_url(f"smtp://127.0.0.1:{taken.getsockname()[1]}"), 1, "x", Timeouts(connect=1, reply=0.5, idle=5))

        answers = list(relay.letters([Mail(n, "", f"p{n}@example.org", POST) for n in range(3)]))

    assert [answer.reached for _, answer in answers] == [False] * 3 and "refused" in answers[0][1].text
    assert relay.state().failures == 1 and relay.state().name == "open"
    assert loops.run(_trouble(relay)) == relay.state().trouble


async def _trouble(relay):
    fan_out = relay.fan_out(lambda: None, lambda mail, answer: None)
    trouble = await fan_out.ready()
    await fan_out.close()
    return trouble


def test_a_relay_that_takes_fewer_connections_is_not_away_and_is_not_stormed():
    refused = []

    def behave(stage, argument, session):
        if stage == "GREETING" and len(session.server._open) > 1:
            refused.append(session)
            return "421 4.7.0 too many connections"
        return None

    people = [f"p{n}@example.org" for n in range(300)]
    with Misbehaving(behave) as server:
        sending = run(server, mails(people), connections=4)

    assert sorted(server.recipients) == sorted(people) and set(sending.attempts.values()) == {1}
    assert len(refused) <= 3
    assert sending.relay.state().name == "closed"


def test_a_relay_that_wants_us_to_sign_in_is_left_alone_until_that_is_mended():
    with Misbehaving(lambda stage, argument, session: "530 5.7.0 sign in first" if stage == "MAIL" else None) as server:
        sending = run(server, mails([f"p{n}@example.org" for n in range(200)]), rounds=1)

    assert sum(sending.attempts.values()) <= 30
    assert sending.relay.state().trouble == "5.7.0 sign in first"


@pytest.mark.parametrize("domains", [1, 50])
def test_a_relay_that_says_goodbye_to_every_recipient_is_not_stormed(domains):
    people = [f"p{n}@d{n % domains}.example" for n in range(200)]

    with Misbehaving(lambda stage, argument, session: "421 4.3.2 shutting down" if stage == "RCPT" else None) as server:
        sending = run(server, mails(people), rounds=1)

    assert sum(sending.attempts.values()) <= 25 and server.connections <= 30
