"""Many meetings as one calendar to subscribe to (RFC 5545; RFC 7986 for how often to look again)."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vCalAddress, vText

from listserv.mail import imip, zonerules
from listserv.mail.imip import Invited

AGAIN = timedelta(hours=6)


def calendar(events: Sequence[tuple[Invited, bool]], title: str, *, own: bool) -> bytes:
    """The calendar of these meetings, each with whether it was cancelled; `own`: with the answer of whose calendar it is."""
    page = Calendar()
    page.add("prodid", imip.PRODUCT)
    page.add("version", "2.0")
    page.add("calscale", "GREGORIAN")
    if not own:
        # RFC 5546 section 3.2.1: what is published names no attendees, and one's own calendar does.
        page.add("method", imip.PUBLISH)
    page.add("x-wr-calname", imip.clean(title))
    page.add("refresh-interval", AGAIN, {"VALUE": "DURATION"})
    page.add("x-published-ttl", "PT6H")
    years: dict[str, list[int]] = {}
    for one, _ in events:
        years.setdefault(one.zone, []).append(one.starts.astimezone(ZoneInfo(one.zone)).year)
    for name in sorted(years.keys() - {"UTC"}):
        # From the year of the first of them on: rules of later years stand in it, too.
        page.add_component(Component.from_ical(zonerules.lines(name, min(years[name]))))
    for one, cancelled in events:
        page.add_component(_event(one, cancelled, own))
    return bytes(page.to_ical())


def _event(one: Invited, cancelled: bool, own: bool) -> Component:
    made = imip.event(one, imip.REQUEST if own else imip.PUBLISH)
    if own:
        made.add("organizer", vCalAddress(f"mailto:{one.answer_to}"), encode=False)
        person = vCalAddress(f"mailto:{one.attendee}")
        person.params["PARTSTAT"] = vText(one.partstat)
        made.add("attendee", person, encode=False)
    if cancelled:
        made["status"] = "CANCELLED"
    # Whoever does not come is free then.
    if cancelled or (own and one.partstat == "DECLINED"):
        made["transp"] = "TRANSPARENT"
    return made
