"""Bars without a script: percent across and pixels up, so that words keep their size on every screen.

Colours, dashes and sizes are the sheet's; what a chart shows is also in its description and in the table below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# More bars than that do not fit under each other's names: they are put together by the year.
MOST = 24
FEW, SOME = 9, 14
HEADROOM, FOOT = 28, 26
# How much of its place a bar takes.
WIDE = 0.52


@dataclass(frozen=True, slots=True)
class Amount:
    """One bar, before it is drawn: its name in short and in full, how much, and whether that is all of it."""

    short: str
    name: str
    count: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar as it is drawn."""

    amount: Amount
    x: str
    width: str
    middle: str
    y: int
    height: int
    # Where there is little room, only every second name, or every fourth.
    rank: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All bars; `crowd`: how many names there is room for on a narrow screen."""

    bars: tuple[Bar, ...]
    height: int
    ground: int
    crowd: str

    @property
    def most(self) -> Amount | None:
        """The highest one."""
        best = max((bar.amount for bar in self.bars), key=lambda one: one.count, default=None)
        return best if best and best.count and len(self.bars) > 1 else None


def chart(amounts: Sequence[Amount], height: int = 220) -> Chart:
    """Bars for these amounts, from left to right."""
    ground, place = height - FOOT, 100 / max(1, len(amounts))
    most = max((one.count for one in amounts), default=0) or 1
    bars = []
    for number, one in enumerate(amounts):
        tall = round((ground - HEADROOM) * one.count / most)
        left, rank = place * (number + (1 - WIDE) / 2), 0 if number % 4 == 0 else 2 if number % 2 else 1
        bars.append(Bar(one, f"{left:.2f}%", f"{place * WIDE:.2f}%", f"{place * (number + 0.5):.2f}%", ground - tall, tall, rank))
    return Chart(tuple(bars), height, ground, "few" if len(amounts) <= FEW else "some" if len(amounts) <= SOME else "many")


def by_year(amounts: Sequence[tuple[int, Amount]]) -> list[Amount]:
    """Too many months for a chart: (year, amount) of each, put together."""
    found: dict[int, Amount] = {}
    for year, one in amounts:
        sofar = found.get(year, Amount(str(year), str(year), 0))
        found[year] = Amount(sofar.short, sofar.name, sofar.count + one.count, sofar.whole and one.whole)
    return list(found.values())
