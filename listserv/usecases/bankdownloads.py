"""How often a material was fetched: once for a person and a day, counted as visits are, without knowing whose."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import blake2b

from sqlalchemy.orm import Session

from listserv.store import bankpages as rows
from listserv.store import visits
from listserv.usecases import outbox, visiting
from listserv.usecases.issuecounts import Page

KIND = "material"


def count(db: Session, day: date, readers: Mapping[Page, Iterable[str]], now: datetime) -> int:
    """Count who has fetched materials (pages of the kind "material", by number); how many were new."""
    wanted = {page: some for page, some in readers.items() if page.kind == KIND}
    if not wanted or day < visiting.today(outbox.settings_of(db), now - visiting.GRACE):
        return 0
    salt, ids, new = visits.salt_of(db, day), visits.ids_of(db, {page.name for page in wanted}), 0
    for page, some in sorted(wanted.items()):
        material = rows.by_number(db, ids[page.name], int(page.what)) if page.name in ids else None
        if material is None:
            continue
        hashes = sorted(blake2b(f"material {material.id}\0{who}".encode("utf-8", "replace"), key=salt, digest_size=16).digest() for who in some)
        fresh = visits.add_visitors(db, ids[page.name], day, hashes)
        if fresh:
            rows.download(db, material.id, fresh)
        new += fresh
    return new
