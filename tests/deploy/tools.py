"""The programs that read what lies in deploy/, and our own command line as they would call it."""

import os
import shutil
import subprocess

import click
import pytest

from listserv import cli
from tests.notrun import ELSEWHERE
from tests.serving import ROOT

DEPLOY = ROOT / "deploy"
SBIN = "/usr/sbin:/usr/bin:/sbin:/bin"


def tool(name, package, *, costly=False):
    """A program's path; without it the test is not run. `costly`: too large a package for every test run."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{SBIN}")
    if not found:
        pytest.skip(f"there is no {name}: install Debian's package {package}{f' ({ELSEWHERE})' if costly else ''}")
    return found


def run(*words, cwd=None, code=0):
    done = subprocess.run(list(map(str, words)), cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def command_of(words):
    """The click command that these words of a command line name, its arguments being ours or not."""
    command, words = cli.cli, list(words)
    while words and isinstance(command, click.Group):
        name = words.pop(0)
        if name.startswith("-"):
            option = next(param for param in command.params if name.partition("=")[0] in param.opts)
            words = words if option.is_flag or "=" in name else words[1:]
            continue
        command = command.get_command(click.Context(command), name)
        assert command, f"there is no command {name}"
    for word in words:
        if word.startswith("--"):
            assert any(word.partition("=")[0] in param.opts for param in command.params), f"{command.name} knows no {word}"
    return command
