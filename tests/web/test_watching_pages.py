"""`/healthz` says what is wrong, and only then; `/metrics` gives figures that name nobody."""

import os
import re
import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from listserv import tally
from listserv.relay import open_relay
from listserv.store import counters, health, workers
from listserv.store.queue import Incoming, State
from listserv.usecases import intake, measures
from listserv.usecases.health import AHEAD
from listserv.web import create_app
from listserv.worker import work_once
from tests.office import mail
from tests.relay.misbehaving import Misbehaving
from tests.smtp.doors import open_doors


@pytest.fixture(autouse=True)
def nothing_counted():
    tally.drain()
    yield
    tally.keep(False)
    tally.drain()


@pytest.fixture
def ask(site, network):
    """The answer of a web process that has just begun."""

    def asked(path="/healthz"):
        site.memory.clear()
        return create_app(site).test_client().get(path)

    return asked


def arrive(site, clock):
    with site.writing() as db:
        intake.receive(db, intake.Arriving.each("halina@example.org", ["siecibp@lists.example.org"], "127.0.0.1", mail("halina@example.org", "siecibp")), clock())


def begin(site, clock, role="worker"):
    with site.writing() as db:
        return workers.enter(db, role, 0, clock())


def test_a_site_where_all_is_well_says_so(site, ask, clock):
    begin(site, clock)
    answer = ask()

    assert (answer.status_code, answer.json["status"], answer.json["workers"], answer.json["database"]) == (200, "ok", 1, "ok")
    assert {"version", "relay", "late_seconds", "shunted", "disk_free"} <= answer.json.keys()


def test_where_no_worker_has_begun_that_is_said_and_is_wrong_once_mail_waits(site, ask, clock):
    assert (ask().status_code, ask().json["workers"]) == (200, "none has begun")
    arrive(site, clock)
    assert ask().status_code == 200
    clock.move(minutes=2)

    assert (ask().status_code, ask().json["status"]) == (503, "worker")


def test_a_worker_that_has_fallen_silent_is_told(site, ask, clock):
    begin(site, clock)
    clock.move(minutes=3)

    assert (ask().status_code, ask().json["status"]) == (503, "worker")
    begin(site, clock)
    assert ask().json["status"] == "ok"


def test_mail_that_nobody_reads_is_told_though_copies_are_sent(site, ask, clock):
    arrive(site, clock)
    clock.move(minutes=2)
    begin(site, clock, "copies")
    assert (ask().status_code, ask().json["status"], ask().json["workers"]) == (503, "worker", 1)
    begin(site, clock, "desk")

    assert ask().json["status"] == "ok"


def test_mail_that_waits_too_long_is_a_backlog(site, ask, clock):
    arrive(site, clock)
    clock.move(minutes=20)
    begin(site, clock)

    assert (ask().status_code, ask().json["status"], ask().json["late_seconds"]["incoming"]) == (503, "backlog", 1200)


def test_a_relay_that_is_away_for_long_is_told_without_its_words(site, ask, clock):
    begin(site, clock)
    for minutes, status in ((0, "ok"), (20, "relay")):
        clock.move(minutes=minutes)
        with site.writing() as db:
            counters.say(db, {"relay": "mx.secret.example: connection refused"}, clock())
            for row in workers.everybody(db):
                workers.beat(db, row.id, clock())
        assert ask().json["status"] == status and ask().json["relay"] == "away"
        assert b"secret" not in ask().data
    assert re.search(r"^listserv_relay_up 0$", ask("/metrics").text, re.M)


def test_a_trouble_of_one_that_has_died_since_is_no_trouble(site, ask, clock):
    with site.writing() as db:
        counters.say(db, {"relay": "away"}, clock())
    clock.move(minutes=20)
    begin(site, clock)

    assert ask().json["status"] == "ok"


def test_a_full_disk_and_a_clock_that_was_put_back_are_told(site, ask, clock, monkeypatch):
    arrive(site, clock)
    clock.move(hours=-1)
    begin(site, clock)
    assert ask().json["status"] == "clock"
    clock.move(hours=1)
    monkeypatch.setattr("listserv.usecases.health._room", lambda settings: 1000)

    assert (ask().status_code, ask().json["status"]) == (503, "disk")
    assert timedelta(0) < AHEAD < timedelta(hours=1)


@pytest.mark.only_sqlite
def test_a_file_that_cannot_be_written_is_told(site, network, monkeypatch):
    place = site.engine.url.database
    assert health.why_not_writable(site.engine) == ""
    with site.writing():
        assert health.why_not_writable(site.engine) == "", "somebody is writing: then it can be written"
    os.rename(place, f"{place}.away")
    try:
        assert "unable to open" in health.why_not_writable(site.engine)
    finally:
        os.rename(f"{place}.away", place)


def test_a_schema_that_does_not_fit_is_told(site, ask, monkeypatch):
    monkeypatch.setattr(health, "wanted_revision", lambda: "9999")

    assert (ask().status_code, ask().json["status"]) == (503, "schema")


