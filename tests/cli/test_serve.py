"""`serve`: the real program in processes of its own."""

import os
import signal
import smtplib
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from listserv import config, logs
from listserv.cli import serve
from tests.office import mail
from tests.serving import Served, answers, free_port, wait_for

WORKERS = min(2, serve.cores())
# Beside the one that keeps them: two doors, workers, the desk.
CHILDREN = 3 + WORKERS


@pytest.fixture
def served(site, network):
    """Start `serve` on the example network, on free ports."""
    ports = {name: free_port() for name in ("smtp", "lmtp", "web")}
    doors = {name: {"listen": f"127.0.0.1:{port}"} for name, port in ports.items()}
    site_settings = site.settings.model_dump()
    settings = config.validated({**site_settings, **doors}, site.settings.data)
    (settings.data / config.FILE).write_text(config.commented(settings), "utf-8")
    started: list[Served] = []

    def start(*words: str, **how: Any) -> Served:
        started.append(Served(settings.data, *words, **how))
        return started[-1]

    start.ports, start.settings = ports, settings
    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()
        one.watchdog.cancel()


def test_all_doors_work_and_finish_on_sigterm(served):
    server = served(begin=subprocess.Popen)
    server.until("listserv ready")

    with smtplib.SMTP("127.0.0.1", served.ports["smtp"]) as client:
        client.sendmail("halina@example.org", ["siecibp@lists.example.org"], mail("halina@example.org", "siecibp@lists.example.org", "Zebranie"))
    copies = wait_for(lambda: len(found := list((served.settings.data / "out" / "new").glob("*"))) == 4 and found)
    with urllib.request.urlopen(f"http://127.0.0.1:{served.ports['web']}/healthz") as page:
        assert page.status == 200

    assert all(b"Zebranie" in copy.read_bytes() for copy in copies)
    assert len(server.children()) == CHILDREN
    assert server.end() == 0


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="there is no /proc on this system")
def test_a_part_that_is_killed_comes_back(served):
    server = served()
    server.until("listserv ready")
    before = server.children()

    os.kill(before[0], signal.SIGKILL)
    server.until("starting it again")
    wait_for(lambda: len(server.children()) == CHILDREN and all(map(answers, served.ports.values())))

    assert set(before[1:]) < set(server.children())
    assert server.end() == 0


def test_one_part_alone_runs_in_its_own_process(served):
    server = served("--only", "smtp")
    server.until("listserv ready")

    assert answers(served.ports["smtp"])
    assert answers(served.ports["lmtp"])
    assert not answers(served.ports["web"])
    assert server.children() == []
    assert server.end() == 0


@pytest.mark.parametrize("only", [(), ("--only", "web")])
def test_a_port_that_is_taken_is_one_clear_line(served, only):
    with socket.create_server(("127.0.0.1", served.ports["web"])):
        server = served(*only)

        assert server.finish() == 6
    told = [line for line in server.lines if str(served.ports["web"]) in line]
    assert len(told) == 1
    assert "listserv ready" not in server.lines


def test_an_older_database_is_one_clear_line(served, site):
    with site.writing() as db:
        db.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")

    server = served()

    assert server.finish() == 6
    assert len(server.lines) == 1
    assert "listserv db upgrade" in server.lines[0]


def test_sigterm_before_the_doors_are_open_is_no_failure(run, monkeypatch):
    monkeypatch.setattr(logs, "configure", lambda level=0: None)
    monkeypatch.setattr(serve, "warm_up", lambda data: os.kill(os.getpid(), signal.SIGTERM))
    usual = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as ended:
            run("serve")
    finally:
        signal.signal(signal.SIGTERM, usual)

    assert ended.value.code == 0


@pytest.mark.parametrize(("words", "code"), [(("--only", "mail"), 2), (("--only", "smtp,,web,x"), 2)])
def test_an_unknown_part_is_bad_input(run, words, code):
    assert run("serve", *words).code == code


@pytest.mark.parametrize(("wanted", "cores", "names"), [(0, 1, ["worker"]), (0, 2, ["worker1", "worker2"]), (0, 16, ["worker1", "worker2"]), (1, 16, ["worker"]), (3, 1, ["worker1", "worker2", "worker3"])])
def test_as_many_workers_run_as_are_set_or_as_fit(monkeypatch, tmp_path, wanted, cores, names):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: range(cores))
    settings = config.validated({"worker": {"processes": wanted}}, tmp_path)

    assert [name for name, _ in serve.processes("worker", settings)] == [*names, "desk"]


def test_where_a_process_cannot_be_asked_the_cores_of_the_machine_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)

    assert serve.cores() == 1


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").is_file(), reason="there is no /proc on this system")
def test_an_idle_site_is_small(served):
    server = served(begin=subprocess.Popen)
    server.until("listserv ready")

    pids = [server.process.pid, *server.children()]
    rollups = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    pss = sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:"))

    assert len(pids) == 1 + CHILDREN
    assert pss < (215 + 30 * WORKERS) * 1024
