"""One clock time in many zones: when it is that time for the first of an issue's readers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from digests.schedule import instant
from listserv.store.expanding import zone_named
from listserv.store.issues import Issue, zones_of
from listserv.usecases import outbox, segments


def first_instant(db: Session, issue: Issue, wall: datetime) -> datetime:
    """The first moment (UTC) at which it is that clock time where one of those is who would get the issue."""
    usual = outbox.settings_of(db).timezone
    zones = {zone_named(name, usual) for name in zones_of(db, segments.statement(issue.mlist, segments.parse(issue.segment)))} or {ZoneInfo(usual)}
    return min(instant(wall, zone) for zone in zones)
