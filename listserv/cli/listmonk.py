"""`import listmonk`: the subscribers of a newsletter come over from listmonk. A dry run shows what would."""

from typing import Any

import click

from listserv import bell
from listserv.cli import console
from listserv.site import Site
from listserv.usecases import listmonk, membertables, subscribertables
from listserv.usecases.access import CONSOLE, known_list
from listserv.usecases.listmonk import Plan
from listserv.usecases.subscribertables import SUBSCRIPTIONS, Standing

BAD_INPUT = 2
# People in one transaction: a fraction of a second, and then mail gets in.
AT_ONCE = 200
WHY = {
    "unsubscribed": "have unsubscribed there",
    "disabled": "are disabled there",
    "refused": "stand there a second time, as somebody who wants no mail",
    "left": "have left the list here by their own wish",
    "uninvited": "want no mail from this list",
    "twice": "stand there twice",
    "barred": "are banned here",
    "a-list": "are addresses of this site",
    "a-role": "are addresses of machines or of mail services",
    "applied": "have been asked already, or have applied",
    "invited": "are invited here already",
    "enough": "have had enough such letters this week",
}


@click.command("listmonk")
@click.argument("name", metavar="LIST")
@click.argument("file", metavar="FILE.csv")
@click.option(
    "--subscription",
    type=click.Choice([str(one) for one in SUBSCRIPTIONS]),
    help="How all of them stand on the list there: listmonk filters its export by this and does not write it into the table.",
)
@click.option("--ask-unconfirmed", "ask", is_flag=True, help="Ask those who have not confirmed, once, some a day (invitations_a_day).")
@click.option("--dry-run", is_flag=True, help="Show what would come and what cannot; change nothing.")
@console.as_json
@click.pass_context
def listmonk_command(ctx: click.Context, name: str, file: str, subscription: str | None, ask: bool, dry_run: bool, as_json: bool) -> int:
    """Bring a newsletter's subscribers: the CSV that listmonk exports (uuid, email, name, attributes, status, created_at, updated_at).

    Who is enabled comes; who has unsubscribed or is disabled does not; who is blocklisted there is added or invited by nobody
    here, whatever another row says; who is on the list here already stays, and is named. Safe to run twice. Nobody is written
    to, unless --ask-unconfirmed is given.
    """
    text = membertables.decoded(console.read_bytes(file))
    people, unreadable = subscribertables.read(text, Standing(subscription) if subscription else None)
    with console.opened(ctx.obj) as site:
        with site.reading() as db:
            plan = listmonk.plan(db, known_list(db, name), people, unreadable, site.now(), ask=ask)
        facts = _facts(plan, ask=ask) | {"dry_run": dry_run}
        if not dry_run:
            facts |= _carry_out(site, name, plan)
    console.print_json(facts) if as_json else _show(facts)
    return BAD_INPUT if facts["unreadable"] else 0


def _carry_out(site: Site, name: str, plan: Plan) -> dict[str, int]:
    """First who wants none, so that a break in between writes to nobody; then the others, in groups."""
    with site.writing() as db:
        listmonk.spare(db, known_list(db, name), plan.unwilling, CONSOLE, site.now())
    added = asked = 0
    for start in range(0, len(plan.coming), AT_ONCE):
        with site.writing() as db:
            added += listmonk.add(db, known_list(db, name), plan.coming[start : start + AT_ONCE], CONSOLE, site.now())
    for start in range(0, len(plan.asking), AT_ONCE):
        with site.writing() as db:
            asked += listmonk.ask(db, known_list(db, name), plan.asking[start : start + AT_ONCE], CONSOLE, site.now())
    bell.ring(site.settings.data)
    return {"added": added, "asked": asked}


def _facts(plan: Plan, *, ask: bool) -> dict[str, Any]:
    """As it is printed."""
    facts: dict[str, Any] = {"read": plan.read, "added": len(plan.coming), "already": plan.already, "want_no_mail": len(plan.unwilling)}
    facts["still_here"] = [one.email for one in plan.here]
    facts |= {"unconfirmed": len(plan.unconfirmed), "asked": len(plan.asking), "later": len(plan.unconfirmed) - len(plan.asking) if ask else 0}
    return facts | {"left_out": dict(plan.left_out), "unreadable": [{"line": one.line, "why": one.why} for one in plan.unreadable]}


def _show(facts: dict[str, Any]) -> None:
    """For people."""
    say, dry = console.write, facts["dry_run"]
    say(f"read {facts['read']}: {facts['added']} {'would be added' if dry else 'added'}, {facts['already']} on the list already")
    if facts["want_no_mail"]:
        say(f"  {facts['want_no_mail']} blocklisted there: nobody here adds or invites them")
    for email in facts["still_here"]:
        say(f"  blocklisted there, and on the list here: {email} (stays; `member remove` takes them off)")
    if facts["asked"]:
        say(f"  {facts['asked']} unconfirmed: {'would be asked' if dry else 'asked'} by a letter")
    if facts["later"]:
        say(f"  {facts['later']} unconfirmed: not today any more; run this again tomorrow")
    elif facts["unconfirmed"] > facts["asked"]:
        say(f"  {facts['unconfirmed']} unconfirmed: left out; --ask-unconfirmed writes to them")
    for why, count in sorted(facts["left_out"].items()):
        say(f"  left out: {count} {WHY.get(why, why)}")
    for one in facts["unreadable"]:
        click.echo(f"line {one['line']}: {one['why']}", err=True)
    if dry:
        say("a dry run: nothing has been changed")
