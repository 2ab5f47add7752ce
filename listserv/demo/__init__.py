"""`listserv demo`: the whole main job on one machine, with real letters in by SMTP and real copies out as files."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from listserv.demo.stage import DOMAIN, Demo, Failed, found_network, serving, settings_in
from listserv.demo.steps import STEPS, sign_in_link


def run(once: bool) -> int:
    """Show the main job. With `once`, check it and end: 0, or 1 at the first step that fails."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # as Ctrl-C: nothing stays behind
    data = Path(tempfile.mkdtemp(prefix="listserv-demo-"))
    try:
        settings = settings_in(data)
        found_network(settings)
        with serving(settings) as server:
            demo = Demo(data, settings, server)
            if not show(demo):
                return 1
            if not once:
                invite(demo)
        return 0
    finally:
        shutil.rmtree(data, ignore_errors=True)


def show(demo: Demo) -> bool:
    """All steps, a line each."""
    for number, step in enumerate(STEPS, 1):
        try:
            click.echo(f"ok {number} {step(demo)}")
        except (Failed, OSError, subprocess.SubprocessError) as error:
            click.echo(f"not ok {number} {step.__name__}: {error}")
            click.echo((demo.data / "serve.log").read_text("utf-8")[-4000:], err=True)
            return False
    return True


def program() -> str:
    """How this program was called, to be typed again."""
    return f"{Path(sys.executable).name} -m listserv" if Path(sys.argv[0]).name == "__main__.py" else sys.argv[0]


def invite(demo: Demo) -> None:
    """Say how to go on by hand, and wait for Ctrl-C."""
    port = demo.settings.smtp.listen.rsplit(":", 1)[1]
    click.echo(
        f"""
Everything above really happened. Now it is your turn:

  read      {demo.settings.site.url}/siecibp/
            sign in as the coordinator: {sign_in_link(demo)}
  write     swaks --server 127.0.0.1:{port} --from halina@biblioteka.example.org --to siecibp@{DOMAIN} \\
                  --header "Subject: Witam" --header "Content-Type: text/plain; charset=utf-8" --body "Pierwsza wiadomość"
            or point any mail program's outgoing server at 127.0.0.1 port {port} (no encryption, no password)
  letters   {demo.data / "out"} (a maildir: neomutt -f {demo.data / "out"})
  settings  {program()} --data {demo.data} config

Ctrl-C ends the demonstration and removes its folder."""
    )
    try:
        while demo.server.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        click.echo()
