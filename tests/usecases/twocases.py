"""Two cases that wait for a moderator's word: what tests of such words share."""

import pytest

from listserv.store.moderation import Application, Held
from listserv.store.queue import Incoming
from tests.office import aligned, mail

LIST = "siecibp@lists.example.org"
DOOR = "moderator_siecibp@lists.example.org"
MOD, OWNER, AUTHOR, ANNA = "mod@example.org", "owner@example.org", "obcy@example.org", "anna@example.org"


@pytest.fixture
def case(office, once):
    """A stranger's post, and an application."""

    def made():
        office.deliver(aligned(mail(f"Obcy Autor <{AUTHOR}>", LIST, "Plakaty", "Mamy plakaty.\n")), LIST, mail_from=AUTHOR)
        office.deliver(aligned(mail(f"Anna Nowa <{ANNA}>", DOOR, "Proszę", "Czy mogę dołączyć?\n")), DOOR, mail_from=ANNA)

    once(made)
    return office


def question(office, kind="held-moderator", to=MOD):
    return [one for one in office.letters(to=to) if one.kind == kind][-1]


def kinds(office, to):
    return [one.kind for one in office.letters(to=to)]


def held(site):
    with site.reading() as db:
        return db.get(Held, 1).state


def application(site):
    with site.reading() as db:
        return db.get(Application, 1).state


def reasons(site):
    with site.reading() as db:
        return db.query(Incoming).order_by(Incoming.id.desc()).first().reasons
