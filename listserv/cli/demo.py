"""`demo`: the whole main job on this machine."""

import click


@click.command()
@click.option("--once", is_flag=True, help="Check everything, print a line for each step, and end with 0 or 1.")
def demo(once: bool) -> int:
    """Real letters in by SMTP, real copies out, an archive to look at, and a way to go on by hand."""
    from listserv import demo as story

    return story.run(once)
