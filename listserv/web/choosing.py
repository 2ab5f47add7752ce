"""How a list's mail comes, as a form shows it: as it stands, or as somebody has just typed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from digests import schedule
from listserv.i18n import N_
from listserv.store.members import Member

DAYS = (
    ("mon", N_("Monday")),
    ("tue", N_("Tuesday")),
    ("wed", N_("Wednesday")),
    ("thu", N_("Thursday")),
    ("fri", N_("Friday")),
    ("sat", N_("Saturday")),
    ("sun", N_("Sunday")),
)


FORMS = (
    ("html", N_("a page with its text")),
    ("plain", N_("plain text")),
    ("mime", N_("a parcel of messages (MIME)")),
    ("rfc1153", N_("one text of messages (RFC 1153)")),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is ticked and typed: `delivery`, and of a digest how often, at what time, on which days."""

    delivery: str
    every: str
    at: str
    days: frozenset[str]
    day: str
    # Of digests: how many messages make one, their form, and whether one's own threads come at once.
    least: str = "1"
    form: str = "html"
    own: bool = False


def standing(member: Member) -> Chosen:
    """As it is now."""
    plan = schedule.parse(member.schedule)
    weekly, monthly = plan.every is schedule.Every.WEEK, plan.every is schedule.Every.MONTH
    days = frozenset(schedule.WEEKDAYS[day] for day in plan.days) if weekly else frozenset({schedule.WEEKDAYS[0]})
    return Chosen(str(member.delivery), plan.every, f"{plan.at:%H:%M}", days, str(plan.days[0] if monthly else 1), *_digests(member))


def _digests(member: Member) -> tuple[str, str, bool]:
    return str(member.digest_least), member.digest_form.value, member.own_threads


def typed(member: Member, said: Mapping[str, str], days: Iterable[str]) -> Chosen:
    """As a form came, whatever is wrong with it; what it did not say is as it was."""
    now = standing(member)
    if "every" not in said:
        return replace(now, delivery=said.get("delivery", now.delivery))
    beside = (said.get("least", now.least), said.get("digest_form", now.form), "own" in said) if "least" in said else _digests(member)
    return Chosen(said.get("delivery", now.delivery), said["every"], said.get("at", now.at), frozenset(days), said.get("day", now.day), *beside)
