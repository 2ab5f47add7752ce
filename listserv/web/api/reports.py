"""A list's figures, as its page of figures and `listserv report --json` tell them."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from listserv.usecases import figurepages, figuretables, issuefigures
from listserv.web.api.caller import caller, let_search
from listserv.web.api.endpoints import endpoint
from listserv.web.api.models import Line, Shown
from listserv.web.api.problems import Problem
from listserv.web.stats import LONG_DAYS
from listserv.web.visit import visit

DAY = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"


class ReportAsked(BaseModel):
    """Of which days; without any: the school year until today."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    month: Line = Field("", pattern="^([0-9]{4}-[0-9]{2})?$", description="One month: YYYY-MM.")
    first: Line = Field("", pattern=DAY, description="The first day: YYYY-MM-DD.")
    last: Line = Field("", pattern=DAY, description="The last day, itself included.")


class Report(Shown):
    """A list's figures."""

    list: str
    figures: dict[str, Any] = Field(description="Members, writers, threads, posts, visits, by month and in all; what `listserv report --json` prints.")


@endpoint("GET", "/lists/<list:name>/report", "moderate", query=ReportAsked, returns=Report)
def get(name: str, query: ReportAsked) -> Report:
    """A list's figures: threads, messages, people who wrote, visits."""
    if query.month and (query.first or query.last):
        raise Problem("bad-request", "Say either `month`, or `first` and `last`.")
    _let_count(query.first)
    found = figurepages.stats(visit().db, name, caller().actor, visit().now, month=query.month, first=query.first, last=query.last)
    if found.wrong:
        raise Problem("bad-request", found.wrong)
    issues = [issuefigures.as_row(one, visit().settings.timezone) for one in found.effects]
    return Report(list=found.view.mlist.name, figures=figuretables.facts(found.figures, issues))


def _let_count(first: str) -> None:
    """Counting many years of a large archive takes seconds: that is counted like searches."""
    try:
        long = bool(first) and (visit().now.date() - date.fromisoformat(first)).days > LONG_DAYS
    except ValueError:
        return
    if long:
        let_search()
