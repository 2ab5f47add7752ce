"""The command line in this process: what it prints, and its exit code."""

import json
from dataclasses import dataclass

import pytest

from listserv import cli, config


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run_in(capsys, monkeypatch):
    """Run one command on a data folder."""
    for name in [name for name in __import__("os").environ if name.startswith("LISTSERV_")]:
        monkeypatch.delenv(name)

    def run(data, *words) -> Ran:
        capsys.readouterr()
        code = cli.run(["--data", str(data), *map(str, words)])
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def run(run_in, site):
    """Run one command on a site that is there."""
    (site.settings.data / config.FILE).write_text(config.commented(site.settings), "utf-8")
    return lambda *words: run_in(site.settings.data, *words)