def test_a_database_that_hangs_is_not_waited_for(site, ask, monkeypatch):
    import threading

    free = threading.Event()
    monkeypatch.setattr("listserv.web.health.PATIENCE", 0.05)
    monkeypatch.setattr("listserv.usecases.health.look", lambda site: free.wait(10))
    try:
        assert (ask().status_code, ask().json["status"]) == (503, "database")
    finally:
        free.set()


SAMPLE = re.compile(r'^([a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+$')


def test_the_figures_are_in_the_text_format_and_name_nobody(site, ask, office, clock):
    tally.keep(True)
    office.send("halina@example.org", "siecibp", "Sekret", "Treść.")
    office.send("obca@example.org", "siecibp", "Obca", "Treść.")
    tally.observe("processing_seconds", 0.02)
    with site.writing() as db:
        counters.add(db, tally.drain())
    answer = ask("/metrics")
    lines = answer.text.splitlines()

    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert [line for line in lines if not line.startswith("# ") and not SAMPLE.match(line)] == []
    assert {"listserv_posted_total 1", "listserv_held_total 1", "listserv_database_up 1", 'listserv_queue_depth{kind="posts"} 1'} <= set(lines)
    assert 'listserv_processing_seconds_bucket{le="0.025"} 1' in lines and "listserv_processing_seconds_count 1" in lines
    assert not re.search("siecibp|example|Sekret", answer.text)
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len(set(types))


def test_what_became_of_copies_is_counted_and_what_waits_has_its_age(site, ask, office, settings, clock):
    tally.keep(True)
    answers = {"halina@example.org": "550 5.1.1 nobody of this name", "marek@example.org": "451 4.3.0 later"}
    office.deliver(mail("halina@example.org", "siecibp"), "siecibp@lists.example.org")
    with Misbehaving(lambda stage, argument, session: answers.get(argument) if stage == "RCPT" else None) as server:
        place = settings.relay.model_copy(update={"url": f"smtp://127.0.0.1:{server.port}"})
        work_once(site, open_relay(settings.model_copy(update={"relay": place})))
    with open_doors(site) as ports, smtplib.SMTP("127.0.0.1", ports[0], timeout=20) as client:
        client.sendmail("halina@example.org", ["siecibp@lists.example.org", "siecibp-request@lists.example.org"], mail("halina@example.org", "siecibp"))
    clock.move(seconds=30)
    with site.writing() as db:
        counters.add(db, tally.drain())
    lines = ask("/metrics").text.splitlines()

    counted = {f"listserv_{name}_total {number}" for name, number in {"accepted": 2, "posted": 1, "delivered": 2, "retried": 1, "bounced": 1}.items()}
    waits = {f'listserv_queue_{what}{{kind="{kind}"}} {figure:g}' for what, kind, figure in (("depth", "incoming", 2), ("depth", "deliveries", 1), ("oldest_seconds", "incoming", 30.0))}
    assert counted | waits <= set(lines), lines
    assert {f"listserv_{name}_count" for name in tally.HISTOGRAMS} <= {line.partition(" ")[0] for line in lines}
    assert {"listserv_intake_seconds_count 1", "listserv_delivery_seconds_count 2"} <= set(lines)


def test_figures_without_a_database_say_that(site, ask, monkeypatch):
    monkeypatch.setattr(measures, "families", lambda db, now: 1 / 0)
    answer = ask("/metrics")

    assert answer.status_code == 200 and "listserv_database_up 0" in answer.text.splitlines()


def test_states_events_and_figures_have_the_same_names():
    states = {str(state) for state in State if state is not State.PENDING}

    assert states <= tally.WAYS.keys()
    assert all(tally.WAYS[state][0] == state for state in states)
    wanted = {"accepted", "posted", "held", "refused", "discarded", "answered", "shunted", "delivered", "retried", "bounced", "letters"}
    assert wanted <= {name for name, _ in tally.WAYS.values()}


def test_every_event_is_said_somewhere():
    """What is no state of a mail is a word of the log, or noted for the figures, in the very words of `tally.WAYS`."""
    sources = "".join(file.read_text() for file in Path(tally.__file__).parent.rglob("*.py"))
    said = set(re.findall(r"""(?:log\.info\(|tally\.note\([\w.]+, )"([a-z]+)\"""", sources))

    assert tally.WAYS.keys() - {str(state) for state in State} <= said


def test_each_mail_has_one_line_with_its_number_and_no_author(site, office, network, capsys):
    import logging

    import structlog

    from listserv import logs

    before, level = structlog.get_config(), logging.getLogger().level
    logs.configure(logging.INFO)
    try:
        office.send("halina@example.org", "siecibp", "Sekret", "Treść.", message_id="<one@example.org>")
    finally:
        structlog.configure(**before)
        logging.getLogger().setLevel(level)
    lines = [line for line in capsys.readouterr().err.splitlines() if " posted " in line]
    with site.reading() as db:
        number = db.scalars(select(Incoming.id)).one()

    assert len(lines) == 1 and f"incoming={number} list=siecibp message_id=one@example.org" in lines[0]
    assert "halina" not in lines[0] and "Sekret" not in lines[0]
