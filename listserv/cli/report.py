"""`report`: the coordinator's figures."""

from typing import TYPE_CHECKING

import click

from listserv.cli import console
from listserv.errors import Invalid
from listserv.usecases import figureperiods, figures, figuretables, figurewords, issuefigures, visiting
from listserv.usecases.access import known_list

if TYPE_CHECKING:
    from pathlib import Path

    from listserv.usecases.figures import Figures, Month


@click.command()
@click.argument("name", metavar="LIST")
@click.option("--month", default="", metavar="YYYY-MM", help="One month.")
@click.option("--from", "first", default="", metavar="D", help="The first day, e.g. 2025-10-01.")
@click.option("--to", "last", default="", metavar="D", help="The last day, itself included.")
@console.as_json
@click.option("--csv", "as_csv", is_flag=True, help="Print a table for spreadsheets: a line a month.")
@click.pass_obj
def report(data: "Path", name: str, month: str, first: str, last: str, as_json: bool, as_csv: bool) -> None:
    """A list's figures: threads, messages, people who wrote, visits, by month.

    Without dates: the school year (from September) until today, from the first month with anything in it; where nothing has
    been written in it yet, the last one in which something was.
    """
    if month and (first or last):
        raise Invalid("say either --month or --from and --to")
    if as_json and as_csv:
        raise Invalid("say either --json or --csv")
    with console.opened(data) as site, site.reading() as db:
        mlist, today = known_list(db, name), visiting.today(site.settings, site.now())
        period = figureperiods.wanted(db, mlist, today, month=month, first=first, last=last)
        found, title = figures.figures(db, mlist, period.first, period.last, today=today), mlist.title
        issues = [issuefigures.as_row(one, site.settings.timezone) for one in issuefigures.effects(db, mlist, period.first, period.last)]
    if as_json:
        console.print_json(figuretables.facts(found, issues))
    elif as_csv:
        click.echo(figuretables.table(found).replace("\r\n", "\n"), nl=False)
    else:
        print_for_people(title, found)


def print_for_people(title: str, found: "Figures") -> None:
    """The sentence, the months, and what else is worth knowing."""
    console.write(f"{console.one_line(title)}, {found.first} to {found.last}")
    for said in filter(None, (figurewords.sentence(found, "en"), figurewords.caution(found, "en"))):
        console.write(said)
    console.write("")
    more = figuretables.more_columns(found)
    rows = [{"month": month.name + ("" if month.whole else "*"), **_counts(month, more)} for month in found.months]
    console.print_table([*rows, {"month": "total", **_counts(found, more)}], (*figuretables.COLUMNS, *more))
    console.write("" if all(month.whole for month in found.months) else "* not a whole month\n")
    console.print_facts({line.label: line.value for line in figurewords.lines(found, "en")})


def _counts(one: "Figures | Month", more: tuple[str, ...]) -> dict[str, str]:
    counts = {column: str(getattr(one, column)) for column in figuretables.COLUMNS[1:]}
    return counts | {column: str(getattr(one.together, column)) for column in more}
