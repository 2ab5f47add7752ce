"""`import mailman2` and `import mailman3`: the lists of a Mailman become ours. A dry run shows what would."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from listserv.cli import console, mailmanfiles
from listserv.dns import Resolver
from listserv.mail import address
from listserv.mail.parse import parse
from listserv.mailman.values import Found, HeldPost
from listserv.site import Site
from listserv.usecases import moving, posting, senders, settling
from listserv.usecases.access import CONSOLE, known_list
from listserv.usecases.moving import Plan, SitePlan

BAD_INPUT = 2
# People in one transaction: a fraction of a second, and then mail gets in.
AT_ONCE = 200

only_option = click.option("--only", multiple=True, metavar="LIST", help="This list alone, by name or address; may be given several times.")
as_option = click.option("--as", "name", default="", metavar="NAME", help="What the one list is to be called here.")
dry_option = click.option("--dry-run", is_flag=True, help="Show what would come and what cannot; change nothing.")
ask_option = click.option("--ask-moderators", "ask", is_flag=True, help="Write to the moderators about posts and applications that wait.")


@click.command("mailman3")
@click.argument("source")
@click.option("--var", type=click.Path(path_type=Path), metavar="DIR", help="Mailman's var folder, for held posts, where SOURCE is a database's address.")
@only_option
@as_option
@dry_option
@ask_option
@console.as_json
@click.pass_context
def mailman3_command(ctx: click.Context, source: str, var: Path | None, only: tuple[str, ...], name: str, dry_run: bool, ask: bool, as_json: bool) -> int:
    """Bring the lists of a Mailman 3: settings, members, bans, and what waits for moderators.

    SOURCE is its var folder (often /var/lib/mailman3) or the address of its database (postgresql://…, sqlite:///…). It is
    only read. Safe to run twice: what is here already stays as it is. Nobody is written to.
    """
    with console.opened(ctx.obj) as site:
        place = mailmanfiles.source_of_mailman3(source, var)
        found = mailmanfiles.lists_of_mailman3(place, ZoneInfo(site.settings.timezone))
        return Move(site, f"Mailman 3, {place.shown}", found, only, name).run(dry_run=dry_run, ask=ask, as_json=as_json)


@click.command("mailman2")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@only_option
@as_option
@dry_option
@ask_option
@console.as_json
@click.pass_context
def mailman2_command(ctx: click.Context, files: tuple[Path, ...], only: tuple[str, ...], name: str, dry_run: bool, ask: bool, as_json: bool) -> int:
    """Bring lists of Mailman 2: settings, members, bans, and what waits for moderators.

    FILE is lists/NAME/config.pck, its folder, or the folder of all lists. It is only read, and no code in it is run. Safe
    to run twice: what is here already stays as it is. Nobody is written to.
    """
    with console.opened(ctx.obj) as site:
        found = Found(tuple(one for file in files for one in mailmanfiles.lists_of_mailman2(file)))
        return Move(site, "Mailman 2", found, only, name).run(dry_run=dry_run, ask=ask, as_json=as_json)


class Move:
    """One source on its way here."""

    def __init__(self, site: Site, source: str, found: Found, only: tuple[str, ...], name: str) -> None:
        self.site, self.source = site, source
        self.found, self.name = moving.chosen(found, only, name), name
        self.left = len(found.bans) - len(self.found.bans)

    def run(self, *, dry_run: bool, ask: bool, as_json: bool) -> int:
        """Plan, do, tell; the exit code: 2 where a list had to be left out."""
        with self.site.reading() as db:
            plan = moving.plan(db, self.found, self.name)
        waiting: Mapping[str, tuple[int, int]] = {one.name: (len(one.posts), len(one.wishes)) for one in plan.lists}
        if not dry_run:
            waiting = self.carry_out(plan, ask=ask)
        asked = ask and not dry_run
        facts = {"dry_run": dry_run, "source": self.source, **self.facts(plan, waiting, "asked" if asked else "waiting")}
        console.print_json(facts) if as_json else show(facts)
        # A person or a post that cannot come is named; a whole list that cannot come needs a decision.
        return BAD_INPUT if any(one.refused for one in plan.lists) else 0

    def facts(self, plan: SitePlan, waiting: Mapping[str, tuple[int, int]], became: str) -> dict[str, Any]:
        """As it is printed; `became`: whether what waits goes on waiting, or moderators were asked about it."""
        lists = [moving.facts(one) for one in plan.lists]
        for one in lists:
            posts, applications = waiting.get(one["list"], (0, 0))
            one[became] = {"held": posts, "applications": applications}
        skipped = [{"what": one.what, "why": one.why} for one in plan.skipped]
        return {"lists": lists, "site": {"bans": {"new": len(plan.bans), "already": plan.already, "left": self.left}, "skipped": skipped}}

    def carry_out(self, plan: SitePlan, *, ask: bool) -> dict[str, tuple[int, int]]:
        """Do what the plan says; of each list, what waits there and nobody had been asked about."""
        from listserv import bell

        with self.site.writing() as db:
            settling.add_bans(db, None, plan.bans, CONSOLE, self.site.now())
        waiting = {one.name: self.bring(one, ask=ask) for one in plan.lists if not one.refused}
        bell.ring(self.site.settings.data)
        return waiting

    def bring(self, plan: Plan, *, ask: bool) -> tuple[int, int]:
        """One list: first itself, then its people in groups, then what waits; so that a break in between does no harm."""
        site = self.site
        with site.writing() as db:
            settling.settle(db, plan, CONSOLE, site.now())
        for some in settling.slices(plan.people, AT_ONCE):
            with site.writing() as db:
                settling.add_people(db, known_list(db, plan.name), some, CONSOLE, site.now())
        posts = self.asked_of_the_network(plan)
        with site.writing() as db:
            mlist, now = known_list(db, plan.name), site.now()
            settling.add_bans(db, mlist, plan.bans, CONSOLE, now)
            settling.add_posts(db, mlist, posts, now)
            settling.add_wishes(db, mlist, plan.wishes, CONSOLE, now)
            return settling.ask_moderators(db, mlist, now) if ask else settling.waiting(db, mlist)

    def asked_of_the_network(self, plan: Plan) -> list[tuple[HeldPost, bool]]:
        """Each post, and whether its author's domain would disown our copies: outside any transaction."""
        resolver = Resolver(self.site.settings.auth.dns)
        with self.site.reading() as db:
            dress = posting.dress_of(self.site.settings, known_list(db, plan.name))

        def munged(raw: bytes) -> bool:
            post = parse(raw)
            strict = len(post.authors) == 1 and senders.is_strict(address.domain_of(post.authors[0].address), resolver)
            return strict and not senders.survives(raw, post, dress, resolver)

        return [(post, munged(post.raw)) for post in plan.posts if post.raw is not None]


def show(facts: Mapping[str, Any]) -> None:
    """What comes (or would), list by list, for people."""
    say = console.write
    say(f"{facts['source']}: {console.counted(len(facts['lists']), 'list')}")
    site = facts["site"]["bans"]
    if site["new"] or site["already"]:
        say(f"bans of the whole site: {site['new']} new, {site['already']} here already")
    if site["left"]:
        say(f"bans of the whole site: {site['left']} stay behind, because they would count for every list here: `ban add --site PATTERN`")
    for one in facts["site"]["skipped"]:
        say(left_out(one))
    for one in facts["lists"]:
        say("")
        show_list(one, say, dry_run=facts["dry_run"])
    say("")
    asked = any(any(one.get("asked", {}).values()) for one in facts["lists"])
    say("a dry run: nothing has been changed" if facts["dry_run"] else f"done; nobody has been written to{' except moderators' if asked else ''}")


def left_out(one: Mapping[str, str]) -> str:
    """What could not come, and why; the reason may name it itself."""
    return f"  left out: {one['why']}" if one["why"].startswith(one["what"]) else f"  left out: {one['what']}: {one['why']}"


def show_list(one: Mapping[str, Any], say: Callable[[str], None], *, dry_run: bool) -> None:
    """One list."""
    if "refused" in one:
        say(f"{one['from']}: left out: {one['refused']}")
        return
    say(f"{one['from']} -> {one['list']} ({'a new list' if one['new'] else 'is here already'})")
    members = one["members"]
    kinds = [f"{count} {kind}" for key in ("roles", "delivery", "status") for kind, count in members[key].items() if (key, kind) != ("status", "enabled")]
    kinds += [f"{members['moderated']} moderated"] if members["moderated"] else []
    say(f"  members       {members['new']} new, {members['already']} here already" + (f" ({', '.join(kinds)})" if kinds else ""))
    for key, words in (("bans", "bans        "), ("held", "held posts  "), ("applications", "applications")):
        if any(one[key].values()):
            say(f"  {words}  {one[key]['new']} new, {one[key]['already']} here already")
    if one["settings"]:
        say(f"  settings      {' '.join(f'{key}={shown(value)}' for key, value in one['settings'].items() if value)}")
    for word, key in (("note", "notes"), ("cannot", "cannot")):
        for sentence in one[key]:
            say(f"  {word}: {sentence}")
    for left in one["skipped"]:
        say(left_out(left))
    show_waiting(one, say, dry_run=dry_run)


def show_waiting(one: Mapping[str, Any], say: Callable[[str], None], *, dry_run: bool) -> None:
    """What would otherwise wait in silence."""
    wait, asked = one.get("waiting", {}), one.get("asked", {})
    if any(asked.values()):
        say(f"  moderators have been asked about {console.counted(asked['held'], 'post')} and {console.counted(asked['applications'], 'application')}")
    if any(wait.values()):
        would = "would wait" if dry_run else "wait"
        say(f"  {console.counted(wait['held'], 'post')} and {console.counted(wait['applications'], 'application')} {would} here, and no moderator is told:")
        say("    run this again with --ask-moderators, and each gets the letters that a one-word reply decides")


def shown(value: str) -> str:
    """A setting on one line, in quotes where it has blanks."""
    line = console.one_line(value)
    short = line if len(line) <= 60 else line[:57] + "…"
    return f'"{short}"' if " " in short else short
