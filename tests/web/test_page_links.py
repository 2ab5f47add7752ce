"""The numbers below a list: where one is, what is near, the first and the last; however many there are."""

import re

import pytest

from listserv.usecases.shown import Pages
from listserv.web import engine
from tests.web.readers import app  # noqa: F401


@pytest.fixture
def numbers(app):
    """What stands there: numbers, dots, and the current one in brackets."""

    def show(number, count):
        env, spoken = app.jinja_env, engine.tongue("en")
        page = env.get_template(engine.called("en", "parts.html")).make_module({"gettext": spoken.gettext, "ngettext": spoken.ngettext})
        html = str(page.page_links(Pages(number, count), "/x"))
        found = re.findall(r"aria-current=\"page\">(\d+)<|>(\d+)</a>|(…)", html)
        return " ".join(f"[{here}]" if here else other or dots for here, other, dots in found)

    return show


@pytest.mark.parametrize(
    ("number", "count", "shown"),
    [
        (1, 1, ""),
        (1, 2, "[1] 2"),
        (2, 2, "1 [2]"),
        (1, 5, "[1] 2 3 … 5"),
        (3, 5, "1 2 [3] 4 5"),
        (4, 7, "1 2 3 [4] 5 6 7"),
        (5, 9, "1 … 3 4 [5] 6 7 … 9"),
        (9, 9, "1 … 7 8 [9]"),
        (6_674, 6_674, "1 … 6672 6673 [6674]"),
    ],
)
def test_the_near_ones_the_first_and_the_last_are_named(numbers, number, count, shown):
    assert numbers(number, count) == shown


def test_a_thousand_million_pages_cost_no_more_than_ten(numbers):
    assert numbers(500_000_000, 1_000_000_000) == "1 … 499999998 499999999 [500000000] 500000001 500000002 … 1000000000"
