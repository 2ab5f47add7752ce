"""What lies in deploy/: read by the programs it is written for, where they are installed; and the names in it are ours."""

import json
import re
import shlex

import pytest
import yaml

from listserv import tally
from listserv.cli.serve import PARTS
from listserv.usecases import measures
from listserv.web import create_app
from tests.deploy.tools import DEPLOY, command_of, run, tool
from tests.serving import ROOT

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
# What systemd-analyze calls exposure, in tenths.
EXPOSURE = 20


# systemd


@pytest.fixture
def units(tmp_path):
    """The units as they would lie in /etc/systemd/system, with programs that are there; a template as one of its kind."""
    for unit in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"/opt/listserv/bin/\w+", "/bin/true", unit.read_text())
        (tmp_path / unit.name.replace("@.", "@worker.")).write_text(text)
    return tmp_path


def test_units_are_understood_by_systemd(units):
    verify = tool("systemd-analyze", "systemd")
    for unit in sorted(units.glob("*.service")) + sorted(units.glob("*.timer")):
        # Its words about units of this machine are no concern of ours.
        said = [line for line in run(verify, "verify", "--man=no", unit).splitlines() if "listserv" in line and "CPUAccounting" not in line]
        assert said == [], said


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
@pytest.mark.parametrize("more", ["", "port-25.conf"])
def test_units_expose_little(unit, more, tmp_path):
    analyze = tool("systemd-analyze", "systemd")
    kept = tmp_path / unit.name.replace("@.", "@worker.")
    kept.write_text(unit.read_text() + ((DEPLOY / "systemd" / more).read_text() if more else ""))

    said = run(analyze, "security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", kept)

    assert float(re.search(r"exposure level for \S+: ([\d.]+)", said)[1]) <= EXPOSURE / 10


def test_units_call_commands_that_there_are():
    called = [words for unit in UNITS for words in re.findall(r"/opt/listserv/bin/listserv ([^&\n']+)", unit.read_text())]

    assert len(called) >= 4
    for words in called:
        assert command_of(shlex.split(words.replace("%i", "worker")))
    parts = re.search(r'"systemctl enable --now listserv-part@(\w+)" \(or @(\w+), @(\w+)\)', (DEPLOY / "systemd" / "listserv-part@.service").read_text())
    assert sorted(parts.groups()) == sorted(PARTS)


def test_units_let_workers_see_who_else_lives():
    """Without /proc/sys each process would take all others of its machine for dead (store/workers.py)."""
    assert not [unit.name for unit in UNITS if re.search(r"(?m)^ProcSubset=", unit.read_text())]


# Proxies, logrotate


def test_caddys_file_is_valid():
    said = run(tool("caddy", "caddy", costly=True), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "web" / "Caddyfile")

    assert "Valid configuration" in said


def test_haproxys_file_is_valid():
    run(tool("haproxy", "haproxy"), "-c", "-f", DEPLOY / "haproxy" / "haproxy.cfg")


def test_logrotates_file_is_valid(tmp_path):
    kept = tmp_path / "listserv"
    # `su` names a user that need not be on this machine.
    kept.write_text((DEPLOY / "logrotate" / "listserv").read_text().replace("su listserv listserv", "su root root"))

    said = run(tool("logrotate", "logrotate"), "--debug", kept)

    assert "error" not in said.lower()


# Prometheus, Grafana


@pytest.fixture
def families(site):
    """What /metrics tells: names of samples."""
    told = dict(re.findall(r"(?m)^# TYPE (\S+) (\S+)", create_app(site).test_client().get("/metrics").get_data(as_text=True)))
    ends = {f"{name}_{end}" for name, kind in told.items() if kind == "histogram" for end in ("bucket", "sum", "count")}
    # Prometheus' own word for one that answers.
    return {*told, *ends, "up"}


def names_in(query):
    """The metrics of a query, and the kinds that it asks for."""
    metrics = set(re.findall(r"\b(listserv_\w+|up)\b(?=[\s{\[)=<>*]|$)", query))
    return metrics, {kind for kinds in re.findall(r'kind=~?"([^"]*)"', query) for kind in kinds.split("|")}


def rules():
    groups = yaml.safe_load((DEPLOY / "monitoring" / "listserv.rules.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels():
    return json.loads((DEPLOY / "monitoring" / "grafana.json").read_text())["panels"]


@pytest.mark.only_sqlite
def test_alerts_ask_for_figures_that_there_are(families):
    for rule in rules():
        metrics, kinds = names_in(rule["expr"])
        assert metrics and metrics <= families, rule["alert"]
        assert kinds <= set(measures.KINDS), rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert set(rule["annotations"]) == {"summary", "mend"}


@pytest.mark.only_sqlite
def test_panels_ask_for_figures_that_there_are(families):
    shown = set()
    for panel in panels():
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            metrics, kinds = names_in(target["expr"])
            assert metrics and metrics <= families, (panel["title"], target["expr"])
            assert kinds <= set(measures.KINDS)
            shown |= metrics
    # Nothing is counted that nobody looks at.
    assert {f"listserv_{name}_total" for name, _ in tally.WAYS.values()} <= shown
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_prometheus_reads_the_rules():
    said = run(tool("promtool", "prometheus", costly=True), "check", "rules", DEPLOY / "monitoring" / "listserv.rules.yml")

    assert f"{len(rules())} rules found" in said


def test_alerts_fire_when_they_should():
    """A relay that is away for a quarter of an hour, a mail set aside, and a quiet site (tests/deploy/alerts_test.yml)."""
    run(tool("promtool", "prometheus", costly=True), "test", "rules", ROOT / "tests" / "deploy" / "alerts_test.yml")


# What the documents name


@pytest.mark.parametrize("page", [DEPLOY / "README.md", ROOT / "docs" / "upgrading.md", ROOT / "docs" / "running.md", ROOT / "docs" / "scaling.md"], ids=lambda page: page.name)
def test_files_that_are_named_are_there(page):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_file_here_is_told_of():
    told = (DEPLOY / "README.md").read_text()

    missing = [str(file.relative_to(DEPLOY)) for file in DEPLOY.rglob("*") if file.is_file() and str(file.relative_to(DEPLOY)) not in told and not {"README.md", ".env", "secrets"} & {file.name, file.parent.name}]
    assert missing == []
