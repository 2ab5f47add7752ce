"""The help of the whole program tells the truth about its commands."""

import click
import pytest

from listserv.cli import COMMANDS, Commands


@pytest.mark.only_sqlite
@pytest.mark.parametrize("name", [name for name, (_, line) in COMMANDS.items() if ": " in line])
def test_the_line_of_a_command_names_all_that_it_has(name):
    context = click.Context(click.Command("listserv"))
    command = Commands().get_command(context, name)
    if not isinstance(command, click.Group):
        return

    line = COMMANDS[name][1]

    assert set(line.partition(": ")[2].rstrip(".").split(", ")) == set(command.list_commands(context)), line
