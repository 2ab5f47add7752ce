"""Halina, who is shy: what tests of low doors share."""

from listserv.store.lists import list_by_name
from listserv.usecases import administration, housekeeping, roster
from listserv.usecases.access import CONSOLE

HALINA, NAME = "halina@example.org", "Halina Okładka <halina@example.org>"


def set_member(site, key, value, email=HALINA):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        roster.set_member(db, administration.find_member(db, mlist, email), {key: value}, CONSOLE, site.now())


def set_list(site, **values):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), values, CONSOLE, site.now())


def last(office, kind, to=HALINA):
    return office.letters(to=to, kind=kind)[-1]


def due(site):
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass
