"""docs/operating.md names commands, log lines, metrics and settings that are there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from listserv.cli import cli
from tests.test_standards_page import ROOT

PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
COMMAND = re.compile(r"listserv (?:--data \S+ )?((?:[a-z][\w-]*)(?: [^`\n|#;]*)?)")
LOG = re.compile(r"log: ((?:`[^`]+`(?:, )?)+)")


def commands() -> list[list[str]]:
    spans = [*re.findall(r"`([^`\n]+)`", PAGE), *(line.strip() for line in PAGE.splitlines() if line.startswith("    listserv"))]
    return [shlex.split(found[1].split("  ")[0].replace("…", "")) for span in spans if (found := COMMAND.match(span))]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_of_the_handbook_is_there(words):
    command: click.Command | None = cli
    context = click.Context(cli)
    for word in words:
        if word == "--help":
            continue
        if isinstance(command, click.Group):
            command = command.get_command(context, word)
            assert command is not None, word
        elif word.startswith("--"):
            assert any(word in option.opts for option in command.params), word


def test_the_handbook_names_enough_of_them():
    assert len(commands()) > 30


def test_every_log_line_of_the_handbook_is_written_somewhere():
    code = "".join(path.read_text("utf-8") for path in (ROOT / "listserv").rglob("*.py"))
    named = [line for group in LOG.findall(PAGE) for line in re.findall("`([^`]+)`", group)]

    assert len(named) >= 9
    assert [line for line in named if f'"{line}' not in code and f'("{line}' not in code] == []


def test_every_metric_of_the_handbook_is_counted():
    from listserv.usecases import measures

    kinds = Path(measures.__file__).read_text("utf-8") + (ROOT / "docs" / "running.md").read_text("utf-8")
    named = set(re.findall(r"listserv_(\w+)", PAGE))

    assert len(named) >= 5
    assert [one for one in named if one not in kinds and one.removesuffix("_total") not in kinds] == []


def test_every_alarm_of_the_handbook_is_among_the_rules():
    alarms = re.findall(r"^\| `(listserv_[^`]+)`", PAGE, re.MULTILINE)
    rules = (ROOT / "deploy" / "monitoring" / "listserv.rules.yml").read_text("utf-8")

    assert len(alarms) > 4 and [alarm for alarm in alarms if f"expr: {alarm}" not in rules] == []
